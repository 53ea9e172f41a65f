//! What apk installed: `lib/apk/db/installed`, a letter and a colon at the start of each line
//! (<https://wiki.alpinelinux.org/wiki/Apk_spec>).

use std::collections::HashMap;

use palisade_model::Purl;

use super::graph::Graph;
use super::lines::place;
use super::{Hash, Manifest, Package};

/// Reads the list of installed packages.
pub(super) fn installed(text: &str) -> Manifest {
    let mut graph = Graph::locked();
    let mut needs: Vec<(u32, &str)> = Vec::new();
    let mut provided: HashMap<&str, u32> = HashMap::new();
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        let field = |key: &str| paragraph.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        let (Some(name), Some(version)) = (field("P"), field("V")) else {
            let first = paragraph.trim_start().lines().next().unwrap_or("");
            graph.manifest.gap(place(text, first), "a package without name or version");
            continue;
        };
        let Ok(purl) = Purl::in_namespace("apk", "alpine", name) else {
            graph.manifest.gap(place(text, name), format!("`{name}` is no name of a package"));
            continue;
        };
        let mut purl = purl.at(version);
        for (key, letter) in [("arch", "A"), ("upstream", "o")] {
            if let Some(value) = field(letter).filter(|value| !value.is_empty()) {
                purl = purl.with(key, value);
            }
        }
        let mut package = Package::new(purl, place(text, name));
        package.version_span = Some(place(text, version));
        package.licence = field("L").filter(|licence| !licence.is_empty()).map(str::to_owned);
        // `Q1` is SHA-1 in base64, `Q2` SHA-256, of the package's control part.
        let hash = field("C").and_then(|sum| match sum.split_at_checked(2)? {
            ("Q1", digits) => Hash::base64("sha1", digits),
            ("Q2", digits) => Hash::base64("sha256", digits),
            _ => None,
        });
        package.hashes = hash.into_iter().collect();
        let at = graph.add(name, package);
        needs.extend(field("D").map(|list| (at, list)));
        for one in field("p").unwrap_or("").split_ascii_whitespace() {
            provided.insert(bare(one), at);
        }
    }
    for (from, list) in needs {
        for one in list.split_ascii_whitespace().filter(|one| !one.starts_with('!')) {
            let name = bare(one);
            let found = graph.find(name, None).next().or_else(|| provided.get(name).copied());
            if let Some(to) = found {
                graph.edge(from, to);
            }
        }
    }
    graph.manifest
}

/// What is needed or provided, without its version.
fn bare(one: &str) -> &str {
    one.split(['=', '<', '>', '~']).next().unwrap_or(one)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn installed_ones() {
        check(
            "lib/apk/db/installed",
            "C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl\n\n\
             P:app\nV:1.0_rc2-r3\nL:GPL-2.0-only\no:apps\nD:so:libc.musl-x86_64.so.1 musl>=1 !bad\n\nV:3\n",
            "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&upstream=musl Runtime hashed licence MIT
             pkg:apk/alpine/app@1.0_rc2-r3?upstream=apps Runtime licence GPL-2.0-only > musl
             gap 17 a package without name or version",
        );
    }
}
