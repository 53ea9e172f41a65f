//! Archives of every form, written by other programs, nested, broken and hostile.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::sync::Mutex;

use palisade_source::Entry;
use palisade_source::archive::{Bounds, DEPTH_MAX, USUAL, unpack_bytes};
use palisade_source::walk::{WalkOptions, walk};

fn open(bytes: &[u8]) -> BTreeMap<String, String> {
    let seen = Mutex::new(BTreeMap::new());
    unpack_bytes(bytes, "x", &|entry| note(&seen, &entry));
    seen.into_inner().unwrap()
}

fn note(seen: &Mutex<BTreeMap<String, String>>, entry: &Entry<'_>) {
    let what = match entry {
        Entry::File(file) if file.binary => "binary".to_owned(),
        Entry::File(file) => String::from_utf8_lossy(file.bytes).into_owned(),
        Entry::Skipped { reason, .. } => format!("skipped: {reason}"),
        Entry::Unreadable { reason, .. } => format!("unreadable: {reason}"),
    };
    seen.lock().unwrap().insert(entry.path().to_owned(), what);
}

fn map<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.map(|(path, text)| (path.to_owned(), text.to_owned())).into()
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (number, (name, bytes)) in files.iter().enumerate() {
        let method = [zip::CompressionMethod::Deflated, zip::CompressionMethod::Stored][number % 2];
        let options = zip::write::SimpleFileOptions::default().compression_method(method).large_file(number % 3 == 2);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn every_form_opens() {
    let long = format!("{}/deep.txt", "folder".repeat(40));
    let files: &[(&str, &[u8])] = &[("a/b.txt", b"one"), (&long, b"two"), ("empty", b"")];
    let expected = map([("x!a/b.txt", "one"), (&format!("x!{long}"), "two"), ("x!empty", "")]);
    assert_eq!(open(&tar_of(files)), expected);
    assert_eq!(open(&gzip(&tar_of(files))), expected);
    assert_eq!(open(&zstd(&tar_of(files))), expected);
    assert_eq!(open(&zip_of(files)), expected);
    let two_frames = [zstd(b"first "), zstd(b"second")].concat();
    assert_eq!(open(&two_frames), map([("x!x", "first second")]));
    let two_members = [gzip(b"first "), gzip(b"second")].concat();
    assert_eq!(open(&two_members), map([("x!x", "first second")]));
}

#[test]
fn names_are_labels_and_links_are_named() {
    let mut builder = tar::Builder::new(Vec::new());
    for (kind, name) in
        [(tar::EntryType::Symlink, "link"), (tar::EntryType::Fifo, "pipe"), (tar::EntryType::Directory, "d/")]
    {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        if kind == tar::EntryType::Symlink {
            builder.append_link(&mut header, name, "/etc/passwd").unwrap();
        } else {
            builder.append_data(&mut header, name, std::io::empty()).unwrap();
        }
    }
    let mut header = tar::Header::new_old();
    header.as_old_mut().name[..15].copy_from_slice(b"../../escape.sh");
    header.set_size(1);
    header.set_cksum();
    builder.append(&header, &b"e"[..]).unwrap();
    let expected = map([
        ("x!link", "skipped: link in an archive"),
        ("x!pipe", "skipped: device or pipe in an archive"),
        ("x!../../escape.sh", "e"),
    ]);
    assert_eq!(open(&builder.into_inner().unwrap()), expected);
}

#[test]
fn archives_nest_to_a_bound() {
    let mut bytes = b"secret".to_vec();
    let mut name = "leaf";
    for level in 0..DEPTH_MAX {
        bytes = if level % 2 == 0 { zip_of(&[(name, &bytes)]) } else { gzip(&tar_of(&[(name, &bytes)])) };
        name = "inner";
    }
    assert_eq!(open(&bytes), map([("x!inner!inner!inner!leaf", "secret")]));
    let deeper = open(&tar_of(&[("outer", &bytes)]));
    assert_eq!(deeper.len(), 1);
    assert!(deeper["x!outer!inner!inner!inner"].starts_with("unreadable: archives are opened 4 deep"), "{deeper:?}");
}

#[test]
fn bombs_end_as_one_line() {
    // One gigabyte of zeros three compressions deep, and a tar whose header claims an exabyte.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..256 {
        encoder.write_all(&vec![b'a'; 1 << 20]).unwrap();
    }
    let bomb = gzip(&gzip(&encoder.finish().unwrap()));
    assert!(bomb.len() < 100_000);
    let seen = open(&bomb);
    let told: Vec<&String> = seen.values().filter(|what| what.starts_with("unreadable")).collect();
    assert_eq!(told, ["unreadable: unpacks to too much for its size; the rest was not read"], "{:?}", seen.keys());

    let many: Vec<String> = (0..100_100).map(|number| format!("f{number}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let seen = open(&gzip(&tar_of(&many)));
    assert_eq!(seen["x"], "unreadable: holds more than 100000 files; the rest was not read");
    assert_eq!(seen.len(), 100_001);

    let mut header = tar::Header::new_gnu();
    header.set_path("huge").unwrap();
    header.set_size(1 << 60);
    header.set_cksum();
    let seen = open(&[header.as_bytes().as_slice(), b"only this"].concat());
    assert_eq!(seen["x"], "unreadable: the archive is cut off");
}

#[test]
fn overlapping_zip_members_are_refused() {
    let bytes = zip_of(&[("a", &b"abcdefgh".repeat(1000)), ("b", &b"abcdefgh".repeat(1000))]);
    let at = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    let mut overlapping = bytes;
    overlapping[at + 20..at + 24].copy_from_slice(&0x0FFF_FFFF_u32.to_le_bytes());
    assert_eq!(open(&overlapping), map([("x", "unreadable: the members of the zip archive overlap")]));
}

#[test]
fn an_end_that_is_not_filled_up_is_an_end() {
    let bytes = tar_of(&[("a", b"one"), ("b", b"three")]);
    let end = 512 + 512 + 512 + 5;
    assert_eq!(open(&bytes[..end]), map([("x!a", "one"), ("x!b", "three")]));
    let cut = open(&bytes[..end - 1]);
    assert!(cut.values().any(|what| what.contains("cut off")), "{cut:?}");
}

#[test]
fn damage_is_told_and_never_a_panic() {
    let files: &[(&str, &[u8])] = &[("a", &[b'x'; 3000]), ("b", b"second"), ("c.zip", &zip_of(&[("d", b"inner")]))];
    for whole in [tar_of(files), gzip(&tar_of(files)), zstd(&tar_of(files)), zip_of(files)] {
        for cut in (0..whole.len()).step_by(7) {
            open(&whole[..cut]);
        }
        for at in 0..whole.len().min(4000) {
            let mut broken = whole.clone();
            broken[at] ^= 0xFF;
            open(&broken);
        }
        let half = open(&whole[..whole.len() / 2]);
        assert!(half.values().any(|what| what.starts_with("unreadable")), "{half:?}");
    }
}

#[test]
fn the_walk_opens_archives_unless_told_not_to() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("chart.tgz"), gzip(&tar_of(&[("chart/values.yaml", b"a: 1")]))).unwrap();
    fs::write(root.path().join("plain.txt"), "text").unwrap();
    let look = |options: &WalkOptions| {
        let seen = Mutex::new(BTreeMap::new());
        walk(root.path(), options, &|entry| note(&seen, &entry)).unwrap();
        seen.into_inner().unwrap()
    };
    assert_eq!(look(&WalkOptions::default()), map([("chart.tgz!chart/values.yaml", "a: 1"), ("plain.txt", "text")]));
    let closed = look(&WalkOptions { open_archives: false, ..WalkOptions::default() });
    assert_eq!(closed.keys().collect::<Vec<_>>(), ["chart.tgz", "plain.txt"]);
    let bounded = look(&WalkOptions { archive_bounds: Bounds { entries_max: 0, ..USUAL }, ..WalkOptions::default() });
    assert_eq!(bounded["chart.tgz"], "unreadable: holds more than 0 files; the rest was not read");
}
