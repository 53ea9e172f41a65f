//! Maven's `pom.xml`: what a project asks for, completed by its parents and by lists that it imports, where they are
//! files of the same target.
//!
//! What a parent asks for is listed with the parent. Versions that only a file elsewhere gives are left open, and the
//! file is named. Plugins of the build are not listed.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use palisade_model::{Purl, Span};

use super::beside::{Beside, folder, join};
use super::graph::Graph;
use super::lines::place;
use super::{Manifest, Package, Scope, Source};
use crate::xml::{Element, Tree};

/// Properties within properties are followed so far.
const HOPS_MAX: usize = 8;
/// Properties put into one value; more are no part of a name.
const STEPS_MAX: usize = 64;
/// Longer values are no part of a name: doubling a property again and again ends here.
const VALUE_BYTES_MAX: usize = 512;
/// Parents of parents are followed so far; real chains have some five.
const PARENTS_MAX: usize = 10;
/// Lists that one project imports, those that they import among them; large projects have some twenty.
const IMPORTS_MAX: usize = 40;
/// Files elsewhere that are named one by one.
const NAMED_MAX: usize = 5;
/// Files that are looked at for one imported list.
const CANDIDATES_MAX: usize = 8;

/// The values that `${…}` stands for.
struct Properties<'t>(HashMap<&'t str, &'t str>);

impl<'t> Properties<'t> {
    /// Of a project and those above it, itself first.
    fn of(levels: &[Level<'_, 't>]) -> Self {
        let mut values = HashMap::new();
        for level in levels.iter().rev() {
            for element in
                level.tree.at(level.root, &["properties"]).into_iter().flat_map(|list| level.tree.children(list))
            {
                values.insert(element.name, element.text);
            }
        }
        let Some(own) = levels.first() else { return Self(values) };
        let builtin = [
            ("groupId", ["project.groupId", "pom.groupId", "groupId"], "project.parent.groupId"),
            ("artifactId", ["project.artifactId", "pom.artifactId", "artifactId"], ""),
            ("version", ["project.version", "pom.version", "version"], "project.parent.version"),
        ];
        for (key, names, of_parent) in builtin {
            let value = if key == "artifactId" { own.said(key) } else { own.inherited(key) };
            for name in value.into_iter().flat_map(|value| names.map(|name| (name, value))) {
                // A property of this name that somebody set counts for more.
                values.entry(name.0).or_insert(name.1);
            }
            let parent = own.of_parent(key).filter(|_| !of_parent.is_empty());
            values.extend(parent.map(|value| (of_parent, value)));
        }
        Self(values)
    }

    /// A text with every property put in; none when one is unknown here.
    fn full(&self, text: &str) -> Option<String> {
        self.put_in(text, HOPS_MAX, &mut STEPS_MAX.clone()).filter(|text| !text.is_empty())
    }

    fn put_in(&self, text: &str, hops: usize, steps: &mut usize) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after.split_once('}')?;
            let value = self.0.get(name.trim()).filter(|_| hops > 0)?;
            *steps = steps.checked_sub(1)?;
            out += before;
            out += &self.put_in(value, hops - 1, steps)?;
            if out.len() > VALUE_BYTES_MAX {
                return None;
            }
            rest = tail;
        }
        out += rest;
        (out.len() <= VALUE_BYTES_MAX).then_some(out)
    }
}

/// A project, or one above it.
struct Level<'s, 't> {
    tree: &'s Tree<'t>,
    root: &'s Element<'t>,
}

impl<'t> Level<'_, 't> {
    fn said(&self, key: &str) -> Option<&'t str> {
        self.tree.child(self.root, key).map(|element| element.text).filter(|text| !text.is_empty())
    }

    fn of_parent(&self, key: &str) -> Option<&'t str> {
        let parent = self.tree.child(self.root, "parent")?;
        self.tree.child(parent, key).map(|element| element.text).filter(|text| !text.is_empty())
    }

    fn inherited(&self, key: &str) -> Option<&'t str> {
        self.said(key).or_else(|| self.of_parent(key))
    }
}

/// A project that other files have to be read for.
struct Missing {
    name: String,
    /// Where the project itself names it; none where one above it does.
    span: Option<Span>,
}

