//! The rows of an exceptions file with the spans of keys and values, before anything is made of them.

use palisade_model::Span;
use toml::de::{DeTable, DeValue};

/// Largest file that is read: thousands of exceptions are no exceptions.
const BYTES_MAX: usize = 1 << 20;

/// A value, as far as entries have any.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) span: Span,
    /// A string, or a date without quotes in its one spelling.
    pub(crate) text: Option<String>,
    /// A boolean.
    pub(crate) truth: Option<bool>,
}

/// One `[[exception]]`.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) span: Span,
    pub(crate) keys: Vec<(String, Span)>,
    items: Vec<Item>,
}

impl Row {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Item> {
        self.keys.iter().position(|(name, _)| name == key).and_then(|at| self.items.get(at))
    }

    /// The text of a key, if it is one.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.text.clone()
    }
}

/// Where an entry stands in the text of the file, for edits that leave everything else as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPlace {
    /// Its id, if it has one.
    pub id: String,
    /// From its header to the end of its last value.
    pub span: Span,
    /// The value of `expires`, with its quotes.
    pub expires: Option<Span>,
}

/// The entries of a file in order; none when it does not parse.
#[must_use]
pub fn entry_places(bytes: &[u8]) -> Vec<EntryPlace> {
    let (rows, _) = parse(bytes);
    rows.iter()
        .map(|row| {
            let end = row.items.iter().map(|item| item.span).fold(row.span, Span::to);
            EntryPlace {
                id: row.text("id").unwrap_or_default(),
                span: end,
                expires: row.get("expires").map(|item| item.span),
            }
        })
        .collect()
}

/// The rows, and what is wrong with the file as a whole. With a syntax error there are no rows.
pub(crate) fn parse(bytes: &[u8]) -> (Vec<Row>, Vec<(Span, String)>) {
    if bytes.len() > BYTES_MAX {
        return (Vec::new(), vec![(Span::default(), "larger than 1 MiB: no exception holds".to_owned())]);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            return (Vec::new(), vec![(Span::new(at, at + 1), "not UTF-8: no exception holds".to_owned())]);
        }
    };
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let span = error.span().map_or(Span::default(), |range| Span::new(range.start, range.end));
            let message = format!("not valid TOML, so no exception holds: {}", error.message());
            return (Vec::new(), vec![(span, message)]);
        }
    };
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for (key, value) in table.get_ref() {
        let span = span_of(&key.span());
        if key.get_ref() != "exception" {
            let message = format!("there is no table `{}` here; did you mean `[[exception]]`?", key.get_ref());
            problems.push((span, message));
            continue;
        }
        let DeValue::Array(entries) = value.get_ref() else {
            problems.push((span, "an exception starts with `[[exception]]` in double brackets".to_owned()));
            continue;
        };
        for entry in entries {
            match entry.get_ref() {
                DeValue::Table(members) => rows.push(row(span_of(&entry.span()), members)),
                _ => problems.push((span_of(&entry.span()), "an exception is a table".to_owned())),
            }
        }
    }
    (rows, problems)
}

fn row(span: Span, members: &DeTable<'_>) -> Row {
    let mut pairs: Vec<_> = members
        .iter()
        .map(|(key, value)| {
            let (text, truth) = match value.get_ref() {
                DeValue::String(text) => (Some(text.to_string()), None),
                DeValue::Datetime(date) => (Some(date.to_string()), None),
                DeValue::Boolean(truth) => (None, Some(*truth)),
                _ => (None, None),
            };
            let item = Item { span: span_of(&value.span()), text, truth };
            ((key.get_ref().to_string(), span_of(&key.span())), item)
        })
        .collect();
    pairs.sort_by_key(|((_, span), _)| *span);
    let (keys, items) = pairs.into_iter().unzip();
    Row { span, keys, items }
}

fn span_of(range: &std::ops::Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_in_the_text() {
        let text =
            "# head\n[[exception]]\nid = \"A\"\nexpires = \"2027-01-01\" # soon\n\n# next\n[[exception]]\nid = \"B\"\n";
        let places = entry_places(text.as_bytes());
        let shown: Vec<&str> = places.iter().map(|place| place.span.of(text)).collect();
        assert_eq!(shown, ["[[exception]]\nid = \"A\"\nexpires = \"2027-01-01\"", "[[exception]]\nid = \"B\""]);
        assert_eq!(places.first().and_then(|place| place.expires).map(|span| span.of(text)), Some("\"2027-01-01\""));
    }
}
