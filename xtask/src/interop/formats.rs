//! Outputs against their schemas, judged by Python's `jsonschema`, and against what GitLab's manual asks for.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tools::Missing;
use super::{Bench, observed, text};
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

/// A Go module that carries the standard's own schema of SARIF as a text.
const SARIF_MODULE: (&str, &str) = ("github.com/owenrumney/go-sarif/v3", "v3.3.1");

/// Every kind of JSON document against the schema that we publish, from a shop with faults and from one without.
pub(super) fn json(bench: &Bench) -> Result<String> {
    let mut compared = Vec::new();
    for (example, denied) in [("shop", 1), ("shop-mended", 0)] {
        let folder = bench.example(example)?;
        std::fs::write(folder.join("lines.jsonl"), "{\"kind\":\"drill\",\"payload\":{}}\n")?;
        let runs: [(&str, &[&str], i32); 6] = [
            ("scan", &["scan"], 0),
            ("decision", &["gate", "merge", "--no-exceptions"], denied),
            ("decision", &["gate", "merge", "--dry-run"], 0),
            ("exceptions", &["exception", "list"], 0),
            ("receipts", &["ledger", "append", "lines.jsonl"], 0),
            ("verification", &["ledger", "verify"], 0),
        ];
        for (name, words, expected) in runs {
            let (code, out, errors) = observed(&mut bench.palisade(&folder, &[words, &["--format", "json"]].concat()))?;
            if code != expected {
                bail!("{} in {example} ended with {code}: {errors}", words.join(" "));
            }
            validate(bench, &schema(name), &out, &format!("{name} of {example}"))?;
            compared.push(name);
        }
    }
    compared.sort_unstable();
    compared.dedup();
    Ok(format!("{} of both shops are valid", compared.join(", ")))
}

/// The rest of the ledger's documents: a verification that found something, and proofs that hold and do not.
pub(super) fn ledger(bench: &Bench) -> Result<String> {
    let folder = &bench.scratch;
    std::fs::write(folder.join("lines.jsonl"), "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n")?;
    let run = |words: &[&str], expected: i32| {
        let (code, out, errors) = observed(&mut bench.palisade(folder, words))?;
        if code != expected {
            bail!("{} ended with {code}, not {expected}: {errors}", words.join(" "));
        }
        anyhow::Ok(out)
    };
    run(&["ledger", "append", "lines.jsonl"], 0)?;
    let proof = run(&["ledger", "prove", "1"], 0)?;
    for (name, text, expected) in [("good", proof.clone(), 0), ("bad", proof.replace("index 1", "index 2"), 1)] {
        std::fs::write(folder.join(name), text)?;
        let out = run(&["ledger", "verify", "--proof", name, "--format", "json"], expected)?;
        validate(bench, &schema("proof"), &out, name)?;
    }
    let bundle = folder.join(".palisade/ledger/tile/entries/000.p/3");
    let text = std::fs::read_to_string(&bundle).context("the bundle of entries")?;
    std::fs::write(&bundle, text.replace("{\"a\":2}", "{\"a\":9}"))?;
    let out = run(&["ledger", "verify", "--format", "json"], 1)?;
    validate(bench, &schema("verification"), &out, "an edited ledger")?;
    Ok("proofs and the verification of an edited ledger are valid".to_owned())
}

fn schema(name: &str) -> String {
    std::fs::read_to_string(project::root().join(format!("docs/schema/palisade.{name}-1.json"))).unwrap_or_default()
}

/// `scan --format sarif` against the standard's own schema.
pub(super) fn sarif(bench: &Bench) -> Result<String> {
    let schema = match bench.found("sarif-schema-2.1.0.json") {
        Some(path) => std::fs::read_to_string(path)?,
        None => {
            let (module, version) = SARIF_MODULE;
            let source = bench.go_module(module, version)?.join("pkg/report/v210/sarif/schema.go");
            let source = std::fs::read_to_string(source).context("the module's schema.go")?;
            source.split('`').nth(1).context("no schema in schema.go")?.to_owned()
        }
    };
    let title: Value = serde_json::from_str(&schema).context("the standard's schema")?;
    if !text(&title, "/title").contains("2.1.0") {
        return Err(Missing("no schema of SARIF 2.1.0".to_owned()).into());
    }
    let mut compared = Vec::new();
    for example in ["shop", "shop-mended"] {
        let folder = bench.example(example)?;
        let out = written(bench, &folder, "sarif")?;
        validate(bench, &schema, &out, example)?;
        compared.push(format!("{example} ({} bytes)", out.len()));
    }
    Ok(format!("{} are valid", compared.join(" and ")))
}

/// What GitLab's manual says of a code quality report: which keys, which severities, unique fingerprints, and paths
/// that exist in the repository.
pub(super) fn gitlab(bench: &Bench) -> Result<String> {
    let mut compared = Vec::new();
    for example in ["shop", "shop-mended"] {
        let folder = bench.example(example)?;
        let document: Value = serde_json::from_str(&written(bench, &folder, "gitlab")?)?;
        let rows = document.as_array().context("the report is no array")?;
        let mut fingerprints = BTreeSet::new();
        for row in rows {
            let severity = ["info", "minor", "major", "critical", "blocker"].contains(&text(row, "/severity"));
            let line = row.pointer("/location/lines/begin").and_then(Value::as_u64).unwrap_or(0);
            let path = text(row, "/location/path");
            let lines = std::fs::read_to_string(folder.join(path)).map_or(0, |text| text.lines().count() as u64);
            let worded = !text(row, "/description").is_empty() && !text(row, "/check_name").is_empty();
            // `.` is the repository as a whole: it is listed, and its link leads to the root.
            let relative = path == "." || !path.starts_with(['.', '/']) || folder.join(path).is_file();
            if !severity || !worded || !relative || line == 0 || line > lines.max(1) {
                bail!("{example}: GitLab would not show {row}");
            }
            if !fingerprints.insert(text(row, "/fingerprint")) {
                bail!("{example}: a fingerprint is there twice: {row}");
            }
        }
        compared.push(format!("{example}: {} rows", rows.len()));
    }
    Ok(compared.join(", "))
}

/// A scan of an example in a format, through a file as CI does it.
fn written(bench: &Bench, folder: &Path, format: &str) -> Result<String> {
    let path = bench.scratch.join("report");
    let words = ["scan", ".", "--format", format, "--output", &path.to_string_lossy()];
    let (code, _, errors) = observed(&mut bench.palisade(folder, &words))?;
    if code != 0 {
        bail!("scan in {} ended with {code}: {errors}", folder.display());
    }
    Ok(std::fs::read_to_string(path)?)
}

fn validate(bench: &Bench, schema: &str, document: &str, what: &str) -> Result<()> {
    let python = bench.python("jsonschema")?;
    let (with, of) = (bench.scratch.join("schema.json"), bench.scratch.join("document.json"));
    std::fs::write(&with, schema)?;
    std::fs::write(&of, document)?;
    let (code, faults, errors) = observed(Command::new(&python).args(["-c", VALIDATE]).arg(&with).arg(&of))?;
    if code != 0 {
        bail!("{what}: {faults}{errors}");
    }
    Ok(())
}
