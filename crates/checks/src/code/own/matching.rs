//! What a rule says of a node, and whether a node is so.
//!
//! Patterns are ast-grep's; what joins them is ours, because each step is counted: a rule that looks through whole
//! trees from every node ends, instead of holding up the scan.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use ast_grep_core::MatchStrictness;
use ast_grep_core::matcher::{KindMatcher, Matcher, Pattern};
use ast_grep_core::meta_var::MetaVarEnv;
use ast_grep_core::tree_sitter::StrDoc;
use regex::Regex;

use super::tongue::Tongue;

/// A parsed source.
pub(super) type Document = StrDoc<Tongue>;
pub(super) type Node<'t> = ast_grep_core::Node<'t, Document>;
/// What the variables of a pattern stand for.
pub(super) type Variables<'t> = MetaVarEnv<'t, Document>;

/// A condition on a node.
#[derive(Clone)]
pub(super) enum Rule {
    Pattern(Box<Pattern>),
    Kind(KindMatcher),
    Regex(Regex),
    /// Something around it.
    Inside(Box<Relation>),
    /// Something in it.
    Has(Box<Relation>),
    /// Something behind it, among its siblings.
    Precedes(Box<Relation>),
    /// Something before it, among its siblings.
    Follows(Box<Relation>),
    /// Its place among the named children of what it stands in.
    Nth(Box<Nth>),
    All(Vec<Rule>),
    Any(Vec<Rule>),
    Not(Box<Rule>),
    /// A rule that has a name.
    Named(Arc<Rule>),
}

/// Places `step * n + offset`, for every `n` from 0, counted from 1.
#[derive(Clone)]
pub(super) struct Nth {
    pub(super) step: i64,
    pub(super) offset: i64,
    /// Whether the last child is the first.
    pub(super) reverse: bool,
    /// Children that are not so do not count.
    pub(super) of: Option<Rule>,
}

/// Another node, and how far it is looked for.
#[derive(Clone)]
pub(super) struct Relation {
    pub(super) rule: Rule,
    pub(super) stop: Stop,
    /// The field in which it stands.
    pub(super) field: Option<u16>,
}

/// Where looking ends.
#[derive(Clone)]
pub(super) enum Stop {
    /// At the node next to it.
    Neighbor,
    /// At the end of the tree.
    End,
    /// At a node like this, which is still looked at.
    At(Rule),
}

/// Steps that are left.
pub(super) struct Budget(pub(super) usize);

impl Budget {
    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }

    fn spend(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        !self.is_spent()
    }
}

impl Rule {
    /// Whether a node is so; `variables` gain what the patterns found, unless it is not.
    pub(super) fn holds<'t>(&self, node: &Node<'t>, variables: &mut Variables<'t>, budget: &mut Budget) -> bool {
        if !budget.spend() {
            return false;
        }
        match self {
            Self::Pattern(pattern) => matched(&**pattern, node, variables),
            Self::Kind(kind) => matched(kind, node, variables),
            Self::Regex(regex) => regex.is_match(&node.text()),
            Self::Nth(nth) => nth.holds(node, budget),
            Self::Inside(relation) => relation.around(node, variables, budget),
            Self::Has(relation) => relation.within(node, variables, budget),
            Self::Precedes(relation) => relation.along(node.next_all(), variables, budget),
            Self::Follows(relation) => relation.along(node.prev_all(), variables, budget),
            Self::All(rules) => {
                let mut tried = variables.clone();
                let all = rules.iter().all(|rule| rule.holds(node, &mut tried, budget));
                if all {
                    *variables = tried;
                }
                all
            }
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(node, variables, budget)),
            Self::Not(rule) => !rule.holds(node, &mut variables.clone(), budget),
            Self::Named(rule) => rule.holds(node, variables, budget),
        }
    }

    /// The kinds of nodes of which this can hold, by number; `None` when it may be any.
    pub(super) fn kinds(&self) -> Option<BTreeSet<u16>> {
        let of = |kinds: &mut dyn Iterator<Item = usize>| kinds.filter_map(|kind| u16::try_from(kind).ok()).collect();
        match self {
            Self::Pattern(pattern) => pattern.potential_kinds().map(|kinds| of(&mut kinds.iter())),
            Self::Kind(kind) => kind.potential_kinds().map(|kinds| of(&mut kinds.iter())),
            Self::All(rules) => rules.iter().filter_map(Self::kinds).reduce(|left, right| &left & &right),
            Self::Any(rules) => rules.iter().map(Self::kinds).reduce(|left, right| Some(&left? | &right?)).flatten(),
            Self::Named(rule) => rule.kinds(),
            _ => None,
        }
    }

    /// A text that stands in every source in which this holds somewhere, if one is known.
    pub(super) fn needed(&self) -> Option<Cow<'_, str>> {
        match self {
            // A signature looks at no text.
            Self::Pattern(pattern) if !matches!(pattern.strictness, MatchStrictness::Signature) => {
                Some(pattern.fixed_string()).filter(|text| !text.is_empty())
            }
            Self::All(rules) => rules.iter().filter_map(Self::needed).max_by_key(|text| text.len()),
            Self::Named(rule) => rule.needed(),
            _ => None,
        }
    }
}

