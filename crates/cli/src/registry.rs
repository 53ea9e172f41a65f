//! The digests behind images' tags, and images themselves, asked of their registries.
//!
//! A digest that comes without proof is taken as the registry's word; where the manifest itself is fetched, it must have
//! that digest.

mod client;
mod login;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use palisade_checks::{ImagePin, Lock};
use palisade_inventory::dockerfile::ImageName;
use palisade_source::http::{Answer, Client, Limits};
use sha2::{Digest as _, Sha256};

pub(crate) use client::Images;
use client::{Repository, refusal};

/// Images asked about at once.
const THREADS: usize = 8;
/// Images asked about in one run.
const IMAGES_MAX: usize = 500;
/// For one question; an image takes three at most.
const QUESTION_TIME_MAX: Duration = Duration::from_secs(15);
/// For one layer.
const LAYER_TIME_MAX: Duration = Duration::from_secs(900);
/// The largest layer that is fetched.
const LAYER_BYTES_MAX: usize = 64 << 30;
/// Registries hold manifests to 4 MiB.
const MANIFEST_BYTES_MAX: usize = 4 << 20;

/// Asks for every image, keeps the answers, and gives those that could not be had, with the reason.
pub(crate) fn update(lock: &mut Lock, wanted: &BTreeSet<String>) -> anyhow::Result<Vec<(String, String)>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let limits = Limits { time_max: QUESTION_TIME_MAX, body_bytes_max: MANIFEST_BYTES_MAX };
    let client = crate::verify::client(limits)?.with_plain_localhost();
    let all: Vec<&String> = wanted.iter().take(IMAGES_MAX).collect();
    let mut failed = Vec::new();
    for some in all.chunks(THREADS) {
        let answers: Vec<Result<String, String>> = std::thread::scope(|scope| {
            let asked: Vec<_> = some.iter().map(|image| scope.spawn(|| digest(&client, image))).collect();
            asked.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("asking failed".to_owned()))).collect()
        });
        for (image, answer) in some.iter().zip(answers) {
            match answer {
                Ok(digest) if lock.keep_image(image, ImagePin { digest: digest.clone() }) => {}
                Ok(_) => failed.push(((*image).clone(), "its answer is no digest".to_owned())),
                Err(reason) => failed.push(((*image).clone(), reason)),
            }
        }
    }
    Ok(failed)
}

/// The digest that a registry has under an image's tag.
///
/// # Errors
/// Why there is none, in words.
fn digest(client: &Client, image: &str) -> Result<String, String> {
    let name = ImageName::parse(image);
    let tag = name.tag.ok_or("it has no tag")?;
    let authorization = Mutex::new(None);
    let repository = Repository::new(client, &name, &authorization);
    let mut answer = repository.manifest("HEAD", tag)?;
    if answer.status == 200
        && let Some(digest) = answer.header("docker-content-digest").filter(|digest| is_digest(digest))
    {
        return Ok(digest.to_owned());
    }
    // Not every registry answers HEAD, or names the digest.
    if matches!(answer.status, 200 | 404 | 405) {
        answer = repository.manifest("GET", tag)?;
    }
    match answer.status {
        200 => proven(&answer),
        status => Err(refusal(status)),
    }
}

/// The digest of a manifest that was fetched.
fn proven(answer: &Answer) -> Result<String, String> {
    let hex: String = Sha256::digest(&answer.body).iter().map(|byte| format!("{byte:02x}")).collect();
    let digest = format!("sha256:{hex}");
    match answer.header("docker-content-digest") {
        Some(said) if said != digest => Err("its registry sent a manifest of another digest".to_owned()),
        _ => Ok(digest),
    }
}

fn is_digest(text: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.bytes().all(hex))
}

/// Whether a name can be one of an image in a registry: with a registry, a tag or a digest, and of the letters that
/// names are made of.
pub(crate) fn is_reference(text: &str) -> bool {
    let name = ImageName::parse(text);
    let path = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte);
    let sound = !name.repository.is_empty() && name.repository.bytes().all(path);
    sound && (name.registry.is_some() || name.tag.is_some() || name.digest.is_some_and(is_digest))
}

impl Images {
    /// The images of a name, and the tag or digest in it.
    ///
    /// # Errors
    /// When the name is none, or no request can be made.
    pub(crate) fn of(reference: &str) -> anyhow::Result<(Self, String)> {
        let name = ImageName::parse(reference);
        let wanted = name.digest.or(name.tag).unwrap_or("latest").to_owned();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte);
        if name.repository.is_empty()
            || !wanted.bytes().all(plain)
            || !is_reference(&format!("x.y/{}", name.repository))
        {
            anyhow::bail!("`{reference}` is no name of an image");
        }
        let client = |time_max, body_bytes_max| {
            Ok::<_, anyhow::Error>(crate::verify::client(Limits { time_max, body_bytes_max })?.with_plain_localhost())
        };
        let images = Self {
            documents: client(QUESTION_TIME_MAX, MANIFEST_BYTES_MAX)?,
            layers: client(LAYER_TIME_MAX, LAYER_BYTES_MAX)?,
            reference: reference.to_owned(),
            authorization: Mutex::new(None),
        };
        Ok((images, wanted))
    }
}
