//! A repository as a person names it: what is staged, what a range brought, what a revision holds.
//!
//! Opening reads the repository's own configuration and nothing of the user's.
//! Neither filters nor hooks nor drivers are ever run.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice as _;

use super::objects::Objects;
use super::pack::Tools;
use super::tree::{Commit, EntryKind, entries};
use super::{BLOB_BYTES_MAX, ObjectError, ObjectId, ObjectKind};
use crate::entry::{Entry, Visit};
use crate::label::label_bytes;
use crate::stream;

/// Folders in folders deeper than this are not followed.
const TREE_DEPTH_MAX: usize = 256;

/// Why a repository or a revision could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// There is none at the path or above it.
    #[error("{path} is not in a git repository")]
    NotFound {
        /// As given.
        path: String,
    },
    /// It is there and cannot be opened.
    #[error("cannot open the repository: {0}")]
    Open(String),
    /// Its objects are named by another hash than SHA-1.
    #[error("the repository names objects by {0}, and only SHA-1 is read so far")]
    ObjectFormat(String),
    /// The index cannot be read.
    #[error("cannot read the index: {0}")]
    Index(String),
    /// A name for a commit or a range means nothing here.
    #[error("{revision:?} names nothing in this repository: {reason}")]
    Revision {
        /// As given.
        revision: String,
        /// What the parser said.
        reason: String,
    },
}

/// An open repository.
pub struct Repository {
    inner: gix::Repository,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Repository").field(&self.inner.git_dir()).finish()
    }
}

/// A file of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Path, as in [`File::path`](crate::File::path).
    pub path: String,
    /// The blob.
    pub blob: ObjectId,
    /// Whether it is a symbolic link, whose target the blob holds.
    pub link: bool,
}

impl Repository {
    /// Opens the repository that `path` is, or is in.
    ///
    /// # Errors
    /// When there is none, or it is broken.
    pub fn discover(path: &Path) -> Result<Repository, RepositoryError> {
        let absolute = std::fs::canonicalize(path).map_err(|error| RepositoryError::Open(error.to_string()))?;
        let is_bare = |folder: &Path| folder.join("HEAD").is_file() && folder.join("objects").is_dir();
        let root = absolute
            .ancestors()
            .find(|folder| folder.join(".git").exists() || is_bare(folder))
            .ok_or_else(|| RepositoryError::NotFound { path: crate::label(path).into_owned() })?;
        // What replacements stand for is stored and sent all the same.
        let options =
            gix::open::Options::isolated().with(gix::sec::Trust::Full).config_overrides(["core.useReplaceRefs=false"]);
        let inner = gix::open_opts(root, options).map_err(|error| RepositoryError::Open(chain(&error)))?;
        if inner.object_hash() != gix::hash::Kind::Sha1 {
            return Err(RepositoryError::ObjectFormat(inner.object_hash().to_string()));
        }
        Ok(Repository { inner })
    }

    /// The folder of the work tree, unless the repository is bare.
    pub fn work_folder(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// The folder `objects`, shared by all work trees.
    pub fn objects_folder(&self) -> PathBuf {
        self.inner.common_dir().join("objects")
    }

    /// Everything ever stored, for work over all of history.
    pub fn objects(&self) -> Objects {
        Objects::open(&self.objects_folder(), true)
    }

    /// Why parts of history may not be here, in words for a person; empty for a full clone.
    pub fn gaps(&self) -> Vec<&'static str> {
        let mut gaps = Vec::new();
        if self.inner.common_dir().join("shallow").exists() {
            gaps.push("a shallow clone: what came before its oldest commits is not here (`git fetch --unshallow`)");
        }
        let packs = std::fs::read_dir(self.objects_folder().join("pack"));
        let promised = |path: &Path| path.extension().is_some_and(|extension| extension == "promisor");
        if packs.is_ok_and(|files| files.flatten().any(|file| promised(&file.path()))) {
            gaps.push(
                "a partial clone: objects that were never fetched are not here (`git fetch --refetch --no-filter`)",
            );
        }
        gaps
    }

    /// The commit that `HEAD` names, unless there is none yet.
    pub fn head(&self) -> Option<ObjectId> {
        self.inner.head_id().ok().and_then(|id| ObjectId::from_slice(id.as_bytes()))
    }

    /// The commit a person calls `revision`.
    ///
    /// # Errors
    /// When it means nothing here.
    pub fn commit(&self, revision: &str) -> Result<Commit, RepositoryError> {
        let told = |reason: String| RepositoryError::Revision { revision: revision.to_owned(), reason };
        let peeled = format!("{revision}^{{commit}}");
        // What the library says of its own steps helps nobody who mistyped a name.
        let unknown = |_| told("no branch, tag or commit is called that".to_owned());
        let id = self.inner.rev_parse_single(peeled.as_str()).map_err(unknown)?;
        let id = ObjectId::from_slice(id.as_bytes()).ok_or_else(|| told("not a SHA-1 name".to_owned()))?;
        self.read_commit(id).map_err(|error| told(error.to_string()))
    }

