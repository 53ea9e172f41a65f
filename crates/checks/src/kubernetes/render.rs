//! Judges what kustomizations and charts bring as it is deployed, and points at the files it came from.
//!
//! Files that take part in a rendering are not judged alone: a patch lacks
//! fields on purpose, and an overlay may mend what its base lacks.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_inventory::kubernetes::ObjectFacts;
use palisade_inventory::kustomize::{Kitchen, Source};
use palisade_inventory::tree::Assembled;
use palisade_inventory::yaml::Yaml;
use palisade_inventory::{Flat, Format, Inventory, Origins, Subject};
use palisade_model::{Finding, Fix, Location, Related, Span};

use super::{chart, judge, masks};
use crate::report::Seen;
use crate::scan::not_rendered;
use crate::{Check, Host, Report, Settings};

/// What rendering gave.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// What was found in rendered objects, at the files they came from.
    pub(crate) findings: Vec<Finding>,
    /// The rendered objects, by the file that asks for them.
    pub(crate) objects: BTreeMap<String, Vec<ObjectFacts>>,
    /// Files that took part, and are not judged alone.
    pub(crate) covered: BTreeSet<String>,
}

/// Renders and judges all charts and kustomizations of a target.
pub(crate) fn render(
    checks: &[&'static Check],
    settings: &Settings,
    inventory: &Inventory,
    host: Host<'_>,
) -> Rendered {
    let mut rendered = Rendered::default();
    let Some(first) = checks.iter().find(|check| check.meta.family() == "kubernetes") else { return rendered };
    let mut stage = Stage {
        checks,
        host,
        report: Report::new(settings, None, &first.meta),
        settings,
        seen: Seen::default(),
        rendered: &mut rendered,
    };
    stage.kustomizations(inventory);
    for file in inventory.files.iter().filter(|file| file.format == Format::HelmChart) {
        stage.chart(&file.path, inventory);
    }
    let report = stage.report;
    rendered.findings = report.finish();
    rendered
}

pub(super) struct Stage<'s, 'a> {
    checks: &'s [&'static Check],
    host: Host<'s>,
    settings: &'a Settings,
    report: Report<'a>,
    seen: Seen,
    rendered: &'s mut Rendered,
}

impl Stage<'_, '_> {
    fn kustomizations(&mut self, inventory: &Inventory) {
        let facts: BTreeMap<&str, _> =
            inventory.files.iter().filter_map(|file| Some((&*file.path, file.kustomization.as_deref()?))).collect();
        let children: BTreeSet<&str> = facts.values().flat_map(|facts| &facts.children).map(String::as_str).collect();
        for facts in facts.values() {
            self.rendered.covered.extend(facts.patches.iter().cloned());
        }
        let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        let mut queue: Vec<&str> = facts
            .iter()
            .filter(|(path, facts)| !facts.component && !children.contains(folder(path).as_str()))
            .map(|(path, _)| *path)
            .collect();
        queue.reverse();
        let mut tried: BTreeSet<&str> = BTreeSet::new();
        let host = self.host;
        let mut kitchen = Kitchen::new(host.read);
        while let Some(path) = queue.pop() {
            if !tried.insert(path) || self.rendered.covered.contains(path) {
                continue;
            }
            match kitchen.render(path) {
                Ok(rendering) => {
                    for gap in &rendering.gaps {
                        self.not_rendered(&gap.path, gap.span, gap.message.clone());
                    }
                    let assembled = Assembled::of(rendering.objects.iter());
                    self.judge_assembled(path, &assembled, kitchen.sources());
                    self.rendered.covered.extend(rendering.used);
                }
                Err(fault) => {
                    let local = !reaches_out(path, &facts, &mut BTreeSet::new());
                    let by_program =
                        host.renderer.filter(|_| local).map(|renderer| renderer.kustomization(&folder(path)));
                    if let Some(Ok(text)) = by_program {
                        self.judge_text(path, &text);
                        self.cover(path, &facts);
                        continue;
                    }
                    let why =
                        format!("this kustomization was not rendered, so what it changes was not checked: {fault}");
                    self.not_rendered(&fault.path, fault.span, why);
                    // What it includes can still be judged as it stands.
                    for (inner, _) in facts.iter().filter(|(inner, facts)| !facts.component && !tried.contains(*inner))
                    {
                        if facts.get(path).is_some_and(|own| own.children.contains(&folder(inner))) {
                            queue.push(inner);
                        }
                    }
                }
            }
        }
    }

