//! Trees and commits as git stores them, parsed in place.
//!
//! Format: `gitformat` of tree and commit objects. What follows a malformed entry is not read.

use super::ObjectId;

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A directory.
    Tree,
    /// A file.
    Blob,
    /// A symbolic link, whose target is a blob.
    Link,
    /// A commit of another repository.
    Submodule,
}

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeEntry<'a> {
    /// What it is.
    pub kind: EntryKind,
    /// Its name, which is not empty and holds no `/` in a sound repository.
    pub name: &'a [u8],
    /// The object.
    pub id: ObjectId,
}

/// The entries of a tree object; ends early when it is malformed.
pub fn entries(tree: &[u8]) -> impl Iterator<Item = TreeEntry<'_>> {
    let mut rest = tree;
    std::iter::from_fn(move || {
        let (entry, after) = entry(rest)?;
        rest = after;
        Some(entry)
    })
}

fn entry(bytes: &[u8]) -> Option<(TreeEntry<'_>, &[u8])> {
    let space = bytes.iter().take(8).position(|byte| *byte == b' ')?;
    let (mode, rest) = (bytes.get(..space)?, bytes.get(space + 1..)?);
    let kind = match mode {
        b"40000" | b"040000" => EntryKind::Tree,
        b"120000" => EntryKind::Link,
        b"160000" => EntryKind::Submodule,
        _ if mode.starts_with(b"100") => EntryKind::Blob,
        _ => return None,
    };
    let end = memchr::memchr(0, rest)?;
    let (name, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
    let (id, rest) = rest.split_at_checked(20)?;
    Some((TreeEntry { kind, name, id: ObjectId::from_slice(id)? }, rest))
}

/// What matters of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: ObjectId,
    /// The tree.
    pub tree: ObjectId,
    /// The commits before it.
    pub parents: Vec<ObjectId>,
    /// When it was written, in seconds since 1970, UTC.
    pub author_seconds: i64,
    /// When it was recorded, likewise.
    pub commit_seconds: i64,
}

impl Commit {
    /// Parses a commit object; nothing when it is malformed. Dates that do not parse count as 1970.
    pub fn parse(id: ObjectId, bytes: &[u8]) -> Option<Commit> {
        let mut tree = None;
        let mut parents = Vec::new();
        let (mut author_seconds, mut commit_seconds) = (0, 0);
        for line in bytes.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty()) {
            if let Some(hex) = line.strip_prefix(b"tree ") {
                tree = ObjectId::from_hex(hex);
            } else if let Some(hex) = line.strip_prefix(b"parent ") {
                parents.push(ObjectId::from_hex(hex)?);
            } else if let Some(signature) = line.strip_prefix(b"author ") {
                author_seconds = seconds(signature);
            } else if let Some(signature) = line.strip_prefix(b"committer ") {
                commit_seconds = seconds(signature);
            }
        }
        Some(Commit { id, tree: tree?, parents, author_seconds, commit_seconds })
    }
}

/// The time in `Name <mail> 1700000000 +0100`.
fn seconds(signature: &[u8]) -> i64 {
    let after = memchr::memrchr(b'>', signature).and_then(|end| signature.get(end + 1..)).unwrap_or_default();
    let text = std::str::from_utf8(after).unwrap_or_default();
    text.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn trees_end_where_they_break() {
        let mut tree = b"100644 a b\0".to_vec();
        tree.extend([1; 20]);
        tree.extend(b"40000 dir\0");
        tree.extend([2; 20]);
        let all: Vec<_> = entries(&tree).map(|one| (one.kind, one.name, one.id.0[0])).collect();
        assert_eq!(all, [(EntryKind::Blob, &b"a b"[..], 1), (EntryKind::Tree, &b"dir"[..], 2)]);
        tree.pop();
        assert_eq!(entries(&tree).count(), 1);
        assert_eq!(entries(b"999999999 x\0").count(), 0);
    }

    #[test]
    fn commits_give_tree_parents_and_dates() {
        let id = ObjectId([0; 20]);
        let hex = "1".repeat(40);
        let text =
            format!("tree {hex}\nparent {hex}\nauthor A > B <a@b> 12 +0100\ncommitter C <c@d> 34 -0100\n\ntree x\n");
        let commit = Commit::parse(id, text.as_bytes()).unwrap();
        assert_eq!((commit.author_seconds, commit.commit_seconds, commit.parents.len()), (12, 34, 1));
        assert_eq!(Commit::parse(id, b"parent x\n"), None);
        assert_eq!(Commit::parse(id, b""), None);
    }
}
