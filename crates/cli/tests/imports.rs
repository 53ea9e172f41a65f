//! Reports of other scanners: gated, excepted, joined with our own; and what is missing or broken is never clean.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod common;

use common::{POD, Place};
use serde_json::{Value, json};

const APP: &str = "import os\n\ndef run(name):\n    os.system(\"ping \" + name)\n";

/// A report in SARIF with one result at `line` of the app.
fn sarif(level: &str, line: u32) -> String {
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "Example", "semanticVersion": "1.2.3"}},
        "results": [{
            "ruleId": "E1", "level": level, "message": {"text": "a command is put together\u{1b}[31m"},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": "app.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": line, "snippet": {"text": "    os.system(\"ping \" + name)"}}
            }}]
        }]
    }]})
    .to_string()
}

/// One that Trivy would write about a lock file.
fn trivy(id: &str, severity: &str) -> String {
    json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [{
        "Target": "Cargo.lock", "Type": "cargo", "Vulnerabilities": [
            {"VulnerabilityID": id, "PkgName": "parser", "InstalledVersion": "1.4.2", "FixedVersion": "1.4.3",
             "Severity": severity}
        ]
    }]})
    .to_string()
}

fn findings(document: &Value) -> Vec<&Value> {
    document["findings"].as_array().unwrap().iter().collect()
}

fn errors(place: &Place, arguments: &[&str]) -> String {
    place.expect(arguments, 2);
    String::from_utf8_lossy(&place.run(arguments).stderr).into_owned()
}