/// The texts of the parents of a project, the nearest first, and the first that is no file of the target.
fn parents(path: &str, text: &str, beside: &Beside<'_>) -> (Vec<Rc<str>>, Option<Missing>) {
    let mut above: Vec<Rc<str>> = Vec::new();
    let mut seen = HashSet::from([path.to_owned()]);
    let mut path = path.to_owned();
    loop {
        let own = above.is_empty();
        let here = above.last().map_or(text, |text| text);
        let (tree, _) = Tree::parse(here);
        let Some(root) = tree.root() else { return (above, None) };
        let Some(parent) = tree.child(root, "parent") else { return (above, None) };
        let level = Level { tree: &tree, root };
        let said = |key| level.of_parent(key).unwrap_or("");
        let missing = || Missing {
            name: format!("{}:{}", said("groupId"), said("artifactId")),
            span: own.then(|| level.of_parent("artifactId").map_or(parent.span, |artifact| place(here, artifact))),
        };
        let written = tree.child(parent, "relativePath").map(|element| element.text);
        let next = written.unwrap_or("../pom.xml");
        let next = join(folder(&path), next).filter(|_| !next.is_empty()).map(|next| match next.ends_with(".xml") {
            true => next,
            false => format!("{next}/pom.xml").trim_start_matches('/').to_owned(),
        });
        let found = next.filter(|next| above.len() < PARENTS_MAX && seen.insert(next.clone())).and_then(|next| {
            let text = beside.read(&next)?;
            is_artifact(&text, said("groupId"), said("artifactId"), said("version")).then_some((next, text))
        });
        let Some((next, text)) = found else {
            let missing = missing();
            return (above, Some(missing));
        };
        path = next;
        above.push(text);
    }
}

/// Whether a text is the project of these names; what is put together from properties may be anything.
fn is_artifact(text: &str, group: &str, artifact: &str, version: &str) -> bool {
    let (tree, _) = Tree::parse(text);
    let Some(root) = tree.root().filter(|root| root.name == "project") else { return false };
    let level = Level { tree: &tree, root };
    let same = |wanted: &str, there: Option<&str>| {
        there.is_none_or(|there| there == wanted || there.contains("${") || wanted.contains("${"))
    };
    level.said("artifactId") == Some(artifact)
        && same(group, level.inherited("groupId"))
        && same(version, level.inherited("version"))
}

/// What is said of a dependency for all who ask for it.
struct Managed {
    version: Option<String>,
    scope: Option<String>,
    /// Where its version stands in the project itself.
    span: Option<Span>,
}

/// What a project and those above it say of dependencies for all, and what the lists say that they import.
fn managed(
    levels: &[Level<'_, '_>],
    text: &str,
    properties: &Properties<'_>,
    beside: &Beside<'_>,
    imported: &mut HashSet<(String, String, String)>,
    missing: &mut Vec<Missing>,
) -> HashMap<Key, Managed> {
    let full = |text: &str| properties.full(text);
    let mut all: HashMap<Key, Managed> = HashMap::new();
    let mut imports: Vec<(String, String, String, Option<Span>)> = Vec::new();
    for (number, level) in levels.iter().enumerate() {
        for element in level.tree.at(level.root, &["dependencyManagement", "dependencies", "dependency"]) {
            let Some(one) = dependency(level.tree, element, text, &full) else { continue };
            if one.scope == Some("import") && one.kind == "pom" {
                let version = one.version.and_then(full).unwrap_or_default();
                imports.push((one.group, one.artifact, version, Some(one.span).filter(|_| number == 0)));
                continue;
            }
            all.entry(one.key()).or_insert_with(|| Managed {
                version: one.version.and_then(full),
                scope: one.scope.map(str::to_owned),
                span: one.version.filter(|_| number == 0).map(|version| place(text, version)),
            });
        }
    }
    for (group, artifact, version, span) in imports {
        // A list that was imported before says nothing new, and one that imports itself ends here.
        if imported.contains(&(group.clone(), artifact.clone(), version.clone())) {
            continue;
        }
        if imported.len() >= IMPORTS_MAX {
            missing.push(Missing { name: format!("{group}:{artifact}"), span });
            break;
        }
        imported.insert((group.clone(), artifact.clone(), version.clone()));
        // A list lies in a folder of its own, which is called like it or like the end of its name.
        let is_near = |path: &&str| {
            let name = folder(path).rsplit('/').next().unwrap_or("");
            !name.is_empty() && artifact.ends_with(name)
        };
        let mut candidates = beside.named("pom.xml").filter(is_near).take(CANDIDATES_MAX);
        let found = candidates.find_map(|path| {
            let text = beside.read(path)?;
            is_artifact(&text, &group, &artifact, &version).then_some((path, text))
        });
        let Some((path, text)) = found else {
            missing.push(Missing { name: format!("{group}:{artifact}"), span });
            continue;
        };
        let (above, parent) = parents(path, &text, beside);
        missing.extend(parent.map(|parent| Missing { span: None, ..parent }));
        let trees: Vec<Tree<'_>> =
            std::iter::once(&*text).chain(above.iter().map(|text| &**text)).map(|text| Tree::parse(text).0).collect();
        let levels: Vec<Level<'_, '_>> =
            trees.iter().filter_map(|tree| Some(Level { tree, root: tree.root()? })).collect();
        let inner = self::managed(&levels, &text, &Properties::of(&levels), beside, imported, missing);
        for (key, one) in inner {
            all.entry(key).or_insert(Managed { span: None, ..one });
        }
    }
    all
}

