//! Terraform itself: state, modules, providers, credentials.

mod credentials;
mod sources;
mod state;

use crate::Check;

pub(super) static CHECKS: &[&[Check]] = &[credentials::CHECKS, sources::CHECKS, state::CHECKS];
