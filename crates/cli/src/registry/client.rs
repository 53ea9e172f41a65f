//! A repository of a registry (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md>): what it is
//! asked, and what it is shown of the user's passwords.
//!
//! Plain HTTP goes to this machine alone. A password goes to the registry that it is kept for, or to whom that names
//! for tokens, over HTTPS; behind a redirect to another host goes nothing of it.

use std::io::{self, Read};
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_inventory::dockerfile::ImageName;
use palisade_source::http::{Answer, Call, Client};
use palisade_source::image::Remote;

use super::login::{self, Login};
use crate::web::{self, escaped};

/// What a tag may stand for, an image for several platforms first.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";
/// Longest token that is sent back.
const TOKEN_BYTES_MAX: usize = 16 << 10;

const REFUSED: &str = "its registry does not show it to everybody";

/// A repository.
pub(crate) struct Repository<'c> {
    client: &'c Client,
    path: String,
    base: String,
    local: bool,
    login: Option<Login>,
    /// The header that it wanted last.
    authorization: &'c Mutex<Option<String>>,
}

impl<'c> Repository<'c> {
    /// The repository that an image's name speaks of.
    pub(crate) fn new(client: &'c Client, name: &ImageName<'_>, authorization: &'c Mutex<Option<String>>) -> Self {
        let (host, path) = match name.registry {
            None | Some("docker.io" | "index.docker.io") => {
                let official = !name.repository.contains('/');
                let prefix = if official { "library/" } else { "" };
                ("registry-1.docker.io", format!("{prefix}{}", name.repository))
            }
            Some(host) => (host, name.repository.to_owned()),
        };
        let local = web::is_local(host);
        let scheme = if local { "http" } else { "https" };
        let base = format!("{scheme}://{host}/v2/{path}");
        Self { client, path, base, local, login: login::of(host), authorization }
    }

    /// Asks for a manifest by tag or digest.
    ///
    /// # Errors
    /// Why there is no answer, in words.
    pub(crate) fn manifest(&self, method: &str, name: &str) -> Result<Answer, String> {
        let url = format!("{}/manifests/{name}", self.base);
        let ask = |headers: &[(&str, String)]| {
            self.client.send(Call { method, url: &url, headers, body: "" }).map_err(|error| error.to_string())
        };
        let mut headers = vec![("accept", MANIFESTS.to_owned())];
        headers.extend(self.header());
        let answer = ask(&headers)?;
        if answer.status != 401 {
            return Ok(answer);
        }
        self.authorize(&answer)?;
        headers.truncate(1);
        headers.extend(self.header());
        ask(&headers)
    }

    /// The bytes of a digest, from wherever the registry sends us for them.
    fn blob(&self, digest: &str) -> Result<Box<dyn Read>, String> {
        let url = format!("{}/blobs/{digest}", self.base);
        let ask = || web::follow(self.client, &url, self.header().map(|(_, secret)| secret), &[]);
        let told = |reason: String| format!("its registry does not give it: {reason}");
        let mut reached = ask().map_err(told)?;
        // Who else asks for a password is not shown one.
        if reached.answer.status == 401 && reached.at_home {
            self.authorize(&reached.answer)?;
            reached = ask().map_err(told)?;
        }
        match reached.answer.status {
            200 => Ok(reached.body),
            status => Err(refusal(status)),
        }
    }

    fn header(&self) -> Option<(&'static str, String)> {
        let known = self.authorization.lock().ok()?.clone()?;
        Some(("authorization", known))
    }

    /// Gets what the registry wants to see.
    fn authorize(&self, answer: &Answer) -> Result<(), String> {
        let challenge = answer.header("www-authenticate").unwrap_or("");
        let is = |scheme: &str| challenge.get(..scheme.len()).is_some_and(|word| word.eq_ignore_ascii_case(scheme));
        let header = if is("basic") {
            self.login.as_ref().and_then(Login::basic).ok_or(REFUSED)?
        } else {
            format!("Bearer {}", self.token(challenge)?)
        };
        if let Ok(mut known) = self.authorization.lock() {
            *known = Some(header);
        }
        Ok(())
    }

