//! Checkouts that leave the job's token in `.git/config`, and uploads that take it along.

use super::git;
use super::place::StepAt;
use palisade_inventory::workflow::Step;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/persisted-credentials",
        title: "checkout leaves the token on disk",
        page: include_str!("persisted_credentials.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E2-T1", "E3-T4"],
        maps: &["CWE-522", "CWE-200", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

/// Tools that push by themselves.
const TOOLS: [&str; 9] = [
    "gh-deploy",
    "gh-pages",
    "semantic-release",
    "release-it",
    "mike",
    "lerna",
    "changeset",
    "chart-releaser",
    "python-semantic-release",
];

/// Steps after a checkout that are looked at; longer jobs are no job of people's.
const STEPS_AHEAD_MAX: usize = 500;

/// Actions that push with the credentials that the checkout left.
const PUSHING: [&str; 11] = [
    "peter-evans/create-pull-request",
    "stefanzweifel/git-auto-commit-action",
    "endbug/add-and-commit",
    "ad-m/github-push-action",
    "changesets/action",
    "cycjimmy/semantic-release-action",
    "helm/chart-releaser-action",
    "jamesives/github-pages-deploy-action",
    "pre-commit-ci/lite-action",
    "tj-actions/auto-doc",
    "autofix-ci/action",
];

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    let Some(uses) = at.step.uses_action(&["actions/checkout"]) else { return };
    let setting = at.step.input("persist-credentials");
    if setting.is_some_and(|value| value.as_str() != Some("true")) {
        return;
    }
    let steps = at.place.steps();
    let after = steps.iter().skip_while(|step| !std::ptr::eq(*step, at.step)).skip(1).take(STEPS_AHEAD_MAX);
    let upload = after.clone().find(|step| uploads_everything(step));
    // From version 6 on the token lies outside of the checked-out tree.
    let inside = uses.major_version().is_none_or(|major| major < 6);
    let place = setting.map_or(uses.node.span(), |value| value.span());
    // Later steps that push, or tools that call git by themselves, need the token: a person decides.
    let edit = match setting {
        Some(value) => value.replace_with("false"),
        None => at.step.node.add_under("with", "uses", "persist-credentials: false"),
    };
    // A token that was asked for is there to be used, and a caller's script may use any.
    let meant = step_token(at.step) || after.clone().any(|step| runs_what_the_caller_says(at, step));
    let fix = edit.filter(|_| !meant).map(|edit| Fix::new("do not keep the token on disk", Safety::Unsafe, vec![edit]));
    if let Some(upload) = upload
        && inside
    {
        let message =
            "the token stays in `.git/config`, and a later step uploads the whole directory: anybody can download it";
        let shown = report.locate(upload.anchor().span());
        let finding = report.finding(place, message);
        finding.severity(Severity::High).confidence(Confidence::High).also(shown, "uploaded here").maybe_fix(fix);
        return;
    }
    if setting.is_some() || after.clone().any(pushes) {
        return;
    }
    let message =
        "the token stays on disk for every later step to read; set `persist-credentials: false` unless you push";
    let severity = if inside { Severity::Low } else { Severity::Info };
    report.finding(place, message).severity(severity).maybe_fix(fix);
}

fn step_token(step: &Step<'_>) -> bool {
    step.input("token").or_else(|| step.input("ssh-key")).is_some()
}

fn uploads_everything(step: &Step<'_>) -> bool {
    step.uses_action(&["actions/upload-artifact"]).is_some()
        && step.input_str("path").is_some_and(|path| {
            let whole = [".", "./", "*", "**", "**/*", "./*", "./**", ".git", "./.git", ".git/"];
            path.lines().map(str::trim).any(|line| {
                whole.contains(&line)
                    || line.starts_with("${{") && line.trim_end_matches(['/', '*']).ends_with("github.workspace }}")
            })
        })
}

fn pushes(step: &Step<'_>) -> bool {
    step.uses.is_some_and(|uses| uses.is_any(&PUSHING))
        || step.script().commands.iter().filter_map(|command| command.program()).any(|program| {
            git::verb(&program).is_some_and(|verb| ["push", "fetch", "pull", "submodule", "lfs"].contains(&verb))
                || program.operands().take(2).any(|word| TOOLS.contains(&word.text.as_str()))
                || TOOLS.contains(&program.name)
        })
}

/// Whether a caller's script runs in the step: nobody can tell here whether it pushes.
fn runs_what_the_caller_says(at: &StepAt<'_, '_>, step: &Step<'_>) -> bool {
    let called = at.place.action.is_some() || at.place.starts_on(&["workflow_call"]);
    let names = ["script", "command", "cmd"];
    called
        && step.expressions.iter().any(|located| {
            let text = located.text.to_ascii_lowercase();
            text.contains("inputs.") && names.iter().any(|name| text.contains(name))
        })
}
