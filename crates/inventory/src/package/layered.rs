//! The packages of an image: what its layers together leave, and what came and went on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_model::Purl;

use super::bill::{Bill, Component, Layers, Read};
use super::distro::Systems;

/// A file of packages that a layer brought.
#[derive(Clone, Debug)]
pub struct InLayer {
    /// The number of the layer, from 0.
    pub layer: u32,
    /// The layer that replaced the file or took it away.
    pub removed: Option<u32>,
    /// The file.
    pub read: Read,
}

impl Bill {
    /// Joins what the layers of an image brought. Lists of installed packages are rewritten whole with every change, so
    /// that a package came with the first layer since which all versions of its file name it.
    #[must_use]
    pub fn of_layers(mut files: Vec<InLayer>, systems: &Systems) -> Self {
        for file in &mut files {
            systems.name(&file.read.path, &mut file.read.manifest);
        }
        files.sort_by(|one, other| (&one.read.path, one.layer).cmp(&(&other.read.path, other.layer)));
        let mut brought: BTreeMap<Purl, u32> = BTreeMap::new();
        // Of what is gone: where it came and went, as late as any file says.
        let mut gone: BTreeMap<Purl, Layers> = BTreeMap::new();
        for versions in files.chunk_by(|one, other| one.read.path == other.read.path) {
            let mut since: BTreeMap<&Purl, u32> = BTreeMap::new();
            for file in versions {
                let here: BTreeSet<&Purl> = file.read.manifest.packages.iter().map(|package| &package.purl).collect();
                since.retain(|purl, layer| {
                    let stays = here.contains(*purl);
                    if !stays {
                        note(&mut gone, purl, Layers { brought: *layer, removed: Some(file.layer) });
                    }
                    stays
                });
                for purl in here {
                    since.entry(purl).or_insert(file.layer);
                }
                if let Some(removed) = file.removed.filter(|_| !replaced(versions, file)) {
                    for (purl, layer) in std::mem::take(&mut since) {
                        note(&mut gone, purl, Layers { brought: layer, removed: Some(removed) });
                    }
                }
            }
            for (purl, layer) in since {
                let first = brought.entry(purl.clone()).or_insert(layer);
                *first = layer.min(*first);
            }
        }
        let places: Vec<(Arc<str>, Vec<Purl>)> = files
            .iter()
            .map(|file| {
                let purls = file.read.manifest.packages.iter().map(|package| package.purl.clone()).collect();
                (Arc::clone(&file.read.path), purls)
            })
            .collect();
        let left = files.into_iter().filter(|file| file.removed.is_none()).map(|file| file.read).collect();
        let mut bill = Self::of(left);
        for component in &mut bill.components {
            component.layers = brought.get(&component.purl).map(|&brought| Layers { brought, removed: None });
        }
        let there: BTreeSet<&Purl> = bill.components.iter().map(|component| &component.purl).collect();
        let removed = gone.into_iter().filter(|(purl, _)| !there.contains(purl));
        let removed: Vec<Component> = removed
            .map(|(purl, layers)| {
                let named = places.iter().filter(|(_, purls)| purls.contains(&purl)).map(|(path, _)| Arc::clone(path));
                Component::gone(&purl, layers, named.collect())
            })
            .collect();
        bill.removed = removed;
        bill
    }
}

fn note(gone: &mut BTreeMap<Purl, Layers>, purl: &Purl, layers: Layers) {
    let known = gone.entry(purl.clone()).or_insert(layers);
    *known = layers.max(*known);
}

/// Whether the layer that ends this version of a file brings the next one.
fn replaced(versions: &[InLayer], file: &InLayer) -> bool {
    versions.iter().any(|other| Some(other.layer) == file.removed)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn file(layer: u32, removed: Option<u32>, path: &str, names: &[&str]) -> InLayer {
        let paragraphs = names.iter().map(|name| {
            let (name, version) = name.split_once('@').unwrap();
            format!("Package: {name}\nStatus: install ok installed\nVersion: {version}\n\n")
        });
        InLayer { layer, removed, read: Read::of(path, paragraphs.collect::<String>().as_bytes()).unwrap() }
    }

    #[test]
    fn packages_come_and_go_with_layers() {
        let status = "var/lib/dpkg/status";
        let mut systems = Systems::default();
        systems.add("etc/os-release", "ID=debian\nVERSION_ID=12\n");
        let bill = Bill::of_layers(
            vec![
                file(2, None, status, &["a@1", "b@2", "d@1"]),
                file(0, Some(1), status, &["a@1", "b@1"]),
                file(1, Some(2), status, &["a@1", "b@1", "c@1", "d@1"]),
                file(0, Some(2), "old/var/lib/dpkg/status", &["e@1", "a@1"]),
            ],
            &systems,
        );
        let shown = |components: &[Component]| -> Vec<String> {
            let layers = components.iter().map(|one| (one, one.layers.unwrap()));
            layers.map(|(one, layers)| format!("{} {layers:?}", one.purl.bare())).collect()
        };
        let there =
            |name: &str, brought| format!("pkg:deb/debian/{name} Layers {{ brought: {brought}, removed: None }}");
        assert_eq!(shown(&bill.components), [there("a", 0), there("b", 2), there("d", 1)]);
        let gone = |name: &str, brought, removed| {
            format!("pkg:deb/debian/{name} Layers {{ brought: {brought}, removed: Some({removed}) }}")
        };
        assert_eq!(shown(&bill.removed), [gone("b", 0, 2), gone("c", 1, 2), gone("e", 0, 2)]);
        assert_eq!(bill.files.len(), 1);
    }
}
