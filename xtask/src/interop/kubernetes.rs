//! Kubernetes' own programs as oracles.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Bench, Outcome, observed};
use crate::project::{self, cargo};

/// An overlay scanned as it stands gives the checks that its rendering by `kubectl kustomize` gives.
pub(super) fn kustomize(bench: &Bench) -> Result<Outcome> {
    let Some(kubectl) = bench.tool("kubectl") else {
        return Ok(Outcome::Skipped("kubectl is not installed".to_owned()));
    };
    let mut compared = Vec::new();
    for example in ["shop", "shop-mended"] {
        let folder = bench.example(example)?.join("deploy/kubernetes");
        let (code, rendered, errors) =
            observed(Command::new(&kubectl).args(["kustomize", "overlays/production"]).current_dir(&folder))?;
        if code != 0 {
            bail!("kubectl kustomize: {errors}");
        }
        let flat = bench.scratch.join(format!("{example}-rendered"));
        std::fs::create_dir_all(&flat)?;
        std::fs::write(flat.join("all.yaml"), rendered)?;
        let (by_us, by_kubectl) = (checks_of(bench, &folder)?, checks_of(bench, &flat)?);
        let missing: Vec<_> = by_kubectl.difference(&by_us).cloned().collect();
        if !missing.is_empty() {
            bail!("{example}: only the rendered overlay gives {}", missing.join(", "));
        }
        compared.push(format!("{example}: {} checks", by_kubectl.len()));
    }
    Ok(Outcome::Passed(compared.join(", ")))
}

fn checks_of(bench: &Bench, folder: &Path) -> Result<BTreeSet<String>> {
    let (code, out, errors) =
        observed(&mut bench.palisade(folder, &["scan", ".", "--select", "kubernetes", "--format", "json"]))?;
    if code != 0 {
        bail!("scan ended with {code}: {errors}");
    }
    let document: Value = serde_json::from_str(&out).context("the scan's JSON")?;
    let findings = document.get("findings").and_then(Value::as_array).context("no findings")?;
    Ok(findings.iter().filter_map(|finding| Some(finding.get("check")?.as_str()?.to_owned())).collect())
}

/// Verdicts on random pods agree with Kubernetes' admission library, version by version.
pub(super) fn pod_security(bench: &Bench) -> Result<Outcome> {
    let Some(go) = bench.tool("go") else { return Ok(Outcome::Skipped("go is not installed".to_owned())) };
    let source = project::root().join("xtask/interop/psa");
    let oracle = bench.scratch.join("psa");
    let (code, _, errors) =
        observed(Command::new(go).args(["build", "-o"]).arg(&oracle).arg(".").current_dir(&source))?;
    if code != 0 {
        return Ok(Outcome::Skipped(format!("the oracle does not build: {}", errors.lines().last().unwrap_or(""))));
    }
    let (code, mut lines, errors) = observed(Command::new(&oracle).args(["generate", "2000", "7"]))?;
    if code != 0 {
        bail!("psa generate: {errors}");
    }
    if let Some(manifests) = bench.corpus.as_ref().map(|corpus| corpus.join("manifests")).filter(|path| path.is_dir()) {
        let (code, more, errors) = observed(Command::new(&oracle).arg("manifests").arg(manifests))?;
        if code != 0 {
            bail!("psa manifests: {errors}");
        }
        lines.push_str(&more);
    }
    let count = lines.lines().count();
    let pods = bench.scratch.join("pods.jsonl");
    std::fs::write(&pods, lines)?;
    let judged = bench.scratch.join("judged.jsonl");
    let mut judge = cargo(&["run", "--quiet", "--package", "palisade-checks", "--example", "judge_pods"]);
    judge.stdin(std::fs::File::open(&pods)?).stdout(std::fs::File::create(&judged)?);
    project::run(&mut judge)?;
    let (code, out, errors) = observed(Command::new(&oracle).arg("compare").stdin(std::fs::File::open(&judged)?))?;
    if code != 0 {
        bail!("{out}{errors}");
    }
    Ok(Outcome::Passed(format!("{count} pods: {}", out.lines().last().unwrap_or("agree"))))
}
