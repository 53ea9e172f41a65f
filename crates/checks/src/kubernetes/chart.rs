//! Findings in a rendered chart, led back to the lines of its templates and values.
//!
//! `helm template` says above each document which template made it. The lines
//! of both are matched in order: equal lines first, then lines whose literal
//! parts fit around a template action.

use std::collections::HashMap;
use std::sync::Arc;

use palisade_inventory::yaml::Yaml;
use palisade_inventory::{Flat, Origins, Structure, Subject};
use palisade_model::{Fix, LineIndex, Location, Related, Span, content_hash};

use super::chart_mend::Mend;
use super::render::Stage;
use crate::Host;

/// How far ahead the next matching line of a template is looked for.
const AHEAD: usize = 120;
/// Templates beyond this many lines are not matched; findings then point at their first line.
const LINES_MAX: usize = 20_000;

/// Judges the rendered text of the chart `name` in `folder` (ends in `/` or is empty).
pub(super) fn judge(stage: &mut Stage<'_, '_>, path: &str, folder: &str, name: &str, text: &str, host: Host<'_>) {
    let yaml = Yaml::parse_where(text, |document| !palisade_inventory::kubernetes::is_schema(document));
    let hidden: Vec<String> = super::masks(&yaml)
        .into_iter()
        .map(|span| span.of(text).trim_matches(['"', '\'']).to_owned())
        .filter(|value| value.len() > 3)
        .collect();
    let prefix = format!("{name}/");
    let mut templates: HashMap<String, Option<Template>> = HashMap::new();
    let lines = LineIndex::new(text.as_bytes());
    // For each rendered line: the template of its document, and the line in it.
    let mut places: Vec<Option<(String, usize)>> = vec![None; lines.len()];
    let mut current: Option<String> = None;
    let mut position = 0;
    for (number, line) in text.lines().enumerate() {
        if let Some(source) = line.strip_prefix("# Source: ") {
            let inner = source.trim().strip_prefix(&prefix).unwrap_or(source.trim());
            let file = format!("{folder}{inner}");
            templates.entry(file.clone()).or_insert_with(|| Template::read(&file, host, &hidden));
            current = Some(file);
            position = 0;
            continue;
        }
        let Some(file) = &current else { continue };
        let Some(Some(template)) = templates.get(file) else { continue };
        if line.trim_start().starts_with("- ") || line == "---" {
            // A repeated block starts over.
            if let Some(at) = template.find(line, position) {
                position = at;
            } else if let Some(at) = template.find(line, 0) {
                position = at;
            }
        }
        if let Some(at) = template.find(line, position) {
            position = at + 1;
            if let Some(place) = places.get_mut(number) {
                *place = Some((file.clone(), at));
            }
        } else if let Some(place) = places.get_mut(number) {
            // A line that no template line could make comes out of an action that writes several.
            let next = template.lines.get(position).is_some_and(|line| line.starts_with("{{") && writes(line));
            *place = Some((file.clone(), if next { position } else { position.saturating_sub(1) }));
        }
    }
    let values = format!("{folder}values.yaml");
    let values =
        (host.read)(&values).and_then(|bytes| String::from_utf8(bytes).ok()).map(|text| (values, Yaml::parse(text)));
    let origins = Lines { yaml: &yaml, lines: &lines, text, templates: &templates, places: &places };
    let everything = [Span::new(0, text.len())];
    let subject = Subject::new(path.into(), text.as_bytes(), &yaml, &everything);
    let own = format!("{folder}templates/");
    let mend = Mend {
        text,
        lines: &lines,
        places: &places,
        values: values.as_ref().map(|(path, yaml)| (path.as_str(), yaml)),
        templates: &own,
    };
    let mended = |place: &Location, fix: &Fix| mend.of(place, templates.get(&*place.path)?.as_ref()?, fix);
    stage.judge_documents(path, &yaml, &subject.with_origins(&origins), &mended);
    if let Some((file, values)) = &values {
        let spans = spans_of(values.text(), &hidden);
        let subject = Subject::new(file.as_str().into(), values.text().as_bytes(), values, &spans);
        stage.explain(&|location| {
            let template = templates.get(&*location.path)?.as_ref()?;
            let line = template.lines.get((location.start.line as usize).checked_sub(1)?)?;
            value_of(line, values)
                .map(|span| Related { location: subject.locate(span), message: "its value stands here".to_owned() })
        });
    }
}

/// One template.
pub(super) struct Template {
    path: Arc<str>,
    /// Its text, as it stands.
    pub(super) text: String,
    /// Where its lines are.
    pub(super) index: LineIndex,
    lines: Vec<String>,
    hidden: Vec<Span>,
}

