//! What a job's steps need of the token, as far as that can be told: the least `permissions:` that keeps it working.
//!
//! It is told only when every step is understood: an action from the table, one that gets no token, or a script of
//! known commands. A local action, a called workflow, a raw API call, or a token handed to something unknown ends it.
//! Scopes are those that the actions' own documentation asks for, and GitHub's for its command line.

use std::collections::BTreeMap;

use super::git;
use palisade_inventory::shell::Program;
use palisade_inventory::workflow::{Job, Source, Step, Uses, Workflow};
use palisade_inventory::yaml::{Entry, Node};
use palisade_model::{Edit, Fix, Safety, Span};

/// Scopes with whether they are written, and what for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Needs(BTreeMap<&'static str, Need>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Need {
    writes: bool,
    why: String,
}

/// One scope and its level.
type Scope = (&'static str, &'static str);

const READ_CODE: &[Scope] = &[("contents", "read")];
const WRITE_CODE: &[Scope] = &[("contents", "write")];
const PROPOSE: &[Scope] = &[("contents", "write"), ("pull-requests", "write")];
const TALK: &[Scope] = &[("issues", "write"), ("pull-requests", "write")];
const IDENTITY: &[Scope] = &[("id-token", "write")];
const CODEQL: &[Scope] = &[("actions", "read"), ("contents", "read"), ("security-events", "write")];

/// Actions and what they need, whatever their inputs.
const ACTIONS: &[(&str, &[Scope])] = &[
    ("actions/attest", &[("attestations", "write"), ("id-token", "write")]),
    ("actions/attest-build-provenance", &[("attestations", "write"), ("id-token", "write")]),
    ("actions/attest-sbom", &[("attestations", "write"), ("id-token", "write")]),
    ("actions/cache", &[]),
    ("actions/cache/restore", &[]),
    ("actions/cache/save", &[]),
    ("actions/checkout", READ_CODE),
    ("actions/configure-pages", &[("pages", "read")]),
    ("actions/create-release", WRITE_CODE),
    ("actions/dependency-review-action", READ_CODE),
    ("actions/deploy-pages", &[("id-token", "write"), ("pages", "write")]),
    ("actions/download-artifact", &[]),
    ("actions/first-interaction", TALK),
    ("actions/labeler", &[("contents", "read"), ("pull-requests", "write")]),
    ("actions/setup-dotnet", &[]),
    ("actions/setup-go", &[]),
    ("actions/setup-java", &[]),
    ("actions/setup-node", &[]),
    ("actions/setup-python", &[]),
    ("actions/stale", TALK),
    ("actions/upload-artifact", &[]),
    ("actions/upload-pages-artifact", &[]),
    ("ad-m/github-push-action", WRITE_CODE),
    ("aquasecurity/trivy-action", &[]),
    ("astral-sh/setup-uv", &[]),
    ("azure/setup-helm", &[]),
    ("azure/setup-kubectl", &[]),
    ("changesets/action", PROPOSE),
    ("codecov/codecov-action", &[]),
    ("dependabot/fetch-metadata", &[("pull-requests", "read")]),
    ("docker/bake-action", &[]),
    ("docker/build-push-action", &[]),
    ("docker/metadata-action", &[]),
    ("docker/setup-buildx-action", &[]),
    ("docker/setup-qemu-action", &[]),
    ("dtolnay/rust-toolchain", &[]),
    ("endbug/add-and-commit", WRITE_CODE),
    ("github/codeql-action/analyze", CODEQL),
    ("github/codeql-action/autobuild", CODEQL),
    ("github/codeql-action/init", CODEQL),
    ("github/codeql-action/upload-sarif", CODEQL),
    ("golangci/golangci-lint-action", READ_CODE),
    ("googleapis/release-please-action", PROPOSE),
    ("goreleaser/goreleaser-action", WRITE_CODE),
    ("gradle/actions/setup-gradle", &[]),
    ("gradle/actions/wrapper-validation", &[]),
    ("hadolint/hadolint-action", &[]),
    ("hashicorp/setup-terraform", &[]),
    ("helm/chart-releaser-action", WRITE_CODE),
    ("helm/chart-testing-action", &[]),
    ("helm/kind-action", &[]),
    ("jamesives/github-pages-deploy-action", WRITE_CODE),
    ("jdx/mise-action", &[]),
    ("ncipollo/release-action", WRITE_CODE),
    ("oven-sh/setup-bun", &[]),
    (
        "ossf/scorecard-action",
        &[("actions", "read"), ("contents", "read"), ("id-token", "write"), ("security-events", "write")],
    ),
    ("peaceiris/actions-gh-pages", WRITE_CODE),
    ("peter-evans/create-pull-request", PROPOSE),
    ("pnpm/action-setup", &[]),
    ("pre-commit/action", &[]),
    ("release-drafter/release-drafter", PROPOSE),
    ("ruby/setup-ruby", &[]),
    ("sigstore/cosign-installer", &[]),
    ("softprops/action-gh-release", WRITE_CODE),
    ("stefanzweifel/git-auto-commit-action", WRITE_CODE),
    ("svenstaro/upload-release-action", WRITE_CODE),
    ("swatinem/rust-cache", &[]),
    ("taiki-e/install-action", &[]),
    ("zizmorcore/zizmor-action", &[("actions", "read"), ("contents", "read"), ("security-events", "write")]),
    ("rustsec/audit-check", &[("checks", "write"), ("issues", "write")]),
];

