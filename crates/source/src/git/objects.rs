//! The object store of a repository: its packs, its loose objects and those it borrows.
//!
//! For work over all of history, where gix's one-object-at-a-time access would
//! inflate the same bases again and again.

use std::collections::HashSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::pack::{Pack, Tools};
use super::sweep::{Detect, Statistics, Swept, each_object, sweep};
use super::{BLOB_BYTES_MAX, ObjectError, ObjectId, ObjectKind};
use crate::entry::is_binary;

/// Stores that borrow from stores are followed so deep; git allows five.
const ALTERNATES_DEPTH_MAX: usize = 5;

/// A header of a loose object is never longer: `commit `, digits, NUL.
const LOOSE_HEADER_BYTES_MAX: usize = 32;

/// An open object store.
#[derive(Debug, Default)]
pub struct Objects {
    packs: Vec<Pack>,
    loose_folders: Vec<PathBuf>,
    problems: Vec<(PathBuf, ObjectError)>,
}

impl Objects {
    /// Opens the folder `objects` of a repository; with `borrow`, also the stores it names as alternates.
    pub fn open(folder: &Path, borrow: bool) -> Objects {
        let mut objects = Objects::default();
        let mut seen = HashSet::new();
        let mut waiting = vec![(folder.to_owned(), 0)];
        while let Some((folder, depth)) = waiting.pop() {
            if !seen.insert(fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone())) {
                continue;
            }
            objects.open_packs(&folder.join("pack"));
            if borrow && depth < ALTERNATES_DEPTH_MAX {
                let alternates = fs::read_to_string(folder.join("info/alternates")).unwrap_or_default();
                let lines = alternates.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
                waiting.extend(lines.map(|line| (folder.join(line), depth + 1)));
            }
            objects.loose_folders.push(folder);
        }
        objects
    }

    /// Packs that could not be opened, and why.
    pub fn problems(&self) -> &[(PathBuf, ObjectError)] {
        &self.problems
    }

    /// The open packs.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    fn open_packs(&mut self, folder: &Path) {
        let Ok(files) = fs::read_dir(folder) else { return };
        let mut paths: Vec<PathBuf> = files.flatten().map(|file| file.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
        paths.sort();
        for path in paths {
            match Pack::open(&path) {
                Ok(pack) => self.packs.push(pack),
                Err(error) => self.problems.push((path, error)),
            }
        }
    }

    /// The kind and bytes of one object.
    ///
    /// # Errors
    /// When it is missing, damaged or too large. A damaged copy is passed over when another is whole.
    pub fn find(&self, id: &ObjectId, tools: &mut Tools) -> Result<(ObjectKind, Vec<u8>), ObjectError> {
        let mut trouble = ObjectError::Missing;
        for pack in &self.packs {
            let Some(entry) = pack.find(id) else { continue };
            match (pack.read(entry, tools), pack.kind(entry)) {
                (Ok(bytes), Some(kind)) => return Ok((kind, bytes)),
                (Err(error), _) => trouble = error,
                (Ok(_), None) => trouble = ObjectError::Damaged("pack entry has no kind"),
            }
        }
        for folder in &self.loose_folders {
            match read_loose(&loose_path(folder, id)) {
                Ok(found) => return Ok(found),
                Err(ObjectError::Missing) => {}
                Err(error) => trouble = error,
            }
        }
        Err(trouble)
    }

    /// Looks at every blob; see [`sweep`]. A blob stored twice is visited twice.
    pub fn sweep<D: Detect + ?Sized>(
        &self,
        detector: &D,
        threads: usize,
        visit: &(dyn Fn(Swept<'_>) + Sync),
    ) -> Statistics {
        let mut total = Statistics::default();
        for pack in &self.packs {
            let one = sweep(pack, detector, threads, visit);
            total.blobs += one.blobs;
            total.bytes += one.bytes;
            total.inflated += one.inflated;
            total.looked_at += one.looked_at;
            total.pieces += one.pieces;
            total.binary += one.binary;
        }
        let loose = self.each_loose(threads, &|id, found| match found {
            Ok((ObjectKind::Blob, bytes)) => {
                if is_binary(&bytes) {
                    return;
                }
                let mut extents = Vec::new();
                detector.detect(&bytes, 0..bytes.len(), &mut extents);
                extents.sort_unstable();
                extents.dedup();
                if extents.iter().any(|extent| extent.mark.is_some()) {
                    visit(Swept::Found { blob: id, offset: 0, bytes: &bytes, extents: &extents });
                }
            }
            Ok(_) => {}
            Err(error) => visit(Swept::Unreadable { object: id, error }),
        });
        total.blobs += loose as u64;
        total
    }

    /// Hands out every object of a kind with its bytes. Those that cannot be read are left to [`sweep`] to tell.
    pub(super) fn each(&self, kind: ObjectKind, threads: usize, visit: &(dyn Fn(ObjectId, &[u8]) + Sync)) {
        for pack in &self.packs {
            each_object(pack, kind, threads, &|swept| {
                if let Swept::Found { blob, bytes, .. } = swept {
                    visit(blob, bytes);
                }
            });
        }
        self.each_loose(threads, &|id, found| {
            if let Ok((found_kind, bytes)) = found
                && found_kind == kind
            {
                visit(id, &bytes);
            }
        });
    }

    /// Reads every loose object; how many there were.
    fn each_loose(
        &self,
        threads: usize,
        visit: &(dyn Fn(ObjectId, Result<(ObjectKind, Vec<u8>), ObjectError>) + Sync),
    ) -> usize {
        let mut loose = Vec::new();
        for folder in &self.loose_folders {
            for high in 0..=255_u8 {
                let prefix = format!("{high:02x}");
                let Ok(files) = fs::read_dir(folder.join(&prefix)) else { continue };
                for file in files.flatten() {
                    let name = file.file_name();
                    let hex = [prefix.as_bytes(), name.as_encoded_bytes()].concat();
                    if let Some(id) = ObjectId::from_hex(&hex) {
                        loose.push((id, file.path()));
                    }
                }
            }
        }
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1).min(loose.len()) {
                scope.spawn(|| {
                    while let Some((id, path)) = loose.get(next.fetch_add(1, Relaxed)) {
                        visit(*id, read_loose(path));
                    }
                });
            }
        });
        loose.len()
    }
}

