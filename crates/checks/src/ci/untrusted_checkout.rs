//! Checkouts of a pull request's head in workflows that run with the repository's own secrets.

use super::place::StepAt;
use palisade_inventory::expression::Reference;
use palisade_inventory::workflow::Step;
use palisade_model::{Confidence, Meta, Severity, Span};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/untrusted-checkout",
        title: "privileged workflow checks out an outsider's code",
        page: include_str!("untrusted_checkout.md"),
        since: "0.1.0",
        severity: Severity::Critical,
        confidence: Confidence::High,
        controls: &["E2-T1"],
        maps: &["CWE-829", "CWE-94", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

/// Steps after a checkout that are looked at; longer jobs are no job of people's.
const STEPS_AHEAD_MAX: usize = 500;

const EVENTS: [&str; 5] = ["pull_request_target", "workflow_run", "issue_comment", "issues", "discussion_comment"];

/// Contexts that name the head of a pull request: its commit, branch, or repository.
const HEADS: [&str; 11] = [
    "github.head_ref",
    "github.event.pull_request.head.sha",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.repo.full_name",
    "github.event.pull_request.head.repo.clone_url",
    "github.event.pull_request.head.repo.html_url",
    "github.event.pull_request.merge_commit_sha",
    "github.event.workflow_run.head_sha",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.head_commit.id",
    "github.event.workflow_run.head_repository.full_name",
];

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    if !at.place.starts_on(&EVENTS) || is_fenced_off(at) {
        return;
    }
    let Some(span) = checks_out_head(at) else { return };
    let steps = at.place.steps();
    let after = steps.iter().skip_while(|step| !std::ptr::eq(*step, at.step)).skip(1).take(STEPS_AHEAD_MAX);
    let runs_it = after.clone().any(executes);
    let (severity, message) = if runs_it {
        (
            Severity::Critical,
            "this checks out an outsider's code in a job with this repository's secrets and token, and later steps run it",
        )
    } else {
        (
            Severity::High,
            "this checks out an outsider's code in a job with this repository's secrets and token; a build, a hook or a link in it is enough",
        )
    };
    report.finding(span, message).severity(severity);
}

/// Whether a step brings an outsider's code into a job that runs for the default branch.
pub(super) fn brings_in_outsiders(at: &StepAt<'_, '_>) -> bool {
    at.place.starts_on(&EVENTS) && !is_fenced_off(at) && checks_out_head(at).is_some()
}

/// Where a step fetches the head of a pull request.
pub(super) fn checks_out_head(at: &StepAt<'_, '_>) -> Option<Span> {
    let is_head = |reference: &Reference| HEADS.contains(&reference.path.as_str());
    if at.step.uses_action(&["actions/checkout"]).is_some() {
        for name in ["ref", "repository"] {
            let Some(value) = at.step.input(name) else { continue };
            let direct = at.step.expressions.iter().filter(|located| located.node == value).any(|located| {
                located
                    .parsed
                    .as_ref()
                    .is_ok_and(|expression| expression.flows().iter().any(is_head) || repeats_head(at, expression))
            });
            if direct || value.as_str().is_some_and(|text| text.contains("refs/pull/")) {
                return Some(value.span());
            }
        }
        return None;
    }
    let script = at.step.script();
    let fetch = script.commands.iter().find(|command| {
        command.program().is_some_and(|program| {
            let words: Vec<&str> = program.arguments.iter().map(|word| word.text.as_str()).collect();
            match program.name {
                "gh" => words.starts_with(&["pr", "checkout"]),
                "git" => {
                    words.iter().any(|word| matches!(*word, "fetch" | "checkout" | "clone" | "pull"))
                        && words.iter().any(|word| {
                            word.contains("pull/") && word.contains("/head")
                                || word.contains("pull/") && word.contains("/merge")
                                || HEADS.iter().any(|head| word.to_ascii_lowercase().contains(head))
                        })
                }
                _ => false,
            }
        })
    })?;
    Some(at.step.span_of(fetch.span))
}

/// Outputs of steps and variables that repeat the head: named for it.
fn repeats_head(at: &StepAt<'_, '_>, expression: &palisade_inventory::expression::Expression) -> bool {
    expression.flows().iter().any(|flow| {
        let leaf = flow.path.rsplit('.').next().unwrap_or("");
        let named = ["head_sha", "head_ref", "head-sha", "head-ref", "pr_head", "pr_sha"].contains(&leaf);
        flow.path.starts_with("steps.") && named
            || flow.path.strip_prefix("env.").and_then(|name| at.place.variable(Some(at.step), name)).is_some_and(
                |value| {
                    value.as_str().is_some_and(|text| HEADS.iter().any(|head| text.to_ascii_lowercase().contains(head)))
                },
            )
    })
}

/// Whether the job takes part only for pull requests of the repository itself, or after somebody's label.
fn is_fenced_off(at: &StepAt<'_, '_>) -> bool {
    let conditions = [at.place.job.and_then(|job| job.condition()), at.step.condition()];
    conditions.into_iter().flatten().filter_map(|node| node.as_str()).any(|text| {
        let text = text.to_ascii_lowercase();
        let same_repository =
            text.contains("head.repo.full_name") && text.contains("==") && text.contains("github.repository")
                || text.contains("head.repo.fork") && (text.contains("!github") || text.contains("== false"))
                || text.contains("workflow_run.event") && text.contains("== 'push'");
        let not_either = !text.contains("||");
        same_repository && not_either
    })
}

/// Whether a step runs what lies in the tree: build tools and scripts of it.
pub(super) fn executes(step: &Step<'_>) -> bool {
    let tools = [
        "make",
        "npm",
        "npx",
        "yarn",
        "pnpm",
        "bun",
        "pip",
        "pip3",
        "python",
        "python3",
        "poetry",
        "uv",
        "tox",
        "pytest",
        "cargo",
        "go",
        "mvn",
        "gradle",
        "gradlew",
        "mvnw",
        "bundle",
        "rake",
        "composer",
        "docker",
        "bash",
        "sh",
        "node",
        "cmake",
        "bazel",
        "dotnet",
        "just",
        "pre-commit",
        "ant",
        "sbt",
        "mix",
        "swift",
        "nix",
        "terraform",
        "hugo",
    ];
    step.uses.is_some_and(|uses| uses.text.starts_with("./"))
        || step.script().commands.iter().filter_map(|command| command.program()).any(|program| {
            tools.contains(&program.name) || program.word.text.starts_with("./") || program.name.ends_with(".sh")
        })
}
