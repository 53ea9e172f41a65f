//! Scripts that print each command while a secret is in their hands.

use palisade_inventory::shell::Command;
use palisade_inventory::workflow::{Slot, Step};
use palisade_model::{Confidence, Meta, Severity};

use super::place::StepAt;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/traced-secret",
        title: "script with a secret prints its commands",
        page: include_str!("traced_secret.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CWE-532", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    let step = at.step;
    if !holds_secret(step) {
        return;
    }
    let message =
        "the log shows each command with its values; a secret is masked only where it appears letter by letter";
    if let Some(shell) =
        step.shell().filter(|shell| shell.as_str().is_some_and(|text| traces(text.split_whitespace().skip(1))))
    {
        report.finding(shell.span(), message);
    }
    if let Some(command) = step.script().commands.iter().find(|command| switches_on(command)) {
        report.finding(step.span_of(command.span), message);
    }
}

/// Whether a secret other than the job's own token comes into the script.
fn holds_secret(step: &Step<'_>) -> bool {
    let mut found = false;
    for located in step.expressions.iter().filter(|located| matches!(located.slot, Slot::Env(_) | Slot::Run)) {
        let Ok(expression) = &located.parsed else { continue };
        expression.each(&mut |inner| {
            found |= inner.path().is_some_and(|path| path.starts_with("secrets.") && path != "secrets.github_token");
        });
    }
    found
}

/// `set -x`, `set -o xtrace`, `bash -x file`.
fn switches_on(command: &Command) -> bool {
    let Some(program) = command.program() else { return false };
    (program.name == "set" || program.is_shell()) && traces(program.arguments.iter().map(|word| word.text.as_str()))
}

/// Whether options, up to the first word that is none, switch tracing on.
fn traces<'t>(mut words: impl Iterator<Item = &'t str>) -> bool {
    while let Some(word) = words.next() {
        let Some(flags) = word.strip_prefix('-').filter(|flags| !flags.starts_with('-')) else { return false };
        if flags.contains('x') || flags.ends_with('o') && words.next() == Some("xtrace") {
            return true;
        }
    }
    false
}
