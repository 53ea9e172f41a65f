//! `palisade exception`: edits of `.palisade/exceptions.toml` that leave everything else as it is.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, anyhow};
use palisade_checks::{Scanner, catalogue, matches};
use palisade_gate::{EXCEPTIONS_FILE, EntryPlace, Exception, Exceptions, entry_places};
use palisade_inventory::glob::Glob;
use palisade_model::{Date, Finding};
use palisade_report::visible;
use palisade_source::walk::{WalkOptions, walk};
use serde_json::json;

use crate::arguments::judging::{ExceptionAdd, ExceptionVerb, Until};
use crate::arguments::{Look, PlainFormat};
use crate::config::Config;
use crate::excepting::{self, now};
use crate::exit::{Exit, hinted};
use crate::{console, files, target};

/// Runs the verb.
pub(crate) fn run(verb: &ExceptionVerb) -> anyhow::Result<Exit> {
    match verb {
        ExceptionVerb::Add(arguments) => add(arguments),
        ExceptionVerb::List { target, format } => list(target, *format),
        ExceptionVerb::Renew { id, until, target } => renew(id, until, target),
        ExceptionVerb::Revoke { id, target } => revoke(id, target),
    }
}

/// The file of a target, as it is and as it would be.
struct Book {
    root: PathBuf,
    config: Config,
    scanner: Scanner,
    text: String,
}

impl Book {
    fn open(root: &Path) -> anyhow::Result<Self> {
        let (scanner, config) = target::prepare(root, &Look::default())?;
        let bytes = excepting::file_of_folder(root)?.unwrap_or_default();
        let text = String::from_utf8(bytes).with_context(|| format!("{EXCEPTIONS_FILE} is not UTF-8"))?;
        Ok(Self { root: root.to_owned(), config, scanner, text })
    }

    fn read(&self, text: &str) -> Exceptions {
        excepting::read(text.as_bytes(), &self.config, &self.scanner)
    }

    fn place(&self, id: &str) -> anyhow::Result<EntryPlace> {
        let mut found = entry_places(self.text.as_bytes()).into_iter().filter(|place| place.id == id);
        match (found.next(), found.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(anyhow!("more than one exception is called {id}: edit {EXCEPTIONS_FILE}")),
            _ => {
                let error = anyhow!("no exception is called {id}");
                Err(hinted(error, "`palisade exception list` lists them; a file that does not parse has none"))
            }
        }
    }

    fn write(&self, text: &str) -> anyhow::Result<()> {
        files::replace(&self.root, EXCEPTIONS_FILE, text.as_bytes())?;
        files::warn_of_ignored(&self.root, &[EXCEPTIONS_FILE]);
        Ok(())
    }

    /// Writes the text when entry `id` holds in it; else says why it would not.
    fn write_if_holds(&self, text: &str, id: &str) -> anyhow::Result<()> {
        let exceptions = self.read(text);
        if exceptions.entries.iter().any(|entry| entry.note.id == id) {
            return self.write(text);
        }
        let place = entry_places(text.as_bytes()).into_iter().find(|place| place.id == id);
        let within = |finding: &&Finding| place.as_ref().is_none_or(|place| place.span.contains(finding.location.span));
        let why: Vec<&str> = exceptions.faults.iter().filter(within).map(|fault| fault.message.as_str()).collect();
        let why = if why.is_empty() { "it is malformed".to_owned() } else { why.join("; ") };
        Err(hinted(anyhow!("the exception {id} would not hold: {why}"), "nothing was written"))
    }
}

fn last_day(until: &Until) -> anyhow::Result<Date> {
    match (&until.expires, until.days) {
        (Some(text), _) => Date::parse(text).with_context(|| format!("`{text}` is no last day")),
        (None, days) => Ok(Date::from_days(now().date().days() + i64::from(days.unwrap_or_default()))),
    }
}

