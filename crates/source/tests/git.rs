//! Staged files, ranges, revisions and places in history, against repositories that `git` made.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use common::{git, git_bytes, git_input, new_repository};
use palisade_source::git::history::places;
use palisade_source::git::objects::Objects;
use palisade_source::git::repository::Repository;
use palisade_source::{Entry, Visit};

fn gather(run: impl FnOnce(&Visit<'_>)) -> BTreeMap<String, String> {
    let seen = Mutex::new(BTreeMap::new());
    run(&|entry| {
        let what = match &entry {
            Entry::File(file) => String::from_utf8_lossy(file.bytes).into_owned(),
            Entry::Skipped { reason, .. } => format!("skipped: {reason}"),
            Entry::Unreadable { reason, .. } => format!("unreadable: {reason}"),
        };
        assert_eq!(seen.lock().unwrap().insert(entry.path().to_owned(), what), None, "twice");
    });
    seen.into_inner().unwrap()
}

fn staged(folder: &Path) -> BTreeMap<String, String> {
    let repository = Repository::discover(folder).unwrap();
    gather(|visit| repository.staged(None, visit).unwrap())
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn map<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.map(|(path, text)| (path.to_owned(), text.to_owned())).into()
}

#[test]
fn staged_is_what_commit_would_record() {
    let folder = new_repository();
    let root = folder.path();
    write(root, "a/b/one", "1");
    write(root, "a/two", "2");
    write(root, "a.b/three", "3");
    write(root, "a-b", "4");
    git(root, &["add", "-A"]);
    assert_eq!(
        staged(root),
        map([("a/b/one", "1"), ("a/two", "2"), ("a.b/three", "3"), ("a-b", "4")]),
        "no commit yet"
    );
    git(root, &["commit", "-qm", "first"]);
    assert_eq!(staged(root), map([]));

    write(root, "a/two", "22");
    assert_eq!(staged(root), map([]), "changed and not added");
    git(root, &["add", "a/two"]);
    write(root, "a/two", "222");
    write(root, "a/b/new\nline", "n");
    git(root, &["add", "a/b"]);
    git(root, &["rm", "-q", "--cached", "a-b"]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("a/two", root.join("link")).unwrap();
    git(root, &["add", "link"]);
    write(root, "later", "not yet");
    git(root, &["add", "-N", "later"]);
    let expected = map([("a/two", "22"), ("a/b/new\nline", "n")]);
    assert_eq!(staged(root), expected);
    assert_eq!(staged(&root.join("a/b")), expected, "from a folder inside");

    // Without the cached trees, and with them complete.
    git(root, &["read-tree", "HEAD"]);
    write(root, "a/two", "2222");
    git(root, &["add", "a/two"]);
    assert_eq!(staged(root), map([("a/two", "2222")]));
    git(root, &["write-tree"]);
    assert_eq!(staged(root), map([("a/two", "2222")]));

    // The index of `git commit FILE`.
    fs::copy(root.join(".git/index"), root.join(".git/other-index")).unwrap();
    git(root, &["read-tree", "HEAD"]);
    let repository = Repository::discover(root).unwrap();
    let other = gather(|visit| repository.staged(Some(&root.join(".git/other-index")), visit).unwrap());
    assert_eq!(other, map([("a/two", "2222")]));
    assert_eq!(staged(root), map([]));
}

#[test]
fn a_missing_blob_is_told_and_the_rest_is_read() {
    let folder = new_repository();
    let root = folder.path();
    write(root, "gone", "will go");
    write(root, "here", "stays");
    git(root, &["add", "-A"]);
    let name = git(root, &["rev-parse", ":gone"]);
    fs::remove_file(root.join(".git/objects").join(&name[..2]).join(&name[2..])).unwrap();
    let expected = map([("gone", "unreadable: object is missing from the repository"), ("here", "stays")]);
    assert_eq!(staged(root), expected);
}

#[test]
fn a_range_gives_what_its_commits_brought() {
    let folder = new_repository();
    let root = folder.path();
    let commit = |message: &str| {
        git(root, &["add", "-A"]);
        git(root, &["commit", "-q", "-m", message]);
        git(root, &["rev-parse", "HEAD"])
    };
    write(root, "old", "o");
    write(root, "dir/kept", "k");
    let first = commit("1");
    write(root, "dir/added", "secret");
    let second = commit("2");
    fs::remove_file(root.join("dir/added")).unwrap();
    let third = commit("3");
    git(root, &["checkout", "-q", "-b", "side", &first]);
    write(root, "side", "s");
    let side = commit("4");
    git(root, &["checkout", "-q", "main"]);
    git(root, &["merge", "-q", "--no-edit", "side"]);

    let repository = Repository::discover(root).unwrap();
    let range = |range: &str| {
        let seen = RefCell::new(BTreeSet::new());
        repository
            .range(range, &|commit, entry| {
                let Entry::File(file) = entry else { panic!("{entry:?}") };
                let text = String::from_utf8(file.bytes.to_vec()).unwrap();
                seen.borrow_mut().insert((commit.id.to_string(), file.path.to_owned(), text));
            })
            .unwrap();
        seen.into_inner()
    };
    let row = |commit: &str, path: &str, text: &str| (commit.to_owned(), path.to_owned(), text.to_owned());
    let all = [
        row(&first, "old", "o"),
        row(&first, "dir/kept", "k"),
        row(&second, "dir/added", "secret"),
        row(&side, "side", "s"),
    ];
    assert_eq!(range("HEAD"), all.iter().cloned().collect());
    assert_eq!(range(&format!("{first}..{third}")), [all[2].clone()].into());
    assert_eq!(range(&format!("{first}..HEAD")), [all[2].clone(), all[3].clone()].into());
    assert_eq!(range("side...main~1"), [all[2].clone(), all[3].clone()].into());
    assert_eq!(range("HEAD..HEAD"), BTreeSet::new());
    assert!(repository.range("nowhere..HEAD", &|_, _| {}).is_err());

    let at_first = gather(|visit| repository.revision(&first[..10], visit).unwrap());
    assert_eq!(at_first, map([("old", "o"), ("dir/kept", "k")]));
    assert!(repository.revision("nowhere", &|_| {}).is_err());
    assert_eq!(repository.commit("HEAD~1").unwrap().id.to_string(), third);
}

#[test]
fn every_kind_of_repository_opens() {
    let folder = new_repository();
    let root = folder.path();
    for number in 0..5 {
        write(root, "file", &number.to_string());
        git(root, &["add", "-A"]);
        git(root, &["commit", "-qm", "x"]);
    }
    let outer = tempfile::tempdir().unwrap();
    let source = format!("file://{}", root.display());
    git(outer.path(), &["clone", "-q", "--bare", &source, "bare"]);
    git(outer.path(), &["clone", "-q", "--depth=2", &source, "shallow"]);
    git(outer.path(), &["clone", "-q", "--shared", root.to_str().unwrap(), "shared"]);
    git(root, &["worktree", "add", "-q", outer.path().join("linked").to_str().unwrap(), "-b", "other", "HEAD~1"]);
    git(root, &["config", "uploadpack.allowFilter", "true"]);
    git(outer.path(), &["clone", "-q", "--filter=blob:none", "--bare", &source, "partial"]);

    let brought = |name: &str| {
        let repository = Repository::discover(&outer.path().join(name)).unwrap();
        let seen = RefCell::new((0, 0));
        repository
            .range("HEAD", &|_, entry| match entry {
                Entry::File(_) => seen.borrow_mut().0 += 1,
                _ => seen.borrow_mut().1 += 1,
            })
            .unwrap();
        seen.into_inner()
    };
    assert_eq!(brought("bare"), (5, 0));
    assert_eq!(brought("shallow"), (2, 0));
    assert_eq!(brought("shared"), (5, 0));
    assert_eq!(brought("linked"), (4, 0));
    assert_eq!(brought("partial"), (0, 5), "each missing blob is told");
    assert!(Repository::discover(Path::new("/")).is_err());
    assert!(Repository::discover(&outer.path().join("nowhere")).is_err());
}

#[test]
fn tracked_paths_come_from_the_index() {
    let folder = new_repository();
    let root = folder.path();
    write(root, ".gitignore", "*.env\n");
    write(root, "prod.env", "x");
    write(root, "local.env", "x");
    git(root, &["add", "-f", ".gitignore", "prod.env"]);
    let tracked = Repository::discover(root).unwrap().tracked().unwrap();
    assert_eq!(tracked, [Path::new(".gitignore"), Path::new("prod.env")]);
}

#[test]
fn places_tell_first_last_and_present() {
    let folder = new_repository();
    let root = folder.path();
    let mut clock = 1_000_000;
    let mut commit = |message: &str| {
        git(root, &["add", "-A"]);
        clock += 60;
        let date = format!("@{clock} +0000");
        let tree = git(root, &["write-tree"]);
        let parents: Vec<String> = git(root, &["for-each-ref", "--format=%(objectname)", "refs/heads/main"])
            .lines()
            .map(str::to_owned)
            .collect();
        let parent = parents.iter().map(|parent| format!("parent {parent}\n")).collect::<String>();
        let text = format!(
            "tree {tree}\n{parent}author A <a@b> {clock} +0000\ncommitter A <a@b> {clock} +0000\n\n{message} {date}\n"
        );
        let id = git_input(root, &["hash-object", "-t", "commit", "-w", "--stdin"], text.as_bytes());
        git(root, &["update-ref", "refs/heads/main", &id]);
        id
    };
    write(root, "deep/er/secret", "s");
    let first = commit("1");
    write(root, "other", "o");
    let second = commit("2");
    fs::rename(root.join("deep/er/secret"), root.join("moved")).unwrap();
    let third = commit("3");
    write(root, "other", "o2");
    let fourth = commit("4");
    let secret = git(root, &["rev-parse", "HEAD:moved"]);
    let other = git(root, &["rev-parse", &format!("{second}:other")]);
    let dangling = git_input(root, &["hash-object", "-w", "--stdin"], b"nowhere");

    for packed in [false, true] {
        if packed {
            git(root, &["repack", "-q", "-ad"]);
        }
        let id = |hex: &str| palisade_source::git::ObjectId::from_hex(hex.as_bytes()).unwrap();
        let asked: HashSet<_> = [&secret, &other, &dangling].map(|hex| id(hex)).into();
        let objects = Objects::open(&root.join(".git/objects"), true);
        let history = places(&objects, &asked, Some(id(&fourth)), 2);
        let rows: BTreeSet<_> = history
            .places
            .iter()
            .map(|place| {
                let name = |number: usize| history.commits[number].id.to_string();
                (place.path.clone(), place.blob.to_string(), name(place.first), name(place.last), place.present)
            })
            .collect();
        let row = |path: &str, blob: &str, first: &str, last: &str, present| {
            (path.to_owned(), blob.to_owned(), first.to_owned(), last.to_owned(), present)
        };
        let expected = [
            row("deep/er/secret", &secret, &first, &second, false),
            row("moved", &secret, &third, &fourth, true),
            row("other", &other, &second, &third, false),
        ];
        assert_eq!(rows, expected.into(), "packed: {packed}");
        assert_eq!(history.commits.len(), 4);
        assert_eq!(history.commits[0].author_seconds, 1_000_060);
    }
}

#[test]
fn places_agree_with_git_log_over_a_busy_history() {
    let folder = new_repository();
    let root = folder.path();
    git_input(root, &["fast-import", "--quiet", "--done"], common::busy_history(80, 2).as_bytes());
    git(root, &["repack", "-q", "-adf", "--depth=50"]);
    let blobs: HashSet<_> = common::all_blobs(root).into_iter().map(|(id, _)| id).collect();
    let repository = Repository::discover(root).unwrap();
    let history = places(&repository.objects(), &blobs, repository.head(), 2);
    let mut expected: BTreeMap<(String, String), (String, String)> = BTreeMap::new();
    for commit in git(root, &["rev-list", "--reverse", "main"]).lines() {
        let listing = git_bytes(root, &["ls-tree", "-r", "-z", commit], b"");
        for row in listing.split(|byte| *byte == 0).filter(|row| !row.is_empty()) {
            let row = std::str::from_utf8(row).unwrap();
            let (head, path) = row.split_once('\t').unwrap();
            let blob = head.rsplit(' ').next().unwrap();
            let place =
                expected.entry((blob.to_owned(), path.to_owned())).or_insert((commit.to_owned(), String::new()));
            commit.clone_into(&mut place.1);
        }
    }
    let name = |number: usize| history.commits[number].id.to_string();
    let found: BTreeMap<_, _> = history
        .places
        .iter()
        .map(|place| ((place.blob.to_string(), place.path.clone()), (name(place.first), name(place.last))))
        .collect();
    assert!(found.len() > 70);
    assert_eq!(found, expected);
    assert_eq!(history.places.iter().filter(|place| place.present).count(), 6);
}
