//! VEX in and out: a statement takes nothing away, an exception may rest on it, and exceptions become statements.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod common;

use common::{POD, Place};
use serde_json::{Value, json};

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"parser\", \"writer\"]\n\n\
    [[package]]\nname = \"parser\"\nversion = \"1.4.2\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n\n\
    [[package]]\nname = \"writer\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n";

fn record(id: &str, alias: &str, name: &str) -> String {
    json!({
        "id": id, "aliases": [alias], "summary": "Reads beyond the end",
        "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
        "affected": [{ "package": { "ecosystem": "crates.io", "name": name },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "9.0.0" }] }] }],
    })
    .to_string()
}

/// A statement of a vendor on the fault of `parser`, in a product.
fn statement(product: &str, status: &str) -> String {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "Vendor", "version": 1,
        "timestamp": "2026-01-01T00:00:00Z",
        "statements": [{ "vulnerability": { "name": "CVE-2026-1" }, "status": status,
            "justification": "vulnerable_code_not_in_execute_path",
            "products": [{ "@id": product, "subcomponents": [{ "@id": "pkg:cargo/parser" }] }] }],
    })
    .to_string()
}

fn place() -> Place {
    let (one, two) = (record("EX-1", "CVE-2026-1", "parser"), record("EX-2", "CVE-2026-2", "writer"));
    let place = Place::new(&[("Cargo.lock", LOCK), ("../db/1.json", &one), ("../db/2.json", &two)]);
    place.expect(&["db", "update", "--from", "../db"], 0);
    place
}

fn add(place: &Place, words: &[&str]) {
    let why = ["--owner", "me", "--ticket", "T-1", "--reason", "looked at", "--days", "1"];
    place.expect(&[&["exception", "add"], words, &why].concat(), 0);
}

/// The message of a fault, and whether an exception covers it.
fn told(place: &Place, fault: &str, arguments: &[&str]) -> (String, bool) {
    let scan = place.json(&[&["scan", "--select", "packages"], arguments].concat(), 0);
    let finding =
        scan["findings"].as_array().unwrap().iter().find(|one| one["message"].as_str().unwrap().contains(fault));
    let finding = finding.unwrap();
    (finding["message"].as_str().unwrap().to_owned(), !finding["exception"].is_null())
}

#[test]
fn a_statement_is_shown_and_counts_only_where_an_exception_names_it() {
    let place = place();
    place.write("vendor.json", &statement("pkg:cargo/shop@1.0.0", "not_affected"));
    place.write("palisade.toml", "[packages]\nvex = [\"vendor.json\"]\n");
    let (message, covered) = told(&place, "CVE-2026-1", &[]);
    assert!(
        message.contains("Vendor states in vendor.json: not_affected (vulnerable_code_not_in_execute_path)"),
        "{message}"
    );
    assert!(!covered && !told(&place, "CVE-2026-2", &[]).0.contains("states in"));
    place.expect(&["gate", "merge", "--dry-run"], 0);
    place.expect(&["gate", "merge"], 1);

    // It covers what the document states, and nothing else of the check.
    add(&place, &["--check", "packages/known-vulnerability", "--vex", "vendor.json"]);
    assert!(told(&place, "CVE-2026-1", &[]).1 && !told(&place, "CVE-2026-2", &[]).1);
    // A statement about another product, another status or another document covers nothing here.
    for (product, status) in
        [("pkg:cargo/other@1.0.0", "not_affected"), ("pkg:cargo/shop@1.0.0", "under_investigation")]
    {
        place.write("vendor.json", &statement(product, status));
        assert!(!told(&place, "CVE-2026-1", &[]).1, "{product} {status}");
    }
    place.write("vendor.json", "{\"@context\": \"https://openvex.dev/ns/v0.2.0\", \"statements\": []}");
    place.write("mine.json", &statement("pkg:cargo/shop@1.0.0", "not_affected"));
    let (message, covered) = told(&place, "CVE-2026-1", &["--vex", "mine.json"]);
    assert!(message.contains("states in mine.json") && !covered, "{message}");
    // What cannot be read is an error, never a clean result.
    for text in ["", POD, "{}"] {
        place.write("vendor.json", text);
        place.expect(&["scan"], 2);
    }
    std::fs::remove_file(place.root.join("vendor.json")).unwrap();
    place.expect(&["gate", "merge"], 2);
}

#[test]
fn exceptions_become_statements_that_read_back() {
    let place = place();
    let prints: Vec<String> = ["CVE-2026-1", "CVE-2026-2"]
        .map(|fault| {
            let scan = place.json(&["scan", "--select", "packages"], 0);
            let found = scan["findings"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["message"].as_str().unwrap().contains(fault));
            found.unwrap()["fingerprint"].as_str().unwrap().to_owned()
        })
        .to_vec();
    let label = "vulnerable_code_not_in_execute_path";
    let decide = || {
        add(&place, &["--fingerprint", &prints[0], "--justification", label]);
        add(&place, &["--fingerprint", &prints[1]]);
    };
    decide();
    let export = |format: &str| -> Value {
        let words = ["vex", "export", "--author", "Shop", "--product", "pkg:cargo/shop@1.0.0", "--format", format];
        let more: &[&str] = if format == "csaf" { &["--namespace", "https://shop.example"] } else { &[] };
        serde_json::from_str(&place.expect(&[&words, more].concat(), 0)).unwrap()
    };
    let open = export("openvex");
    let status =
        |at: usize| (open["statements"][at]["vulnerability"]["name"].clone(), open["statements"][at]["status"].clone());
    assert_eq!(status(0), ("CVE-2026-1".into(), "not_affected".into()), "{open}");
    // An accepted risk is never said to be none.
    assert_eq!(status(1), ("CVE-2026-2".into(), "affected".into()), "{open}");
    assert!(open["statements"][1]["action_statement"].as_str().unwrap().starts_with("accepted until"), "{open}");
    std::fs::remove_file(place.root.join(".palisade/exceptions.toml")).unwrap();
    for format in ["openvex", "cyclonedx", "csaf"] {
        decide();
        place.write("out.json", &export(format).to_string());
        std::fs::remove_file(place.root.join(".palisade/exceptions.toml")).unwrap();
        let first = told(&place, "CVE-2026-1", &["--vex", "out.json"]).0;
        assert!(
            first.contains("states in out.json: not_affected (vulnerable_code_not_in_execute_path"),
            "{format}: {first}"
        );
        let second = told(&place, "CVE-2026-2", &["--vex", "out.json"]).0;
        assert!(second.contains("states in out.json: affected (accepted until"), "{format}: {second}");
    }
    // CSAF has to say who publishes it.
    place.expect(&["vex", "export", "--author", "Shop", "--format", "csaf"], 2);
}
