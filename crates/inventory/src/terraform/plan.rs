//! Plans as `terraform show -json` prints them: what will stand after the next apply, with all modules and data in it.
//!
//! Format: the JSON output of plans, `format_version` 1. Only `resource_changes`
//! is read: it lists every resource of every module once, with the values that
//! are known before the apply and a map of those that are not.

use palisade_model::Span;

use super::{Element, Entry, Key, Origin, Value};
use crate::cloudformation::plain;
use crate::yaml::Node;

/// Resources of one plan beyond this are not read.
const RESOURCES_MAX: usize = 100_000;

/// Whether a document is a plan.
#[must_use]
pub fn is_plan(root: Node<'_>) -> bool {
    root.get("format_version").is_some() && root.get("resource_changes").is_some_and(Node::is_sequence)
}

/// The resources that will stand, as elements of one instance. `source` is the number of the file in origins.
#[must_use]
pub fn elements(root: Node<'_>, source: u32, instance: u32) -> Vec<Element> {
    let origin = |span: Span| Origin { source, span };
    let changes = root.get("resource_changes").into_iter().flat_map(Node::items).take(RESOURCES_MAX);
    let element = |change: Node<'_>| {
        let (kind, address) = (change.get_str("type")?, change.get("address")?);
        let after = change.at(&["change", "after"]).filter(|after| after.is_mapping())?; // null when it is deleted
        if change.get_str("mode") != Some("managed") {
            return None;
        }
        let value = plain(after, source);
        let value = change.at(&["change", "after_unknown"]).map_or(value.clone(), |unknown| unless(value, unknown, 0));
        Some(Element {
            kind: kind.into(),
            name: change.get_str("name").unwrap_or("").into(),
            key: Key { instance, address: address.as_str().unwrap_or("").into() },
            value,
            head: origin(address.span()),
            whole: origin(change.span()),
            maybe: false,
        })
    };
    changes.filter_map(element).collect()
}

/// Values inside each other deeper than this are left as they are.
const DEPTH_MAX: usize = 60;

/// A value without what is only known after the apply.
fn unless(value: Value, unknown: Node<'_>, depth: usize) -> Value {
    if unknown.as_bool() == Some(true) {
        return Value::unknown(value.origin);
    }
    if depth > DEPTH_MAX {
        return value;
    }
    if let (Some(items), true) = (value.as_list(), unknown.is_sequence()) {
        let mut marks = unknown.items();
        let items = items.iter().map(|item| match marks.next() {
            Some(mark) => unless(item.clone(), mark, depth + 1),
            None => item.clone(),
        });
        return Value::list(items.collect(), value.origin);
    }
    if !unknown.is_mapping() || value.as_object().is_none() && !value.is_null() {
        return value;
    }
    let mut entries: Vec<Entry> = value.as_object().unwrap_or(&[]).to_vec();
    for mark in unknown.entries() {
        let Some(key) = mark.key.as_str() else { continue };
        if let Some(entry) = entries.iter_mut().find(|entry| &*entry.key == key) {
            entry.value = unless(entry.value.clone(), mark.value, depth + 1);
        } else if mark.value.as_bool() == Some(true) || mark.value.is_sequence() && mark.value.items().next().is_some()
        {
            entries.push(Entry { key: key.into(), key_origin: value.origin, value: Value::unknown(value.origin) });
        }
    }
    Value::object(entries, value.origin)
}

/// What a plan says is sensitive, which no excerpt may show.
#[must_use]
pub fn secrets(root: Node<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    for change in root.get("resource_changes").into_iter().flat_map(Node::items).take(RESOURCES_MAX) {
        for (values, marks) in [("before", "before_sensitive"), ("after", "after_sensitive")] {
            if let (Some(value), Some(marks)) = (change.at(&["change", values]), change.at(&["change", marks])) {
                marked(value, marks, 0, &mut spans);
            }
        }
    }
    spans
}

fn marked(value: Node<'_>, marks: Node<'_>, depth: usize, spans: &mut Vec<Span>) {
    if marks.as_bool() == Some(true) {
        spans.extend((!value.is_null()).then(|| value.span()));
    } else if depth > DEPTH_MAX {
        spans.push(value.span());
    } else if marks.is_mapping() {
        for mark in marks.entries() {
            if let Some(value) = mark.key.as_str().and_then(|key| value.get(key)) {
                marked(value, mark.value, depth + 1, spans);
            }
        }
    } else if marks.is_sequence() {
        value.items().zip(marks.items()).for_each(|(value, mark)| marked(value, mark, depth + 1, spans));
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::yaml::Yaml;

    const PLAN: &str = r#"{"format_version":"1.2","resource_changes":[
      {"address":"module.a.aws_db_instance.b[0]","mode":"managed","type":"aws_db_instance","name":"b",
       "change":{"actions":["create"],"after":{"storage_encrypted":false,"password":"hunter","tags":null,"x":[{"y":1}]},
        "after_unknown":{"id":true,"x":[{"z":true}]},"after_sensitive":{"password":true}}},
      {"address":"aws_s3_bucket.gone","mode":"managed","type":"aws_s3_bucket","name":"gone",
       "change":{"actions":["delete"],"after":null}}]}"#;

    #[test]
    fn what_will_stand_is_read_and_what_is_unknown_stays_so() {
        let yaml = Yaml::parse(PLAN.to_owned());
        let root = yaml.root().unwrap();
        assert!(is_plan(root));
        let elements = elements(root, 7, 0);
        assert_eq!(elements.len(), 1);
        let one = &elements[0];
        assert_eq!((&*one.kind, &*one.key.address), ("aws_db_instance", "module.a.aws_db_instance.b[0]"));
        assert_eq!(one.value.get("storage_encrypted").unwrap().as_bool(), Some(false));
        assert!(one.value.get("id").unwrap().is_unknown());
        let inner = one.value.get("x").unwrap().each().next().unwrap();
        assert_eq!(inner.get("y").unwrap().as_number(), Some(1.0));
        assert!(inner.get("z").unwrap().is_unknown());
        let secret = secrets(root);
        assert_eq!(secret.len(), 1);
        assert!(PLAN[secret[0].start as usize..secret[0].end as usize].contains("hunter"));
    }
}
