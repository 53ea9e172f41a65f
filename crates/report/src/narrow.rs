//! A narrowed policy, for a person: what changes, what it rests on, and what nobody can know.

use std::collections::BTreeSet;
use std::io;

use palisade_checks::iam::narrow::{Narrowing, printed};
use palisade_checks::iam::taken_on;
use serde_json::Value;

use crate::fixes::patch;
use crate::text::visible;

/// Names of a list that are shown; the JSON has all.
const NAMES_SHOWN_MAX: usize = 20;

/// Writes the difference between a policy at `path` and its narrowed form, and what is to be known about it.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_narrowing(path: &str, before: &Value, narrowing: &Narrowing, out: &mut dyn io::Write) -> io::Result<()> {
    let (old, new) = (printed(before), printed(&narrowing.policy));
    let seen = &narrowing.seen;
    if old == new {
        writeln!(out, "{}: the calls needed all of it.", visible(path))?;
    } else {
        patch::write_diff(path, old.as_bytes(), new.as_bytes(), out)?;
    }
    writeln!(out)?;
    let span = match (&seen.from, &seen.to) {
        (Some(from), Some(to)) if from != to => format!(" from {} to {}", visible(from), visible(to)),
        (Some(from), _) => format!(" of {}", visible(from)),
        _ => String::new(),
    };
    writeln!(out, "Rests on {} records{span}: what happens less often than that is not in them.", seen.records)?;
    let services: Vec<String> = seen.services.iter().map(|(name, count)| format!("{name} {count}")).collect();
    listed(out, "Services called", &services)?;
    if seen.principals.len() > 1 {
        let names: Vec<String> = seen.principals.iter().map(|(name, count)| format!("{name} {count}")).collect();
        listed(out, "Several callers, whose calls count together; --principal picks one", &names)?;
    }
    if seen.is_cut {
        writeln!(out, "There were more different calls than are kept: the policy may lack some.")?;
    }
    let of_set = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>();
    listed(out, "Taken away, since no call needed it", &of_set(&narrowing.dropped))?;
    let title = "Taken away though the records cannot show calls of it: record events of data, or keep it by hand";
    listed(out, title, &of_set(&narrowing.unknowable))?;
    listed(out, "Kept without a call, since the records cannot show one", &of_set(&narrowing.kept))?;
    listed(out, "Kept on all resources of its statement, since records name none", &of_set(&narrowing.unnamed))?;
    listed(out, "Follows from what other calls were given; it is never recorded itself", &of_set(&narrowing.inferred))?;
    let counted = |counts: &std::collections::BTreeMap<String, u64>| {
        counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>()
    };
    listed(out, "Was denied, and stays denied", &counted(&narrowing.denied))?;
    listed(out, "Succeeded without this policy: something else allows it", &counted(&narrowing.elsewhere))?;
    let title = format!("No action of {} is known for these events: look them up", taken_on());
    listed(out, &title, &counted(&narrowing.unknown_events))
}

fn listed(out: &mut dyn io::Write, title: &str, names: &[String]) -> io::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}:")?;
    for name in names.iter().take(NAMES_SHOWN_MAX) {
        writeln!(out, "  {}", visible(name))?;
    }
    match names.len().saturating_sub(NAMES_SHOWN_MAX) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more"),
    }
}
