//! `rpmdb.sqlite`: the rows of one table, read from the file format of SQLite (<https://www.sqlite.org/fileformat2.html>).
//! No query is run, no index is used; what is in a log beside the file is not seen here.

use std::borrow::Cow;

use super::super::PACKAGES_MAX;
use super::{Once, Packages, big, size};

const MAGIC: &[u8] = b"SQLite format 3\0";
/// Bytes before the first page's own part.
const FILE_HEAD: usize = 100;
const PAGE_SIZE_AT: usize = 16;
const RESERVED_AT: usize = 20;
const CHANGES_AT: usize = 24;
const PAGES_AT: usize = 28;
const ENCODING_AT: usize = 56;
const VALID_FOR_AT: usize = 92;

const PAGE_SIZES: std::ops::RangeInclusive<usize> = 512..=65536;
/// A page has at least so many bytes that are not reserved.
const USABLE_MIN: usize = 480;

/// A page of a table that leads to others.
const INTERIOR: u8 = 5;
/// A page of a table with rows.
const LEAF: u8 = 13;

/// The table of the headers: a number, which is that of the row, and the header.
const TABLE: &[u8] = b"Packages";
/// The table that finds packages by their names: a row for each, so that it tells whether some are missing.
const NAMES: &[u8] = b"Name";
/// Columns of a row that are looked at; the table of tables has five.
const COLUMNS_MAX: usize = 8;
/// Tables beyond this are not looked at; rpm makes some 25.
const TABLES_MAX: usize = 1_000;

struct File<'b> {
    bytes: &'b [u8],
    page_bytes: usize,
    usable: usize,
    once: Once,
}

/// A row: its number and its columns; those that are no text and no bytes are empty, whole numbers apart.
struct Row<'b> {
    number: u64,
    content: Cow<'b, [u8]>,
    columns: Vec<Column>,
}

/// Where a column's value is in the row's content.
#[derive(Clone, Copy)]
struct Column {
    kind: u64,
    start: usize,
    stop: usize,
}

/// Reads the file; false when it is none of these.
pub(super) fn read(bytes: &[u8], packages: &mut Packages) -> bool {
    if !bytes.starts_with(MAGIC) {
        return false;
    }
    let Some(mut file) = File::open(bytes) else {
        packages.gap("an SQLite database whose first page is damaged: its packages are not listed");
        return true;
    };
    let pages = bytes.len() / file.page_bytes;
    let stated = big(bytes, PAGES_AT).map_or(0, size);
    if stated > pages && big(bytes, CHANGES_AT) == big(bytes, VALID_FOR_AT) {
        packages.gap(format!("the file is cut off: {pages} of its {stated} pages are here"));
    }
    let (mut headers, mut names) = (None, None);
    let mut tables = 0;
    file.rows(1, &mut |row| {
        match row {
            Ok(row) if row.text(0) == b"table" => {
                let root = row.whole(3).and_then(|root| u32::try_from(root).ok());
                match row.text(1) {
                    TABLE => headers = root,
                    NAMES => names = root,
                    _ => {}
                }
            }
            Ok(_) => {}
            Err(gap) => packages.gap(format!("its table of tables: {gap}")),
        }
        tables += 1;
        tables < TABLES_MAX
    });
    let Some(headers) = headers else {
        packages.gap("an SQLite database without rpm's table `Packages`: no packages are listed");
        return true;
    };
    let mut here = 0_usize;
    file.rows(headers, &mut |row| {
        match row {
            Ok(row) => {
                here += 1;
                packages.take(u32::try_from(row.number).unwrap_or(u32::MAX), row.text(1));
            }
            Err(gap) => packages.gap(format!("packages are missing: {gap}")),
        }
        !packages.is_enough()
    });
    let Some(names) = names else { return true };
    let mut named = 0_usize;
    file.rows(names, &mut |row| {
        match row {
            Ok(_) => named += 1,
            Err(gap) => packages.gap(format!("its table of names, which tells how many packages there are: {gap}")),
        }
        named <= PACKAGES_MAX && !packages.is_enough()
    });
    if named > here {
        packages.gap(format!("{here} of {named} packages are here: its table of names has more"));
    }
    true
}

impl<'b> File<'b> {
    fn open(bytes: &'b [u8]) -> Option<Self> {
        let [high, low] = *bytes.get(PAGE_SIZE_AT..)?.first_chunk::<2>()?;
        let page_bytes = match usize::from(u16::from_be_bytes([high, low])) {
            1 => 65536,
            other => other,
        };
        let usable = page_bytes.checked_sub(usize::from(*bytes.get(RESERVED_AT)?))?;
        // Names of tables are looked for in UTF-8, which is what rpm writes.
        let is_known = PAGE_SIZES.contains(&page_bytes) && page_bytes.is_power_of_two() && usable >= USABLE_MIN;
        let once = Once::new((bytes.len() / page_bytes.max(1)).saturating_add(1));
        (is_known && big(bytes, ENCODING_AT) == Some(1)).then_some(Self { bytes, page_bytes, usable, once })
    }