fn matched<'t>(matcher: &impl Matcher, node: &Node<'t>, variables: &mut Variables<'t>) -> bool {
    let mut found = Cow::Borrowed(&*variables);
    if matcher.match_node_with_env(node.clone(), &mut found).is_none() {
        return false;
    }
    if let Cow::Owned(found) = found {
        *variables = found;
    }
    true
}

impl Nth {
    fn holds(&self, node: &Node<'_>, budget: &mut Budget) -> bool {
        let Some(parent) = node.parent() else { return false };
        let mut counted: Vec<usize> = Vec::new();
        for child in parent.children().filter(Node::is_named) {
            let counts = match &self.of {
                Some(rule) => rule.holds(&child, &mut Variables::new(), budget),
                None => budget.spend(),
            };
            if counts {
                counted.push(child.node_id());
            }
        }
        if self.reverse {
            counted.reverse();
        }
        let place = counted.iter().position(|id| *id == node.node_id()).and_then(|at| i64::try_from(at + 1).ok());
        place.is_some_and(|place| match (self.step, place.saturating_sub(self.offset)) {
            (0, behind) => behind == 0,
            (step, behind) => behind % step == 0 && behind / step >= 0,
        })
    }
}

impl Relation {
    fn around<'t>(&self, node: &Node<'t>, variables: &mut Variables<'t>, budget: &mut Budget) -> bool {
        let mut below = node.node_id();
        let mut next = node.parent();
        while let Some(node) = next.filter(|_| budget.spend()) {
            let placed = self
                .field
                .is_none_or(|field| node.child_by_field_id(field).is_some_and(|child| child.node_id() == below));
            if placed && self.rule.holds(&node, variables, budget) {
                return true;
            }
            if self.ends(&node, budget) {
                return false;
            }
            below = node.node_id();
            next = node.parent();
        }
        false
    }

    fn within<'t>(&self, node: &Node<'t>, variables: &mut Variables<'t>, budget: &mut Budget) -> bool {
        let children = |node: &Node<'t>| node.children().collect::<Vec<_>>();
        let mut waiting = match self.field {
            Some(field) => node.child_by_field_id(field).into_iter().collect(),
            None => children(node),
        };
        waiting.reverse();
        while let Some(node) = waiting.pop().filter(|_| budget.spend()) {
            if self.rule.holds(&node, variables, budget) {
                return true;
            }
            if !self.ends(&node, budget) {
                waiting.extend(children(&node).into_iter().rev());
            }
        }
        false
    }

    fn along<'t>(
        &self,
        siblings: impl Iterator<Item = Node<'t>>,
        variables: &mut Variables<'t>,
        budget: &mut Budget,
    ) -> bool {
        for node in siblings {
            if self.rule.holds(&node, variables, budget) {
                return true;
            }
            if self.ends(&node, budget) {
                return false;
            }
        }
        false
    }

    fn ends(&self, node: &Node<'_>, budget: &mut Budget) -> bool {
        match &self.stop {
            Stop::Neighbor => true,
            Stop::End => false,
            Stop::At(rule) => rule.holds(node, &mut Variables::new(), budget),
        }
    }
}
