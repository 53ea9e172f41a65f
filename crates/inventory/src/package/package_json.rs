//! `package.json`: what a project asks for. Ranges are no versions, so that only exact ones are told.

use std::collections::HashMap;

use palisade_model::Purl;

use super::graph::Graph;
use super::npm::LISTS;
use super::yarn::descriptor;
use super::{Manifest, Scope, Source};
use crate::yaml::Node;

/// Reads a manifest.
pub(super) fn manifest(root: Node<'_>) -> Manifest {
    let mut graph = Graph::default();
    let mut asked: Vec<(Scope, u32)> = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (list, scope) in LISTS {
        for entry in root.get(list).into_iter().flat_map(Node::entries) {
            let (name, wanted) = (entry.key.as_str().unwrap_or(""), entry.value.as_str().unwrap_or(""));
            let optional = root.at(&["peerDependenciesMeta", name, "optional"]).and_then(Node::as_bool) == Some(true);
            let scope = if list == "peerDependencies" && optional { Scope::Optional } else { scope };
            if let Some(known) = seen.get(name).and_then(|&at| asked.get_mut(at)) {
                // What is optional is so even where it also stands among the rest.
                known.0 = if list == "optionalDependencies" { scope } else { known.0.min(scope) };
                continue;
            }
            let other = wanted.strip_prefix("npm:");
            let (real, wanted) = other.and_then(descriptor).unwrap_or((name, other.unwrap_or(wanted)));
            let version = exact(wanted);
            let Some(at) = graph.add_named("npm", real, version, entry.key.span()) else { continue };
            if let Some(package) = graph.package(at) {
                package.version_span = Some(entry.value.span());
                package.source = source(wanted);
            }
            seen.insert(name, asked.len());
            asked.push((scope, at));
        }
    }
    let purl = root.get_str("name").and_then(|name| Purl::new("npm", name).ok());
    graph.finish(vec![(purl.map(|purl| purl.at(root.get_str("version").unwrap_or(""))), asked)])
}

/// The version of a range that allows only one.
fn exact(range: &str) -> Option<&str> {
    let version = range.trim().trim_start_matches(['=', 'v']).trim_start();
    let core = version.split(['-', '+']).next().unwrap_or(version);
    let numbers = core.split('.').filter(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let whole = core.split('.').count() == 3 && numbers.count() == 3;
    (whole && !version.contains(char::is_whitespace)).then_some(version)
}

/// Where what is written instead of a range leads.
fn source(wanted: &str) -> Source {
    let begins = |starts: &[&str]| starts.iter().any(|start| wanted.starts_with(start));
    if begins(&["workspace:", "file:", "link:", "portal:", "./", "../", "~/"]) {
        Source::Local
    } else if begins(&["git", "bitbucket:", "gist:", "ssh:"])
        || wanted.contains(".git#")
        || wanted.ends_with(".git")
        || wanted
            .split('#')
            .next()
            .is_some_and(|path| path.matches('/').count() == 1 && !path.contains([':', ' ', '@']))
    {
        Source::Repository(wanted.to_owned())
    } else if begins(&["http:", "https:"]) {
        Source::Address(wanted.to_owned())
    } else {
        Source::Registry
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn ranges_and_other_sources() {
        let text = r#"{
          "name": "@s/app", "version": "1.0.0",
          "dependencies": {
            "a": "^1.0.0", "b": "=2.0.1-rc.1", "c": "npm:@o/c@3.0.0", "d": "file:../d", "e": "owner/e#v1",
            "f": "https://files.example/f.tgz", "g": "git+ssh://git@git.example/g.git", "h": "1.x", "k": "workspace:*"
          },
          "devDependencies": { "i": "latest", "j": ">=1 <2" },
          "optionalDependencies": { "a": "^1" },
          "peerDependencies": { "i": "*", "l": "*" },
          "peerDependenciesMeta": { "l": { "optional": true } },
          "broken": x
        }"#;
        check(
            "package.json",
            text,
            "pkg:npm/a Optional direct\n\
             pkg:npm/b@2.0.1-rc.1 Runtime direct\n\
             pkg:npm/%40o/c@3.0.0 Runtime direct\n\
             pkg:npm/d Runtime direct Local\n\
             pkg:npm/e Runtime direct Repository(owner/e#v1)\n\
             pkg:npm/f Runtime direct Address(https://files.example/f.tgz)\n\
             pkg:npm/g Runtime direct Repository(git+ssh://git@git.example/g.git)\n\
             pkg:npm/h Runtime direct\n\
             pkg:npm/k Runtime direct Local\n\
             pkg:npm/i Runtime direct\n\
             pkg:npm/l Optional direct\n\
             pkg:npm/j Development direct\n\
             root pkg:npm/%40s/app@1.0.0\n\
             gap 11 expected a value",
        );
    }
}
