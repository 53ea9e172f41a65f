//! What kind of bill a text is, by its contents.

use palisade_model::Span;

use super::super::{GAPS_MAX, Manifest};
use super::{cyclonedx, cyclonedx_xml, spdx_tag, spdx2, spdx3};
use crate::yaml::Yaml;

/// The marks of an XML bill stand in its outermost element, before this byte.
const HEAD_BYTES: usize = 8 << 10;

/// The formats that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    CycloneDx,
    CycloneDxXml,
    Spdx2,
    Spdx2Yaml,
    Spdx2Tag,
    Spdx3,
    /// SPDX as RDF in XML, which is recognised and not read.
    Rdf,
}

/// Whether a text is a bill of materials in a format that is known.
#[must_use]
pub fn is_bom(text: &str) -> bool {
    kind(text).is_some()
}

fn kind(text: &str) -> Option<Kind> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let has = |words: &str| memchr::memmem::find(text.as_bytes(), words.as_bytes()).is_some();
    let mut head = HEAD_BYTES.min(text.len());
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    let begins = |words: &str| text.get(..head).unwrap_or(text).contains(words);
    if text.starts_with('{') {
        if has("\"bomFormat\"") && has("\"CycloneDX\"") {
            Some(Kind::CycloneDx)
        } else if has("\"spdxVersion\"") && has("\"SPDXID\"") {
            Some(Kind::Spdx2)
        } else if has("\"@context\"") && has("spdx.org/rdf/3.") {
            Some(Kind::Spdx3)
        } else {
            None
        }
    } else if text.starts_with('<') {
        if begins("http://cyclonedx.org/schema/bom/") {
            Some(Kind::CycloneDxXml)
        } else if begins("http://spdx.org/rdf/terms#") {
            Some(Kind::Rdf)
        } else {
            None
        }
    } else {
        // Comments may stand before the first tag.
        let mut lines = text.get(..head).unwrap_or("").lines().map(str::trim_end);
        if lines.clone().any(|line| line.starts_with("SPDXVersion:")) {
            Some(Kind::Spdx2Tag)
        } else if lines.any(|line| line.starts_with("spdxVersion:") || line.starts_with("SPDXID:"))
            && has("spdxVersion:")
        {
            Some(Kind::Spdx2Yaml)
        } else {
            None
        }
    }
}

/// Reads a bill; none when the text is no bill. What breaks its syntax is the first gap.
pub(in super::super) fn read(text: &str) -> Option<Manifest> {
    let by_node = |yaml: &Yaml, read: fn(crate::yaml::Node<'_>) -> Option<Manifest>| {
        let mut manifest = yaml.root().and_then(read)?;
        manifest.gaps.splice(0..0, yaml.problems().iter().cloned());
        manifest.gaps.truncate(GAPS_MAX);
        Some(manifest)
    };
    match kind(text)? {
        Kind::CycloneDx => by_node(&Yaml::parse_json(text), cyclonedx::read),
        Kind::Spdx2 => by_node(&Yaml::parse_json(text), spdx2::read),
        Kind::Spdx2Yaml => by_node(&Yaml::parse(text), spdx2::read),
        Kind::Spdx3 => by_node(&Yaml::parse_json(text), spdx3::read),
        Kind::CycloneDxXml => Some(cyclonedx_xml::read(text)),
        Kind::Spdx2Tag => Some(spdx_tag::read(text)),
        Kind::Rdf => {
            let at = text.find("http://spdx.org/rdf/terms#").unwrap_or(0);
            let message = "SPDX as RDF is not read: write the bill as JSON, or as tags and values";
            Some(Manifest::unread(Span::new(at, at + "http://spdx.org/rdf/terms#".len()), message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_decide() {
        for (text, wanted) in [
            ("{\"components\": [], \"bomFormat\": \"CycloneDX\"}", Some(Kind::CycloneDx)),
            ("\u{feff}\n{\"SPDXID\": \"x\", \"spdxVersion\": \"SPDX-2.2\"}", Some(Kind::Spdx2)),
            ("{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\"}", Some(Kind::Spdx3)),
            ("<?xml version='1.0'?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>", Some(Kind::CycloneDxXml)),
            ("<rdf:RDF xmlns:spdx=\"http://spdx.org/rdf/terms#\"/>", Some(Kind::Rdf)),
            ("# made by hand\nSPDXVersion: SPDX-2.3\n", Some(Kind::Spdx2Tag)),
            ("SPDXID: SPDXRef-DOCUMENT\nspdxVersion: SPDX-2.3\n", Some(Kind::Spdx2Yaml)),
            ("{\"name\": \"bomFormat\"}", None),
            ("<project/>", None),
            ("name: x", None),
            ("", None),
        ] {
            assert_eq!(kind(text), wanted, "{text}");
        }
    }
}
