//! The example system shows every family, and its mended twin none of it.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Checks that must fire on the shop: one id on each line.
const EXPECTED: &str = include_str!("shop-checks.txt");

fn scan(example: &str) -> (Value, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example);
    let output = Command::new(env!("CARGO_BIN_EXE_palisade"))
        .args(["scan", ".", "--format", "json"])
        .current_dir(root)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    (serde_json::from_str(&text).unwrap(), text)
}

fn findings(document: &Value) -> Vec<(String, String, String)> {
    let text = |finding: &Value, key: &str| finding.get(key).and_then(Value::as_str).unwrap().to_owned();
    let list = document.get("findings").and_then(Value::as_array).unwrap();
    list.iter().map(|finding| (text(finding, "check"), text(finding, "severity"), text(finding, "message"))).collect()
}

#[test]
fn the_shop_has_a_fault_of_every_family() {
    let (document, _) = scan("shop");
    let found: BTreeSet<String> = findings(&document).into_iter().map(|(check, ..)| check).collect();
    let expected: BTreeSet<&str> = EXPECTED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let missing: Vec<_> = expected.iter().filter(|check| !found.contains(**check)).collect();
    assert!(missing.is_empty(), "no longer found in examples/shop: {missing:?}");
    let families: BTreeSet<&str> = found.iter().filter_map(|check| Some(check.split_once('/')?.0)).collect();
    for family in expected.iter().filter_map(|check| Some(check.split_once('/')?.0)) {
        assert!(families.contains(family), "nothing of {family}");
    }
    let unread = document.get("coverage").and_then(|coverage| coverage.get("unreadable")).unwrap();
    assert_eq!(unread, &serde_json::json!([]));
}

#[test]
fn the_mended_shop_is_clean() {
    let (document, _) = scan("shop-mended");
    let mut left: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (check, severity, message) in findings(&document) {
        // Without helm the chart is one loud finding, as it must be; nothing else may be left.
        if check == "scan/not-rendered" && message.ends_with("helm is not installed") {
            eprintln!("NOT CHECKED: the chart of shop-mended, because helm is not installed");
            continue;
        }
        if severity != "info" {
            left.entry(format!("{check} ({severity})")).or_default().push(message);
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn no_planted_secret_is_printed() {
    let (_, text) = scan("shop");
    for secret in ["Rk7vTq2mZx9w", "shopadm_8sJ2kQ0vNfY5tLr7PzXw3BcD", "wobble-Kettle-83-orchid"] {
        assert!(!text.contains(secret), "the scan prints {secret}");
    }
}
