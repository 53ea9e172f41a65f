//! Edits of a rendered chart, made into edits of its values or its templates.
//!
//! What a template writes out of `values.yaml` with `toYaml` is set there; else the edit goes to the template's own
//! line, where that is plain and stands under no other condition than what it belongs to. Which of the two holds, and
//! whether the result is what was meant, is not trusted: the chart is rendered and judged again.

use std::sync::Arc;

use palisade_inventory::yaml::Yaml;
use palisade_model::{Edit, Fix, LineIndex, Location, Safety, Span};

use super::chart::Template;

/// Lines around an edit in which a template's own block of the same name is looked for.
const REGION_LINES_MAX: usize = 400;

/// A rendered chart and what it came from.
pub(super) struct Mend<'m> {
    /// The rendered text.
    pub text: &'m str,
    /// Its lines.
    pub lines: &'m LineIndex,
    /// For each of them: the template, and the line in it.
    pub places: &'m [Option<(String, usize)>],
    /// Path and content of `values.yaml`.
    pub values: Option<(&'m str, &'m Yaml)>,
    /// Where templates of this chart alone stand: those of charts in it have values of their own.
    pub templates: &'m str,
}

/// Lines that are added below a line.
struct Added<'e> {
    /// Columns that they are indented by.
    column: usize,
    /// The key of the first.
    key: &'e str,
    /// The lines from column 0.
    lines: Vec<&'e str>,
}

impl Mend<'_> {
    /// The fix for the chart's files; `None` when none is certain. A chart is installed by others, so none is safe.
    pub(super) fn of(&self, place: &Location, template: &Template, fix: &Fix) -> Option<Fix> {
        let [edit] = fix.edits.as_slice() else { return None };
        if edit.path.is_some() || !place.path.starts_with(self.templates) {
            return None;
        }
        let number = self.lines.line(edit.span.start);
        let (path, at) = self.places.get(number)?.as_ref()?;
        if **path != *place.path || self.lines.line(edit.span.end) != number {
            return None;
        }
        let rendered = self.rendered(number);
        let found = (place.start.line as usize).checked_sub(1)?;
        let edit = match Added::of(edit) {
            Some(added) => self.add(template, *at, number, found, &added)?,
            None => {
                let line = template.raw(*at)?;
                let start = self.lines.span(number, self.text.as_bytes()).start;
                let base = template.start(*at)?;
                (line == rendered).then(|| Edit {
                    path: None,
                    span: Span::new(base + (edit.span.start - start) as usize, base + (edit.span.end - start) as usize),
                    replacement: edit.replacement.clone(),
                })?
            }
        };
        Some(Fix::new(fix.title.clone(), Safety::Unsafe, vec![edit]))
    }

    fn rendered(&self, number: usize) -> &str {
        self.lines.span(number, self.text.as_bytes()).of(self.text).trim_end_matches(['\n', '\r'])
    }

    fn add(&self, template: &Template, at: usize, number: usize, found: usize, added: &Added<'_>) -> Option<Edit> {
        // Below what `toYaml` wrote: its values are where more of the same goes.
        if template.raw(at).is_some_and(|line| line.contains("toYaml")) {
            let above = (0..number).rev().map(|line| self.rendered(line)).find(|line| indent(line) < added.column);
            let block = above.is_some_and(|line| line.trim() == "securityContext:");
            return block.then(|| self.set(&template.values_of(at)?, &added.lines.join("\n")))?;
        }
        let region = template.region(at, added.column)?;
        let named = region.clone().find(|line| {
            let raw = template.raw(*line).unwrap_or("");
            indent(raw) == added.column && raw.trim_start().starts_with(&format!("{}:", added.key))
        });
        if let Some(named) = named {
            let source = region.skip_while(|line| *line < named).take(3).find_map(|line| template.values_of(line))?;
            let inner: Vec<&str> = added.lines.iter().skip(1).map(|line| line.get(2..).unwrap_or("")).collect();
            return self.set(&source, &inner.join("\n"));
        }
        // A helper may write the same key.
        let lower = added.key.to_ascii_lowercase();
        let may_write = |line: &str| {
            line.trim_start().starts_with("{{")
                && ["include", "template", "toYaml"].iter().any(|word| line.contains(word))
                && line.to_ascii_lowercase().contains(&lower)
        };
        if region.clone().any(|line| template.raw(line).is_some_and(may_write)) {
            return None;
        }
        let line = template.raw(at)?;
        let same_indent = indent(line) == indent(self.rendered(number));
        if !same_indent || writes_lines(line) || !template.conditions(found)?.starts_with(&template.conditions(at)?) {
            return None;
        }
        let newline = if template.text.contains("\r\n") { "\r\n" } else { "\n" };
        let lead = " ".repeat(added.column);
        let replacement: String = added.lines.iter().map(|line| format!("{newline}{lead}{line}")).collect();
        let end = template.start(at)? + line.len();
        Some(Edit { path: None, span: Span::new(end, end), replacement })
    }

    /// An edit that sets lines at a path of the values, where the path is there.
    fn set(&self, keys: &[&str], lines: &str) -> Option<Edit> {
        let (path, values) = self.values?;
        let (last, above) = keys.split_last()?;
        let holder = above.iter().try_fold(values.root()?, |node, key| node.get(key))?;
        let entry = holder.entry(last)?;
        if !(entry.value.is_mapping() || entry.value.is_null()) || lines.is_empty() {
            return None;
        }
        let edit = holder.add_under(last, "", lines)?;
        Some(Edit { path: Some(Arc::from(path)), ..edit })
    }
}