    /// A page by its number from 1, which nothing else may have led to.
    fn page(&mut self, number: u32) -> Result<&'b [u8], String> {
        let behind = || format!("page {number} lies behind the end of the file");
        let before = size(number).checked_sub(1).ok_or("a page without a number")?;
        let start = before.saturating_mul(self.page_bytes);
        let page = self.bytes.get(start..start.saturating_add(self.page_bytes)).ok_or_else(behind)?;
        self.once.take(number)?;
        Ok(page.get(..self.usable).unwrap_or(page))
    }

    /// Visits the rows of the table whose first page is `root`, in their order, and what could not be read, until
    /// `visit` has enough.
    fn rows(&mut self, root: u32, visit: &mut dyn FnMut(Result<Row<'b>, String>) -> bool) {
        let pages = self.bytes.len() / self.page_bytes;
        let mut open = vec![root];
        while let Some(number) = open.pop() {
            let page = match self.page(number) {
                Ok(page) => page,
                Err(gap) => {
                    if visit(Err(gap)) {
                        continue;
                    }
                    return;
                }
            };
            let head = page.get(if number == 1 { FILE_HEAD } else { 0 }..).unwrap_or_default();
            let count = half(head, 3).unwrap_or(0);
            let damaged = || format!("page {number} of the file is damaged");
            let mut rows = match head.first() {
                Some(&INTERIOR) => {
                    let children: Vec<Option<u32>> =
                        cells(page, head.get(12..), count).map(|cell| big(cell?, 0)).chain([big(head, 8)]).collect();
                    let lost = children.iter().any(Option::is_none);
                    open.extend(children.into_iter().flatten().rev());
                    // Each page is taken once, so that more of them are wrong.
                    if open.len() > pages {
                        visit(Err(format!("page {number} of the file leads to more pages than there are")));
                        return;
                    }
                    if !lost || visit(Err(damaged())) { continue } else { return }
                }
                Some(&LEAF) => cells(page, head.get(8..), count),
                _ if visit(Err(damaged())) => continue,
                _ => return,
            };
            if !rows.all(|cell| visit(cell.ok_or_else(damaged).and_then(|cell| self.row(cell)))) {
                return;
            }
        }
    }

    /// A row, of which a page holds all or the first part.
    fn row(&mut self, cell: &'b [u8]) -> Result<Row<'b>, String> {
        let damaged = || "a row is damaged".to_owned();
        let (length, rest) = varint(cell).ok_or_else(damaged)?;
        let (number, rest) = varint(rest).ok_or_else(damaged)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let told = |reason: String| format!("package {number}: {reason}");
        if length > self.bytes.len() {
            return Err(told("it would be longer than the file".to_owned()));
        }
        let here = self.local(length);
        let content = if here == length {
            Cow::Borrowed(rest.get(..length).ok_or_else(damaged)?)
        } else {
            let first = rest.get(..here).ok_or_else(damaged)?;
            let next = big(rest, here).ok_or_else(damaged)?;
            Cow::Owned(self.chain(first, next, length).map_err(told)?)
        };
        let columns = columns(&content).ok_or_else(|| told("its columns cannot be read".to_owned()))?;
        Ok(Row { number, content, columns })
    }

    /// How many bytes of a row are in the page itself ("Cell payload overflow pages").
    fn local(&self, length: usize) -> usize {
        let most = self.usable - 35;
        if length <= most {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let here = least + (length - least) % (self.usable - 4);
        if here <= most { here } else { least }
    }

    /// The rest of a row, in pages of its own: each begins with the number of the next.
    fn chain(&mut self, first: &[u8], mut next: u32, length: usize) -> Result<Vec<u8>, String> {
        let mut content = Vec::with_capacity(length);
        content.extend_from_slice(first);
        while content.len() < length {
            let page = self.page(next)?;
            next = big(page, 0).unwrap_or(0);
            let data = page.get(4..).unwrap_or_default();
            content.extend_from_slice(data.get(..length - content.len()).unwrap_or(data));
        }
        Ok(content)
    }
}

impl Row<'_> {
    /// The text or bytes of a column.
    fn text(&self, at: usize) -> &[u8] {
        let column = self.columns.get(at).filter(|column| column.kind >= 12);
        column.and_then(|column| self.content.get(column.start..column.stop)).unwrap_or_default()
    }

    /// A whole number that is not below zero.
    fn whole(&self, at: usize) -> Option<u64> {
        let column = self.columns.get(at)?;
        let bytes = self.content.get(column.start..column.stop)?;
        match column.kind {
            8 => Some(0),
            9 => Some(1),
            1..=6 => Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))),
            _ => None,
        }
    }
}

/// The cells of a page, each to the end of the page; none in place of those that lie outside.
fn cells<'b>(page: &'b [u8], places: Option<&'b [u8]>, count: usize) -> impl Iterator<Item = Option<&'b [u8]>> {
    let places = places.unwrap_or_default();
    let room = places.len() / 2;
    let place =
        move |at: usize| half(places, 2 * at).and_then(|place| page.get(place..)).filter(|cell| !cell.is_empty());
    // A page has no room for more places than these, whatever it says.
    (0..count.min(room)).map(place).chain((count > room).then_some(None))
}

/// Where the first columns of a row are ("Record format").
fn columns(content: &[u8]) -> Option<Vec<Column>> {
    let (head, rest) = varint(content)?;
    let mut start = usize::try_from(head).ok()?;
    let kinds = content.get(content.len() - rest.len()..start)?;
    let mut kinds = kinds;
    let mut columns = Vec::new();
    while let Some((kind, rest)) = varint(kinds).filter(|_| columns.len() < COLUMNS_MAX) {
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        let stop = start.checked_add(length).filter(|stop| *stop <= content.len())?;
        columns.push(Column { kind, start, stop });
        (start, kinds) = (stop, rest);
    }
    Some(columns)
}

/// A number in groups of seven bits, the highest first; a ninth byte counts whole.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        let rest = bytes.get(at + 1..)?;
        if at == 8 {
            return Some((number << 8 | u64::from(*byte), rest));
        }
        number = number << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((number, rest));
        }
    }
    None
}

/// The number of two bytes at a place, the highest first.
fn half(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().map(|two| usize::from(u16::from_be_bytes(*two)))
}
