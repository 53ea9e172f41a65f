//! `palisade init`: looks at the repository and writes what fits it and is not there.
//!
//! It never overwrites without asking, and asks only on a terminal. What serves the same end under another name
//! counts as there.

mod pieces;
mod survey;

use std::fmt::Write as _;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, anyhow};

use crate::arguments::Init;
use crate::exit::{Exit, printable};
use crate::files;

use pieces::Piece;
use survey::Survey;

/// Writes what is not there yet; existing files stay as they are, unless their owner says otherwise.
pub(crate) fn run(arguments: &Init) -> anyhow::Result<Exit> {
    let root = &arguments.folder;
    if !root.is_dir() {
        return Err(anyhow!("{} is no directory", root.display()));
    }
    let survey = Survey::of(root)?;
    let pieces = pieces::fitting(&survey, arguments, &identity_key()?);
    let asks = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let mut written = Vec::new();
    for piece in &pieces {
        if put(root, piece, arguments, asks)? {
            written.push(piece.path.as_str());
        }
    }
    let ours = pieces.iter().filter(|piece| piece.instead.is_none() && piece.lacks.is_none());
    let ours: Vec<&str> = ours.map(|piece| piece.path.as_str()).collect();
    files::warn_of_ignored(root, &ours);
    if !arguments.dry_run {
        next(&written, arguments);
    }
    Ok(Exit::Done)
}

/// Puts one file where it belongs; whether it was written.
fn put(root: &Path, piece: &Piece, arguments: &Init, asks: bool) -> anyhow::Result<bool> {
    let path = root.join(&piece.path);
    let shown = printable(&if root == Path::new(".") { piece.path.clone() } else { path.display().to_string() });
    if let Some(other) = &piece.instead {
        println!("kept {}, which does what {shown} would", printable(other));
        return Ok(false);
    }
    if let Some(reason) = piece.lacks {
        println!("left out {shown}: {reason}");
        return Ok(false);
    }
    let there = match std::fs::symlink_metadata(&path) {
        Ok(_) => true,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error).with_context(|| format!("cannot look at {shown}")),
    };
    if there {
        let same = std::fs::read(&path).is_ok_and(|bytes| bytes == piece.text.as_bytes());
        let replace = asks && piece.replaceable && !same && !arguments.dry_run && agreed(&shown)?;
        if !replace {
            println!("kept {shown}{}", if same || !piece.replaceable { "" } else { ", which differs" });
            return Ok(false);
        }
    }
    if arguments.dry_run {
        println!("would write {shown}: {}", piece.purpose);
        if !arguments.only.is_empty() {
            piece.text.lines().for_each(|line| println!("    {line}"));
        }
        return Ok(false);
    }
    files::replace(root, &piece.path, piece.text.as_bytes())?;
    println!("wrote {shown}");
    Ok(true)
}

/// Asks whether a file may be replaced; anything but yes is no.
fn agreed(shown: &str) -> anyhow::Result<bool> {
    print!("{shown} is there and differs. Replace it? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// What to do now.
fn next(written: &[&str], arguments: &Init) {
    if written.is_empty() {
        println!("Nothing was written.");
        return;
    }
    println!("Read and commit these files. Next: `palisade scan`, then `palisade hook install`.");
    let on_runners = written.contains(&pieces::WORKFLOW) && arguments.palisade_commit.is_none();
    if on_runners {
        println!("The workflow calls `palisade`, which hosted runners do not have: install it there, or run");
        println!("`palisade init --only workflow --palisade-commit COMMIT`, which builds a commit that you reviewed.");
    }
    if written.contains(&pieces::GITLAB) && !written.contains(&pieces::GITLAB_ROOT) {
        println!("The gate does not run yet: add to .gitlab-ci.yml");
        pieces::GITLAB_INCLUDE.lines().for_each(|line| println!("    {line}"));
    }
    if written.contains(&pieces::RULESET) {
        println!("Import {} at GitHub, under Settings, Rules: a file alone protects nothing.", pieces::RULESET);
        if arguments.palisade_commit.is_none() {
            println!("It is disabled: active, it lets nothing merge until the job `gate` passes. Set `enforcement` to");
            println!("`active` in the file and at GitHub once `gate` has passed on a pull request.");
        }
    }
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
