//! `workflow_run` jobs that download what an outsider's run uploaded, and run it.

use super::untrusted_checkout::executes;
use palisade_inventory::shell::Direction;
use palisade_inventory::workflow::{Job, Step, Workflow};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/untrusted-artifact",
        title: "artifact of an outsider's run is executed",
        page: include_str!("untrusted_artifact.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E2-T1"],
        maps: &["CWE-829", "CWE-494", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    let Some(trigger) = workflow.trigger("workflow_run") else { return };
    if trigger.config.is_some_and(|config| config.get("branches").is_some()) {
        return;
    }
    for job in workflow.jobs.iter().filter(|job| !is_own_push(job)) {
        for (at, step) in job.steps.iter().enumerate() {
            let Some(folder) = downloads(step) else { continue };
            let after = job.steps.iter().skip(at + 1);
            let Some(runner) = after.clone().find(|step| obeys(step, &folder)) else { continue };
            let shown = report.locate(runner.anchor().span());
            let message = "an outsider's pull request can fill this artifact, and a later step of this privileged job obeys what is in it";
            report.finding(step.anchor().span(), message).also(shown, "here");
        }
    }
}

/// Whether the job only follows pushes to the repository itself.
fn is_own_push(job: &Job<'_>) -> bool {
    job.condition().and_then(|node| node.as_str()).is_some_and(|text| {
        !text.contains("||")
            && text.contains("workflow_run.event")
            && !text.contains("pull_request")
            && text.contains("==")
    })
}

/// The folder into which a step downloads an artifact of another run; empty for the workspace.
fn downloads(step: &Step<'_>) -> Option<String> {
    let action =
        step.uses_action(&["dawidd6/action-download-artifact", "aochmann/actions-download-artifact"]).is_some()
            || step.uses_action(&["actions/download-artifact"]).is_some() && step.input("run-id").is_some();
    if action {
        let path = step.input_str("path").unwrap_or("").trim().trim_start_matches("./").to_owned();
        return Some(if path == "." || path.contains("github.workspace }}") { String::new() } else { path });
    }
    let fetched = step.script().commands.iter().filter_map(|command| command.program()).find(|program| {
        program.name == "gh"
            && program.arguments.first().is_some_and(|word| word.text == "run")
            && program.arguments.get(1).is_some_and(|word| word.text == "download")
    })?;
    Some(fetched.option_value(&["-D", "--dir"]).map_or_else(String::new, |(_, folder)| folder.to_owned()))
}

/// Whether a step runs something of the folder, or makes environment of it.
fn obeys(step: &Step<'_>, folder: &str) -> bool {
    let into_environment = step.script().commands.iter().any(|command| {
        command.redirections.iter().any(|to| {
            matches!(to.direction, Direction::Append | Direction::Write)
                && (to.target.text.contains("GITHUB_ENV") || to.target.text.contains("GITHUB_PATH"))
        })
    });
    if into_environment {
        return true;
    }
    if folder.is_empty() || folder == "." {
        return executes(step);
    }
    step.script().commands.iter().filter_map(|command| command.program()).any(|program| {
        let inside = |text: &str| text.contains(folder);
        inside(&program.word.text)
            || program.is_shell() && program.operands().next().is_some_and(|word| inside(&word.text))
            || matches!(program.name, "python" | "python3" | "node" | "ruby" | "source" | ".")
                && program.operands().next().is_some_and(|word| inside(&word.text))
    })
}