    /// Marks a kustomization rendered by a program and all that it includes.
    fn cover(&mut self, path: &str, facts: &BTreeMap<&str, &palisade_inventory::kustomize::Facts>) {
        let Some(own) = facts.get(path).filter(|_| self.rendered.covered.insert(path.to_owned())) else { return };
        self.rendered.covered.extend(own.children.iter().cloned());
        for inner in facts.keys() {
            if inner.rsplit_once('/').is_some_and(|(folder, _)| own.children.iter().any(|child| child == folder)) {
                self.cover(inner, facts);
            }
        }
    }

    fn judge_assembled(&mut self, path: &str, assembled: &Assembled, sources: &[std::rc::Rc<Source>]) {
        let hidden: Vec<OnceCell<Vec<Span>>> = sources.iter().map(|_| OnceCell::new()).collect();
        let subjects: Vec<OnceCell<Subject<'_>>> = sources.iter().map(|_| OnceCell::new()).collect();
        let origins = Places { assembled, sources, hidden: &hidden, subjects: &subjects };
        let everything = [Span::new(0, assembled.yaml.text().len())];
        let subject = Subject::new(path.into(), assembled.yaml.text().as_bytes(), &assembled.yaml, &everything);
        self.judge_documents(path, &assembled.yaml, &subject.with_origins(&origins), &|_, _| None);
    }

    /// Judges text that a program rendered; places are those of the file that asked for it.
    fn judge_text(&mut self, path: &str, text: &str) {
        let yaml = Yaml::parse_where(text, |document| !palisade_inventory::kubernetes::is_schema(document));
        let Some(bytes) = (self.host.read)(path) else { return };
        let asked = Subject::new(path.into(), &bytes, &Flat, &[]);
        let whole = Whole { yaml: &yaml, place: asked.locate(Span::new(0, 0)) };
        let everything = [Span::new(0, text.len())];
        let subject = Subject::new(path.into(), yaml.text().as_bytes(), &yaml, &everything);
        self.judge_documents(path, &yaml, &subject.with_origins(&whole), &|_, _| None);
    }

    /// `mend` makes an edit of the rendered text into one of the files that it came from.
    pub(super) fn judge_documents(
        &mut self,
        path: &str,
        yaml: &Yaml,
        subject: &Subject<'_>,
        mend: &dyn Fn(&Location, &Fix) -> Option<Fix>,
    ) {
        let Some(first) = self.checks.first() else { return };
        let mut report = Report::new(self.settings, Some(subject), &first.meta);
        let mut objects = Vec::new();
        for root in yaml.documents() {
            objects.extend(judge(self.checks, root, subject, &mut report));
        }
        let drafts = report.into_drafts();
        self.report.absorb(drafts, &mut self.seen, mend);
        self.rendered.objects.entry(path.to_owned()).or_default().extend(objects);
    }

    /// Adds a second place to findings.
    pub(super) fn explain(&mut self, explain: &dyn Fn(&Location) -> Option<Related>) {
        self.report.explain(explain);
    }

    pub(super) fn not_rendered(&mut self, path: &str, span: Span, message: String) {
        let check = &not_rendered::CHECK;
        let Some(bytes) = (self.host.read)(path).filter(|_| self.checks.iter().any(|one| one.meta.id == check.meta.id))
        else {
            return;
        };
        let yaml = Yaml::parse(String::from_utf8_lossy(&bytes));
        let hidden = masks(&yaml);
        let subject = Subject::new(path.into(), &bytes, &yaml, &hidden);
        let mut report = Report::new(self.settings, Some(&subject), &check.meta);
        report.finding(span, message);
        let drafts = report.into_drafts();
        self.report.absorb(drafts, &mut self.seen, &|_, _| None);
    }

