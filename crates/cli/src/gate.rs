//! `palisade gate`: look, judge, record, then say it. An allow is printed only once it is in the ledger.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::anyhow;
use palisade_gate::{Decision, MergeInput, MergePolicy, Verdict, merge};
use palisade_ledger::Entry;
use palisade_model::{Digest, Timestamp};
use palisade_report::{DecisionReport, Recorded, write_decision};
use palisade_source::git::repository::Repository;
use serde_json::{Value, json};

use crate::arguments::Global;
use crate::arguments::judging::{Gate, Merge};
use crate::console;
use crate::excepting::now;
use crate::exit::{Exit, hinted};
use crate::ledger::Opened;
use crate::target::{self, Looked};
use crate::verify;

/// The ledger of a repository, when none is named.
const LEDGER_FOLDER: &str = ".palisade/ledger";

/// Reasons kept in an entry; a decision with more says how many it left out.
const REASONS_KEPT_MAX: usize = 100;

/// Runs the verb.
pub(crate) fn run(gate: &Gate, global: &Global) -> anyhow::Result<Exit> {
    match gate {
        Gate::Merge(arguments) => run_merge(arguments, global),
    }
}

fn run_merge(arguments: &Merge, global: &Global) -> anyhow::Result<Exit> {
    let started = Instant::now();
    verify::allowed(&arguments.look, global)?;
    let looked = target::look_anywhere(&arguments.target, &arguments.look, global.offline)?;
    if looked.scanner.asks_about_new_packages() && arguments.look.since.is_none() {
        eprintln!("warning: [packages] new = \"exception\" was not judged: there is nothing to compare with");
        eprintln!("hint: pass --since REV, such as --since origin/main");
    }
    let policy = MergePolicy { all: arguments.all || looked.config.gate.merge.all, ..looked.config.gate.merge.clone() };
    let decision = merge(&MergeInput {
        findings: &looked.scan.findings,
        coverage: &looked.scan.coverage,
        ran: looked.scanner.checks(),
        baseline: looked.before.as_ref().map(|before| &before.baseline),
        policy: &policy,
        used: &looked.excepted.used,
        fixtures: &looked.scanner.settings().fixtures,
    });
    let record = Record { time: now(), looked: &looked, decision: &decision, commit: commit_of(&arguments.target) };
    // Fail closed: when the decision cannot be recorded, this returns an error, and nothing was allowed.
    let recorded = if arguments.dry_run || decision.verdict == Verdict::Nothing {
        None
    } else {
        let folder = ledger_folder(arguments)?;
        let opened = Opened::new(&folder, &arguments.key)?;
        opened.append(&[record.entry()])?.receipts.first().map(|receipt| Recorded {
            ledger: folder.display().to_string(),
            index: receipt.index,
            leaf: receipt.leaf.to_string(),
            size: receipt.size,
            root: receipt.root.to_string(),
        })
    };
    let report = DecisionReport {
        decision: &decision,
        scan: looked.report(started.elapsed()),
        time: record.time.rfc3339(),
        commit: record.commit.clone(),
        policy: record.policy().to_string(),
        dry_run: arguments.dry_run,
        recorded,
    };
    console::write(arguments.output.as_deref(), global, false, |style, out| {
        write_decision(arguments.format, &report, style, out)
    })?;
    Ok(match decision.verdict {
        Verdict::Nothing => Exit::Nothing,
        _ if arguments.dry_run => Exit::Done,
        Verdict::Allow | Verdict::Warn => Exit::Done,
        Verdict::Deny => Exit::Deny,
        Verdict::Undecided => Exit::Undecided,
    })
}

/// The folder of the ledger. The default one lies in a repository that others write: no link leads out of it.
fn ledger_folder(arguments: &Merge) -> anyhow::Result<PathBuf> {
    if let Some(folder) = &arguments.ledger {
        return Ok(folder.clone());
    }
    if !arguments.target.is_dir() {
        let error = anyhow!("{} has no folder to keep a ledger in", arguments.target.display());
        return Err(hinted(error, "name one with --ledger DIR, or pass --dry-run"));
    }
    let mut folder = if arguments.target == Path::new(".") { PathBuf::new() } else { arguments.target.clone() };
    for part in LEDGER_FOLDER.split('/') {
        folder.push(part);
        if std::fs::symlink_metadata(&folder).is_ok_and(|meta| meta.is_symlink()) {
            let error = anyhow!("{} is a symbolic link", folder.display());
            return Err(hinted(error, "name the ledger with --ledger DIR"));
        }
    }
    Ok(folder)
}

fn commit_of(target: &Path) -> Option<String> {
    let repository = Repository::discover(target).ok()?;
    repository.head().map(|id| id.to_string())
}

/// What is recorded of a decision.
struct Record<'a> {
    time: Timestamp,
    looked: &'a Looked,
    decision: &'a Decision,
    commit: Option<String>,
}

impl Record<'_> {
    /// The entry of the ledger: which checks at which places, never what was found there.
    fn entry(&self) -> Entry {
        let kept = self.decision.reasons.iter().take(REASONS_KEPT_MAX);
        let reasons: Vec<Value> = kept
            .map(|reason| {
                let place = reason.place.as_ref().map(|place| json!({ "path": cut(&place.path), "line": place.line }));
                json!({
                    "rule": reason.rule, "effect": reason.effect, "where": place,
                    "check": reason.finding.map(|(check, _)| check),
                    "fingerprint": reason.finding.map(|(_, print)| print.to_string()),
                })
            })
            .collect();
        let looked = self.looked;
        let since = looked.before.as_ref().map(|before| cut(&before.name));
        let mut payload = json!({
            "gate": self.decision.gate,
            "verdict": self.decision.verdict,
            "target": { "kind": looked.kind, "path": cut(&looked.path), "commit": self.commit, "since": since },
            "counts": self.decision.counts,
            "advisories": looked.scan.advisories.as_ref().map(|digest| format!("sha256:{digest}")),
            "exceptions": self.decision.exceptions.iter().take(REASONS_KEPT_MAX).collect::<Vec<_>>(),
            "policy": self.policy().to_string(),
            "tool": concat!("palisade ", env!("CARGO_PKG_VERSION")),
            "reasons": reasons,
            "reasons_left_out": self.decision.reasons.len().saturating_sub(REASONS_KEPT_MAX),
        });
        if let Some(payload) = payload.as_object_mut().filter(|_| !looked.scan.imports.is_empty()) {
            let imports = looked.scan.imports.iter().take(REASONS_KEPT_MAX).map(|import| {
                let (path, tool) = (cut(&import.path), cut(&import.tool));
                json!({ "path": path, "tool": tool, "version": cut(&import.version), "results": import.results })
            });
            payload.insert("imports".to_owned(), imports.collect());
        }
        Entry::new(self.time, "gate.merge", payload)
    }

    /// Digest of the settings and exceptions that held.
    fn policy(&self) -> Digest {
        Digest::of_parts(&[b"merge", self.looked.config.text.as_bytes(), &self.looked.excepted.file])
    }
}

/// A name from outside, short enough that a hundred fit in an entry.
fn cut(text: &str) -> String {
    const CHARACTERS_MAX: usize = 100;
    if text.chars().count() <= CHARACTERS_MAX {
        text.to_owned()
    } else {
        text.chars().take(CHARACTERS_MAX).chain(['…']).collect()
    }
}
