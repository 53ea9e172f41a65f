//! One row of the table: which secrets, which request, which replies mean yes and which mean no.
//!
//! Only requests that read are rows: "who am I", or the smallest list. A no is only what the provider documents
//! as a no about the secret itself; everything else is "could not be checked".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_model::Timestamp;
use serde_json::Value;

use super::aws::{self, Credentials};
use super::kept::Seek;
use super::{Asked, Candidate, Hosts, Reply, Request, Verdict};

/// An account's name is cut here.
const ACCOUNT_CHARACTERS_MAX: usize = 60;
/// A name that shares so many bytes with the secret is an echo of it, and not shown.
const ECHO_BYTES: usize = 8;

/// A row.
#[derive(Debug)]
pub(super) struct Probe {
    checks: &'static [&'static str],
    starts: &'static str,
    /// One for each region, in turn. `{}` is the secret, `{partner}` the other half, `{tail}` what follows the
    /// secret's last hyphen.
    urls: &'static [&'static str],
    auth: Auth,
    headers: &'static [(&'static str, &'static str)],
    body: Option<&'static str>,
    proof: &'static str,
    is: &'static str,
    name: &'static str,
    refused: &'static [(u16, &'static str)],
    fewer: &'static [(u16, &'static str)],
    doubt: &'static str,
    elsewhere: bool,
    seek: Seek,
    source: &'static str,
}

/// Where the secret goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Auth {
    /// `Authorization: Bearer SECRET`
    Bearer,
    /// A header of this name, with this text before the secret.
    Header(&'static str, &'static str),
    /// Basic authentication: the secret as the password of this user.
    Password(&'static str),
    /// Basic authentication: the secret as the password of the other half.
    PartnersPassword,
    /// In the address, where the provider offers nothing else.
    Address,
    /// Signed with the secret, which is not sent.
    Signed,
}

