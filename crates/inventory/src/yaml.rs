//! YAML streams as an arena of nodes with byte spans.
//!
//! Reads every document of a stream over `saphyr-parser`'s events. Aliases are
//! kept as references and resolved on navigation, so an alias bomb costs
//! nothing. A broken document keeps what stood before the break, and reading
//! goes on at the next `---`. Comments are not kept; ask [`Yaml::comment_on_line`].
//! It refuses: tags have no effect, though local ones can be asked for; nothing is executed.

mod assemble;
mod build;
mod edit;
mod json;

use palisade_model::Span;

use crate::{Problem, Structure};
use build::Builder;

pub use assemble::Assembler;
pub use edit::Tail;

/// Containers deeper than this are not read: real files stay under 40, and views walk recursively.
pub const DEPTH_MAX: usize = 128;
/// More nodes than this are not read (about 200 MB of arena).
pub const NODES_MAX: usize = 4_000_000;
/// Broken documents after which the rest of a stream is given up.
const RESTARTS_MAX: usize = 32;
/// Steps along aliases and merge keys before navigation gives up; cycles end here.
const HOPS_MAX: usize = 16;

/// A YAML stream: its text, its documents and what could not be read.
#[derive(Debug, Default)]
pub struct Yaml {
    text: String,
    nodes: Vec<Data>,
    children: Vec<u32>,
    documents: Vec<u32>,
    problems: Vec<Problem>,
    /// Local tags such as `!Ref`, by the node they stand before, in order.
    tags: Vec<(u32, Box<str>)>,
}

#[derive(Debug)]
struct Data {
    kind: Kind,
    span: Span,
    parent: u32,
}

#[derive(Debug)]
enum Kind {
    /// A scalar; the value is kept only when it differs from the source text under the span.
    Scalar { plain: bool, value: Option<Box<str>> },
    /// `children[start..start + 2 * count]`: key, value, key, value …
    Mapping { start: u32, count: u32 },
    /// `children[start..start + count]`.
    Sequence { start: u32, count: u32 },
    /// A reference to an anchored node.
    Alias(u32),
}

const NO_PARENT: u32 = u32::MAX;

/// One node of a stream; cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Node<'y> {
    yaml: &'y Yaml,
    id: u32,
}

/// A key and its value in a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'y> {
    /// The key's node.
    pub key: Node<'y>,
    /// The value's node.
    pub value: Node<'y>,
}

impl Yaml {
    /// Reads a stream. Never fails: see [`Yaml::problems`].
    #[must_use]
    pub fn parse(text: impl Into<String>) -> Self {
        Self::parse_where(text, |_| true)
    }

    /// Reads the documents of a stream whose text `keep` wants; the others cost next to nothing.
    #[must_use]
    pub fn parse_where(text: impl Into<String>, keep: impl Fn(&str) -> bool) -> Self {
        let text = text.into();
        let mut yaml = Self::default();
        for (start, end) in wanted_runs(&text, keep) {
            yaml.read(text.get(..end).unwrap_or(""), start);
        }
        yaml.text = text;
        yaml
    }

    /// Reads the documents of `text` from byte `from` on.
    fn read(&mut self, text: &str, mut from: usize) {
        if from == 0 && text.starts_with('\u{feff}') {
            from = '\u{feff}'.len_utf8();
        }
        for restart in 0.. {
            let Some(rest) = text.get(from..) else { break };
            let Some(fault) = Builder::new(self, rest, from).run() else { break };
            let at = from + fault.at;
            self.problems.push(Problem { span: Span::new(at, at), message: fault.message });
            // The parser may notice the fault only documents later, so look from the broken one on.
            let broken = from + fault.document;
            let next = text.get(broken..).and_then(|after| after.find("\n---")).map(|found| broken + found + 1);
            match next {
                Some(next) if restart < RESTARTS_MAX && self.nodes.len() < NODES_MAX => from = next,
                _ => break,
            }
        }
    }

    /// The text that was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The root nodes, one a document; empty documents are left out.
    pub fn documents(&self) -> impl Iterator<Item = Node<'_>> {
        self.documents.iter().map(|id| Node { yaml: self, id: *id })
    }

    /// The root of the first document.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        self.documents().next()
    }

    /// What could not be read, in file order.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many nodes were read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every node in file order, aliases not followed.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.nodes.len()).map(|id| Node { yaml: self, id: u32::try_from(id).unwrap_or(NO_PARENT) })
    }

    /// The comment that ends the line on which `span` ends, without `#` and white space.
    #[must_use]
    pub fn comment_on_line(&self, span: Span) -> Option<&str> {
        let rest = self.text.get(span.end as usize..)?;
        let line = rest.lines().next()?;
        let (before, comment) = line.split_once('#')?;
        let separated = before.is_empty() || before.ends_with([' ', '\t']) || before.ends_with(['"', '\'']);
        (separated && before.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'').is_empty())
            .then(|| comment.trim())
    }

    fn data(&self, id: u32) -> Option<&Data> {
        self.nodes.get(id as usize)
    }
}

