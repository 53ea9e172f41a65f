//! Search paths for programs that lead into folders where everybody writes.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity, Span};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/writable-path-entry",
        title: "programs are searched where everybody writes",
        page: include_str!("writable_path_entry.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-427", "CWE-426"],
    },
    run,
);

/// Folders that every user of a container may write to.
const WRITABLE: [&str; 4] = ["/tmp", "/var/tmp", "/dev/shm", "/run/lock"];

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let Some(stage) = file.last_stage() else { return };
    for instruction in file.ancestry(stage).flat_map(|stage| file.of_stage(stage)) {
        let Kind::Env(pairs) = &instruction.kind else { continue };
        let paths = pairs.iter().filter(|pair| pair.name == "PATH").filter_map(|pair| pair.value.as_ref());
        for value in paths.filter(|value| !value.raw.is_empty()) {
            let entries = value.resolved.split(':');
            let Some(bad) = entries.filter(|entry| !entry.contains('$')).find(|entry| is_writable(entry)) else {
                continue;
            };
            let message = format!("whoever may write to {} can plant a program that others run", shown(bad));
            report.finding(place(value.span, &value.raw, bad), message);
        }
    }
}

fn is_writable(entry: &str) -> bool {
    let below = |folder: &str| entry.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest == "/");
    !entry.starts_with('/') || WRITABLE.into_iter().any(below)
}

fn shown(entry: &str) -> String {
    match entry {
        "" | "." => "the folder at hand (an empty entry means it too)".to_owned(),
        other => format!("`{other}`"),
    }
}

/// The entry within the value, where it stands there as it is.
fn place(span: Span, raw: &str, entry: &str) -> Span {
    let whole = span.end.saturating_sub(span.start) as usize == raw.len() && !entry.is_empty();
    let Some(at) = raw.find(entry).filter(|_| whole) else { return span };
    Span::new(span.start as usize + at, span.start as usize + at + entry.len())
}
