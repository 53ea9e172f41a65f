//! Secrets with their values in the repository.

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

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !object.is("", "Secret") || object.root.get("sops").is_some() {
        return;
    }
    let telling = |value: Node<'_>| {
        let text = value.as_str().unwrap_or("").trim();
        // `LS0tLS1CRUdJTiBDRVJ` is how the header of a certificate starts in Base64.
        let public = text.starts_with("LS0tLS1CRUdJTiBDRVJ") || text.starts_with("-----BEGIN CERTIFICATE");
        !public && !text.starts_with("ENC[") && literal::is_a_value(text)
    };
    for key in ["data", "stringData"] {
        let Some(entry) = object.root.entry(key) else { continue };
        let held = entry.value.entries().filter(|entry| telling(entry.value)).count();
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
