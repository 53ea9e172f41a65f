//! The project's own chores: `cargo xtask ci`, `tidy`, `gen`, `new-check`, `bench`, `interop`.
//!
//! Everything here runs on a developer's machine or in CI and never ships.
#![expect(clippy::disallowed_methods, reason = "chores read the checkout and start programs")]

mod ci;
mod project;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask CHORE

  ci          all that decides whether a change is good, after `cargo test --workspace`
  tidy        layers, documents, module headers, pages, licences
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words = arguments.iter().map(String::as_str);
    let done = match words.next() {
        Some("ci") => ci::run_all(),
        Some("tidy") => tidy::run(),
        Some("help" | "--help" | "-h") => {
            print!("{USAGE}");
            Ok(())
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
