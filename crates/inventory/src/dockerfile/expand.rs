//! Variables of `ARG` and `ENV`, and the quotes around them.
//!
//! BuildKit's rules, read so that a value which cannot be known from the file
//! (an argument without default, a variable of the base image) stays unknown.

use std::collections::HashMap;

/// Nested `${a:-${b:-…}}` that are followed.
const DEPTH_MAX: usize = 16;

/// Longest text that expansion may produce: variables may double it line by line.
const RESOLVED_BYTES_MAX: usize = 64 << 10;

/// What is known of variables. `None` as a value: set, but to something unknown.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables(HashMap<String, Option<String>>);

impl Variables {
    pub(super) fn set(&mut self, name: &str, value: Option<String>) {
        self.0.insert(name.to_owned(), value);
    }

    pub(super) fn get(&self, name: &str) -> Option<&Option<String>> {
        self.0.get(name)
    }
}

/// The outcome of an expansion.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) text: String,
    pub(super) known: bool,
}

/// Removes quotes and replaces variables; `None` when the syntax is broken.
pub(super) fn expand(raw: &str, variables: &Variables, escape: char) -> Option<Expanded> {
    if !raw.contains(['$', '"', '\'', escape]) {
        return Some(Expanded { text: raw.to_owned(), known: true });
    }
    let mut reader = Reader { rest: raw, variables, escape, known: true, depth: 0 };
    let text = reader.until(None)?;
    Some(Expanded { text, known: reader.known })
}

struct Reader<'t> {
    rest: &'t str,
    variables: &'t Variables,
    escape: char,
    known: bool,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let first = characters.next();
        self.rest = characters.as_str();
        first
    }

    /// Reads to `stop` (which is consumed) or the end.
    fn until(&mut self, stop: Option<char>) -> Option<String> {
        let mut text = String::new();
        while let Some(character) = self.peek() {
            if text.len() > RESOLVED_BYTES_MAX {
                return None;
            }
            if Some(character) == stop {
                self.take();
                return Some(text);
            }
            match character {
                '\'' => {
                    self.take();
                    let (inside, rest) = self.rest.split_once('\'')?;
                    text.push_str(inside);
                    self.rest = rest;
                }
                '"' => {
                    self.take();
                    self.double_quoted(&mut text)?;
                }
                '$' => self.dollar(&mut text)?,
                _ => {
                    self.take();
                    if character == self.escape {
                        text.extend(self.take());
                    } else {
                        text.push(character);
                    }
                }
            }
        }
        if stop.is_some() { None } else { Some(text) }
    }

    fn double_quoted(&mut self, text: &mut String) -> Option<()> {
        loop {
            match self.peek()? {
                '"' => {
                    self.take();
                    return Some(());
                }
                '$' => self.dollar(text)?,
                character => {
                    self.take();
                    if character == self.escape {
                        match self.peek()? {
                            next @ ('"' | '$') => {
                                self.take();
                                text.push(next);
                                continue;
                            }
                            next if next == self.escape => {
                                self.take();
                            }
                            _ => {}
                        }
                    }
                    text.push(character);
                }
            }
            if text.len() > RESOLVED_BYTES_MAX {
                return None;
            }
        }
    }

    fn name(&mut self) -> String {
        let first = self.peek();
        let length = match first {
            Some(digit) if digit.is_ascii_digit() => {
                self.rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(self.rest.len())
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            _ => self
                .rest
                .find(|character: char| !character.is_alphanumeric() && character != '_')
                .unwrap_or(self.rest.len()),
        };
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        name.to_owned()
    }

    fn dollar(&mut self, text: &mut String) -> Option<()> {
        let before = self.rest;
        self.take();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                text.push('$');
            } else {
                let written = before.len() - self.rest.len();
                self.put(text, &name, before.get(..written)?);
            }
            return Some(());
        }
        self.take();
        if matches!(self.peek()?, '{' | '}' | ':') {
            return None;
        }
        if self.depth >= DEPTH_MAX {
            return None;
        }
        self.depth += 1;
        let name = self.name();
        let known_before = self.known;
        let mut operator = self.take()?;
        if operator == '}' {
            let written = before.len() - self.rest.len();
            self.put(text, &name, before.get(..written)?);
            self.depth -= 1;
            return Some(());
        }
        let empty_counts = operator == ':';
        if empty_counts {
            operator = self.take()?;
        }
        let value = self.variables.get(&name).cloned();
        match operator {
            '-' | '+' | '?' => {
                let word = self.until(Some('}'))?;
                let written = before.get(..before.len() - self.rest.len())?;
                // The word counts only where it is used: its own unknowns must not taint the value.
                let word_known = self.known;
                self.known = known_before;
                let set = match &value {
                    None => Some(false),
                    Some(None) => None,
                    Some(Some(value)) => Some(!(empty_counts && value.is_empty())),
                };
                match (operator, set) {
                    (_, None) | ('?', Some(false)) | ('+', Some(false)) => {
                        self.known = false;
                        text.push_str(written);
                    }
                    ('-', Some(false)) | ('+', Some(true)) => {
                        self.known = word_known;
                        text.push_str(&word);
                    }
                    _ => text.push_str(value.flatten().as_deref().unwrap_or("")),
                }
            }
            '#' | '%' | '/' => {
                if empty_counts {
                    return None;
                }
                let word = self.until(Some('}'))?;
                let written = before.get(..before.len() - self.rest.len())?;
                match value.flatten().and_then(|value| trim(&value, operator, &word)) {
                    Some(trimmed) if self.known => text.push_str(&trimmed),
                    _ => {
                        self.known = false;
                        text.push_str(written);
                    }
                }
            }
            _ => return None,
        }
        self.depth -= 1;
        Some(())
    }

    fn put(&mut self, text: &mut String, name: &str, written: &str) {
        match self.variables.get(name) {
            Some(Some(value)) => text.push_str(value),
            _ => {
                self.known = false;
                text.push_str(written);
            }
        }
    }
}