impl Template {
    fn read(path: &str, host: Host<'_>, hidden: &[String]) -> Option<Self> {
        let text = String::from_utf8((host.read)(path)?).ok()?;
        let lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).take(LINES_MAX).collect();
        let hidden = spans_of(&text, hidden);
        let index = LineIndex::new(text.as_bytes());
        Some(Self { path: path.into(), text, index, lines, hidden })
    }

    /// The first line from `from` on that may have made a rendered line.
    fn find(&self, rendered: &str, from: usize) -> Option<usize> {
        let rendered = rendered.trim();
        let window = self.lines.iter().enumerate().skip(from).take(AHEAD);
        let exact = window.clone().find(|(_, line)| *line == rendered);
        let made = window.clone().find(|(_, line)| line.contains("{{") && could_make(line, rendered));
        match (exact, made) {
            (Some((exact, _)), Some((made, _))) => Some(exact.min(made)),
            (exact, made) => exact.or(made).map(|(at, _)| at),
        }
    }
}

/// Whether the literal parts of a template line stand in a rendered line, in order, its key among them.
fn could_make(line: &str, rendered: &str) -> bool {
    let mut rest = rendered;
    let mut literal = 0;
    let mut after = line;
    let mut first = true;
    while !after.is_empty() {
        let (part, tail) = after
            .split_once("{{")
            .map_or((after, ""), |(part, tail)| (part, tail.split_once("}}").map_or("", |(_, tail)| tail)));
        let part = part.trim_matches(['"', '\'', ' ']);
        if !part.is_empty() {
            let Some(at) = rest.find(part).filter(|at| !first || *at == 0) else { return false };
            rest = rest.get(at + part.len()..).unwrap_or("");
            literal += part.len();
        }
        first = false;
        after = tail;
    }
    literal > 2
}

/// Whether an action writes text, rather than steering or setting.
fn writes(line: &str) -> bool {
    let action = line.trim_start_matches(['{', '-', ' ']);
    !["if", "else", "end", "range", "with", "define", "$", "/*", "block"].iter().any(|word| action.starts_with(word))
}

fn spans_of(text: &str, values: &[String]) -> Vec<Span> {
    let found = |value: &String| {
        text.match_indices(value.as_str()).map(|(at, part)| Span::new(at, at + part.len())).collect::<Vec<_>>()
    };
    values.iter().flat_map(found).collect()
}

/// The key in the values that a template line takes its value from.
fn value_of(line: &str, values: &Yaml) -> Option<Span> {
    let (_, after) = line.split_once(".Values.")?;
    let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(after.len());
    let mut node = values.root()?;
    let mut span = None;
    for key in after.get(..end)?.split('.').filter(|key| !key.is_empty()) {
        let Some(entry) = node.entry(key) else { break };
        span = Some(entry.key.span());
        node = entry.value;
    }
    span
}

/// Places of rendered lines in their templates.
struct Lines<'l> {
    yaml: &'l Yaml,
    lines: &'l LineIndex,
    text: &'l str,
    templates: &'l HashMap<String, Option<Template>>,
    places: &'l [Option<(String, usize)>],
}

impl Origins for Lines<'_> {
    fn origin(&self, span: Span) -> Option<Location> {
        let (path, line) = self.places.get(self.lines.line(span.start))?.as_ref()?;
        let template = self.templates.get(path)?.as_ref()?;
        let subject = Subject::new(Arc::clone(&template.path), template.text.as_bytes(), &Flat, &template.hidden);
        let whole = subject.lines().span(*line, template.text.as_bytes());
        let shown = whole.of(&template.text);
        let start = whole.start as usize + (shown.len() - shown.trim_start().len());
        let location = subject.locate(Span::new(start, whole.start as usize + shown.trim_end().len()));
        let structure = self.yaml.path_of(span);
        Some(Location { structure, content: content_hash(span.of(self.text).as_bytes()), ..location })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_parts_must_fit_around_actions() {
        assert!(could_make("image: {{ .Values.image }}", "image: web:1"));
        assert!(could_make("- name: {{ .Chart.Name }}-x", "- name: web-x"));
        assert!(!could_make("{{ toYaml . | nindent 4 }}", "image: web:1"));
        assert!(!could_make("image: {{ .Values.image }}", "name: web"));
    }

    #[test]
    fn values_are_found_by_their_path() {
        let values = Yaml::parse("image:\n  tag: latest\n");
        let span = value_of("image: \"a:{{ .Values.image.tag | default 1 }}\"", &values);
        assert_eq!(span.map(|span| span.of(values.text()).to_owned()).as_deref(), Some("tag"));
    }
}
