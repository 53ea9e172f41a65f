//! Keys fetched from key servers by an id that can be forged.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/short-key-id",
        title: "signing key is fetched by a short id",
        page: include_str!("short_key_id.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-347"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let receives = match step.program.name {
            "gpg" | "gpg2" => step
                .program
                .arguments
                .iter()
                .position(|word| matches!(word.text.as_str(), "--recv-keys" | "--recv-key" | "--recv")),
            "apt-key" => step
                .program
                .arguments
                .iter()
                .position(|word| matches!(word.text.as_str(), "--recv-keys" | "--recv-key" | "--recv")),
            _ => None,
        };
        let Some(at) = receives else { continue };
        for word in step.program.arguments.iter().skip(at + 1) {
            let digits = word.text.strip_prefix("0x").unwrap_or(&word.text);
            let hexadecimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if hexadecimal && matches!(digits.len(), 8 | 16) {
                report.finding(word.span, "other keys with this short id can be made; give the whole fingerprint");
            }
        }
    }
}
