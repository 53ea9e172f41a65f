//! `gate merge`, `exception` and `ledger` as a user runs them: the built binary on real folders.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{POD, Place};
use serde_json::Value;

/// The kinds of faults that `ledger verify` names, and its messages.
fn faults(place: &Place) -> (Vec<String>, String) {
    let report = place.json(&["ledger", "verify"], 1);
    let faults = report["faults"].as_array().unwrap();
    let names = faults.iter().map(|fault| fault["fault"].as_str().unwrap().to_owned()).collect();
    let messages: Vec<&str> = faults.iter().map(|fault| fault["message"].as_str().unwrap()).collect();
    (names, messages.join("\n"))
}

fn ledger(place: &Place, path: &str) -> PathBuf {
    place.root.join(".palisade/ledger").join(path)
}

fn checks(decision: &Value) -> Vec<&str> {
    let reasons = decision["reasons"].as_array().unwrap();
    reasons
        .iter()
        .filter(|reason| reason["effect"] == "deny")
        .filter_map(|reason| reason["finding"]["check"].as_str())
        .collect()
}

#[test]
fn a_clean_repository_is_allowed_and_the_allow_is_in_the_ledger_first() {
    let place = Place::new(&[("README.md", "hello\n")]);
    let decision = place.json(&["gate", "merge"], 0);
    assert_eq!(decision["schema"], "palisade.decision/1");
    assert_eq!(decision["verdict"], "allow");
    assert_eq!(decision["entry"]["index"], 0);
    assert!(place.expect(&["ledger", "verify"], 0).starts_with("intact: 1 entry "));
    let text = place.expect(&["gate", "merge", "."], 0);
    assert!(text.contains("Merge allowed") && text.contains("recorded as entry 1"), "{text}");
    // The ledger keeps itself out of commits and scans.
    assert_eq!(fs::read_to_string(ledger(&place, ".gitignore")).unwrap(), "*\n");
}

#[test]
fn a_bad_finding_denies_with_a_next_step_and_an_exception_lifts_it() {
    let place = Place::new(&[("deploy/agent.yaml", POD)]);
    let decision = place.json(&["gate", "merge"], 1);
    assert!(checks(&decision).contains(&"kubernetes/privileged-container"), "{decision}");
    for reason in decision["reasons"].as_array().unwrap() {
        assert!(!reason["next"].as_str().unwrap().is_empty());
    }
    let text = place.expect(&["gate", "merge"], 1);
    assert!(text.contains("Merge denied") && text.contains("next: "), "{text}");
    assert!(place.expect(&["gate", "merge", "--dry-run"], 0).contains("Merge would be denied"));
    let add = [
        "exception",
        "add",
        "--path",
        "deploy/agent.yaml",
        "--check",
        "kubernetes/*",
        "--owner",
        "platform",
        "--ticket",
        "OPS-1",
        "--reason",
        "it loads a kernel module",
        "--days",
        "30",
    ];
    assert!(place.expect(&add, 0).starts_with("added EX-1"));
    let decision = place.json(&["gate", "merge"], 0);
    assert_eq!(decision["exceptions"], serde_json::json!(["EX-1"]));
    assert!(decision["counts"]["excepted"].as_u64().unwrap() > 0);
    assert!(checks(&place.json(&["gate", "merge", "--no-exceptions"], 1)).contains(&"kubernetes/privileged-container"));
    place.expect(&["exception", "revoke", "EX-1"], 0);
    place.json(&["gate", "merge"], 1);
}

