//! Which words stand in every source in which a rule can find something: without them it is not even parsed.
//!
//! The words follow from the rows: what is called or set, what brings it, and the arguments that are asked for by
//! name. They may only be too few, never too many: a word that some spelling of the fault lacks would hide it.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, MatchKind};
use palisade_inventory::code::{Language, last_of};

use super::hold::HMAC_WORDS;
use super::rule::{At, CodeRule, Row, Test, Trigger};

/// What the rules of a language need.
#[derive(Debug)]
pub(super) struct Needs {
    words: AhoCorasick,
    rules: Vec<(&'static str, Rule)>,
    /// Of these each source has one that gets something from outside.
    signs: Vec<usize>,
}

/// Numbers of words. A rule needs one of its rows, one of each group that is not empty, and none that silences it.
#[derive(Debug)]
struct Rule {
    rows: Vec<Needed>,
    any: Vec<usize>,
    also: Vec<usize>,
    unless: Vec<usize>,
}

/// What a row needs: all words of one way to write it, all names that it asks for.
#[derive(Debug)]
struct Needed {
    ways: Vec<Vec<usize>>,
    names: Vec<usize>,
    outside: bool,
}

impl Needs {
    pub(super) fn of<'a>(
        language: Language,
        rules: impl Iterator<Item = (&'static str, &'a CodeRule)>,
        signs: &'static [&'static str],
    ) -> Option<Self> {
        let mut known = Words::default();
        let rules = rules.map(|(id, rule)| (id, Rule::of(rule, language, &mut known))).collect();
        let signs = known.numbers(signs);
        let words = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&known.0).ok()?;
        Some(Self { words, rules, signs })
    }

    /// The rules that find nothing in a file, whatever it says; `None` when that is all of them.
    pub(super) fn silent(&self, bytes: &[u8]) -> Option<HashSet<&'static str>> {
        let mut there = vec![false; self.words.patterns_len()];
        for found in self.words.find_overlapping_iter(bytes) {
            if let Some(word) = there.get_mut(found.pattern().as_usize()) {
                *word = true;
            }
        }
        let has = |word: &usize| there.get(*word) == Some(&true);
        let one_of = |words: &[usize]| words.is_empty() || words.iter().any(has);
        let outside = one_of(&self.signs);
        let row = |row: &Needed| {
            (row.ways.is_empty() || row.ways.iter().any(|way| way.iter().all(has)))
                && row.names.iter().all(has)
                && (outside || !row.outside)
        };
        let can = |rule: &Rule| {
            one_of(&rule.any) && one_of(&rule.also) && !rule.unless.iter().any(has) && rule.rows.iter().any(row)
        };
        let silent: HashSet<_> = self.rules.iter().filter(|(_, rule)| !can(rule)).map(|(id, _)| *id).collect();
        (silent.len() < self.rules.len()).then_some(silent)
    }
}

impl Rule {
    fn of(rule: &CodeRule, language: Language, known: &mut Words) -> Self {
        // A rule that says itself what brings something from outside may know other ways than the usual.
        let usual = rule.also.is_empty();
        Self {
            rows: rule.rows.iter().filter(|row| row.reads(language)).map(|row| Needed::of(row, usual, known)).collect(),
            any: known.numbers(rule.words),
            also: known.numbers(rule.also),
            unless: known.numbers(rule.unless),
        }
    }
}

impl Needed {
    fn of(row: &Row, usual: bool, known: &mut Words) -> Self {
        let ways = match row.trigger {
            Trigger::Call(paths) | Trigger::Set(paths) => paths.iter().map(|path| known.numbers(&way(path))).collect(),
            Trigger::Compare if row.when.iter().any(|(_, test)| matches!(test, Test::Hmac)) => {
                HMAC_WORDS.iter().map(|word| known.numbers(&[word])).collect()
            }
            Trigger::Compare => Vec::new(),
        };
        let named = row.when.iter().filter_map(|(at, test)| match at {
            At::Named(name) | At::Field(_, name) if !holds_of_nothing(test) => Some(name.split('.')),
            _ => None,
        });
        let names = known.numbers(&named.flatten().collect::<Vec<_>>());
        Self { ways, names, outside: usual && row.needs_outside() }
    }
}

/// Whether a test may hold of an argument that is not there.
fn holds_of_nothing(test: &Test) -> bool {
    matches!(test, Test::Missing | Test::Closed | Test::NotFrom(_) | Test::NotFalse | Test::NotTrue | Test::NoField(_))
}

/// The words of every source with a path: what is called or set, and the module that has it.
fn way(path: &'static str) -> Vec<&'static str> {
    let plain = path.trim_start_matches("import ").trim_end_matches("()");
    let (module, last) = match plain.split_once("...") {
        Some((start, end)) => (Some(start), last_of(end)),
        None if plain.starts_with("*.") => (None, last_of(plain)),
        None => match plain.rsplit_once('.') {
            Some((module, last)) => (Some(module), last),
            None => (Some(plain), ""),
        },
    };
    module.map(written).into_iter().chain([last]).filter(|word| !word.is_empty()).collect()
}

/// What every source that names a module has: the part behind its last dot or slash, and of that the longest piece
/// without `_`, which stands in paths where a package's name has a dash.
fn written(module: &str) -> &str {
    let module = module.trim_end_matches("()");
    let end = module.rsplit(['.', '/']).next().unwrap_or(module);
    end.split('_').max_by_key(|piece| piece.len()).unwrap_or(end)
}

/// Words, by number.
#[derive(Default)]
struct Words(Vec<&'static str>);

impl Words {
    fn numbers(&mut self, words: &[&'static str]) -> Vec<usize> {
        let number = |word: &&'static str| {
            self.0.iter().position(|known| known == word).unwrap_or_else(|| {
                self.0.push(word);
                self.0.len() - 1
            })
        };
        words.iter().map(number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_path_stand_wherever_it_does() {
        let check = |path, expected: &[&str]| assert_eq!(way(path), expected, "{path}");
        check("subprocess.run", &["subprocess", "run"]);
        check("*.search_ext_s", &["search_ext_s"]);
        check("*.request.get_json()", &["get_json"]);
        check("django.utils.safestring.mark_safe", &["safestring", "mark_safe"]);
        check("Shell.new()...arg", &["new", "arg"]);
        check("net/http.Client.Get", &["Client", "Get"]);
        check("crypto-js/md5", &["md5"]);
        check("import telnetlib", &["telnetlib"]);
        check("eval", &["eval"]);
        check("child_process.exec", &["process", "exec"]);
    }
}
