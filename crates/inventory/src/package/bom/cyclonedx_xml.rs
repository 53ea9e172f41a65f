//! CycloneDX 1.0 to 1.7 as XML.

use palisade_model::{Purl, Span};

use super::super::{About, Manifest, Scope, Source};
use super::cyclonedx::{NO_PACKAGES, scope, source, version};
use super::{Draft, MAKER, Need, Part, hashes, time};
use crate::xml::{Element, Tree, unescaped};

/// Reads a document; where it breaks, what stood before is read.
pub(super) fn read(text: &str) -> Manifest {
    let (tree, fault) = Tree::parse(text);
    let Some(root) = tree.root().filter(|root| root.name == "bom") else {
        let (at, message) = fault.unwrap_or((0, "its outermost element is not `bom`"));
        return Manifest::unread(Span::new(at, at + 1), message);
    };
    let reader = Reader { tree: &tree };
    let mut draft = Draft { scoped: true, ..Draft::default() };
    if let Some((at, message)) = fault {
        draft.gap(Span::new(at, at + 1), message);
    }
    let space = root.get("xmlns").or_else(|| root.value_that_begins("http://cyclonedx.org/schema/bom/")).unwrap_or("");
    version(&mut draft, space.rsplit('/').next().filter(|text| !text.is_empty()), root.span);
    if let Some(metadata) = tree.child(root, "metadata") {
        let tools = [&["tools", "components", "component"] as &[&str], &["tools", "tool"]];
        draft.ours = tools.iter().any(|path| {
            tree.at(metadata, path).into_iter().any(|tool| reader.text(tool, "name").as_deref() == Some(MAKER))
        });
        let created = time(reader.text(metadata, "timestamp").as_deref());
        if let Some(component) = tree.child(metadata, "component") {
            let name = reader.text(component, "name").unwrap_or_default();
            draft.about = Some(About { name, version: reader.text(component, "version"), created, ..About::default() });
            let purl = reader.text(component, "purl").and_then(|text| Purl::parse(&text).ok());
            draft.subject = Some((component.get("bom-ref").map(unescaped).unwrap_or_default(), purl));
            reader.parts(&mut draft, component);
        } else {
            draft.about = created.map(|created| About { created: Some(created), ..About::default() });
        }
    }
    reader.parts(&mut draft, root);
    reader.services(&mut draft, root);
    for entry in tree.at(root, &["dependencies", "dependency"]) {
        let Some(from) = entry.get("ref").map(unescaped) else { continue };
        for to in tree.children(entry).filter(|one| one.name == "dependency") {
            if let Some(reference) = to.get("ref").map(unescaped) {
                draft.needs.push(Need { from: from.clone(), to: reference, scope: Scope::Runtime, span: to.span });
            }
        }
    }
    draft.finish()
}

struct Reader<'r, 't> {
    tree: &'r Tree<'t>,
}

impl<'t> Reader<'_, 't> {
    fn text(&self, of: &Element<'t>, name: &str) -> Option<String> {
        self.tree.child(of, name).map(|child| unescaped(child.text)).filter(|text| !text.is_empty())
    }

    /// Components within an element; the tree bounds how deep they are nested.
    fn parts(&self, draft: &mut Draft, of: &Element<'t>) {
        for component in self.tree.at(of, &["components", "component"]) {
            self.part(draft, component);
            self.parts(draft, component);
        }
    }

    fn services(&self, draft: &mut Draft, of: &Element<'t>) {
        for service in self.tree.at(of, &["services", "service"]) {
            draft.others.extend(service.get("bom-ref").map(unescaped));
            self.services(draft, service);
        }
    }

    fn part(&self, draft: &mut Draft, element: &Element<'t>) {
        let properties = self.tree.at(element, &["properties", "property"]);
        let property =
            |name: &str| properties.iter().find(|one| one.get("name") == Some(name)).map(|one| unescaped(one.text));
        let reference = element.get("bom-ref").map(unescaped);
        let purl = self.text(element, "purl");
        if purl.is_none() && NO_PACKAGES.contains(&element.get("type").unwrap_or("library")) {
            draft.others.extend(reference);
            return;
        }
        let span = self.tree.child(element, "name").unwrap_or(element).span;
        let written = self.tree.at(element, &["hashes", "hash"]);
        let written = written.iter().map(|one| (one.get("alg").unwrap_or(""), one.text));
        let mut part = Part {
            reference,
            group: self.text(element, "group"),
            name: self.text(element, "name").unwrap_or_default(),
            version: self.text(element, "version"),
            purls: purl.into_iter().collect(),
            scope: scope(self.text(element, "scope").as_deref(), property("cdx:npm:package:development").as_deref()),
            hashes: hashes(written, span, draft),
            licences: self.licences(element),
            span,
            version_span: self.tree.child(element, "version").map(|version| version.span),
            ..Part::default()
        };
        if draft.ours {
            part.direct = property("palisade:direct").map(|value| value == "true");
            part.own = property("palisade:own").as_deref() == Some("true");
            part.scripts = property("palisade:scripts").as_deref() == Some("true");
            let references = self.tree.at(element, &["externalReferences", "reference"]);
            let found = references.iter().find_map(|one| source(one.get("type")?, &self.text(one, "url")?));
            part.source = Some(found.unwrap_or(Source::Registry));
        }
        draft.parts.push(part);
    }

    fn licences(&self, element: &Element<'t>) -> Vec<String> {
        let mut found = Vec::new();
        for choice in self.tree.at(element, &["licenses"]).into_iter().flat_map(|list| self.tree.children(list)) {
            let concluded = choice.get("acknowledgement") == Some("concluded");
            let text = match choice.name {
                "expression" => Some(unescaped(choice.text)),
                _ => self.text(choice, "id").or_else(|| self.text(choice, "name")),
            };
            found.extend(text.map(|text| (concluded, text)));
        }
        let any_declared = found.iter().any(|(concluded, _)| !concluded);
        found.into_iter().filter(|(concluded, _)| !(*concluded && any_declared)).map(|(_, text)| text).collect()
    }
}
