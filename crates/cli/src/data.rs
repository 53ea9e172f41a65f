//! `palisade data check`: migrations are run up, down and up again in a database that exists for nothing else.
//!
//! After each step the schema is compared with what it was: a way back that leaves something behind is found before
//! the night on which it is needed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context as _, anyhow};
use palisade_checks::DataSettings;
use palisade_checks::data::Set;
use palisade_inventory::migration::Migration;
use palisade_inventory::sql::Act;
use palisade_inventory::{Facts, Format, Inventory};
use palisade_model::Span;
use palisade_source::Entry;
use palisade_source::walk::{WalkOptions, walk};
use serde_json::json;

use crate::arguments::data::{DataCheck, DataFormat, DataVerb};
use crate::console;
use crate::exit::{Exit, hinted, printable};
use crate::postgres::{Refused, Server};
use crate::target;

/// Names of every table, column, index, constraint, view, routine, type and trigger, with what they are.
const SCHEMA: &str = "SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT 'column ' || table_schema || '.' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS line
    FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0
  UNION ALL SELECT 'table ' || schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT 'view ' || schemaname || '.' || viewname || ' ' || definition FROM pg_views WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT 'routine ' || oid::regprocedure FROM pg_proc WHERE pronamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))
  UNION ALL SELECT 'type ' || typnamespace::regnamespace || '.' || typname FROM pg_type WHERE typtype IN ('e', 'd') AND typnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))
  UNION ALL SELECT 'value ' || enumtypid::regtype || ' ' || enumlabel FROM pg_enum
  UNION ALL SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'sequence ' || schemaname || '.' || sequencename FROM pg_sequences
) AS lines";
/// What makes a database sick after its migrations.
const HEALTH: &str =
    "SELECT 'index ' || indexrelid::regclass || ' is not valid: its build failed' FROM pg_index WHERE NOT indisvalid";
/// Names of all roles: they belong to the server, not to the database.
const ROLES: &str = "SELECT rolname FROM pg_roles ORDER BY 1";
/// Lines of a difference that are shown.
const DIFFERENCES_SHOWN_MAX: usize = 5;

/// Runs the verb.
pub(crate) fn run(verb: &DataVerb) -> anyhow::Result<Exit> {
    match verb {
        DataVerb::Check(arguments) => check(arguments),
    }
}

/// One step and how it went.
struct Step {
    direction: &'static str,
    version: String,
    path: String,
    milliseconds: u128,
    fault: Option<String>,
}

fn check(arguments: &DataCheck) -> anyhow::Result<Exit> {
    let server = Server::new(&arguments.database, arguments.scratch_host.as_deref(), arguments.time_limit)?;
    let (inventory, texts, settings) = read(arguments)?;
    let sets = Set::all(&inventory, &settings);
    let Some(set) = choose(&sets, arguments.folder.as_deref())? else {
        eprintln!("no migrations for PostgreSQL under {}", arguments.target.display());
        return Ok(Exit::Nothing);
    };
    let ups: Vec<&Migration> = set.ups().filter(|one| set.is_postgresql(one)).collect();
    for migration in &ups {
        refuse_what_leaves(migration, &texts)?;
    }
    let scratch = server.scratch()?;
    let roles = server.ask(ROLES)?;
    let mut run = Run { server: scratch.server(), texts: &texts, steps: Vec::new() };
    let result = run.all(set, &ups);
    let Run { steps, .. } = run;
    scratch.drop_now().context("the database made for this run could not be dropped")?;
    let left = drop_roles(&server, &roles)?;
    result?;
    print(arguments.format, &set_name(set), &steps, &left)?;
    Ok(if steps.iter().any(|step| step.fault.is_some()) { Exit::Deny } else { Exit::Done })
}

struct Run<'r> {
    server: Server,
    texts: &'r BTreeMap<Arc<str>, String>,
    steps: Vec<Step>,
}

