//! Names that follow the objects they name: content hashes, and references from one object to another.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Resource;
use super::transform::{Field, visit};
use crate::tree::{Origin, Tree};

/// References to objects of a kind.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// The kind that is named.
    pub(super) kind: String,
    /// Where it is named.
    pub(super) field: Field,
}

/// Where pod specifications name other objects.
const IN_PODS: [(&str, &str); 17] = [
    ("ConfigMap", "volumes/configMap/name"),
    ("ConfigMap", "volumes/projected/sources/configMap/name"),
    ("ConfigMap", "containers/env/valueFrom/configMapKeyRef/name"),
    ("ConfigMap", "initContainers/env/valueFrom/configMapKeyRef/name"),
    ("ConfigMap", "containers/envFrom/configMapRef/name"),
    ("ConfigMap", "initContainers/envFrom/configMapRef/name"),
    ("Secret", "volumes/secret/secretName"),
    ("Secret", "volumes/projected/sources/secret/name"),
    ("Secret", "containers/env/valueFrom/secretKeyRef/name"),
    ("Secret", "initContainers/env/valueFrom/secretKeyRef/name"),
    ("Secret", "containers/envFrom/secretRef/name"),
    ("Secret", "initContainers/envFrom/secretRef/name"),
    ("Secret", "imagePullSecrets/name"),
    ("ServiceAccount", "serviceAccountName"),
    ("ServiceAccount", "serviceAccount"),
    ("PersistentVolumeClaim", "volumes/persistentVolumeClaim/claimName"),
    ("PriorityClass", "priorityClassName"),
];

/// Where other objects name objects: kind named, kind that names, path.
const ELSEWHERE: [(&str, &str, &str); 16] = [
    ("Secret", "Ingress", "spec/tls/secretName"),
    ("Secret", "ServiceAccount", "imagePullSecrets/name"),
    ("Secret", "ServiceAccount", "secrets/name"),
    ("Service", "StatefulSet", "spec/serviceName"),
    ("Service", "Ingress", "spec/rules/http/paths/backend/serviceName"),
    ("Service", "Ingress", "spec/rules/http/paths/backend/service/name"),
    ("Service", "Ingress", "spec/defaultBackend/service/name"),
    ("Service", "Ingress", "spec/backend/serviceName"),
    ("Deployment", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),
    ("StatefulSet", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),
    ("Role", "RoleBinding", "roleRef/name"),
    ("ClusterRole", "RoleBinding", "roleRef/name"),
    ("ClusterRole", "ClusterRoleBinding", "roleRef/name"),
    ("PersistentVolume", "PersistentVolumeClaim", "spec/volumeName"),
    ("IngressClass", "Ingress", "spec/ingressClassName"),
    ("StorageClass", "PersistentVolumeClaim", "spec/storageClassName"),
];

/// Appends the hash of their content to the names of generated objects.
pub(super) fn add_hashes(resources: &mut [Resource]) {
    for resource in resources.iter_mut().filter(|resource| resource.hashed) {
        let hash = hash(resource);
        resource.remember();
        let name = format!("{}-{hash}", resource.name());
        if let Some(metadata) = resource.tree.get_mut("metadata") {
            let origin = metadata.get("name").map_or(Origin::default(), |name| name.origin);
            metadata.set("name", origin, Tree::text(&name, origin));
        }
    }
}

/// kustomize's hash: SHA-256 over JSON with sorted keys, ten hexadecimal digits spelled without vowels.
fn hash(resource: &Resource) -> String {
    let table = |key: &str| {
        let mut entries: Vec<_> = resource.tree.get(key).map_or(&[][..], Tree::entries).iter().collect();
        entries.sort_by(|left, right| left.0.text.cmp(&right.0.text));
        let pairs =
            entries.iter().map(|(key, value)| format!("{}:{}", json(&key.text), json(value.as_str().unwrap_or(""))));
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
    };
    let data = if resource.tree.get("data").is_some() { table("data") } else { "\"\"".to_owned() };
    let mut text = String::from("{");
    if resource.tree.get("binaryData").is_some() {
        let _ = write!(text, "\"binaryData\":{},", table("binaryData"));
    }
    // kustomize means to put the name here, and puts nothing.
    let _ = write!(text, "\"data\":{data},\"kind\":\"{}\",\"name\":\"\"", resource.kind());
    if resource.kind() == "Secret" {
        let _ = write!(text, ",\"type\":{}", json(resource.tree.str_at(&["type"]).unwrap_or("")));
    }
    text.push('}');
    let digest = Sha256::digest(text.as_bytes());
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).take(10);
    digits.filter_map(|digit| "gh2k456789mbcdtf".chars().nth(digit.into())).collect()
}

