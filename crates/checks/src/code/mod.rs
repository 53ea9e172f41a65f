//! Source code in Python, JavaScript, TypeScript, Go, Java and Rust: calls and settings that open a door.
//!
//! Rules are data rows; a page serves all rules of one topic in one language. A value is followed inside of its
//! function, so that what is written in the file itself is not reported. Nothing here runs or imports code.

mod go;
mod harmless;
mod hold;
mod java;
mod judge;
mod mend;
mod names;
mod needs;
mod own;
mod python;
pub(crate) mod rule;
mod rust;
mod script;
mod words;

use palisade_model::{Meta, Severity};

use crate::Check;
use crate::check::likely;

pub(crate) use judge::Engine;
pub(crate) use names::{Kind, is_secret};
pub use own::{OwnRules, OwnRulesError};
pub use rule::{CodeRule, Row};

/// The family's checks.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    [go::CHECKS, java::CHECKS, python::CHECKS, rust::CHECKS, script::CHECKS].into_iter().flatten().copied().flatten()
}

/// What a check says of itself, with high confidence.
const fn meta(
    id: &'static str,
    title: &'static str,
    page: &'static str,
    severity: Severity,
    maps: &'static [&'static str],
) -> Meta {
    crate::check::meta(id, title, page, severity, &["EH-2", "US-024.1"], maps)
}

/// The same, for what is to be encrypted at rest or in transit.
const fn crypto(meta: Meta) -> Meta {
    Meta { controls: &["US-024.4"], ..meta }
}

/// Folders of code that somebody else keeps.
pub(crate) const FOREIGN: &[&str] =
    &["node_modules", "vendor", "third_party", "third-party", "site-packages", "bower_components", "dist-packages"];

/// Whether a file is part of the product: tests, examples and what others keep are not judged.
pub(crate) fn is_product(path: &str) -> bool {
    !path.split('/').any(|part| FOREIGN.contains(&part)) && crate::secrets::is_product(path)
}
