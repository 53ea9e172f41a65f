//! Walks a directory and prints the secrets in it: to measure the engine and to look at its noise.
//!
//! `cargo run --release -p palisade-checks --example secrets -- DIR [--quiet] [--values]`. Values are printed
//! only with `--values`, for work on labelled public data.

#![expect(clippy::disallowed_methods, reason = "a measuring tool reads files and clocks itself")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use palisade_checks::secrets::{Engine, preview};
use palisade_model::LineIndex;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    let root = arguments.iter().find(|argument| !argument.starts_with("--")).cloned().unwrap_or_else(|| ".".into());
    let start = Instant::now();
    let engine = Engine::default();
    let built = start.elapsed();
    let mut files = Vec::new();
    walk(Path::new(&root), &mut files)?;
    let (mut bytes_total, mut scanning, mut reading, mut count) = (0, Duration::ZERO, Duration::ZERO, 0);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for file in &files {
        let before = Instant::now();
        let Ok(bytes) = std::fs::read(file) else { continue };
        reading += before.elapsed();
        let path = file.strip_prefix(&root).unwrap_or(file).to_string_lossy();
        let before = Instant::now();
        let found = engine.scan(&path, &bytes);
        scanning += before.elapsed();
        bytes_total += bytes.len();
        count += found.len();
        if found.is_empty() || flag("--quiet") {
            continue;
        }
        let lines = LineIndex::new(&bytes);
        for one in found {
            let at = lines.position(one.span.start, &bytes);
            let value = String::from_utf8_lossy(&one.value);
            let shown = if flag("--values") {
                value.chars().take(120).collect::<String>().replace(['\n', '\t', '\r'], " ")
            } else {
                preview(&[], &one.value)
            };
            let (id, severity, confidence) = (one.detector.id(), one.severity, one.confidence);
            writeln!(out, "{path}\t{}\t{}\t{id}\t{severity}\t{confidence:?}\t{shown}", at.line, at.column)?;
        }
    }
    out.flush()?;
    let rate = bytes_total as f64 / scanning.as_secs_f64() / 1e6;
    eprintln!(
        "{} files, {} MB: {count} matches; built in {built:?}, read {reading:?}, scanned {scanning:?} = {rate:.0} MB/s",
        files.len(),
        bytes_total / 1_000_000
    );
    Ok(())
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let kind = std::fs::symlink_metadata(path)?.file_type();
    if kind.is_file() {
        files.push(path.to_owned());
    }
    if kind.is_dir() && path.file_name().is_none_or(|name| name != ".git") {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            walk(&entry, files)?;
        }
    }
    Ok(())
}
