//! A policy on licences: what it says of lock files and of what is installed, how long an exception holds, and what a
//! policy with a fault in it does.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

#[expect(dead_code, reason = "shared with tests that need more of it")]
mod common;

use common::Place;
use serde_json::Value;

const POLICY: &str = "[packages.licences]\nallow = [\"MIT\"]\ndeny = [\"GPL-3.0\"]\n";

fn lock(entries: &str) -> String {
    format!(
        "{{\n  \"name\": \"shop\", \"lockfileVersion\": 3,\n  \"packages\": {{\n    \"\": {{\"name\": \"shop\", \
         \"dependencies\": {{\"a\": \"1\"}}, \"devDependencies\": {{\"d\": \"1\"}}}},\n    {entries}\n  }}\n}}\n"
    )
}

fn told(place: &Place, arguments: &[&str]) -> Vec<String> {
    let scan = place.json(&[&["scan", "--select", "packages"], arguments].concat(), 0);
    let line = |one: &Value| {
        let (path, line) = (one["location"]["path"].as_str().unwrap(), &one["location"]["start"]["line"]);
        let check = one["check"].as_str().unwrap().trim_start_matches("packages/");
        format!("{path}:{line} {check} {}", one["message"].as_str().unwrap())
    };
    scan["findings"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn findings_say_which_part_what_brings_it_and_what_for() {
    let entries = "\"node_modules/a\": {\"version\": \"1.0.0\", \"license\": \"MIT\", \"dependencies\": {\"b\": \"1\"}},\n    \
         \"node_modules/b\": {\"version\": \"1.0.0\", \"license\": \"(MIT OR WTFPL)\", \"dependencies\": {\"c\": \"1\"}},\n    \
         \"node_modules/c\": {\"version\": \"1.0.0\", \"license\": \"MIT AND GPL-3.0+\"},\n    \
         \"node_modules/d\": {\"version\": \"1.0.0\", \"dev\": true, \"license\": \"Apache2\", \"dependencies\": {\"c\": \"2\"}},\n    \
         \"node_modules/d/node_modules/c\": {\"version\": \"2.0.0\", \"dev\": true, \"license\": \"MIT AND GPL-3.0-or-later\"}";
    let place = Place::new(&[("palisade.toml", POLICY), ("package-lock.json", &lock(entries))]);
    let expected = [
        "package-lock.json:7 denied-licence `c` 1.0.0 and 2.0.0 are under `MIT AND GPL-3.0-or-later`: \
         `GPL-3.0-or-later` is denied; `d` brings it",
        "package-lock.json:8 unreviewed-licence `d` 1.0.0 states the licence `Apache2`, which is no SPDX expression \
         (`Apache-2.0` may be meant, which an exception can say); the project asks for it itself; for development only",
    ];
    assert_eq!(told(&place, &[]), expected);
    // The same in another file is the same finding, in the file nearest to the root.
    place.write("web/package-lock.json", &lock(entries));
    assert_eq!(told(&place, &[]), expected);
    // What was not chosen is not told.
    place.write("web/package-lock.json", "{}");
    assert_eq!(told(&place, &["--ignore", "packages/denied-licence"]), expected[1..]);
    // Without a policy nothing is said.
    place.write("palisade.toml", "");
    assert_eq!(told(&place, &[]), [""; 0]);
    assert_eq!(place.json(&["scan"], 0)["licences"], Value::Null);
}

#[test]
fn an_exception_holds_for_a_package_and_what_it_states() {
    let entry = |version: &str, licence: &str| {
        lock(&format!("\"node_modules/a\": {{\"version\": \"{version}\", \"license\": \"{licence}\"}}"))
    };
    let place = Place::new(&[("palisade.toml", POLICY), ("package-lock.json", &entry("1.0.0", "GPL-3.0-only"))]);
    place.expect(&["gate", "merge"], 1);
    let scan = place.json(&["scan", "--select", "packages"], 0);
    let fingerprint = scan["findings"][0]["fingerprint"].as_str().unwrap();
    let words = ["--owner", "me", "--ticket", "T-1", "--reason", "bought", "--days", "9"];
    place.expect(&[&["exception", "add", "--fingerprint", fingerprint], &words[..]].concat(), 0);
    place.expect(&["gate", "merge"], 0);
    // Another version, another spelling and another file of the same.
    place.write("package-lock.json", &entry("2.0.0", "gpl-3.0"));
    place.expect(&["gate", "merge"], 0);
    place.write("api/package-lock.json", &entry("3.0.0", "GPL-3.0-only"));
    place.expect(&["gate", "merge"], 0);
    place.write("package-lock.json", &entry("2.0.0", "GPL-3.0-or-later"));
    place.expect(&["gate", "merge"], 1);
}

#[test]
fn what_is_installed_speaks_for_a_lock_file_that_states_nothing() {
    let old = "{\"name\": \"shop\", \"lockfileVersion\": 1, \"dependencies\": {\"a\": {\"version\": \"1.0.0\"}, \
               \"b\": {\"version\": \"1.0.0\"}}}";
    let installed = |licence: &str| format!("{{\"name\": \"a\", \"version\": \"1.0.0\", \"license\": {licence}}}");
    let place = Place::new(&[("palisade.toml", POLICY), ("package-lock.json", old)]);
    assert_eq!(told(&place, &[]), [""; 0]);
    let human = place.expect(&["scan", "--select", "packages"], 0);
    assert!(human.contains("2 packages held against the policy on licences; 2 state none in any file"), "{human}");
    place.write("node_modules/a/package.json", &installed("{\"type\": \"GPL-3.0\"}"));
    assert_eq!(
        told(&place, &[]),
        ["package-lock.json:1 denied-licence `a` 1.0.0 is under `GPL-3.0-only`, which is denied"]
    );
    place.write("node_modules/a/package.json", &installed("\"UNLICENSED\""));
    assert_eq!(
        told(&place, &[]),
        [
            "package-lock.json:1 unreviewed-licence `a` 1.0.0 states the licence `UNLICENSED`, which is no SPDX expression \
          (npm's word for: nobody may use it)"
        ]
    );
    place.write("palisade.toml", "[packages.licences]\nunknown = \"deny\"\n");
    assert_eq!(told(&place, &[]).len(), 2);
    assert!(told(&place, &[])[1].ends_with("denied-licence `b` 1.0.0 states no licence, which is denied"));
}

#[test]
fn a_policy_with_a_fault_is_an_error() {
    let place = Place::new(&[("package-lock.json", "{}")]);
    for (policy, message) in [
        (
            "deny = [\"AGPL-3\"]",
            "[packages] `AGPL-3` is no licence of SPDX's list\nhint: did you mean `AGPL-3.0-only`? A list",
        ),
        ("deny = [\"MIT OR ISC\"]", "`MIT OR ISC` is no licence"),
        ("denied = []", "there is no key `denied`"),
        ("unknown = \"maybe\"", "unknown variant `maybe`"),
    ] {
        place.write("palisade.toml", &format!("[packages.licences]\n{policy}\n"));
        let output = place.run(&["scan"]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(message), "{errors} for {policy}");
    }
}

#[test]
fn material_for_tests_counts_little_unless_the_package_is_used_elsewhere_too() {
    let entry =
        |version: &str| lock(&format!("\"node_modules/a\": {{\"version\": \"{version}\", \"license\": \"GPL-3.0\"}}"));
    let place = Place::new(&[("palisade.toml", POLICY), ("fixtures/package-lock.json", &entry("0.9.0"))]);
    let first = |place: &Place| {
        let scan = place.json(&["scan", "--select", "packages"], 0);
        let finding = &scan["findings"][0];
        format!("{} {}", finding["severity"].as_str().unwrap(), finding["location"]["path"].as_str().unwrap())
    };
    assert_eq!(first(&place), "info fixtures/package-lock.json");
    place.write("a/b/package-lock.json", &entry("1.0.0"));
    assert_eq!(first(&place), "high a/b/package-lock.json");
}
