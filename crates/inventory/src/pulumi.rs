//! Pulumi: what `pulumi preview --json` and `pulumi stack export` write, and programs in YAML.
//!
//! Pulumi's bridged providers are made from Terraform's, so that resources become the same [`Element`]s with
//! Terraform's kinds and names ([`kind_of`]). What an engine does not know yet and every secret is unknown.
//! Programs in other languages are not run: their outputs are what is read. Packages that are made from no provider
//! of Terraform (`azure-native`, `kubernetes`) are passed over, and [`unread`] says how many resources that are.
//!
//! Formats: the deployment of <https://www.pulumi.com/docs/iac/concepts/state-and-backends/>, version 3, as an export
//! or as the checkpoint of a backend of one's own, and the digest of a preview.

mod kinds;
mod program;
mod value;

use std::collections::{BTreeMap, HashSet};

use palisade_model::Span;

use crate::terraform::{Element, Entry, Key, Kind, Origin, Reference, Value};
use crate::yaml::{Entry as Pair, Node};
pub use kinds::kind_of;
pub use program::{is_program, program};
use value::Reader;

/// Resources of one file beyond this are not read; stacks of a few thousand are called large.
const RESOURCES_MAX: usize = 20_000;
/// Properties of one resource whose origins are looked up: each is searched for by its name.
const DEPENDENCIES_MAX: usize = 200;
/// Packages that a reason names.
const NAMED_MAX: usize = 3;
/// What the identifier of a resource begins with.
const URN: &str = "urn:pulumi:";

/// One resource of an output: its own node, and its identifier.
struct Resource<'y> {
    node: Node<'y>,
    urn: Node<'y>,
}

/// Whether a document is the output of a preview, an export or a checkpoint.
#[must_use]
pub fn is_output(root: Node<'_>) -> bool {
    let step = |step: Node<'_>| step.get_str("urn").is_some_and(|urn| urn.starts_with(URN));
    deployed(root).is_some() || root.get("steps").is_some_and(|steps| steps.items().any(step))
}

