//! Elixir and Erlang: `mix.lock`, `rebar.lock`. Both are literal terms of their languages; nothing is evaluated.

use palisade_model::{Purl, Span};

use super::graph::Graph;
use super::lines::place;
use super::{Hash, Manifest, Package, Scope, Source};

/// Terms deeper than this are not read: lock files nest some six.
const DEPTH_MAX: usize = 32;

/// A term: tuples, lists and maps are all lists, strings and atoms all text.
#[derive(Debug)]
enum Term<'t> {
    Text(&'t str),
    List(Vec<Term<'t>>),
}

impl<'t> Term<'t> {
    fn text(&self) -> &'t str {
        if let Self::Text(text) = self { text } else { "" }
    }

    fn items(&self) -> &[Term<'t>] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The text at a place of a list.
    fn at(&self, number: usize) -> &'t str {
        self.items().get(number).map_or("", Term::text)
    }

    /// What follows a text in a list of keys and values.
    fn after(&self, key: &str) -> Option<&Term<'t>> {
        let at = self.items().iter().position(|item| item.text() == key)?;
        self.items().get(at + 1)
    }
}

/// Reads every term of a text into one list; where it breaks, with what stood before.
fn terms(text: &str) -> (Term<'_>, Option<(Span, &'static str)>) {
    let mut open: Vec<Vec<Term<'_>>> = vec![Vec::new()];
    let mut at = 0;
    let mut fault = None;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let next = rest.chars().next().unwrap_or(' ');
        let mut length = next.len_utf8();
        match next {
            '{' | '[' if open.len() > DEPTH_MAX => {
                fault = Some((Span::new(at, at + 1), "terms are nested too deeply"));
                break;
            }
            '{' | '[' => open.push(Vec::new()),
            '}' | ']' if open.len() > 1 => {
                close(&mut open);
            }
            '"' => {
                let Some(end) = rest.get(1..).and_then(|body| body.find('"')) else {
                    fault = Some((Span::new(at, at + 1), "text in double quotes does not end"));
                    break;
                };
                length = end + 2;
                let body = rest.get(1..=end).unwrap_or("");
                open.last_mut().into_iter().for_each(|inner| inner.push(Term::Text(body)));
            }
            '#' => length = rest.find('\n').unwrap_or(rest.len()),
            _ if next.is_alphanumeric() || next == '_' => {
                length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '@').unwrap_or(rest.len());
                let word = rest.get(..length).unwrap_or("");
                open.last_mut().into_iter().for_each(|inner| inner.push(Term::Text(word)));
            }
            _ => {}
        }
        at += length;
    }
    if open.len() > 1 && fault.is_none() {
        let end = text.trim_end().len();
        fault = Some((Span::new(end.saturating_sub(1), end), "the text ends before its brackets do"));
    }
    while open.len() > 1 {
        close(&mut open);
    }
    (Term::List(open.pop().unwrap_or_default()), fault)
}

/// Ends the innermost list.
fn close<'t>(open: &mut Vec<Vec<Term<'t>>>) {
    let closed = open.pop().unwrap_or_default();
    if let Some(outer) = open.last_mut() {
        outer.push(Term::List(closed));
    }
}

fn start(text: &str) -> (Term<'_>, Graph) {
    let (read, fault) = terms(text);
    let mut graph = Graph::locked();
    if let Some((span, message)) = fault {
        graph.manifest.gap(span, message);
    }
    (read, graph)
}

/// Adds a package of the registry. Those of an organisation stand in its namespace.
fn add(graph: &mut Graph, text: &str, name: &str, version: &str, repository: &str, digest: &str) -> Option<u32> {
    let organisation = repository.strip_prefix("hexpm:");
    let purl = match organisation {
        Some(organisation) => Purl::in_namespace("hex", organisation, name),
        None => Purl::new("hex", name),
    };
    let Ok(purl) = purl else {
        graph.manifest.gap(place(text, name), format!("`{name}` is no name of a package"));
        return None;
    };
    let mut package = Package::new(purl.at(version), place(text, name));
    package.version_span = (!version.is_empty()).then(|| place(text, version));
    package.hashes = Hash::sha256(digest).into_iter().collect();
    if organisation.is_none() && !matches!(repository, "" | "hexpm") {
        package.source = Source::Mirror(repository.to_owned());
    }
    Some(graph.add(name, package))
}

/// Reads `mix.lock`: a map from names to tuples.
pub(super) fn mix(text: &str) -> Manifest {
    let (read, mut graph) = start(text);
    let map = read.items().first().map(Term::items).unwrap_or_default();
    let mut entries = Vec::new();
    for pair in map.chunks(2) {
        let [key, value] = pair else { continue };
        match value.at(0) {
            // {:hex, name, version, digest of the contents, builders, needs, repository, digest of the archive}
            "hex" => {
                let added = add(&mut graph, text, value.at(1), value.at(2), value.at(6), value.at(7));
                entries.extend(added.map(|at| (at, value)));
            }
            // {:git, address, revision, options}
            "git" => {
                if let Some(at) = add(&mut graph, text, key.text(), "", "", "") {
                    let address = format!("{}#{}", value.at(1), value.at(2));
                    graph
                        .package(at)
                        .into_iter()
                        .for_each(|package| package.source = Source::Repository(address.clone()));
                }
            }
            _ => graph.manifest.gap(place(text, key.text()), format!("`{}` is from nowhere known", key.text())),
        }
    }
    for (from, value) in entries {
        for need in value.items().get(5).map(Term::items).unwrap_or_default() {
            // {:name, requirement, [hex: :name, repo: "hexpm", optional: false]}
            let options = need.items().get(2);
            let optional =
                options.and_then(|options| options.after("optional")).is_some_and(|flag| flag.text() == "true");
            let name = options.and_then(|options| options.after("hex")).map_or(need.at(0), Term::text);
            let found: Vec<u32> = graph.find(name, None).collect();
            if found.is_empty() && !optional {
                graph.manifest.unlisted(place(text, name), name);
            }
            found.into_iter().for_each(|to| graph.edge(from, to));
        }
    }
    graph.finish(Vec::new())
}

