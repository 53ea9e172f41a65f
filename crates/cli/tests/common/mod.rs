//! A repository and a home of a test's own, and the built binary in them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A manifest that no gate allows.
pub(crate) const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  automountServiceAccountToken: false
  containers:
    - name: agent
      image: example.org/agent@sha256:0000000000000000000000000000000000000000000000000000000000000000
      securityContext:
        privileged: true
";

/// A repository and, apart from it, a home that holds the key.
pub(crate) struct Place {
    _folder: TempDir,
    pub(crate) root: PathBuf,
    pub(crate) home: PathBuf,
}

impl Place {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let (root, home) = (folder.path().join("repository"), folder.path().join("home"));
        fs::create_dir_all(&root).unwrap();
        let place = Self { _folder: folder, root, home };
        for (path, text) in files {
            place.write(path, text);
        }
        place
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
        command.args(arguments).current_dir(&self.root).env_clear();
        command.env("PATH", format!("{}/bin:/usr/bin:/bin", self.home.display()));
        command.env("XDG_CONFIG_HOME", &self.home).env("XDG_DATA_HOME", self.home.join("data")).output().unwrap()
    }

    /// Runs, asserts the exit code, and gives standard output.
    pub(crate) fn expect(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{errors}");
        out.into_owned()
    }

    pub(crate) fn json(&self, arguments: &[&str], code: i32) -> Value {
        serde_json::from_str(&self.expect(&[arguments, &["--format", "json"]].concat(), code)).unwrap()
    }
}
