//! Statements that hold up everybody else while they work.

use palisade_inventory::sql::{Act, Action, ActionKind, Column, Constraint, ConstraintKind, Table};
use palisade_model::{Severity, Span};

use super::{Age, Notes, Set, StatementAt, likely, mend, meta};
use crate::Check;

const PAGE: &str = include_str!("locks.md");
const CONTROLS: &[&str] = &["AP-6"];
const MAPS: &[&str] = &["CWE-667"];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_statement(
        meta("data/index-blocks-writes", "index build stops all writes", PAGE, Severity::Medium, CONTROLS, MAPS),
        Age::Recent,
        index,
    ),
    Check::on_statement(
        meta("data/index-drop-blocks", "index is dropped under a full lock", PAGE, Severity::Low, CONTROLS, MAPS),
        Age::Recent,
        index_drop,
    ),
    Check::on_statement(
        meta(
            "data/concurrent-in-transaction",
            "statement fails in the transaction it runs in",
            PAGE,
            Severity::High,
            CONTROLS,
            &["CWE-662"],
        ),
        Age::Recent,
        concurrent,
    ),
    Check::on_statement(
        meta(
            "data/foreign-key-checked-at-once",
            "foreign key stops writes to two tables",
            PAGE,
            Severity::Medium,
            CONTROLS,
            MAPS,
        ),
        Age::Recent,
        |at, notes| constraints(at, notes, &|kind| kind == ConstraintKind::ForeignKey),
    ),
    Check::on_statement(
        meta(
            "data/check-validated-at-once",
            "constraint is checked under a full lock",
            PAGE,
            Severity::Medium,
            CONTROLS,
            MAPS,
        ),
        Age::Recent,
        |at, notes| constraints(at, notes, &|kind| kind == ConstraintKind::Check),
    ),
    Check::on_statement(
        meta(
            "data/unique-builds-index",
            "constraint builds its index under a full lock",
            PAGE,
            Severity::Medium,
            CONTROLS,
            MAPS,
        ),
        Age::Recent,
        |at, notes| {
            constraints(at, notes, &|kind| {
                matches!(kind, ConstraintKind::Unique | ConstraintKind::PrimaryKey | ConstraintKind::Exclude)
            });
        },
    ),
    Check::on_statement(
        likely(meta(
            "data/not-null-scans-table",
            "table is scanned under a full lock",
            PAGE,
            Severity::Medium,
            CONTROLS,
            MAPS,
        )),
        Age::Recent,
        not_null,
    ),
    Check::on_statement(
        meta("data/table-locked-for-upkeep", "upkeep locks out every reader", PAGE, Severity::High, CONTROLS, MAPS),
        Age::Recent,
        upkeep,
    ),
    Check::on_migrations(
        likely(meta(
            "data/no-lock-timeout",
            "migrations wait for locks without an end",
            PAGE,
            Severity::Low,
            CONTROLS,
            MAPS,
        )),
        no_timeout,
    ),
];

fn index(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let Act::CreateIndex { table, word, concurrently: None } = &at.statement.act else { return };
    if !at.is_fresh(&table.name) {
        let message = format!(
            "every write to `{}` waits until this index is built; CREATE INDEX CONCURRENTLY, outside of a transaction, does not hold them up",
            table.name
        );
        notes.add_with(mend::index(at), at.migration, *word, message);
    }
}

fn index_drop(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    if let Act::DropIndex { word, concurrently: None } = &at.statement.act {
        let message = "its table is locked, reads included, as soon as this waits for a running query; DROP INDEX CONCURRENTLY does not";
        notes.add_with(mend::index(at), at.migration, *word, message);
    }
}

