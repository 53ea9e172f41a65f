//! ConfigMaps and Secrets that a kustomization makes from literals and files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::load::{Batch, File};
use super::{Fault, Resource, join};
use crate::tree::{Key, Origin, Tree, Value};
use crate::yaml::Node;

/// Files larger than this do not fit into a ConfigMap.
const FILE_BYTES_MAX: usize = 1 << 20;

pub(super) fn generate(batch: &mut Batch<'_, '_>, file: &File, resources: &mut Vec<Resource>) -> Result<(), Fault> {
    for (key, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
        for entry in file.items(key) {
            let made = make(batch, file, entry, kind)?;
            let name = entry.get_str("name").unwrap_or("");
            let namespace = entry.get_str("namespace").unwrap_or("");
            let known = resources.iter_mut().find(|old| {
                old.kind() == kind && old.was_called(name) && (namespace.is_empty() || old.namespace() == namespace)
            });
            match (entry.get_str("behavior"), known) {
                (Some("merge"), Some(old)) => {
                    for table in ["data", "binaryData"] {
                        for (key, value) in made.tree.get(table).map_or(&[][..], Tree::entries) {
                            if old.tree.get(table).is_none_or(Tree::is_null) {
                                old.tree.set(table, key.origin, Tree::map(key.origin));
                            }
                            if let Some(data) = old.tree.get_mut(table) {
                                data.set(&key.text, key.origin, value.clone());
                            }
                        }
                    }
                    old.hashed &= made.hashed;
                }
                (Some("replace"), Some(old)) => old.tree = made.tree,
                _ => resources.push(made),
            }
        }
    }
    Ok(())
}

fn make(batch: &mut Batch<'_, '_>, file: &File, entry: Node<'_>, kind: &str) -> Result<Resource, Fault> {
    let origin = file.place(entry.get("name").unwrap_or(entry).span());
    let mut data: Vec<(Key, Tree)> = Vec::new();
    let mut binary: Vec<(Key, Tree)> = Vec::new();
    let mut add = |key: &str, bytes: &[u8], origin: Origin| {
        let key = Key { text: key.into(), origin };
        match std::str::from_utf8(bytes) {
            _ if kind == "Secret" => data.push((key, Tree::text(&STANDARD.encode(bytes), origin))),
            Ok(text) => data.push((key, Tree::text(text, origin))),
            Err(_) => binary.push((key, Tree::text(&STANDARD.encode(bytes), origin))),
        }
    };
    let mut read = |node: Node<'_>, relative: &str| {
        let missing = || file.fault(node.span(), "this file does not exist, or is too large for a ConfigMap");
        let path = join(&file.folder, relative).ok_or_else(missing)?;
        let bytes = (batch.kitchen.read)(&path).filter(|bytes| bytes.len() <= FILE_BYTES_MAX).ok_or_else(missing)?;
        batch.rendering.used.insert(path);
        Ok::<_, Fault>(bytes)
    };
    let list = |key: &str| entry.get(key).into_iter().flat_map(Node::items);
    for node in list("envs").chain(entry.get("env").filter(|node| node.is_scalar())) {
        let bytes = read(node, node.as_str().unwrap_or(""))?;
        for line in String::from_utf8_lossy(&bytes).lines().map(str::trim_start) {
            if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
                add(key, value.as_bytes(), file.place(node.span()));
            }
        }
    }
    for node in list("literals") {
        let Some((key, value)) = node.as_str().and_then(|text| text.split_once('=')) else { continue };
        let quoted = value.len() > 1
            && (value.starts_with('"') && value.ends_with('"') || value.starts_with('\'') && value.ends_with('\''));
        let value = if quoted { value.get(1..value.len() - 1).unwrap_or(value) } else { value };
        add(key, value.as_bytes(), file.place(node.span()));
    }
    for node in list("files") {
        let text = node.as_str().unwrap_or("");
        let (key, path) = text.split_once('=').unwrap_or((text.rsplit('/').next().unwrap_or(text), text));
        add(key, &read(node, path)?, file.place(node.span()));
    }
    let mut tree = Tree::map(origin);
    tree.set("apiVersion", origin, Tree::text("v1", origin));
    tree.set("kind", origin, Tree::text(kind, origin));
    let mut metadata = Tree::map(origin);
    metadata.set("name", origin, Tree::text(entry.get_str("name").unwrap_or(""), origin));
    if let Some(namespace) = entry.get_str("namespace") {
        metadata.set("namespace", origin, Tree::text(namespace, origin));
    }
    let shared = file.root().and_then(|root| root.get("generatorOptions"));
    let options = [shared, entry.get("options")];
    for table in ["labels", "annotations"] {
        for pair in options.iter().flatten().filter_map(|options| options.get(table)).flat_map(Node::entries) {
            let at = file.place(pair.value.span());
            if metadata.get(table).is_none() {
                metadata.set(table, at, Tree::map(at));
            }
            if let Some(map) = metadata.get_mut(table) {
                map.set(pair.key.as_str().unwrap_or(""), at, Tree::text(pair.value.as_str().unwrap_or(""), at));
            }
        }
    }
    tree.set("metadata", origin, metadata);
    for (key, entries) in [("data", data), ("binaryData", binary)] {
        if !entries.is_empty() {
            tree.set(key, origin, Tree { value: Value::Map(entries), origin });
        }
    }
    if kind == "Secret" {
        tree.set("type", origin, Tree::text(entry.get_str("type").unwrap_or("Opaque"), origin));
    }
    let flag =
        |key: &str| options.iter().flatten().any(|options| options.get(key).and_then(Node::as_bool) == Some(true));
    if flag("immutable") {
        tree.set("immutable", origin, Tree { value: Value::Scalar("true".into(), true), origin });
    }
    Ok(Resource::new(tree, !flag("disableNameSuffixHash")))
}
