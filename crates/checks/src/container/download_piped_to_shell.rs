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
            let index = script.commands.iter().position(|it| std::ptr::eq(it, step.command));
            let index = index.and_then(|index| u32::try_from(index).ok());
            script.commands.iter().filter(|it| it.parent == index && it.nesting != Nesting::Script).find_map(downloader)
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
    let interpreter = program.is_shell()
        || matches!(program.name, "eval" | "source" | "." | "python" | "python3" | "perl" | "ruby" | "node" | "php");
    // An interpreter with a script of its own takes its input as data.
    let own = program.arguments.iter().find(|word| !word.text.starts_with('-'));
    let own =
        own.is_some_and(|word| !word.expands && !matches!(word.text.as_str(), "/dev/stdin") && !takes_rest(program));
    let inline = !program.is_shell() && program.has_option(&["-c", "-e", "-m", "-r", "-n", "-p"]);
    interpreter
        && !(own && !program.is_shell())
        && !inline
        && !(program.is_shell() && own && program.script().is_none())
}

/// `sh -s -- arguments`: what follows are arguments of the script that is read.
fn takes_rest(program: palisade_inventory::shell::Program<'_>) -> bool {
    program.has_option(&["-s"])
}

fn downloader(command: &Command) -> Option<&Word> {
    let program = command.program()?;
    let url =
        program.arguments.iter().find(|word| word.text.contains("://") || word.expands || word.text.contains('.'));
    matches!(program.name, "curl" | "wget" | "fetch" | "aria2c").then_some(url.map_or(program.word, |_| program.word))
}
