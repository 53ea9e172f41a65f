//! Trivy's own JSON: vulnerabilities, misconfigurations, secrets and licences of a folder, a repository or an image.
//!
//! It does not read `Match` and `Code`, which hold excerpts.

use palisade_model::{Digest, Purl};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::kinds;
use super::lenient::or_default;
use super::{ImportError, Item, Kind, Region, Run, Vulnerable, parse, severity};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    artifact_name: String,
    #[serde(default, deserialize_with = "or_default")]
    artifact_type: String,
    #[serde(default)]
    trivy: Option<Trivy>,
    #[serde(default, deserialize_with = "or_default")]
    results: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Trivy {
    #[serde(default, deserialize_with = "or_default")]
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    #[serde(default, deserialize_with = "or_default")]
    target: String,
    #[serde(default, deserialize_with = "or_default", rename = "Type")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(default, deserialize_with = "or_default")]
    misconfigurations: Vec<Misconfiguration>,
    #[serde(default, deserialize_with = "or_default")]
    secrets: Vec<Secret>,
    #[serde(default, deserialize_with = "or_default")]
    licenses: Vec<Licence>,
    #[serde(default, deserialize_with = "or_default")]
    experimental_modified_findings: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: String,
    #[serde(default, rename = "VendorIDs", deserialize_with = "or_default")]
    vendor_ids: Vec<String>,
    pkg_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pkg_path: String,
    #[serde(default)]
    pkg_identifier: Option<Identifier>,
    #[serde(default, deserialize_with = "or_default")]
    installed_version: String,
    #[serde(default, deserialize_with = "or_default")]
    fixed_version: String,
    #[serde(default, deserialize_with = "or_default")]
    title: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: String,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(default, rename = "PURL", deserialize_with = "or_default")]
    purl: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Misconfiguration {
    #[serde(rename = "ID")]
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    title: String,
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: String,
    #[serde(default, deserialize_with = "or_default")]
    status: String,
    #[serde(default)]
    cause_metadata: Option<Cause>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cause {
    #[serde(default, deserialize_with = "or_default")]
    resource: String,
    #[serde(default, deserialize_with = "or_default")]
    start_line: u32,
    #[serde(default, deserialize_with = "or_default")]
    end_line: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Secret {
    #[serde(rename = "RuleID")]
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    title: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: String,
    #[serde(default, deserialize_with = "or_default")]
    start_line: u32,
    #[serde(default, deserialize_with = "or_default")]
    end_line: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Licence {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    pkg_name: String,
    #[serde(default, deserialize_with = "or_default")]
    file_path: String,
    #[serde(default, deserialize_with = "or_default")]
    category: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: String,
}

/// Reads a report.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Run>, ImportError> {
    let document: Document = parse(bytes, "Trivy's JSON")?;
    let mut run = Run::new("Trivy", document.trivy.as_ref().map_or("", |trivy| &trivy.version));
    run.created = document.created_at;
    run.foreign = !matches!(document.artifact_type.as_str(), "" | "filesystem" | "repository");
    run.artifact = document.artifact_name;
    let mut suppressed = 0;
    for part in document.results {
        suppressed += part.experimental_modified_findings.len();
        for one in &part.vulnerabilities {
            vulnerability(&mut run, &part, one);
        }
        for one in part.misconfigurations {
            if matches!(one.status.as_str(), "PASS" | "EXCEPTION") {
                run.results += 1;
                run.passed += 1;
                continue;
            }
            let text = if one.message.is_empty() { &one.title } else { &one.message };
            let cause = one.cause_metadata.unwrap_or_default();
            run.tell(Item {
                severity: severity(&one.severity),
                path: part.target.clone(),
                region: lines(cause.start_line, cause.end_line),
                stable: Some(Digest::of_parts(&[text.as_bytes()])),
                logical: cause.resource,
                ..Item::new(Kind::Misconfiguration, &one.id, text)
            });
        }
        for one in part.secrets {
            run.tell(Item {
                severity: severity(&one.severity),
                path: part.target.clone(),
                region: lines(one.start_line, one.end_line),
                ..Item::new(Kind::Secret, &one.id, &one.title)
            });
        }
        for one in part.licenses {
            let of = [&one.pkg_name, &one.file_path].into_iter().find(|text| !text.is_empty()).unwrap_or(&part.target);
            run.tell(Item {
                severity: severity(&one.severity),
                path: if one.file_path.is_empty() { part.target.clone() } else { one.file_path.clone() },
                logical: one.pkg_name.clone(),
                ..Item::new(
                    Kind::Licence,
                    &one.name,
                    &format!("`{of}` is under {}, a licence of the category {}", one.name, one.category),
                )
            });
        }
    }
    run.note(suppressed, "passed over by its own settings");
    Ok(vec![run])
}

fn lines(start: u32, end: u32) -> Region {
    Region { start: (start, 0), end: (end, 0) }
}

fn vulnerability(run: &mut Run, part: &Part, one: &Vulnerability) {
    let told = one.pkg_identifier.as_ref().and_then(|identifier| Purl::parse(&identifier.purl).ok());
    let purl = told.or_else(|| kinds::purl(kinds::of_trivy(&part.kind), &one.pkg_name));
    let names = std::iter::once(&one.id).chain(&one.vendor_ids).cloned().collect();
    let kind = purl.map(|purl| {
        let fixed = Some(one.fixed_version.clone()).filter(|version| !version.is_empty());
        Kind::Package(Box::new(Vulnerable { purl, version: one.installed_version.clone(), names, fixed }))
    });
    // What stands in no lock file of its own is listed under a heading, with its path beside it.
    let path = if one.pkg_path.is_empty() { &part.target } else { &one.pkg_path };
    let text = if one.title.is_empty() { "" } else { &one.title };
    let named = kind.is_some();
    run.tell(Item {
        severity: severity(&one.severity),
        path: path.clone(),
        logical: if named { String::new() } else { one.pkg_name.clone() },
        ..Item::new(kind.unwrap_or(Kind::Result), &one.id, text)
    });
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_kind_of_result_is_counted() {
        let text = r#"{
          "SchemaVersion": 2, "ArtifactName": "shop:1.2", "ArtifactType": "container_image",
          "CreatedAt": "2026-01-02T03:04:05Z", "Trivy": {"Version": "0.70.0"},
          "Results": [
            {"Target": "shop:1.2 (alpine 3.20)", "Type": "alpine", "Vulnerabilities": [
              {"VulnerabilityID": "CVE-2026-1", "PkgName": "musl", "InstalledVersion": "1.0-r1",
               "FixedVersion": "1.0-r2", "Severity": "CRITICAL"}]},
            {"Target": "app/main.tf", "Type": "terraform", "Misconfigurations": [
              {"ID": "X-1", "Title": "open", "Severity": "HIGH", "Status": "FAIL",
               "CauseMetadata": {"Resource": "a.b", "StartLine": 3, "EndLine": 4}},
              {"ID": "X-2", "Status": "PASS"}]},
            {"Target": "app/.env", "Secrets": [{"RuleID": "key", "Title": "A key", "Match": "never kept"}]},
            {"Target": "OS Packages", "Licenses": [
              {"Name": "GPL-2.0", "PkgName": "musl", "Category": "restricted", "Severity": "HIGH"}]},
            {"Target": "empty", "Vulnerabilities": null}
          ]}"#;
        let run = read(text.as_bytes()).unwrap().remove(0);
        assert_eq!((run.results, run.passed, run.items.len(), run.foreign), (5, 1, 4, true));
        let Kind::Package(package) = &run.items[0].kind else { unreachable!() };
        assert_eq!(package.purl.bare().to_string(), "pkg:apk/alpine/musl");
        assert_eq!(package.fixed.as_deref(), Some("1.0-r2"));
        assert!(!format!("{run:?}").contains("never kept"));
    }
}
