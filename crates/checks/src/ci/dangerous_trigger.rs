//! Events that give an outsider's pull request or comment the repository's own token.

use palisade_inventory::Inventory;
use palisade_inventory::workflow::{Trigger, Workflow};
use palisade_model::{Confidence, Finding, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/dangerous-trigger",
        title: "workflow runs with secrets on events that outsiders cause",
        page: include_str!("dangerous_trigger.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T1"],
        maps: &["CWE-863", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

const AFTER: &str = "runs with secrets after workflows that anybody's pull request can start; treat their artifacts and names as hostile";

/// Events by which an outsider starts a workflow.
const OUTSIDE: [&str; 9] = [
    "pull_request",
    "pull_request_target",
    "pull_request_review",
    "pull_request_review_comment",
    "issue_comment",
    "issues",
    "discussion",
    "discussion_comment",
    "workflow_run",
];

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    for trigger in &workflow.triggers {
        let message = match trigger.name {
            "pull_request_target" => {
                if only_labels(workflow) {
                    continue;
                }
                "runs with this repository's secrets and write token on anybody's pull request; use `pull_request` where you can"
            }
            "workflow_run" if follows_anything(trigger) => AFTER,
            "issue_comment" if !is_guarded(workflow) => {
                "anybody's comment starts this with secrets and a write token; check `author_association` first"
            }
            _ => continue,
        };
        let severity = if trigger.name == "pull_request_target" { Severity::Medium } else { Severity::Low };
        report.finding(trigger.node.span(), message).severity(severity);
    }
}

/// One job of one step that labels pull requests: the use that the event was made for.
fn only_labels(workflow: &Workflow<'_>) -> bool {
    let [job] = workflow.jobs.as_slice() else { return false };
    let [step] = job.steps.as_slice() else { return false };
    step.uses.is_some_and(|uses| uses.is_any(&["actions/labeler", "actions/stale", "actions/first-interaction"]))
}

/// Workflows on a fixed branch only were not started by a fork.
fn follows_anything(trigger: &Trigger<'_>) -> bool {
    trigger.config.is_none_or(|config| config.get("branches").is_none())
}

/// Whether each job asks who the commenter is.
fn is_guarded(workflow: &Workflow<'_>) -> bool {
    workflow.jobs.iter().all(|job| {
        let conditions = job.condition().into_iter().filter_map(|node| node.as_str());
        let mut conditions = conditions.map(str::to_ascii_lowercase);
        conditions.any(|text| {
            ["author_association", "github.actor", "user.login", "sender.login"].iter().any(|who| text.contains(who))
        })
    })
}

/// Takes back what is said of a workflow that runs after others, where all of those are here and outsiders start none;
/// where none is called so, nothing starts it.
pub(crate) fn settle(inventory: &Inventory, findings: &mut Vec<Finding>) {
    if !inventory.whole {
        return;
    }
    let workflows = || inventory.files.iter().filter_map(|file| Some((&*file.path, file.workflow.as_deref()?)));
    findings.retain_mut(|finding| {
        let own = inventory.file(&finding.location.path).and_then(|file| file.workflow.as_deref());
        let Some(own) = own.filter(|own| finding.message == AFTER && !own.follows.is_empty()) else { return true };
        let called = |path: &str, name: &Option<String>| {
            own.follows.iter().any(|followed| followed == name.as_deref().unwrap_or(path))
        };
        let mut followed = workflows().filter(|(path, workflow)| called(path, &workflow.name)).peekable();
        if followed.peek().is_none() {
            let names = own.follows.join("`, `");
            finding.message =
                format!("no workflow here is called `{names}`, so nothing starts this; once one is, it {AFTER}");
            finding.severity = finding.severity.min(Severity::Info);
            return true;
        }
        followed.any(|(_, workflow)| workflow.triggers.iter().any(|event| OUTSIDE.contains(&event.as_str())))
    });
}
