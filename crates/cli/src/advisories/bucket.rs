//! A mirror of OSV's bucket (<https://google.github.io/osv.dev/data/>): `ECOSYSTEM/all.zip` with every record,
//! `ECOSYSTEM/ID.json` with each, and `ECOSYSTEM/modified_id.csv` that says which was changed when.
//!
//! An index that was built from a mirror takes what changed since; any other, and one that has too much to catch up with,
//! takes the whole archive.

use std::time::Duration;

use anyhow::bail;
use palisade_model::Timestamp;
use palisade_source::http::Client;

use super::fetch::{self, Fetcher, failed};
use super::records::{Found, One, RECORD_BYTES_MAX};
use crate::exit::printable;
use crate::web::{self, Address};

/// The list of changes; that of all ecosystems has some 30 MB.
const LIST_BYTES_MAX: u64 = 256 << 20;
/// Records that are fetched one by one: beyond this the archive is quicker.
const RECORDS_MAX: usize = 1_000;
/// Records asked for at once.
const THREADS: usize = 8;
/// For the list, and for each record.
const QUESTION_TIME_MAX: Duration = Duration::from_secs(120);
/// The longest name of an advisory, with its ecosystem.
const NAME_BYTES_MAX: usize = 200;
/// A record may come to the mirror some time after the moment at which it says that it was changed.
const OVERLAP_SECONDS: i64 = 24 * 3600;

/// Reads a mirror: what changed after the moment until which the index has it, or all.
pub(super) fn read(
    fetcher: &mut Fetcher,
    address: &Address,
    since: Option<&str>,
    found: Found,
) -> anyhow::Result<Found> {
    if let Some(since) = since.and_then(Timestamp::parse) {
        let client = fetch::client(QUESTION_TIME_MAX)?;
        let list = address.below("modified_id.csv");
        let (status, text) =
            fetch::small(&client, &list, LIST_BYTES_MAX, &[403, 404]).map_err(|why| failed(&list, &why))?;
        let from = Timestamp(since.0.saturating_sub(OVERLAP_SECONDS));
        let names = if status == 200 { Some(changed(&text, from).map_err(|why| failed(&list, &why))?) } else { None };
        match names {
            Some(names) if names.len() <= RECORDS_MAX => return records(&client, address, &names, found),
            Some(names) => {
                let (count, shown) = (names.len(), printable(&address.shown()));
                eprintln!("{count} records of {shown} changed since the index was built: all of them are fetched");
            }
            None => eprintln!("{} has no list of changes: all records are fetched", printable(&address.shown())),
        }
    }
    let archive = address.below("all.zip");
    let path = fetcher.file(&archive)?;
    found.read(&path, Some(&archive.shown()))
}

/// The records that a list says were changed at a moment or after it.
fn changed(list: &[u8], from: Timestamp) -> Result<Vec<String>, String> {
    let text = std::str::from_utf8(list).map_err(|_| "it is no text".to_owned())?;
    let mut names = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let parts = line.split_once(',').and_then(|(time, name)| Some((Timestamp::parse(time)?, name)));
        let Some((time, name)) = parts.filter(|(_, name)| is_name(name)) else {
            return Err(format!("its line {} is no time with the name of a record", number + 1));
        };
        if time >= from {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// The name of a record, in the list of all ecosystems with its ecosystem before it.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:+ ".contains(&byte);
        !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain)
    };
    name.len() <= NAME_BYTES_MAX && name.split('/').count() <= 2 && name.split('/').all(part)
}

/// Fetches records one by one.
fn records(client: &Client, address: &Address, names: &[String], mut found: Found) -> anyhow::Result<Found> {
    for some in names.chunks(THREADS) {
        let answers: Vec<(Address, Result<One, String>)> = std::thread::scope(|scope| {
            let ask = |name: &str| {
                let path: Vec<String> = name.split('/').map(web::escaped).collect();
                let record = address.below(&format!("{}.json", path.join("/")));
                let answer = fetch::small(client, &record, RECORD_BYTES_MAX as u64, &[]);
                let one = answer.and_then(|(_, bytes)| {
                    let id = name.rsplit('/').next().unwrap_or(name);
                    match One::of("record.json", &bytes) {
                        One::Record(record) if record.id == id => Ok(One::Record(record)),
                        One::Record(record) => Err(format!("it holds the record {}", record.id)),
                        _ => Err("it is no advisory in OSV's schema".to_owned()),
                    }
                });
                (record, one)
            };
            let asked: Vec<_> = some.iter().map(|name| scope.spawn(move || ask(name))).collect();
            asked.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        if answers.len() != some.len() {
            bail!("a fetching thread failed");
        }
        for (record, one) in answers {
            found.take(&record.shown(), one.map_err(|why| failed(&record, &why))?);
        }
    }
    found.is_change = true;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_since_a_moment() {
        let list = b"2026-03-02T00:00:00.123456Z,GO-3\n2026-03-01T00:00:00Z,GO-2\n2026-02-01T00:00:00Z,GO-1\n\n\
            2026-03-01T01:00:00+01:00,Rocky Linux/RLSA-2026:1\n2026-03-02T00:00:00Z,GO-3\n";
        let from = Timestamp::parse("2026-03-01T00:00:00Z").unwrap_or(Timestamp(0));
        assert_eq!(changed(list, from), Ok(["GO-2", "GO-3", "Rocky Linux/RLSA-2026:1"].map(str::to_owned).into()));
        for odd in [
            "<html>",
            "GO-1,2026-03-02T00:00:00Z",
            "2026-03-02T00:00:00Z,",
            "2026-03-02T00:00:00Z,../x",
            "2026-03-02T00:00:00Z,a/b/c",
            "2026-03-02T00:00:00Z,a?b",
            "2026-03-02T00:00:00Z,a/.",
            "yesterday,GO-1",
        ] {
            assert!(changed(format!("2026-03-03T00:00:00Z,GO-9\n{odd}\n").as_bytes(), from).is_err(), "{odd}");
        }
        assert!(changed(&[0xFF], from).is_err());
    }
}
