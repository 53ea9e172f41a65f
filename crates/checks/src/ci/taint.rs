//! Who decides the text of a context: nobody outside, someone with write access, or anybody.
//!
//! The tables are GitHub's documented webhook payloads and contexts, sorted by who can
//! choose the text. What is not in them is [`Origin::Unknown`], never safe.

use palisade_inventory::expression::{Expression, Reference, fences, parse, path_matches};
use palisade_inventory::workflow::Step;
use palisade_inventory::yaml::Node;

use super::place::Place;

/// Who decides a text. Ordered by danger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// GitHub, the repository's settings, or the file itself.
    Safe,
    /// Something computed in the run that cannot be followed.
    Unknown,
    /// People who may push or dispatch.
    Writer,
    /// Whoever calls this action or reusable workflow.
    Caller,
    /// Anybody who can open an issue or a pull request.
    Outsider,
}

/// Environment variables that refer to each other deeper than this are not followed.
const FOLLOW_MAX: usize = 4;
/// Values of one matrix key that are looked at.
const MATRIX_VALUES_MAX: usize = 2_000;

/// Events that run with the repository's own secrets and write token though an outsider can start them.
pub(super) const PRIVILEGED_EVENTS: [&str; 7] =
    ["pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "discussion_comment", "fork"];

/// Texts that anybody can write.
const OUTSIDER: [&str; 44] = [
    "github.head_ref",
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.issue.labels.*.name",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.pull_request.head.repo.default_branch",
    "github.event.pull_request.head.repo.description",
    "github.event.pull_request.head.repo.homepage",
    "github.event.pull_request.labels.*.name",
    "github.event.pull_request.user.name",
    "github.event.pull_request.user.email",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.review_comment.body",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.pages.*.page_name",
    "github.event.pages.*.title",
    "github.event.pages.*.summary",
    "github.event.commits.*.message",
    "github.event.commits.*.author.email",
    "github.event.commits.*.author.name",
    "github.event.commits.*.committer.email",
    "github.event.commits.*.committer.name",
    "github.event.head_commit.message",
    "github.event.head_commit.author.email",
    "github.event.head_commit.author.name",
    "github.event.head_commit.committer.email",
    "github.event.head_commit.committer.name",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.display_title",
    "github.event.workflow_run.head_commit.message",
    "github.event.workflow_run.head_commit.author.email",
    "github.event.workflow_run.head_commit.author.name",
    "github.event.workflow_run.head_repository.description",
    "github.event.workflow_run.pull_requests.*.head.ref",
    "github.event.check_suite.head_branch",
    "github.event.check_run.check_suite.head_branch",
    "github.event.forkee.description",
    "github.event.forkee.name",
    "github.event.merge_group.head_commit.message",
];

/// Last parts of payload paths whose values GitHub itself makes, or restricts to harmless characters.
const SAFE_LEAVES: [&str; 47] = [
    "id",
    "node_id",
    "number",
    "sha",
    "base_sha",
    "head_sha",
    "before",
    "after",
    "login",
    "type",
    "state",
    "action",
    "url",
    "html_url",
    "diff_url",
    "patch_url",
    "git_url",
    "ssh_url",
    "clone_url",
    "avatar_url",
    "issue_url",
    "comments_url",
    "commits_url",
    "statuses_url",
    "jobs_url",
    "logs_url",
    "artifacts_url",
    "workflow_url",
    "full_name",
    "created_at",
    "updated_at",
    "closed_at",
    "merged_at",
    "pushed_at",
    "published_at",
    "timestamp",
    "draft",
    "merged",
    "fork",
    "private",
    "conclusion",
    "status",
    "event",
    "run_number",
    "run_attempt",
    "author_association",
    "prerelease",
];

/// Outputs of well-known actions that repeat what outsiders wrote: branch names, file names, comments.
const TAINTED_OUTPUTS: [(&str, &str); 15] = [
    ("tj-actions/changed-files", "*"),
    ("tj-actions/branch-names", "*"),
    ("dorny/paths-filter", "*_files"),
    ("jitterbit/get-changed-files", "*"),
    ("trilom/file-changes-action", "*"),
    ("masesgroup/retrieve-changed-files", "*"),
    ("xt0rted/pull-request-comment-branch", "head_ref"),
    ("alessbell/pull-request-comment-branch", "head_ref"),
    ("peter-murray/issue-body-parser-action", "*"),
    ("peter-murray/issue-forms-body-parser", "*"),
    ("stefanbuck/github-issue-parser", "*"),
    ("github/issue-parser", "*"),
    ("khan/pull-request-comment-trigger", "comment_body"),
    ("the-coding-turtle/ga-file-list", "*"),
    ("actions-ecosystem/action-regex-match", "*"),
];

/// The worst text that can come out of an expression, and where it comes from.
#[must_use]
pub(super) fn of_expression(
    expression: &Expression,
    place: &Place<'_, '_>,
    step: Option<&Step<'_>>,
) -> (Origin, Option<Reference>) {
    let mut worst = (Origin::Safe, None);
    for reference in expression.flows() {
        let origin = of_path(&reference.path, place, step, FOLLOW_MAX);
        if origin > worst.0 {
            worst = (origin, Some(reference));
        }
    }
    worst
}

/// Who decides the text under a context path.
#[must_use]
pub(super) fn of_reference(path: &str, place: &Place<'_, '_>, step: Option<&Step<'_>>) -> Origin {
    of_path(path, place, step, FOLLOW_MAX)
}

/// Whether a payload path, or something below it, is text that anybody can write.
#[must_use]
pub(super) fn is_outsider(path: &str) -> bool {
    OUTSIDER.iter().any(|pattern| {
        let above = pattern.split('.').count() > path.split('.').count();
        let head: String;
        let pattern = if above {
            head = pattern.split('.').take(path.split('.').count()).collect::<Vec<_>>().join(".");
            head.as_str()
        } else {
            pattern
        };
        path_matches(pattern, path)
    })
}

fn of_path(path: &str, place: &Place<'_, '_>, step: Option<&Step<'_>>, follow: usize) -> Origin {
    let mut parts = path.split('.');
    let (context, second, third) = (parts.next().unwrap_or(""), parts.next(), parts.next());
    let leaf = path.rsplit('.').next().unwrap_or("");
    match context {
        "secrets" | "vars" | "runner" | "strategy" | "job" => Origin::Safe,
        "github" => of_github(path, second, third, leaf, place),
        "inputs" => second.map_or(Origin::Caller, |name| of_input(name, place)),
        "steps" => match (second, third) {
            (_, Some("conclusion" | "outcome")) => Origin::Safe,
            (Some(id), Some("outputs")) => of_output(id, leaf, place),
            _ => Origin::Unknown,
        },
        "needs" if third == Some("result") => Origin::Safe,
        "matrix" => of_matrix(second, place, follow),
        "env" => match second.and_then(|name| place.variable(step, name)) {
            Some(value) if follow > 0 => of_value(value, place, step, follow - 1),
            _ => Origin::Unknown,
        },
        _ => Origin::Unknown,
    }
}

fn of_github(path: &str, second: Option<&str>, third: Option<&str>, leaf: &str, place: &Place<'_, '_>) -> Origin {
    match second {
        None | Some("*" | "head_ref") => Origin::Outsider,
        Some("event") => match third {
            Some("inputs") => path.split('.').nth(3).map_or(Origin::Writer, |name| of_input(name, place)),
            _ if is_outsider(path) => Origin::Outsider,
            Some("client_payload" | "ref" | "release" | "base_ref") => {
                if SAFE_LEAVES.contains(&leaf) {
                    Origin::Safe
                } else {
                    Origin::Writer
                }
            }
            Some("repository" | "organization" | "sender" | "enterprise" | "installation" | "schedule") => Origin::Safe,
            _ if SAFE_LEAVES.contains(&leaf) => Origin::Safe,
            // `….user`, `….head.repo` and the like as a whole were caught above; the rest takes rights to set.
            _ => Origin::Writer,
        },
        Some("ref" | "ref_name" | "workflow_ref" | "job_workflow_ref") => of_ref(place),
        Some("base_ref") => Origin::Writer,
        _ => Origin::Safe,
    }
}

/// A branch or tag name: chosen by whoever pushes it, unless only fixed ones start the workflow.
fn of_ref(place: &Place<'_, '_>) -> Origin {
    let Some(workflow) = place.workflow else { return Origin::Writer };
    let fixed = workflow.triggers.iter().all(|trigger| match trigger.name {
        "push" => {
            let list = |key: &str| trigger.config.and_then(|config| config.get(key));
            let literal = |node: Node<'_>| {
                palisade_inventory::workflow::one_or_many(Some(node))
                    .iter()
                    .all(|name| name.as_str().is_some_and(|name| !name.contains(['*', '?', '+', '[', '!'])))
            };
            list("branches").is_some_and(literal) && list("tags").is_none_or(literal)
        }
        // `refs/pull/1/merge`, or the default branch.
        "pull_request" | "pull_request_target" | "schedule" | "issues" | "issue_comment" | "workflow_run" => true,
        _ => false,
    });
    if fixed { Origin::Safe } else { Origin::Writer }
}

