//! The sweep finds exactly what looking at every blob whole finds, and survives broken packs.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use common::{Toy, busy_history, git, git_input, look_whole, new_repository, only_pack};
use palisade_source::git::objects::Objects;
use palisade_source::git::pack::Tools;
use palisade_source::git::sweep::{Statistics, Swept};
use palisade_source::git::{ObjectError, ObjectId};

type Sightings = BTreeSet<(ObjectId, u64, u64, u32)>;

fn sweep_all(folder: &Path) -> (Sightings, Vec<(ObjectId, ObjectError)>, Statistics) {
    let found = Mutex::new(BTreeSet::new());
    let unreadable = Mutex::new(Vec::new());
    let objects = Objects::open(&folder.join(".git/objects"), true);
    let statistics = objects.sweep(&Toy, 2, &|swept| match swept {
        Swept::Found { blob, offset, extents, bytes } => {
            let mut found = found.lock().unwrap();
            for one in extents {
                assert!(one.end as usize <= bytes.len());
                let Some(mark) = one.mark else { continue };
                found.insert((blob, offset + u64::from(one.start), offset + u64::from(one.end), mark));
            }
        }
        Swept::Unreadable { object, error } => unreadable.lock().unwrap().push((object, error)),
    });
    (found.into_inner().unwrap(), unreadable.into_inner().unwrap(), statistics)
}

#[test]
fn finds_exactly_what_whole_blobs_hold() {
    for seed in 1..=4 {
        let folder = new_repository();
        git_input(folder.path(), &["fast-import", "--quiet", "--done"], busy_history(300, seed).as_bytes());
        git(folder.path(), &["repack", "-q", "-adf", "--depth=50", "--window=50"]);
        let (found, unreadable, statistics) = sweep_all(folder.path());
        assert_eq!(unreadable, []);
        assert!(found.len() > 1_000, "the test must find something: {}", found.len());
        assert!(found.iter().any(|one| one.3 == 2) && found.iter().any(|one| one.3 == 1));
        assert!(statistics.blobs >= 280, "{statistics:?}");
        assert!(statistics.looked_at * 3 < statistics.bytes, "most bytes are carried over: {statistics:?}");
        let expected = look_whole(folder.path());
        assert_eq!(found.difference(&expected).take(5).collect::<Vec<_>>(), Vec::<&_>::new(), "seed {seed}: not there");
        assert_eq!(expected.difference(&found).take(5).collect::<Vec<_>>(), Vec::<&_>::new(), "seed {seed}: missed");
    }
}

#[test]
fn loose_objects_and_several_packs_count_too() {
    let folder = new_repository();
    git_input(folder.path(), &["fast-import", "--quiet", "--done"], busy_history(60, 9).as_bytes());
    git(folder.path(), &["repack", "-q", "-adf"]);
    fs::write(folder.path().join("second"), "key TOKEN_0123456789ABCDEF").unwrap();
    git(folder.path(), &["hash-object", "-w", "second"]);
    git(folder.path(), &["add", "second"]);
    git(folder.path(), &["repack", "-q", "-d"]);
    fs::write(folder.path().join("third"), "key TOKEN_FEDCBA9876543210").unwrap();
    git(folder.path(), &["hash-object", "-w", "third"]);
    let (found, unreadable, _) = sweep_all(folder.path());
    assert_eq!(unreadable, []);
    assert_eq!(found, look_whole(folder.path()));

    // The same objects, borrowed.
    let clone = tempfile::tempdir().unwrap();
    let source = folder.path().to_str().unwrap();
    git(clone.path(), &["clone", "-q", "--shared", "--no-checkout", source, "copy"]);
    assert_eq!(sweep_all(&clone.path().join("copy")).0, found);
}

#[test]
fn any_object_can_be_read_by_name() {
    let folder = new_repository();
    git_input(folder.path(), &["fast-import", "--quiet", "--done"], busy_history(80, 3).as_bytes());
    git(folder.path(), &["repack", "-q", "-adf", "--depth=50"]);
    let objects = Objects::open(&folder.path().join(".git/objects"), true);
    let mut tools = Tools::default();
    for (id, bytes) in common::all_blobs(folder.path()) {
        assert_eq!(objects.find(&id, &mut tools).unwrap().1, bytes, "{id}");
    }
    assert_eq!(objects.find(&ObjectId([9; 20]), &mut tools).unwrap_err(), ObjectError::Missing);
}

