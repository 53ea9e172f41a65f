//! Settings of an account's users. Policies are judged by [`crate::iam`].

use palisade_model::{Safety, Severity};

use crate::Check;
use crate::iac::{Rule, Wanted, meta};

const PAGE: &str = include_str!("iam.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[Check::on_setting(
    meta(
        "iac/aws-short-passwords",
        "the account allows short passwords",
        PAGE,
        Severity::Low,
        &["E4-T4"],
        &["CIS-AWS:1.8", "CWE-521"],
    ),
    &["aws_iam_account_password_policy"],
    Rule::new("minimum_password_length", Wanted::AtLeast(14.0), "passwords shorter than 14 characters are guessed")
        .mended("14", Safety::Unsafe),
)];
