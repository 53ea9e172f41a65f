//! Every change to a ledger's folder is seen, and named as closely as what was left allows.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod memory;

use std::cell::Cell;

use memory::Disk;
use palisade_ledger::{
    CHECKPOINT_FILE, Entry, Fault, KEY_FILE, Keyring, Kind, Ledger, LedgerError, Report, Signer, Tile, Trust, Verifier,
    leaf_hash, parse_bundle, print_bundle, print_hashes, prove, root, verify,
};
use palisade_model::{Digest, Timestamp};

const NOW: Timestamp = Timestamp(1_795_330_000);

fn append(disk: &Disk, seed: u8, entries: &[Entry]) -> Result<Verifier, LedgerError> {
    let (storage, home) = (disk.root("ledger"), disk.root("home"));
    let keyring = Keyring::new(&home, "ledger.key");
    let drawn = Cell::new(seed);
    let entropy = || {
        drawn.set(drawn.get() + 1);
        Ok([drawn.get(); 32])
    };
    Ok(Ledger::new(&storage, &keyring, "/ledger").append(entries, NOW, &entropy)?.verifier)
}

/// A ledger with one batch for each number.
fn ledger(batches: &[usize]) -> Disk {
    let disk = Disk::default();
    let mut number = 0;
    for batch in batches {
        let entries: Vec<Entry> = (0..*batch)
            .map(|_| {
                number += 1;
                Entry::new(NOW, "test", format!("entry {}", number - 1).into())
            })
            .collect();
        append(&disk, 1, &entries).unwrap();
    }
    disk
}

fn check(disk: &Disk) -> Result<Report, LedgerError> {
    let (storage, home) = (disk.root("ledger"), disk.root("home"));
    let keyring = Keyring::new(&home, "ledger.key");
    let trust = Trust { verifier: None, keyring: Some(&keyring), place: "/ledger", stored_key_danger: false };
    verify(&storage, &trust)
}

fn faults(disk: &Disk) -> Vec<Fault> {
    check(disk).unwrap().faults
}

/// The file of a ledger of `size` entries that holds entry `index`.
fn file(kind: Kind, index: u64, size: u64) -> String {
    format!("ledger/{}", Tile::of_index(kind, index / 256, size).path())
}

/// Rewrites the bundle that holds entry 0.
fn rewrite(disk: &Disk, size: u64, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let path = file(Kind::Entries, 0, size);
    let bytes = disk.bytes(&path);
    let mut items: Vec<Vec<u8>> = parse_bundle(&bytes).0.into_iter().map(<[u8]>::to_vec).collect();
    change(&mut items);
    disk.tamper(&path, print_bundle(&items));
}

/// Makes the stored hashes fit the entries again, as a forger without the key would.
fn rehash(disk: &Disk, size: u64) {
    let bytes = disk.bytes(&file(Kind::Entries, 0, size));
    let hashes: Vec<Digest> = parse_bundle(&bytes).0.into_iter().map(leaf_hash).collect();
    disk.tamper(&file(Kind::Hashes(0), 0, size), print_hashes(&hashes));
}

fn forged() -> Vec<u8> {
    Entry::new(NOW, "test", "forged".into()).to_bytes().unwrap()
}

#[test]
fn an_untouched_ledger_has_no_faults() {
    for batches in [vec![1], vec![1, 1, 1], vec![5, 1], vec![256], vec![255, 1, 1], vec![1000, 1024, 3]] {
        let report = check(&ledger(&batches)).unwrap();
        assert_eq!(report.faults, []);
        assert_eq!(report.checkpoint.unwrap().size, batches.iter().sum::<usize>() as u64);
    }
}

#[test]
fn an_edited_entry_is_named() {
    let disk = ledger(&[1, 1, 1, 1, 1, 1]);
    rewrite(&disk, 6, |items| items[3] = forged());
    assert_eq!(faults(&disk), [Fault::Edited { index: 3 }]);
    // The stored hash rewritten too: the seal of the entry still tells.
    rehash(&disk, 6);
    let path = "tile/0/000.p/6".to_owned();
    assert_eq!(faults(&disk), [Fault::Edited { index: 3 }, Fault::Hashes { path }]);
}

