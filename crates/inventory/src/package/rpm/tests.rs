//! Databases that are made by hand, then cut, flipped and led in circles: what is lost is said, and nothing hangs.

#![expect(clippy::indexing_slicing, reason = "tests")]

use std::fmt::Write as _;

use super::made::{MADE, bdb, header, ndb, sqlite};
use super::*;

fn blobs() -> Vec<Vec<u8>> {
    MADE.iter().map(header).collect()
}

/// The same packages in every format.
fn databases() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("sqlite", sqlite(&blobs())),
        ("ndb", ndb(&blobs())),
        ("bdb", bdb(&blobs(), u32::to_le_bytes, u16::to_le_bytes)),
        ("bdb of s390x", bdb(&blobs(), u32::to_be_bytes, u16::to_be_bytes)),
    ]
}

fn shown(manifest: &Manifest) -> String {
    let mut out = String::new();
    for package in &manifest.packages {
        let needs: Vec<&str> = package.needs.iter().map(|at| manifest.packages[*at as usize].purl.name()).collect();
        let licence = package.licence.as_deref().unwrap_or("");
        let _ = writeln!(out, "{} {licence} > {}", package.purl, needs.join(" "));
    }
    for gap in &manifest.gaps {
        let _ = writeln!(out, "gap {}", gap.message);
    }
    out
}

const WHOLE: &str = "pkg:rpm/unknown/libc@2.39-1.el10?arch=x86_64&upstream=libc-2.39-1.el10.src.rpm MIT > \n\
    pkg:rpm/unknown/server@1.0~rc1-2.module_el9?arch=x86_64&epoch=32&rpmmod=server:1:9020020230327152102:rhel9&\
    upstream=server-1.0~rc1-2.module_el9.src.rpm MIT > libc\n";

#[test]
fn every_format_gives_the_same() {
    for (name, bytes) in databases() {
        assert_eq!(shown(&database(&bytes)), WHOLE, "{name}");
    }
}

#[test]
fn what_is_cut_off_is_missed() {
    for (name, bytes) in databases() {
        for length in 0..bytes.len() {
            let manifest = database(&bytes[..length]);
            let is_whole = shown(&manifest) == WHOLE;
            assert!(is_whole || !manifest.gaps.is_empty(), "{name} of {length} bytes is silent:\n{}", shown(&manifest));
        }
    }
}

#[test]
fn what_is_flipped_is_missed_or_does_not_matter() {
    for (name, bytes) in databases() {
        for at in 0..bytes.len() {
            for bit in [0, 7] {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                let manifest = database(&flipped);
                let is_whole = shown(&manifest) == WHOLE;
                // What only orders packages or ends unused room says nothing of any.
                let same = manifest.packages.len() == 2;
                assert!(is_whole || !manifest.gaps.is_empty() || same, "{name}: bit {bit} of byte {at} is silent");
            }
        }
    }
}

#[test]
fn circles_and_lies_end() {
    // Every page of a database leads to another, or says that it is larger.
    for (name, bytes) in databases() {
        for at in (0..bytes.len() - 4).step_by(4) {
            for number in [1, 2, 4, u32::MAX] {
                for order in [u32::to_le_bytes, u32::to_be_bytes] {
                    let mut wrong = bytes.clone();
                    wrong[at..at + 4].copy_from_slice(&order(number));
                    assert!(database(&wrong).packages.len() <= 3, "{name}: {number} at {at}");
                }
            }
        }
    }
    let mut circle = bdb(&blobs(), u32::to_le_bytes, u16::to_le_bytes);
    // A chain whose page is its own next.
    let page = 4 * 512;
    circle[page + 16..page + 20].copy_from_slice(&4_u32.to_le_bytes());
    let told = shown(&database(&circle));
    assert!(told.contains("package 3 is missing: page 4 of the file is named twice"), "{told}");
}

#[test]
fn blobs_that_share_bytes_are_taken_once() {
    // Two slots lead to one blob, and to one inside of another.
    let mut bytes = ndb(&blobs());
    let first: [u8; 16] = std::array::from_fn(|at| bytes[32 + at]);
    bytes[48..64].copy_from_slice(&first);
    let told = shown(&database(&bytes));
    assert!(told.contains("package 1 is missing: it lies where something else is"), "{told}");
}

#[test]
fn a_header_that_is_another_says_so() {
    let mut wrong = header(&MADE[0]);
    let at = wrong.windows(4).position(|window| window == b"2.39").unwrap_or(0);
    wrong[at] = b'9';
    let told = shown(&database(&sqlite(&[wrong])));
    assert!(told.contains("libc@9.39-1.el10") && told.contains("gap the header of `libc` is not the one"), "{told}");
}

#[test]
fn what_is_no_database_is_a_gap() {
    for bytes in [&b""[..], b"text", b"SQLite format 3\0", b"RpmP", &[0; 4096]] {
        let manifest = database(bytes);
        assert!(manifest.packages.is_empty() && manifest.gaps.len() == 1, "{bytes:?}");
    }
    // The table of another program.
    let other = sqlite(&blobs()).iter().map(|byte| if *byte == b'P' { b'X' } else { *byte }).collect::<Vec<u8>>();
    assert!(shown(&database(&other)).contains("without rpm's table `Packages`"));
}

#[test]
fn a_log_beside_the_database_is_a_gap_unless_it_is_empty() {
    assert!(beside(b"").gaps.is_empty() && beside(&[0; 512]).gaps.is_empty());
    assert_eq!(beside(&[0x37, 0x7F, 0x06, 0x82]).gaps.len(), 1);
}

#[test]
fn the_list_of_images_without_a_database() {
    super::super::tests::check(
        "var/lib/rpmmanifest/container-manifest-2",
        "glibc\t2.35-6.cm2\t1\t2\tMicrosoft Corporation\t(none)\t9\tx86_64\t0\tglibc-2.35-6.cm2.src.rpm\n\
         tzdata\t2024a-1.azl3\t1\t2\tMicrosoft\t(none)\t9\tnoarch\t2\t(none)\nbroken\t1\n",
        "pkg:rpm/unknown/glibc@2.35-6.cm2?arch=x86_64&upstream=glibc-2.35-6.cm2.src.rpm Runtime
         pkg:rpm/unknown/tzdata@2024a-1.azl3?arch=noarch&epoch=2 Runtime
         gap 3 a line of fewer than ten cells",
    );
}
