//! Steps that lose data, or break the version of the program that still runs.

use palisade_inventory::sql::{Act, ActionKind, Table};
use palisade_model::Severity;

use super::{Age, Notes, StatementAt, likely, meta};
use crate::Check;

const PAGE: &str = include_str!("losses.md");
const CONTROLS: &[&str] = &["AP-6", "AP-9"];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_statement(
        likely(meta(
            "data/column-dropped",
            "column and its data are dropped",
            PAGE,
            Severity::Medium,
            CONTROLS,
            &["NIST-800-53:CP-9"],
        )),
        Age::Recent,
        |at, notes| {
            actions(
                at,
                notes,
                |kind| matches!(kind, ActionKind::DropColumn),
                "the data is gone for good, and the version that still runs asks for this column; drop it one release after the last use, and keep a copy",
            )
        },
    ),
    Check::on_statement(
        likely(meta(
            "data/table-dropped",
            "table and its data are dropped",
            PAGE,
            Severity::Medium,
            CONTROLS,
            &["NIST-800-53:CP-9"],
        )),
        Age::Recent,
        dropped,
    ),
    Check::on_statement(
        meta(
            "data/table-emptied",
            "every row of a table is deleted",
            PAGE,
            Severity::Medium,
            CONTROLS,
            &["NIST-800-53:CP-9"],
        ),
        Age::Recent,
        emptied,
    ),
    Check::on_statement(
        likely(meta(
            "data/every-row-updated",
            "one statement changes every row",
            PAGE,
            Severity::Low,
            &["AP-6"],
            &["CWE-667"],
        )),
        Age::Recent,
        updated,
    ),
    Check::on_statement(
        meta(
            "data/column-renamed",
            "rename breaks the version that still runs",
            PAGE,
            Severity::Medium,
            CONTROLS,
            &["CWE-439"],
        ),
        Age::Recent,
        |at, notes| {
            actions(
                at,
                notes,
                |kind| matches!(kind, ActionKind::RenameColumn),
                "the version that still runs asks for the old name and fails until it is replaced; add the new column, write both, move over, then drop the old one",
            )
        },
    ),
    Check::on_statement(
        meta(
            "data/table-renamed",
            "rename breaks the version that still runs",
            PAGE,
            Severity::Medium,
            CONTROLS,
            &["CWE-439"],
        ),
        Age::Recent,
        renamed,
    ),
    Check::on_statement(
        meta(
            "data/enum-value-in-transaction",
            "new enum value is used before it exists",
            PAGE,
            Severity::High,
            &["AP-6"],
            &["CWE-662"],
        ),
        Age::Recent,
        enum_value,
    ),
];

fn actions(at: &StatementAt<'_>, notes: &mut Notes<'_>, wanted: fn(&ActionKind) -> bool, message: &str) {
    let Act::AlterTable(table, actions) = &at.statement.act else { return };
    if at.is_fresh(&table.name) {
        return;
    }
    for action in actions.iter().filter(|action| wanted(&action.kind)) {
        notes.add(at.migration, action.span, message);
    }
}

fn dropped(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let message = "the data is gone for good; rename it out of the way first, and drop it when nobody has missed it";
    match &at.statement.act {
        Act::DropTables(tables) => {
            let old = |table: &&Table| !at.is_fresh(&table.name) && !is_made_anew(at, &table.name);
            for table in tables.iter().filter(old) {
                notes.add(at.migration, table.span, message);
            }
        }
        Act::DropOther(kind) => {
            let message = format!("the {kind} and all data in it is gone for good; keep a copy, and drop it by hand");
            notes.add_as(Severity::High, at.migration, at.statement.span, message);
        }
        _ => {}
    }
}

/// Whether the same file creates the table again, or puts another in its place.
fn is_made_anew(at: &StatementAt<'_>, table: &str) -> bool {
    at.migration.script.statements.iter().any(|one| {
        one.span.start > at.statement.span.start && matches!(&one.act, Act::CreateTable(made) if &*made.name == table)
    })
}

fn emptied(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let message = "every row is gone for good; narrow it down, or keep a copy first";
    match &at.statement.act {
        Act::Truncate(tables) => {
            for table in tables.iter().filter(|table| !at.is_fresh(&table.name)) {
                notes.add(at.migration, table.span, message);
            }
        }
        Act::Delete(table, false) if !at.is_fresh(&table.name) => notes.add(at.migration, at.statement.span, message),
        _ => {}
    }
}

fn updated(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    if let Act::Update(table, false) = &at.statement.act
        && !at.is_fresh(&table.name)
    {
        let message = format!(
            "every row of `{}` is locked until this commits; fill it in batches, outside of the migration when the table is large",
            table.name
        );
        notes.add(at.migration, at.statement.span, message);
    }
}

fn renamed(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let Act::AlterTable(table, actions) = &at.statement.act else { return };
    for action in actions {
        let moves = matches!(action.kind, ActionKind::RenameTable | ActionKind::SetSchema);
        if moves && !at.is_fresh(&table.name) {
            let message = "the version that still runs asks for the old name and fails until it is replaced; leave a view under the old name";
            notes.add(at.migration, action.span, message);
        }
    }
}

fn enum_value(at: &StatementAt<'_>, notes: &mut Notes<'_>) {
    let Act::AddEnumValue(name, value) = &at.statement.act else { return };
    if !at.in_transaction || at.is_fresh_type(name) || value.len() < 3 {
        return;
    }
    let after = at.migration.script.statements.iter().find(|one| {
        one.span.start > at.statement.span.start && !at.migration.is_down(one.span) && {
            let text = at.text.get(one.span.start as usize..one.span.end as usize).unwrap_or("");
            !matches!(one.act, Act::AddEnumValue(..) | Act::Function { .. }) && text.contains(&**value)
        }
    });
    if let Some(after) = after {
        let message = format!(
            "{value} cannot be used in the transaction that adds it to `{name}`, so the migration fails here; use it in a later one"
        );
        notes.add(at.migration, after.span, message);
    }
}
