//! Evidence that a job deploys or publishes: the actions it uses and the commands it runs.

use palisade_inventory::shell::{Program, Script};
use palisade_inventory::workflow::{Job, Step, Workflow};
use palisade_inventory::yaml::Node;
use palisade_model::Span;

/// What a job changes outside of its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Changes what runs.
    Deploy,
    /// Puts an artifact where others take it from.
    Publish,
}

/// Why we say so.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// What it does.
    pub effect: Effect,
    /// By what: the action or the command.
    pub by: String,
    /// Where.
    pub span: Span,
}

const DEPLOYING: [&str; 32] = [
    "aws-actions/amazon-ecs-deploy-task-definition",
    "aws-actions/aws-cloudformation-github-deploy",
    "aws-actions/aws-lambda-deploy",
    "azure/webapps-deploy",
    "azure/k8s-deploy",
    "azure/functions-action",
    "azure/container-apps-deploy-action",
    "azure/aci-deploy",
    "azure/arm-deploy",
    "azure/bicep-deploy",
    "azure/static-web-apps-deploy",
    "azure/sql-action",
    "google-github-actions/deploy-cloudrun",
    "google-github-actions/deploy-appengine",
    "google-github-actions/deploy-cloud-functions",
    "cloudflare/wrangler-action",
    "cloudflare/pages-action",
    "akhileshns/heroku-deploy",
    "amondnet/vercel-action",
    "nwtgck/actions-netlify",
    "netlify/actions/cli",
    "firebaseextended/action-hosting-deploy",
    "serverless/github-action",
    "digitalocean/app_action",
    "digitalocean/app_action/deploy",
    "helmfile/helmfile-action",
    "easingthemes/ssh-deploy",
    "burnett01/rsync-deployments",
    "samkirkland/ftp-deploy-action",
    "einaregilsson/beanstalk-deploy",
    "koyeb/action-git-deploy",
    "dokku/github-action",
];

const PUBLISHING: [&str; 24] = [
    "pypa/gh-action-pypi-publish",
    "softprops/action-gh-release",
    "ncipollo/release-action",
    "actions/create-release",
    "actions/upload-release-asset",
    "svenstaro/upload-release-action",
    "elgohr/github-release-action",
    "goreleaser/goreleaser-action",
    "jreleaser/release-action",
    "rubygems/release-gem",
    "js-devtools/npm-publish",
    "cycjimmy/semantic-release-action",
    "redhat-actions/push-to-registry",
    "elgohr/publish-docker-github-action",
    "hashicorp/ghaction-terraform-provider-release",
    "helm/chart-releaser-action",
    "ad-m/github-push-action",
    "katyo/publish-crates",
    "haaleo/publish-vscode-extension",
    "snapcore/action-publish",
    "r0adkll/upload-google-play",
    "rohammosalli/release-npm",
    "marvinpinto/action-automatic-releases",
    "release-plz/action",
];

