//! Build arguments that hold secrets.

use palisade_inventory::dockerfile::{Dockerfile, Instruction, Kind};
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity, Span};

use super::secrets::{Literal, is_secret_name, literal};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/secret-in-build-argument",
        title: "secret is passed as a build argument",
        page: include_str!("secret_in_build_argument.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CIS-DOCKER:4.10", "CWE-522"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let mut seen = std::collections::BTreeSet::new();
    let text = report.text();
    for instruction in &file.instructions {
        let Kind::Arg(pairs) = &instruction.kind else { continue };
        for pair in pairs.iter().filter(|pair| is_secret_name(&pair.name)) {
            let value = pair.value.as_ref().filter(|value| !value.raw.contains('$'));
            match value.map_or(Literal::Harmless, |value| literal(&value.resolved)) {
                Literal::Secret => {
                    let span = value.map_or(pair.name_span, |value| value.span);
                    let message =
                        format!("{} stands in the Dockerfile for everybody to read; use a secret mount", pair.name);
                    report.finding(span, message).severity(Severity::High).maybe_fix(mount(file, &pair.name, text));
                }
                // Declared in every stage that needs it: one fault.
                _ if seen.insert(pair.name.as_str()) => {
                    let message = format!("the image's history keeps the value of {}; use a secret mount", pair.name);
                    report.finding(pair.name_span, message).maybe_fix(mount(file, &pair.name, text));
                }
                _ => {}
            }
        }
    }
}

/// The argument as a secret mount of the steps that name it; `None` when another place names it too, or none does.
fn mount(file: &Dockerfile, name: &str, text: &str) -> Option<Fix> {
    let mut edits = Vec::new();
    let mut mounted = false;
    for instruction in &file.instructions {
        let mentioned = mentions(instruction.span.of(text), name);
        match &instruction.kind {
            Kind::Arg(pairs) if pairs.iter().any(|pair| pair.name == name) => {
                let [_] = pairs.as_slice() else { return None };
                edits.push(without(instruction, text)?);
            }
            Kind::Run(_) if mentioned && !instruction.on_build => {
                let at = instruction.keyword_span.end as usize;
                let flag = format!(" --mount=type=secret,id={},env={name}", name.to_ascii_lowercase());
                edits.push(Edit { path: None, span: Span::new(at, at), replacement: flag });
                mounted = true;
            }
            _ if mentioned => return None,
            _ => {}
        }
    }
    let title = format!("give {name} to the steps that name it as a secret mount; build with --secret");
    mounted.then(|| Fix::new(title, Safety::Unsafe, edits))
}

/// An edit that takes an instruction out, its line whole.
pub(super) fn without(instruction: &Instruction, text: &str) -> Option<Edit> {
    let (start, end) = (instruction.span.start as usize, instruction.span.end as usize);
    let above = text.get(..start)?;
    let rest = text.get(end..)?;
    let line = rest.split_inclusive('\n').next().unwrap_or("");
    let alone = (above.is_empty() || above.ends_with('\n')) && line.trim().is_empty();
    // A comment within an instruction of several lines would go with it.
    let span = Span::new(start, end + line.len());
    (alone && !instruction.span.of(text).contains('\n')).then(|| Edit { path: None, span, replacement: String::new() })
}

/// Whether a text has a name as a word of its own.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text.get(..at).unwrap_or(""), text.get(at + name.len()..).unwrap_or(""));
        !before.ends_with(part) && !after.starts_with(part)
    })
}
