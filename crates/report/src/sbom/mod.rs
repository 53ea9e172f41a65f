//! A bill of materials in the formats that others read. The same bill gives the same bytes.

mod cyclonedx;
mod diff;
mod human;
mod spdx2;
mod spdx3;
mod xml;

use std::io;
use std::str::FromStr;

use palisade_inventory::licence::Expression;
use palisade_inventory::package::{Bill, Component, Hash};
use palisade_model::{Digest, Timestamp};
use serde::Serialize;

use crate::style::Style;

pub use diff::{DiffFormat, DiffSide, SbomDiff, write_sbom_diff};

/// The formats of a bill of materials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SbomFormat {
    /// A table for a person.
    Human,
    /// CycloneDX 1.6 as JSON, also under the name `json`.
    CycloneDx16,
    /// CycloneDX 1.7 as JSON.
    CycloneDx17,
    /// CycloneDX 1.6 as XML.
    CycloneDx16Xml,
    /// CycloneDX 1.7 as XML.
    CycloneDx17Xml,
    /// SPDX 2.3 as JSON.
    Spdx2,
    /// SPDX 2.3 as tags and values.
    Spdx2Tag,
    /// SPDX 3.0 as JSON-LD.
    Spdx3,
}

/// Names on the command line, in the order of the documentation; the first of a format is the one it is known by.
const NAMES: [(&str, SbomFormat); 12] = [
    ("human", SbomFormat::Human),
    ("json", SbomFormat::CycloneDx16),
    ("cyclonedx", SbomFormat::CycloneDx16),
    ("cyclonedx-1.6", SbomFormat::CycloneDx16),
    ("cyclonedx-1.7", SbomFormat::CycloneDx17),
    ("cyclonedx-xml", SbomFormat::CycloneDx16Xml),
    ("cyclonedx-1.6-xml", SbomFormat::CycloneDx16Xml),
    ("cyclonedx-1.7-xml", SbomFormat::CycloneDx17Xml),
    ("spdx", SbomFormat::Spdx2),
    ("spdx-2.3", SbomFormat::Spdx2),
    ("spdx-tag", SbomFormat::Spdx2Tag),
    ("spdx-3.0", SbomFormat::Spdx3),
];

/// A word that is no format of a bill.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no format of a bill of materials; one of {known} is", known = SbomFormat::names().join(", "))]
pub struct UnknownSbomFormat(String);

impl SbomFormat {
    /// Every name on the command line.
    #[must_use]
    pub fn names() -> [&'static str; NAMES.len()] {
        NAMES.map(|(name, _)| name)
    }
}

impl FromStr for SbomFormat {
    type Err = UnknownSbomFormat;

    fn from_str(text: &str) -> Result<Self, UnknownSbomFormat> {
        let found = NAMES.iter().find(|(name, _)| *name == text);
        found.map(|(_, format)| *format).ok_or_else(|| UnknownSbomFormat(text.to_owned()))
    }
}

/// What a component is, in a word of both CycloneDX and SPDX 3.
fn kind_of(component: &Component) -> &'static str {
    match component.purl.kind() {
        _ if component.own => "application",
        "docker" | "oci" => "container",
        _ => "library",
    }
}

/// A bill and what is said about it.
#[derive(Clone, Debug)]
pub struct Sbom<'a> {
    /// What the target is called.
    pub name: String,
    /// Its version, when it is known.
    pub version: Option<String>,
    /// Whether it is a container image, and the digests of its layers.
    pub layers: Option<&'a [String]>,
    /// Its packages.
    pub bill: &'a Bill,
    /// When the target was as it is: of its commit, or as the user says.
    pub time: Option<Timestamp>,
    /// Now, for the format that cannot be without a time.
    pub now: Timestamp,
}

/// Writes a bill in a format.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_sbom(out: &mut dyn io::Write, sbom: &Sbom<'_>, format: SbomFormat, style: Style) -> io::Result<()> {
    match format {
        SbomFormat::Human => human::write(out, sbom, style),
        SbomFormat::CycloneDx16 => json(out, &cyclonedx::Document::new(sbom, "1.6")),
        SbomFormat::CycloneDx17 => json(out, &cyclonedx::Document::new(sbom, "1.7")),
        SbomFormat::CycloneDx16Xml => xml::write(out, &cyclonedx::Document::new(sbom, "1.6")),
        SbomFormat::CycloneDx17Xml => xml::write(out, &cyclonedx::Document::new(sbom, "1.7")),
        SbomFormat::Spdx2 => json(out, &spdx2::Document::new(sbom)),
        SbomFormat::Spdx2Tag => spdx2::Document::new(sbom).write_tags(out),
        SbomFormat::Spdx3 => json(out, &spdx3::document(sbom)),
    }
}