#[test]
fn exceptions_are_edited_in_place_and_only_when_they_would_hold() {
    let place = Place::new(&[("a.txt", "x")]);
    let add = |id: &str, days: &str, code: i32| {
        let arguments = [
            "exception",
            "add",
            "--id",
            id,
            "--check",
            "kubernetes/host-path",
            "--path",
            "a.yaml",
            "--owner",
            "me",
            "--ticket",
            "T-1",
            "--reason",
            "a \"quoted\" reason",
            "--days",
            days,
        ];
        place.expect(&arguments, code)
    };
    place.write(".palisade/exceptions.toml", "# the head stays\n");
    add("A", "10", 0);
    add("B", "20", 0);
    add("C", "91", 2);
    add("A", "10", 2);
    let text = || fs::read_to_string(place.root.join(".palisade/exceptions.toml")).unwrap();
    assert!(text().starts_with("# the head stays\n") && !text().contains("\"C\""), "{}", text());
    let before = text();
    place.expect(&["exception", "renew", "A", "--days", "400"], 2);
    assert_eq!(text(), before);
    place.expect(&["exception", "renew", "A", "--days", "60"], 0);
    assert_eq!(text().lines().zip(before.lines()).filter(|(new, old)| new != old).count(), 1);
    let list = place.json(&["exception", "list"], 0);
    assert_eq!(list["exceptions"].as_array().unwrap().len(), 2);
    assert_eq!(list["exceptions"][0]["in_force"], true);
    place.expect(&["exception", "revoke", "A"], 0);
    assert!(!text().contains("\"A\"") && text().contains("\"B\"") && text().starts_with("# the head stays\n"));
    place.expect(&["exception", "revoke", "A"], 2);
    place.expect(&["exception", "revoke", "B"], 0);
    assert_eq!(text(), "# the head stays\n");
    place.write(".palisade/exceptions.toml", "[[exception]\n");
    assert!(place.expect(&["exception", "list"], 0).contains("no exception holds"));
}

#[test]
fn what_is_old_is_excused_by_a_baseline_and_a_broken_one_excuses_nothing() {
    let place = Place::new(&[("deploy/agent.yaml", POD)]);
    let baseline = place.home.with_file_name("baseline.json");
    let baseline = baseline.to_str().unwrap();
    place.expect(&["scan", "--format", "json", "--output", baseline], 0);
    let decision = place.json(&["gate", "merge", "--baseline", baseline], 0);
    assert_eq!(decision["counts"]["new"], 0);
    assert!(decision["counts"]["unchanged"].as_u64().unwrap() > 0);
    place.json(&["gate", "merge", "--baseline", baseline, "--all"], 1);
    place.write("deploy/other.yaml", POD);
    let decision = place.json(&["gate", "merge", "--baseline", baseline], 1);
    assert!(
        decision["reasons"].as_array().unwrap().iter().all(|reason| reason["where"]["path"] == "deploy/other.yaml")
    );
    for (name, text) in [("missing", None), ("empty", Some("")), ("other", Some("{\"schema\":\"x\",\"findings\":[]}"))]
    {
        let path = place.home.with_file_name(name);
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        place.expect(&["gate", "merge", "--baseline", path.to_str().unwrap()], 2);
    }
}

/// In two pieces, so that no scanner finds it here.
const PASSWORD: &str = concat!("DB_PASS", "WORD = 'vR7-", "kqz2Wm!t'\n");

#[test]
fn an_old_secret_is_told_as_old_and_still_denied() {
    let place = Place::new(&[("settings.py", PASSWORD)]);
    let baseline = place.home.with_file_name("baseline.json");
    let baseline = baseline.to_str().unwrap();
    place.expect(&["scan", "--format", "json", "--output", baseline], 0);
    let told = place.expect(&["scan", "--baseline", baseline], 0);
    assert!(told.starts_with("Nothing new\n"), "{told}");
    assert!(told.contains("1 of them is a secret, which a gate denies old or new"), "{told}");
    let decision = place.json(&["gate", "merge", "--baseline", baseline], 1);
    assert_eq!((&decision["counts"]["new"], &decision["counts"]["unchanged"]), (&0.into(), &1.into()));
}

#[test]
fn material_for_tests_is_told_as_information_unless_it_holds_secrets() {
    let place = Place::new(&[("pkg/testdata/agent.yaml", POD), ("pkg/testdata/settings.py", PASSWORD)]);
    let decision = place.json(&["gate", "merge"], 1);
    assert!(checks(&decision).iter().all(|check| check.starts_with("secrets/")), "{decision}");
    place.write("palisade.toml", "[scan]\nfixtures = []\n");
    let decision = place.json(&["gate", "merge"], 1);
    assert!(checks(&decision).contains(&"kubernetes/privileged-container"), "{decision}");
}

