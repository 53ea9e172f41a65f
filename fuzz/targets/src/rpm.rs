//! Databases of rpm. Each target is led to one format: whatever the input is, its first bytes say that it is this.

use palisade_inventory::package::Manifest;

#[path = "../../../crates/inventory/src/package/rpm/made.rs"]
mod made;

use made::{MADE, bdb, header, ndb, sqlite};

/// Where a database lies.
const PATH: &str = "var/lib/rpm/Packages";

/// What cannot be told apart from packages that are missing is never silent: a file without packages has a gap, unless
/// it says itself that it is empty.
fn hold(bytes: &[u8]) -> Manifest {
    let manifest = Manifest::of_database(PATH, bytes).unwrap_or_default();
    let count = manifest.packages.len();
    assert!(manifest.packages.iter().flat_map(|package| &package.needs).all(|at| (*at as usize) < count));
    assert!(manifest.locked, "it was not read");
    // A header is at least an index of one field with a name behind it.
    assert!(count <= bytes.len() / 24, "{count} packages in {} bytes", bytes.len());
    manifest
}

fn led(bytes: &[u8], at: usize, magic: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if bytes.len() >= at + magic.len() {
        bytes.splice(at..at + magic.len(), magic.iter().copied());
    }
    bytes
}

pub(crate) fn read_sqlite(bytes: &[u8]) {
    hold(&led(bytes, 0, b"SQLite format 3\0"));
}

pub(crate) fn read_ndb(bytes: &[u8]) {
    hold(&led(bytes, 0, b"RpmP\0\0\0\0"));
}

pub(crate) fn read_bdb(bytes: &[u8]) {
    hold(&led(bytes, 12, &0x0006_1561_u32.to_le_bytes()));
    hold(&led(bytes, 12, &0x0006_1561_u32.to_be_bytes()));
}

/// A header in a database that is sound.
pub(crate) fn read_header(bytes: &[u8]) {
    let manifest = hold(&ndb(&[bytes.to_vec()]));
    let is_key = bytes.windows(10).any(|window| window == b"gpg-pubkey");
    assert!(!manifest.packages.is_empty() || !manifest.gaps.is_empty() || is_key, "a package is lost in silence");
}

fn blobs() -> Vec<Vec<u8>> {
    MADE.iter().map(header).collect()
}

pub(crate) fn sqlites() -> Vec<Vec<u8>> {
    vec![sqlite(&blobs()), sqlite(&[])]
}

pub(crate) fn ndbs() -> Vec<Vec<u8>> {
    vec![ndb(&blobs()), ndb(&[])]
}

pub(crate) fn bdbs() -> Vec<Vec<u8>> {
    vec![bdb(&blobs(), u32::to_le_bytes, u16::to_le_bytes), bdb(&blobs(), u32::to_be_bytes, u16::to_be_bytes)]
}

pub(crate) fn headers() -> Vec<Vec<u8>> {
    blobs()
}
