//! Looks at every stored byte of a pack once.
//!
//! Most blobs of a history are deltas: pieces copied from an earlier blob and a
//! few new bytes. A delta is applied whole, which costs a copy, but only the new
//! bytes and the surroundings of the joins are shown to the detector; what it
//! found in the base is carried over through the copied pieces. The result is what
//! looking at every blob whole would give, provided the detector keeps the promise
//! that [`Detect`] states.
//!
//! The sweep knows nothing of paths, since one blob may have several, and nothing
//! of secrets.

use std::io::Read;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use super::delta::{Delta, Instruction};
use super::pack::{NONE, Pack, Stored, Tools};
use super::{BLOB_BYTES_MAX, ObjectError, ObjectId, ObjectKind};
use crate::entry::{Entry, is_binary};
use crate::stream;

/// A copied piece whose inside is shorter than this is looked at anew: cheaper than the bookkeeping.
const CORE_BYTES_MIN: usize = 64;

/// Families taken by a thread at a time.
const BATCH: usize = 32;

/// Objects above this are handled by one thread at a time.
const LARGE_BYTES: usize = 8 << 20;

/// Inflated bases that one thread keeps at hand; beyond it the oldest are dropped and made again.
const KEPT_BYTES_MAX: usize = 48 << 20;

/// A list of extents with room for more is not kept between blobs.
const EXTENTS_KEPT_MAX: usize = 1 << 16;

/// Something a detector saw, or must see again when its surroundings change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extent {
    /// The position it belongs to; inside the range that was asked for.
    pub at: u32,
    /// First byte the verdict rests on.
    pub from: u32,
    /// One past the last byte the verdict rests on.
    pub to: u32,
    /// First byte of what was found.
    pub start: u32,
    /// One past the last byte of what was found.
    pub end: u32,
    /// The detector's number for what was found; nothing when there was nothing to report
    /// but an edit between `from` and `to` may change that.
    pub mark: Option<u32>,
}

impl Extent {
    fn shifted(self, from: u32, to: u32) -> Extent {
        let shift = |position: u32| position.wrapping_sub(from).wrapping_add(to);
        Extent {
            at: shift(self.at),
            from: shift(self.from),
            to: shift(self.to),
            start: shift(self.start),
            end: shift(self.end),
            mark: self.mark,
        }
    }
}

/// Looks at bytes, for [`sweep`].
///
/// The promise: what is reported for a position rests only on bytes near it, and
/// on whether the blob begins or ends there. [`reaching`](Detect::reaching) and
/// [`touched`](Detect::touched) say how near; for a position where more was looked at, an [`Extent`] is reported whose
/// `from..to` holds every byte the verdict rests on. It does not rest on what else
/// was asked for.
pub trait Detect: Sync {
    /// The first position before `join` whose verdict may rest on bytes behind it.
    fn reaching(&self, bytes: &[u8], join: usize) -> usize;

    /// One past the last position behind `join` whose verdict may rest on bytes before it.
    fn touched(&self, bytes: &[u8], join: usize) -> usize;

    /// Appends an extent for each position in `asked` that has one. `bytes` is the whole blob,
    /// or a window of it with [`CONTEXT_BYTES`](crate::stream::CONTEXT_BYTES) around `asked`.
    fn detect(&self, bytes: &[u8], asked: Range<usize>, found: &mut Vec<Extent>);
}

/// What a sweep hands out.
#[derive(Debug)]
pub enum Swept<'a> {
    /// A blob in which something was found; several times, with growing offsets, when it is large.
    Found {
        /// The blob.
        blob: ObjectId,
        /// Place of `bytes[0]` in the blob.
        offset: u64,
        /// Its bytes.
        bytes: &'a [u8],
        /// What was found, by position; at least one has a mark.
        extents: &'a [Extent],
    },
    /// A blob (or an object that may be one) that could not be looked at.
    Unreadable {
        /// The object.
        object: ObjectId,
        /// Why.
        error: ObjectError,
    },
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Blobs seen.
    pub blobs: u64,
    /// Their size together.
    pub bytes: u64,
    /// Bytes that came out of inflating.
    pub inflated: u64,
    /// Bytes shown to the detector.
    pub looked_at: u64,
    /// Pieces in which they were shown.
    pub pieces: u64,
    /// Binary blobs, of which only the head was looked at.
    pub binary: u64,
}

