//! Certificates for the test alone: an authority and leaves, Ed25519, written as DER by hand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
const BASIC_CONSTRAINTS: &[u8] = &[0x06, 0x03, 0x55, 0x1d, 0x13];
const ALTERNATIVE_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x1d, 0x11];
const TRUE: &[u8] = &[0x01, 0x01, 0xff];
const SEQUENCE: u8 = 0x30;

/// An authority, from a number that makes its key.
pub(crate) struct Authority {
    name: Vec<u8>,
    key: SigningKey,
}

impl Authority {
    pub(crate) fn new(number: u8) -> Self {
        Self { name: name(&format!("authority {number}")), key: SigningKey::from_bytes(&[number; 32]) }
    }

    /// The certificate to trust.
    pub(crate) fn pem(&self) -> String {
        let constraints = der(4, &[&der(SEQUENCE, &[TRUE])]);
        let own = self.sign(&self.name, &self.key, &[BASIC_CONSTRAINTS, TRUE, &constraints]);
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(own))
    }

    /// A certificate for a host, and its key.
    pub(crate) fn leaf(&self, host: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let seed = [200; 32];
        let names = der(4, &[&der(SEQUENCE, &[&der(0x82, &[host.as_bytes()])])]);
        let leaf = self.sign(&name(host), &SigningKey::from_bytes(&seed), &[ALTERNATIVE_NAME, &names]);
        let key = der(SEQUENCE, &[&[2, 1, 0], &der(SEQUENCE, &[ED25519]), &der(4, &[&der(4, &[&seed])])]);
        (leaf.into(), PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key)))
    }

    fn sign(&self, subject: &[u8], key: &SigningKey, extension: &[&[u8]]) -> Vec<u8> {
        let algorithm = der(SEQUENCE, &[ED25519]);
        let times = der(SEQUENCE, &[&der(0x17, &[b"250101000000Z"]), &der(0x18, &[b"20991231235959Z"])]);
        let public = der(SEQUENCE, &[&algorithm, &der(3, &[&[0], &key.verifying_key().to_bytes()])]);
        let extensions = der(0xa3, &[&der(SEQUENCE, &[&der(SEQUENCE, extension)])]);
        let body = der(
            SEQUENCE,
            &[&der(0xa0, &[&[2, 1, 2]]), &[2, 1, 1], &algorithm, &self.name, &times, subject, &public, &extensions],
        );
        let signature = self.key.sign(&body).to_bytes();
        der(SEQUENCE, &[&body, &algorithm, &der(3, &[&[0], &signature])])
    }
}

fn name(text: &str) -> Vec<u8> {
    let pair = der(SEQUENCE, &[COMMON_NAME, &der(0x0c, &[text.as_bytes()])]);
    der(SEQUENCE, &[&der(0x31, &[&pair])])
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut out = match length {
        0..128 => vec![tag, length as u8],
        128..256 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    out.extend(content);
    out
}
