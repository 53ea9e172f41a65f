//! What is kept of a workflow for the checks that look across files.

use palisade_inventory::workflow::{ActionUse, CacheUse, Job, Source, Uses, Workflow, WorkflowFacts, one_or_many};

use super::place::{Place, StepAt};
use super::{caches, untrusted_checkout};
use crate::Report;

/// Actions that look for secrets, weak code or vulnerable dependencies.
const SCAN_ACTIONS: [(&str, &str); 34] = [
    ("gitleaks/gitleaks-action", "secrets"),
    ("trufflesecurity/trufflehog", "secrets"),
    ("gitguardian/ggshield", "secrets"),
    ("gitguardian/ggshield-action", "secrets"),
    ("mongodb/kingfisher", "secrets"),
    ("reviewdog/action-gitleaks", "secrets"),
    ("palisade-dev/palisade", "secrets"),
    ("github/codeql-action/analyze", "code"),
    ("github/codeql-action/init", "code"),
    ("returntocorp/semgrep-action", "code"),
    ("semgrep/semgrep-action", "code"),
    ("sonarsource/sonarcloud-github-action", "code"),
    ("sonarsource/sonarqube-scan-action", "code"),
    ("checkmarx/ast-github-action", "code"),
    ("veracode/veracode-sandboxscan-action", "code"),
    ("securego/gosec", "code"),
    ("jetbrains/qodana-action", "code"),
    ("pycqa/bandit-action", "code"),
    ("codacy/codacy-analysis-cli-action", "code"),
    ("actions/dependency-review-action", "dependencies"),
    ("aquasecurity/trivy-action", "dependencies"),
    ("anchore/scan-action", "dependencies"),
    ("google/osv-scanner-action", "dependencies"),
    ("google/osv-scanner-action/osv-scanner-action", "dependencies"),
    ("google/osv-scanner-action/.github/workflows/osv-scanner-reusable.yml", "dependencies"),
    ("google/osv-scanner-action/.github/workflows/osv-scanner-reusable-pr.yml", "dependencies"),
    ("snyk/actions/node", "dependencies"),
    ("snyk/actions/python", "dependencies"),
    ("snyk/actions/golang", "dependencies"),
    ("snyk/actions/setup", "dependencies"),
    ("golang/govulncheck-action", "dependencies"),
    ("rustsec/audit-check", "dependencies"),
    ("embarkstudios/cargo-deny-action", "dependencies"),
    ("pypa/gh-action-pip-audit", "dependencies"),
];

/// Programs that do, by name and first word.
const SCAN_COMMANDS: [(&str, &str, &str); 24] = [
    ("gitleaks", "", "secrets"),
    ("trufflehog", "", "secrets"),
    ("kingfisher", "", "secrets"),
    ("ggshield", "", "secrets"),
    ("detect-secrets", "", "secrets"),
    ("detect-secrets-hook", "", "secrets"),
    ("palisade", "", "secrets"),
    ("semgrep", "", "code"),
    ("opengrep", "", "code"),
    ("bandit", "", "code"),
    ("gosec", "", "code"),
    ("codeql", "", "code"),
    ("sonar-scanner", "", "code"),
    ("brakeman", "", "code"),
    ("trivy", "", "dependencies"),
    ("grype", "", "dependencies"),
    ("osv-scanner", "", "dependencies"),
    ("govulncheck", "", "dependencies"),
    ("pip-audit", "", "dependencies"),
    ("snyk", "", "dependencies"),
    ("npm", "audit", "dependencies"),
    ("cargo", "audit", "dependencies"),
    ("cargo", "deny", "dependencies"),
    ("bundle-audit", "", "dependencies"),
];

/// Names of the workflows after which one runs.
fn followed(workflow: &Workflow<'_>) -> Vec<String> {
    let named = workflow.trigger("workflow_run").and_then(|trigger| trigger.config?.get("workflows"));
    one_or_many(named).into_iter().filter_map(|node| node.as_str().map(str::to_owned)).collect()
}

/// Reads a workflow's facts.
pub(super) fn of(workflow: &Workflow<'_>, report: &Report<'_>) -> WorkflowFacts {
    let mut facts = WorkflowFacts {
        triggers: workflow.triggers.iter().map(|trigger| trigger.name.to_owned()).collect(),
        name: workflow.root.get_str("name").map(str::to_owned),
        follows: followed(workflow),
        location: Some(report.locate(workflow.anchor().span())),
        ..WorkflowFacts::default()
    };
    for job in &workflow.jobs {
        note(job.uses.as_ref(), report, &mut facts);
        let place = Place { workflow: Some(workflow), job: Some(job), ..Place::default() };
        let untrusted = job.steps.iter().any(|step| untrusted_checkout::brings_in_outsiders(&StepAt { step, place }));
        for step in &job.steps {
            note(step.uses.as_ref(), report, &mut facts);
            for program in step.script().commands.iter().filter_map(|command| command.program()) {
                let first = program.arguments.first().map_or("", |word| word.text.as_str());
                let scan = SCAN_COMMANDS
                    .iter()
                    .find(|(name, word, _)| *name == program.name && (word.is_empty() || *word == first));
                facts.scans.extend(scan.map(|(_, _, kind)| *kind));
            }
            if let Some(cache) = caches::of_step(step) {
                facts.caches.push(CacheUse {
                    restores: cache.restores,
                    saves: cache.saves,
                    privileged: is_privileged(workflow, job) && !untrusted,
                    untrusted,
                    job: job.id.to_owned(),
                    location: report.locate(cache.span),
                    key: cache.key,
                    off: caches::off(step),
                });
            }
        }
    }
    facts
}

fn note(uses: Option<&Uses<'_>>, report: &Report<'_>, facts: &mut WorkflowFacts) {
    let Some(uses) = uses else { return };
    facts.scans.extend(SCAN_ACTIONS.iter().find(|(action, _)| uses.is(action)).map(|(_, kind)| *kind));
    if let (Source::Repository { reference, .. }, Some(slug)) = (uses.source, uses.slug())
        && uses.is_pinned()
    {
        facts.uses.push(ActionUse {
            slug: slug.to_ascii_lowercase(),
            reference: reference.to_ascii_lowercase(),
            comment: uses.version_comment().map(str::to_owned),
            location: report.locate(uses.node.span()),
        });
    }
}

/// Whether a job holds secrets, a cloud identity or may write.
pub(super) fn is_privileged(workflow: &Workflow<'_>, job: &Job<'_>) -> bool {
    let permissions = if job.permissions.is_set() { &job.permissions } else { &workflow.permissions };
    let mut expressions = job.expressions.iter().chain(job.steps.iter().flat_map(|step| &step.expressions));
    permissions.writes_anything()
        || job.environment().is_some()
        || expressions.any(|located| {
            let text = located.text.to_ascii_lowercase();
            text.contains("secrets.") && !text.trim().eq("secrets.github_token")
        })
}
