//! The merge gate: findings, coverage and policy become a decision with every reason and what to do about it.
//!
//! It fails closed. What could not be looked at, or was switched off, is a
//! reason not to decide; nothing to look at is not an allow.

use palisade_checks::{Check, catalogue};
use palisade_inventory::glob::Glob;
use palisade_model::{Coverage, Finding, Severity, Skipped};

use crate::baseline::Baseline;
use crate::decision::{Counts, Decision, Place, Reason, Rule, Verdict};
use crate::settings::{Effect, MergePolicy};
use crate::word::shell_word;

/// Actions in workflows that deploy.
const UNPINNED: &str = "ci/unpinned-action-in-deploy";
/// Lock files.
const LOCKFILE: &str = "scan/unreadable-lockfile";
/// Files that do not parse.
const UNREADABLE: &str = "scan/unreadable-file";

/// Days of an exception that is proposed; less than what may be asked for by default.
const ALLOW_DAYS: u32 = 60;

/// Files named in one reason; the others are counted.
const FILES_NAMED_MAX: usize = 5;

/// What is judged.
#[derive(Clone, Copy, Debug)]
pub struct MergeInput<'a> {
    /// All findings, with exceptions applied and their faults among them.
    pub findings: &'a [Finding],
    /// What was looked at.
    pub coverage: &'a Coverage,
    /// The checks that ran.
    pub ran: &'a [&'static Check],
    /// What was there before; `None` makes every finding new.
    pub baseline: Option<&'a Baseline>,
    /// The thresholds.
    pub policy: &'a MergePolicy,
    /// Ids of the exceptions that covered something.
    pub used: &'a [String],
    /// Names of folders with test material.
    pub fixtures: &'a [String],
}

/// Judges a merge.
#[must_use]
pub fn merge(input: &MergeInput<'_>) -> Decision {
    let mut reasons = Vec::new();
    reasons.extend(switched_off(input.ran));
    reasons.extend(unreadable(&input.coverage.unreadable));
    for finding in input.findings.iter().filter(|finding| finding.exception.is_none()) {
        reasons.extend(judge(finding, input));
    }
    reasons.sort_by(|left, right| {
        let key = |reason: &Reason| (std::cmp::Reverse(reason.effect), reason.rule, std::cmp::Reverse(reason.severity));
        key(left).cmp(&key(right)).then_with(|| left.place.cmp(&right.place))
    });
    let verdict = match input.coverage.is_nothing() {
        true => Verdict::Nothing,
        false => reasons.iter().map(|reason| reason.effect).max().unwrap_or(Verdict::Allow),
    };
    Decision { gate: "merge", verdict, reasons, counts: counts(input), exceptions: input.used.to_vec() }
}

fn counts(input: &MergeInput<'_>) -> Counts {
    let open = |finding: &&Finding| finding.exception.is_none();
    let new = input.findings.iter().filter(open).filter(|finding| is_new(finding, input)).count();
    let all_open = input.findings.iter().filter(open).count();
    Counts {
        files: input.coverage.seen,
        findings: input.findings.len(),
        excepted: input.findings.len() - all_open,
        new,
        unchanged: all_open - new,
        gone: input.baseline.map_or(0, |baseline| baseline.gone(input.findings)),
    }
}

fn is_new(finding: &Finding, input: &MergeInput<'_>) -> bool {
    input.baseline.is_none_or(|baseline| baseline.is_new(finding))
}

