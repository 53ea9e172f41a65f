//! Every JSON document that the binary prints, in good cases and bad, keeps to its published schema.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{POD, Place};
use palisade_testkit::schema::faults;
use serde_json::Value;

/// Asserts that a document keeps to the schema that it names.
fn keeps(document: &Value) {
    let name = document["schema"].as_str().unwrap();
    let (name, version) = name.strip_prefix("palisade.").unwrap().split_once('/').unwrap();
    let path = format!("../../docs/schema/palisade.{name}-{version}.json");
    let schema = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(faults(&schema, document), Vec::<String>::new(), "{path}\n{document:#}");
}

fn kept(place: &Place, arguments: &[&str], code: i32) -> Value {
    let document = place.json(arguments, code);
    keeps(&document);
    document
}

#[test]
fn scans_and_decisions() {
    let empty = Place::new(&[]);
    kept(&empty, &["scan"], 3);
    assert_eq!(kept(&empty, &["gate", "merge"], 3)["entry"], Value::Null);
    let place = Place::new(&[("README.md", "hello\n")]);
    kept(&place, &["scan"], 0);
    assert_eq!(kept(&place, &["gate", "merge"], 0)["verdict"], "allow");
    assert_eq!(kept(&place, &["gate", "merge", "--ignore", "secrets"], 2)["verdict"], "undecided");
    place.write("deploy/agent.yaml", POD);
    place.write("deploy/broken.yaml", "a: [\n");
    assert_eq!(kept(&place, &["gate", "merge"], 1)["verdict"], "deny");
    assert_eq!(kept(&place, &["gate", "merge", "--dry-run"], 0)["entry"], Value::Null);
    place.expect(&["scan", "--format", "json", "--output", "../baseline.json"], 0);
    kept(&place, &["scan", "--baseline", "../baseline.json"], 0);
    let decision = kept(&place, &["gate", "merge", "--baseline", "../baseline.json"], 0);
    assert_eq!(decision["target"]["since"], "../baseline.json");
}

#[test]
fn fixes() {
    let place = Place::new(&[("README.md", "hello\n")]);
    kept(&place, &["fix"], 0);
    let privileged = POD.replace("        privileged: true\n", "        allowPrivilegeEscalation: true\n");
    place.write("deploy/agent.yaml", &privileged);
    assert!(kept(&place, &["fix"], 0)["withheld"].as_u64().unwrap() > 0);
    let document = kept(&place, &["fix", "--unsafe", "--write"], 0);
    assert!(!document["files"][0]["fixed"].as_array().unwrap().is_empty(), "{document:#}");
}

#[test]
fn exceptions() {
    let place = Place::new(&[("a.txt", "x")]);
    assert_eq!(kept(&place, &["exception", "list"], 0)["exceptions"], Value::Array(Vec::new()));
    let file = ".palisade/exceptions.toml";
    let entry = |id: &str, expires: &str| {
        format!(
            "[[exception]]\nid = \"{id}\"\ncheck = \"ci/*\"\npath = \"a/**\"\nowner = \"me\"\nticket = \"T-1\"\n\
             reason = \"why\"\nexpires = \"{expires}\"\n"
        )
    };
    place.write(file, &(entry("past", "2020-01-31") + &entry("", "2020-01-31") + "[other]\n"));
    let list = kept(&place, &["exception", "list"], 0);
    assert_eq!(list["exceptions"][0]["in_force"], false);
    assert!(!list["faults"].as_array().unwrap().is_empty(), "{list:#}");
    place.write(file, "[[exception]\n");
    let list = kept(&place, &["exception", "list"], 0);
    assert_eq!(list["exceptions"].as_array().unwrap().len(), 0);
    assert!(list["faults"][0]["message"].as_str().unwrap().contains("no exception holds"), "{list:#}");
    place.write(file, "");
    let add = ["exception", "add", "--id", "held", "--check", "ci/*", "--path", "a/**", "--owner", "me"];
    place.expect(&[&add[..], &["--ticket", "T-1", "--reason", "why", "--days", "9", "--inline"]].concat(), 0);
    let list = kept(&place, &["exception", "list"], 0);
    assert_eq!(list["exceptions"][0]["path"], "a/**");
    assert_eq!(list["exceptions"][0]["inline"], true);
}

#[test]
fn the_ledger() {
    let place = Place::new(&[("lines.jsonl", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n")]);
    let append = ["ledger", "append", "lines.jsonl"];
    assert_eq!(kept(&place, &append, 0)["size"], 3);
    assert_eq!(kept(&place, &["ledger", "verify"], 0)["intact"], true);
    assert_eq!(kept(&place, &["ledger", "show"], 0)["entries"][0]["index"], 0);
    let proof = place.expect(&["ledger", "prove", "1"], 0);
    for (text, code) in [(proof.clone(), 0), (proof.replace("index 1", "index 2"), 1)] {
        place.write("proof", &text);
        kept(&place, &["ledger", "verify", "--proof", "proof"], code);
    }
    let ledger = place.root.join(".palisade/ledger");
    let trusting = ["ledger", "verify", "--key", "none", "--trust-stored-key"];
    assert_eq!(kept(&place, &trusting, 0)["key"], "stored");
    let bundle = ledger.join("tile/entries/000.p/3");
    let good = fs::read_to_string(&bundle).unwrap();
    fs::write(&bundle, good.replace("{\"n\":2}", "{\"n\":9}")).unwrap();
    assert_eq!(kept(&place, &["ledger", "verify"], 1)["faults"][0]["fault"], "edited");
    fs::remove_file(&bundle).unwrap();
    kept(&place, &["ledger", "verify"], 1);
    fs::write(&bundle, good).unwrap();
    fs::write(ledger.join("checkpoint"), "forged\n").unwrap();
    kept(&place, &["ledger", "verify"], 1);
    fs::remove_file(ledger.join("checkpoint")).unwrap();
    kept(&place, &["ledger", "verify"], 1);
}

#[test]
fn plans() {
    let empty = Place::new(&[]);
    kept(&empty, &["plan"], 3);
    let place = Place::new(&[("deploy/agent.yaml", POD), (".github/CODEOWNERS", "* @shop/all\n")]);
    let plan = kept(&place, &["plan"], 0);
    assert!(!plan["sprint"].as_array().unwrap().is_empty(), "{plan:#}");
    place.expect(&["plan", "--format", "json", "--output", "../plan.json"], 0);
    kept(&place, &["plan", "--previous", "../plan.json", "--select", "ci"], 0);
}