fn add(arguments: &ExceptionAdd) -> anyhow::Result<Exit> {
    let book = Book::open(&arguments.target)?;
    let ids: Vec<String> = entry_places(book.text.as_bytes()).into_iter().map(|place| place.id).collect();
    let free = || (1..).map(|number| format!("EX-{number}")).find(|id| !ids.contains(id)).unwrap_or_default();
    let id = arguments.id.clone().unwrap_or_else(free);
    if ids.contains(&id) {
        return Err(hinted(anyhow!("there is an exception {id} already"), "renew it, or choose another --id"));
    }
    let expires = last_day(&arguments.until)?.to_string();
    let mut text = book.text.clone();
    if !text.is_empty() {
        text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
    }
    text.push_str("[[exception]]\n");
    let mut line = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            text.push_str(&format!("{key} = {}\n", toml::Value::from(value)));
        }
    };
    line("id", Some(&id));
    line("check", arguments.check.as_deref());
    line("fingerprint", arguments.fingerprint.as_deref());
    line("path", arguments.path.as_deref());
    line("vex", arguments.vex.as_deref());
    line("justification", arguments.justification.as_deref());
    line("owner", Some(&arguments.owner));
    line("ticket", Some(&arguments.ticket));
    line("reason", Some(&arguments.reason));
    line("expires", Some(&expires));
    if arguments.inline {
        text.push_str("inline = true\n");
    }
    book.write_if_holds(&text, &id)?;
    warn_of_scope(arguments, &book)?;
    println!("added {}, which holds until {expires}", visible(&id));
    Ok(Exit::Done)
}

/// Says at once what a scope that is too narrow or too wide would do.
fn warn_of_scope(arguments: &ExceptionAdd, book: &Book) -> anyhow::Result<()> {
    if let Some(path) = &arguments.path
        && let Ok(glob) = Glob::parse(path)
        && !is_there(&glob, book)?
    {
        eprintln!("warning: no file is at {}: the exception covers nothing", visible(path));
        eprintln!("hint: a path starts at the root of the target; `*` and `?` stand within a part, `**` for any parts");
    }
    if let Some(family) = arguments.check.as_deref().filter(|check| check.contains('*') || !check.contains('/')) {
        let count = catalogue().filter(|check| matches(family, check.meta.id)).count();
        eprintln!(
            "warning: {} is {count} checks, and those to come: what they find is permitted unseen",
            visible(family)
        );
        eprintln!("hint: name one check, or one finding with --fingerprint");
    }
    Ok(())
}

/// Whether a glob covers a file of the target. What lies in archives is taken to be there.
fn is_there(glob: &Glob, book: &Book) -> anyhow::Result<bool> {
    if glob.to_string().contains('!') {
        return Ok(true);
    }
    let options =
        WalkOptions { exclude: book.config.scan.exclude.clone(), open_archives: false, ..WalkOptions::default() };
    let found = AtomicBool::new(false);
    walk(&book.root, &options, &|entry| {
        if glob.covers(entry.path()) {
            found.store(true, Ordering::Relaxed);
        }
    })?;
    Ok(found.into_inner())
}

fn renew(id: &str, until: &Until, root: &Path) -> anyhow::Result<Exit> {
    let book = Book::open(root)?;
    let place = book.place(id)?;
    let expires = last_day(until)?;
    let mut text = book.text.clone();
    match place.expires {
        Some(span) => text.replace_range(span.start as usize..span.end as usize, &format!("\"{expires}\"")),
        None => text.insert_str(place.span.end as usize, &format!("\nexpires = \"{expires}\"")),
    }
    book.write_if_holds(&text, id)?;
    println!("renewed {}, which holds until {expires}", visible(id));
    Ok(Exit::Done)
}

