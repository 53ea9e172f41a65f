//! Where in history blobs lived: at which paths, from which commit to which, and whether still.
//!
//! Asked only for the blobs in which something was found. Each tree is inflated
//! once; a tree that was met before at the same path is not entered again.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Mutex;

use super::objects::Objects;
use super::tree::{Commit, EntryKind, entries};
use super::{ObjectId, ObjectKind};
use crate::label::label_bytes;

/// A blob at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The blob.
    pub blob: ObjectId,
    /// Its path, as in [`File::path`](crate::File::path).
    pub path: String,
    /// Number of the oldest commit that holds it, in [`History::commits`].
    pub first: usize,
    /// Number of the newest commit that holds it.
    pub last: usize,
    /// Whether the commit asked about holds it.
    pub present: bool,
}

/// Commits in order and the places of blobs among them.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Every commit, parents before children, older before newer.
    pub commits: Vec<Commit>,
    /// Every place, sorted by blob and path. A blob that no commit holds has none.
    pub places: Vec<Place>,
}

/// Finds the places of `blobs` over all commits of the store; `head` decides what is present.
pub fn places(objects: &Objects, blobs: &HashSet<ObjectId>, head: Option<ObjectId>, threads: usize) -> History {
    let commits = read_commits(objects, threads);
    let forest = Forest::read(objects, blobs, threads);
    let mut paths = Paths::default();
    let mut found: HashMap<(u32, u32), (usize, usize, bool)> = HashMap::new();

    let mut seen = IdSet::default();
    for (number, commit) in commits.iter().enumerate() {
        forest.visit(&commit.tree, &mut seen, &mut paths, &mut |blob, path| {
            found.entry((blob, path)).or_insert((number, number, false));
        });
    }
    seen.clear();
    let mut newest_seen = IdSet::default();
    for (number, commit) in commits.iter().enumerate().rev() {
        forest.visit(&commit.tree, &mut seen, &mut paths, &mut |blob, path| {
            if newest_seen.insert(u64::from(blob) << 32 | u64::from(path))
                && let Some(place) = found.get_mut(&(blob, path))
            {
                place.1 = number;
            }
        });
    }
    if let Some(commit) = head.and_then(|head| commits.iter().find(|commit| commit.id == head)) {
        forest.visit(&commit.tree, &mut IdSet::default(), &mut paths, &mut |blob, path| {
            if let Some(place) = found.get_mut(&(blob, path)) {
                place.2 = true;
            }
        });
    }

    let mut places: Vec<Place> = found
        .into_iter()
        .map(|((blob, path), (first, last, present))| Place {
            blob: forest.blobs[blob as usize],
            path: paths.text(path, &forest.names),
            first,
            last,
            present,
        })
        .collect();
    places.sort_by(|left, right| (left.blob, &left.path).cmp(&(right.blob, &right.path)));
    History { commits, places }
}

/// All commits, parents first; among those that may come next, the oldest.
fn read_commits(objects: &Objects, threads: usize) -> Vec<Commit> {
    let all = Mutex::new(Vec::new());
    objects.each(ObjectKind::Commit, threads, &|id, bytes| {
        if let (Some(commit), Ok(mut all)) = (Commit::parse(id, bytes), all.lock()) {
            all.push(commit);
        }
    });
    let mut all = all.into_inner().unwrap_or_default();
    all.sort_by_key(|commit| (commit.commit_seconds, commit.id));
    all.dedup_by_key(|commit| commit.id);

    let numbers: HashMap<ObjectId, usize> =
        all.iter().enumerate().map(|(number, commit)| (commit.id, number)).collect();
    let mut waiting_for = vec![0_usize; all.len()];
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    for (number, commit) in all.iter().enumerate() {
        for parent in commit.parents.iter().filter_map(|parent| numbers.get(parent)) {
            waiting_for[number] += 1;
            children[*parent].push(number);
        }
    }
    let free = waiting_for.iter().enumerate().filter(|(_, count)| **count == 0);
    let mut ready: BinaryHeap<std::cmp::Reverse<usize>> = free.map(|(number, _)| std::cmp::Reverse(number)).collect();
    let mut order = Vec::with_capacity(all.len());
    while let Some(std::cmp::Reverse(number)) = ready.pop() {
        order.push(number);
        for &child in &children[number] {
            waiting_for[child] -= 1;
            if waiting_for[child] == 0 {
                ready.push(std::cmp::Reverse(child));
            }
        }
    }
    let mut slots: Vec<Option<Commit>> = all.into_iter().map(Some).collect();
    order.into_iter().filter_map(|number| slots[number].take()).collect()
}

