//! Manifests, indexes and configurations: OCI's image specification 1.1, Docker's schema 2, and the list of
//! `docker save`.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use super::store::{Store, digest_of};
use super::{Choice, ImageError, Layer};

/// Indexes in indexes; real ones have one level.
const DEPTH_MAX: usize = 4;
/// Images that are named when none was chosen.
const NAMED_MAX: usize = 20;
/// The annotation with a tag, and containerd's with a whole name.
const TAG: &str = "org.opencontainers.image.ref.name";
const NAME: &str = "io.containerd.image.name";
/// The annotation with the name of a file that is a layer.
const TITLE: &str = "org.opencontainers.image.title";

/// What an image runs on: `linux/arm64/v8`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Platform {
    /// `linux`, `windows`.
    #[serde(default)]
    pub os: String,
    /// `amd64`, `arm64`.
    #[serde(default)]
    pub architecture: String,
    /// `v7`, `v8`; empty when none is said.
    #[serde(default)]
    pub variant: String,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        if self.variant.is_empty() { Ok(()) } else { write!(f, "/{}", self.variant) }
    }
}

impl FromStr for Platform {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts.as_slice() {
            [os, architecture, variant @ ..] if variant.len() < 2 && parts.iter().all(|part| !part.is_empty()) => {
                let variant = variant.first().copied().unwrap_or("").to_owned();
                Ok(Self { os: (*os).to_owned(), architecture: (*architecture).to_owned(), variant })
            }
            _ => Err(format!("`{text}` is no platform; one is `linux/arm64`")),
        }
    }
}

impl Platform {
    /// Whether an image for `self` is what was asked for.
    fn fits(&self, asked: &Self) -> bool {
        let variant = asked.variant.is_empty() || self.variant == asked.variant;
        self.os == asked.os && self.architecture == asked.architecture && variant
    }
}

/// The parts of the image that was chosen.
pub(super) struct Chosen {
    pub(super) digest: String,
    pub(super) config: String,
    pub(super) layers: Vec<Layer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    #[serde(default)]
    media_type: String,
    digest: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    platform: Option<Platform>,
    #[serde(default)]
    annotations: std::collections::BTreeMap<String, String>,
}

/// A manifest or an index: which one, its keys say.
#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    manifests: Option<Vec<Descriptor>>,
    #[serde(default)]
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
}

/// What a configuration says.
pub(super) struct Configuration {
    pub(super) platform: Platform,
    pub(super) environment: Vec<String>,
    pub(super) user: String,
    pub(super) history: Vec<String>,
    pub(super) diffs: Vec<String>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(flatten)]
    platform: Platform,
    #[serde(default)]
    config: Option<Settings>,
    #[serde(default)]
    rootfs: Option<RootFs>,
    #[serde(default)]
    history: Option<Vec<Step>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Settings {
    #[serde(default)]
    env: Option<Vec<String>>,
    #[serde(default)]
    user: Option<String>,
}

#[derive(Deserialize)]
struct RootFs {
    #[serde(default)]
    diff_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(default)]
    created_by: Option<String>,
}

impl Configuration {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ImageError> {
        let written: Written = parse("its configuration", bytes)?;
        let settings = written.config.unwrap_or_default();
        let history = written.history.unwrap_or_default().into_iter();
        Ok(Self {
            platform: written.platform,
            environment: settings.env.unwrap_or_default(),
            user: settings.user.unwrap_or_default(),
            history: history.filter_map(|step| step.created_by).collect(),
            diffs: written.rootfs.and_then(|rootfs| rootfs.diff_ids).unwrap_or_default(),
        })
    }
}

fn parse<'b, T: Deserialize<'b>>(what: &str, bytes: &'b [u8]) -> Result<T, ImageError> {
    serde_json::from_slice(bytes)
        .map_err(|error| ImageError::Document { what: what.to_owned(), why: error.to_string() })
}

/// Whether a text is the digest of something: nothing else may become a path.
fn is_digest(text: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.bytes().all(hex))
}

/// Where a layout has the bytes of a digest.
fn path_of(digest: &str) -> Result<String, ImageError> {
    match digest.split_once(':') {
        Some((algorithm, hex)) if is_digest(digest) => Ok(format!("blobs/{algorithm}/{hex}")),
        _ => Err(ImageError::Document { what: format!("the digest `{digest}`"), why: "no SHA-256".to_owned() }),
    }
}

/// The digest that names a path of a layout.
pub(super) fn digest_of_path(path: &str) -> Option<String> {
    let digest = format!("sha256:{}", path.strip_prefix("blobs/sha256/")?);
    is_digest(&digest).then_some(digest)
}

/// Whether a name is what somebody means: all of it, its tag, or what stands behind the registry that tools add.
fn is_called(known: &str, name: &str) -> bool {
    let tag = known.rsplit_once(':').map(|(_, tag)| tag);
    let behind = known.strip_suffix(name).is_some_and(|before| before.ends_with('/'));
    known == name || tag == Some(name) || behind
}

