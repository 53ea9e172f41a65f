//! `palisade ledger show`: the newest entries, for a person or a program. It shows nothing of a ledger that was
//! changed: what stands there then is not what was decided.

use anyhow::anyhow;
use palisade_ledger::{Entry, LedgerError, Report, Trust, prove, verify};
use palisade_report::visible;
use serde_json::{Value, json};

use super::{Keyring, Opened, explained, parse_key};
use crate::arguments::PlainFormat;
use crate::arguments::judging::LedgerPlace;
use crate::console;
use crate::exit::{Exit, hinted, printable};

/// Characters of a payload that no gate wrote, before the rest is left to JSON.
const SUBJECT_CHARACTERS_MAX: usize = 80;

/// Characters of a commit's name that tell it from others.
const COMMIT_CHARACTERS: usize = 12;

/// One entry that was proven to be in the ledger.
struct Row {
    index: u64,
    entry: Entry,
}

/// Runs the verb.
pub(super) fn run(last: u64, place: &LedgerPlace, vkey: Option<&str>, format: PlainFormat) -> anyhow::Result<Exit> {
    let opened = Opened::new(&place.folder, &place.key)?;
    let keyring = Keyring::new(&opened.home, &opened.key_name);
    let trust = Trust {
        verifier: vkey.map(parse_key).transpose()?,
        keyring: Some(&keyring),
        place: &opened.place,
        stored_key_danger: false,
    };
    let report = match verify(&opened.storage, &trust) {
        Ok(report) => report,
        Err(LedgerError::NoLedger) => {
            eprintln!("there is no ledger in {}", printable(&opened.place));
            eprintln!("hint: {}", LedgerError::NoLedger.hint());
            return Ok(Exit::Nothing);
        }
        Err(error) => return Err(explained(error)),
    };
    if !report.faults.is_empty() {
        eprintln!("CHANGED: {} is not as signed, so its entries are not shown", report.verifier.name());
        eprintln!("hint: `palisade ledger verify` names what was changed");
        return Ok(Exit::Deny);
    }
    let size = report.checkpoint.as_ref().map_or(0, |state| state.size);
    let rows = (size.saturating_sub(last)..size).map(|index| row(&opened, &report, index));
    let rows = rows.collect::<anyhow::Result<Vec<Row>>>()?;
    console::print(|out| match format {
        PlainFormat::Json => writeln!(out, "{:#}", document(&report, size, &rows)),
        PlainFormat::Human => {
            let entries = if size == 1 { "entry" } else { "entries" };
            writeln!(out, "the last {} of {size} {entries} in {}", rows.len(), report.verifier.name())?;
            let width = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
            let numbers = width(&|row| row.index.to_string().len());
            let kinds = width(&|row| row.entry.kind.len());
            let decisions = width(&|row| decision(&row.entry).unwrap_or("-").chars().count());
            for Row { index, entry } in &rows {
                let decided = visible(decision(entry).unwrap_or("-")).into_owned();
                let subject = visible(&subject(entry)).into_owned();
                writeln!(
                    out,
                    "{index:>numbers$}  {}  {:<kinds$}  {decided:<decisions$}  {subject}",
                    visible(&entry.time),
                    visible(&entry.kind)
                )?;
            }
            Ok(())
        }
    })?;
    Ok(if rows.is_empty() { Exit::Nothing } else { Exit::Done })
}

/// An entry, with its proof checked: between the verification and now the files could have changed.
fn row(opened: &Opened, report: &Report, index: u64) -> anyhow::Result<Row> {
    let proof = prove(&opened.storage, &report.verifier, index).map_err(explained)?;
    let entry = Entry::parse(&proof.entry).map_err(|error| {
        hinted(
            anyhow!(error).context(format!("entry {index} has a form that this version does not know")),
            "update palisade",
        )
    })?;
    Ok(Row { index, entry })
}

fn document(report: &Report, size: u64, rows: &[Row]) -> Value {
    let root = report.checkpoint.as_ref().map(|state| state.root.to_string());
    let entries: Vec<_> = rows
        .iter()
        .map(|Row { index, entry }| {
            json!({
                "index": index, "time": entry.time, "kind": entry.kind, "decision": decision(entry),
                "subject": subject(entry), "payload": entry.payload,
            })
        })
        .collect();
    json!({
        "schema": "palisade.entries/1", "origin": report.verifier.name(), "size": size, "root": root, "entries": entries,
    })
}

/// What a gate decided.
fn decision(entry: &Entry) -> Option<&str> {
    entry.payload.get("verdict")?.as_str()
}

/// What an entry is about, in a few words.
fn subject(entry: &Entry) -> String {
    judged(&entry.payload).unwrap_or_else(|| {
        let text = entry.payload.to_string();
        match text.char_indices().nth(SUBJECT_CHARACTERS_MAX) {
            Some((end, _)) => text.get(..end).unwrap_or("").to_owned() + "…",
            None => text,
        }
    })
}

/// What a gate looked at, and how many reasons it gave.
fn judged(payload: &Value) -> Option<String> {
    let target = payload.get("target")?;
    let word = |name: &str| target.get(name).and_then(Value::as_str);
    let what = match word("commit") {
        Some(commit) => format!("commit {}", commit.chars().take(COMMIT_CHARACTERS).collect::<String>()),
        None => format!("{} {}", word("kind")?, word("path")?),
    };
    let listed = payload.get("reasons").and_then(Value::as_array).map_or(0, |reasons| reasons.len() as u64);
    let reasons = listed + payload.get("reasons_left_out").and_then(Value::as_u64).unwrap_or(0);
    Some(match reasons {
        0 => what,
        1 => format!("{what}, 1 reason"),
        reasons => format!("{what}, {reasons} reasons"),
    })
}
