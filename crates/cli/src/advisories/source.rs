//! What `--from` names: a place on this machine, an address, a mirror of OSV's bucket, an artifact.

use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::fetch::Fetcher;
use super::records::Found;
use super::{artifact, bucket};
use crate::exit::hinted;
use crate::image;
use crate::web::Address;

/// A source of advisories.
pub(super) struct Source {
    /// For people and for the index, without passwords.
    pub(super) shown: String,
    kind: Kind,
}

enum Kind {
    Path(PathBuf),
    File(Address),
    Bucket(Address),
    Registry(String),
    Layout(PathBuf, Option<String>),
}

impl Source {
    /// Understands a word of the command line. Nothing is asked yet.
    ///
    /// # Errors
    /// When it is an address that is not asked, or needs the network and that is forbidden.
    pub(super) fn parse(from: &Path, offline: bool) -> anyhow::Result<Self> {
        let text = from.to_str().unwrap_or("");
        let source = if let Some(reference) = text.strip_prefix("oci://") {
            let name = reference.rsplit_once('@').map_or(reference, |(name, _)| name);
            if name.contains('@') || !name.contains('/') {
                let error = anyhow!("`{text}` is no artifact of a registry");
                return Err(hinted(
                    error,
                    "one is oci://registry.example/team/advisories:latest; `docker login` keeps passwords",
                ));
            }
            Self { shown: text.to_owned(), kind: Kind::Registry(reference.to_owned()) }
        } else if let Some(rest) = text.strip_prefix("oci:") {
            let (path, name) = image::split(rest, &|path| Path::new(path).exists());
            Self { shown: text.to_owned(), kind: Kind::Layout(path.into(), name.map(str::to_owned)) }
        } else if is_address(text) {
            // Even where a folder is called so: the one that somebody else made must not stand in for a server.
            let address = Address::parse(text).map_err(|reason| {
                let shown = text.split_once("://").map_or("", |(scheme, _)| scheme);
                hinted(
                    anyhow!("an address of {shown}:// in --from cannot be used: {reason}"),
                    "https://HOST/FILE, https://HOST/ECOSYSTEM/ for a mirror of OSV's, oci://REGISTRY/NAME:TAG, or a path",
                )
            })?;
            let shown = address.shown();
            if address.url.ends_with('/') {
                Self { shown, kind: Kind::Bucket(address) }
            } else {
                Self { shown, kind: Kind::File(address) }
            }
        } else {
            Self { shown: from.display().to_string(), kind: Kind::Path(from.to_owned()) }
        };
        if offline && !matches!(source.kind, Kind::Path(_) | Kind::Layout(..)) {
            let error = anyhow!("{} would be fetched over the network, and --offline forbids it", source.shown);
            return Err(hinted(error, "name a folder, an archive or a layout on this machine"));
        }
        Ok(source)
    }

    /// Reads it. `since` is the newest change that an index which is kept has from it.
    ///
    /// # Errors
    /// When it cannot be had, or not to its end.
    pub(super) fn read(&self, fetcher: &mut Fetcher, since: Option<&str>, found: Found) -> anyhow::Result<Found> {
        match &self.kind {
            Kind::Path(path) => found.read(path, None),
            Kind::File(address) => {
                let path = fetcher.file(address)?;
                found.read(&path, Some(&self.shown))
            }
            Kind::Bucket(address) => bucket::read(fetcher, address, since, found),
            Kind::Registry(reference) => artifact::of_registry(fetcher, reference, &self.shown, found),
            Kind::Layout(path, name) => artifact::of_layout(fetcher, path, name.as_deref(), &self.shown, found),
        }
    }
}

/// Whether a word is written as an address; a path that looks like one is written with `./` before it.
fn is_address(text: &str) -> bool {
    let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
    !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}
