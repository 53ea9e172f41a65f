//! Pairs, numbers and second runs.

use std::collections::BTreeMap;

use palisade_inventory::migration::{Direction, Migration, Tool};
use palisade_inventory::sql::{Act, ActionKind};
use palisade_model::{Severity, Span};

use super::{Notes, Set, likely, mend, meta};
use crate::Check;

const PAGE: &str = include_str!("order.md");
const CONTROLS: &[&str] = &["AP-6"];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_migrations(
        meta(
            "data/missing-down",
            "migration has no way back",
            PAGE,
            Severity::Medium,
            CONTROLS,
            &["NIST-800-53:CP-10"],
        ),
        missing_down,
    ),
    Check::on_migrations(
        meta("data/empty-down", "way back does nothing", PAGE, Severity::Low, CONTROLS, &["NIST-800-53:CP-10"]),
        empty_down,
    ),
    Check::on_migrations(
        meta("data/missing-up", "way back belongs to nothing", PAGE, Severity::Low, CONTROLS, &["NIST-800-53:CM-3"]),
        missing_up,
    ),
    Check::on_migrations(
        likely(meta(
            "data/destroyed-without-rollback",
            "data is lost and nothing goes back",
            PAGE,
            Severity::Low,
            CONTROLS,
            &["NIST-800-53:CP-10"],
        )),
        no_way_back,
    ),
    Check::on_migrations(
        meta(
            "data/duplicate-version",
            "two migrations share a version",
            PAGE,
            Severity::High,
            CONTROLS,
            &["NIST-800-53:CM-3"],
        ),
        duplicate,
    ),
    Check::on_migrations(
        likely(meta("data/version-gap", "a number is missing", PAGE, Severity::Info, CONTROLS, &["NIST-800-53:CM-3"])),
        gap,
    ),
    Check::on_migrations(
        meta(
            "data/repeatable-fails-twice",
            "repeatable migration fails when it is repeated",
            PAGE,
            Severity::Medium,
            CONTROLS,
            &["CWE-755"],
        ),
        repeatable,
    ),
];

/// Sets of this many migrations with a way back show that a team writes them.
fn writes_downs(set: &Set<'_>) -> bool {
    let ups = set.ups().count();
    let downs = set.ups().filter(|up| set.down_of(up).is_some()).count();
    downs > 0 && downs * 2 >= ups
}

fn has_work(migration: &Migration) -> bool {
    let cypher = migration.cypher.as_ref().is_some_and(|cypher| !cypher.statements.is_empty());
    cypher || migration.script.statements.iter().any(|one| !migration.is_down(one.span))
}

fn missing_down(set: &Set<'_>, notes: &mut Notes<'_>) {
    if !set.tool.has_way_back() || !writes_downs(set) || matches!(set.tool, Tool::Liquibase) {
        return;
    }
    for up in set.ups().filter(|up| up.named.direction == Direction::Up && set.is_recent(up) && has_work(up)) {
        if set.down_of(up).is_none() {
            let message = format!(
                "the others here can be taken back, version {} cannot: it has no file that goes down",
                up.named.version
            );
            notes.add(up, up.anchor(), message);
        }
    }
}

/// Whether nobody wrote into a file that goes back: a comment of one's own says that there is no way.
fn is_untouched(down: &Migration) -> bool {
    match down.named.direction {
        Direction::Both => !down.has_down(),
        _ => !down.has_down() && down.is_blank,
    }
}

fn empty_down(set: &Set<'_>, notes: &mut Notes<'_>) {
    if !set.tool.has_way_back() {
        return;
    }
    let mut told: Vec<&str> = Vec::new();
    for up in set.ups().filter(|up| set.is_recent(up) && has_work(up) && changes_schema(up)) {
        let both = up.named.direction == Direction::Both && set.tool != Tool::Liquibase;
        let down = if both { Some(up) } else { set.down_of(up) };
        let Some(down) = down.filter(|down| is_untouched(down) && !told.contains(&&*down.path)) else { continue };
        told.push(&down.path);
        let message = format!(
            "version {} changes the schema, and its way back is empty: what is left behind breaks the next run",
            up.named.version
        );
        notes.add(down, if both { up.anchor() } else { Span::default() }, message);
    }
}

