//! Bills of materials on the command line: read, turned into other forms, scanned, compared; and new dependencies,
//! which may come in with an exception only.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod common;

use std::process::Command;

use common::{POD, Place};
use serde_json::Value;

fn git(place: &Place, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=you", "-c", "user.email=you@example.com"]).args(arguments);
    let status = command.current_dir(&place.root).env("GIT_CONFIG_GLOBAL", "/dev/null").status().unwrap();
    assert!(status.success(), "{arguments:?}");
}

fn both(place: &Place, arguments: &[&str], code: i32) -> String {
    let out = place.expect(arguments, code);
    out + &String::from_utf8_lossy(&place.run(arguments).stderr)
}

/// A lock file of the packages that the project asks for, each of which brings `NAME-inside`.
fn lock(packages: &[(&str, &str)]) -> String {
    let asked: Vec<String> = packages.iter().map(|(name, version)| format!("\"{name}\": \"^{version}\"")).collect();
    let locked: Vec<String> = packages
        .iter()
        .map(|(name, version)| {
            format!(
                "    \"node_modules/{name}\": {{\"version\": \"{version}\", \"license\": \"MIT\", \"dependencies\": \
                 {{\"{name}-inside\": \"1\"}}}},\n    \"node_modules/{name}-inside\": {{\"version\": \"1.0.0\"}}"
            )
        })
        .collect();
    format!(
        "{{\n  \"name\": \"shop\", \"lockfileVersion\": 3,\n  \"packages\": {{\n    \"\": {{\"name\": \"shop\", \
         \"dependencies\": {{{}}}}},\n{}\n  }}\n}}\n",
        asked.join(", "),
        locked.join(",\n")
    )
}

const RECORD: &str = r#"{"id": "EX-1", "modified": "2026-01-01T00:00:00Z", "summary": "Reads | beyond the end",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [{"package": {"ecosystem": "npm", "name": "tags"},
    "ranges": [{"type": "SEMVER", "events": [{"introduced": "2.0.0"}, {"fixed": "2.1.0"}]}]}]}"#;

#[test]
fn a_new_dependency_comes_in_with_an_exception_until_its_last_day() {
    let settings = "[packages]\nnew = \"exception\"\n";
    let old = lock(&[("tags", "1.0.0")]);
    let place = Place::new(&[("palisade.toml", settings), ("web/package-lock.json", &old)]);
    git(&place, &["init", "--quiet", "--initial-branch", "main"]);
    git(&place, &["add", "."]);
    git(&place, &["commit", "--quiet", "--message", "begin"]);
    git(&place, &["switch", "--quiet", "--create", "change"]);
    let gate: &[&str] = &["gate", "merge", "--since", "main"];
    place.expect(gate, 0);

    // Another version of what was there is no new dependency, and neither is what a new one brings along.
    place.write("web/package-lock.json", &lock(&[("tags", "1.1.0")]));
    place.expect(gate, 0);
    place.write("web/package-lock.json", &lock(&[("tags", "1.1.0"), ("pad", "3.0.0")]));
    place.expect(gate, 1);
    let scan = place.json(&["scan", "--select", "packages", "--since", "main"], 0);
    let findings = scan["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    let message = findings[0]["message"].as_str().unwrap();
    assert!(message.starts_with("`pad` 3.0.0 is new: web/package-lock.json asks for it"), "{message}");

    // The command is in the message as it has to be written.
    let command = message.split('`').find(|part| part.starts_with("palisade exception add")).unwrap();
    let filled = command.replace("OWNER", "me").replace("TICKET", "T-1").replace("WHY", "needed");
    let words: Vec<&str> = filled.split(' ').skip(1).collect();
    place.expect(&words, 0);
    place.expect(gate, 0);
    // It holds wherever the package stands, in whatever version, and for no other.
    place.write("web/package-lock.json", &format!("\n\n{}", lock(&[("pad", "3.0.1"), ("tags", "1.1.0")])));
    place.write("api/package-lock.json", &lock(&[("pad", "3.0.0")]));
    place.expect(gate, 0);
    place.write("api/package-lock.json", &lock(&[("other", "3.0.0")]));
    place.expect(gate, 1);
    place.write("api/package-lock.json", "{}");

    let file = ".palisade/exceptions.toml";
    let text = std::fs::read_to_string(place.root.join(file)).unwrap();
    let lapsed: Vec<&str> =
        text.lines().map(|line| if line.starts_with("expires") { "expires = \"2020-01-01\"" } else { line }).collect();
    place.write(file, &lapsed.join("\n"));
    place.expect(gate, 1);

    // Once the change is in, the exception is not called unused; it goes on to ask for a review at its end.
    place.write(file, &text);
    git(&place, &["add", "."]);
    git(&place, &["commit", "--quiet", "--message", "change"]);
    let scan = place.json(&["scan", "--since", "HEAD"], 0);
    let ids: Vec<&str> =
        scan["findings"].as_array().unwrap().iter().map(|one| one["check"].as_str().unwrap()).collect();
    assert!(!ids.contains(&"exceptions/unused") && !ids.contains(&"packages/new-dependency"), "{ids:?}");

    // Without anything to compare with nothing is judged, and that is said.
    let told = both(&place, &["gate", "merge", "--dry-run"], 0);
    assert!(told.contains("was not judged: there is nothing to compare with"), "{told}");
    // What cannot be compared with is an error, never an allow.
    place.expect(&["gate", "merge", "--since", "gone"], 2);
}

#[test]
fn a_bill_that_was_named_is_read_turned_and_scanned_and_in_a_folder_it_is_not() {
    let place = Place::new(&[("package-lock.json", &lock(&[("tags", "2.0.0")])), ("../db/EX-1.json", RECORD)]);
    place.expect(&["db", "update", "--from", "../db"], 0);
    let formats = ["cyclonedx", "cyclonedx-xml", "spdx", "spdx-tag", "spdx-3.0"];
    let purls = |bill: &Value| -> Vec<String> {
        let components = bill["components"].as_array().unwrap().iter();
        components.map(|one| format!("{} {}", one["purl"], one["licenses"])).collect()
    };
    let wanted = purls(&place.json(&["sbom"], 0));
    assert_eq!(wanted.len(), 2);
    for format in formats {
        place.expect(&["sbom", "--format", format, "-o", "bill"], 0);
        assert_eq!(purls(&place.json(&["sbom", "bill"], 0)), wanted, "{format}");
        let scan = place.json(&["scan", "bill", "--select", "packages"], 0);
        let finding = &scan["findings"][0];
        assert_eq!(finding["check"], "packages/known-vulnerability", "{format}: {scan}");
        // It points at the line of the component in the bill.
        let line = usize::try_from(finding["location"]["start"]["line"].as_u64().unwrap_or_default()).unwrap();
        let text = std::fs::read_to_string(place.root.join("bill")).unwrap();
        let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        assert!(shown.contains("2.0.0"), "{format}: line {line} is `{shown}` in {finding}");
        assert_eq!(place.json(&["scan", "--select", "packages"], 0)["findings"].as_array().unwrap().len(), 1);
    }
    place.write("odd.json", r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "x"}]}"#);
    let told = both(&place, &["sbom", "odd.json"], 0);
    assert!(told.contains("line 1: `x` has no package URL"), "{told}");
    place.write("none.json", "{}");
    place.write("agent.yaml", POD);
    for none in ["none.json", "agent.yaml"] {
        assert!(both(&place, &["sbom", none], 3).contains("no lock file, manifest or bill of materials"), "{none}");
    }
}