fn of_input(name: &str, place: &Place<'_, '_>) -> Origin {
    let Some(workflow) = place.workflow else { return Origin::Caller };
    let mut worst = Origin::Safe;
    let mut declared = false;
    for (event, origin) in [("workflow_call", Origin::Caller), ("workflow_dispatch", Origin::Writer)] {
        let inputs = workflow.trigger(event).and_then(|trigger| trigger.config?.get("inputs"));
        let same = |key: Node<'_>| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
        let Some(input) = inputs.and_then(|inputs| inputs.entries().find(|entry| same(entry.key))) else { continue };
        declared = true;
        match input.value.get_str("type") {
            Some("boolean" | "number" | "choice" | "environment") => {}
            _ => worst = worst.max(origin),
        }
    }
    if declared { worst } else { Origin::Unknown }
}

fn of_output(id: &str, name: &str, place: &Place<'_, '_>) -> Origin {
    let Some(uses) = place.step(id).and_then(|step| step.uses) else { return Origin::Unknown };
    let tainted = TAINTED_OUTPUTS.iter().any(|(action, output)| {
        uses.is(action)
            && match output.strip_prefix('*') {
                Some(ending) => name.ends_with(ending),
                None => name == *output,
            }
    });
    if tainted { Origin::Outsider } else { Origin::Unknown }
}

