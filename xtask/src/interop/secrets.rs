//! Rules in gitleaks' format, loaded by gitleaks and by us, on the same tree.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tools::GITLEAKS;
use super::{Bench, findings, observed, text};

/// Every field of the format that decides: groups, entropy, keywords, paths, and allowlists of each kind.
const RULES: &str = r#"
title = "interop"

[extend]
useDefault = false

[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''\b(acme-[a-z0-9]{16})\b'''
entropy = 2.5
keywords = ["acme-"]

[[rules]]
id = "second-group"
description = "The second group is the secret"
regex = '''(?i)(user|owner)\s*=\s*"([a-z0-9]{10,40})"'''
secretGroup = 2
keywords = ["user", "owner"]

[[rules]]
id = "in-settings-only"
description = "Only in one folder"
regex = '''pin=([0-9]{8})'''
path = '''^settings/.*\.ini$'''

[[rules]]
id = "key-file"
description = "The file itself"
path = '''\.keystore$'''

[[rules]]
id = "with-allowlists"
description = "Each kind of allowlist"
regex = '''key:([A-Za-z0-9]{12,30})'''

[[rules.allowlists]]
description = "a word in the secret"
stopwords = ["sample"]

[[rules.allowlists]]
description = "the whole match"
regexTarget = "match"
regexes = ['''^key:0000''']

[[rules.allowlists]]
description = "the line"
regexTarget = "line"
regexes = ['''# not one''']

[[rules.allowlists]]
description = "both must hold"
condition = "AND"
paths = ['''^docs/''']
stopwords = ["demo"]

[allowlist]
description = "for every rule"
paths = ['''^vendor/''']
"#;

/// The files of the tree. Values are made up, and split so that no scanner finds them here.
const FILES: [(&str, &[&str]); 9] = [
    ("src/a.py", &["t = 'acme-", "q7x2m9k4r8v1z5w3'\nlow = 'acme-", "aaaaaaaaaaaaaaaa'\n"]),
    ("src/b.py", &["# no keyword in this file\nt = 'other-", "q7x2m9k4r8v1z5w3'\n"]),
    ("src/c.toml", &["user = \"", "k3j8d0s2m7q1\"\n\nOwner = \"", "z9y8x7w6v5u4\"\n"]),
    ("settings/a.ini", &["[a]\npin=", "83920174\n"]),
    ("other/a.ini", &["[a]\npin=", "83920174\n"]),
    ("deploy/release.keystore", &["opaque\n"]),
    (
        "src/d.txt",
        &["key:", "Qm8Zt2Vx7Lp4\nkey:sample", "Qm8Zt2Vx7\nkey:0000", "Qm8Zt2Vx\nkey:", "Hn5Rw9Kc3Bf6 # not one\n"],
    ),
    ("docs/d.txt", &["key:demo", "Qm8Zt2Vx7\nkey:", "Uj4Ye6Gs1Dp0\n"]),
    ("vendor/d.txt", &["key:", "Uj4Ye6Gs1Dp9\n"]),
];

/// The same rule at the same line of the same file, no more and no less.
pub(super) fn gitleaks(bench: &Bench) -> Result<String> {
    let gitleaks = bench.go_tool(&GITLEAKS)?;
    let tree = bench.scratch.join("tree");
    for (path, parts) in FILES {
        let path = tree.join(path);
        std::fs::create_dir_all(path.parent().context("a path without a folder")?)?;
        std::fs::write(path, parts.concat())?;
    }
    let rules = bench.scratch.join("rules.toml");
    std::fs::write(&rules, RULES)?;
    let report = bench.scratch.join("gitleaks.json");
    let mut command = Command::new(gitleaks);
    command.args(["dir", ".", "--no-banner", "--exit-code=0", "--report-format=json"]).current_dir(&tree);
    let (code, _, errors) = observed(command.arg("--config").arg(&rules).arg("--report-path").arg(&report))?;
    if code != 0 {
        bail!("gitleaks ended with {code}: {errors}");
    }
    let theirs: Value = serde_json::from_str(&std::fs::read_to_string(&report)?).context("gitleaks' report")?;
    // gitleaks says line 0 of a file that is a finding as a whole.
    let line = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0).max(1);
    let theirs: BTreeSet<(String, String, u64)> = theirs
        .as_array()
        .context("gitleaks' report is no array")?
        .iter()
        .map(|one| (text(one, "/RuleID").to_owned(), text(one, "/File").to_owned(), line(one, "/StartLine")))
        .collect();
    let scan = bench.scan(&tree, &[".", "--select", "secrets", "--rules", &rules.to_string_lossy()])?;
    let mut ours = BTreeSet::new();
    for finding in findings(&scan)? {
        let rule = text(finding, "/check").trim_start_matches("secrets/");
        let more = finding.get("also").and_then(Value::as_array).into_iter().flatten();
        for place in std::iter::once(finding).chain(more) {
            ours.insert((
                rule.to_owned(),
                text(place, "/location/path").to_owned(),
                line(place, "/location/start/line"),
            ));
        }
    }
    let only = |left: &BTreeSet<_>, right: &BTreeSet<_>| left.difference(right).cloned().collect::<Vec<_>>();
    if ours != theirs || ours.is_empty() {
        bail!("only gitleaks: {:?}; only we: {:?}", only(&theirs, &ours), only(&ours, &theirs));
    }
    Ok(format!("{} hits of {} rules, the same by both", ours.len(), RULES.matches("[[rules]]").count()))
}