impl Probe {
    /// A GET with the secret as a bearer token. A reply of 200 that holds `proof`, a JSON pointer, is a yes; 401 is
    /// a no.
    pub(super) const fn get(
        checks: &'static [&'static str],
        urls: &'static [&'static str],
        proof: &'static str,
        source: &'static str,
    ) -> Self {
        Self {
            checks,
            starts: "",
            urls,
            auth: Auth::Bearer,
            headers: &[],
            body: None,
            proof,
            is: "",
            name: "",
            refused: &[(401, "")],
            fewer: &[],
            doubt: "",
            elsewhere: false,
            seek: Seek::Nothing,
            source,
        }
    }

    /// A POST with this body.
    pub(super) const fn post(self, body: &'static str) -> Self {
        Self { body: Some(body), ..self }
    }

    /// Only secrets that begin so.
    pub(super) const fn starting(self, starts: &'static str) -> Self {
        Self { starts, ..self }
    }

    pub(super) const fn auth(self, auth: Auth) -> Self {
        Self { auth, ..self }
    }

    pub(super) const fn headers(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }

    /// The proof must have this value.
    pub(super) const fn is(self, is: &'static str) -> Self {
        Self { is, ..self }
    }

    /// Where the account's name stands in a yes.
    pub(super) const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The statuses, with a text in the body, that mean no.
    pub(super) const fn refused(self, refused: &'static [(u16, &'static str)]) -> Self {
        Self { refused, ..self }
    }

    /// The statuses, with a text in the body, that mean yes, but not for this request.
    pub(super) const fn fewer(self, fewer: &'static [(u16, &'static str)]) -> Self {
        Self { fewer, ..self }
    }

    /// Why a no proves nothing.
    pub(super) const fn doubt(self, doubt: &'static str) -> Self {
        Self { doubt, ..self }
    }

    /// The secret is known by its length and a name nearby alone.
    pub(super) const fn vague(self) -> Self {
        self.doubt("it has no mark of its own, so it may be another kind of secret")
    }

    /// Others run instances of the same service, whose secrets look the same.
    pub(super) const fn elsewhere(self) -> Self {
        Self { elsewhere: true, ..self }
    }

    /// The other half of the pair.
    pub(super) const fn with(self, seek: Seek) -> Self {
        Self { seek, ..self }
    }

    /// Whether it is for a secret.
    pub(super) fn takes(&self, id: &str, value: &[u8]) -> bool {
        self.checks.contains(&id) && value.starts_with(self.starts.as_bytes())
    }

    pub(super) fn partner(&self) -> Seek {
        self.seek
    }

    /// The hosts that it asks.
    pub(super) fn hosts(&self) -> impl Iterator<Item = &'static str> {
        self.urls.iter().map(|url| host_of(url))
    }

    #[cfg(test)]
    pub(super) fn checks(&self) -> &'static [&'static str] {
        self.checks
    }

    /// For the documentation.
    pub(super) fn described(&self) -> Asked {
        let method = if self.is_post() { "POST" } else { "GET" };
        Asked {
            checks: self.checks.to_vec(),
            requests: self.urls.iter().map(|url| format!("{method} {url}")).collect(),
            source: self.source,
        }
    }

    fn is_post(&self) -> bool {
        self.body.is_some() || matches!(self.auth, Auth::Signed)
    }

    /// Why nothing can be asked.
    pub(super) fn lacking(&self) -> &'static str {
        match self.seek {
            Seek::Nothing => "it holds characters that cannot be sent",
            _ => "the other half of the pair does not stand beside it",
        }
    }

    /// The requests about a secret, each list with the user's word that its instance is the right one. Several
    /// lists when several values may be the other half.
    pub(super) fn asks(&self, candidate: &Candidate, hosts: &Hosts, now: Timestamp) -> Vec<(Vec<Request>, bool)> {
        let Some(secret) = sendable(&candidate.value) else { return Vec::new() };
        if matches!(self.auth, Auth::Signed) {
            let hosts: Vec<&str> = self.hosts().collect();
            return signed(candidate, secret)
                .into_iter()
                .map(|credentials| (hosts.iter().map(|host| aws::who_am_i(credentials, host, now)).collect(), false))
                .collect();
        }
        let partners: Vec<Option<&str>> = match self.seek {
            Seek::Nothing => vec![None],
            _ => candidate.partners.iter().filter_map(|partner| sendable(&partner.value)).map(Some).collect(),
        };
        partners.into_iter().filter_map(|partner| self.requests(secret, partner, hosts)).collect()
    }

    fn requests(&self, secret: &str, partner: Option<&str>, hosts: &Hosts) -> Option<(Vec<Request>, bool)> {
        let mut named = false;
        let mut requests = Vec::new();
        for url in self.urls {
            let (url, replaced) = hosts.apply(url);
            named |= replaced;
            let url = fill(&url, secret, partner)?;
            let mut headers: Vec<(&'static str, String)> = vec![("accept", "application/json".to_owned())];
            for (name, value) in self.headers {
                headers.retain(|(known, _)| known != name);
                headers.push((name, (*value).to_owned()));
            }
            let basic = |user: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")));
            headers.extend(match self.auth {
                Auth::Bearer => Some(("authorization", format!("Bearer {secret}"))),
                Auth::Header(name, before) => Some((name, format!("{before}{secret}"))),
                Auth::Password(user) => Some(("authorization", basic(user))),
                Auth::PartnersPassword => Some(("authorization", basic(partner?))),
                Auth::Address | Auth::Signed => None,
            });
            if self.body.is_some_and(|body| body.starts_with('{')) {
                headers.push(("content-type", "application/json".to_owned()));
            }
            let method = if self.is_post() { "POST" } else { "GET" };
            let body = self.body.unwrap_or_default().to_owned();
            requests.push(Request { method, host: host_of(&url).to_owned(), url, headers, body });
            if replaced {
                break; // the user's own instance has no regions
            }
        }
        Some((requests, named))
    }

    /// What a reply says.
    pub(super) fn judge(&self, host: &str, reply: &Reply, secret: &[u8], named: bool) -> Verdict {
        if matches!(self.auth, Auth::Signed) {
            return aws::judge(host, reply, secret);
        }
        let text = String::from_utf8_lossy(&reply.body);
        let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
        let meets =
            |rules: &[(u16, &str)]| rules.iter().any(|(status, says)| *status == reply.status && text.contains(says));
        let proof = json.as_ref().and_then(|json| json.pointer(self.proof)).filter(|value| !value.is_null());
        if reply.status == 200 && proof.is_some_and(|value| self.is.is_empty() || plain(value) == self.is) {
            let name = json.as_ref().filter(|_| !self.name.is_empty()).and_then(|json| json.pointer(self.name));
            return Verdict::Live(says(host, name.and_then(|name| account(&plain(name), secret)).as_deref()));
        }
        // A page for people is from whatever stands between, not from the provider's interface.
        let is_page = text.trim_start().starts_with('<');
        if !is_page && meets(self.fewer) {
            return Verdict::Live(format!("{host} accepts it, with fewer rights than were asked for"));
        }
        if !is_page && meets(self.refused) {
            if self.elsewhere && !named {
                return Verdict::Unknown(format!(
                    "{host} refuses it, but another instance may accept it; name it with --live-host"
                ));
            }
            if !self.doubt.is_empty() {
                return Verdict::Unknown(format!("{host} refuses it, but {}", self.doubt));
            }
            return Verdict::Revoked(format!("{host} refuses it"));
        }
        Verdict::Unknown(unexpected(host, reply.status))
    }
}

