//! Keys of AWS in `env:`, made into a login with the workflow's own identity.
//!
//! It is done only where the whole job can be told to use one pair of keys and nothing but that, through tools that
//! take short-lived credentials from the same variables. A called workflow, a container, a key that is named anywhere
//! else, a store that is not AWS, an action that is not known, a comment on the keys: each ends it.

use palisade_inventory::workflow::{Job, Step, Workflow};
use palisade_inventory::yaml::{Entry, Node};
use palisade_model::{Edit, Fix, Safety, Span};

use super::oidc;

const ID: &str = "AWS_ACCESS_KEY_ID";
/// The variable of the key that is secret.
pub(super) const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

const ACTION: &str = "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3";

/// Programs that take short-lived credentials from the environment as they take the keys.
const TOOLS: [&str; 12] =
    ["aws", "cdk", "chamber", "copilot", "eb", "eksctl", "packer", "pulumi", "sam", "terraform", "terragrunt", "tofu"];

/// Owners of actions that do nothing with keys of AWS, or take short-lived ones.
const OWNERS: [&str; 9] =
    ["actions", "astral-sh", "aws-actions", "docker", "gradle", "hashicorp", "oven-sh", "pnpm", "ruby"];

/// What must not be left in a job: other credentials, and stores of others that speak the same protocol.
const AGAINST: [&str; 9] = [
    "aws_session_token",
    "aws_profile",
    "aws_role_arn",
    "aws_secret_key",
    "configure-aws-credentials",
    "assume-role",
    "endpoint",
    "r2.cloudflarestorage",
    "minio",
];

/// The pair of keys of one `env:`.
struct Pair<'a, 'y> {
    holder: Node<'y>,
    env: &'a [Entry<'y>],
    step: Option<usize>,
    values: [&'y str; 2],
}

/// The login in place of the keys of a job, its steps and, where it is the only job, its workflow.
pub(super) fn fix(workflow: &Workflow<'_>, job: &Job<'_>) -> Option<Fix> {
    let called = workflow.starts_on(&["workflow_call"]) || job.uses.is_some();
    if called || !job.containers().is_empty() {
        return None;
    }
    let mut pairs: Vec<Pair<'_, '_>> = of(workflow.root, &workflow.env, None).into_iter().collect();
    let is_shared = !pairs.is_empty();
    pairs.extend(of(job.node, &job.env, None));
    let steps = job.steps.iter().enumerate();
    pairs.extend(steps.filter_map(|(at, step)| of(step.node, &step.env, Some(at))));
    let values = pairs.first()?.values;
    if is_shared && workflow.jobs.len() > 1 || pairs.iter().any(|pair| pair.values != values) {
        return None;
    }
    let removed: Vec<Edit> = pairs.iter().map(Pair::without).collect::<Option<Vec<_>>>()?.concat();
    let whole = if is_shared { workflow.root } else { job.node };
    if names_more(whole, &removed, values) {
        return None;
    }
    let first = first_user(job, &pairs, workflow)?;
    let region = region(workflow, job, job.steps.get(first)?);
    let login = login(job.steps.get(first)?, region.unwrap_or("${{ vars.AWS_REGION }}"))?;
    let mut edits = removed;
    edits.push(login);
    edits.extend(oidc::permission(job, workflow, "logs in to AWS")?);
    let set = if region.is_none() { "AWS_ROLE_ARN and AWS_REGION" } else { "AWS_ROLE_ARN" };
    let title = format!("log in by OIDC; set the variable {set} and let AWS trust this repository first");
    Some(Fix::new(title, Safety::Unsafe, edits))
}

/// The pair that an `env:` holds, each key from one secret or variable.
fn of<'a, 'y>(holder: Node<'y>, env: &'a [Entry<'y>], step: Option<usize>) -> Option<Pair<'a, 'y>> {
    let value = |name: &str| env.iter().find(|entry| entry.key.as_str() == Some(name))?.value.as_str();
    Some(Pair { holder, env, step, values: [value(ID)?, value(SECRET)?] })
}

/// The name in `${{ secrets.NAME }}`.
fn source(value: &str) -> Option<&str> {
    let inner = value.trim().strip_prefix("${{")?.strip_suffix("}}")?.trim();
    let name = inner.strip_prefix("secrets.").or_else(|| inner.strip_prefix("vars."))?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}

impl Pair<'_, '_> {
    /// The edits that take the pair out, with `env:` when nothing else is in it.
    fn without(&self) -> Option<Vec<Edit>> {
        let outer = self.holder.entry("env")?;
        let env = outer.value;
        let text = env.yaml().text();
        let noted = |entry: &Entry<'_>| {
            let above =
                text.get(..entry.key.span().start as usize).and_then(|head| head.trim_end().rsplit('\n').next());
            above.is_none_or(|line| line.trim_start().starts_with('#'))
        };
        let own = |entry: &&Entry<'_>| matches!(entry.key.as_str(), Some(ID | SECRET));
        if self.env.iter().filter(own).any(|entry| noted(entry) || entry.key.parent() != Some(env)) {
            return None;
        }
        if self.env.len() > 2 {
            return Some(vec![env.drop_entry(ID)?, env.drop_entry(SECRET)?]);
        }
        // The last line is known to end with the last value when that can be dropped by itself.
        let ends = [env.drop_entry(ID)?.span.end, env.drop_entry(SECRET)?.span.end];
        let start = outer.key.span().start as usize;
        let line = text.get(..start)?.rfind('\n').map_or(0, |newline| newline + 1);
        let end = ends.into_iter().max()? as usize;
        let blank = text.get(line..start)?.bytes().all(|byte| byte == b' ');
        let clean = !text.get(line..end)?.contains(['#', '&']) && !noted(&outer);
        (blank && clean).then(|| vec![Edit { path: None, span: Span::new(line, end), replacement: String::new() }])
    }
}

