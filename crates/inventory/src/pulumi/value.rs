//! Properties become values: names are Terraform's, secrets and what is not known yet are unknown.

use crate::cloudformation::plain;
use crate::terraform::{Entry, Origin, Value};
use crate::yaml::Node;

use super::kinds;

/// The key of objects that stand for something else: a secret, an asset, another resource.
pub(super) const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
/// What a preview writes in place of what only an engine will know: a truth, a number, a text, a list, an asset, an
/// archive, an object; and what it writes in place of a secret.
const UNKNOWN: [&str; 8] = [
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    "[secret]",
];
/// Values of one file.
const STEPS_MAX: usize = 2_000_000;
/// Values inside each other.
const DEPTH_MAX: usize = 60;

/// Reads the properties of one file.
pub(super) struct Reader {
    source: u32,
    steps: usize,
}

impl Reader {
    pub(super) fn new(source: u32) -> Self {
        Self { source, steps: STEPS_MAX }
    }

    /// The properties of a resource, under Terraform's names.
    pub(super) fn properties(&mut self, kind: &str, node: Node<'_>) -> Value {
        self.read(Some(kind), node, DEPTH_MAX)
    }

    /// A value whose keys are left as they are.
    pub(super) fn value(&mut self, node: Node<'_>) -> Value {
        self.read(None, node, DEPTH_MAX)
    }

    fn read(&mut self, kind: Option<&str>, node: Node<'_>, depth: usize) -> Value {
        let origin = Origin { source: self.source, span: node.span() };
        let Some(steps) = self.steps.checked_sub(1).filter(|_| depth > 0) else { return Value::unknown(origin) };
        self.steps = steps;
        if node.is_sequence() {
            let items = node.items().map(|item| self.read(kind, item, depth - 1)).filter(|item| !item.is_null());
            return Value::list(items.collect(), origin);
        }
        if !node.is_mapping() {
            let unknown = node.as_str().is_some_and(|text| UNKNOWN.contains(&text));
            return if unknown { Value::unknown(origin) } else { plain(node, self.source) };
        }
        if node.get(SIGNATURE).is_some() {
            return Value::unknown(origin);
        }
        let mut entries = Vec::new();
        for entry in node.entries() {
            let name = entry.key.as_str().unwrap_or("");
            // Notes of the engine, such as which values are defaults.
            if name.starts_with("__") {
                continue;
            }
            let key = kind.map_or_else(|| name.into(), |kind| kinds::property(kind, name).into());
            let kind = kind.filter(|_| !kinds::is_free(name));
            let key_origin = Origin { source: self.source, span: entry.key.span() };
            entries.push(Entry { key, key_origin, value: self.read(kind, entry.value, depth - 1) });
        }
        Value::object(entries, origin)
    }
}
