//! Rules of the user's own on source code, in the YAML of ast-grep.
//!
//! They match the shape of code with ast-grep's own patterns. Unlike the built-in rules they know nothing of where
//! a value comes from. They run over every file of their language that `files` and `ignores` leave them, tests
//! included. What a rule says that cannot be done is an error when it is read.

mod matching;
mod read;
mod tongue;

use std::borrow::Cow;

use palisade_inventory::code::{self, Language};
use palisade_inventory::glob::Glob;
use palisade_inventory::yaml::{Node, Yaml};
use palisade_inventory::{Flat, Problem, Subject};
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity, Span};

use self::matching::{Budget, Document, Rule, Variables};
use self::read::{Fault, Reader, fault, text};
use self::tongue::Tongue;
use super::judge::Judged;
use crate::check::Run;
use crate::{Check, Report, Settings};

/// Rules beyond this are refused: each is held against every node of every file of its language.
const RULES_MAX: usize = 500;
/// Bytes of one file of rules.
const RULES_BYTES_MAX: usize = 1 << 20;
/// Findings of one rule in one file.
const HITS_MAX: usize = 1_000;
/// Steps of all rules in one file: some seconds.
const STEPS_MAX: usize = 20_000_000;
/// Characters of code that a message may quote.
const QUOTE_CHARS_MAX: usize = 60;

/// Why rules were refused.
#[derive(Debug, thiserror::Error)]
pub enum OwnRulesError {
    /// Something in the text.
    #[error("{path}, line {line}: {message}")]
    Rule {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Two rules of one id, or one that a built-in check has.
    #[error("{path}: there is another rule `{id}`")]
    Twice {
        /// The file.
        path: String,
        /// The id, as findings have it.
        id: &'static str,
    },
    /// More than can be run.
    #[error("more than {RULES_MAX} rules, or a file of them above 1 MiB")]
    TooMany,
}

/// Rules, ready to run.
#[derive(Debug, Default)]
pub struct OwnRules {
    rules: Vec<OwnRule>,
}

struct OwnRule {
    check: &'static Check,
    tongue: Tongue,
    rule: Rule,
    constraints: Vec<(String, Rule)>,
    message: String,
    fix: Option<String>,
    files: Vec<Glob>,
    ignores: Vec<Glob>,
}

impl std::fmt::Debug for OwnRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnRule").field("id", &self.check.meta.id).finish_non_exhaustive()
    }
}

impl OwnRules {
    /// Adds the rules of a file, which may hold several documents.
    ///
    /// # Errors
    /// [`OwnRulesError`], which names the place.
    pub fn add(&mut self, path: &str, source: &str) -> Result<(), OwnRulesError> {
        if source.len() > RULES_BYTES_MAX {
            return Err(OwnRulesError::TooMany);
        }
        let yaml = Yaml::parse(source);
        let placed = |at: usize, message: String| {
            let line = source.get(..at).map_or(0, |head| memchr::memchr_iter(b'\n', head.as_bytes()).count()) + 1;
            OwnRulesError::Rule { path: path.to_owned(), line, message }
        };
        if let Some(problem) = yaml.problems().first() {
            return Err(placed(problem.span.start as usize, problem.message.clone()));
        }
        for document in yaml.documents() {
            let read = OwnRule::read(document).map_err(|fault| placed(fault.at, fault.message))?;
            let Some(rule) = read else { continue };
            let id = rule.check.meta.id;
            let known = self.rules.iter().map(|rule| rule.check).chain(crate::catalogue());
            if known.into_iter().any(|check| check.meta.id == id) {
                return Err(OwnRulesError::Twice { path: path.to_owned(), id });
            }
            self.rules.push(rule);
            if self.rules.len() > RULES_MAX {
                return Err(OwnRulesError::TooMany);
            }
        }
        Ok(())
    }

    /// Leaves only rules whose check is wanted.
    pub fn retain(&mut self, wanted: impl Fn(&Meta) -> bool) {
        self.rules.retain(|rule| wanted(&rule.check.meta));
    }

