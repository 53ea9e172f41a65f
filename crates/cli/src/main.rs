//! The binary `palisade`: arguments, wiring, exit codes. It decides nothing itself.

#![expect(clippy::disallowed_methods, reason = "the binary is where clock, environment and files come in")]

mod advisories;
mod arguments;
mod bill;
mod config;
mod console;
mod data;
mod excepting;
mod exception;
mod exit;
mod files;
mod fix;
mod gate;
mod git_target;
mod history;
mod hook;
mod image;
mod imports;
mod init;
mod ledger;
mod lookup;
mod narrow;
mod plan;
mod postgres;
mod program;
mod quality;
mod reference;
mod registry;
mod renderer;
mod sbom;
mod scan;
mod target;
mod verify;
mod vex;
mod web;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return told(&error),
    };
    let result = match &arguments.command {
        Command::Scan(scan) => scan::run(scan, &arguments.global),
        Command::Fix(fix) => fix::run(fix, &arguments.global),
        Command::Gate(gate) => gate::run(gate, &arguments.global),
        Command::Exception(verb) => exception::run(verb),
        Command::Ledger(verb) => ledger::run(verb),
        Command::Init(init) => init::run(init),
        Command::Plan(plan) => plan::run(plan, &arguments.global),
        Command::Sbom(sbom) => sbom::run(sbom, &arguments.global),
        Command::Vex(verb) => vex::run(verb, &arguments.global),
        Command::Db(verb) => advisories::run(verb, &arguments.global),
        Command::Data(verb) => data::run(verb),
        Command::Iam(verb) => narrow::run(verb, &arguments.global),
        Command::Quality(verb) => quality::run(verb),
        Command::Hook(hook) => hook::run(hook, &arguments.global),
        Command::Checks(checks) => reference::checks(checks, &arguments.global),
        Command::Explain(explain) => reference::explain(explain, &arguments.global),
        Command::Completions(completions) => reference::completions(completions),
    };
    match result {
        Ok(exit) => exit.code(),
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    exit::print_error(error, std::io::stderr().is_terminal());
    Exit::Undecided.code()
}

/// Prints the help or version that was asked for, or what is wrong with the arguments.
fn told(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        error.exit();
    }
    // Clap's own way out would not say that the text could not be written.
    match console::written(error.print().and_then(|()| std::io::stdout().flush())) {
        Ok(()) => Exit::Done.code(),
        Err(error) => failed(&error),
    }
}
