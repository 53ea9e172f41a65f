//! Kustomizations rendered without any program: the common transformers, each value with its origin.
//!
//! It reads only files of the target, through a function it is given. What it
//! cannot do (plugins, Helm charts inside, files outside of the target) is a
//! [`Fault`] for the whole kustomization; a remote resource is a [`Gap`]: the rest is rendered.

mod generate;
mod load;
mod merge;
mod names;
mod replace;
mod transform;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use palisade_model::Span;

use crate::tree::Tree;
use crate::yaml::{Node, Yaml};

/// Kustomizations inside kustomizations deeper than this are refused; cycles end here too.
const DEPTH_MAX: usize = 32;
/// More nodes than this in one rendering are refused.
const NODES_MAX: usize = 2_000_000;
/// Texts kept between renderings, in bytes; beyond this they are read again.
const CACHE_BYTES_MAX: usize = 24 << 20;

/// A file that took part.
#[derive(Debug)]
pub struct Source {
    /// Path within the target.
    pub path: Arc<str>,
    /// What stands in it; definitions of custom resources are left out.
    pub yaml: Yaml,
}

/// Why a kustomization was not rendered.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The kustomization file that holds the reason.
    pub path: String,
    /// Where in that file.
    pub span: Span,
    /// The reason, for a person.
    pub message: String,
}

/// Something that a rendering lacks.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The kustomization file.
    pub path: Arc<str>,
    /// What it asks for and did not get.
    pub span: Span,
    /// Why, for a person.
    pub message: String,
}

/// The objects of a kustomization.
#[derive(Debug, Default)]
pub struct Rendering {
    /// In order.
    pub objects: Vec<Tree>,
    /// What is missing.
    pub gaps: Vec<Gap>,
    /// Paths of the files that took part.
    pub used: BTreeSet<String>,
}

/// Renders kustomizations of one target.
pub struct Kitchen<'a> {
    read: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    sources: Vec<Rc<Source>>,
    numbers: HashMap<String, Option<u32>>,
    bytes: usize,
}

impl<'a> Kitchen<'a> {
    /// `read` gives the bytes of a file of the target by its path.
    #[must_use]
    pub fn new(read: &'a dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        Self { read, sources: Vec::new(), numbers: HashMap::new(), bytes: 0 }
    }

    /// Renders the kustomization file at `path`.
    ///
    /// # Errors
    /// [`Fault`] names what could not be done, and where it is asked for.
    pub fn render(&mut self, path: &str) -> Result<Rendering, Fault> {
        if self.bytes > CACHE_BYTES_MAX {
            (self.sources, self.numbers, self.bytes) = (Vec::new(), HashMap::new(), 0);
        }
        load::render(self, path)
    }

    /// The sources, by the numbers that origins carry; valid until the next rendering.
    #[must_use]
    pub fn sources(&self) -> &[Rc<Source>] {
        &self.sources
    }

    /// The number of a YAML file of the target.
    fn source(&mut self, path: &str) -> Option<u32> {
        if let Some(known) = self.numbers.get(path) {
            return *known;
        }
        let text = (self.read)(path).and_then(|bytes| String::from_utf8(bytes).ok());
        let number = text.map(|text| {
            self.bytes += text.len();
            let yaml = Yaml::parse_where(text, |document| !crate::kubernetes::is_schema(document));
            self.sources.push(Rc::new(Source { path: path.into(), yaml }));
            u32::try_from(self.sources.len() - 1).unwrap_or(u32::MAX)
        });
        self.numbers.insert(path.to_owned(), number);
        number
    }

    fn at(&self, number: u32) -> Option<Rc<Source>> {
        self.sources.get(number as usize).map(Rc::clone)
    }
}

/// An object on its way.
#[derive(Clone, Debug)]
struct Resource {
    tree: Tree,
    /// The names and namespaces it had before.
    past: Vec<(String, String)>,
    /// Whether its name gets the hash of its content.
    hashed: bool,
}

impl Resource {
    fn new(tree: Tree, hashed: bool) -> Self {
        let mut resource = Self { tree, past: Vec::new(), hashed };
        resource.remember();
        resource
    }

    /// Notes the present name, before it changes.
    fn remember(&mut self) {
        let present = (self.name().to_owned(), self.namespace().to_owned());
        if !self.past.contains(&present) {
            self.past.push(present);
        }
    }

    fn kind(&self) -> &str {
        self.tree.str_at(&["kind"]).unwrap_or("")
    }

    fn group(&self) -> &str {
        group_of(self.tree.str_at(&["apiVersion"]).unwrap_or(""))
    }

    fn name(&self) -> &str {
        self.tree.str_at(&["metadata", "name"]).unwrap_or("")
    }

    fn namespace(&self) -> &str {
        self.tree.str_at(&["metadata", "namespace"]).unwrap_or("")
    }

    fn was_called(&self, name: &str) -> bool {
        self.name() == name || self.past.iter().any(|(past, _)| past == name)
    }
}

fn group_of(version: &str) -> &str {
    version.split_once('/').map_or("", |(group, _)| group)
}

/// What a kustomization file includes, to know which one to start from.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Folders and files that it takes resources from.
    pub children: Vec<String>,
    /// Files that it patches with: no objects to judge alone.
    pub patches: Vec<String>,
    /// Whether it asks for something outside of the target.
    pub remote: bool,
    /// Whether it is a component, which only changes what includes it.
    pub component: bool,
}

impl Facts {
    /// Reads the file at `path`.
    #[must_use]
    pub fn of(path: &str, root: Node<'_>) -> Self {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let listed = |key: &str| root.get(key).into_iter().flat_map(Node::items);
        let mut facts = Self { component: root.get_str("kind") == Some("Component"), ..Self::default() };
        for text in ["resources", "bases", "components"].into_iter().flat_map(listed).filter_map(Node::as_str) {
            if is_remote(text) {
                facts.remote = true;
            } else {
                facts.children.extend(join(folder, text));
            }
        }
        let paths =
            ["patches", "patchesJson6902"].into_iter().flat_map(listed).filter_map(|patch| patch.get_str("path"));
        let merged = listed("patchesStrategicMerge").filter_map(Node::as_str).filter(|text| !text.contains('\n'));
        facts.patches = paths.chain(merged).filter_map(|text| join(folder, text)).collect();
        facts.remote |= ["helmCharts", "helmChartInflationGenerator"].into_iter().flat_map(listed).next().is_some();
        facts
    }
}

/// The path of `relative` from the folder `folder`; `None` when it leaves the target.
#[must_use]
pub fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if relative.starts_with('/') {
        return None;
    }
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Names that a kustomization file may have.
pub const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether a resource is not of this target.
#[must_use]
pub fn is_remote(resource: &str) -> bool {
    let scheme = resource.contains("://") || resource.starts_with("git@") || resource.starts_with("git::");
    let host = resource.split('/').next().unwrap_or("");
    scheme || resource.contains("?ref=") || matches!(host, "github.com" | "gitlab.com" | "bitbucket.org")
}

#[cfg(test)]
mod tests;
