//! Reads rules from YAML as ast-grep writes them.
//!
//! A condition that is not known is an error with its line, never passed over: a rule that does less than it says
//! would be trusted for what it does not do.

use std::collections::HashMap;
use std::sync::Arc;

use ast_grep_core::matcher::{KindMatcher, Pattern};
use ast_grep_core::{Language as _, MatchStrictness};
use palisade_inventory::yaml::Node;
use regex::RegexBuilder;

use super::matching::{Nth, Relation, Rule, Says, Stop};
use super::tongue::Tongue;

/// Rules within rules.
const DEPTH_MAX: usize = 32;
/// Bytes of one pattern.
const PATTERN_BYTES_MAX: usize = 4 << 10;
/// Memory of one compiled regex.
const REGEX_BYTES_MAX: usize = 2 << 20;

/// What is wrong, and where in the text.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

pub(super) fn fault<T>(node: Node<'_>, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { at: node.span().start as usize, message: message.into() })
}

/// The text of a node.
pub(super) fn text<'y>(node: Node<'y>, key: &str) -> Result<&'y str, Fault> {
    node.as_str().map_or_else(|| fault(node, format!("`{key}` must be a text")), Ok)
}

/// Reads the conditions of one rule.
pub(super) struct Reader<'y> {
    tongue: Tongue,
    utils: HashMap<&'y str, Node<'y>>,
    read: HashMap<&'y str, Arc<Rule>>,
    /// Names of the utils that are being read, to tell those that lead back to themselves.
    reading: Vec<&'y str>,
    depth: usize,
}

impl<'y> Reader<'y> {
    pub(super) fn new(tongue: Tongue, utils: Option<Node<'y>>) -> Self {
        let utils = utils.into_iter().flat_map(Node::entries);
        let utils = utils.filter_map(|entry| Some((entry.key.as_str()?, entry.value))).collect();
        Self { tongue, utils, read: HashMap::new(), reading: Vec::new(), depth: 0 }
    }

    /// A mapping of conditions, all of which must hold.
    pub(super) fn rule(&mut self, node: Node<'y>) -> Result<Rule, Fault> {
        if self.depth >= DEPTH_MAX {
            return fault(node, format!("rules are nested more than {DEPTH_MAX} deep"));
        }
        if !node.is_mapping() || node.entries().next().is_none() {
            return fault(node, "a rule is a mapping such as `pattern: eval($X)`");
        }
        self.depth += 1;
        let mut parts = Vec::new();
        for entry in node.entries() {
            let key = text(entry.key, "key")?;
            parts.push((rank(key), self.condition(key, entry.key, entry.value)?));
        }
        self.depth -= 1;
        // What a pattern binds is known to what stands beside it, in whatever order they are written.
        parts.sort_by_key(|(rank, _)| *rank);
        let mut parts: Vec<Rule> = parts.into_iter().map(|(_, rule)| rule).collect();
        Ok(if parts.len() == 1 { parts.remove(0) } else { Rule::new(Says::All(parts)) })
    }

    fn condition(&mut self, key: &str, at: Node<'y>, value: Node<'y>) -> Result<Rule, Fault> {
        Ok(Rule::new(match key {
            "pattern" => Says::Pattern(Box::new(self.pattern(value)?)),
            "kind" => Says::Kind(self.kind(value)?),
            "regex" => Says::Regex(regex(value)?),
            "inside" => Says::Inside(Box::new(self.relation(value, true)?)),
            "has" => Says::Has(Box::new(self.relation(value, true)?)),
            "precedes" => Says::Precedes(Box::new(self.relation(value, false)?)),
            "follows" => Says::Follows(Box::new(self.relation(value, false)?)),
            "all" => Says::All(self.list(value)?),
            "any" => Says::Any(self.list(value)?),
            "not" => Says::Not(Box::new(self.rule(value)?)),
            "matches" => Says::Named(self.util(value)?),
            // Both spellings are met.
            "nthChild" | "nthchild" => Says::Nth(Box::new(self.nth(value)?)),
            "range" => return fault(at, "`range` of ast-grep is not supported here"),
            _ => {
                return fault(
                    at,
                    format!(
                        "`{key}` is no condition; there are pattern, kind, regex, nthChild, inside, has, precedes, follows, \
                         all, any, not and matches"
                    ),
                );
            }
        }))
    }

