//! Values copied from one object to others: `replacements`, the older `vars`, and the configuration files that say
//! where names and namespaces stand in custom objects.

use super::load::{Batch, File, selects};
use super::names::Reference;
use super::transform::{Field, field, visit};
use super::{Fault, Kitchen, Rendering, Resource, join};
use crate::tree::{Origin, Tree, Value};
use crate::yaml::Node;

/// What configuration files and `vars` of a rendering settled.
#[derive(Default)]
pub(super) struct Settled {
    /// More places of names.
    pub(super) references: Vec<Reference>,
    /// More places of namespaces.
    pub(super) namespaces: Vec<Field>,
    /// More places of common labels.
    pub(super) labels: Vec<Field>,
    /// More places of variables, for kinds that are left alone otherwise.
    pub(super) places: Vec<Field>,
    /// Variables.
    pub(super) variables: Vec<Variable>,
}

/// A variable: its name, and the value's place in some object.
pub(super) struct Variable {
    name: String,
    kind: String,
    object: String,
    path: Vec<String>,
}

impl Settled {
    /// Reads the `configurations` and `vars` of a kustomization.
    pub(super) fn configure(&mut self, kitchen: &mut Kitchen<'_>, rendering: &mut Rendering, file: &File) {
        for node in file.items("configurations") {
            let Some(path) = node.as_str().and_then(|text| join(&file.folder, text)) else { continue };
            let Some(source) = kitchen.source(&path).and_then(|number| kitchen.at(number)) else { continue };
            rendering.used.insert(path);
            let Some(root) = source.yaml.root() else { continue };
            for reference in root.get("nameReference").into_iter().flat_map(Node::items) {
                let kind = reference.get_str("kind").unwrap_or("").to_owned();
                let fields = reference.get("fieldSpecs").into_iter().flat_map(Node::items);
                self.references.extend(fields.map(|node| Reference { kind: kind.clone(), field: field(node) }));
            }
            self.labels.extend(root.get("commonLabels").into_iter().flat_map(Node::items).map(field));
            self.places.extend(root.get("varReference").into_iter().flat_map(Node::items).map(field));
            self.namespaces.extend(root.get("namespace").into_iter().flat_map(Node::items).map(field));
        }
        for node in file.items("vars") {
            let text = |keys: &[&str]| node.at(keys).and_then(Node::as_str).unwrap_or("").to_owned();
            let path = text(&["fieldref", "fieldpath"])
                + &text(&["fieldref", "fieldPath"])
                + &text(&["fieldRef", "fieldPath"]);
            let path = if path.is_empty() { "metadata.name" } else { &path };
            self.variables.push(Variable {
                name: text(&["name"]),
                kind: text(&["objref", "kind"]) + &text(&["objRef", "kind"]),
                object: text(&["objref", "name"]) + &text(&["objRef", "name"]),
                path: split(path),
            });
        }
    }
}

/// Puts the values of variables for `$(NAME)`, wherever it stands outside of data.
pub(super) fn variables(resources: &mut [Resource], settled: &Settled) {
    let variables = &settled.variables;
    let mut values = Vec::new();
    for variable in variables {
        let meant = |one: &&Resource| one.kind() == variable.kind && one.was_called(&variable.object);
        let value =
            resources.iter().find(meant).and_then(|one| lookup(&one.tree, &variable.path)).and_then(Tree::as_str);
        if let Some(value) = value {
            values.push((format!("$({})", variable.name), value.to_owned()));
        }
    }
    if values.is_empty() {
        return;
    }
    for resource in resources.iter_mut() {
        if !matches!(resource.kind(), "ConfigMap" | "Secret") {
            substitute(&mut resource.tree, &values);
            continue;
        }
        let kind = resource.kind().to_owned();
        for place in settled.places.iter().filter(|place| place.kind == kind) {
            let path: Vec<&str> = place.path.iter().map(String::as_str).collect();
            visit(&mut resource.tree, &path, false, Origin::default(), &mut |tree| substitute(tree, &values));
        }
    }
}

fn substitute(tree: &mut Tree, values: &[(String, String)]) {
    match &mut tree.value {
        Value::Scalar(text, _) if text.contains("$(") => {
            let mut new = text.to_string();
            for (name, value) in values {
                new = new.replace(name, value);
            }
            tree.value = Value::Scalar(new.into(), false);
        }
        Value::Scalar(..) => {}
        Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| substitute(value, values)),
        Value::List(items) => items.iter_mut().for_each(|item| substitute(item, values)),
    }
}

/// Applies the `replacements` of a kustomization.
pub(super) fn replacements(batch: &mut Batch<'_, '_>, file: &File, resources: &mut [Resource]) -> Result<(), Fault> {
    for node in file.items("replacements") {
        if let Some(path) = node.get("path") {
            let Some(target) = path.as_str().and_then(|text| join(&file.folder, text)) else { continue };
            let source = batch.kitchen.source(&target).and_then(|number| batch.kitchen.at(number));
            let source = source.ok_or_else(|| file.fault(path.span(), "this file does not exist or is no text"))?;
            batch.rendering.used.insert(target);
            for root in source.yaml.documents() {
                if root.is_sequence() {
                    root.items().for_each(|item| replacement(item, resources));
                } else {
                    replacement(root, resources);
                }
            }
        } else {
            replacement(node, resources);
        }
    }
    Ok(())
}

