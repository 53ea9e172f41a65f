//! Edits of YAML as splices of bytes: what is not edited stays byte for byte as it is.
//!
//! New lines take the indentation and the line endings of where they go. An edit
//! is given only where it is certain: not into what an alias or a merge key shares
//! with other places, not into a mapping with an anchor, not between a comment and
//! what it speaks of.

use palisade_model::{Edit, Span};

use super::{Entry, Kind, Node, Yaml};

/// Columns that a nested block is indented by.
const STEP: usize = 2;

impl<'y> Node<'y> {
    /// An edit that adds entries to this mapping: `lines` are entries in block style from column 0. They go after the
    /// entry `after` where that is one line, else after the last entry that is, else to the top.
    #[must_use]
    pub fn add_lines(self, after: &str, lines: &str) -> Option<Edit> {
        if !self.is_mapping() || self.is_shared() {
            return None;
        }
        let text = self.yaml.text();
        let start = self.span().start as usize;
        if text.get(start..)?.starts_with('{') {
            return self.add_in_flow(lines);
        }
        let entries: Vec<Entry<'y>> = self.entries().collect();
        let first = entries.first()?.key.span().start as usize;
        let column = self.yaml.column(first)?;
        let named = entries.iter().rfind(|entry| entry.key.scalar() == Some(after));
        let place = named.into_iter().chain(entries.iter().rev()).find_map(|entry| self.yaml.line_end(entry));
        if let Some(at) = place {
            let replacement = format!("{0}{1}", self.yaml.newline(), self.yaml.indented(lines, column));
            return Some(splice(at, at, replacement));
        }
        if self.yaml.follows_comment(first) {
            return None;
        }
        let indented = self.yaml.indented(lines, column);
        let replacement = format!("{}{}{}", indented.trim_start_matches(' '), self.yaml.newline(), " ".repeat(column));
        Some(splice(first, first, replacement))
    }

    /// An edit that puts entries into the mapping under `key` of this mapping, which is made when it is not there.
    #[must_use]
    pub fn add_under(self, key: &str, after: &str, lines: &str) -> Option<Edit> {
        let Some(entry) = self.entry(key) else {
            let nested: Vec<String> = lines.lines().map(|line| format!("{}{line}", " ".repeat(STEP))).collect();
            return self.add_lines(after, &format!("{key}:\n{}", nested.join("\n")));
        };
        if self.is_shared() || entry.key.parent() != Some(self) || entry.value.is_alias() {
            return None;
        }
        let span = entry.value.span();
        let empty = entry.value.is_mapping() && entry.value.entries().next().is_none();
        if !empty && !entry.value.is_null() {
            return entry.value.add_lines("", lines);
        }
        // `key:` or `key: {}` becomes a block.
        let text = self.yaml.text();
        let colon = entry.key.span().end as usize + text.get(entry.key.span().end as usize..)?.find(':')? + 1;
        let end = if span.is_empty() { colon } else { span.end as usize };
        let between = text.get(colon..span.start.max(entry.key.span().end) as usize).unwrap_or("");
        if between.contains(['\n', '#', '&', '!']) || !self.yaml.is_rest_blank(end) {
            return None;
        }
        let column = self.yaml.column(entry.key.span().start as usize)?;
        let replacement = format!("{}{}", self.yaml.newline(), self.yaml.indented(lines, column + STEP));
        Some(splice(colon, end, replacement))
    }

    /// As [`Node::add_under`], with the mapping at the end of a chain of keys; those that are not there are made.
    #[must_use]
    pub fn add_at(self, keys: &[&str], after: &str, lines: &str) -> Option<Edit> {
        match keys {
            [] => self.add_lines(after, lines),
            [key] => self.add_under(key, after, lines),
            [key, rest @ ..] => match self.get(key).filter(|inner| !inner.is_null()) {
                Some(inner) => inner.add_at(rest, "", lines),
                None => {
                    let step = |at: usize| " ".repeat(STEP * at);
                    let heads = rest.iter().enumerate().map(|(at, key)| format!("{}{key}:", step(at)));
                    let body = lines.lines().map(|line| format!("{}{line}", step(rest.len())));
                    self.add_under(key, after, &heads.chain(body).collect::<Vec<_>>().join("\n"))
                }
            },
        }
    }