    fn list(&mut self, node: Node<'y>) -> Result<Vec<Rule>, Fault> {
        if !node.is_sequence() || node.items().next().is_none() {
            return fault(node, "this must be a list of rules");
        }
        node.items().map(|item| self.rule(item)).collect()
    }

    fn pattern(&self, node: Node<'y>) -> Result<Pattern, Fault> {
        let bounded = |node: Node<'y>, key: &str| {
            let pattern = text(node, key)?;
            if pattern.len() > PATTERN_BYTES_MAX || pattern.trim().is_empty() {
                return fault(node, format!("a pattern is 1 to {PATTERN_BYTES_MAX} bytes long"));
            }
            Ok(pattern)
        };
        let wrong = |error: &dyn std::fmt::Display| {
            fault(node, format!("this is no pattern in {}: {error}", self.tongue.0.name()))
        };
        let pattern = if node.is_mapping() {
            self.only(node, &["context", "selector", "strictness"])?;
            let Some(context) = node.get("context") else { return fault(node, "this pattern has no `context`") };
            let source = bounded(context, "context")?;
            let pattern = match node.get("selector") {
                Some(selector) => {
                    let kind = text(selector, "selector")?;
                    if !self.tongue.knows_kind(kind) {
                        return fault(selector, self.no_kind(kind));
                    }
                    Pattern::contextual(source, kind, self.tongue)
                }
                None => Pattern::try_new(source, self.tongue),
            };
            let pattern = match pattern {
                Ok(pattern) => pattern,
                Err(error) => return wrong(&error),
            };
            match node.get("strictness") {
                Some(strictness) => pattern.with_strictness(self.strictness(strictness)?),
                None => pattern,
            }
        } else {
            match Pattern::try_new(bounded(node, "pattern")?, self.tongue) {
                Ok(pattern) => pattern,
                Err(error) => return wrong(&error),
            }
        };
        if pattern.has_error() {
            return wrong(&"the grammar does not understand it; give more around it as `context`, and a `selector`");
        }
        Ok(pattern)
    }

    fn strictness(&self, node: Node<'y>) -> Result<MatchStrictness, Fault> {
        Ok(match text(node, "strictness")? {
            "cst" => MatchStrictness::Cst,
            "smart" => MatchStrictness::Smart,
            "ast" => MatchStrictness::Ast,
            "relaxed" => MatchStrictness::Relaxed,
            "signature" => MatchStrictness::Signature,
            other => {
                return fault(
                    node,
                    format!("`{other}` is no strictness; there are cst, smart, ast, relaxed, signature"),
                );
            }
        })
    }

    fn kind(&self, node: Node<'y>) -> Result<KindMatcher, Fault> {
        let kind = text(node, "kind")?;
        KindMatcher::try_new(kind, self.tongue).or_else(|_| fault(node, self.no_kind(kind)))
    }

    fn no_kind(&self, kind: &str) -> String {
        format!("`{kind}` is no kind of node in the grammar of {}", self.tongue.0.name())
    }

    /// A rule with `stopBy` and `field` beside its conditions.
    fn relation(&mut self, node: Node<'y>, may_have_field: bool) -> Result<Relation, Fault> {
        let mut stop = Stop::Neighbor;
        let mut field = None;
        let mut parts = Vec::new();
        for entry in node.entries() {
            match text(entry.key, "key")? {
                "stopBy" => {
                    stop = match entry.value.as_str() {
                        Some("neighbor") => Stop::Neighbor,
                        Some("end") => Stop::End,
                        Some(other) => {
                            return fault(entry.value, format!("`stopBy` is neighbor, end or a rule, not `{other}`"));
                        }
                        None => Stop::At(self.rule(entry.value)?),
                    };
                }
                "field" if may_have_field => {
                    let name = text(entry.value, "field")?;
                    field = self.tongue.field_to_id(name);
                    if field.is_none() {
                        return fault(
                            entry.value,
                            format!("`{name}` is no field in the grammar of {}", self.tongue.0.name()),
                        );
                    }
                }
                key => parts.push((rank(key), self.condition(key, entry.key, entry.value)?)),
            }
        }
        if parts.is_empty() {
            return fault(node, "this needs a condition on the other node, such as `pattern`");
        }
        parts.sort_by_key(|(rank, _)| *rank);
        let rule = Rule::new(Says::All(parts.into_iter().map(|(_, rule)| rule).collect()));
        Ok(Relation { rule, stop, field })
    }

    /// A place, as a number, as `2n+1`, `odd` or `even`, or under `position` beside what counts.
    fn nth(&mut self, node: Node<'y>) -> Result<Nth, Fault> {
        let (mut place, mut reverse, mut of) = (node, false, None);
        if node.is_mapping() {
            self.only(node, &["position", "reverse", "ofRule"])?;
            let Some(position) = node.get("position") else { return fault(node, "this has no `position`") };
            place = position;
            if let Some(given) = node.get("reverse") {
                reverse = given.as_bool().map_or_else(|| fault(given, "`reverse` is true or false"), Ok)?;
            }
            of = node.get("ofRule").map(|rule| self.rule(rule)).transpose()?;
        }
        let said = text(place, "nthChild")?;
        let Some((step, offset)) = places(said) else {
            return fault(place, format!("`{said}` is no place such as 2n+1"));
        };
        Ok(Nth { step, offset, reverse, of })
    }

    fn util(&mut self, node: Node<'y>) -> Result<Arc<Rule>, Fault> {
        let name = text(node, "matches")?;
        if let Some(known) = self.read.get(name) {
            return Ok(Arc::clone(known));
        }
        let Some((name, body)) = self.utils.get_key_value(name).map(|(name, body)| (*name, *body)) else {
            return fault(node, format!("there is no `{name}` under `utils`"));
        };
        if self.reading.contains(&name) {
            return fault(node, format!("`{name}` leads back to itself"));
        }
        self.reading.push(name);
        let rule = Arc::new(self.rule(body)?);
        self.reading.pop();
        self.read.insert(name, Arc::clone(&rule));
        Ok(rule)
    }

    fn only(&self, node: Node<'y>, known: &[&str]) -> Result<(), Fault> {
        for entry in node.entries() {
            let key = text(entry.key, "key")?;
            if !known.contains(&key) {
                return fault(entry.key, format!("`{key}` is not known here; there are {}", known.join(", ")));
            }
        }
        Ok(())
    }
}

