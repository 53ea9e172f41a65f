//! Which licences packages may be under: the policy of `[packages.licences]`, and what it says of a statement.
//!
//! What is only alike a licence is never allowed for that: a guess may be a reason to look, and permits nothing.

mod judge;

use palisade_inventory::licence::{Expression, Term, guesses, ids};
use serde::Deserialize;

use crate::settings::distance;

pub(crate) use judge::judge;

/// `[packages.licences]` in `palisade.toml`. Without any of it nothing is said about licences.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LicenceSettings {
    /// Licences that packages may be under. Where some are named, all others are for review.
    pub allow: Vec<Listed>,
    /// Licences that somebody has to look at. They win over those that are allowed.
    pub review: Vec<Listed>,
    /// Licences that no package may be under. They win over all others.
    pub deny: Vec<Listed>,
    /// What holds for packages that state no licence, or in words that are no SPDX expression. Where it is not set, the
    /// former are counted and else allowed, and the latter are as licences that no list names.
    pub unknown: Option<Verdict>,
}

/// What a policy says of a licence. The greater, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing to say.
    Allow,
    /// Somebody has to look.
    Review,
    /// It may not be.
    Deny,
}

/// A licence of a policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Listed {
    /// One; or two, because `GPL-2.0` does not say whether later versions are meant.
    terms: Vec<Term>,
}

/// A word in a policy that is no licence.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{given}` is no licence of SPDX's list; did you mean `{nearest}`? A list has one licence an entry, such as `MIT`, `GPL-2.0-or-later WITH Classpath-exception-2.0` or `LicenseRef-ours`"
)]
pub struct UnknownLicence {
    given: String,
    nearest: String,
}

/// Why a part of a statement got its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// A list names it.
    Listed,
    /// No list names it.
    Unlisted,
    /// It is no licence that is known.
    NotKnown,
}

/// What a policy says of a statement, and of which parts of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ruling {
    verdict: Verdict,
    /// The parts that give the verdict.
    parts: Vec<(String, Why)>,
}

impl TryFrom<String> for Listed {
    type Error = UnknownLicence;

    fn try_from(given: String) -> Result<Self, UnknownLicence> {
        let Some(term) = Term::parse(&given) else {
            let guessed = guesses(&given).first().copied();
            let folded = given.to_ascii_lowercase();
            let nearest = guessed.or_else(|| ids().min_by_key(|id| distance(&id.to_ascii_lowercase(), &folded)));
            return Err(UnknownLicence { nearest: nearest.unwrap_or("MIT").to_owned(), given });
        };
        let says_only =
            |text: &str| text.split(' ').next().is_some_and(|id| id.to_ascii_lowercase().ends_with("-only"));
        let open = says_only(&term.to_string()) && !says_only(given.trim());
        let other = open.then(|| term.or_later(true));
        Ok(Self { terms: std::iter::once(term).chain(other).collect() })
    }
}

impl Listed {
    fn is(&self, term: &Term) -> bool {
        self.terms.iter().any(|own| own.is(term))
    }

    /// Whether a licence is a choice that this one leaves: `GPL-3.0-only` is one of `GPL-2.0-or-later`. What is said
    /// against all choices together is said against each.
    fn leaves(&self, term: &Term) -> bool {
        let leaves = |own: &Term| own.is_or_later() && own.versions().iter().any(|version| version.is(term));
        self.terms.iter().any(leaves)
    }
}

impl LicenceSettings {
    /// Whether there is a policy.
    #[must_use]
    pub fn is_set(&self) -> bool {
        let lists = [&self.allow, &self.review, &self.deny];
        lists.into_iter().any(|list| !list.is_empty()) || self.unknown.is_some_and(|unknown| unknown > Verdict::Allow)
    }

    /// What holds for a licence that no list names.
    fn unlisted(&self) -> Verdict {
        if self.allow.is_empty() { Verdict::Allow } else { Verdict::Review }
    }

    /// What holds for a package that states nothing.
    fn unstated(&self) -> Verdict {
        self.unknown.unwrap_or(Verdict::Allow)
    }

    /// What holds for words that are no licence. If they look like one that is denied, somebody has to look.
    fn unclear(&self, words: &str) -> Verdict {
        let meant = guesses(words).into_iter().filter_map(Term::parse).map(|term| self.term(&term).0).max();
        let least = if meant == Some(Verdict::Deny) { Verdict::Review } else { Verdict::Allow };
        self.unknown.unwrap_or_else(|| self.unlisted()).max(least)
    }

    /// What the lists say of just this licence.
    fn named(&self, is: impl Fn(&Listed) -> bool, allowed: impl Fn(&Listed) -> bool) -> Option<Verdict> {
        if self.deny.iter().any(&is) {
            Some(Verdict::Deny)
        } else if self.review.iter().any(&is) {
            Some(Verdict::Review)
        } else {
            self.allow.iter().any(allowed).then_some(Verdict::Allow)
        }
    }

    /// What holds for a licence. One that may be taken under later versions is as good as the best of them.
    fn term(&self, term: &Term) -> (Verdict, Why) {
        if let Some(verdict) = self.named(|listed| listed.is(term), |listed| listed.is(term)) {
            return (verdict, Why::Listed);
        }
        let versions = term.versions();
        let best =
            versions.iter().map(|version| self.version(version, term.is_or_later())).min_by_key(|(said, _)| *said);
        best.unwrap_or((self.unlisted(), Why::Unlisted))
    }

    /// What holds for one version of a licence, by itself or as one that may be chosen, and later ones as well.
    fn version(&self, term: &Term, or_later: bool) -> (Verdict, Why) {
        let later = term.or_later(or_later);
        let exact = self.named(|listed| listed.is(term), |listed| listed.is(term) || listed.is(&later));
        if let Some(verdict) = exact.or_else(|| self.named(|listed| listed.leaves(term), |_| false)) {
            return (verdict, Why::Listed);
        }
        // What is said of a licence holds for it with an exception too, unless the exception is named. An addition that
        // is not on SPDX's list may take away what the licence permits.
        match term.without_addition() {
            Some(base) if term.permits_more() => self.term(&base),
            Some(base) => {
                let (verdict, why) = self.term(&base);
                if verdict > Verdict::Allow { (verdict, why) } else { (Verdict::Review, Why::Unlisted) }
            }
            None => (self.unlisted(), Why::Unlisted),
        }
    }

    fn rule(&self, expression: &Expression) -> Ruling {
        match expression {
            Expression::Term(term) => {
                let (verdict, why) = self.term(term);
                Ruling { verdict, parts: vec![(term.to_string(), why)] }
            }
            Expression::Unknown(word) => {
                Ruling { verdict: self.unclear(word), parts: vec![(word.clone(), Why::NotKnown)] }
            }
            // All have to be kept to, so that the worst counts.
            Expression::All(parts) => joined(parts.iter().map(|part| self.rule(part)), Verdict::max),
            // None of the choices is better than the best.
            Expression::Any(parts) => joined(parts.iter().map(|part| self.rule(part)), Verdict::min),
        }
    }
}

fn joined(rulings: impl Iterator<Item = Ruling>, pick: fn(Verdict, Verdict) -> Verdict) -> Ruling {
    let all: Vec<Ruling> = rulings.collect();
    let verdict = all.iter().map(|ruling| ruling.verdict).reduce(pick).unwrap_or(Verdict::Deny);
    let mut parts: Vec<(String, Why)> = Vec::new();
    for part in all.into_iter().filter(|ruling| ruling.verdict == verdict).flat_map(|ruling| ruling.parts) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    Ruling { verdict, parts }
}

#[cfg(test)]
mod tests;
