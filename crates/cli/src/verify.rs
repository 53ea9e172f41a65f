//! `--verify-live`: the hosts are named, then asked, then the verdicts are written into the findings.
//!
//! Nothing here runs unless the flag is given, and no line printed holds more than hosts and counts.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use palisade_checks::secrets::live::{self, Ask, Hosts, Reply, Request, Verdict};
use palisade_checks::{Scan, Scanner};
use palisade_model::Validity;
use palisade_source::http::{Answer, Call, Client, HttpError, Limits, ProxySettings};

use crate::arguments::{Global, Look};
use crate::excepting::now;
use crate::exit::hinted;

/// Secrets asked about in one scan; a target with more is a list of secrets.
const ASKS_MAX: usize = 500;
/// Hosts asked at the same time. One host is asked one question at a time.
const HOSTS_AT_ONCE_MAX: usize = 8;
/// Between two questions to one host.
const PAUSE: Duration = Duration::from_millis(200);
/// For one question.
const QUESTION_TIME_MAX: Duration = Duration::from_secs(10);
/// For all of them.
const TIME_MAX: Duration = Duration::from_secs(120);
/// After so many failures in a row a host is left alone.
const FAILURES_MAX: u32 = 2;
/// Of a reply; answers to "who am I" are a few hundred bytes, lists of models some thousands.
const REPLY_BYTES_MAX: usize = 256 << 10;
/// Hosts named before asking; more are counted.
const HOSTS_NAMED_MAX: usize = 12;

/// Whether the flags go together.
pub(crate) fn allowed(look: &Look, global: &Global) -> anyhow::Result<()> {
    if look.verify_live && global.offline {
        let error = anyhow!("--verify-live asks providers over the network, and --offline forbids that");
        return Err(hinted(error, "leave out one of them"));
    }
    Ok(())
}

/// Asks about the secrets of a scan, if the user wants that.
pub(crate) fn run(scanner: &Scanner, scan: &mut Scan, look: &Look) -> anyhow::Result<()> {
    if !look.verify_live {
        return Ok(());
    }
    let Some(kept) = scanner.kept() else { return Ok(()) };
    let hosts = Hosts::parse(&look.live_host)
        .map_err(|error| hinted(error, "the documentation of `--verify-live` lists the hosts that are asked"))?;
    let now = now();
    let mut plan = live::plan(kept, &scan.findings, &hosts, now);
    let asks = std::mem::take(&mut plan.asks);
    let (asked, left) = asks.split_at(asks.len().min(ASKS_MAX));
    if !asked.is_empty() {
        announce(asked);
        let limits = Limits { time_max: QUESTION_TIME_MAX, body_bytes_max: REPLY_BYTES_MAX };
        let client = client(limits).context("secrets cannot be verified")?;
        for (ask, verdict) in ask_all(asked, &client) {
            plan.settle(ask, &verdict);
        }
    }
    for ask in left {
        plan.settle(ask, &Verdict::Unknown(format!("only {ASKS_MAX} secrets are asked about at a time")));
    }
    plan.apply(&mut scan.findings, now);
    summarise(scan);
    Ok(())
}

/// A client for what the user asked to be asked, through the proxy of the environment.
pub(crate) fn client(limits: Limits) -> anyhow::Result<Client> {
    let variable =
        |names: &[&str]| names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let proxy = ProxySettings {
        address: variable(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]),
        except: variable(&["NO_PROXY", "no_proxy"]),
    };
    Client::new(limits, &proxy).map_err(|error| match error {
        HttpError::NoRoots => hinted(error, "install the system's CA certificates, or name a file with SSL_CERT_FILE"),
        HttpError::ProxyAddress => hinted(error, "HTTPS_PROXY is written http://HOST:PORT; SOCKS is not supported"),
        _ => error.into(),
    })
}

