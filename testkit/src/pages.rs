//! A check's page as its tests.
//!
//! Fences under `## Fails` and `## Passes` are cases; a line that ends in `←`
//! must have a finding. `←2` asks for two, `← id` for one of a named check of a
//! page that serves several, `← one other` for one of each. A fence whose path is `.` holds no file: its marked
//! lines say what the whole target lacks. A middle dot inside a value is taken out before the
//! scan, so that made-up secrets fire in no scanner of this repository.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Files by path, with markers taken out, and what must be found in them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Case {
    /// Line of the page on which the case starts.
    pub page_line: usize,
    /// Path and text.
    pub files: Vec<(String, String)>,
    /// What must be found; nothing for a case that passes.
    pub expected: Vec<Expected>,
}

/// So many findings on one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// Path of the file.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Full id of the check.
    pub check: String,
    /// How many findings start there.
    pub count: usize,
}

/// A parsed page.
#[derive(Debug, Default)]
pub struct Page {
    /// Cases that must be found fault with.
    pub fails: Vec<Case>,
    /// Cases that must be silent.
    pub passes: Vec<Case>,
    /// What each of `fails` becomes, in order, when the fix is applied.
    pub fixed: Vec<Case>,
}

/// What is wrong with a page.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PageError {
    line: usize,
    message: String,
}

const HEADINGS: [(&str, bool); 6] = [
    ("What it finds", true),
    ("Why it matters", true),
    ("Fails", true),
    ("Passes", true),
    ("Fixed", false),
    ("When to except", true),
];

impl Page {
    /// Reads the page of the check `id`.
    ///
    /// # Errors
    /// [`PageError`] when a heading is missing, unknown or empty, or a fence names no file.
    pub fn parse(id: &str, text: &str) -> Result<Self, PageError> {
        let fault = |line: usize, message: &str| PageError { line: line + 1, message: message.to_owned() };
        let family = id.split('/').next().unwrap_or(id);
        let mut page = Self::default();
        let mut section = None;
        let mut seen: Vec<(&str, usize)> = Vec::new();
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            if let Some(heading) = line.strip_prefix("## ") {
                let known = HEADINGS.iter().position(|(name, _)| *name == heading);
                let Some(known) = known else { return Err(fault(number, "unknown heading")) };
                if section.is_some_and(|before| before >= known) {
                    return Err(fault(number, "headings are out of order"));
                }
                section = Some(known);
                seen.push((heading, 0));
                continue;
            }
            if !line.trim().is_empty()
                && let Some((_, filled)) = seen.last_mut()
            {
                *filled += 1;
            }
            let Some(info) = line.strip_prefix("```") else { continue };
            let mut body = Vec::new();
            loop {
                let Some((_, line)) = lines.next() else { return Err(fault(number, "fence never closed")) };
                if line == "```" {
                    break;
                }
                body.push(line);
            }
            let cases = match seen.last() {
                Some(("Fails", _)) => &mut page.fails,
                Some(("Passes", _)) => &mut page.passes,
                Some(("Fixed", _)) => &mut page.fixed,
                _ => continue,
            };
            let path = info.split_once(' ').map(|(_, path)| path.trim());
            let Some(path) = path.filter(|path| !path.is_empty()) else {
                return Err(fault(number, "a fence says its language and its file: ```yaml pod.yaml"));
            };
            let (joins, path) = path.strip_prefix("+ ").map_or((false, path), |path| (true, path));
            if !joins {
                cases.push(Case { page_line: number + 1, ..Case::default() });
            }
            let Some(case) = cases.last_mut() else { return Err(fault(number, "`+` joins a fence before it")) };
            add_file(case, id, family, path, &body);
        }
        let title = text.lines().next().and_then(|line| line.strip_prefix("# "));
        if title.is_none() {
            return Err(fault(0, "a page starts with `# ` and the check's id"));
        }
        for (name, required) in HEADINGS {
            match seen.iter().find(|(heading, _)| *heading == name) {
                None if required => return Err(fault(0, &format!("`## {name}` is missing"))),
                Some((_, 0)) => return Err(fault(0, &format!("`## {name}` is empty"))),
                _ => {}
            }
        }
        Ok(page)
    }
}

/// The path of a fence that stands for the target itself, for what it lacks: no file, only places to mark.
const WHOLE: &str = ".";

fn add_file(case: &mut Case, id: &str, family: &str, path: &str, body: &[&str]) {
    let mut text = String::new();
    for (number, line) in body.iter().enumerate() {
        let mut kept = *line;
        if let Some((head, marker)) = line.rsplit_once('←')
            && marker.trim().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ' '))
        {
            kept = head.trim_end_matches(' ');
            // What the whole target lacks has no path and stands nowhere.
            let (path, line) = if path == WHOLE { ("", 1) } else { (path, number + 1) };
            for marker in marker.trim().split(' ') {
                let (count, check) = match marker.parse() {
                    Ok(count) => (count, id.to_owned()),
                    Err(_) if marker.is_empty() => (1, id.to_owned()),
                    Err(_) => (1, format!("{family}/{marker}")),
                };
                case.expected.push(Expected { path: path.to_owned(), line, check, count });
            }
        }
        text.push_str(&kept.replace('·', ""));
        text.push('\n');
    }
    if path != WHOLE {
        case.files.push((path.to_owned(), text));
    }
}

