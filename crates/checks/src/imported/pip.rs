//! What `pip-audit -f json` says, as version 2 writes it and as version 1 does.

use palisade_model::Purl;
use serde::Deserialize;

use super::lenient::or_default;
use super::{ImportError, Item, Kind, Run, Vulnerable, parse};

#[derive(Deserialize)]
struct Document {
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    version: String,
    /// Absent where the dependency was not compared.
    #[serde(default)]
    vulns: Option<Vec<Vulnerability>>,
    #[serde(default)]
    skip_reason: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    fix_versions: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
}

/// Reads a report.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Run>, ImportError> {
    let document: Document = parse(bytes, "pip-audit's JSON")?;
    of(document.dependencies)
}

/// Reads a report of version 1, which is the list alone.
pub(super) fn read_list(bytes: &[u8]) -> Result<Vec<Run>, ImportError> {
    match serde_json::from_slice::<Vec<Dependency>>(bytes) {
        // Lists of other things have names, too.
        Ok(list) if list.iter().all(|one| one.vulns.is_some() || one.skip_reason.is_some()) => of(list),
        Ok(_) => Err(ImportError::Unknown),
        Err(error) if error.is_data() => Err(ImportError::Unknown),
        Err(error) => Err(ImportError::Json(error)),
    }
}

fn of(dependencies: Vec<Dependency>) -> Result<Vec<Run>, ImportError> {
    let mut run = Run::new("pip-audit", "");
    let skipped = dependencies.iter().filter(|one| one.vulns.is_none()).count();
    for one in dependencies {
        for fault in one.vulns.into_iter().flatten() {
            let names = std::iter::once(fault.id.clone()).chain(fault.aliases).collect();
            let fixed = fault.fix_versions.into_iter().next();
            let kind = Purl::new("pypi", &one.name)
                .ok()
                .map(|purl| Kind::Package(Box::new(Vulnerable { purl, version: one.version.clone(), names, fixed })));
            run.tell(Item::new(kind.unwrap_or(Kind::Result), &fault.id, &fault.description));
        }
    }
    run.note(skipped, "packages that it did not compare");
    Ok(vec![run])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_was_skipped_is_said() {
        let text = r#"[{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-2026-1"],
            "fix_versions": ["2"], "description": "d"}]}, {"name": "b", "skip_reason": "not found"}]"#;
        let whole = format!(r#"{{"dependencies": {text}, "fixes": []}}"#);
        for run in [read_list(text.as_bytes()).unwrap().remove(0), read(whole.as_bytes()).unwrap().remove(0)] {
            assert_eq!(
                (run.results, run.notes.as_slice()),
                (1, &["1 packages that it did not compare".to_owned()][..])
            );
        }
    }
}
