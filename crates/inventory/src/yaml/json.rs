//! JSON into the same arena as YAML: what is valid YAML is not always valid JSON, and the other way round.
//!
//! Strict, but for trailing commas and comments where the tool that writes the file allows itself these. Where the
//! text breaks, what stood before stays and reading ends.

use palisade_model::Span;

use super::{DEPTH_MAX, Data, Kind, NO_PARENT, NODES_MAX, Yaml};
use crate::Problem;

impl Yaml {
    /// Reads one value of JSON. Never fails: see [`Yaml::problems`].
    #[must_use]
    pub fn parse_json(text: impl Into<String>) -> Self {
        Self::read_json(text.into(), false)
    }

    /// Reads one value of JSON that may have comments and commas after the last item.
    #[must_use]
    pub fn parse_jsonc(text: impl Into<String>) -> Self {
        Self::read_json(text.into(), true)
    }

    fn read_json(text: String, lenient: bool) -> Self {
        let mut yaml = Self::default();
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut reader = Reader { yaml: &mut yaml, text: &text, at: start, lenient, fault: None };
        if let Some(root) = reader.value(NO_PARENT, 0) {
            reader.blank();
            if reader.fault.is_none() && reader.at < text.len() {
                reader.fail(reader.at, "text after the end of the value");
            }
            yaml.documents.push(root);
        }
        yaml.text = text;
        yaml
    }
}

struct Reader<'r> {
    yaml: &'r mut Yaml,
    text: &'r str,
    at: usize,
    lenient: bool,
    fault: Option<()>,
}

