//! Secrets in any bytes: provider tokens, private keys, connection strings, passwords of one's own.
//!
//! [`Engine`] takes bytes and a path and gives [`Match`]es. Detectors are data rows in `providers/`, with one
//! page per provider. Nothing here opens files or talks to a network, and no value leaves it but through
//! [`preview`] and [`Identity`].

mod anchor;
mod assigned_value;
mod assignment;
mod checksum;
mod context;
mod credential_files;
mod decode;
mod detector;
mod engine;
mod entropy;
mod file_kind;
mod generic;
mod identity;
mod parts;
mod placeholder;
mod private_key;
mod providers;
mod reference;
mod report;
mod special;
mod user_rules;
mod words;

pub mod live;

pub use decode::Encoding;
pub use detector::Detector;
pub use engine::{CONTEXT_BYTES, Engine, MATCH_BYTES_MAX, Match};
pub use file_kind::Kinds;
pub use identity::{Identity, preview};
pub use parts::Part;
pub use user_rules::{UserRule, UserRules, UserRulesError};

pub(crate) use report::{firm, masks, merge, report};

/// Whether a path is neither test, example, documentation nor made by a program.
pub(crate) fn is_product(path: &str) -> bool {
    use file_kind::Purpose;
    matches!(file_kind::FileKind::of(path).purpose, Purpose::Product | Purpose::Locale)
}

/// Every built-in detector.
pub fn detectors() -> impl Iterator<Item = &'static Detector> {
    providers::all()
}

/// What to do with a leaked secret of a kind, in the imperative.
#[must_use]
pub fn advice(id: &str) -> &'static str {
    let found = detectors().find(|detector| detector.id() == id);
    found.map_or("revoke it where it was issued", |detector| detector.advice)
}
