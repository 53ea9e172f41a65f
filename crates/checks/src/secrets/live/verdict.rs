//! What is said about a secret: live, revoked or unknown, and why.

use palisade_model::Validity;

/// What is said about a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted; who said so, and for which account.
    Live(String),
    /// Refused for good; who said so.
    Revoked(String),
    /// Neither; why.
    Unknown(String),
}

impl Verdict {
    /// Its word in reports.
    #[must_use]
    pub fn state(&self) -> Validity {
        match self {
            Self::Live(_) => Validity::Live,
            Self::Revoked(_) => Validity::Revoked,
            Self::Unknown(_) => Validity::Unknown,
        }
    }

    /// Who said so, or why nobody did.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Live(detail) | Self::Revoked(detail) | Self::Unknown(detail) => detail.clone(),
        }
    }

    /// Of several answers about one secret: one yes is a yes, and a no needs all of them.
    #[must_use]
    pub fn of_all(verdicts: &[Self]) -> Self {
        let rank = |verdict: &&Self| match verdict {
            Self::Live(_) => 0,
            Self::Unknown(_) => 1,
            Self::Revoked(_) => 2,
        };
        verdicts.iter().min_by_key(rank).cloned().unwrap_or_else(|| Self::Unknown("nobody was asked".to_owned()))
    }
}
