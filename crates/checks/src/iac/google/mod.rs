//! Google Cloud.

mod access;
mod cluster;
mod compute;
mod data;
mod grants;
mod platform;
mod stores;

use crate::Check;

pub(super) static CHECKS: &[&[Check]] =
    &[access::CHECKS, cluster::CHECKS, compute::CHECKS, data::CHECKS, grants::CHECKS, platform::CHECKS, stores::CHECKS];