/// The image of an OCI layout.
pub(super) fn of_layout(store: &Store, choice: &Choice) -> Result<Chosen, ImageError> {
    let index: Document = parse("index.json", &store.document("index.json")?)?;
    let all = index.manifests.unwrap_or_default();
    let names = |one: &Descriptor| -> Vec<String> {
        [NAME, TAG].iter().filter_map(|key| one.annotations.get(*key).cloned()).collect()
    };
    let asked = |one: &Descriptor| match &choice.name {
        None => true,
        Some(name) => one.digest == *name || names(one).iter().any(|known| is_called(known, name)),
    };
    let there = || -> Vec<String> {
        all.iter()
            .take(NAMED_MAX)
            .map(|one| names(one).into_iter().next().unwrap_or_else(|| one.digest.clone()))
            .collect()
    };
    let fitting: Vec<&Descriptor> = all.iter().filter(|one| asked(one)).collect();
    if fitting.is_empty() {
        return Err(ImageError::None { asked: choice.name.clone().unwrap_or_default(), there: there() });
    }
    let read = |digest: &str| store.document(&path_of(digest)?);
    select(&fitting, choice, &there, &read, 0)
}

/// The image of a registry.
pub(super) fn of_registry(store: &Store, name: &str, choice: &Choice) -> Result<Chosen, ImageError> {
    let bytes = store.manifest(name)?;
    let digest = digest_of(&bytes);
    let document: Document = parse("the manifest", &bytes)?;
    let Some(all) = &document.manifests else { return chosen(digest, document) };
    let all: Vec<&Descriptor> = all.iter().collect();
    let there = || all.iter().filter_map(|one| Some(one.platform.as_ref()?.to_string())).take(NAMED_MAX).collect();
    select(&all, choice, &there, &|digest| store.manifest(digest), 0)
}

/// The one image of several that is asked for: by platform where they are for several.
fn select(
    all: &[&Descriptor],
    choice: &Choice,
    there: &dyn Fn() -> Vec<String>,
    read: &dyn Fn(&str) -> Result<Vec<u8>, ImageError>,
    depth: usize,
) -> Result<Chosen, ImageError> {
    // Attestations stand among images, for a platform that nothing runs on.
    let images: Vec<&Descriptor> = all
        .iter()
        .copied()
        .filter(|one| one.platform.as_ref().is_none_or(|platform| platform.os != "unknown"))
        .collect();
    let usual = Platform { os: "linux".to_owned(), architecture: "amd64".to_owned(), variant: String::new() };
    let asked = choice.platform.as_ref();
    let fits = |one: &&Descriptor, asked: &Platform| one.platform.as_ref().is_none_or(|own| own.fits(asked));
    let mut fitting: Vec<&Descriptor> = match asked {
        Some(asked) => images.iter().copied().filter(|one| fits(one, asked)).collect(),
        None if images.len() > 1 => images.iter().copied().filter(|one| fits(one, &usual)).collect(),
        None => images.clone(),
    };
    // The same image under several names is one.
    fitting.dedup_by(|one, other| one.digest == other.digest);
    let one = match fitting.as_slice() {
        [one] => one,
        [] => {
            let asked = asked.unwrap_or(&usual).to_string();
            let there = images.iter().filter_map(|one| Some(one.platform.as_ref()?.to_string())).collect();
            return Err(ImageError::None { asked: format!("for {asked}"), there });
        }
        _ => return Err(ImageError::Several(there())),
    };
    let bytes = read(&one.digest)?;
    let document: Document = parse(&one.digest, &bytes)?;
    match &document.manifests {
        None => chosen(one.digest.clone(), document),
        Some(_) if depth == DEPTH_MAX => {
            Err(ImageError::TooMuch(format!("its indexes are nested more than {DEPTH_MAX} deep")))
        }
        Some(inner) => {
            let inner: Vec<&Descriptor> = inner.iter().collect();
            let there = || inner.iter().filter_map(|one| Some(one.platform.as_ref()?.to_string())).collect();
            select(&inner, choice, &there, read, depth + 1)
        }
    }
}

fn chosen(digest: String, document: Document) -> Result<Chosen, ImageError> {
    let config = document.config.ok_or_else(|| ImageError::Document {
        what: "the manifest".to_owned(),
        why: "it is of no image: it names no configuration".to_owned(),
    })?;
    let layer = |mut one: Descriptor| {
        let (name, title) = (path_of(&one.digest)?, one.annotations.remove(TITLE));
        Ok(Layer { digest: Some(one.digest), diff: None, name, kind: one.media_type, size: one.size, title })
    };
    let layers = document.layers.into_iter().map(layer).collect::<Result<_, ImageError>>()?;
    Ok(Chosen { digest, config: path_of(&config.digest)?, layers })
}

/// An entry of what `docker save` lists.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Vec<String>,
}

/// The image of an archive of `docker save` in its older form.
pub(super) fn of_docker(store: &Store, choice: &Choice) -> Result<Chosen, ImageError> {
    let list: Vec<Saved> = parse("manifest.json", &store.document("manifest.json")?)?;
    let tags = |one: &Saved| one.repo_tags.clone().unwrap_or_default();
    let there = || list.iter().flat_map(tags).take(NAMED_MAX).collect::<Vec<_>>();
    let asked = |one: &&Saved| choice.name.as_ref().is_none_or(|name| tags(one).iter().any(|tag| is_called(tag, name)));
    let fitting: Vec<&Saved> = list.iter().filter(asked).collect();
    let one = match fitting.as_slice() {
        [one] => one,
        [] => return Err(ImageError::None { asked: choice.name.clone().unwrap_or_default(), there: there() }),
        _ => return Err(ImageError::Several(there())),
    };
    let layer = |name: &String| Layer {
        digest: None,
        diff: None,
        name: name.clone(),
        kind: String::new(),
        size: None,
        title: None,
    };
    let digest = digest_of(&store.document(&one.config)?);
    Ok(Chosen { digest, config: one.config.clone(), layers: one.layers.iter().map(layer).collect() })
}
