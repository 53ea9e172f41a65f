//! Amazon Web Services.

mod compute;
mod containers;
mod database;
mod edge;
mod iam;
mod keys;
mod logging;
mod network;
mod resource_policy;
mod s3;

use crate::Check;

pub(super) static CHECKS: &[&[Check]] = &[
    compute::CHECKS,
    containers::CHECKS,
    database::CHECKS,
    edge::CHECKS,
    iam::CHECKS,
    keys::CHECKS,
    logging::CHECKS,
    network::CHECKS,
    resource_policy::CHECKS,
    s3::CHECKS,
];
