//! The hooks as git calls them: what they cannot see they do not let through.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Made up for these tests, and put together here so that no scanner finds it in this file.
const TOKEN: &str = concat!("glpat-", "x7Kq2", "LmP9r", "Zt4Ws", "8VbNc");

fn start(program: &str, folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", folder);
    for name in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{name}_NAME"), "T").env(format!("GIT_{name}_EMAIL"), "t@example.org");
    }
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn git_input(folder: &Path, arguments: &[&str], input: &[u8]) -> String {
    let output = start("git", folder, arguments, input);
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    git_input(folder, arguments, b"")
}

/// A hook's exit code and what it said.
fn hook(folder: &Path, kind: &str, input: &str) -> (i32, String) {
    let output = start(env!("CARGO_BIN_EXE_palisade"), folder, &["hook", "run", kind], input.as_bytes());
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn push_of(id: &str) -> String {
    format!("refs/heads/main {id} refs/heads/main {}\n", "0".repeat(40))
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    fs::write(folder.path().join("readme"), "nothing\n").unwrap();
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "x"]);
    folder
}

fn loose(folder: &Path, id: &str) -> std::path::PathBuf {
    let (head, tail) = id.split_at(2);
    folder.join(".git/objects").join(head).join(tail)
}

#[test]
fn what_cannot_be_read_is_denied_with_the_next_step() {
    let folder = repository();
    let root = folder.path();
    fs::write(root.join("a.txt"), "harmless\n").unwrap();
    git(root, &["add", "."]);
    assert_eq!(hook(root, "pre-commit", "").0, 0);
    let blob = git(root, &["rev-parse", ":a.txt"]);
    git(root, &["commit", "-q", "-m", "y"]);
    let tip = git(root, &["rev-parse", "HEAD"]);
    assert_eq!(hook(root, "pre-push", &push_of(&tip)).0, 0);

    // Broken: git itself gives up, and so the push does.
    let file = loose(root, &blob);
    fs::remove_file(&file).unwrap();
    fs::write(&file, "broken").unwrap();
    let (code, said) = hook(root, "pre-push", &push_of(&tip));
    assert_ne!(code, 0, "{said}");
    // Missing, staged.
    fs::remove_file(&file).unwrap();
    git(root, &["rm", "-q", "--cached", "a.txt"]);
    git(root, &["update-index", "--add", "--cacheinfo", &format!("100644,{blob},b.txt")]);
    let (code, said) = hook(root, "pre-commit", "");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("commit stopped") && said.contains("b.txt") && said.contains("Next: "), "{said}");
}

#[test]
fn a_blob_that_only_a_tag_names_and_a_replaced_one_are_looked_at() {
    let folder = repository();
    let root = folder.path();
    let blob = git_input(root, &["hash-object", "-w", "--stdin"], format!("token: {TOKEN}\n").as_bytes());
    let (code, said) = hook(root, "pre-push", &push_of(&blob));
    assert_eq!(code, 1, "{said}");
    assert!(!said.contains(TOKEN), "the value must not be shown");

    fs::write(root.join("deploy.yml"), format!("token: {TOKEN}\n")).unwrap();
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "y"]);
    let clean = git_input(root, &["hash-object", "-w", "--stdin"], b"token: none\n");
    git(root, &["replace", &blob, &clean]);
    let (code, said) = hook(root, "pre-push", &push_of(&git(root, &["rev-parse", "HEAD"])));
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("deploy.yml"), "{said}");
}

#[test]
fn a_secret_at_the_end_of_a_large_file_is_found() {
    let folder = repository();
    let root = folder.path();
    let mut text = vec![b' '; 65 << 20];
    text.extend_from_slice(format!("\ntoken: {TOKEN}\n").as_bytes());
    fs::write(root.join("large.log"), text).unwrap();
    git(root, &["add", "."]);
    let (code, said) = hook(root, "pre-commit", "");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("large.log:2:"), "{said}");
    git(root, &["commit", "-q", "-m", "y"]);
    let (code, said) = hook(root, "pre-push", &push_of(&git(root, &["rev-parse", "HEAD"])));
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("large.log:2:"), "{said}");
}

#[test]
fn exceptions_count_as_they_are_staged_or_pushed() {
    let folder = repository();
    let root = folder.path();
    fs::write(root.join("deploy.yml"), format!("token: {TOKEN}\n")).unwrap();
    git(root, &["add", "."]);
    let (code, said) = hook(root, "pre-commit", "");
    assert_eq!(code, 1);
    let fingerprint = said.split("fingerprint: ").nth(1).unwrap().split_whitespace().next().unwrap();
    let words = ["exception", "add", "--fingerprint", fingerprint, "--owner", "me@example.org"];
    let rest = ["--ticket", "SEC-1", "--reason", "a token for the test server", "--days", "30"];
    let added = start(env!("CARGO_BIN_EXE_palisade"), root, &[&words[..], &rest[..]].concat(), b"");
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    assert_eq!(hook(root, "pre-commit", "").0, 1, "it is only on disk");
    git(root, &["add", ".palisade/exceptions.toml"]);
    let file = fs::read(root.join(".palisade/exceptions.toml")).unwrap();
    fs::write(root.join(".palisade/exceptions.toml"), "").unwrap();
    let (code, said) = hook(root, "pre-commit", "");
    assert_eq!(code, 0, "the staged one holds: {said}");
    git(root, &["commit", "-q", "-m", "y"]);
    let tip = git(root, &["rev-parse", "HEAD"]);
    assert_eq!(hook(root, "pre-push", &push_of(&tip)).0, 0);
    // A push that takes the exception back brings the secret without it.
    git(root, &["rm", "-q", "--cached", ".palisade/exceptions.toml"]);
    git(root, &["commit", "-q", "-m", "z"]);
    fs::write(root.join(".palisade/exceptions.toml"), file).unwrap();
    assert_eq!(hook(root, "pre-push", &push_of(&git(root, &["rev-parse", "HEAD"]))).0, 1);
}

#[test]
fn uninstalling_removes_what_was_installed_and_nothing_else() {
    let folder = repository();
    let root = folder.path();
    let run = |arguments: &[&str]| {
        let output = start(env!("CARGO_BIN_EXE_palisade"), root, &[&["hook"], arguments].concat(), b"");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let there = |name: &str| root.join(".git/hooks").join(name).exists();
    assert_eq!(run(&["uninstall"]).0, 3, "none was there");
    let own = root.join(".git/hooks/pre-receive");
    fs::write(&own, "#!/bin/sh\nexit 0\n").unwrap();
    assert_eq!(run(&["install"]).0, 0);
    assert_eq!(run(&["uninstall", "pre-push"]).0, 0);
    assert!(there("pre-commit") && !there("pre-push"));
    // A line of somebody's own would be lost with ours.
    let file = root.join(".git/hooks/pre-commit");
    let script = fs::read_to_string(&file).unwrap();
    fs::write(&file, script.replace("exec palisade", "make lint && exec palisade")).unwrap();
    let (code, said) = run(&["uninstall"]);
    assert!(code == 2 && said.contains("pre-commit") && there("pre-commit"), "{said}");
    fs::write(&file, script).unwrap();
    assert_eq!(run(&["uninstall"]).0, 0);
    assert!(!there("pre-commit"));
    assert_eq!(fs::read_to_string(&own).unwrap(), "#!/bin/sh\nexit 0\n");
}
