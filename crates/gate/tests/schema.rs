//! The schema that editors use for `.palisade/exceptions.toml` says what the code reads.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use palisade_gate::{ENTRY_KEYS, EXCEPTIONS_FILE, ExceptionSettings, Exceptions};
use palisade_model::Date;
use palisade_testkit::schema::faults;
use serde_json::Value;

fn holds(text: &str) -> bool {
    let today = Date::parse("2027-01-01").unwrap();
    let read = Exceptions::read(EXCEPTIONS_FILE, text.as_bytes(), &[], &ExceptionSettings::default(), today);
    read.entries.len() == 1
}

#[test]
fn the_published_schema_and_the_reader_agree() {
    let schema: Value = serde_json::from_str(include_str!("../../../docs/schema/exceptions.toml.json")).unwrap();
    let entry = &schema["properties"]["exception"]["items"];
    let properties = entry["properties"].as_object().unwrap();
    assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(ENTRY_KEYS));
    let line = |key: &str, value: &Value| format!("{key} = {}\n", toml::Value::try_from(value).unwrap());
    let example = |key: &str| properties[key].get("examples").map_or(Value::Bool(false), |list| list[0].clone());
    let whole: Vec<(String, Value)> = properties.keys().map(|key| (key.clone(), example(key))).collect();
    let print = |rows: &[(String, Value)]| {
        let lines: String = rows.iter().map(|(key, value)| line(key, value)).collect();
        let document = serde_json::json!({ "exception": [rows.iter().cloned().collect::<serde_json::Map<_, _>>()] });
        (format!("[[exception]]\n{lines}"), faults(&schema, &document).is_empty())
    };
    let (text, valid) = print(&whole);
    assert!(valid && holds(&text), "{text}");
    // Without a key both refuse, or neither does.
    for key in ENTRY_KEYS {
        let rest: Vec<_> = whole.iter().filter(|(name, _)| name != key).cloned().collect();
        let (text, valid) = print(&rest);
        assert_eq!(valid, holds(&text), "without {key}");
    }
    let scopes = ["check", "fingerprint", "path"];
    let none: Vec<_> = whole.iter().filter(|(name, _)| !scopes.contains(&name.as_str())).cloned().collect();
    let (text, valid) = print(&none);
    assert!(!valid && !holds(&text), "without a scope");
    for (key, value) in [("id", "no spaces"), ("fingerprint", "short"), ("expires", "next year"), ("inline", "yes")] {
        let changed: Vec<_> = whole
            .iter()
            .map(|(name, old)| (name.clone(), if name == key { Value::from(value) } else { old.clone() }))
            .collect();
        let (text, valid) = print(&changed);
        assert!(!valid && !holds(&text), "{key} = {value}");
    }
}