fn revoke(id: &str, root: &Path) -> anyhow::Result<Exit> {
    let book = Book::open(root)?;
    let place = book.place(id)?;
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let rest = book.text.get(end..).unwrap_or("");
    // The rest of the last line may hold a comment on it; blank lines before the next entry stay with that one.
    let end = end + rest.find('\n').map_or(rest.len(), |at| at + 1);
    let head = book.text.get(..start).unwrap_or("");
    let tail = book.text.get(end..).unwrap_or("");
    let head = if tail.trim().is_empty() { head.trim_end_matches('\n') } else { head };
    let tail = tail.trim_start_matches(['\n', '\r']);
    let between = if tail.is_empty() && !head.is_empty() { "\n" } else { "" };
    book.write(&format!("{head}{between}{tail}"))?;
    println!("revoked {}", visible(id));
    Ok(Exit::Done)
}

/// What an entry is for, in the words of the file.
fn scope(entry: &Exception) -> String {
    let mut words = vec![entry.check.clone().unwrap_or_else(|| "any check".to_owned())];
    words.extend(entry.fingerprint.map(|print| format!("only {print}")));
    words.extend(entry.path.as_ref().map(|path| format!("in {path}")));
    words.extend(entry.vex.as_ref().map(|document| format!("resting on {document}")));
    if entry.inline {
        words.push("beside its comment".to_owned());
    }
    words.join(" ")
}

fn list(root: &Path, format: PlainFormat) -> anyhow::Result<Exit> {
    let book = Book::open(root)?;
    let exceptions = book.read(&book.text);
    let today = now().date();
    let places = entry_places(book.text.as_bytes());
    let rows: Vec<_> = places
        .iter()
        .map(|place| {
            let entry = exceptions.entries.iter().find(|entry| entry.note.id == place.id);
            let faults: Vec<&str> = exceptions
                .faults
                .iter()
                .filter(|fault| place.span.contains(fault.location.span))
                .map(|fault| fault.message.as_str())
                .collect();
            (place, entry, faults)
        })
        .collect();
    let outside: Vec<&Finding> = exceptions
        .faults
        .iter()
        .filter(|fault| !places.iter().any(|place| place.span.contains(fault.location.span)))
        .collect();
    console::print(|out| {
        if format == PlainFormat::Json {
            let rows: Vec<_> = rows
                .iter()
                .map(|(place, entry, faults)| {
                    let note = entry.map(|entry| &entry.note);
                    json!({
                        "id": place.id, "in_force": entry.is_some(), "faults": faults,
                        "check": entry.and_then(|entry| entry.check.as_deref()),
                        "fingerprint": entry.and_then(|entry| entry.fingerprint).map(|print| print.to_string()),
                        "path": entry.and_then(|entry| entry.path.as_ref()).map(|path| path.to_string()),
                        "inline": entry.map(|entry| entry.inline),
                        "owner": note.map(|note| &note.owner), "ticket": note.map(|note| &note.ticket),
                        "reason": note.map(|note| &note.reason), "expires": note.map(|note| note.expires.to_string()),
                    })
                })
                .collect();
            let faults: Vec<_> = outside
                .iter()
                .map(|fault| json!({ "line": fault.location.start.line, "message": fault.message }))
                .collect();
            let document = json!({ "schema": "palisade.exceptions/1", "exceptions": rows, "faults": faults });
            return writeln!(out, "{document:#}");
        }
        for (place, entry, faults) in &rows {
            let id = visible(&place.id);
            match entry {
                Some(entry) => {
                    let (note, left) = (&entry.note, entry.note.expires.days_since(today));
                    let days = if left == 1 { "day" } else { "days" };
                    let scope = scope(entry);
                    writeln!(out, "{id}  holds until {} ({left} {days})  {}", note.expires, visible(&scope))?;
                    writeln!(out, "  {}, {}: {}", visible(&note.owner), visible(&note.ticket), visible(&note.reason))?;
                }
                None => writeln!(out, "{id}  DOES NOT HOLD")?,
            }
            faults.iter().try_for_each(|fault| writeln!(out, "  ! {}", visible(fault)))?;
        }
        for fault in &outside {
            writeln!(out, "{EXCEPTIONS_FILE}:{}  ! {}", fault.location.start.line, visible(&fault.message))?;
        }
        if rows.is_empty() && exceptions.faults.is_empty() {
            writeln!(out, "there are no exceptions")?;
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}