#[test]
fn several_edits_with_rewritten_hashes_are_all_named() {
    let disk = ledger(&[1, 1, 3, 1, 1]);
    rewrite(&disk, 7, |items| {
        items[0] = forged();
        items[6] = forged();
    });
    rehash(&disk, 7);
    let named: Vec<Fault> = faults(&disk).into_iter().filter(|fault| fault.name() == "edited").collect();
    assert_eq!(named, [Fault::Edited { index: 0 }, Fault::Edited { index: 6 }]);
    // In a batch whose hashes were rewritten, the batch is as close as it gets.
    rewrite(&disk, 7, |items| items[3] = forged());
    rehash(&disk, 7);
    assert!(faults(&disk).contains(&Fault::Suspect { first: 2, last: 4 }));
}

#[test]
fn removed_added_and_moved_entries_are_named() {
    let start = ledger(&[1, 1, 1, 1, 1, 1]);
    type Change = fn(&mut Vec<Vec<u8>>);
    let cases: [(Change, Fault); 6] = [
        (|items| drop(items.remove(2)), Fault::Removed { first: 2, last: 2 }),
        (|items| drop(items.pop()), Fault::Removed { first: 5, last: 5 }),
        (|items| drop(items.drain(1..4)), Fault::Removed { first: 1, last: 3 }),
        (|items| items.insert(2, forged()), Fault::Added { at: 2 }),
        (|items| items.push(forged()), Fault::Unsigned { index: 6 }),
        (|items| items.swap(2, 3), Fault::Moved { index: 3, at: 2 }),
    ];
    for (change, expected) in cases {
        let disk = start.copy();
        rewrite(&disk, 6, change);
        assert_eq!(faults(&disk), std::slice::from_ref(&expected));
        let bytes = disk.bytes(&file(Kind::Entries, 0, 6));
        if parse_bundle(&bytes).0.len() == 6 {
            rehash(&disk, 6);
            assert!(faults(&disk).contains(&expected), "{:?}", faults(&disk));
        }
    }
    let disk = start.copy();
    rewrite(&disk, 6, |items| items.swap(1, 4));
    assert_eq!(faults(&disk), [Fault::Moved { index: 1, at: 4 }, Fault::Moved { index: 4, at: 1 }]);
}

#[test]
fn a_forged_tail_is_named_whichever_file_it_stands_in() {
    let start = ledger(&[1, 1, 1]);
    for path in ["ledger/tile/entries/000.p/4", "ledger/tile/entries/000"] {
        let disk = start.copy();
        let mut bytes = disk.bytes(&file(Kind::Entries, 0, 3));
        bytes.extend(print_bundle(&[forged()]));
        disk.tamper(path, bytes);
        assert_eq!(faults(&disk), [Fault::Unsigned { index: 3 }], "{path}");
        disk.delete("ledger/tile/entries/000.p/3");
        assert_eq!(faults(&disk), [Fault::Unsigned { index: 3 }], "{path}");
    }
    // An append drops the tail and signs only what it was given.
    let disk = start.copy();
    let mut bytes = disk.bytes(&file(Kind::Entries, 0, 3));
    bytes.extend(print_bundle(&[forged()]));
    disk.tamper("ledger/tile/entries/000.p/4", bytes);
    append(&disk, 1, &[Entry::new(NOW, "test", 1.into())]).unwrap();
    assert_eq!(faults(&disk), []);
    let verifier = check(&disk).unwrap().verifier;
    assert_ne!(prove(&disk.root("ledger"), &verifier, 3).unwrap().entry, forged());
}

#[test]
fn every_flipped_byte_and_every_missing_file_is_seen() {
    let start = ledger(&[1, 2, 1]);
    let paths: Vec<String> = start.paths().into_iter().filter(|path| path.starts_with("ledger/")).collect();
    assert_eq!(paths.len(), 6, "{paths:?}");
    for path in paths.iter().filter(|path| !path.ends_with(".gitignore")) {
        let disk = start.copy();
        disk.delete(path);
        assert_ne!(faults(&disk), [], "{path} removed");
        let bytes = start.bytes(path);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let disk = start.copy();
            disk.tamper(path, changed);
            assert_ne!(faults(&disk), [], "{path} byte {at}");
        }
    }
}

