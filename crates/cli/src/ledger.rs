//! `palisade ledger`: show, append by hand, prove, verify; and the same ledger for the gates.

mod show;

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use palisade_ledger::{
    Appended, BATCH_MAX, Directory, Entry, KeySource, Keyring, Ledger, LedgerError, PROOF_BYTES_MAX, Proof, Trust,
    Verifier, prove, verify,
};
use palisade_report::visible;
use serde_json::json;

use crate::arguments::PlainFormat;
use crate::arguments::judging::{Key, LedgerPlace, LedgerVerb, Verify};
use crate::console;
use crate::excepting::now;
use crate::exit::{Exit, hinted, printable};

/// Largest file of lines that is appended at once.
const LINES_BYTES_MAX: u64 = 256 << 20;

/// Faults listed for a person; JSON lists all.
const FAULTS_SHOWN_MAX: usize = 50;

/// Runs the verb.
pub(crate) fn run(verb: &LedgerVerb) -> anyhow::Result<Exit> {
    match verb {
        LedgerVerb::Append { file, place, format } => append_lines(file, place, *format),
        LedgerVerb::Show { last, place, vkey, format } => show::run(*last, place, vkey.as_deref(), *format),
        LedgerVerb::Prove { index, place, vkey } => prove_entry(*index, place, vkey.as_deref()),
        LedgerVerb::Verify(arguments) => match &arguments.proof {
            Some(file) => verify_proof(file, arguments),
            None => verify_ledger(arguments),
        },
    }
}

/// A ledger's folder, its key, and the memory beside the key.
pub(crate) struct Opened {
    storage: Directory,
    home: Directory,
    key_name: String,
    place: String,
}

impl Opened {
    /// Finds folder and key; makes nothing.
    pub(crate) fn new(folder: &Path, key: &Key) -> anyhow::Result<Self> {
        let key = key_file(key)?;
        let folder = std::path::absolute(folder).with_context(|| format!("cannot find {}", folder.display()))?;
        // A link to the folder is the same ledger; one that is not there yet has the path it was given.
        let folder = std::fs::canonicalize(&folder).unwrap_or(folder);
        let (Some(home), Some(name)) = (key.parent(), key.file_name()) else {
            return Err(anyhow!("{} is no file", key.display()));
        };
        if std::fs::canonicalize(home).is_ok_and(|home| home.starts_with(&folder)) || home.starts_with(&folder) {
            let error = anyhow!("the key {} lies in the ledger that it signs", key.display());
            return Err(hinted(error, "whoever may edit the ledger must not have its key: keep it elsewhere"));
        }
        Ok(Self {
            storage: Directory::new(folder.clone()),
            home: Directory::new(home),
            key_name: name.to_string_lossy().into_owned(),
            place: folder.to_string_lossy().into_owned(),
        })
    }

    /// Appends one batch.
    pub(crate) fn append(&self, entries: &[Entry]) -> anyhow::Result<Appended> {
        let keyring = Keyring::new(&self.home, &self.key_name);
        let ledger = Ledger::new(&self.storage, &keyring, &self.place);
        let appended = ledger.append(entries, now(), &random).map_err(explained)?;
        if appended.began {
            eprintln!("began the ledger {}", printable(&self.place));
            eprintln!("its public key, for whoever verifies it elsewhere: {}", appended.verifier);
        }
        if appended.dropped > 0 {
            eprintln!("removed {} unsigned entries that an interrupted append had left", appended.dropped);
        }
        if appended.wrong_stored_key {
            eprintln!("warning: `key.pub` in this ledger is not the key that signs it: do not hand it out");
            eprintln!("hint: find out who changed it, then write the right key into it: {}", appended.verifier);
        }
        for old in appended.replaced.iter().filter(|old| old.checkpoint.size > 0) {
            eprintln!(
                "warning: the ledger that stood here before, {}, is gone with its {} entries",
                old.checkpoint.origin, old.checkpoint.size
            );
        }
        Ok(appended)
    }
}

pub(crate) fn random() -> io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}

fn explained(error: LedgerError) -> anyhow::Error {
    let hint = error.hint();
    hinted(error, hint)
}

