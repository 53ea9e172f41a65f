//! Debian's registry of images and artifacts, on this machine alone.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::Bench;

/// The registry is there within this, or not at all.
const WAIT: Duration = Duration::from_secs(20);

/// A registry that runs; it ends with this value.
pub(super) struct Registry {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub(super) host: String,
    /// The folder of its bytes.
    pub(super) store: PathBuf,
}

impl Registry {
    /// Starts an empty one in the case's folder.
    pub(super) fn start(bench: &Bench) -> Result<Self> {
        let program = bench.debian("docker-registry", "docker-registry")?;
        // A port that is free now.
        let host = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let store = bench.scratch.join("registry");
        let settings = bench.scratch.join("registry.yml");
        let text = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\n  cache: {{}}\nhttp:\n  addr: {host}\n",
            store.display()
        );
        std::fs::write(&settings, text)?;
        let mut command = Command::new(program);
        command.arg("serve").arg(&settings).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let registry = Self { child: command.spawn().context("the registry does not start")?, host, store };
        let start = Instant::now();
        while TcpStream::connect(&registry.host).is_err() {
            if start.elapsed() > WAIT {
                bail!("the registry does not answer at {}", registry.host);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(registry)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