/// Checks that this gate rests on and that were not run. A repository must not pass by switching off the scan.
fn switched_off(ran: &[&'static Check]) -> Vec<Reason> {
    let has_run = |id: &str| ran.iter().any(|check| check.meta.id == id);
    let mut out = Vec::new();
    let known: Vec<&str> = catalogue().map(|check| check.meta.id).filter(|id| id.starts_with("secrets/")).collect();
    let missing = known.iter().filter(|id| !has_run(id)).count();
    if missing > 0 {
        let (effect, what) = match known.len() - missing {
            0 => (Verdict::Undecided, "the scan for secrets was switched off".to_owned()),
            _ => (Verdict::Warn, format!("{missing} of {} checks for secrets were switched off", known.len())),
        };
        out.push(off(effect, what));
    }
    for id in [UNPINNED, LOCKFILE, UNREADABLE] {
        if !has_run(id) {
            out.push(off(Verdict::Undecided, format!("the check {id} was switched off")));
        }
    }
    out
}

fn off(effect: Verdict, what: String) -> Reason {
    let next = "remove it from `ignore` (or add it to `select`) in palisade.toml and on the command line";
    Reason {
        rule: Rule::Coverage,
        effect,
        what,
        place: None,
        finding: None,
        severity: None,
        next: next.to_owned(),
        allow: None,
    }
}

fn unreadable(files: &[Skipped]) -> Option<Reason> {
    let first = files.first()?;
    let named: Vec<&str> = files.iter().take(FILES_NAMED_MAX).map(|file| file.path.as_str()).collect();
    let more = match files.len().saturating_sub(named.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(Reason {
        rule: Rule::Coverage,
        effect: Verdict::Undecided,
        what: format!("could not be read: {}{more} ({})", named.join(", "), first.reason),
        place: Some(Place { path: first.path.clone(), line: 1, column: 1 }),
        finding: None,
        severity: None,
        next: "make the files readable to whoever runs the gate, or exclude them in palisade.toml".to_owned(),
        allow: None,
    })
}

fn judge(finding: &Finding, input: &MergeInput<'_>) -> Option<Reason> {
    let policy = input.policy;
    let counts = policy.all || input.baseline.is_none_or(|baseline| !baseline.excuses(finding));
    let by_severity = || match finding.severity {
        severity if severity >= policy.severity => Some(Verdict::Deny),
        severity if severity >= policy.warn => Some(Verdict::Warn),
        _ => None,
    };
    let (rule, effect) = match (finding.check.family(), finding.check.id) {
        // Information about secrets (a revoked one, say) is no leak.
        ("secrets", _) if finding.severity == Severity::Info => (Rule::Secrets, Verdict::Warn),
        ("secrets", _) => (Rule::Secrets, Verdict::Deny),
        (_, UNPINNED) => (Rule::UnpinnedDeployActions, policy.unpinned_deploy_actions.into()),
        (_, LOCKFILE) => (Rule::UnreadableLockfiles, policy.unreadable_lockfiles.into()),
        (_, UNREADABLE) if counts => (Rule::UnreadableFiles, policy.unreadable_files.into()),
        ("exceptions", _) => (Rule::Exceptions, by_severity()?),
        _ if counts => (Rule::Severity, by_severity()?),
        _ => return None,
    };
    let start = finding.location.start;
    Some(Reason {
        rule,
        effect,
        what: finding.message.clone(),
        place: Some(Place { path: finding.location.path.to_string(), line: start.line, column: start.column }),
        finding: Some((finding.check.id, finding.fingerprint)),
        severity: Some(finding.severity),
        next: next(rule, finding),
        allow: (rule == Rule::Secrets && may_stay(finding, input)).then(|| allow(finding)),
    })
}

/// Whether an exception for a secret is worth proposing: it was there before, or lies in test material. A new one
/// anywhere else is to be taken out of the change.
fn may_stay(finding: &Finding, input: &MergeInput<'_>) -> bool {
    let folders = finding.location.path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let in_tests = folders.split('/').any(|folder| input.fixtures.iter().any(|name| name == folder));
    in_tests || !is_new(finding, input)
}

/// The command that lets a secret stay for a while: by check and path, or by fingerprint where the value stands in
/// other files too or no glob means this path alone.
fn allow(finding: &Finding) -> String {
    let path = &*finding.location.path;
    let elsewhere = finding.also.iter().any(|copy| &*copy.location.path != path);
    let scope = if elsewhere || path.contains(['*', '?']) || Glob::parse(path).is_err() {
        format!("--fingerprint {}", finding.fingerprint)
    } else {
        format!("--check {} --path {}", finding.check.id, shell_word(path))
    };
    format!("palisade exception add {scope} --owner OWNER --ticket TICKET --reason WHY --days {ALLOW_DAYS}")
}

fn next(rule: Rule, finding: &Finding) -> String {
    let id = finding.check.id;
    match rule {
        Rule::Secrets => {
            "revoke the credential where it was issued, then remove it: deleting the line alone does not end the leak"
                .to_owned()
        }
        Rule::UnpinnedDeployActions => {
            "pin the action to the full commit id of the version you reviewed, with the version in a comment".to_owned()
        }
        Rule::UnreadableLockfiles => "write the lock file anew with its package manager".to_owned(),
        Rule::UnreadableFiles => "mend the syntax, or except the file if it is broken on purpose".to_owned(),
        Rule::Exceptions => "mend the entry in .palisade/exceptions.toml, or remove it".to_owned(),
        Rule::Severity | Rule::Coverage => match (&finding.fix, finding.upgrade.as_ref()) {
            (Some(fix), _) => format!("{}; `palisade explain {id}` says why", fix.title),
            (None, Some(upgrade)) => match &upgrade.command {
                Some(command) => format!("`{}`, or `palisade fix --unsafe --update`", command.join(" ")),
                None => format!("raise `{}` to {}", upgrade.package.full_name(), upgrade.to),
            },
            (None, None) => {
                format!("mend it (`palisade explain {id}`), or ask for an exception: `palisade exception add`")
            }
        },
    }
}

impl From<Effect> for Verdict {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Warn => Self::Warn,
            Effect::Deny => Self::Deny,
        }
    }
}
