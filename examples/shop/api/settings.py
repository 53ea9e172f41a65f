"""Where the API finds what it needs."""

DATABASE_HOST = "database"
DATABASE_USER = "shop"
DATABASE_PASSWORD = "Rk7vTq2mZx9w"
ADMIN_TOKEN = "shopadm_8sJ2kQ0vNfY5tLr7PzXw3BcD"
PAGE_SIZE = 50
