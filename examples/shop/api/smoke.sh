#!/bin/sh
# Asks the API for its products, as the smoke test's user.
curl -fsS -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzaG9wLmV4YW1wbGUiLCJzdWIiOiJzbW9rZS10ZXN0Iiwicm9sZSI6ImFkbWluIiwiaWF0IjoxNzkwMDAwMDAwfQ.STIj8eDpV-Za1cVZwM1jYOVrJrCr8oT01sXw36fOj3g" "${1:-http://localhost:8000}/products"
