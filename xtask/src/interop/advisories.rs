//! Advisories as artifacts: pushed by ORAS to Debian's registry on this machine, and to a layout, read back from both,
//! and refused when the registry's bytes are changed behind its back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::registry::Registry;
use super::tools::ORAS;
use super::{Bench, carry_out, observed};

/// The same records, as a file, by a registry and by a layout.
pub(super) fn artifacts(bench: &Bench) -> Result<String> {
    let oras = bench.go_tool(&ORAS)?;
    let folder = bench.scratch.join("records");
    fs::create_dir_all(folder.join("more"))?;
    let record = |id: &str| {
        format!(
            r#"{{"id": "{id}", "modified": "2026-01-01T00:00:00Z", "affected": [{{"package": {{"ecosystem": "Go",
            "name": "example.org/{id}"}}, "ranges": [{{"type": "SEMVER", "events": [{{"introduced": "0"}}]}}]}}]}}"#
        )
    };
    fs::write(folder.join("one.json"), record("X-1"))?;
    for number in 2..30 {
        fs::write(folder.join(format!("more/X-{number}.json")), record(&format!("X-{number}")))?;
    }
    carry_out(Command::new("tar").args(["czf", "more.tar.gz", "more"]).current_dir(&folder))?;

    let registry = Registry::start(bench)?;
    let name = format!("{}/team/advisories:1", registry.host);
    let files = ["more.tar.gz:application/gzip", "one.json:application/json"];
    let push = |to: &[&str]| {
        let kind = ["--artifact-type", "application/vnd.example.advisories"];
        carry_out(Command::new(&oras).arg("push").args(kind).args(to).args(files).current_dir(&folder))
    };
    push(&["--plain-http", &name])?;
    push(&["--oci-layout", "layout:1"])?;

    let remote = format!("oci://{name}");
    for from in ["more.tar.gz", "oci:layout:1", &remote, &remote] {
        let more = if from == "more.tar.gz" { &["--from", "one.json"][..] } else { &[] };
        let told = update(bench, &folder, &[&["--from", from], more].concat(), 0)?;
        if !told.contains("29 advisories on 29 packages") {
            bail!("{from} gives {told}");
        }
    }

    // The registry's own bytes, changed behind its back.
    let blob = largest(&registry.store)?;
    let mut bytes = fs::read(&blob)?;
    let last = bytes.last_mut().context("the registry keeps an empty blob")?;
    *last ^= 1;
    fs::write(&blob, bytes)?;
    fs::remove_dir_all(folder.join("own.sources")).context("nothing was kept beside the index")?;
    let before = fs::read(folder.join("own.index"))?;
    let told = update(bench, &folder, &["--from", &remote], 2)?;
    if !told.contains("digest") || fs::read(folder.join("own.index"))? != before {
        bail!("changed bytes are told as: {told}");
    }
    Ok("2 files that ORAS pushed are read from a registry and a layout, and refused when they are changed".to_owned())
}

fn update(bench: &Bench, folder: &Path, words: &[&str], code: i32) -> Result<String> {
    let all = [&["db", "update", "--index", "own.index"], words].concat();
    let (ended, out, errors) = observed(&mut bench.palisade(folder, &all))?;
    if ended != code {
        bail!("{words:?} ended with {ended}: {out}{errors}");
    }
    Ok(out + &errors)
}

/// The largest blob of a registry.
fn largest(store: &Path) -> Result<PathBuf> {
    let mut open = vec![store.join("docker/registry/v2/blobs")];
    let mut found: Option<(u64, PathBuf)> = None;
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let (path, meta) = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?)))?;
            if meta.is_dir() {
                open.push(path);
            } else if found.as_ref().is_none_or(|(size, _)| *size < meta.len()) {
                found = Some((meta.len(), path));
            }
        }
    }
    Ok(found.context("the registry keeps no blobs")?.1)
}
