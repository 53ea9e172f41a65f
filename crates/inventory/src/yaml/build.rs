//! Builds the arena from the parser's events, with byte spans where the parser counts characters.

use palisade_model::Span;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::{DEPTH_MAX, Data, Kind, NO_PARENT, NODES_MAX, Yaml};

/// Turns events into nodes. Iterative: depth costs no stack.
pub(super) struct Builder<'y, 't> {
    yaml: &'y mut Yaml,
    text: &'t str,
    base: usize,
    offsets: CharOffsets,
    open: Vec<Open>,
    anchors: Vec<(usize, u32)>,
}

/// Where reading stopped, and in which document.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) document: usize,
    pub(super) message: String,
}

struct Open {
    id: u32,
    children: Vec<u32>,
    mapping: bool,
}

impl<'y, 't> Builder<'y, 't> {
    pub(super) fn new(yaml: &'y mut Yaml, text: &'t str, base: usize) -> Self {
        Self { yaml, text, base, offsets: CharOffsets::new(text), open: Vec::new(), anchors: Vec::new() }
    }

    /// Reads to the end, or to the first fault (offsets in `text`).
    pub(super) fn run(mut self) -> Option<Fault> {
        let mut parser = Parser::new_from_str(self.text);
        let mut document = 0;
        let fault = loop {
            let (event, span) = match parser.next_event() {
                None => break None,
                Some(Ok(event)) => event,
                Some(Err(error)) => {
                    let at = self.offsets.byte(self.text, error.marker().index());
                    break Some((at, error.info().to_owned()));
                }
            };
            let start = self.offsets.byte(self.text, span.start.index());
            let end = self.offsets.byte(self.text, span.end.index());
            if self.open.len() >= DEPTH_MAX {
                break Some((start, format!("nested deeper than {DEPTH_MAX} levels")));
            }
            if self.yaml.nodes.len() >= NODES_MAX {
                break Some((start, format!("more than {NODES_MAX} nodes")));
            }
            match event {
                Event::DocumentStart(_) => document = start,
                Event::MappingStart(anchor, tag) => {
                    self.tag(tag.as_deref());
                    self.container(true, anchor, start, end);
                }
                Event::SequenceStart(anchor, tag) => {
                    self.tag(tag.as_deref());
                    self.container(false, anchor, start, end);
                }
                Event::MappingEnd | Event::SequenceEnd => self.close(Some(end)),
                Event::Scalar(value, style, anchor, tag) => {
                    self.tag(tag.as_deref());
                    let span = self.trimmed(start, end, style);
                    let raw = span.of(self.text);
                    let kept = (*value != *raw).then(|| Box::<str>::from(&*value));
                    let plain = style == ScalarStyle::Plain;
                    let id = self.add(Kind::Scalar { plain, value: kept }, span);
                    self.anchor(anchor, id);
                }
                Event::Alias(anchor) => {
                    let target = self.anchors.iter().rev().find(|(known, _)| *known == anchor).map(|(_, id)| *id);
                    let span = Span::new(start, end);
                    match target {
                        Some(target) => self.add(Kind::Alias(target), span),
                        None => self.add(Kind::Scalar { plain: true, value: None }, span),
                    };
                }
                _ => {}
            }
        };
        while !self.open.is_empty() {
            self.close(None);
        }
        fault.map(|(at, message)| Fault { at, document, message })
    }

    /// The parser's span may run over white space and a comment that follow; cut them.
    fn trimmed(&self, start: usize, end: usize, style: ScalarStyle) -> Span {
        let raw = self.text.get(start..end).unwrap_or("");
        let length = match style {
            ScalarStyle::Plain => raw.trim_end().len(),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => quoted_length(raw),
            ScalarStyle::Literal | ScalarStyle::Folded => raw.trim_end().len(),
        };
        Span::new(start, start + length)
    }

    fn anchor(&mut self, anchor: usize, id: u32) {
        if anchor > 0 {
            self.anchors.push((anchor, id));
        }
    }

    /// Keeps a local tag for the node that comes next.
    fn tag(&mut self, tag: Option<&Tag>) {
        if let Some(tag) = tag.filter(|tag| tag.handle == "!") {
            let id = u32::try_from(self.yaml.nodes.len()).unwrap_or(NO_PARENT);
            self.yaml.tags.push((id, tag.suffix.as_str().into()));
        }
    }

