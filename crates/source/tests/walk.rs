//! The directory walk against real trees: what is read, what is named, what is left alone.
#![expect(clippy::unwrap_used, reason = "tests")]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use palisade_source::walk::{WalkOptions, walk};
use palisade_source::{Entry, Visit};

/// Path → contents or the reason it has none.
fn look(root: &Path, options: &WalkOptions) -> BTreeMap<String, String> {
    let seen = Mutex::new(BTreeMap::new());
    let visit: &Visit<'_> = &|entry| {
        let what = match &entry {
            Entry::File(file) if file.binary => "binary".to_owned(),
            Entry::File(file) => String::from_utf8_lossy(file.bytes).into_owned(),
            Entry::Skipped { reason, .. } => format!("skipped: {reason}"),
            Entry::Unreadable { reason, .. } => format!("unreadable: {reason}"),
        };
        let before = seen.lock().unwrap().insert(entry.path().to_owned(), what);
        assert_eq!(before, None, "visited twice: {}", entry.path());
    };
    walk(root, options, visit).unwrap();
    seen.into_inner().unwrap()
}

#[test]
fn reads_each_file_once_and_names_the_rest() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    fs::create_dir_all(at(".github/workflows")).unwrap();
    fs::create_dir_all(at(".git")).unwrap();
    fs::create_dir_all(at("deep/er")).unwrap();
    fs::write(at(".git/config"), "not for us").unwrap();
    fs::write(at(".github/workflows/ci.yml"), "on: push").unwrap();
    fs::write(at(".gitlab-ci.yml"), "stages: []").unwrap();
    fs::write(at(".gitignore"), "*.log\n/deep/er/out\n").unwrap();
    fs::write(at("deep/a.log"), "left out").unwrap();
    fs::write(at("deep/er/out"), "left out").unwrap();
    fs::write(at("deep/er/in"), "").unwrap();
    fs::write(at("new\nline \u{1b}[31m.txt"), "odd").unwrap();
    fs::write(root.path().join(OsStr::from_bytes(b"caf\xe9.txt")), "latin").unwrap();
    fs::write(at("data.yml"), b"a: \0\0\0").unwrap();
    symlink(".", at("deep/loop")).unwrap();
    symlink("/etc/passwd", at("passwd")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();

    let expected = [
        (".github/workflows/ci.yml", "on: push"),
        (".gitignore", "*.log\n/deep/er/out\n"),
        (".gitlab-ci.yml", "stages: []"),
        ("caf\\xe9.txt", "latin"),
        ("dangling", "skipped: symbolic link"),
        ("data.yml", "binary"),
        ("deep/er/in", ""),
        ("deep/loop", "skipped: symbolic link"),
        ("new\nline \u{1b}[31m.txt", "odd"),
        ("passwd", "skipped: symbolic link"),
        ("pipe", "skipped: named pipe"),
        ("socket", "skipped: socket"),
    ];
    let expected: BTreeMap<String, String> = expected.map(|(path, what)| (path.to_owned(), what.to_owned())).into();
    assert_eq!(look(root.path(), &WalkOptions::default()), expected);

    let everything = look(root.path(), &WalkOptions { respect_gitignore: false, ..WalkOptions::default() });
    assert_eq!(everything.len(), expected.len() + 2);
    let excluded =
        look(root.path(), &WalkOptions { exclude: vec!["deep/".into(), "*.yml".into()], ..Default::default() });
    assert!(!excluded.contains_key("data.yml") && !excluded.contains_key("deep/er/in"));
    assert!(excluded.contains_key("pipe"));
}

#[test]
fn ignore_files_count_only_inside_a_repository() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(".gitignore"), "*.log\n").unwrap();
    fs::write(root.path().join("a.log"), "here").unwrap();
    assert_eq!(look(root.path(), &WalkOptions::default()).get("a.log").map(String::as_str), Some("here"));
}

