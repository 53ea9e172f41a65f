//! User and password in URLs.

use palisade_inventory::dockerfile::{Dockerfile, Instruction, Kind, Value};
use palisade_model::{Confidence, Meta, Severity, Span};

use super::secrets::url_credentials;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/credentials-in-url",
        title: "password stands in a URL",
        page: include_str!("credentials_in_url.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CIS-DOCKER:4.10", "CWE-798"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        for span in places(instruction) {
            report.finding(span, "the image's history keeps this URL with its password; use a secret mount");
        }
    }
}

/// The words of an instruction that hold such a URL.
fn places(instruction: &Instruction) -> Vec<Span> {
    let value = |value: &Value| url_credentials(&value.raw).map(|_| value.span);
    match &instruction.kind {
        Kind::Env(pairs) | Kind::Arg(pairs) | Kind::Label(pairs) => {
            pairs.iter().filter_map(|pair| pair.value.as_ref()).filter_map(value).collect()
        }
        Kind::Add(transfer) => transfer.sources.iter().filter_map(value).collect(),
        Kind::Run(it) | Kind::Cmd(it) | Kind::Entrypoint(it) => {
            let words = it.script.commands.iter().flat_map(|command| {
                command.words.iter().chain(command.assignments.iter().map(|assignment| &assignment.value))
            });
            let mut spans: Vec<Span> =
                words.filter(|word| url_credentials(&word.text).is_some()).map(|word| word.span).collect();
            // A script in a word is read as commands too: keep the innermost place.
            let all = spans.clone();
            spans.retain(|span| !all.iter().any(|other| other != span && span.contains(*other)));
            spans.dedup();
            spans
        }
        _ => Vec::new(),
    }
}