/// Reads `rebar.lock`: tuples of names, places and depths, then digests.
pub(super) fn rebar(text: &str) -> Manifest {
    let (read, mut graph) = start(text);
    // Since version 1 the list stands in a tuple with that version; before, it stood alone.
    let first = read.items().first();
    let list = first.and_then(|first| first.items().iter().find(|item| !item.items().is_empty()));
    let versioned = first.is_some_and(|first| first.items().first().is_some_and(|item| item.items().is_empty()));
    let list = if versioned { list } else { first };
    let digests = read.items().get(1).and_then(|pairs| {
        let of = |key: &str| pairs.items().iter().find(|pair| pair.at(0) == key);
        of("pkg_hash_ext")
    });
    let digests: std::collections::HashMap<&str, &str> = digests
        .and_then(|pair| pair.items().get(1))
        .into_iter()
        .flat_map(Term::items)
        .map(|pair| (pair.at(0), pair.at(1)))
        .collect();
    let mut asked = Vec::new();
    for entry in list.map(Term::items).unwrap_or_default() {
        let from = entry.items().get(1);
        let name = entry.at(0);
        let said = |number| from.map_or("", |from| from.at(number));
        let added = match said(0) {
            "pkg" => add(&mut graph, text, said(1), said(2), "", digests.get(name).unwrap_or(&"")),
            "git" | "git_subdir" | "hg" => {
                let revision = from.and_then(|from| from.items().get(2)).map_or("", |revision| revision.at(1));
                let added = add(&mut graph, text, name, "", "", "");
                let address = format!("{}#{revision}", said(1));
                if let Some(package) = added.and_then(|at| graph.package(at)) {
                    package.source = Source::Repository(address);
                }
                added
            }
            _ => {
                graph.manifest.gap(place(text, name), format!("`{name}` is from nowhere known"));
                None
            }
        };
        asked.extend(added.filter(|_| entry.at(2) == "0").map(|at| (Scope::Runtime, at)));
    }
    graph.finish(if asked.is_empty() { Vec::new() } else { vec![(None, asked)] })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn lock_files() {
        let digest = "ab".repeat(32);
        let text = format!(
            "%{{\n  \"a\": {{:hex, :a, \"1.0.0\", \"x\", [:mix], [{{:b, \"~> 1\", [hex: :b_hex, repo: \"hexpm\", optional: \
             false]}}, {{:none, \"1\", [hex: :none, optional: true]}}], \"hexpm\", \"{digest}\"}},\n  \"b\": {{:hex, :b_hex, \
             \"2.0.0-rc.1\", \"x\", [:rebar3], [], \"hexpm:acme\", \"{digest}\"}},\n  \"c\" => {{:git, \
             \"https://git.example/c.git\", \"abc\", [tag: \"v1\"]}},\n  \"d\": {{:path, \"x\"}},\n}}\n"
        );
        check(
            "mix.lock",
            &text,
            "pkg:hex/a@1.0.0 Runtime hashed > b_hex\n\
             pkg:hex/acme/b_hex@2.0.0-rc.1 Runtime hashed\n\
             pkg:hex/c Runtime Repository(https://git.example/c.git#abc)\n\
             gap 5 `d` is from nowhere known",
        );
        let text = format!(
            "{{\"1.2.0\",\n[{{<<\"a\">>,{{pkg,<<\"a\">>,<<\"1.0\">>}},0}},\n {{<<\"b\">>,{{git,\"https://git.example/b.git\",\
             {{ref,\"abc\"}}}},1}}]}}.\n[\n{{pkg_hash,[{{<<\"a\">>, <<\"00\">>}}]}},\n{{pkg_hash_ext,[{{<<\"a\">>, <<\"{digest}\">>}}]}}\n].\n"
        );
        check(
            "rebar.lock",
            &text,
            "pkg:hex/a@1.0 Runtime direct hashed\npkg:hex/b Runtime Repository(https://git.example/b.git#abc)",
        );
    }

    #[test]
    fn hostile_ones_end() {
        check(
            "mix.lock",
            "%{\n\"a\": {:hex, \"",
            "gap 2 text in double quotes does not end\ngap 1 `` is no name of a package",
        );
        check("mix.lock", &"[".repeat(100_000), "gap 1 terms are nested too deeply");
        check("rebar.lock", "}}}]].", "");
        check("mix.lock", "%{\n", "gap 1 the text ends before its brackets do");
    }
}
