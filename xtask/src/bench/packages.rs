//! Inputs for what reads packages: an index of generated advisories, lock files of checkouts, images.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::input::fresh;
use crate::project::{cargo, output, run};

/// Advisories of the generated index.
const RECORDS: usize = 70_000;
/// How many of a hundred of them are of which ecosystem, about as in public databases.
const ECOSYSTEMS: [(&str, usize); 7] =
    [("npm", 44), ("PyPI", 18), ("Maven", 14), ("Go", 9), ("Packagist", 8), ("crates.io", 4), ("NuGet", 3)];
/// The ecosystem that lookups are asked in.
const ASKED: &str = "npm";
/// Files of the layer that is all names.
const LAYER_FILES: usize = 3_000_000;
/// The name of the rows that [`lookups`] gives.
pub(super) const LOOKUPS: &str = "index of 70,000 advisories";
/// Bars of the index: microseconds to open it, nanoseconds for a hit and for a miss.
const LOOKUP_BARS: [(&str, f64, &str); 3] =
    [("open", 1000.0, "< 1 ms"), ("hit", 2000.0, "< 2 µs"), ("miss", 100.0, "< 100 ns")];

/// An archive of generated records, each with one package, two ranges and a page of text.
pub(super) fn records(_source: &Path, scratch: &Path) -> Result<PathBuf> {
    let folder = fresh(scratch, "records")?;
    let mut archive = tar::Builder::new(BufWriter::new(File::create(folder.join("records.tar"))?));
    let mut names = String::new();
    for number in 0..RECORDS {
        let (ecosystem, name) = package(number);
        if ecosystem == ASKED {
            let _ = writeln!(names, "{name}");
        }
        let record = serde_json::to_vec(&record(number, ecosystem, &name))?;
        let mut header = tar::Header::new_ustar();
        header.set_size(record.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("{ecosystem}/BENCH-2026-{number}.json"), record.as_slice())?;
    }
    archive.into_inner()?.flush()?;
    let unique: std::collections::BTreeSet<&str> = names.lines().collect();
    std::fs::write(folder.join("names"), unique.into_iter().collect::<Vec<_>>().join("\n"))?;
    Ok(folder)
}

fn package(number: usize) -> (&'static str, String) {
    let mut left = number % 100;
    for (ecosystem, share) in ECOSYSTEMS {
        if left < share {
            // Two advisories in three are of a package that has others.
            return (ecosystem, format!("package-{}", number / 300 * 100 + number % 100));
        }
        left -= share;
    }
    (ASKED, format!("package-{number}"))
}

fn record(number: usize, ecosystem: &str, name: &str) -> serde_json::Value {
    let digest = sha256(number.to_string().as_bytes());
    let (major, minor) = (number % 7 + 1, number % 23);
    json!({
        "schema_version": "1.7.0",
        "id": format!("BENCH-2026-{number}"),
        "modified": "2026-11-01T00:00:00Z",
        "published": "2026-10-01T00:00:00Z",
        "aliases": [format!("CVE-2026-{number}")],
        "summary": format!("A request of a certain form makes {name} do what it should not"),
        "details": format!("{digest} ").repeat(20),
        "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" }],
        "affected": [{
            "package": { "ecosystem": ecosystem, "name": name },
            "ranges": [{
                "type": if ecosystem == "crates.io" || ecosystem == "npm" { "SEMVER" } else { "ECOSYSTEM" },
                "events": [
                    { "introduced": "0" },
                    { "fixed": format!("{major}.{minor}.1") },
                    { "introduced": format!("{}.0.0", major + 1) },
                    { "fixed": format!("{}.{minor}.4", major + 1) },
                ],
            }],
        }],
        "references": [{ "type": "WEB", "url": format!("https://example.org/advisories/{digest}") }],
    })
}