/// Step and offset of places as CSS writes them.
fn places(said: &str) -> Option<(i64, i64)> {
    let said: String = said.chars().filter(|c| !c.is_whitespace()).collect();
    match said.as_str() {
        "odd" => return Some((2, 1)),
        "even" => return Some((2, 0)),
        _ => {}
    }
    let Some((step, offset)) = said.split_once(['n', 'N']) else { return Some((0, said.parse().ok()?)) };
    let step = match step {
        "" | "+" => 1,
        "-" => -1,
        step => step.parse().ok()?,
    };
    let offset = if offset.is_empty() { 0 } else { offset.parse().ok()? };
    Some((step, offset))
}

/// Patterns bind variables that relations and what is ruled out look at.
fn rank(key: &str) -> u8 {
    match key {
        "pattern" | "kind" | "regex" | "nthChild" | "nthchild" => 0,
        "inside" | "has" | "precedes" | "follows" => 1,
        "all" | "any" => 2,
        _ => 3,
    }
}

fn regex(node: Node<'_>) -> Result<regex::Regex, Fault> {
    let pattern = text(node, "regex")?;
    let built = RegexBuilder::new(pattern).size_limit(REGEX_BYTES_MAX).dfa_size_limit(REGEX_BYTES_MAX).build();
    built.or_else(|error| fault(node, format!("the regex does not compile: {error}")))
}
