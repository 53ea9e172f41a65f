//! Private keys in the formats of PEM, OpenSSH, OpenPGP, PuTTY, age and Bitcoin wallets.

use super::super::checksum::Checksum;
use super::super::detector::{Detector, Provider};
use super::super::private_key::{pem, pgp, putty};

const KEYS: Provider = Provider {
    page: include_str!("private_keys.md"),
    advice: "replace the key pair everywhere the public half is trusted, and revoke certificates issued for it",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    KEYS.special("secrets/private-key", "private key", &["-----BEGIN "], pem),
    KEYS.special("secrets/pgp-private-key", "OpenPGP secret key", &["-----BEGIN PGP PRIVATE"], pgp),
    KEYS.special("secrets/putty-private-key", "PuTTY private key", &["PuTTY-User-Key-File-"], putty),
    KEYS.token(
        "secrets/age-secret-key",
        "age secret key",
        &["AGE-SECRET-KEY-1"],
        r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
    )
    .checksum(Checksum::Bech32),
];
