//! Passwords inside URLs: databases, brokers, mail, file transfer, and plain web addresses.

use super::super::detector::{Detector, Provider};
use super::super::special::url_password;

const URLS: Provider = Provider {
    page: include_str!("urls.md"),
    advice: "change the password, and take the URL from the environment or a secret store",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    URLS.special(
        "secrets/postgres-url-password",
        "PostgreSQL password in a connection URL",
        &[
            "postgres://",
            "postgresql://",
            "postgis://",
            "postgresql+psycopg2://",
            "postgresql+asyncpg://",
            "postgresql+psycopg://",
            "cockroachdb://",
        ],
        url_password,
    ),
    URLS.special(
        "secrets/mysql-url-password",
        "MySQL or MariaDB password in a connection URL",
        &["mysql://", "mysql2://", "mariadb://", "mysql+pymysql://", "mysql+mysqldb://", "mysqlx://"],
        url_password,
    ),
    URLS.special(
        "secrets/mongodb-url-password",
        "MongoDB password in a connection URL",
        &["mongodb://", "mongodb+srv://"],
        url_password,
    ),
    URLS.special(
        "secrets/redis-url-password",
        "Redis password in a connection URL",
        &["redis://", "rediss://", "redis+sentinel://", "valkey://"],
        url_password,
    ),
    URLS.special(
        "secrets/amqp-url-password",
        "AMQP broker password in a connection URL",
        &["amqp://", "amqps://"],
        url_password,
    ),
    URLS.special(
        "secrets/mssql-url-password",
        "SQL Server password in a connection URL",
        &["mssql://", "sqlserver://", "mssql+pyodbc://", "mssql+pymssql://"],
        url_password,
    ),
    URLS.special(
        "secrets/ftp-url-password",
        "FTP or SFTP password in a URL",
        &["ftp://", "ftps://", "sftp://", "ssh://", "smb://"],
        url_password,
    ),
    URLS.special(
        "secrets/smtp-url-password",
        "mail server password in a URL",
        &["smtp://", "smtps://", "smtp+tls://", "imap://", "imaps://"],
        url_password,
    ),
    URLS.special("secrets/ldap-url-password", "directory password in a URL", &["ldap://", "ldaps://"], url_password),
    URLS.special(
        "secrets/broker-url-password",
        "message broker password in a URL",
        &["mqtt://", "mqtts://", "nats://", "kafka://", "stomp://", "pulsar://"],
        url_password,
    ),
    URLS.special(
        "secrets/database-url-password",
        "database password in a connection URL",
        &[
            "clickhouse://",
            "oracle://",
            "neo4j://",
            "bolt://",
            "influxdb://",
            "couchdb://",
            "cassandra://",
            "snowflake://",
            "hive2://",
            "trino://",
            "presto://",
            "vertica://",
            "firebird://",
            "db2://",
            "elasticsearch://",
            "memcached://",
        ],
        url_password,
    ),
    URLS.special(
        "secrets/web-url-password",
        "password in a web address",
        &["http://", "https://", "git+https://", "ws://", "wss://", "socks5://"],
        url_password,
    )
    .medium(),
];
