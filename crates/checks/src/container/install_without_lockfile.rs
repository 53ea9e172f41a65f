//! npm install where npm ci serves.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/install-without-lockfile",
        title: "dependencies are resolved anew on every build",
        page: include_str!("install_without_lockfile.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-1357"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let bare = |words: &[&palisade_inventory::shell::Word]| words.is_empty();
        let message =
            match (step.program.name, step.subcommand(&["--prefix", "-C", "--registry", "--cache", "--loglevel"])) {
                ("npm", Some(("install" | "i", words)))
                    if bare(&words) && !step.program.has_option(&["-g", "--global", "--package-lock-only"]) =>
                {
                    "npm install may change what the lock file says; npm ci installs exactly that"
                }
                ("pnpm", Some(("install" | "i", words)))
                    if bare(&words) && step.program.has_option(&["--no-frozen-lockfile"]) =>
                {
                    "this ignores the lock file; install with --frozen-lockfile"
                }
                _ => continue,
            };
        report.finding(step.program.word.span, message);
    }
}
