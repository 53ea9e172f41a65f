//! Container images, without a daemon: OCI layouts as folders and archives, what `docker save` writes, and registries.
//!
//! An image is a configuration and layers, each named by the digest of its bytes. Every byte that is read is compared
//! with the digest that names it; one that differs ends the reading with an error. Nothing is written, and no names of
//! a layer are kept but those that were asked for, so that memory does not grow with the number of files.

mod artifact;
mod layer;
mod manifest;
mod packed;
mod store;

pub use artifact::{Artifact, Part};
pub use layer::{Event, LAYER_FILE_BYTES_MAX, TEXT_BYTES_MAX, Want};
pub use manifest::Platform;
pub use packed::{is_packed, is_packed_image, unpack};
pub use store::Remote;

use std::fs::File;
use std::path::Path;

use manifest::{Chosen, Configuration};
use store::Store;

/// Layers of one image; container engines stop at 127.
pub const LAYERS_MAX: usize = 512;

/// The largest manifest, index or configuration that is read; registries hold manifests to 4 MiB.
pub const DOCUMENT_BYTES_MAX: u64 = 4 << 20;

/// Why an image cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The system.
    #[error("cannot read {what}")]
    Read {
        /// The part.
        what: String,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// A part is not what its digest says.
    #[error("{0} does not have the digest that names it: it was changed or cut off")]
    Digest(String),
    /// A part is missing.
    #[error("{0} is not in the image")]
    Missing(String),
    /// A document is none.
    #[error("{what} cannot be understood: {why}")]
    Document {
        /// The part.
        what: String,
        /// Why.
        why: String,
    },
    /// Several images, and nothing says which.
    #[error("it holds several images: {}", .0.join(", "))]
    Several(Vec<String>),
    /// None of those that it holds was asked for.
    #[error("it holds no image {asked}; it has {}", .there.join(", "))]
    None {
        /// As asked.
        asked: String,
        /// What there is.
        there: Vec<String>,
    },
    /// More than is read.
    #[error("{0}")]
    TooMuch(String),
    /// A layer in a form that is not read.
    #[error("layer {0} is of the kind {1}, which is not read")]
    Kind(String, String),
}

/// Which image of several.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// A tag, a whole reference or a digest.
    pub name: Option<String>,
    /// For which platform; where there are several and none is asked for, linux/amd64 is taken.
    pub platform: Option<Platform>,
}

/// An image, with its layers still to be read.
pub struct Image {
    /// Digest of its manifest; for the older form of `docker save`, of its configuration.
    pub digest: String,
    /// What it runs on.
    pub platform: Platform,
    /// Settings of `ENV`: `NAME=value`.
    pub environment: Vec<String>,
    /// The account it runs as; empty for root.
    pub user: String,
    /// The commands that made it, oldest first.
    pub history: Vec<String>,
    /// Layers, lowest first.
    pub layers: Vec<Layer>,
    store: Store,
}

/// A layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Digest of its bytes as stored; none in the older form of `docker save`.
    pub digest: Option<String>,
    /// Digest of its archive once unpacked, from the configuration.
    pub diff: Option<String>,
    /// Where the store has it.
    name: String,
    /// Its media type, where one is said.
    kind: String,
    /// Its length as stored, where one is said.
    size: Option<u64>,
    /// What it calls itself, in artifacts.
    title: Option<String>,
}

impl Layer {
    /// The digest by which people know it.
    #[must_use]
    pub fn id(&self) -> &str {
        self.digest.as_deref().or(self.diff.as_deref()).unwrap_or(&self.name)
    }
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Image").field("digest", &self.digest).field("layers", &self.layers).finish_non_exhaustive()
    }
}

/// Whether a path is an image: a folder in OCI's layout, or an archive that holds one.
#[must_use]
pub fn is_image(path: &Path) -> bool {
    if path.is_dir() {
        return path.join("oci-layout").is_file() && path.join("index.json").is_file();
    }
    Store::archive(path).is_ok_and(|store| store.has("manifest.json") || store.has("index.json"))
}

impl Image {
    /// Opens a folder or an archive.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn open(path: &Path, choice: &Choice) -> Result<Self, ImageError> {
        Self::of_store(if path.is_dir() { Store::Folder(path.to_owned()) } else { Store::archive(path)? }, choice)
    }

    /// Opens an archive that is open already, whatever it is called.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn in_file(archive: File, choice: &Choice) -> Result<Self, ImageError> {
        let told = |error| ImageError::Read { what: "the archive".to_owned(), error };
        let size = archive.metadata().map_err(told)?.len();
        Self::of_store(Store::held(store::Held::File(archive, size), "the archive")?, choice)
    }

    /// Opens an archive in memory.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn in_memory(archive: Vec<u8>, choice: &Choice) -> Result<Self, ImageError> {
        Self::of_store(Store::held(store::Held::Memory(archive), "the archive")?, choice)
    }

    fn of_store(store: Store, choice: &Choice) -> Result<Self, ImageError> {
        let chosen = if store.has("index.json") {
            manifest::of_layout(&store, choice)?
        } else {
            manifest::of_docker(&store, choice)?
        };
        Self::of(store, chosen)
    }

    /// Opens an image of a registry, whose documents and layers `remote` gives by their digests; `name` is what it calls
    /// the manifest, a tag or a digest.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn remote(remote: Box<dyn Remote>, name: &str, choice: &Choice) -> Result<Self, ImageError> {
        let store = Store::Remote(remote);
        let chosen = manifest::of_registry(&store, name, choice)?;
        Self::of(store, chosen)
    }

    fn of(store: Store, chosen: Chosen) -> Result<Self, ImageError> {
        let text = store.document(&chosen.config)?;
        let configuration = Configuration::parse(&text)?;
        let mut layers = chosen.layers;
        if layers.len() > LAYERS_MAX {
            return Err(ImageError::TooMuch(format!("it has more than {LAYERS_MAX} layers")));
        }
        if layers.len() != configuration.diffs.len() {
            return Err(ImageError::Document {
                what: "its configuration".to_owned(),
                why: format!("it speaks of {} layers, the manifest of {}", configuration.diffs.len(), layers.len()),
            });
        }
        for (layer, diff) in layers.iter_mut().zip(configuration.diffs) {
            layer.diff = Some(diff);
        }
        Ok(Self {
            digest: chosen.digest,
            platform: configuration.platform,
            environment: configuration.environment,
            user: configuration.user,
            history: configuration.history,
            layers,
            store,
        })
    }

    /// Reads the layers, lowest first. `wanted` says by path (without a slash at its start) which files `visit` gets,
    /// with the number of their layer; it also learns what later layers take away. Its answer to a text says whether
    /// that is of interest for it too.
    ///
    /// # Errors
    /// [`ImageError`]: what `visit` got before is not the whole image, and must not be taken for it.
    pub fn read(
        &self,
        wanted: &dyn Fn(&str) -> Want,
        visit: &mut dyn FnMut(usize, Event<'_>) -> bool,
    ) -> Result<(), ImageError> {
        let mut reading = layer::Reading::new(wanted);
        for (number, layer) in self.layers.iter().enumerate() {
            reading.layer(&self.store, layer, &mut |event| visit(number, event))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
