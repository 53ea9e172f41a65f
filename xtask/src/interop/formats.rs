//! JSON and SARIF against their schemas, judged by Python's `jsonschema`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::{Bench, Outcome, observed};
use crate::project;

/// Prints each violation of a schema.
const VALIDATE: &str = "\
import json, sys
import jsonschema
schema, document = (json.load(open(path, encoding='utf-8')) for path in sys.argv[1:3])
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
faults = list(validator(schema).iter_errors(document))
for fault in faults[:20]:
    print('/'.join(map(str, fault.absolute_path)), fault.message[:300])
sys.exit(bool(faults))
";

/// `scan --format json` against the schema that we publish.
pub(super) fn json(bench: &Bench) -> Result<Outcome> {
    let schema = project::root().join("docs/schema/palisade.scan-1.json");
    validate(bench, "json", &schema)
}

/// `scan --format sarif` against the standard's own schema.
pub(super) fn sarif(bench: &Bench) -> Result<Outcome> {
    let Some(schema) = bench.tool("sarif-schema-2.1.0.json") else {
        return Ok(Outcome::Skipped("no sarif-schema-2.1.0.json in --tools (from oasis-tcs/sarif-spec)".to_owned()));
    };
    validate(bench, "sarif", &schema)
}

fn validate(bench: &Bench, format: &str, schema: &Path) -> Result<Outcome> {
    let Some(python) = python(bench)? else {
        return Ok(Outcome::Skipped("no python3 with a way to install jsonschema".to_owned()));
    };
    let mut compared = Vec::new();
    for example in ["shop", "shop-mended"] {
        let folder = bench.example(example)?;
        let document = bench.scratch.join(format!("{example}.{format}"));
        let path = document.to_string_lossy().into_owned();
        let (code, _, errors) =
            observed(&mut bench.palisade(&folder, &["scan", ".", "--format", format, "--output", &path]))?;
        if code != 0 {
            bail!("scan of {example} ended with {code}: {errors}");
        }
        let (code, faults, errors) = observed(Command::new(&python).args(["-c", VALIDATE]).arg(schema).arg(&document))?;
        if code != 0 {
            bail!("{example}: {faults}{errors}");
        }
        compared.push(format!("{example} ({} bytes)", std::fs::metadata(&document)?.len()));
    }
    Ok(Outcome::Passed(format!("{} are valid", compared.join(" and "))))
}

/// A Python that has jsonschema: one at hand, or one made in the target folder.
fn python(bench: &Bench) -> Result<Option<PathBuf>> {
    let has = |python: &Path| {
        observed(Command::new(python).args(["-c", "import jsonschema"])).is_ok_and(|(code, ..)| code == 0)
    };
    let made = project::target_dir().join("interop-python");
    let ours = made.join("bin/python");
    for candidate in [bench.tool("python"), bench.tool("python3"), Some(ours.clone())].into_iter().flatten() {
        if has(&candidate) {
            return Ok(Some(candidate));
        }
    }
    let Some(system) = bench.tool("python3") else { return Ok(None) };
    let (code, ..) = observed(Command::new(system).args(["-m", "venv"]).arg(&made))?;
    if code != 0 {
        return Ok(None);
    }
    let (code, ..) = observed(Command::new(&ours).args(["-m", "pip", "install", "--quiet", "jsonschema"]))?;
    Ok((code == 0 && has(&ours)).then_some(ours))
}
