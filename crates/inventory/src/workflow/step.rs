//! Steps of jobs and of composite actions, and the expressions in them.

use std::cell::OnceCell;

use palisade_model::Span;

use super::Uses;
use crate::expression::{self, Expression, Fault};
use crate::shell::{self, Dialect, Script};
use crate::yaml::{Entry, Node};

/// One step.
#[derive(Debug)]
pub struct Step<'y> {
    /// Its mapping.
    pub node: Node<'y>,
    /// Its `id`.
    pub id: Option<&'y str>,
    /// The action it uses.
    pub uses: Option<Uses<'y>>,
    /// The script it runs.
    pub run: Option<Entry<'y>>,
    /// `with:`
    pub with: Vec<Entry<'y>>,
    /// `env:`
    pub env: Vec<Entry<'y>>,
    /// Every expression in it.
    pub expressions: Vec<Located<'y>>,
    script: OnceCell<Script>,
}

/// An expression and where it stands.
#[derive(Debug)]
pub struct Located<'y> {
    /// The scalar that holds it.
    pub node: Node<'y>,
    /// What the scalar is for.
    pub slot: Slot<'y>,
    /// The expression's text, without braces.
    pub text: &'y str,
    /// Where that text starts in the scalar's value.
    pub offset: usize,
    /// Whether it stands in `${{ }}`, and not bare in an `if:`.
    pub fenced: bool,
    /// The expression, or why it is none.
    pub parsed: Result<Expression, Fault>,
}

/// What a scalar is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot<'y> {
    /// `run:`
    Run,
    /// `if:`
    If,
    /// An input of that name.
    With(&'y str),
    /// An environment variable of that name.
    Env(&'y str),
    /// Anything else.
    Other,
}

impl<'y> Step<'y> {
    fn new(node: Node<'y>) -> Self {
        let mut step = Self {
            node,
            id: None,
            uses: None,
            run: None,
            with: Vec::new(),
            env: Vec::new(),
            expressions: Vec::new(),
            script: OnceCell::new(),
        };
        for entry in node.entries() {
            match entry.key.as_str() {
                Some("id") => step.id = entry.value.as_str(),
                Some("uses") => step.uses = Uses::new(entry.value),
                Some("run") => {
                    step.run = Some(entry);
                    collect(entry.value, Slot::Run, &mut step.expressions);
                }
                Some("with") => {
                    step.with = entry.value.entries().collect();
                    collect_named(entry.value, Slot::With, &mut step.expressions);
                }
                Some("env") => {
                    step.env = entry.value.entries().collect();
                    collect_named(entry.value, Slot::Env, &mut step.expressions);
                }
                Some("if") => collect_condition(entry.value, &mut step.expressions),
                _ => collect(entry.value, Slot::Other, &mut step.expressions),
            }
        }
        step
    }

    /// The value of `if:`.
    #[must_use]
    pub fn condition(&self) -> Option<Node<'y>> {
        self.node.get("if")
    }

    /// The value of an input; names are case-insensitive.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<Node<'y>> {
        let named = |entry: &&Entry<'y>| entry.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
        self.with.iter().find(named).map(|entry| entry.value)
    }

    /// The text of an input.
    #[must_use]
    pub fn input_str(&self, name: &str) -> Option<&'y str> {
        self.input(name)?.as_str()
    }

    /// The action, when it uses this one.
    #[must_use]
    pub fn uses_action(&self, actions: &[&str]) -> Option<&Uses<'y>> {
        self.uses.as_ref().filter(|uses| uses.is_any(actions))
    }

    /// A node to point at when something is missing: the action, else the key `run`, else its first key.
    #[must_use]
    pub fn anchor(&self) -> Node<'y> {
        let first = || self.node.entries().next().map_or(self.node, |entry| entry.key);
        self.uses.map(|uses| uses.node).or(self.run.map(|run| run.key)).unwrap_or_else(first)
    }

    /// The text of `run:`.
    #[must_use]
    pub fn run_text(&self) -> Option<&'y str> {
        self.run?.value.as_str()
    }

    /// The value of `shell:`.
    #[must_use]
    pub fn shell(&self) -> Option<Node<'y>> {
        self.node.get("shell")
    }

    /// The commands of `run:`; empty without one. Spans are those of [`Step::run_text`]: see [`Step::span_of`].
    #[must_use]
    pub fn script(&self) -> &Script {
        self.script.get_or_init(|| {
            let dialect = match self.shell().and_then(Node::as_str) {
                Some(shell) if shell.starts_with("pwsh") || shell.starts_with("powershell") => Dialect::PowerShell,
                Some(shell) if shell.starts_with("cmd") => Dialect::Cmd,
                Some(shell) if shell.starts_with("python") => return Script { commands: Vec::new(), complete: true },
                _ => Dialect::Posix,
            };
            self.run_text().map_or_else(Script::default, |text| shell::parse(text, dialect))
        })
    }

    /// The place in the file of a span of [`Step::run_text`].
    #[must_use]
    pub fn span_of(&self, span: Span) -> Span {
        self.run.map_or(span, |run| run.value.span_within(span.start as usize, span.end as usize))
    }
}

