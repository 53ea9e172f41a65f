//! `palisade.lock`: what names stood for when they were looked up, so that fixes pin without the network.
//!
//! It is read strictly: what it holds is written into workflows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use palisade_inventory::dockerfile::ImageName;
use palisade_model::{Fix, Span};
use serde::Deserialize;

/// Largest file that is read.
pub const LOCK_BYTES_MAX: usize = 4 << 20;

/// What names stood for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Version of the format; 1.
    version: u32,
    /// By `owner/repository@reference`, in lower case before the `@`.
    #[serde(default)]
    pub actions: BTreeMap<String, ActionPin>,
    /// By the name and tag of the image, as written: `node:24`.
    #[serde(default)]
    pub images: BTreeMap<String, ImagePin>,
}

/// The content that an image's tag stood for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagePin {
    /// `sha256:` and 64 hexadecimal digits: of the index where the image is one for several platforms.
    pub digest: String,
}

/// The commit that a tag or branch of an action stood for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionPin {
    /// 40 hexadecimal digits.
    pub commit: String,
    /// The most exact tag on that commit, or the branch.
    pub version: String,
    /// Whether it was a branch, which moves with every push.
    #[serde(default)]
    pub branch: bool,
}

/// Why a text is no lock file.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Over [`LOCK_BYTES_MAX`].
    #[error("larger than {} MiB", LOCK_BYTES_MAX >> 20)]
    TooLarge,
    /// No TOML, or keys that do not belong.
    #[error("{}", .0.message())]
    Toml(#[from] toml::de::Error),
    /// Of a later Palisade.
    #[error("it has version {0}, and this program reads 1")]
    Version(u32),
    /// A commit that is none, or a version that could not stand in a comment.
    #[error("the entry `{0}` holds no commit id and version")]
    Entry(String),
    /// A digest that is none, or a name that is no image with a tag.
    #[error("the entry `{0}` is no image with a tag and a digest")]
    Image(String),
}

impl Lock {
    /// Reads the file.
    ///
    /// # Errors
    /// [`LockError`]; nothing is taken from a file with a fault.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        if text.len() > LOCK_BYTES_MAX {
            return Err(LockError::TooLarge);
        }
        let lock: Self = toml::from_str(text)?;
        if lock.version != 1 {
            return Err(LockError::Version(lock.version));
        }
        if let Some((name, _)) = lock.actions.iter().find(|(_, pin)| !pin.is_sound()) {
            return Err(LockError::Entry(name.clone()));
        }
        match lock.images.iter().find(|(name, pin)| !is_image(name) || !pin.is_sound()) {
            Some((name, _)) => Err(LockError::Image(name.clone())),
            None => Ok(lock),
        }
    }

    /// The pin of an image, by its name and tag as written.
    #[must_use]
    pub fn image(&self, name: &str) -> Option<&ImagePin> {
        self.images.get(name)
    }

    /// Keeps the pin of an image. Refused when it is not sound.
    pub fn keep_image(&mut self, name: &str, pin: ImagePin) -> bool {
        let sound = is_image(name) && pin.is_sound();
        if sound {
            self.images.insert(name.to_owned(), pin);
        }
        sound
    }

    /// The edit that puts the digest behind an image's tag. `place` ends where the name ends.
    pub(crate) fn pin_image(&self, name: &str, place: Span) -> Option<Fix> {
        let pin = self.image(name)?;
        let end = Span::new(place.end as usize, place.end as usize);
        // New content under the tag, which may be a mended one, no longer comes by itself.
        Some(Fix::unsafe_(&format!("pin `{name}` to what it is now"), end, &format!("@{}", pin.digest)))
    }

    /// The pin of an action.
    #[must_use]
    pub fn action(&self, slug: &str, reference: &str) -> Option<&ActionPin> {
        self.actions.get(&key(slug, reference))
    }

    /// Keeps a pin. Refused when it is not sound.
    pub fn keep(&mut self, slug: &str, reference: &str, pin: ActionPin) -> bool {
        let sound = pin.is_sound();
        if sound {
            self.actions.insert(key(slug, reference), pin);
        }
        sound
    }

    /// The text of the file, the same for the same pins.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out =
            "# What names stood for when `palisade fix --update` looked them up. Commit this file.\nversion = 1\n"
                .to_owned();
        for (name, pin) in &self.actions {
            // Names hold what no reference may: see `is_sound` and `key`.
            let name = toml::Value::String(name.clone());
            let _ = write!(out, "\n[actions.{name}]\ncommit = \"{}\"\nversion = \"{}\"\n", pin.commit, pin.version);
            if pin.branch {
                out.push_str("branch = true\n");
            }
        }
        for (name, pin) in &self.images {
            let name = toml::Value::String(name.clone());
            let _ = write!(out, "\n[images.{name}]\ndigest = \"{}\"\n", pin.digest);
        }
        out
    }
}

