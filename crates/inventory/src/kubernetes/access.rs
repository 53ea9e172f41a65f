//! Who may do what in a cluster: accounts, roles, bindings and who runs as whom, kept for checks across files.

use palisade_model::{Location, Span};

use super::Object;
use crate::yaml::Node;

/// Rules of one role, and subjects of one binding, beyond this are not kept.
const ITEMS_MAX: usize = 200;
/// Words of one list of a rule beyond this are not kept.
const WORDS_MAX: usize = 100;

const RBAC: &str = "rbac.authorization.k8s.io";

/// What an object says about access.
#[derive(Clone, Debug)]
pub enum AccessFacts {
    /// A ServiceAccount, with who it is outside of the cluster.
    Account(Vec<Identity>),
    /// The rules of a Role or ClusterRole.
    Role(Vec<RuleFacts>),
    /// A RoleBinding or ClusterRoleBinding.
    Binding {
        /// `ClusterRole`
        role_kind: String,
        /// The name of the role that it gives.
        role_name: String,
        /// Where that name stands.
        place: Location,
        /// The service accounts that it is given to: name, and namespace when stated.
        accounts: Vec<(String, Option<String>)>,
    },
    /// The service account that the pods of a workload run as.
    RunsAs(String),
}

/// A cloud whose identities service accounts take on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// By `eks.amazonaws.com/role-arn`.
    Amazon,
    /// By `iam.gke.io/gcp-service-account`.
    Google,
    /// By `azure.workload.identity/client-id`.
    Azure,
}

/// An identity of a cloud that a service account takes on.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Whose it is.
    pub cloud: Cloud,
    /// The ARN, address or client id.
    pub name: String,
    /// Where it stands.
    pub location: Location,
}

/// One rule of a role.
#[derive(Clone, Debug)]
pub struct RuleFacts {
    /// `apiGroups`
    pub groups: Vec<String>,
    /// `resources`
    pub resources: Vec<String>,
    /// `verbs`
    pub verbs: Vec<String>,
    /// Whether it is for named objects only.
    pub named: bool,
    /// Where its resources stand.
    pub location: Location,
}

const IDENTITIES: [(&str, Cloud); 3] = [
    ("eks.amazonaws.com/role-arn", Cloud::Amazon),
    ("iam.gke.io/gcp-service-account", Cloud::Google),
    ("azure.workload.identity/client-id", Cloud::Azure),
];

impl AccessFacts {
    /// What an object says; nothing when it says nothing about access.
    #[must_use]
    pub fn of(object: Object<'_>, locate: &dyn Fn(Span) -> Location) -> Option<Self> {
        match (object.group(), object.kind()) {
            ("", "ServiceAccount") => {
                let identities = IDENTITIES.iter().filter_map(|(key, cloud)| {
                    let value = object.annotation(key)?.value;
                    let name = value.as_str().filter(|name| !name.is_empty())?.to_owned();
                    Some(Identity { cloud: *cloud, name, location: locate(value.span()) })
                });
                Some(Self::Account(identities.collect()))
            }
            (RBAC, "Role" | "ClusterRole") => {
                let rules = object.at(&["rules"]).into_iter().flat_map(Node::items).take(ITEMS_MAX);
                Some(Self::Role(rules.map(|rule| RuleFacts::of(rule, locate)).collect()))
            }
            (RBAC, "RoleBinding" | "ClusterRoleBinding") => {
                let name = object.at(&["roleRef", "name"])?;
                let subjects = object.at(&["subjects"]).into_iter().flat_map(Node::items);
                let accounts = subjects.filter(|subject| subject.get_str("kind") == Some("ServiceAccount"));
                let accounts = accounts.take(ITEMS_MAX).filter_map(|subject| {
                    Some((subject.get_str("name")?.to_owned(), subject.get_str("namespace").map(str::to_owned)))
                });
                Some(Self::Binding {
                    role_kind: object.at(&["roleRef", "kind"])?.as_str()?.to_owned(),
                    role_name: name.as_str()?.to_owned(),
                    place: locate(name.span()),
                    accounts: accounts.collect(),
                })
            }
            _ => {
                let pod = object.workloads().into_iter().next()?.pod;
                let name = pod.get_str("serviceAccountName").or_else(|| pod.get_str("serviceAccount"));
                Some(Self::RunsAs(name.filter(|name| !name.is_empty()).unwrap_or("default").to_owned()))
            }
        }
    }
}

impl RuleFacts {
    fn of(rule: Node<'_>, locate: &dyn Fn(Span) -> Location) -> Self {
        let list = |key: &str| -> Vec<String> {
            let items = rule.get(key).into_iter().flat_map(Node::items).take(WORDS_MAX);
            items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        Self {
            groups: list("apiGroups"),
            resources: list("resources"),
            verbs: list("verbs"),
            named: rule.get("resourceNames").is_some_and(|names| names.items().next().is_some()),
            location: locate(rule.get("resources").unwrap_or(rule).span()),
        }
    }

    /// Whether it allows one of the verbs on a resource of a group.
    #[must_use]
    pub fn allows(&self, group: &str, resource: &str, verbs: &[&str]) -> bool {
        let among = |list: &[String], wanted: &str| list.iter().any(|one| one == "*" || one == wanted);
        !self.named
            && among(&self.groups, group)
            && among(&self.resources, resource)
            && verbs.iter().any(|verb| among(&self.verbs, verb))
    }
}