impl Located<'_> {
    /// The place in the file of a span of the expression's text.
    #[must_use]
    pub fn span_of(&self, span: Span) -> Span {
        self.node.span_within(self.offset + span.start as usize, self.offset + span.end as usize)
    }

    /// The place in the file of the whole expression, without braces and blanks.
    #[must_use]
    pub fn span(&self) -> Span {
        let lead = self.text.len() - self.text.trim_start().len();
        self.span_of(Span::new(lead, lead + self.text.trim().len()))
    }

    /// Whether the scalar holds nothing but this expression.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        !self.fenced
            || self.node.as_str().is_some_and(|value| {
                let (before, after) =
                    (value.get(..self.offset.saturating_sub(3)), value.get(self.offset + self.text.len() + 2..));
                before.unwrap_or("").trim().is_empty() && after.unwrap_or("").trim().is_empty()
            })
    }
}

pub(crate) fn steps(node: Node<'_>) -> Vec<Step<'_>> {
    node.items().filter(|item| item.is_mapping()).map(Step::new).collect()
}

/// The expressions of the scalars under a node.
pub(crate) fn collect<'y>(node: Node<'y>, slot: Slot<'y>, into: &mut Vec<Located<'y>>) {
    if let Some(text) = node.as_str() {
        for fence in expression::fences(text) {
            let inner = fence.inner.of(text);
            let offset = fence.inner.start as usize;
            into.push(Located { node, slot, text: inner, offset, fenced: true, parsed: expression::parse(inner) });
        }
        return;
    }
    if is_alias(node) {
        // What is anchored elsewhere is collected there; following it here would undo the bound on alias bombs.
        return;
    }
    for entry in node.entries() {
        collect(entry.value, slot, into);
    }
    for item in node.items() {
        collect(item, slot, into);
    }
}

fn is_alias(node: Node<'_>) -> bool {
    node.resolve() != node
}

/// The expressions of a mapping of named values.
pub(crate) fn collect_named<'y>(node: Node<'y>, slot: fn(&'y str) -> Slot<'y>, into: &mut Vec<Located<'y>>) {
    if !node.is_mapping() {
        return collect(node, Slot::Other, into);
    }
    for entry in node.entries() {
        collect(entry.value, entry.key.as_str().map_or(Slot::Other, slot), into);
    }
}

/// A condition: without braces the whole text is an expression.
pub(crate) fn collect_condition<'y>(node: Node<'y>, into: &mut Vec<Located<'y>>) {
    match node.as_str() {
        Some(text) if !text.contains("${{") => {
            let parsed = expression::parse(text);
            into.push(Located { node, slot: Slot::If, text, offset: 0, fenced: false, parsed });
        }
        _ => collect(node, Slot::If, into),
    }
}
