//! curl | sh and its relatives.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_inventory::shell::{Command, Nesting, Word};
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/download-piped-to-shell",
        title: "downloaded script is run unseen",
        page: include_str!("download_piped_to_shell.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-494", "CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        if !takes_script(&step) {
            continue;
        }
        let script = step.script();
        let fed = script.feeders(step.command).iter().find_map(downloader);
        let nested = || {
            let index = u32::try_from(step.index).ok();
            step.onward().filter(|it| it.parent == index && it.nesting != Nesting::Script).find_map(downloader)
        };
        let Some(word) = fed.or_else(nested) else { continue };
        let span = step.program.word.span.to(word.span);
        let span = if span.len() > 400 { word.span } else { span };
        report.finding(
            span,
            "the server decides on each build what runs here as root; download, check a checksum, then run",
        );
    }
}

/// Whether the command runs a script from its input or its arguments.
fn takes_script(step: &super::steps::Step<'_>) -> bool {
    let program = step.program;
    let operand = program.arguments.iter().find(|word| !word.text.starts_with('-'));
    // An operand that is no expansion names a script; what is piped in is then data for it.
    let named = operand.is_some_and(|word| !word.expands && word.text != "/dev/stdin");
    if program.is_shell() {
        // `sh -s -- arguments`: the operands are arguments of the script that is read.
        return !named || program.has_option(&["-s"]) || program.script().is_some();
    }
    let inline = program.has_option(&["-c", "-e", "-m", "-r", "-n", "-p"]);
    match program.name {
        "eval" | "source" | "." => true,
        "python" | "python3" | "perl" | "ruby" | "node" | "php" => !named && !inline,
        _ => false,
    }
}

/// The word that names the downloading program.
fn downloader(command: &Command) -> Option<&Word> {
    let program = command.program()?;
    matches!(program.name, "curl" | "wget" | "fetch" | "aria2c").then_some(program.word)
}
