//! Secrets of jobs that have no `environment:`.

use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/secret-outside-environment",
        title: "secret is not tied to an environment",
        page: include_str!("secret_outside_environment.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Medium,
        controls: &["E3-T4", "E2-T3"],
        maps: &["CWE-522", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    for job in workflow.jobs.iter().filter(|job| job.environment().is_none() && job.uses.is_none()) {
        let own = job.expressions.iter().chain(job.steps.iter().flat_map(|step| &step.expressions));
        let mut names: Vec<String> = Vec::new();
        let mut first = None;
        for located in own {
            let Ok(expression) = &located.parsed else { continue };
            for reference in expression.references() {
                let Some(name) = reference.path.strip_prefix("secrets.") else { continue };
                if name != "github_token" && name != "*" && !names.iter().any(|known| known == name) {
                    first.get_or_insert(located.span_of(reference.span));
                    names.push(name.to_owned());
                }
            }
        }
        // At the job, not at a secret: which of them comes first changes, the fault does not.
        if let Some(first_use) = first {
            let what = if names.len() == 1 { "a secret is" } else { "secrets are" };
            let message = format!(
                "{what} open to every workflow and branch here ({}); an environment would limit who gets them",
                shown(&names)
            );
            let first_use = report.locate(first_use);
            report.finding(job.key.span(), message).also(first_use, "first used here");
        }
    }
}

/// Names of secrets that a message holds.
const NAMES_SHOWN_MAX: usize = 3;

/// The first of the names, as the workflow writes them.
fn shown(names: &[String]) -> String {
    let first = names.iter().take(NAMES_SHOWN_MAX).map(|name| name.to_ascii_uppercase()).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES_SHOWN_MAX) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
