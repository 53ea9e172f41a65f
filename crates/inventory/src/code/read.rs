//! The reader: one walk over a tree, in the order of the text, that knows what each name stands for.
//!
//! It follows values through assignments, branches, texts that are pieced together and what is chosen from lists,
//! inside one function and the constants around it. It does not follow calls, loops back to their start, or objects.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use palisade_model::Span;
use tree_sitter::Node;

use super::grammar::{Language, Role, Slot, Table};
use super::value::{Origin, Value, What, joined_path, marked_path};
use super::vocabulary::Vocabulary;

/// Deeper nodes are not read: generated code, or an attack on the stack.
const DEPTH_MAX: u32 = 160;
/// More members that were looked at are not kept for one function.
const JUDGED_MAX: usize = 1_000;
/// Bounds what one file can make the reader do, whatever its tree looks like.
const NODES_MAX: usize = 2_000_000;

/// A call, or the making of an object.
#[derive(Debug)]
pub struct Call<'a> {
    /// What is called, with imports resolved: `subprocess.run`.
    pub path: &'a str,
    /// What is called, as it stands.
    pub span: Span,
    /// The value whose method it is.
    pub receiver: Option<&'a Value>,
    /// What it is given, with names where it says them.
    pub arguments: &'a [(Option<Rc<str>>, Value)],
}

impl Call<'_> {
    /// The argument of a place, or else of a name. A spread before it makes places unknown.
    #[must_use]
    pub fn argument(&self, place: usize, name: &str) -> Option<&Value> {
        let named = self.arguments.iter().find(|(key, _)| key.as_deref().is_some_and(|key| key == name));
        let placed = || self.arguments.iter().filter(|(key, _)| key.is_none()).nth(place);
        named.or_else(placed).map(|(_, value)| value)
    }

    /// The argument of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, value)| value)
    }
}

/// A name or a member that is given a value: `app.debug = True`, `{rejectUnauthorized: false}`.
#[derive(Debug)]
pub struct Setting<'a> {
    /// What is set; for a member of an object that is written in place, its name with a dot before it.
    pub path: &'a str,
    /// Where its name stands.
    pub span: Span,
    /// The value.
    pub value: &'a Value,
}

/// Two values that are compared for being the same.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// All of it.
    pub span: Span,
    /// The one side.
    pub left: &'a Value,
    /// The other.
    pub right: &'a Value,
}

/// What is told of each thing that is read.
pub trait Listener {
    /// What names mean.
    fn vocabulary(&self) -> &Vocabulary;
    /// A call, or the making of an object.
    fn call(&mut self, call: &Call<'_>);
    /// A value is given to a name.
    fn set(&mut self, setting: &Setting<'_>);
    /// Two values are compared.
    fn compare(&mut self, comparison: &Comparison<'_>);
    /// What is told from here on happens in some environments only; or that ends.
    fn environment(&mut self, begins: bool);
}

/// The named things of a file: classes, functions.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    pub(super) items: Vec<(Span, String)>,
    /// Where reading stopped because the tree is too deep or too large.
    pub cut: Option<Span>,
}

impl crate::Structure for Outline {
    fn path_of(&self, span: Span) -> String {
        let around = self.items.iter().filter(|(item, _)| item.contains(span)).map(|(_, name)| name.as_str());
        around.collect::<Vec<_>>().join(".")
    }
}

#[derive(Clone, Debug)]
struct Binding {
    value: Value,
    /// The block in which it was set last, and how deep that is.
    block: u32,
    depth: u32,
}

#[derive(Debug, Default)]
struct Frame<'t> {
    names: HashMap<&'t str, Binding>,
    /// Members that a condition or a check has looked at, as they are written.
    judged: HashSet<&'t str>,
    class: bool,
}

pub(super) struct Reading<'t, 'l> {
    pub(super) language: Language,
    pub(super) table: &'static Table,
    pub(super) source: &'t str,
    pub(super) listener: &'l mut dyn Listener,
    pub(super) imports: HashMap<&'t str, Rc<str>>,
    pub(super) outline: Outline,
    frames: Vec<Frame<'t>>,
    blocks: Vec<u32>,
    block_next: u32,
    depth: u32,
    nodes: usize,
}

impl<'t, 'l> Reading<'t, 'l> {
    pub(super) fn new(language: Language, source: &'t str, listener: &'l mut dyn Listener) -> Self {
        Self {
            language,
            table: language.table(),
            source,
            listener,
            imports: HashMap::new(),
            outline: Outline::default(),
            frames: vec![Frame::default()],
            blocks: vec![0],
            block_next: 1,
            depth: 0,
            nodes: 0,
        }
    }