/// `${x#word}`, `${x%word}` and `${x/a/b}` for patterns without wildcards, and with one `*` at the open end.
fn trim(value: &str, operator: char, word: &str) -> Option<String> {
    if operator == '/' {
        let all = word.starts_with('/');
        let (from, to) = word.trim_start_matches('/').split_once('/')?;
        if from.contains(['*', '?', '\\']) || from.is_empty() {
            return None;
        }
        return Some(if all { value.replace(from, to) } else { value.replacen(from, to, 1) });
    }
    let greedy = word.starts_with(operator);
    let pattern = if greedy { word.get(1..)? } else { word };
    let plain = |pattern: &str| !pattern.contains(['*', '?', '[', '\\']);
    let rest = if operator == '#' {
        match pattern.strip_prefix('*') {
            None if plain(pattern) => value.strip_prefix(pattern),
            Some(tail) if plain(tail) && !tail.is_empty() => {
                let at = if greedy { value.rfind(tail) } else { value.find(tail) };
                at.and_then(|at| value.get(at + tail.len()..))
            }
            _ => return None,
        }
    } else {
        match pattern.strip_suffix('*') {
            None if plain(pattern) => value.strip_suffix(pattern),
            Some(head) if plain(head) && !head.is_empty() => {
                let at = if greedy { value.find(head) } else { value.rfind(head) };
                at.and_then(|at| value.get(..at))
            }
            _ => return None,
        }
    };
    Some(rest.unwrap_or(value).to_owned())
}

/// The here documents that a line announces: BuildKit divides the line at white space outside quotes
/// and takes the words that are `<<NAME` and nothing else. A line with broken quotes announces none.
pub(super) fn announced(line: &str) -> Vec<Announced> {
    let mut found = Vec::new();
    let Some(words) = raw_words(line) else { return found };
    for word in words {
        let digits = word.trim_start_matches(|character: char| character.is_ascii_digit());
        let Some(rest) = digits.strip_prefix("<<") else { continue };
        let (strips_tabs, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let rest = rest.trim_start();
        if rest.is_empty() || rest.contains('<') {
            continue;
        }
        let Some(unquoted) = expand(rest, &Variables::default(), '\\') else { continue };
        if unquoted.text.is_empty() || raw_words(rest).is_none_or(|words| words.len() != 1) {
            continue;
        }
        found.push(Announced { expands: !rest.contains(['"', '\'']), name: unquoted.text, strips_tabs });
    }
    found
}

/// A here document of which only the announcement has been read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) name: String,
    pub(super) expands: bool,
    pub(super) strips_tabs: bool,
}

/// Words with quotes and escapes kept; `<<` swallows the blanks behind it. `None` for broken syntax.
fn raw_words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let variables = Variables::default();
    let mut reader = Reader { rest: line, variables: &variables, escape: '\\', known: true, depth: 0 };
    while let Some(character) = reader.peek() {
        let before = reader.rest;
        match character {
            '\'' => {
                reader.take();
                let (_, rest) = reader.rest.split_once('\'')?;
                reader.rest = rest;
                word.push_str(before.get(..before.len() - reader.rest.len())?);
            }
            '"' => {
                reader.take();
                reader.double_quoted(&mut String::new())?;
                word.push_str(before.get(..before.len() - reader.rest.len())?);
            }
            '$' => {
                reader.dollar(&mut String::new())?;
                // What a variable becomes is divided again.
                for part in before.get(..before.len() - reader.rest.len())?.chars() {
                    push(part, &mut word, &mut words);
                }
            }
            '<' => {
                reader.take();
                word.push('<');
                if reader.peek() == Some('<') {
                    reader.take();
                    word.push('<');
                    while let Some(blank @ (' ' | '\t' | '\r')) = reader.peek() {
                        reader.take();
                        word.push(blank);
                    }
                }
            }
            '\\' => {
                reader.take();
                word.push('\\');
                word.extend(reader.take());
            }
            _ => {
                reader.take();
                push(character, &mut word, &mut words);
            }
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    Some(words)
}

fn push(character: char, word: &mut String, words: &mut Vec<String>) {
    if !character.is_whitespace() {
        word.push(character);
    } else if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}
