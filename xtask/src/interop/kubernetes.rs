//! Kubernetes' own programs as oracles.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tools::HELM;
use super::{Bench, findings, observed, text};
use crate::project::{self, cargo};

/// An overlay scanned as it stands gives the checks that its rendering by `kubectl kustomize` gives.
pub(super) fn kustomize(bench: &Bench) -> Result<String> {
    let kubectl = bench.debian("kubectl", "kubernetes-client")?;
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
    Ok(compared.join(", "))
}

fn checks_of(bench: &Bench, folder: &Path) -> Result<BTreeSet<String>> {
    let document = bench.scan(folder, &[".", "--select", "kubernetes"])?;
    Ok(findings(&document)?.iter().map(|finding| text(finding, "/check").to_owned()).collect())
}

/// A chart scanned as it stands gives the findings that its rendering by `helm` gives, and each points into the
/// chart: at the very line where the template says what the rendering says, else at the expression or value.
pub(super) fn helm(bench: &Bench) -> Result<String> {
    let helm = bench.go_tool(&HELM)?;
    let mut compared = Vec::new();
    for example in ["shop", "shop-mended"] {
        let folder = bench.example(example)?.join("deploy/chart");
        let mut render = Command::new(&helm);
        render
            .args(["template", "release", ".", "--skip-tests", "--namespace", palisade_checks::RELEASE_NAMESPACE])
            .current_dir(&folder);
        let (code, rendered, errors) = observed(render.env("HOME", &bench.scratch))?;
        if code != 0 {
            bail!("helm template: {errors}");
        }
        let flat = bench.scratch.join(format!("{example}-rendered"));
        std::fs::create_dir_all(&flat)?;
        std::fs::write(flat.join("all.yaml"), &rendered)?;
        let select = [".", "--select", "kubernetes,scan"];
        let (ours, theirs) = (bench.scan(&folder, &select)?, bench.scan(&flat, &select)?);
        let (ours, theirs) = (places(&folder, &ours)?, places(&flat, &theirs)?);
        let count = |list: &[(String, String)], check: &str| list.iter().filter(|(one, _)| one == check).count();
        for (check, _) in ours.iter().chain(&theirs) {
            let (here, there) = (count(&ours, check), count(&theirs, check));
            if here != there {
                bail!("{example}: {check} is found {here} times in the chart and {there} times in its rendering");
            }
        }
        let chart = templates(&folder)?;
        let mut exact = 0;
        for (check, line) in &theirs {
            let written = chart.lines().any(|source| source.trim() == line);
            let found = |(one, at): &&(String, String)| one == check && (at == line || !written && at.contains("{{"));
            if !ours.iter().any(|place| found(&place) || !written && &place.0 == check) {
                bail!("{example}: {check} does not point at `{line}`");
            }
            exact += usize::from(written);
        }
        compared.push(format!(
            "{example}: {} findings, {exact} of them on a line that the template spells out",
            ours.len()
        ));
    }
    Ok(compared.join("; "))
}

/// Each finding as its check and the line that it points at.
fn places(folder: &Path, document: &Value) -> Result<Vec<(String, String)>> {
    let mut places = Vec::new();
    for finding in findings(document)? {
        let (check, path) = (text(finding, "/check"), text(finding, "/location/path"));
        let line = finding.pointer("/location/start/line").and_then(Value::as_u64).unwrap_or(0);
        let source = std::fs::read_to_string(folder.join(path)).with_context(|| format!("{check} points at {path}"))?;
        let line = source.lines().nth((line as usize).saturating_sub(1));
        places.push((check.to_owned(), line.with_context(|| format!("{check}: {path} is shorter"))?.trim().to_owned()));
    }
    Ok(places)
}

/// The text of a chart's templates.
fn templates(folder: &Path) -> Result<String> {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder.join("templates"))? {
        text.push_str(&std::fs::read_to_string(entry?.path())?);
    }
    Ok(text)
}

/// Verdicts on random pods agree with Kubernetes' admission library, version by version.
pub(super) fn pod_security(bench: &Bench) -> Result<String> {
    let oracle = bench.oracle("psa")?;
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
    Ok(format!("{count} pods: {}", out.lines().last().unwrap_or("agree")))
}