#[test]
fn what_cannot_be_decided_is_never_an_allow() {
    assert!(Place::new(&[]).expect(&["gate", "merge"], 3).contains("Nothing to judge"));
    let place = Place::new(&[("a.txt", "x")]);
    place.expect(&["gate", "merge", "nowhere"], 2);
    place.expect(&["gate", "merge", "--ignore", "scan"], 2);
    place.expect(&["gate", "merge", "--since", "main"], 2);
    for settings in ["[gate.merge]\nseverity = \"hihg\"\n", "[gate.merge]\nsecrets = \"warn\"\n", "[gaet]\n", "["] {
        place.write("palisade.toml", settings);
        assert_eq!(place.expect(&["gate", "merge"], 2), "", "{settings}");
    }
    place.write("palisade.toml", "[scan]\nignore = [\"ci\"]\n");
    place.expect(&["gate", "merge"], 2);
    fs::remove_file(place.root.join("palisade.toml")).unwrap();
    // No key, no home, a key that lies in the ledger: the decision cannot be recorded.
    let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
    let output = command.args(["gate", "merge"]).current_dir(&place.root).env_clear().output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    place.expect(&["gate", "merge", "--key", ".palisade/ledger/key"], 2);
    place.write("file", "x");
    assert_eq!(place.expect(&["gate", "merge", "--ledger", "file"], 2), "");
    place.expect(&["gate", "merge"], 0);
    fs::write(ledger(&place, "checkpoint"), "forged\n").unwrap();
    assert_eq!(place.expect(&["gate", "merge"], 2), "");
}

