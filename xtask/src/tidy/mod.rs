//! `cargo xtask tidy`: the project's rules that no compiler knows.
//!
//! Each rule gets the whole checkout as text and returns faults, one line each,
//! `path:line: what is wrong`. No rule mends anything.

mod dependencies;
mod documents;
mod layers;
mod pages;
mod text;

use std::path::Path;

use anyhow::{Result, bail};

use crate::project;

/// The checkout in memory: every tracked file that is text.
pub(crate) struct Tree {
    /// Path and text, sorted by path.
    pub(crate) files: Vec<(String, String)>,
    /// Every tracked path, text or not.
    pub(crate) paths: Vec<String>,
}

impl Tree {
    /// Reads the checkout at `root`.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let paths = project::files(root)?;
        let files = paths
            .iter()
            .filter_map(|path| String::from_utf8(std::fs::read(root.join(path)).ok()?).ok().map(|t| (path.clone(), t)))
            .collect();
        Ok(Self { files, paths })
    }

    /// Whether a file or a folder of this path is tracked.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.paths
            .iter()
            .any(|known| known == path || known.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    }

    /// Files whose path ends so.
    pub(crate) fn ending(&self, end: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.ends_with(end))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// Runs every rule over the checkout.
pub(crate) fn run() -> Result<()> {
    let root = project::root();
    let tree = Tree::read(&root)?;
    let mut faults = Vec::new();
    faults.extend(layers::faults(&tree));
    faults.extend(documents::faults(&tree));
    faults.extend(pages::faults(&tree));
    faults.extend(text::faults(&tree, &root));
    faults.extend(dependencies::faults(&tree)?);
    for fault in &faults {
        eprintln!("{fault}");
    }
    match faults.len() {
        0 => Ok(()),
        count => bail!("{count} untidy places"),
    }
}