/// What a scan found: check id, path and line of each finding.
pub type Found = Vec<(String, String, usize)>;

/// Files of a case: path and text.
pub type Files = [(String, String)];

/// Runs every case of the page of check `id`. `ids` are the checks that the page serves; `scan` gives
/// (check id, path, line) of each finding. Returns what went wrong, for people; empty when all is well.
pub fn walk(id: &str, ids: &[&str], text: &str, scan: impl Fn(&Files) -> Found) -> String {
    let mut faults = String::new();
    let page = match Page::parse(id, text) {
        Ok(page) => page,
        Err(error) => return format!("{id}: {error}\n"),
    };
    if page.fails.is_empty() || page.passes.is_empty() {
        let _ = writeln!(faults, "{id}: a page needs a case that fails and one that passes");
    }
    for (case, fails) in page.fails.iter().map(|case| (case, true)).chain(page.passes.iter().map(|case| (case, false)))
    {
        if fails == case.expected.is_empty() {
            let _ = writeln!(
                faults,
                "{id}: line {}: a case under Fails marks lines with ←, one under Passes does not",
                case.page_line
            );
        }
        let mut wanted: BTreeMap<(String, usize, String), usize> = BTreeMap::new();
        for expected in &case.expected {
            let key = (expected.path.clone(), expected.line, expected.check.clone());
            *wanted.entry(key).or_default() += expected.count;
        }
        let mut found: BTreeMap<(String, usize, String), usize> = BTreeMap::new();
        for (check, path, line) in scan(&case.files) {
            if ids.contains(&check.as_str()) {
                *found.entry((path, line, check)).or_default() += 1;
            }
        }
        let keys: std::collections::BTreeSet<_> = wanted.keys().chain(found.keys()).cloned().collect();
        for key in keys {
            let (want, have) = (wanted.get(&key).copied().unwrap_or(0), found.get(&key).copied().unwrap_or(0));
            if want != have {
                let (path, line, check) = &key;
                let _ = writeln!(
                    faults,
                    "{id}: case at line {} of the page: {path}:{line} has {have} of {check}, wants {want}",
                    case.page_line
                );
            }
        }
    }
    faults
}

/// Compares the cases under Fixed with what `fix` makes of the cases under Fails, in their order: the first one under
/// Fixed is the first under Fails when it is fixed. `fix` gives `None` when nothing could be fixed. A page that has a
/// fix shows one.
pub fn walk_fixes(id: &str, text: &str, fix: impl Fn(&Files) -> Option<Vec<(String, String)>>) -> String {
    let Ok(page) = Page::parse(id, text) else { return String::new() };
    let mut faults = String::new();
    let fixed: Vec<_> = page.fails.iter().map(|case| fix(&case.files)).collect();
    if let Some(files) = fixed.first().and_then(Option::as_ref).filter(|_| page.fixed.is_empty()) {
        let made: String = files.iter().map(|(_, text)| text.as_str()).collect();
        let _ = writeln!(faults, "{id}: it fixes what is under Fails, and `## Fixed` does not show it:\n{made}");
    } else if page.fixed.is_empty() && fixed.iter().any(Option::is_some) {
        let _ =
            writeln!(faults, "{id}: it fixes what is under Fails, but not the first of it; that should stand first");
    }
    for (at, shown) in page.fixed.iter().enumerate() {
        let made = fixed.get(at).and_then(Option::as_ref);
        if made != Some(&shown.files) {
            let made: String = made.iter().flat_map(|files| files.iter()).map(|(_, text)| text.as_str()).collect();
            let _ = writeln!(faults, "{id}: line {}: the fix makes this of it:\n{made}", shown.page_line);
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# a/b\n## What it finds\nx\n## Why it matters\nx\n## Fails\n```txt f\nk·ey ←\n```\n## Passes\n```txt f\nok\n```\n## When to except\nx\n";

    #[test]
    fn markers_and_dots_are_taken_out_and_counted() {
        let scan = |files: &[(String, String)]| {
            let hit = files.iter().any(|(_, text)| text.contains("key"));
            if hit { vec![("a/b".to_owned(), "f".to_owned(), 1)] } else { vec![] }
        };
        assert_eq!(walk("a/b", &["a/b"], PAGE, scan), "");
        assert!(walk("a/b", &["a/b"], PAGE, |_: &[_]| vec![]).contains("has 0 of a/b, wants 1"));
        let everywhere = |_: &[(String, String)]| vec![("a/b".to_owned(), "f".to_owned(), 1)];
        assert!(walk("a/b", &["a/b"], PAGE, everywhere).contains("has 1 of a/b, wants 0"));
    }

    #[test]
    fn a_page_without_its_headings_is_refused() {
        assert!(Page::parse("a/b", &PAGE.replace("## Passes", "## Fine")).is_err());
        assert!(Page::parse("a/b", &PAGE.replace("## When to except\nx\n", "")).is_err());
    }
}