#[test]
fn a_result_is_denied_until_an_exception_which_ends() {
    let place = Place::new(&[("app.py", APP), ("reports/a.sarif", &sarif("error", 4))]);
    place.write("palisade.toml", "[scan]\nimport = [\"reports/*.sarif\"]\n");
    let decision = place.json(&["gate", "merge", "--dry-run", "--ignore", "code"], 0);
    assert_eq!(decision["verdict"], "deny", "{decision}");
    place.expect(&["gate", "merge"], 1);

    let scan = place.json(&["scan", "--select", "imported"], 0);
    let schema: Value = serde_json::from_str(include_str!("../../../docs/schema/palisade.scan-1.json")).unwrap();
    assert_eq!(palisade_testkit::schema::faults(&schema, &scan), Vec::<String>::new());
    let all = findings(&scan);
    assert_eq!(all.len(), 1, "{scan}");
    assert_eq!(all[0]["location"]["start"], json!({"line": 4, "column": 5}));
    let import = &scan["imports"][0];
    assert_eq!(
        (&import["tool"], &import["version"], &import["results"]),
        (&json!("Example"), &json!("1.2.3"), &json!(1))
    );
    assert_eq!(import["path"], "reports/a.sarif");
    let shown = place.expect(&["scan", "--select", "imported"], 0);
    assert!(shown.contains("reports/a.sarif: 1 result of Example 1.2.3, 1 told here"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");

    let print = all[0]["fingerprint"].as_str().unwrap();
    let words = ["--owner", "me", "--ticket", "T-1", "--reason", "soon", "--days", "9"];
    place.expect(&[&["exception", "add", "--fingerprint", print][..], &words].concat(), 0);
    let gate = ["gate", "merge", "--select", "imported,secrets,exceptions,scan,ci"];
    place.expect(&gate, 0);
    // Lines move, and the exception holds.
    place.write("app.py", &format!("# a comment\n\n{APP}"));
    place.write("reports/a.sarif", &sarif("error", 6));
    place.expect(&gate, 0);
    let expired = format!(
        "[[exception]]\nid = \"EX-1\"\nfingerprint = \"{print}\"\nowner = \"me\"\nticket = \"T-1\"\n\
         reason = \"soon\"\nexpires = \"2026-01-01\"\n"
    );
    place.write(".palisade/exceptions.toml", &expired);
    place.expect(&gate, 1);
}

#[test]
fn what_is_missing_or_broken_is_undecided() {
    let place =
        Place::new(&[("pod.yaml", POD), ("app.py", APP), ("half.json", "{\"runs\": ["), ("other.json", "{\"a\": 1}")]);
    place.write("failed.json", "{\"runs\": [{\"tool\": {\"driver\": {\"name\": \"T\"}}}]}");
    for verb in [&["scan"][..], &["gate", "merge"]] {
        for (name, why) in [
            ("none.json", "cannot read the report none.json"),
            ("half.json", "no whole JSON document"),
            ("other.json", "SARIF 2.1.0"),
            ("failed.json", "that failed"),
            (".", "is no file"),
        ] {
            let told = errors(&place, &[verb, &["--import", name]].concat());
            assert!(told.contains(why), "{name}: {told}");
        }
        for (pattern, why) in [
            ("none.json", "there is no report"),
            ("reports/*.sarif", "there is no report"),
            ("../a.json", "names no report"),
        ] {
            place.write("palisade.toml", &format!("[scan]\nimport = [\"{pattern}\"]\n"));
            let told = errors(&place, verb);
            assert!(told.contains(why), "{pattern}: {told}");
        }
        place.write("palisade.toml", "");
    }
    for target in ["app.py", "-", "registry:example.invalid/a:1"] {
        let told = errors(&place, &["scan", target, "--import", "half.json"]);
        assert!(told.contains("where a folder is looked at"), "{target}: {told}");
    }
    std::fs::write(place.root.with_file_name("outside.json"), sarif("error", 4)).unwrap();
    std::os::unix::fs::symlink("../outside.json", place.root.join("link.json")).unwrap();
    place.write("palisade.toml", "[scan]\nimport = [\"link.json\"]\n");
    assert!(errors(&place, &["scan"]).contains("there is no report"));
    place.write("palisade.toml", "");
    // Whoever runs it may name what lies outside.
    let scan = place.json(&["scan", "--select", "imported", "--import", "../outside.json"], 0);
    assert_eq!(scan["imports"][0]["path"], "outside.json");
}

#[test]
fn two_scanners_that_tell_of_one_fault_are_one_finding() {
    let lock = "version = 4\n\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"parser\"]\n\n\
        [[package]]\nname = \"parser\"\nversion = \"1.4.2\"\n\
        source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
    let record = r#"{"id": "EX-1", "aliases": ["CVE-2026-99999", "GHSA-aaaa-bbbb-cccc"], "summary": "Reads on",
        "modified": "2026-01-01T00:00:00Z", "database_specific": {"severity": "LOW"},
        "affected": [{"package": {"ecosystem": "crates.io", "name": "parser"},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.4.3"}]}]}]}"#;
    let place = Place::new(&[("Cargo.lock", lock), ("../db/EX-1.json", record)]);
    place.write("a.json", &trivy("CVE-2026-99999", "CRITICAL"));
    // The same fault by its other name, and another one.
    place.write("b.json", &trivy("GHSA-aaaa-bbbb-cccc", "LOW"));
    place.write("c.json", &trivy("CVE-2026-11111", "HIGH"));
    let scan = |imports: &[&str]| {
        let imports: Vec<&str> = imports.iter().flat_map(|name| ["--import", name]).collect();
        place.json(&[&["scan", "--select", "packages"][..], &imports].concat(), 0)
    };
    let alone = scan(&["a.json"]);
    place.expect(&["db", "update", "--from", "../db"], 0);
    let own = scan(&[]);
    let both = scan(&["a.json", "b.json"]);
    assert_eq!(findings(&both).len(), 1, "{both}");
    // Whoever tells of it first, an exception is written once.
    let print = |document: &Value| findings(document)[0]["fingerprint"].clone();
    assert_eq!((print(&alone), print(&both)), (print(&own), print(&own)));
    let message = findings(&both)[0]["message"].as_str().unwrap();
    assert!(message.contains("Reads on") && message.ends_with("; Trivy tells of it too"), "{message}");
    assert_eq!(findings(&both)[0]["severity"], "critical");
    assert_eq!((&both["imports"][0]["same"], &both["imports"][1]["same"]), (&json!(1), &json!(1)));
    assert_eq!(findings(&scan(&["a.json", "b.json", "c.json"])).len(), 2);
}

#[test]
fn places_are_those_of_the_revision_that_is_looked_at() {
    let place = Place::new(&[("app.py", APP)]);
    let git = |words: &[&str]| {
        let done = std::process::Command::new("git").args(words).current_dir(&place.root).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "app.py"]);
    git(&["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "a"]);
    std::fs::remove_file(place.root.join("app.py")).unwrap();
    place.write("a.sarif", &sarif("error", 4));
    let scan = |more: &[&str]| {
        let scan = place.json(&[&["scan", "--select", "imported", "--import", "a.sarif"], more].concat(), 0);
        (scan["findings"][0]["location"]["path"].clone(), scan["imports"][0]["unplaced"].clone())
    };
    assert_eq!(scan(&[]), (json!("a.sarif"), json!(1)));
    assert_eq!(scan(&["--revision", "HEAD"]), (json!("app.py"), json!(0)));
    place.write("b.txt", "b");
    git(&["add", "b.txt"]);
    assert_eq!(scan(&["--staged"]), (json!("app.py"), json!(0)));
}