impl Run<'_> {
    /// Up, down as far as there is a way back, and up again; stops at the first fault.
    fn all(&mut self, set: &Set<'_>, ups: &[&Migration]) -> anyhow::Result<()> {
        // Where the ways back begin without a gap, seen from the newest.
        let downs = ups.iter().rev().take_while(|up| set.is_recent(up) && set.down_of(up).is_some()).count();
        let from = ups.len() - downs;
        let mut before = Vec::new();
        for (index, up) in ups.iter().enumerate() {
            if index >= from {
                before.push(self.server.ask(SCHEMA)?);
            }
            if !self.step("up", up, up, None)? {
                return Ok(());
            }
        }
        let top = self.server.ask(SCHEMA)?;
        for (up, before) in ups.iter().skip(from).zip(before.iter()).rev() {
            let Some(down) = set.down_of(up) else { break };
            if !self.step("down", up, down, Some((before, "its way back leaves the schema other than it was")))? {
                return Ok(());
            }
        }
        for (index, up) in ups.iter().enumerate().skip(from) {
            let last =
                (index + 1 == ups.len()).then_some((top.as_str(), "a second run gives another schema than the first"));
            if !self.step("up again", up, up, last)? {
                return Ok(());
            }
        }
        let sick = self.server.ask(HEALTH)?;
        if !sick.trim().is_empty()
            && let Some(last) = self.steps.last_mut()
        {
            last.fault = Some(sick.trim().to_owned());
        }
        Ok(())
    }

    /// Runs one file; whether all was well.
    fn step(
        &mut self,
        direction: &'static str,
        up: &Migration,
        file: &Migration,
        expected: Option<(&str, &str)>,
    ) -> anyhow::Result<bool> {
        let started = Instant::now();
        let down = direction == "down";
        let text = self.texts.get(&file.path).map_or("", String::as_str);
        let chosen = file.script.statements.iter().filter(|one| file.is_down(one.span) == down);
        let spans: Vec<Span> = chosen.map(|one| one.span).collect();
        let pieces: Vec<String> = spans
            .iter()
            .filter_map(|span| text.get(span.start as usize..span.end as usize))
            .map(str::to_owned)
            .collect();
        let in_transaction = spans.iter().all(|span| file.is_in_transaction(*span)) && pieces.len() > 1;
        let mut fault = match pieces.is_empty() {
            true => None,
            false => self.server.run(&pieces, in_transaction)?.err().map(|Refused(said)| said),
        };
        if let (None, Some((schema, message))) = (&fault, expected) {
            let now = self.server.ask(SCHEMA)?;
            if now != schema {
                fault = Some(format!("{message}:\n{}", difference(schema, &now)));
            }
        }
        let good = fault.is_none();
        let milliseconds = started.elapsed().as_millis();
        let (version, path) = (up.named.version.to_string(), file.path.to_string());
        self.steps.push(Step { direction, version, path, milliseconds, fault });
        Ok(good)
    }
}

/// Lines that one schema has and the other does not.
fn difference(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("  missing: {line}"));
    let more = new.iter().filter(|line| !old.contains(line)).map(|line| format!("  left over: {line}"));
    let lines: Vec<String> = gone.chain(more).collect();
    let mut text = lines.iter().take(DIFFERENCES_SHOWN_MAX).cloned().collect::<Vec<_>>().join("\n");
    if lines.len() > DIFFERENCES_SHOWN_MAX {
        text.push_str(&format!("\n  and {} more", lines.len() - DIFFERENCES_SHOWN_MAX));
    }
    text
}

/// The migrations of a target, their texts, and the settings that hold.
fn read(arguments: &DataCheck) -> anyhow::Result<(Inventory, BTreeMap<Arc<str>, String>, DataSettings)> {
    let (_, config) = target::prepare(&arguments.target, &crate::arguments::Look::default())?;
    let options = WalkOptions { exclude: config.scan.exclude.clone(), ..WalkOptions::default() };
    let held = Mutex::new(Vec::new());
    walk(&arguments.target, &options, &|entry| {
        if let Entry::File(file) = entry
            && file.is_whole()
            && Format::of(file.path, file.bytes) == Format::Migration
            && let Ok(mut held) = held.lock()
        {
            held.push((Arc::<str>::from(file.path), String::from_utf8_lossy(file.bytes).into_owned()));
        }
    })?;
    let texts: BTreeMap<_, _> =
        held.into_inner().map_err(|_| anyhow!("a reading thread failed"))?.into_iter().collect();
    let mut inventory = Inventory::default();
    for (path, text) in &texts {
        let mut facts = Facts::new(Arc::clone(path), Format::Migration);
        facts.migration = Migration::parse(Arc::clone(path), text).map(Arc::new);
        inventory.files.push(facts);
    }
    Ok((inventory, texts, config.settings.data))
}

fn set_name(set: &Set<'_>) -> String {
    set.migrations.first().map_or_else(String::new, |one| one.named.folder.to_string())
}

