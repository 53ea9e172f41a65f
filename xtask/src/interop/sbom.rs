//! Bills of materials against the schemas and libraries of their standards, of real repositories.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use serde_json::Value;

use super::tools::Missing;
use super::{Bench, observed};
use crate::project;

/// What judges: `lxml` and `jsonschema` for CycloneDX, the libraries of SPDX for its formats.
const PACKAGES: [&str; 4] = ["jsonschema", "lxml", "spdx-tools", "spdx-python-model"];

/// Formats and the endings by which the judges know them.
const FORMATS: [(&str, &str); 7] = [
    ("cyclonedx-1.6", "json"),
    ("cyclonedx-1.7", "json"),
    ("cyclonedx-1.6-xml", "xml"),
    ("cyclonedx-1.7-xml", "xml"),
    ("spdx-2.3", "spdx.json"),
    ("spdx-tag", "spdx"),
    ("spdx-3.0", "json"),
];

/// Larger bills take the judges minutes.
const COMPONENTS_MAX: usize = 3_000;

/// Each format of the bill of each repository in the corpus; twice the same bytes.
pub(super) fn schemas(bench: &Bench) -> Result<String> {
    let corpus = bench.corpus.as_ref().ok_or_else(|| Missing("no --corpus with repositories is given".to_owned()))?;
    let schemas = corpus.join("specification/schema");
    if !schemas.join("bom-1.7.schema.json").is_file() {
        return Err(Missing("a checkout of CycloneDX/specification is not in --corpus".to_owned()).into());
    }
    let mut python = std::path::PathBuf::new();
    for package in PACKAGES {
        python = bench.python(package)?;
    }
    let judge = project::root().join("xtask/interop/sbom.py");
    let mut folders: Vec<_> = std::fs::read_dir(corpus)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    folders.sort();
    let (mut judged, mut components) = (0, 0);
    for folder in folders {
        let Some(count) = count(bench, &folder)?.filter(|count| (1..=COMPONENTS_MAX).contains(count)) else { continue };
        for (format, ending) in FORMATS {
            let out = bench.scratch.join(format!("bill.{ending}"));
            let written = write(bench, &folder, format, &out)?;
            if written != write(bench, &folder, format, &out)? {
                bail!("{} as {format} is not the same twice", folder.display());
            }
            let (code, faults, errors) =
                observed(Command::new(&python).arg(&judge).arg(format).arg(&out).arg(&schemas))?;
            if code != 0 {
                bail!("{} as {format}: {faults}{errors}", folder.display());
            }
        }
        judged += 1;
        components += count;
    }
    if judged == 0 {
        return Err(Missing("no repository with lock files is in --corpus".to_owned()).into());
    }
    Ok(format!("{} formats of {judged} repositories with {components} components are valid", FORMATS.len()))
}

fn count(bench: &Bench, folder: &Path) -> Result<Option<usize>> {
    let (code, out, _) = observed(&mut bench.palisade(folder, &["sbom", "--format", "json"]))?;
    if code != 0 {
        return Ok(None);
    }
    let bill: Value = serde_json::from_str(&out)?;
    Ok(bill["components"].as_array().map(Vec::len))
}

fn write(bench: &Bench, folder: &Path, format: &str, out: &Path) -> Result<Vec<u8>> {
    let mut command = bench.palisade(folder, &["sbom", "--format", format, "--output"]);
    let (code, _, errors) = observed(command.arg(out).env("SOURCE_DATE_EPOCH", "1700000000"))?;
    if code != 0 {
        bail!("sbom of {} as {format} ended with {code}: {errors}", folder.display());
    }
    Ok(std::fs::read(out)?)
}
