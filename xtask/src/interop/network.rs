//! No scan that was not asked to opens a socket to anywhere: the kernel's own record of system calls is the oracle.

use anyhow::{Result, bail};

use super::tools::Missing;
use super::{Bench, observed};

/// `strace` over a scan, a gate, a scan of history, and one that may ask but finds nothing to ask about.
pub(super) fn silent(bench: &Bench) -> Result<String> {
    let strace = bench.debian("strace", "strace")?;
    let shop = bench.example("shop")?;
    for words in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "shop"]] {
        let (code, _, errors) = observed(&mut bench.git(&shop, words))?;
        if code != 0 {
            bail!("git {words:?}: {errors}");
        }
    }
    let runs: [&[&str]; 4] = [
        &["scan"],
        &["scan", "--history"],
        &["gate", "merge", "--dry-run"],
        &["scan", "--select", "ci", "--verify-live"],
    ];
    for words in runs {
        let log = bench.scratch.join("calls");
        let mut command = bench.palisade(&shop, words);
        let mut traced = std::process::Command::new(&strace);
        traced.args(["-f", "-qq", "-e", "trace=%network", "-o"]).arg(&log).arg(command.get_program()).args(words);
        traced.current_dir(&shop).env("HOME", &bench.scratch).env("XDG_CONFIG_HOME", bench.scratch.join("config"));
        let (code, _, errors) = observed(&mut traced)?;
        if errors.contains("ptrace") {
            return Err(Missing("strace may not trace here".to_owned()).into());
        }
        let (untraced, _, _) = observed(&mut command)?;
        if code != untraced {
            bail!("{words:?} ended with {code} under strace and {untraced} without: {errors}");
        }
        let calls = std::fs::read_to_string(&log)?;
        if let Some(call) = calls.lines().find(|line| line.contains("AF_INET") || line.contains("connect(")) {
            bail!("{words:?} reached for the network: {call}");
        }
    }
    Ok(format!("{} runs without a socket to anywhere, by strace", runs.len()))
}
