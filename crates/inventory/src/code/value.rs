//! What an expression is known to be, and where the parts of it come from that are not known.

use std::rc::Rc;

use palisade_model::Span;

/// Stands in a text for a part that is not known.
pub const HOLE: char = '\u{fffc}';

/// Longer texts are cut: no check reads further.
pub(super) const TEXT_BYTES_MAX: usize = 2_048;
/// More members of a list or an object are not kept.
pub(super) const MEMBERS_MAX: usize = 64;
/// Longer paths end in what is no name.
const PATH_BYTES_MAX: usize = 160;
/// More parts of one text are not kept apart.
const PARTS_MAX: usize = 16;
/// The name under which an object keeps what is spread into it and not known.
pub const SPREAD: &str = "...";

/// Where the unknown parts of a value come from; the later, the less they can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Origin {
    /// Written in the file, or a number, a truth or a name chosen from what is written there.
    Constant,
    /// Not seen from here.
    #[default]
    Unknown,
    /// A parameter of the function around it, which stands there.
    Parameter(Span),
    /// Something that somebody outside chooses: a request, standard input. It stands there.
    Outside(Span),
}

/// What is known of a value.
#[derive(Clone, Debug, Default)]
pub enum What {
    /// Nothing.
    #[default]
    Unknown,
    /// `None`, `null`, `nil`
    Null,
    /// A truth.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text; [`HOLE`] stands for each part that is not known.
    Text(Rc<str>),
    /// A list, a tuple, an array.
    List(Rc<[Value]>),
    /// A dictionary, an object, a struct.
    Fields(Rc<[(Rc<str>, Value)]>),
    /// A function written in place.
    Function,
}

/// What an expression stands for.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// The expression.
    pub span: Span,
    /// What is known of it.
    pub what: What,
    /// Where unknown parts come from.
    pub origin: Origin,
    /// What gave it, with imports resolved: `hashlib.md5()`, `request.args`; empty when nothing is known.
    pub path: Rc<str>,
    /// The dangers against which it was cleaned, as bits of the vocabulary.
    pub cleaned: u32,
    /// Where the expressions stand that are put into a text.
    pub(super) parts: Option<Rc<[Span]>>,
}

impl Value {
    /// A value that is written where it stands.
    #[must_use]
    pub(super) fn constant(span: Span, what: What) -> Self {
        Self { span, what, origin: Origin::Constant, ..Self::default() }
    }

    pub(super) fn unknown(span: Span) -> Self {
        Self { span, ..Self::default() }
    }

    /// A value of a path.
    pub(super) fn named(span: Span, path: Rc<str>) -> Self {
        Self { span, path, ..Self::default() }
    }

    pub(super) fn text(span: Span, text: &str) -> Self {
        Self::constant(span, What::Text(clip(text).into()))
    }

