//! Histories that are not as one expects: what is stored is looked at, and what cannot be is told.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use palisade_checks::{Selection, Settings};

use super::tests::{Dice, git};
use super::*;

fn run(folder: &Path, arguments: &[&str]) -> String {
    String::from_utf8(git(folder, arguments, b"")).unwrap().trim().to_owned()
}

/// A made-up token, another one for each number.
fn token(number: u64) -> String {
    "glpat-".to_owned() + &Dice(number).text(20)
}

fn commit(folder: &Path, path: &str, text: &str) -> String {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
    run(folder, &["add", "-A"]);
    run(folder, &["commit", "-qm", "x"]);
    run(folder, &["rev-parse", "HEAD"])
}

/// A repository with a first commit.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init", "-q"]);
    commit(folder.path(), "readme", "nothing\n");
    folder
}

fn scanned(folder: &Path) -> Scan {
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    scan(&scanner, folder, &Config::default()).unwrap()
}

fn paths(scan: &Scan) -> Vec<String> {
    let mut paths: Vec<String> = scan.findings.iter().map(|one| one.location.path.to_string()).collect();
    paths.sort();
    paths
}

#[test]
fn blobs_that_only_tags_stashes_and_notes_hold_are_looked_at_and_so_are_lost_ones() {
    let folder = repository();
    let root = folder.path();
    let blob =
        |number| String::from_utf8(git(root, &["hash-object", "-w", "--stdin"], token(number).as_bytes())).unwrap();
    let tagged = blob(1).trim().to_owned();
    run(root, &["tag", "a-blob", &tagged]);
    let in_tree = blob(2).trim().to_owned();
    let tree = git(root, &["mktree"], format!("100644 blob {in_tree}\tx\n").as_bytes());
    run(root, &["tag", "a-tree", String::from_utf8(tree).unwrap().trim()]);
    std::fs::write(root.join("readme"), token(3)).unwrap();
    run(root, &["stash", "-q"]);
    run(root, &["notes", "add", "-m", &token(4)]);
    let lost = blob(5).trim().to_owned();
    let annotated = run(root, &["rev-parse", "HEAD"]);
    for packed in [false, true] {
        if packed {
            run(root, &["repack", "-qadk"]);
        }
        let mut expected = vec![
            annotated.clone(),
            format!("object {tagged}"),
            format!("object {in_tree}"),
            format!("object {lost}"),
            "readme".to_owned(),
        ];
        expected.sort();
        assert_eq!(paths(&scanned(root)), expected, "packed: {packed}");
    }
}

#[test]
fn a_replacement_hides_nothing() {
    let folder = repository();
    let root = folder.path();
    let bad = commit(root, "deploy.yml", &format!("token: {}\n", token(6)));
    let blob = run(root, &["rev-parse", "HEAD:deploy.yml"]);
    let harmless = String::from_utf8(git(root, &["hash-object", "-w", "--stdin"], b"token: none\n")).unwrap();
    run(root, &["replace", &blob, harmless.trim()]);
    assert_eq!(run(root, &["cat-file", "blob", &blob]), "token: none", "git itself is fooled");
    assert_eq!(paths(&scanned(root)), ["deploy.yml"]);
    let repository = Repository::discover(root).unwrap();
    let files = repository.files(&repository.commit(&bad).unwrap(), &|_| {});
    let file = files.iter().find(|file| file.path == "deploy.yml").unwrap();
    assert!(repository.blob(file.blob).unwrap().starts_with(b"token: glpat-"));
}

#[test]
fn sha_256_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init", "-q", "--object-format=sha256"]);
    commit(folder.path(), "a", &token(7));
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    let error = scan(&scanner, folder.path(), &Config::default()).unwrap_err();
    let text = format!("{error:#}");
    assert!(text.contains("sha256") && !text.contains('\n'), "{text}");
}

#[test]
fn shallow_and_partial_clones_say_what_they_lack() {
    let folder = repository();
    let root = folder.path();
    commit(root, "old.env", &format!("T={}\n", token(8)));
    run(root, &["rm", "-q", "old.env"]);
    commit(root, "new.env", &format!("T={}\n", token(9)));
    run(root, &["config", "uploadpack.allowFilter", "true"]);
    let source = format!("file://{}", root.display());
    let clones = tempfile::tempdir().unwrap();
    run(clones.path(), &["clone", "-q", "--depth=1", &source, "shallow"]);
    run(clones.path(), &["clone", "-q", "--filter=blob:none", &source, "partial"]);
    for (name, word) in [("shallow", "--unshallow"), ("partial", "--refetch")] {
        let scan = scanned(&clones.path().join(name));
        assert_eq!(paths(&scan), ["new.env"], "{name}");
        assert!(scan.coverage.skipped.iter().any(|one| one.reason.contains(word)), "{name}: {:?}", scan.coverage);
    }
    let whole = scanned(root);
    assert_eq!((paths(&whole), whole.coverage.skipped.len()), (vec!["new.env".to_owned(), "old.env".to_owned()], 0));
}

#[test]
fn linked_work_trees_see_all_of_history_and_submodules_are_left_to_themselves() {
    let inner = repository();
    commit(inner.path(), "inner.env", &format!("T={}\n", token(10)));
    let folder = repository();
    let root = folder.path();
    commit(root, "own.env", &format!("T={}\n", token(11)));
    run(root, &["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "module"]);
    run(root, &["commit", "-qm", "module"]);
    let trees = tempfile::tempdir().unwrap();
    let linked: PathBuf = trees.path().join("linked");
    run(root, &["worktree", "add", "-q", linked.to_str().unwrap()]);
    for target in [root, &linked] {
        let scan = scanned(target);
        assert_eq!((paths(&scan), scan.coverage.unreadable), (vec!["own.env".to_owned()], Vec::new()));
    }
    assert_eq!(paths(&scanned(&root.join("module"))), ["inner.env"]);
}

#[test]
fn a_pack_cut_off_costs_what_is_cut_off_and_is_told() {
    let folder = repository();
    let root = folder.path();
    for number in 12..32 {
        commit(root, &format!("{number}.env"), &format!("T={}\n", token(number)));
    }
    run(root, &["repack", "-qadf"]);
    let whole = scanned(root);
    assert_eq!((whole.findings.len(), whole.coverage.unreadable.len()), (20, 0));
    let files = std::fs::read_dir(root.join(".git/objects/pack")).unwrap();
    let pack =
        files.map(|file| file.unwrap().path()).find(|path| path.extension().is_some_and(|e| e == "pack")).unwrap();
    let bytes = std::fs::read(&pack).unwrap();
    std::fs::remove_file(&pack).unwrap();
    // Commits come first, then trees and blobs, the newest before the oldest.
    std::fs::write(&pack, &bytes[..bytes.len() * 3 / 4]).unwrap();
    let cut = scanned(root);
    assert!(!cut.findings.is_empty() && cut.findings.len() < 20, "{:?}", cut.coverage);
    assert!(!cut.coverage.unreadable.is_empty());
    assert!(cut.findings.len() + cut.coverage.unreadable.len() >= 20, "every blob is found or told");
}