#[test]
fn a_flipped_byte_within_an_entry_names_that_entry() {
    let start = ledger(&[1, 2, 1]);
    let path = file(Kind::Entries, 0, 4);
    let bytes = start.bytes(&path);
    let mut at = 0;
    for (index, item) in (0_u64..).zip(parse_bundle(&bytes).0) {
        for within in [0, item.len() / 2, item.len() - 1] {
            let mut changed = bytes.clone();
            changed[at + 2 + within] ^= 1;
            let disk = start.copy();
            disk.tamper(&path, changed);
            assert_eq!(faults(&disk), [Fault::Edited { index }]);
        }
        at += 2 + item.len();
    }
}

#[test]
fn an_older_copy_is_seen_through_the_memory_beside_the_key() {
    let disk = ledger(&[1, 1, 1]);
    let old = disk.copy();
    append(&disk, 1, &[Entry::new(NOW, "test", 7.into())]).unwrap();
    for path in disk.paths().into_iter().filter(|path| path.starts_with("ledger/")) {
        disk.delete(&path);
    }
    for path in old.paths().into_iter().filter(|path| path.starts_with("ledger/")) {
        disk.tamper(&path, old.bytes(&path));
    }
    let found = faults(&disk);
    assert!(found.contains(&Fault::RolledBack { remembered: 4, found: 3 }), "{found:?}");
    let refused = append(&disk, 1, &[Entry::new(NOW, "test", 8.into())]);
    assert!(matches!(refused, Err(LedgerError::RolledBack { remembered: 4, found: 3 })), "{refused:?}");
}

#[test]
fn a_fork_of_the_same_length_is_seen_and_not_signed_on() {
    let disk = ledger(&[1, 1]);
    let fork = disk.copy();
    append(&disk, 1, &[Entry::new(NOW, "test", "one".into())]).unwrap();
    append(&fork, 1, &[Entry::new(NOW, "test", "two".into())]).unwrap();
    for path in fork.paths().into_iter().filter(|path| path.starts_with("ledger/")) {
        disk.tamper(&path, fork.bytes(&path));
    }
    assert!(faults(&disk).contains(&Fault::Forked { at: 3 }), "{:?}", faults(&disk));
    let refused = append(&disk, 1, &[Entry::new(NOW, "test", 8.into())]);
    assert!(matches!(refused, Err(LedgerError::Forked { at: 3 })), "{refused:?}");
}

#[test]
fn another_ledger_in_its_place_is_seen() {
    // Removed altogether.
    let disk = ledger(&[1, 1]);
    let start = disk.copy();
    for path in disk.paths().into_iter().filter(|path| path.starts_with("ledger/")) {
        disk.delete(&path);
    }
    let found = faults(&disk);
    assert!(found.contains(&Fault::CheckpointGone) && found.contains(&Fault::Removed { first: 0, last: 1 }));
    // Begun anew on this machine: goes on, and its first entry and `verify` both tell.
    let verifier = append(&disk, 50, &[Entry::new(NOW, "test", 1.into())]).unwrap();
    let found = faults(&disk);
    assert!(matches!(found.as_slice(), [Fault::Replaced { size: 2, .. }]), "{found:?}");
    let first = prove(&disk.root("ledger"), &verifier, 0).unwrap().entry;
    assert_eq!(Entry::parse(&first).unwrap().kind, "ledger.started");
    // Put there from elsewhere, signed by a stranger who also replaced `key.pub`.
    let elsewhere = Disk::default();
    append(&elsewhere, 90, &[Entry::new(NOW, "test", 1.into())]).unwrap();
    let disk = start.copy();
    for path in disk.paths().into_iter().filter(|path| path.starts_with("ledger/")) {
        disk.delete(&path);
    }
    for path in elsewhere.paths().into_iter().filter(|path| path.starts_with("ledger/")) {
        disk.tamper(&path, elsewhere.bytes(&path));
    }
    let names: Vec<&str> = check(&disk).unwrap().faults.iter().map(Fault::name).collect();
    assert!(names.contains(&"other-key") && names.contains(&"stored-key"), "{names:?}");
    let refused = append(&disk, 1, &[Entry::new(NOW, "test", 8.into())]);
    assert!(matches!(refused, Err(LedgerError::Checkpoint(_))), "{refused:?}");
}

