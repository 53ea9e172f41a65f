//! VEX: what somebody states about a vulnerability in a product, read from OpenVEX 0.2, CycloneDX and CSAF 2.0.
//!
//! A statement about a product with parts in it covers those parts in that product and nowhere else. It refuses to
//! guess: what has no package URL covers nothing, and what breaks a rule that makes a statement worth something (who says
//! that a product is not affected says why) is left out and named.

mod csaf;
mod cyclonedx;
mod openvex;

use palisade_model::{Purl, Timestamp};
use serde_json::Value;

/// Larger documents are not read; the largest that vendors publish have some 20 MB.
pub const VEX_BYTES_MAX: usize = 64 << 20;

/// Statements of one document beyond this are not read, which is a gap.
const STATEMENTS_MAX: usize = 200_000;

/// Gaps beyond this are not told one by one.
const GAPS_MAX: usize = 50;

/// What a document states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vex {
    /// Who states it; empty when it does not say.
    pub author: String,
    /// In the order of the document.
    pub statements: Vec<Statement>,
    /// What was left out, and why.
    pub gaps: Vec<String>,
}

/// What is stated about one vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// All its names; never empty.
    pub names: Vec<String>,
    /// How the products stand to it.
    pub status: Status,
    /// What the statement is about.
    pub products: Vec<Product>,
    /// Why a product is not affected, in OpenVEX's words.
    pub justification: Option<Justification>,
    /// What the author adds: why there is no impact, or what to do.
    pub detail: String,
    /// When it was made.
    pub time: Option<Timestamp>,
}

/// A product, and the parts of it that a statement is about; all of it when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    /// The product.
    pub purl: Option<Purl>,
    /// The parts.
    pub parts: Vec<Purl>,
}

/// How a product stands to a vulnerability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It is not affected.
    NotAffected,
    /// It is affected, and something is to be done.
    Affected,
    /// It was affected and is mended.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::NotAffected, Self::Affected, Self::Fixed, Self::UnderInvestigation];

    /// As OpenVEX writes it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }

    fn of_label(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.label() == text)
    }
}

/// Why a product is not affected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Justification {
    /// The part with the fault is not in the product.
    ComponentNotPresent,
    /// The faulty code was left out of the part.
    VulnerableCodeNotPresent,
    /// The faulty code never runs.
    VulnerableCodeNotInExecutePath,
    /// Nobody from outside can reach what makes the fault work.
    VulnerableCodeCannotBeControlledByAdversary,
    /// Something built in keeps the fault from working.
    InlineMitigationsAlreadyExist,
}

impl Justification {
    /// Every justification.
    pub const ALL: [Self; 5] = [
        Self::ComponentNotPresent,
        Self::VulnerableCodeNotPresent,
        Self::VulnerableCodeNotInExecutePath,
        Self::VulnerableCodeCannotBeControlledByAdversary,
        Self::InlineMitigationsAlreadyExist,
    ];

    /// As OpenVEX and CSAF write it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ComponentNotPresent => "component_not_present",
            Self::VulnerableCodeNotPresent => "vulnerable_code_not_present",
            Self::VulnerableCodeNotInExecutePath => "vulnerable_code_not_in_execute_path",
            Self::VulnerableCodeCannotBeControlledByAdversary => "vulnerable_code_cannot_be_controlled_by_adversary",
            Self::InlineMitigationsAlreadyExist => "inline_mitigations_already_exist",
        }
    }

    /// Reads the word of OpenVEX and CSAF.
    #[must_use]
    pub fn of_label(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.label() == text)
    }
}