    /// A token to pull with: `Bearer realm="…",service="…"`.
    fn token(&self, challenge: &str) -> Result<String, String> {
        let refused = || REFUSED.to_owned();
        let rest = challenge.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer ")).and(challenge.get(7..));
        let rest = rest.ok_or_else(refused)?;
        let field = |name: &str| {
            let (_, value) = rest.split_once(&format!("{name}=\""))?;
            value.split_once('"').map(|(value, _)| value)
        };
        let realm = field("realm").ok_or_else(refused)?;
        let of_this_machine =
            realm.strip_prefix("http://").is_some_and(|rest| web::is_local(web::host_of(rest)) && self.local);
        if !realm.starts_with("https://") && !of_this_machine {
            return Err("its registry names nobody to ask for a token over HTTPS".to_owned());
        }
        let service = field("service").unwrap_or("");
        let scope = format!("repository:{}:pull", self.path);
        let answer = match &self.login {
            Some(Login::Token(token)) => {
                let body = format!(
                    "grant_type=refresh_token&client_id=palisade&service={}&scope={}&refresh_token={}",
                    escaped(service),
                    escaped(&scope),
                    escaped(token)
                );
                let headers = [("content-type", "application/x-www-form-urlencoded".to_owned())];
                self.client.send(Call { method: "POST", url: realm, headers: &headers, body: &body })
            }
            login => {
                let service = if service.is_empty() { String::new() } else { format!("service={}&", escaped(service)) };
                let join = if realm.contains('?') { '&' } else { '?' };
                let url = format!("{realm}{join}{service}scope={}", escaped(&scope));
                let headers: Vec<(&str, String)> =
                    login.as_ref().and_then(Login::basic).map(|basic| ("authorization", basic)).into_iter().collect();
                self.client.send(Call { method: "GET", url: &url, headers: &headers, body: "" })
            }
        };
        let answer = answer.map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(refused());
        }
        let issued: serde_json::Value = serde_json::from_slice(&answer.body).map_err(|_| refused())?;
        let token = ["token", "access_token"].iter().find_map(|key| issued.get(key)?.as_str());
        let sound = |token: &&str| token.len() <= TOKEN_BYTES_MAX && token.bytes().all(|byte| byte.is_ascii_graphic());
        token.filter(sound).map(str::to_owned).ok_or_else(refused)
    }
}

/// A repository with the clients that ask it, as the source of an image.
pub(crate) struct Images {
    /// For documents, which are small.
    pub(super) documents: Client,
    /// For layers, which take their time.
    pub(super) layers: Client,
    pub(super) reference: String,
    pub(super) authorization: Mutex<Option<String>>,
}

impl Images {
    fn repository<'c>(&'c self, client: &'c Client) -> Repository<'c> {
        Repository::new(client, &ImageName::parse(&self.reference), &self.authorization)
    }
}

impl Remote for Images {
    fn manifest(&self, name: &str) -> io::Result<Vec<u8>> {
        let answer = self.repository(&self.documents).manifest("GET", name).map_err(io::Error::other)?;
        match answer.status {
            200 => Ok(answer.body),
            status => Err(io::Error::other(refusal(status))),
        }
    }

    fn blob(&self, digest: &str) -> io::Result<Box<dyn Read + '_>> {
        self.repository(&self.layers).blob(digest).map(|body| body as Box<dyn Read + '_>).map_err(io::Error::other)
    }
}

/// What a status means for whoever wants an image.
pub(super) fn refusal(status: u16) -> String {
    match status {
        401 | 403 => REFUSED.to_owned(),
        404 => "its registry has no such image".to_owned(),
        429 => "its registry wants fewer questions; run again later".to_owned(),
        status => format!("its registry answered {status}"),
    }
}

impl Login {
    /// The header for a name and a password.
    pub(super) fn basic(&self) -> Option<String> {
        match self {
            Self::Password(user, password) => Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))),
            Self::Token(_) => None,
        }
    }
}