#[test]
fn a_checkpoint_forged_without_the_key_changes_nothing_else() {
    let disk = ledger(&[1, 1, 1]);
    rewrite(&disk, 3, |items| items[1] = forged());
    rehash(&disk, 3);
    let bytes = disk.bytes(&file(Kind::Entries, 0, 3));
    let hashes: Vec<Digest> = parse_bundle(&bytes).0.into_iter().map(leaf_hash).collect();
    let origin = check(&disk).unwrap().verifier.name().to_owned();
    let forger = Signer::new(&origin, &[99; 32]).unwrap();
    let state = palisade_ledger::Checkpoint { origin, size: 3, root: root(&hashes) };
    disk.tamper(&format!("ledger/{CHECKPOINT_FILE}"), state.sign(&forger).unwrap().to_string().into_bytes());
    disk.tamper(&format!("ledger/{KEY_FILE}"), format!("{}\n", forger.verifier()).into_bytes());
    let found = faults(&disk);
    assert!(found.contains(&Fault::Edited { index: 1 }), "{found:?}");
    assert_eq!(found.iter().filter(|fault| fault.name() == "other-key").count(), 1);
    assert!(found.contains(&Fault::StoredKey));
}

#[test]
fn without_a_key_nothing_is_decided() {
    let disk = ledger(&[1]);
    let storage = disk.root("ledger");
    let trust = Trust { verifier: None, keyring: None, place: "/ledger", stored_key_danger: false };
    assert!(matches!(verify(&storage, &trust), Err(LedgerError::NoVerifier)));
    let report = verify(&storage, &Trust { stored_key_danger: true, ..trust }).unwrap();
    assert_eq!(report.faults, []);
    let given = Trust { verifier: Some(report.verifier), keyring: None, place: "/", stored_key_danger: false };
    assert_eq!(verify(&storage, &given).unwrap().faults, []);
    let nothing = Disk::default().root("ledger");
    assert!(matches!(verify(&nothing, &given), Err(LedgerError::NoLedger)));
}

#[test]
fn append_refuses_what_it_cannot_vouch_for() {
    let one = [Entry::new(NOW, "test", 1.into())];
    let start = ledger(&[1, 1, 1]);
    let disk = start.copy();
    rewrite(&disk, 3, |items| items[1] = forged());
    rehash(&disk, 3);
    assert!(matches!(append(&disk, 1, &one), Err(LedgerError::Tampered)));
    let disk = start.copy();
    disk.delete("ledger/checkpoint");
    assert!(matches!(append(&disk, 1, &one), Err(LedgerError::NoCheckpoint)));
    let disk = start.copy();
    disk.delete("home/ledger.key");
    assert!(matches!(append(&disk, 1, &one), Err(LedgerError::NoKey)));
    let disk = start.copy();
    disk.tamper("home/ledger.key", b"something else".to_vec());
    assert!(matches!(append(&disk, 1, &one), Err(LedgerError::BadKey)));
    let long = [Entry::new(NOW, "test", "x".repeat(70_000).into())];
    assert!(matches!(append(&start, 1, &long), Err(LedgerError::Entry { number: 1, .. })));
    assert!(matches!(append(&start, 1, &[]), Err(LedgerError::TooMany(0))));
    assert_eq!(faults(&start), []);
}

#[test]
fn proofs_verify_and_changed_ones_do_not() {
    let disk = ledger(&[1, 300, 1]);
    let verifier = check(&disk).unwrap().verifier;
    for index in [0, 1, 255, 256, 299, 301] {
        let proof = prove(&disk.root("ledger"), &verifier, index).unwrap();
        let printed = proof.to_string();
        let read = palisade_ledger::Proof::parse(printed.as_bytes()).unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.verify(&verifier).unwrap().size, 302);
        let bytes = printed.as_bytes();
        for at in (0..bytes.len()).step_by(7) {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1;
            let verdict = palisade_ledger::Proof::parse(&changed).and_then(|proof| proof.verify(&verifier));
            assert!(verdict.is_err(), "byte {at}");
        }
    }
    assert!(matches!(prove(&disk.root("ledger"), &verifier, 302), Err(LedgerError::NoEntry { index: 302, size: 302 })));
}
