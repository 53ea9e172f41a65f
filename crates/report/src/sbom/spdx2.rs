//! SPDX 2.3, as JSON and as tags with values.

use std::io::{self, Write};

use palisade_inventory::package::{Component, Scope, Source};
use palisade_model::Digest;
use serde::Serialize;

use super::{Sbom, Spelling, digests, expression};
use crate::VERSION;
use crate::text::visible;

/// What nobody has looked at.
const UNKNOWN: &str = "NOASSERTION";

/// The identity of the document and of what it is about.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";
const TARGET: &str = "SPDXRef-Target";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    spdx_version: &'static str,
    data_license: &'static str,
    #[serde(rename = "SPDXID")]
    id: &'static str,
    name: String,
    document_namespace: String,
    creation_info: Creation,
    packages: Vec<Package>,
    relationships: Vec<Relationship>,
}

#[derive(Debug, Serialize)]
struct Creation {
    created: String,
    creators: [String; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "SPDXID")]
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_info: Option<String>,
    download_location: String,
    files_analyzed: bool,
    license_concluded: &'static str,
    license_declared: String,
    copyright_text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_info: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checksums: Vec<Checksum>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_refs: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_package_purpose: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Checksum {
    algorithm: String,
    checksum_value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    reference_category: &'static str,
    reference_type: &'static str,
    reference_locator: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: String,
    relationship_type: &'static str,
    related_spdx_element: String,
}

impl Document {
    pub(super) fn new(sbom: &Sbom<'_>) -> Self {
        let ids: Vec<String> = sbom.bill.components.iter().map(id).collect();
        let link = |from: &str, kind, to: &str| Relationship {
            spdx_element_id: from.to_owned(),
            relationship_type: kind,
            related_spdx_element: to.to_owned(),
        };
        let mut relationships = vec![link(DOCUMENT, "DESCRIBES", TARGET)];
        let named = |at: &u32| Some((ids.get(*at as usize)?, sbom.bill.components.get(*at as usize)?));
        for (to, component) in sbom.bill.direct.iter().filter_map(named) {
            // The standard turns the arrow for what is not there in production.
            relationships.push(match component.scope {
                Scope::Runtime => link(TARGET, "DEPENDS_ON", to),
                Scope::Optional => link(to, "OPTIONAL_DEPENDENCY_OF", TARGET),
                Scope::Development => link(to, "DEV_DEPENDENCY_OF", TARGET),
            });
        }
        for (component, from) in sbom.bill.components.iter().zip(&ids) {
            let needs = component.needs.iter().filter_map(named);
            relationships.extend(needs.map(|(to, _)| link(from, "DEPENDS_ON", to)));
        }
        let mut packages = vec![Package::target(sbom)];
        packages.extend(sbom.bill.components.iter().zip(&ids).map(|(component, id)| Package::of(component, id)));
        Self {
            spdx_version: "SPDX-2.3",
            data_license: "CC0-1.0",
            id: DOCUMENT,
            name: sbom.name.clone(),
            document_namespace: format!("urn:uuid:{}", sbom.uuid("SPDX-2.3")),
            creation_info: Creation { created: sbom.created(), creators: [format!("Tool: palisade-{VERSION}")] },
            packages,
            relationships,
        }
    }