    /// Visits each file that the index holds differently from `HEAD`: what `git commit` would record.
    ///
    /// `index` is given when git names another than the usual one, as it does for hooks of `git commit FILE`.
    ///
    /// # Errors
    /// When the index cannot be read. A missing index is an empty one.
    pub fn staged(&self, index: Option<&Path>, visit: &Visit<'_>) -> Result<(), RepositoryError> {
        let Some(index) = self.index(index)? else { return Ok(()) };
        let head = self.head().map(|head| self.read_commit(head));
        let head_tree = match head {
            None => None,
            Some(Ok(commit)) => Some(commit.tree),
            Some(Err(error)) => return Err(RepositoryError::Open(format!("HEAD: {error}"))),
        };
        let mut staged = Vec::new();
        let all = index.entries();
        self.compare_index(&index, all, 0, index.tree(), head_tree, 0, &mut staged);
        for (path, blob) in staged {
            self.deliver(&path, blob, visit);
        }
        Ok(())
    }

    /// Collects what `index_entries`, all below one folder, hold differently from `tree`.
    ///
    /// A folder whose tree is cached in the index and is the same is passed over unseen.
    #[expect(clippy::too_many_arguments, reason = "one recursion over three trees in step")]
    fn compare_index(
        &self,
        index: &gix::index::File,
        mut index_entries: &[gix::index::Entry],
        prefix: usize,
        cached: Option<&gix::index::extension::Tree>,
        tree: Option<ObjectId>,
        depth: usize,
        staged: &mut Vec<(String, ObjectId)>,
    ) {
        if let (Some(cached), Some(tree)) = (cached, tree)
            && cached.num_entries.is_some()
            && cached.id.as_bytes() == tree.0
        {
            return;
        }
        let tree_bytes = tree.and_then(|tree| self.read_tree(tree)).unwrap_or_default();
        let in_tree: HashMap<&[u8], ObjectId> = entries(&tree_bytes).map(|entry| (entry.name, entry.id)).collect();
        while let Some((first, rest)) = index_entries.split_first() {
            let path: &[u8] = first.path(index);
            let below = path.get(prefix..).unwrap_or_default();
            if let Some(slash) = memchr::memchr(b'/', below)
                && depth < TREE_DEPTH_MAX
            {
                let name = below.get(..slash).unwrap_or_default();
                let folder = path.get(..=prefix + slash).unwrap_or_default();
                let inside = index_entries.partition_point(|entry| {
                    let path: &[u8] = entry.path(index);
                    path.starts_with(folder) || path < folder
                });
                let (group, after) = index_entries.split_at(inside.max(1));
                let child =
                    cached.and_then(|cached| cached.children.iter().find(|child| child.name.as_slice() == name));
                let subtree = in_tree.get(name).copied();
                self.compare_index(index, group, prefix + slash + 1, child, subtree, depth + 1, staged);
                index_entries = after;
                continue;
            }
            index_entries = rest;
            let id = ObjectId::from_slice(first.id.as_bytes());
            let is_file =
                matches!(first.mode, gix::index::entry::Mode::FILE | gix::index::entry::Mode::FILE_EXECUTABLE);
            let promised = first.flags.contains(gix::index::entry::Flags::INTENT_TO_ADD);
            if let Some(id) = id.filter(|id| is_file && !promised && in_tree.get(below) != Some(id)) {
                staged.push((label_bytes(path).into_owned(), id));
            }
        }
    }