#[test]
fn a_damaged_pack_costs_only_what_is_damaged() {
    let folder = new_repository();
    git_input(folder.path(), &["fast-import", "--quiet", "--done"], busy_history(60, 5).as_bytes());
    git(folder.path(), &["repack", "-q", "-adf", "--depth=50"]);
    let expected = look_whole(folder.path());
    let pack = only_pack(folder.path()).with_extension("pack");
    let whole = fs::read(&pack).unwrap();
    fs::remove_file(&pack).unwrap(); // git makes it read-only

    // Forty places, one byte each: never a crash, never something that is not there.
    let mut told = 0;
    for step in 1..40 {
        let mut broken = whole.clone();
        broken[whole.len() * step / 40] ^= 0x55;
        fs::write(&pack, &broken).unwrap();
        let (found, unreadable, _) = sweep_all(folder.path());
        let unread: BTreeSet<ObjectId> = unreadable.iter().map(|one| one.0).collect();
        told += usize::from(!unread.is_empty());
        let readable: Sightings = expected.iter().filter(|one| !unread.contains(&one.0)).copied().collect();
        let seen: Sightings = found.iter().filter(|one| !unread.contains(&one.0)).copied().collect();
        assert_eq!(seen, readable, "step {step}");
    }
    assert!(told > 20, "{told}");

    for cut in [whole.len() / 2, 40, 12, 0] {
        fs::write(&pack, &whole[..cut]).unwrap();
        let (found, unreadable, _) = sweep_all(folder.path());
        assert!(!unreadable.is_empty());
        assert!(found.is_subset(&expected));
    }
}

#[test]
fn a_missing_or_broken_index_is_told() {
    let folder = new_repository();
    git_input(folder.path(), &["fast-import", "--quiet", "--done"], busy_history(20, 7).as_bytes());
    git(folder.path(), &["repack", "-q", "-adf"]);
    let index = only_pack(folder.path());
    let whole = fs::read(&index).unwrap();
    fs::remove_file(&index).unwrap();
    for broken in [&whole[..whole.len() / 2], b"", &[0xFF; 5000]] {
        fs::write(&index, broken).unwrap();
        let objects = Objects::open(&folder.path().join(".git/objects"), true);
        assert_eq!(objects.packs().len(), 0);
        assert_eq!(objects.problems().len(), 1);
    }
}

#[test]
fn a_damaged_loose_object_is_told() {
    let folder = new_repository();
    fs::write(folder.path().join("a"), "key TOKEN_0123456789ABCDEF").unwrap();
    let name = git(folder.path(), &["hash-object", "-w", "a"]);
    let path = folder.path().join(".git/objects").join(&name[..2]).join(&name[2..]);
    let whole = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    for broken in [&whole[..whole.len() - 8], &whole[..3], b"", b"not zlib at all"] {
        fs::write(&path, broken).unwrap();
        let (found, unreadable, _) = sweep_all(folder.path());
        assert!(found.is_empty());
        assert_eq!(unreadable.len(), 1);
        assert_eq!(unreadable[0].0.to_string(), name);
    }
}

#[test]
fn a_large_blob_is_read_in_windows_and_its_deltas_are_told() {
    let folder = new_repository();
    let mut text = "0123456789abcdef\n".repeat(5 << 20); // 85 MiB
    text.push_str("key TOKEN_0123456789ABCDEF\n");
    fs::write(folder.path().join("dump.sql"), &text).unwrap();
    git(folder.path(), &["add", "dump.sql"]);
    git(folder.path(), &["commit", "-q", "-m", "dump"]);
    git(folder.path(), &["repack", "-q", "-ad"]);
    let (found, unreadable, _) = sweep_all(folder.path());
    assert_eq!(unreadable, []);
    let start = text.len() as u64 - 23;
    let places: Vec<(u64, u64)> = found.iter().map(|one| (one.1, one.2)).collect();
    assert_eq!(places, [(start, start + 22)]);
}
