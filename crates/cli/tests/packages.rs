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
fn what_imports_tell_stands_beside_a_finding_and_keeps_to_the_schema() {
    let place = Place::new(&[
        ("Cargo.lock", LOCK),
        ("Cargo.toml", "[package]\nname = \"shop\"\n"),
        ("src/main.rs", "fn main() {\n    parser::read();\n}\n"),
        ("../db/EX-1.json", RECORD),
    ]);
    place.expect(&["db", "update", "--from", "../db"], 0);
    let scan = place.json(&["scan", "--select", "packages"], 0);
    let reach = &scan["findings"][0]["reach"];
    assert_eq!((&reach["verdict"], &reach["at"]["line"]), (&"imported".into(), &2.into()), "{reach}");
    let schema: Value = serde_json::from_str(include_str!("../../../docs/schema/palisade.scan-1.json")).unwrap();
    assert_eq!(palisade_testkit::schema::faults(&schema, &scan), Vec::<String>::new());
    let told = place.expect(&["scan", "--select", "packages", "--color", "never"], 0);
    assert!(told.contains("= used: src/main.rs:2 imports it"), "{told}");
    let log: Value =
        serde_json::from_str(&place.expect(&["scan", "--select", "packages", "--format", "sarif"], 0)).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["properties"]["reach"], *reach);
    // Of a file alone nothing can be said to be missing; it is the same finding.
    let alone = place.json(&["scan", "Cargo.lock", "--select", "packages"], 0);
    assert_eq!(alone["findings"][0]["reach"]["verdict"], "not-looked-at");
    assert_eq!(alone["findings"][0]["fingerprint"], scan["findings"][0]["fingerprint"]);
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

/// A program of that name, before all others.
fn program(place: &Place, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = place.home.join("bin").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn versions_in_lock_files_are_raised_by_their_package_manager_in_a_copy() {
    let place = Place::new(&[
        ("Cargo.lock", LOCK),
        ("Cargo.toml", "[package]\nname = \"shop\"\n"),
        ("src/lib.rs", "secret sources"),
        (".cargo/config.toml", "[build]\nrustc-wrapper = \"./evil\"\n"),
        ("../db/EX-1.json", RECORD),
    ]);
    place.expect(&["db", "update", "--from", "../db"], 0);
    let told = place.expect(&["fix", "--unsafe"], 0);
    assert!(told.contains("1 more finding goes when package managers raise versions"), "{told}");
    let fix = ["fix", "--unsafe", "--update"];
    // It sees manifests, that sources exist, and nothing that names programs.
    let raise = "test \"$*\" = 'update --package parser@1.4.2 --precise 1.4.3' || exit 7\n\
        test -e .cargo && exit 8\ntest -s src/lib.rs && exit 9\ntest -e src/lib.rs || exit 10\n\
        sed -i 's/1\\.4\\.2/1.4.3/' Cargo.lock";
    program(&place, "cargo", raise);
    let told = place.expect(&fix, 0);
    assert!(told.contains("+version = \"1.4.3\"") && told.contains("nothing was written"), "{told}");
    assert_eq!(fs::read_to_string(place.root.join("Cargo.lock")).unwrap(), LOCK);
    let report = place.json(&fix, 0);
    assert_eq!(report["raisable"], 0, "{report}");

    for (script, reason) in [
        ("echo first >&2; echo 'no such version' >&2; exit 1", "no such version"),
        ("exit 0", "its version stays"),
        ("sed -i 's/1\\.4\\.2/1.4.1/' Cargo.lock; echo '[[' >> Cargo.lock", "would come instead"),
    ] {
        program(&place, "cargo", script);
        let told = place.expect(&[&fix[..], &["--write"]].concat(), 0);
        assert!(told.contains(reason), "{script}: {told}");
        assert_eq!(fs::read_to_string(place.root.join("Cargo.lock")).unwrap(), LOCK);
    }
    fs::remove_file(place.home.join("bin/cargo")).unwrap();
    assert!(place.expect(&fix, 0).contains("left alone"));
    assert!(both(&place, &["--offline", "fix", "--unsafe", "--update"], 2).contains("--offline forbids"));

    program(&place, "cargo", raise);
    place.expect(&[&fix[..], &["--write"]].concat(), 0);
    assert_eq!(fs::read_to_string(place.root.join("Cargo.lock")).unwrap(), LOCK.replace("1.4.2", "1.4.3"));
    place.expect(&["gate", "merge", "--dry-run"], 0);
}

#[test]
fn names_of_packages_are_never_options_or_more_than_a_word() {
    for name in ["-Zunstable", "a b", "a;reboot", "$(reboot)", "a`b`"] {
        let record = RECORD.replace("\"parser\"", &format!("\"{name}\""));
        let place = Place::new(&[("Cargo.lock", &LOCK.replace("parser", name)), ("../db/EX-1.json", &record)]);
        place.expect(&["db", "update", "--from", "../db"], 0);
        let scan = place.json(&["scan", "--select", "packages"], 0);
        let finding = scan["findings"].as_array().unwrap().first().cloned().unwrap_or_default();
        assert_eq!(finding["upgrade"]["command"], Value::Null, "{name}: {scan}");
    }
}

#[test]
fn an_index_is_kept_up_signed_and_demanded() {
    let newer = RECORD.replace("1.4.3", "1.4.9").replace("2026-01-01", "2026-02-01");
    let other = RECORD.replace("EX-1", "EX-2").replace("parser", "other");
    let place = Place::new(&[
        ("Cargo.lock", LOCK),
        ("../db/EX-1.json", RECORD),
        ("../day/EX-1.json", &newer),
        ("../day/EX-2.json", &other),
    ]);
    place.expect(&["db", "update", "--keep", "--from", "../day"], 2);
    place.expect(&["db", "update", "--from", "../db"], 0);
    place.expect(&["db", "update", "--keep", "--from", "../day"], 0);
    let status = place.json(&["db", "status", "--verify"], 0);
    assert_eq!((&status["advisories"], &status["sources"][1]["name"]), (&2.into(), &"../day".into()), "{status}");
    let scan = place.json(&["scan", "--select", "packages"], 0);
    assert!(scan["findings"][0]["message"].as_str().unwrap().contains("1.4.9 is without it"), "{scan}");

    let output = place.run(&["db", "update", "--sign", "--from", "../db"]);
    let told = String::from_utf8(output.stderr).unwrap();
    let key = told.split("PALISADE_ADVISORIES_KEY: ").nth(1).unwrap().trim();
    let told = place.expect(&["db", "status", "--vkey", key], 0);
    assert!(told.contains("signed by  palisade.dev/advisory-index"), "{told}");
    let with = |variables: &[(&str, &str)]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_palisade"));
        command.args(["scan", "--select", "packages"]).current_dir(&place.root).env_clear();
        command.env("XDG_DATA_HOME", place.home.join("data")).envs(variables.iter().copied());
        command.output().unwrap().status.code()
    };
    let demanded = ("PALISADE_ADVISORIES_KEY", key);
    assert_eq!(with(&[demanded]), Some(0));
    assert_eq!(with(&[("PALISADE_ADVISORIES_KEY", "nonsense")]), Some(2));
    assert_eq!(with(&[("PALISADE_ADVISORIES", "/nowhere/index")]), Some(2));
    // Another index under the old signature, one byte changed, no signature: none of them is believed.
    let file = place.home.join("data/palisade/advisories.index");
    let note = fs::read(file.with_extension("index.note")).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() * 3 / 4;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).unwrap();
    assert_eq!(with(&[demanded]), Some(2));
    place.expect(&["db", "update", "--from", "../day"], 0);
    assert_eq!(with(&[demanded]), Some(2));
    fs::write(file.with_extension("index.note"), note).unwrap();
    assert_eq!(with(&[demanded]), Some(2));
    assert_eq!(with(&[]), Some(0));
}