    /// Visits each file of each commit in `range` (`A..B`, `A...B`, or `B` alone for all up to it) that its
    /// parents do not hold, oldest commit first, each path and contents once.
    ///
    /// # Errors
    /// When the range means nothing here. Missing objects are entries.
    pub fn range(&self, range: &str, visit: &dyn Fn(&Commit, Entry<'_>)) -> Result<(), RepositoryError> {
        let told = |reason: String| RepositoryError::Revision { revision: range.to_owned(), reason };
        let unknown = |_| told("a branch, tag or commit that it names is not here".to_owned());
        let spec = self.inner.rev_parse(range).map_err(unknown)?.detach();
        let (tips, hidden) = match spec {
            gix::revision::plumbing::Spec::Include(tip) => (vec![tip], vec![]),
            gix::revision::plumbing::Spec::Range { from, to } => (vec![to], vec![from]),
            gix::revision::plumbing::Spec::Merge { theirs, ours } => {
                let base = self.inner.merge_base(theirs, ours).map_err(|error| told(chain(&error)))?;
                (vec![theirs, ours], base.map(|base| base.detach()).into_iter().collect())
            }
            gix::revision::plumbing::Spec::ExcludeParents(tip) => {
                let commit = ObjectId::from_slice(tip.as_bytes()).map(|id| self.read_commit(id));
                let parents = commit.and_then(Result::ok).map(|commit| commit.parents).unwrap_or_default();
                (vec![tip], parents.into_iter().map(|id| gix::ObjectId::Sha1(id.0)).collect())
            }
            _ => return Err(told("give a range such as main..HEAD".to_owned())),
        };
        let peel = |id: gix::ObjectId| {
            let object = self.inner.find_object(id).map_err(|error| told(chain(&error)))?;
            Ok(object.peel_to_commit().map_err(|error| told(chain(&error)))?.id)
        };
        let tips = tips.into_iter().map(peel).collect::<Result<Vec<_>, _>>()?;
        let hidden = hidden.into_iter().map(peel).collect::<Result<Vec<_>, _>>()?;
        let sorting =
            gix::revision::walk::Sorting::ByCommitTime(gix::traverse::commit::simple::CommitTimeOrder::NewestFirst);
        let walk = self.inner.rev_walk(tips).with_hidden(hidden).sorting(sorting);
        let walk = walk.all().map_err(|error| told(chain(&error)))?;
        let mut commits = Vec::new();
        for step in walk {
            match step {
                Ok(info) => commits.extend(ObjectId::from_slice(info.id.as_bytes())),
                Err(error) => return Err(told(chain(&error))),
            }
        }
        let mut seen = HashSet::new();
        for id in commits.into_iter().rev() {
            let Ok(commit) = self.read_commit(id) else { continue };
            let parents =
                commit.parents.iter().filter_map(|parent| Some(self.read_commit(*parent).ok()?.tree)).collect();
            let mut introduced = Vec::new();
            self.introduced(commit.tree, parents, &mut Vec::new(), 0, &mut |path, found| match found {
                Ok((_, true)) => {}
                Ok((blob, false)) => introduced.push((path.to_vec(), blob)),
                Err(error) => {
                    let path = label_bytes(path);
                    visit(&commit, Entry::Unreadable { path: &path, reason: &error.to_string() });
                }
            });
            for (path, blob) in introduced {
                if seen.insert((path.clone(), blob)) {
                    self.deliver_one(&label_bytes(&path), blob, &|entry| visit(&commit, entry));
                }
            }
        }
        Ok(())
    }

    /// Every file and symbolic link of the tree of a commit.
    ///
    /// Trees that cannot be read are told to `visit` and passed over.
    pub fn files(&self, commit: &Commit, visit: &Visit<'_>) -> Vec<TreeFile> {
        let mut files = Vec::new();
        self.introduced(commit.tree, Vec::new(), &mut Vec::new(), 0, &mut |path, found| match found {
            Ok((blob, link)) => files.push(TreeFile { path: label_bytes(path).into_owned(), blob, link }),
            Err(error) => visit(Entry::Unreadable { path: &label_bytes(path), reason: &error.to_string() }),
        });
        files
    }

    /// Visits every file that a revision holds.
    ///
    /// # Errors
    /// When the revision means nothing here.
    pub fn revision(&self, revision: &str, visit: &Visit<'_>) -> Result<(), RepositoryError> {
        let commit = self.commit(revision)?;
        for file in self.files(&commit, visit).into_iter().filter(|file| !file.link) {
            self.deliver(&file.path, file.blob, visit);
        }
        Ok(())
    }

    /// Paths in the index: what git tracks, whatever `.gitignore` says.
    ///
    /// # Errors
    /// When the index cannot be read. A missing index is an empty one.
    pub fn tracked(&self) -> Result<Vec<PathBuf>, RepositoryError> {
        let Some(index) = self.index(None)? else { return Ok(Vec::new()) };
        let paths = index.entries().iter().map(|entry| entry.path(&index));
        Ok(paths.filter_map(|path| path.to_path().ok().map(Path::to_owned)).collect())
    }

    /// One blob.
    ///
    /// # Errors
    /// When it is missing, damaged, too large or no blob.
    pub fn blob(&self, id: ObjectId) -> Result<Vec<u8>, ObjectError> {
        self.read(id, ObjectKind::Blob)
    }

    /// Visits one blob as the file at `path`.
    pub fn deliver(&self, path: &str, blob: ObjectId, visit: &Visit<'_>) {
        self.deliver_one(path, blob, &|entry| visit(entry));
    }

    fn deliver_one(&self, path: &str, blob: ObjectId, visit: &dyn Fn(Entry<'_>)) {
        match self.blob(blob) {
            Ok(bytes) => stream::deliver_bytes(&bytes, path, visit),
            Err(ObjectError::TooLarge) => {
                let told = self.objects().deliver(&blob, path, &mut Tools::default(), visit);
                if let Err(error) = told {
                    visit(Entry::Unreadable { path, reason: &error.to_string() });
                }
            }
            Err(error) => visit(Entry::Unreadable { path, reason: &error.to_string() }),
        }
    }

    /// A file as the index holds it: what `git commit` would record.
    ///
    /// # Errors
    /// When the index or the blob cannot be read.
    pub fn staged_file(&self, index: Option<&Path>, path: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        let Some(index) = self.index(index)? else { return Ok(None) };
        let Some(entry) = index.entry_by_path(path.into()) else { return Ok(None) };
        let blob = ObjectId::from_slice(entry.id.as_bytes()).ok_or(ObjectError::Missing);
        let bytes = blob.and_then(|blob| self.blob(blob));
        bytes.map(Some).map_err(|error| RepositoryError::Index(format!("{path}: {error}")))
    }

    /// The index, unless there is none yet.
    fn index(&self, index: Option<&Path>) -> Result<Option<gix::index::File>, RepositoryError> {
        let path = index.map_or_else(|| self.inner.index_path(), Path::to_owned);
        if !path.exists() {
            return Ok(None);
        }
        gix::index::File::at(path, gix::hash::Kind::Sha1, true, gix::index::decode::Options::default())
            .map(Some)
            .map_err(|error| RepositoryError::Index(chain(&error)))
    }

    /// Tells every file and link below `tree` that none of `before`, at the same path, holds as well.
    fn introduced(
        &self,
        tree: ObjectId,
        before: Vec<ObjectId>,
        path: &mut Vec<u8>,
        depth: usize,
        tell: &mut dyn FnMut(&[u8], Result<(ObjectId, bool), ObjectError>),
    ) {
        if before.contains(&tree) {
            return;
        }
        if depth > TREE_DEPTH_MAX {
            return tell(path, Err(ObjectError::Damaged("folders are nested too deep")));
        }
        let bytes = match self.read(tree, ObjectKind::Tree) {
            Ok(bytes) => bytes,
            Err(error) => return tell(path, Err(error)),
        };
        let before: Vec<Vec<u8>> = before.into_iter().filter_map(|tree| self.read_tree(tree)).collect();
        let before: Vec<HashMap<&[u8], ObjectId>> =
            before.iter().map(|tree| entries(tree).map(|entry| (entry.name, entry.id)).collect()).collect();
        for entry in entries(&bytes) {
            let earlier = || before.iter().filter_map(|tree| tree.get(entry.name).copied());
            if earlier().any(|id| id == entry.id) {
                continue;
            }
            let length = path.len();
            if length > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(entry.name);
            match entry.kind {
                EntryKind::Tree => self.introduced(entry.id, earlier().collect(), path, depth + 1, tell),
                EntryKind::Blob | EntryKind::Link => tell(path, Ok((entry.id, entry.kind == EntryKind::Link))),
                EntryKind::Submodule => {}
            }
            path.truncate(length);
        }
    }

    fn read_commit(&self, id: ObjectId) -> Result<Commit, ObjectError> {
        let bytes = self.read(id, ObjectKind::Commit)?;
        Commit::parse(id, &bytes).ok_or(ObjectError::Damaged("commit is malformed"))
    }

    fn read_tree(&self, id: ObjectId) -> Option<Vec<u8>> {
        self.read(id, ObjectKind::Tree).ok()
    }

    fn read(&self, id: ObjectId, kind: ObjectKind) -> Result<Vec<u8>, ObjectError> {
        let id = gix::ObjectId::Sha1(id.0);
        let header = self.inner.try_find_header(id).map_err(|_| ObjectError::Damaged("header does not read"))?;
        let header = header.ok_or(ObjectError::Missing)?;
        if header.size() > BLOB_BYTES_MAX as u64 {
            return Err(ObjectError::TooLarge);
        }
        let wanted = match kind {
            ObjectKind::Commit => gix::objs::Kind::Commit,
            ObjectKind::Tree => gix::objs::Kind::Tree,
            ObjectKind::Blob => gix::objs::Kind::Blob,
            ObjectKind::Tag => gix::objs::Kind::Tag,
        };
        if header.kind() != wanted {
            return Err(ObjectError::Damaged("object is of another kind"));
        }
        let object = self.inner.find_object(id).map_err(|_| ObjectError::Damaged("does not inflate"))?;
        Ok(object.detach().data)
    }
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.lines().next().unwrap_or_default().to_owned()
}
