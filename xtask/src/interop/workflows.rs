//! The field's linters on our examples: what they find in the shop we find too, and the mended shop is clean.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tools::ACTIONLINT;
use super::{Bench, findings, observed, text};

/// A finding of ours counts as the same place when it starts at most so many lines away: some name a job, others
/// the key within it.
const LINES_APART_MAX: u64 = 4;

/// actionlint has nothing to say about the workflows of the mended shop.
pub(super) fn actionlint(bench: &Bench) -> Result<String> {
    let actionlint = bench.go_tool(&ACTIONLINT)?;
    let folder = bench.example("shop-mended")?;
    let files = workflows(&folder)?;
    let mut command = Command::new(actionlint);
    command.args(["-no-color", "-oneline", "-shellcheck=", "-pyflakes="]).args(&files).current_dir(&folder);
    let (code, out, errors) = observed(&mut command)?;
    if code != 0 {
        bail!("{out}{errors}");
    }
    Ok(format!("{} workflows of shop-mended are clean", files.len()))
}

/// zizmor's default persona has nothing to say about the mended shop, and nothing about the shop that we miss.
pub(super) fn zizmor(bench: &Bench) -> Result<String> {
    let zizmor = bench.python("zizmor")?.with_file_name("zizmor");
    let mended = bench.example("shop-mended")?;
    let left = judged(&zizmor, &mended)?;
    if !left.is_empty() {
        bail!("left in shop-mended: {left:?}");
    }
    let shop = bench.example("shop")?;
    let theirs = judged(&zizmor, &shop)?;
    let scan = bench.scan(&shop, &[".", "--select", "ci,secrets"])?;
    let ours: Vec<(&str, u64)> = findings(&scan)?
        .iter()
        .map(|one| {
            (text(one, "/location/path"), one.pointer("/location/start/line").and_then(Value::as_u64).unwrap_or(0))
        })
        .collect();
    let missed: Vec<_> = theirs
        .iter()
        .filter(|(_, path, line)| !ours.iter().any(|(ours, at)| path == ours && at.abs_diff(*line) <= LINES_APART_MAX))
        .collect();
    if theirs.is_empty() || !missed.is_empty() {
        bail!("of {} places that zizmor names in shop, we name nothing near {missed:?}", theirs.len());
    }
    Ok(format!("shop-mended is clean; near all {} places that it names in shop we name something", theirs.len()))
}

/// Each finding as its rule, file and line.
fn judged(zizmor: &Path, folder: &Path) -> Result<BTreeSet<(String, String, u64)>> {
    let mut command = Command::new(zizmor);
    command.args(["--offline", "--no-progress", "--no-exit-codes", "--format", "json", "."]).current_dir(folder);
    let (code, out, errors) = observed(&mut command)?;
    if code != 0 {
        bail!("zizmor ended with {code}: {errors}");
    }
    let document: Value = serde_json::from_str(&out).context("zizmor's JSON")?;
    let mut places = BTreeSet::new();
    for finding in document.as_array().context("zizmor's JSON is no array")? {
        let locations = finding.get("locations").and_then(Value::as_array).into_iter().flatten();
        let primary = locations.filter(|one| text(one, "/symbolic/kind") == "Primary");
        for location in primary {
            let local = "/symbolic/key/Local";
            let path = ["verbatim_path", "given_path"].map(|key| text(location, &format!("{local}/{key}")));
            let path = path.concat().trim_start_matches("./").to_owned();
            let row = location.pointer("/concrete/location/start_point/row").and_then(Value::as_u64).unwrap_or(0);
            places.insert((text(finding, "/ident").to_owned(), path, row + 1));
        }
    }
    Ok(places)
}

fn workflows(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(folder.join(".github/workflows"))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}