fn replacement(node: Node<'_>, resources: &mut [Resource]) {
    let Some(source) = node.get("source") else { return };
    let path = split(source.get_str("fieldPath").unwrap_or("metadata.name"));
    let found =
        resources.iter().find(|resource| selects(source, resource)).and_then(|resource| lookup(&resource.tree, &path));
    let Some(mut value) = found.cloned() else { return };
    let part = |options: Option<Node<'_>>| {
        let options = options?;
        let index = options.get("index").and_then(Node::as_i64).unwrap_or(0);
        Some((options.get_str("delimiter")?.to_owned(), usize::try_from(index).ok()?))
    };
    if let (Some((delimiter, index)), Some(text)) = (part(source.get("options")), value.as_str()) {
        value = Tree::text(text.split(delimiter.as_str()).nth(index).unwrap_or(text), value.origin);
    }
    for target in node.get("targets").into_iter().flat_map(Node::items) {
        let create = target.at(&["options", "create"]).and_then(Node::as_bool) == Some(true);
        let paths: Vec<_> =
            target.get("fieldPaths").into_iter().flat_map(Node::items).filter_map(Node::as_str).map(split).collect();
        for resource in resources.iter_mut() {
            let rejected =
                target.get("reject").into_iter().flat_map(Node::items).any(|reject| selects(reject, resource));
            if rejected || !target.get("select").is_some_and(|select| selects(select, resource)) {
                continue;
            }
            resource.remember();
            let default = [split("metadata.name")];
            let paths = if paths.is_empty() { &default[..] } else { &paths };
            for path in paths {
                let part = part(target.get("options"));
                set_at(&mut resource.tree, path, create, value.origin, &mut |old| {
                    let Some((delimiter, index)) = &part else { return *old = value.clone() };
                    let new = value.as_str().unwrap_or("");
                    let mut parts: Vec<&str> = old.as_str().unwrap_or("").split(delimiter.as_str()).collect();
                    match parts.get_mut(*index) {
                        Some(part) => *part = new,
                        None => parts.push(new),
                    }
                    *old = Tree::text(&parts.join(delimiter), value.origin);
                });
            }
        }
    }
}

/// The steps of a field path: parts between dots; `[a.b]` and `[name=x]` keep their dots.
fn split(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut depth = 0_u32;
    let mut escaped = false;
    for character in path.chars() {
        match character {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '.' if depth == 0 && !escaped => steps.push(String::new()),
            '[' => {
                depth += 1;
                if depth == 1 && steps.last().is_some_and(|step| !step.is_empty()) {
                    steps.push(String::new());
                }
                steps.last_mut().into_iter().for_each(|step| step.push('['));
            }
            ']' => {
                depth = depth.saturating_sub(1);
                steps.last_mut().into_iter().for_each(|step| step.push(']'));
            }
            other => steps.last_mut().into_iter().for_each(|step| step.push(other)),
        }
        escaped = false;
    }
    steps.retain(|step| !step.is_empty());
    steps
}

fn bracketed(step: &str) -> &str {
    step.strip_prefix('[').and_then(|step| step.strip_suffix(']')).unwrap_or(step)
}

fn fits(item: &Tree, condition: &str) -> bool {
    condition.split_once('=').is_some_and(|(key, value)| item.str_at(&[key]) == Some(value))
}

fn lookup<'t>(tree: &'t Tree, path: &[String]) -> Option<&'t Tree> {
    path.iter().try_fold(tree, |tree, step| {
        let step = bracketed(step);
        match &tree.value {
            Value::Map(_) => tree.get(step),
            Value::List(items) => match step.parse::<usize>() {
                Ok(at) => items.get(at),
                Err(_) => items.iter().find(|item| fits(item, step)),
            },
            Value::Scalar(..) => None,
        }
    })
}

fn set_at(tree: &mut Tree, path: &[String], create: bool, origin: Origin, act: &mut dyn FnMut(&mut Tree)) {
    let Some((step, rest)) = path.split_first() else { return act(tree) };
    let step = bracketed(step);
    if let Some(items) = tree.items_mut() {
        for (at, item) in items.iter_mut().enumerate() {
            if step == "*" || step.parse() == Ok(at) || fits(item, step) {
                set_at(item, rest, create, origin, act);
            }
        }
        return;
    }
    if step == "*" {
        return tree
            .entries_mut()
            .into_iter()
            .flatten()
            .for_each(|(_, value)| set_at(value, rest, create, origin, act));
    }
    if create && tree.get(step).is_none() {
        let new = if rest.is_empty() { Tree::text("", origin) } else { Tree::map(origin) };
        tree.set(step, origin, new);
    }
    if let Some(inner) = tree.get_mut(step) {
        set_at(inner, rest, create, origin, act);
    }
}
