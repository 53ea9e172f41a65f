//! `cargo xtask ci`: what decides whether a change is good, beside the tests.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::project::{cargo, run};

type Step = (&'static str, fn() -> Result<()>);

/// Runs every step, also after one failed, and says at the end which did.
pub(crate) fn run_all() -> Result<()> {
    let steps: [Step; 5] = [
        ("format", || run(&mut cargo(&["fmt", "--all", "--check"]))),
        ("clippy", || {
            run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"]))
        }),
        ("tidy", crate::tidy::run),
        ("generated files", || crate::generate::run(true)),
        ("fuzz", || crate::fuzz::run(None, crate::FUZZ_SECONDS)),
    ];
    let mut failed = Vec::new();
    for (name, step) in steps {
        let start = Instant::now();
        eprintln!("-- {name}");
        let result = step();
        let seconds = start.elapsed().as_secs_f32();
        match result {
            Ok(()) => eprintln!("   {name}: good ({seconds:.1}s)"),
            Err(error) => {
                eprintln!("   {name}: {error:#} ({seconds:.1}s)");
                failed.push(name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("{} failed", failed.join(", "));
    }
    Ok(())
}