    /// An edit that adds entries to this mapping above the entry `key` and above the comments that belong to it.
    #[must_use]
    pub fn add_above(self, key: &str, lines: &str) -> Option<Edit> {
        let entry = self.entry(key)?;
        if self.is_shared() || entry.key.parent() != Some(self) {
            return None;
        }
        let text = self.yaml.text();
        let start = entry.key.span().start as usize;
        let column = self.yaml.column(start)?;
        let mut at = start - column;
        if !text.get(at..start)?.bytes().all(|byte| byte == b' ') {
            return None;
        }
        while let Some(head) = text.get(..at).and_then(|head| head.strip_suffix('\n')) {
            let line = head.rfind('\n').map_or(0, |newline| newline + 1);
            if !head.get(line..)?.trim_start().starts_with('#') {
                break;
            }
            at = line;
        }
        let newline = self.yaml.newline();
        Some(splice(at, at, format!("{}{newline}{newline}", self.yaml.indented(lines, column))))
    }

    /// An edit that takes the entry `key` out of this block mapping, its lines whole.
    #[must_use]
    pub fn drop_entry(self, key: &str) -> Option<Edit> {
        let entry = self.entry(key)?;
        if self.is_shared() || entry.key.parent() != Some(self) || self.entries().count() < 2 {
            return None;
        }
        let text = self.yaml.text();
        let start = entry.key.span().start as usize;
        let line = start - self.yaml.column(start)?;
        let end = self.yaml.line_end(&entry)?;
        let blank = text.get(line..start)?.bytes().all(|byte| byte == b' ');
        let commented = text.get(entry.value.span().end as usize..end)?.contains('#');
        let next = text.get(end..)?.find('\n').map_or(text.len(), |newline| end + newline + 1);
        (blank && !commented).then(|| splice(line, next, String::new()))
    }

    /// An edit that replaces this scalar, with the quotes around it.
    #[must_use]
    pub fn replace_with(self, text: &str) -> Option<Edit> {
        (self.is_scalar() && !self.is_alias() && !self.span().is_empty()).then(|| Edit {
            path: None,
            span: self.span(),
            replacement: text.to_owned(),
        })
    }

    /// `{a: b}` gets `key: value, ` after its brace.
    fn add_in_flow(self, lines: &str) -> Option<Edit> {
        let start = self.span().start as usize;
        let raw = self.span().of(self.yaml.text());
        let first = self.entries().next()?;
        // Quoted keys may be JSON, which has no plain ones.
        if lines.contains('\n') || raw.contains('\n') || !first.key.is_plain() {
            return None;
        }
        let inner = raw.get(1..)?;
        let at = start + 1 + (inner.len() - inner.trim_start().len());
        Some(splice(at, at, format!("{lines}, ")))
    }

    fn is_alias(self) -> bool {
        matches!(self.yaml.data(self.id).map(|data| &data.kind), Some(Kind::Alias(_)))
    }

    /// Whether other places may read this node too: it is an alias, or has an anchor.
    fn is_shared(self) -> bool {
        let text = self.yaml.text();
        let (before, own) = text.split_at_checked(self.span().start as usize).unwrap_or_default();
        let word = before.trim_end().rsplit([' ', '\t', '\n', '\r']).next().unwrap_or("");
        self.is_alias() || word.starts_with('&') || own.starts_with('&')
    }
}

/// The end of a file, where another document can stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    at: usize,
    before: &'static str,
    newline: &'static str,
}

impl Tail {
    /// An edit that adds a document; `lines` is block style from column 0.
    #[must_use]
    pub fn append(&self, lines: &str) -> Edit {
        let text: String =
            self.before.lines().chain(lines.lines()).map(|line| format!("{line}{}", self.newline)).collect();
        splice(self.at, self.at, text)
    }
}

impl Yaml {
    /// Where another document can stand; `None` for JSON, templates, and what was not read to the end.
    #[must_use]
    pub fn tail(&self) -> Option<Tail> {
        let text = self.text.trim_end_matches(['\n', '\r', ' ']);
        let last = text.rsplit('\n').next().unwrap_or("").trim_end();
        let mut roots = self.documents().peekable();
        roots.peek()?;
        let block = roots.all(|root| {
            root.is_null()
                || self.column(root.span().start as usize) == Some(0) && !root.span().of(&self.text).starts_with('{')
        });
        // What a literal block ends with is part of it.
        if !block || !self.problems().is_empty() || last == "..." || self.text.contains("{{") {
            return None;
        }
        let before = match (last == "---", self.text.ends_with('\n')) {
            (true, true) => "",
            (true, false) => "\n",
            (false, true) => "---\n",
            (false, false) => "\n---\n",
        };
        Some(Tail { at: self.text.len(), before, newline: self.newline() })
    }