/// The only set for PostgreSQL, or the one of a folder.
fn choose<'s, 'm>(sets: &'s [Set<'m>], folder: Option<&str>) -> anyhow::Result<Option<&'s Set<'m>>> {
    let folder = folder.map(|folder| folder.trim_end_matches('/'));
    let mut fitting = sets.iter().filter(|set| match folder {
        Some(folder) => set_name(set) == folder,
        None => set.ups().any(|one| set.is_postgresql(one)),
    });
    let first = fitting.next();
    let others: Vec<String> = fitting.map(set_name).collect();
    match first {
        Some(first) if !others.is_empty() => {
            let names = [vec![set_name(first)], others].concat().join(", ");
            Err(hinted(anyhow!("there are several folders of migrations: {names}"), "name one with --folder"))
        }
        None if folder.is_some() => Err(anyhow!("no migrations in {}", folder.unwrap_or(""))),
        first => Ok(first),
    }
}

/// Refuses what would reach beyond the database that is made for the run.
fn refuse_what_leaves(migration: &Migration, texts: &BTreeMap<Arc<str>, String>) -> anyhow::Result<()> {
    if let Some(problem) = migration.problems().first() {
        return Err(anyhow!("{} was not read to its end, so nothing was run: {}", migration.path, problem.message));
    }
    let text = texts.get(&migration.path).map_or("", String::as_str);
    if text.lines().any(|line| line.starts_with('\\')) {
        return Err(anyhow!("{} holds commands of psql, which can run programs, so nothing was run", migration.path));
    }
    for one in &migration.script.statements {
        let words = text.get(one.span.start as usize..one.span.end as usize).unwrap_or("").to_ascii_lowercase();
        let leaves = matches!(one.act, Act::Outside | Act::DropOther("database"))
            || words.starts_with("copy") && words.contains("program")
            || words.starts_with("copy") && words.contains("stdin");
        if leaves {
            let start: String = words.chars().take(60).collect();
            return Err(anyhow!(
                "{}: `{}` reaches beyond a database of its own, so nothing was run",
                migration.path,
                printable(&start)
            ));
        }
    }
    Ok(())
}

/// Drops the roles that the run made; returns those that stayed.
fn drop_roles(server: &Server, before: &str) -> anyhow::Result<Vec<String>> {
    let after = server.ask(ROLES)?;
    let made = after.lines().filter(|role| !before.lines().any(|old| old == *role));
    let mut left = Vec::new();
    for role in made {
        let quoted = role.replace('"', "\"\"");
        if server.run(&[format!("DROP ROLE \"{quoted}\"")], false)?.is_err() {
            left.push(role.to_owned());
        }
    }
    Ok(left)
}

fn print(format: DataFormat, folder: &str, steps: &[Step], left: &[String]) -> anyhow::Result<()> {
    let good = steps.iter().all(|step| step.fault.is_none());
    console::print(|out| match format {
        DataFormat::Json => {
            let steps: Vec<_> = (steps.iter())
                .map(|step| {
                    json!({"direction": step.direction, "version": step.version, "path": step.path,
                        "milliseconds": u64::try_from(step.milliseconds).unwrap_or(u64::MAX), "fault": step.fault})
                })
                .collect();
            let document = json!({"folder": folder, "good": good, "steps": steps, "roles_left": left});
            writeln!(out, "{document:#}")
        }
        DataFormat::Human => {
            let count = |direction: &str| steps.iter().filter(|step| step.direction == direction).count();
            for step in steps.iter().filter(|step| step.fault.is_some()) {
                writeln!(out, "{} of version {} failed: {}", step.direction, step.version, printable(&step.path))?;
                for line in step.fault.iter().flat_map(|fault| fault.lines()) {
                    writeln!(out, "  {}", fault_line(line))?;
                }
            }
            for role in left {
                writeln!(out, "the role {} was made and could not be dropped", printable(role))?;
            }
            let word = if good { "good" } else { "failed" };
            writeln!(
                out,
                "{word}: {} up, {} down, {} up again in {}",
                count("up"),
                count("down"),
                count("up again"),
                printable(folder)
            )
        }
    })
}

/// A line of what the database said, with the tabs of a query as spaces.
fn fault_line(line: &str) -> String {
    printable(&line.replace('\t', "    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_keep_their_indentation_and_nothing_acts_on_the_terminal() {
        assert_eq!(fault_line("\tSELECT \u{1b}[2J1"), "    SELECT \\u{1b}[2J1");
        assert_eq!(printable("a\tb"), "a\\tb", "elsewhere a tab is told from spaces");
    }
}