impl Statistics {
    /// Counts what another sweep did.
    pub(super) fn add(&mut self, other: &Statistics) {
        self.blobs += other.blobs;
        self.bytes += other.bytes;
        self.inflated += other.inflated;
        self.looked_at += other.looked_at;
        self.pieces += other.pieces;
        self.binary += other.binary;
    }
}

/// Looks at every blob of a pack.
///
/// `visit` is called from several threads. The order of blobs is not defined.
pub fn sweep<D: Detect + ?Sized>(
    pack: &Pack,
    detector: &D,
    threads: usize,
    visit: &(dyn Fn(Swept<'_>) + Sync),
) -> Statistics {
    run(pack, ObjectKind::Blob, Some(detector), threads, visit)
}

/// Hands out every object of a kind, each with its bytes, as [`Swept::Found`] without extents.
pub(super) fn each_object(
    pack: &Pack,
    kind: ObjectKind,
    threads: usize,
    visit: &(dyn Fn(Swept<'_>) + Sync),
) -> Statistics {
    run::<Nothing>(pack, kind, None, threads, visit)
}

/// The detector of [`each_object`], which is never asked.
struct Nothing;

impl Detect for Nothing {
    fn reaching(&self, _: &[u8], join: usize) -> usize {
        join
    }

    fn touched(&self, _: &[u8], join: usize) -> usize {
        join
    }

    fn detect(&self, _: &[u8], _: Range<usize>, _: &mut Vec<Extent>) {}
}

fn run<D: Detect + ?Sized>(
    pack: &Pack,
    kind: ObjectKind,
    detector: Option<&D>,
    threads: usize,
    visit: &(dyn Fn(Swept<'_>) + Sync),
) -> Statistics {
    let mut families = Vec::new();
    for (entry, stored) in pack.stored.iter().enumerate() {
        match stored {
            Stored::Known(stored) if *stored == kind && pack.bases[entry] == NONE => families.push(entry),
            Stored::Broken if kind == ObjectKind::Blob => visit(Swept::Unreadable {
                object: pack.name(entry),
                error: ObjectError::Damaged("pack entry or its base is broken"),
            }),
            _ => {}
        }
    }
    let children = Children::of(pack);
    let total = Mutex::new(Statistics::default());
    let next = AtomicUsize::new(0);
    let large = Mutex::new(());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let mut worker = Worker::new(pack, &children, detector, visit);
                loop {
                    let start = next.fetch_add(BATCH, Relaxed);
                    let Some(batch) = families.get(start..families.len().min(start + BATCH)) else { break };
                    if batch.is_empty() {
                        break;
                    }
                    for &root in batch {
                        let guard = (pack.sizes[root] as usize > LARGE_BYTES).then(|| large.lock());
                        worker.family(root);
                        drop(guard);
                    }
                }
                if let Ok(mut total) = total.lock() {
                    total.add(&worker.statistics);
                }
            });
        }
    });
    total.into_inner().unwrap_or_default()
}

/// Entry → entries made from it, the one with most descendants last.
struct Children {
    starts: Vec<u32>,
    entries: Vec<u32>,
}

impl Children {
    fn of(pack: &Pack) -> Children {
        let count = pack.len();
        let mut weights = vec![1_u32; count];
        let mut starts = vec![0_u32; count + 1];
        for entry in (0..count).rev() {
            let base = pack.bases[entry] as usize;
            if base < count {
                weights[base] = weights[base].saturating_add(weights[entry]);
                starts[base + 1] += 1;
            }
        }
        for at in 1..=count {
            starts[at] += starts[at - 1];
        }
        let mut cursors = starts.clone();
        let mut entries = vec![0; starts[count] as usize];
        for entry in 0..count {
            let base = pack.bases[entry] as usize;
            if base < count {
                entries[cursors[base] as usize] = entry as u32;
                cursors[base] += 1;
            }
        }
        for at in 0..count {
            let range = starts[at] as usize..starts[at + 1] as usize;
            // All but the heaviest keep their order, which is that of the file.
            if let Some(heaviest) = range.clone().max_by_key(|child| weights[entries[*child] as usize]) {
                entries[heaviest..range.end].rotate_left(1);
            }
        }
        Children { starts, entries }
    }

    fn of_entry(&self, entry: usize) -> &[u32] {
        &self.entries[self.starts[entry] as usize..self.starts[entry + 1] as usize]
    }
}

/// A blob on the way down a family.
#[derive(Default)]
struct Frame {
    entry: usize,
    /// Its bytes, unless dropped to save memory.
    bytes: Option<Vec<u8>>,
    /// What stands in it; nothing when dropped with the bytes, or never looked for.
    extents: Option<Vec<Extent>>,
    binary: bool,
    children_done: usize,
}

impl Frame {
    fn kept_bytes(&self) -> usize {
        let extents = self.extents.as_ref().map_or(0, Vec::len) * size_of::<Extent>();
        self.bytes.as_ref().map_or(0, Vec::len) + extents
    }
}

/// A piece that a delta copies: neighbouring instructions joined.
#[derive(Clone, Copy)]
struct Piece {
    base: usize,
    start: usize,
    length: usize,
}

struct Worker<'a, D: ?Sized> {
    pack: &'a Pack,
    children: &'a Children,
    detector: Option<&'a D>,
    visit: &'a (dyn Fn(Swept<'_>) + Sync),
    tools: Tools,
    statistics: Statistics,
    frames: Vec<Frame>,
    kept_bytes: usize,
    stored: Vec<u8>,
    pieces: Vec<Piece>,
    asked: Vec<Range<usize>>,
    spare_bytes: Vec<Vec<u8>>,
    spare_extents: Vec<Vec<Extent>>,
}

