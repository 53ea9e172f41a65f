//! Ruby: `Gemfile.lock`. It does not say which groups of the Gemfile a gem is for, so that all count as shipped.

use std::collections::HashMap;

use palisade_model::Purl;

use super::graph::Graph;
use super::lines::{indent, lines, place};
use super::public::is_public;
use super::{Hash, Manifest, Package, Scope, Source};

/// Reads a lock file.
pub(super) fn lock(text: &str) -> Manifest {
    let mut graph = Graph::locked();
    let mut section = "";
    let (mut source, mut remotes) = (Source::Registry, 0);
    let (mut current, mut edges, mut asked) = (None, Vec::new(), Vec::new());
    let mut digests: HashMap<&str, Vec<Hash>> = HashMap::new();
    for line in lines(text) {
        let words = line.trim_start();
        match (section, indent(line)) {
            (_, 0) if words.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'_')) => {
                (section, source, remotes) = (words, Source::Registry, 0);
            }
            ("GEM" | "GIT" | "PATH", 2) => match words.split_once(": ") {
                Some(("remote", url)) => {
                    remotes += 1;
                    source = match section {
                        "GIT" => Source::Repository(url.to_owned()),
                        "PATH" => Source::Local,
                        // Of several registries nobody can say which one a gem is from.
                        _ if is_public("gem", url) || remotes > 1 => Source::Registry,
                        _ => Source::Mirror(url.to_owned()),
                    };
                }
                Some(("revision", revision)) => {
                    if let Source::Repository(url) = &mut source {
                        *url += "#";
                        *url += revision;
                    }
                }
                _ => {}
            },
            ("GEM" | "GIT" | "PATH", 4) => {
                current = gem(&mut graph, text, words, &source);
            }
            ("GEM" | "GIT" | "PATH", 6) => {
                let name = words.split([' ', '!']).next().unwrap_or(words);
                edges.extend(current.map(|from| (from, name, place(text, words))));
            }
            ("DEPENDENCIES", 2) => asked.push(words.split([' ', '!']).next().unwrap_or(words)),
            ("CHECKSUMS", 2) => {
                // `name (1.0-platform) sha256=…`
                if let Some((gem, digest)) = words.rsplit_once(' ').filter(|(_, digest)| digest.contains('=')) {
                    let found = digest.split(',').filter_map(|one| Hash::labelled(&one.replace('=', ":")));
                    digests.entry(gem).or_default().extend(found);
                }
            }
            (_, 2..) => {}
            _ => graph.manifest.gap(place(text, line), "not a section or an entry of Bundler's lock file"),
        }
    }
    for package in &mut graph.manifest.packages {
        let line = package.span.to(package.version_span.unwrap_or(package.span)).of(text);
        // The key of a digest is the entry's own text.
        package.hashes = digests.remove(format!("{line})").as_str()).unwrap_or_default();
    }
    for (from, name, span) in edges {
        let found: Vec<u32> = graph.find(name, None).collect();
        if found.is_empty() && name != "bundler" {
            graph.manifest.unlisted(span, name);
        }
        found.into_iter().for_each(|to| graph.edge(from, to));
    }
    let asked: Vec<(Scope, u32)> = asked
        .into_iter()
        .flat_map(|name| graph.find(name, None).map(|at| (Scope::Runtime, at)).collect::<Vec<_>>())
        .collect();
    graph.finish(if asked.is_empty() { Vec::new() } else { vec![(None, asked)] })
}

/// Adds `name (version-platform)`.
fn gem(graph: &mut Graph, text: &str, words: &str, source: &Source) -> Option<u32> {
    let (name, version) = match words.split_once(" (") {
        Some((name, version)) => (name, version.strip_suffix(')')?),
        None => (words, ""),
    };
    // No version has a dash, but platforms follow after one.
    let (number, platform) = version.split_once('-').unwrap_or((version, ""));
    let purl = match Purl::new("gem", name) {
        Ok(purl) => purl.at(number),
        Err(error) => {
            graph.manifest.gap(place(text, words), format!("`{name}` is no name of a package: {error}"));
            return None;
        }
    };
    let purl = if platform.is_empty() { purl } else { purl.with("platform", platform) };
    let mut package = Package::new(purl, place(text, name));
    package.version_span = (!version.is_empty()).then(|| place(text, version));
    package.source = source.clone();
    Some(graph.add(name, package))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn lock_files() {
        let digest = "ab".repeat(32);
        let public = super::super::public::address("gem", "");
        let text = format!(
            "GIT\n  remote: https://git.example/g.git\n  revision: abc\n  specs:\n    g (0.1)\n      a (>= 1)\n\nPATH\n  \
             remote: .\n  specs:\n    mine (1.0)\n\nGEM\n  remote: {public}\n  specs:\n    a (1.0)\n      b\n      \
             bundler\n      none (~> 1)\n    b (2.0-x86_64-linux)\n    b (2.0-java)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  a (~> 1)\n  \
             g!\n\nCHECKSUMS\n  a (1.0) sha256={digest}\n  b (2.0-java) sha256={digest}\n\nBUNDLED WITH\n   2.5\nnonsense\n"
        );
        check(
            "Gemfile.lock",
            &text,
            "pkg:gem/g@0.1 Runtime direct Repository(https://git.example/g.git#abc) > a\n\
             pkg:gem/mine@1.0 Runtime Local\n\
             pkg:gem/a@1.0 Runtime direct hashed > b > b\n\
             pkg:gem/b@2.0?platform=x86_64-linux Runtime\n\
             pkg:gem/b@2.0?platform=java Runtime hashed\n\
             gap 36 not a section or an entry of Bundler's lock file\n\
             gap 19 `none` is needed and not listed",
        );
    }
}
