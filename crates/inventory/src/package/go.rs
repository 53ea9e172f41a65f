//! Go: `go.mod`, `go.sum`, `vendor/modules.txt`.
//!
//! Of these, `go.mod` is the list to go by: since Go 1.17 it names every module that the packages of the project
//! need, in the versions that are built. `go.sum` also has versions that were only looked at, and adds digests.
//! `vendor/modules.txt` is closest to what is built, where it exists. What replaces a module stands in its place.

use palisade_model::{Purl, Span};

use super::graph::Graph;
use super::lines::{lines, place, unquoted};
use super::{Hash, Manifest, Package, Scope, Source};

/// From this version of Go on, go.mod lists what is needed indirectly too.
const LISTS_ALL: (u32, u32) = (1, 17);

/// A line of `go.mod`: its directive, its words, what is said after `//`.
struct Line<'t> {
    directive: &'t str,
    words: Vec<&'t str>,
    comment: &'t str,
    text: &'t str,
}

/// The lines that say something, those of blocks with the directive before the bracket.
fn statements(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut block = None;
    lines(text).filter_map(move |line| {
        let (said, comment) = line.split_once("//").unwrap_or((line, ""));
        let mut words = said.split_ascii_whitespace();
        let directive = match block {
            Some(directive) => directive,
            None => words.next()?,
        };
        let words: Vec<&str> = words.map(unquoted).collect();
        match words.as_slice() {
            [] => return None,
            ["("] if block.is_none() => block = Some(directive),
            [")"] => block = None,
            _ => return Some(Line { directive, words, comment: comment.trim(), text: line }),
        }
        None
    })
}

/// Reads `go.mod`.
pub(super) fn module(text: &str) -> Manifest {
    let mut graph = Graph::default();
    let (mut root, mut tools, mut replaced, mut asked) = (None, Vec::new(), Vec::new(), Vec::new());
    for line in statements(text) {
        match (line.directive, line.words.as_slice()) {
            ("module", [name]) => root = Purl::new("golang", name).ok(),
            ("go", [version]) => graph.manifest.locked = release(version).is_some_and(|at| at >= LISTS_ALL),
            ("toolchain", [name]) => {
                // The standard library is what the toolchain brings; its flaws are told by this name.
                let version = name.strip_prefix("go").and_then(|version| version.split('-').next());
                if let (Some(version), Ok(purl)) = (version, Purl::new("golang", "stdlib")) {
                    let at = graph.add("stdlib", Package::new(purl.at(version), place(text, name)));
                    asked.push((Scope::Runtime, at));
                }
            }
            ("require", [name, version]) => {
                let Some(at) = graph.add_named("golang", name, Some(version), place(text, name)) else { continue };
                let indirect = line.comment == "indirect" || line.comment.starts_with("indirect;");
                if let Some(package) = graph.package(at) {
                    package.version_span = Some(place(text, version));
                }
                if !indirect {
                    asked.push((Scope::Runtime, at));
                }
            }
            ("replace", [old, rest @ ..]) => match rest {
                ["=>", new @ ..] => replaced.push((*old, None, new.to_vec())),
                [version, "=>", new @ ..] => replaced.push((*old, Some(*version), new.to_vec())),
                _ => graph.manifest.gap(place(text, line.text), "not `replace module => other version`"),
            },
            ("tool", [package]) => tools.push(*package),
            ("exclude" | "retract" | "godebug" | "ignore", _) => {}
            _ => graph.manifest.gap(place(text, line.text), "not a directive of go.mod"),
        }
    }
    for tool in tools {
        // A tool belongs to the module with the longest path before it.
        let ends = tool.match_indices('/').map(|(at, _)| at).chain([tool.len()]);
        let owner = ends.rev().filter_map(|end| graph.find(tool.get(..end)?, None).next()).next();
        asked.extend(owner.map(|at| (Scope::Development, at)));
    }
    for (old, version, new) in replaced {
        let found: Vec<u32> = graph.find(old, version).collect();
        for at in found {
            graph.package(at).into_iter().for_each(|package| replace(package, &new, |part| place(text, part)));
        }
    }
    graph.finish(vec![(root, asked)])
}

/// `1.22.3` as its first two numbers.
fn release(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.');
    let first = numbers.next()?.parse().ok()?;
    let digits = numbers.next()?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    Some((first, digits.get(..end)?.parse().ok()?))
}

/// Puts what replaces a module in its place: another module, or a folder.
fn replace<'t>(package: &mut Package, new: &[&'t str], place: impl Fn(&'t str) -> Span) {
    match new {
        [name, version] => {
            if let Ok(purl) = Purl::new("golang", name) {
                package.purl = purl.at(version);
                package.version_span = Some(place(version));
            }
        }
        _ => package.source = Source::Local,
    }
}

