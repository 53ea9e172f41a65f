//! The expression language of GitHub Actions: `${{ … }}` and bare `if:` conditions.
//!
//! Finds expressions in any scalar and reads them into a tree with spans. It
//! evaluates nothing but constants, and refuses what is longer or deeper than the
//! runner itself takes. Names are case-insensitive there, so they are lower-cased here.

use palisade_model::Span;

mod parser;

/// Longer expressions are refused; the runner's own limit.
pub const LENGTH_MAX: usize = 21_000;
/// Deeper nesting is refused; the runner's own limit.
pub const DEPTH_MAX: usize = 50;
/// Constant folding stops at texts of this length.
const CONSTANT_BYTES_MAX: usize = 1_000;

/// An expression and the bytes of the text it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: Kind,
    /// Where, in the text given to [`parse`].
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A literal.
    Literal(Value),
    /// `github.event['x'].*.y`
    Access {
        /// What is accessed.
        root: Root,
        /// The steps into it.
        keys: Vec<Key>,
    },
    /// `name(arguments)`
    Call {
        /// Lower-case name.
        function: String,
        /// Arguments in order.
        arguments: Vec<Expression>,
    },
    /// `!x`
    Not(Box<Expression>),
    /// `a && b && c`
    All(Vec<Expression>),
    /// `a || b || c`
    Any(Vec<Expression>),
    /// `a == b` and its kin.
    Compare(Comparison, Box<Expression>, Box<Expression>),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A literal, or what constants come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// `'text'` without its quotes.
    Text(String),
}

/// What an access starts from.
#[derive(Clone, Debug, PartialEq)]
pub enum Root {
    /// A context by its lower-case name: `github`.
    Context(String),
    /// The value of an expression: `fromJSON(x).y`.
    Value(Box<Expression>),
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// `.name` or `['name']`, lower-case.
    Name(String),
    /// `.*` or `[*]`, or a number in brackets.
    Any,
    /// `[expression]`
    Computed(Box<Expression>),
}

/// A context that an expression reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Lower-case, dots between: `github.event.commits.*.message`; computed keys are `*`.
    pub path: String,
    /// Where in the expression's text.
    pub span: Span,
}

/// Why a text is no expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Offset in the text.
    pub at: usize,
    /// What is wrong, for a person.
    pub message: String,
}

/// One `${{ … }}` in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// With its braces.
    pub outer: Span,
    /// What stands between them.
    pub inner: Span,
}

/// Reads one expression without its braces.
///
/// # Errors
/// [`Fault`] when the text is no expression or passes a limit.
pub fn parse(text: &str) -> Result<Expression, Fault> {
    parser::Parser::new(text).whole()
}

/// Every `${{ … }}` of a text in order. One that never ends is left out.
#[must_use]
pub fn fences(text: &str) -> Vec<Fence> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = bytes.get(from..).and_then(|rest| memchr::memmem::find(rest, b"${{")).map(|at| from + at) {
        let mut at = start + 3;
        let mut quoted = false;
        let end = loop {
            match (bytes.get(at), bytes.get(at + 1)) {
                (None, _) => break None,
                (Some(b'\''), _) => quoted = !quoted,
                (Some(b'}'), Some(b'}')) if !quoted => break Some(at),
                _ => {}
            }
            at += 1;
        };
        // One that never ends takes the rest of the text, for the runner as well.
        let Some(end) = end else { break };
        found.push(Fence { outer: Span::new(start, end + 2), inner: Span::new(start + 3, end) });
        from = end + 2;
    }
    found
}

impl Expression {
    /// Visits this expression and all in it, outer ones first.
    pub fn each<'e>(&'e self, visit: &mut dyn FnMut(&'e Expression)) {
        visit(self);
        match &self.kind {
            Kind::Literal(_) => {}
            Kind::Access { root, keys } => {
                if let Root::Value(value) = root {
                    value.each(visit);
                }
                for key in keys {
                    if let Key::Computed(index) = key {
                        index.each(visit);
                    }
                }
            }
            Kind::Call { arguments, .. } => arguments.iter().for_each(|argument| argument.each(visit)),
            Kind::Not(inner) => inner.each(visit),
            Kind::All(parts) | Kind::Any(parts) => parts.iter().for_each(|part| part.each(visit)),
            Kind::Compare(_, left, right) => {
                left.each(visit);
                right.each(visit);
            }
        }
    }