/// A dependency as it is written.
struct Dependency<'t> {
    group: String,
    artifact: String,
    version: Option<&'t str>,
    kind: String,
    classifier: String,
    scope: Option<&'t str>,
    optional: bool,
    span: Span,
}

/// What tells one dependency from another.
type Key = (String, String, String, String);

impl Dependency<'_> {
    fn key(&self) -> Key {
        (self.group.clone(), self.artifact.clone(), self.kind.clone(), self.classifier.clone())
    }
}

/// Reads a project.
pub(super) fn pom(text: &str, beside: &Beside<'_>) -> Manifest {
    let (tree, fault) = Tree::parse(text);
    let mut graph = Graph::default();
    if let Some((at, message)) = fault {
        graph.manifest.gap(Span::new(at, at + 1), message);
    }
    let Some(root) = tree.root().filter(|root| root.name == "project") else {
        if graph.manifest.gaps.is_empty() {
            graph.manifest.gap(Span::default(), "not a project of Maven");
        }
        return graph.manifest;
    };
    let (above, parent) = parents(beside.path, text, beside);
    let trees: Vec<Tree<'_>> = above.iter().map(|text| Tree::parse(text).0).collect();
    let own = Level { tree: &tree, root };
    let above = trees.iter().filter_map(|tree| Some(Level { tree, root: tree.root()? }));
    let levels: Vec<Level<'_, '_>> = std::iter::once(own).chain(above).collect();
    let properties = Properties::of(&levels);
    let full = |text: &str| properties.full(text);
    let mut missing: Vec<Missing> = parent.into_iter().collect();
    let managed = managed(&levels, text, &properties, beside, &mut HashSet::new(), &mut missing);
    let mut read = |path: &[&str]| {
        let mut read = Vec::new();
        for element in tree.at(root, path) {
            match dependency(&tree, element, text, &full) {
                Some(one) => read.push(one),
                None => graph.manifest.elsewhere(element.span, "a dependency whose name this file does not tell"),
            }
        }
        read
    };
    let mut asked = read(&["dependencies", "dependency"]);
    let usual = asked.len();
    asked.extend(read(&["profiles", "profile", "dependencies", "dependency"]));
    let mut needs = Vec::new();
    let mut is_open = false;
    for (number, one) in asked.iter().enumerate() {
        let general = managed.get(&one.key());
        let Ok(purl) = Purl::in_namespace("maven", &one.group, &one.artifact) else {
            graph.manifest.gap(one.span, format!("`{}:{}` is no name of a package", one.group, one.artifact));
            continue;
        };
        let version = match one.version {
            Some(written) => full(written),
            None => general.and_then(|general| general.version.clone()),
        };
        is_open |= version.is_none();
        let mut purl = purl.at(&version.and_then(exact).unwrap_or_default());
        if one.kind != "jar" {
            purl = purl.with("type", &one.kind);
        }
        if !one.classifier.is_empty() {
            purl = purl.with("classifier", &one.classifier);
        }
        let mut package = Package::new(purl, one.span);
        package.version_span = match one.version {
            Some(written) => Some(place(text, written)),
            None => general.and_then(|general| general.span),
        };
        let scope = one.scope.or_else(|| general?.scope.as_deref());
        if scope == Some("system") {
            package.source = Source::Local;
        }
        let scope = match scope {
            Some("test") => Scope::Development,
            // Whatever the program runs in brings it, or nobody does.
            Some("provided") => Scope::Optional,
            _ if one.optional || number >= usual => Scope::Optional,
            _ => Scope::Runtime,
        };
        let name = package.purl.full_name();
        needs.push((scope, graph.add(&name, package)));
    }
    if is_open {
        tell(&mut graph, missing, tree.child(root, "parent").unwrap_or(root).span);
    }
    let named = |key| properties.0.get(key).and_then(|text| full(text));
    let purl = named("project.groupId").zip(named("project.artifactId"));
    let purl = purl.and_then(|(group, name)| Purl::in_namespace("maven", &group, &name).ok());
    graph.finish(vec![(purl.map(|purl| purl.at(&named("project.version").unwrap_or_default())), needs)])
}

