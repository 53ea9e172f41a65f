//! The Windows command shell, shells that no tool can read, and `pip-install` of `setup-python`.

use super::place::Definition;
use palisade_inventory::workflow::Step;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_definition(
    Meta {
        id: "ci/discouraged-feature",
        title: "step uses a feature that is better left alone",
        page: include_str!("discouraged_feature.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-477"],
    },
    run,
);

const KNOWN_SHELLS: [&str; 8] = ["bash", "sh", "pwsh", "powershell", "python", "python3", "cmd", "node"];

fn run(definition: &Definition<'_, '_>, report: &mut Report<'_>) {
    match definition {
        Definition::Workflow(workflow) => {
            shell(workflow.root.at(&["defaults", "run", "shell"]), report);
            for job in &workflow.jobs {
                shell(job.node.at(&["defaults", "run", "shell"]), report);
                steps(&job.steps, report);
            }
        }
        Definition::Action(action) => steps(&action.steps, report),
    }
}

fn steps(steps: &[Step<'_>], report: &mut Report<'_>) {
    for step in steps {
        shell(step.shell(), report);
        if step.uses_action(&["actions/setup-python"]).is_some()
            && let Some(input) = step.input("pip-install")
        {
            report.finding(input.span(), "this installs into the runner's own Python, unlocked; make an environment and install from a lock file");
        }
    }
}

fn shell(node: Option<Node<'_>>, report: &mut Report<'_>) {
    let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?))) else { return };
    let program = text.split_whitespace().next().unwrap_or("");
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let name = name.strip_suffix(".exe").unwrap_or(name).to_ascii_lowercase();
    if name == "cmd" {
        report.finding(
            node.span(),
            "`cmd` has no reliable quoting, and no tool reads its scripts well; use `pwsh` or `bash`",
        );
    } else if !KNOWN_SHELLS.contains(&name.as_str()) && !text.contains("${{") {
        report
            .finding(node.span(), "no tool knows what scripts for this shell do; what they hold was not checked")
            .confidence(Confidence::Low);
    }
}