/// Opening and asking, timed within one process. A line for each, and whether its bar is met.
pub(super) fn lookups(palisade: &Path, scratch: &Path) -> Result<Vec<(String, bool)>> {
    let folder = records(Path::new(""), scratch)?;
    let index = folder.join("index");
    run(Command::new(palisade)
        .args(["db", "update", "--from"])
        .arg(folder.join("records.tar"))
        .arg("--index")
        .arg(&index))?;
    let mut example = cargo(&["run", "--release", "--quiet", "--locked", "--package", "palisade-advisory"]);
    example.args(["--example", "lookup", "--"]).arg(&index).arg(ASKED).arg(folder.join("names"));
    let text = output(&mut example)?;
    let figures: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [open, hit, miss] = figures.as_slice() else { bail!("the example printed {text}") };
    let line = |(what, most, bar): (&str, f64, &str), seen: f64, unit: &str| {
        let verdict = if seen < most { "met" } else { "**missed**" };
        (format!("| {LOOKUPS}: {what} | {seen:.1} {unit} | none | | {bar} | {verdict} |"), seen < most)
    };
    let [of_open, of_hit, of_miss] = LOOKUP_BARS;
    Ok(vec![line(of_open, *open, "µs"), line(of_hit, *hit, "ns"), line(of_miss, *miss, "ns")])
}

/// A folder with `Cargo.lock` of a checkout, and the index that RustSec's records make.
pub(super) fn rust(source: &Path, scratch: &Path) -> Result<PathBuf> {
    let folder = fresh(scratch, "rust")?;
    let beside = |name: &str| {
        let path = source.with_file_name(name);
        path.is_dir()
            .then_some(path)
            .with_context(|| format!("{name} is missing beside it: a checkout of rustsec/advisory-db"))
    };
    std::os::unix::fs::symlink(beside("advisory-db")?, folder.join("advisory-db"))?;
    let records = beside("rustsec-osv")?;
    std::fs::copy(source.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let palisade = super::palisade();
    run(Command::new(palisade).args(["db", "update", "--from"]).arg(records).arg("--index").arg(folder.join("index")))?;
    Ok(folder)
}

/// A layout with one layer of three million empty files.
pub(super) fn crowded(_source: &Path, scratch: &Path) -> Result<PathBuf> {
    let folder = fresh(scratch, "crowded")?;
    let blobs = folder.join("blobs/sha256");
    std::fs::create_dir_all(&blobs)?;
    let layer = folder.join("layer");
    {
        let mut archive = tar::Builder::new(BufWriter::new(File::create(&layer)?));
        for number in 0..LAYER_FILES {
            let mut header = tar::Header::new_ustar();
            header.set_mode(0o644);
            header.set_path(format!(
                "srv/data/{:03}/{:03}/{}.txt",
                number / 100_000,
                number / 1000 % 100,
                number % 1000
            ))?;
            header.set_size(0);
            header.set_cksum();
            archive.append(&header, io::empty())?;
        }
        archive.into_inner()?.flush()?;
    }
    let digest = output(Command::new("sha256sum").arg(&layer))?;
    let digest = digest.split_whitespace().next().context("sha256sum")?.to_owned();
    let size = layer.metadata()?.len();
    std::fs::rename(&layer, blobs.join(&digest))?;
    let store = |value: &serde_json::Value| -> Result<(String, usize)> {
        let bytes = serde_json::to_vec(value)?;
        let name = sha256(&bytes);
        std::fs::write(blobs.join(&name), &bytes)?;
        Ok((name, bytes.len()))
    };
    let (config, config_size) = store(&json!({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{digest}")] },
    }))?;
    let (manifest, manifest_size) = store(&json!({
        "schemaVersion": 2,
        "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": format!("sha256:{config}"), "size": config_size },
        "layers": [{ "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": format!("sha256:{digest}"), "size": size }],
    }))?;
    let index = json!({ "schemaVersion": 2, "manifests": [
        { "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": format!("sha256:{manifest}"), "size": manifest_size },
    ]});
    std::fs::write(folder.join("index.json"), serde_json::to_vec(&index)?)?;
    std::fs::write(folder.join("oci-layout"), br#"{"imageLayoutVersion":"1.0.0"}"#)?;
    Ok(folder)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
