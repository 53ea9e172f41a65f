//! SPDX 2.2 and 2.3 as tags and values, a line each; a value between `<text>` and `</text>` may have more.

use palisade_model::Span;

use super::super::Manifest;
use super::super::lines::place;
use super::spdx2::{Document, Package, Relationship, is_purl};

/// What the tags that follow belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Document,
    Package,
    /// A file, a snippet, a review: not listed.
    Other,
    Licence,
}

/// Reads a document.
pub(super) fn read(text: &str) -> Manifest {
    let mut document = Document::default();
    let mut section = Section::Document;
    let mut licence = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let span = place(text, line);
        let Some((tag, value)) = line.split_once(':') else {
            document.faults.push((span, "a line that is no tag with a value".to_owned()));
            continue;
        };
        let mut value = value.trim();
        if let Some(begun) = value.strip_prefix("<text>") {
            // The value goes on until its end, however many lines that is.
            let start = place(text, begun).start as usize;
            match text.get(start..).and_then(|tail| tail.find("</text>").map(|end| (tail.get(..end), end))) {
                Some((inner, end)) => {
                    value = inner.unwrap_or("").trim();
                    let tail = text.get(start + end..).unwrap_or("");
                    rest = tail.split_once('\n').map_or("", |(_, after)| after);
                }
                None => {
                    document.faults.push((span, "a text without an end: nothing after it is read".to_owned()));
                    break;
                }
            }
        }
        let value_span = if value.is_empty() { span } else { place(text, value) };
        match tag.trim() {
            "SPDXVersion" => (document.version, document.version_span) = (Some(value.to_owned()), span),
            "DocumentName" => document.name = value.to_owned(),
            "Creator" => document.creators.push(value.to_owned()),
            "Created" => document.created = Some(value.to_owned()),
            "PackageName" => {
                section = Section::Package;
                document.packages.push(Package { name: value.to_owned(), span: value_span, ..Package::default() });
            }
            "FileName" | "SnippetSPDXID" | "SnippetSPDXIdentifier" => {
                section = Section::Other;
                if tag != "FileName" {
                    document.others.push(value.to_owned());
                }
            }
            "LicenseID" => {
                section = Section::Licence;
                value.clone_into(&mut licence);
            }
            "LicenseName" if section == Section::Licence => {
                document.licences.insert(licence.clone(), value.to_owned());
            }
            "Relationship" => relationship(&mut document, value, span),
            "SPDXID" if section != Section::Package => document.others.push(value.to_owned()),
            tag if section == Section::Package => {
                if let Some(package) = document.packages.last_mut() {
                    of_package(package, tag, value, value_span);
                }
            }
            _ => {}
        }
    }
    document.finish()
}

fn relationship(document: &mut Document, value: &str, span: Span) {
    let mut words = value.split_ascii_whitespace().map(str::to_owned);
    match (words.next(), words.next(), words.next()) {
        (Some(from), Some(kind), Some(to)) => document.relationships.push(Relationship { from, kind, to, span }),
        _ => document.faults.push((span, "a relationship without its two ends and its type".to_owned())),
    }
}

fn of_package(package: &mut Package, tag: &str, value: &str, span: Span) {
    match tag {
        "SPDXID" => value.clone_into(&mut package.id),
        "PackageVersion" => (package.version, package.version_span) = (Some(value.to_owned()), Some(span)),
        "PackageDownloadLocation" => package.download = Some(value.to_owned()),
        "PackageLicenseDeclared" => package.declared = Some(value.to_owned()),
        "PackageLicenseConcluded" => package.concluded = Some(value.to_owned()),
        "PrimaryPackagePurpose" => package.purpose = Some(value.to_owned()),
        "PackageChecksum" => {
            if let Some((algorithm, hex)) = value.split_once(':') {
                package.checksums.push((algorithm.trim().to_owned(), hex.trim().to_owned()));
            }
        }
        "ExternalRef" => {
            let mut words = value.split_ascii_whitespace();
            if let (Some(_), Some(kind), Some(locator)) = (words.next(), words.next(), words.next())
                && is_purl(kind)
            {
                package.purls.push(locator.to_owned());
            }
        }
        _ => {}
    }
}
