//! Expressions that paste somebody else's text into a script before the shell reads it.

use super::environment;
use super::place::{ExpressionAt, Place};
use super::taint::{self, Origin, PRIVILEGED_EVENTS};
use palisade_inventory::workflow::{Slot, Step};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_expression(
    Meta {
        id: "ci/template-injection",
        title: "text from outside is pasted into code",
        page: include_str!("template_injection.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E2-T1", "T-024.3"],
        maps: &["CWE-94", "CWE-78", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

/// Inputs that well-known actions run as code.
const CODE_INPUTS: [(&str, &[&str]); 26] = [
    ("actions/github-script", &["script"]),
    ("appleboy/ssh-action", &["script"]),
    ("fifsky/ssh-action", &["command"]),
    ("garygrossgarten/github-action-ssh", &["command"]),
    ("azure/cli", &["inlineScript"]),
    ("azure/powershell", &["inlineScript"]),
    ("azure/arm-deploy", &["parameters"]),
    ("nick-fields/retry", &["command", "on_retry_command", "new_command_on_retry"]),
    ("nick-invision/retry", &["command", "on_retry_command"]),
    ("wandalen/wretry.action", &["command"]),
    ("addnab/docker-run-action", &["run", "options"]),
    ("mikefarah/yq", &["cmd"]),
    ("sergeysova/jq-action", &["cmd"]),
    ("cardinalby/js-eval-action", &["expression"]),
    ("8398a7/action-slack", &["custom_payload"]),
    ("browser-actions/setup-chrome", &[]),
    ("reactivecircus/android-emulator-runner", &["script"]),
    ("vmactions/freebsd-vm", &["run", "prepare"]),
    ("vmactions/openbsd-vm", &["run", "prepare"]),
    ("cross-platform-actions/action", &["run"]),
    ("uraimo/run-on-arch-action", &["run", "install"]),
    ("coactions/setup-xvfb", &["run"]),
    ("gabrielbb/xvfb-action", &["run"]),
    ("cypress-io/github-action", &["build", "start", "command"]),
    ("devorbitus/yq-action-output", &["cmd"]),
    ("1arp/create-a-file-action", &[]),
];

fn run(at: &ExpressionAt<'_, '_>, report: &mut Report<'_>) {
    let (Ok(expression), Some(step)) = (&at.located.parsed, at.step) else { return };
    let what = match at.located.slot {
        Slot::Run => "this script",
        Slot::With(input) if runs(step, input) => "code that the action runs",
        _ => return,
    };
    let (origin, Some(reference)) = taint::of_expression(expression, &at.place, Some(step)) else { return };
    let path = &reference.path;
    let (severity, confidence, message) = match origin {
        Origin::Safe => return,
        Origin::Outsider => (
            exposure(&at.place, path),
            Confidence::High,
            format!(
                "anybody can choose `{path}`, and it becomes part of {what}; pass it through `env:` and write \"$NAME\""
            ),
        ),
        Origin::Caller => (
            Severity::Medium,
            Confidence::Medium,
            format!("whoever calls this chooses `{path}`, and it becomes part of {what}; pass it through `env:`"),
        ),
        Origin::Writer => (
            Severity::Low,
            Confidence::Medium,
            format!("`{path}` is text that people with write access choose, and it becomes part of {what}"),
        ),
        Origin::Unknown => (
            Severity::Info,
            Confidence::Low,
            format!("`{path}` is pasted into {what}; `env:` is safe whatever it holds"),
        ),
    };
    report
        .finding(at.located.span_of(reference.span), message)
        .severity(severity)
        .confidence(confidence)
        .maybe_fix(environment::pass_through(at, step, expression));
}

fn runs(step: &Step<'_>, input: &str) -> bool {
    let Some(uses) = step.uses else { return false };
    CODE_INPUTS
        .iter()
        .any(|(action, inputs)| uses.is(action) && inputs.iter().any(|name| name.eq_ignore_ascii_case(input)))
}

/// How much an outsider gains. A pull request from a fork has a read-only token and no secrets, and brings its own
/// workflow file anyway.
fn exposure(place: &Place<'_, '_>, path: &str) -> Severity {
    let Some(workflow) = place.workflow else { return Severity::High };
    if workflow.starts_on(&PRIVILEGED_EVENTS) {
        let granted = place.job.map_or(&workflow.permissions, |job| {
            if job.permissions.is_set() { &job.permissions } else { &workflow.permissions }
        });
        let harmless = granted.is_set() && !granted.writes_anything() && !uses_secrets(place);
        return if harmless { Severity::High } else { Severity::Critical };
    }
    let forks = ["pull_request", "pull_request_review", "pull_request_review_comment", "merge_group"];
    let of_pull_request = path.starts_with("github.head_ref") || path.starts_with("github.event.pull_request.");
    let harmless = workflow.starts_only_on(&forks) || of_pull_request && !workflow.starts_on(&["workflow_call"]);
    if harmless { Severity::Medium } else { Severity::High }
}

fn uses_secrets(place: &Place<'_, '_>) -> bool {
    let Some(job) = place.job else { return true };
    let mut all = job.expressions.iter().chain(job.steps.iter().flat_map(|step| &step.expressions));
    all.any(|located| located.text.to_ascii_lowercase().contains("secrets."))
}
