//! How bad a fault is, and how sure we are of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How bad a fault is when it is real. Ordered: `Info < Critical`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Style or advice; no risk by itself.
    Info,
    /// Hardens a second line of defence.
    Low,
    /// Exploitable together with another fault.
    Medium,
    /// Exploitable by someone who already has a foot in the door.
    High,
    /// Exploitable from outside, or already leaked.
    Critical,
}

impl Severity {
    /// All severities, worst first, as reports list them.
    pub const ALL: [Severity; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The lower-case name used in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How often a finding of a check is a real fault. Ordered: `Low < High`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Worth a look; often there is a reason.
    Low,
    /// Usually real.
    Medium,
    /// Real unless something unusual is going on.
    High,
}

impl Confidence {
    /// The lower-case name used in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A word that is no severity.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a severity; one of critical, high, medium, low, info is")]
pub struct UnknownName(String);

impl FromStr for Severity {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|severity| severity.name() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
