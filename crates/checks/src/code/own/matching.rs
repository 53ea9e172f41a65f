//! What a rule says of a node, and whether a node is so.
//!
//! Patterns are ast-grep's; what joins them is ours, because each step is counted: a rule that looks through whole
//! trees from every node ends, instead of holding up the scan.

use std::borrow::Cow;
use std::sync::Arc;

use ast_grep_core::MatchStrictness;
use ast_grep_core::matcher::{KindMatcher, Matcher, Pattern};
use ast_grep_core::meta_var::MetaVarEnv;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::tree_sitter::traversal::Prune;
use bit_set::BitSet;
use regex::Regex;

use super::tongue::Tongue;

/// Lists of texts that a rule may need.
const NEEDS_MAX: usize = 16;
/// Texts of such a list.
const NEEDED_TEXTS_MAX: usize = 64;

/// A parsed source.
pub(super) type Document = StrDoc<Tongue>;
pub(super) type Node<'t> = ast_grep_core::Node<'t, Document>;
/// What the variables of a pattern stand for.
pub(super) type Variables<'t> = MetaVarEnv<'t, Document>;
/// The same, copied when something is added.
pub(super) type Bound<'v, 't> = Cow<'v, Variables<'t>>;

/// A condition on a node, and the kinds of nodes that can meet it.
#[derive(Clone)]
pub(super) struct Rule {
    says: Says,
    /// By number; `None` when it may be any. Nearly every node is told apart by this alone.
    kinds: Option<BitSet>,
    needs: Vec<Vec<String>>,
}

#[derive(Clone)]
pub(super) enum Says {
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
    pub(super) fn new(says: Says) -> Self {
        let kinds = match &says {
            Says::Pattern(pattern) => pattern.potential_kinds(),
            Says::Kind(kind) => kind.potential_kinds(),
            Says::All(rules) => rules.iter().filter_map(|rule| rule.kinds.clone()).reduce(|mut left, right| {
                left.intersect_with(&right);
                left
            }),
            Says::Any(rules) => rules.iter().map(|rule| rule.kinds.clone()).reduce(union).flatten(),
            Says::Named(rule) => rule.kinds.clone(),
            _ => None,
        };
        let needs = needs_of(&says);
        Self { says, kinds, needs }
    }

    /// Whether a node is so; `variables` gain what the patterns found, unless it is not.
    pub(super) fn holds<'t>(&self, node: &Node<'t>, variables: &mut Bound<'_, 't>, budget: &mut Budget) -> bool {
        if !budget.spend() || !self.can_hold(node) {
            return false;
        }
        match &self.says {
            Says::Pattern(pattern) => matched(&**pattern, node, variables),
            Says::Kind(_) => true,
            Says::Regex(regex) => regex.is_match(&node.text()),
            Says::Nth(nth) => nth.holds(node, budget),
            Says::Inside(relation) => relation.around(node, variables, budget),
            Says::Has(relation) => relation.within(node, variables, budget),
            Says::Precedes(relation) => relation.along(node.next_all(), variables, budget),
            Says::Follows(relation) => relation.along(node.prev_all(), variables, budget),
            Says::All(rules) => {
                let mut tried = Cow::Borrowed(&**variables);
                let all = rules.iter().all(|rule| rule.holds(node, &mut tried, budget));
                if let (true, Cow::Owned(found)) = (all, tried) {
                    *variables = Cow::Owned(found);
                }
                all
            }
            Says::Any(rules) => rules.iter().any(|rule| rule.holds(node, variables, budget)),
            Says::Not(rule) => !rule.holds(node, &mut Cow::Borrowed(&**variables), budget),
            Says::Named(rule) => rule.holds(node, variables, budget),
        }
    }

    /// Whether this can hold of nodes of that kind.
    pub(super) fn can_hold(&self, node: &Node<'_>) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(node.kind_id().into()))
    }

    /// Lists of texts: where this holds, the source has one of each list.
    pub(super) fn needs(&self) -> &[Vec<String>] {
        &self.needs
    }
}