impl<'y> Node<'y> {
    /// The bytes of this node; for an alias, those of the alias itself.
    #[must_use]
    pub fn span(self) -> Span {
        self.yaml.data(self.id).map_or_else(Span::default, |data| data.span)
    }

    /// The stream it belongs to.
    #[must_use]
    pub fn yaml(self) -> &'y Yaml {
        self.yaml
    }

    /// The node an alias stands for; any other node itself.
    #[must_use]
    pub fn resolve(self) -> Node<'y> {
        let mut node = self;
        for _ in 0..HOPS_MAX {
            match node.yaml.data(node.id).map(|data| &data.kind) {
                Some(Kind::Alias(target)) => node = Node { yaml: node.yaml, id: *target },
                _ => break,
            }
        }
        node
    }

    /// The local tag before it, without its mark: `Ref` of `!Ref name`. It changes nothing about how the node is read.
    #[must_use]
    pub fn tag(self) -> Option<&'y str> {
        let tags = &self.yaml.tags;
        let at = tags.binary_search_by_key(&self.id, |(id, _)| *id).ok()?;
        tags.get(at).map(|(_, tag)| &**tag)
    }

    fn kind(self) -> Option<&'y Kind> {
        let node = self.resolve();
        node.yaml.data(node.id).map(|data| &data.kind)
    }

    fn child(self, at: u32) -> Option<Node<'y>> {
        self.yaml.children.get(at as usize).map(|id| Node { yaml: self.yaml, id: *id })
    }

    /// Whether it is a mapping.
    #[must_use]
    pub fn is_mapping(self) -> bool {
        matches!(self.kind(), Some(Kind::Mapping { .. }))
    }

    /// Whether it is a sequence.
    #[must_use]
    pub fn is_sequence(self) -> bool {
        matches!(self.kind(), Some(Kind::Sequence { .. }))
    }

    /// Whether it is a scalar, null included.
    #[must_use]
    pub fn is_scalar(self) -> bool {
        matches!(self.kind(), Some(Kind::Scalar { .. }))
    }

    /// The text of a scalar of any type (`80` is `"80"`); `None` for containers and null.
    #[must_use]
    pub fn as_str(self) -> Option<&'y str> {
        (!self.is_null()).then(|| self.scalar()).flatten()
    }

    fn scalar(self) -> Option<&'y str> {
        let node = self.resolve();
        match &node.yaml.data(node.id)?.kind {
            Kind::Scalar { value: Some(value), .. } => Some(value),
            Kind::Scalar { value: None, .. } => Some(node.span().of(&node.yaml.text)),
            _ => None,
        }
    }

    /// Whether the scalar stands without quotes and is no block scalar.
    #[must_use]
    pub fn is_plain(self) -> bool {
        matches!(self.kind(), Some(Kind::Scalar { plain: true, .. }))
    }

    /// Whether it is null: nothing, `~` or `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.is_plain() && matches!(self.scalar(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// A plain truth value, also in the YAML 1.1 spellings that Kubernetes' reader takes.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        if !self.is_plain() {
            return None;
        }
        match self.scalar()? {
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
            _ => None,
        }
    }

    /// A plain whole number.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        if self.is_plain() { self.scalar()?.parse().ok() } else { None }
    }

    /// The entries of a mapping in file order, without merged ones; nothing for other nodes.
    pub fn entries(self) -> impl Iterator<Item = Entry<'y>> {
        let (start, count) = match self.kind() {
            Some(Kind::Mapping { start, count }) => (*start, *count),
            _ => (0, 0),
        };
        (0..count).filter_map(move |at| {
            Some(Entry { key: self.child(start + 2 * at)?, value: self.child(start + 2 * at + 1)? })
        })
    }

    /// The items of a sequence; nothing for other nodes.
    pub fn items(self) -> impl Iterator<Item = Node<'y>> {
        let (start, count) = match self.kind() {
            Some(Kind::Sequence { start, count }) => (*start, *count),
            _ => (0, 0),
        };
        (0..count).filter_map(move |at| self.child(start + at))
    }

    /// The entry under a key, merge keys (`<<`) included; of duplicate keys the last, as readers do.
    #[must_use]
    pub fn entry(self, key: &str) -> Option<Entry<'y>> {
        self.entry_within(key, HOPS_MAX)
    }

    fn entry_within(self, key: &str, hops: usize) -> Option<Entry<'y>> {
        let own = self.entries().filter(|entry| entry.key.scalar() == Some(key)).last();
        if own.is_some() || hops == 0 {
            return own;
        }
        let merged = self.entries().find(|entry| entry.key.is_plain() && entry.key.scalar() == Some("<<"))?.value;
        if merged.is_sequence() {
            merged.items().take(HOPS_MAX).find_map(|item| item.entry_within(key, hops / 2))
        } else {
            merged.entry_within(key, hops - 1)
        }
    }

    /// The value under a key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'y>> {
        self.entry(key).map(|entry| entry.value)
    }

    /// The value at the end of a chain of keys.
    #[must_use]
    pub fn at(self, keys: &[&str]) -> Option<Node<'y>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text under a key.
    #[must_use]
    pub fn get_str(self, key: &str) -> Option<&'y str> {
        self.get(key)?.as_str()
    }

    /// The container that holds this node.
    #[must_use]
    pub fn parent(self) -> Option<Node<'y>> {
        let parent = self.yaml.data(self.id)?.parent;
        (parent != NO_PARENT).then_some(Node { yaml: self.yaml, id: parent })
    }

    /// Offset in the file of byte `at` of [`Node::as_str`]. Counts what is no white space, so it is
    /// exact through indents and folding; only escapes in double quotes shift it.
    #[must_use]
    pub fn offset_of(self, at: usize) -> usize {
        let node = self.resolve();
        let span = node.span();
        let raw = span.of(&node.yaml.text);
        let (Some(value), start) = (node.scalar(), span.start as usize) else { return span.start as usize };
        if raw.len() == value.len() {
            return start + at;
        }
        let ink = |byte: &u8| !byte.is_ascii_whitespace();
        let before = value.as_bytes().iter().take(at).filter(|byte| ink(byte)).count();
        let quote = usize::from(raw.starts_with(['"', '\'']));
        let mut inked = raw.bytes().enumerate().skip(quote).filter(|(_, byte)| ink(byte));
        start + inked.nth(before).map_or(raw.len(), |(offset, _)| offset)
    }

    /// The span in the file of bytes `from..to` of [`Node::as_str`]; see [`Node::offset_of`].
    #[must_use]
    pub fn span_within(self, from: usize, to: usize) -> Span {
        let start = self.offset_of(from);
        let end = if to > from { self.offset_of(to - 1) + 1 } else { start };
        Span::new(start, end)
    }
}

