//! Comments `palisade:except ID` beside the code that an exception permits.
//!
//! Only finds them: what they are worth is decided by the gate, since a comment permits nothing by itself.

use palisade_inventory::Subject;
use palisade_model::{Location, Span};

/// What a comment says before the id.
const WORD: &[u8] = b"palisade:except";

/// Longest id that is read, as for the ids of entries.
const ID_BYTES_MAX: usize = 64;

/// Comments read in one file at most; a file with more is not written by people.
const MARKS_MAX: usize = 1_000;

/// Prose, where the words stand in explanations.
const PROSE: [&str; 6] = [".md", ".mdx", ".rst", ".adoc", ".txt", ".html"];

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where its id stands.
    pub location: Location,
    /// The exception that it names.
    pub id: String,
}

/// The comments of a file. A comment starts with one of the usual signs right before the word.
#[must_use]
pub fn marks(subject: &Subject<'_>) -> Vec<Mark> {
    let bytes = subject.bytes();
    let path = subject.path().to_ascii_lowercase();
    if PROSE.iter().any(|ending| path.ends_with(ending)) {
        return Vec::new();
    }
    let found = memchr::memmem::find_iter(bytes, WORD).filter_map(|at| {
        let before = bytes.get(..at)?.trim_ascii_end();
        let opened = [b"#".as_slice(), b"//", b"--", b"/*", b"<!--", b";"].iter().any(|sign| before.ends_with(sign));
        let rest = bytes.get(at + WORD.len()..)?;
        let id = rest.strip_prefix(b" ")?;
        let length = id.iter().take(ID_BYTES_MAX + 1).take_while(|byte| is_id_byte(**byte)).count();
        let id = std::str::from_utf8(id.get(..length)?).ok()?;
        let start = at + WORD.len() + 1;
        (opened && !id.is_empty()).then(|| Mark {
            // No excerpt: the line below may hold the very secret that the exception is for.
            location: Location { excerpt: None, ..subject.locate(Span::new(start, start + length)) },
            id: id.to_owned(),
        })
    });
    found.take(MARKS_MAX).collect()
}

/// Whether a byte may stand in the id of an exception.
#[must_use]
pub fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use palisade_inventory::Flat;

    use super::*;

    fn ids(path: &str, text: &str) -> Vec<(String, u32)> {
        let text = text.replace("EXCEPT", "palisade:except"); // spelled out, these would be marks of ours
        let subject = Subject::new(path.into(), text.as_bytes(), &Flat, &[]);
        marks(&subject).into_iter().map(|mark| (mark.id, mark.location.start.line)).collect()
    }

    #[test]
    fn comments_of_many_languages_are_found_and_prose_is_not() {
        let one = vec![("EX-1".to_owned(), 2)];
        for comment in ["# EXCEPT EX-1", "x: 1 # EXCEPT EX-1 because", "//EXCEPT EX-1"] {
            assert_eq!(ids("a.yaml", &format!("\n{comment}\n")), one, "{comment}");
        }
        for comment in ["/* EXCEPT EX-1 */", "<!-- EXCEPT EX-1 -->", "-- EXCEPT EX-1"] {
            assert_eq!(ids("a.sql", &format!("\r\n{comment}")), one, "{comment}");
        }
        for text in ["EXCEPT EX-1", "\"EXCEPT EX-1\"", "# EXCEPT", "# EXCEPT:EX-1"] {
            assert_eq!(ids("a.yaml", text), [], "{text}");
        }
        assert_eq!(ids("README.md", "# EXCEPT EX-1"), []);
    }
}