/// A string as Go's encoder writes it.
fn json(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", character as u32);
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// The names that an object had, and the one it has.
struct Known {
    kind: String,
    past: Vec<(String, String)>,
    name: String,
    namespace: String,
}

/// Makes every reference follow the object it names.
pub(super) fn fix_references(resources: &mut [Resource], more: &[Reference]) {
    let known: Vec<Known> = resources
        .iter()
        .map(|resource| Known {
            kind: resource.kind().to_owned(),
            past: resource.past.clone(),
            name: resource.name().to_owned(),
            namespace: resource.namespace().to_owned(),
        })
        .collect();
    for resource in resources.iter_mut() {
        let kind = resource.kind().to_owned();
        let space =
            (resource.namespace().to_owned(), resource.past.first().map_or(String::new(), |(_, past)| past.clone()));
        let pod: &[&str] = match kind.as_str() {
            "Pod" => &["spec"],
            "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" | "Job" | "ReplicationController" => {
                &["spec", "template", "spec"]
            }
            "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
            _ => &[],
        };
        let mut follow = |path: &[&str], wanted: &str| {
            let (Some((last, path)), Some(origin)) = (path.split_last(), Some(Origin::default())) else { return };
            visit(&mut resource.tree, path, false, origin, &mut |holder| {
                if *last == "name" && path.last() == Some(&"roleRef") && holder.str_at(&["kind"]) != Some(wanted) {
                    return;
                }
                if *last == "name" && path.last() == Some(&"scaleTargetRef") && holder.str_at(&["kind"]) != Some(wanted)
                {
                    return;
                }
                let Some(old) = holder.get(last).and_then(Tree::as_str) else { return };
                if let Some(target) =
                    target(&known, wanted, old, &space.0, &space.1).filter(|target| target.name != old)
                {
                    let at = holder.get(last).map_or(origin, |old| old.origin);
                    let name = Tree::text(&target.name, at);
                    holder.set(last, at, name);
                }
            });
        };
        if !pod.is_empty() {
            for (wanted, path) in IN_PODS {
                let path: Vec<&str> = pod.iter().copied().chain(path.split('/')).collect();
                follow(&path, wanted);
            }
        }
        for (wanted, from, path) in ELSEWHERE {
            if from == kind {
                follow(&path.split('/').collect::<Vec<_>>(), wanted);
            }
        }
        for reference in more.iter().filter(|reference| reference.field.kind.is_empty() || reference.field.kind == kind)
        {
            follow(&reference.field.path.iter().map(String::as_str).collect::<Vec<_>>(), &reference.kind);
        }
        match kind.as_str() {
            "RoleBinding" | "ClusterRoleBinding" => follow_pairs(resource, &["subjects"], "ServiceAccount", &known),
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => {
                follow_pairs(resource, &["webhooks", "clientConfig", "service"], "Service", &known);
            }
            "APIService" => follow_pairs(resource, &["spec", "service"], "Service", &known),
            _ => {}
        }
    }
}

/// The object that a name means: of the same namespace when there are several.
fn target<'k>(known: &'k [Known], kind: &str, name: &str, namespace: &str, was: &str) -> Option<&'k Known> {
    let called = |one: &&Known| one.kind == kind && one.past.iter().any(|(past, _)| past == name);
    let near = |one: &&Known| one.namespace == namespace || one.past.iter().any(|(past, at)| past == name && at == was);
    let mut close = known.iter().filter(called).filter(near);
    match (close.next(), close.next()) {
        (Some(one), None) => return Some(one),
        (Some(_), Some(_)) => return None,
        _ => {}
    }
    let mut any = known.iter().filter(called);
    match (any.next(), any.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// References that carry a name and a namespace.
fn follow_pairs(resource: &mut Resource, path: &[&str], wanted: &str, known: &[Known]) {
    visit(&mut resource.tree, path, false, Origin::default(), &mut |holder| {
        let text = |key: &str| holder.str_at(&[key]).unwrap_or("").to_owned();
        let (name, namespace) = (text("name"), text("namespace"));
        if wanted == "ServiceAccount" && text("kind") != wanted {
            return;
        }
        let meant = |one: &&Known| {
            let then = |(past, at): &(String, String)| *past == name && *at == namespace;
            one.kind == wanted && (one.past.iter().any(then) || one.name == name && one.namespace == namespace)
        };
        let mut found = known.iter().filter(meant);
        let (Some(target), None) = (found.next(), found.next()) else { return };
        let at = |key: &str| holder.get(key).map_or(holder.origin, |old| old.origin);
        let (at_name, at_namespace) = (at("name"), at("namespace"));
        holder.set("name", at_name, Tree::text(&target.name, at_name));
        if !target.namespace.is_empty() {
            holder.set("namespace", at_namespace, Tree::text(&target.namespace, at_namespace));
        }
    });
}