impl<'a, D: Detect + ?Sized> Worker<'a, D> {
    fn new(
        pack: &'a Pack,
        children: &'a Children,
        detector: Option<&'a D>,
        visit: &'a (dyn Fn(Swept<'_>) + Sync),
    ) -> Self {
        Worker {
            pack,
            children,
            detector,
            visit,
            tools: Tools::default(),
            statistics: Statistics::default(),
            frames: Vec::new(),
            kept_bytes: 0,
            stored: Vec::new(),
            pieces: Vec::new(),
            asked: Vec::new(),
            spare_bytes: Vec::new(),
            spare_extents: Vec::new(),
        }
    }

    /// A blob that is stored whole, and everything made from it.
    fn family(&mut self, root: usize) {
        if self.pack.sizes[root] as usize > BLOB_BYTES_MAX {
            self.large_blob(root);
            for &child in self.children.of_entry(root) {
                self.fail(child as usize, &ObjectError::TooLarge);
            }
            return;
        }
        let mut bytes = self.spare_bytes.pop().unwrap_or_default();
        if let Err(error) = self.pack.inflate(root, &mut self.tools, &mut bytes) {
            self.spare_bytes.push(bytes);
            return self.fail(root, &error);
        }
        self.statistics.inflated += bytes.len() as u64;
        let mut frame = Frame { entry: root, binary: is_binary(&bytes), ..Frame::default() };
        let extents = self.spare_extents.pop().unwrap_or_default();
        self.asked.clear();
        self.asked.push(0..bytes.len());
        self.look(&mut frame, bytes, extents);
        self.push(frame);
        while let Some(top) = self.frames.last_mut() {
            let children = self.children.of_entry(top.entry);
            let Some(&child) = children.get(top.children_done) else {
                self.pop();
                continue;
            };
            top.children_done += 1;
            if let Err(error) = self.descend(child as usize) {
                self.fail(child as usize, &error);
            }
        }
    }

    /// Makes `child` from the top frame and puts it on top.
    fn descend(&mut self, child: usize) -> Result<(), ObjectError> {
        let Some(top) = self.frames.last_mut() else { return Ok(()) };
        if top.bytes.is_none() {
            let again = self.pack.read(top.entry, &mut self.tools)?;
            self.kept_bytes += again.len();
            top.bytes = Some(again);
        }
        let Some(base) = &top.bytes else { return Err(ObjectError::Missing) };
        self.pack.inflate(child, &mut self.tools, &mut self.stored)?;
        self.statistics.inflated += self.stored.len() as u64;
        let delta = Delta::parse(&self.stored).ok_or(ObjectError::Damaged("delta has no header"))?;
        if delta.size > BLOB_BYTES_MAX as u64 {
            return Err(ObjectError::TooLarge);
        }
        self.pieces.clear();
        let pieces = &mut self.pieces;
        let mut bytes = self.spare_bytes.pop().unwrap_or_default();
        let applied = delta.apply(base, &mut bytes, |start, instruction| {
            let Instruction::Copy(range) = instruction else { return };
            match pieces.last_mut() {
                Some(last) if last.start + last.length == start && last.base + last.length == range.start => {
                    last.length += range.len();
                }
                _ => pieces.push(Piece { base: range.start, start, length: range.len() }),
            }
        });
        if applied.is_none() {
            self.spare_bytes.push(bytes);
            return Err(ObjectError::Damaged("delta does not fit its base"));
        }

        let mut frame = Frame { entry: child, binary: is_binary(&bytes), ..Frame::default() };
        let mut extents = self.spare_extents.pop().unwrap_or_default();
        self.asked.clear();
        match (self.detector, &top.extents) {
            (Some(detector), Some(known)) => {
                inherit(detector, &bytes, &self.pieces, known, base.len(), &mut extents, &mut self.asked);
            }
            _ => self.asked.push(0..bytes.len()), // its base was not looked at, or that was forgotten
        }
        let last_child = top.children_done == self.children.of_entry(top.entry).len();
        if last_child {
            self.pop();
        }
        self.look(&mut frame, bytes, extents);
        self.push(frame);
        Ok(())
    }

    /// Shows the parts in `self.asked` to the detector and tells what the blob holds.
    fn look(&mut self, frame: &mut Frame, bytes: Vec<u8>, mut extents: Vec<Extent>) {
        self.statistics.blobs += 1;
        self.statistics.bytes += bytes.len() as u64;
        let Some(detector) = self.detector else {
            let blob = self.pack.name(frame.entry);
            (self.visit)(Swept::Found { blob, offset: 0, bytes: &bytes, extents: &[] });
            frame.bytes = Some(bytes);
            return;
        };
        if frame.binary {
            self.statistics.binary += 1;
            extents.clear();
            self.spare_extents.push(extents);
        } else {
            for asked in &self.asked {
                self.statistics.looked_at += asked.len() as u64;
                self.statistics.pieces += 1;
                detector.detect(&bytes, asked.clone(), &mut extents);
            }
            if !self.asked.is_empty() {
                extents.sort(); // stable: what was carried over is in order already
                extents.dedup();
            }
            if extents.iter().any(|extent| extent.mark.is_some()) {
                let blob = self.pack.name(frame.entry);
                (self.visit)(Swept::Found { blob, offset: 0, bytes: &bytes, extents: &extents });
            }
            frame.extents = Some(extents);
        }
        frame.bytes = Some(bytes);
    }

    fn push(&mut self, frame: Frame) {
        self.kept_bytes += frame.kept_bytes();
        self.frames.push(frame);
        let below = self.frames.len() - 1;
        for frame in self.frames.iter_mut().take(below) {
            if self.kept_bytes <= KEPT_BYTES_MAX {
                break;
            }
            self.kept_bytes -= frame.kept_bytes();
            (frame.bytes, frame.extents) = (None, None);
        }
    }

    fn pop(&mut self) {
        let Some(mut frame) = self.frames.pop() else { return };
        self.kept_bytes -= frame.kept_bytes();
        if let Some(bytes) = frame.bytes.take().filter(|bytes| bytes.capacity() <= LARGE_BYTES) {
            self.spare_bytes.push(bytes);
        }
        if let Some(mut extents) = frame.extents.take().filter(|extents| extents.capacity() <= EXTENTS_KEPT_MAX) {
            extents.clear();
            self.spare_extents.push(extents);
        }
    }

    /// Tells that an entry could not be read, nor anything made from it.
    fn fail(&self, entry: usize, error: &ObjectError) {
        let mut waiting = vec![entry];
        while let Some(entry) = waiting.pop() {
            (self.visit)(Swept::Unreadable { object: self.pack.name(entry), error: error.clone() });
            waiting.extend(self.children.of_entry(entry).iter().map(|child| *child as usize));
        }
    }

    /// A blob too large to be held, in windows.
    fn large_blob(&mut self, entry: usize) {
        let blob = self.pack.name(entry);
        let Some(detector) = self.detector else {
            return (self.visit)(Swept::Unreadable { object: blob, error: ObjectError::TooLarge });
        };
        self.statistics.blobs += 1;
        self.statistics.bytes += u64::from(self.pack.sizes[entry]);
        let read = match self.pack.stream(entry) {
            Some(mut reader) => look_at_windows(detector, blob, &mut reader, &mut self.statistics, self.visit),
            None => Err(ObjectError::Missing),
        };
        if let Err(error) = read {
            (self.visit)(Swept::Unreadable { object: blob, error });
        }
    }
}

