//! `palisade init`: the files that a repository keeps for Palisade.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use crate::arguments::Init;
use crate::exit::{Exit, printable};

const SETTINGS: &str = "\
# Settings of Palisade for this repository. Every key is optional.

[scan]
# Files that are not looked at; globs as in .gitignore.
exclude = []
# Checks that do not run: ids (\"ci/anonymous-definition\") or families (\"container\").
ignore = []

[kubernetes]
# Registries that images may come from, such as \"registry.example.com/team\"; empty allows all.
registries = []
";

const EXCEPTIONS: &str = "\
# Findings that may stay for a while. Each has an owner, a ticket, a reason and a last day:
# `palisade exception add --help` writes one.
";

/// Writes what is not there yet; existing files stay as they are.
pub(crate) fn run(arguments: &Init) -> anyhow::Result<Exit> {
    let root = &arguments.folder;
    write_new(root, crate::config::FILE, SETTINGS)?;
    write_new(root, palisade_gate::EXCEPTIONS_FILE, EXCEPTIONS)?;
    write_new(root, crate::target::IDENTITY_FILE, &identity_key()?)?;
    println!("Commit these files. Next: `palisade scan`, then `palisade hook install`.");
    Ok(Exit::Done)
}

/// A random key under which the values of secrets are hashed in fingerprints, as 64 hexadecimal digits.
/// It is committed: whoever reads the repository sees its secrets anyway; a report that leaves it must not
/// let them be guessed.
fn identity_key() -> anyhow::Result<String> {
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    let mut text = String::new();
    for byte in key {
        write!(text, "{byte:02x}")?;
    }
    text.push('\n');
    Ok(text)
}

fn write_new(root: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    let path = if root == Path::new(".") { Path::new(name).to_owned() } else { root.join(name) };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let shown = printable(&path.display().to_string());
    match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).with_context(|| format!("cannot write {shown}"))?;
            println!("wrote {shown}");
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => println!("kept {shown}"),
        Err(error) => return Err(error).with_context(|| format!("cannot write {shown}")),
    }
    Ok(())
}
