//! CycloneDX as XML: the same document, elements in the order that its schema wants.

use std::io::{self, Write};

use super::cyclonedx::{Document, Licence, Part};
use crate::xml::escape;

pub(super) fn write(out: &mut dyn Write, document: &Document) -> io::Result<()> {
    let mut out = Elements { out, depth: 0 };
    out.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let (version, serial) = (document.spec_version, &document.serial_number);
    let name = format!("xmlns=\"http://cyclonedx.org/schema/bom/{version}\" serialNumber=\"{serial}\" version=\"1\"");
    out.within("bom", &name, |out| {
        out.within("metadata", "", |out| {
            let metadata = &document.metadata;
            if let Some(timestamp) = &metadata.timestamp {
                out.leaf("timestamp", "", timestamp)?;
            }
            out.within("lifecycles", "", |out| {
                metadata
                    .lifecycles
                    .iter()
                    .try_for_each(|one| out.within("lifecycle", "", |out| out.leaf("phase", "", one.phase)))
            })?;
            out.within("tools", "", |out| {
                out.within("components", "", |out| metadata.tools.components.iter().try_for_each(|one| part(out, one)))
            })?;
            part(out, &metadata.component)
        })?;
        out.within("components", "", |out| document.components.iter().try_for_each(|one| part(out, one)))?;
        out.within("dependencies", "", |out| {
            document.dependencies.iter().try_for_each(|one| {
                out.within("dependency", &attribute("ref", &one.reference), |out| {
                    one.depends_on.iter().try_for_each(|to| out.leaf("dependency", &attribute("ref", to), ""))
                })
            })
        })?;
        out.within("compositions", "", |out| {
            document.compositions.iter().try_for_each(|one| {
                out.within("composition", "", |out| {
                    out.leaf("aggregate", "", one.aggregate)?;
                    out.within("assemblies", "", |out| {
                        one.assemblies.iter().try_for_each(|to| out.leaf("assembly", &attribute("ref", to), ""))
                    })
                })
            })
        })
    })
}

fn part(out: &mut Elements<'_>, part: &Part) -> io::Result<()> {
    let reference = if part.reference.is_empty() { String::new() } else { attribute("bom-ref", &part.reference) };
    out.within("component", format!("{} {reference}", attribute("type", part.kind)).trim_end(), |out| {
        if let Some(group) = &part.group {
            out.leaf("group", "", group)?;
        }
        out.leaf("name", "", &part.name)?;
        if let Some(version) = &part.version {
            out.leaf("version", "", version)?;
        }
        if let Some(scope) = part.scope {
            out.leaf("scope", "", scope)?;
        }
        out.list("hashes", &part.hashes, |out, hash| out.leaf("hash", &attribute("alg", &hash.alg), &hash.content))?;
        out.list("licenses", &part.licenses, |out, licence| match licence {
            Licence::Expression(text) => out.leaf("expression", "", text),
            Licence::License { name } => out.within("license", "", |out| out.leaf("name", "", name)),
        })?;
        if let Some(purl) = &part.purl {
            out.leaf("purl", "", purl)?;
        }
        out.list("externalReferences", &part.external_references, |out, one| {
            out.within("reference", &attribute("type", one.kind), |out| out.leaf("url", "", &one.url))
        })?;
        out.list("properties", &part.properties, |out, one| {
            out.leaf("property", &attribute("name", one.name), &one.value)
        })?;
        let Some(evidence) = &part.evidence else { return Ok(()) };
        out.within("evidence", "", |out| {
            out.list("occurrences", &evidence.occurrences, |out, one| {
                out.within("occurrence", "", |out| {
                    out.leaf("location", "", &one.location)?;
                    out.leaf("line", "", &one.line.to_string())
                })
            })
        })
    })
}

fn attribute(name: &str, value: &str) -> String {
    format!("{name}=\"{}\"", escape(value))
}

/// Writes elements one on a line.
struct Elements<'o> {
    out: &'o mut dyn Write,
    depth: usize,
}

impl Elements<'_> {
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{:1$}{text}", "", self.depth * 2)
    }

    fn leaf(&mut self, name: &str, attributes: &str, text: &str) -> io::Result<()> {
        let gap = if attributes.is_empty() { "" } else { " " };
        match text {
            "" => self.line(&format!("<{name}{gap}{attributes}/>")),
            text => self.line(&format!("<{name}{gap}{attributes}>{}</{name}>", escape(text))),
        }
    }

    fn within(
        &mut self,
        name: &str,
        attributes: &str,
        inner: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let gap = if attributes.is_empty() { "" } else { " " };
        self.line(&format!("<{name}{gap}{attributes}>"))?;
        self.depth += 1;
        inner(self)?;
        self.depth -= 1;
        self.line(&format!("</{name}>"))
    }

    /// A list that is left out when it is empty.
    fn list<T>(
        &mut self,
        name: &str,
        items: &[T],
        mut each: impl FnMut(&mut Self, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        self.within(name, "", |out| items.iter().try_for_each(|item| each(out, item)))
    }
}
