//! Google Cloud.

mod access;
mod cluster;
mod compute;
mod data;
mod platform;
mod stores;

use crate::Check;

pub(super) static CHECKS: &[&[Check]] =
    &[access::CHECKS, cluster::CHECKS, compute::CHECKS, data::CHECKS, platform::CHECKS, stores::CHECKS];
