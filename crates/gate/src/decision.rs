//! What a gate says: a verdict and every reason for it.

use palisade_model::{Fingerprint, Severity};
use serde::{Serialize, Serializer};

/// How a gate ends. Ordered by weight: one reason of the heaviest kind decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing speaks against it.
    Allow,
    /// Allowed, and something is worth a look.
    Warn,
    /// Not allowed.
    Deny,
    /// Something that the decision rests on could not be had.
    Undecided,
    /// There was nothing to judge.
    Nothing,
}

impl Verdict {
    /// The name used in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
            Self::Undecided => "undecided",
            Self::Nothing => "nothing",
        }
    }

    /// Whether what was asked for may happen.
    #[must_use]
    pub fn allows(self) -> bool {
        matches!(self, Self::Allow | Self::Warn)
    }
}

/// The part of the policy that a reason comes from. Ordered as reasons are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Everything that was to be looked at was looked at.
    Coverage,
    /// No secrets.
    Secrets,
    /// No findings as bad as the threshold.
    Severity,
    /// Actions in workflows that deploy are pinned.
    UnpinnedDeployActions,
    /// Lock files can be read.
    UnreadableLockfiles,
    /// Files that checks need can be read.
    UnreadableFiles,
    /// Exceptions are in order.
    Exceptions,
}

impl Rule {
    /// Whether it asks about everything that is there, whatever a baseline knew.
    #[must_use]
    pub fn is_absolute(self) -> bool {
        match self {
            Self::Secrets | Self::UnpinnedDeployActions | Self::UnreadableLockfiles | Self::Exceptions => true,
            Self::Coverage | Self::Severity | Self::UnreadableFiles => false,
        }
    }
}

/// Where a reason points.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// Path within the target.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// One reason, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Which part of the policy.
    pub rule: Rule,
    /// What it does to the decision.
    pub effect: Verdict,
    /// What is wrong.
    pub what: String,
    /// Where.
    #[serde(rename = "where")]
    pub place: Option<Place>,
    /// The check and the identity of the finding behind it.
    #[serde(serialize_with = "finding_out")]
    pub finding: Option<(&'static str, Fingerprint)>,
    /// How bad the finding is.
    pub severity: Option<Severity>,
    /// What to do next.
    pub next: String,
    /// The command that lets it stay for a while: for secrets that are not new, or lie in test material.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<String>,
}

/// How much there was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Files met.
    pub files: usize,
    /// Findings in all.
    pub findings: usize,
    /// Findings under an exception.
    pub excepted: usize,
    /// Open findings that were not there before.
    pub new: usize,
    /// Open findings that were.
    pub unchanged: usize,
    /// Findings that were there and are no more.
    pub gone: usize,
}

/// What a gate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Which gate.
    pub gate: &'static str,
    /// How it ends.
    pub verdict: Verdict,
    /// Every reason, heaviest first.
    pub reasons: Vec<Reason>,
    /// How much there was.
    pub counts: Counts,
    /// Ids of the exceptions that covered something.
    pub exceptions: Vec<String>,
}

fn finding_out<S: Serializer>(finding: &Option<(&'static str, Fingerprint)>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Out {
        check: &'static str,
        fingerprint: Fingerprint,
    }
    finding.map(|(check, fingerprint)| Out { check, fingerprint }).serialize(serializer)
}
