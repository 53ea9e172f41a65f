//! The project's own chores: `cargo xtask ci`, `tidy`, `gen`, `new-check`, `bench`, `interop`.
//!
//! Everything here runs on a developer's machine or in CI and never ships.
#![expect(clippy::disallowed_methods, reason = "chores read the checkout and start programs")]

mod assets;
mod bench;
mod ci;
mod fuzz;
mod generate;
mod interop;
mod new_check;
mod project;
mod tidy;

use std::process::ExitCode;

use anyhow::{Context as _, Result};

const USAGE: &str = "\
usage: cargo xtask CHORE

  ci                            all that decides whether a change is good, after `cargo test --workspace`
  tidy                          layers, documents, module headers, pages, licences
  gen [--check]                 write the generated documents, or fail when they drifted
  book DIR                      the sources of the book with a page for each check, for mdBook
  new-check FAMILY/NAME         a check with its page, ready to be changed
  assets DIR                    shell completions and man pages
  bench [NAME] [--corpus DIR] [--tools DIR] [--write]
                                speed and memory beside peers
  interop [NAME] [--corpus DIR] [--tools DIR]
                                against programs that others wrote
  fuzz [TARGET] [--seconds N]   feed mutated files to each parser
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the chore; false when the words are none.
fn run(words: &[&str]) -> Result<bool> {
    match words {
        ["ci"] => ci::run_all()?,
        ["tidy"] => tidy::run()?,
        ["gen"] => generate::run(false)?,
        ["gen", "--check"] => generate::run(true)?,
        ["book", folder] => generate::book(std::path::Path::new(folder))?,
        ["new-check", id] => new_check::create(&project::root(), id)?,
        ["assets", folder] => assets::write(std::path::Path::new(folder))?,
        ["bench", rest @ ..] => bench::run(&options(rest)?)?,
        ["interop", rest @ ..] => {
            let options = options(rest)?;
            interop::run(options.only.as_deref(), options.tools, options.corpus)?;
        }
        ["measure-child", words @ ..] => bench::child(words)?,
        ["fuzz"] => fuzz::run(None, FUZZ_SECONDS)?,
        ["fuzz", "--seconds", seconds] => fuzz::run(None, number(seconds)?)?,
        ["fuzz", target] => fuzz::run(Some(target), FUZZ_SECONDS)?,
        ["fuzz", target, "--seconds", seconds] => fuzz::run(Some(target), number(seconds)?)?,
        ["fuzz-child", target, from, seconds, trace] => {
            fuzz::child(target, number(from)?, number(seconds)?, *trace == "trace")?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Per target, also in CI.
const FUZZ_SECONDS: u64 = 10;

/// The options of `bench` and `interop`.
fn options(mut words: &[&str]) -> Result<bench::Options> {
    let mut options = bench::Options { corpus: None, tools: None, write: false, only: None };
    loop {
        words = match words {
            [] => return Ok(options),
            ["--corpus", folder, rest @ ..] => {
                options.corpus = Some(std::path::absolute(folder)?);
                rest
            }
            ["--tools", folder, rest @ ..] => {
                options.tools = Some(std::path::absolute(folder)?);
                rest
            }
            ["--write", rest @ ..] => {
                options.write = true;
                rest
            }
            [name, rest @ ..] if !name.starts_with('-') => {
                options.only = Some((*name).to_owned());
                rest
            }
            [word, ..] => anyhow::bail!("there is no option `{word}`"),
        };
    }
}

fn number(word: &str) -> Result<u64> {
    word.parse().with_context(|| format!("`{word}` is not a number"))
}
