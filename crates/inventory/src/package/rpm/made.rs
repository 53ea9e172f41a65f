//! Databases of rpm as its backends lay them down, made by hand: for tests, and as first inputs of fuzzing.

use sha2::{Digest as _, Sha256};

/// A package that is put into a database.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// `bash`
    pub(super) name: &'static str,
    /// `5.2.26`
    pub(super) version: &'static str,
    /// `4.el10`
    pub(super) release: &'static str,
    /// None for most.
    pub(super) epoch: Option<u32>,
    /// `nodejs:18:9020020230327152102:rhel9`
    pub(super) module: &'static str,
    /// Names, its own not among them.
    pub(super) provides: &'static [&'static str],
    /// Names.
    pub(super) requires: &'static [&'static str],
    /// Bytes of a field that nobody reads, so that headers are as large as real ones.
    pub(super) filling: usize,
}

/// Three packages: the last needs the first, and is larger than a page.
pub(super) const MADE: [Made; 3] = [
    Made {
        name: "libc",
        version: "2.39",
        release: "1.el10",
        epoch: None,
        module: "",
        provides: &["libc.so.6()(64bit)"],
        requires: &["rpmlib(CompressedFileNames)"],
        filling: 0,
    },
    Made {
        name: "gpg-pubkey",
        version: "ced7258b",
        release: "6525146f",
        epoch: None,
        module: "",
        provides: &[],
        requires: &[],
        filling: 0,
    },
    Made {
        name: "server",
        version: "1.0~rc1",
        release: "2.module_el9",
        epoch: Some(32),
        module: "server:1:9020020230327152102:rhel9",
        provides: &["server(any)"],
        requires: &["libc.so.6()(64bit)", "/bin/sh", "(a if b)"],
        filling: 700,
    },
];

enum Value {
    Text(String),
    Texts(Vec<String>),
    Number(u32),
    Bytes(Vec<u8>),
}

/// The header of a package: the part of its maker, and behind it what rpm adds, its digest among it.
pub(super) fn header(made: &Made) -> Vec<u8> {
    let text = |text: &str| Value::Text(text.to_owned());
    let texts = |texts: &[&str]| Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
    let mut fields = vec![
        (1000, text(made.name)),
        (1001, text(made.version)),
        (1002, text(made.release)),
        (1014, text("MIT")),
        (1022, text("x86_64")),
        (1044, text(&format!("{}-{}-{}.src.rpm", made.name, made.version, made.release))),
        (1047, texts(&[&[made.name], made.provides].concat())),
        (1049, texts(made.requires)),
    ];
    fields.extend(made.epoch.map(|epoch| (1003, Value::Number(epoch))));
    if !made.module.is_empty() {
        fields.push((5096, text(made.module)));
    }
    if made.filling > 0 {
        fields.push((5000, Value::Bytes(vec![7; made.filling])));
    }
    let (mut index, mut data) = (Vec::new(), Vec::new());
    for (tag, value) in fields {
        add(&mut index, &mut data, tag, value);
    }
    // The first field leads to its copy at the end, which counts the index backwards.
    let entries = u32::try_from(index.len() / 16 + 1).unwrap_or(0);
    let end = u32::try_from(data.len()).unwrap_or(0);
    index.splice(0..0, [63, 7, end, 16].into_iter().flat_map(u32::to_be_bytes));
    data.extend([63, 7, (entries * 16).wrapping_neg(), 16].into_iter().flat_map(u32::to_be_bytes));
    let size = |bytes: usize| u32::try_from(bytes).unwrap_or(0).to_be_bytes();
    let head = |index: &[u8], data: &[u8]| [size(index.len() / 16), size(data.len())].concat();
    let whole = [&[0x8E, 0xAD, 0xE8, 1, 0, 0, 0, 0], head(&index, &data).as_slice(), &index, &data].concat();
    let digest: String = Sha256::digest(&whole).iter().map(|byte| format!("{byte:02x}")).collect();
    add(&mut index, &mut data, 273, Value::Text(digest));
    [head(&index, &data), index, data].concat()
}

fn add(index: &mut Vec<u8>, data: &mut Vec<u8>, tag: u32, value: Value) {
    let (kind, count, bytes) = match value {
        Value::Text(text) => (6, 1, [text.as_bytes(), &[0]].concat()),
        Value::Texts(texts) => {
            (8, texts.len(), texts.iter().flat_map(|text| [text.as_bytes(), &[0]].concat()).collect())
        }
        Value::Number(number) => {
            data.resize(data.len().next_multiple_of(4), 0);
            (4, 1, number.to_be_bytes().to_vec())
        }
        Value::Bytes(bytes) => (7, bytes.len(), bytes),
    };
    let entry = [tag, kind, u32::try_from(data.len()).unwrap_or(0), u32::try_from(count).unwrap_or(0)];
    index.extend(entry.into_iter().flat_map(u32::to_be_bytes));
    data.extend(bytes);
}