/// An edge of the forest: an entry of a tree that leads to something asked for.
#[derive(Clone, Copy)]
struct Edge {
    name: u32,
    /// Number of a tree, or of a blob when `is_blob`.
    target: u32,
    is_blob: bool,
}

/// The trees that lead to the blobs asked for, and nothing else.
struct Forest {
    numbers: IdMap,
    edges: Vec<Vec<Edge>>,
    blobs: Vec<ObjectId>,
    names: Vec<Box<[u8]>>,
}

#[derive(Default)]
struct Gathered {
    numbers: IdMap,
    edges: Vec<Vec<Edge>>,
    names: Vec<Box<[u8]>>,
    name_numbers: HashMap<Box<[u8]>, u32>,
}

impl Gathered {
    fn number(&mut self, tree: ObjectId) -> u32 {
        let next = self.edges.len() as u32;
        match self.numbers.entry(tree) {
            Slot::Occupied(slot) => *slot.get(),
            Slot::Vacant(slot) => {
                slot.insert(next);
                self.edges.push(Vec::new());
                next
            }
        }
    }

    fn name(&mut self, name: &[u8]) -> u32 {
        if let Some(number) = self.name_numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.into());
        self.name_numbers.insert(name.into(), number);
        number
    }
}

impl Forest {
    fn read(objects: &Objects, asked: &HashSet<ObjectId>, threads: usize) -> Forest {
        let mut blobs: Vec<ObjectId> = asked.iter().copied().collect();
        blobs.sort_unstable();
        let begins = Beginnings::of(&blobs);
        let gathered = Mutex::new(Gathered::default());
        objects.each(ObjectKind::Tree, threads, &|tree, bytes| {
            let wanted: Vec<_> = entries(bytes)
                .filter_map(|entry| match entry.kind {
                    EntryKind::Tree => Some((entry, None)),
                    EntryKind::Blob if begins.hold(&entry.id) => {
                        Some((entry, Some(blobs.binary_search(&entry.id).ok()? as u32)))
                    }
                    _ => None,
                })
                .collect();
            if wanted.is_empty() {
                return;
            }
            let Ok(mut gathered) = gathered.lock() else { return };
            let number = gathered.number(tree) as usize;
            if !gathered.edges[number].is_empty() {
                return; // stored twice
            }
            let edges = wanted
                .into_iter()
                .map(|(entry, blob)| Edge {
                    name: gathered.name(entry.name),
                    target: blob.unwrap_or_else(|| gathered.number(entry.id)),
                    is_blob: blob.is_some(),
                })
                .collect();
            gathered.edges[number] = edges;
        });
        let Gathered { numbers, mut edges, names, .. } = gathered.into_inner().unwrap_or_default();
        keep_what_leads_somewhere(&mut edges);
        Forest { numbers, edges, blobs, names }
    }

    /// Tells each blob below `root` and its path, unless the tree was met before at the same path.
    fn visit(&self, root: &ObjectId, seen: &mut IdSet, paths: &mut Paths, tell: &mut dyn FnMut(u32, u32)) {
        let Some(&root) = self.numbers.get(root) else { return };
        let mut waiting = vec![(root, Paths::ROOT)];
        while let Some((tree, path)) = waiting.pop() {
            if self.edges[tree as usize].is_empty() || !seen.insert(u64::from(tree) << 32 | u64::from(path)) {
                continue;
            }
            for edge in &self.edges[tree as usize] {
                let Some(below) = paths.below(path, edge.name) else { continue };
                if edge.is_blob {
                    tell(edge.target, below);
                } else {
                    waiting.push((edge.target, below));
                }
            }
        }
    }
}

