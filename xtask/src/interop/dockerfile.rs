//! BuildKit's own parser as an oracle for ours, instruction by instruction.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use palisade_inventory::dockerfile::{self, Form, Instruction, Invocation, Kind, Pair};
use serde_json::{Value, json};

use super::Bench;
use crate::project;

/// Of the instructions in files that BuildKit reads, so many may be read otherwise, in a thousand.
const DIFFERENT_PER_MILLE_MAX: usize = 1;
/// Differences that are printed.
const SHOWN_MAX: usize = 10;
/// Files of a corpus beyond this are left out.
const FILES_MAX: usize = 20_000;

/// Every Dockerfile of the corpus (of the examples without one): the same instructions, at the same lines, with the
/// same arguments; and a problem in each file that BuildKit refuses to parse.
pub(super) fn buildkit(bench: &Bench) -> Result<String> {
    let oracle = bench.oracle("dockerfile")?;
    let root = bench.corpus.clone().unwrap_or_else(|| project::root().join("examples"));
    let mut paths = Vec::new();
    collect(&root, &mut paths)?;
    paths.sort();
    let theirs = ask(&oracle, &paths)?;
    let (mut total, mut different, mut refused, mut unseen) = (0, 0, 0, Vec::new());
    let mut shown = Vec::new();
    for (path, line) in paths.iter().zip(theirs.lines()) {
        let theirs: Value = serde_json::from_str(line)?;
        let text = lossy(&std::fs::read(path)?);
        let ours = dockerfile::parse(&text);
        let fault = ["syntax", "meaning"].iter().find_map(|key| theirs[*key].as_str().filter(|text| !text.is_empty()));
        if let Some(fault) = fault {
            refused += 1;
            if ours.problems.is_empty() {
                unseen.push(format!("{}: {fault}", path.display()));
            }
            continue;
        }
        let theirs = theirs["instructions"].as_array().context("the oracle printed no instructions")?;
        let ours: Vec<Value> = ours.instructions.iter().map(|one| flatten(one, &text)).collect();
        total += theirs.len();
        let pairs = theirs.iter().zip(&ours).filter(|(left, right)| left != right);
        let mut count = theirs.len().abs_diff(ours.len());
        for (left, right) in pairs {
            count += 1;
            shown.push(format!("{}\n    BuildKit {left}\n    Palisade {right}", path.display()));
        }
        different += count;
    }
    if theirs.lines().count() != paths.len() {
        bail!("the oracle answered for {} of {} files", theirs.lines().count(), paths.len());
    }
    for line in shown.iter().chain(&unseen).take(SHOWN_MAX) {
        eprintln!("  {line}");
    }
    let what = format!(
        "{} files, {total} instructions: {different} read otherwise; {refused} files that BuildKit refuses, {} of \
         them without a problem of ours",
        paths.len(),
        unseen.len()
    );
    if total == 0 || different * 1000 > total * DIFFERENT_PER_MILLE_MAX {
        bail!("{what}");
    }
    Ok(what)
}

/// Files by the names that `docker build` and its users give them; links are not followed.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if kind.is_dir() && name != ".git" {
            collect(&entry.path(), paths)?;
        }
        let is_named = ["Dockerfile", "Containerfile"]
            .iter()
            .any(|word| name == *word || name.starts_with(&format!("{word}.")) || name.ends_with(&format!(".{word}")));
        let is_source =
            [".md", ".go", ".txt", ".tmpl", ".j2", ".erb", ".template"].iter().any(|end| name.ends_with(end));
        if kind.is_file() && is_named && !is_source && paths.len() < FILES_MAX {
            paths.push(entry.path());
        }
    }
    Ok(())
}

fn ask(oracle: &Path, paths: &[PathBuf]) -> Result<String> {
    let mut child = Command::new(oracle).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let names: String = paths.iter().map(|path| format!("{}\n", path.display())).collect();
    let mut input = child.stdin.take().context("the oracle takes no input")?;
    let writer = std::thread::spawn(move || input.write_all(names.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().ok().context("the writer panicked")??;
    if !output.status.success() {
        bail!("the oracle ended with {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Go's JSON encoder writes one replacement character for each byte that is no UTF-8.
fn lossy(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// The form that the oracle prints.
fn flatten(one: &Instruction, text: &str) -> Value {
    let line = |at: u32| text.bytes().take(at as usize).filter(|byte| *byte == b'\n').count() + 1;
    let flags: Vec<String> = one
        .flags
        .iter()
        .map(|flag| match &flag.value {
            Some(value) => format!("--{}={value}", flag.name),
            None => format!("--{}", flag.name),
        })
        .collect();
    let here: Vec<String> = one
        .here_documents
        .iter()
        .map(|here| format!("{} {} {} {}", here.name, here.expands, here.strips_tabs, here.body.of(text)))
        .collect();
    json!({
        "keyword": one.keyword, "line": line(one.span.start), "last": line(one.span.end.max(1)), "flags": flags,
        "arguments": arguments(&one.kind), "here": here, "on_build": one.on_build,
    })
}

fn arguments(kind: &Kind) -> Vec<String> {
    let pairs = |pairs: &[Pair]| {
        let pair = |pair: &Pair| match &pair.value {
            Some(value) => format!("{}={}", pair.name, value.raw),
            None => pair.name.clone(),
        };
        pairs.iter().map(pair).collect()
    };
    match kind {
        Kind::Add(files) | Kind::Copy(files) => {
            files.sources.iter().chain([&files.destination]).map(|value| value.raw.clone()).collect()
        }
        Kind::Arg(list) | Kind::Env(list) | Kind::Label(list) => pairs(list),
        Kind::Cmd(command) | Kind::Entrypoint(command) | Kind::Run(command) => words(command),
        Kind::Expose(list) | Kind::Volume(list) => list.iter().map(|value| value.raw.clone()).collect(),
        Kind::From { image, alias } => {
            std::iter::once(image.raw.clone()).chain(alias.as_ref().map(|alias| alias.text.clone())).collect()
        }
        Kind::Healthcheck(None) => vec!["NONE".to_owned()],
        Kind::Healthcheck(Some(command)) => std::iter::once("CMD".to_owned()).chain(words(command)).collect(),
        Kind::Maintainer(value) | Kind::StopSignal(value) | Kind::User(value) | Kind::Workdir(value) => {
            vec![value.raw.clone()]
        }
        Kind::Shell(words) => words.iter().map(|word| word.text.clone()).collect(),
        Kind::Unknown(_) => Vec::new(),
    }
}

fn words(command: &Invocation) -> Vec<String> {
    match command.form {
        Form::Exec => command.words.iter().map(|word| word.text.clone()).collect(),
        _ if command.text.is_empty() => Vec::new(),
        _ => vec![command.text.clone()],
    }
}
