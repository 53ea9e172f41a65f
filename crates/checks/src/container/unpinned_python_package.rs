//! pip install without versions.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::packages::listed;
use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unpinned-python-package",
        title: "Python packages are installed in whatever version is newest",
        page: include_str!("unpinned_python_package.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-1357", "CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let arguments = step.program.arguments;
        let mut words = step.operands(&VALUED);
        let verb = words.iter().position(|word| word.text == "install");
        let is_pip = match step.program.name {
            "pip" | "pip3" | "pipx" => verb == Some(0),
            name if name.starts_with("pip3.") => verb == Some(0),
            "python" | "python3" => {
                arguments.iter().zip(arguments.iter().skip(1)).any(|(m, pip)| m.text == "-m" && pip.text == "pip")
            }
            "uv" => words.first().is_some_and(|word| matches!(word.text.as_str(), "pip" | "tool")),
            _ => false,
        };
        let Some(verb) = verb.filter(|_| is_pip) else { continue };
        let hashes = step.program.has_option(&["--require-hashes", "-c", "--constraint"]);
        let loose: Vec<_> =
            words.split_off(verb + 1).into_iter().filter(|word| is_loose(&word.text) && !word.expands).collect();
        if let ([first, ..], false) = (loose.as_slice(), hashes) {
            report.finding(
                first.span,
                format!("no version for {}; the newest upload runs in your build", listed(&loose)),
            );
        }
    }
}

/// Options of pip that take the next word.
const VALUED: [&str; 20] = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
    "--prefix",
    "--root",
    "--trusted-host",
    "--cache-dir",
    "--timeout",
    "--retries",
    "--python",
    "-e",
    "--editable",
];

/// A package of the index without a version; pip itself and its tools are left alone.
fn is_loose(package: &str) -> bool {
    let name = package.split('[').next().unwrap_or(package);
    let local = package.contains(['/', '$', '*']) || package.starts_with('.') || package.ends_with(".whl");
    let pinned = package.contains(['=', '@', '~', '<']);
    !local && !pinned && !matches!(name, "pip" | "setuptools" | "wheel" | "install" | "-")
}