/// Reads `go.sum`: modules whose archive was loaded, not those of which only the `go.mod` was.
pub(super) fn sums(text: &str) -> Manifest {
    let mut graph = Graph::locked();
    for line in lines(text) {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let read = match words.as_slice() {
            [name, version, sum] if version.starts_with('v') => {
                sum.strip_prefix("h1:").and_then(|sum| Hash::base64("h1", sum)).map(|hash| (name, version, hash))
            }
            _ => None,
        };
        let Some((name, version, hash)) = read else {
            graph.manifest.gap(place(text, line), "not `module version h1:digest`");
            continue;
        };
        if version.ends_with("/go.mod") {
            continue;
        }
        let added = graph.add_named("golang", name, Some(version), place(text, name));
        if let Some(package) = added.and_then(|at| graph.package(at)) {
            package.version_span = Some(place(text, version));
            package.hashes = vec![hash];
        }
    }
    graph.finish(Vec::new())
}

/// Reads `vendor/modules.txt`: modules of which a package is built. Those that stand there only because `go.mod`
/// names them ship nothing.
pub(super) fn vendored(text: &str) -> Manifest {
    let mut graph = Graph::locked();
    let mut open: Option<Vec<&str>> = None;
    for line in lines(text) {
        if line.starts_with("## ") {
            continue;
        }
        if let Some(module) = line.strip_prefix("# ") {
            open = Some(module.split_ascii_whitespace().collect());
            continue;
        }
        // The first package of a module brings it in.
        let Some(words) = open.take() else { continue };
        let (name, version, new) = match words.as_slice() {
            [name, version, "=>", new @ ..] => (name, version, Some(new)),
            [name, "=>", new @ ..] => (name, &"", Some(new)),
            [name, version] => (name, version, None),
            _ => {
                graph.manifest.gap(place(text, line), "a package of no module");
                continue;
            }
        };
        let added = graph.add_named("golang", name, Some(version), place(text, name));
        if let Some(package) = added.and_then(|at| graph.package(at)) {
            package.version_span = (!version.is_empty()).then(|| place(text, version));
            if let Some(new) = new {
                replace(package, new, |part| place(text, part));
            }
        }
    }
    graph.finish(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn modules() {
        let text = "module example.org/app\n\ngo 1.22\ntoolchain go1.22.4\n\nrequire example.org/a v1.0.0 // why not\n\
            require (\n\texample.org/B/v2 v2.1.0+incompatible // indirect\n\t\"example.org/c\" v0.1.0 // indirect; old\n\
            \texample.org/tools v0.3.0 // indirect\n\texample.org/d v1.0.0\n)\nreplace (\n\texample.org/c v0.1.0 => \
            example.net/c v0.2.0\n\texample.org/d => ../d\n\texample.org/a v9.0.0 => ./a\n)\n\
            tool example.org/tools/cmd/x\nexclude example.org/a v0.9.0\nretract [v1.0.0, v1.2.0]\n";
        check(
            "go.mod",
            text,
            "pkg:golang/stdlib@1.22.4 Runtime direct\n\
             pkg:golang/example.org/a@v1.0.0 Runtime direct\n\
             pkg:golang/example.org/B/v2@v2.1.0%2Bincompatible Runtime\n\
             pkg:golang/example.net/c@v0.2.0 Runtime\n\
             pkg:golang/example.org/tools@v0.3.0 Development direct\n\
             pkg:golang/example.org/d@v1.0.0 Runtime direct Local\n\
             root pkg:golang/example.org/app",
        );
        check("go.mod", "require (\n\tx\n", "gap 2 not a directive of go.mod");
    }

    #[test]
    fn sums_and_vendored_modules() {
        let digest = format!("{}=", "A".repeat(43));
        let text = format!("example.org/a v1.0.0 h1:{digest}\nexample.org/a v1.0.0/go.mod h1:{digest}\nb v1 h1:x\n");
        check("go.sum", &text, "pkg:golang/example.org/a@v1.0.0 Runtime hashed\ngap 3 not `module version h1:digest`");
        let text = "# example.org/a v1.0.0\n## explicit; go 1.20\nexample.org/a\nexample.org/a/x\n# example.org/b \
            v1.0.0\n## explicit\n# example.org/c v1.0.0 => example.net/c v1.0.1\nexample.org/c\n# example.org/d => ../d\n";
        check(
            "vendor/modules.txt",
            text,
            "pkg:golang/example.org/a@v1.0.0 Runtime\npkg:golang/example.net/c@v1.0.1 Runtime",
        );
    }
}
