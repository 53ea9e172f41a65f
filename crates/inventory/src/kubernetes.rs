//! Kubernetes objects, workloads and containers as views over YAML.
//!
//! It reads what stands there and says nothing about what an admission
//! controller would add. Schemas (custom resource definitions) are never objects to judge.

mod access;
mod database;
mod workload;

use std::collections::BTreeSet;

use palisade_model::{Location, Span};

use crate::yaml::{Entry, Node, Tail, Yaml};

pub use access::{AccessFacts, Cloud, Identity, RuleFacts};
pub use database::keeps_database;
pub use workload::{Container, Nature, Role, Workload};

/// Lists inside lists deeper than this are not opened.
const LIST_DEPTH_MAX: usize = 4;

/// One object: anything with `apiVersion` and `kind`.
#[derive(Clone, Copy, Debug)]
pub struct Object<'y> {
    /// The object's mapping.
    pub root: Node<'y>,
}

impl<'y> Object<'y> {
    /// The objects of a document: one, none, or those inside a `List`.
    #[must_use]
    pub fn all(document: Node<'y>) -> Vec<Self> {
        let mut objects = Vec::new();
        collect(document, LIST_DEPTH_MAX, &mut objects);
        objects
    }

    /// `Deployment`.
    #[must_use]
    pub fn kind(self) -> &'y str {
        self.root.get_str("kind").unwrap_or("")
    }

    /// `apps`, or nothing for the core group.
    #[must_use]
    pub fn group(self) -> &'y str {
        self.root.get_str("apiVersion").and_then(|version| version.split_once('/')).map_or("", |(group, _)| group)
    }

    /// Whether it is of this group and kind.
    #[must_use]
    pub fn is(self, group: &str, kind: &str) -> bool {
        self.kind() == kind && self.group() == group
    }

    /// Its name, when it has one.
    #[must_use]
    pub fn name(self) -> Option<&'y str> {
        self.root.at(&["metadata", "name"])?.as_str()
    }

    /// Its namespace, when stated.
    #[must_use]
    pub fn namespace(self) -> Option<&'y str> {
        self.root.at(&["metadata", "namespace"])?.as_str()
    }

    /// The span that stands for the whole object: its name, else its kind.
    #[must_use]
    pub fn place(self) -> Span {
        let metadata = |key| self.root.at(&["metadata", key]);
        let node = metadata("name").or_else(|| metadata("generateName")).or_else(|| self.root.get("kind"));
        node.unwrap_or(self.root).span()
    }

    /// The entry of an annotation.
    #[must_use]
    pub fn annotation(self, key: &str) -> Option<Entry<'y>> {
        self.root.at(&["metadata", "annotations"])?.entry(key)
    }

    /// All annotations.
    pub fn annotations(self) -> impl Iterator<Item = Entry<'y>> {
        self.root.at(&["metadata", "annotations"]).into_iter().flat_map(Node::entries)
    }

    /// The value of a label.
    #[must_use]
    pub fn label(self, key: &str) -> Option<Node<'y>> {
        self.root.at(&["metadata", "labels"])?.get(key)
    }

    /// The value at the end of a chain of keys; null counts as absent.
    #[must_use]
    pub fn at(self, keys: &[&str]) -> Option<Node<'y>> {
        self.root.at(keys).filter(|node| !node.is_null())
    }

    /// Every pod template in it.
    #[must_use]
    pub fn workloads(self) -> Vec<Workload<'y>> {
        workload::find(self)
    }
}

fn collect<'y>(node: Node<'y>, depth: usize, objects: &mut Vec<Object<'y>>) {
    let (Some(kind), Some(_)) = (node.get_str("kind"), node.get_str("apiVersion")) else { return };
    match node.get("items") {
        Some(items) if kind.ends_with("List") && items.is_sequence() => {
            if depth > 0 {
                items.items().for_each(|item| collect(item, depth - 1, objects));
            }
        }
        _ if kind == "CustomResourceDefinition" => {}
        _ => objects.push(Object { root: node }),
    }
}

