//! Service accounts that come to hold every right of the cluster through another account of the same deployment.

use std::collections::{BTreeMap, HashMap, HashSet};

use palisade_inventory::Inventory;
use palisade_inventory::kubernetes::{AccessFacts, ObjectFacts, RuleFacts};
use palisade_model::{Confidence, Location, Meta, Severity, Span};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "kubernetes/cluster-admin-in-reach",
        title: "service account can become cluster-admin over another",
        page: include_str!("cluster_admin_in_reach.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T3", "E4-T2"],
        maps: &["CIS-K8S:5.1.4", "CWE-269"],
    },
    run,
);

/// Accounts with their roles, in one chart or folder, beyond this are not joined.
const GRANTS_MAX: usize = 4_000;

/// A service account: name, and namespace unless the objects leave that to whoever applies them.
type Account<'a> = (&'a str, Option<&'a str>);

/// A role given to a service account.
struct Grant<'a> {
    account: Account<'a>,
    /// The namespace in which it holds; nothing for the whole cluster.
    within: Option<Option<&'a str>>,
    role: Role<'a>,
    binding: &'a Location,
}

#[derive(Clone, Copy)]
enum Role<'a> {
    ClusterAdmin,
    Rules(&'a [RuleFacts], &'a str),
}

/// What lets its holder act as another account of a namespace: group, resource, verbs and what they are.
const WAYS: [(&str, &str, &[&str], &str); 10] = [
    ("", "pods", &["create"], "create pods"),
    ("apps", "deployments", &["create", "update", "patch"], "change deployments"),
    ("apps", "daemonsets", &["create", "update", "patch"], "change daemon sets"),
    ("apps", "statefulsets", &["create", "update", "patch"], "change stateful sets"),
    ("apps", "replicasets", &["create", "update", "patch"], "change replica sets"),
    ("batch", "jobs", &["create"], "create jobs"),
    ("batch", "cronjobs", &["create", "update", "patch"], "change cron jobs"),
    ("", "replicationcontrollers", &["create", "update", "patch"], "change replication controllers"),
    ("", "serviceaccounts/token", &["create"], "create tokens"),
    ("", "pods/exec", &["create", "get"], "enter pods"),
];

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    for grants in units(inventory).into_values() {
        let everything = |grant: &&Grant<'_>| grant.within.is_none() && is_everything(grant.role);
        // One account of each namespace and file stands for its like.
        let mut strong: BTreeMap<(Option<&str>, &str), &Grant<'_>> = BTreeMap::new();
        for grant in grants.iter().filter(everything) {
            strong.entry((grant.account.1, &*grant.binding.path)).or_insert(grant);
        }
        let strongest: HashSet<Account<'_>> = grants.iter().filter(everything).map(|grant| grant.account).collect();
        let mut told: HashSet<(Account<'_>, &str, Span)> = HashSet::new();
        for weak in grants.iter().filter(|weak| !strongest.contains(&weak.account)) {
            let Role::Rules(rules, role) = weak.role else { continue };
            let reached = strong.values().filter(|one| weak.within.is_none_or(|within| within == one.account.1));
            let nearest = reached.min_by_key(|one| one.binding.path != weak.binding.path);
            let Some((strong, (rule, what))) = nearest.zip(way(rules)) else { continue };
            if !told.insert((weak.account, &*rule.location.path, rule.location.span)) {
                continue;
            }
            let place = strong.account.1.map(|name| format!(" in {name}")).unwrap_or_default();
            let (own, other) = (weak.account.0, strong.account.0);
            let message = format!(
                "{own} → role {role} → {what}{place} as {other} → every right: whoever gets hold of {own} owns the cluster"
            );
            report
                .finding_at(rule.location.clone(), message)
                .also(weak.binding.clone(), format!("{own} holds the role here"))
                .also(strong.binding.clone(), format!("{other} is given every right here"));
        }
    }
}

fn is_everything(role: Role<'_>) -> bool {
    match role {
        Role::ClusterAdmin => true,
        Role::Rules(rules, _) => rules.iter().any(|rule| {
            let all = |list: &[String]| list.iter().any(|one| one == "*");
            !rule.named && all(&rule.groups) && all(&rule.resources) && all(&rule.verbs)
        }),
    }
}

fn way(rules: &[RuleFacts]) -> Option<(&RuleFacts, &'static str)> {
    WAYS.iter().find_map(|(group, resource, verbs, what)| {
        rules.iter().find(|rule| rule.allows(group, resource, verbs)).map(|rule| (rule, *what))
    })
}

/// The roles that bindings give to service accounts, by the chart or folder that brings both.
fn units(inventory: &Inventory) -> BTreeMap<&str, Vec<Grant<'_>>> {
    let charts: Vec<&str> = inventory.files.iter().filter_map(|file| file.path.strip_suffix("Chart.yaml")).collect();
    let mut by_unit: BTreeMap<&str, Vec<(&ObjectFacts, &AccessFacts)>> = BTreeMap::new();
    for object in inventory.files.iter().flat_map(|file| &file.objects) {
        if let Some(access @ (AccessFacts::Role(_) | AccessFacts::Binding { .. })) = object.access.as_deref() {
            by_unit.entry(unit_of(&object.location.path, &charts)).or_default().push((object, access));
        }
    }
    by_unit.into_iter().map(|(unit, objects)| (unit, grants(&objects))).collect()
}

fn grants<'a>(objects: &[(&'a ObjectFacts, &'a AccessFacts)]) -> Vec<Grant<'a>> {
    let mut roles: HashMap<(&str, &str, Option<&str>), Vec<(&str, &'a [RuleFacts])>> = HashMap::new();
    for (object, access) in objects {
        if let (AccessFacts::Role(rules), Some(name)) = (access, object.name.as_deref()) {
            let namespace = object.namespace.as_deref().filter(|_| object.kind == "Role");
            roles.entry((&object.kind, name, namespace)).or_default().push((&*object.location.path, rules));
        }
    }
    let mut grants = Vec::new();
    for (object, access) in objects {
        let AccessFacts::Binding { role_kind, role_name, place, accounts } = access else { continue };
        let namespace = object.namespace.as_deref();
        let key = (role_kind.as_str(), role_name.as_str(), namespace.filter(|_| role_kind == "Role"));
        let known = roles.get(&key).map_or(&[][..], Vec::as_slice);
        let mut here = known.iter().filter(|(path, _)| **path == *object.location.path);
        let beside = here.next().filter(|_| here.next().is_none());
        let role = match (beside, known) {
            _ if role_kind == "ClusterRole" && role_name == "cluster-admin" => Role::ClusterAdmin,
            (Some((_, rules)), _) | (None, [(_, rules)]) => Role::Rules(rules, role_name),
            // None, or one of several.
            _ => continue,
        };
        for (account, of) in accounts.iter().take(GRANTS_MAX.saturating_sub(grants.len())) {
            let of = of.as_deref().filter(|name| *name != crate::RELEASE_NAMESPACE).or(namespace);
            let within = (object.kind == "RoleBinding").then_some(namespace);
            grants.push(Grant { account: (account, of), within, role, binding: place });
        }
    }
    grants
}

/// What is applied together with a file: its chart, or its folder.
fn unit_of<'a>(path: &'a str, charts: &[&'a str]) -> &'a str {
    let chart = charts.iter().filter(|chart| path.starts_with(**chart)).max_by_key(|chart| chart.len());
    chart.copied().unwrap_or_else(|| path.rsplit_once('/').map_or("", |(folder, _)| folder))
}
