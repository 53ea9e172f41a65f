//! Whether a secret still works: requests to providers as plain data, and what their replies mean.
//!
//! Nothing here sends anything. [`Kept`] holds the values of a scan in memory, [`plan`] makes one request for
//! each distinct secret, whoever owns the network sends it, [`Ask::judge`] reads the reply, and [`apply`] writes
//! the verdict into the findings. A reply that is not what the provider documents is never a verdict.

mod aws;
mod jwt;
mod kept;
mod probe;
mod rows;
mod verdict;

use std::collections::HashMap;

use palisade_model::{Finding, Fingerprint, Severity, Timestamp, Validity, Verification};

use kept::Candidate;
pub use kept::Kept;
use probe::Probe;
pub use verdict::Verdict;

/// A request to a provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Host and port, as the user is told before anything is sent.
    pub host: String,
    /// The whole address, `https` only. It may hold the secret: never print it.
    pub url: String,
    /// Names and values. They hold the secret: never print them.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: String,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.method, self.host)
    }
}

/// A provider's reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status of HTTP.
    pub status: u16,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// Instances of the user's own instead of a provider's public one: host → address.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Vec<(String, String)>);

/// Why an instance cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Not of the form `HOST=HOST`.
    #[error("`{0}` is not of the form PUBLIC-HOST=YOUR-HOST, such as gitlab.com=git.example.org")]
    Form(String),
    /// Nobody asks that host.
    #[error("no secret is verified at `{0}`")]
    Unknown(String),
}

impl Hosts {
    /// Reads `gitlab.com=git.example.org` or `api.github.com=ghe.example.org/api/v3`.
    ///
    /// # Errors
    /// [`HostError`] for another form, and for a public host that no secret is verified at.
    pub fn parse(rules: &[String]) -> Result<Self, HostError> {
        let mut out = Vec::new();
        for rule in rules {
            let form = || HostError::Form(rule.clone());
            let (from, to) = rule.split_once('=').ok_or_else(form)?;
            let to = to.strip_prefix("https://").unwrap_or(to).trim_end_matches('/');
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'/');
            if to.is_empty() || to.starts_with('/') || to.contains("://") || !to.bytes().all(plain) {
                return Err(form());
            }
            if !rows::all().any(|probe| probe.hosts().any(|host| host == from)) {
                return Err(HostError::Unknown(from.to_owned()));
            }
            out.push((from.to_owned(), to.to_owned()));
        }
        Ok(Self(out))
    }

    /// The address to use instead, and whether the user named it.
    fn apply(&self, url: &str) -> (String, bool) {
        let named = self.0.iter().find_map(|(from, to)| {
            let rest = url.strip_prefix("https://")?.strip_prefix(from.as_str())?;
            rest.starts_with('/').then(|| format!("https://{to}{rest}"))
        });
        match named {
            Some(url) => (url, true),
            None => (url.to_owned(), false),
        }
    }
}

/// One secret to ask about.
#[derive(Debug)]
pub struct Ask {
    /// What to send, one after the other until a provider's region accepts the secret.
    pub requests: Vec<Request>,
    probe: &'static Probe,
    /// The user named the instance, so that its refusal is the last word.
    named: bool,
    secret: Box<[u8]>,
    concerns: Vec<Fingerprint>,
}

impl Ask {
    /// What a reply says about the secret.
    #[must_use]
    pub fn judge(&self, request: &Request, reply: &Reply) -> Verdict {
        self.probe.judge(&request.host, reply, &self.secret, self.named)
    }
}

/// What is to be asked, and what is known without asking.
#[derive(Debug, Default)]
pub struct Plan {
    /// One for each distinct secret whose provider can be asked.
    pub asks: Vec<Ask>,
    verdicts: HashMap<Fingerprint, Vec<Verdict>>,
}

impl Plan {
    /// Records what came of an [`Ask`].
    pub fn settle(&mut self, ask: &Ask, verdict: &Verdict) {
        for fingerprint in &ask.concerns {
            self.verdicts.entry(*fingerprint).or_default().push(verdict.clone());
        }
    }

    /// Writes the verdicts into the findings: what is live becomes critical, what is revoked a remark.
    pub fn apply(&self, findings: &mut [Finding], now: Timestamp) {
        for finding in findings {
            if let Some(verdicts) = self.verdicts.get(&finding.fingerprint) {
                write(finding, &Verdict::of_all(verdicts), now);
            }
        }
    }
}

/// The requests for the secrets that were found.
#[must_use]
pub fn plan(kept: &Kept, findings: &[Finding], hosts: &Hosts, now: Timestamp) -> Plan {
    let mut plan = Plan::default();
    let mut known: HashMap<Vec<String>, usize> = HashMap::new();
    for finding in findings {
        let Some(candidate) = kept.get(finding.fingerprint) else { continue };
        if let Some(verdict) = jwt::judge(&candidate, now) {
            plan.verdicts.entry(finding.fingerprint).or_default().push(verdict);
            continue;
        }
        let Some(probe) = rows::of(candidate.id, &candidate.value) else { continue };
        let asks = probe.asks(&candidate, hosts, now);
        if asks.is_empty() {
            let verdict = Verdict::Unknown(probe.lacking().to_owned());
            plan.verdicts.entry(finding.fingerprint).or_default().push(verdict);
        }
        for (requests, named) in asks {
            let key = probe::identity(&requests);
            match known.get(&key).and_then(|at| plan.asks.get_mut(*at)) {
                Some(ask) => ask.concerns.push(finding.fingerprint),
                None => {
                    known.insert(key, plan.asks.len());
                    let (secret, concerns) = (candidate.value.clone(), vec![finding.fingerprint]);
                    plan.asks.push(Ask { requests, probe, named, secret, concerns });
                }
            }
        }
    }
    plan
}

fn write(finding: &mut Finding, verdict: &Verdict, now: Timestamp) {
    let (state, detail) = (verdict.state(), verdict.detail());
    match state {
        Validity::Live => {
            finding.severity = Severity::Critical;
            finding.message = format!("still works ({detail}). {}", finding.message);
        }
        Validity::Revoked => {
            finding.severity = Severity::Info;
            finding.message = format!("no longer works ({detail}). {}", finding.message);
        }
        Validity::Unknown => finding.message.push_str(&format!(" (could not be checked: {detail})")),
    }
    finding.verification = Some(Verification { state, checked_at: now, detail });
}

/// A row of the table of what is asked, for the documentation.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The checks whose secrets are asked about.
    pub checks: Vec<&'static str>,
    /// `GET https://api.github.com/user`, one for each region.
    pub requests: Vec<String>,
    /// The provider's documentation of that request.
    pub source: &'static str,
}

/// What is asked of whom, by check.
pub fn asked() -> impl Iterator<Item = Asked> {
    rows::all().map(Probe::described)
}

#[cfg(test)]
mod tests;
