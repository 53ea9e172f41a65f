//! Passwords, secrets and keys of one's own, known by the name they are given.

use super::super::detector::{Detector, Provider};

const GENERIC: Provider = Provider {
    page: include_str!("generic.md"),
    advice: "change it where it is valid, and read it from the environment or a secret store",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    GENERIC.generic("secrets/generic-password", "password written into a file"),
    GENERIC.generic("secrets/generic-api-key", "key of a service written into a file"),
    GENERIC.generic("secrets/generic-secret", "secret or token written into a file"),
];
