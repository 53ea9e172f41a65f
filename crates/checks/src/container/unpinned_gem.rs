//! gem install without versions.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::packages::{is_name, listed};
use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unpinned-gem",
        title: "Ruby gems are installed in whatever version is newest",
        page: include_str!("unpinned_gem.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-1357", "CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file).filter(|step| step.program.name == "gem") {
        let Some((verb, words)) =
            step.subcommand(&["-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-s", "--source"])
        else {
            continue;
        };
        let versioned = step.program.option_value(&["-v", "--version"]).is_some();
        let loose: Vec<_> = words
            .into_iter()
            .filter(|word| {
                is_name(word) && !word.text.contains(':') && !word.text.ends_with(".gem") && word.text != "bundler"
            })
            .collect();
        if let ("install" | "i", [first, ..], false) = (verb, loose.as_slice(), versioned) {
            report.finding(
                first.span,
                format!("no version for {}; the newest upload runs in your build", listed(&loose)),
            );
        }
    }
}