/// The stretches of a stream that hold wanted documents, neighbours together.
fn wanted_runs(text: &str, keep: impl Fn(&str) -> bool) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    let breaks = memchr::memmem::find_iter(text.as_bytes(), b"\n---").map(|at| at + 1);
    for end in breaks.chain([text.len()]) {
        if text.get(start..end).is_some_and(&keep) {
            match runs.last_mut().filter(|last| last.1 == start) {
                Some(last) => last.1 = end,
                None => runs.push((start, end)),
            }
        }
        start = end;
    }
    runs
}

/// Two nodes are the same when they are the same place of the same stream.
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.yaml, other.yaml) && self.id == other.id
    }
}

impl Yaml {
    /// Of `count` children of `step` slots each from `start`, the slot of the last that begins at or before a
    /// span. Children stand in file order, so this halves; files with 10,000 jobs need it.
    fn around(&self, start: u32, count: u32, step: u32, span: Span) -> Option<u32> {
        let begins_by = |at: u32| {
            let slot = self.children.get(start.checked_add(at.checked_mul(step)?)? as usize)?;
            Some(self.data(*slot)?.span.start <= span.start)
        };
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if begins_by(middle)? { low = middle + 1 } else { high = middle }
        }
        start.checked_add(low.checked_sub(1)?.checked_mul(step)?)
    }
}

impl Structure for Yaml {
    fn path_of(&self, span: Span) -> String {
        let mut path = String::new();
        let Some(mut node) = self.documents().find(|root| root.span().contains(span)) else { return path };
        if let (Some(kind), Some(name)) =
            (node.get_str("kind"), node.get("metadata").and_then(|metadata| metadata.get_str("name")))
        {
            path.push_str(kind);
            path.push('/');
            if let Some(namespace) = node.get("metadata").and_then(|metadata| metadata.get_str("namespace")) {
                path.push_str(namespace);
                path.push('/');
            }
            path.push_str(name);
        }
        for _ in 0..=DEPTH_MAX {
            match self.data(node.id).map(|data| &data.kind) {
                Some(Kind::Mapping { start, count }) => {
                    let inside = self.around(*start, *count, 2, span).and_then(|key| {
                        let value = key.checked_add(1).and_then(|at| node.child(at))?;
                        Some(Entry { key: node.child(key)?, value })
                    });
                    let inside = inside.filter(|entry| entry.key.span().to(entry.value.span()).contains(span));
                    let Some(entry) = inside else { break };
                    path.push('.');
                    path.push_str(entry.key.scalar().unwrap_or("?"));
                    node = entry.value;
                }
                Some(Kind::Sequence { start, count }) => {
                    let inside = self.around(*start, *count, 1, span).and_then(|at| node.child(at));
                    let Some(item) = inside.filter(|item| item.span().contains(span)) else { break };
                    path.push_str(&item_label(item));
                    node = item;
                }
                _ => break,
            }
        }
        path
    }
}

/// How an item of a sequence is named: by what identifies it, so that moving it keeps its name.
fn item_label(item: Node<'_>) -> String {
    if item.is_scalar() {
        return "[]".to_owned();
    }
    for key in ["name", "id", "uses", "key", "repo", "run"] {
        if let Some(value) = item.get_str(key) {
            let line = value.lines().next().unwrap_or("");
            return format!("[{key}={}]", line.chars().take(80).collect::<String>());
        }
    }
    "[]".to_owned()
}

#[cfg(test)]
mod tests;
