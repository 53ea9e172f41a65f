//! Rules that let a user run everything as root without a password.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/passwordless-sudo",
        title: "any user of the image may become root",
        page: include_str!("passwordless_sudo.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let word = step.program.arguments.iter().find(|word| word.text.contains("NOPASSWD"));
        let body = || {
            step.command.redirections.iter().filter_map(|it| it.body.as_ref()).find(|it| it.text.contains("NOPASSWD"))
        };
        if let Some(word) = word.or_else(body) {
            let commands = word.text.rsplit_once("NOPASSWD").map_or("", |(_, rest)| rest);
            let every = commands.split([' ', ':', ',']).any(|command| command == "ALL");
            if every || commands.lines().next().is_some_and(|line| line.trim_end().ends_with("ALL")) {
                report.finding(word.span, "a sudo rule without password makes its user root; drop it");
            }
        }
    }
}
