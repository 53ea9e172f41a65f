//! What cannot be read is never told as clean, and a failed write is an error, not a panic.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::process::{Command, Stdio};

use common::{POD, Place};

#[test]
fn what_is_never_opened_is_nothing_and_what_fails_is_an_error() {
    let place = Place::new(&[("a.txt", "hello\n"), ("empty/.keep", ""), ("image.png", "\0\0\0")]);
    for target in ["/dev/null", "/dev/zero"] {
        let out = place.expect(&["scan", target], 3);
        assert!(!out.contains("No faults"), "{out}");
        place.expect(&["gate", "merge", target, "--dry-run"], 3);
    }
    std::os::unix::fs::symlink("a.txt", place.root.join("empty/link")).unwrap();
    fs::remove_file(place.root.join("empty/.keep")).unwrap();
    place.expect(&["scan", "empty"], 3);
    assert_eq!(place.json(&["scan", "image.png"], 0)["coverage"]["seen"], 1);
    // A regular file whose first byte cannot be read, whoever asks.
    let output = place.run(&["scan", "/proc/self/mem"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read /proc/self/mem"), "{output:?}");
}

#[test]
fn a_fix_names_what_it_could_not_read() {
    let place = Place::new(&[("deploy/agent.yaml", POD)]);
    place.expect(&["fix", "--write"], 0);
    fs::write(place.root.join("cut.json.gz"), [0x1F, 0x8B, 8, 0, 0]).unwrap();
    let out = place.expect(&["fix", "--write"], 2);
    assert!(out.contains("cut.json.gz"), "{out}");
}

#[test]
fn a_family_is_explained_by_its_checks() {
    let place = Place::new(&[]);
    assert_eq!(place.expect(&["explain", "kubernetes"], 0), place.expect(&["checks", "kubernetes"], 0));
    let listed = place.json(&["explain", "kubernetes"], 0);
    assert_eq!(listed, place.json(&["checks", "kubernetes"], 0));
    place.expect(&["explain", "kubernete"], 2);
}

#[test]
fn what_a_full_disk_does_not_take_is_an_error() {
    for arguments in [&["completions", "bash"][..], &["--help"], &["scan", "--help"], &["help", "gate"], &["--version"]]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command.args(arguments).stdout(Stdio::from(full)).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to standard output"), "{output:?}");
    }
    let place = Place::new(&[]);
    assert!(place.expect(&["completions", "bash"], 0).contains("_palisade()"));
    assert!(place.expect(&["scan", "--help"], 0).contains("Examples:"));
    place.expect(&["scan", "--no-such-option"], 2);
}

const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "sqs:ListQueues"], "Resource": "*"}]}"#;

fn records(source: &str, name: &str) -> String {
    format!(
        "{{\"Records\": [{{\"eventName\": \"{name}\", \"eventSource\": \"{source}.amazonaws.com\", \
         \"eventTime\": \"2026-01-02T03:04:05Z\", \"userIdentity\": {{\"arn\": \"arn:aws:iam::1:user/a\"}}}}]}}"
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    // Stored, not compressed: a header, one block, then the checksum, which is what a cut takes away.
    let length = u16::try_from(bytes.len()).unwrap();
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let head = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 1];
    let sizes = [length.to_le_bytes(), (!length).to_le_bytes()].concat();
    [&head[..], &sizes, bytes, &(!crc).to_le_bytes(), &u32::from(length).to_le_bytes()].concat()
}

