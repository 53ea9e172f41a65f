//! Reads kustomization files and puts their parts together.

use std::rc::Rc;

use palisade_model::Span;

use super::{
    DEPTH_MAX, FILE_NAMES, Fault, Gap, Kitchen, NODES_MAX, Rendering, Resource, Source, is_remote, join, names, replace,
};
use super::{generate, merge, transform};
use crate::tree::{Origin, Tree};
use crate::yaml::{Node, Yaml};

/// One kustomization file on the way.
pub(super) struct File {
    pub(super) source: Rc<Source>,
    pub(super) number: u32,
    pub(super) folder: String,
}

/// What all files of one rendering share.
pub(super) struct Batch<'k, 'a> {
    pub(super) kitchen: &'k mut Kitchen<'a>,
    pub(super) rendering: Rendering,
    pub(super) budget: usize,
    pub(super) settled: replace::Settled,
}

const UNSUPPORTED: [&str; 5] =
    ["generators", "transformers", "validators", "helmCharts", "helmChartInflationGenerator"];

pub(super) fn render(kitchen: &mut Kitchen<'_>, path: &str) -> Result<Rendering, Fault> {
    let settled = replace::Settled::default();
    let mut batch = Batch { kitchen, rendering: Rendering::default(), budget: NODES_MAX, settled };
    let mut resources = Vec::new();
    batch.accumulate(path, &mut resources, DEPTH_MAX)?;
    names::add_hashes(&mut resources);
    names::fix_references(&mut resources, &batch.settled.references);
    replace::variables(&mut resources, &batch.settled);
    if batch.budget == 0 {
        let message = format!("it has more than {NODES_MAX} nodes");
        return Err(Fault { path: path.to_owned(), span: Span::default(), message });
    }
    let mut rendering = batch.rendering;
    rendering.objects = resources.into_iter().map(|resource| resource.tree).collect();
    Ok(rendering)
}

impl File {
    pub(super) fn root(&self) -> Option<Node<'_>> {
        self.source.yaml.root()
    }

    pub(super) fn place(&self, span: Span) -> Origin {
        Origin { source: self.number, span }
    }

    pub(super) fn fault(&self, span: Span, message: impl Into<String>) -> Fault {
        Fault { path: self.source.path.to_string(), span, message: message.into() }
    }

    pub(super) fn items<'y>(&'y self, key: &str) -> impl Iterator<Item = Node<'y>> + use<'y> {
        self.root().and_then(|root| root.get(key)).into_iter().flat_map(Node::items)
    }

    /// A part of the file as a tree.
    pub(super) fn tree(&self, node: Node<'_>, budget: &mut usize) -> Tree {
        Tree::of(node, &|span| self.place(span), budget)
    }
}

impl Batch<'_, '_> {
    /// Adds what the kustomization at `path` brings to `into`, transformed; a component also transforms what is there.
    fn accumulate(&mut self, path: &str, into: &mut Vec<Resource>, depth: usize) -> Result<(), Fault> {
        let unreadable =
            || Fault { path: path.to_owned(), span: Span::default(), message: "it cannot be read".to_owned() };
        let number = self.kitchen.source(path).ok_or_else(unreadable)?;
        let source = self.kitchen.at(number).ok_or_else(unreadable)?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let file = File { source, number, folder };
        self.rendering.used.insert(path.to_owned());
        let Some(root) = file.root() else { return Ok(()) };
        if depth == 0 {
            return Err(file.fault(root.span(), "kustomizations include each other without end"));
        }
        for key in UNSUPPORTED {
            if let Some(entry) = root.entry(key).filter(|entry| entry.value.items().next().is_some()) {
                return Err(file.fault(entry.key.span(), format!("`{key}` needs a program to run")));
            }
        }
        let mut own = Vec::new();
        for node in file.items("resources").chain(file.items("bases")) {
            self.resource(&file, node, &mut own, depth)?;
        }
        generate::generate(self, &file, &mut own)?;
        if root.get_str("kind") == Some("Component") {
            into.append(&mut own);
            self.transform(&file, into, depth)
        } else {
            self.transform(&file, &mut own, depth)?;
            into.append(&mut own);
            Ok(())
        }
    }

    fn transform(&mut self, file: &File, resources: &mut Vec<Resource>, depth: usize) -> Result<(), Fault> {
        for node in file.items("components") {
            self.resource(file, node, resources, depth)?;
        }
        self.settled.configure(self.kitchen, &mut self.rendering, file);
        self.patch(file, resources)?;
        transform::apply(file, resources, &self.settled);
        replace::replacements(self, file, resources)?;
        Ok(())
    }