#[cfg(unix)]
#[test]
fn a_planted_link_leads_the_ledger_nowhere() {
    let place = Place::new(&[("a.txt", "x")]);
    let elsewhere = place.home.with_file_name("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    fs::create_dir_all(place.root.join(".palisade")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, place.root.join(".palisade/ledger")).unwrap();
    place.expect(&["gate", "merge"], 2);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    fs::remove_file(place.root.join(".palisade/ledger")).unwrap();
    fs::create_dir_all(ledger(&place, "")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, ledger(&place, "tile")).unwrap();
    place.expect(&["gate", "merge"], 2);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn the_key_is_private_and_an_exposed_one_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new(&[("a.txt", "x")]);
    place.expect(&["gate", "merge"], 0);
    let key = place.home.join("palisade/ledger.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    place.expect(&["gate", "merge"], 2);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
}

/// A ledger of six entries, appended one by one.
fn six() -> Place {
    let place = Place::new(&[]);
    for number in 0..6 {
        place.write("line.jsonl", &format!("{{\"n\":{number}}}\n"));
        place.expect(&["ledger", "append", "line.jsonl"], 0);
    }
    place.expect(&["ledger", "verify"], 0);
    place
}

fn items(bytes: &[u8]) -> Vec<Vec<u8>> {
    palisade_ledger::parse_bundle(bytes).0.into_iter().map(<[u8]>::to_vec).collect()
}

#[test]
fn every_kind_of_tampering_is_named() {
    let place = six();
    let path = ledger(&place, "tile/entries/000.p/6");
    let good = fs::read(&path).unwrap();
    let tampered = |bytes: Vec<u8>| {
        fs::write(&path, bytes).unwrap();
        faults(&place)
    };
    let mut one = good.clone();
    let at = one.windows(7).position(|window| window == b"{\"n\":3}").unwrap();
    one[at + 5] = b'7';
    assert_eq!(tampered(one), (vec!["edited".into()], "entry 3 was edited".into()));
    let mut swapped = items(&good);
    swapped.swap(1, 4);
    assert_eq!(tampered(palisade_ledger::print_bundle(&swapped)).0, ["moved", "moved"]);
    let mut fewer = items(&good);
    fewer.pop();
    let removed = (vec!["removed".into()], "entry 5 was removed".into());
    assert_eq!(tampered(palisade_ledger::print_bundle(&fewer)), removed);
    fewer.remove(2);
    assert!(tampered(palisade_ledger::print_bundle(&fewer)).1.contains("entry 2 was removed"));
    let mut more = items(&good);
    more.push(more[0].clone());
    assert_eq!(tampered(palisade_ledger::print_bundle(&more)).0, ["unsigned"]);
    fs::write(&path, &good).unwrap();
    place.expect(&["ledger", "verify"], 0);
    fs::remove_file(&path).unwrap();
    assert!(faults(&place).1.contains("entries 0 to 5 were removed"));
}

#[test]
fn an_older_copy_is_a_rollback() {
    let place = six();
    let kept = place.home.with_file_name("kept");
    copy(&ledger(&place, ""), &kept);
    place.expect(&["ledger", "append", "line.jsonl"], 0);
    fs::remove_dir_all(ledger(&place, "")).unwrap();
    copy(&kept, &ledger(&place, ""));
    let (names, messages) = faults(&place);
    assert_eq!(names[0], "rolled-back", "{messages}");
    assert!(messages.contains("entry 6 removed"), "{messages}");
    place.expect(&["ledger", "append", "line.jsonl"], 2);
    // Elsewhere, with the public key alone, the older copy is a valid ledger, and it says what would not show.
    let key = fs::read_to_string(kept.join("key.pub")).unwrap();
    let arguments = ["ledger", "verify", "--ledger", kept.to_str().unwrap(), "--vkey", key.trim(), "--key", "none"];
    assert!(place.expect(&arguments, 0).contains("remembers no earlier state"));
}

#[test]
fn a_proof_verifies_without_the_ledger() {
    let place = six();
    let proof = place.expect(&["ledger", "prove", "4"], 0);
    let key = fs::read_to_string(ledger(&place, "key.pub")).unwrap();
    fs::remove_dir_all(ledger(&place, "")).unwrap();
    place.write("proof", &proof);
    let arguments = ["ledger", "verify", "--proof", "proof", "--vkey", key.trim()];
    let text = place.expect(&arguments, 0);
    assert!(text.starts_with("valid: this is entry 4 of 6") && text.contains("{\"n\":4}"), "{text}");
    place.expect(&["ledger", "verify", "--proof", "proof"], 0);
    place.write("proof", &proof.replace("index 4", "index 3"));
    place.expect(&arguments, 1);
    place.write("proof", &format!("{proof}\n"));
    place.expect(&arguments, 2);
}

#[test]
fn lines_are_appended_as_they_are_or_not_at_all() {
    let place =
        Place::new(&[("lines.jsonl", "{\"b\":1,\"a\":[true,null]}\n\n\"text\"\n{\"kind\":\"drill\",\"payload\":7}\n")]);
    let receipts = place.json(&["ledger", "append", "lines.jsonl", "--ledger", "log"], 0);
    assert_eq!(receipts["size"], 3);
    assert!(place.expect(&["ledger", "verify", "--ledger", "log"], 0).contains("3 entries"));
    for bad in ["{\"a\":1,\"a\":2}\n", "{\"fine\":1}\nnot json\n", "\u{feff}{}\n"] {
        place.write("bad.jsonl", bad);
        place.expect(&["ledger", "append", "bad.jsonl", "--ledger", "log"], 2);
    }
    place.write("empty.jsonl", "\n");
    place.expect(&["ledger", "append", "empty.jsonl", "--ledger", "log"], 3);
    assert!(place.expect(&["ledger", "verify", "--ledger", "log"], 0).contains("3 entries"));
    place.expect(&["ledger", "prove", "3", "--ledger", "log"], 2);
    place.expect(&["ledger", "verify", "--ledger", "nowhere"], 3);
    place.expect(&["ledger", "verify", "--ledger", "log", "--key", "none"], 2);
    place.expect(&["ledger", "verify", "--ledger", "log", "--key", "none", "--trust-stored-key"], 0);
}

#[test]
fn a_decision_in_the_ledger_says_where_and_never_what_was_found() {
    let place = Place::new(&[("deploy/agent.yaml", POD)]);
    place.json(&["gate", "merge"], 1);
    let proof = place.expect(&["ledger", "prove", "0"], 0);
    place.write("proof", &proof);
    let shown = place.json(&["ledger", "verify", "--proof", "proof"], 0);
    let entry: Value = serde_json::from_str(shown["entry"].as_str().unwrap()).unwrap();
    assert_eq!(entry["kind"], "gate.merge");
    let payload = &entry["payload"];
    assert_eq!(payload["verdict"], "deny");
    assert_eq!(payload["policy"].as_str().unwrap().len(), 64);
    let reason = &payload["reasons"][0];
    assert_eq!(reason["where"]["path"], "deploy/agent.yaml");
    assert_eq!(reason["fingerprint"].as_str().unwrap().len(), 32);
    assert!(reason.get("what").is_none());
}

/// Runs git with what a test needs of it.
fn git(place: &Place, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=you", "-c", "user.email=you@example.com"]).args(arguments);
    let status = command.current_dir(&place.root).env("GIT_CONFIG_GLOBAL", "/dev/null").status().unwrap();
    assert!(status.success(), "{arguments:?}");
}

#[test]
fn an_old_secret_denies_and_the_command_that_lets_it_stay_is_said() {
    let key = ["AKIA", "Z7QXW3NDLPK5HT2R"].concat();
    let place = Place::new(&[("deploy/it's.env", &format!("AWS_ACCESS_KEY_ID={key}\n"))]);
    git(&place, &["init", "--quiet", "--initial-branch", "main"]);
    git(&place, &["add", "."]);
    git(&place, &["commit", "--quiet", "--message", "begin"]);
    place.write("new.env", &format!("AWS_ACCESS_KEY_ID={}\n", ["AKIA", "Q4MVT6RJYX2BWZ7C"].concat()));
    let text = place.expect(&["gate", "merge", "--since", "main"], 1);
    assert!(text.contains("a secret is in the clear (old or new)"), "{text}");
    assert!(text.contains("or, for what may stay for a while:"), "{text}");
    let decision = place.json(&["gate", "merge", "--since", "main"], 1);
    let reasons = decision["reasons"].as_array().unwrap();
    let allowing: Vec<&Value> = reasons.iter().filter(|reason| !reason["allow"].is_null()).collect();
    assert!(!allowing.is_empty() && allowing.len() < reasons.len(), "{reasons:#?}");
    let comment = place.expect(&["gate", "merge", "--since", "main", "--format", "markdown"], 1);
    for reason in allowing {
        assert_eq!(reason["where"]["path"], "deploy/it's.env");
        let command = reason["allow"].as_str().unwrap();
        assert!(text.contains(&format!("     {command}\n")) && comment.contains(&format!("- `{command}`")), "{text}");
        let run = command.replacen("palisade", env!("CARGO_BIN_EXE_palisade"), 1);
        let done = Command::new("sh").arg("-c").arg(&run).current_dir(&place.root).status().unwrap();
        assert!(done.success(), "{run}");
    }
    // What the commands were for is allowed; what is new is not.
    let decision = place.json(&["gate", "merge", "--since", "main"], 1);
    for reason in decision["reasons"].as_array().unwrap().iter().filter(|reason| reason["effect"] == "deny") {
        assert_eq!(reason["where"]["path"], "new.env", "{reason:#}");
    }
}

#[test]
fn a_scope_that_misses_or_is_too_wide_is_said_at_once() {
    let place = Place::new(&[("deploy/agent.yaml", POD)]);
    let said = |scope: &[&str]| {
        let why = ["--owner", "a", "--ticket", "OPS-1", "--reason", "until it is replaced", "--days", "3"];
        let output = place.run(&[&["exception", "add"], scope, &why].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let check = "kubernetes/privileged-container";
    assert_eq!(said(&["--check", check, "--path", "deploy/*.yaml"]), "");
    assert!(said(&["--check", check, "--path", "depoy/agent.yaml"]).contains("no file is at depoy/agent.yaml"));
    assert!(said(&["--check", "kubernetes/*", "--path", "deploy/agent.yaml"]).contains("kubernetes/* is "));
}

#[test]
fn an_unknown_revision_says_what_brings_it() {
    let place = Place::new(&[("a.txt", "hello\n")]);
    git(&place, &["init", "--quiet", "--initial-branch", "main"]);
    git(&place, &["add", "."]);
    git(&place, &["commit", "--quiet", "--message", "begin"]);
    git(&place, &["commit", "--quiet", "--message", "more", "--allow-empty"]);
    let said = |folder: &str, arguments: &[&str]| {
        let output = place.run(&[arguments, &[folder]].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let text = said(".", &["gate", "merge", "--since", "origin/mian"]);
    assert!(text.contains("\"origin/mian\" names nothing in this repository: no branch, tag or commit"), "{text}");
    assert!(text.contains("hint: `git branch --all`"), "{text}");
    assert!(said(".", &["scan", "--range", "mian..HEAD"]).contains("hint: `git branch --all`"));
    let from = format!("file://{}", place.root.display());
    git(&place, &["clone", "--quiet", "--depth", "1", &from, "shallow"]);
    assert!(said("shallow", &["scan", "--since", "HEAD~1"]).contains("`fetch-depth: 0`"));
}

#[test]
fn a_public_key_that_is_not_the_one_that_signs_is_warned_of() {
    let place = Place::new(&[("a.txt", "x")]);
    place.expect(&["gate", "merge"], 0);
    let right = fs::read_to_string(ledger(&place, "key.pub")).unwrap();
    let warned = || {
        let output = place.run(&["gate", "merge"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        let warned = said.contains("warning: `key.pub` in this ledger is not the key that signs it");
        assert_eq!(warned, said.contains(right.trim()), "the right key is told: {said}");
        warned
    };
    assert!(!warned());
    for wrong in ["junk\n", "", &right.replacen('+', "+0", 1)] {
        fs::write(ledger(&place, "key.pub"), wrong).unwrap();
        assert!(warned(), "{wrong:?}");
    }
    fs::remove_file(ledger(&place, "key.pub")).unwrap();
    assert!(warned());
    fs::write(ledger(&place, "key.pub"), &right).unwrap();
    assert!(!warned());
    place.expect(&["ledger", "verify"], 0);
}

#[test]
fn a_person_can_read_the_ledger_while_it_is_as_signed() {
    let place = Place::new(&[("a.txt", "x")]);
    place.expect(&["ledger", "show"], 3);
    place.expect(&["gate", "merge"], 0);
    place.write("deploy/agent.yaml", POD);
    place.expect(&["gate", "merge"], 1);
    place.write("lines.jsonl", "{\"kind\":\"drill\",\"payload\":{\"name\":\"a\\u001b[2Jb\"}}\n");
    place.expect(&["ledger", "append", "lines.jsonl"], 0);
    let shown = place.expect(&["ledger", "show"], 0);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 4, "{shown}");
    assert!(lines[0].starts_with("the last 3 of 3 entries in palisade-ledger/"), "{shown}");
    assert!(lines[1].starts_with("0  ") && lines[1].ends_with("Z  gate.merge  allow  directory ."), "{shown}");
    assert!(lines[2].contains("  gate.merge  deny   directory ., "), "{shown}");
    assert!(lines[3].contains("  drill       -      {\"name\":\"a\\u001b[2Jb\"}"), "{shown}");
    let last = place.expect(&["ledger", "show", "--last", "1"], 0);
    assert!(last.starts_with("the last 1 of 3 entries") && last.contains("  drill  -  {"), "{last}");
    assert_eq!(place.json(&["ledger", "show"], 0)["entries"][1]["decision"], "deny");
    let entries = ledger(&place, "tile/entries/000.p/3");
    let changed = String::from_utf8_lossy(&fs::read(&entries).unwrap()).replace("deny", "warn");
    fs::write(&entries, changed).unwrap();
    assert_eq!(place.expect(&["ledger", "show"], 1), "", "nothing of a changed ledger is shown");
}
