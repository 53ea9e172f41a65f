//! Steps that run a script from the internet without knowing what it holds.

use super::place::StepAt;
use crate::piped::piped;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/script-piped-to-shell",
        title: "downloaded script is run unseen",
        page: include_str!("script_piped_to_shell.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E2-T2", "E1-T2"],
        maps: &["CWE-494", "CWE-829", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    for piped in piped(at.step.script()) {
        let (severity, message) = verdict(&piped.address);
        report.finding(at.step.span_of(piped.span), message).severity(severity);
    }
}

/// How bad running a download from this address is, and why.
pub(super) fn verdict(address: &str) -> (Severity, &'static str) {
    if address.starts_with("http://") {
        (Severity::High, "anybody on the way can change this script, and it runs here with everything the job holds")
    } else {
        (
            Severity::Medium,
            "whatever this address serves at that minute runs here; pin a release, check its hash, then run it",
        )
    }
}