    /// One entry of `resources`, `bases` or `components`.
    fn resource(&mut self, file: &File, node: Node<'_>, into: &mut Vec<Resource>, depth: usize) -> Result<(), Fault> {
        let Some(text) = node.as_str() else { return Err(file.fault(node.span(), "this is no path")) };
        if is_remote(text) {
            let message = "this resource is not part of the target, so what it brings was not checked".to_owned();
            self.rendering.gaps.push(Gap { path: file.source.path.clone(), span: node.span(), message });
            return Ok(());
        }
        let path = join(&file.folder, text).ok_or_else(|| file.fault(node.span(), "this path leaves the target"))?;
        if !path.ends_with(".yaml")
            && !path.ends_with(".yml")
            && !path.ends_with(".json")
            && let Some(inner) = FILE_NAMES.iter().find_map(|name| {
                let inner = join(&path, name)?;
                self.kitchen.source(&inner).map(|_| inner)
            })
        {
            return self.accumulate(&inner, into, depth - 1);
        }
        let missing = || file.fault(node.span(), "this file does not exist or is no text");
        let number = self.kitchen.source(&path).ok_or_else(missing)?;
        let source = self.kitchen.at(number).ok_or_else(missing)?;
        if let Some(problem) = source.yaml.problems().first() {
            return Err(file.fault(node.span(), format!("this file is no YAML: {}", problem.message)));
        }
        self.rendering.used.insert(path);
        for document in source.yaml.documents() {
            let list =
                document.get("items").filter(|_| document.get_str("kind").is_some_and(|kind| kind.ends_with("List")));
            let objects: Vec<Node<'_>> = list.map_or_else(|| vec![document], |list| list.items().collect());
            for object in objects.into_iter().filter(|object| object.get("kind").is_some()) {
                let tree = Tree::of(object, &|span| Origin { source: number, span }, &mut self.budget);
                into.push(Resource::new(tree, false));
            }
        }
        Ok(())
    }

    fn patch(&mut self, file: &File, resources: &mut Vec<Resource>) -> Result<(), Fault> {
        for node in file.items("patchesStrategicMerge") {
            let text = node.as_str().unwrap_or("");
            let patches = if text.contains('\n') { self.inline(file, node)? } else { self.file(file, node)? };
            self.apply(file, node, &patches, None, resources)?;
        }
        for entry in file.items("patches") {
            let patches = match (entry.get("path"), entry.get("patch")) {
                (Some(path), _) => self.file(file, path)?,
                (None, Some(patch)) => self.inline(file, patch)?,
                (None, None) => continue,
            };
            self.apply(file, entry, &patches, entry.get("target"), resources)?;
        }
        for entry in file.items("patchesJson6902") {
            let patches = match (entry.get("path"), entry.get("patch")) {
                (Some(path), _) => self.file(file, path)?,
                (None, Some(patch)) => self.inline(file, patch)?,
                (None, None) => continue,
            };
            self.apply(file, entry, &patches, entry.get("target"), resources)?;
        }
        Ok(())
    }

    /// The documents of a file of patches.
    pub(super) fn file(&mut self, file: &File, node: Node<'_>) -> Result<Vec<Tree>, Fault> {
        let path = node.as_str().and_then(|text| join(&file.folder, text));
        let missing = || file.fault(node.span(), "this file does not exist or is no text");
        let path = path.ok_or_else(missing)?;
        let number = self.kitchen.source(&path).ok_or_else(missing)?;
        let source = self.kitchen.at(number).ok_or_else(missing)?;
        self.rendering.used.insert(path);
        let place = |span| Origin { source: number, span };
        Ok(source.yaml.documents().map(|document| Tree::of(document, &place, &mut self.budget)).collect())
    }

    /// The documents of a patch that stands in the kustomization itself.
    fn inline(&mut self, file: &File, node: Node<'_>) -> Result<Vec<Tree>, Fault> {
        let yaml = Yaml::parse(node.as_str().unwrap_or(""));
        if let Some(problem) = yaml.problems().first() {
            return Err(file.fault(node.span(), format!("this patch is no YAML: {}", problem.message)));
        }
        let place = |span: Span| file.place(node.span_within(span.start as usize, span.end as usize));
        Ok(yaml.documents().map(|document| Tree::of(document, &place, &mut self.budget)).collect())
    }

