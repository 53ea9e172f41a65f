//! Branch names, titles and messages that a job hands to a second shell.

use palisade_inventory::gitlab::Pipeline;
use palisade_inventory::shell;
use palisade_model::Span;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-script-injection",
        title: "GitLab job evaluates text from outside",
        page: include_str!("gitlab_script_injection.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E2-T1", "T-024.3"],
        maps: &["CWE-78", "CWE-94", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

/// Variables whose text a committer or the author of a merge request chooses.
const CHOSEN: [&str; 17] = [
    "CI_COMMIT_MESSAGE",
    "CI_COMMIT_TITLE",
    "CI_COMMIT_DESCRIPTION",
    "CI_COMMIT_REF_NAME",
    "CI_COMMIT_BRANCH",
    "CI_COMMIT_TAG",
    "CI_COMMIT_TAG_MESSAGE",
    "CI_COMMIT_AUTHOR",
    "CI_BUILD_REF_NAME",
    "CI_MERGE_REQUEST_TITLE",
    "CI_MERGE_REQUEST_DESCRIPTION",
    "CI_MERGE_REQUEST_LABELS",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_MERGE_REQUEST_MILESTONE",
    "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
    "CI_OPEN_MERGE_REQUESTS",
    "GITLAB_USER_NAME",
];

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    for job in &pipeline.jobs {
        for line in job.lines() {
            let text = line.as_str().unwrap_or("");
            if let Some(at) = text.find("$[[") {
                let end = text.get(at..).and_then(|rest| rest.find("]]")).map_or(text.len(), |end| at + end + 2);
                let message = "this input becomes part of the script before the shell reads it; put it into a variable and write \"$NAME\"";
                report.finding(line.span_within(at, end), message).severity(Severity::Low);
            }
            if !CHOSEN.iter().any(|name| text.contains(name)) {
                continue;
            }
            for command in shell::parse(text, shell::Dialect::Posix).commands {
                let Some((span, name)) = evaluated(&command) else { continue };
                let message = format!(
                    "`${name}` is text that others choose, and a second shell reads it as code here; pass it as an argument instead"
                );
                report.finding(line.span_within(span.start as usize, span.end as usize), message);
            }
        }
    }
}

/// The word that a second interpreter will read as code, and the chosen variable in it.
fn evaluated(command: &shell::Command) -> Option<(Span, &'static str)> {
    let program = command.program()?;
    let is_code = |at: usize| match program.name {
        "eval" => true,
        "ssh" | "watch" => at > 0,
        "python" | "python3" | "ruby" | "perl" | "node" | "php" => {
            at > 0 && program.arguments.get(at - 1).is_some_and(|flag| matches!(flag.text.as_str(), "-c" | "-e" | "-r"))
        }
        _ => program
            .arguments
            .get(at)
            .is_some_and(|word| program.script().is_some_and(|script| script.span == word.span)),
    };
    program.arguments.iter().enumerate().find_map(|(at, word)| {
        let name = CHOSEN.iter().find(|name| mentions(&word.text, name))?;
        (word.expands && is_code(at)).then_some((word.span, *name))
    })
}

fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).unwrap_or("");
        let after = text.get(at + name.len()..).and_then(|rest| rest.chars().next());
        (before.ends_with('$') || before.ends_with("${"))
            && !after.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
    })
}