fn run(place: &Place, code: i32) -> String {
    let output =
        place.run(&["iam", "narrow", "--policy", "policy.json", "--cloudtrail", "trail", "--output", "least.json"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(place.root.join("least.json").exists(), code == 0, "{said}");
    said
}

#[test]
fn a_lost_log_stops_it_and_is_named() {
    let place = Place::new(&[("policy.json", POLICY), ("trail/a.json", &records("s3", "ListBuckets"))]);
    place.write("trail/README.md", "Where these come from\n");
    place.write("trail/digest.json", "{\"digestS3Bucket\": \"trails\"}");
    assert!(run(&place, 0).contains("not read: trail/README.md"));
    fs::remove_file(place.root.join("least.json")).unwrap();
    let whole = records("sqs", "ListQueues");
    let zipped = gzip(whole.as_bytes());
    let cut = zipped.get(..zipped.len() / 2).unwrap().to_vec();
    let mut flipped = zipped.clone();
    *flipped.get_mut(40).unwrap() ^= 1;
    for (name, bytes) in [
        ("b.json.gz", cut),
        ("b.json.gz", flipped),
        ("b.json.gz", Vec::new()),
        ("b.json.gz", b"not gzip".to_vec()),
        ("b.json", whole.as_bytes().get(..whole.len() - 3).unwrap().to_vec()),
        ("b.json", b"\0\0\0\0".to_vec()),
    ] {
        fs::write(place.root.join("trail").join(name), bytes).unwrap();
        let said = run(&place, 2);
        assert!(
            said.contains("1 of 2 logs could not be read whole") && said.contains(&format!("trail/{name}: ")),
            "{name}: {said}"
        );
        fs::remove_file(place.root.join("trail").join(name)).unwrap();
    }
    fs::write(place.root.join("trail/b.json.gz"), zipped).unwrap();
    run(&place, 0);
    fs::remove_file(place.root.join("least.json")).unwrap();
    fs::write(place.root.join("trail/b.json.gz"), "").unwrap();
    fs::write(place.root.join("trail/a.json"), "{\"Records\": [").unwrap();
    assert!(run(&place, 2).contains("none of the logs could be read"));
}

#[test]
fn terraform_alone_is_judged_or_said_not_to_be() {
    let open = "resource \"aws_db_instance\" \"a\" {\n  publicly_accessible = true\n}\n";
    let place = Place::new(&[("infra/main.tf", open)]);
    let found = |scan: &serde_json::Value| scan["findings"].to_string().contains("iac/");
    assert!(found(&place.json(&["scan", "infra/main.tf"], 0)));
    // What is staged is no whole module.
    let git = |words: &[&str]| Command::new("git").args(words).current_dir(&place.root).status().unwrap();
    assert!(git(&["init", "--quiet"]).success() && git(&["add", "."]).success());
    let scan = place.json(&["scan", "--staged"], 0);
    assert!(!found(&scan));
    assert!(scan["coverage"]["partial"].to_string().contains("rest of its module"), "{scan}");
}

#[test]
fn an_untouched_clone_has_nothing_new_since_its_own_commit() {
    let key = ["AKIA", "Z7QXW3NDLPK5HT2R"].concat();
    let place = Place::new(&[
        (".gitignore", "*.env\n"),
        ("pods/agent.yaml", POD),
        ("prod.env", &format!("AWS_ACCESS_KEY_ID={key}\n")),
        ("compose.yaml", "services:\n  web:\n    image: web:1\n    env_file: [linked.env]\n"),
    ]);
    std::os::unix::fs::symlink("prod.env", place.root.join("linked.env")).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(&place.root).output().unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    };
    run("tar", &["-czf", "pods.tar.gz", "pods"]);
    run("git", &["init", "--quiet"]);
    run("git", &["add", "--force", "."]);
    let named = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
    run("git", &[&named[..], &["commit", "--quiet", "--message", "begin"]].concat());

    let scan = place.json(&["scan", "--since", "HEAD"], 0);
    let findings = scan["findings"].as_array().unwrap();
    let at = |path: &str| findings.iter().filter(|one| one["location"]["path"] == path).count();
    assert!(at("prod.env") > 0 && at("pods/agent.yaml") > 0, "{findings:#?}");
    assert_eq!(at("pods.tar.gz!pods/agent.yaml"), at("pods/agent.yaml"), "{findings:#?}");
    let new: Vec<_> = findings.iter().filter(|one| one["baseline"] == "new").collect();
    assert!(new.is_empty(), "{new:#?}");
    assert_eq!(scan["baseline"]["gone"], 0);
    let revision = place.json(&["scan", "--revision", "HEAD"], 0);
    assert_eq!(revision["findings"].as_array().unwrap().len(), findings.len());
}
