//! A detector as a data row: what to look for, how to tell it from a look-alike, what to do about it.
//!
//! Rows live in `providers/`, one file and one page per provider. A row refuses to hold logic: shapes are
//! small regexes behind literal anchors, and what needs code names a function in this family.

use palisade_model::{Confidence, Meta, Severity, Span};

use super::anchor::Hit;
use super::checksum::Checksum;
use crate::Check;

/// One kind of secret.
#[derive(Debug)]
pub struct Detector {
    /// The check it reports as.
    pub check: Check,
    /// What to do with a leaked one: `revoke it at …`.
    pub advice: &'static str,
    pub(super) kind: Kind,
    /// Literals, at least four bytes each, one of which every secret of this kind holds.
    pub(super) anchors: &'static [&'static str],
    /// Shape in the syntax of the `regex` crate; group 1 is the secret when there is one.
    pub(super) pattern: &'static str,
    /// Words of which one must stand nearby, in lower case; empty asks for none.
    pub(super) near: &'static [&'static str],
    /// How far left of the anchor the pattern may begin.
    pub(super) before: usize,
    /// Least Shannon entropy of the value in bits per byte.
    pub(super) entropy: f32,
    pub(super) checksum: Option<Checksum>,
    /// Whether values with an example's marks (`EXAMPLE`, `xxxx`, sequences) are turned away.
    pub(super) rejects_placeholders: bool,
}

/// How the row is matched.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// The anchor is part of the secret itself.
    Token,
    /// A value assigned to a key that says key, token, secret or password, with the provider named nearby.
    Keyed,
    /// Decided by code.
    Special(fn(&[u8], Hit) -> Option<Found>),
    /// Decided by the name of its file, which holds nothing else.
    ByPath,
    /// Decided by the generic judge.
    Generic,
}

/// What a special detector saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The secret.
    pub(super) span: Span,
    /// Severity other than the row's.
    pub(super) severity: Option<Severity>,
    /// A remark for the message: `encrypted with a passphrase`.
    pub(super) note: Option<&'static str>,
}

impl Found {
    pub(super) fn at(start: usize, end: usize) -> Self {
        Self { span: Span::new(start, end), severity: None, note: None }
    }
}

/// What the rows of one page share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Provider {
    /// The page.
    pub(super) page: &'static str,
    /// What to do with a leaked secret.
    pub(super) advice: &'static str,
}

impl Provider {
    /// A secret that carries its own recognisable text.
    pub(super) const fn token(
        self,
        id: &'static str,
        title: &'static str,
        anchors: &'static [&'static str],
        pattern: &'static str,
    ) -> Detector {
        self.row(id, title, Kind::Token, anchors, pattern, &[], 3.0, Confidence::High)
    }

    /// A secret known only by its length and alphabet, near the provider's name.
    pub(super) const fn keyed(
        self,
        id: &'static str,
        title: &'static str,
        near: &'static [&'static str],
        pattern: &'static str,
    ) -> Detector {
        self.row(id, title, Kind::Keyed, &[], pattern, near, 2.8, Confidence::Medium)
    }

    /// A secret that code recognises.
    pub(super) const fn special(
        self,
        id: &'static str,
        title: &'static str,
        anchors: &'static [&'static str],
        decide: fn(&[u8], Hit) -> Option<Found>,
    ) -> Detector {
        self.row(id, title, Kind::Special(decide), anchors, "", &[], 0.0, Confidence::High)
    }

    /// A secret that is a whole file, known by its name.
    pub(super) const fn by_path(self, id: &'static str, title: &'static str) -> Detector {
        self.row(id, title, Kind::ByPath, &[], "", &[], 0.0, Confidence::High)
    }

    /// A check of the generic judge.
    pub(super) const fn generic(self, id: &'static str, title: &'static str) -> Detector {
        self.row(id, title, Kind::Generic, &[], "", &[], 0.0, Confidence::Medium)
    }

    #[expect(clippy::too_many_arguments, reason = "private; the four public builders name them")]
    const fn row(
        self,
        id: &'static str,
        title: &'static str,
        kind: Kind,
        anchors: &'static [&'static str],
        pattern: &'static str,
        near: &'static [&'static str],
        entropy: f32,
        confidence: Confidence,
    ) -> Detector {
        Detector {
            check: Check::by_scanner(Meta {
                id,
                title,
                page: self.page,
                since: "0.1.0",
                severity: Severity::High,
                confidence,
                controls: &["E3-T4"],
                maps: &["CWE-798"],
            }),
            advice: self.advice,
            kind,
            anchors,
            pattern,
            near,
            before: 0,
            entropy,
            checksum: None,
            rejects_placeholders: true,
        }
    }
}

impl Detector {
    /// Its id: `secrets/github-personal-token`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.check.meta.id
    }

    pub(super) const fn severity(mut self, severity: Severity) -> Self {
        self.check.meta.severity = severity;
        self
    }

    /// Whoever holds it acts as the account: exploitable from outside.
    pub(super) const fn critical(self) -> Self {
        self.severity(Severity::Critical)
    }

    pub(super) const fn medium(self) -> Self {
        self.severity(Severity::Medium)
    }

    pub(super) const fn low(self) -> Self {
        self.severity(Severity::Low)
    }

    pub(super) const fn entropy(mut self, bits: f32) -> Self {
        self.entropy = bits;
        self
    }

    pub(super) const fn checksum(mut self, checksum: Checksum) -> Self {
        self.checksum = Some(checksum);
        self
    }

    /// The pattern may begin up to so many bytes before the anchor.
    pub(super) const fn before(mut self, bytes: usize) -> Self {
        self.before = bytes;
        self
    }

    pub(super) const fn near(mut self, words: &'static [&'static str]) -> Self {
        self.near = words;
        self
    }

    /// Whether a check that knows more of the place (a password baked into an image) speaks instead of it.
    pub(crate) fn yields(&self) -> bool {
        matches!(self.kind, Kind::Generic) || self.anchors.iter().any(|anchor| anchor.ends_with("://"))
    }

    /// Whether its anchors open a block that ends far behind them.
    pub(super) fn opens_block(&self) -> bool {
        let opens = |anchor: &&str| anchor.starts_with("-----BEGIN") || anchor.starts_with("PuTTY-User-Key-File");
        matches!(self.kind, Kind::Special(_)) && self.anchors.iter().any(opens)
    }

    /// How specific it is: of two detectors on one value the higher wins.
    pub(super) fn rank(&self) -> u8 {
        match self.kind {
            Kind::Token if self.checksum.is_some() => 5,
            Kind::Token | Kind::Special(_) | Kind::ByPath => 4,
            Kind::Keyed => 3,
            Kind::Generic => 1,
        }
    }
}