/// Why bytes are no VEX document.
#[derive(Debug, thiserror::Error)]
pub enum VexError {
    /// Over [`VEX_BYTES_MAX`].
    #[error("larger than {} MiB", VEX_BYTES_MAX >> 20)]
    Large,
    /// Not JSON.
    #[error("not JSON")]
    Json(#[source] serde_json::Error),
    /// JSON of another kind.
    #[error("neither OpenVEX nor CycloneDX with vulnerabilities nor CSAF")]
    Unknown,
}

impl Vex {
    /// Reads a document; its contents decide what it is.
    ///
    /// # Errors
    /// [`VexError`] for what is no such document.
    pub fn read(bytes: &[u8]) -> Result<Self, VexError> {
        if bytes.len() > VEX_BYTES_MAX {
            return Err(VexError::Large);
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let document: Value = serde_json::from_slice(bytes).map_err(VexError::Json)?;
        let mut vex = if text(&document, "@context").is_some_and(|context| context.contains("openvex")) {
            openvex::read(&document)
        } else if text(&document, "bomFormat") == Some("CycloneDX") && document.get("vulnerabilities").is_some() {
            cyclonedx::read(&document)
        } else if document.pointer("/document/csaf_version").is_some() {
            csaf::read(&document)
        } else {
            return Err(VexError::Unknown);
        };
        if vex.statements.len() > STATEMENTS_MAX {
            vex.statements.truncate(STATEMENTS_MAX);
            vex.gap(format!("more than {STATEMENTS_MAX} statements, the rest is not read"));
        }
        Ok(vex)
    }

    fn gap(&mut self, message: String) {
        if self.gaps.len() < GAPS_MAX {
            self.gaps.push(message);
        }
    }

    /// Takes a statement in, when it says what it has to.
    fn take(&mut self, statement: Statement) {
        let Some(name) = statement.names.first() else {
            return self.gap("a statement that names no vulnerability".to_owned());
        };
        if statement.products.is_empty() {
            return self.gap(format!("the statement on {name} names no product with a package URL"));
        }
        let reasoned = statement.justification.is_some() || !statement.detail.trim().is_empty();
        if statement.status == Status::NotAffected && !reasoned {
            return self.gap(format!("the statement on {name} says `not_affected` and not why"));
        }
        if self.statements.len() <= STATEMENTS_MAX {
            self.statements.push(statement);
        }
    }

    /// What is stated about a vulnerability, by any of its names, in a package of a target: the latest of what covers
    /// it. `target` is what the target itself is called.
    #[must_use]
    pub fn about(&self, names: &[&str], package: &Purl, target: &[&Purl]) -> Option<&Statement> {
        let covering = self.statements.iter().filter(|statement| statement.covers(names, package, target));
        // Of statements without a time the later one in the document counts.
        covering.max_by_key(|statement| statement.time)
    }
}

impl Statement {
    /// Whether it speaks of a vulnerability in a package of a target.
    #[must_use]
    pub fn covers(&self, names: &[&str], package: &Purl, target: &[&Purl]) -> bool {
        let named = self.names.iter().any(|name| names.iter().any(|other| name.eq_ignore_ascii_case(other)));
        named && self.products.iter().any(|product| product.covers(package, target))
    }
}

impl Product {
    fn covers(&self, package: &Purl, target: &[&Purl]) -> bool {
        let Some(purl) = &self.purl else { return false };
        let is_target = target.iter().any(|target| means(purl, target));
        match self.parts.is_empty() {
            true => is_target || means(purl, package),
            false => is_target && self.parts.iter().any(|part| means(part, package)),
        }
    }
}

/// Whether a package URL in a statement means a package: what it leaves out, it leaves open.
fn means(stated: &Purl, package: &Purl) -> bool {
    let same = |of: fn(&Purl) -> Option<&str>| of(stated).is_none() || of(stated) == of(package);
    (stated.kind(), stated.namespace(), stated.name()) == (package.kind(), package.namespace(), package.name())
        && same(Purl::version)
        && same(Purl::subpath)
        && stated.qualifiers().iter().all(|(key, value)| package.qualifier(key) == Some(value))
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

fn items<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn time(text: Option<&str>) -> Option<Timestamp> {
    Timestamp::parse(text?)
}

#[cfg(test)]
mod tests;
