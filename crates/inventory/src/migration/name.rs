//! What a path and the markers in a file say: tool, folder, version, direction.

use super::{Direction, Tool};
use crate::sql::Dialect;

/// A migration by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Which tool runs it.
    pub tool: Tool,
    /// The folder whose migrations belong together.
    pub folder: Box<str>,
    /// Its version; empty for what is repeatable.
    pub version: Box<str>,
    /// Which way it goes.
    pub direction: Direction,
}

/// Names of folders in which a number and a name are a migration.
const FOLDERS: [&str; 11] = [
    "migrations",
    "migration",
    "migrate",
    "drizzle",
    "changelog",
    "changelogs",
    "schema_migrations",
    "db-migrations",
    "db_migrations",
    "sqlmigrations",
    "sqls",
];

/// How far into a file markers are looked for.
const MARKER_BYTES: usize = 4096;

impl Named {
    pub(super) fn of(path: &str, bytes: &[u8]) -> Option<Self> {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let (stem, is_sql) = if let Some(stem) = strip_end(file, ".sql") {
            (stem, true)
        } else {
            (strip_end(file, ".cypher").or_else(|| strip_end(file, ".cql"))?, false)
        };
        let here = |tool, version: &str, direction| {
            Some(Self { tool, folder: folder.into(), version: version.into(), direction })
        };
        if let Some(rest) = stem.strip_prefix("R__") {
            return (!rest.is_empty()).then(|| here(Tool::Flyway, "", Direction::Repeatable))?;
        }
        if let Some((version, direction)) = flyway(stem) {
            return here(Tool::Flyway, version, direction);
        }
        if let Some((version, direction)) = up_down(stem) {
            return here(Tool::UpDown, version, direction);
        }
        let (above, last) = folder.rsplit_once('/').unwrap_or(("", folder));
        let lower = stem.to_ascii_lowercase();
        if let Some(version) = leading_number(last).filter(|version| version.len() < last.len()) {
            let direction = match lower.as_str() {
                "up" => Some((Tool::Folder, Direction::Up)),
                "down" => Some((Tool::Folder, Direction::Down)),
                "migration" if is_sql && version.len() >= 4 => Some((Tool::Prisma, Direction::Up)),
                _ => None,
            };
            if let Some((tool, direction)) = direction {
                return Some(Self { tool, folder: above.into(), version: version.into(), direction });
            }
        }
        let head = String::from_utf8_lossy(bytes.get(..MARKER_BYTES).unwrap_or(bytes));
        let tool = marker(&head);
        let version = leading_number(stem).unwrap_or("");
        let direction = match tool {
            Some(Tool::Dbmate | Tool::Goose | Tool::SqlMigrate) => Direction::Both,
            Some(Tool::Liquibase) => return here(Tool::Liquibase, "", Direction::Both),
            _ => Direction::Up,
        };
        match tool {
            Some(tool) if !version.is_empty() => here(tool, version, direction),
            None if !version.is_empty() && folder.split('/').rev().take(3).any(|part| FOLDERS.contains(&part)) => {
                here(Tool::Numbered, version, direction)
            }
            _ => None,
        }
    }

    /// The version as numbers: `1.2` is `[1, 2]`.
    #[must_use]
    pub fn numbers(&self) -> Vec<u128> {
        self.version.split(['.', '_', '-']).filter_map(|part| part.parse().ok()).collect()
    }
}

fn strip_end<'a>(file: &'a str, end: &str) -> Option<&'a str> {
    let at = file.len().checked_sub(end.len())?;
    let (stem, last) = (file.get(..at)?, file.get(at..)?);
    last.eq_ignore_ascii_case(end).then_some(stem)
}

