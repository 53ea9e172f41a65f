//! The transformers that change every object: names, namespaces, labels, annotations, images, replicas.

use super::Resource;
use super::load::File;
use super::replace::Settled;
use crate::tree::{Origin, Tree, Value};
use crate::yaml::Node;

/// A place in objects of some kinds, as kustomize's configuration files name them.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    /// Kind; empty for all.
    pub(super) kind: String,
    /// Group; empty for all.
    pub(super) group: String,
    /// Keys; lists are passed through.
    pub(super) path: Vec<String>,
    /// Whether the place is made when it is not there.
    pub(super) create: bool,
}

/// Kinds that belong to no namespace.
const CLUSTER_WIDE: [&str; 22] = [
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "CustomResourceDefinition",
    "FlowSchema",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PodSecurityPolicy",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];

/// Kinds with a pod template under `spec.template`.
const TEMPLATED: [&str; 6] = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "ReplicationController"];

pub(super) fn apply(file: &File, resources: &mut [Resource], settled: &Settled) {
    let Some(root) = file.root() else { return };
    if let Some(namespace) = root.get("namespace").filter(|node| node.as_str().is_some()) {
        resources.iter_mut().for_each(|resource| set_namespace(file, namespace, resource, &settled.namespaces));
    }
    if let Some(prefix) = root.get("namePrefix") {
        rename(file, prefix, resources, |prefix, name| format!("{prefix}{name}"));
    }
    if let Some(suffix) = root.get("nameSuffix") {
        rename(file, suffix, resources, |suffix, name| format!("{name}{suffix}"));
    }
    for label in file.items("labels") {
        let flag = |key: &str| label.get(key).and_then(Node::as_bool) == Some(true);
        let fields: Vec<Field> = label.get("fields").into_iter().flat_map(Node::items).map(field).collect();
        for pair in label.get("pairs").into_iter().flat_map(Node::entries) {
            for resource in resources.iter_mut() {
                set_labels(file, pair.key, pair.value, resource, flag("includeSelectors"), flag("includeTemplates"));
                extra_fields(file, pair.key, pair.value, resource, &fields);
            }
        }
    }
    for pair in root.get("commonLabels").into_iter().flat_map(Node::entries) {
        for resource in resources.iter_mut() {
            set_labels(file, pair.key, pair.value, resource, true, true);
            extra_fields(file, pair.key, pair.value, resource, &settled.labels);
        }
    }
    for pair in root.get("commonAnnotations").into_iter().flat_map(Node::entries) {
        resources.iter_mut().for_each(|resource| set_annotation(file, pair.key, pair.value, resource));
    }
    for replica in file.items("replicas") {
        let (Some(name), Some(count)) = (replica.get_str("name"), replica.get("count")) else { continue };
        for resource in resources.iter_mut().filter(|resource| resource.was_called(name)) {
            if matches!(resource.kind(), "Deployment" | "ReplicationController" | "ReplicaSet" | "StatefulSet") {
                put(&mut resource.tree, &["spec"], "replicas", file, count, true);
            }
        }
    }
    for image in file.items("images") {
        for resource in resources.iter_mut().filter(|resource| resource.kind() != "CustomResourceDefinition") {
            set_images(file, image, &mut resource.tree);
        }
    }
}

/// Reads a field from a configuration.
pub(super) fn field(node: Node<'_>) -> Field {
    let text = |key: &str| node.get_str(key).unwrap_or("").to_owned();
    Field {
        kind: text("kind"),
        group: text("group"),
        path: text("path").split('/').map(str::to_owned).collect(),
        create: node.get("create").and_then(Node::as_bool) == Some(true),
    }
}

impl Field {
    /// Whether it is a place in this object.
    pub(super) fn is_in(&self, resource: &Resource) -> bool {
        (self.kind.is_empty() || self.kind == resource.kind())
            && (self.group.is_empty() || self.group == resource.group())
    }
}

/// Visits the values at the end of a path, lists passed through, mappings made on the way when `create`.
pub(super) fn visit(tree: &mut Tree, path: &[&str], create: bool, origin: Origin, act: &mut dyn FnMut(&mut Tree)) {
    if let Some(items) = tree.items_mut() {
        return items.iter_mut().for_each(|item| visit(item, path, create, origin, act));
    }
    let Some((first, rest)) = path.split_first() else { return act(tree) };
    if create && tree.get(first).is_none_or(Tree::is_null) {
        tree.set(first, origin, Tree::map(origin));
    }
    if let Some(inner) = tree.get_mut(first) {
        visit(inner, rest, create, origin, act);
    }
}

