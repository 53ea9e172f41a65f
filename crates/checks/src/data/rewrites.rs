//! Changes of columns that write a whole table anew, or fail on its rows.

use palisade_inventory::sql::{Act, ActionKind};
use palisade_model::Severity;

use super::{Age, Notes, StatementAt, likely, meta};
use crate::Check;

const PAGE: &str = include_str!("rewrites.md");
const CONTROLS: &[&str] = &["AP-6"];
const MAPS: &[&str] = &["CWE-667"];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_statement(
        likely(meta(
            "data/column-type-changed",
            "table is written anew under a full lock",
            PAGE,
            Severity::Medium,
            CONTROLS,
            MAPS,
        )),
        Age::Recent,
        type_changed,
    ),
    Check::on_statement(
        meta("data/column-rewrites-table", "new column writes the table anew", PAGE, Severity::Medium, CONTROLS, MAPS),
        Age::Recent,
        rewrites,
    ),
    Check::on_statement(
        meta(
            "data/not-null-without-default",
            "migration fails when the table has rows",
            PAGE,
            Severity::Medium,
            CONTROLS,
            &["CWE-755"],
        ),
        Age::Recent,
        no_default,
    ),
];

fn type_changed(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let Act::AlterTable(table, actions) = &at.statement.act else { return };
    for action in actions {
        let ActionKind::SetType(column, kind) = &action.kind else { continue };
        // From any other text these are a change of the catalogue alone.
        let is_wider = matches!(&**kind, "text" | "varchar" | "character varying" | "citext");
        if !at.is_fresh(&table.name) && !is_wider {
            let message = format!(
                "`{}` is locked, reads included, while every row is written anew as {kind}; add a column of the new type, copy in batches, then swap `{column}`",
                table.name
            );
            notes.add(at.migration, action.span, message);
        }
    }
}

fn rewrites(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let Act::AlterTable(table, actions) = &at.statement.act else { return };
    if at.is_fresh(&table.name) {
        return;
    }
    for action in actions {
        let (span, why) = match &action.kind {
            ActionKind::AddColumn(column) => {
                let serial =
                    matches!(&*column.type_name, "serial" | "bigserial" | "smallserial" | "serial4" | "serial8");
                match (column.default, column.stored, column.identity) {
                    (Some((span, true)), ..) => (span, "each row gets a value of its own"),
                    (_, Some(span), _) => (span, "a stored value is computed for each row"),
                    (.., Some(span)) => (span, "each row gets a number"),
                    _ if serial => (column.name.span, "each row gets a number"),
                    _ => continue,
                }
            }
            ActionKind::Rewrite => (action.span, "this changes how it is stored"),
            _ => continue,
        };
        let message = format!(
            "{why}, so `{}` is written anew while nobody can read it; add the column empty, fill it in batches, then set its default",
            table.name
        );
        notes.add(at.migration, span, message);
    }
}

fn no_default(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let Act::AlterTable(table, actions) = &at.statement.act else { return };
    for action in actions {
        let ActionKind::AddColumn(column) = &action.kind else { continue };
        let Some(span) = column.not_null else { continue };
        let filled = column.default.is_some()
            || column.stored.is_some()
            || column.identity.is_some()
            || column.type_name.contains("serial");
        if !filled && !at.is_fresh(&table.name) && !was_emptied(at, &table.name) {
            let message = format!(
                "rows that `{}` already has would be null here, so this fails on any that is not empty; give it a default, or fill it before NOT NULL",
                table.name
            );
            notes.add(at.migration, span, message);
        }
    }
}

/// Whether the same file empties the table first.
fn was_emptied(at: &StatementAt<'_>, table: &str) -> bool {
    at.migration.script.statements.iter().take_while(|one| one.span.start < at.statement.span.start).any(|one| {
        match &one.act {
            Act::Truncate(tables) => tables.iter().any(|emptied| &*emptied.name == table),
            Act::Delete(emptied, false) => &*emptied.name == table,
            _ => false,
        }
    })
}
