//! apt, apk, yum and their kin without versions.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::packages::{installed, is_name, listed};
use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unpinned-system-package",
        title: "system packages are installed in whatever version is newest",
        page: include_str!("unpinned_system_package.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CIS-DOCKER:4.11", "CWE-1357"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let packages = installed(&step);
        let loose: Vec<_> = packages
            .into_iter()
            .filter(|word| is_name(word) && !word.text.contains(['=', '~', '>', '<']) && !has_version(&word.text))
            .collect();
        if let [first, ..] = loose.as_slice() {
            let message = format!("no version for {}; builds of the same commit differ", listed(&loose));
            report.finding(first.span, message);
        }
    }
}

/// `httpd-2.4.62`, as RPM writes versions.
fn has_version(package: &str) -> bool {
    package.rsplit('-').any(|part| part.contains('.') && part.starts_with(|first: char| first.is_ascii_digit()))
}
