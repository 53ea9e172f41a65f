//! What `init` writes fits, passes the scan, and overwrites nothing.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{POD, Place};

/// Every file of a place.
fn files(folder: &Path, root: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), root, found);
        } else {
            let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.insert(path, fs::read(entry.path()).unwrap());
        }
    }
}

fn all(place: &Place) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    files(&place.root, &place.root, &mut found);
    found
}

/// Runs `init` and asserts that it changed no file, and that nothing it wrote is more than `info`. What it wrote.
fn judged(place: &Place, arguments: &[&str]) -> Vec<String> {
    let before = all(place);
    place.expect(&[&["init"], arguments].concat(), 0);
    let after = all(place);
    for (path, bytes) in &before {
        assert_eq!(after.get(path), Some(bytes), "{path} was changed");
    }
    let written: Vec<String> = after.keys().filter(|path| !before.contains_key(*path)).cloned().collect();
    let scan = place.json(&["scan"], 0);
    for finding in scan["findings"].as_array().unwrap() {
        let path = finding["location"]["path"].as_str().unwrap();
        let at_fault = written.iter().any(|written| written == path) && finding["severity"] != "info";
        assert!(!at_fault, "{finding:#}");
    }
    place.expect(&[&["init"], arguments].concat(), 0);
    assert!(all(place) == after, "a second run changed something");
    written
}

#[test]
fn an_empty_repository_is_complete_and_passes_the_gate() {
    let place = Place::new(&[]);
    let written = judged(&place, &["--owner", "@shop/platform", "--contact", "security@shop.example"]);
    assert_eq!(written.len(), 14, "{written:?}");
    assert_eq!(place.json(&["gate", "merge"], 0)["verdict"], "allow");
    // With something to build, everything that repo/ looks for is there.
    place.write("app.py", "print('hello')\n");
    let scan = place.json(&["scan", "--select", "repo"], 0);
    let left: Vec<&str> =
        scan["findings"].as_array().unwrap().iter().map(|one| one["check"].as_str().unwrap()).collect();
    assert_eq!(left, ["repo/missing-licence"]);
    judged(&place, &["--palisade-commit", "0123456789abcdef0123456789abcdef01234567"]);
}

#[test]
fn an_old_repository_keeps_what_it_has() {
    let place = Place::new(&[]);
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    let mut found = BTreeMap::new();
    files(&shop, &shop, &mut found);
    for (path, bytes) in &found {
        place.write(path, &String::from_utf8_lossy(bytes));
    }
    place.write("deploy/agent.yaml", POD);
    let written = judged(&place, &["--owner", "@shop/platform", "--owner", "you@shop.example"]);
    assert!(written.iter().any(|path| path == ".gitlab/ci/palisade.yml"), "{written:?}");
    let owners = fs::read_to_string(place.root.join(".github/CODEOWNERS")).unwrap();
    assert!(owners.contains("\n/deploy/chart/ @shop/platform you@shop.example\n"), "{owners}");
    let rollback = fs::read_to_string(place.root.join("docs/runbooks/rollback.md")).unwrap();
    assert!(rollback.contains("helm rollback"), "{rollback}");
    assert_eq!(place.json(&["gate", "merge"], 1)["verdict"], "deny");
}

#[test]
fn manifests_are_watched_where_they_are() {
    let place = Place::new(&[
        ("web/package.json", "{}"),
        ("a \"b\"/go.mod", "module x\n"),
        ("Cargo.toml", ""),
        ("crates/a/Cargo.toml", ""),
        ("testdata/Gemfile", ""),
    ]);
    judged(&place, &["--only", "dependabot"]);
    let text = fs::read_to_string(place.root.join(".github/dependabot.yml")).unwrap();
    for line in ["directories: [\"/web\"]", "directories: [\"/a \\\"b\\\"\"]", "cargo\n    directories: [\"/\"]"] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("bundler"), "{text}");
    let renovating = Place::new(&[("package.json", "{}"), ("renovate.json", "{}")]);
    assert!(judged(&renovating, &["--only", "dependabot"]).is_empty());
}

