//! Runs another program: without a shell or questions, bounded in output and time.

use std::io::{Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// More output than this is nothing that was asked for: no chart that anybody deploys has as much.
pub(crate) const OUTPUT_BYTES_MAX: u64 = 64 << 20;

/// How long it may go on when it has closed its output, looked at so often.
const WAIT: Duration = Duration::from_millis(10);

/// What a program printed.
///
/// # Errors
/// In words: that it is not installed, what it said when it failed, that it took too long or printed too much.
pub(crate) fn run(command: Command, time_max: Duration) -> Result<String, String> {
    answer(command, "", time_max, OUTPUT_BYTES_MAX)
}

/// What a program printed that was given some words on its standard input; few enough that nobody waits until they are
/// read.
///
/// # Errors
/// As [`run`].
pub(crate) fn answer(
    mut command: Command,
    input: &str,
    time_max: Duration,
    output_bytes_max: u64,
) -> Result<String, String> {
    let start = Instant::now();
    let program = command.get_program().to_string_lossy().into_owned();
    let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    let mut child = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|error| {
        match error.kind() {
            std::io::ErrorKind::NotFound => format!("{program} is not installed"),
            _ => format!("{program} did not start: {error}"),
        }
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that asks for nothing may have hung up.
        drop(stdin.write_all(input.as_bytes()));
    }
    let (done, wait) = mpsc::channel();
    let errors = child.stderr.take();
    let output = child.stdout.take();
    let read = |stream: Option<Box<dyn Read + Send>>, name: &'static str| {
        let done = done.clone();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let limited = stream.map(|stream| stream.take(output_bytes_max + 1).read_to_end(&mut bytes));
            drop(limited);
            // Nobody listens any more when the time is over.
            drop(done.send((name, bytes)));
        });
    };
    read(output.map(|stream| Box::new(stream) as Box<dyn Read + Send>), "output");
    read(errors.map(|stream| Box::new(stream) as Box<dyn Read + Send>), "errors");
    let too_long = || format!("{program} took longer than {} seconds", time_max.as_secs());
    let (mut text, mut said) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        match wait.recv_timeout(time_max.saturating_sub(start.elapsed())) {
            Ok((name, bytes)) if bytes.len() as u64 > output_bytes_max => {
                end(&mut child);
                return Err(format!("{program} gave more than {} KiB of {name}", output_bytes_max >> 10));
            }
            Ok(("output", bytes)) => text = bytes,
            Ok((_, bytes)) => said = bytes,
            Err(_) => {
                end(&mut child);
                return Err(too_long());
            }
        }
    }
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < time_max => std::thread::sleep(WAIT),
            Ok(None) => {
                end(&mut child);
                return Err(too_long());
            }
            Err(error) => return Err(format!("{program} was lost: {error}")),
        }
    };
    if !status.success() {
        return Err(String::from_utf8_lossy(&said).trim().to_owned());
    }
    String::from_utf8(text).map_err(|_| format!("{program} gave bytes that are no text"))
}

/// Ends a program that is not waited for any longer.
fn end(child: &mut Child) {
    drop(child.kill());
    drop(child.wait());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_end_or_does_not_stop_is_ended() {
        let shell = |script: &str| {
            let mut command = Command::new("/bin/sh");
            command.arg("-c").arg(script);
            command
        };
        let start = Instant::now();
        let ask = |script: &str| answer(shell(script), "words", Duration::from_millis(500), 1 << 10);
        assert_eq!(ask("cat"), Ok("words".to_owned()));
        assert_eq!(ask("exec echo unread"), Ok("unread\n".to_owned()));
        for script in ["exec sleep 100", "exec sleep 100 >&- 2>&-", "sleep 5 & exit 0"] {
            assert!(ask(script).is_err_and(|said| said.contains("took longer")), "{script}");
        }
        for script in ["exec yes", "exec yes 1>&2"] {
            assert!(ask(script).is_err_and(|said| said.contains("gave more than 1 KiB")), "{script}");
        }
        assert_eq!(ask("echo no >&2; exit 3"), Err("no".to_owned()));
        assert!(start.elapsed() < Duration::from_secs(30), "nobody waited for what sleeps");
    }
}
