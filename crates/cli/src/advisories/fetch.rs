//! Files of advisories behind addresses: fetched into a file beside the index, bounded in bytes and time, or taken from
//! what an earlier run kept where their server says that they have not changed.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::anyhow;
use palisade_source::http::{Client, Limits};
use sha2::{Digest as _, Sha256};

use super::cache::{Cache, Note, hex};
use super::records::{HEAD_BYTES, ending};
use crate::exit::{hinted, printable};
use crate::web::{self, Address, Reached};

/// The largest file that is fetched; OSV's archive of all that it has is about a gigabyte.
pub(super) const FILE_BYTES_MAX: u64 = 4 << 30;
/// For one file, from the first word to the last byte.
const FILE_TIME_MAX: Duration = Duration::from_secs(1800);
/// Longer validators are not sent back.
const VALIDATOR_BYTES_MAX: usize = 1 << 10;

/// Fetches what an index is built from.
pub(super) struct Fetcher {
    pub(super) cache: Cache,
    /// Made when it is needed: without it no certificates have to be there.
    client: Option<Client>,
}

impl Fetcher {
    pub(super) fn new(cache: Cache) -> Self {
        Self { cache, client: None }
    }

    /// The file of an address, as fetched or as kept.
    pub(super) fn file(&mut self, address: &Address) -> anyhow::Result<PathBuf> {
        let key = Cache::key(&address.url);
        let kept = self.cache.kept(&key);
        let mut headers = Vec::new();
        if let Some((_, note)) = &kept {
            let validators = [("if-none-match", &note.etag), ("if-modified-since", &note.last_modified)];
            headers.extend(validators.into_iter().filter(|(_, value)| !value.is_empty()).map(|(k, v)| (k, v.clone())));
        }
        announce(address);
        let client = match &mut self.client {
            Some(client) => client,
            none => none.insert(client(FILE_TIME_MAX)?),
        };
        let reached = web::follow(client, &address.url, address.login.clone(), &headers);
        let mut reached = reached.map_err(|reason| failed(address, &reason))?;
        match (reached.answer.status, kept) {
            (200, _) => {}
            (304, Some((path, _))) => {
                self.cache.keep(&key);
                return Ok(path);
            }
            (status, _) => return Err(failed(address, &refusal(status))),
        }
        let length = length(&reached).map_err(|reason| failed(address, &reason))?;
        let (mut file, part) = self.cache.file(&key)?;
        let written = write(&mut *reached.body, &mut file, length, FILE_BYTES_MAX);
        let (head, sha256) = written.map_err(|reason| failed(address, &reason))?;
        let path = address.url.split('?').next().unwrap_or_default();
        let Some(ending) = ending(&head, path) else { return Err(failed(address, &foreign(&head))) };
        let validator = |name: &str| {
            let value = reached.answer.header(name).filter(|value| value.len() <= VALIDATOR_BYTES_MAX);
            value.unwrap_or_default().to_owned()
        };
        let (etag, last_modified) = (validator("etag"), validator("last-modified"));
        let worth_keeping = !(etag.is_empty() && last_modified.is_empty());
        let note = Note { ending: ending.to_owned(), sha256, etag, last_modified };
        self.cache.came(&key, &part, note, worth_keeping)
    }
}

/// A client for files.
pub(super) fn client(time_max: Duration) -> anyhow::Result<Client> {
    let body_bytes_max = usize::try_from(FILE_BYTES_MAX + 1).unwrap_or(usize::MAX);
    Ok(crate::verify::client(Limits { time_max, body_bytes_max })?.with_plain_localhost())
}

/// Says what is fetched, to whoever waits for it.
fn announce(address: &Address) {
    if io::stderr().is_terminal() {
        eprintln!("fetching {}", printable(&address.shown()));
    }
}

/// Why something was not fetched, with its address.
pub(super) fn failed(address: &Address, reason: &str) -> anyhow::Error {
    let error = anyhow!("{reason}").context(format!("cannot fetch {}", address.shown()));
    hinted(error, "the index that was there stays as it was; run it again, or name a file that you fetched yourself")
}

/// What a status means for whoever wants a file.
pub(super) fn refusal(status: u16) -> String {
    match status {
        401 | 403 => format!("its server does not show it to everybody ({status})"),
        404 | 410 => format!("its server has no such file ({status})"),
        429 => "its server wants fewer questions (429)".to_owned(),
        status => format!("its server answered {status}"),
    }
}

