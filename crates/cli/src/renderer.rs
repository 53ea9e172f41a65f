//! Runs `helm` and `kubectl` to render what Palisade does not read itself: without a cluster, plugins or network.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use palisade_checks::Renderer;

use crate::program::{self, OUTPUT_BYTES_MAX};

/// A program that takes longer is stopped.
const TIME_MAX: Duration = Duration::from_secs(60);
/// Charts with more files than this are not copied.
const COPY_FILES_MAX: usize = 10_000;

/// The programs, and the folder of the target that they work in.
pub(crate) struct Programs {
    root: PathBuf,
}

impl Programs {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn run(&self, program: &str, arguments: &[&str], folder: &str) -> Result<String, String> {
        run(&self.root, program, arguments, folder)
    }
}

fn run(root: &Path, program: &str, arguments: &[&str], folder: &str) -> Result<String, String> {
    // The folder is part of the target's own tree: it cannot be taken for an option behind `./`.
    let folder = if folder.is_empty() { ".".to_owned() } else { format!("./{folder}") };
    let mut command = Command::new(program);
    command.args(arguments).arg(&folder).current_dir(root).env("KUBECONFIG", "/dev/null").env("HELM_NO_PLUGINS", "1");
    program::run(command, TIME_MAX)
}

const HELM: [&str; 5] = ["template", "release", "--skip-tests", "--namespace", palisade_checks::RELEASE_NAMESPACE];

/// A folder of our own that goes when it is dropped.
struct Copied(PathBuf);

impl Copied {
    fn new() -> std::io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let place = std::env::temp_dir().join(format!("palisade-chart-{}-{number}", std::process::id()));
        // Fails when somebody else made it before.
        std::fs::create_dir(&place)?;
        Ok(Self(place))
    }

    /// Copies a chart into `chart`, with other bytes for files that changed; their paths start with `folder`.
    fn fill(&self, from: &Path, changed: &[(&str, &[u8])], folder: &str) -> std::io::Result<()> {
        let too_much = || std::io::Error::other("it is larger than any chart that can be installed");
        let mut folders = vec![(from.to_owned(), self.0.join("chart"))];
        let (mut files, mut bytes) = (0, 0);
        while let Some((from, to)) = folders.pop() {
            std::fs::create_dir(&to)?;
            for entry in std::fs::read_dir(&from)? {
                let entry = entry?;
                let (kind, name) = (entry.file_type()?, entry.file_name());
                files += 1;
                if files > COPY_FILES_MAX {
                    return Err(too_much());
                }
                // Links are not followed out of the target.
                if kind.is_dir() && name != ".git" {
                    folders.push((entry.path(), to.join(name)));
                } else if kind.is_file() {
                    bytes += entry.metadata()?.len();
                    if bytes > OUTPUT_BYTES_MAX {
                        return Err(too_much());
                    }
                    std::fs::copy(entry.path(), to.join(name))?;
                }
            }
        }
        for (path, text) in changed {
            let inner = if folder.is_empty() { Some(*path) } else { path.strip_prefix(folder) };
            if let Some(inner) = inner.map(|inner| inner.trim_start_matches('/')) {
                std::fs::write(self.0.join("chart").join(inner), text)?;
            }
        }
        Ok(())
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        // What is left behind in the folder for temporary files harms nobody.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl Renderer for Programs {
    fn chart(&self, folder: &str) -> Result<String, String> {
        self.run("helm", &HELM, folder)
    }

    fn chart_with(&self, folder: &str, changed: &[(&str, &[u8])]) -> Result<String, String> {
        let copy = Copied::new().map_err(|error| format!("no copy of the chart could be made: {error}"))?;
        copy.fill(&self.root.join(folder), changed, folder)
            .map_err(|error| format!("the chart could not be copied: {error}"))?;
        run(&copy.0, "helm", &HELM, "chart")
    }

    fn kustomization(&self, folder: &str) -> Result<String, String> {
        self.run("kubectl", &["kustomize"], folder)
    }
}
