//! Pods that are somebody in a cloud: from the service account to the role, and what that reaches.

use std::collections::HashMap;

use palisade_inventory::kubernetes::{AccessFacts, Cloud, Identity, ObjectFacts};
use palisade_inventory::terraform::{HOLE, Statement, Value};
use palisade_inventory::{Inventory, wildcard};
use palisade_model::{Location, Severity};

use super::document::name_of;
use super::environments::{self, Environment, IamSettings, of_folder, of_name, shown};
use super::holding::{Access, Holder};
use super::{likely, meta};
use crate::iac::Resource;
use crate::{Check, Report};

const PAGE: &str = include_str!("pods.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[Check::on_access(
    likely(meta(
        "iam/pod-in-production",
        "a pod of another environment acts as a role of production",
        PAGE,
        Severity::High,
        &["E4-T2", "E5-T3"],
        &["CWE-653"],
    )),
    run,
)];

/// A service account of a cluster that is somebody in a cloud.
pub(super) struct Account<'a> {
    object: &'a ObjectFacts,
    identities: &'a [Identity],
    /// Workloads of the same namespace that run as it.
    workloads: Vec<&'a ObjectFacts>,
}

/// Accounts of one target.
const ACCOUNTS_MAX: usize = 2_000;
/// Workloads that are shown with an account.
const WORKLOADS_SHOWN_MAX: usize = 2;

/// The service accounts of a target that are somebody in a cloud.
pub(super) fn accounts(inventory: &Inventory) -> Vec<Account<'_>> {
    let objects = || inventory.files.iter().flat_map(|file| &file.objects);
    let mut running: HashMap<(&str, Option<&str>), Vec<&ObjectFacts>> = HashMap::new();
    for object in objects() {
        if let Some(AccessFacts::RunsAs(name)) = object.access.as_deref() {
            let workloads = running.entry((name, object.namespace.as_deref())).or_default();
            workloads.extend(Some(object).filter(|_| workloads.len() < WORKLOADS_SHOWN_MAX));
        }
    }
    let accounts = objects().filter_map(|object| {
        let identities = identities(object)?;
        let key = (object.name.as_deref()?, object.namespace.as_deref());
        Some(Account { object, identities, workloads: running.get(&key).cloned().unwrap_or_default() })
    });
    accounts.take(ACCOUNTS_MAX).collect()
}

/// Whether any service account of a target is somebody in a cloud.
pub(crate) fn has_accounts(inventory: &Inventory) -> bool {
    inventory.files.iter().flat_map(|file| &file.objects).any(|object| identities(object).is_some())
}

fn identities(object: &ObjectFacts) -> Option<&[Identity]> {
    match object.access.as_deref()? {
        AccessFacts::Account(identities) if !identities.is_empty() => Some(identities),
        _ => None,
    }
}

/// Elements that let somebody of a cluster act as somebody of a cloud: the settings that say who, and as whom.
const LINKS: [(&str, &[&str], &str); 5] = [
    ("aws_eks_pod_identity_association", &["namespace", "service_account", "cluster_name"], "role_arn"),
    ("AWS::EKS::PodIdentityAssociation", &["Namespace", "ServiceAccount", "ClusterName"], "RoleArn"),
    ("google_service_account_iam_member", &["member"], "service_account_id"),
    ("google_service_account_iam_binding", &["members"], "service_account_id"),
    ("azurerm_federated_identity_credential", &["subject"], "parent_id"),
];
const FEDERATION: [&str; 2] = ["roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator"];

/// Whether elements of a kind link accounts with roles.
pub(super) fn wants(kind: &str) -> bool {
    LINKS.iter().any(|(known, ..)| *known == kind)
}

fn run(access: &Access<'_>, report: &mut Report<'_>) {
    let settings = &report.settings().iam;
    for account in &access.accounts {
        for identity in account.identities {
            annotated(access, account, identity, settings, report);
        }
    }
    for link in &access.links {
        linked(access, link, settings, report);
    }
}

/// The word of another environment than production that a name, or else a path, speaks of.
fn other_of(names: &[&str], path: &str, settings: &IamSettings) -> Option<String> {
    let named = names.iter().find_map(|name| of_name(name, settings));
    match named.or_else(|| of_folder(path, settings))? {
        Environment::Other(word) => Some(word),
        Environment::Production(_) => None,
    }
}

fn production(name: &str, settings: &IamSettings) -> Option<String> {
    match of_name(name, settings)? {
        Environment::Production(word) => Some(word),
        Environment::Other(_) => None,
    }
}

