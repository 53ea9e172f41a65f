//! Runs the checks over the migrations of a target.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use palisade_inventory::migration::Migration;
use palisade_inventory::sql::{Act, Script, Statement};
use palisade_inventory::{Inventory, Subject};
use palisade_model::{Coverage, Finding, Meta, Severity, Skipped, Span};

use super::mend::Mend;
use super::{Age, Set};
use crate::check::Run;
use crate::scanner::text_of;
use crate::{Check, Host, Report, Settings};

/// One statement of a PostgreSQL migration that goes forwards, and what came before it.
pub struct StatementAt<'s> {
    /// The statement.
    pub statement: &'s Statement,
    /// Its file.
    pub migration: &'s Migration,
    /// The folder's migrations.
    pub set: &'s Set<'s>,
    /// Whether it runs in a transaction.
    pub in_transaction: bool,
    /// The file's text.
    pub text: &'s str,
    /// Tables that this version made: nobody uses them yet.
    fresh: &'s HashSet<&'s str>,
    /// Types that this version made.
    types: &'s HashSet<&'s str>,
}

/// Collects what checks find in migrations.
pub struct Notes<'n> {
    check: &'static Meta,
    by_path: &'n mut BTreeMap<Arc<str>, Vec<Note>>,
}

struct Note {
    check: &'static Meta,
    span: Span,
    message: String,
    severity: Option<Severity>,
    mend: Option<Mend>,
}

impl StatementAt<'_> {
    /// Whether this version made the table, so that nobody waits for it.
    #[must_use]
    pub fn is_fresh(&self, table: &str) -> bool {
        self.fresh.contains(table)
    }

    /// Whether this version made the type.
    #[must_use]
    pub fn is_fresh_type(&self, name: &str) -> bool {
        self.types.contains(name)
    }
}

impl Notes<'_> {
    /// A finding in the file of a migration.
    pub fn add(&mut self, migration: &Migration, span: Span, message: impl Into<String>) {
        self.push(migration, span, message.into(), None, None);
    }

    /// A finding with what mends it, when anything does.
    pub(super) fn add_with(
        &mut self,
        mend: Option<Mend>,
        migration: &Migration,
        span: Span,
        message: impl Into<String>,
    ) {
        self.push(migration, span, message.into(), None, mend);
    }

    /// A finding that weighs more or less than usual.
    pub fn add_as(&mut self, severity: Severity, migration: &Migration, span: Span, message: impl Into<String>) {
        self.push(migration, span, message.into(), Some(severity), None);
    }

    fn push(
        &mut self,
        migration: &Migration,
        span: Span,
        message: String,
        severity: Option<Severity>,
        mend: Option<Mend>,
    ) {
        let note = Note { check: self.check, span, message, severity, mend };
        self.by_path.entry(Arc::clone(&migration.path)).or_default().push(note);
    }
}