#[test]
fn a_file_or_a_link_to_a_directory_can_be_the_root() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("real")).unwrap();
    fs::write(root.path().join("real/a.yml"), "a").unwrap();
    symlink("real", root.path().join("link")).unwrap();
    let through_link = look(&root.path().join("link"), &WalkOptions::default());
    assert_eq!(through_link.into_iter().collect::<Vec<_>>(), [("a.yml".to_owned(), "a".to_owned())]);

    let file = root.path().join("real/a.yml");
    assert_eq!(look(&file, &WalkOptions::default()).into_keys().collect::<Vec<_>>(), [file.to_str().unwrap()]);
    assert!(walk(&root.path().join("none"), &WalkOptions::default(), &|_| {}).is_err());
}

#[test]
fn refused_files_and_directories_are_unreadable() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("closed")).unwrap();
    fs::write(root.path().join("file"), "x").unwrap();
    fs::set_permissions(root.path().join("file"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(root.path().join("closed"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(root.path().join("file")).is_ok() {
        eprintln!("SKIPPED: this user may read everything, so permissions cannot be tested");
        return;
    }
    let seen = look(root.path(), &WalkOptions::default());
    fs::set_permissions(root.path().join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(seen.get("file").map(String::as_str), Some("unreadable: permission denied"));
    assert_eq!(seen.get("closed").map(String::as_str), Some("unreadable: permission denied"));
}

#[test]
fn a_sparse_gigabyte_of_text_is_read_in_bounded_windows() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("dump.sql");
    let file = fs::File::create(&path).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &[b'x'; 8192], 0).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"the end", (1 << 30) - 7).unwrap();
    let seen = Mutex::new((0_u64, 0_usize, false));
    walk(root.path(), &WalkOptions::default(), &|entry| {
        let Entry::File(file) = entry else { panic!("{entry:?}") };
        let mut seen = seen.lock().unwrap();
        seen.0 += file.owned.len() as u64;
        seen.1 = seen.1.max(file.bytes.len());
        seen.2 |= file.bytes.ends_with(b"the end");
    })
    .unwrap();
    let (total, largest, end) = seen.into_inner().unwrap();
    assert_eq!(total, 1 << 30);
    assert!(largest <= 34 << 20, "{largest}");
    assert!(end);
}

#[test]
fn what_git_tracks_is_read_though_it_is_ignored() {
    let root = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    let git = |words: &[&str]| {
        let status = Command::new("git").arg("-C").arg(root.path()).args(words).status().unwrap();
        assert!(status.success());
    };
    git(&["init", "--quiet"]);
    fs::create_dir_all(at("secret/deep")).unwrap();
    fs::create_dir_all(at("swapped")).unwrap();
    fs::write(at(".gitignore"), "*.key\n/secret\n/swapped\n").unwrap();
    for name in ["a.key", "gone.key", "left-out.key", "secret/deep/b", "swapped/c"] {
        fs::write(at(name), "tracked").unwrap();
        git(&["add", "--force", name]);
    }
    symlink("a.key", at("link.key")).unwrap();
    git(&["add", "--force", "link.key"]);
    fs::write(at("untracked.key"), "untracked").unwrap();
    fs::remove_file(at("gone.key")).unwrap();
    // A folder that has become a link must not lead out.
    fs::remove_dir_all(at("swapped")).unwrap();
    fs::write(outside.path().join("c"), "outside").unwrap();
    symlink(outside.path(), at("swapped")).unwrap();

    let options = WalkOptions { exclude: vec!["left-out.*".to_owned()], ..WalkOptions::default() };
    let seen = look(root.path(), &options);
    let expected = [
        (".gitignore", "*.key\n/secret\n/swapped\n"),
        ("a.key", "tracked"),
        ("link.key", "skipped: symbolic link"),
        ("secret/deep/b", "tracked"),
    ];
    let seen: Vec<(&str, &str)> = seen.iter().map(|(path, what)| (path.as_str(), what.as_str())).collect();
    assert_eq!(seen, expected);
    let below = look(&at("secret"), &WalkOptions::default());
    assert_eq!(below.keys().collect::<Vec<_>>(), ["deep/b"]);
}
