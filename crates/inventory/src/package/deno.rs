//! `deno.lock`, versions 2 to 5: packages of npm and of JSR, and modules by their addresses.
//!
//! JSR has no registered type of package URL; `pkg:jsr/%40scope/name@1.0.0` is the one in use. Modules by address
//! are files, not packages: they are counted, and told as what is not listed.

use std::collections::HashMap;

use palisade_model::Span;

use super::graph::Graph;
use super::yarn::descriptor;
use super::{Hash, Manifest, Scope};
use crate::yaml::Node;

/// Reads a lock file.
pub(super) fn lock(root: Node<'_>) -> Manifest {
    let mut graph = Graph::locked();
    // Version 3 puts all but addresses under `packages`, version 2 those of npm alone.
    let inner = root.get("packages").unwrap_or(root);
    let npm = inner.get("npm");
    let npm = npm.and_then(|npm| npm.get("packages").filter(|packages| packages.is_mapping())).or(npm);
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut entries = Vec::new();
    for (kind, list) in [("jsr", inner.get("jsr")), ("npm", npm)] {
        for entry in list.into_iter().flat_map(Node::entries) {
            let key = entry.key.as_str().unwrap_or("");
            let Some((name, version)) = descriptor(key) else {
                graph.manifest.gap(entry.key.span(), format!("`{key}` is no `name@version`"));
                continue;
            };
            // Peers follow after an underscore.
            let plain = version.split('_').next().unwrap_or(version);
            let Some(at) = graph.add_named(kind, name, Some(plain), entry.key.span()) else { continue };
            if let Some(package) = graph.package(at) {
                package.version_span = Some(entry.key.span());
                let digest = entry.value.get_str("integrity").unwrap_or("");
                // JSR's are of a list of files, in plain digits.
                package.hashes = Hash::integrity(digest);
            }
            known.insert(format!("{kind}:{key}"), at);
            entries.push((kind, at, entry.value));
        }
    }
    let specifiers = inner.get("specifiers").or_else(|| inner.at(&["npm", "specifiers"]));
    let mut resolved: HashMap<String, u32> = HashMap::new();
    for entry in specifiers.into_iter().flat_map(Node::entries) {
        let (wanted, got) = (entry.key.as_str().unwrap_or(""), entry.value.as_str().unwrap_or(""));
        let (kind, range) = wanted.split_once(':').unwrap_or(("npm", wanted));
        // Version 4 writes the version alone, the others the name too, some with its kind.
        let name = descriptor(range).map_or(range, |(name, _)| name);
        let tried = [format!("{kind}:{name}@{got}"), got.to_owned(), format!("{kind}:{got}")];
        if let Some(&at) = tried.iter().find_map(|key| known.get(key)) {
            resolved.insert(wanted.to_owned(), at);
        }
    }
    for (kind, from, node) in entries {
        let list = node.get("dependencies");
        let keyed = list.into_iter().flat_map(Node::entries).map(|entry| entry.value);
        let optional = node.get("optionalDependencies").into_iter().flat_map(Node::items);
        for need in list.into_iter().flat_map(Node::items).chain(keyed).chain(optional) {
            let text = need.as_str().unwrap_or("");
            let full = if text.contains(':') { text.to_owned() } else { format!("{kind}:{text}") };
            // A name alone is clear where there is one version of it.
            let plain = full.split_once(':').map_or("", |(_, name)| name);
            let found = resolved.get(&full).or_else(|| known.get(&full)).copied();
            let found = found.or_else(|| graph.find(plain, None).next());
            found.into_iter().for_each(|to| graph.edge(from, to));
        }
    }
    let mut asked = Vec::new();
    wanted(root.get("workspace"), &resolved, &mut asked);
    for (_, member) in
        root.at(&["workspace", "members"]).into_iter().flat_map(Node::entries).map(|one| (one.key, one.value))
    {
        wanted(Some(member), &resolved, &mut asked);
    }
    let remote: Vec<Span> =
        root.get("remote").into_iter().flat_map(Node::entries).map(|entry| entry.key.span()).collect();
    if let Some(first) = remote.first() {
        graph.manifest.elsewhere(*first, format!("{} modules by their addresses are not listed", remote.len()));
    }
    graph.finish(if asked.is_empty() { Vec::new() } else { vec![(None, asked)] })
}

/// What a member of the workspace asks for.
fn wanted(member: Option<Node<'_>>, resolved: &HashMap<String, u32>, asked: &mut Vec<(Scope, u32)>) {
    let lists = [
        member.and_then(|member| member.get("dependencies")),
        member.and_then(|member| member.at(&["packageJson", "dependencies"])),
    ];
    for item in lists.into_iter().flatten().flat_map(Node::items) {
        asked.extend(item.as_str().and_then(|text| resolved.get(text)).map(|&at| (Scope::Runtime, at)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn all_versions() {
        let text = r#"{"version": "4", "specifiers": {"jsr:@s/a@1": "1.0.6", "npm:b@5": "5.3.0_c@1.0.0"},
          "jsr": {"@s/a@1.0.6": {"integrity": "ab", "dependencies": ["npm:b@5"]}},
          "npm": {"b@5.3.0_c@1.0.0": {"integrity": "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "dependencies": ["c"]}, "c@1.0.0": {}, "odd": {}},
          "remote": {"https://deno.example/x.ts": "ab"}, "workspace": {"dependencies": ["jsr:@s/a@1"]}}"#;
        check(
            "deno.lock",
            text,
            "pkg:jsr/%40s/a@1.0.6 Runtime direct > b\n\
             pkg:npm/b@5.3.0 Runtime hashed > c\n\
             pkg:npm/c@1.0.0 Runtime\n\
             gap 3 `odd` is no `name@version`\n\
             gap 4 1 modules by their addresses are not listed",
        );
        let text = r#"{"version": "3", "packages": {"specifiers": {"npm:b@5": "npm:b@5.3.0"},
          "npm": {"b@5.3.0": {"dependencies": {"c": "c@1.0.0"}}, "c@1.0.0": {"dependencies": {}}}},
          "workspace": {"packageJson": {"dependencies": ["npm:b@5"]}}}"#;
        check("deno.lock", text, "pkg:npm/b@5.3.0 Runtime direct > c\npkg:npm/c@1.0.0 Runtime");
        let text = r#"{"version": "2", "npm": {"specifiers": {"b@5": "b@5.3.0"}, "packages": {"b@5.3.0": {}}}}"#;
        check("deno.lock", text, "pkg:npm/b@5.3.0 Runtime");
    }
}