    fn apply(
        &mut self,
        file: &File,
        node: Node<'_>,
        patches: &[Tree],
        target: Option<Node<'_>>,
        resources: &mut Vec<Resource>,
    ) -> Result<(), Fault> {
        for patch in patches {
            let mut gone = Vec::new();
            let mut hit = false;
            for (at, resource) in resources.iter_mut().enumerate() {
                let wanted = match target {
                    Some(target) => selects(target, resource),
                    None => is_of(patch, resource),
                };
                if !wanted {
                    continue;
                }
                hit = true;
                resource.remember();
                if patch.items().is_empty() {
                    let keyed = is_builtin(resource.group());
                    let (name, kind) = (
                        resource.tree.get("metadata").and_then(|m| m.get("name")).cloned(),
                        resource.tree.get("kind").cloned(),
                    );
                    if !merge::strategic(&mut resource.tree, patch, keyed) {
                        gone.push(at);
                    } else if target.is_some() {
                        // With a target the patch's own name and kind only fill its form.
                        let metadata = resource.tree.get_mut("metadata");
                        if let (Some(metadata), Some(name)) = (metadata, name) {
                            let origin = name.origin;
                            metadata.set("name", origin, name);
                        }
                        if let Some(kind) = kind {
                            let origin = kind.origin;
                            resource.tree.set("kind", origin, kind);
                        }
                    }
                } else {
                    let done = merge::json_patch(&mut resource.tree, patch.items());
                    done.map_err(|message| file.fault(node.span(), message))?;
                }
            }
            if !hit && target.is_none() && self.rendering.gaps.is_empty() {
                return Err(file.fault(node.span(), "this patch fits no object"));
            }
            for at in gone.into_iter().rev() {
                resources.remove(at);
            }
        }
        Ok(())
    }
}

fn is_builtin(group: &str) -> bool {
    matches!(group, "" | "apps" | "batch" | "extensions" | "autoscaling" | "policy") || group.ends_with(".k8s.io")
}

/// Whether a strategic-merge patch means an object.
fn is_of(patch: &Tree, resource: &Resource) -> bool {
    let text = |keys: &[&str]| patch.str_at(keys).unwrap_or("");
    let namespace = text(&["metadata", "namespace"]);
    let here = namespace.is_empty()
        || namespace == resource.namespace()
        || resource.past.iter().any(|(_, past)| past == namespace);
    text(&["kind"]) == resource.kind()
        && super::group_of(text(&["apiVersion"])) == resource.group()
        && resource.was_called(text(&["metadata", "name"]))
        && (here || namespace == "default")
}

/// Whether a target means an object.
pub(super) fn selects(target: Node<'_>, resource: &Resource) -> bool {
    let fits = |key: &str, value: &str| {
        target.get_str(key).is_none_or(|pattern| pattern.is_empty() || matches(pattern, value))
    };
    let named = fits("name", resource.name()) || resource.past.iter().any(|(name, _)| fits("name", name));
    let placed = fits("namespace", resource.namespace())
        || resource.past.iter().any(|(_, namespace)| fits("namespace", namespace));
    let version = resource.tree.str_at(&["apiVersion"]).unwrap_or("");
    let version = version.split_once('/').map_or(version, |(_, version)| version);
    let tagged = |key: &str, table: &str| {
        target.get_str(key).is_none_or(|selector| {
            selector.split(',').all(|term| {
                let term = term.trim();
                let value = |name: &str| resource.tree.str_at(&["metadata", table, name.trim()]);
                match (term.split_once("!="), term.split_once('=')) {
                    (Some((name, wanted)), _) => value(name) != Some(wanted.trim()),
                    (None, Some((name, wanted))) => value(name) == Some(wanted.trim_start_matches('=').trim()),
                    (None, None) => term.strip_prefix('!').map_or(value(term).is_some(), |name| value(name).is_none()),
                }
            })
        })
    };
    fits("kind", resource.kind())
        && fits("group", resource.group())
        && fits("version", version)
        && named
        && placed
        && tagged("labelSelector", "labels")
        && tagged("annotationSelector", "annotations")
}

/// An anchored pattern with `.*`, `|` and one group around all; what else a regular expression may hold is taken
/// as it stands.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern = pattern.trim_start_matches('^').trim_end_matches('$');
    let pattern = pattern.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(pattern);
    pattern.split('|').any(|alternative| {
        let mut rest = text;
        let parts: Vec<&str> = alternative.split(".*").collect();
        let last = parts.len() - 1;
        parts.iter().enumerate().all(|(at, part)| {
            let part = part.replace('\\', "");
            if at == 0 && at == last {
                return rest == part;
            }
            if at == 0 {
                return rest.strip_prefix(part.as_str()).map(|left| rest = left).is_some();
            }
            if at == last {
                return rest.ends_with(part.as_str());
            }
            rest.find(part.as_str()).and_then(|found| rest.get(found + part.len()..)).map(|left| rest = left).is_some()
        })
    })
}
