//! Programs in YAML: `Pulumi.yaml` with resources, evaluated as far as the file alone allows.
//!
//! Settings count with their defaults; functions of providers, files and what only a deployment gives are unknown.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::cloudformation::plain;
use crate::terraform::{Element, Entry, Key, Kind, Origin, Reference, Value};
use crate::yaml::Node;

use super::kinds;

/// Resources of one program beyond this are not read.
const RESOURCES_MAX: usize = 2_000;
/// Values made of one program: variables are read again at each use, so this bounds blow-ups.
const STEPS_MAX: usize = 500_000;
/// Values inside each other.
const DEPTH_MAX: usize = 60;
/// Bytes of one text that is put together.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// Whether a document is a program: it has resources with types such as `aws:s3:Bucket`.
#[must_use]
pub fn is_program(root: Node<'_>) -> bool {
    let typed = |node: Node<'_>| node.get_str("type").is_some_and(|name| name.contains(':') && !name.contains("::"));
    root.get("resources").is_some_and(|resources| resources.entries().any(|entry| typed(entry.value)))
}

/// The resources of a program as elements of one instance. `source` is the number of the file in origins.
#[must_use]
pub fn program(root: Node<'_>, source: u32, instance: u32) -> Vec<Element> {
    let mut evaluator = Evaluator::new(root, source, instance);
    let mut elements = Vec::new();
    for entry in root.get("resources").into_iter().flat_map(Node::entries).take(RESOURCES_MAX) {
        let (Some(name), Some(kind)) = (entry.key.as_str(), entry.value.get_str("type").and_then(super::kind_of))
        else {
            continue;
        };
        // What is only looked up.
        if entry.value.get("get").is_some() {
            continue;
        }
        let origin = |span| Origin { source, span };
        let properties = entry.value.get("properties");
        let value = match properties.map(|properties| evaluator.value(Some(kind), properties)) {
            Some(value) if value.as_object().is_some() => value,
            Some(value) => Value::unknown(value.origin),
            None => Value::object(Vec::new(), origin(entry.key.span())),
        };
        elements.push(Element {
            kind: kind.into(),
            name: name.into(),
            key: Key { instance, address: name.into() },
            value,
            head: origin(entry.key.span()),
            whole: origin(entry.key.span().to(entry.value.span())),
            maybe: false,
        });
    }
    elements
}

struct Evaluator<'y> {
    resources: HashSet<&'y str>,
    variables: HashMap<&'y str, Node<'y>>,
    /// What the settings are when nobody sets them.
    settings: HashMap<&'y str, Node<'y>>,
    source: u32,
    instance: u32,
    steps: usize,
    depth: usize,
}

impl<'y> Evaluator<'y> {
    fn new(root: Node<'y>, source: u32, instance: u32) -> Self {
        let named = |section: &str| {
            let entries = root.get(section).into_iter().flat_map(Node::entries);
            entries.filter_map(|entry| Some((entry.key.as_str()?, entry.value))).collect::<Vec<_>>()
        };
        let settings = named("configuration").into_iter().chain(named("config"));
        let default = |node: Node<'y>| if node.is_mapping() { node.get("default") } else { Some(node) };
        Self {
            resources: named("resources").into_iter().map(|(name, _)| name).collect(),
            variables: named("variables").into_iter().collect(),
            settings: settings.filter_map(|(name, node)| Some((name, default(node)?))).collect(),
            source,
            instance,
            steps: STEPS_MAX,
            depth: DEPTH_MAX,
        }
    }

    /// What a node says; `kind` names whose properties its keys are.
    fn value(&mut self, kind: Option<&str>, node: Node<'y>) -> Value {
        let origin = Origin { source: self.source, span: node.span() };
        let (Some(steps), Some(depth)) = (self.steps.checked_sub(1), self.depth.checked_sub(1)) else {
            return Value::unknown(origin);
        };
        (self.steps, self.depth) = (steps, depth);
        let value = self.value_within(kind, node, origin);
        self.depth += 1;
        value
    }

    fn value_within(&mut self, kind: Option<&str>, node: Node<'y>, origin: Origin) -> Value {
        if node.is_sequence() {
            let items = node.items().map(|item| self.value(kind, item)).filter(|item| !item.is_null());
            return Value::list(items.collect(), origin);
        }
        if !node.is_mapping() {
            return match node.as_str().filter(|text| text.contains("${")) {
                Some(text) => self.interpolated(text, origin),
                None => plain(node, self.source),
            };
        }
        let mut pairs = node.entries();
        if let (Some(only), None) = (pairs.next(), pairs.next())
            && let Some(function) = only.key.as_str().and_then(function)
        {
            return match function.as_str() {
                "tojson" => Value::encoded(self.value(None, only.value), origin),
                // The value inside is what matters to a reader.
                "secret" | "tobase64" => self.value(kind, only.value),
                _ => Value::unknown(origin),
            };
        }
        let mut entries = Vec::new();
        for entry in node.entries() {
            let name = entry.key.as_str().unwrap_or("");
            let key: Rc<str> = kind.map_or_else(|| name.into(), |kind| kinds::property(kind, name).into());
            let kind = kind.filter(|_| !kinds::is_free(name));
            let key_origin = Origin { source: self.source, span: entry.key.span() };
            entries.push(Entry { key, key_origin, value: self.value(kind, entry.value) });
        }
        Value::object(entries, origin)
    }

    /// `${name}`, `${name.attribute}`, `$${literal}`, and text around them.
    fn interpolated(&mut self, text: &str, origin: Origin) -> Value {
        let mut made = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            made.push_str(before);
            let Some((path, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            rest = after;
            if made.ends_with('$') {
                made.extend(["{", path, "}"]);
                continue;
            }
            let value = self.named(path.trim(), origin);
            // One name alone keeps what it stands for.
            if made.is_empty() && after.is_empty() {
                return value;
            }
            made.push_str(&value.to_text());
            let Some(steps) = self.steps.checked_sub(1).filter(|_| made.len() <= TEXT_BYTES_MAX) else {
                return Value::unknown(origin);
            };
            self.steps = steps;
        }
        made.push_str(rest);
        Value::text(&made, origin)
    }

    /// What a path such as `bucket.arn` stands for.
    fn named(&mut self, path: &str, origin: Origin) -> Value {
        let at = path.find(['.', '[']).unwrap_or(path.len());
        let (name, rest) = path.split_at_checked(at).unwrap_or((path, ""));
        if self.resources.contains(name) {
            let attribute = rest.trim_start_matches('.');
            let to = Key { instance: self.instance, address: name.into() };
            let reference = Reference { to, attribute: attribute.into(), known: None };
            return Value::new(Kind::Reference(Rc::new(reference)), origin);
        }
        if !rest.is_empty() {
            return Value::unknown(origin);
        }
        if let Some(variable) = self.variables.get(name) {
            return self.value(None, *variable);
        }
        match self.settings.get(name).filter(|default| !default.is_null()) {
            Some(default) => plain(*default, self.source),
            None => Value::unknown(origin),
        }
    }
}

/// The function that a key calls, in lower case.
fn function(key: &str) -> Option<String> {
    let lower = key.to_ascii_lowercase();
    lower.strip_prefix("fn::").map(str::to_owned)
}