    /// Bytes from the start of the line to `at`, where only indentation and list dashes stand.
    fn column(&self, at: usize) -> Option<usize> {
        let line = self.text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
        let lead = self.text.get(line..at)?;
        let lead = if line == 0 { lead.trim_start_matches('\u{feff}') } else { lead };
        lead.bytes().all(|byte| matches!(byte, b' ' | b'-')).then_some(lead.len())
    }

    /// How lines end here.
    fn newline(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
            _ => "\n",
        }
    }

    /// Lines from column 0 moved to a column, without a line ending after the last.
    fn indented(&self, lines: &str, column: usize) -> String {
        let lead = " ".repeat(column);
        let moved: Vec<String> =
            lines.lines().map(|line| if line.is_empty() { String::new() } else { format!("{lead}{line}") }).collect();
        moved.join(self.newline())
    }

    /// The end of the line of an entry that is one line: `key: value  # comment`.
    fn line_end(&self, entry: &Entry<'_>) -> Option<usize> {
        let (from, to) = (entry.key.span().start as usize, entry.value.span().end.max(entry.key.span().end) as usize);
        let raw = entry.value.span().of(&self.text);
        let one_line = entry.value.is_scalar() || entry.value.is_alias() || raw.starts_with(['{', '[']);
        if !one_line || raw.starts_with(['|', '>']) || self.text.get(from..to)?.contains('\n') {
            return None;
        }
        // A null value may end before its colon.
        let to = if raw.is_empty() { to + self.text.get(to..)?.find(':')? + 1 } else { to };
        self.rest_of_line(to)
    }

    /// The end of the line, when nothing but a comment stands from `at` on.
    fn rest_of_line(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let line = rest.split('\n').next().unwrap_or("").trim_end_matches('\r');
        let after = line.trim_start();
        (after.is_empty() || after.starts_with('#') && after.len() < line.len()).then_some(at + line.len())
    }

    fn is_rest_blank(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or("");
        rest.split('\n').next().unwrap_or("").trim().is_empty()
    }

    /// Whether the line above the one of `at` is a comment.
    fn follows_comment(&self, at: usize) -> bool {
        let head = self.text.get(..at).unwrap_or("");
        let above = head.rfind('\n').and_then(|newline| head.get(..newline)).unwrap_or("");
        above.rsplit('\n').next().unwrap_or("").trim_start().starts_with('#')
    }
}