/// The option, the environment, or the user's configuration folder.
pub(crate) fn key_file(key: &Key) -> anyhow::Result<PathBuf> {
    let named = key.file.clone().or_else(|| folder_of("PALISADE_LEDGER_KEY"));
    let default = || {
        let config = folder_of("XDG_CONFIG_HOME").filter(|folder| folder.is_absolute());
        config.or_else(|| folder_of("HOME").map(|home| home.join(".config"))).map(|at| at.join("palisade/ledger.key"))
    };
    let file = named.or_else(default).ok_or_else(|| {
        let error = anyhow!("there is no configuration folder to keep the ledger's key in");
        hinted(error, "name a file with --key or PALISADE_LEDGER_KEY")
    })?;
    std::path::absolute(&file).with_context(|| format!("cannot find {}", file.display()))
}

fn folder_of(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn append_lines(file: &Path, place: &LedgerPlace, format: PlainFormat) -> anyhow::Result<Exit> {
    let bytes = read_bounded(file, LINES_BYTES_MAX)?;
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let entry = Entry::from_line(line, now()).with_context(|| format!("line {number} is no entry"));
        entries.push(entry.map_err(|error| hinted(error, "nothing was appended; each line is one JSON value"))?);
    }
    if entries.is_empty() {
        eprintln!("there is no line to append in {}", printable(&file.display().to_string()));
        return Ok(Exit::Nothing);
    }
    let opened = Opened::new(&place.folder, &place.key)?;
    let mut receipts = Vec::new();
    for batch in entries.chunks(BATCH_MAX) {
        let done = receipts.len();
        let appended = opened.append(batch);
        let appended = if done == 0 { appended? } else { appended.context(format!("only {done} were appended"))? };
        receipts.extend(appended.receipts);
    }
    console::print(|out| {
        let (Some(first), Some(last)) = (receipts.first(), receipts.last()) else { return Ok(()) };
        if format == PlainFormat::Json {
            let rows: Vec<_> =
                receipts.iter().map(|one| json!({ "index": one.index, "leaf": one.leaf.to_string() })).collect();
            let document = json!({
                "schema": "palisade.receipts/1", "entries": rows, "size": last.size, "root": last.root.to_string(),
            });
            return writeln!(out, "{document:#}");
        }
        let which = match receipts.len() {
            1 => format!("entry {}", first.index),
            count => format!("{count} entries, {} to {}", first.index, last.index),
        };
        writeln!(out, "appended {which}; the ledger holds {} with root {}", last.size, last.root)
    })?;
    Ok(Exit::Done)
}

fn prove_entry(index: u64, place: &LedgerPlace, vkey: Option<&str>) -> anyhow::Result<Exit> {
    let opened = Opened::new(&place.folder, &place.key)?;
    let verifier = match vkey {
        Some(text) => parse_key(text)?,
        None => {
            let keyring = Keyring::new(&opened.home, &opened.key_name);
            let trust =
                Trust { verifier: None, keyring: Some(&keyring), place: &opened.place, stored_key_danger: false };
            verify(&opened.storage, &trust).map_err(explained)?.verifier
        }
    };
    let proof = prove(&opened.storage, &verifier, index).map_err(explained)?;
    console::print(|out| write!(out, "{proof}"))?;
    Ok(Exit::Done)
}

fn parse_key(text: &str) -> anyhow::Result<Verifier> {
    Verifier::parse(text.trim())
        .map_err(|error| hinted(error, "it is printed when a ledger begins, and kept in the ledger's file `key.pub`"))
}

