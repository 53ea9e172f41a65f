//! Runs `helm` and `kubectl` to render what Palisade does not read itself: without a shell, a cluster, plugins or
//! network, bounded in output and time.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use palisade_checks::Renderer;

/// More output than this is no chart that anybody deploys.
const OUTPUT_BYTES_MAX: u64 = 64 << 20;
/// A program that takes longer is stopped.
const TIME_MAX: Duration = Duration::from_secs(60);

/// The programs, and the folder of the target that they work in.
pub(crate) struct Programs {
    root: PathBuf,
}

impl Programs {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn run(&self, program: &str, arguments: &[&str], folder: &str) -> Result<String, String> {
        // The folder is part of the target's own tree: it cannot be taken for an option behind `./`.
        let folder = if folder.is_empty() { ".".to_owned() } else { format!("./{folder}") };
        let mut child = Command::new(program)
            .args(arguments)
            .arg(&folder)
            .current_dir(&self.root)
            .env("KUBECONFIG", "/dev/null")
            .env("HELM_NO_PLUGINS", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => format!("{program} is not installed"),
                _ => format!("{program} did not start: {error}"),
            })?;
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
            match wait.recv_timeout(TIME_MAX) {
                Ok(("output", bytes)) => text = bytes,
                Ok((_, bytes)) => said = bytes,
                Err(_) => {
                    drop(child.kill());
                    drop(child.wait());
                    return Err(format!("{program} took longer than {} seconds", TIME_MAX.as_secs()));
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
}

impl Renderer for Programs {
    fn chart(&self, folder: &str) -> Result<String, String> {
        self.run(
            "helm",
            &["template", "release", "--skip-tests", "--namespace", palisade_checks::RELEASE_NAMESPACE],
            folder,
        )
    }

    fn kustomization(&self, folder: &str) -> Result<String, String> {
        self.run("kubectl", &["kustomize"], folder)
    }
}
