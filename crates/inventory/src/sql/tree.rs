//! The grammar's events as a flat tree: nodes in the order of the text, each knowing where its subtree ends.

use std::panic::{AssertUnwindSafe, catch_unwind};

use palisade_model::Span;
use squawk_parser::{EntryPoint, LexedStr, StrStep, SyntaxKind};

pub(super) struct Tree<'t> {
    text: &'t str,
    /// Where `text` starts in its file.
    base: u32,
    nodes: Vec<Entry>,
    error: Option<(u32, String)>,
}

struct Entry {
    kind: SyntaxKind,
    start: u32,
    end: u32,
    /// Index after the last entry of this subtree.
    next: u32,
    is_token: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Node<'t> {
    tree: &'t Tree<'t>,
    at: u32,
}

impl<'t> Tree<'t> {
    /// The tree of one statement that was bounded before; `None` when the grammar stopped in the middle.
    pub(super) fn parse(text: &'t str, base: u32) -> Option<Self> {
        // The grammar asserts its own progress; what it asserts must not end a scan.
        catch_unwind(AssertUnwindSafe(|| Self::build(text, base))).ok()
    }

    fn build(text: &'t str, base: u32) -> Self {
        let lexed = LexedStr::new(text);
        let output = EntryPoint::SourceFile.parse(&lexed.to_input());
        let mut tree = Self { text, base, nodes: Vec::new(), error: None };
        let (mut open, mut at): (Vec<usize>, usize) = (Vec::new(), 0);
        lexed.intersperse_trivia(&output, &mut |step| match step {
            StrStep::Enter { kind } => {
                open.push(tree.nodes.len());
                tree.push(kind, u32::MAX, 0, false);
            }
            StrStep::Token { kind, text } => {
                let start = at;
                at += text.len();
                if kind.is_trivia() {
                    return;
                }
                let (start, end) = (offset(start), offset(at));
                tree.push(kind, start, end, true);
                for index in &open {
                    if let Some(node) = tree.nodes.get_mut(*index) {
                        node.start = node.start.min(start);
                        node.end = end;
                    }
                }
            }
            StrStep::Exit => {
                let next = offset(tree.nodes.len());
                if let Some(node) = open.pop().and_then(|index| tree.nodes.get_mut(index)) {
                    node.next = next;
                }
            }
            StrStep::Error { msg, pos } => {
                if tree.error.is_none() {
                    tree.error = Some((base.saturating_add(offset(pos)), msg.to_owned()));
                }
            }
        });
        if let Some((range, message)) = lexed.errors().next().filter(|_| tree.error.is_none()) {
            tree.error = Some((base.saturating_add(range.start), message.to_owned()));
        }
        tree
    }

    fn push(&mut self, kind: SyntaxKind, start: u32, end: u32, is_token: bool) {
        let next = offset(self.nodes.len() + 1);
        self.nodes.push(Entry { kind, start, end, next, is_token });
    }

    pub(super) fn error(&self) -> Option<(u32, &str)> {
        self.error.as_ref().map(|(at, message)| (*at, message.as_str()))
    }

    pub(super) fn root(&self) -> Node<'_> {
        Node { tree: self, at: 0 }
    }
}

impl<'t> Node<'t> {
    fn entry(self) -> Option<&'t Entry> {
        self.tree.nodes.get(self.at as usize)
    }

    pub(super) fn kind(self) -> SyntaxKind {
        self.entry().map_or(SyntaxKind::EOF, |entry| entry.kind)
    }

    pub(super) fn is_token(self) -> bool {
        self.entry().is_some_and(|entry| entry.is_token)
    }

    /// Its place in the file, without blanks around it.
    pub(super) fn span(self) -> Span {
        let (start, end) = self.entry().map_or((0, 0), |entry| (entry.start.min(entry.end), entry.end));
        Span { start: self.tree.base.saturating_add(start), end: self.tree.base.saturating_add(end) }
    }

    pub(super) fn text(self) -> &'t str {
        let range = self.entry().map_or(0..0, |entry| entry.start.min(entry.end) as usize..entry.end as usize);
        self.tree.text.get(range).unwrap_or("")
    }

    pub(super) fn children(self) -> impl Iterator<Item = Node<'t>> {
        let end = self.entry().map_or(0, |entry| entry.next);
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            let node = Node { tree: self.tree, at };
            let entry = node.entry().filter(|_| at < end)?;
            at = entry.next.max(at + 1);
            Some(node)
        })
    }

    /// Everything below it, in the order of the text.
    pub(super) fn all(self) -> impl Iterator<Item = Node<'t>> {
        let end = self.entry().map_or(0, |entry| entry.next);
        (self.at + 1..end).map(move |at| Node { tree: self.tree, at })
    }

    pub(super) fn child(self, kind: SyntaxKind) -> Option<Node<'t>> {
        self.children().find(|child| child.kind() == kind)
    }

    /// The first node of a kind anywhere below.
    pub(super) fn find(self, kind: SyntaxKind) -> Option<Node<'t>> {
        self.all().find(|node| node.kind() == kind)
    }

    /// The first word of a kind directly in it.
    pub(super) fn has(self, kind: SyntaxKind) -> bool {
        self.child(kind).is_some()
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
