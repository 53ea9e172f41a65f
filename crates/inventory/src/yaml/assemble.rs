//! Builds an arena from parts instead of text, for objects that were put together from several files.

use palisade_model::Span;

use super::{Data, Kind, NO_PARENT, Yaml};

/// Builds documents node by node. The text under the spans is only the scalars, one a line.
#[derive(Debug, Default)]
pub struct Assembler {
    yaml: Yaml,
    open: Vec<Unfinished>,
}

#[derive(Debug)]
struct Unfinished {
    id: u32,
    children: Vec<u32>,
    mapping: bool,
}

impl Assembler {
    /// Adds a scalar, or a key when a mapping is open; gives its span.
    pub fn scalar(&mut self, text: &str, plain: bool) -> Span {
        let start = self.yaml.text.len();
        self.yaml.text.push_str(text);
        let span = Span::new(start, self.yaml.text.len());
        // A byte of its own keeps empty scalars apart.
        self.yaml.text.push('\n');
        self.add(Kind::Scalar { plain, value: None }, span);
        span
    }

    /// Opens a mapping or a sequence; what follows belongs to it until [`Assembler::close`].
    pub fn open(&mut self, mapping: bool) {
        let at = self.yaml.text.len();
        let id = self.add(Kind::Sequence { start: 0, count: 0 }, Span::new(at, at));
        self.open.push(Unfinished { id, children: Vec::new(), mapping });
    }

    /// Ends the innermost open container; gives its span.
    pub fn close(&mut self) -> Span {
        let Some(ended) = self.open.pop() else { return Span::default() };
        let start = u32::try_from(self.yaml.children.len()).unwrap_or(NO_PARENT);
        let count = u32::try_from(ended.children.len()).unwrap_or(0);
        self.yaml.children.extend(ended.children);
        // Empty containers get a byte of their own too, so that no two places have the same span.
        if count == 0 {
            self.yaml.text.push('\n');
        }
        let end = self.yaml.text.len();
        let Some(data) = self.yaml.nodes.get_mut(ended.id as usize) else { return Span::default() };
        data.kind =
            if ended.mapping { Kind::Mapping { start, count: count / 2 } } else { Kind::Sequence { start, count } };
        data.span.end = Span::new(0, end).end;
        data.span
    }

    /// The documents: every container or scalar that was added while nothing was open.
    #[must_use]
    pub fn finish(self) -> Yaml {
        self.yaml
    }

    fn add(&mut self, kind: Kind, span: Span) -> u32 {
        let id = u32::try_from(self.yaml.nodes.len()).unwrap_or(NO_PARENT);
        let parent = self.open.last().map_or(NO_PARENT, |open| open.id);
        self.yaml.nodes.push(Data { kind, span, parent });
        match self.open.last_mut() {
            Some(open) => open.children.push(id),
            None => self.yaml.documents.push(id),
        }
        id
    }
}