#[test]
fn files_beside_each_other_say_what_is_shipped_and_what_cannot_be_compared() {
    let manifest = "[package]\nname = \"shop\"\nversion = \"1.0.0\"\n[dev-dependencies]\nparser = \"1\"\n";
    let workflow = "on: push\npermissions: {}\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: \
                    o/bare@0123456789abcdef0123456789abcdef01234567\n      - uses: o/said@v1.2.3\n";
    let place = Place::new(&[
        ("Cargo.lock", LOCK),
        ("Cargo.toml", manifest),
        (".github/workflows/ci.yml", workflow),
        ("roots/one/etc/os-release", "ID=debian\nVERSION_ID=12\n"),
        ("roots/one/var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n"),
        ("../db/EX-1.json", RECORD),
    ]);
    let bill = place.json(&["sbom"], 0);
    let scope = |purl: &str| {
        let all = bill["components"].as_array().unwrap();
        all.iter().find(|one| one["purl"] == purl).map(|one| one["scope"].as_str().unwrap().to_owned())
    };
    assert_eq!(scope("pkg:cargo/parser@1.4.2").as_deref(), Some("excluded"), "{bill}");
    assert_eq!(scope("pkg:github/o/said@v1.2.3").as_deref(), Some("excluded"), "{bill}");
    assert_eq!(scope("pkg:deb/debian/a@1?distro=debian-12").as_deref(), Some("required"), "{bill}");

    place.expect(&["db", "update", "--from", "../db"], 0);
    let told = both(&place, &["scan", "--select", "packages"], 0);
    assert!(told.contains(", without 1 action whose version nothing tells"), "{told}");
    let scan = place.json(&["scan", "--select", "packages"], 0);
    assert_eq!(scan["packages"]["without_version"], 1);
    assert!(scan["findings"][0]["message"].as_str().unwrap().ends_with("; for development only"), "{scan}");
}
