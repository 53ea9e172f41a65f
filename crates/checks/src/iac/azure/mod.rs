//! Microsoft Azure.

mod data;
mod network;
mod platform;
mod roles;

use crate::Check;

pub(super) static CHECKS: &[&[Check]] = &[data::CHECKS, network::CHECKS, platform::CHECKS, roles::CHECKS];