/// Bits of a name that [`Beginnings`] keeps: a table of 64 KiB.
const BEGINNING_BITS: u32 = 19;

/// How names begin. Most names in trees are not asked for, and this turns nearly all of them away.
struct Beginnings(Vec<u64>);

impl Beginnings {
    fn of(names: &[ObjectId]) -> Self {
        let mut table = Self(vec![0; 1 << (BEGINNING_BITS - 6)]);
        for name in names {
            let (word, bit) = Self::place(name);
            table.0[word] |= 1 << bit;
        }
        table
    }

    fn hold(&self, name: &ObjectId) -> bool {
        let (word, bit) = Self::place(name);
        self.0[word] >> bit & 1 == 1
    }

    fn place(name: &ObjectId) -> (usize, u32) {
        let [a, b, c, ..] = name.0;
        let beginning = u32::from_be_bytes([0, a, b, c]) >> (24 - BEGINNING_BITS);
        ((beginning >> 6) as usize, beginning & 63)
    }
}

/// Drops edges to trees below which there is no blob.
fn keep_what_leads_somewhere(edges: &mut [Vec<Edge>]) {
    let mut parents: Vec<Vec<u32>> = vec![Vec::new(); edges.len()];
    let mut leads = vec![false; edges.len()];
    let mut waiting = Vec::new();
    for (tree, edges) in edges.iter().enumerate() {
        for edge in edges {
            if edge.is_blob {
                waiting.push(tree as u32);
            } else {
                parents[edge.target as usize].push(tree as u32);
            }
        }
    }
    while let Some(tree) = waiting.pop() {
        if !std::mem::replace(&mut leads[tree as usize], true) {
            waiting.extend(&parents[tree as usize]);
        }
    }
    for (tree, edges) in edges.iter_mut().enumerate() {
        if leads[tree] {
            edges.retain(|edge| edge.is_blob || leads[edge.target as usize]);
        } else {
            edges.clear();
        }
    }
}

/// Folders nested deeper are not followed; a tree cannot hold itself, but a damaged store can claim it.
const DEPTH_MAX: u16 = 256;

/// Paths as numbers: each is a name below another path.
#[derive(Default)]
struct Paths {
    numbers: HashMap<u64, u32, BuildHasherDefault<IdHasher>>,
    rows: Vec<(u32, u32, u16)>,
}

impl Paths {
    const ROOT: u32 = 0;

    fn below(&mut self, path: u32, name: u32) -> Option<u32> {
        let key = u64::from(path) << 32 | u64::from(name);
        if let Some(number) = self.numbers.get(&key) {
            return Some(*number);
        }
        let depth = path.checked_sub(1).map_or(0, |at| self.rows[at as usize].2) + 1;
        if depth > DEPTH_MAX {
            return None;
        }
        self.rows.push((path, name, depth));
        let number = self.rows.len() as u32;
        self.numbers.insert(key, number);
        Some(number)
    }

    fn text(&self, mut path: u32, names: &[Box<[u8]>]) -> String {
        let mut parts = Vec::new();
        while let Some(at) = path.checked_sub(1) {
            let (above, name, _) = self.rows[at as usize];
            parts.push(&*names[name as usize]);
            path = above;
        }
        parts.reverse();
        label_bytes(&parts.join(&b'/')).into_owned()
    }
}

type IdMap = HashMap<ObjectId, u32, BuildHasherDefault<IdHasher>>;
type IdSet = HashSet<u64, BuildHasherDefault<IdHasher>>;

/// Object names are hashes already, and numbers are mixed by one multiplication; whoever crafts
/// colliding names slows the scan of their own repository.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(head) = bytes.first_chunk() {
            self.0 ^= u64::from_le_bytes(*head);
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }

    fn write_usize(&mut self, _: usize) {}
}