fn of_matrix(key: Option<&str>, place: &Place<'_, '_>, follow: usize) -> Origin {
    let Some(matrix) = place.job.and_then(|job| job.matrix()) else { return Origin::Unknown };
    let (Some(key), true, true) = (key, matrix.is_mapping(), follow > 0) else {
        return if matrix.is_scalar() {
            of_value(matrix, place, None, follow.saturating_sub(1))
        } else {
            Origin::Unknown
        };
    };
    let mut values: Vec<Node<'_>> = matrix.get(key).into_iter().collect();
    match matrix.get("include") {
        Some(include) if include.is_scalar() => values.push(include),
        Some(include) => values.extend(include.items().filter_map(|row| row.get(key))),
        None => {}
    }
    let mut worst = Origin::Safe;
    let mut seen = 0;
    while let Some(value) = values.pop() {
        seen += 1;
        if seen > MATRIX_VALUES_MAX {
            return worst.max(Origin::Unknown);
        }
        if value.is_scalar() {
            worst = worst.max(of_value(value, place, None, follow - 1));
        } else {
            values.extend(value.items());
            values.extend(value.entries().map(|entry| entry.value));
        }
    }
    worst
}

fn of_value(value: Node<'_>, place: &Place<'_, '_>, step: Option<&Step<'_>>, follow: usize) -> Origin {
    let text = value.as_str().unwrap_or("");
    let mut worst = Origin::Safe;
    for fence in fences(text) {
        let origin = match parse(fence.inner.of(text)) {
            Ok(expression) => {
                let origins = expression.flows().into_iter().map(|flow| of_path(&flow.path, place, step, follow));
                origins.max().unwrap_or(Origin::Safe)
            }
            Err(_) => Origin::Unknown,
        };
        worst = worst.max(origin);
    }
    worst
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use palisade_inventory::workflow::Workflow;
    use palisade_inventory::yaml::Yaml;

    fn origin(text: &str, expression: &str) -> Origin {
        let yaml = Yaml::parse(text);
        let workflow = Workflow::new(yaml.root().unwrap());
        let job = workflow.jobs.first();
        let step = job.and_then(|job| job.steps.last());
        let place = Place { workflow: Some(&workflow), job, ..Place::default() };
        of_expression(&parse(expression).unwrap(), &place, step).0
    }

    const TEXT: &str = r#"
on:
  workflow_dispatch:
    inputs: {name: {type: string}, go: {type: boolean}}
  push: {branches: [main]}
env: {TITLE: "${{ github.event.issue.title }}", TWO: "${{ env.TITLE }}", FIXED: x, LOOP: "${{ env.LOOP }}"}
jobs:
  a:
    strategy:
      matrix:
        os: [linux, mac]
        any: "${{ fromJSON(needs.x.outputs.list) }}"
        include: [{os: windows, extra: "${{ github.head_ref }}"}]
    steps:
      - {id: files, uses: tj-actions/changed-files@v1}
      - {run: x, env: {FIXED: "${{ inputs.name }}"}}
"#;

    #[test]
    fn everyone_gets_their_due() {
        for (expression, expected) in [
            ("github.event['issue']['title']", Origin::Outsider),
            ("toJSON(github.event.issue)", Origin::Outsider),
            ("toJSON(github)", Origin::Outsider),
            ("github[inputs.name]", Origin::Outsider),
            ("github.event.pull_request.head[env.X]", Origin::Outsider),
            ("github.event.issue.number", Origin::Safe),
            ("github.event.pull_request.head.sha", Origin::Safe),
            ("github.event.commits[0].message", Origin::Outsider),
            ("github.event.pull_request.milestone.title", Origin::Writer),
            ("github.actor", Origin::Safe),
            ("inputs.NAME", Origin::Writer),
            ("github.event.inputs.name", Origin::Writer),
            ("inputs.go", Origin::Safe),
            ("env.TITLE", Origin::Outsider),
            ("env.TWO", Origin::Outsider),
            ("env.FIXED", Origin::Writer),
            ("env.LOOP", Origin::Unknown),
            ("env.NONE", Origin::Unknown),
            ("steps.files.outputs.all", Origin::Outsider),
            ("steps.other.outputs.all", Origin::Unknown),
            ("steps.files.outcome", Origin::Safe),
            ("matrix.os", Origin::Safe),
            ("matrix.any", Origin::Unknown),
            ("matrix.extra", Origin::Outsider),
            ("secrets.X", Origin::Safe),
            ("github.ref", Origin::Writer),
            ("github.event_name == 'x' && 'a' || 'b'", Origin::Safe),
        ] {
            assert_eq!(origin(TEXT, expression), expected, "{expression}");
        }
        assert_eq!(origin("on: {push: {branches: [main]}}", "github.ref_name"), Origin::Safe);
        assert_eq!(origin("on: {push: {branches: ['**']}}", "github.ref_name"), Origin::Writer);
    }
}