fn verify_proof(file: &Path, arguments: &Verify) -> anyhow::Result<Exit> {
    let bytes = read_bounded(file, PROOF_BYTES_MAX as u64)?;
    let proof = Proof::parse(&bytes)?;
    let verifier = match &arguments.vkey {
        Some(text) => parse_key(text)?,
        None => {
            let opened = Opened::new(&arguments.place.folder, &arguments.place.key)?;
            let keyring = Keyring::new(&opened.home, &opened.key_name);
            let origin = proof.checkpoint.text_unverified_danger().lines().next().unwrap_or("").to_owned();
            let own = keyring.verifier(&origin).map_err(explained)?;
            own.ok_or_else(|| explained(LedgerError::NoVerifier))?
        }
    };
    let verdict = proof.verify(&verifier);
    let valid = verdict.is_ok();
    let entry = String::from_utf8_lossy(&proof.entry).into_owned();
    let reason = verdict.as_ref().err().map(|error| match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    });
    console::print(|out| {
        if arguments.format == PlainFormat::Json {
            let size = verdict.as_ref().ok().map(|state| state.size);
            let document = json!({
                "schema": "palisade.proof/1", "valid": valid, "index": proof.index, "size": size,
                "origin": verifier.name(), "entry": entry, "reason": reason,
            });
            return writeln!(out, "{document:#}");
        }
        match (&verdict, reason) {
            (Ok(state), _) => {
                writeln!(out, "valid: this is entry {} of {} in {}", proof.index, state.size, state.origin)?;
                writeln!(out, "{}", visible(&entry))
            }
            (Err(_), reason) => writeln!(out, "not valid: {}", reason.unwrap_or_default()),
        }
    })?;
    Ok(if valid { Exit::Done } else { Exit::Deny })
}

fn verify_ledger(arguments: &Verify) -> anyhow::Result<Exit> {
    let opened = Opened::new(&arguments.place.folder, &arguments.place.key)?;
    let keyring = Keyring::new(&opened.home, &opened.key_name);
    let trust = Trust {
        verifier: arguments.vkey.as_deref().map(parse_key).transpose()?,
        keyring: Some(&keyring),
        place: &opened.place,
        stored_key_danger: arguments.trust_stored_key,
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
    let size = report.checkpoint.as_ref().map_or(0, |state| state.size);
    let root = report.checkpoint.as_ref().map(|state| state.root.to_string()).unwrap_or_default();
    let intact = report.faults.is_empty();
    let source = match report.key_source {
        KeySource::Given => "given",
        KeySource::Keyring => "keyring",
        KeySource::StoredDanger => "stored",
    };
    console::print(|out| {
        if arguments.format == PlainFormat::Json {
            let faults: Vec<_> = report
                .faults
                .iter()
                .map(|fault| json!({ "fault": fault.name(), "entries": fault.entries(), "message": fault.to_string() }))
                .collect();
            let document = json!({
                "schema": "palisade.verification/1", "intact": intact, "origin": report.verifier.name(), "size": size,
                "root": root, "key": source, "remembered": report.remembered, "faults": faults,
            });
            return writeln!(out, "{document:#}");
        }
        if intact {
            let entries = if size == 1 { "entry" } else { "entries" };
            writeln!(out, "intact: {size} {entries} in {}, root {root}", report.verifier.name())?;
        } else {
            let count = report.faults.len();
            let things = if count == 1 { "1 thing is".to_owned() } else { format!("{count} things are") };
            writeln!(out, "CHANGED: {things} not as signed in {}", report.verifier.name())?;
            for fault in report.faults.iter().take(FAULTS_SHOWN_MAX) {
                writeln!(out, "  {}", visible(&fault.to_string()))?;
            }
            if count > FAULTS_SHOWN_MAX {
                writeln!(out, "  … and {} more (--format json lists all)", count - FAULTS_SHOWN_MAX)?;
            }
        }
        match report.key_source {
            KeySource::StoredDanger => writeln!(
                out,
                "checked against the key in the ledger's own folder: whoever rewrote the ledger could have replaced it"
            ),
            _ if !report.remembered => writeln!(
                out,
                "this machine remembers no earlier state of it: that entries at the end are missing would not show"
            ),
            _ => Ok(()),
        }
    })?;
    Ok(if intact { Exit::Done } else { Exit::Deny })
}

fn read_bounded(file: &Path, bytes_max: u64) -> anyhow::Result<Vec<u8>> {
    let shown = printable(&file.display().to_string());
    let mut bytes = Vec::new();
    let failed = || format!("cannot read {shown}");
    if file == Path::new("-") {
        io::stdin().lock().take(bytes_max + 1).read_to_end(&mut bytes).with_context(failed)?;
    } else {
        let opened = std::fs::File::open(file).with_context(failed)?;
        opened.take(bytes_max + 1).read_to_end(&mut bytes).with_context(failed)?;
    }
    if bytes.len() as u64 > bytes_max {
        return Err(anyhow!("{shown} is larger than {bytes_max} bytes"));
    }
    Ok(bytes)
}
