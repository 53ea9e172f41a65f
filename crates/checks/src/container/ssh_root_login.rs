//! Settings that open an SSH server to root or to passwords.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/ssh-root-login",
        title: "SSH server lets root log in",
        page: include_str!("ssh_root_login.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let words = step.program.arguments.iter();
        let bodies = step.command.redirections.iter().filter_map(|it| it.body.as_ref());
        for word in words.chain(bodies) {
            let text = word.text.as_str();
            // In a sed expression what comes after the last slash pair is what will stand there.
            let set = |line: &str| {
                text.rfind(line)
                    .is_some_and(|at| !text.get(at + line.len()..).unwrap_or("").contains("PermitRootLogin"))
            };
            if set("PermitRootLogin yes") || set("PermitRootLogin=yes") || text.contains("PermitEmptyPasswords yes") {
                report.finding(word.span, "root may log in with a password; leave PermitRootLogin off and use keys");
            }
        }
    }
}