fn loose_path(folder: &Path, id: &ObjectId) -> PathBuf {
    let hex = id.to_string();
    let (folder_name, file_name) = hex.split_at(2);
    folder.join(folder_name).join(file_name)
}

fn read_loose(path: &Path) -> Result<(ObjectKind, Vec<u8>), ObjectError> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(ObjectError::Missing),
        Err(error) => return Err(error.into()),
    };
    let mut reader = flate2::read::ZlibDecoder::new(std::io::BufReader::with_capacity(16 << 10, file));
    let damaged = |_| ObjectError::Damaged("loose object does not inflate");
    let mut bytes = Vec::new();
    (&mut reader).take(LOOSE_HEADER_BYTES_MAX as u64).read_to_end(&mut bytes).map_err(damaged)?;
    let header = parse_loose_header(&bytes).ok_or(ObjectError::Damaged("loose object has no header"))?;
    let (kind, size, length) = header;
    if size > BLOB_BYTES_MAX {
        return Err(ObjectError::TooLarge);
    }
    bytes.drain(..length);
    bytes.reserve(size + 1 - bytes.len().min(size));
    let missing = (size + 1).saturating_sub(bytes.len());
    reader.take(missing as u64).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() == size { Ok((kind, bytes)) } else { Err(ObjectError::Damaged("loose object has another size")) }
}

/// Kind, size and length of the header of a loose object: `blob 12\0`.
pub fn parse_loose_header(bytes: &[u8]) -> Option<(ObjectKind, usize, usize)> {
    let end = memchr::memchr(0, bytes)?;
    let text = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let (kind, size) = text.split_once(' ')?;
    let kind = match kind {
        "blob" => ObjectKind::Blob,
        "tree" => ObjectKind::Tree,
        "commit" => ObjectKind::Commit,
        "tag" => ObjectKind::Tag,
        _ => return None,
    };
    if size.is_empty() || !size.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((kind, size.parse().ok()?, end + 1))
}