impl ActionPin {
    fn is_sound(&self) -> bool {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/+".contains(&byte);
        self.commit.len() == 40
            && self.commit.bytes().all(hex)
            && (1..=100).contains(&self.version.len())
            && self.version.bytes().all(plain)
    }
}

impl ImagePin {
    fn is_sound(&self) -> bool {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        self.digest.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.bytes().all(hex))
    }
}

/// Whether a text is the name of an image with a tag and no digest, of letters that need no quotes anywhere.
#[must_use]
pub fn is_image(name: &str) -> bool {
    let parts = ImageName::parse(name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:".contains(&byte);
    name.len() <= 400
        && name.bytes().all(plain)
        && parts.digest.is_none()
        && parts.tag.is_some_and(|tag| !tag.is_empty() && tag.len() <= 128)
        && parts.registry.is_none_or(|host| host.starts_with(|first: char| first.is_ascii_alphanumeric()))
        && parts.repository.split('/').all(|part| !part.is_empty() && !part.starts_with(['.', '-']))
}

fn key(slug: &str, reference: &str) -> String {
    format!("{}@{reference}", slug.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_kept_is_read_back() {
        let mut lock = Lock::parse("version = 1\n").unwrap();
        let pin = ActionPin {
            commit: "08c6903cd8c0fde910a37f88322edcfb5dd907a8".into(),
            version: "v5.0.0".into(),
            branch: false,
        };
        assert!(lock.keep("Actions/Checkout", "v5", pin.clone()));
        assert!(lock.keep("some/tool", "main", ActionPin { version: "main".into(), branch: true, ..pin.clone() }));
        assert!(!lock.keep("some/tool", "v1", ActionPin { version: "v1\nrun: x".into(), ..pin.clone() }));
        let read = Lock::parse(&lock.to_text()).unwrap();
        assert_eq!(read, lock);
        assert_eq!(read.action("actions/checkout", "v5"), Some(&pin));
        assert_eq!(read.action("actions/checkout", "v4"), None);
    }

    #[test]
    fn images_are_kept_by_name_and_tag() {
        let mut lock = Lock::parse("version = 1\n").unwrap();
        let pin = ImagePin { digest: format!("sha256:{}", "0a".repeat(32)) };
        assert!(lock.keep_image("node:24", pin.clone()));
        assert!(lock.keep_image("localhost:5000/team/app:1.2", pin.clone()));
        for name in ["node", "node:", "node:24@sha256:0", "no de:1", "a//b:1", "../x:1", "x:1\ny", "$X:1"] {
            assert!(!lock.keep_image(name, pin.clone()), "{name}");
        }
        assert!(!lock.keep_image("a:1", ImagePin { digest: "sha256:0A".into() }));
        let read = Lock::parse(&lock.to_text()).unwrap();
        assert_eq!(read, lock);
        assert_eq!(read.image("node:24"), Some(&pin));
        assert_eq!(read.image("node:22"), None);
    }

    #[test]
    fn a_faulty_file_gives_nothing() {
        for text in [
            "version = 1\n[images.\"node:24\"]\ndigest = \"sha256:1\"\n",
            "version = 1\n[images.node]\ndigest = \"sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a\"\n",
            "",
            "version = 2\n",
            "version = 1\nother = 1\n",
            "version = 1\n[actions.\"a/b@v1\"]\ncommit = \"abc\"\nversion = \"v1\"\n",
            "version = 1\n[actions.\"a/b@v1\"]\ncommit = \"08c6903cd8c0fde910a37f88322edcfb5dd907a8\"\nversion = \"# x\"\n",
        ] {
            assert!(Lock::parse(text).is_err(), "{text}");
        }
    }
}
