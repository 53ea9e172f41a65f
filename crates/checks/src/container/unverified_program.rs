//! Programs that are downloaded and made executable, or unpacked into the path.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::{Step, steps};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unverified-program",
        title: "downloaded program is run without a checksum",
        page: include_str!("unverified_program.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E1-T4"],
        maps: &["CIS-DOCKER:4.11", "CWE-494"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file).filter(|step| matches!(step.program.name, "curl" | "wget")) {
        let Some(url) = step.url(&["https"]) else { continue };
        if !step.is_verified() && becomes_program(&step) {
            report.finding(url.span, "this runs whatever the server sent; compare its checksum in the same step");
        }
    }
}

/// Whether what is downloaded becomes a program: made executable, or unpacked where programs are.
fn becomes_program(step: &Step<'_>) -> bool {
    let output = step
        .program
        .option_value(&["-o", "--output", "-O", "--output-document"])
        .map(|(_, value)| value)
        .or_else(|| step.command.redirections.first().map(|it| it.target.text.as_str()))
        .filter(|value| !value.starts_with("http"));
    let remote_name = step.url(&["https"]).and_then(|url| url.text.rsplit('/').next());
    let Some(name) = output.filter(|value| *value != "-").and_then(|path| path.rsplit('/').next()).or(remote_name)
    else {
        return false;
    };
    step.around().any(|(command, program)| {
        let names_it =
            || program.arguments.iter().any(|word| word.text.rsplit('/').next() == Some(name)) && !name.is_empty();
        match program.name {
            "chmod" => {
                let mode = program.operands().next().map_or("", |word| word.text.as_str());
                (mode.contains('x') || mode.starts_with(['7', '5']) || mode.starts_with("07") || mode.starts_with("05"))
                    && names_it()
            }
            "sh" | "bash" | "python" | "python3" | "dpkg" | "rpm" => names_it(),
            _ => command
                .words
                .first()
                .is_some_and(|word| word.text.contains('/') && word.text.rsplit('/').next() == Some(name)),
        }
    })
}
