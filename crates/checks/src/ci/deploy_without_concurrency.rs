//! Jobs that deploy without `concurrency:`.

use super::evidence::{self, Effect};
use palisade_inventory::workflow::Workflow;
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
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let block = format!("concurrency:\n  group: {}\n  cancel-in-progress: false", job.id);
        let edit = job.id.bytes().all(plain).then(|| job.node.add_lines("runs-on", &block)).flatten();
        let fix = edit.map(|edit| Fix::new("let one run deploy at a time", Safety::Unsafe, vec![edit]));
        let finding = report.finding(job.key.span(), message);
        finding.also(shown, format!("deploys here with `{}`", found.by)).maybe_fix(fix);
    }
}
