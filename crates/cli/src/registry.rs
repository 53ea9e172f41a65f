//! The digests behind images' tags, asked of their registries.
//!
//! Only what everybody may read is asked for: no password is known here. A registry that wants a token names who
//! issues it, and that one is asked over HTTPS too. No redirect is followed. A digest that comes without proof is
//! taken as the registry's word; where the manifest itself is fetched, it must have that digest.

use std::collections::BTreeSet;
use std::time::Duration;

use palisade_checks::{ImagePin, Lock};
use palisade_inventory::dockerfile::ImageName;
use palisade_source::http::{Answer, Call, Client, Limits, is_this_machine};
use sha2::{Digest as _, Sha256};

/// What a tag may stand for, an image for several platforms first.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";
/// Longest token that is sent back.
const TOKEN_BYTES_MAX: usize = 16 << 10;

/// Images asked about at once.
const THREADS: usize = 8;
/// Images asked about in one run.
const IMAGES_MAX: usize = 500;
/// For one question; an image takes three at most.
const QUESTION_TIME_MAX: Duration = Duration::from_secs(15);
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
    let (host, repository) = match name.registry {
        None | Some("docker.io" | "index.docker.io") => {
            let official = !name.repository.contains('/');
            let prefix = if official { "library/" } else { "" };
            ("registry-1.docker.io", format!("{prefix}{}", name.repository))
        }
        Some(host) => (host, name.repository.to_owned()),
    };
    let local = host.split(':').next().is_some_and(is_this_machine);
    let scheme = if local { "http" } else { "https" };
    let url = format!("{scheme}://{host}/v2/{repository}/manifests/{tag}");
    let mut token = None;
    let mut answer = ask(client, "HEAD", &url, None)?;
    if answer.status == 401 {
        let challenge = answer.header("www-authenticate").unwrap_or("").to_owned();
        let issued = issue(client, &challenge, &repository, local)?;
        answer = ask(client, "HEAD", &url, Some(&issued))?;
        token = Some(issued);
    }
    if answer.status == 200
        && let Some(digest) = answer.header("docker-content-digest").filter(|digest| is_digest(digest))
    {
        return Ok(digest.to_owned());
    }
    // Not every registry answers HEAD, or names the digest.
    if matches!(answer.status, 200 | 404 | 405) {
        answer = ask(client, "GET", &url, token.as_deref())?;
    }
    match answer.status {
        200 => proven(&answer),
        401 | 403 => Err("its registry does not show it to everybody".to_owned()),
        404 => Err("its registry has no such image".to_owned()),
        429 => Err("its registry wants fewer questions; run again later".to_owned()),
        status => Err(format!("its registry answered {status}")),
    }
}

fn ask(client: &Client, method: &str, url: &str, token: Option<&str>) -> Result<Answer, String> {
    let mut headers = vec![("accept", MANIFESTS.to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    client.send(Call { method, url, headers: &headers, body: "" }).map_err(|error| error.to_string())
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

/// A token to pull with, for anybody: `Bearer realm="…",service="…"`.
fn issue(client: &Client, challenge: &str, repository: &str, local: bool) -> Result<String, String> {
    let refused = || "its registry does not show it to everybody".to_owned();
    let rest = challenge.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer ")).and(challenge.get(7..));
    let rest = rest.ok_or_else(refused)?;
    let field = |name: &str| {
        let (_, value) = rest.split_once(&format!("{name}=\""))?;
        value.split_once('"').map(|(value, _)| value)
    };
    let realm = field("realm").ok_or_else(refused)?;
    let of_this_machine = realm
        .strip_prefix("http://")
        .is_some_and(|rest| rest.split(['/', ':', '?']).next().is_some_and(is_this_machine) && local);
    if !realm.starts_with("https://") && !of_this_machine {
        return Err("its registry names nobody to ask for a token over HTTPS".to_owned());
    }
    let service = field("service").map(|service| format!("service={}&", escaped(service))).unwrap_or_default();
    let join = if realm.contains('?') { '&' } else { '?' };
    let url = format!("{realm}{join}{service}scope={}", escaped(&format!("repository:{repository}:pull")));
    let answer =
        client.send(Call { method: "GET", url: &url, headers: &[], body: "" }).map_err(|error| error.to_string())?;
    if answer.status != 200 {
        return Err(refused());
    }
    let issued: serde_json::Value = serde_json::from_slice(&answer.body).map_err(|_| refused())?;
    let token = ["token", "access_token"].iter().find_map(|key| issued.get(key)?.as_str());
    let sound = |token: &&str| token.len() <= TOKEN_BYTES_MAX && token.bytes().all(|byte| byte.is_ascii_graphic());
    token.filter(sound).map(str::to_owned).ok_or_else(refused)
}

/// As a value in a query.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