fn put(page: &mut [u8], at: usize, bytes: &[u8]) {
    for (slot, byte) in page.iter_mut().skip(at).zip(bytes) {
        *slot = *byte;
    }
}

/// `rpmdb.sqlite` with pages of 1024 bytes: the table of tables, a page that leads to one page for each header, and
/// chains of what has no room there.
pub(super) fn sqlite(blobs: &[Vec<u8>]) -> Vec<u8> {
    const PAGE: usize = 1024;
    let varint = |number: usize| -> Vec<u8> {
        let mut groups = vec![u8::try_from(number & 0x7F).unwrap_or(0)];
        let mut rest = number >> 7;
        while rest > 0 {
            groups.insert(0, u8::try_from(rest & 0x7F).unwrap_or(0) | 0x80);
            rest >>= 7;
        }
        groups
    };
    let row = |kinds: &[usize], values: &[u8]| {
        let kinds: Vec<u8> = kinds.iter().flat_map(|kind| varint(*kind)).collect();
        [varint(kinds.len() + 1), kinds, values.to_vec()].concat()
    };
    let leaf = |head: usize, cells: &[Vec<u8>]| {
        let mut page = vec![0; PAGE];
        let mut at = PAGE;
        let mut places = Vec::new();
        for cell in cells {
            at -= cell.len();
            put(&mut page, at, cell);
            places.extend(u16::try_from(at).unwrap_or(0).to_be_bytes());
        }
        let (count, at) = (u16::try_from(cells.len()).unwrap_or(0), u16::try_from(at).unwrap_or(0));
        put(&mut page, head, &[&[13, 0, 0][..], &count.to_be_bytes(), &at.to_be_bytes(), &[0], &places].concat());
        page
    };
    let cell = |number: usize, content: Vec<u8>| [varint(content.len()), varint(number), content].concat();
    let table = |number: usize, name: &str, root: u8| {
        let text = [b"table", name.as_bytes(), name.as_bytes(), &[root], b"CREATE TABLE"].concat();
        let kinds = [13 + 2 * 5, 13 + 2 * name.len(), 13 + 2 * name.len(), 1, 13 + 2 * 12];
        cell(number, row(&kinds, &text))
    };
    let mut first = leaf(100, &[table(1, "Packages", 2), table(2, "Name", 3)]);
    put(&mut first, 0, b"SQLite format 3\0\x04\x00\x02\x02\x00\x40\x20\x20");
    put(&mut first, 56, &[0, 0, 0, 1]);
    let names: Vec<Vec<u8>> = (1..=blobs.len()).map(|number| cell(number, row(&[15, 1, 8], &[b'a', 1]))).collect();
    let mut pages = vec![first, vec![0; PAGE], leaf(0, &names)];
    let mut children = Vec::new();
    for (blob, number) in blobs.iter().zip(1..) {
        let content = row(&[0, 12 + 2 * blob.len()], blob);
        let mut cell = [varint(content.len()), varint(number)].concat();
        let (most, least) = (PAGE - 35, (PAGE - 12) * 32 / 255 - 23);
        let here = least + content.len().saturating_sub(least) % (PAGE - 4);
        let here = match content.len() {
            length if length <= most => length,
            _ if here <= most => here,
            _ => least,
        };
        children.push(u32::try_from(pages.len() + 1).unwrap_or(0));
        let (inside, rest) = content.split_at(here);
        cell.extend(inside);
        let chunks: Vec<&[u8]> = rest.chunks(PAGE - 4).collect();
        let next = |at: usize| u32::try_from(at).unwrap_or(0).to_be_bytes();
        if !chunks.is_empty() {
            cell.extend(next(pages.len() + 2));
        }
        pages.push(leaf(0, &[cell]));
        for (at, chunk) in chunks.iter().enumerate() {
            let mut page = vec![0; PAGE];
            let is_last = at + 1 == chunks.len();
            put(&mut page, 0, &next(if is_last { 0 } else { pages.len() + 2 }));
            put(&mut page, 4, chunk);
            pages.push(page);
        }
    }
    let last = children.pop().unwrap_or(0);
    let mut root = [&[5, 0, 0][..], &u16::try_from(children.len()).unwrap_or(0).to_be_bytes(), &[0; 3]].concat();
    root.extend(last.to_be_bytes());
    let mut at = PAGE;
    let mut cells = Vec::new();
    for (child, number) in children.iter().zip(1..) {
        let cell = [child.to_be_bytes().to_vec(), varint(number)].concat();
        at -= cell.len();
        root.extend(u16::try_from(at).unwrap_or(0).to_be_bytes());
        cells.push((at, cell));
    }
    if let Some(page) = pages.get_mut(1) {
        put(page, 0, &root);
        cells.iter().for_each(|(at, cell)| put(page, *at, cell));
    }
    let count = u32::try_from(pages.len()).unwrap_or(0).to_be_bytes();
    if let Some(page) = pages.first_mut() {
        put(page, 28, &count);
    }
    pages.concat()
}

