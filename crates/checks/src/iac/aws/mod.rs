//! Amazon Web Services.

mod analysis;
mod compute;
mod containers;
mod database;
mod edge;
mod iam;
mod kafka;
mod keys;
mod logging;
mod login;
mod network;
mod resource_policy;
mod s3;
mod secrets;
mod stores;

use crate::Check;

pub(super) static CHECKS: &[&[Check]] = &[
    analysis::CHECKS,
    compute::CHECKS,
    containers::CHECKS,
    database::CHECKS,
    edge::CHECKS,
    iam::CHECKS,
    kafka::CHECKS,
    keys::CHECKS,
    logging::CHECKS,
    login::CHECKS,
    network::CHECKS,
    resource_policy::CHECKS,
    s3::CHECKS,
    secrets::CHECKS,
    stores::CHECKS,
];
