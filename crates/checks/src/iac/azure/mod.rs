//! Microsoft Azure.

mod data;
mod network;
mod platform;

use crate::Check;

pub(super) static CHECKS: &[&[Check]] = &[data::CHECKS, network::CHECKS, platform::CHECKS];
