//! Artifacts of registries and layouts as sources: each of their files is an archive of records, or a file of them.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use palisade_source::image::{Artifact, Choice, Part};

use super::cache::Note;
use super::fetch::{FILE_BYTES_MAX, Fetcher};
use super::records::{Found, HEAD_BYTES, ending};
use crate::exit::{hinted, printable};
use crate::registry::Images;

/// Reads an artifact of a registry: `registry/repository:tag`, or with a digest.
pub(super) fn of_registry(fetcher: &mut Fetcher, reference: &str, shown: &str, found: Found) -> anyhow::Result<Found> {
    let opened = Images::of(reference).and_then(|(remote, name)| Ok(Artifact::remote(Box::new(remote), &name)?));
    let opened = opened.with_context(|| format!("cannot fetch {shown}"));
    let artifact =
        opened.map_err(|error| hinted(error, "`docker login` or `podman login` keeps passwords for registries"))?;
    read(fetcher, &artifact, shown, true, found)
}

/// Reads an artifact of a layout on disk.
pub(super) fn of_layout(
    fetcher: &mut Fetcher,
    path: &Path,
    name: Option<&str>,
    shown: &str,
    found: Found,
) -> anyhow::Result<Found> {
    let choice = Choice { name: name.map(str::to_owned), platform: None };
    let artifact = Artifact::open(path, &choice).with_context(|| format!("cannot read {shown}"))?;
    read(fetcher, &artifact, shown, false, found)
}

fn read(
    fetcher: &mut Fetcher,
    artifact: &Artifact,
    shown: &str,
    keep: bool,
    mut found: Found,
) -> anyhow::Result<Found> {
    for part in &artifact.parts {
        let name = name_of(part);
        // By its digest, so that a file of two artifacts is fetched once.
        let key = part.digest.strip_prefix("sha256:").unwrap_or(&part.digest);
        let kept = fetcher.cache.kept(key).filter(|(_, note)| note.sha256 == key);
        let path = match kept {
            Some((path, _)) => {
                fetcher.cache.keep(key);
                path
            }
            None => {
                let (mut file, at) = fetcher.cache.file(key)?;
                let copied = artifact.copy(part, FILE_BYTES_MAX, &mut file);
                copied.with_context(|| format!("cannot fetch {name} of {shown}"))?;
                let head = head(&at)?;
                let Some(ending) = ending(&head, &name) else {
                    // A readme beside the records is no reason to fail; without records the source is an error.
                    eprintln!("warning: {} of {shown} holds no advisories", printable(&name));
                    continue;
                };
                let note = Note { ending: ending.to_owned(), sha256: key.to_owned(), ..Note::default() };
                fetcher.cache.came(key, &at, note, keep)?
            }
        };
        found = found.read(&path, Some(&format!("{shown}!{name}")))?;
    }
    if artifact.parts.is_empty() {
        return Err(anyhow!("{shown} holds no files"));
    }
    Ok(found)
}

/// What a part is called.
fn name_of(part: &Part) -> String {
    part.title.clone().unwrap_or_else(|| part.digest.clone())
}

/// How a file begins.
fn head(path: &Path) -> anyhow::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}
