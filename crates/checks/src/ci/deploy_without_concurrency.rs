//! Jobs that deploy without `concurrency:`.

use super::evidence::{self, Effect};
use palisade_inventory::workflow::{Job, Workflow};
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/deploy-without-concurrency",
        title: "two deployments can run at once",
        page: include_str!("deploy_without_concurrency.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E2-T5"],
        maps: &["CWE-362", "OWASP-CICD:CICD-SEC-1"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    let limited =
        |node: palisade_inventory::yaml::Node<'_>| node.get("concurrency").is_some_and(|node| !node.is_null());
    if limited(workflow.root) || workflow.starts_only_on(&["pull_request"]) {
        return;
    }
    for job in workflow.jobs.iter().filter(|job| !limited(job.node)) {
        let Some(found) = evidence::of_job(job).filter(|found| found.effect == Effect::Deploy) else { continue };
        let shown = report.locate(found.span);
        let message = format!(
            "two runs of job `{}` can deploy at once, and the older may win; give it a `concurrency:` group",
            job.id
        );
        // Runs wait for each other; none is cut off halfway.
        let block =
            group(workflow, job).map(|group| format!("concurrency:\n  group: {group}\n  cancel-in-progress: false"));
        let edit = block.and_then(|block| job.node.add_lines("runs-on", &block));
        let fix = edit.map(|edit| Fix::new("let one run deploy at a time", Safety::Unsafe, vec![edit]));
        let finding = report.finding(job.key.span(), message);
        finding.also(shown, format!("deploys here with `{}`", found.by)).maybe_fix(fix);
    }
}

/// Words in the name of an input that says where to deploy to.
const WHERE: [&str; 8] = ["env", "stage", "target", "region", "cluster", "tenant", "account", "site"];

/// What the group is called: the job, and where it deploys to when that differs from run to run. Deployments to one
/// place wait for each other, those to others do not: of those that wait, only the last one runs.
fn group(workflow: &Workflow<'_>, job: &Job<'_>) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    // Jobs of one matrix would wait for each other.
    if !job.id.bytes().all(plain) || job.node.at(&["strategy", "matrix"]).is_some() {
        return None;
    }
    let environment = job.environment().and_then(|node| node.as_str().or_else(|| node.get_str("name")));
    if let Some(environment) = environment.map(str::trim).filter(|environment| environment.contains("${{")) {
        let whole =
            environment.starts_with("${{") && environment.ends_with("}}") && environment.matches("${{").count() == 1;
        return whole.then(|| format!("{}-{environment}", job.id));
    }
    let asked = ["workflow_dispatch", "workflow_call"]
        .iter()
        .filter_map(|event| workflow.trigger(event)?.config?.get("inputs"));
    let names = asked.flat_map(|inputs| inputs.entries()).filter_map(|entry| entry.key.as_str());
    let mut places: Vec<&str> =
        names.filter(|name| WHERE.iter().any(|word| name.to_ascii_lowercase().contains(word))).collect();
    places.sort_unstable();
    places.dedup();
    match places.as_slice() {
        [] => Some(job.id.to_owned()),
        // An environment that is fixed says where, whatever is asked.
        _ if environment.is_some() => Some(job.id.to_owned()),
        // A run that was started otherwise has no inputs, and deploys to a place of its own.
        [place] if place.bytes().all(plain) => Some(format!("{}-${{{{ inputs.{place} }}}}", job.id)),
        _ => None,
    }
}