    fn chart(&mut self, path: &str, inventory: &Inventory) {
        let folder = path.strip_suffix("Chart.yaml").unwrap_or("");
        let charts: Vec<&str> =
            inventory.files.iter().filter(|file| file.format == Format::HelmChart).map(|file| &*file.path).collect();
        let parent = |other: &&str| {
            let above = other.strip_suffix("Chart.yaml").unwrap_or("");
            *other != path && folder.strip_prefix(above).is_some_and(|rest| rest.starts_with("charts/"))
        };
        if charts.iter().any(parent) {
            return;
        }
        let name = (self.host.read)(path).and_then(|bytes| {
            let text = String::from_utf8(bytes).ok()?;
            let yaml = Yaml::parse(text);
            let root = yaml.root()?;
            let library = root.get_str("type") == Some("library");
            Some((root.get("name")?.span(), root.get_str("name")?.to_owned(), library))
        });
        let Some((place, name, library)) = name else { return };
        if library {
            return;
        }
        let Some(renderer) = self.host.renderer else {
            let why = "this chart was not rendered, because helm is not at hand: its templates were not checked";
            return self.not_rendered(path, place, why.to_owned());
        };
        match renderer.chart(folder.trim_end_matches('/')) {
            Ok(text) => {
                chart::judge(self, path, folder, &name, &text, self.host);
                let templates = format!("{folder}templates/");
                let taken = inventory.files.iter().filter(|file| file.path.starts_with(&templates));
                self.rendered.covered.extend(taken.map(|file| file.path.to_string()));
            }
            Err(error) => {
                let line = error.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
                let why = format!("this chart was not rendered, so its templates were not checked: {line}");
                self.not_rendered(path, place, why);
            }
        }
    }
}

/// Whether a kustomization or one that it includes asks for something remote.
fn reaches_out<'f>(
    path: &'f str,
    facts: &BTreeMap<&'f str, &'f palisade_inventory::kustomize::Facts>,
    seen: &mut BTreeSet<&'f str>,
) -> bool {
    let Some(own) = facts.get(path).filter(|_| seen.insert(path)) else { return false };
    own.remote
        || facts.keys().any(|inner| {
            let inside =
                inner.rsplit_once('/').is_some_and(|(folder, _)| own.children.iter().any(|child| child == folder));
            inside && reaches_out(inner, facts, seen)
        })
}

/// Places of rendered parts in their files.
struct Places<'p> {
    assembled: &'p Assembled,
    sources: &'p [std::rc::Rc<Source>],
    hidden: &'p [OnceCell<Vec<Span>>],
    subjects: &'p [OnceCell<Subject<'p>>],
}

impl Origins for Places<'_> {
    fn origin(&self, span: Span) -> Option<Location> {
        let origin = self.assembled.origin(span)?;
        let at = origin.source as usize;
        let (source, hidden, subject) = (self.sources.get(at)?, self.hidden.get(at)?, self.subjects.get(at)?);
        let subject = subject.get_or_init(|| {
            let hidden = hidden.get_or_init(|| masks(&source.yaml));
            Subject::new(Arc::clone(&source.path), source.yaml.text().as_bytes(), &source.yaml, hidden)
        });
        Some(subject.locate(origin.span))
    }
}

/// One place for everything, told apart by the structure of what was rendered.
struct Whole<'w> {
    yaml: &'w Yaml,
    place: Location,
}

impl Origins for Whole<'_> {
    fn origin(&self, span: Span) -> Option<Location> {
        let structure = palisade_inventory::Structure::path_of(self.yaml, span);
        let content = palisade_model::content_hash(span.of(self.yaml.text()).as_bytes());
        Some(Location { structure, content, ..self.place.clone() })
    }
}