/// The resources of a deployment.
fn deployed(root: Node<'_>) -> Option<Node<'_>> {
    let resources = root.at(&["deployment", "resources"]).or_else(|| root.at(&["checkpoint", "latest", "resources"]));
    resources.filter(|resources| resources.is_sequence())
}

/// What stands, or will stand. What is to be deleted, and what is only read, is not.
fn resources(root: Node<'_>) -> impl Iterator<Item = Resource<'_>> {
    let deployed = deployed(root).into_iter().flat_map(Node::items).map(|node| (node, node.get("urn")));
    let steps = root.get("steps").into_iter().flat_map(Node::items);
    let planned = steps.filter_map(|step| {
        let state = step.get("newState").filter(|state| state.is_mapping())?;
        let gone = step.get_str("op").is_some_and(|op| op.starts_with("delete") || op.starts_with("discard"));
        (!gone).then(|| (state, state.get("urn").or_else(|| step.get("urn"))))
    });
    let holds = |node: Node<'_>, name: &str| node.get(name).and_then(Node::as_bool) == Some(true);
    deployed.chain(planned).take(RESOURCES_MAX).filter_map(move |(node, urn)| {
        let passed = holds(node, "external") || holds(node, "delete") || node.get_str("type").is_none();
        urn.filter(|_| !passed).map(|urn| Resource { node, urn })
    })
}

/// The elements of one instance. `source` is the number of the file in origins.
#[must_use]
pub fn elements(root: Node<'_>, source: u32, instance: u32) -> Vec<Element> {
    let mut reader = Reader::new(source);
    let mut seen = HashSet::new();
    let mut elements = Vec::new();
    for resource in resources(root) {
        let Some(urn) = resource.urn.as_str() else { continue };
        let Some(kind) = resource.node.get_str("type").and_then(kind_of) else { continue };
        // A replacement is listed once for each of its steps.
        if !seen.insert(urn) {
            continue;
        }
        let Some(set) = resource.node.get("inputs").or_else(|| resource.node.get("outputs")) else { continue };
        let mut entries = reader.properties(kind, set).as_object().map(<[Entry]>::to_vec).unwrap_or_default();
        depend(&mut entries, &resource, set, instance);
        if let Some(id) = resource.node.entry("id").filter(|id| id.value.as_str().is_some_and(|id| !id.is_empty()))
            && entries.iter().all(|entry| &*entry.key != "id")
        {
            let key_origin = Origin { source, span: id.key.span() };
            entries.push(Entry { key: "id".into(), key_origin, value: reader.value(id.value) });
        }
        let origin = |span: Span| Origin { source, span };
        let inside = resource.node.span().contains(resource.urn.span());
        let head = if inside { resource.urn.span() } else { resource.node.get("type").unwrap_or(set).span() };
        elements.push(Element {
            kind: kind.into(),
            name: urn.rsplit("::").next().unwrap_or(urn).into(),
            key: Key { instance, address: address(urn).into() },
            value: Value::object(entries, origin(set.span())),
            head: origin(head),
            whole: origin(resource.node.span()),
            maybe: false,
        });
    }
    elements
}

/// `aws:s3/bucket:Bucket::logs`: an identifier without stack and project.
fn address(urn: &str) -> &str {
    urn.strip_prefix(URN).and_then(|rest| rest.splitn(3, "::").nth(2)).unwrap_or(urn)
}

/// Makes references of what is not known yet and comes from one other resource that is read: the engine writes down
/// which. What is known names the other by itself.
fn depend(entries: &mut [Entry], resource: &Resource<'_>, set: Node<'_>, instance: u32) {
    let dependencies = resource.node.get("propertyDependencies").into_iter().flat_map(Node::entries);
    for Pair { key, value: urns } in dependencies.take(DEPENDENCIES_MAX) {
        let mut urns = urns.items();
        let (Some(only), None) = (urns.next().and_then(Node::as_str), urns.next()) else { continue };
        let to = address(only);
        let named = to.split("::").next().and_then(|types| types.rsplit('$').next());
        if named.and_then(kind_of).is_none() {
            continue;
        }
        let Some(span) = key.as_str().and_then(|name| set.entry(name)).map(|entry| entry.key.span()) else { continue };
        let Some(entry) = entries.iter_mut().find(|entry| entry.key_origin.span == span) else { continue };
        let refer = |value: &Value| {
            let to = Key { instance, address: to.into() };
            let reference = Reference { to, attribute: "".into(), known: None };
            Value::new(Kind::Reference(reference.into()), value.origin)
        };
        entry.value = match (&entry.value.kind, entry.value.as_list()) {
            (Kind::Unknown, _) => refer(&entry.value),
            (_, Some([item])) if matches!(item.kind, Kind::Unknown) => {
                Value::list(vec![refer(item)], entry.value.origin)
            }
            _ => continue,
        };
    }
}

/// What no excerpt may show: every secret, whatever its name.
#[must_use]
pub fn secrets(root: Node<'_>) -> Vec<Span> {
    let nodes = root.yaml().nodes().filter(|node| node.is_mapping());
    nodes.filter(|node| node.get(value::SIGNATURE).is_some()).map(Node::span).collect()
}

/// Why an output is read in part, when it is: too many resources, or some of packages that no provider of Terraform
/// stands behind.
#[must_use]
pub fn unread(root: Node<'_>) -> Option<String> {
    let listed = deployed(root).or_else(|| root.get("steps")).map_or(0, |list| list.items().count());
    if listed > RESOURCES_MAX {
        return Some(format!("{listed} resources, of which the first {RESOURCES_MAX} are judged"));
    }
    let mut passed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = 0_usize;
    let types: Vec<&str> = match root.get("resources").filter(|_| is_program(root)) {
        Some(own) => own.entries().filter_map(|entry| entry.value.get_str("type")).take(RESOURCES_MAX).collect(),
        None => {
            let custom = |node: Node<'_>| node.get("custom").and_then(Node::as_bool) == Some(true);
            let custom = resources(root).filter(|resource| custom(resource.node));
            custom.filter_map(|resource| resource.node.get_str("type")).collect()
        }
    };
    for name in types {
        count += 1;
        let package = name.split(':').next().unwrap_or(name);
        if !kinds::is_read(package) {
            *passed.entry(package).or_default() += 1;
        }
    }
    let sum: usize = passed.values().sum();
    if sum == 0 {
        return None;
    }
    let more = if passed.len() > NAMED_MAX { " and others" } else { "" };
    let names: Vec<&str> = passed.into_keys().take(NAMED_MAX).collect();
    Some(format!("{sum} of {count} resources are of packages that are not judged: {}{more}", names.join(", ")))
}

#[cfg(test)]
mod tests;
