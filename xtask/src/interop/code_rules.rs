//! Rules in ast-grep's YAML, loaded by ast-grep and by us, on the same real sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Bench, findings, observed, text};

/// Every condition of the format, in every language.
const RULES: &str = include_str!("../../interop/code-rules.yml");
/// What the rules are called here.
const PREFIX: &str = "interop-";
/// Differences that are shown.
const SHOWN_MAX: usize = 8;

/// Rule, file, first line, last line.
type Place = (String, String, u64, u64);

/// The same rule at the same lines of the same file, no more and no less, over every repository of the corpus.
pub(super) fn ast_grep(bench: &Bench) -> Result<String> {
    let ast_grep = bench.python("ast-grep-cli")?.with_file_name("ast-grep");
    let rules = bench.scratch.join("rules.yml");
    std::fs::write(&rules, RULES)?;
    let mut trees = vec![bench.example("shop")?];
    if let Some(corpus) = &bench.corpus {
        let folders = std::fs::read_dir(corpus)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
        trees.extend(folders.into_iter().filter(|path| path.join(".git").exists()));
    }
    trees.sort();
    let (mut hits, mut seen) = (0, BTreeSet::new());
    for tree in &trees {
        let (theirs, ours) = (theirs(&ast_grep, &rules, tree)?, ours(bench, &rules, tree)?);
        let only = |left: &BTreeSet<Place>, right: &BTreeSet<Place>| {
            left.difference(right).take(SHOWN_MAX).cloned().collect::<Vec<_>>()
        };
        if ours != theirs {
            let name = tree.display();
            bail!("{name}: only ast-grep: {:?}; only we: {:?}", only(&theirs, &ours), only(&ours, &theirs));
        }
        hits += ours.len();
        seen.extend(ours.into_iter().map(|(rule, ..)| rule));
    }
    let all = RULES.matches("\nid: ").count();
    if seen.is_empty() {
        bail!("no rule found anything");
    }
    Ok(format!("{} trees, {hits} hits of {} of {all} rules, the same by both", trees.len(), seen.len()))
}

/// ast-grep passes over hidden files and archives, and reads scripts in HTML, which we do not.
fn both_read(path: &str) -> bool {
    !path.contains('!') && !path.ends_with(".html") && !path.split('/').any(|part| part.starts_with('.'))
}

fn line(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

fn theirs(ast_grep: &Path, rules: &Path, tree: &Path) -> Result<BTreeSet<Place>> {
    let mut command = Command::new(ast_grep);
    command.args(["scan", "--json=stream", "--rule"]).arg(rules).arg(".").current_dir(tree);
    let (code, out, errors) = observed(&mut command)?;
    // Findings of severity `error` end it with 1.
    if code > 1 || !errors.is_empty() {
        bail!("ast-grep ended with {code}: {errors}");
    }
    let mut places = BTreeSet::new();
    for row in out.lines() {
        let one: Value = serde_json::from_str(row).context("ast-grep's JSON")?;
        let path = text(&one, "/file").trim_start_matches("./");
        if both_read(path) {
            let (start, end) = (line(&one, "/range/start/line") + 1, line(&one, "/range/end/line") + 1);
            places.insert((text(&one, "/ruleId").to_owned(), path.to_owned(), start, end));
        }
    }
    Ok(places)
}

fn ours(bench: &Bench, rules: &Path, tree: &Path) -> Result<BTreeSet<Place>> {
    let scan = bench.scan(tree, &[".", "--select", "code", "--rules", &rules.to_string_lossy()])?;
    let mut places = BTreeSet::new();
    for finding in findings(&scan)? {
        let rule = text(finding, "/check").trim_start_matches("code/");
        let path = text(finding, "/location/path");
        if rule.starts_with(PREFIX) && both_read(path) {
            let (start, end) = (line(finding, "/location/start/line"), line(finding, "/location/end/line"));
            places.insert((rule.to_owned(), path.to_owned(), start, end));
        }
    }
    Ok(places)
}