fn changes_schema(up: &Migration) -> bool {
    let of = |act: &Act| {
        matches!(
            act,
            Act::CreateTable(_) | Act::AlterTable(..) | Act::CreateIndex { .. } | Act::CreateType(_) | Act::CreateOther
        )
    };
    up.cypher.is_some() || up.script.statements.iter().any(|one| !up.is_down(one.span) && of(&one.act))
}

fn missing_up(set: &Set<'_>, notes: &mut Notes<'_>) {
    for down in set.migrations.iter().filter(|one| one.named.direction == Direction::Down) {
        if !set.ups().any(|up| up.named.version == down.named.version) {
            let message = format!(
                "there is no version {} that goes forwards: it was renamed or removed, so this can never run",
                down.named.version
            );
            let span = down.script.statements.first().map_or_else(Span::default, |one| one.span);
            notes.add(down, span, message);
        }
    }
}

fn no_way_back(set: &Set<'_>, notes: &mut Notes<'_>) {
    if writes_downs(set) || set.dialect.is_none() {
        return;
    }
    for up in set.ups().filter(|up| set.is_recent(up) && set.down_of(up).is_none() && !up.has_down()) {
        let loses = |act: &Act| match act {
            Act::DropTables(_) | Act::Truncate(_) | Act::DropOther(_) => true,
            Act::AlterTable(_, actions) => actions.iter().any(|action| matches!(action.kind, ActionKind::DropColumn)),
            _ => false,
        };
        if let Some(one) = up.script.statements.iter().find(|one| loses(&one.act)) {
            let message = "nothing in this folder goes back, and this loses data: say in the migration where the copy is, or how to go on without it";
            notes.add(up, one.span, message);
        }
    }
}

fn duplicate(set: &Set<'_>, notes: &mut Notes<'_>) {
    // Prisma goes by the folder's whole name, Liquibase by what stands in the file.
    if matches!(set.tool, Tool::Prisma | Tool::Liquibase) {
        return;
    }
    let mut by_version: BTreeMap<Vec<u128>, Vec<&Migration>> = BTreeMap::new();
    for up in set.ups().filter(|up| !up.named.version.is_empty() && up.dialect_of_name().is_none()) {
        by_version.entry(up.named.numbers()).or_default().push(up);
    }
    for same in by_version.values().filter(|same| same.len() > 1) {
        let [first, .., last] = same.as_slice() else { continue };
        let message = format!(
            "`{}` has the same version {}: the tool runs one of them, or neither",
            first.path, last.named.version
        );
        notes.add(last, last.anchor(), message);
    }
}

/// Fewer migrations than this show no sequence.
const SEQUENCE_MIN: usize = 6;

fn gap(set: &Set<'_>, notes: &mut Notes<'_>) {
    let mut numbers: Vec<(u128, &Migration)> = Vec::new();
    for up in set.ups() {
        match up.named.numbers().as_slice() {
            [] => {}
            [number] if *number < 100_000 => numbers.push((*number, up)),
            _ => return,
        }
    }
    numbers.dedup_by_key(|(number, _)| *number);
    let gaps: Vec<_> = (numbers.iter().zip(numbers.iter().skip(1)))
        .filter(|((before, _), (after, _))| after.saturating_sub(*before) > 1)
        .map(|((before, _), (_, migration))| (before + 1, *migration))
        .collect();
    // Where numbers are skipped often, they are no sequence.
    if numbers.len() < SEQUENCE_MIN || gaps.len() > 2 {
        return;
    }
    for (missing, migration) in gaps.into_iter().filter(|(_, migration)| set.is_recent(migration)) {
        let message = format!(
            "number {missing} is missing before this: it was removed after it ran somewhere, or never came along"
        );
        notes.add(migration, migration.anchor(), message);
    }
}

fn repeatable(set: &Set<'_>, notes: &mut Notes<'_>) {
    for migration in
        set.migrations.iter().filter(|one| set.is_postgresql(one) && one.named.direction == Direction::Repeatable)
    {
        let mut dropped = false;
        for one in &migration.script.statements {
            let makes = matches!(
                one.act,
                Act::CreateTable(_)
                    | Act::CreateIndex { .. }
                    | Act::CreateType(_)
                    | Act::Function { .. }
                    | Act::CreateOther
            );
            dropped |= one.is_conditional && !makes;
            if makes && !one.is_conditional && !dropped {
                let message = "this runs again whenever the file changes, and fails because it exists; say OR REPLACE or IF NOT EXISTS";
                notes.add_with(Some(mend::again), migration, one.span, message);
            }
        }
    }
}
