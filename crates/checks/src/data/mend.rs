//! Words put into statements of migrations that say the same, and wait less or run twice.
//!
//! Nothing is taken away. Tools that keep a checksum of what has run refuse a file that was changed, so files of
//! theirs are let be, but for those that run again whenever they change.

use palisade_inventory::migration::{Migration, Tool};
use palisade_inventory::sql::Act;
use palisade_model::{Fix, Span};

use super::StatementAt;

/// A fix of what stands at a place of a text.
pub(super) type Mend = fn(&str, Span) -> Option<Fix>;

/// Whether a file may be changed after it has run: its tool goes by the version alone.
fn is_open(tool: Tool) -> bool {
    matches!(tool, Tool::Dbmate | Tool::Folder | Tool::Goose | Tool::SqlMigrate)
}

/// `SET LOCAL lock_timeout` above a statement, where the tool makes one transaction of the file.
pub(super) fn timeout(migration: &Migration, span: Span) -> Option<Mend> {
    let own = migration.script.statements.iter().any(|one| matches!(one.act, Act::Begin | Act::Commit));
    (is_open(migration.named.tool) && migration.is_in_transaction(span) && !own).then_some(wait_shortly)
}

/// `CONCURRENTLY` behind `INDEX`, where a marker of the tool's own says that there is no transaction.
pub(super) fn index(at: &StatementAt<'_>) -> Option<Mend> {
    let tool = at.migration.named.tool;
    (is_open(tool) && tool != Tool::Folder && !at.in_transaction).then_some(concurrently)
}

fn wait_shortly(text: &str, span: Span) -> Option<Fix> {
    let head = text.get(..span.start as usize)?;
    let line = head.rfind('\n').map_or(0, |newline| newline + 1);
    let indent = head.get(line..).filter(|indent| indent.trim().is_empty())?;
    // Above the comments that speak of the statement, and below those by which tools know parts of the file.
    let mut at = line;
    while let Some(above) = text.get(..at).and_then(|head| head.strip_suffix('\n')) {
        let begin = above.rfind('\n').map_or(0, |newline| newline + 1);
        let comment = above.get(begin..)?.trim().strip_prefix("--");
        if comment.is_none_or(|words| words.trim_start().starts_with(['+', '>']) || words.contains("migrate:")) {
            break;
        }
        at = begin;
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let title = "wait two seconds for each lock, then fail and try again";
    Some(Fix::unsafe_(title, Span::new(at, at), &format!("{indent}SET LOCAL lock_timeout = '2s';{newline}")))
}

fn concurrently(text: &str, word: Span) -> Option<Fix> {
    let rest = text.get(word.end as usize..)?.split(';').next()?.to_ascii_lowercase();
    // PostgreSQL refuses both.
    let dropped = text.get(..word.start as usize)?.trim_end().to_ascii_lowercase().ends_with("drop");
    if dropped && (rest.contains(',') || rest.contains("cascade")) || rest.contains("on only ") {
        return None;
    }
    let added = if word.of(text) == "index" { " concurrently" } else { " CONCURRENTLY" };
    Some(Fix::unsafe_("do not hold up the table meanwhile", Span::new(word.end as usize, word.end as usize), added))
}

/// `OR REPLACE` or `IF NOT EXISTS`, whichever the kind of thing takes.
pub(super) fn again(text: &str, span: Span) -> Option<Fix> {
    let own = span.of(text);
    let mut words = own.split_whitespace().scan(0, |at, word| {
        *at += own.get(*at..)?.find(word)? + word.len();
        Some((word.to_ascii_uppercase(), *at))
    });
    let (create, first) = words.next().filter(|(word, _)| word == "CREATE")?;
    let lower = own.starts_with("create");
    let mut passed = create;
    loop {
        let (word, end) = words.next()?;
        let (at, added) = match (passed.as_str(), word.as_str()) {
            ("CREATE", "VIEW" | "FUNCTION" | "PROCEDURE") => (first, "OR REPLACE"),
            ("CREATE" | "UNLOGGED", "TABLE") | ("CREATE", "SCHEMA" | "SEQUENCE") | ("MATERIALIZED", "VIEW") => {
                (end, "IF NOT EXISTS")
            }
            ("CREATE" | "UNIQUE", "INDEX") => match words.next()? {
                // An index that has no name is another one each time.
                (next, _) if next == "ON" => return None,
                (next, end) if next == "CONCURRENTLY" => (end, "IF NOT EXISTS"),
                _ => (end, "IF NOT EXISTS"),
            },
            ("CREATE", "UNLOGGED" | "MATERIALIZED" | "UNIQUE") => {
                passed = word;
                continue;
            }
            _ => return None,
        };
        let at = span.start as usize + at;
        let added = if lower { added.to_ascii_lowercase() } else { added.to_owned() };
        return Some(Fix::unsafe_("let it run again", Span::new(at, at), &format!(" {added}")));
    }
}