/// Programs with the first words of their arguments that change the world.
const COMMANDS: [(&str, &[&str], Effect); 60] = [
    ("npm", &["publish"], Effect::Publish),
    ("pnpm", &["publish"], Effect::Publish),
    ("yarn", &["publish"], Effect::Publish),
    ("yarn", &["npm", "publish"], Effect::Publish),
    ("bun", &["publish"], Effect::Publish),
    ("twine", &["upload"], Effect::Publish),
    ("poetry", &["publish"], Effect::Publish),
    ("uv", &["publish"], Effect::Publish),
    ("flit", &["publish"], Effect::Publish),
    ("hatch", &["publish"], Effect::Publish),
    ("pdm", &["publish"], Effect::Publish),
    ("maturin", &["publish"], Effect::Publish),
    ("cargo", &["publish"], Effect::Publish),
    ("gem", &["push"], Effect::Publish),
    ("docker", &["push"], Effect::Publish),
    ("docker", &["image", "push"], Effect::Publish),
    ("podman", &["push"], Effect::Publish),
    ("buildah", &["push"], Effect::Publish),
    ("crane", &["push"], Effect::Publish),
    ("oras", &["push"], Effect::Publish),
    ("helm", &["push"], Effect::Publish),
    ("gh", &["release", "create"], Effect::Publish),
    ("gh", &["release", "upload"], Effect::Publish),
    ("goreleaser", &["release"], Effect::Publish),
    ("mvn", &["deploy"], Effect::Publish),
    ("./mvnw", &["deploy"], Effect::Publish),
    ("mvnw", &["deploy"], Effect::Publish),
    ("gradlew", &["publish"], Effect::Publish),
    ("dotnet", &["nuget", "push"], Effect::Publish),
    ("nuget", &["push"], Effect::Publish),
    ("vsce", &["publish"], Effect::Publish),
    ("ovsx", &["publish"], Effect::Publish),
    ("semantic-release", &[], Effect::Publish),
    ("kubectl", &["apply"], Effect::Deploy),
    ("kubectl", &["rollout", "restart"], Effect::Deploy),
    ("kubectl", &["set", "image"], Effect::Deploy),
    ("helm", &["upgrade"], Effect::Deploy),
    ("helm", &["install"], Effect::Deploy),
    ("terraform", &["apply"], Effect::Deploy),
    ("terraform", &["destroy"], Effect::Deploy),
    ("tofu", &["apply"], Effect::Deploy),
    ("terragrunt", &["apply"], Effect::Deploy),
    ("pulumi", &["up"], Effect::Deploy),
    ("cdk", &["deploy"], Effect::Deploy),
    ("sam", &["deploy"], Effect::Deploy),
    ("serverless", &["deploy"], Effect::Deploy),
    ("sls", &["deploy"], Effect::Deploy),
    ("aws", &["ecs", "update-service"], Effect::Deploy),
    ("aws", &["cloudformation", "deploy"], Effect::Deploy),
    ("aws", &["lambda", "update-function-code"], Effect::Deploy),
    ("gcloud", &["run", "deploy"], Effect::Deploy),
    ("gcloud", &["app", "deploy"], Effect::Deploy),
    ("gcloud", &["functions", "deploy"], Effect::Deploy),
    ("flyctl", &["deploy"], Effect::Deploy),
    ("fly", &["deploy"], Effect::Deploy),
    ("netlify", &["deploy"], Effect::Deploy),
    ("firebase", &["deploy"], Effect::Deploy),
    ("wrangler", &["deploy"], Effect::Deploy),
    ("eb", &["deploy"], Effect::Deploy),
    ("argocd", &["app", "sync"], Effect::Deploy),
];

/// Programs and actions that make a cluster for the run: what is applied there is a test.
const SCRATCH_CLUSTERS: [&str; 7] = ["kind", "minikube", "k3d", "k3s", "microk8s", "ctlptl", "kwokctl"];

/// The first evidence that a job deploys or publishes.
#[must_use]
pub(super) fn of_job(job: &Job<'_>) -> Option<Evidence> {
    let scratch = is_test(job.id) || job.steps.iter().any(makes_scratch_cluster) || !may_hold_credentials(job);
    job.steps.iter().find_map(|step| of_step(step).filter(|found| !scratch || found.effect == Effect::Publish))
}

/// Evidence that a step deploys or publishes.
#[must_use]
pub(super) fn of_step(step: &Step<'_>) -> Option<Evidence> {
    if let Some(uses) = step.uses {
        let truth = |name: &str, word: &str| step.input_str(name).is_some_and(|value| value.trim() == word);
        let effect = if uses.is_any(&DEPLOYING) {
            Some(Effect::Deploy)
        } else if uses.is_any(&PUBLISHING)
            || uses.is_any(&["docker/build-push-action", "docker/bake-action"]) && truth("push", "true")
            || uses.is("pyo3/maturin-action") && (truth("command", "publish") || truth("command", "upload"))
            || uses.is("changesets/action") && step.input("publish").is_some()
        {
            Some(Effect::Publish)
        } else {
            None
        };
        // GoReleaser and kin are often run for a snapshot only.
        let rehearsal =
            step.input_str("args").is_some_and(|args| args.contains("--snapshot") || args.contains("check"));
        let by = uses.text.split('@').next().unwrap_or(uses.text).to_owned();
        return effect.filter(|_| !rehearsal).map(|effect| Evidence { effect, by, span: uses.node.span() });
    }
    let (effect, by, span) = of_script(step.script())?;
    Some(Evidence { effect, by, span: step.span_of(span) })
}

