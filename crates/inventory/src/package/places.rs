//! Trees of folders in which a name means the nearest package upwards, as npm and bun lay them out.

use std::collections::HashMap;

use crate::yaml::DEPTH_MAX;

/// What is in which folder. Folders have numbers, so that looking up a name costs the same however long their paths are.
#[derive(Debug, Default)]
pub(super) struct Places<'t> {
    folders: HashMap<&'t str, u32>,
    found: HashMap<(u32, &'t str), Option<u32>>,
}

impl<'t> Places<'t> {
    /// Puts a package into a folder under a name; none is a folder of the workspace itself.
    pub(super) fn put(&mut self, folder: &'t str, name: &'t str, package: Option<u32>) {
        let next = u32::try_from(self.folders.len()).unwrap_or(u32::MAX);
        let folder = *self.folders.entry(folder).or_insert(next);
        self.found.insert((folder, name), package);
    }

    /// Those of some folders, nearest first, that hold anything.
    pub(super) fn chain<'f>(&self, folders: impl Iterator<Item = &'f str>) -> Vec<u32> {
        folders.take(DEPTH_MAX).filter_map(|folder| self.folders.get(folder).copied()).collect()
    }

    /// What a name means along a chain of folders. `Some(None)` is a folder of the workspace.
    pub(super) fn find(&self, chain: &[u32], name: &str) -> Option<Option<u32>> {
        chain.iter().find_map(|&folder| self.found.get(&(folder, name)).copied())
    }
}