/// What a rule needs follows from what its parts need; more than this is not kept, since a list that is left out
/// makes nothing go unseen.
fn needs_of(says: &Says) -> Vec<Vec<String>> {
    let mut needs: Vec<Vec<String>> = match says {
        // A signature looks at no text.
        Says::Pattern(pattern) if !matches!(pattern.strictness, MatchStrictness::Signature) => {
            vec![vec![pattern.fixed_string().into_owned()]]
        }
        Says::Regex(regex) => regex_syntax::parse(regex.as_str()).ok().and_then(beginnings).into_iter().collect(),
        Says::Inside(relation) | Says::Has(relation) | Says::Precedes(relation) | Says::Follows(relation) => {
            relation.rule.needs.clone()
        }
        Says::All(rules) => rules.iter().flat_map(|rule| rule.needs.iter().cloned()).collect(),
        Says::Any(rules) => {
            let best = |rule: &Rule| rule.needs.iter().max_by_key(|texts| texts.iter().map(String::len).min()).cloned();
            rules.iter().map(best).collect::<Option<Vec<_>>>().map(|lists| lists.concat()).into_iter().collect()
        }
        Says::Named(rule) => rule.needs.clone(),
        Says::Pattern(_) | Says::Kind(_) | Says::Nth(_) | Says::Not(_) => Vec::new(),
    };
    // A byte that is no UTF-8 is read as a question mark.
    let sure = |text: &String| !text.is_empty() && !text.contains('?');
    needs.retain(|texts| texts.len() <= NEEDED_TEXTS_MAX && texts.iter().all(sure));
    needs.sort_unstable();
    needs.dedup();
    needs.truncate(NEEDS_MAX);
    needs
}

/// With which texts every match of a regex begins, if they are few.
fn beginnings(regex: regex_syntax::hir::Hir) -> Option<Vec<String>> {
    let found = regex_syntax::hir::literal::Extractor::new().extract(&regex);
    found.literals()?.iter().map(|literal| String::from_utf8(literal.as_bytes().to_vec()).ok()).collect()
}

fn union(left: Option<BitSet>, right: Option<BitSet>) -> Option<BitSet> {
    let (mut left, right) = (left?, right?);
    left.union_with(&right);
    Some(left)
}

fn matched<'t>(matcher: &impl Matcher, node: &Node<'t>, variables: &mut Bound<'_, 't>) -> bool {
    let mut found = Cow::Borrowed(&**variables);
    if matcher.match_node_with_env(node.clone(), &mut found).is_none() {
        return false;
    }
    if let Cow::Owned(found) = found {
        *variables = Cow::Owned(found);
    }
    true
}

impl Nth {
    fn holds(&self, node: &Node<'_>, budget: &mut Budget) -> bool {
        let Some(parent) = node.parent() else { return false };
        let mut counted: Vec<usize> = Vec::new();
        for child in parent.children().filter(Node::is_named) {
            let counts = match &self.of {
                Some(rule) => rule.holds(&child, &mut Cow::Owned(Variables::new()), budget),
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
    fn around<'t>(&self, node: &Node<'t>, variables: &mut Bound<'_, 't>, budget: &mut Budget) -> bool {
        // A parent is looked for from the root down: all of them together cost what one does.
        match self.stop {
            Stop::Neighbor => self.first_around(node, node.parent().into_iter(), variables, budget),
            Stop::End | Stop::At(_) => self.first_around(node, node.ancestors(), variables, budget),
        }
    }

    fn first_around<'t>(
        &self,
        node: &Node<'t>,
        ancestors: impl Iterator<Item = Node<'t>>,
        variables: &mut Bound<'_, 't>,
        budget: &mut Budget,
    ) -> bool {
        let mut below = node.node_id();
        for node in ancestors {
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
        }
        false
    }

    fn within<'t>(&self, node: &Node<'t>, variables: &mut Bound<'_, 't>, budget: &mut Budget) -> bool {
        let mut walk = match self.field {
            Some(field) => match node.child_by_field_id(field) {
                Some(child) => Prune::new(&child),
                None => return false,
            },
            None => {
                let mut walk = Prune::new(node);
                walk.descend();
                walk
            }
        };
        while let Some(node) = walk.current_node() {
            if self.rule.holds(&node, variables, budget) {
                return true;
            }
            if budget.is_spent() {
                return false;
            }
            if self.ends(&node, budget) {
                walk.skip_subtree();
            } else {
                walk.descend();
            }
        }
        false
    }

    fn along<'t>(
        &self,
        siblings: impl Iterator<Item = Node<'t>>,
        variables: &mut Bound<'_, 't>,
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
            Stop::At(rule) => rule.can_hold(node) && rule.holds(node, &mut Cow::Owned(Variables::new()), budget),
        }
    }
}