#[test]
fn a_dry_run_and_bad_arguments_write_nothing() {
    let place = Place::new(&[("README.md", "hello\n")]);
    let out = place.expect(&["init", "--dry-run", "--only", "workflow"], 0);
    assert!(out.contains("would write .github/workflows/palisade.yml") && out.contains("permissions: {}"), "{out}");
    for arguments in
        [["--owner", "somebody"], ["--owner", "@a b"], ["--palisade-commit", "main"], ["--contact", "a\nb"]]
    {
        place.expect(&["init", arguments[0], arguments[1]], 2);
    }
    assert_eq!(all(&place).len(), 1);
}

#[test]
fn what_is_left_to_do_is_said() {
    let place = Place::new(&[(".gitlab-ci.yml", "stages: [test]\n"), (".github/CODEOWNERS", "* @shop/all\n")]);
    let out = place.expect(&["init"], 0);
    assert!(out.contains("The gate does not run yet: add to .gitlab-ci.yml\n    include:\n      - local: .gitlab/ci/"));
    assert!(out.contains("hosted runners do not have") && out.contains("It is disabled"), "{out}");
    let ruleset = || fs::read_to_string(place.root.join(".github/rulesets/main.json")).unwrap();
    assert!(ruleset().contains("\"enforcement\": \"disabled\""));
    fs::remove_dir_all(place.root.join(".github/rulesets")).unwrap();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let out = place.expect(&["init", "--only", "ruleset", "--palisade-commit", commit], 0);
    assert!(!out.contains("disabled") && ruleset().contains("\"enforcement\": \"active\""), "{out}");
    // With a pipeline of its own there is nothing left to add.
    let gitlab = Place::new(&[(".gitlab/CODEOWNERS", "* @shop/all\n")]);
    assert!(!gitlab.expect(&["init"], 0).contains("does not run yet"));
}

#[test]
fn what_git_ignores_is_said() {
    let place = Place::new(&[(".git/HEAD", "ref: refs/heads/main\n"), (".gitignore", "*.pyc\n.*\n!.github/\n")]);
    fs::create_dir_all(place.root.join(".git/objects")).unwrap();
    fs::create_dir_all(place.root.join(".git/refs")).unwrap();
    let said = |arguments: &[&str]| {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let ignored = "warning: git ignores .palisade/exceptions.toml, .palisade/identity.key, for .gitignore:2 (`.*`): a \
                   clone will not have it\nhint: `git add -f .palisade/exceptions.toml .palisade/identity.key`, or add \
                   the line `!.palisade/` to .gitignore\n";
    assert_eq!(said(&["init", "--only", "settings"]), ignored);
    let scope = ["--check", "kubernetes/privileged-container", "--path", ".gitignore", "--days", "3"];
    let why = ["--owner", "platform", "--ticket", "OPS-1", "--reason", "until the agent is replaced"];
    let add = [&["exception", "add"], scope.as_slice(), &why].concat();
    assert!(said(&add).contains("git ignores .palisade/exceptions.toml, for .gitignore:2 (`.*`)"));
    place.write(".gitignore", ".*\n!.palisade/\n");
    assert_eq!(said(&["exception", "renew", "EX-1", "--days", "4"]), "");
    assert_eq!(said(&["init", "--only", "settings"]), "");
}

#[test]
fn a_missing_directory_is_an_error_and_a_changed_file_is_told_apart() {
    let place = Place::new(&[("SECURITY.md", "Write to us.\n")]);
    place.expect(&["init", "repositroy"], 2);
    assert!(!place.root.join("repositroy").exists());
    assert!(place.expect(&["init", "--only", "security"], 0).contains("kept SECURITY.md, which differs\n"));
    place.expect(&["init", "--only", "threat-model"], 0);
    assert!(place.expect(&["init", "--only", "threat-model"], 0).contains("kept docs/threat-model.md\n"));
}

#[cfg(unix)]
#[test]
fn no_link_leads_out() {
    let place = Place::new(&[("README.md", "hello\n")]);
    let outside = place.home.join("outside");
    fs::create_dir_all(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, place.root.join("docs")).unwrap();
    place.expect(&["init", "--only", "threat-model"], 2);
    assert_eq!(fs::read_dir(outside).unwrap().count(), 0);
}