/// Looks at a blob that is no delta, in windows when it is large.
///
/// # Errors
/// When it cannot be read to its end; what was read has been looked at.
pub(super) fn look_at_windows<D: Detect + ?Sized>(
    detector: &D,
    blob: ObjectId,
    reader: &mut dyn Read,
    statistics: &mut Statistics,
    visit: &(dyn Fn(Swept<'_>) + Sync),
) -> Result<(), ObjectError> {
    let (looked_at, binary) = (AtomicU64::new(0), AtomicU64::new(0));
    let streamed = stream::deliver(reader, "", None, &mut Vec::new(), &|entry| {
        let Entry::File(file) = entry else { return };
        if file.binary {
            binary.store(1, Relaxed);
            return;
        }
        looked_at.fetch_add(file.owned.len() as u64, Relaxed);
        let mut extents = Vec::new();
        detector.detect(file.bytes, file.owned.clone(), &mut extents);
        extents.sort_unstable();
        extents.dedup();
        if extents.iter().any(|extent| extent.mark.is_some()) {
            visit(Swept::Found { blob, offset: file.offset, bytes: file.bytes, extents: &extents });
        }
    });
    statistics.looked_at += looked_at.into_inner();
    statistics.binary += binary.into_inner();
    streamed.map_err(|_| ObjectError::Damaged("does not inflate"))
}

/// Divides a blob made by a delta: what is carried over from the base, and what must be asked anew.
///
/// `extents` of the base are sorted by position. A position is carried over when
/// everything its verdict rests on was copied in one piece together with it.
fn inherit<D: Detect + ?Sized>(
    detector: &D,
    bytes: &[u8],
    pieces: &[Piece],
    extents: &[Extent],
    base_size: usize,
    inherited: &mut Vec<Extent>,
    asked: &mut Vec<Range<usize>>,
) {
    let size = bytes.len();
    let mut ask = |range: Range<usize>| match asked.last_mut() {
        Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
        _ if range.is_empty() => {}
        _ => asked.push(range),
    };
    let mut done = 0;
    for piece in pieces {
        let end = piece.start + piece.length;
        let base_end = piece.base + piece.length;
        let at_start = piece.start == 0 && piece.base == 0;
        let at_end = end == size && base_end == base_size;
        if piece.length < CORE_BYTES_MIN {
            continue;
        }
        let core_start = if at_start { 0 } else { detector.touched(bytes, piece.start).max(piece.start) };
        let core_end = if at_end { end } else { detector.reaching(bytes, end).min(end) };
        if core_end < core_start + CORE_BYTES_MIN {
            continue;
        }
        ask(done..core_start);
        done = core_end;
        if extents.is_empty() {
            continue;
        }
        let shift = |position: usize| position - piece.start + piece.base;
        let first = extents.partition_point(|extent| (extent.at as usize) < shift(core_start));
        for extent in extents.iter().skip(first) {
            let at = extent.at as usize;
            if at >= shift(core_end) {
                break;
            }
            // A verdict that saw the beginning or the end of the base holds where the blob begins or ends too.
            let (from, to) = (extent.from as usize, extent.to as usize);
            let left = if from == 0 { at_start } else { from >= piece.base };
            let right = if to >= base_size { at_end } else { to <= base_end };
            if left && right {
                inherited.push(extent.shifted(piece.base as u32, piece.start as u32));
            } else {
                let here = at - piece.base + piece.start;
                ask(here..here + 1);
            }
        }
    }
    ask(done..size);
}