fn json(out: &mut dyn io::Write, document: &impl Serialize) -> io::Result<()> {
    crate::json::write_pretty(document, out)
}

impl Sbom<'_> {
    /// The time of the document where a format wants one.
    fn created(&self) -> String {
        self.time.unwrap_or(self.now).rfc3339()
    }

    /// A UUID that follows from what the bill holds (RFC 9562, version 8), so that equal bills are one document.
    fn uuid(&self, format: &str) -> String {
        let time = self.time.map(Timestamp::rfc3339).unwrap_or_default();
        let mut parts = vec![format.to_owned(), self.name.clone(), self.version.clone().unwrap_or_default(), time];
        for component in &self.bill.components {
            let needs: Vec<String> = component.needs.iter().map(u32::to_string).collect();
            let hashes: Vec<&str> = component.hashes.iter().map(|hash| hash.hex.as_str()).collect();
            let places: Vec<String> =
                component.places.iter().map(|place| format!("{}:{}", place.path, place.line)).collect();
            parts.push(format!(
                "{} {:?} {} {} {} {:?}",
                component.purl,
                component.scope,
                needs.join(","),
                hashes.join(","),
                places.join(","),
                component.licences,
            ));
        }
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        let hex = Digest::of_parts(&parts).to_string();
        let mut digits: Vec<char> = hex.chars().take(32).collect();
        // The version, and the two bits of the variant.
        for (at, digit) in [(12, '8'), (16, 'a')] {
            if let Some(slot) = digits.get_mut(at) {
                *slot = digit;
            }
        }
        let groups = [8, 4, 4, 4, 12].into_iter().scan(0, |start, length| {
            *start += length;
            Some(digits.iter().skip(*start - length).take(length).collect::<String>())
        });
        groups.collect::<Vec<_>>().join("-")
    }
}

/// How a standard spells the names of digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    /// `SHA-256`, `SHA3-256`, `BLAKE2b-256`.
    CycloneDx,
    /// `SHA256`, `SHA3-256`, `BLAKE2b-256`.
    Spdx2,
    /// `sha256`, `sha3_256`, `blake2b256`.
    Spdx3,
}

/// The digests of a component's archives that a standard has names for, with those names; Go's own is of no archive.
fn digests(component: &Component, spelling: Spelling) -> impl Iterator<Item = (String, &Hash)> {
    component.hashes.iter().filter_map(move |hash| {
        let (name, bits) = hash.algorithm.split_once('-').unwrap_or((hash.algorithm, ""));
        let name = match (spelling, name) {
            (_, "h1") => return None,
            // CycloneDX has no name for it.
            (Spelling::CycloneDx, "sha224") => return None,
            (Spelling::Spdx3, "blake2b") => format!("blake2b{bits}"),
            (Spelling::Spdx3, "sha3") => format!("sha3_{bits}"),
            (Spelling::Spdx3, _) => name.to_owned(),
            (_, "blake2b") => format!("BLAKE2b-{bits}"),
            (_, "sha3") => format!("SHA3-{bits}"),
            (Spelling::CycloneDx, _) => match name.strip_prefix("sha") {
                Some(bits) => format!("SHA-{bits}"),
                None => name.to_ascii_uppercase(),
            },
            (Spelling::Spdx2, _) => name.to_ascii_uppercase(),
        };
        Some((name, hash))
    })
}

/// A licence as a standard expression, when it is one: `MIT`, `Apache-2.0 OR MIT`. What is only alike stays what it is.
fn expression(component: &Component) -> Option<String> {
    let each = component.licences.iter().map(|text| Expression::parse(text).ok().filter(Expression::is_spdx));
    let mut each = each.collect::<Option<Vec<Expression>>>()?;
    match each.len() {
        0 => None,
        1 => each.pop().map(|one| one.to_string()),
        _ => Some(Expression::all(each).to_string()),
    }
}