/// Names the hosts before anything is sent.
fn announce(asks: &[Ask]) {
    let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
    for request in asks.iter().flat_map(|ask| &ask.requests) {
        *hosts.entry(&request.host).or_default() += 1;
    }
    let named: Vec<String> =
        hosts.iter().take(HOSTS_NAMED_MAX).map(|(host, count)| format!("{host} ({count})")).collect();
    let more = match hosts.len().saturating_sub(HOSTS_NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more hosts"),
    };
    let secrets = if asks.len() == 1 { "1 secret" } else { &format!("{} secrets", asks.len()) };
    eprintln!("verify-live: asking about {secrets}: {}{more}", named.join(", "));
}

fn summarise(scan: &Scan) {
    let count = |state: Validity| {
        let verified = scan.findings.iter().filter_map(|finding| finding.verification.as_ref());
        verified.filter(|verification| verification.state == state).count()
    };
    let (live, revoked, unknown) = (count(Validity::Live), count(Validity::Revoked), count(Validity::Unknown));
    let secrets = scan.findings.iter().filter(|finding| finding.check.family() == "secrets");
    let silent = secrets.filter(|finding| finding.verification.is_none()).count();
    eprintln!(
        "verify-live: {live} live, {revoked} revoked, {unknown} could not be checked, {silent} of kinds that nobody can be asked about"
    );
}

/// Asks host by host, several hosts at a time.
fn ask_all<'a>(asks: &'a [Ask], client: &Client) -> Vec<(&'a Ask, Verdict)> {
    let deadline = Instant::now() + TIME_MAX;
    let mut queues: BTreeMap<&str, Vec<&Ask>> = BTreeMap::new();
    for ask in asks {
        if let Some(first) = ask.requests.first() {
            queues.entry(&first.host).or_default().push(ask);
        }
    }
    let threads = queues.len().min(HOSTS_AT_ONCE_MAX);
    let (queues, done) = (Mutex::new(queues.into_values()), Mutex::new(Vec::with_capacity(asks.len())));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(queue) = queues.lock().ok().and_then(|mut queues| queues.next()) else { return };
                    let mut host = Host { client, deadline, failures: 0, closed: None, asked: false };
                    for ask in queue {
                        let verdict = host.ask(ask);
                        if let Ok(mut done) = done.lock() {
                            done.push((ask, verdict));
                        }
                    }
                }
            });
        }
    });
    done.into_inner().unwrap_or_default()
}

/// A host that is asked one question after the other.
struct Host<'a> {
    client: &'a Client,
    deadline: Instant,
    failures: u32,
    /// Why it is left alone from now on.
    closed: Option<String>,
    asked: bool,
}

impl Host<'_> {
    fn ask(&mut self, ask: &Ask) -> Verdict {
        let mut verdicts = Vec::new();
        for request in &ask.requests {
            let verdict = self.question(ask, request);
            let over = !matches!(verdict, Verdict::Revoked(_) | Verdict::Unknown(_)) || self.closed.is_some();
            verdicts.push(verdict);
            if over {
                break;
            }
        }
        Verdict::of_all(&verdicts)
    }

    fn question(&mut self, ask: &Ask, request: &Request) -> Verdict {
        if let Some(why) = &self.closed {
            return Verdict::Unknown(why.clone());
        }
        if Instant::now() > self.deadline {
            return Verdict::Unknown(format!("not asked within {} seconds", TIME_MAX.as_secs()));
        }
        if std::mem::replace(&mut self.asked, true) {
            sleep(PAUSE);
        }
        let host = &request.host;
        let call = Call { method: request.method, url: &request.url, headers: &request.headers, body: &request.body };
        match self.client.send(call) {
            Ok(Answer { status, body, .. }) => {
                self.failures = 0;
                let verdict = ask.judge(request, &Reply { status, body });
                if status == 429 {
                    self.closed = Some(verdict.detail());
                }
                verdict
            }
            Err(error) => {
                let why = format!("{host}: {error}");
                self.failures += 1;
                if self.failures >= FAILURES_MAX {
                    self.closed = Some(why.clone());
                }
                Verdict::Unknown(why)
            }
        }
    }
}