    pub(super) fn text(&self, node: Node<'_>) -> &'t str {
        self.source.get(node.byte_range()).unwrap_or("")
    }

    pub(super) fn span(node: Node<'_>) -> Span {
        Span::new(node.start_byte(), node.end_byte())
    }

    pub(super) fn get(&self, node: Node<'t>, slot: Slot) -> Option<Node<'t>> {
        self.table.get(node, slot)
    }

    pub(super) fn role(&self, node: Node<'_>) -> Role {
        self.table.role(node)
    }

    /// The named children that are not comments or types.
    pub(super) fn children(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).filter(|child| self.role(*child) != Role::Skip).collect()
    }

    pub(super) fn first(&self, node: Node<'t>) -> Option<Node<'t>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).find(|child| self.role(*child) != Role::Skip)
    }

    /// Whether a node may be read; each counts.
    pub(super) fn enter(&mut self, node: Node<'_>) -> bool {
        self.nodes += 1;
        if self.depth >= DEPTH_MAX || self.nodes > NODES_MAX {
            self.outline.cut.get_or_insert(Self::span(node));
            return false;
        }
        self.depth += 1;
        true
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Reads a file, a class, a block: first what is set, then the functions that use it.
    pub(super) fn body(&mut self, node: Node<'t>) {
        let children = self.children(node);
        let later = |role| matches!(role, Role::Function | Role::Class | Role::Decorated);
        let (last, first): (Vec<_>, Vec<_>) = children.into_iter().partition(|child| later(self.role(*child)));
        for child in first.into_iter().chain(last) {
            self.statement(child);
        }
    }

    /// Reads a statement.
    pub(super) fn statement(&mut self, node: Node<'t>) {
        if !self.enter(node) {
            return;
        }
        match self.role(node) {
            Role::Skip => {}
            Role::Function => self.function(node, &[]),
            Role::Class => self.class(node),
            Role::Decorated => self.decorated(node),
            Role::Import => self.import(node),
            Role::If => self.conditional(node),
            Role::Branch => self.branch(node),
            Role::Loop => self.repeat(node),
            Role::Other => {
                for child in self.children(node) {
                    self.statement(child);
                }
            }
            _ => {
                self.evaluate(node);
            }
        }
        self.leave();
    }

    fn conditional(&mut self, node: Node<'t>) {
        let condition = self.get(node, Slot::Condition);
        if let Some(condition) = condition {
            // Go: `if err := f(); err != nil`.
            for child in self.children(node) {
                if child.end_byte() <= condition.start_byte() {
                    self.statement(child);
                }
            }
            self.statement(condition);
            self.guard(condition);
        }
        let environment = condition.is_some_and(|condition| asks_environment(self.text(condition)));
        if environment {
            self.listener.environment(true);
        }
        for child in self.children(node) {
            if condition.is_some_and(|condition| child.start_byte() < condition.end_byte()) {
                continue;
            }
            self.branch(child);
        }
        if environment {
            self.listener.environment(false);
        }
    }

    /// Reads what may not run.
    fn branch(&mut self, node: Node<'t>) {
        self.blocks.push(self.block_next);
        self.block_next += 1;
        if self.role(node) == Role::If {
            self.conditional(node);
        } else if matches!(self.role(node), Role::Other | Role::Branch) {
            for child in self.children(node) {
                self.statement(child);
            }
        } else {
            self.statement(node);
        }
        self.blocks.pop();
    }

    fn repeat(&mut self, node: Node<'t>) {
        let (mut left, mut right) = (self.get(node, Slot::Left), self.get(node, Slot::Right));
        let clause = self.children(node).into_iter().find(|child| child.kind() == "range_clause");
        if let Some(clause) = clause {
            (left, right) = (self.get(clause, Slot::Left), self.get(clause, Slot::Right));
        }
        let body = self.get(node, Slot::Body);
        self.blocks.push(self.block_next);
        self.block_next += 1;
        match (left, right) {
            (Some(left), Some(right)) => {
                let from = self.evaluate(right);
                self.bind_element(left, &from);
            }
            _ => {
                for child in self.children(node) {
                    if Some(child) != body {
                        self.statement(child);
                    }
                }
            }
        }
        if let Some(body) = body {
            self.statement(body);
        }
        self.blocks.pop();
    }

    /// Gives names the members of what is gone through.
    pub(super) fn bind_element(&mut self, left: Node<'t>, from: &Value) {
        let span = Self::span(left);
        let mut element = match &from.what {
            What::List(_) => from.chosen(span).unwrap_or_default(),
            // Keys are written in the file as the object is.
            What::Fields(_) if from.is_constant() => Value::constant(span, What::Unknown),
            What::Fields(_) => Value::unknown(span),
            _ => Value { origin: from.origin, cleaned: from.cleaned, ..Value::default() },
        };
        element.span = span;
        if element.path.is_empty() {
            element.path = marked_path(&from.path, "[]");
        }
        // Go gives the place first, then what is there.
        let pair = if left.kind() == "expression_list" { self.children(left) } else { Vec::new() };
        if let (Language::Go, [place, member]) = (self.language, pair.as_slice()) {
            self.bind(*place, Value::constant(span, What::Unknown));
            return self.bind(*member, element);
        }
        self.bind(left, element);
    }

    fn class(&mut self, node: Node<'t>) {
        let name = self.get(node, Slot::Name).or_else(|| self.get(node, Slot::Type));
        let name = name.map_or("", |name| self.text(name));
        if self.language == Language::Rust && self.is_test_module(node) {
            return;
        }
        self.outline.items.push((Self::span(node), name.to_owned()));
        if self.language == Language::Java {
            self.annotations(node);
        }
        if let Some(body) = self.get(node, Slot::Body) {
            self.frames.push(Frame { class: true, ..Frame::default() });
            self.body(body);
            self.frames.pop();
        }
    }

    /// `#[cfg(test)] mod tests`
    fn is_test_module(&self, node: Node<'t>) -> bool {
        let mut before = node.prev_named_sibling();
        while let Some(attribute) = before.filter(|one| one.kind() == "attribute_item") {
            let text = self.text(attribute);
            if text.contains("cfg(test)") || text.contains("cfg(all(test") {
                return true;
            }
            before = attribute.prev_named_sibling();
        }
        false
    }

    fn decorated(&mut self, node: Node<'t>) {
        let mut marks = Vec::new();
        for child in self.children(node) {
            match self.role(child) {
                Role::Function => self.function(child, &marks),
                Role::Class => self.class(child),
                _ => {
                    let text = self.text(child).trim_start_matches('@');
                    marks.push(text.split('(').next().unwrap_or(text).trim());
                    for inner in self.children(child) {
                        self.evaluate(inner);
                    }
                }
            }
        }
    }

    pub(super) fn function(&mut self, node: Node<'t>, marks: &[&str]) {
        let name = self.get(node, Slot::Name).map(|name| self.text(name));
        if self.language == Language::Rust && self.is_test_function(node) {
            return;
        }
        if let Some(name) = name {
            self.outline.items.push((Self::span(node), name.to_owned()));
        }
        if self.language == Language::Java {
            self.annotations(node);
        }
        let last = |mark: &&str| mark.rsplit('.').next().unwrap_or("").to_owned();
        let handles = marks.iter().map(last).any(|mark| self.listener.vocabulary().handlers.contains(&mark.as_str()));
        self.frames.push(Frame::default());
        let outer = std::mem::replace(&mut self.blocks, vec![self.block_next]);
        self.block_next += 1;
        if let Some(receiver) = node.child_by_field_name("receiver") {
            self.parameters(receiver, false);
        }
        if let Some(parameters) = self.get(node, Slot::Parameters) {
            self.parameters(parameters, handles);
        }
        if let Some(body) = self.get(node, Slot::Body) {
            if matches!(self.role(body), Role::Other) {
                self.body_in_order(body);
            } else {
                self.evaluate(body);
            }
        }
        self.blocks = outer;
        self.frames.pop();
    }

    fn is_test_function(&self, node: Node<'t>) -> bool {
        let before = node.prev_named_sibling().filter(|one| one.kind() == "attribute_item");
        before.is_some_and(|attribute| self.text(attribute).trim_end_matches(']').ends_with("test"))
    }

    fn body_in_order(&mut self, node: Node<'t>) {
        for child in self.children(node) {
            self.statement(child);
        }
    }

    /// What a name stands for here.
    pub(super) fn lookup(&self, name: &str) -> Option<&Value> {
        // A member of the class is reached through `this`, except in Java.
        let sees_class = self.language == Language::Java;
        let inner = self.frames.len().saturating_sub(1);
        let frames = self.frames.iter().enumerate().rev();
        let mut seen = frames.filter(|(at, frame)| !frame.class || sees_class || *at == inner).map(|(_, frame)| frame);
        seen.find_map(|frame| frame.names.get(name)).map(|binding| &binding.value)
    }

    /// What `self.name` or `this.name` stands for.
    pub(super) fn lookup_member(&self, name: &str) -> Option<&Value> {
        let class = self.frames.iter().rev().find(|frame| frame.class)?;
        class.names.get(name).map(|binding| &binding.value)
    }

    /// From now on `name` stands for a value; on a branch, for that or what it was.
    pub(super) fn assign(&mut self, name: &'t str, value: Value) {
        let (block, depth) = (self.blocks.last().copied().unwrap_or(0), self.blocks.len() as u32);
        let Some(frame) = self.frames.last_mut() else { return };
        let binding = match frame.names.remove(name) {
            Some(old) if old.block != block && old.depth <= depth => {
                Binding { value: value.or(&old.value), block: old.block, depth: old.depth }
            }
            _ => Binding { value, block, depth },
        };
        frame.names.insert(name, binding);
    }

    /// Marks a name as looked at by a condition or a check, so that its value was judged.
    pub(super) fn judged(&mut self, name: &str) {
        for frame in self.frames.iter_mut().rev() {
            if let Some(binding) = frame.names.get_mut(name) {
                binding.value.cleaned |= super::CHECKED;
                return;
            }
        }
    }

    /// Marks a member as looked at by a condition or a check, until the function ends.
    pub(super) fn judged_member(&mut self, text: &'t str) {
        if let Some(frame) = self.frames.last_mut().filter(|frame| frame.judged.len() < JUDGED_MAX) {
            frame.judged.insert(text);
        }
    }

    /// Whether a member, as it is written, was looked at before.
    pub(super) fn was_judged(&self, text: &str) -> bool {
        self.frames.last().is_some_and(|frame| frame.judged.contains(text))
    }

    /// The place that a new value of an outer name goes to is the frame that has it, for closures.
    pub(super) fn assign_anywhere(&mut self, name: &'t str, value: Value) {
        let has = self.frames.iter().rposition(|frame| frame.names.contains_key(name));
        match has {
            Some(at) if at + 1 < self.frames.len() && self.language != Language::Python => {
                if let Some(binding) = self.frames.get_mut(at).and_then(|frame| frame.names.get_mut(name)) {
                    binding.value = value.or(&binding.value);
                }
            }
            _ => self.assign(name, value),
        }
    }

    /// A name that nothing here gave a value.
    pub(super) fn foreign(&self, name: &str, span: Span) -> Value {
        let path = self.imports.get(name).map_or_else(|| Rc::from(name), Rc::clone);
        let mut value = Value::named(span, path);
        if is_shouted(self.language, name) {
            value.origin = Origin::Constant;
        }
        self.mark_outside(&mut value);
        value
    }

    /// Marks what the vocabulary says comes from outside.
    pub(super) fn mark_outside(&self, value: &mut Value) {
        if self.listener.vocabulary().sources.has(&value.path) {
            value.origin = Origin::Outside(value.span);
            value.cleaned = 0;
        }
    }

    /// Reads a member of a value.
    pub(super) fn member(&self, object: &Value, name: &str, span: Span) -> Value {
        if matches!(&*object.path, "self" | "this" | "cls")
            && let Some(value) = self.lookup_member(name)
        {
            return Value { span, ..value.clone() };
        }
        if let Some(value) = object.field(name) {
            return Value { span, ..value.clone() };
        }
        let mut value = Value::named(span, joined_path(&object.path, name));
        value.cleaned = object.cleaned;
        value.origin = match object.origin {
            _ if is_shouted(self.language, name) => Origin::Constant,
            Origin::Constant if matches!(object.what, What::Fields(_)) || object.as_text().is_some() => {
                Origin::Constant
            }
            Origin::Parameter(_) if matches!(&*object.path, "self" | "this" | "cls") => Origin::Unknown,
            Origin::Constant => Origin::Unknown,
            origin => origin,
        };
        if matches!(name, "length" | "size") {
            value.origin = Origin::Constant;
        }
        self.mark_outside(&mut value);
        value
    }
}

/// Whether a condition asks where the program runs: `isProduction`, `process.env.NODE_ENV === 'development'`, `DEBUG`.
fn asks_environment(condition: &str) -> bool {
    let words =
        ["roduction", "evelopment", "NODE_ENV", "isProd", "isDev", "is_prod", "is_dev", "DEBUG", "debug", "__DEV__"];
    words.iter().any(|word| condition.contains(word)) || condition.to_ascii_lowercase().contains("'dev")
}

/// `MAX_ROWS`: a constant by convention, but not in Go, where `ID` and `URL` are members like others.
fn is_shouted(language: Language, name: &str) -> bool {
    language != Language::Go
        && name.len() > 3
        && name.bytes().any(|byte| byte.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