    /// The text, when all of it is known.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        self.as_pieces().filter(|text| !text.contains(HOLE))
    }

    /// The text, with a [`HOLE`] for each part that is not known.
    #[must_use]
    pub fn as_pieces(&self) -> Option<&str> {
        match &self.what {
            What::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth, when it is known.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.what {
            What::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// The number, when it is known.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self.what {
            What::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A member of an object by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        match &self.what {
            What::Fields(fields) => fields.iter().rev().find(|(key, _)| &**key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The members of a list.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.what {
            What::List(items) => items,
            _ => &[],
        }
    }

    /// Where the expressions stand that are put into this text; nothing for what is no text of parts.
    #[must_use]
    pub fn parts(&self) -> &[Span] {
        self.parts.as_deref().unwrap_or(&[])
    }

    /// Whether nothing of it comes from elsewhere.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.origin == Origin::Constant
    }

    /// Where it comes from outside, when it does and was not cleaned against `danger`.
    #[must_use]
    pub fn outside(&self, danger: u32) -> Option<Span> {
        match self.origin {
            Origin::Outside(span) if self.cleaned & danger != danger || danger == 0 => Some(span),
            _ => None,
        }
    }

    /// What is true of both: the value after a branch.
    pub(super) fn or(mut self, other: &Self) -> Self {
        let same = match (&self.what, &other.what) {
            (What::Bool(one), What::Bool(two)) => one == two,
            (What::Number(one), What::Number(two)) => one.to_bits() == two.to_bits(),
            (What::Text(one), What::Text(two)) => one == two,
            _ => false,
        };
        if !same {
            // A text with holes says more than one without, or than something unknown.
            let holed = |value: &Self| value.as_pieces().is_some_and(|text| text.contains(HOLE));
            self.what = match (holed(&self), holed(other)) {
                (true, _) => self.what,
                (false, true) => other.what.clone(),
                _ => What::Unknown,
            };
        }
        if self.path != other.path {
            self.path = if self.path.is_empty() { Rc::clone(&other.path) } else { self.path };
        }
        // What is written here needs no cleaning.
        self.cleaned = match (self.is_constant(), other.is_constant()) {
            (true, _) => other.cleaned,
            (_, true) => self.cleaned,
            _ => self.cleaned & other.cleaned,
        };
        self.origin = self.origin.max(other.origin);
        self
    }

    /// One piece of a text: what is known of it, or a hole.
    pub(super) fn piece(&self) -> String {
        match &self.what {
            What::Text(text) => text.to_string(),
            What::Number(number) => number.to_string(),
            What::Bool(truth) => truth.to_string(),
            // Constant, but not known which: as harmless as a word.
            _ if self.is_constant() => "x".to_owned(),
            _ => HOLE.to_string(),
        }
    }

    /// Texts pieced together.
    pub(super) fn joined(span: Span, parts: &[Self]) -> Self {
        let mut text = String::new();
        let mut value = Self { span, origin: Origin::Constant, cleaned: u32::MAX, ..Self::default() };
        let mut places: Vec<Span> = Vec::new();
        for part in parts {
            let inner = [part.span];
            let inner = if part.parts().is_empty() { &inner[..] } else { part.parts() };
            if part.as_text().is_none() && places.len() < PARTS_MAX {
                places.extend(inner);
            }
            if text.len() < TEXT_BYTES_MAX {
                text.push_str(&part.piece());
            }
            if !part.is_constant() {
                value.cleaned &= part.cleaned;
            }
            let worse = part.origin > value.origin || value.path.is_empty();
            value.origin = value.origin.max(part.origin);
            if worse && !part.path.is_empty() {
                value.path = Rc::clone(&part.path);
            }
        }
        value.what = What::Text(clip(&text).into());
        value.parts = (!places.is_empty()).then(|| places.into());
        value
    }

    /// What is chosen from the members of a list or an object.
    pub(super) fn chosen(&self, span: Span) -> Option<Self> {
        let merge = |values: &mut dyn Iterator<Item = &Self>| {
            let first = values.next()?.clone();
            let mut merged = values.fold(first, |merged, value| merged.or(value));
            merged.span = span;
            Some(merged)
        };
        match &self.what {
            What::List(items) => merge(&mut items.iter()),
            What::Fields(fields) => merge(&mut fields.iter().map(|(_, value)| value)),
            _ => None,
        }
    }
}

/// A path with one more name.
pub(super) fn joined_path(path: &str, name: &str) -> Rc<str> {
    if path.is_empty() {
        return Rc::from("");
    }
    if path.len() + name.len() > PATH_BYTES_MAX {
        return Rc::from("…");
    }
    format!("{path}.{name}").into()
}

/// A path with something appended: `()`, `[]`.
pub(super) fn marked_path(path: &str, mark: &str) -> Rc<str> {
    if path.is_empty() || path.len() > PATH_BYTES_MAX {
        return Rc::from("");
    }
    format!("{path}{mark}").into()
}

pub(super) fn clip(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}
