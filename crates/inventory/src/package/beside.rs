//! Other files of the same target that complete a manifest: parents of `pom.xml`, `Cargo.toml` beside a lock file.
//!
//! Nothing outside the target is asked for, and no more than what one manifest may cost.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Looks into other files for one manifest; workspaces in the wild have some 500 members.
const READS_MAX: usize = 2_000;
/// Bytes of these looks together, because each is one more reading of its file; files have some kilobytes.
const BYTES_MAX: usize = 16 << 20;

/// The files of a target that may complete others.
pub struct Others<'o> {
    paths: Vec<&'o str>,
    read: &'o dyn Fn(&str) -> Option<Vec<u8>>,
}

impl<'o> Others<'o> {
    /// The files among `paths` that may complete others, and what gives the bytes of one; none when it cannot be had.
    #[must_use]
    pub fn new(paths: impl Iterator<Item = &'o str>, read: &'o dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        let mut paths: Vec<&str> = paths.filter(|path| super::completes(path)).collect();
        paths.sort_unstable();
        paths.dedup();
        Self { paths, read }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// A manifest by itself.
    #[must_use]
    pub fn none() -> Self {
        Self { paths: Vec::new(), read: &|_| None }
    }
}

/// What lies beside one manifest.
pub(super) struct Beside<'o> {
    /// The path of the manifest within the target.
    pub(super) path: &'o str,
    others: &'o Others<'o>,
    reads_left: Cell<usize>,
    bytes_left: Cell<usize>,
    held: RefCell<HashMap<String, Rc<str>>>,
}

impl<'o> Beside<'o> {
    pub(super) fn new(path: &'o str, others: &'o Others<'o>) -> Self {
        Self {
            path,
            others,
            reads_left: Cell::new(READS_MAX),
            bytes_left: Cell::new(BYTES_MAX),
            held: RefCell::default(),
        }
    }

    /// The paths of files whose last part is `name`.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &'o str> {
        self.others.paths.iter().copied().filter(move |path| path.rsplit('/').next() == Some(name))
    }

    /// The text of the file at a path of the target; none when there is none, or when too much was asked for.
    pub(super) fn read(&self, path: &str) -> Option<Rc<str>> {
        self.others.paths.binary_search(&path).ok()?;
        self.reads_left.set(self.reads_left.get().checked_sub(1)?);
        let known = self.held.borrow().get(path).cloned();
        let text = known.or_else(|| {
            let bytes = (self.others.read)(path).filter(|bytes| bytes.len() <= self.bytes_left.get())?;
            let text = String::from_utf8_lossy(&bytes);
            Some(Rc::from(text.strip_prefix('\u{feff}').unwrap_or(&text)))
        })?;
        self.bytes_left.set(self.bytes_left.get().checked_sub(text.len())?);
        self.held.borrow_mut().insert(path.to_owned(), Rc::clone(&text));
        Some(text)
    }
}

/// The path that is meant by another, as a file in `folder` writes it; none when it leads out of the target.
pub(super) fn join(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') || relative.contains(['\\', ':']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder of a file; empty for the root of the target.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_asked_for() {
        for (folder, relative, expected) in [
            ("a/b", "../pom.xml", Some("a/pom.xml")),
            ("a", "./../x//pom.xml", Some("x/pom.xml")),
            ("", "../pom.xml", None),
            ("a", "../../etc/passwd", None),
            ("a", "/etc/passwd", None),
            ("a", "C:\\pom.xml", None),
        ] {
            assert_eq!(join(folder, relative).as_deref(), expected, "{folder} {relative}");
        }
        let asked = RefCell::new(Vec::new());
        let read = |path: &str| {
            asked.borrow_mut().push(path.to_owned());
            Some(b"\xef\xbb\xbfx".to_vec())
        };
        let others = Others::new(["a/pom.xml", "secret.txt"].into_iter(), &read);
        let beside = Beside::new("b/pom.xml", &others);
        assert_eq!(beside.read("a/pom.xml").as_deref(), Some("x"));
        assert_eq!(beside.read("a/pom.xml").as_deref(), Some("x"));
        assert_eq!((beside.read("secret.txt"), beside.read("c/pom.xml")), (None, None));
        assert_eq!(*asked.borrow(), ["a/pom.xml"]);
    }
}
