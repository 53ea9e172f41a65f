//! `bun.lock`: JSON with comments and last commas, an entry for each place in the tree.

use palisade_model::Purl;

use super::graph::Graph;
use super::npm::LISTS;
use super::places::Places;
use super::public::is_public;
use super::yarn::descriptor;
use super::{Hash, Manifest, Scope, Source};
use crate::yaml::Node;

/// Reads a lock file.
pub(super) fn lock(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut places = Places::default();
    let mut entries = Vec::new();
    for entry in root.get("packages").into_iter().flat_map(Node::entries) {
        let key = entry.key.as_str().unwrap_or("");
        let items: Vec<Node<'_>> = entry.value.items().collect();
        let located = items.first().and_then(|item| Some((*item, descriptor(item.as_str()?)?)));
        let Some((place, (name, from))) = located else {
            graph.manifest.gap(entry.key.span(), format!("`{key}` is no `name@version`"));
            continue;
        };
        if from.starts_with("workspace:") || from.starts_with("root:") {
            places.put(above(key), last(key), None);
            continue;
        }
        let version = Some(from).filter(|from| !from.contains([':', '/']));
        let Some(at) = graph.add_named("npm", name, version, place.span()) else { continue };
        let registry = items.get(1).and_then(|item| item.as_str()).unwrap_or("");
        if let Some(package) = graph.package(at) {
            let length = place.as_str().map_or(0, str::len);
            package.version_span = version.map(|version| place.span_within(length - version.len(), length));
            package.hashes = items.iter().skip(1).filter_map(|item| item.as_str()).flat_map(Hash::integrity).collect();
            package.source = match (version, from) {
                (Some(_), _) if registry.is_empty() || is_public("npm", registry) => Source::Registry,
                (Some(_), _) => Source::Mirror(registry.to_owned()),
                (None, from) if from.starts_with("git") => Source::Repository(from.to_owned()),
                (None, from) if from.starts_with("http") => Source::Address(from.to_owned()),
                (None, _) => Source::Local,
            };
        }
        places.put(above(key), last(key), Some(at));
        entries.push((key, at, items.into_iter().find(|item| item.is_mapping())));
    }
    for (key, from, info) in entries {
        for (to, _) in wanted(&mut graph, &places, key, info) {
            graph.edge(from, to);
        }
    }
    let mut asked = Vec::new();
    for member in root.get("workspaces").into_iter().flat_map(Node::entries) {
        let name = member.value.get_str("name");
        let needs = wanted(&mut graph, &places, name.unwrap_or(""), Some(member.value));
        let purl = name.and_then(|name| Purl::new("npm", name).ok());
        let purl = purl.map(|purl| purl.at(member.value.get_str("version").unwrap_or("")));
        asked.push((purl, needs.into_iter().map(|(to, scope)| (scope, to)).collect()));
    }
    graph.finish(asked)
}

/// What an entry or a member of the workspace asks for, as packages of the file.
fn wanted(graph: &mut Graph, places: &Places<'_>, key: &str, info: Option<Node<'_>>) -> Vec<(u32, Scope)> {
    let mut needs = Vec::new();
    let chain = places.chain(std::iter::successors(Some(key), |here| (!here.is_empty()).then(|| above(here))));
    for (list, scope) in LISTS {
        for one in info.and_then(|info| info.get(list)).into_iter().flat_map(Node::entries) {
            let name = one.key.as_str().unwrap_or("");
            match places.find(&chain, name) {
                Some(found) => needs.extend(found.map(|at| (at, scope))),
                // What others bring, or only other platforms have, may be absent.
                None if list == "dependencies" || list == "devDependencies" => {
                    graph.manifest.unlisted(one.key.span(), name);
                }
                None => {}
            }
        }
    }
    needs
}

/// A place without its last name. A scope and a name are one step.
fn above(key: &str) -> &str {
    let above = key.rsplit_once('/').map_or("", |(above, _)| above);
    let scoped = above.rsplit('/').next().is_some_and(|part| part.starts_with('@'));
    if scoped { above.rsplit_once('/').map_or("", |(above, _)| above) } else { above }
}

/// The last name of a place.
fn last(key: &str) -> &str {
    key.get(above(key).len()..).unwrap_or(key).trim_start_matches('/')
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn places_in_the_tree() {
        let text = r#"{ // written by a tool
          "lockfileVersion": 1,
          "workspaces": {
            "": { "name": "app", "dependencies": { "a": "^1", "lib": "workspace:*" }, "devDependencies": { "d": "1" } },
            "lib": { "name": "lib", "optionalDependencies": { "@s/b": "*" }, "dependencies": { "none": "1" } },
          },
          "packages": {
            "a": ["a@1.0.0", "", { "dependencies": { "@s/b": "^1" } }, "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="],
            "@s/b": ["@s/b@2.0.0", "https://npm.example/", {}, ""],
            "a/@s/b": ["@s/b@1.0.0", "", {}, ""],
            "d": ["d@git+ssh://git.example/d.git#abc", {}, "x"],
            "lib": ["lib@workspace:lib"],
            "odd": [],
          },
        }"#;
        check(
            "bun.lock",
            text,
            "pkg:npm/a@1.0.0 Runtime direct hashed > b\n\
             pkg:npm/%40s/b@2.0.0 Optional direct Mirror(https://npm.example/)\n\
             pkg:npm/%40s/b@1.0.0 Runtime\n\
             pkg:npm/d Development direct Repository(git+ssh://git.example/d.git#abc)\n\
             root pkg:npm/app\n\
             root pkg:npm/lib\n\
             gap 13 `odd` is no `name@version`\n\
             gap 5 `none` is needed and not listed",
        );
    }
}
