//! Globs over paths of a target: `*` and `?` within a part, `**` for any number of parts, everything else as it stands.
//!
//! A glob is matched against the whole path from the target's root. What has
//! no meaning here (`[`, `{`, `!`, `..`, a leading `/`) is refused rather than
//! matched as text: an exception or a rule must cover what its author thinks.

use crate::wildcard;

/// Longest glob.
const BYTES_MAX: usize = 512;

/// A glob over paths within a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    parts: Vec<String>,
}

/// Why a text is no glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// Nothing in it, or longer than any path.
    #[error("a path is 1 to 512 bytes long")]
    Length,
    /// A sign that other tools give a meaning and we do not.
    #[error("`{0}` has no meaning in a path here: write `*`, `?`, `**` or the name itself")]
    Sign(char),
    /// Not a path from the root.
    #[error("a path starts at the target's root, without `/` at either end, `.` or `..`")]
    Form,
    /// `**` glued to something else.
    #[error("`**` stands alone between slashes")]
    Stars,
}

impl std::fmt::Display for Glob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.parts.join("/"))
    }
}

impl Glob {
    /// Reads a glob.
    ///
    /// # Errors
    /// [`GlobError`] for what would not mean what it seems to.
    pub fn parse(text: &str) -> Result<Self, GlobError> {
        if text.is_empty() || text.len() > BYTES_MAX {
            return Err(GlobError::Length);
        }
        if let Some(sign) = text.chars().find(|sign| matches!(sign, '[' | ']' | '{' | '}' | '\\') || sign.is_control())
        {
            return Err(GlobError::Sign(sign));
        }
        if text.starts_with('!') {
            return Err(GlobError::Sign('!'));
        }
        let parts: Vec<String> = text.split('/').map(str::to_owned).collect();
        if parts.iter().any(|part| matches!(part.as_str(), "" | "." | "..")) {
            return Err(GlobError::Form);
        }
        if parts.iter().any(|part| part.contains("**") && part != "**") {
            return Err(GlobError::Stars);
        }
        Ok(Self { parts })
    }

    /// Whether it covers a path.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        // `reached` says which prefixes of the path the parts read so far can match.
        let mut reached = vec![false; names.len() + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        for part in &self.parts {
            let mut next = vec![false; names.len() + 1];
            let mut any_before = false;
            for (at, slot) in next.iter_mut().enumerate() {
                let before = at.checked_sub(1);
                let from_before = before.and_then(|before| reached.get(before)).copied().unwrap_or(false);
                any_before |= reached.get(at).copied().unwrap_or(false);
                *slot = if part == "**" {
                    any_before
                } else {
                    from_before
                        && before.and_then(|before| names.get(before)).is_some_and(|name| wildcard::covers(part, name))
                };
            }
            reached = next;
        }
        reached.last().copied().unwrap_or(false)
    }

    /// Whether nothing in it narrows: `**`, `*`, `**/*`.
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        self.parts.iter().all(|part| part.bytes().all(|byte| matches!(byte, b'*' | b'?')))
    }

    /// Whether it reaches into folders of any depth.
    #[must_use]
    pub fn is_deep(&self) -> bool {
        self.parts.iter().any(|part| part == "**")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn covers_what_it_says_and_nothing_beside() {
        for (glob, path, covered) in [
            ("deploy/web.yaml", "deploy/web.yaml", true),
            ("deploy/web.yaml", "x/deploy/web.yaml", false),
            ("web.yaml", "deploy/web.yaml", false),
            ("deploy/*.yaml", "deploy/web.yaml", true),
            ("deploy/*.yaml", "deploy/a/web.yaml", false),
            ("deploy/*", "deploy", false),
            ("deploy/**", "deploy/a/b/web.yaml", true),
            ("deploy/**", "deploy", true),
            ("deploy/**", "deployment/web.yaml", false),
            ("**/web.yaml", "web.yaml", true),
            ("**/web.yaml", "a/b/web.yaml", true),
            ("**/web.yaml", "a/b/web.yamlx", false),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true),
            ("a/**/b/**/c", "a/b/b/c", true),
            ("a/**/b", "a/xb", false),
            ("w?b.yaml", "web.yaml", true),
            ("w?b.yaml", "wb.yaml", false),
            ("*a*b*c*", "xxaxxbxxcxx", true),
            ("*a*b*c*", "xxaxxcxxbxx", false),
            ("ä?", "äö", true),
            ("Deploy/*", "deploy/x", false),
        ] {
            assert_eq!(Glob::parse(glob).unwrap().covers(path), covered, "{glob} {path}");
        }
    }

    #[test]
    fn what_would_mean_something_else_is_refused() {
        for glob in
            ["", "/etc", "a/", "a//b", "./a", "../a", "a/../b", "a[bc]", "{a,b}", "!a", "a**", "**.yaml", "a\\b"]
        {
            assert!(Glob::parse(glob).is_err(), "{glob}");
        }
        for glob in ["**", "*", "**/*", "*/**", "??", "*/*"] {
            assert!(Glob::parse(glob).unwrap().is_unlimited(), "{glob}");
        }
        assert!(!Glob::parse("**/*.yaml").unwrap().is_unlimited());
    }

    #[test]
    fn hostile_globs_take_no_time() {
        let glob = Glob::parse(&"*a".repeat(250)).unwrap();
        assert!(!glob.covers(&"a".repeat(5_000)[..200]));
        let deep = Glob::parse(&format!("{}b", "**/".repeat(160))).unwrap();
        assert!(!deep.covers(&"a/".repeat(500)));
    }
}
