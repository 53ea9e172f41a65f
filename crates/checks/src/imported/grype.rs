//! Grype's JSON: vulnerabilities of packages in an image or a folder.

use palisade_model::Purl;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::lenient::or_default;
use super::{ImportError, Item, Kind, Run, Vulnerable, kinds, parse, severity};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default, deserialize_with = "or_default")]
    matches: Vec<Match>,
    #[serde(default, deserialize_with = "or_default")]
    ignored_matches: Vec<IgnoredAny>,
    #[serde(default)]
    source: Option<Source>,
    #[serde(default)]
    descriptor: Option<Descriptor>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    kind: String,
    #[serde(default)]
    target: Option<Target>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Target {
    Path(String),
    Image {
        #[serde(default, rename = "userInput", deserialize_with = "or_default")]
        user_input: String,
    },
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct Descriptor {
    #[serde(default, deserialize_with = "or_default")]
    version: String,
    #[serde(default)]
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Match {
    vulnerability: Vulnerability,
    #[serde(default, deserialize_with = "or_default")]
    related_vulnerabilities: Vec<Related>,
    artifact: Artifact,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: String,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
    #[serde(default, deserialize_with = "or_default")]
    fix: Fix,
}

#[derive(Deserialize)]
struct Related {
    #[serde(default, deserialize_with = "or_default")]
    id: String,
}

#[derive(Default, Deserialize)]
struct Fix {
    #[serde(default, deserialize_with = "or_default")]
    versions: Vec<String>,
}

#[derive(Deserialize)]
struct Artifact {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    version: String,
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    purl: String,
    #[serde(default, deserialize_with = "or_default")]
    locations: Vec<Location>,
}

#[derive(Deserialize)]
struct Location {
    #[serde(default, deserialize_with = "or_default")]
    path: String,
}

/// Reads a report.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Run>, ImportError> {
    let document: Document = parse(bytes, "Grype's JSON")?;
    let mut run = Run::new("Grype", document.descriptor.as_ref().map_or("", |descriptor| &descriptor.version));
    run.created = document.descriptor.and_then(|descriptor| descriptor.timestamp);
    if let Some(source) = document.source {
        run.foreign = source.kind == "image";
        run.artifact = match source.target {
            Some(Target::Path(path)) => path,
            Some(Target::Image { user_input }) => user_input,
            Some(Target::Other(_)) | None => String::new(),
        };
    }
    for one in document.matches {
        let artifact = one.artifact;
        let purl =
            Purl::parse(&artifact.purl).ok().or_else(|| kinds::purl(kinds::of_grype(&artifact.kind), &artifact.name));
        let id = &one.vulnerability.id;
        let mut others = one.related_vulnerabilities.into_iter().map(|related| related.id).filter(|other| other != id);
        // A distribution's advisory may cover many names: only one makes it the same fault.
        let other = others.next().filter(|_| others.next().is_none());
        let names = std::iter::once(id.clone()).chain(other).collect();
        let fixed = one.vulnerability.fix.versions.into_iter().next();
        let kind =
            purl.map(|purl| Kind::Package(Box::new(Vulnerable { purl, version: artifact.version, names, fixed })));
        let logical = if kind.is_some() { String::new() } else { artifact.name };
        // Paths are told as if the folder were the root.
        let path = artifact.locations.into_iter().next().map_or(String::new(), |location| location.path);
        let path = if run.foreign { path } else { path.trim_start_matches('/').to_owned() };
        run.tell(Item {
            severity: severity(&one.vulnerability.severity),
            path,
            logical,
            ..Item::new(kind.unwrap_or(Kind::Result), &one.vulnerability.id, &one.vulnerability.description)
        });
    }
    run.note(document.ignored_matches.len(), "passed over by its own settings");
    Ok(vec![run])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn one_other_name_is_the_same_fault_and_many_are_not() {
        let names = |related: &str| {
            let text = format!(
                r#"{{"source": {{"type": "image", "target": {{"userInput": "shop:1"}}}}, "ignoredMatches": [{{}}],
                "matches": [{{"vulnerability": {{"id": "GHSA-1", "severity": "Medium", "fix": {{"versions": null}}}},
                "relatedVulnerabilities": [{related}],
                "artifact": {{"name": "a", "version": "1", "purl": "pkg:npm/a@1"}}}}]}}"#
            );
            let run = read(text.as_bytes()).unwrap().remove(0);
            assert_eq!((run.foreign, run.artifact.as_str(), run.notes.len()), (true, "shop:1", 1));
            match run.items.into_iter().next().map(|item| item.kind) {
                Some(Kind::Package(package)) => package.names,
                other => vec![format!("{other:?}")],
            }
        };
        assert_eq!(names(r#"{"id": "CVE-2026-1"}"#), ["GHSA-1", "CVE-2026-1"]);
        assert_eq!(names(r#"{"id": "GHSA-1"}, {"id": "CVE-2026-1"}"#), ["GHSA-1", "CVE-2026-1"]);
        assert_eq!(names(r#"{"id": "CVE-2026-1"}, {"id": "CVE-2026-2"}"#), ["GHSA-1"]);
    }
}
