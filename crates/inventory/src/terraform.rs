//! Terraform and OpenTofu: files become blocks, attributes and expressions with byte spans; modules become resources.
//!
//! [`File::parse`] reads one file and never fails: what it cannot read is a
//! problem, the rest stays. [`Estate::evaluate`] puts the files of a target
//! together as Terraform does, with variables, locals, loops and module calls.
//! Nothing here asks a provider, a registry or a state: what only they know is
//! [`Kind::Unknown`], and unknown stays unknown.

mod arguments;
mod budget;
mod estate;
mod evaluate;
mod expression;
mod functions;
mod instance;
mod json;
mod outline;
mod parser;
pub mod plan;
mod policy;
mod template;
mod text_functions;
mod value;

use std::sync::Arc;

use palisade_model::Span;

use crate::{Problem, Structure};

pub use estate::{Element, Estate, Instance, is_example};
pub use policy::{Condition, Policy, Statement};
pub use value::{Entry, HOLE, Key, Kind, Origin, Reference, Value};

/// More nodes than this in one file are not read.
pub const NODES_MAX: usize = 2_000_000;
/// Blocks and expressions inside each other deeper than this are not read.
pub const DEPTH_MAX: usize = 80;
/// Problems of one file beyond this are not listed.
pub(crate) const PROBLEMS_MAX: usize = 20;

/// One file.
#[derive(Debug, Default)]
pub struct File {
    /// Path within the target.
    pub path: Arc<str>,
    /// What stands in it.
    pub body: Body,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// The inside of a file or of a block.
#[derive(Debug, Default)]
pub struct Body {
    /// `name = value`, in order.
    pub attributes: Vec<Attribute>,
    /// `kind "label" { … }`, in order.
    pub blocks: Vec<Block>,
}

/// `name = value`.
#[derive(Debug)]
pub struct Attribute {
    /// Its name.
    pub name: Box<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// Its value.
    pub value: Expression,
}

/// `kind "label" { … }`.
#[derive(Debug)]
pub struct Block {
    /// `resource`
    pub kind: Box<str>,
    /// `"aws_s3_bucket" "logs"`, without quotes.
    pub labels: Vec<Box<str>>,
    /// Kind and labels.
    pub head: Span,
    /// All of it.
    pub span: Span,
    /// What stands in it.
    pub body: Body,
}

/// An expression and where it stands.
#[derive(Debug)]
pub struct Expression {
    /// What it says.
    pub node: Node,
    /// Where it stands.
    pub span: Span,
}

/// What an expression says.
#[derive(Debug)]
pub enum Node {
    /// Something that could not be read.
    Broken,
    /// `null`
    Null,
    /// `true`
    Bool(bool),
    /// `12`
    Number(f64),
    /// A string without parts to fill in.
    Text(Box<str>),
    /// A string with parts to fill in.
    Template(Vec<Part>),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{ a = b }`
    Object(Vec<(Expression, Expression)>),
    /// `var.a[0].b`: the first name, and what follows.
    Traversal(Box<str>, Vec<Step>),
    /// `f(x).a`
    Access(Box<Expression>, Vec<Step>),
    /// `f(a, b...)`: name, arguments, whether the last is spread.
    Call(Box<str>, Vec<Expression>, bool),
    /// `!a` or `-a`
    Unary(Operator, Box<Expression>),
    /// `a + b`
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// `a ? b : c`
    Conditional(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `[for …]` or `{for …}`
    For(Box<For>),
}

/// A loop.
#[derive(Debug)]
pub struct For {
    /// The first name, when there are two: index or key.
    pub key: Option<Box<str>>,
    /// The name of the element.
    pub item: Box<str>,
    /// What is looped over.
    pub over: Expression,
    /// The key of the result, when that is an object.
    pub result_key: Option<Expression>,
    /// The value of the result.
    pub result: Expression,
    /// Whether values of one key are gathered: `...`
    pub gathered: bool,
    /// `if …`
    pub condition: Option<Expression>,
}

/// A step of a traversal.
#[derive(Debug)]
pub enum Step {
    /// `.name`
    Name(Box<str>),
    /// `[expression]`
    Index(Expression),
    /// `[*]` or `.*`: all that follows is done to each element.
    Each,
}

/// A part of a template.
#[derive(Debug)]
pub enum Part {
    /// Text as it stands, escapes resolved.
    Text(Box<str>),
    /// `${ … }`
    Hole(Expression),
    /// `%{ if … } … %{ else } … %{ endif }`
    If(Expression, Vec<Part>, Vec<Part>),
    /// `%{ for … }`: names, what is looped over, what is repeated.
    For(Option<Box<str>>, Box<str>, Expression, Vec<Part>),
}

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `!`
    Not,
    /// `||`
    Or,
    /// `&&`
    And,
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
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

impl File {
    /// Reads a file in Terraform's language, or in its JSON form when the path ends in `.json`.
    #[must_use]
    pub fn parse(path: Arc<str>, text: &str) -> Self {
        if path.ends_with(".json") { json::parse(path, text) } else { parser::parse(path, text) }
    }

    /// Whether the file gives values to variables: `*.tfvars`.
    #[must_use]
    pub fn is_variables(&self) -> bool {
        self.path.ends_with(".tfvars") || self.path.ends_with(".tfvars.json")
    }
}

impl Body {
    /// The attribute of a name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }

    /// The blocks of a kind.
    pub fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }
}

impl Block {
    /// A label by its number.
    #[must_use]
    pub fn label(&self, at: usize) -> &str {
        self.labels.get(at).map_or("", |label| label)
    }
}

impl Structure for File {
    fn path_of(&self, span: Span) -> String {
        outline::path_of(&self.body, span)
    }
}

#[cfg(test)]
mod tests;
