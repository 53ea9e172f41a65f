//! Literal secrets in ENV.

use palisade_inventory::dockerfile::{Dockerfile, Instruction, Kind, Pair, Value};
use palisade_inventory::shell::Script;
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity, Span};

use super::secret_in_build_argument::{mentions, without};
use super::secrets::{Literal, environment};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/secret-in-environment",
        title: "secret is baked into the image",
        page: include_str!("secret_in_environment.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CIS-DOCKER:4.10", "CWE-798", "CWE-526"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for (name, value, kind) in environment(file) {
        match kind {
            Literal::WellKnown => {
                let message =
                    format!("every container starts with this well-known value of {name}; pass it at run time");
                report.finding(value.span, message).severity(Severity::Medium);
            }
            _ => {
                let fix = removed(file, name, value, report.text());
                let message = format!("whoever can pull the image can read {name}; pass it at run time");
                report.finding(value.span, message).maybe_fix(fix);
            }
        }
    }
}

/// Programs that look at no secret in their environment.
const INDIFFERENT: [&str; 26] = [
    "addgroup", "adduser", "apk", "apt", "apt-get", "cd", "chmod", "chown", "cp", "dnf", "echo", "groupadd", "install",
    "ln", "microdnf", "mkdir", "mv", "rm", "set", "tar", "tdnf", "touch", "true", "useradd", "usermod", "yum",
];

/// The assignment taken out, when nothing in the file can miss it: no other instruction names it, and no step after it
/// runs a program that may read it unnamed.
fn removed(file: &Dockerfile, name: &str, value: &Value, text: &str) -> Option<Fix> {
    let holds = |it: &Instruction| matches!(&it.kind, Kind::Env(pairs) if pairs.iter().any(|pair| is_at(pair, value)));
    let own = file.instructions.iter().position(holds)?;
    let (earlier, rest) = file.instructions.split_at(own);
    let (instruction, later) = rest.split_first()?;
    let indifferent = |script: &Script| {
        script.complete
            && script.commands.iter().all(|one| one.program().is_none_or(|program| INDIFFERENT.contains(&program.name)))
    };
    let reads = |it: &Instruction| matches!(&it.kind, Kind::Run(run) if !indifferent(&run.script));
    let named = |it: &Instruction| mentions(it.span.of(text), name);
    if instruction.on_build || earlier.iter().chain(later).any(named) || later.iter().any(reads) {
        return None;
    }
    let Kind::Env(pairs) = &instruction.kind else { return None };
    let edit = match pairs.as_slice() {
        [_] => without(instruction, text).filter(|_| !follows_comment(text, instruction.span.start as usize))?,
        pairs => out_of(pairs, value, text)?,
    };
    Some(Fix::new(
        format!("keep {name} out of the image; give it to the container that needs it"),
        Safety::Unsafe,
        vec![edit],
    ))
}

fn is_at(pair: &Pair, value: &Value) -> bool {
    pair.value.as_ref().is_some_and(|own| own.span == value.span)
}

/// One assignment of several, with what stands between it and the one before, or after when it is the first.
fn out_of(pairs: &[Pair], value: &Value, text: &str) -> Option<Edit> {
    let at = pairs.iter().position(|pair| is_at(pair, value))?;
    let before = at.checked_sub(1).and_then(|before| pairs.get(before)?.value.as_ref());
    let span = match before {
        Some(before) => Span::new(before.span.end as usize, value.span.end as usize),
        None => Span::new(pairs.get(at)?.name_span.start as usize, pairs.get(at + 1)?.name_span.start as usize),
    };
    let clean = !span.of(text).contains('#');
    let whole = text.get(value.span.end as usize..)?.chars().next().is_none_or(char::is_whitespace);
    let apart = before.is_none() || span.of(text).starts_with(char::is_whitespace);
    (clean && whole && apart).then(|| Edit { path: None, span, replacement: String::new() })
}

/// Whether the line above is a comment, which would speak of nothing any more.
fn follows_comment(text: &str, at: usize) -> bool {
    let above = text.get(..at).and_then(|head| head.trim_end_matches(' ').strip_suffix('\n'));
    above.and_then(|head| head.rsplit('\n').next()).is_some_and(|line| line.trim_start().starts_with('#'))
}
