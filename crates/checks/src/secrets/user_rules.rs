//! Rules of the user's own, in the TOML format of gitleaks, loaded as they are.
//!
//! Nothing is dropped in silence: a rule that cannot run as written is an error that names the rule. Memory of
//! each pattern is bounded.

use palisade_model::{Confidence, Meta, Severity, Span};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::detector::{Detector, Provider};
use super::engine::{Match, REGEX_BYTES_MAX};
use super::entropy;

/// Rules beyond this are refused: each runs over every file.
const RULES_MAX: usize = 2_000;
/// Matches of one rule in one file.
const MATCHES_MAX: usize = 1_000;

/// Why a file of rules was refused.
#[derive(Debug, thiserror::Error)]
pub enum UserRulesError {
    /// Not TOML, or not the format.
    #[error("the rules are not readable: {0}")]
    Format(#[from] toml::de::Error),
    /// A pattern that does not compile.
    #[error("rule `{rule}`: {message}")]
    Pattern {
        /// Its id.
        rule: String,
        /// What is wrong with it.
        message: String,
    },
    /// A rule that says too little.
    #[error("rule {number} has no `{field}`")]
    Incomplete {
        /// Its place in the file, from 1.
        number: usize,
        /// What is missing.
        field: &'static str,
    },
    /// Two rules of one id.
    #[error("rule `{0}` is there twice")]
    Twice(String),
    /// Too many rules.
    #[error("{0} rules are more than {RULES_MAX}")]
    TooMany(usize),
    /// `extend.path` points to another file, which only the caller can read.
    #[error("`extend.path` is `{0}`: give that file's rules in this file")]
    ExtendPath(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct File {
    title: Option<String>,
    min_version: Option<String>,
    extend: Extend,
    rules: Vec<RawRule>,
    allowlist: Option<RawAllow>,
    allowlists: Vec<RawAllow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Extend {
    use_default: Option<bool>,
    path: Option<String>,
    disabled_rules: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawRule {
    id: String,
    description: String,
    regex: Option<String>,
    path: Option<String>,
    secret_group: usize,
    entropy: f32,
    keywords: Vec<String>,
    tags: Vec<String>,
    allowlist: Option<RawAllow>,
    allowlists: Vec<RawAllow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawAllow {
    description: Option<String>,
    condition: Option<String>,
    commits: Vec<String>,
    paths: Vec<String>,
    regexes: Vec<String>,
    regex_target: Option<String>,
    stopwords: Vec<String>,
    target_rules: Vec<String>,
}

/// What a pattern of an allowlist is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Secret,
    Match,
    Line,
}

#[derive(Clone, Debug)]
struct Allow {
    all: bool,
    paths: Vec<Regex>,
    regexes: Vec<Regex>,
    target: Target,
    stopwords: Vec<String>,
    rules: Vec<String>,
    /// Commits are for history; the working tree has none, so with `AND` such a list never applies.
    commits: Vec<String>,
}

/// One rule, compiled.
#[derive(Clone, Debug)]
pub struct UserRule {
    detector: &'static Detector,
    regex: Option<Regex>,
    path: Option<Regex>,
    group: usize,
    entropy: f32,
    keywords: Vec<String>,
    allows: Vec<Allow>,
}

/// A file of rules.
#[derive(Debug)]
pub struct UserRules {
    /// The rules.
    pub rules: Vec<UserRule>,
    /// Whether the built-in detectors stay on (`extend.useDefault`); on when the file has no `extend`.
    pub with_built_in: bool,
    /// Built-in detectors that the file switches off, by id or by the id without family.
    pub disabled: Vec<String>,
}

impl Default for UserRules {
    /// No rules, and every built-in detector on.
    fn default() -> Self {
        Self { rules: Vec::new(), with_built_in: true, disabled: Vec::new() }
    }
}

impl UserRules {
    /// Reads rules in the format of gitleaks.
    ///
    /// # Errors
    /// [`UserRulesError`], which names the rule.
    pub fn parse(text: &str) -> Result<Self, UserRulesError> {
        let file: File = toml::from_str(text)?;
        if file.rules.len() > RULES_MAX {
            return Err(UserRulesError::TooMany(file.rules.len()));
        }
        if let Some(path) = file.extend.path {
            return Err(UserRulesError::ExtendPath(path));
        }
        let mut global = Vec::new();
        for raw in file.allowlist.iter().chain(&file.allowlists) {
            global.push(allow("[allowlist]", raw)?);
        }
        let mut rules: Vec<UserRule> = Vec::with_capacity(file.rules.len());
        for (index, raw) in file.rules.iter().enumerate() {
            if raw.id.is_empty() {
                return Err(UserRulesError::Incomplete { number: index + 1, field: "id" });
            }
            if raw.regex.is_none() && raw.path.is_none() {
                return Err(UserRulesError::Incomplete { number: index + 1, field: "regex" });
            }
            let check_id = check_id(&raw.id);
            if rules.iter().any(|rule| rule.detector.id() == check_id) {
                return Err(UserRulesError::Twice(raw.id.clone()));
            }
            rules.push(rule(raw, check_id, &global)?);
        }
        let with_built_in = file.extend.use_default.unwrap_or(true);
        Ok(Self { rules, with_built_in, disabled: file.extend.disabled_rules })
    }
}

fn rule(raw: &RawRule, check_id: String, global: &[Allow]) -> Result<UserRule, UserRulesError> {
    let regex = raw.regex.as_deref().map(|text| pattern(&raw.id, text)).transpose()?;
    if let Some(regex) = &regex
        && raw.secret_group >= regex.captures_len()
    {
        let message =
            format!("`secretGroup` is {}, the regex has {} groups", raw.secret_group, regex.captures_len() - 1);
        return Err(UserRulesError::Pattern { rule: raw.id.clone(), message });
    }
    let mut allows: Vec<Allow> =
        global.iter().filter(|allow| allow.rules.is_empty() || allow.rules.contains(&raw.id)).cloned().collect();
    for one in raw.allowlist.iter().chain(&raw.allowlists) {
        allows.push(allow(&raw.id, one)?);
    }
    Ok(UserRule {
        detector: detector(check_id, &raw.description),
        regex,
        path: raw.path.as_deref().map(|text| pattern(&raw.id, text)).transpose()?,
        group: raw.secret_group,
        entropy: raw.entropy,
        keywords: raw.keywords.iter().map(|word| word.to_ascii_lowercase()).collect(),
        allows,
    })
}

/// `My Rule_1` is reported as `secrets/my-rule-1`.
fn check_id(id: &str) -> String {
    let words: Vec<String> = id
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    format!("secrets/{}", words.join("-"))
}

/// Rules live as long as the program: their declarations are leaked once, when the file is read.
fn detector(check_id: String, description: &str) -> &'static Detector {
    const USER: Provider = Provider { page: "", advice: "revoke it where it was issued" };
    let title = if description.is_empty() { check_id.clone() } else { description.to_owned() };
    let mut detector = USER.token("", "", &[], "");
    detector.check.meta = Meta {
        id: Box::leak(check_id.into_boxed_str()),
        title: Box::leak(title.into_boxed_str()),
        page: "",
        since: "user",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CWE-798"],
    };
    Box::leak(Box::new(detector))
}

fn pattern(rule: &str, text: &str) -> Result<Regex, UserRulesError> {
    RegexBuilder::new(text).size_limit(REGEX_BYTES_MAX).dfa_size_limit(REGEX_BYTES_MAX).build().map_err(|error| {
        let message = match &error {
            regex::Error::CompiledTooBig(limit) => {
                format!("the pattern needs more than {limit} bytes of memory; lower its repetitions")
            }
            _ if text.contains("(?=") || text.contains("(?!") || text.contains("(?<") => {
                "look-around is not supported, because it makes the time of a match unbounded".to_owned()
            }
            _ => format!("the pattern does not compile: {error}"),
        };
        UserRulesError::Pattern { rule: rule.to_owned(), message }
    })
}

fn allow(rule: &str, raw: &RawAllow) -> Result<Allow, UserRulesError> {
    let patterns = |texts: &[String]| texts.iter().map(|text| pattern(rule, text)).collect::<Result<Vec<_>, _>>();
    let fault = |message: String| UserRulesError::Pattern { rule: rule.to_owned(), message };
    let all = match raw.condition.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None | Some("OR" | "||" | "") => false,
        Some("AND" | "&&") => true,
        Some(other) => return Err(fault(format!("`condition` is `{other}`; OR and AND are known"))),
    };
    let target = match raw.regex_target.as_deref() {
        None | Some("" | "secret") => Target::Secret,
        Some("match") => Target::Match,
        Some("line") => Target::Line,
        Some(other) => return Err(fault(format!("`regexTarget` is `{other}`; secret, match and line are known"))),
    };
    Ok(Allow {
        all,
        paths: patterns(&raw.paths)?,
        regexes: patterns(&raw.regexes)?,
        target,
        stopwords: raw.stopwords.iter().map(|word| word.to_ascii_lowercase()).collect(),
        rules: raw.target_rules.clone(),
        commits: raw.commits.clone(),
    })
}

impl UserRule {
    /// The check that it reports as.
    #[must_use]
    pub fn detector(&self) -> &'static Detector {
        self.detector
    }

    /// Whether the rule looks at files of such a path.
    pub(super) fn concerns(&self, path: &str) -> bool {
        self.path.as_ref().is_none_or(|regex| regex.is_match(path.as_bytes()))
    }

    /// Without a path, what the rule finds in files of some path: conditions on paths hold, lists of paths that
    /// are allowed do not, and a rule of paths alone finds nothing.
    pub(super) fn scan(&self, path: Option<&str>, bytes: &[u8], found: &mut Vec<Match>) {
        if path.is_some_and(|path| !self.concerns(path)) {
            return;
        }
        let Some(regex) = &self.regex else {
            // A rule of paths alone: the file itself is the finding.
            if path.is_some() && !self.allows.iter().any(|allow| allow.covers(path, b"", b"", b"")) {
                found.push(self.matched(Span::default(), b""));
            }
            return;
        };
        if !self.keywords.is_empty() {
            let lower = bytes.to_ascii_lowercase();
            if !self.keywords.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some()) {
                return;
            }
        }
        for captures in regex.captures_iter(bytes).take(MATCHES_MAX) {
            let Some(whole) = captures.get(0) else { continue };
            // Without `secretGroup` the first group that took part is the secret, else the whole match.
            let secret = match self.group {
                0 => captures.iter().skip(1).flatten().find(|group| !group.is_empty()).unwrap_or(whole),
                group => captures.get(group).unwrap_or(whole),
            };
            if secret.is_empty() || self.entropy > 0.0 && entropy::shannon(secret.as_bytes()) <= self.entropy {
                continue;
            }
            let line_start =
                bytes.get(..whole.start()).and_then(|head| memchr::memrchr(b'\n', head)).map_or(0, |at| at + 1);
            let line_end = bytes
                .get(whole.end()..)
                .and_then(|tail| memchr::memchr(b'\n', tail))
                .map_or(bytes.len(), |at| whole.end() + at);
            let line = bytes.get(line_start..line_end).unwrap_or(&[]);
            if self.allows.iter().any(|allow| allow.covers(path, secret.as_bytes(), whole.as_bytes(), line)) {
                continue;
            }
            found.push(self.matched(Span::new(secret.start(), secret.end()), secret.as_bytes()));
        }
    }

    fn matched(&self, span: Span, value: &[u8]) -> Match {
        let meta = &self.detector.check.meta;
        Match {
            detector: self.detector,
            span,
            severity: meta.severity,
            confidence: meta.confidence,
            note: None,
            value: value.into(),
            encoding: None,
        }
    }
}

impl Allow {
    fn covers(&self, path: Option<&str>, secret: &[u8], whole: &[u8], line: &[u8]) -> bool {
        let target = match self.target {
            Target::Secret => secret,
            Target::Match => whole,
            Target::Line => line,
        };
        let lower = secret.to_ascii_lowercase();
        let verdicts = [
            (!self.paths.is_empty())
                .then(|| path.is_some_and(|path| self.paths.iter().any(|regex| regex.is_match(path.as_bytes())))),
            (!self.regexes.is_empty()).then(|| self.regexes.iter().any(|regex| regex.is_match(target))),
            (!self.stopwords.is_empty())
                .then(|| self.stopwords.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())),
            (!self.commits.is_empty()).then_some(false),
        ];
        let mut given = verdicts.into_iter().flatten().peekable();
        given.peek().is_some() && if self.all { given.all(|yes| yes) } else { given.any(|yes| yes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Engine;

    const RULES: &str = r#"
        title = "ours"
        [extend]
        useDefault = false
        [[rules]]
        id = "acme_token"
        description = "Acme token"
        regex = '''acme-([a-z0-9]{8})'''
        entropy = 2.0
        keywords = ["ACME"]
        [[rules.allowlists]]
        condition = "AND"
        paths = ['''^docs/''']
        stopwords = ["sample"]
        [allowlist]
        regexTarget = "line"
        regexes = ['''ignore-me''']
    "#;

    fn found(path: &str, text: &str) -> Vec<String> {
        let rules = UserRules::parse(RULES).map(|rules| rules.rules).unwrap_or_default();
        let engine = Engine::new(|_| false, rules);
        engine.scan(path, text.as_bytes()).into_iter().map(|one| one.span.of(text).to_owned()).collect()
    }

    #[test]
    fn rules_run_with_groups_entropy_keywords_and_allowlists() {
        assert_eq!(found("a", "x acme-a1b2c3d4 y"), ["a1b2c3d4"]);
        assert_eq!(found("a", "x acme-aaaaaaaa y"), [""; 0]);
        assert_eq!(found("a", "x acme-a1b2c3d4 ignore-me"), [""; 0]);
        assert_eq!(found("docs/a", "acme-sample12 acme-a1b2c3d4"), ["a1b2c3d4"]);
        assert_eq!(found("a", "acme-sample12"), ["sample12"]);
    }

    #[test]
    fn errors_name_the_rule() {
        let error = |text: &str| UserRules::parse(text).err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(
            error("[[rules]]\nid='x'\nregex='(?=a)'"),
            "rule `x`: look-around is not supported, because it makes the time of a match unbounded"
        );
        assert!(error("[[rules]]\nid='x'\nregex='(a{1000}){1000}'").starts_with("rule `x`: the pattern needs more"));
        assert!(error("[[rules]]\nid='x'\nregex='a'\nsecretGroup=2").contains("rule `x`: `secretGroup` is 2"));
        assert_eq!(error("[[rules]]\nregex='a'"), "rule 1 has no `id`");
        assert!(error("[[rules]]\nid='x'\nregex='a'\n[[rules]]\nid='x'\nregex='b'").contains("twice"));
    }
}