/// Whether a document defines a custom resource: a schema, large and nothing to judge.
#[must_use]
pub fn is_schema(document: &str) -> bool {
    const LINE: &str = "kind: CustomResourceDefinition";
    memchr::memmem::find(document.as_bytes(), LINE.as_bytes()).is_some_and(|at| {
        let ends = document.as_bytes().get(at + LINE.len()).is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b' '));
        ends && (at == 0 || document.as_bytes().get(at - 1) == Some(&b'\n'))
    })
}

/// What is kept of an object for checks across files.
#[derive(Clone, Debug)]
pub struct ObjectFacts {
    /// `Deployment`.
    pub kind: String,
    /// Name, when it has one.
    pub name: Option<String>,
    /// Namespace, when stated.
    pub namespace: Option<String>,
    /// Where the object stands.
    pub location: Location,
    /// Whether it brings pods.
    pub workload: bool,
    /// Whether it brings pods that the pod security level `baseline` refuses.
    pub beyond_baseline: bool,
    /// For a NetworkPolicy that selects every pod of its namespace: which directions it isolates.
    pub isolates: Option<Isolation>,
    /// How many pods it asks for, when it states a number.
    pub replicas: Option<u32>,
    /// Whether it runs a database over volumes that outlive its pods.
    pub database: bool,
    /// What it says about who may do what.
    pub access: Option<Box<AccessFacts>>,
}

/// Where another object can stand in a file, and what those that stand there say of namespaces.
#[derive(Clone, Debug)]
pub struct Room {
    /// The end of the file.
    pub tail: Tail,
    /// Namespaces that objects of the file name themselves; others come from a kustomization.
    pub namespaces: BTreeSet<String>,
}

impl Room {
    /// The room in a file of manifests.
    #[must_use]
    pub fn of(yaml: &Yaml) -> Option<Self> {
        let tail = yaml.tail()?;
        let objects = yaml.documents().flat_map(Object::all);
        Some(Self { tail, namespaces: objects.filter_map(|object| object.namespace().map(str::to_owned)).collect() })
    }
}

/// The directions in which a NetworkPolicy denies what it does not allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Isolation {
    /// Traffic into the pods.
    pub ingress: bool,
    /// Traffic out of the pods.
    pub egress: bool,
}

impl Isolation {
    /// What a NetworkPolicy isolates in its whole namespace; `None` when it selects only some pods or is another kind.
    #[must_use]
    pub fn of(object: Object<'_>) -> Option<Self> {
        if !object.is("networking.k8s.io", "NetworkPolicy") {
            return None;
        }
        let selector = object.at(&["spec", "podSelector"]);
        let every = selector.is_none_or(|selector| {
            let filled = |key| {
                selector.get(key).is_some_and(|node| node.entries().next().is_some() || node.items().next().is_some())
            };
            !filled("matchLabels") && !filled("matchExpressions")
        });
        if !every {
            return None;
        }
        let types = object.at(&["spec", "policyTypes"]);
        let listed = |name: &str| types.is_some_and(|types| types.items().any(|item| item.as_str() == Some(name)));
        Some(match types {
            Some(_) => Self { ingress: listed("Ingress"), egress: listed("Egress") },
            None => Self { ingress: true, egress: object.at(&["spec", "egress"]).is_some() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_opened_and_schemas_left_out() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}\n- {kind: none}\n";
        let yaml = Yaml::parse(text);
        let names: Vec<_> = yaml.documents().flat_map(Object::all).map(|object| object.name()).collect();
        assert_eq!(names, [Some("a")]);
    }

    #[test]
    fn isolation_needs_an_empty_selector() {
        let of = |spec: &str| {
            let yaml = Yaml::parse(format!("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {spec}\n"));
            yaml.documents().flat_map(Object::all).find_map(Isolation::of)
        };
        assert_eq!(of("{podSelector: {}}"), Some(Isolation { ingress: true, egress: false }));
        assert_eq!(of("{podSelector: {}, policyTypes: [Egress]}"), Some(Isolation { ingress: false, egress: true }));
        assert_eq!(of("{podSelector: {matchLabels: {a: b}}}"), None);
        assert_eq!(of("{podSelector: {matchLabels: {}}, egress: []}"), Some(Isolation { ingress: true, egress: true }));
    }
}
