//! Microsoft Azure.

mod data;
mod edge;
mod network;
mod platform;
mod roles;
mod services;

use crate::Check;

pub(super) static CHECKS: &[&[Check]] =
    &[data::CHECKS, edge::CHECKS, network::CHECKS, platform::CHECKS, roles::CHECKS, services::CHECKS];
