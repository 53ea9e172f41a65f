//! Which database a text was written for, by words that only one of them knows.

/// A database, as far as migrations differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL, and what speaks its language.
    Postgresql,
    /// Anything else.
    Other,
}

/// What a text says about its database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Words that only PostgreSQL knows.
    pub postgresql: u32,
    /// Words that only others know.
    pub other: u32,
}

const POSTGRESQL: [&str; 36] = [
    "bigserial",
    "bytea",
    "citext",
    "concurrently",
    "current_setting",
    "date_trunc",
    "gen_random_uuid",
    "gin",
    "gist",
    "hstore",
    "ilike",
    "int4",
    "int8",
    "jsonb",
    "jsonb_build_object",
    "lock_timeout",
    "ltree",
    "nextval",
    "oid",
    "pg_catalog",
    "pg_trgm",
    "pgcrypto",
    "plpgsql",
    "regclass",
    "serial",
    "setval",
    "smallserial",
    "statement_timeout",
    "timestamptz",
    "tsvector",
    "tsquery",
    "unnest",
    "uuid_generate_v4",
    "extension",
    "inet",
    "setof",
];

const OTHER: [&str; 35] = [
    "aggregatingmergetree",
    "auto_increment",
    "autoincrement",
    "bigquery",
    "clustered",
    "datetime",
    "datetime2",
    "enum8",
    "fulltext",
    "getdate",
    "innodb",
    "last_insert_rowid",
    "longblob",
    "longtext",
    "lowcardinality",
    "mediumblob",
    "mediumint",
    "mediumtext",
    "mergetree",
    "nonclustered",
    "nvarchar",
    "pragma",
    "replacingmergetree",
    "sp_rename",
    "sqlite_master",
    "sysdate",
    "systimestamp",
    "tinyint",
    "tinytext",
    "uniqueidentifier",
    "unsigned",
    "utf8mb4",
    "varchar2",
    "varbinary",
    "nvarchar2",
];

/// Counts the words of a text.
#[must_use]
pub fn hints(text: &str) -> Hints {
    let mut hints = Hints::default();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("--")) {
        for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            if !(3..=20).contains(&word.len()) {
                continue;
            }
            let lower = word.to_ascii_lowercase();
            hints.postgresql += u32::from(POSTGRESQL.contains(&lower.as_str()));
            hints.other += u32::from(OTHER.contains(&lower.as_str()));
        }
        hints.postgresql += u32::from(line.contains("::")) + u32::from(line.contains("$$"));
        hints.other += u32::from(line.contains('`')) + u32::from(line.contains("[dbo]"));
    }
    hints
}