/// Whether what is left speaks of the keys, where they came from, other credentials or other stores.
fn names_more(whole: Node<'_>, removed: &[Edit], values: [&str; 2]) -> bool {
    let text = whole.yaml().text();
    let mut rest = String::new();
    let mut at = whole.span().start as usize;
    let mut edits: Vec<&Edit> = removed.iter().collect();
    edits.sort_by_key(|edit| edit.span.start);
    for edit in edits {
        rest.push_str(text.get(at.min(edit.span.start as usize)..edit.span.start as usize).unwrap_or(""));
        at = edit.span.end as usize;
    }
    rest.push_str(text.get(at..(whole.span().end as usize).max(at)).unwrap_or(""));
    let rest = rest.to_ascii_lowercase();
    let sources = values.map(source);
    let [Some(id), Some(secret)] = sources else { return true };
    let names = [ID, SECRET, id, secret];
    names.iter().any(|name| rest.contains(&name.to_ascii_lowercase())) || AGAINST.iter().any(|word| rest.contains(word))
}

/// The first step that may use the keys, when all that use them are known to take short-lived credentials.
fn first_user(job: &Job<'_>, pairs: &[Pair<'_, '_>], workflow: &Workflow<'_>) -> Option<usize> {
    let uses_tool = |step: &Step<'_>| {
        step.script()
            .commands
            .iter()
            .filter_map(|command| command.program())
            .any(|program| TOOLS.contains(&program.name))
    };
    let known = |step: &Step<'_>| step.run.is_some() || owner(step).is_some();
    if pairs.iter().all(|pair| pair.step.is_some()) {
        let users: Vec<&Step<'_>> = pairs.iter().filter_map(|pair| job.steps.get(pair.step?)).collect();
        let alike = users.windows(2).all(|two| match two {
            [a, b] => a.condition().map(Node::as_str) == b.condition().map(Node::as_str),
            _ => true,
        });
        return pairs.first()?.step.filter(|_| alike && users.into_iter().all(uses_tool));
    }
    // Where a fork's request runs without keys, a login would fail.
    let forked = workflow.starts_on(&["pull_request"]);
    if forked || !job.steps.iter().any(uses_tool) || !job.steps.iter().all(known) {
        return None;
    }
    job.steps.iter().position(|step| step.run.is_some() || owner(step) == Some("aws-actions"))
}

/// The owner of a step's action, when it is known.
fn owner(step: &Step<'_>) -> Option<&'static str> {
    let owner = step.uses.as_ref()?.slug()?.split('/').next()?;
    OWNERS.into_iter().find(|known| known.eq_ignore_ascii_case(owner))
}

/// The region that the step works in, as it is written.
fn region<'y>(workflow: &Workflow<'y>, job: &Job<'y>, step: &Step<'y>) -> Option<&'y str> {
    [&step.env, &job.env, &workflow.env].into_iter().flatten().find_map(|entry| {
        let value = entry.value.span().of(entry.value.yaml().text());
        let named = entry.key.as_str().is_some_and(|name| REGIONS.contains(&name));
        (named && entry.value.is_scalar() && !value.is_empty() && !value.contains(['\n', '*', '&'])).then_some(value)
    })
}

/// The login as a step above another, under the same condition.
fn login(step: &Step<'_>, region: &str) -> Option<Edit> {
    let text = step.node.yaml().text();
    let start = step.node.span().start as usize;
    let line = text.get(..start)?.rfind('\n')? + 1;
    let dash = text.get(line..start)?;
    let column = dash.find('-')?;
    if dash.trim() != "-" || !dash.bytes().all(|byte| matches!(byte, b' ' | b'-')) {
        return None;
    }
    let mut lines = Vec::new();
    if step.node.get("name").is_some() {
        lines.push("name: Log in to AWS".to_owned());
    }
    if let Some(condition) = step.condition() {
        let raw = condition.span().of(text);
        if !condition.is_scalar()
            || raw.contains('\n')
            || raw.contains(['*', '|', '>']) && !raw.starts_with(['\'', '"'])
        {
            return None;
        }
        lines.push(format!("if: {raw}"));
    }
    lines.push(format!("uses: {ACTION}"));
    lines.push("with:".to_owned());
    lines.push("  role-to-assume: ${{ vars.AWS_ROLE_ARN }}".to_owned());
    lines.push(format!("  aws-region: {region}"));
    // Above the comments that speak of the step, and as far from it as steps are from each other.
    let mut at = line;
    let above = |at: usize| {
        let head = text.get(..at)?.strip_suffix('\n')?;
        Some(head.rfind('\n').map_or(0, |newline| newline + 1))
    };
    while let Some(before) =
        above(at).filter(|before| text.get(*before..at).is_some_and(|comment| comment.trim_start().starts_with('#')))
    {
        at = before;
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let spaced = above(at).and_then(|before| text.get(before..at)).is_some_and(|line| line.trim().is_empty());
    let (lead, follow) = (" ".repeat(column), " ".repeat(dash.len()));
    let mut block = String::new();
    for (number, line) in lines.iter().enumerate() {
        let lead = if number == 0 { format!("{lead}{}", dash.get(column..)?) } else { follow.clone() };
        block.push_str(&format!("{lead}{line}{newline}"));
    }
    if spaced {
        block.push_str(newline);
    }
    Some(Edit { path: None, span: Span::new(at, at), replacement: block })
}
