//! Who vouches for an index: a signed note beside it, in the format of the ledger's checkpoints.
//!
//! Where a key is demanded, an index without its signature is an error, and every byte of it is read before it is
//! believed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use palisade_advisory::Index;
use palisade_ledger::{Directory, Keyring, Note, Verifier};

use crate::arguments::judging::Key;
use crate::exit::hinted;
use crate::ledger::{key_file, random};

/// The name of the key, so that a signature of a ledger never fits an index.
const ORIGIN: &str = "palisade.dev/advisory-index";
/// The first line of what is signed.
const TITLE: &str = "palisade advisory index 1";
/// The key that must have signed the index, for whoever demands one.
const VARIABLE: &str = "PALISADE_ADVISORIES_KEY";
/// A note is some lines.
const NOTE_BYTES_MAX: u64 = 64 << 10;

/// What is signed of an index.
fn text(digest: &str) -> String {
    format!("{TITLE}\nsha256:{digest}\n")
}

/// Where the signature of an index lies.
pub(super) fn note_of(index: &Path) -> PathBuf {
    let mut name = index.as_os_str().to_owned();
    name.push(".note");
    PathBuf::from(name)
}

/// Signs an index with the user's key: the note, and the public key that goes with it.
pub(super) fn signed(digest: &str, key: &Key) -> anyhow::Result<(String, String)> {
    let file = key_file(key)?;
    let (Some(home), Some(name)) = (file.parent(), file.file_name()) else {
        return Err(anyhow!("{} is no file", file.display()));
    };
    let home = Directory::new(home);
    let keyring = Keyring::new(&home, &name.to_string_lossy());
    let signer = keyring.signer_or_new(ORIGIN, &random).context("cannot sign the index")?;
    let note = Note::sign(text(digest), &signer).context("cannot sign the index")?;
    Ok((note.to_string(), signer.verifier().to_string()))
}

/// Checks the signature where a key is demanded, by the argument or the environment.
///
/// # Errors
/// When the index is not signed by that key, or is not what was signed.
pub(super) fn demand(index: &Index, path: &Path, vkey: Option<&str>) -> anyhow::Result<Option<String>> {
    let demanded = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    let Some(vkey) = vkey.or(demanded.as_deref()) else { return Ok(None) };
    let verifier = Verifier::parse(vkey.trim())
        .map_err(|error| hinted(error, "`palisade db update --sign` prints the key: `name+id+key`"))?;
    let note = note_of(path);
    let refused = |error: anyhow::Error| {
        let name = verifier.name();
        hinted(
            error.context(format!("the advisory index is not signed by {name}")),
            "build it with `palisade db update --sign`, or take its `.note` along with it",
        )
    };
    let size = std::fs::metadata(&note).map_err(|error| refused(error.into()))?.len();
    if size > NOTE_BYTES_MAX {
        return Err(refused(anyhow!("{} is no signature", note.display())));
    }
    let bytes = std::fs::read(&note).map_err(|error| refused(error.into()))?;
    let parsed = Note::parse(&bytes).map_err(|error| refused(error.into()))?;
    let said = parsed.verify(&verifier).map_err(|error| refused(error.into()))?;
    if said != text(&index.digest()) {
        return Err(refused(anyhow!("its signature is of another index")));
    }
    // The signature is of the digest, and the digest of every byte.
    index.verify()?;
    Ok(Some(verifier.name().to_owned()))
}