    /// The context path, when this is an access to a context.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        let Kind::Access { root: Root::Context(context), keys } = &self.kind else { return None };
        let mut path = context.clone();
        for key in keys {
            path.push('.');
            match key {
                Key::Name(name) => path.push_str(name),
                Key::Any | Key::Computed(_) => path.push('*'),
            }
        }
        Some(path)
    }

    /// Every context that is read.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        let mut references = Vec::new();
        self.each(&mut |expression| {
            references.extend(expression.path().map(|path| Reference { path, span: expression.span }));
        });
        references
    }

    /// The contexts whose text can become part of the result: not those that are only compared or tested.
    #[must_use]
    pub fn flows(&self) -> Vec<Reference> {
        let mut flows = Vec::new();
        self.collect_flows(&mut flows);
        flows
    }

    fn collect_flows(&self, flows: &mut Vec<Reference>) {
        match &self.kind {
            Kind::Literal(_) | Kind::Not(_) | Kind::Compare(..) => {}
            Kind::Access { root: Root::Context(_), .. } => {
                flows.extend(self.path().map(|path| Reference { path, span: self.span }));
            }
            Kind::Access { root: Root::Value(value), .. } => value.collect_flows(flows),
            Kind::Call { function, arguments } => match function.as_str() {
                "format" | "join" | "tojson" | "fromjson" => {
                    arguments.iter().for_each(|argument| argument.collect_flows(flows));
                }
                "case" => {
                    let results = arguments.iter().enumerate().filter(|(at, _)| at % 2 == 1);
                    results.for_each(|(_, argument)| argument.collect_flows(flows));
                    if arguments.len() % 2 == 1 {
                        arguments.iter().last().iter().for_each(|last| last.collect_flows(flows));
                    }
                }
                _ => {}
            },
            // What comes out of `a && b` when `a` is false is empty, 0, false or null.
            Kind::All(parts) => parts.iter().last().iter().for_each(|last| last.collect_flows(flows)),
            Kind::Any(parts) => parts.iter().for_each(|part| part.collect_flows(flows)),
        }
    }

    /// What it always comes to, when that is plain from literals alone.
    #[must_use]
    pub fn constant(&self) -> Option<Value> {
        match &self.kind {
            Kind::Literal(value) => Some(value.clone()),
            Kind::Access { .. } => None,
            Kind::Not(inner) => Some(Value::Bool(!inner.constant()?.truth())),
            Kind::All(parts) => {
                let mut last = None;
                for part in parts {
                    let value = part.constant()?;
                    if !value.truth() {
                        return Some(value);
                    }
                    last = Some(value);
                }
                last
            }
            Kind::Any(parts) => {
                let mut last = None;
                for part in parts {
                    let value = part.constant()?;
                    if value.truth() {
                        return Some(value);
                    }
                    last = Some(value);
                }
                last
            }
            Kind::Compare(comparison, left, right) => {
                let same = left.constant()?.equals(&right.constant()?);
                match comparison {
                    Comparison::Equal => Some(Value::Bool(same?)),
                    Comparison::NotEqual => Some(Value::Bool(!same?)),
                    _ => None,
                }
            }
            Kind::Call { function, arguments } => constant_call(function, arguments),
        }
    }
}

fn constant_call(function: &str, arguments: &[Expression]) -> Option<Value> {
    let texts: Vec<String> = arguments
        .iter()
        .map(|argument| argument.constant().map(|value| value.text()))
        .collect::<Option<Vec<String>>>()?;
    let (first, second) = (texts.first()?, texts.get(1));
    match function {
        "format" => {
            let mut out = String::new();
            let mut rest = first.as_str();
            while let Some(at) = rest.find(['{', '}']) {
                out.push_str(rest.get(..at)?);
                rest = rest.get(at..)?;
                if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
                    out.push_str(rest.get(..1)?);
                    rest = after;
                } else {
                    let (index, after) = rest.strip_prefix('{')?.split_once('}')?;
                    out.push_str(texts.get(index.parse::<usize>().ok()?.checked_add(1)?)?);
                    rest = after;
                }
                if out.len() > CONSTANT_BYTES_MAX {
                    return None;
                }
            }
            out.push_str(rest);
            Some(Value::Text(out))
        }
        "contains" => Some(Value::Bool(first.to_lowercase().contains(&second?.to_lowercase()))),
        "startswith" => Some(Value::Bool(first.to_lowercase().starts_with(&second?.to_lowercase()))),
        "endswith" => Some(Value::Bool(first.to_lowercase().ends_with(&second?.to_lowercase()))),
        "join" if arguments.len() == 1 => Some(Value::Text(first.clone())),
        _ => None,
    }
}

impl Value {
    /// Whether a condition takes it as true.
    #[must_use]
    pub fn truth(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(truth) => *truth,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
        }
    }

    /// As text, the way it is put into a scalar.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => Some(left.eq_ignore_ascii_case(right)),
            (Self::Bool(left), Self::Bool(right)) => Some(left == right),
            (Self::Number(left), Self::Number(right)) => Some((left - right).abs() < f64::EPSILON),
            (Self::Null, Self::Null) => Some(true),
            _ => None,
        }
    }
}

/// Whether a path is what a pattern of names and `*` stands for. A `*` in either matches any one name.
#[must_use]
pub fn path_matches(pattern: &str, path: &str) -> bool {
    let mut left = pattern.split('.');
    let mut right = path.split('.');
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || a == "*" || b == "*" => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests;
