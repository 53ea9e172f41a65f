//! Maven's `pom.xml`: what a project asks for, as far as this one file tells.
//!
//! Properties of the file are put in. A version that only a parent or an imported list gives is left open: parents
//! are other files, and merging them is not done here. Plugins of the build are not listed.

use std::collections::HashMap;

use palisade_model::{Purl, Span};

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

/// The values that `${…}` stands for.
struct Properties<'t>(HashMap<&'t str, &'t str>);

impl<'t> Properties<'t> {
    fn of(tree: &Tree<'t>, root: &Element<'t>) -> Self {
        let mut values = HashMap::new();
        let parent = tree.child(root, "parent");
        let own = |key| tree.child(root, key).map(|element| element.text);
        let inherited = |key| parent.and_then(|parent| tree.child(parent, key)).map(|element| element.text);
        let builtin = [
            ("groupId", ["project.groupId", "pom.groupId", "groupId"], "project.parent.groupId"),
            ("artifactId", ["project.artifactId", "pom.artifactId", "artifactId"], ""),
            ("version", ["project.version", "pom.version", "version"], "project.parent.version"),
        ];
        for (key, names, of_parent) in builtin {
            let own = own(key).or_else(|| inherited(key).filter(|_| key != "artifactId"));
            values.extend(own.into_iter().flat_map(|value| names.map(|name| (name, value))));
            values.extend(inherited(key).filter(|_| !of_parent.is_empty()).map(|value| (of_parent, value)));
        }
        for element in tree.at(root, &["properties"]).into_iter().flat_map(|list| tree.children(list)) {
            values.insert(element.name, element.text);
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
pub(super) fn pom(text: &str) -> Manifest {
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
    let properties = Properties::of(&tree, root);
    let full = |text: &str| properties.full(text);
    let mut read = |path: &[&str]| {
        let listed = tree.at(root, path);
        let read = listed.into_iter().filter_map(|element| dependency(&tree, element, text, &full, &mut graph));
        read.collect::<Vec<_>>()
    };
    let managed = read(&["dependencyManagement", "dependencies", "dependency"]);
    let mut asked = read(&["dependencies", "dependency"]);
    let usual = asked.len();
    asked.extend(read(&["profiles", "profile", "dependencies", "dependency"]));
    let managed: HashMap<Key, Dependency<'_>> = managed.into_iter().map(|one| (one.key(), one)).collect();
    let mut needs = Vec::new();
    for (number, one) in asked.iter().enumerate() {
        let general = managed.get(&one.key());
        let Ok(purl) = Purl::in_namespace("maven", &one.group, &one.artifact) else {
            graph.manifest.gap(one.span, format!("`{}:{}` is no name of a package", one.group, one.artifact));
            continue;
        };
        let written = one.version.or_else(|| general?.version);
        let mut purl = purl.at(&written.and_then(full).and_then(exact).unwrap_or_default());
        if one.kind != "jar" {
            purl = purl.with("type", &one.kind);
        }
        if !one.classifier.is_empty() {
            purl = purl.with("classifier", &one.classifier);
        }
        let mut package = Package::new(purl, one.span);
        package.version_span = written.map(|written| place(text, written));
        let scope = one.scope.or_else(|| general?.scope);
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
    let named = |key| properties.0.get(key).and_then(|text| full(text));
    let purl = named("project.groupId").zip(named("project.artifactId"));
    let purl = purl.and_then(|(group, name)| Purl::in_namespace("maven", &group, &name).ok());
    graph.finish(vec![(purl.map(|purl| purl.at(&named("project.version").unwrap_or_default())), needs)])
}

/// The only version that a requirement allows, if there is just one: `1.0`, `[1.0]`.
fn exact(version: String) -> Option<String> {
    let inner = version.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(&version);
    (!inner.contains(['[', '(', ',', ')', ']'])).then(|| inner.to_owned())
}

fn dependency<'t>(
    tree: &Tree<'t>,
    element: &Element<'t>,
    text: &str,
    full: &impl Fn(&str) -> Option<String>,
    graph: &mut Graph,
) -> Option<Dependency<'t>> {
    let said = |key: &str| tree.child(element, key).map(|one| one.text).filter(|text| !text.is_empty());
    let artifact = said("artifactId");
    let (Some(group), Some(name)) = (said("groupId").and_then(full), artifact.and_then(full)) else {
        graph.manifest.elsewhere(element.span, "a dependency whose name this file does not tell");
        return None;
    };
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
    use super::super::tests::check;

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
