//! Secrets with their values in the repository.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use super::literal;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/committed-secret",
        title: "Secret lies in the repository",
        page: include_str!("committed_secret.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E3-T1"],
        maps: &["NSA-K8S:secrets", "CWE-312", "CWE-798"],
    },
    run,
);

/// Keys under which a Secret keeps what goes with a secret: addresses, names, switches.
const BESIDE: [&str; 22] = [
    "url",
    "uri",
    "type",
    "username",
    "user",
    "host",
    "hostname",
    "port",
    "server",
    "name",
    "namespace",
    "project",
    "database",
    "dbname",
    "email",
    "endpoint",
    "region",
    "bucket",
    "insecure",
    "enabled",
    "id",
    "ca.crt",
];

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !object.is("", "Secret") || object.root.get("sops").is_some() {
        return;
    }
    for (key, encoded) in [("data", true), ("stringData", false)] {
        let Some(entry) = object.root.entry(key) else { continue };
        let held = entry.value.entries().filter(|entry| {
            !BESIDE.iter().any(|name| entry.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))
                && is_telling(entry.value, encoded)
        });
        let held = held.count();
        if held > 0 {
            let values = if held == 1 { "a value".to_owned() } else { format!("{held} values") };
            report.finding(
                entry.key.span(),
                format!("who reads this repository has {values} of this Secret; replace what leaked"),
            );
            return;
        }
    }
}

/// Whether a value is one: no certificate, ciphertext, placeholder or reference.
fn is_telling(value: Node<'_>, encoded: bool) -> bool {
    let text = value.as_str().unwrap_or("").trim();
    let decoded = encoded.then(|| STANDARD.decode(text).ok()).flatten();
    let text = match decoded.as_deref().map(std::str::from_utf8) {
        Some(Ok(decoded)) => decoded.trim(),
        // Bytes that are no text are a key or a keystore.
        Some(Err(_)) => return true,
        None => text,
    };
    let public = text.starts_with("-----BEGIN CERTIFICATE") || text.starts_with("-----BEGIN PUBLIC KEY");
    // `-----BEGIN PRIVATE KEY-----`, three dots: the place where a key goes.
    let empty_block = text.starts_with("-----BEGIN") && text.lines().any(|line| line.trim() == "...");
    let made_up = ["my-", "my_", "some-", "<"].iter().any(|start| text.starts_with(start));
    let is_block = text.starts_with("-----BEGIN");
    !(public || empty_block || made_up || text.starts_with("ENC[")) && (is_block || literal::is_a_value(text))
}
