//! Every fix on real repositories, judged from outside: by the files, by whole scans, and by `git apply`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tools::Missing;
use super::{Bench, findings, observed, text};
use crate::project;

/// Checkouts of public repositories that the case runs on, those that are there.
const REPOSITORIES: [&str; 18] = [
    "argo-cd",
    "awesome-compose",
    "cloud-foundation-fabric",
    "dockerfiles",
    "full-stack-fastapi-template",
    "govuk-infrastructure",
    "juice-shop",
    "k8s-test-infra",
    "manifests",
    "microservices-demo",
    "minio-operator",
    "openbao",
    "prometheus-charts",
    "skaffold",
    "terraform-aws-eks",
    "terragoat",
    "test-infra",
    "vulhub",
];

/// How often each check finds something, by file.
type Counts = BTreeMap<(String, String), usize>;

/// What `fix --unsafe --write` makes of whole repositories: what it claims is gone, nothing else is found, every
/// comment line is still there, a second run changes nothing, and `git apply` of its patch gives the same bytes.
pub(super) fn fixes(bench: &Bench) -> Result<String> {
    let corpus = bench.corpus.as_deref().ok_or_else(|| Missing("no --corpus DIR was given".to_owned()))?;
    let mut done = Vec::new();
    for name in REPOSITORIES {
        let from = corpus.join(name);
        if from.is_dir() {
            done.push(one(bench, name, &from).with_context(|| name)?);
        }
    }
    if done.is_empty() {
        return Err(Missing(format!("{} holds none of {}", corpus.display(), REPOSITORIES.join(", "))).into());
    }
    Ok(done.join("; "))
}

fn one(bench: &Bench, name: &str, from: &Path) -> Result<String> {
    let (untouched, fixed) = (bench.scratch.join(format!("{name}-before")), bench.scratch.join(name));
    let files = project::files(from)?;
    for path in &files {
        let source = from.join(path);
        if source.is_file() && !source.is_symlink() {
            for to in [untouched.join(path), fixed.join(path)] {
                std::fs::create_dir_all(to.parent().context("a file has a folder")?)?;
                std::fs::copy(&source, to)?;
            }
        }
    }
    let before = counts(&bench.scan(&untouched, &["."])?)?;
    let patch = bench.scratch.join(format!("{name}.patch"));
    let patch = patch.to_str().context("the scratch folder's name is no UTF-8")?;
    let report = fix(bench, &fixed, &["--write", "--patch", patch])?;
    let after = counts(&bench.scan(&fixed, &["."])?)?;

    let (mut claimed, mut refused) = (Counts::new(), 0);
    let mut changed = 0;
    for file in list(&report, "/files") {
        let path = text(file, "/path");
        let gone = list(file, "/fixed");
        changed += usize::from(!gone.is_empty());
        refused += list(file, "/refused").len();
        for finding in gone {
            let found_in = finding.pointer("/found_in").and_then(Value::as_str).unwrap_or(path);
            *claimed.entry((found_in.to_owned(), text(finding, "/check").to_owned())).or_default() += 1;
        }
        keeps_comments(&untouched.join(path), &fixed.join(path)).with_context(|| path.to_owned())?;
    }
    let of = |counts: &Counts, key: &(String, String)| counts.get(key).copied().unwrap_or(0);
    // An overlay that patches what its base says may keep the finding, at the place in the base.
    let mut overlaid = 0;
    for (key, count) in &claimed {
        let left = (of(&after, key) + count).saturating_sub(of(&before, key));
        if left > 0 && key.1.starts_with("kubernetes/") && files.iter().any(|path| path.ends_with("kustomization.yaml"))
        {
            overlaid += left;
        } else if left > 0 {
            bail!("{}: {} was to go {count} times, of {} are left {}", key.0, key.1, of(&before, key), of(&after, key));
        }
    }
    if let Some((path, check)) = after.keys().find(|key| of(&after, key) > of(&before, key)) {
        bail!("{path}: {check} is new");
    }
    let again = fix(bench, &fixed, &[])?;
    if let Some(file) = list(&again, "/files").iter().find(|file| !list(file, "/fixed").is_empty()) {
        bail!("{}: a second run changes it", text(file, "/path"));
    }
    let mut apply = bench.git(&untouched, &["apply", "--whitespace=nowarn", patch]);
    let (code, _, errors) = observed(apply.env("GIT_CEILING_DIRECTORIES", &bench.scratch))?;
    if changed > 0 && code != 0 {
        bail!("git apply: {errors}");
    }
    for file in list(&report, "/files") {
        let path = text(file, "/path");
        if std::fs::read(untouched.join(path))? != std::fs::read(fixed.join(path))? {
            bail!("{path}: git apply gives other bytes");
        }
    }
    let total: usize = claimed.values().sum();
    let held = if overlaid > 0 { format!(", {overlaid} brought back by overlays") } else { String::new() };
    Ok(format!("{name}: {total} findings in {changed} of {} files, {refused} refused{held}", files.len()))
}

fn fix(bench: &Bench, folder: &Path, words: &[&str]) -> Result<Value> {
    let words = [&["fix", "--unsafe", "--format", "json"], words, &["."]].concat();
    let (code, out, errors) = observed(&mut bench.palisade(folder, &words))?;
    if code != 0 {
        bail!("{} ended with {code}: {errors}", words.join(" "));
    }
    serde_json::from_str(&out).context("the JSON of fix")
}

/// Every comment line is there as often as before.
fn keeps_comments(before: &Path, after: &Path) -> Result<()> {
    let comments = |path: &Path| -> Result<BTreeMap<Vec<u8>, usize>> {
        let bytes = std::fs::read(path)?;
        let mut lines = BTreeMap::new();
        for line in bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
            if line.starts_with(b"#") {
                *lines.entry(line.to_vec()).or_default() += 1;
            }
        }
        Ok(lines)
    };
    let after = comments(after)?;
    for (line, count) in comments(before)? {
        if after.get(&line).copied().unwrap_or(0) < count {
            bail!("a comment line is lost: {}", String::from_utf8_lossy(&line));
        }
    }
    Ok(())
}

fn counts(scan: &Value) -> Result<Counts> {
    let mut counts = Counts::new();
    for finding in findings(scan)? {
        let key = (text(finding, "/location/path").to_owned(), text(finding, "/check").to_owned());
        *counts.entry(key).or_default() += 1;
    }
    Ok(counts)
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