impl Reader<'_> {
    /// Notes the first fault; nothing is read after it.
    fn fail(&mut self, at: usize, message: &str) {
        if self.fault.is_none() {
            self.fault = Some(());
            let end = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |next| at + next.len_utf8());
            self.yaml.problems.push(Problem { span: Span::new(at, end), message: message.to_owned() });
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over white space, and over comments where there may be some.
    fn blank(&mut self) {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            let rest = self.text.get(self.at..).unwrap_or("");
            let length = if !self.lenient {
                None
            } else if rest.starts_with("//") {
                Some(memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len()))
            } else if rest.starts_with("/*") {
                Some(rest.find("*/").map_or(rest.len(), |end| end + 2))
            } else {
                None
            };
            match length {
                Some(length) => self.at += length,
                None => return,
            }
        }
    }

    fn node(&mut self, kind: Kind, span: Span, parent: u32) -> u32 {
        let id = u32::try_from(self.yaml.nodes.len()).unwrap_or(NO_PARENT);
        self.yaml.nodes.push(Data { kind, span, parent });
        id
    }

    fn value(&mut self, parent: u32, depth: usize) -> Option<u32> {
        self.blank();
        if self.yaml.nodes.len() >= NODES_MAX {
            self.fail(self.at, &format!("more than {NODES_MAX} nodes"));
            return None;
        }
        match self.peek() {
            Some(open @ (b'{' | b'[')) => {
                if depth >= DEPTH_MAX {
                    self.fail(self.at, &format!("nested deeper than {DEPTH_MAX} levels"));
                    return None;
                }
                Some(self.container(open == b'{', parent, depth))
            }
            Some(b'"') => self.string(parent),
            Some(b'-' | b'0'..=b'9' | b'a'..=b'z') => {
                let start = self.at;
                while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')) {
                    self.at += 1;
                }
                let word = self.text.get(start..self.at).unwrap_or("");
                let number = word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
                let number = number && word.parse::<f64>().is_ok();
                if !number && !matches!(word, "true" | "false" | "null") {
                    self.fail(start, "expected a value");
                    return None;
                }
                Some(self.node(Kind::Scalar { plain: true, value: None }, Span::new(start, self.at), parent))
            }
            Some(_) => {
                self.fail(self.at, "expected a value");
                None
            }
            None => {
                self.fail(self.text.trim_end().len().saturating_sub(1), "the text ends before the value does");
                None
            }
        }
    }

    /// An object or an array; after a fault, with what stood before it.
    fn container(&mut self, mapping: bool, parent: u32, depth: usize) -> u32 {
        let begin = self.at;
        let id = self.node(Kind::Sequence { start: 0, count: 0 }, Span::new(begin, begin), parent);
        let close = if mapping { b'}' } else { b']' };
        self.at += 1;
        let mut children = Vec::new();
        loop {
            self.blank();
            if self.peek() == Some(close) && (children.is_empty() || self.lenient) {
                self.at += 1;
                break;
            }
            if mapping {
                if self.peek().is_some_and(|next| next != b'"') {
                    self.fail(self.at, "expected a key in double quotes");
                }
                let key = if self.fault.is_none() { self.value(id, depth + 1) } else { None };
                let Some(key) = key else { break };
                self.blank();
                if self.peek() != Some(b':') {
                    self.fail(self.at.min(self.text.len().saturating_sub(1)), "expected `:`");
                    break;
                }
                self.at += 1;
                let Some(value) = self.value(id, depth + 1) else { break };
                children.extend([key, value]);
            } else {
                let Some(value) = self.value(id, depth + 1) else { break };
                children.push(value);
            }
            if self.fault.is_some() {
                break;
            }
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(next) if next == close => {
                    self.at += 1;
                    break;
                }
                _ => {
                    let message = if mapping { "expected `,` or `}`" } else { "expected `,` or `]`" };
                    self.fail(self.at.min(self.text.trim_end().len().saturating_sub(1)), message);
                    break;
                }
            }
        }
        let start = u32::try_from(self.yaml.children.len()).unwrap_or(NO_PARENT);
        let count = u32::try_from(children.len()).unwrap_or(0);
        self.yaml.children.extend(children);
        if let Some(data) = self.yaml.nodes.get_mut(id as usize) {
            data.kind =
                if mapping { Kind::Mapping { start, count: count / 2 } } else { Kind::Sequence { start, count } };
            data.span = Span::new(begin, self.at);
        }
        id
    }

    fn string(&mut self, parent: u32) -> Option<u32> {
        let start = self.at;
        let body = self.text.get(start + 1..).unwrap_or("");
        let mut from = 0;
        let length = loop {
            match memchr::memchr3(b'"', b'\\', b'\n', body.as_bytes().get(from..).unwrap_or(&[])) {
                Some(found) if body.as_bytes().get(from + found) == Some(&b'"') => break Some(from + found),
                Some(found) if body.as_bytes().get(from + found) == Some(&b'\\') => from += found + 2,
                _ => break None,
            }
        };
        let Some(length) = length else {
            self.fail(start, "text in double quotes does not end on its line");
            return None;
        };
        self.at = start + length + 2;
        let raw = body.get(..length).unwrap_or("");
        let quoted = self.text.get(start..self.at).unwrap_or("");
        let value = if raw.contains('\\') { serde_json::from_str(quoted).ok() } else { Some(raw.to_owned()) };
        let Some(value) = value else {
            self.fail(start, "an escape that JSON does not have");
            return None;
        };
        let kind = Kind::Scalar { plain: false, value: Some(value.into_boxed_str()) };
        Some(self.node(kind, Span::new(start, self.at), parent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(yaml: &Yaml) -> Option<(u32, &str)> {
        yaml.problems().first().map(|problem| (problem.span.start, problem.message.as_str()))
    }

    #[test]
    fn values_keep_their_places() {
        let text = "{\"a\": [1, \"x\\u0041\", null, {\"\\ud83d\\ude00\": true}],\n\t\"b\": {}}";
        let yaml = Yaml::parse_json(text);
        assert_eq!(fault(&yaml), None);
        let list: Vec<_> = yaml.root().and_then(|root| root.get("a")).into_iter().flat_map(|a| a.items()).collect();
        let shown: Vec<_> = list.iter().map(|node| (node.span().of(text), node.as_str())).collect();
        assert_eq!(shown[..3], [("1", Some("1")), ("\"x\\u0041\"", Some("xA")), ("null", None)]);
        assert_eq!(list[3].get("\u{1f600}").and_then(|node| node.as_bool()), Some(true));
    }

    #[test]
    fn what_breaks_is_located_and_the_rest_stays() {
        let check = |text: &str, at, message| {
            let yaml = Yaml::parse_json(text);
            assert_eq!(fault(&yaml), Some((at, message)), "{text}");
            yaml.root().and_then(|root| root.get_str("a").map(str::to_owned))
        };
        assert_eq!(check("{\"a\": \"b\", \"c\": }", 16, "expected a value"), Some("b".to_owned()));
        assert_eq!(check("{\"a\": \"b\",}", 10, "expected a key in double quotes"), Some("b".to_owned()));
        assert_eq!(check("{\"a\": \"b\" \"c\"}", 10, "expected `,` or `}`"), Some("b".to_owned()));
        assert_eq!(check("{\"a\": \"b\"} x", 11, "text after the end of the value"), Some("b".to_owned()));
        check("{\"a\": \"b", 6, "text in double quotes does not end on its line");
        check("", 0, "the text ends before the value does");
        check("{\"a\"", 3, "expected `:`");
        check("{a: 1}", 1, "expected a key in double quotes");
        check("[1, 2", 4, "expected `,` or `]`");
        check(&"[".repeat(100_000), 128, "nested deeper than 128 levels");
    }

    #[test]
    fn comments_and_last_commas_only_where_they_are_allowed() {
        let text = "{ // x\n \"a\": [1, /* y */ 2,],\n}";
        assert_eq!(fault(&Yaml::parse_jsonc(text)), None);
        assert!(fault(&Yaml::parse_json(text)).is_some());
    }
}
