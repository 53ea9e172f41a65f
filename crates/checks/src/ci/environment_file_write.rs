//! Writes to `GITHUB_ENV` and `GITHUB_PATH`.

use super::place::StepAt;
use super::taint::{self, Origin, PRIVILEGED_EVENTS};
use palisade_inventory::shell::{Command, Direction, Script};
use palisade_model::Span;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/environment-file-write",
        title: "step writes variables that later steps obey",
        page: include_str!("environment_file_write.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Low,
        controls: &["E2-T1"],
        maps: &["CWE-454", "CWE-94", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    let Some(text) = at.step.run_text().filter(|text| text.contains("GITHUB_ENV") || text.contains("GITHUB_PATH"))
    else {
        return;
    };
    let privileged = at.place.starts_on(&PRIVILEGED_EVENTS);
    for (span, fixed) in writes(at.step.script(), text) {
        if fixed {
            continue;
        }
        let (severity, confidence, message) = if privileged {
            (
                if reads_outside(at, text) { Severity::High } else { Severity::Medium },
                Confidence::Medium,
                "an outsider can start this workflow; if they reach this value, `LD_PRELOAD` or a `PATH` of theirs runs code in the steps after it",
            )
        } else {
            (
                Severity::Info,
                Confidence::Low,
                "what is written here becomes environment of every later step; `GITHUB_OUTPUT` passes a value to those that ask for it",
            )
        };
        report.finding(at.step.span_of(span), message).severity(severity).confidence(confidence);
    }
}

/// Whether the script reads files or texts that an outsider can have written.
fn reads_outside(at: &StepAt<'_, '_>, text: &str) -> bool {
    let reads = ["cat ", "jq ", "$(<", "head ", "gh ", "git log"].iter().any(|word| text.contains(word));
    reads
        || at.step.expressions.iter().any(|located| {
            let parsed = located.parsed.as_ref();
            parsed.is_ok_and(|expression| {
                taint::of_expression(expression, &at.place, Some(at.step)).0 == Origin::Outsider
            })
        })
}

/// The writes to the two files, and whether what is written is fixed.
fn writes(script: &Script, text: &str) -> Vec<(Span, bool)> {
    let mut found: Vec<(Span, bool)> = Vec::new();
    for command in &script.commands {
        for redirection in &command.redirections {
            let written = matches!(redirection.direction, Direction::Write | Direction::Append);
            if written && is_file(&redirection.target.text) {
                found.push((redirection.target.span, is_fixed(command, script)));
            }
        }
        let Some(program) = command.program() else { continue };
        let by_name = matches!(program.name, "tee" | "Out-File" | "Add-Content" | "Set-Content" | "sponge");
        if let Some(word) = program.arguments.iter().find(|word| by_name && is_file(&word.text)) {
            found.push((word.span, false));
        }
    }
    if found.is_empty() {
        // A language that is not split into commands: PowerShell's `$env:GITHUB_ENV`, Python, `%GITHUB_ENV%`.
        let at = [
            ">> $env:GITHUB_ENV",
            ">> $env:GITHUB_PATH",
            "%GITHUB_ENV%",
            "%GITHUB_PATH%",
            "['GITHUB_ENV']",
            "[\"GITHUB_ENV\"]",
        ]
        .iter()
        .find_map(|form| text.find(form).map(|at| Span::new(at, at + form.len())));
        found.extend(at.map(|span| (span, false)));
    }
    found
}

fn is_file(text: &str) -> bool {
    ["GITHUB_ENV", "GITHUB_PATH"].iter().any(|name| {
        text.strip_prefix(['$', '%']).is_some_and(|rest| {
            let rest = rest.trim_start_matches('{').trim_start_matches("env:");
            rest.starts_with(name)
        }) || text.to_ascii_lowercase()
            == format!("${{{{ github.{} }}}}", if *name == "GITHUB_ENV" { "env" } else { "path" })
    })
}

/// Whether `echo` and kin write nothing but literals and the runner's own folders.
fn is_fixed(command: &Command, script: &Script) -> bool {
    let writers: Vec<&Command> =
        if command.fed_by.0 == command.fed_by.1 { vec![command] } else { script.feeders(command).iter().collect() };
    writers.iter().all(|command| {
        command.program().is_some_and(|program| {
            matches!(program.name, "echo" | "printf")
                && program.arguments.iter().all(|word| {
                    let known = [
                        "$HOME",
                        "${HOME}",
                        "$GITHUB_WORKSPACE",
                        "${GITHUB_WORKSPACE}",
                        "$RUNNER_TEMP",
                        "${RUNNER_TEMP}",
                        "$PWD",
                        "$(pwd)",
                    ];
                    let rest = known.iter().fold(word.text.clone(), |text, name| text.replace(name, ""));
                    !rest.contains(['$', '`'])
                })
        })
    })
}
