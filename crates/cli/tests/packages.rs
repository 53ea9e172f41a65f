//! Packages of a target: listed, compared with advisories, gated; and what cannot be used is never taken for clean.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod common;

use std::fs;

use common::{POD, Place};
use serde_json::Value;

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"parser\"]\n\n\
    [[package]]\nname = \"parser\"\nversion = \"1.4.2\"\n\
    source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";

const RECORD: &str = r#"{"id": "EX-1", "modified": "2026-01-01T00:00:00Z", "summary": "Reads beyond the end",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [{"package": {"ecosystem": "crates.io", "name": "parser"},
    "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.4.3"}]}]}]}"#;

/// Runs, asserts the exit code, and gives both outputs.
fn both(place: &Place, arguments: &[&str], code: i32) -> String {
    let out = place.expect(arguments, code);
    out + &String::from_utf8_lossy(&place.run(arguments).stderr)
}

#[test]
fn a_change_that_brings_a_vulnerable_package_is_denied_until_an_exception_or_the_mend() {
    let place = Place::new(&[("Cargo.lock", LOCK), ("../db/EX-1.json", RECORD), ("../db/README.json", "{}")]);
    let told = both(&place, &["scan", "--select", "packages"], 0);
    assert!(told.contains("1 file of packages not compared with known vulnerabilities"), "{told}");
    assert_eq!(place.json(&["scan"], 0)["packages"]["advisories"], Value::Null);

    place.expect(&["db", "update", "--from", "../db"], 0);
    let status = place.json(&["db", "status", "--verify"], 0);
    assert_eq!((&status["advisories"], &status["verified"]), (&1.into(), &true.into()), "{status}");
    let scan = place.json(&["scan", "--select", "packages"], 0);
    assert_eq!(scan["packages"]["advisories"], status["digest"]);
    let finding = &scan["findings"][0];
    assert_eq!(finding["severity"], "critical");
    assert!(finding["message"].as_str().unwrap().contains("1.4.3 is without it"), "{finding}");

    let fingerprint = finding["fingerprint"].as_str().unwrap();
    place.expect(&["gate", "merge"], 1);
    // The exception holds for the fault, not for the version at which it was written.
    let words = [
        "exception",
        "add",
        "--fingerprint",
        fingerprint,
        "--owner",
        "me",
        "--ticket",
        "T-1",
        "--reason",
        "soon",
        "--days",
        "9",
    ];
    place.expect(&words, 0);
    place.write("Cargo.lock", &LOCK.replace("1.4.2", "1.4.1"));
    place.expect(&["gate", "merge"], 0);
    place.write("Cargo.lock", &LOCK.replace("1.4.2", "1.4.3"));
    assert_eq!(place.json(&["scan", "--select", "packages"], 0)["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn an_index_that_cannot_be_used_is_an_error_and_sources_without_advisories_are_too() {
    let place = Place::new(&[("Cargo.lock", LOCK), ("../db/EX-1.json", RECORD), ("../none/a.json", "[]")]);
    let told = both(&place, &["db", "update", "--from", "../none"], 2);
    assert!(told.contains("holds no advisory"), "{told}");
    place.expect(&["db", "status"], 2);
    place.expect(&["db", "update", "--from", "../db", "--from", "../db/EX-1.json"], 0);
    let index = place.home.join("data/palisade/advisories.index");
    let sound = fs::read(&index).unwrap();
    for length in [0, 64, sound.len() - 1] {
        fs::write(&index, &sound[..length]).unwrap();
        for verb in ["scan", "gate"] {
            let words: &[&str] = if verb == "scan" { &["scan"] } else { &["gate", "merge", "--dry-run"] };
            assert!(both(&place, words, 2).contains("cannot use the advisory index"));
        }
        // Whoever does not compare packages does not need it.
        place.expect(&["scan", "--select", "secrets"], 0);
    }
    let mut changed = sound.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    fs::write(&index, &changed).unwrap();
    place.expect(&["db", "status", "--verify"], 2);
}

#[test]
fn a_bill_is_the_same_twice_and_says_what_it_lacks() {
    let place = Place::new(&[("Cargo.lock", LOCK), ("deploy/agent.yaml", POD)]);
    let bill = place.json(&["sbom"], 0);
    let names: Vec<&str> =
        bill["components"].as_array().unwrap().iter().map(|one| one["purl"].as_str().unwrap()).collect();
    assert_eq!(names, ["pkg:cargo/parser@1.4.2", "pkg:cargo/shop@1.0.0"]);
    assert_eq!(bill["compositions"][0]["aggregate"], "complete");
    assert_eq!(bill["dependencies"][2]["dependsOn"][0], "pkg:cargo/parser@1.4.2");
    assert_eq!(bill["components"][0]["evidence"]["occurrences"][0]["line"], 9);
    assert_eq!(place.json(&["sbom"], 0), bill);

    std::os::unix::fs::symlink("Cargo.lock", place.root.join("yarn.lock")).unwrap();
    place.write("broken/package-lock.json", "{\"packages\": {");
    let told = both(&place, &["sbom"], 0);
    assert!(told.contains("yarn.lock: could not be read") && told.contains("symbolic link"), "{told}");
    assert!(told.contains("broken/package-lock.json: could not be read"), "{told}");
    let bill = place.json(&["sbom"], 0);
    assert_eq!(bill["compositions"][0]["aggregate"], "incomplete");
    let told = both(&place, &["sbom", "--format", "spdx", "-o", "out.json"], 0);
    assert!(told.contains("2 files were not understood to the end"), "{told}");

    let empty = Place::new(&[("a.txt", "")]);
    empty.expect(&["sbom"], 3);
}
