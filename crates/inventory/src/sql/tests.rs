//! Statements, faults, bounds and what is no SQL.

use super::*;

fn acts(text: &str) -> Vec<String> {
    let script = Script::parse(text);
    script
        .statements
        .iter()
        .map(|one| format!("{:?}", one.act).split([' ', '(', '{']).next().unwrap_or("").to_owned())
        .collect()
}

#[test]
fn statements_are_told_apart() {
    let text = "CREATE TABLE a (b int); alter table a add c int;\nCREATE INDEX CONCURRENTLY i ON a (b); DROP TABLE a;\n\
        UPDATE a SET b = 1; DELETE FROM a WHERE b = 1; SET LOCAL lock_timeout = '2s'; SELECT set_config('x', '1', true);\n\
        CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END; TRUNCATE a;\n\
        ALTER TYPE mood ADD VALUE 'x'; GRANT ALL ON a TO PUBLIC; VACUUM FULL a; COMMIT";
    let expected = [
        "CreateTable",
        "AlterTable",
        "CreateIndex",
        "DropTables",
        "Update",
        "Delete",
        "Set",
        "Set",
        "Function",
        "Truncate",
        "AddEnumValue",
        "Grant",
        "Vacuum",
        "Commit",
    ];
    assert_eq!(acts(text), expected);
    assert_eq!(Script::parse(text).problems, []);
}

#[test]
fn a_fault_does_not_hide_what_follows() {
    let script = Script::parse("CREATE TABEL a; DROP TABLE b;");
    assert_eq!(script.problems.len(), 1);
    assert!(script.statements.iter().any(|one| matches!(one.act, Act::DropTables(_))));
}

#[test]
fn what_would_exhaust_the_grammar_is_not_handed_to_it() {
    for text in [
        format!("SELECT {}1{};", "(".repeat(5_000), ")".repeat(5_000)),
        format!("SELECT {}1;", "- ".repeat(50_000)),
        format!("SELECT {}1;", "NOT ".repeat(50_000)),
        format!("SELECT {}1;", "CASE WHEN ".repeat(5_000)),
        format!("SELECT 1 {};", "UNION SELECT 1 ".repeat(5_000)),
        format!("SELECT {}1;", "1 + ".repeat(50_000)),
        "EXPLAIN ".repeat(5_000),
        format!("SELECT * FROM a {}", "JOIN b ".repeat(5_000)),
    ] {
        assert_eq!(Script::parse(&text).problems.len(), 1, "{}", text.get(..20).unwrap_or(""));
    }
    let rows = format!("INSERT INTO a VALUES (1){};", ", (1)".repeat(50_000));
    assert_eq!((Script::parse(&rows).problems.len(), acts(&rows)), (0, vec!["Insert".to_owned()]));
}

#[test]
fn data_commands_and_placeholders_are_passed_over() {
    let text = "\\connect shop\nCOPY a FROM stdin;\n1\tit's\n\\.\nALTER TABLE ${schema}.a OWNER TO {{ owner }};\n";
    assert_eq!(Script::parse(text).problems, []);
    assert_eq!(acts(text), ["Insert", "AlterTable"]);
}
