//! Python.

mod crypto;
mod data;
mod files;
mod injection;

use palisade_inventory::code::Language;

use crate::Check;

pub(super) const CHECKS: &[&[Check]] = &[injection::CHECKS, files::CHECKS, data::CHECKS, crypto::CHECKS];

const PYTHON: &[Language] = &[Language::Python];
