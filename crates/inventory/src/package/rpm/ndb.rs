//! `Packages.db`, rpm's own format (SUSE): a table of slots, each of which leads to a header between two marks
//! (`lib/backend/ndb/rpmpkg.c` of rpm). Every number is little-endian.

use super::super::PACKAGES_MAX;
use super::{Packages, little, size};

const MAGIC: &[u8] = b"RpmP";
const SLOT: &[u8] = b"Slot";
const HEAD: &[u8] = b"BlbS";
const TAIL: &[u8] = b"BlbE";

/// Bytes of a slot; the head of the file takes the room of two.
const SLOT_BYTES: usize = 16;
const PAGE_BYTES: usize = 4096;
/// Places and lengths are counted in these.
const BLOCK_BYTES: usize = 16;
const HEAD_BYTES: usize = 16;
const TAIL_BYTES: usize = 12;

/// What Adler-32 is counted modulo.
const ADLER: u32 = 65521;
/// So many bytes can be added up before the sums have to be brought down.
const ADLER_RUN: usize = 5552;

/// Reads the file; false when it is none of these.
pub(super) fn read(bytes: &[u8], packages: &mut Packages) -> bool {
    if !bytes.starts_with(MAGIC) {
        return false;
    }
    let (Some(0), Some(pages)) = (little(bytes, 4), little(bytes, 12)) else {
        packages.gap("an ndb database of a version that is not known: its packages are not listed");
        return true;
    };
    let end = size(pages).saturating_mul(PAGE_BYTES);
    if pages == 0 || bytes.get(end..).is_some_and(|rest| rest.starts_with(SLOT)) {
        packages.gap("its table is longer than the file says: packages are missing");
    }
    if end > bytes.len() {
        packages.gap("the file is cut off inside of its table: packages are missing");
    }
    let table = bytes.get(2 * SLOT_BYTES..end.min(bytes.len())).unwrap_or_default();
    let mut slots = Vec::new();
    let mut broken = 0_usize;
    for slot in table.chunks_exact(SLOT_BYTES) {
        let (number, place, blocks) = (little(slot, 4), little(slot, 8), little(slot, 12));
        match (slot.starts_with(SLOT), number, place, blocks) {
            // A free slot leads nowhere.
            (true, Some(0), Some(0), Some(0)) => {}
            (true, Some(0), ..) => broken += 1,
            (true, Some(number), Some(place), Some(blocks)) if slots.len() < PACKAGES_MAX => {
                slots.push((size(place), size(blocks), number));
            }
            _ => broken += 1,
        }
    }
    if broken > 0 {
        packages.gap(format!("{broken} slots of its table are damaged, or more than can be: packages may be missing"));
    }
    // In the order of the file, so that no byte is read for two packages.
    slots.sort_unstable();
    let mut free = end;
    for (place, blocks, number) in slots {
        let start = place.saturating_mul(BLOCK_BYTES);
        let stop = start.saturating_add(blocks.saturating_mul(BLOCK_BYTES));
        if start < free {
            packages.gap(format!("package {number} is missing: it lies where something else is"));
            continue;
        }
        match blob(bytes.get(start..stop), number) {
            Ok(blob) => packages.take(number, blob),
            Err(reason) => packages.gap(format!("package {number} is missing: {reason}")),
        }
        free = stop;
    }
    true
}

/// What is between the marks, checked against the sum of all that is before the last one: filling counts too.
fn blob(area: Option<&[u8]>, number: u32) -> Result<&[u8], &'static str> {
    let area = area.ok_or("the file is cut off before it")?;
    let (body, tail) = area.split_at_checked(area.len().saturating_sub(TAIL_BYTES)).ok_or("it has no end")?;
    let (head, rest) = body.split_at_checked(HEAD_BYTES).ok_or("it has no room")?;
    if !head.starts_with(HEAD) || little(head, 4) != Some(number) {
        return Err("something else stands in its place");
    }
    let length = little(head, 12).ok_or("it has no length")?;
    let blocks = (HEAD_BYTES + TAIL_BYTES).saturating_add(size(length)).div_ceil(BLOCK_BYTES);
    if blocks != area.len() / BLOCK_BYTES || little(tail, 4) != Some(length) || tail.get(8..) != Some(TAIL) {
        return Err("its length is another at its end");
    }
    if little(tail, 0) != Some(adler(body)) {
        return Err("its checksum is another: bytes of it were changed");
    }
    rest.get(..size(length)).ok_or("it is cut off")
}

/// Adler-32 (RFC 1950).
fn adler(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    for run in bytes.chunks(ADLER_RUN) {
        for byte in run {
            low = low.wrapping_add(u32::from(*byte));
            high = high.wrapping_add(low);
        }
        low %= ADLER;
        high %= ADLER;
    }
    high << 16 | low
}
