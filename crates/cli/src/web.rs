//! Addresses: parsed, followed where they lead, and shown without what is secret in them.
//!
//! Plain HTTP goes to this machine alone, and nobody who is asked over HTTPS leads back to it. What is secret goes to the
//! host of the first address and to no other.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_source::http::{Answer, Client, is_this_machine};

/// Redirects from an address to where its bytes lie.
const REDIRECTS_MAX: usize = 5;

/// An address that the user names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Without name and password.
    pub(crate) url: String,
    /// The header for a name and a password in it.
    pub(crate) login: Option<String>,
}

impl Address {
    /// Reads `https://…`, or `http://…` of this machine.
    ///
    /// # Errors
    /// Why it is refused, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").ok_or("it is no address")?;
        let rest = rest.split('#').next().unwrap_or(rest);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (login, host) = match authority.rsplit_once('@') {
            Some((login, host)) => (Some(login), host),
            None => (None, authority),
        };
        if host.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("it is no address; spaces and letters beyond ASCII are written %20 and the like".to_owned());
        }
        match scheme {
            "https" => {}
            "http" if is_local(host) => {}
            "http" => return Err("only this machine is asked without HTTPS".to_owned()),
            _ => return Err(format!("`{scheme}` is not asked; an address begins with https://")),
        }
        let login = login.map(|login| {
            let (name, password) = login.split_once(':').unwrap_or((login, ""));
            let pair = [unescaped(name), b":".to_vec(), unescaped(password)].concat();
            format!("Basic {}", STANDARD.encode(pair))
        });
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self { url: format!("{scheme}://{host}{slash}{path}"), login })
    }

    /// For people and records: without name, password and query, in which tokens stand.
    pub(crate) fn shown(&self) -> String {
        let (before, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        if query.is_empty() { before.to_owned() } else { format!("{before}?…") }
    }

    /// The address of something below this one.
    pub(crate) fn below(&self, path: &str) -> Self {
        Self { url: format!("{}{path}", self.url), login: self.login.clone() }
    }
}

/// Where an address led.
pub(crate) struct Reached {
    /// Status and headers.
    pub(crate) answer: Answer,
    /// The bytes as they come.
    pub(crate) body: Box<dyn Read>,
    /// Whether the host of the address answered itself.
    pub(crate) at_home: bool,
}

/// Asks for an address, and for those that it is sent on to; `secret` is the header `authorization`, which only the host
/// of the first one sees.
///
/// # Errors
/// Why there is no answer, in words that hold nothing of the request.
pub(crate) fn follow(
    client: &Client,
    url: &str,
    secret: Option<String>,
    headers: &[(&str, String)],
) -> Result<Reached, String> {
    let home = host_of(url).to_ascii_lowercase();
    let mut url = url.to_owned();
    for _ in 0..=REDIRECTS_MAX {
        let at_home = host_of(&url).eq_ignore_ascii_case(&home);
        let secret = secret.clone().filter(|_| at_home).map(|secret| ("authorization", secret));
        let headers: Vec<(&str, String)> = headers.iter().cloned().chain(secret).collect();
        let (answer, body) = client.stream(&url, &headers).map_err(|error| error.to_string())?;
        if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(Reached { answer, body, at_home });
        }
        let to = answer.header("location").ok_or("it sends us on to nowhere")?;
        let next = resolved(&url, to);
        // Who is far away does not get to ask what listens on this machine.
        let plain = next.strip_prefix("http://").is_some_and(|rest| is_local(host_of(rest)));
        if !(next.starts_with("https://") || plain && url.starts_with("http://")) {
            return Err("it sends us on without HTTPS".to_owned());
        }
        url = next;
    }
    Err("it sends us on from one place to the next without end".to_owned())
}

/// An address that stands in an answer, whole.
fn resolved(base: &str, to: &str) -> String {
    let to = to.split('#').next().unwrap_or(to);
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    let is_scheme = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if let Some((scheme, rest)) = to.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) {
        return format!("{}://{rest}", scheme.to_ascii_lowercase());
    }
    if let Some(rest) = to.strip_prefix("//") {
        return format!("{scheme}://{rest}");
    }
    if to.starts_with('/') {
        return format!("{scheme}://{}{to}", host_of(rest));
    }
    let path = rest.split('?').next().unwrap_or(rest);
    if to.starts_with('?') {
        return format!("{scheme}://{path}{to}");
    }
    let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
    format!("{scheme}://{folder}/{to}")
}

/// Host and port of an address.
pub(crate) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// Whether host and port are of this machine.
pub(crate) fn is_local(host: &str) -> bool {
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    is_this_machine(&without_port.to_ascii_lowercase())
}

/// As a part of a path or a value in a query.
pub(crate) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// `%41` as `A`; what is no such escape stays.
fn unescaped(text: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, after @ ..] = rest {
        let escape = (*first == b'%').then(|| after.get(..2)).flatten();
        let hex = escape.and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn addresses_are_shown_without_their_secrets() {
        let of = |text: &str| Address::parse(text).map(|address| (address.shown(), address.login));
        let plain = |text: &str| Ok((text.to_owned(), None));
        assert_eq!(of("https://a.example/all.zip"), plain("https://a.example/all.zip"));
        assert_eq!(of("https://a.example"), plain("https://a.example/"));
        assert_eq!(of("https://a.example?sig=s3"), plain("https://a.example/?…"));
        assert_eq!(of("http://127.0.0.1:80/Go/#x"), plain("http://127.0.0.1:80/Go/"));
        let login = Some(format!("Basic {}", STANDARD.encode("me:p@ss")));
        assert_eq!(of("https://me:p%40ss@a.example/x"), Ok(("https://a.example/x".to_owned(), login)));
        for odd in ["http://a.example/", "http://127.0.0.1.evil.example/", "ftp://a/", "https://", "https://a /", "x"] {
            assert!(of(odd).is_err(), "{odd}");
        }
        assert!(of("http://localhost:1@evil.example/").is_err(), "a name is no host");
    }

    #[test]
    fn places_in_answers_become_whole_addresses() {
        for (to, whole) in [
            ("https://b.example/x#y", "https://b.example/x"),
            ("HTTP://b.example/x", "http://b.example/x"),
            ("//b.example/x", "https://b.example/x"),
            ("/x", "https://a.example/x"),
            ("x?y=://z", "https://a.example/one/x?y=://z"),
            ("?q", "https://a.example/one/two?q"),
        ] {
            assert_eq!(resolved("https://a.example/one/two?three", to), whole, "{to}");
        }
        assert_eq!(host_of("https://a.example@evil.example/x"), "a.example@evil.example");
        assert!(is_local("[::1]:5000") && is_local("localhost") && !is_local("localhost.evil.example:80"));
        assert_eq!(unescaped("a%4z%41%"), b"a%4zA%".to_vec());
        assert_eq!(Address::parse("https://a/Go/").unwrap().below("all.zip").url, "https://a/Go/all.zip");
    }
}
