//! RBAC rules and subjects as checks ask for them.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Severity, Span};

use crate::Report;

const RBAC: &str = "rbac.authorization.k8s.io";

/// A right that a check looks for.
pub(super) struct Right {
    /// API groups and resources; a resource with a slash is a subresource.
    pub(super) resources: &'static [(&'static str, &'static str)],
    /// Any of these verbs, or `*`.
    pub(super) verbs: &'static [&'static str],
    /// Severity in a ClusterRole, and in a Role.
    pub(super) severity: (Severity, Severity),
    /// Why it matters, in one sentence.
    pub(super) message: &'static str,
}

/// The rules of a Role or ClusterRole.
pub(super) fn rules<'y>(object: &Object<'y>) -> impl Iterator<Item = Node<'y>> + use<'y> {
    let role = matches!(object.kind(), "Role" | "ClusterRole") && object.group() == RBAC;
    object.at(&["rules"]).filter(|_| role).into_iter().flat_map(Node::items)
}

/// Whether a rule lists a word under a key, `*` not counted.
pub(super) fn lists(rule: Node<'_>, key: &str, word: &str) -> bool {
    listed(rule, key, word).is_some()
}

fn listed<'y>(rule: Node<'y>, key: &str, word: &str) -> Option<Node<'y>> {
    rule.get(key)?.items().find(|item| item.as_str() == Some(word))
}

/// Reports each rule that names a resource of `right` with one of its verbs. Rules for all resources are left to
/// `wildcard-rule`, and rules for named objects are what they should be.
pub(super) fn report_right(object: &Object<'_>, report: &mut Report<'_>, right: &Right) {
    report_right_with(object, report, right, true);
}

/// The same; `star` says whether the verb `*` counts, which for unusual verbs is left to `wildcard-rule`.
pub(super) fn report_right_with(object: &Object<'_>, report: &mut Report<'_>, right: &Right, star: bool) {
    for rule in rules(object) {
        let verb = |verb: &&str| lists(rule, "verbs", verb);
        let named = rule.get("resourceNames").is_some_and(|names| names.items().next().is_some());
        if named || !(right.verbs.iter().any(verb) || (star && lists(rule, "verbs", "*"))) {
            continue;
        }
        let group = |group: &str| lists(rule, "apiGroups", group) || lists(rule, "apiGroups", "*");
        let found = right
            .resources
            .iter()
            .find_map(|(in_group, name)| listed(rule, "resources", name).filter(|_| group(in_group)));
        if let Some(resource) = found {
            let (cluster, local) = right.severity;
            let severity = if object.kind() == "ClusterRole" { cluster } else { local };
            report.finding(resource.span(), right.message).severity(severity);
        }
    }
}

/// Who a binding binds.
pub(super) struct Subject<'y> {
    /// `User`, `Group` or `ServiceAccount`.
    pub(super) kind: &'y str,
    /// Name.
    pub(super) name: &'y str,
    /// Where the name stands.
    pub(super) place: Span,
}

/// The subjects of a RoleBinding or ClusterRoleBinding.
pub(super) fn subjects<'y>(object: &Object<'y>) -> impl Iterator<Item = Subject<'y>> + use<'y> {
    let binding = is_binding(object);
    let listed = object.at(&["subjects"]).filter(|_| binding).into_iter().flat_map(Node::items);
    listed.filter_map(|subject| {
        let name = subject.get("name")?;
        Some(Subject { kind: subject.get_str("kind")?, name: name.as_str()?, place: name.span() })
    })
}

/// The role that a binding gives.
pub(super) fn role<'y>(object: &Object<'y>) -> Option<Node<'y>> {
    object.at(&["roleRef", "name"]).filter(|_| is_binding(object))
}

fn is_binding(object: &Object<'_>) -> bool {
    matches!(object.kind(), "RoleBinding" | "ClusterRoleBinding") && object.group() == RBAC
}
