//! Values that remember where they came from, to put objects together from several files.

use std::collections::HashMap;
use std::rc::Rc;

use palisade_model::Span;

use crate::yaml::{Assembler, DEPTH_MAX, Node, Yaml};

/// Where a value stands: a source by number, and bytes in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Number of the source.
    pub source: u32,
    /// Bytes in its text.
    pub span: Span,
}

/// A value with its origin.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub origin: Origin,
}

/// What a tree holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// A scalar: its text, and whether it stood without quotes.
    Scalar(Rc<str>, bool),
    /// Keys and values in order.
    Map(Vec<(Key, Tree)>),
    /// Items in order.
    List(Vec<Tree>),
}

/// A key of a mapping.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its text.
    pub text: Rc<str>,
    /// Where it stands.
    pub origin: Origin,
}

impl Tree {
    /// Copies a node, aliases and merge keys resolved. `budget` is counted down; at 0 the rest is left out.
    /// `place` turns spans of the node's stream into origins.
    pub fn of(node: Node<'_>, place: &dyn Fn(Span) -> Origin, budget: &mut usize) -> Self {
        Self::of_within(node, place, budget, DEPTH_MAX)
    }

    fn of_within(node: Node<'_>, place: &dyn Fn(Span) -> Origin, budget: &mut usize, depth: usize) -> Self {
        *budget = budget.saturating_sub(1);
        let origin = place(node.span());
        let node = node.resolve();
        let value = if node.is_scalar() || depth == 0 || *budget == 0 {
            Value::Scalar(node.as_str().unwrap_or("").into(), node.is_plain() || node.is_null())
        } else if node.is_mapping() {
            let mut entries: Vec<(Key, Tree)> = Vec::new();
            for entry in node.entries() {
                let text = entry.key.as_str().unwrap_or("");
                if text == "<<" && entry.key.is_plain() {
                    let merged = Self::of_within(entry.value, place, budget, depth - 1);
                    let parts = if let Value::List(items) = merged.value { items } else { vec![merged] };
                    for (key, value) in parts.into_iter().filter_map(|part| part.into_map()).flatten() {
                        if node.entries().all(|own| own.key.as_str() != Some(&key.text)) {
                            entries.push((key, value));
                        }
                    }
                    continue;
                }
                let key = Key { text: text.into(), origin: place(entry.key.span()) };
                let value = Self::of_within(entry.value, place, budget, depth - 1);
                match entries.iter_mut().find(|(known, _)| known.text == key.text) {
                    Some(known) => known.1 = value,
                    None => entries.push((key, value)),
                }
            }
            Value::Map(entries)
        } else {
            Value::List(node.items().map(|item| Self::of_within(item, place, budget, depth - 1)).collect())
        };
        Self { value, origin }
    }

    /// A quoted string.
    #[must_use]
    pub fn text(text: &str, origin: Origin) -> Self {
        Self { value: Value::Scalar(text.into(), false), origin }
    }

    /// An empty mapping.
    #[must_use]
    pub fn map(origin: Origin) -> Self {
        Self { value: Value::Map(Vec::new()), origin }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(text, true) if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The text of a scalar that is not null.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, _) if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping.
    #[must_use]
    pub fn entries(&self) -> &[(Key, Tree)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The items of a list.
    #[must_use]
    pub fn items(&self) -> &[Tree] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// The entries to change.
    pub fn entries_mut(&mut self) -> Option<&mut Vec<(Key, Tree)>> {
        if let Value::Map(entries) = &mut self.value { Some(entries) } else { None }
    }

    /// The items to change.
    pub fn items_mut(&mut self) -> Option<&mut Vec<Tree>> {
        if let Value::List(items) = &mut self.value { Some(items) } else { None }
    }

    fn into_map(self) -> Option<Vec<(Key, Tree)>> {
        if let Value::Map(entries) = self.value { Some(entries) } else { None }
    }

    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.entries().iter().find(|(known, _)| &*known.text == key).map(|(_, value)| value)
    }

    /// The value under a key, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Tree> {
        self.entries_mut()?.iter_mut().find(|(known, _)| &*known.text == key).map(|(_, value)| value)
    }

    /// The text at the end of a chain of keys.
    #[must_use]
    pub fn str_at(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().try_fold(self, |tree, key| tree.get(key))?.as_str()
    }

    /// Sets a key, at its old place when it is there. Does nothing to what is no mapping.
    pub fn set(&mut self, key: &str, origin: Origin, value: Tree) {
        if self.is_null() {
            self.value = Value::Map(Vec::new());
        }
        let Some(entries) = self.entries_mut() else { return };
        match entries.iter_mut().find(|(known, _)| &*known.text == key) {
            Some(known) => known.1 = value,
            None => entries.push((Key { text: key.into(), origin }, value)),
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) {
        if let Some(entries) = self.entries_mut() {
            entries.retain(|(known, _)| &*known.text != key);
        }
    }
}

/// Trees as one stream of documents, and the origin of every part of it.
#[derive(Debug, Default)]
pub struct Assembled {
    /// The documents.
    pub yaml: Yaml,
    scalars: Vec<(Span, Origin)>,
    containers: HashMap<Span, Origin>,
}

impl Assembled {
    /// Puts trees together.
    #[must_use]
    pub fn of<'t>(trees: impl Iterator<Item = &'t Tree>) -> Self {
        let mut assembled = Self::default();
        let mut assembler = Assembler::default();
        trees.for_each(|tree| assembled.add(tree, &mut assembler));
        assembled.yaml = assembler.finish();
        assembled
    }

    fn add(&mut self, tree: &Tree, assembler: &mut Assembler) {
        match &tree.value {
            Value::Scalar(text, plain) => {
                let span = assembler.scalar(text, *plain);
                self.scalars.push((span, tree.origin));
            }
            Value::Map(entries) => {
                assembler.open(true);
                for (key, value) in entries {
                    let span = assembler.scalar(&key.text, false);
                    self.scalars.push((span, key.origin));
                    self.add(value, assembler);
                }
                self.containers.insert(assembler.close(), tree.origin);
            }
            Value::List(items) => {
                assembler.open(false);
                items.iter().for_each(|item| self.add(item, assembler));
                self.containers.insert(assembler.close(), tree.origin);
            }
        }
    }

    /// The origin of a place in the documents.
    #[must_use]
    pub fn origin(&self, span: Span) -> Option<Origin> {
        if let Some(origin) = self.containers.get(&span) {
            return Some(*origin);
        }
        let at = self.scalars.partition_point(|(known, _)| known.start <= span.start).checked_sub(1)?;
        self.scalars.get(at).map(|(_, origin)| *origin)
    }
}