impl<'e> Added<'e> {
    /// The lines of an edit that only adds some below a line.
    fn of(edit: &'e Edit) -> Option<Self> {
        let text = edit.replacement.strip_prefix('\n').filter(|_| edit.span.is_empty())?;
        let column = indent(text);
        let lines: Option<Vec<&str>> = text.lines().map(|line| line.get(column..)).collect();
        let lines = lines?;
        let (key, _) = lines.first()?.split_once(':')?;
        Some(Self { column, key, lines })
    }
}

impl Template {
    /// A line as it stands.
    fn raw(&self, number: usize) -> Option<&str> {
        let line = (number < self.index.len()).then(|| self.index.span(number, self.text.as_bytes()).of(&self.text))?;
        Some(line.trim_end_matches(['\n', '\r']))
    }

    fn start(&self, number: usize) -> Option<usize> {
        (number < self.index.len()).then(|| self.index.span(number, self.text.as_bytes()).start as usize)
    }

    /// The lines of the mapping at a column around a line, actions among them.
    fn region(&self, at: usize, column: usize) -> Option<std::ops::Range<usize>> {
        let outside = |line: &usize| {
            let raw = self.raw(*line).unwrap_or("");
            let is_action = raw.trim_start().starts_with("{{");
            !raw.trim().is_empty() && !is_action && (indent(raw) < column || raw.starts_with("---"))
        };
        let from = (at.saturating_sub(REGION_LINES_MAX)..=at).rev().find(outside).unwrap_or(0);
        let end = self.index.len().min(at + REGION_LINES_MAX);
        // The dash of a list stands before the first key of its item.
        let to = (at + 1..end).find(outside).unwrap_or(end);
        (from < to).then_some(from..to)
    }

    /// The path in the values that a line writes out with `toYaml`.
    fn values_of(&self, at: usize) -> Option<Vec<&str>> {
        let line = self.raw(at)?;
        if !line.contains("toYaml") || line.matches("{{").count() != 1 || line.contains(['(', '"']) {
            return None;
        }
        let holder = if line.contains(".Values.") { line } else { self.conditions(at)?.last().copied()? };
        // `with` alone makes the dot stand for the values.
        let is_with = holder.trim_start_matches(['{', '-', ' ']).starts_with("with ");
        if !(line.contains(".Values.") || is_with && !holder.contains(['(', '|'])) {
            return None;
        }
        let (_, after) = holder.split_once(".Values.")?;
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(after.len());
        let keys: Vec<&str> = after.get(..end)?.split('.').collect();
        keys.iter().all(|key| !key.is_empty()).then_some(keys)
    }

    /// The actions that decide whether a line is written, outermost first; `None` when they cannot be told.
    fn conditions(&self, at: usize) -> Option<Vec<&str>> {
        let mut open: Vec<&str> = Vec::new();
        for number in 0..at {
            let line = self.raw(number)?;
            for (start, _) in line.match_indices("{{") {
                let action = line.get(start..)?;
                let word = action.trim_start_matches(['{', '-', ' ']);
                let is = |name: &str| word.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '}', '-']));
                if ["if", "with", "range", "define", "block"].into_iter().any(is) {
                    open.push(action);
                } else if is("else") {
                    *open.last_mut()? = action;
                } else if is("end") {
                    open.pop()?;
                }
            }
        }
        Some(open)
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether a line of a template is more than one line of text, or steers others.
fn writes_lines(line: &str) -> bool {
    let inside = ["toYaml", "nindent", "{{-", "-}}", "{{/*"];
    line.trim_start().starts_with("{{") || inside.iter().any(|word| line.contains(word))
}
