//! Cypher, as far as migrations of Neo4j are judged: statements, and what they create, drop and delete.
//!
//! A small reader of words, quotes and comments. It knows no expressions and judges no pattern.

use palisade_model::Span;

/// Statements beyond this are not read.
const STATEMENTS_MAX: usize = 20_000;

/// The statements of a text.
#[derive(Debug, Default)]
pub struct Cypher {
    /// In the order of the text.
    pub statements: Vec<CypherStatement>,
}

/// One statement.
#[derive(Debug)]
pub struct CypherStatement {
    /// From its first word to its last.
    pub span: Span,
    /// What it does.
    pub act: CypherAct,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CypherAct {
    /// `CREATE CONSTRAINT` or `CREATE INDEX`: the word, and whether `IF NOT EXISTS`.
    CreateSchema(&'static str, bool),
    /// `DROP CONSTRAINT` or `DROP INDEX`: the word, and whether `IF EXISTS`.
    DropSchema(&'static str, bool),
    /// `CREATE` of nodes or relationships that a second run doubles.
    CreateData,
    /// `DELETE` of every node or relationship: nothing narrows it down.
    DeleteAll,
    /// Anything else.
    Other,
}

impl Cypher {
    /// Reads a text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut cypher = Self::default();
        let mut words: Vec<(usize, usize, String)> = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let next = bytes.get(at + 1);
            let end = match (byte, next) {
                (b'/', Some(b'/')) => {
                    at = memchr::memchr(b'\n', bytes.get(at..).unwrap_or(&[])).map_or(bytes.len(), |end| at + end);
                    continue;
                }
                (b'/', Some(b'*')) => {
                    let rest = bytes.get(at + 2..).unwrap_or(&[]);
                    at = memchr::memmem::find(rest, b"*/").map_or(bytes.len(), |end| at + 2 + end + 2);
                    continue;
                }
                (b';', _) => {
                    cypher.end(&mut words);
                    at += 1;
                    continue;
                }
                (quote @ (b'\'' | b'"' | b'`'), _) => quoted(bytes, at, *quote),
                (byte, _) if byte.is_ascii_whitespace() => {
                    at += 1;
                    continue;
                }
                (byte, _) if byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii() => {
                    let rest = bytes.get(at..).unwrap_or(&[]);
                    let inside = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_' || !byte.is_ascii();
                    at + rest.iter().take_while(inside).count()
                }
                _ => at + 1,
            };
            words.push((at, end, text.get(at..end).unwrap_or("").to_ascii_lowercase()));
            at = end;
        }
        cypher.end(&mut words);
        cypher
    }

    fn end(&mut self, words: &mut Vec<(usize, usize, String)>) {
        let words = std::mem::take(words);
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        if self.statements.len() < STATEMENTS_MAX {
            let span = Span::new(first.0, last.1);
            let plain: Vec<&str> = words.iter().map(|(_, _, word)| word.as_str()).collect();
            self.statements.push(CypherStatement { span, act: act(&plain) });
        }
    }
}

/// The end of a quoted text, after its closing quote.
fn quoted(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' if quote != b'`' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn act(words: &[&str]) -> CypherAct {
    let has = |wanted: &[&str]| words.windows(wanted.len()).any(|window| window == wanted);
    let kind = words.iter().take(6).find_map(|word| match *word {
        "constraint" => Some("constraint"),
        "index" => Some("index"),
        _ => None,
    });
    match (words.first().copied().unwrap_or(""), kind) {
        ("create", Some(kind)) => {
            CypherAct::CreateSchema(kind, has(&["if", "not", "exists"]) || has(&["or", "replace"]))
        }
        ("drop", Some(kind)) => CypherAct::DropSchema(kind, has(&["if", "exists"])),
        ("create", None) => CypherAct::CreateData,
        ("match", _) if words.contains(&"delete") => {
            // `MATCH (n) DETACH DELETE n`: no label, no property, no condition.
            let pattern: Vec<&str> =
                words.iter().copied().take_while(|word| !matches!(*word, "delete" | "detach" | "with")).collect();
            let narrowed = pattern.iter().any(|word| matches!(*word, ":" | "{" | "where" | "limit"));
            if narrowed { CypherAct::Other } else { CypherAct::DeleteAll }
        }
        _ => CypherAct::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart() {
        let text = "// first; comment\nCREATE CONSTRAINT a IF NOT EXISTS FOR (n:A) REQUIRE n.id IS UNIQUE;\n\
                    CREATE INDEX b FOR (n:A) ON (n.x);\nDROP INDEX b IF EXISTS;\nCREATE (:A {x: 'a;b'});\n\
                    MATCH (n) DETACH DELETE n;\nMATCH (n:A) DETACH DELETE n;\nMERGE (n:A {id: 1})";
        let acts: Vec<CypherAct> = Cypher::parse(text).statements.into_iter().map(|one| one.act).collect();
        let expected = [
            CypherAct::CreateSchema("constraint", true),
            CypherAct::CreateSchema("index", false),
            CypherAct::DropSchema("index", true),
            CypherAct::CreateData,
            CypherAct::DeleteAll,
            CypherAct::Other,
            CypherAct::Other,
        ];
        assert_eq!(acts, expected);
    }
}
