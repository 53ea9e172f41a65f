//! Faults of exceptions themselves. Declared here, decided by the gate, where entries meet findings and a date.

use palisade_model::{Confidence, Meta, Severity};

use crate::Check;

/// The file does not parse, or an entry says something that is not understood.
pub static MALFORMED: Check = declare(
    "exceptions/malformed",
    "exception cannot be understood",
    include_str!("malformed.md"),
    Severity::High,
    &["CWE-1286"],
);

/// The last day has passed.
pub static EXPIRED: Check =
    declare("exceptions/expired", "exception has expired", include_str!("expired.md"), Severity::Medium, &["CWE-1188"]);

/// Two weeks or less are left.
pub static EXPIRES_SOON: Check =
    declare("exceptions/expires-soon", "exception expires soon", include_str!("expires_soon.md"), Severity::Info, &[]);

/// No usable date.
pub static NO_EXPIRY: Check = declare(
    "exceptions/no-expiry",
    "exception without a usable expiry date",
    include_str!("no_expiry.md"),
    Severity::High,
    &["CWE-1188"],
);

/// The date is further ahead than the limit.
pub static TOO_LONG: Check = declare(
    "exceptions/too-long",
    "exception reaches further ahead than allowed",
    include_str!("too_long.md"),
    Severity::Medium,
    &["CWE-1188"],
);

/// No owner, ticket or reason.
pub static UNACCOUNTABLE: Check = declare(
    "exceptions/unaccountable",
    "exception without owner, ticket or reason",
    include_str!("unaccountable.md"),
    Severity::Medium,
    &["CWE-1059"],
);

/// Two entries with one id.
pub static DUPLICATE_ID: Check = declare(
    "exceptions/duplicate-id",
    "two exceptions share an id",
    include_str!("duplicate_id.md"),
    Severity::Medium,
    &["CWE-694"],
);

/// Covers more than a reviewer can have meant.
pub static OVER_BROAD: Check = declare(
    "exceptions/over-broad",
    "exception covers too much",
    include_str!("over_broad.md"),
    Severity::Medium,
    &["CWE-1220"],
);

/// Covers nothing.
pub static UNUSED: Check = declare(
    "exceptions/unused",
    "exception that covers nothing",
    include_str!("unused.md"),
    Severity::Low,
    &["CWE-1164"],
);

/// A comment that names no entry in force.
pub static DANGLING_COMMENT: Check = declare(
    "exceptions/dangling-comment",
    "comment names no exception in force",
    include_str!("dangling_comment.md"),
    Severity::Medium,
    &["CWE-1164"],
);

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &DANGLING_COMMENT,
    &DUPLICATE_ID,
    &EXPIRED,
    &EXPIRES_SOON,
    &MALFORMED,
    &NO_EXPIRY,
    &OVER_BROAD,
    &TOO_LONG,
    &UNACCOUNTABLE,
    &UNUSED,
];

const fn declare(
    id: &'static str,
    title: &'static str,
    page: &'static str,
    severity: Severity,
    maps: &'static [&'static str],
) -> Check {
    Check::by_gate(Meta {
        id,
        title,
        page,
        since: "0.1.0",
        severity,
        confidence: Confidence::High,
        controls: &["E1-T6"],
        maps,
    })
}