fn splice(from: usize, to: usize, replacement: String) -> Edit {
    Edit { path: None, span: Span::new(from, to), replacement }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn applied(text: &str, edit: Option<Edit>) -> Option<String> {
        let edit = edit?;
        let (head, tail) = (text.get(..edit.span.start as usize)?, text.get(edit.span.end as usize..)?);
        Some(format!("{head}{}{tail}", edit.replacement))
    }

    fn edited(text: &str, edit: impl Fn(Node<'_>) -> Option<Edit>) -> Option<String> {
        let yaml = Yaml::parse(text);
        applied(text, edit(yaml.root().unwrap()))
    }

    #[test]
    fn entries_go_after_a_line_and_keep_its_comment() {
        let text = "a: 1 # one\nb:\n  c: 2\n";
        assert_eq!(edited(text, |node| node.add_lines("a", "x: 9")).unwrap(), "a: 1 # one\nx: 9\nb:\n  c: 2\n");
        assert_eq!(edited(text, |node| node.add_under("b", "", "x: 9")).unwrap(), "a: 1 # one\nb:\n  c: 2\n  x: 9\n");
        let new = edited(text, |node| node.add_under("n", "a", "x: 9\ny: 8")).unwrap();
        assert_eq!(new, "a: 1 # one\nn:\n  x: 9\n  y: 8\nb:\n  c: 2\n");
    }

    #[test]
    fn chains_of_keys_are_made_from_where_they_end() {
        let add = |node: Node<'_>| node.add_at(&["a", "b", "c"], "", "x: 9\ny: 8");
        assert_eq!(edited("n: 1\n", add).unwrap(), "n: 1\na:\n  b:\n    c:\n      x: 9\n      y: 8\n");
        assert_eq!(edited("a:\n  n: 1\n", add).unwrap(), "a:\n  n: 1\n  b:\n    c:\n      x: 9\n      y: 8\n");
        let text = "a:\n  b:\n    c:\n      n: 1\n";
        assert_eq!(edited(text, add).unwrap(), "a:\n  b:\n    c:\n      n: 1\n      x: 9\n      y: 8\n");
        assert_eq!(edited("a: 1\n", add), None, "no mapping");
    }

    #[test]
    fn documents_go_to_the_end() {
        let appended = |text: &str| applied(text, Yaml::parse(text).tail().map(|tail| tail.append("c: 3\nd: 4")));
        assert_eq!(appended("a: 1\n").unwrap(), "a: 1\n---\nc: 3\nd: 4\n");
        assert_eq!(appended("a: 1").unwrap(), "a: 1\n---\nc: 3\nd: 4\n");
        assert_eq!(appended("a: 1\r\n---\r\nb: 2\r\n").unwrap(), "a: 1\r\n---\r\nb: 2\r\n---\r\nc: 3\r\nd: 4\r\n");
        assert_eq!(appended("a: 1\n---\n").unwrap(), "a: 1\n---\nc: 3\nd: 4\n");
        for kept in ["{\"a\": 1}\n", "a: 1\n...\n", "a: {{ .x }}\n", "a: [\n"] {
            assert_eq!(appended(kept), None, "{kept}");
        }
    }

    #[test]
    fn line_endings_lists_and_flow_are_kept() {
        let text = "steps:\r\n  - uses: a@b\r\n    with:\r\n      k: v\r\n";
        let step =
            |node: Node<'_>| node.get("steps").unwrap().items().next().unwrap().add_under("with", "", "p: false");
        assert_eq!(
            edited(text, step).unwrap(),
            "steps:\r\n  - uses: a@b\r\n    with:\r\n      k: v\r\n      p: false\r\n"
        );
        let text = "- uses: a\n  run: |\n    x\n";
        let top = |node: Node<'_>| node.items().next().unwrap().add_lines("uses", "with:\n  p: 1");
        assert_eq!(edited(text, top).unwrap(), "- uses: a\n  with:\n    p: 1\n  run: |\n    x\n");
        assert_eq!(edited("{ a: 1 }", |node| node.add_lines("", "x: 9")).unwrap(), "{ x: 9, a: 1 }");
        let block = |node: Node<'_>| node.add_under("s", "", "x: 9");
        assert_eq!(edited("s: {}\nt: 1\n", block).unwrap(), "s:\n  x: 9\nt: 1\n");
        assert_eq!(edited("s:\nt: 1\n", block).unwrap(), "s:\n  x: 9\nt: 1\n");
        assert_eq!(edited("s: {}", block).unwrap(), "s:\n  x: 9");
    }

    #[test]
    fn a_block_stands_above_the_comments_of_the_next() {
        let text = "on: push\n\n# The jobs.\njobs:\n  a: 1\n";
        let new = edited(text, |node| node.add_above("jobs", "permissions: {}")).unwrap();
        assert_eq!(new, "on: push\n\npermissions: {}\n\n# The jobs.\njobs:\n  a: 1\n");
    }

    #[test]
    fn whole_lines_go_and_scalars_are_replaced() {
        let text = "a: 'x'\nb: 2\n";
        assert_eq!(edited(text, |node| node.drop_entry("b")).unwrap(), "a: 'x'\n");
        assert_eq!(edited(text, |node| node.get("a")?.replace_with("y")).unwrap(), "a: y\nb: 2\n");
        assert_eq!(edited("a: 1\n", |node| node.drop_entry("a")), None, "nothing would be left");
        assert_eq!(edited("a: 1\nb: 2 # why\n", |node| node.drop_entry("b")), None, "a comment would be lost");
    }

    #[test]
    fn what_is_shared_or_uncertain_is_let_be() {
        let shared = "base: &b\n  x: 1\nuse: *b\nmore:\n  <<: *b\n";
        assert_eq!(edited(shared, |node| node.get("base")?.add_lines("", "y: 2")), None, "an anchor");
        assert_eq!(edited(shared, |node| node.add_under("use", "", "y: 2")), None, "an alias");
        assert_eq!(edited(shared, |node| node.get("more")?.get("x")?.parent()?.add_lines("", "y: 2")), None, "merged");
        let commented = "with:\n  # why\n  k: |\n    v\n";
        assert_eq!(edited(commented, |node| node.get("with")?.add_lines("", "y: 2")), None, "the comment is of k");
        assert_eq!(edited("s: # why\n", |node| node.add_under("s", "", "x: 9")), None, "a comment in the way");
        assert_eq!(edited("{\"a\": 1}", |node| node.add_lines("", "x: 9")), None, "JSON");
        assert_eq!(edited("{ a: 1,\n  b: 2 }", |node| node.add_lines("", "x: 9")), None, "flow over lines");
    }
}
