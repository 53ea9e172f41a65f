//! Every step of an append fails once, before and after it took effect, with and without a power cut: no
//! acknowledged entry is ever lost, and the ledger goes on.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod memory;

use std::cell::Cell;

use memory::{Cut, Disk, Timing};
use palisade_ledger::{
    Appended, Entry, Fault, Keyring, Kind, Ledger, LedgerError, Report, Tile, Trust, parse_bundle, prove, verify,
};
use palisade_model::Timestamp;

const NOW: Timestamp = Timestamp(1_795_330_000);

fn entries(label: &str, count: usize) -> Vec<Entry> {
    (0..count).map(|number| Entry::new(NOW, "test", format!("{label} {number}").into())).collect()
}

fn append(disk: &Disk, entries: &[Entry]) -> Result<Appended, LedgerError> {
    let (storage, home) = (disk.root("ledger"), disk.root("home"));
    let keyring = Keyring::new(&home, "ledger.key");
    let drawn = Cell::new(1_u8);
    let entropy = || {
        drawn.set(drawn.get() + 1);
        Ok([drawn.get(); 32])
    };
    Ledger::new(&storage, &keyring, "/ledger").append(entries, NOW, &entropy)
}

fn check(disk: &Disk) -> Result<Report, LedgerError> {
    let (storage, home) = (disk.root("ledger"), disk.root("home"));
    let keyring = Keyring::new(&home, "ledger.key");
    verify(&storage, &Trust { verifier: None, keyring: Some(&keyring), place: "/ledger", stored_key_danger: false })
}

fn holds(disk: &Disk, acknowledged: &[Entry]) {
    let Ok(report) = check(disk) else {
        assert!(acknowledged.is_empty(), "{:?}", check(disk).err());
        return;
    };
    let size = report.checkpoint.unwrap().size;
    let files = Tile::all(Kind::Entries, size).map(|tile| disk.bytes(&format!("ledger/{}", tile.path())));
    let stored: Vec<Vec<u8>> =
        files.flat_map(|bytes| parse_bundle(&bytes).0.into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>()).collect();
    for (stored, entry) in stored.iter().zip(acknowledged) {
        assert_eq!(*stored, entry.to_bytes().unwrap());
    }
    assert!(stored.len() >= acknowledged.len());
    if let Some(last) = acknowledged.len().checked_sub(1) {
        let proof = prove(&disk.root("ledger"), &report.verifier, last as u64).unwrap();
        assert_eq!(proof.verify(&report.verifier).unwrap().size, size);
    }
    for fault in &report.faults {
        assert!(matches!(fault, Fault::Unsigned { .. }), "{fault}");
    }
}

fn fail_each_step(before: usize, batch: usize) {
    let start = Disk::default();
    let mut acknowledged = Vec::new();
    if before > 0 {
        acknowledged = entries("old", before);
        append(&start, &acknowledged).unwrap();
    }
    let fresh = entries("new", batch);
    let mut steps = 0;
    let mut failures = 0;
    loop {
        let mut reached = false;
        for timing in [Timing::Before, Timing::After] {
            for cut in [None, Some(Cut::Lose), Some(Cut::Tear)] {
                let disk = start.copy();
                disk.fail_after(steps, timing, cut.is_some());
                let outcome = append(&disk, &fresh);
                let failed = disk.heal();
                reached |= failed;
                failures += usize::from(failed);
                if let Some(cut) = cut {
                    disk.cut(cut);
                }
                let mut acknowledged = acknowledged.clone();
                match outcome {
                    Ok(_) => acknowledged.extend(fresh.iter().cloned()),
                    Err(error) => assert!(failed && matches!(error, LedgerError::Storage { .. }), "{error:?}"),
                }
                holds(&disk, &acknowledged);
                let again = entries("again", 2);
                let appended = append(&disk, &again).unwrap_or_else(|error| {
                    panic!("stuck after step {steps} {timing:?} {cut:?}: {error}");
                });
                // What was written but not acknowledged is either wholly there or wholly gone.
                let lost_answer = appended.receipts.first().unwrap().index - acknowledged.len() as u64;
                assert!(lost_answer == 0 || lost_answer == batch as u64, "{lost_answer}");
                if lost_answer > 0 {
                    acknowledged.extend(fresh.iter().cloned());
                }
                acknowledged.extend(again);
                disk.cut(Cut::Lose);
                holds(&disk, &acknowledged);
                assert_eq!(check(&disk).unwrap().faults, [], "step {steps} {timing:?} {cut:?}");
            }
        }
        if !reached {
            break;
        }
        steps += 1;
    }
    assert!(failures > 100, "only {failures} failures were injected");
}

#[test]
fn the_first_append_of_all() {
    fail_each_step(0, 1);
}

#[test]
fn one_more_entry() {
    fail_each_step(3, 1);
}

#[test]
fn a_batch_that_fills_one_tile_and_begins_the_next() {
    fail_each_step(255, 2);
}
