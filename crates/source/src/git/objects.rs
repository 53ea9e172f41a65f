//! The object store of a repository: its packs, its loose objects and those it borrows.
//!
//! For work over all of history, where gix's one-object-at-a-time access would
//! inflate the same bases again and again.

use std::collections::HashSet;
use std::fs;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use flate2::read::ZlibDecoder;

use super::pack::{NONE, Pack, Tools};
use super::sweep::{Detect, Statistics, Swept, each_object, look_at_windows, sweep};
use super::{BLOB_BYTES_MAX, ObjectError, ObjectId, ObjectKind};
use crate::entry::Entry;
use crate::stream;

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

    /// Visits one blob as the file at `path`, in windows when it is large and stored whole.
    ///
    /// # Errors
    /// When it is missing, damaged, no blob, or large and stored as a delta.
    pub fn deliver(
        &self,
        id: &ObjectId,
        path: &str,
        tools: &mut Tools,
        visit: &dyn Fn(Entry<'_>),
    ) -> Result<(), ObjectError> {
        match self.find(id, tools) {
            Ok((ObjectKind::Blob, bytes)) => {
                stream::deliver_bytes(&bytes, path, visit);
                return Ok(());
            }
            Ok(_) => return Err(ObjectError::Damaged("object is of another kind")),
            Err(ObjectError::TooLarge) => {}
            Err(error) => return Err(error),
        }
        let damaged = |_| ObjectError::Damaged("does not inflate");
        for pack in &self.packs {
            let Some(entry) = pack.find(id) else { continue };
            if let Some(mut reader) = pack.stream(entry).filter(|_| pack.bases.get(entry) == Some(&NONE)) {
                return stream::deliver(&mut reader, path, None, &mut Vec::new(), visit).map_err(damaged);
            }
        }
        for folder in &self.loose_folders {
            if let Ok(mut loose) = open_loose(&loose_path(folder, id)) {
                return stream::deliver(&mut loose.reader(), path, None, &mut Vec::new(), visit).map_err(damaged);
            }
        }
        Err(ObjectError::TooLarge)
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
            total.add(&sweep(pack, detector, threads, visit));
        }
        let counted = Mutex::new(Statistics::default());
        let large = Mutex::new(());
        self.each_loose(threads, &|id, path| {
            let mut one = Statistics::default();
            let told = match read_loose(path) {
                Ok((ObjectKind::Blob, bytes)) => {
                    one.blobs = 1;
                    one.bytes = bytes.len() as u64;
                    look_at_windows(detector, id, &mut &bytes[..], &mut one, visit)
                }
                Ok(_) => Ok(()),
                Err(ObjectError::TooLarge) => open_loose(path).and_then(|mut loose| {
                    let _one_at_a_time = large.lock();
                    (one.blobs, one.bytes) = (1, loose.size as u64);
                    look_at_windows(detector, id, &mut loose.reader(), &mut one, visit)
                }),
                Err(error) => Err(error),
            };
            if let Err(error) = told {
                visit(Swept::Unreadable { object: id, error });
            }
            if let Ok(mut counted) = counted.lock() {
                counted.add(&one);
            }
        });
        total.add(&counted.into_inner().unwrap_or_default());
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
        self.each_loose(threads, &|id, path| {
            if let Ok((found_kind, bytes)) = read_loose(path)
                && found_kind == kind
            {
                visit(id, &bytes);
            }
        });
    }

    /// Tells every loose object and its file.
    fn each_loose(&self, threads: usize, visit: &(dyn Fn(ObjectId, &Path) + Sync)) {
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
                        visit(*id, path);
                    }
                });
            }
        });
    }
}

fn loose_path(folder: &Path, id: &ObjectId) -> PathBuf {
    let hex = id.to_string();
    let (folder_name, file_name) = hex.split_at(2);
    folder.join(folder_name).join(file_name)
}

/// A loose object whose header has been read.
struct Loose {
    kind: ObjectKind,
    size: usize,
    /// What was inflated together with the header.
    head: Vec<u8>,
    rest: ZlibDecoder<BufReader<fs::File>>,
}

impl Loose {
    /// Its bytes, and one more than it announces if there is one.
    fn reader(&mut self) -> impl Read + '_ {
        self.head.as_slice().chain(&mut self.rest).take(self.size as u64 + 1)
    }
}

fn open_loose(path: &Path) -> Result<Loose, ObjectError> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(ObjectError::Missing),
        Err(error) => return Err(error.into()),
    };
    let mut rest = ZlibDecoder::new(BufReader::with_capacity(16 << 10, file));
    let mut head = Vec::new();
    (&mut rest)
        .take(LOOSE_HEADER_BYTES_MAX as u64)
        .read_to_end(&mut head)
        .map_err(|_| ObjectError::Damaged("loose object does not inflate"))?;
    let (kind, size, length) = parse_loose_header(&head).ok_or(ObjectError::Damaged("loose object has no header"))?;
    head.drain(..length);
    Ok(Loose { kind, size, head, rest })
}

fn read_loose(path: &Path) -> Result<(ObjectKind, Vec<u8>), ObjectError> {
    let mut loose = open_loose(path)?;
    let (kind, size) = (loose.kind, loose.size);
    if size > BLOB_BYTES_MAX {
        return Err(ObjectError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(size + 1);
    let damaged = |_| ObjectError::Damaged("loose object does not inflate");
    loose.reader().read_to_end(&mut bytes).map_err(damaged)?;
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