/// `gh` by its first words: what it needs. Other verbs of the same noun need the last row's.
const GH: &[(&str, &[&str], &[Scope])] = &[
    ("pr", &["view", "list", "diff", "checks", "status"], &[("pull-requests", "read")]),
    ("pr", &["merge", "update-branch"], PROPOSE),
    ("pr", &[], &[("pull-requests", "write")]),
    ("issue", &["view", "list", "status"], &[("issues", "read")]),
    ("issue", &[], &[("issues", "write")]),
    ("label", &[], &[("issues", "write")]),
    ("release", &["view", "list", "download"], READ_CODE),
    ("release", &[], WRITE_CODE),
    ("run", &["view", "list", "watch", "download"], &[("actions", "read")]),
    ("run", &[], &[("actions", "write")]),
    ("workflow", &[], &[("actions", "write")]),
];

/// The `permissions:` of a whole workflow that has none.
pub(super) fn of_workflow(workflow: &Workflow<'_>) -> Option<Fix> {
    let needs: Option<Vec<(&Job<'_>, Needs)>> =
        workflow.jobs.iter().map(|job| Some((job, of_job(job, workflow)?))).collect();
    let needs = needs?;
    let mut edits = Vec::new();
    if needs.iter().all(|(_, needs)| needs.0.iter().all(|(scope, need)| *scope == "contents" && !need.writes)) {
        let reads = needs.iter().any(|(_, needs)| !needs.0.is_empty());
        let block = if reads { "permissions:\n  contents: read" } else { "permissions: {}" };
        edits.push(workflow.root.add_above("jobs", block)?);
    } else {
        edits.push(workflow.root.add_above("jobs", "permissions: {}")?);
        for (job, needs) in &needs {
            edits.extend(needs.edit(job)?);
        }
    }
    Some(fix(edits))
}

/// The `permissions:` of a job that has none, in a workflow in which others have.
pub(super) fn of_one(job: &Job<'_>, workflow: &Workflow<'_>) -> Option<Fix> {
    let needs = of_job(job, workflow)?;
    let edit = if needs.0.is_empty() { job.node.add_lines("runs-on", "permissions: {}") } else { needs.edit(job)? };
    Some(fix(vec![edit?]))
}

/// The `permissions:` of a job that none are said for, with leave to ask for a token of its identity.
pub(super) fn with_identity(job: &Job<'_>, workflow: &Workflow<'_>, why: &str) -> Option<Edit> {
    let mut needs = of_job(job, workflow)?;
    needs.add(IDENTITY, why);
    needs.edit(job)?
}

/// The `permissions:` of a workflow whose jobs may do too much by it; jobs with their own keep them.
pub(super) fn instead(workflow: &Workflow<'_>) -> Option<Fix> {
    let inheriting = workflow.jobs.iter().filter(|job| job.node.get("permissions").is_none());
    let needs: Option<Vec<(&Job<'_>, Needs)>> = inheriting.map(|job| Some((job, of_job(job, workflow)?))).collect();
    let needs = needs?;
    if needs.iter().all(|(_, needs)| needs.0.iter().all(|(scope, need)| *scope == "contents" && !need.writes)) {
        let reads = needs.iter().any(|(_, needs)| !needs.0.is_empty());
        return Some(fix(vec![replaced(workflow.root, if reads { "contents: read" } else { "" })?]));
    }
    let mut edits = vec![replaced(workflow.root, "")?];
    for (job, needs) in &needs {
        edits.extend(needs.edit(job)?);
    }
    Some(fix(edits))
}

/// The `permissions:` of a job that may do too much.
pub(super) fn instead_of_job(job: &Job<'_>, workflow: &Workflow<'_>) -> Option<Fix> {
    let needs = of_job(job, workflow)?;
    let lines: Vec<String> = needs.lines().collect();
    Some(fix(vec![replaced(job.node, &lines.join("\n"))?]))
}

/// `permissions: write-all` with a block in place of its word.
fn replaced(holder: Node<'_>, lines: &str) -> Option<Edit> {
    let entry = holder.entry("permissions").filter(|entry| entry.value.is_plain())?;
    let text = holder.yaml().text();
    let key = entry.key.span();
    let between = text.get(key.end as usize..entry.value.span().start as usize)?;
    let rest = text.get(entry.value.span().end as usize..)?.split(['\n', '\r']).next()?;
    let column = text.get(..key.start as usize)?.rsplit('\n').next()?;
    if between.trim() != ":" || between.contains('\n') || !column.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let block: String = lines.lines().map(|line| format!("{newline}{column}  {line}")).collect();
    let block = match (block.is_empty(), rest.trim().is_empty()) {
        (true, _) => ": {}".to_owned(),
        (false, true) => format!(":{block}"),
        // What stands beside the word speaks of it.
        (false, false) => return None,
    };
    Some(Edit { path: None, span: Span::new(key.end as usize, entry.value.span().end as usize), replacement: block })
}

fn fix(edits: Vec<Edit>) -> Fix {
    Fix::new("let the token do only what the steps need", Safety::Unsafe, edits)
}

impl Needs {
    fn add(&mut self, scopes: &[Scope], why: &str) {
        for (scope, level) in scopes {
            let writes = *level == "write";
            let need = self.0.entry(scope).or_insert_with(|| Need { writes, why: why.to_owned() });
            if writes && !need.writes {
                *need = Need { writes, why: why.to_owned() };
            }
        }
    }

    /// The job's block; nothing inside when it needs nothing, for the workflow's own block withholds all.
    #[expect(clippy::option_option, reason = "no edit is needed, or none is certain")]
    fn edit(&self, job: &Job<'_>) -> Option<Option<Edit>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let lines: String = self.lines().map(|line| format!("\n  {line}")).collect();
        job.node.add_lines("runs-on", &format!("permissions:{lines}")).map(Some)
    }

    /// One line for each scope.
    fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(
            |(scope, need)| {
                if need.writes { format!("{scope}: write # {}", need.why) } else { format!("{scope}: read") }
            },
        )
    }
}

/// What a job needs; `None` when that cannot be told.
fn of_job(job: &Job<'_>, workflow: &Workflow<'_>) -> Option<Needs> {
    let shared = job.env.iter().chain(&workflow.env);
    if job.uses.is_some() || shared.into_iter().any(|entry| holds_token(entry.value)) {
        return None;
    }
    let mut needs = Needs::default();
    let checkouts = || job.steps.iter().filter(|step| step.uses_action(&["actions/checkout"]).is_some());
    let pushes_otherwise = checkouts().any(|step| brings_token(step) || step.input("ssh-key").is_some());
    for step in &job.steps {
        match (&step.uses, step.run) {
            (Some(uses), _) => of_action(step, uses, &mut needs)?,
            (None, Some(_)) => of_script(step, pushes_otherwise, &mut needs)?,
            (None, None) => {}
        }
    }
    Some(needs)
}

fn of_action(step: &Step<'_>, uses: &Uses<'_>, needs: &mut Needs) -> Option<()> {
    let (slug, why) = match uses.source {
        Source::Repository { owner, repository, path: "", .. } => (format!("{owner}/{repository}"), repository),
        Source::Repository { owner, repository, path, .. } => (format!("{owner}/{repository}/{path}"), repository),
        // An image gets no token but what it is given; a local action can do anything.
        Source::Docker(_) => return (!gets_token(step)).then_some(()),
        Source::Workspace(_) | Source::Own(_) => return None,
    };
    let given = |input: &str| step.input_str(input).is_some_and(|value| !value.trim().is_empty());
    let scopes: &[Scope] = match slug.to_ascii_lowercase().as_str() {
        "aws-actions/configure-aws-credentials" if given("role-to-assume") && !given("aws-access-key-id") => IDENTITY,
        "google-github-actions/auth" if given("workload_identity_provider") => IDENTITY,
        "azure/login" if given("client-id") => IDENTITY,
        "pypa/gh-action-pypi-publish" if !given("password") => IDENTITY,
        "aws-actions/configure-aws-credentials" | "google-github-actions/auth" | "azure/login" => &[],
        "pypa/gh-action-pypi-publish" => &[],
        "docker/login-action" if step.input_str("registry").is_some_and(|host| host.contains("ghcr.io")) => {
            &[("packages", "write")]
        }
        "docker/login-action" if !gets_token(step) => &[],
        "goreleaser/goreleaser-action" if only_builds(step) => &[],
        slug => match ACTIONS.iter().find(|(known, _)| *known == slug) {
            // What it writes, it writes with the other token.
            Some((_, scopes)) if brings_token(step) && scopes.iter().all(|(scope, _)| *scope != "id-token") => &[],
            Some((_, scopes)) => scopes,
            None if gets_token(step) => return None,
            None => &[],
        },
    };
    needs.add(scopes, why);
    Some(())
}

fn of_script(step: &Step<'_>, pushes_otherwise: bool, needs: &mut Needs) -> Option<()> {
    let script = step.script();
    let text = step.run_text().unwrap_or("");
    let mut known = !gets_token(step);
    if !script.complete || text.contains("api.github.com") {
        return None;
    }
    for program in script.commands.iter().filter_map(|command| command.program()) {
        match program.name {
            "gh" => {
                needs.add(of_gh(&program)?, "gh");
                known = true;
            }
            "git" if git::verb(&program) == Some("push") => {
                // With a token of its own in the address, or left by a checkout, the job's own is not asked.
                let addressed = |word: &str| word.contains("://") && word.contains("@github.com");
                let in_address = text.split_whitespace().any(addressed) && !gets_token(step);
                if !pushes_otherwise && !in_address {
                    needs.add(WRITE_CODE, "git push");
                }
                known = true;
            }
            "docker" | "podman" | "helm" | "oras" | "crane" | "skopeo" if text.contains("ghcr.io") => {
                needs.add(&[("packages", "write")], "pushes to ghcr.io");
                known = true;
            }
            "cosign" => needs.add(IDENTITY, "cosign signs without a key"),
            "npm" | "pnpm" if text.contains("--provenance") => needs.add(IDENTITY, "provenance of the package"),
            _ => {}
        }
    }
    known.then_some(())
}

fn of_gh(program: &Program<'_>) -> Option<&'static [Scope]> {
    let mut words = program.operands().map(|word| word.text.as_str());
    let (noun, verb) = (words.next()?, words.next().unwrap_or(""));
    let row = GH.iter().find(|(known, verbs, _)| *known == noun && (verbs.is_empty() || verbs.contains(&verb)));
    row.map(|(_, _, scopes)| *scopes)
}

/// Whether goreleaser publishes nothing.
fn only_builds(step: &Step<'_>) -> bool {
    let words = step.input_str("args").unwrap_or("");
    let skips = |word: &str| {
        matches!(word, "--snapshot" | "--skip-publish" | "build" | "check" | "healthcheck")
            || word.strip_prefix("--skip=").is_some_and(|skipped| skipped.split(',').any(|what| what == "publish"))
    };
    words.split_whitespace().any(skips)
}

/// Whether a step is handed a token that is not the job's.
fn brings_token(step: &Step<'_>) -> bool {
    step.with.iter().any(|entry| {
        entry.key.as_str().is_some_and(|key| key.to_ascii_lowercase().contains("token"))
            && entry.value.as_str().is_some_and(|value| {
                // An input or a variable may hold the job's own.
                (value.contains("secrets.") || value.contains("steps.")) && !is_token(value)
            })
    })
}

/// Whether a step is handed the job's token.
fn gets_token(step: &Step<'_>) -> bool {
    step.with.iter().chain(&step.env).any(|entry: &Entry<'_>| holds_token(entry.value))
        || step.run_text().is_some_and(is_token)
}

fn holds_token(value: Node<'_>) -> bool {
    value.as_str().is_some_and(is_token)
}

fn is_token(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("secrets.github_token") || lower.contains("github.token")
}
