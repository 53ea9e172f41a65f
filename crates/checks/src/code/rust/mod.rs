//! Rust.

mod rules;

use palisade_inventory::code::Language;

use crate::Check;

pub(super) const CHECKS: &[&[Check]] = &[rules::CHECKS];

const RUST: &[Language] = &[Language::Rust];