    fn add(&mut self, kind: Kind, span: Span) -> u32 {
        let id = u32::try_from(self.yaml.nodes.len()).unwrap_or(NO_PARENT);
        let parent = self.open.last().map_or(NO_PARENT, |open| open.id);
        self.yaml.nodes.push(Data { kind, span: span.shifted(self.base), parent });
        match self.open.last_mut() {
            Some(open) => open.children.push(id),
            None => self.yaml.documents.push(id),
        }
        id
    }

    fn container(&mut self, mapping: bool, anchor: usize, start: usize, end: usize) {
        let id = self.add(Kind::Sequence { start: 0, count: 0 }, Span::new(start, end));
        self.anchor(anchor, id);
        self.open.push(Open { id, children: Vec::new(), mapping });
    }

    fn close(&mut self, end: Option<usize>) {
        let Some(mut open) = self.open.pop() else { return };
        if open.mapping && open.children.len() % 2 == 1 {
            // The file broke between a key and its value: the key has no value.
            let at = open.children.last().and_then(|id| self.yaml.data(*id)).map_or_else(Span::default, |key| key.span);
            let id = u32::try_from(self.yaml.nodes.len()).unwrap_or(NO_PARENT);
            let span = Span { start: at.end, end: at.end };
            self.yaml.nodes.push(Data { kind: Kind::Scalar { plain: true, value: None }, span, parent: open.id });
            open.children.push(id);
        }
        let start = u32::try_from(self.yaml.children.len()).unwrap_or(NO_PARENT);
        let count = u32::try_from(open.children.len()).unwrap_or(0);
        self.yaml.children.append(&mut open.children.clone());
        let first = open.children.first().and_then(|id| self.yaml.data(*id)).map(|data| data.span);
        let last = open.children.last().and_then(|id| self.yaml.data(*id)).map(|data| data.span);
        let flow = end.and_then(|end| self.text.as_bytes().get(end.saturating_sub(1)));
        let Some(data) = self.yaml.nodes.get_mut(open.id as usize) else { return };
        data.kind =
            if open.mapping { Kind::Mapping { start, count: count / 2 } } else { Kind::Sequence { start, count } };
        let opener = self.text.as_bytes().get((data.span.start as usize).saturating_sub(self.base));
        match (opener, flow, end) {
            (Some(b'{'), Some(b'}'), Some(end)) | (Some(b'['), Some(b']'), Some(end)) => {
                data.span.end = Span::new(0, end + self.base).end;
            }
            // A block container ends with its last child; its own end event lies at the next token.
            _ => {
                if let Some(first) = first {
                    data.span.start = data.span.start.min(first.start);
                }
                data.span.end = last.map_or(data.span.start, |last| last.end).max(data.span.start);
            }
        }
    }
}

/// Length of the quoted scalar at the start of `raw`, quotes included.
fn quoted_length(raw: &str) -> usize {
    let bytes = raw.as_bytes();
    let Some(quote) = bytes.first() else { return 0 };
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if *quote == b'"' => at += 1,
            byte if byte == quote && *quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 1,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    raw.trim_end().len()
}

/// Turns the parser's character counts into byte offsets.
struct CharOffsets {
    /// Byte offset of every `STRIDE`th character; empty for ASCII, where both are equal.
    marks: Vec<u32>,
}

const STRIDE: usize = 64;

impl CharOffsets {
    fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self { marks: Vec::new() };
        }
        let marks = text.char_indices().step_by(STRIDE).map(|(byte, _)| Span::new(byte, byte).start).collect();
        Self { marks }
    }

    fn byte(&self, text: &str, index: usize) -> usize {
        if self.marks.is_empty() {
            return index.min(text.len());
        }
        let Some(mark) = self.marks.get(index / STRIDE) else { return text.len() };
        let mark = *mark as usize;
        let rest = text.get(mark..).unwrap_or("");
        rest.char_indices().nth(index % STRIDE).map_or(text.len(), |(byte, _)| mark + byte)
    }
}