fn concurrent(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    if !at.in_transaction {
        return;
    }
    let (span, what) = match &at.statement.act {
        Act::CreateIndex { concurrently: Some(span), .. }
        | Act::DropIndex { concurrently: Some(span), .. }
        | Act::Reindex { concurrently: Some(span) } => (*span, "CONCURRENTLY"),
        Act::Vacuum(_) => (at.statement.span, "VACUUM"),
        Act::Outside => (at.statement.span, "this statement"),
        Act::AlterTable(_, actions) => {
            let detach = actions.iter().find(|action| matches!(action.kind, ActionKind::Detach(true)));
            let Some(detach) = detach else { return };
            (detach.span, "CONCURRENTLY")
        }
        _ => return,
    };
    let message = format!(
        "PostgreSQL refuses {what} in a transaction, and {} runs this in one, so the migration fails",
        tool_words(at)
    );
    notes.add(at.migration, span, message);
}

fn tool_words(at: &StatementAt<'_>) -> &'static str {
    use palisade_inventory::migration::Tool;
    match at.migration.named.tool {
        Tool::Dbmate => "dbmate, without `transaction:false`,",
        Tool::Goose => "goose, without `-- +goose NO TRANSACTION`,",
        Tool::SqlMigrate => "sql-migrate, without `notransaction`,",
        Tool::Liquibase => "Liquibase, without `runInTransaction:false`,",
        Tool::Flyway | Tool::UpDown | Tool::Prisma => "a file with more than one statement",
        Tool::Drizzle | Tool::Folder | Tool::Numbered => "the tool",
    }
}

/// Whether a place is worth a word: an existing table.
fn altered<'a>(at: &StatementAt<'a>) -> Option<(&'a Table, &'a [Action])> {
    match &at.statement.act {
        Act::AlterTable(table, actions) if !at.is_fresh(&table.name) => Some((table, actions)),
        _ => None,
    }
}

fn constraints(at: &StatementAt<'_>, notes: &mut Notes<'_>, wanted: &dyn Fn(ConstraintKind) -> bool) {
    let Some((table, actions)) = altered(at) else { return };
    for action in actions {
        match &action.kind {
            ActionKind::AddConstraint(constraint)
                if wanted(constraint.kind) && !constraint.is_not_valid && !constraint.uses_index =>
            {
                notes.add(at.migration, action.span, words(constraint, &table.name));
            }
            ActionKind::AddColumn(column) => of_column(at, notes, table, column, wanted),
            _ => {}
        }
    }
}

fn words(constraint: &Constraint, table: &str) -> String {
    match constraint.kind {
        ConstraintKind::ForeignKey => {
            let other = constraint.references.as_ref().map_or("the other table", |other| &*other.name);
            format!(
                "writes to `{table}` and `{other}` wait while every row is checked; add it NOT VALID, and VALIDATE CONSTRAINT in a later migration"
            )
        }
        ConstraintKind::Check | ConstraintKind::NotNull => format!(
            "`{table}` is locked, reads included, while every row is checked; add it NOT VALID, and VALIDATE CONSTRAINT in a later migration"
        ),
        _ => format!(
            "`{table}` is locked, reads included, while the index is built; build it CONCURRENTLY first, then add the constraint USING INDEX"
        ),
    }
}

/// Constraints that come with a column: an empty column is checked at once all the same when it has a default.
fn of_column(
    at: &StatementAt<'_>,
    notes: &mut Notes<'_>,
    table: &Table,
    column: &Column,
    wanted: &dyn Fn(ConstraintKind) -> bool,
) {
    let mut tell = |span: Span, kind: ConstraintKind| {
        if wanted(kind) {
            let constraint = Constraint {
                kind,
                references: column.references.clone(),
                is_not_valid: false,
                uses_index: false,
                not_null_column: None,
            };
            notes.add(at.migration, span, words(&constraint, &table.name));
        }
    };
    if let Some(span) = column.unique {
        tell(span, ConstraintKind::Unique);
    }
    // A column that is null in every row refers to nothing: PostgreSQL still reads the rows, with no other table.
    if let (Some(other), Some(_)) = (&column.references, &column.default) {
        tell(other.span, ConstraintKind::ForeignKey);
    }
}

