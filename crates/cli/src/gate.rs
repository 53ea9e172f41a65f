//! `palisade gate`: look, judge, record, then say it. An allow is printed only once it is in the ledger.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use palisade_gate::{Decision, MergeInput, MergePolicy, Reason, Verdict, merge};
use palisade_ledger::{Entry, Receipt};
use palisade_model::{Digest, Timestamp};
use palisade_report::visible;
use palisade_source::git::repository::Repository;
use serde_json::{Value, json};

use crate::arguments::judging::{Gate, Merge};
use crate::arguments::{Global, PlainFormat};
use crate::console;
use crate::excepting::now;
use crate::exit::{Exit, hinted};
use crate::ledger::Opened;
use crate::target::{self, Looked};

/// The ledger of a repository, when none is named.
const LEDGER_FOLDER: &str = ".palisade/ledger";

/// Reasons kept in an entry; a decision with more says how many it left out.
const REASONS_KEPT_MAX: usize = 100;

/// Reasons of one effect listed for a person; JSON lists all.
const REASONS_SHOWN_MAX: usize = 20;

/// Runs the verb.
pub(crate) fn run(gate: &Gate, global: &Global) -> anyhow::Result<Exit> {
    match gate {
        Gate::Merge(arguments) => run_merge(arguments, global),
    }
}

fn run_merge(arguments: &Merge, global: &Global) -> anyhow::Result<Exit> {
    let looked = target::look(&arguments.target, &arguments.look)?;
    let policy = MergePolicy { all: arguments.all || looked.config.gate.merge.all, ..looked.config.gate.merge.clone() };
    let decision = merge(&MergeInput {
        findings: &looked.scan.findings,
        coverage: &looked.scan.coverage,
        ran: looked.scanner.checks(),
        baseline: looked.before.as_ref().map(|before| &before.baseline),
        policy: &policy,
        used: &looked.excepted.used,
    });
    let time = now();
    let record = Record { time, looked: &looked, decision: &decision, commit: commit_of(&arguments.target) };
    // Fail closed: when the decision cannot be recorded, this returns an error, and nothing was allowed.
    let receipt = if arguments.dry_run || decision.verdict == Verdict::Nothing {
        None
    } else {
        let folder = ledger_folder(arguments)?;
        let opened = Opened::new(&folder, &arguments.key)?;
        opened.append(&[record.entry()])?.receipts.first().copied()
    };
    console::print(|out| match arguments.format {
        PlainFormat::Human => human(&decision, &looked, receipt, arguments, console::style(global, false).color, out),
        PlainFormat::Json => writeln!(out, "{:#}", record.document(receipt, arguments.dry_run)),
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
    let mut folder = arguments.target.clone();
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

/// What is recorded and printed of a decision.
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
        let mut payload = self.common();
        if let Value::Object(members) = &mut payload {
            members.insert("reasons".into(), reasons.into());
            let left_out = self.decision.reasons.len().saturating_sub(REASONS_KEPT_MAX);
            members.insert("reasons_left_out".into(), left_out.into());
        }
        Entry::new(self.time, "gate.merge", payload)
    }

    fn document(&self, receipt: Option<Receipt>, dry_run: bool) -> Value {
        let mut document = json!({ "schema": "palisade.decision/1", "time": self.time.rfc3339(), "dry_run": dry_run });
        let entry = receipt.map(|one| {
            json!({ "index": one.index, "leaf": one.leaf.to_string(), "size": one.size, "root": one.root.to_string() })
        });
        if let (Value::Object(members), Value::Object(common)) = (&mut document, self.common()) {
            members.extend(common);
            members.insert("reasons".into(), json!(self.decision.reasons));
            members.insert("entry".into(), json!(entry));
        }
        document
    }

    fn common(&self) -> Value {
        let looked = self.looked;
        let since = looked.before.as_ref().map(|before| cut(&before.name));
        json!({
            "gate": self.decision.gate,
            "verdict": self.decision.verdict,
            "target": { "kind": looked.kind, "path": cut(&looked.path), "commit": self.commit, "since": since },
            "counts": self.decision.counts,
            "exceptions": self.decision.exceptions.iter().take(REASONS_KEPT_MAX).collect::<Vec<_>>(),
            "policy": self.policy().to_string(),
            "tool": concat!("palisade ", env!("CARGO_PKG_VERSION")),
        })
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

fn human(
    decision: &Decision,
    looked: &Looked,
    receipt: Option<Receipt>,
    arguments: &Merge,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    for effect in [Verdict::Undecided, Verdict::Deny, Verdict::Warn] {
        let reasons: Vec<&Reason> = decision.reasons.iter().filter(|reason| reason.effect == effect).collect();
        for reason in reasons.iter().take(REASONS_SHOWN_MAX) {
            print_reason(reason, out)?;
        }
        if reasons.len() > REASONS_SHOWN_MAX {
            let more = reasons.len() - REASONS_SHOWN_MAX;
            writeln!(out, "… and {more} more reasons to {} (--format json lists all)\n", word(effect))?;
        }
    }
    let (verdict, look) = match decision.verdict {
        Verdict::Allow => ("ALLOW", "\u{1b}[1;32m"),
        Verdict::Warn => ("ALLOW, with warnings", "\u{1b}[1;33m"),
        Verdict::Deny => ("DENY", "\u{1b}[1;31m"),
        Verdict::Undecided => ("COULD NOT DECIDE", "\u{1b}[1;31m"),
        Verdict::Nothing => ("NOTHING TO JUDGE", "\u{1b}[1;33m"),
    };
    let (start, end) = if color { (look, "\u{1b}[0m") } else { ("", "") };
    let would = if arguments.dry_run { "dry run, would be " } else { "" };
    let counts = decision.counts;
    write!(out, "{would}{start}{verdict}{end}: merge of {}", visible(&looked.path))?;
    if decision.verdict == Verdict::Nothing {
        return writeln!(out, ", where there is no file to look at");
    }
    write!(out, ", {} files, {} findings", counts.files, counts.findings)?;
    if let Some(before) = &looked.before {
        let name = visible(&before.name);
        write!(out, " ({} new since {name}, {} unchanged, {} gone)", counts.new, counts.unchanged, counts.gone)?;
    }
    if counts.excepted > 0 {
        write!(out, ", {} under exceptions ({})", counts.excepted, decision.exceptions.join(", "))?;
    }
    writeln!(out)?;
    match receipt {
        Some(receipt) => writeln!(out, "recorded as entry {} of the ledger", receipt.index),
        None => writeln!(out, "not recorded"),
    }
}

fn print_reason(reason: &Reason, out: &mut dyn Write) -> io::Result<()> {
    let mut head = word(reason.effect).to_owned();
    if let Some(place) = &reason.place {
        head.push_str(&format!("  {}:{}", visible(&place.path), place.line));
    }
    if let (Some((check, _)), Some(severity)) = (reason.finding, reason.severity) {
        head.push_str(&format!("  {check} ({severity})"));
    }
    writeln!(out, "{head}")?;
    writeln!(out, "  {}", visible(&reason.what))?;
    writeln!(out, "  next: {}", visible(&reason.next))?;
    if let Some((_, fingerprint)) = reason.finding {
        writeln!(out, "  fingerprint: {fingerprint}")?;
    }
    writeln!(out)
}

fn word(effect: Verdict) -> &'static str {
    if effect == Verdict::Undecided { "undecided" } else { effect.name() }
}