    /// What the rules say of themselves.
    pub fn checks(&self) -> impl Iterator<Item = &'static Check> {
        self.rules.iter().map(|rule| rule.check)
    }

    /// Judges a source; nothing for files that no rule is about, which are not parsed.
    pub(crate) fn judge(&self, path: &str, bytes: &[u8], masks: &[Span], settings: &Settings) -> Option<Judged> {
        self.judge_within(&mut Budget(STEPS_MAX), path, bytes, masks, settings)
    }

    fn judge_within(
        &self,
        budget: &mut Budget,
        path: &str,
        bytes: &[u8],
        masks: &[Span],
        settings: &Settings,
    ) -> Option<Judged> {
        let language = Language::of(path).filter(|_| !self.rules.is_empty())?;
        let rules: Vec<&OwnRule> = self.rules.iter().filter(|rule| rule.concerns(language, path, bytes)).collect();
        let first = rules.first()?;
        let source = crate::scanner::text_of(bytes);
        let tree = match code::parse(language, &source) {
            Ok(tree) => tree,
            Err(unread) => return Some(Judged { unread: Some(unread), ..Judged::default() }),
        };
        let subject = Subject::new(path.into(), source.as_bytes(), &Flat, masks);
        let mut report = Report::new(settings, Some(&subject), &first.check.meta);
        let root = ast_grep_core::AstGrep::doc(Document { src: source.clone(), lang: first.tongue, tree });
        let mut hits = vec![0; rules.len()];
        for node in root.root().dfs() {
            for (rule, hits) in rules.iter().zip(&mut hits) {
                if *hits == HITS_MAX || !rule.rule.can_hold(&node) {
                    continue;
                }
                let mut variables = Cow::Owned(Variables::new());
                let found = rule.rule.holds(&node, &mut variables, budget) && rule.admits(&variables, budget);
                // What is ruled out looks as if it were not there once nobody looks any more.
                if !found || budget.is_spent() {
                    continue;
                }
                *hits += 1;
                report.switch(&rule.check.meta);
                let span = Span::new(node.range().start, node.range().end);
                let draft = report.finding(span, rule.said_of(&variables, masks));
                if let Some(fix) = &rule.fix {
                    let found = ast_grep_core::NodeMatch::new(node.clone(), variables.into_owned());
                    let edit = found.replace_by(fix.as_str());
                    let end = edit.position + edit.deleted_length;
                    if let Ok(replacement) = String::from_utf8(edit.inserted_text) {
                        let edit = Edit { path: None, span: Span::new(edit.position, end), replacement };
                        draft.fix(Fix::new(rule.check.meta.title, Safety::Unsafe, vec![edit]));
                    }
                }
            }
            if budget.is_spent() {
                break;
            }
        }
        let problems = budget.is_spent().then(|| Problem {
            span: Span::new(0, 0),
            message: "rules of your own took too long here, and did not see all of it".to_owned(),
        });
        Some(Judged { findings: report.finish(), problems: problems.into_iter().collect(), ..Judged::default() })
    }
}