fn put(tree: &mut Tree, path: &[&str], key: &str, file: &File, value: Node<'_>, create: bool) {
    let origin = file.place(value.span());
    visit(tree, path, create, origin, &mut |holder| {
        holder.set(key, origin, file.tree(value, &mut 64));
    });
}

fn set_namespace(file: &File, namespace: Node<'_>, resource: &mut Resource, fields: &[Field]) {
    resource.remember();
    let origin = file.place(namespace.span());
    let text = namespace.as_str().unwrap_or("");
    let value = Tree::text(text, origin);
    let kind = resource.kind().to_owned();
    let set = |tree: &mut Tree, path: &[&str], key: &str, create: bool| {
        visit(tree, path, create, origin, &mut |holder| holder.set(key, origin, value.clone()));
    };
    match kind.as_str() {
        "Namespace" => set(&mut resource.tree, &["metadata"], "name", true),
        "APIService" => set(&mut resource.tree, &["spec", "service"], "namespace", false),
        kind if CLUSTER_WIDE.contains(&kind) => {}
        _ => set(&mut resource.tree, &["metadata"], "namespace", true),
    }
    if matches!(kind.as_str(), "RoleBinding" | "ClusterRoleBinding") {
        visit(&mut resource.tree, &["subjects"], false, origin, &mut |subject| {
            if subject.str_at(&["kind"]) == Some("ServiceAccount") && subject.str_at(&["name"]) == Some("default") {
                subject.set("namespace", origin, value.clone());
            }
        });
    }
    for field in fields.iter().filter(|field| field.is_in(resource)).cloned().collect::<Vec<_>>() {
        let keys: Vec<&str> = field.path.iter().map(String::as_str).collect();
        if let Some((last, path)) = keys.split_last() {
            visit(&mut resource.tree, path, field.create, origin, &mut |holder| {
                if field.create || holder.get(last).is_some() {
                    holder.set(last, origin, value.clone());
                }
            });
        }
    }
}

fn rename(file: &File, part: Node<'_>, resources: &mut [Resource], join: fn(&str, &str) -> String) {
    let Some(text) = part.as_str().filter(|text| !text.is_empty()) else { return };
    for resource in resources.iter_mut() {
        if matches!(resource.kind(), "CustomResourceDefinition" | "APIService" | "Namespace") {
            continue;
        }
        resource.remember();
        let name = join(text, resource.name());
        let origin = file.place(part.span());
        if let Some(metadata) = resource.tree.get_mut("metadata") {
            // The object keeps its place; only the text changes.
            let old = metadata.get("name").map_or(origin, |name| name.origin);
            metadata.set("name", old, Tree::text(&name, old));
        }
    }
}

fn set_labels(file: &File, key: Node<'_>, value: Node<'_>, resource: &mut Resource, selectors: bool, templates: bool) {
    let kind = resource.kind().to_owned();
    let kind = kind.as_str();
    let name = key.as_str().unwrap_or("");
    let tree = &mut resource.tree;
    let mut at = |path: &[&str], create: bool| put(tree, path, name, file, value, create);
    at(&["metadata", "labels"], true);
    if selectors || templates {
        if TEMPLATED.contains(&kind) {
            at(&["spec", "template", "metadata", "labels"], true);
        }
        if kind == "CronJob" {
            at(&["spec", "jobTemplate", "metadata", "labels"], true);
            at(&["spec", "jobTemplate", "spec", "template", "metadata", "labels"], true);
        }
        if kind == "StatefulSet" {
            visit_claims(tree, name, file, value);
        }
    }
    let mut at = |path: &[&str], create: bool| put(tree, path, name, file, value, create);
    if !selectors {
        return;
    }
    match kind {
        "Service" | "ReplicationController" => at(&["spec", "selector"], true),
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" => at(&["spec", "selector", "matchLabels"], true),
        "Job" | "PodDisruptionBudget" => at(&["spec", "selector", "matchLabels"], false),
        "CronJob" => at(&["spec", "jobTemplate", "spec", "selector", "matchLabels"], false),
        "NetworkPolicy" => {
            at(&["spec", "podSelector", "matchLabels"], false);
            at(&["spec", "ingress", "from", "podSelector", "matchLabels"], false);
            at(&["spec", "egress", "to", "podSelector", "matchLabels"], false);
        }
        _ => {}
    }
    if matches!(kind, "Deployment" | "StatefulSet") {
        for affinity in ["podAffinity", "podAntiAffinity"] {
            let start = ["spec", "template", "spec", "affinity", affinity];
            let soft =
                ["preferredDuringSchedulingIgnoredDuringExecution", "podAffinityTerm", "labelSelector", "matchLabels"];
            let hard = ["requiredDuringSchedulingIgnoredDuringExecution", "labelSelector", "matchLabels"];
            at(&[&start[..], &soft[..]].concat(), false);
            at(&[&start[..], &hard[..]].concat(), false);
        }
        at(&["spec", "template", "spec", "topologySpreadConstraints", "labelSelector", "matchLabels"], false);
    }
}

