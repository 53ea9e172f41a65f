//! CPU time and largest memory of a program and its children, as the kernel counted them.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};

/// What a run cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    /// User and system time of all threads.
    pub(super) seconds: f64,
    /// Largest resident memory.
    pub(super) megabytes: u64,
}

impl Cost {
    /// The cheaper of two runs in time; of memory the larger, which no run may hide.
    pub(super) fn min(self, other: Self) -> Self {
        Self { seconds: self.seconds.min(other.seconds), megabytes: self.megabytes.max(other.megabytes) }
    }

    pub(super) fn text(self) -> String {
        if self.seconds < 1.0 {
            return format!("{:.1} ms, {} MB", self.seconds * 1000.0, self.megabytes);
        }
        format!("{:.2} s, {} MB", self.seconds, self.megabytes)
    }
}

/// Runs a program in a process of its own that has no other children, and reads what those cost.
pub(super) fn measure(command: &mut Command) -> Result<Cost> {
    let mut outer = Command::new(std::env::current_exe()?);
    outer.arg("measure-child").arg(command.get_program()).args(command.get_args());
    outer.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = outer.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut words = text.split_whitespace();
    let (Some(seconds), Some(kilobytes), Some(code)) = (words.next(), words.next(), words.next()) else {
        bail!("{} could not be measured", command.get_program().display());
    };
    // Scanners say with their exit code what they found; 2 and above is their way to say that they failed.
    // Palisade's 3 is a directory with nothing in it, Kingfisher's 200 a secret that it found.
    if !matches!(code, "0" | "1" | "3" | "200") {
        bail!("{} ended with {code}", command.get_program().display());
    }
    Ok(Cost { seconds: seconds.parse()?, megabytes: kilobytes.parse::<u64>()? / 1024 })
}

/// The process of its own: prints seconds, kilobytes, exit code.
pub(crate) fn child(words: &[&str]) -> Result<()> {
    let (program, arguments) = words.split_first().context("no program")?;
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1_000_000.0)
        .sum::<f64>();
    println!("{seconds:.6} {} {}", usage.max_rss(), status.code().unwrap_or(-1));
    Ok(())
}
