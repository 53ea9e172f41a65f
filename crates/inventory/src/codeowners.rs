//! CODEOWNERS: which paths belong to whom.
//!
//! The last pattern that matches a path decides, as GitHub and GitLab have it.
//! It does not ask a forge whether an owner exists, nor what a team holds.

use palisade_model::{Location, Span};

use crate::wildcard;

/// Where forges look for the file.
pub const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// Lines beyond this are not read: GitHub reads no file above 3 MB.
const RULES_MAX: usize = 50_000;

/// The rules of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    /// Parts of the pattern from the root.
    parts: Vec<String>,
    /// Whether it covers what lies below what it names.
    below: bool,
    owners: Vec<String>,
}

/// What is kept of a file for checks across files.
#[derive(Clone, Debug)]
pub struct OwnersFacts {
    /// Its rules.
    pub owners: Owners,
    /// A place that stands for the whole file.
    pub location: Location,
}

impl Owners {
    /// Reads a file. Lines that make no sense are passed over, as forges do.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut rules = Vec::new();
        let mut section: Vec<String> = Vec::new();
        for line in text.lines().take(RULES_MAX) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            // GitLab's sections: `[Name][2] @default` or `^[Name]`.
            if line.starts_with('[') || line.starts_with("^[") {
                let after = line.rsplit_once(']').map_or("", |(_, after)| after);
                section = owners_in(after);
                continue;
            }
            let (pattern, owners) = split_pattern(line);
            let mut owners = owners_in(owners);
            if owners.is_empty() {
                owners.clone_from(&section);
            }
            rules.extend(rule(&pattern, owners));
        }
        Self { rules }
    }

    /// The owners of a path; none when no pattern matches, or the last that does names nobody.
    #[must_use]
    pub fn of(&self, path: &str) -> &[String] {
        let names: Vec<&str> = path.split('/').collect();
        let last = self.rules.iter().rfind(|rule| rule.covers(&names));
        last.map_or(&[], |rule| &rule.owners)
    }

    /// Whether it names anybody for anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.iter().all(|rule| rule.owners.is_empty())
    }
}

/// The first line that says something, to point at.
#[must_use]
pub fn anchor(text: &str) -> Span {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let said = line.trim_end();
        if !said.is_empty() && !said.starts_with('#') {
            return Span::new(start, start + said.len());
        }
        start += line.len();
    }
    Span::new(0, text.lines().next().map_or(0, str::len))
}

/// The pattern, in which a backslash keeps a space, and the rest of the line.
fn split_pattern(line: &str) -> (String, &str) {
    let mut pattern = String::new();
    let mut signs = line.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '\\' => pattern.extend(signs.next().map(|(_, kept)| kept)),
            ' ' | '\t' => return (pattern, line.get(at..).unwrap_or("")),
            _ => pattern.push(sign),
        }
    }
    (pattern, "")
}

fn owners_in(text: &str) -> Vec<String> {
    let words = text.split('#').next().unwrap_or("").split_whitespace();
    words.filter(|word| word.contains('@')).map(str::to_owned).collect()
}

fn rule(pattern: &str, owners: Vec<String>) -> Option<Rule> {
    let named = pattern.strip_prefix('/').unwrap_or(pattern);
    let folder = named.ends_with('/');
    let named = named.trim_end_matches('/');
    if named.is_empty() && !folder && pattern != "/" {
        return None;
    }
    let mut parts: Vec<String> = Vec::new();
    // Without a slash but at its end, it matches at any depth.
    if !pattern.starts_with('/') && !named.contains('/') {
        parts.push("**".to_owned());
    }
    parts.extend(named.split('/').filter(|part| !part.is_empty()).map(str::to_owned));
    // `docs/*` names the files in docs and none below; `*` alone and `docs` reach below.
    let below = folder || !named.ends_with("/*");
    Some(Rule { parts, below, owners })
}

impl Rule {
    fn covers(&self, names: &[&str]) -> bool {
        if self.parts.is_empty() {
            return true;
        }
        // `reached` says which prefixes of the path the parts read so far match.
        let mut reached = vec![false; names.len() + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        for part in &self.parts {
            let mut next = Vec::with_capacity(reached.len());
            let (mut before, mut any) = (false, false);
            for (at, here) in reached.iter().enumerate() {
                any |= *here;
                let name = at.checked_sub(1).and_then(|at| names.get(at));
                let one = before && name.is_some_and(|name| wildcard::covers(part, name));
                next.push(if part == "**" { any } else { one });
                before = *here;
            }
            reached = next;
        }
        if self.below { reached.iter().skip(1).any(|hit| *hit) } else { reached.last() == Some(&true) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let text = "# all\n* @all\n/docs/ @writers\n*.tf @infra @clouds\n/build/*  @builders # not below\n\
                    apps/ @apps\n/apps/free\nwith\\ space @spaced\n.github/workflows @ci\n**/keys/** @keys\n";
        let owners = Owners::parse(text);
        for (path, expected) in [
            ("README.md", vec!["@all"]),
            ("docs/a/b.md", vec!["@writers"]),
            ("sub/docs/a.md", vec!["@all"]),
            ("a/b/main.tf", vec!["@infra", "@clouds"]),
            ("build/x", vec!["@builders"]),
            ("build/x/y", vec!["@all"]),
            ("x/apps/y", vec!["@apps"]),
            ("apps/free", vec![]),
            ("apps/free/z", vec![]),
            ("with space", vec!["@spaced"]),
            (".github/workflows/ci.yml", vec!["@ci"]),
            ("a/keys/b", vec!["@keys"]),
        ] {
            assert_eq!(owners.of(path), expected, "{path}");
        }
        assert!(Owners::parse("").is_empty() && !owners.is_empty());
    }

    #[test]
    fn sections_give_owners_to_lines_that_name_none() {
        let owners = Owners::parse("[Docs][2] @writers\ndocs/\nREADME.md @me\n^[Optional]\nother\n");
        assert_eq!(owners.of("docs/a"), ["@writers"]);
        assert_eq!(owners.of("README.md"), ["@me"]);
        assert!(owners.of("other").is_empty());
    }
}