fn not_null(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let Some((table, actions)) = altered(at) else { return };
    for action in actions {
        let ActionKind::SetNotNull(column) = &action.kind else { continue };
        if !is_proven(at, &table.name, column) && !is_added_here(at, &table.name, column) {
            let message = format!(
                "`{}` is locked, reads included, while every row is looked at; add CHECK ({column} IS NOT NULL) NOT VALID, validate it in a later migration, then set NOT NULL",
                table.name
            );
            notes.add(at.migration, action.span, message);
        }
    }
}

/// Whether some migration adds a check from which PostgreSQL knows that no row is null.
fn is_proven(at: &StatementAt<'_>, table: &str, column: &str) -> bool {
    let acts = at.set.ups().flat_map(|one| &one.script.statements).map(|one| &one.act);
    acts.into_iter().any(|act| match act {
        Act::AlterTable(altered, actions) if &*altered.name == table => actions.iter().any(|action| {
            let ActionKind::AddConstraint(constraint) = &action.kind else { return false };
            constraint.not_null_column.as_deref() == Some(column)
        }),
        _ => false,
    })
}

/// Whether the same file adds the column: filling it has touched every row already.
fn is_added_here(at: &StatementAt<'_>, table: &str, column: &str) -> bool {
    at.migration.script.statements.iter().any(|one| match &one.act {
        Act::AlterTable(altered, actions) if &*altered.name == table => actions
            .iter()
            .any(|action| matches!(&action.kind, ActionKind::AddColumn(added) if &*added.name.name == column)),
        _ => false,
    })
}

fn upkeep(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let (span, message) = match &at.statement.act {
        Act::Vacuum(Some(full)) => (
            *full,
            "VACUUM FULL writes the table anew, and nobody reads it meanwhile; plain VACUUM or pg_repack do not lock it",
        ),
        Act::Cluster => (
            at.statement.span,
            "CLUSTER writes the table anew, and nobody reads it meanwhile; pg_repack does not lock it",
        ),
        Act::Reindex { concurrently: None } => (
            at.statement.span,
            "writes wait, and reads that would use the index; REINDEX CONCURRENTLY does not hold them up",
        ),
        _ => return,
    };
    notes.add(at.migration, span, message);
}

/// Whether a statement takes a lock for which readers or writers wait.
fn locks(act: &Act) -> bool {
    match act {
        Act::AlterTable(_, actions) => !actions.iter().all(|action| matches!(action.kind, ActionKind::Validate)),
        Act::CreateIndex { concurrently: None, .. } | Act::DropIndex { concurrently: None, .. } => true,
        Act::DropTables(_) | Act::Truncate(_) | Act::Lock | Act::Cluster => true,
        _ => false,
    }
}

fn no_timeout(set: &Set<'_>, notes: &mut Notes<'_>) {
    let sets = |act: &Act| matches!(act, Act::Set(name) if matches!(&**name, "lock_timeout" | "statement_timeout"));
    if set.migrations.iter().flat_map(|one| &one.script.statements).any(|one| sets(&one.act)) {
        return;
    }
    let newest: Vec<_> = set.ups().filter(|one| set.is_postgresql(one)).collect();
    for migration in newest.into_iter().rev().filter(|one| set.is_recent(one)) {
        let mut fresh: Vec<&str> = Vec::new();
        for statement in &migration.script.statements {
            if let Act::CreateTable(table) = &statement.act {
                fresh.push(&table.name);
            }
            let is_old = |table: &Table| !fresh.contains(&&*table.name);
            let on_old = match &statement.act {
                Act::AlterTable(table, _) | Act::CreateIndex { table, .. } => is_old(table),
                Act::DropTables(tables) | Act::Truncate(tables) => tables.iter().any(is_old),
                _ => true,
            };
            if locks(&statement.act) && on_old && !migration.is_down(statement.span) {
                let message = "no migration here sets lock_timeout: when this waits for a slow query, everybody waits behind it; SET lock_timeout = '2s' and try again";
                notes.add_with(mend::timeout(migration, statement.span), migration, statement.span, message);
                return;
            }
        }
    }
}
