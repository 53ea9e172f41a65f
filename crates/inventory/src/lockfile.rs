//! Lock files: does the file parse as what its package manager writes?
//!
//! It reads syntax only and says where reading stops. What is locked, and
//! whether that is good, belongs to others.

use palisade_model::Span;
use toml::de::DeTable;

use crate::Problem;
use crate::yaml::Yaml;

/// Problems listed for one file; a broken file is broken, however often.
const PROBLEMS_MAX: usize = 3;

/// What is wrong with the lock file at `path`; nothing when it can be read.
#[must_use]
pub fn problems(path: &str, bytes: &[u8]) -> Vec<Problem> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let bytes_of_text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let offset = bytes.len() - bytes_of_text.len();
    let text = match std::str::from_utf8(bytes_of_text) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to() + offset;
            return vec![problem(at, at + 1, "not UTF-8")];
        }
    };
    let conflict = conflict(text);
    let mut found = match conflict {
        // One cause, one problem: the markers are why nothing else reads.
        Some(problem) => vec![problem],
        None => match name {
            "Cargo.lock" | "poetry.lock" | "uv.lock" | "pdm.lock" => toml(text),
            "yarn.lock" if text.contains("\n__metadata:") => yaml(text),
            "yarn.lock" => lines(text, yarn_line, "not an entry of yarn's lock file"),
            "pnpm-lock.yaml" | "pubspec.lock" | "Podfile.lock" => yaml(text),
            "go.sum" => lines(text, go_line, "not `module version h1:hash`"),
            "Gemfile.lock" => lines(text, gem_line, "not a section or an entry of Bundler's lock file"),
            "gradle.lockfile" => lines(text, gradle_line, "not `group:name:version=configurations`"),
            "mix.lock" => wrapped(text, "%{", "}"),
            ".terraform.lock.hcl" => lines(text, hcl_line, "not a line of Terraform's lock file"),
            // JSON with trailing commas, which bun allows itself.
            "bun.lock" => wrapped(text, "{", "}"),
            _ => json(text),
        },
    };
    found.truncate(PROBLEMS_MAX);
    for problem in &mut found {
        problem.span = problem.span.shifted(offset);
    }
    found
}

fn problem(start: usize, end: usize, message: &str) -> Problem {
    Problem { span: Span::new(start, end), message: message.to_owned() }
}

/// Markers of a merge that nobody finished.
fn conflict(text: &str) -> Option<Problem> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            return Some(problem(at, at + line.trim_end().len(), "an unfinished merge: conflict markers are left"));
        }
        at += line.len();
    }
    None
}

fn toml(text: &str) -> Vec<Problem> {
    match DeTable::parse(text) {
        Ok(_) => Vec::new(),
        Err(error) => {
            let range = error.span().unwrap_or_default();
            vec![problem(range.start, range.end, error.message())]
        }
    }
}

fn yaml(text: &str) -> Vec<Problem> {
    Yaml::parse(text).problems().to_vec()
}

fn json(text: &str) -> Vec<Problem> {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Vec::new(),
        Err(error) => {
            let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
            let at = (line + error.column().saturating_sub(1)).min(text.len().saturating_sub(1));
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or(&message);
            vec![problem(at, at + 1, message)]
        }
    }
}

fn wrapped(text: &str, open: &str, close: &str) -> Vec<Problem> {
    let body = text.trim();
    if body.starts_with(open) && body.ends_with(close) {
        return Vec::new();
    }
    let at = text.trim_end().len().saturating_sub(1);
    vec![problem(at, at + 1, &format!("does not run from `{open}` to `{close}`"))]
}

/// Every line that is not blank has to be one that `reads`.
fn lines(text: &str, reads: fn(&str) -> bool, message: &str) -> Vec<Problem> {
    let mut out = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end();
        if !shown.is_empty() && !reads(shown) {
            out.push(problem(at, at + shown.len(), message));
            if out.len() == PROBLEMS_MAX {
                break;
            }
        }
        at += line.len();
    }
    out
}

fn go_line(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let (Some(module), Some(version), Some(hash), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    let digest = hash.strip_prefix("h1:").is_some_and(|digest| digest.len() == 44 && digest.ends_with('='));
    !module.is_empty() && version.starts_with('v') && digest
}

fn yarn_line(line: &str) -> bool {
    line.starts_with(['#', ' ']) || line.ends_with(':')
}

fn gem_line(line: &str) -> bool {
    line.starts_with(' ') || line.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'_'))
}

fn gradle_line(line: &str) -> bool {
    line.starts_with('#') || line.contains('=')
}

fn hcl_line(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(['#', '"', ']', '}']) || line.starts_with("provider \"") || line.contains('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, line: Option<usize>) {
        let found = problems(path, text.as_bytes());
        let at = found
            .first()
            .map(|problem| text.get(..problem.span.start as usize).unwrap_or(text).matches('\n').count() + 1);
        assert_eq!(at, line, "{path}: {found:?}");
    }

    #[test]
    fn what_package_managers_write_reads() {
        check("Cargo.lock", "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n", None);
        check("web/package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}\n", None);
        check("yarn.lock", "# yarn lockfile v1\n\n\na@^1:\n  version \"1.0.0\"\n  resolved \"x\"\n", None);
        check("yarn.lock", "# generated\n\n__metadata:\n  version: 8\n", None);
        check("pnpm-lock.yaml", "lockfileVersion: '9.0'\n", None);
        check("go.sum", &format!("example.org/m v1.0.0/go.mod h1:{}=\n", "A".repeat(43)), None);
        check("go.sum", "", None);
        check("Gemfile.lock", "GEM\n  remote: https://gems.example.org/\n\nBUNDLED WITH\n   2.5.1\n", None);
        check("gradle.lockfile", "# comment\na:b:1.0=runtime\nempty=\n", None);
        check("mix.lock", "%{\n  \"a\": {:hex, :a},\n}\n", None);
        check("bun.lock", "{\n  \"lockfileVersion\": 1,\n}\n", None);
        check(
            ".terraform.lock.hcl",
            "# x\nprovider \"r/h/a\" {\n  version = \"1\"\n  hashes = [\n    \"h1:x\",\n  ]\n}\n",
            None,
        );
        check("composer.lock", "\u{feff}{}", None);
    }

    #[test]
    fn broken_ones_are_located() {
        check("Cargo.lock", "version = 4\n[[package]\nname = \"a\"\n", Some(2));
        check("package-lock.json", "{\n  \"a\": 1,\n  \"b\": \n}\n", Some(4));
        check("package-lock.json", "", Some(1));
        check("go.sum", "example.org/m v1.0.0\n", Some(1));
        check("yarn.lock", "a@^1:\n  version \"1\"\n<<<<<<< HEAD\nb\n", Some(3));
        check("pnpm-lock.yaml", "a: 'b\n", Some(1));
        check("mix.lock", "%{\n  \"a\": {:hex\n", Some(2));
        check("Gemfile.lock", "GEM\n  remote: x\nnonsense here\n", Some(3));
        let found = problems("Cargo.lock", b"version = \xff");
        assert_eq!(found.first().map(|problem| problem.span.start), Some(10));
    }
}