#[test]
fn differences_between_folders_files_and_revisions() {
    let place = Place::new(&[("package-lock.json", &lock(&[("tags", "1.0.0"), ("gone", "1.0.0")]))]);
    git(&place, &["init", "--quiet", "--initial-branch", "main"]);
    git(&place, &["add", "."]);
    git(&place, &["commit", "--quiet", "--message", "begin"]);
    let same = place.expect(&["sbom", "diff", "main"], 0);
    assert!(same.contains("the same 4 packages"), "{same}");
    place.expect(&["sbom", "--format", "spdx", "-o", "../old.json"], 0);
    let scripts = lock(&[("tags", "2.0.0"), ("|x<b>", "1.0.0")])
        .replace("\"version\": \"2.0.0\"", "\"version\": \"2.0.0\", \"hasInstallScript\": true");
    place.write("package-lock.json", &scripts.replace("MIT", "GPL-3.0-only"));
    place.write("../db/EX-1.json", RECORD);
    place.expect(&["db", "update", "--from", "../db"], 0);
    for before in ["main", "HEAD", "../old.json"] {
        let diff = place.json(&["sbom", "diff", before], 0);
        let counts = &diff["counts"];
        assert_eq!(
            (&counts["added"], &counts["removed"], &counts["upgraded"]),
            (&2.into(), &2.into(), &1.into()),
            "{diff}"
        );
        let upgraded = diff["changes"].as_array().unwrap().iter().find(|one| one["change"] == "upgraded").unwrap();
        assert_eq!((&upgraded["scripts"], &upgraded["licence"]["after"]), (&true.into(), &"GPL-3.0-only".into()));
        assert_eq!(diff["vulnerabilities"]["new"][0]["name"], "EX-1", "{diff}");
    }
    let back = place.json(&["sbom", "diff", ".", "main"], 0);
    assert_eq!(
        (&back["counts"]["downgraded"], &back["vulnerabilities"]["fixed"][0]["name"]),
        (&1.into(), &"EX-1".into())
    );
    let comment = place.expect(&["sbom", "diff", "main", "--format", "markdown"], 0);
    assert!(comment.contains("npm &#124;x&lt;b&gt;") && !comment.contains("<b>"), "{comment}");
    assert!(comment.contains("Reads \\| beyond"), "{comment}");
    let person = place.expect(&["sbom", "diff", "main"], 0);
    assert!(person.contains("new vulnerabilities") && person.contains("2.1.0 is without it"), "{person}");

    // A path wins over a revision of the same name, and that is said; what is neither is an error.
    place.write("main/package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}");
    assert!(both(&place, &["sbom", "diff", "main"], 0).contains("`main` is a path and a revision"));
    assert!(both(&place, &["sbom", "diff", "nothing"], 2).contains("`nothing` is no path here, and no revision"));
}
