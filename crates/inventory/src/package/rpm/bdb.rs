//! `Packages` as a hash of Berkeley DB, which rpm had until 4.16: pages of keys and of data, large data in chains of
//! pages of their own (`dbinc/db_page.h` of Berkeley DB). Numbers are in the order of the machine that wrote it.

use std::borrow::Cow;

use super::{Once, Packages, big, little, size};

/// The hash's mark, at [`MAGIC_AT`].
const HASH: u32 = 0x0006_1561;
/// The mark of a B-tree, which rpm never had its packages in.
const TREE: u32 = 0x0005_3162;
const MAGIC_AT: usize = 12;
const VERSION_AT: usize = 16;
const PAGE_SIZE_AT: usize = 20;
const ENCRYPTION_AT: usize = 24;
const LAST_PAGE_AT: usize = 32;
/// How many keys there are.
const KEYS_AT: usize = 88;

/// Versions of the hash's form whose pages are as they are read here: Berkeley DB 3.1 to 18.
const VERSIONS: std::ops::RangeInclusive<u32> = 6..=10;
const PAGE_SIZES: std::ops::RangeInclusive<usize> = 512..=65536;

/// Bytes before what a page holds.
const PAGE_HEAD: usize = 26;
const NEXT_AT: usize = 16;
const ENTRIES_AT: usize = 20;
const LENGTH_AT: usize = 22;
const KIND_AT: usize = 25;

const HASH_UNSORTED: u8 = 2;
const OVERFLOW: u8 = 7;
const HASH_PAGE: u8 = 13;

/// An item that is in its page.
const INLINE: u8 = 1;
/// An item of which the page only says where it is.
const OFF_PAGE: u8 = 3;

/// Four bytes at a place as a number, in the order of the machine that wrote the file.
type Number = fn(&[u8], usize) -> Option<u32>;

struct File<'b> {
    bytes: &'b [u8],
    page_bytes: usize,
    number: Number,
}

/// Reads the file; false when it is none of these.
pub(super) fn read(bytes: &[u8], packages: &mut Packages) -> bool {
    let orders: [Number; 2] = [little, big];
    let found = orders.into_iter().find_map(|number| {
        let magic = number(bytes, MAGIC_AT)?;
        (magic == HASH || magic == TREE).then_some((number, magic))
    });
    let Some((number, magic)) = found else { return false };
    let page_bytes = number(bytes, PAGE_SIZE_AT).map_or(0, size);
    let is_known = number(bytes, VERSION_AT).is_some_and(|version| VERSIONS.contains(&version));
    let is_plain = bytes.get(ENCRYPTION_AT) == Some(&0);
    if magic == TREE || !is_known || !is_plain || !PAGE_SIZES.contains(&page_bytes) || !page_bytes.is_power_of_two() {
        packages.gap("a Berkeley DB that is no hash of a known form: its packages are not listed");
        return true;
    }
    let file = File { bytes, page_bytes, number };
    let whole = bytes.len() / page_bytes;
    let last = number(bytes, LAST_PAGE_AT).map_or(0, size);
    if last >= whole {
        packages.gap(format!("the file is cut off: {whole} of its {} pages are here", last.saturating_add(1)));
    }
    let mut once = Once::new(whole);
    let mut pairs = 0;
    for page in bytes.chunks_exact(page_bytes).skip(1).take(last) {
        if let Some(&(HASH_UNSORTED | HASH_PAGE)) = page.get(KIND_AT) {
            pairs += file.pairs(page, &mut once, packages);
        }
        if packages.is_enough() {
            return true;
        }
    }
    let stated = number(bytes, KEYS_AT).map_or(0, size);
    if stated > pairs {
        packages.gap(format!("{pairs} of {stated} entries are here: packages are missing"));
    }
    true
}

impl<'b> File<'b> {
    /// Two bytes of a page as a number: they are a half of four.
    fn half(&self, page: &[u8], at: usize) -> Option<usize> {
        let [first, second] = *page.get(at..)?.first_chunk::<2>()?;
        let four = [first, second, first, second];
        Some(size((self.number)(&four, 0)? & 0xFFFF))
    }

    /// Takes the pairs of keys and data of a page, at even places the key, behind it the data; how many there were.
    fn pairs(&self, page: &'b [u8], once: &mut Once, packages: &mut Packages) -> usize {
        let here = (self.number)(page, 8).unwrap_or(0);
        let count = self.half(page, ENTRIES_AT).unwrap_or(0);
        let places: Vec<usize> = (0..count).map_while(|at| self.half(page, PAGE_HEAD + 2 * at)).collect();
        if places.len() < count || !count.is_multiple_of(2) {
            packages.gap(format!("page {here} is damaged: packages may be missing"));
        }
        // Items are laid down from the end of the page, each before the one before it.
        let item = |at: usize| {
            let stop = at.checked_sub(1).map_or(Some(page.len()), |before| places.get(before).copied())?;
            page.get(*places.get(at)?..stop)?.split_first()
        };
        for at in (0..places.len()).step_by(2) {
            let key = item(at).filter(|(kind, key)| **kind == INLINE && key.len() == 4);
            let Some(key) = key.and_then(|(_, key)| (self.number)(key, 0)) else {
                packages.gap(format!("page {here} is damaged: a package may be missing"));
                continue;
            };
            // The number that was given last stands among them.
            if key == 0 && item(at + 1).is_some_and(|(_, data)| data.len() == 4) {
                continue;
            }
            let blob = match item(at + 1) {
                Some((&INLINE, data)) => Ok(Cow::Borrowed(data)),
                Some((&OFF_PAGE, data)) => self.chain(data, once),
                _ => Err("what is said of where it is cannot be read".to_owned()),
            };
            match blob {
                Ok(blob) => packages.take(key, &blob),
                Err(reason) => packages.gap(format!("package {key} is missing: {reason}")),
            }
        }
        places.len() / 2
    }

    /// Data in pages of their own, put together.
    fn chain(&self, item: &[u8], once: &mut Once) -> Result<Cow<'b, [u8]>, String> {
        let (Some(mut page), Some(length)) = ((self.number)(item, 3), (self.number)(item, 7)) else {
            return Err("what is said of where it is cannot be read".to_owned());
        };
        let length = size(length);
        if length > self.bytes.len() {
            return Err("it would be longer than the file".to_owned());
        }
        let mut blob = Vec::with_capacity(length);
        while blob.len() < length {
            once.take(page)?;
            let start = size(page).saturating_mul(self.page_bytes);
            let bytes = self.bytes.get(start..start.saturating_add(self.page_bytes)).unwrap_or_default();
            let held = self.half(bytes, LENGTH_AT).unwrap_or(0);
            let data = bytes.get(PAGE_HEAD..PAGE_HEAD + held).filter(|data| !data.is_empty());
            let (Some(data), Some(&OVERFLOW)) = (data, bytes.get(KIND_AT)) else {
                return Err(format!("page {page} of the file is not a part of it"));
            };
            blob.extend_from_slice(data);
            page = (self.number)(bytes, NEXT_AT).unwrap_or(0);
        }
        if blob.len() == length { Ok(Cow::Owned(blob)) } else { Err("it is longer than it says".to_owned()) }
    }
}