fn visit_claims(tree: &mut Tree, name: &str, file: &File, value: Node<'_>) {
    let claims = tree.get_mut("spec").and_then(|spec| spec.get_mut("volumeClaimTemplates")).and_then(Tree::items_mut);
    for claim in claims.into_iter().flatten() {
        put(claim, &["metadata", "labels"], name, file, value, true);
    }
}

fn extra_fields(file: &File, key: Node<'_>, value: Node<'_>, resource: &mut Resource, fields: &[Field]) {
    for field in fields {
        if field.is_in(resource) {
            let path: Vec<&str> = field.path.iter().map(String::as_str).collect();
            put(&mut resource.tree, &path, key.as_str().unwrap_or(""), file, value, field.create);
        }
    }
}

fn set_annotation(file: &File, key: Node<'_>, value: Node<'_>, resource: &mut Resource) {
    let name = key.as_str().unwrap_or("");
    let kind = resource.kind().to_owned();
    let tree = &mut resource.tree;
    put(tree, &["metadata", "annotations"], name, file, value, true);
    if TEMPLATED.contains(&kind.as_str()) {
        put(tree, &["spec", "template", "metadata", "annotations"], name, file, value, true);
    }
    if kind == "CronJob" {
        put(tree, &["spec", "jobTemplate", "metadata", "annotations"], name, file, value, true);
        put(tree, &["spec", "jobTemplate", "spec", "template", "metadata", "annotations"], name, file, value, true);
    }
}

/// Changes the image of every item of a `containers` or `initContainers` list, wherever it stands.
fn set_images(file: &File, change: Node<'_>, tree: &mut Tree) {
    match &mut tree.value {
        Value::Map(entries) => {
            for (key, value) in entries.iter_mut() {
                if matches!(&*key.text, "containers" | "initContainers") {
                    for container in value.items_mut().into_iter().flatten() {
                        if let Some(image) = container.get_mut("image") {
                            set_image(file, change, image);
                        }
                    }
                }
                set_images(file, change, value);
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| set_images(file, change, item)),
        Value::Scalar(..) => {}
    }
}

fn set_image(file: &File, change: Node<'_>, image: &mut Tree) {
    let Some(text) = image.as_str() else { return };
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
    let name_at = rest.rfind('/').map_or(0, |at| at + 1);
    let colon = rest.get(name_at..).and_then(|name| name.find(':')).map(|at| name_at + at);
    let (name, tag) = colon.map_or((rest, None), |at| (rest.get(..at).unwrap_or(rest), rest.get(at + 1..)));
    if change.get_str("name") != Some(name) {
        return;
    }
    let given = |key: &str| change.get(key).filter(|node| node.as_str().is_some_and(|text| !text.is_empty()));
    let (new_name, new_tag, new_digest) = (given("newName"), given("newTag"), given("digest"));
    let mut whole = new_name.and_then(Node::as_str).unwrap_or(name).to_owned();
    let (tag, digest) = match (new_tag.and_then(Node::as_str), new_digest.and_then(Node::as_str)) {
        (None, None) => (tag, digest),
        (tag, digest) => (tag, digest),
    };
    if let Some(tag) = tag {
        whole.push(':');
        whole.push_str(tag);
    }
    if let Some(digest) = digest {
        whole.push('@');
        whole.push_str(digest);
    }
    let origin = new_digest.or(new_tag).or(new_name).map_or(image.origin, |node| file.place(node.span()));
    *image = Tree::text(&whole, origin);
}