/// What the checks find in the migrations of a target. What could not be read to the end goes into the coverage.
pub(crate) fn judge(
    checks: &[&'static Check],
    settings: &Settings,
    inventory: &Inventory,
    host: Host<'_>,
    masks: &dyn Fn(&str, &[u8]) -> Vec<Span>,
    coverage: &mut Coverage,
) -> Vec<Finding> {
    let sets = Set::all(inventory, &settings.data);
    let mut by_path: BTreeMap<Arc<str>, Vec<Note>> = BTreeMap::new();
    let mut texts = Texts { host, held: HashMap::new() };
    for set in &sets {
        for check in checks {
            if let Run::Migrations(run) = check.run {
                run(set, &mut Notes { check: &check.meta, by_path: &mut by_path });
            }
        }
        for migration in set.migrations.iter().filter(|one| set.is_postgresql(one)) {
            statements(checks, set, migration, &mut texts, &mut by_path);
            unread(checks, migration, &mut by_path, coverage);
        }
    }
    let Some(first) = checks.first() else { return Vec::new() };
    let mut findings = Vec::new();
    let find = |path: &str| inventory.file(path).and_then(|facts| facts.migration.as_deref());
    for (path, notes) in by_path {
        let (Some(migration), Some(text)) = (find(&path), texts.of(&path)) else { continue };
        let masks = [masks(&path, text.as_bytes()), secrets(&migration.script)].concat();
        let subject = Subject::new(path, text.as_bytes(), migration, &masks);
        let mut report = Report::new(settings, Some(&subject), &first.meta);
        for note in notes {
            report.switch(note.check);
            let fix = note.mend.and_then(|mend| mend(&text, note.span));
            let draft = report.finding(note.span, note.message).maybe_fix(fix);
            if let Some(severity) = note.severity {
                draft.severity(severity);
            }
        }
        findings.extend(report.finish());
    }
    findings
}

/// Passwords that stand in statements on roles.
pub(crate) fn secrets(script: &Script) -> Vec<Span> {
    let password = |one: &Statement| if let Act::Role { password, .. } = &one.act { *password } else { None };
    script.statements.iter().filter_map(password).collect()
}

fn statements(
    checks: &[&'static Check],
    set: &Set<'_>,
    migration: &Migration,
    texts: &mut Texts<'_>,
    by_path: &mut BTreeMap<Arc<str>, Vec<Note>>,
) {
    let recent = set.is_recent(migration);
    let wanted: Vec<(&Check, fn(&StatementAt<'_>, &mut Notes<'_>))> = (checks.iter())
        .filter_map(|check| match check.run {
            Run::Statement(age, run) if recent || age == Age::Any => Some((*check, run)),
            _ => None,
        })
        .collect();
    if wanted.is_empty() || migration.script.statements.is_empty() {
        return;
    }
    let Some(text) = texts.of(&migration.path) else { return };
    let (mut fresh, mut types) = (HashSet::new(), HashSet::new());
    let mut open = false;
    for statement in &migration.script.statements {
        match &statement.act {
            Act::Begin => open = true,
            Act::Commit => open = false,
            Act::CreateTable(table) => {
                fresh.insert(&*table.name);
            }
            Act::CreateType(name) => {
                types.insert(&**name);
            }
            _ => {}
        }
        if migration.is_down(statement.span) {
            continue;
        }
        let in_transaction = open || migration.is_in_transaction(statement.span);
        let (fresh, types) = (&fresh, &types);
        let at = StatementAt { statement, migration, set, in_transaction, text: &text, fresh, types };
        for (check, run) in &wanted {
            run(&at, &mut Notes { check: &check.meta, by_path });
        }
    }
}

/// Tells of the parts that the grammar refused.
fn unread(
    checks: &[&'static Check],
    migration: &Migration,
    by_path: &mut BTreeMap<Arc<str>, Vec<Note>>,
    coverage: &mut Coverage,
) {
    let Some(problem) = migration.problems().first() else { return };
    coverage.parsed = coverage.parsed.saturating_sub(1);
    coverage.partial.push(Skipped { path: migration.path.to_string(), reason: problem.message.clone() });
    let unreadable = &crate::scan::unreadable_file::CHECK;
    if checks.iter().any(|check| check.meta.id == unreadable.meta.id) {
        let mut notes = Notes { check: &unreadable.meta, by_path };
        for problem in migration.problems() {
            notes.add(migration, problem.span, format!("this part was not checked: {}", problem.message));
        }
    }
}

/// Texts of files, read once.
struct Texts<'h> {
    host: Host<'h>,
    held: HashMap<Arc<str>, Option<Arc<str>>>,
}

impl Texts<'_> {
    fn of(&mut self, path: &Arc<str>) -> Option<Arc<str>> {
        let read = self.host.read;
        let text = || Some(text_of(&read(path)?).into());
        self.held.entry(Arc::clone(path)).or_insert_with(text).clone()
    }
}
