//! `ACTIONS_ALLOW_UNSECURE_COMMANDS`, which brings back commands that GitHub switched off.

use super::place::Definition;
use palisade_inventory::yaml::Entry;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_definition(
    Meta {
        id: "ci/insecure-commands",
        title: "output of any program can set variables",
        page: include_str!("insecure_commands.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-77", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

fn run(definition: &Definition<'_, '_>, report: &mut Report<'_>) {
    match definition {
        Definition::Workflow(workflow) => {
            judge(&workflow.env, report);
            for job in &workflow.jobs {
                judge(&job.env, report);
                job.steps.iter().for_each(|step| judge(&step.env, report));
            }
        }
        Definition::Action(action) => action.steps.iter().for_each(|step| judge(&step.env, report)),
    }
}

fn judge(env: &[Entry<'_>], report: &mut Report<'_>) {
    for entry in env.iter().filter(|entry| entry.key.as_str() == Some("ACTIONS_ALLOW_UNSECURE_COMMANDS")) {
        if entry.value.as_str().is_some_and(|text| !matches!(text.to_ascii_lowercase().as_str(), "false" | "0" | "")) {
            let message = "every line that a program prints can now set environment and path of later steps; write to `$GITHUB_ENV` instead";
            report.finding(entry.key.span().to(entry.value.span()), message).maybe_fix(fix(entry));
        }
    }
}

/// Takes the variable out, where no script of the file uses the commands.
fn fix(entry: &Entry<'_>) -> Option<Fix> {
    let text = entry.key.yaml().text();
    if ["::set-env", "::add-path", "##[set-env", "##[add-path"].iter().any(|command| text.contains(command)) {
        return None;
    }
    let dropped = entry.key.parent().and_then(|env| env.drop_entry("ACTIONS_ALLOW_UNSECURE_COMMANDS"));
    let edit = dropped.or_else(|| entry.value.replace_with("false"))?;
    Some(Fix::new("keep the commands switched off", Safety::Unsafe, vec![edit]))
}