impl OwnRule {
    /// Reads a document; nothing when its rule is switched off.
    fn read(document: Node<'_>) -> Result<Option<Self>, Fault> {
        let needed = |key: &'static str| match document.get(key) {
            Some(node) => text(node, key),
            None => fault(document, format!("this rule has no `{key}`")),
        };
        let id = needed("id")?;
        let language = needed("language")?;
        let Some(tongue) = Tongue::named(language) else {
            return fault(
                document,
                format!("`{language}` is not read; there are Python, JavaScript, TypeScript, Tsx, Go, Java and Rust"),
            );
        };
        let severity = match document.get_str("severity") {
            None | Some("warning") => Severity::Medium,
            Some("error") => Severity::High,
            Some("info") => Severity::Low,
            Some("hint") => Severity::Info,
            Some("off") => return Ok(None),
            Some(other) => return fault(document, format!("`{other}` is no severity of ast-grep")),
        };
        let mut reader = Reader::new(tongue, document.get("utils"));
        let mut rule = None;
        let (mut constraints, mut fix, mut files, mut ignores) = (Vec::new(), None, Vec::new(), Vec::new());
        for entry in document.entries() {
            match text(entry.key, "key")? {
                "rule" => rule = Some(reader.rule(entry.value)?),
                "constraints" => {
                    for one in entry.value.entries() {
                        constraints.push((text(one.key, "constraints")?.to_owned(), reader.rule(one.value)?));
                    }
                }
                "fix" => fix = Some(text(entry.value, "fix")?.to_owned()),
                "files" => files = globs(entry.value)?,
                "ignores" => ignores = globs(entry.value)?,
                key @ ("transform" | "rewriters") => {
                    return fault(entry.key, format!("`{key}` of ast-grep is not supported here"));
                }
                // Notes of the rule's keepers: none of them can make it find less.
                _ => {}
            }
        }
        let Some(rule) = rule else { return fault(document, "this rule has no `rule`") };
        let message = document.get_str("message").unwrap_or(id).trim().to_owned();
        let check = declare(id, &message, document.get_str("note"), severity);
        Ok(Some(Self { check, tongue, rule, constraints, message, fix, files, ignores }))
    }

    fn concerns(&self, language: Language, path: &str, bytes: &[u8]) -> bool {
        let covers = |globs: &[Glob]| globs.iter().any(|glob| glob.covers(path));
        self.tongue.0 == language
            && (self.files.is_empty() || covers(&self.files))
            && !covers(&self.ignores)
            && self
                .rule
                .needs()
                .iter()
                .all(|texts| texts.iter().any(|text| memchr::memmem::find(bytes, text.as_bytes()).is_some()))
    }

    fn admits(&self, variables: &Variables<'_>, budget: &mut Budget) -> bool {
        self.constraints.iter().all(|(name, rule)| {
            let node = variables.get_match(name);
            node.is_none_or(|node| rule.holds(node, &mut Cow::Owned(Variables::new()), budget))
        })
    }

    /// The message, with what its variables stand for unless that is long or holds a secret.
    fn said_of(&self, variables: &Variables<'_>, masks: &[Span]) -> String {
        let mut said = String::with_capacity(self.message.len());
        let mut rest = self.message.as_str();
        while let Some((head, tail)) = rest.split_once('$') {
            said.push_str(head);
            let end = tail.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
            let (name, behind) = tail.split_at(end.unwrap_or(tail.len()));
            match variables.get_match(name) {
                Some(node) => {
                    let span = Span::new(node.range().start, node.range().end);
                    let secret = masks.iter().any(|mask| mask.start < span.end && span.start < mask.end);
                    let code = node.text();
                    let plain = !secret && code.chars().count() <= QUOTE_CHARS_MAX && !code.contains(char::is_control);
                    said.push_str(if plain { &code } else { "…" });
                }
                None => {
                    said.push('$');
                    said.push_str(name);
                }
            }
            rest = behind;
        }
        said + rest
    }
}

fn globs(node: Node<'_>) -> Result<Vec<Glob>, Fault> {
    let one = |item: Node<'_>| {
        let text = text(item, "glob")?;
        let text = text.strip_prefix("./").unwrap_or(text);
        Glob::parse(text).or_else(|error| fault(item, error.to_string()))
    };
    if !node.is_sequence() {
        return fault(node, "this must be a list of paths");
    }
    node.items().map(one).collect()
}

/// `No Eval_1` is reported as `code/no-eval-1`. Rules live as long as the program: what is said of them is leaked
/// once, when they are read.
fn declare(id: &str, message: &str, note: Option<&str>, severity: Severity) -> &'static Check {
    let words: Vec<String> = id
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let title = id.replace(['-', '_'], " ");
    let page = note.map(|note| format!("# {id}\n\n{message}\n\n{note}\n")).unwrap_or_default();
    let meta = Meta {
        id: leak(format!("code/{}", words.join("-"))),
        title: leak(title),
        page: leak(page),
        since: "user",
        severity,
        confidence: Confidence::Medium,
        controls: &["US-024.1"],
        maps: &[],
    };
    Box::leak(Box::new(Check { meta, run: Run::Scanner }))
}

#[cfg(test)]
mod tests;
