//! Passwords of system users set in a build.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity, Span};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/fixed-password",
        title: "a user of the image gets a fixed password",
        page: include_str!("fixed_password.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CIS-DOCKER:4.10", "CWE-798"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for span in passwords(file) {
        report.finding(span, "this password is the same in every copy of the image; lock the account instead");
    }
}

/// Where passwords stand: the text fed to `chpasswd` or `passwd`, or the option of `useradd`.
pub(super) fn passwords(file: &Dockerfile) -> Vec<Span> {
    let mut spans = Vec::new();
    for step in steps(file) {
        match step.program.name {
            "chpasswd" | "passwd" => {
                let feeders = step.script().feeders(step.command).iter();
                let fed = feeders.flat_map(|feeder| &feeder.words).skip(1).find(|word| {
                    let text = word.text.as_str();
                    let pair = text.contains(':') && !text.ends_with(':') || text.contains("\\n");
                    let bare = step.program.name == "passwd" && step.program.has_option(&["--stdin"]);
                    (pair || bare) && !text.starts_with('-') && !word.expands
                });
                spans.extend(fed.map(|word| word.span));
            }
            "useradd" | "adduser" | "usermod" => {
                if let Some((word, value)) = step.program.option_value(&["--password", "-p"]) {
                    let locked =
                        value.is_empty() || value.starts_with(['!', '*']) || value.starts_with('$') && word.expands;
                    let is_option = word.text.starts_with("--") && !word.text.contains('=');
                    if !locked && !is_option && step.program.name != "adduser" {
                        spans.push(word.span);
                    }
                }
            }
            _ => {}
        }
    }
    spans
}
