//! Terraform and OpenTofu: what modules declare, evaluated as Terraform does, and what is dangerous about it.
//!
//! Most checks are data rows of one setting; a page serves all checks of one service. Nothing here asks a cloud:
//! what the configuration does not say is not judged.

mod aws;
mod azure;
mod cloudflare;
mod google;
mod judge;
mod language;
mod mend;
mod network;
pub(crate) mod policy;
mod resource;
mod rule;

use crate::Check;
use crate::check::{likely, meta};

pub(crate) use judge::{Ground, document_masks, judge, masks};
pub use resource::{Companions, Resource, Setting};
pub use rule::{Rule, Wanted};

/// The family's checks.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    let clouds = [aws::CHECKS, google::CHECKS, azure::CHECKS, language::CHECKS].into_iter().flatten().copied();
    clouds.chain([cloudflare::CHECKS]).flatten()
}

/// Kinds that are evaluated because they complete others.
const COMPANIONS: &[&str] = &[
    "aws_s3_bucket_public_access_block",
    "aws_s3_account_public_access_block",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_acl",
    "aws_ebs_encryption_by_default",
    "aws_flow_log",
];

/// Whether a name speaks of a secret.
fn is_secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase().replace('-', "_");
    let words = ["password", "passwd", "secret", "token", "private_key", "api_key", "apikey", "access_key"];
    let plain =
        ["_arn", "_id", "_name", "_names", "_path", "_version", "_length", "_policy", "_url", "_enabled", "_ttl"];
    words.iter().any(|word| lower.contains(word)) && !plain.iter().any(|end| lower.ends_with(end))
}