fn annotated(
    access: &Access<'_>,
    account: &Account<'_>,
    identity: &Identity,
    settings: &IamSettings,
    report: &mut Report<'_>,
) {
    let object = account.object;
    let name = object.name.as_deref().unwrap_or("");
    let namespace = object.namespace.as_deref().unwrap_or("");
    let Some(own) = other_of(&[namespace, name], &object.location.path, settings) else { return };
    let place = if namespace.is_empty() { String::new() } else { format!(" in {namespace}") };
    let who = format!("service account {name}{place} ({own})");
    let role = access
        .role_of(identity)
        .filter(|role| object.namespace.as_deref().is_none_or(|namespace| may_admit(role, namespace, name)));
    let mut also: Vec<(Location, String)> = Vec::new();
    let (target, other) = match production(&identity.name, settings) {
        Some(word) => (format!("{} ({word})", shown(&identity.name)), word),
        None => {
            let Some((role, (resource, value, what, word))) =
                role.and_then(|role| Some((role, reached(role, settings)?)))
            else {
                return;
            };
            also.extend(
                resource.locate(value.origin).map(|place| (place, "the role reaches production here".to_owned())),
            );
            (format!("{} → {what}", role.resource.name()), word)
        }
    };
    if let Some(role) = role {
        let place = role.resource.locate(role.resource.head());
        also.extend(place.map(|place| (place, "this is the role".to_owned())));
    }
    also.extend(account.workloads.iter().map(|workload| (workload.location.clone(), "runs as it".to_owned())));
    let message = format!("{who} → {target}: who breaks into {own} is in {other}");
    let draft = report.finding_at(identity.location.clone(), message);
    for (place, says) in also {
        draft.also(place, says);
    }
}

fn linked(access: &Access<'_>, link: &Resource<'_>, settings: &IamSettings, report: &mut Report<'_>) {
    let Some((_, who, whom)) = LINKS.iter().find(|(kind, ..)| *kind == link.kind()) else { return };
    if link.kind().starts_with("google_") && !link.text("role").is_some_and(|role| FEDERATION.contains(&role)) {
        return;
    }
    let Some(target) = link.get(whom) else { return };
    let names: Vec<String> = who.iter().flat_map(|setting| link.blocks(setting)).map(name_of).collect();
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    let Some(own) = other_of(&texts, link.path(), settings) else { return };
    let (end, other) = match production(&name_of(target), settings) {
        Some(word) => (format!("{} ({word})", shown(&name_of(target))), word),
        None => {
            let role = access.find(target, super::holding::Class::Role, *link);
            let role = role.and_then(|at| access.holders.get(at));
            let Some((role, (.., what, word))) = role.and_then(|role| Some((role, reached(role, settings)?))) else {
                return;
            };
            (format!("{} → {what}", role.resource.name()), word)
        }
    };
    let who = names.iter().map(|name| shown(name)).take(2).collect::<Vec<_>>().join("/");
    let message = format!("{who} ({own}) → {end}: who breaks into {own} is in {other}");
    link.fault_at(target.origin, &message, report);
}

/// The service that hands roles to pods of EKS without a provider of identities.
const POD_IDENTITY: &str = "pods.eks.amazonaws.com";

/// Whether the trust of a role may let in a service account: it does not name others only.
fn may_admit(role: &Holder<'_>, namespace: &str, name: &str) -> bool {
    let subject = format!("system:serviceaccount:{namespace}:{name}");
    let statements = role.trust.iter().flat_map(|policy| &policy.statements);
    let admits = |statement: &Statement| {
        // A service of its own, such as EC2, is no way in for a pod.
        let pods = |(kind, id): &(String, Value)| match kind.as_str() {
            "Federated" => true,
            "Service" => id.as_str().is_none_or(|service| service == POD_IDENTITY),
            _ => false,
        };
        let mut subjects = statement.conditions.iter().filter(|one| one.key.ends_with(":sub"));
        statement.principals.iter().any(pods)
            && (statement.conditions_unknown
                || subjects.all(|one| one.values.iter().any(|value| may_be(value, &subject))))
    };
    statements.filter(|statement| statement.allows == Some(true)).any(admits)
}

fn may_be(value: &Value, subject: &str) -> bool {
    value.as_partial().is_none_or(|text| wildcard::covers(&text.replace(HOLE, "*"), subject))
}

impl<'a> Access<'a> {
    /// The role of the target that an annotation names.
    fn role_of(&self, identity: &Identity) -> Option<&Holder<'a>> {
        let name =
            identity.name.strip_prefix("arn:").filter(|_| identity.cloud == Cloud::Amazon)?.rsplit('/').next()?;
        let mut named = self.holders.iter().filter(|holder| holder.is_role_named(name));
        named.next().filter(|_| named.next().is_none())
    }
}

/// What of production a role may do something with, in words, with the word that says so.
fn reached<'h, 'a>(role: &'h Holder<'a>, settings: &IamSettings) -> Option<(Resource<'a>, &'h Value, String, String)> {
    role.allowing().find_map(|(grant, statement)| {
        let (value, name, word) = environments::production_of(statement, settings).next()?;
        let actions = environments::actions_of(statement);
        Some((grant.resource, value, format!("{actions} → {name} ({word})"), word))
    })
}

/// The elements of a target that link accounts with roles.
pub(super) fn links<'a>(resources: &[Resource<'a>]) -> Vec<Resource<'a>> {
    resources.iter().filter(|resource| wants(resource.kind())).copied().collect()
}
