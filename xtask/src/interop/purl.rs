//! Package URLs against the specification's own suite of cases.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use palisade_model::Purl;
use serde_json::Value;

use super::Bench;
use super::tools::Missing;

/// Texts whose qualifiers have keys in capitals: the suite's cases of `parse` refuse these two, its cases of `validate`
/// read them, and its cases of `parse` for Maven read such keys. They are read.
const REFUTED: [&str; 2] =
    ["pkg:gem/jruby-launcher@1.1.2?Platform=java", "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25"];

/// Every case of a checkout of package-url/purl-spec in the corpus.
pub(super) fn specification(bench: &Bench) -> Result<String> {
    let suite = bench.corpus.as_ref().map(|corpus| corpus.join("purl-spec/tests")).filter(|path| path.is_dir());
    let suite = suite.ok_or_else(|| Missing("a checkout of package-url/purl-spec is not in --corpus".to_owned()))?;
    let mut counts = BTreeMap::<String, usize>::new();
    let mut wrong = Vec::new();
    for folder in ["spec", "types"] {
        for entry in std::fs::read_dir(suite.join(folder))? {
            let path = entry?.path();
            for case in cases(&path)? {
                let kind = case["test_type"].as_str().unwrap_or_default().to_owned();
                if let Some(fault) = judge(&kind, &case)? {
                    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                    wrong.push(format!("{name}: {} ({})", fault, case["description"]));
                }
                *counts.entry(kind).or_default() += 1;
            }
        }
    }
    if !wrong.is_empty() {
        bail!("{} of {} cases differ:\n{}", wrong.len(), counts.values().sum::<usize>(), wrong.join("\n"));
    }
    let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    Ok(format!(
        "the specification's cases hold ({}) but {}, which others of its cases contradict",
        counts.join(", "),
        REFUTED.len()
    ))
}

fn cases(path: &Path) -> Result<Vec<Value>> {
    let suite: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    suite["tests"].as_array().cloned().with_context(|| format!("{} holds no tests", path.display()))
}

/// What a case gave beside what it should have given, when they differ.
fn judge(kind: &str, case: &Value) -> Result<Option<String>> {
    let (input, expected) = (&case["input"], &case["expected_output"]);
    let given = match kind {
        "parse" | "validate" => Purl::parse(input.as_str().unwrap_or_default()),
        "build" => built(input),
        other => bail!("the suite has tests of a new kind, `{other}`"),
    };
    if case["expected_failure"] == true && REFUTED.contains(&input.as_str().unwrap_or_default()) {
        // Once the suite decides, this case says so.
        return Ok(given.err().map(|error| format!("{input} is refused by now: {error}")));
    }
    if case["expected_failure"] == true {
        return Ok(given.ok().map(|purl| format!("{input} was read as {purl}")));
    }
    let purl = match given {
        Ok(purl) => purl,
        Err(error) => return Ok(Some(format!("{input}: {error}"))),
    };
    let same = if kind == "parse" { parts(&purl) == normal(expected) } else { expected == &purl.to_string() };
    Ok((!same).then(|| format!("{input} gave {purl} ({}), not {expected}", parts(&purl))))
}

fn built(parts: &Value) -> Result<Purl, palisade_model::PurlError> {
    let qualifiers = parts["qualifiers"].as_object().into_iter().flatten();
    let qualifiers = qualifiers.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()));
    Purl::build(
        parts["type"].as_str().unwrap_or_default(),
        parts["namespace"].as_str(),
        parts["name"].as_str().unwrap_or_default(),
        parts["version"].as_str(),
        qualifiers.collect(),
        parts["subpath"].as_str(),
    )
}

fn parts(purl: &Purl) -> Value {
    normal(&serde_json::json!({
        "type": purl.kind(), "namespace": purl.namespace(), "name": purl.name(), "version": purl.version(),
        "qualifiers": purl.qualifiers().iter().cloned().collect::<BTreeMap<_, _>>(), "subpath": purl.subpath(),
    }))
}

/// The suite writes what is absent as null, as an empty object, or not at all.
fn normal(parts: &Value) -> Value {
    let mut parts = parts.clone();
    if let Some(parts) = parts.as_object_mut() {
        parts.retain(|_, value| !value.is_null() && value.as_object().is_none_or(|inner| !inner.is_empty()));
        parts.sort_keys();
    }
    parts
}