/// `V1_2__x`, `U1__x`, `B1__x`
fn flyway(stem: &str) -> Option<(&str, Direction)> {
    let direction = match stem.as_bytes().first()? {
        b'V' | b'B' => Direction::Up,
        b'U' => Direction::Down,
        _ => return None,
    };
    let (version, _) = stem.get(1..)?.split_once("__")?;
    let is_version = version.starts_with(|c: char| c.is_ascii_digit())
        && version.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'));
    is_version.then_some((version, direction))
}

/// `0001_x.up`, `0001-x-up`, `V0001.x.up`
fn up_down(stem: &str) -> Option<(&str, Direction)> {
    let ends = [(".up", Direction::Up), (".down", Direction::Down), ("-up", Direction::Up), ("-down", Direction::Down)];
    let (rest, direction) = ends.into_iter().find_map(|(end, direction)| Some((strip_end(stem, end)?, direction)))?;
    Some((leading_number(rest.strip_prefix('V').unwrap_or(rest))?, direction))
}

/// The number that a name starts with, as tools read it: `2024-01-02-030405_x` is one.
fn leading_number(name: &str) -> Option<&str> {
    let is_part = |byte: u8| byte.is_ascii_digit() || byte == b'-';
    let length = name.bytes().take_while(|byte| is_part(*byte)).count();
    let number = name.get(..length)?.trim_end_matches('-');
    let parts = number.split('-').count();
    // `1-2-x` is a version 1 of `2-x`, and `2024-01-02-0304-05_x` a time.
    let number = if parts > 1 && number.len() < 10 { number.split('-').next()? } else { number };
    let ends = name.get(number.len()..).is_none_or(|rest| rest.is_empty() || rest.starts_with(['_', '-', '.', ' ']));
    (!number.is_empty() && ends).then_some(number)
}

fn marker(head: &str) -> Option<Tool> {
    for line in head.lines() {
        let line = line.trim_start().trim_start_matches('\u{feff}');
        if line.contains("--> statement-breakpoint") {
            return Some(Tool::Drizzle);
        }
        let Some(comment) = line.strip_prefix("--") else { continue };
        let words: Vec<String> = comment.split_whitespace().take(3).map(str::to_ascii_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["liquibase", "formatted", "sql", ..] => return Some(Tool::Liquibase),
            ["migrate:up" | "migrate:down", ..] => return Some(Tool::Dbmate),
            ["+goose", ..] => return Some(Tool::Goose),
            ["+migrate", ..] => return Some(Tool::SqlMigrate),
            _ => {}
        }
    }
    None
}

const POSTGRESQL: [&str; 7] = ["postgres", "postgresql", "psql", "pg", "pgsql", "supabase", "timescaledb"];
const OTHER: [&str; 22] = [
    "bigquery",
    "cassandra",
    "clickhouse",
    "d1",
    "databricks",
    "db2",
    "derby",
    "duckdb",
    "firebird",
    "h2",
    "hsqldb",
    "libsql",
    "mariadb",
    "mssql",
    "mysql",
    "oracle",
    "redshift",
    "scylla",
    "snowflake",
    "spanner",
    "sqlite",
    "sqlserver",
];

/// The database that the name of a file speaks of, between dots.
pub(super) fn dialect_of_name(name: &str) -> Option<Dialect> {
    let lower = name.to_ascii_lowercase();
    lower.split('.').skip(1).find_map(|part| {
        let bare = part.trim_end_matches(|c: char| c.is_ascii_digit());
        if POSTGRESQL.contains(&bare) || bare == "cockroach" {
            return Some(if bare == "cockroach" { Dialect::Other } else { Dialect::Postgresql });
        }
        OTHER.contains(&bare).then_some(Dialect::Other)
    })
}

/// The database that a path speaks of.
pub(super) fn dialect(path: &str) -> Option<Dialect> {
    let lower = path.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let mut found = None;
    for word in words {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if POSTGRESQL.contains(&bare) {
            found = Some(Dialect::Postgresql);
        } else if OTHER.contains(&word) || OTHER.contains(&bare) && bare.len() > 3 {
            found = Some(Dialect::Other);
        }
    }
    found
}
