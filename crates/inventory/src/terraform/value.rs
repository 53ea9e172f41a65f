//! What expressions evaluate to. Each value knows where it was written.

use std::rc::Rc;

pub use crate::tree::Origin;

/// Stands in a text for a part that is not known.
pub const HOLE: char = '\u{fffc}';

/// Values inside each other deeper than this are unknown.
const DEPTH_MAX: u8 = 60;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it was written.
    pub origin: Origin,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Only a provider, a state or a person knows.
    Unknown,
    /// The expression cannot have a value: `try` goes on to its next argument.
    Failed,
    /// `null`, which counts as not set.
    Null,
    /// `true`
    Bool(bool),
    /// `12`
    Number(f64),
    /// Text, known to its end.
    Text(Rc<str>),
    /// Text with a [`HOLE`] for each unknown part.
    Partial(Rc<str>),
    /// Text that is the JSON form of a value.
    Encoded(Rc<Value>),
    /// A list, set or tuple, or the blocks of one kind.
    List(Rc<List>),
    /// A map or object, or a block.
    Object(Rc<Object>),
    /// Something of a resource that is declared in the target.
    Reference(Rc<Reference>),
}

/// Items, and how deep they reach.
#[derive(Debug)]
pub struct List {
    items: Vec<Value>,
    depth: u8,
}

/// Entries, and how deep they reach.
#[derive(Debug)]
pub struct Object {
    entries: Vec<Entry>,
    depth: u8,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Rc<str>,
    /// Where the key stands.
    pub key_origin: Origin,
    /// Its value.
    pub value: Value,
}

/// A resource of a module instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Number of the module instance.
    pub instance: u32,
    /// `aws_s3_bucket.logs` or `data.aws_iam_policy_document.logs`, without index.
    pub address: Rc<str>,
}

/// Something of a resource.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The resource.
    pub to: Key,
    /// `id`, or nothing for the resource as a whole.
    pub attribute: Rc<str>,
    /// Its value, when the configuration sets it.
    pub known: Option<Value>,
}

impl List {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }
}

impl Value {
    /// A value of a kind.
    #[must_use]
    pub fn new(kind: Kind, origin: Origin) -> Self {
        Self { kind, origin }
    }

    /// An unknown value.
    #[must_use]
    pub fn unknown(origin: Origin) -> Self {
        Self::new(Kind::Unknown, origin)
    }

    /// A text; partial when it has a [`HOLE`].
    #[must_use]
    pub fn text(text: &str, origin: Origin) -> Self {
        let kind = if text.contains(HOLE) { Kind::Partial(text.into()) } else { Kind::Text(text.into()) };
        Self::new(kind, origin)
    }

    /// A list; unknown when it would be too deep.
    #[must_use]
    pub fn list(items: Vec<Value>, origin: Origin) -> Self {
        let depth = items.iter().map(Self::depth).max().unwrap_or(0) + 1;
        let kind = if depth > DEPTH_MAX { Kind::Unknown } else { Kind::List(Rc::new(List { items, depth })) };
        Self::new(kind, origin)
    }

    /// An object; unknown when it would be too deep.
    #[must_use]
    pub fn object(entries: Vec<Entry>, origin: Origin) -> Self {
        let depth = entries.iter().map(|entry| entry.value.depth()).max().unwrap_or(0) + 1;
        let kind = if depth > DEPTH_MAX { Kind::Unknown } else { Kind::Object(Rc::new(Object { entries, depth })) };
        Self::new(kind, origin)
    }

    /// The JSON form of a value; unknown when it would be too deep.
    pub(crate) fn encoded(value: Value, origin: Origin) -> Self {
        let kind = if value.depth() >= DEPTH_MAX { Kind::Unknown } else { Kind::Encoded(Rc::new(value)) };
        Self::new(kind, origin)
    }

    fn depth(&self) -> u8 {
        match &self.kind {
            Kind::List(list) => list.depth,
            Kind::Object(object) => object.depth,
            Kind::Encoded(inner) => inner.depth().saturating_add(1),
            Kind::Reference(reference) => reference.known.as_ref().map_or(0, |known| known.depth().saturating_add(1)),
            _ => 0,
        }
    }

    /// The value behind a reference, when the configuration sets it.
    #[must_use]
    pub fn settled(&self) -> &Value {
        match &self.kind {
            Kind::Reference(reference) => reference.known.as_ref().unwrap_or(self),
            _ => self,
        }
    }

    /// Whether nothing can be said about it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.settled().kind, Kind::Unknown | Kind::Failed | Kind::Reference(_))
    }

    /// Whether it counts as not set.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.settled().kind, Kind::Null)
    }

    /// A text that is known to its end.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.settled().kind { Some(text) } else { None }
    }

    /// A text, with a [`HOLE`] for each unknown part.
    #[must_use]
    pub fn as_partial(&self) -> Option<&str> {
        match &self.settled().kind {
            Kind::Text(text) | Kind::Partial(text) => Some(text),
            _ => None,
        }
    }

    /// A truth, also when written in quotes.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match &self.settled().kind {
            Kind::Bool(truth) => Some(*truth),
            Kind::Text(text) => match &**text {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// A number, also when written in quotes.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match &self.settled().kind {
            Kind::Number(number) => Some(*number),
            Kind::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// The items of a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Kind::List(list) = &self.settled().kind { Some(&list.items) } else { None }
    }

    /// The entries of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&[Entry]> {
        if let Kind::Object(object) = &self.settled().kind { Some(&object.entries) } else { None }
    }

    /// The items of a list, or the value alone when it is none; nothing when it is null.
    pub fn each(&self) -> impl Iterator<Item = &Value> {
        let value = self.settled();
        let alone = if value.as_list().is_some() || value.is_null() { None } else { Some(value) };
        value.as_list().unwrap_or(&[]).iter().chain(alone)
    }

    /// The entry of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.as_object()?.iter().find(|entry| &*entry.key == key)
    }

    /// The value of a key that is set.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value).filter(|value| !value.is_null())
    }

    /// What a text holds as JSON, or was made from.
    #[must_use]
    pub fn decoded(&self) -> Option<Value> {
        let value = self.settled();
        match &value.kind {
            Kind::Encoded(inner) => Some((**inner).clone()),
            Kind::Text(text) | Kind::Partial(text) => super::policy::from_json(text, value.origin),
            _ => None,
        }
    }

    /// The resource that it is something of.
    #[must_use]
    pub fn target(&self) -> Option<&Key> {
        if let Kind::Reference(reference) = &self.kind { Some(&reference.to) } else { None }
    }

    /// A scalar as templates write it, with a [`HOLE`] for what is not known.
    #[must_use]
    pub fn to_text(&self) -> String {
        match &self.settled().kind {
            Kind::Text(text) | Kind::Partial(text) => text.to_string(),
            Kind::Bool(truth) => truth.to_string(),
            Kind::Number(number) => number.to_string(),
            _ => HOLE.to_string(),
        }
    }
}
