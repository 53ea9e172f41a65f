//! Logins with stored keys, made into logins with the workflow's own identity.
//!
//! Which role the cloud gives to the workflow is known to the cloud alone, so it becomes a variable of the repository
//! that has to be set first. A login that cannot be told apart from another use of the key is let be.

use palisade_inventory::workflow::{Grant, Job, Step, Workflow};
use palisade_inventory::yaml::Node;
use palisade_model::{Edit, Fix, Safety};

use super::place::StepAt;
use super::{caches, needs};

/// An action, the inputs of a stored key, those that come instead, and those that would contradict them.
struct Login {
    action: &'static str,
    cloud: &'static str,
    keys: &'static [&'static str],
    instead: &'static [(&'static str, &'static str)],
    against: &'static [&'static str],
}

const LOGINS: [Login; 3] = [
    Login {
        action: "aws-actions/configure-aws-credentials",
        cloud: "AWS",
        keys: &["aws-access-key-id", "aws-secret-access-key"],
        instead: &[("role-to-assume", "${{ vars.AWS_ROLE_ARN }}")],
        // A role that the key's user takes on trusts that user, not the workflow.
        against: &["aws-session-token", "role-chaining", "role-to-assume", "web-identity-token-file"],
    },
    Login {
        action: "google-github-actions/auth",
        cloud: "Google Cloud",
        keys: &["credentials_json"],
        instead: &[
            ("workload_identity_provider", "${{ vars.GCP_WORKLOAD_IDENTITY_PROVIDER }}"),
            ("service_account", "${{ vars.GCP_SERVICE_ACCOUNT }}"),
        ],
        against: &["workload_identity_provider", "service_account"],
    },
    Login {
        action: "azure/login",
        cloud: "Azure",
        keys: &["creds"],
        instead: &[
            ("client-id", "${{ vars.AZURE_CLIENT_ID }}"),
            ("tenant-id", "${{ vars.AZURE_TENANT_ID }}"),
            ("subscription-id", "${{ vars.AZURE_SUBSCRIPTION_ID }}"),
        ],
        against: &["client-id", "tenant-id", "subscription-id", "auth-type"],
    },
];

/// The login with the workflow's own identity, and the permission that it needs.
pub(super) fn fix(at: &StepAt<'_, '_>) -> Option<Fix> {
    let (job, workflow) = (at.place.job?, at.place.workflow?);
    let uses = at.step.uses?;
    let login = LOGINS.iter().find(|login| uses.is(login.action))?;
    let mut edits = inputs(at.step, login)?;
    edits.extend(permission(job, workflow, &format!("logs in to {}", login.cloud))?);
    let variables: Vec<&str> =
        login.instead.iter().filter_map(|(_, value)| value.split("vars.").nth(1)?.split(' ').next()).collect();
    let title = format!("log in by OIDC; set {} and let the cloud trust this repository first", variables.join(", "));
    Some(Fix::new(title, Safety::Unsafe, edits))
}

/// The first of the key's inputs becomes the new ones, the others go.
fn inputs(step: &Step<'_>, login: &Login) -> Option<Vec<Edit>> {
    if login.against.iter().any(|name| step.input(name).is_some()) {
        return None;
    }
    let with = step.node.get("with")?;
    let text = with.yaml().text();
    let mut edits = Vec::new();
    for name in login.keys {
        let entry = with.entry(name).filter(|entry| entry.key.parent() == Some(with))?;
        let Some(start) = text.get(..entry.key.span().start as usize).filter(|_| edits.is_empty()) else {
            edits.push(with.drop_entry(name)?);
            continue;
        };
        let indent = start.rsplit('\n').next().filter(|indent| indent.bytes().all(|byte| byte == b' '))?;
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let lines: Vec<String> = login.instead.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        edits.push(caches::replaced(&entry, &lines.join(&format!("{newline}{indent}")))?);
    }
    Some(edits)
}

/// What lets the job ask for a token of its identity; no edit when it may already.
#[expect(clippy::option_option, reason = "no edit is needed, or none is certain")]
pub(super) fn permission(job: &Job<'_>, workflow: &Workflow<'_>, why: &str) -> Option<Option<Edit>> {
    let line = format!("id-token: write # {why}");
    match &job.permissions.grant {
        Grant::WriteAll(_) => return Some(None),
        Grant::ReadAll(_) | Grant::Unknown => return None,
        Grant::Scopes(_) if job.permissions.writes("id-token").is_some() => return Some(None),
        Grant::Scopes(scopes) => {
            return match scopes.iter().find(|scope| scope.name == "id-token") {
                Some(scope) => scope.value.replace_with("write").map(Some),
                None => add(job.node, &line).map(Some),
            };
        }
        Grant::Unset => {}
    }
    match &workflow.permissions.grant {
        Grant::WriteAll(_) => Some(None),
        Grant::ReadAll(_) | Grant::Unknown => None,
        Grant::Scopes(_) if workflow.permissions.writes("id-token").is_some() => Some(None),
        // A block of the job's own takes the place of the workflow's, so that is said again.
        Grant::Scopes(scopes) => {
            let kept = scopes.iter().filter(|scope| scope.name != "id-token").map(|scope| match scope.level {
                "write" => format!("  {}: write # as the workflow has it\n", scope.name),
                level => format!("  {}: {level}\n", scope.name),
            });
            let block: String = kept.collect();
            job.node.add_lines("runs-on", &format!("permissions:\n{block}  {line}")).map(Some)
        }
        Grant::Unset => needs::with_identity(job, workflow, why).map(Some),
    }
}

fn add(job: Node<'_>, line: &str) -> Option<Edit> {
    let flow = job.get("permissions")?.span().of(job.yaml().text()).starts_with('{');
    let empty = job.get("permissions")?.entries().next().is_none();
    // Nothing can be said beside a scope between braces.
    job.add_under("permissions", "", if flow && !empty { "id-token: write" } else { line })
}