/// Says which files would give the versions that are left open: each where the project names it, and those that one
/// above it names together.
fn tell(graph: &mut Graph, missing: Vec<Missing>, parent: Span) {
    let (own, mut above): (Vec<Missing>, Vec<Missing>) = missing.into_iter().partition(|one| one.span.is_some());
    for one in own {
        let message = format!("versions that `{}` may give are in no file here", one.name);
        graph.manifest.elsewhere(one.span.unwrap_or(parent), message);
    }
    let rest = above.len().saturating_sub(NAMED_MAX);
    above.truncate(NAMED_MAX);
    let names: Vec<String> = above.iter().map(|one| format!("`{}`", one.name)).collect();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    if !names.is_empty() {
        let message = format!("versions that {}{more} may give are in no file here", names.join(", "));
        graph.manifest.elsewhere(parent, message);
    }
}

/// The only version that a requirement allows, if there is just one: `1.0`, `[1.0]`.
fn exact(version: String) -> Option<String> {
    let inner = version.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(&version);
    (!inner.contains(['[', '(', ',', ')', ']'])).then(|| inner.to_owned())
}

/// Reads a dependency; none when its name is not known.
fn dependency<'t>(
    tree: &Tree<'t>,
    element: &Element<'t>,
    text: &str,
    full: &impl Fn(&str) -> Option<String>,
) -> Option<Dependency<'t>> {
    let said = |key: &str| tree.child(element, key).map(|one| one.text).filter(|text| !text.is_empty());
    let artifact = said("artifactId");
    let (group, name) = (said("groupId").and_then(full)?, artifact.and_then(full)?);
    Some(Dependency {
        group,
        artifact: name,
        version: said("version"),
        kind: said("type").and_then(full).unwrap_or_else(|| "jar".to_owned()),
        classifier: said("classifier").and_then(full).unwrap_or_default(),
        scope: said("scope"),
        optional: said("optional") == Some("true"),
        span: artifact.map_or(element.span, |artifact| place(text, artifact)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_among};

    #[test]
    fn parents_and_lists_in_other_files() {
        let one = |name: &str, rest: &str| {
            format!("<dependency><groupId>org.x</groupId><artifactId>{name}</artifactId>{rest}</dependency>")
        };
        let project = |name: &str, parent: &str, rest: &str| {
            let parent = match parent {
                "" => "<groupId>org.x</groupId><version>7</version>".to_owned(),
                parent => {
                    let (name, place) = parent.split_once(' ').unwrap_or((parent, ""));
                    let place =
                        if place.is_empty() { String::new() } else { format!("<relativePath>{place}</relativePath>") };
                    format!(
                        "<parent><groupId>org.x</groupId><artifactId>{name}</artifactId><version>7</version>{place}</parent>"
                    )
                }
            };
            format!("<project>{parent}<artifactId>{name}</artifactId>{rest}</project>")
        };
        let managed =
            |list: &str| format!("<dependencyManagement><dependencies>{list}</dependencies></dependencyManagement>");
        let root = project(
            "root",
            "",
            &format!(
                "<properties><a>1</a><b>1</b></properties>{}<dependencies>{}</dependencies>",
                managed(
                    &[
                        one("a", "<version>${a}</version>"),
                        one("b", "<version>${b}</version><scope>test</scope>"),
                        one("list", "<version>${project.version}</version><type>pom</type><scope>import</scope>"),
                    ]
                    .concat()
                ),
                one("of-parent", "<version>1</version>"),
            ),
        );
        let middle = project("middle", "root", "<properties><b>2</b></properties>");
        let list = project(
            "list",
            "root ../pom.xml",
            &managed(
                &[
                    one("c", "<version>3.${a}</version>"),
                    one("a", "<version>none</version>"),
                    // A list that imports itself.
                    one("list", "<version>7</version><type>pom</type><scope>import</scope>"),
                ]
                .concat(),
            ),
        );
        let app = project(
            "app",
            "middle ../middle",
            &format!(
                "<properties><b>4</b></properties><dependencies>{}{}{}{}</dependencies>",
                one("a", ""),
                one("b", ""),
                one("c", ""),
                one("app", "<version>${project.version}</version>"),
            ),
        );
        let files = [("m/pom.xml", root.as_str()), ("m/middle/pom.xml", &middle), ("m/list/pom.xml", &list)];
        check_among(
            "m/app/pom.xml",
            &app,
            &files,
            "pkg:maven/org.x/a@1 Runtime direct\n\
             pkg:maven/org.x/b@4 Development direct\n\
             pkg:maven/org.x/c@3.1 Runtime direct\n\
             pkg:maven/org.x/app@7 Runtime direct\n\
             root pkg:maven/org.x/app@7",
        );
        let open = "pkg:maven/org.x/a Runtime direct\npkg:maven/org.x/b Runtime direct\npkg:maven/org.x/c Runtime direct\n\
                    pkg:maven/org.x/app@7 Runtime direct\nroot pkg:maven/org.x/app@7\n";
        let missing = |name: &str| format!("{open}gap 1 versions that `org.x:{name}` may give are in no file here");
        check_among("m/app/pom.xml", &app, &files[..1], &missing("middle"));
        check_among("m/app/pom.xml", &app, &files[1..2], &missing("root"));
        // Another project at that place, a parent of itself, one that leads out of the target.
        check_among("m/app/pom.xml", &app, &[("m/middle/pom.xml", &list)], &missing("middle"));
        for place in ["pom.xml", "../../../etc", "/etc"] {
            let text = app.replace("../middle", place);
            check_among("m/app/pom.xml", &text, &[("m/app/pom.xml", &text)], &missing("middle"));
        }
    }

    #[test]
    fn projects() {
        let one = |group: &str, name: &str, rest: &str| {
            format!("<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId>{rest}</dependency>")
        };
        let text = format!(
            "<?xml version=\"1.0\"?>\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><parent><groupId>org.up</groupId>\
             <artifactId>up</artifactId><version>7</version></parent><artifactId>app</artifactId>\
             <properties><v>1.${{w}}</v><w>2</w><loop>${{loop}}</loop></properties>\
             <dependencyManagement><dependencies>{}{}</dependencies></dependencyManagement>\n<dependencies>{}{}{}{}{}{}{}</dependencies>\
             <profiles><profile><dependencies>{}</dependencies></profile></profiles></project>",
            one("org.m", "managed", "<version>3</version><scope>test</scope>"),
            one("org.m", "bom", "<version>3</version><type>pom</type><scope>import</scope>"),
            one("org.a", "plain", "<version>${v}</version>"),
            one("org.m", "managed", ""),
            one("${project.groupId}", "sibling", "<version>${project.version}</version><optional>true</optional>"),
            one("org.b", "natives", "<version>[1.0]</version><classifier>linux</classifier><type>zip</type>"),
            one("org.c", "open", "<version>[1,2)</version><scope>provided</scope>"),
            one(
                "org.d",
                "unknown",
                "<version>${loop}</version><exclusions><exclusion><groupId>x</groupId></exclusion></exclusions>"
            ),
            one("${nowhere}", "lost", ""),
            one("org.e", "profiled", "<version>5</version>"),
        );
        check(
            "pom.xml",
            &text,
            "pkg:maven/org.a/plain@1.2 Runtime direct\n\
             pkg:maven/org.m/managed@3 Development direct\n\
             pkg:maven/org.up/sibling@7 Optional direct\n\
             pkg:maven/org.b/natives@1.0?classifier=linux&type=zip Runtime direct\n\
             pkg:maven/org.c/open Optional direct\n\
             pkg:maven/org.d/unknown Runtime direct\n\
             pkg:maven/org.e/profiled@5 Optional direct\n\
             root pkg:maven/org.up/app@7\n\
             gap 2 versions that `org.m:bom` may give are in no file here\n\
             gap 2 versions that `org.up:up` may give are in no file here\n\
             gap 3 a dependency whose name this file does not tell",
        );
        check("pom.xml", "<html></html>", "gap 1 not a project of Maven");
        check(
            "pom.xml",
            "<project><dependencies><dependency><groupId",
            "gap 1 XML that ends in the middle\ngap 1 a dependency whose name this file does not tell",
        );
    }

    #[test]
    fn properties_do_not_explode() {
        let doubled: String = (0..40).map(|n| format!("<p{n}>${{p{0}}}${{p{0}}}</p{n}>", n + 1)).collect();
        let text = format!(
            "<project><properties>{doubled}</properties><dependencies><dependency><groupId>g</groupId>\
             <artifactId>a</artifactId><version>${{p0}}</version></dependency></dependencies></project>"
        );
        check("pom.xml", &text, "pkg:maven/g/a Runtime direct");
    }
}