/// The first command of a script that deploys or publishes.
#[must_use]
pub(super) fn of_script(script: &Script) -> Option<(Effect, String, Span)> {
    script.commands.iter().find_map(|command| {
        let program = command.program()?;
        let (name, words, effect) =
            COMMANDS.iter().find(|(name, words, _)| *name == program.name && leads(&program, words))?;
        let rehearsal = ["--dry-run", "--snapshot", "--help", "--noop"];
        let rehearsed =
            program.arguments.iter().any(|word| rehearsal.iter().any(|option| word.text.starts_with(option)));
        let by = std::iter::once(*name).chain(words.iter().copied()).collect::<Vec<_>>().join(" ");
        (!rehearsed).then_some((*effect, by, command.span))
    })
}

/// Whether the arguments start with these words, options aside.
fn leads(program: &Program<'_>, words: &[&str]) -> bool {
    let mut operands = program.operands();
    if words.is_empty() {
        return true;
    }
    // Global options with values may stand in front: look a little further.
    let given: Vec<&str> = operands.by_ref().take(words.len() + 3).map(|word| word.text.as_str()).collect();
    let first_is_option = program.arguments.first().is_some_and(|word| word.text.starts_with('-'));
    if first_is_option { given.windows(words.len()).any(|window| window == words) } else { given.starts_with(words) }
}

/// Whether anything could let a job into a system outside: a secret, an environment (which may hold some), an
/// identity token, or a runner with rights of its own. Without one, what a script applies goes to a cluster made
/// for the run. Looks at the job and at what all jobs share, so that a file of 10,000 jobs is read once.
fn may_hold_credentials(job: &Job<'_>) -> bool {
    let root = job.node.yaml().root();
    let shared = ["env", "permissions"].iter().filter_map(|key| root?.get(key));
    let tells = |node: Node<'_>| {
        let text = node.span().of(node.yaml().text());
        ["secrets", "id-token", "write-all", "self-hosted"].iter().any(|word| text.contains(word))
    };
    job.environment().is_some() || tells(job.node) || shared.into_iter().any(tells)
}

fn makes_scratch_cluster(step: &Step<'_>) -> bool {
    let by_action = step.uses.is_some_and(|uses| {
        let name = uses.text.to_ascii_lowercase();
        SCRATCH_CLUSTERS.iter().any(|cluster| name.split(['/', '-', '@', '_']).any(|part| part == *cluster))
    });
    by_action || script_makes_scratch_cluster(step.script())
}

/// Whether a script runs a tool, or a script named for one, that makes a cluster for a test.
pub(super) fn script_makes_scratch_cluster(script: &Script) -> bool {
    script.commands.iter().filter_map(|command| command.program()).any(|program| {
        let named = |text: &str| {
            let text = text.to_ascii_lowercase();
            let name = text.rsplit('/').next().unwrap_or(&text);
            name.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| SCRATCH_CLUSTERS.contains(&part))
        };
        named(&program.word.text) || program.operands().any(|word| named(&word.text) && !word.text.contains(' '))
    })
}

/// Whether a name says that what happens is a test.
pub(super) fn is_test(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = ["test", "tests", "testing", "e2e", "integration", "smoke", "lint", "plan", "dry"];
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| words.contains(&word))
}

/// Whether a workflow deploys or releases: by what its jobs do, by what starts it, or by its name.
#[must_use]
pub(super) fn deploys_or_releases(workflow: &Workflow<'_>, path: &str) -> bool {
    releases_by_trigger(workflow)
        || named_for_it(path)
        || workflow.jobs.iter().any(|job| in_production(job) || of_job(job).is_some())
}

/// Whether a job's environment is named for something that people depend on; many only hold a secret.
fn in_production(job: &Job<'_>) -> bool {
    let Some(environment) = job.environment() else { return false };
    let name = environment.get_str("name").or(environment.as_str()).unwrap_or("").to_ascii_lowercase();
    let words =
        ["prod", "stag", "live", "release", "deploy", "publish", "pypi", "npm", "crates", "pages", "rubygems", "maven"];
    words.iter().any(|word| name.contains(word))
}

/// Whether a release or only a pushed tag starts the workflow.
#[must_use]
pub(super) fn releases_by_trigger(workflow: &Workflow<'_>) -> bool {
    workflow.starts_on(&["release", "deployment"])
        || workflow
            .trigger("push")
            .and_then(|push| push.config)
            .is_some_and(|config| config.get("tags").is_some() && config.get("branches").is_none())
}

fn named_for_it(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let words = ["release", "releases", "deploy", "deployment", "publish", "cd"];
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| words.contains(&word))
}
