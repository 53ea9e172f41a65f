//! A gate's decision as text: the verdict, every reason, and what to do about it.
//!
//! JSON is the contract `palisade.decision/1`; people get it as human output and
//! as a pull request comment. Formats that have no word for a decision show the
//! scan that it rests on.

mod human;
mod markdown;

use std::collections::BTreeMap;
use std::io;

use palisade_gate::{Counts, Decision, Reason, Rule, Verdict};
use palisade_model::{Finding, Fingerprint};
use serde::Serialize;

use crate::json::{PackagesOut, write_pretty};
use crate::{Format, ScanReport, Style, github};

/// A decision, the scan it rests on, and where it is recorded.
#[derive(Clone, Debug)]
pub struct DecisionReport<'a> {
    /// What the gate says.
    pub decision: &'a Decision,
    /// What it looked at.
    pub scan: ScanReport<'a>,
    /// When it was made, as RFC 3339.
    pub time: String,
    /// The commit that was judged, if the target is a repository.
    pub commit: Option<String>,
    /// Digest of the settings and exceptions that held.
    pub policy: String,
    /// Whether the verdict is only told, without effect on the exit code.
    pub dry_run: bool,
    /// The entry of the ledger, once it is written.
    pub recorded: Option<Recorded>,
}

/// Where a decision is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The ledger's directory, in the user's words.
    pub ledger: String,
    /// Number of the entry, from 0.
    pub index: u64,
    /// Hash of its leaf, as the ledger prints hashes.
    pub leaf: String,
    /// Entries in the ledger with it.
    pub size: u64,
    /// Root of the tree with it.
    pub root: String,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    time: &'a str,
    dry_run: bool,
    gate: &'static str,
    verdict: Verdict,
    target: TargetOut<'a>,
    counts: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    packages: Option<PackagesOut>,
    exceptions: &'a [String],
    policy: &'a str,
    tool: &'static str,
    reasons: &'a [Reason],
    entry: Option<&'a Recorded>,
}

#[derive(Serialize)]
struct TargetOut<'a> {
    kind: &'a str,
    path: &'a str,
    commit: Option<&'a str>,
    since: Option<&'a str>,
}

/// Writes a decision in a format.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_decision(
    format: Format,
    report: &DecisionReport<'_>,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Human => out.write_all(human::render(report, style).as_bytes()),
        Format::Markdown => out.write_all(markdown::render(report).as_bytes()),
        Format::Json => write_json(report, out),
        Format::Github => {
            out.write_all(github::render(&report.scan).as_bytes())?;
            writeln!(out, "palisade: {}", headline(report))
        }
        Format::Sarif | Format::Junit | Format::Gitlab | Format::Html => crate::write(format, &report.scan, style, out),
    }
}

fn write_json(report: &DecisionReport<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let decision = report.decision;
    let target = &report.scan.target;
    let document = Document {
        schema: "palisade.decision/1",
        time: &report.time,
        dry_run: report.dry_run,
        gate: decision.gate,
        verdict: decision.verdict,
        target: TargetOut {
            kind: &target.kind,
            path: &target.path,
            commit: report.commit.as_deref(),
            since: report.scan.baseline.as_ref().map(|baseline| baseline.name.as_str()),
        },
        counts: decision.counts,
        packages: PackagesOut::of(&report.scan),
        exceptions: &decision.exceptions,
        policy: &report.policy,
        tool: concat!("palisade ", env!("CARGO_PKG_VERSION")),
        reasons: &decision.reasons,
        entry: report.recorded.as_ref(),
    };
    write_pretty(&document, out)
}

/// Reasons of one effect, rule and check: one decision for whoever reads them.
struct Group<'a> {
    effect: Verdict,
    rule: Rule,
    check: Option<&'static str>,
    reasons: Vec<&'a Reason>,
}

/// Heaviest first, in the order of the decision.
fn groups<'a>(decision: &'a Decision) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut index: BTreeMap<(Verdict, Rule, Option<&str>), usize> = BTreeMap::new();
    for reason in &decision.reasons {
        let check = reason.finding.map(|(check, _)| check);
        let at = *index.entry((reason.effect, reason.rule, check)).or_insert_with(|| {
            groups.push(Group { effect: reason.effect, rule: reason.rule, check, reasons: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.reasons.push(reason);
        }
    }
    groups
}

/// Whether a rule counts what a baseline knew, which is worth a word where there is one.
fn counts_old(report: &DecisionReport<'_>, rule: Rule) -> bool {
    report.scan.baseline.is_some() && rule.is_absolute()
}

/// The commands that would let what a group denies stay for a while, each once.
fn allowing<'a>(group: &Group<'a>) -> Vec<&'a str> {
    let mut commands: Vec<&str> = group.reasons.iter().filter_map(|reason| reason.allow.as_deref()).collect();
    commands.sort_unstable();
    commands.dedup();
    commands
}

/// The findings behind reasons, by identity.
fn findings<'a>(scan: &ScanReport<'a>) -> BTreeMap<Fingerprint, &'a Finding> {
    scan.scan.findings.iter().rev().map(|finding| (finding.fingerprint, finding)).collect()
}

/// `merge denied: 3 reasons, 12 warnings`.
fn headline(report: &DecisionReport<'_>) -> String {
    let decision = report.decision;
    let gate = decision.gate;
    let verdict = match (decision.verdict, report.dry_run) {
        (Verdict::Allow | Verdict::Warn, false) => format!("{gate} allowed"),
        (Verdict::Allow | Verdict::Warn, true) => format!("{gate} would be allowed"),
        (Verdict::Deny, false) => format!("{gate} denied"),
        (Verdict::Deny, true) => format!("{gate} would be denied"),
        (Verdict::Undecided, _) => format!("{gate} could not be decided"),
        (Verdict::Nothing, _) => format!("nothing to judge for this {gate}"),
    };
    let counted = |effect: Verdict| decision.reasons.iter().filter(|reason| reason.effect == effect).count();
    let mut parts = Vec::new();
    let against = counted(Verdict::Deny);
    if against > 0 {
        parts.push(crate::text::count(against, "reason against it", "reasons against it"));
    }
    let missing = counted(Verdict::Undecided);
    if missing > 0 {
        parts.push(format!("{} missing", crate::text::count(missing, "thing is", "things are")));
    }
    let warnings = counted(Verdict::Warn);
    if warnings > 0 {
        parts.push(crate::text::count(warnings, "warning", "warnings"));
    }
    if parts.is_empty() { verdict } else { format!("{verdict}: {}", parts.join(", ")) }
}

/// The name of a rule as people say it.
fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Coverage => "not everything was looked at",
        Rule::Secrets => "a secret is in the clear",
        Rule::Severity => "a fault is too severe",
        Rule::UnpinnedDeployActions => "an action that deploys is not pinned",
        Rule::UnreadableLockfiles => "a lock file cannot be read",
        Rule::UnreadableFiles => "a file cannot be read",
        Rule::Exceptions => "an exception is not in order",
    }
}