/// `Packages.db` with one page of slots.
pub(super) fn ndb(blobs: &[Vec<u8>]) -> Vec<u8> {
    let little = |numbers: &[u32]| -> Vec<u8> { numbers.iter().flat_map(|number| number.to_le_bytes()).collect() };
    let mut table = [b"RpmP".to_vec(), little(&[0, 1, 1, 99, 0, 0, 0])].concat();
    let mut bodies: Vec<u8> = Vec::new();
    for (blob, number) in blobs.iter().zip(1_u32..) {
        let length = u32::try_from(blob.len()).unwrap_or(0);
        let place = u32::try_from((4096 + bodies.len()) / 16).unwrap_or(0);
        let mut body = [b"BlbS".to_vec(), little(&[number, 1, length]), blob.clone()].concat();
        body.resize((body.len() + 12).next_multiple_of(16) - 12, 0);
        let (low, high) = body.iter().fold((1_u32, 0_u32), |(low, high), byte| {
            let low = (low + u32::from(*byte)) % 65521;
            (low, (high + low) % 65521)
        });
        body.extend([little(&[high << 16 | low, length]), b"BlbE".to_vec()].concat());
        table
            .extend([b"Slot".to_vec(), little(&[number, place, u32::try_from(body.len() / 16).unwrap_or(0)])].concat());
        bodies.extend(body);
    }
    while table.len() < 4096 {
        table.extend([b"Slot".to_vec(), little(&[0, 0, 0])].concat());
    }
    [table, bodies].concat()
}

/// `Packages` as a hash of Berkeley DB with pages of 512 bytes, in the order of bytes of the machine that `number` and
/// `half` write for: large headers in chains, small ones in the page.
pub(super) fn bdb(blobs: &[Vec<u8>], number: fn(u32) -> [u8; 4], half: fn(u16) -> [u8; 2]) -> Vec<u8> {
    const PAGE: usize = 512;
    let page = |at: usize, kind: u8, next: u32, entries: u16, free: u16| {
        let mut page = vec![0; PAGE];
        put(&mut page, 8, &number(u32::try_from(at).unwrap_or(0)));
        put(&mut page, 16, &number(next));
        put(&mut page, 20, &half(entries));
        put(&mut page, 22, &half(free));
        put(&mut page, 25, &[kind]);
        page
    };
    let mut pages = vec![page(0, 8, 0, 0, 0), page(1, 13, 0, 0, 0)];
    let mut items: Vec<Vec<u8>> = vec![[&[1][..], &number(0)].concat(), [&[1][..], &number(9)].concat()];
    for (blob, key) in blobs.iter().zip(1_u32..) {
        items.push([&[1][..], &number(key)].concat());
        if blob.len() < PAGE / 4 {
            items.push([&[1][..], blob].concat());
            continue;
        }
        let first = u32::try_from(pages.len()).unwrap_or(0);
        items.push([&[3, 0, 0, 0][..], &number(first), &number(u32::try_from(blob.len()).unwrap_or(0))].concat());
        let chunks: Vec<&[u8]> = blob.chunks(PAGE - 26).collect();
        for (at, chunk) in chunks.iter().enumerate() {
            let here = pages.len();
            let next = if at + 1 == chunks.len() { 0 } else { u32::try_from(here + 1).unwrap_or(0) };
            let mut data = page(here, 7, next, 1, u16::try_from(chunk.len()).unwrap_or(0));
            put(&mut data, 26, chunk);
            pages.push(data);
        }
    }
    let mut hash = page(1, 13, 0, u16::try_from(items.len()).unwrap_or(0), 0);
    let mut at = PAGE;
    for (place, item) in items.iter().enumerate() {
        at = at.saturating_sub(item.len());
        put(&mut hash, 26 + 2 * place, &half(u16::try_from(at).unwrap_or(0)));
        put(&mut hash, at, item);
    }
    let last = u32::try_from(pages.len() - 1).unwrap_or(0);
    if let [meta, first, ..] = pages.as_mut_slice() {
        *first = hash;
        put(meta, 12, &[number(0x0006_1561), number(9), number(512)].concat());
        put(meta, 32, &number(last));
        put(meta, 88, &number(u32::try_from(items.len() / 2).unwrap_or(0)));
    }
    pages.concat()
}