/// How long a body is, where its server counts; none where it comes in pieces, the last of which is marked.
fn length(reached: &Reached) -> Result<Option<u64>, String> {
    let pieces = reached.answer.header("transfer-encoding").is_some_and(|kind| kind.eq_ignore_ascii_case("chunked"));
    match reached.answer.header("content-length").map(|length| length.parse::<u64>()) {
        _ if pieces => Ok(None),
        Some(Ok(length)) => Ok(Some(length)),
        _ => Err("its server does not say how long it is, so that a part would pass for all of it".to_owned()),
    }
}

/// What came is nothing that is read.
fn foreign(head: &[u8]) -> String {
    if head.trim_ascii_start().starts_with(b"<") {
        return "its server sent a page of HTML or XML instead of a file of advisories (the address of a mirror ends in `/`)"
            .to_owned();
    }
    "what its server sent is no archive (zip, tar, gzip) and neither JSON nor EPSS scores as CSV".to_owned()
}

/// Writes what comes to a file, and gives its beginning and its digest.
///
/// # Errors
/// When it is cut off, too long or of another length than was said; in words.
pub(super) fn write(
    body: &mut dyn Read,
    file: &mut File,
    length: Option<u64>,
    bytes_max: u64,
) -> Result<(Vec<u8>, String), String> {
    let too_long = || format!("it is larger than {} MiB", bytes_max >> 20);
    if length.is_some_and(|length| length > bytes_max) {
        return Err(too_long());
    }
    let (mut head, mut hash, mut done) = (Vec::new(), Sha256::new(), 0_u64);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(format!("it broke off after {done} bytes: {error}")),
        };
        let some = buffer.get(..read).unwrap_or_default();
        done += read as u64;
        if done > bytes_max {
            return Err(too_long());
        }
        head.extend(some.iter().take(HEAD_BYTES - head.len().min(HEAD_BYTES)));
        hash.update(some);
        file.write_all(some).map_err(|error| format!("it cannot be written: {error}"))?;
    }
    match length {
        Some(length) if length != done => Err(format!("it broke off after {done} of {length} bytes")),
        _ => Ok((head, hex(&hash.finalize()))),
    }
}

/// Fetches something small into memory. The status is one of `taken`, or else an error.
pub(super) fn small(
    client: &Client,
    address: &Address,
    bytes_max: u64,
    taken: &[u16],
) -> Result<(u16, Vec<u8>), String> {
    let mut reached = web::follow(client, &address.url, address.login.clone(), &[])?;
    let status = reached.answer.status;
    if status != 200 {
        return if taken.contains(&status) { Ok((status, Vec::new())) } else { Err(refusal(status)) };
    }
    let length = length(&reached)?;
    let mut bytes = Vec::new();
    let read = (&mut reached.body).take(bytes_max + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("it broke off after {} bytes: {error}", bytes.len()))?;
    if bytes.len() as u64 > bytes_max {
        return Err(format!("it is larger than {} MiB", bytes_max >> 20));
    }
    match length {
        Some(length) if length != bytes.len() as u64 => {
            Err(format!("it broke off after {} of {length} bytes", bytes.len()))
        }
        _ => Ok((status, bytes)),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::net::TcpListener;

    use super::*;

    fn written(body: &mut dyn Read, length: Option<u64>, most: u64) -> Result<usize, String> {
        write(body, &mut tempfile::tempfile().unwrap(), length, most).map(|(head, _)| head.len())
    }

    #[test]
    fn a_body_is_as_long_as_was_said_and_no_longer_than_is_taken() {
        assert_eq!(written(&mut &b"12345"[..], Some(5), 5), Ok(5));
        assert_eq!(written(&mut &b"12345"[..], None, 5), Ok(5));
        assert_eq!(written(&mut io::repeat(b'x').take(9000), None, 9000), Ok(HEAD_BYTES));
        assert!(written(&mut &b"12345"[..], Some(6), 9).is_err_and(|why| why.contains("5 of 6")));
        assert!(written(&mut io::repeat(b'x'), None, 1 << 20).is_err_and(|why| why.contains("larger than 1 MiB")));
        assert!(written(&mut io::repeat(b'x'), Some(2 << 20), 1 << 20).is_err_and(|why| why.contains("larger")));
    }

    #[test]
    fn a_server_that_stalls_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for mut stream in listener.incoming().flatten() {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome");
                open.push(stream);
            }
        });
        let client = client(Duration::from_millis(500)).unwrap();
        let mut reached = web::follow(&client, &url, None, &[]).unwrap();
        let said = written(&mut *reached.body, Some(100), 100);
        assert_eq!(said, Err("it broke off after 4 bytes: no answer in time".to_owned()));
        let address = Address::parse(&url).unwrap();
        assert!(small(&client, &address, 100, &[]).is_err_and(|why| why.contains("no answer in time")));
    }
}
