//! Artifacts: manifests whose layers are files, as registries keep them beside images
//! (<https://github.com/opencontainers/image-spec/blob/main/manifest.md#guidelines-for-artifact-usage>).
//!
//! Every byte is compared with the digest that names it, before anybody may believe it.

use std::io::{self, Read as _, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::manifest::{self, Chosen};
use super::store::{Store, hex};
use super::{Choice, ImageError, LAYERS_MAX, Remote};

/// An artifact, with its files still to be read.
pub struct Artifact {
    /// Digest of its manifest.
    pub digest: String,
    /// Its files in the manifest's order.
    pub parts: Vec<Part>,
    store: Store,
}

/// A file of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `sha256:HEX` of its bytes.
    pub digest: String,
    /// What it calls itself (`org.opencontainers.image.title`); from anybody.
    pub title: Option<String>,
    /// Its media type.
    pub kind: String,
    /// Its length as the manifest says.
    pub size: Option<u64>,
    name: String,
}

impl std::fmt::Debug for Artifact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Artifact").field("digest", &self.digest).field("parts", &self.parts).finish_non_exhaustive()
    }
}

impl Artifact {
    /// Opens one of an OCI layout, a folder or an archive.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn open(path: &Path, choice: &Choice) -> Result<Self, ImageError> {
        let store = if path.is_dir() { Store::Folder(path.to_owned()) } else { Store::archive(path)? };
        let chosen = manifest::of_layout(&store, choice)?;
        Self::of(store, chosen)
    }

    /// Opens one of a registry; `name` is a tag or a digest.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn remote(remote: Box<dyn Remote>, name: &str) -> Result<Self, ImageError> {
        let store = Store::Remote(remote);
        let chosen = manifest::of_registry(&store, name, &Choice::default())?;
        Self::of(store, chosen)
    }

    fn of(store: Store, chosen: Chosen) -> Result<Self, ImageError> {
        if chosen.layers.len() > LAYERS_MAX {
            return Err(ImageError::TooMuch(format!("it has more than {LAYERS_MAX} files")));
        }
        let part = |layer: super::Layer| {
            let digest = layer.digest.unwrap_or_default();
            Part { digest, title: layer.title, kind: layer.kind, size: layer.size, name: layer.name }
        };
        Ok(Self { digest: chosen.digest, parts: chosen.layers.into_iter().map(part).collect(), store })
    }

    /// Writes a file's bytes to `out`, at most `bytes_max` of them; how many there were.
    ///
    /// # Errors
    /// [`ImageError`]: what was written before is not the file, and must not be taken for it.
    pub fn copy(&self, part: &Part, bytes_max: u64, out: &mut dyn Write) -> Result<u64, ImageError> {
        let told = |error| ImageError::Read { what: part.digest.clone(), error };
        let most = part.size.map_or(bytes_max, |size| size.min(bytes_max));
        let (mut hash, mut done) = (Sha256::new(), 0_u64);
        self.store.with(&part.name, &mut |reader| {
            let mut reader = reader.take(most.saturating_add(1));
            let mut buffer = vec![0; 1 << 16];
            loop {
                let read = match reader.read(&mut buffer) {
                    Ok(0) => return Ok(()),
                    Ok(read) => read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(told(error)),
                };
                done += read as u64;
                if done > most {
                    return Err(ImageError::TooMuch(match part.size.filter(|size| *size == most) {
                        Some(size) => format!("{} is longer than the {size} bytes that its manifest says", part.digest),
                        None => format!("{} is larger than {} MiB", part.digest, bytes_max >> 20),
                    }));
                }
                let some = buffer.get(..read).unwrap_or_default();
                hash.update(some);
                out.write_all(some).map_err(told)?;
            }
        })?;
        if hex(&hash.finalize()) != part.digest {
            return Err(ImageError::Digest(part.digest.clone()));
        }
        Ok(done)
    }
}
