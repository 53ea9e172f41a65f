//! Names, markers and sections of migrations.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn named(path: &str, text: &str) -> Option<(Tool, String, Direction, String)> {
    let named = Named::of(path, text.as_bytes())?;
    Some((named.tool, named.version.to_string(), named.direction, named.folder.to_string()))
}

#[test]
fn names_and_markers_decide() {
    for (path, text, tool, version, direction, folder) in [
        ("a/V1_2__x.sql", "", Tool::Flyway, "1_2", Direction::Up, "a"),
        ("a/U3__x.sql", "", Tool::Flyway, "3", Direction::Down, "a"),
        ("a/R__views.sql", "", Tool::Flyway, "", Direction::Repeatable, "a"),
        ("m/0001_x.up.sql", "", Tool::UpDown, "0001", Direction::Up, "m"),
        ("m/V0001.Initial.down.sql", "", Tool::UpDown, "0001", Direction::Down, "m"),
        ("m/20240101-x-up.sql", "", Tool::UpDown, "20240101", Direction::Up, "m"),
        ("migrations/2019-02-26-002946_x/up.sql", "", Tool::Folder, "2019-02-26-002946", Direction::Up, "migrations"),
        (
            "p/migrations/20200101000000_x/migration.sql",
            "",
            Tool::Prisma,
            "20200101000000",
            Direction::Up,
            "p/migrations",
        ),
        ("db/1_x.sql", "-- migrate:up\n", Tool::Dbmate, "1", Direction::Both, "db"),
        ("db/1_x.sql", "-- +goose Up\n", Tool::Goose, "1", Direction::Both, "db"),
        (
            "drizzle/0000_x.sql",
            "CREATE TABLE a ();\n--> statement-breakpoint",
            Tool::Drizzle,
            "0000",
            Direction::Up,
            "drizzle",
        ),
        ("db/migrations/001-x.sql", "", Tool::Numbered, "001", Direction::Up, "db/migrations"),
        ("neo4j/migrations/V0001__x.cypher", "", Tool::Flyway, "0001", Direction::Up, "neo4j/migrations"),
    ] {
        let expected = Some((tool, version.to_owned(), direction, folder.to_owned()));
        assert_eq!(named(path, text), expected, "{path}");
    }
    for path in ["a/schema.sql", "reports/2024_sales.sql", "a/Users__x.sql", "a/up.sql", "x/V__a.sql"] {
        assert_eq!(named(path, "SELECT 1;"), None, "{path}");
    }
}

#[test]
fn markers_tell_the_way_back_and_transactions() {
    let text =
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (b);\n-- migrate:down\nDROP INDEX i;\n";
    let migration = Migration::parse("db/1_x.sql".into(), text).unwrap();
    let found: Vec<_> = (migration.script.statements.iter())
        .map(|one| (migration.is_down(one.span), migration.is_in_transaction(one.span)))
        .collect();
    assert_eq!(found, [(false, false), (true, true)]);
    assert!(migration.has_down());
}
