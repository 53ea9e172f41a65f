//! Java.

mod crypto;
mod injection;

use palisade_inventory::code::Language;

use crate::Check;

pub(super) const CHECKS: &[&[Check]] = &[injection::CHECKS, crypto::CHECKS];

const JAVA: &[Language] = &[Language::Java];