    pub(super) fn write_tags(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        let mut tag = |name: &str, value: &str| writeln!(out, "{name}: {}", visible(value));
        tag("SPDXVersion", self.spdx_version)?;
        tag("DataLicense", self.data_license)?;
        tag("SPDXID", self.id)?;
        tag("DocumentName", &self.name)?;
        tag("DocumentNamespace", &self.document_namespace)?;
        tag("Creator", &self.creation_info.creators.join(", "))?;
        tag("Created", &self.creation_info.created)?;
        for package in &self.packages {
            tag("\nPackageName", &package.name)?;
            tag("SPDXID", &package.id)?;
            if let Some(version) = &package.version_info {
                tag("PackageVersion", version)?;
            }
            tag("PackageDownloadLocation", &package.download_location)?;
            tag("FilesAnalyzed", if package.files_analyzed { "true" } else { "false" })?;
            for checksum in &package.checksums {
                tag("PackageChecksum", &format!("{}: {}", checksum.algorithm, checksum.checksum_value))?;
            }
            if let Some(source) = &package.source_info {
                tag("PackageSourceInfo", &format!("<text>{source}</text>"))?;
            }
            tag("PackageLicenseConcluded", package.license_concluded)?;
            tag("PackageLicenseDeclared", &package.license_declared)?;
            tag("PackageCopyrightText", package.copyright_text)?;
            for one in &package.external_refs {
                let words = [one.reference_category, one.reference_type, &one.reference_locator];
                tag("ExternalRef", &words.join(" "))?;
            }
            if let Some(purpose) = package.primary_package_purpose {
                tag("PrimaryPackagePurpose", purpose)?;
            }
        }
        tag("\nRelationship", &self.relationships.first().map(Relationship::words).unwrap_or_default())?;
        for one in self.relationships.iter().skip(1) {
            tag("Relationship", &one.words())?;
        }
        out.flush()
    }
}

impl Relationship {
    fn words(&self) -> String {
        format!("{} {} {}", self.spdx_element_id, self.relationship_type, self.related_spdx_element)
    }
}

impl Package {
    fn target(sbom: &Sbom<'_>) -> Self {
        Self {
            id: TARGET.to_owned(),
            name: sbom.name.clone(),
            version_info: sbom.version.clone(),
            download_location: UNKNOWN.to_owned(),
            files_analyzed: false,
            license_concluded: UNKNOWN,
            license_declared: UNKNOWN.to_owned(),
            copyright_text: UNKNOWN,
            source_info: None,
            checksums: Vec::new(),
            external_refs: Vec::new(),
            primary_package_purpose: Some("APPLICATION"),
        }
    }

    fn of(component: &Component, id: &str) -> Self {
        let checksums = digests(component, Spelling::Spdx2)
            .map(|(algorithm, hash)| Checksum { algorithm, checksum_value: hash.hex.clone() });
        let places: Vec<String> =
            component.places.iter().map(|place| format!("{} line {}", place.path, place.line)).collect();
        Self {
            id: id.to_owned(),
            name: component.purl.full_name(),
            version_info: component.purl.version().map(str::to_owned),
            download_location: download(component).unwrap_or_else(|| UNKNOWN.to_owned()),
            files_analyzed: false,
            license_concluded: UNKNOWN,
            // A text that is no expression would need a definition of its own; it is in CycloneDX's form.
            license_declared: expression(component).unwrap_or_else(|| UNKNOWN.to_owned()),
            copyright_text: UNKNOWN,
            source_info: Some(format!("named in {}", places.join(", "))),
            checksums: checksums.collect(),
            external_refs: vec![Reference {
                reference_category: "PACKAGE-MANAGER",
                reference_type: "purl",
                reference_locator: component.purl.to_string(),
            }],
            primary_package_purpose: Some(if component.own { "APPLICATION" } else { "LIBRARY" }),
        }
    }
}

/// Where sources or an archive of the component lie, in the form that the standard wants.
fn download(component: &Component) -> Option<String> {
    component.sources.iter().find_map(|source| {
        let (url, is_repository) = match source {
            Source::Repository(url) => (url, true),
            Source::Address(url) => (url, false),
            _ => return None,
        };
        let plain = !url.contains(|c: char| c.is_whitespace() || c.is_control()) && url.contains("://");
        let prefix = if is_repository && !url.starts_with("git+") && !url.starts_with("git:") { "git+" } else { "" };
        plain.then(|| format!("{prefix}{url}"))
    })
}

/// An identity that follows from the package alone: the standard allows letters, digits, `.` and `-` only.
fn id(component: &Component) -> String {
    let name: String =
        component.purl.name().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
    let digest = Digest::of_parts(&[component.purl.to_string().as_bytes()]).to_string();
    format!("SPDXRef-{}-{name}-{}", component.purl.kind().replace('+', "-"), digest.get(..16).unwrap_or(&digest))
}
