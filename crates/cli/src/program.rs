//! Runs another program: without a shell or questions, bounded in output and time.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// More output than this is nothing that was asked for: no chart that anybody deploys has as much.
pub(crate) const OUTPUT_BYTES_MAX: u64 = 64 << 20;

/// What a program printed.
///
/// # Errors
/// In words: that it is not installed, what it said when it failed, that it took too long or printed too much.
pub(crate) fn run(mut command: Command, time_max: Duration) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(
        |error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("{program} is not installed"),
            _ => format!("{program} did not start: {error}"),
        },
    )?;
    let (done, wait) = mpsc::channel();
    let errors = child.stderr.take();
    let output = child.stdout.take();
    let read = |stream: Option<Box<dyn Read + Send>>, name: &'static str| {
        let done = done.clone();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let limited = stream.map(|stream| stream.take(OUTPUT_BYTES_MAX + 1).read_to_end(&mut bytes));
            drop(limited);
            // Nobody listens any more when the time is over.
            drop(done.send((name, bytes)));
        });
    };
    read(output.map(|stream| Box::new(stream) as Box<dyn Read + Send>), "output");
    read(errors.map(|stream| Box::new(stream) as Box<dyn Read + Send>), "errors");
    let (mut text, mut said) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        match wait.recv_timeout(time_max) {
            Ok(("output", bytes)) => text = bytes,
            Ok((_, bytes)) => said = bytes,
            Err(_) => {
                drop(child.kill());
                drop(child.wait());
                return Err(format!("{program} took longer than {} seconds", time_max.as_secs()));
            }
        }
    }
    if text.len() as u64 > OUTPUT_BYTES_MAX {
        drop(child.kill());
        drop(child.wait());
        return Err(format!("{program} gave more than {} MiB", OUTPUT_BYTES_MAX >> 20));
    }
    let status = child.wait().map_err(|error| format!("{program} was lost: {error}"))?;
    if !status.success() {
        return Err(String::from_utf8_lossy(&said).trim().to_owned());
    }
    String::from_utf8(text).map_err(|_| format!("{program} gave bytes that are no text"))
}