/// What a reply that means nothing is called.
pub(super) fn unexpected(host: &str, status: u16) -> String {
    match status {
        200..=299 => format!("{host} answered {status}, but not what its documentation says"),
        300..=399 => format!("{host} answered {status}, a redirect, which is not followed"),
        429 => format!("{host} wants fewer requests"),
        500..=599 => format!("{host} answered {status}, a failure of its own"),
        _ => format!("{host} answered {status}, which says nothing about the secret"),
    }
}

/// The words of a yes.
pub(super) fn says(host: &str, account: Option<&str>) -> String {
    match account {
        Some(account) => format!("{host} accepts it, account {account}"),
        None => format!("{host} accepts it"),
    }
}

/// An account's name that may be shown: plain characters, cut, and no echo of the secret.
pub(super) fn account(name: &str, secret: &[u8]) -> Option<String> {
    let echo = secret.windows(ECHO_BYTES).any(|part| memchr::memmem::find(name.as_bytes(), part).is_some());
    let plain = |character: &char| character.is_alphanumeric() || " ._@:/+-".contains(*character);
    let name: String = name.chars().filter(plain).take(ACCOUNT_CHARACTERS_MAX).collect();
    let name = name.trim();
    (!echo && !name.is_empty()).then(|| name.to_owned())
}

/// What makes two requests the same.
pub(super) fn identity(requests: &[Request]) -> Vec<String> {
    requests.iter().map(|one| format!("{} {:?} {}", one.url, one.headers, one.body)).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value that cannot break out of a header: one run of visible ASCII.
fn sendable(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok().filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// The address with the values in their places; nothing when one would change what the address means.
fn fill(url: &str, secret: &str, partner: Option<&str>) -> Option<String> {
    let tail = secret.rsplit('-').next().unwrap_or("");
    let safe = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:/.".contains(&byte));
    let mut out = url.to_owned();
    for (place, value) in [("{}", secret), ("{partner}", partner.unwrap_or("")), ("{tail}", tail)] {
        if out.contains(place) {
            if value.is_empty()
                || !safe(value)
                || value.contains("..")
                || place == "{tail}" && value.contains(['/', ':', '.'])
            {
                return None;
            }
            out = out.replace(place, value);
        }
    }
    Some(out)
}

fn host_of(url: &str) -> &str {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    rest.split(['/', '?']).next().unwrap_or(rest)
}

/// The whole keys that a half may be part of.
fn signed<'a>(candidate: &'a Candidate, own: &'a str) -> Vec<Credentials<'a>> {
    let of = |id: &str| -> Vec<&'a str> {
        if candidate.id == id {
            return vec![own];
        }
        let these = candidate.partners.iter().filter(|partner| partner.id == id);
        these.filter_map(|partner| sendable(&partner.value)).collect()
    };
    let (ids, temporary) = (of("aws-access-key-id"), of("aws-temporary-access-key-id"));
    let (secrets, sessions) = (of("aws-secret-access-key"), of("aws-session-token"));
    let mut out = Vec::new();
    for secret in &secrets {
        out.extend(ids.iter().map(|id| Credentials { id, secret, session: None }));
        for session in &sessions {
            out.extend(temporary.iter().map(|id| Credentials { id, secret, session: Some(session) }));
        }
    }
    out.truncate(CREDENTIALS_MAX);
    out
}

/// Pairs tried for one half.
const CREDENTIALS_MAX: usize = 4;
