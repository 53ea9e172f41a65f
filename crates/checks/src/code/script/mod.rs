//! JavaScript and TypeScript.

mod crypto;
mod files;
mod injection;

use palisade_inventory::code::Language;

use crate::Check;

pub(super) const CHECKS: &[&[Check]] = &[injection::CHECKS, files::CHECKS, crypto::CHECKS];

const SCRIPT: &[Language] = &[Language::JavaScript, Language::TypeScript, Language::Tsx];
