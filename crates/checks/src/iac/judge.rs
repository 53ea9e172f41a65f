//! Evaluates the Terraform files and templates of a target and runs the checks over what comes out.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use palisade_inventory::terraform::{Body, Estate, Expression, File, Instance, Node, Origin, Part, plan};
use palisade_inventory::yaml::Yaml;
use palisade_inventory::{Format, Inventory, Structure, Subject, cloudformation, pulumi};
use palisade_model::{Coverage, Edit, Finding, LineIndex, Location, Skipped, Span};

use super::{COMPANIONS, Resource, mend};
use crate::check::Run;
use crate::scanner::text_of;
use crate::{Check, Host, Report, Settings};

/// Finds the secrets of a file.
type Masks<'a> = &'a dyn Fn(&str, &[u8]) -> Vec<Span>;

/// Texts by the numbers of their sources.
type Texts = HashMap<u32, Option<Text>>;

/// The text of a file in which something was found: read and indexed once, however many findings it has.
pub(super) struct Text {
    text: String,
    lines: Rc<LineIndex>,
    /// What no excerpt may show.
    masks: Vec<Span>,
}

/// What checks of one target share.
pub(crate) struct Ground<'g> {
    pub(crate) estate: Estate,
    /// By the numbers that origins carry.
    pub(super) sources: Vec<Source<'g>>,
    host: Host<'g>,
    masks: Masks<'g>,
    /// Texts of files in which something was found.
    texts: RefCell<Texts>,
    /// Checks and places at which something was found.
    pub(super) seen: RefCell<HashSet<(&'static str, Origin)>>,
    /// Checks and texts that are told once for each instance of a module.
    pub(super) told: RefCell<HashSet<(&'static str, u32, String)>>,
}

/// A file that elements were read from.
#[derive(Clone, Copy)]
pub(super) enum Source<'g> {
    Terraform(&'g File),
    /// A template or policy, with its path.
    Document(&'g str, &'g Yaml),
}

impl<'g> Source<'g> {
    pub(super) fn path(self) -> &'g str {
        match self {
            Self::Terraform(file) => &file.path,
            Self::Document(path, _) => path,
        }
    }

    /// Whether it is a plan or what a program left, in which lines say little.
    pub(super) fn is_plan(self) -> bool {
        let planned = |root| plan::is_plan(root) || pulumi::is_output(root);
        matches!(self, Self::Document(_, yaml) if yaml.root().is_some_and(planned))
    }

    fn structure(self) -> &'g dyn Structure {
        match self {
            Self::Terraform(file) => file,
            Self::Document(_, yaml) => yaml,
        }
    }

    fn masks(self) -> Vec<Span> {
        match self {
            Self::Terraform(file) => masks(file),
            Self::Document(_, yaml) => document_masks(yaml),
        }
    }
}

/// What the checks find in the Terraform files, templates and policies of a target. What could not be judged goes
/// into the coverage.
pub(crate) fn judge(
    checks: &[&'static Check],
    settings: &Settings,
    inventory: &Inventory,
    host: Host<'_>,
    masks: Masks<'_>,
    coverage: &mut Coverage,
) -> Vec<Finding> {
    let Some(first) = checks.iter().find(|check| matches!(check.meta.family(), "iac" | "iam")) else {
        return Vec::new();
    };
    let files: Vec<&File> = inventory.files.iter().filter_map(|facts| facts.terraform.as_deref()).collect();
    let documents = inventory.files.iter().filter_map(|facts| Some((&*facts.path, facts.document.as_deref()?)));
    let documents: Vec<(&str, &Yaml)> = documents.collect();
    if files.is_empty() && documents.is_empty() && !crate::iam::has_accounts(inventory) {
        return Vec::new();
    }
    // Where files cannot be asked for again, as in a part of a history, nothing here can be told of.
    let cannot_be_told = |file: &&&File| !host.whole && (host.read)(&file.path).is_none();
    for file in files.iter().filter(cannot_be_told) {
        let known = |list: &[Skipped]| list.iter().any(|skipped| *skipped.path == *file.path);
        if !known(&coverage.partial) && !known(&coverage.unreadable) {
            coverage.parsed = coverage.parsed.saturating_sub(1);
            let reason = "Terraform is judged where the rest of its module is: scan its directory".to_owned();
            coverage.partial.push(Skipped { path: file.path.to_string(), reason });
        }
    }
    let mut by_kind: HashMap<&str, Vec<&'static Check>> = HashMap::new();
    for check in checks {
        if let Run::Resource(kinds, _) | Run::Setting(kinds, _) = check.run {
            kinds.iter().for_each(|kind| by_kind.entry(kind).or_default().push(check));
        }
    }
    let policies = checks.iter().any(|check| matches!(check.run, Run::Policy(_) | Run::Access(_)));
    let wanted =
        |kind: &str| by_kind.contains_key(kind) || COMPANIONS.contains(&kind) || policies && crate::iam::wants(kind);
    let mut estate = Estate::evaluate(&files, host.read, &wanted);
    let mut sources: Vec<Source<'_>> = files.into_iter().map(Source::Terraform).collect();
    for (path, yaml) in documents {
        let source = u32::try_from(sources.len()).unwrap_or(u32::MAX);
        sources.push(Source::Document(path, yaml));
        let Some(root) = yaml.root() else { continue };
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
        let instance = Instance { directory, caller: None, root: path.to_owned() };
        if cloudformation::is_template(root) {
            estate.add(instance, |number| {
                let mut elements = cloudformation::elements(root, source, number);
                elements.extend(elements.clone().iter().flat_map(cloudformation::as_terraform));
                elements
            });
        } else if plan::is_plan(root) {
            estate.add(instance, |number| plan::elements(root, source, number));
        } else if pulumi::is_output(root) {
            estate.add(instance, |number| pulumi::elements(root, source, number));
        } else if pulumi::is_program(root) {
            estate.add(instance, |number| pulumi::program(root, source, number));
        } else {
            estate.add(instance, |number| vec![cloudformation::document(root, path, source, number)]);
        }
    }
    let texts = RefCell::new(HashMap::new());
    let ground = Ground { estate, sources, host, masks, texts, seen: RefCell::default(), told: RefCell::default() };
    let mut report = Report::new(settings, None, &first.meta);
    for element in &ground.estate.elements {
        let resource = Resource::new(&ground, element);
        for check in by_kind.get(&*element.kind).into_iter().flatten() {
            report.switch(&check.meta);
            match &check.run {
                Run::Resource(_, run) => run(&resource, &mut report),
                Run::Setting(_, rule) => rule.judge(&resource, &mut report),
                _ => {}
            }
        }
    }
    crate::iam::judge(checks, &ground, inventory, &mut report);
    let cut = checks.iter().find(|check| check.meta.id == crate::scan::unreadable_file::CHECK.meta.id);
    if let Some(check) = cut.filter(|_| ground.estate.is_cut)
        && let Some(place) = ground.locate(Origin::default(), None)
    {
        report.switch(&check.meta);
        let message = "the Terraform modules here make more than can be evaluated: not all of them were checked";
        report.finding_at(place, message);
    }
    report.finish()
}

impl Ground<'_> {
    /// The edit that makes `path` of the Terraform block with this head be `literal`.
    pub(super) fn mend(&self, head: Origin, path: &str, literal: &str) -> Option<Edit> {
        let Source::Terraform(file) = *self.sources.get(head.source as usize)? else { return None };
        let mut texts = self.texts.borrow_mut();
        let Text { text, .. } = self.text(head.source, &mut texts)?;
        mend::set(file, text, head.span, path, literal)
    }

    /// The edit that puts `literal` in place of a plain value of a template.
    pub(super) fn replace(&self, written: Origin, literal: &str) -> Option<Edit> {
        let Source::Document(path, _) = *self.sources.get(written.source as usize)? else { return None };
        let mut texts = self.texts.borrow_mut();
        let Text { text, .. } = self.text(written.source, &mut texts)?;
        let raw = written.span.of(text);
        let plain =
            !raw.is_empty() && raw.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'"' || byte == b'\'');
        // A plan is made by Terraform: it is no place to mend anything.
        let is_template = Format::of(path, text.as_bytes()) == Format::CloudFormation;
        (plain && is_template).then(|| Edit { path: None, span: written.span, replacement: literal.to_owned() })
    }

    /// The edit that writes another word where `word` stands, with or without quotes.
    pub(crate) fn respell(&self, written: Origin, word: &str, other: &str) -> Option<Edit> {
        let from = *self.sources.get(written.source as usize)?;
        let mut texts = self.texts.borrow_mut();
        let Text { text, .. } = self.text(written.source, &mut texts)?;
        let raw = written.span.of(text);
        // A plan is made by Terraform: it is no place to mend anything.
        let plain = raw.trim_matches(['"', '\'']) == word && !from.is_plan();
        plain.then(|| Edit { path: None, span: written.span, replacement: raw.replacen(word, other, 1) })
    }

    /// The text of a source, read when it is first asked for.
    fn text<'t>(&self, source: u32, texts: &'t mut Texts) -> Option<&'t Text> {
        let from = *self.sources.get(source as usize)?;
        let text = texts.entry(source).or_insert_with(|| {
            // A document holds its text: it is told of also where nothing can be read again, as in one file alone.
            let text = match from {
                Source::Terraform(file) => text_of(&(self.host.read)(&file.path)?),
                Source::Document(_, yaml) => yaml.text().to_owned(),
            };
            let masks = [(self.masks)(from.path(), text.as_bytes()), from.masks()].concat();
            Some(Text { lines: Rc::new(LineIndex::new(text.as_bytes())), text, masks })
        });
        text.as_ref()
    }

    /// The location of a place in a file; its excerpt shows nothing of `hidden`.
    pub(super) fn locate(&self, origin: Origin, hidden: Option<Origin>) -> Option<Location> {
        let source = *self.sources.get(origin.source as usize)?;
        let mut texts = self.texts.borrow_mut();
        let Text { text, lines, masks } = self.text(origin.source, &mut texts)?;
        let hidden = hidden.filter(|hidden| hidden.source == origin.source).map(|hidden| hidden.span);
        let subject = Subject::new(source.path().into(), text.as_bytes(), source.structure(), masks);
        Some(subject.with_lines(Rc::clone(lines)).hiding(hidden).locate(origin.span))
    }
}

/// Texts that no excerpt may show: literal values under names that speak of secrets.
pub(crate) fn masks(file: &File) -> Vec<Span> {
    let mut masks = Vec::new();
    of_body(&file.body, &mut masks);
    masks
}

/// The same for a template.
pub(crate) fn document_masks(yaml: &Yaml) -> Vec<Span> {
    let secrets = |root| cloudformation::secrets(root, &super::is_secret_name);
    yaml.documents().flat_map(|root| [secrets(root), plan::secrets(root), pulumi::secrets(root)].concat()).collect()
}

fn of_body(body: &Body, masks: &mut Vec<Span>) {
    for attribute in &body.attributes {
        of_entry(&attribute.name, &attribute.value, masks);
    }
    for block in &body.blocks {
        let secret = &*block.kind == "variable" && super::is_secret_name(block.label(0));
        for attribute in block.body.attributes.iter().filter(|attribute| secret && &*attribute.name == "default") {
            of_entry("password", &attribute.value, masks);
        }
        of_body(&block.body, masks);
    }
}

/// Attributes that hold a script, or a document as text.
const SCRIPTS: [&str; 5] =
    ["user_data", "user_data_base64", "custom_data", "container_definitions", "container_properties"];

fn speaks_of_secrets(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'));
    words.into_iter().any(super::is_secret_name)
}

fn of_entry(name: &str, value: &Expression, masks: &mut Vec<Span>) {
    match &value.node {
        Node::Text(text) if !text.is_empty() && super::is_secret_name(name) => masks.push(value.span),
        // Scripts and definitions of containers as text: all of it, when a word in it speaks of a secret.
        Node::Text(text) if SCRIPTS.contains(&name) && speaks_of_secrets(text) => masks.push(value.span),
        Node::Template(parts) if SCRIPTS.contains(&name) || super::is_secret_name(name) => {
            let texts = parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(&**text) } else { None });
            if super::is_secret_name(name) || texts.into_iter().any(speaks_of_secrets) {
                masks.push(value.span);
            }
        }
        Node::Object(entries) => {
            // `{ name = "API_TOKEN", value = "…" }`
            let text =
                |wanted: &str| entries.iter().find(|(key, _)| matches!(&key.node, Node::Text(key) if **key == *wanted));
            let named =
                text("name").and_then(|(_, name)| if let Node::Text(name) = &name.node { Some(&**name) } else { None });
            if let Some((_, value)) = text("value").filter(|_| named.is_some_and(super::is_secret_name)) {
                masks.push(value.span);
            }
            for (key, value) in entries {
                let key = if let Node::Text(key) = &key.node { key } else { "" };
                of_entry(key, value, masks);
            }
        }
        Node::List(items) | Node::Call(_, items, _) => items.iter().for_each(|item| of_entry(name, item, masks)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_indexed_once_for_all_findings_in_it() {
        let yaml = Yaml::parse("a: 1\nb: 2\n");
        let asked = RefCell::new(0);
        let masks = |_: &str, _: &[u8]| {
            *asked.borrow_mut() += 1;
            Vec::new()
        };
        let ground = Ground {
            estate: Estate::evaluate(&[], &|_| None, &|_| false),
            sources: vec![Source::Document("plan.json", &yaml)],
            host: Host::reading(&|_| None),
            masks: &masks,
            texts: RefCell::default(),
            seen: RefCell::default(),
            told: RefCell::default(),
        };
        let place = Origin { source: 0, span: Span::new(5, 6) };
        let line = || ground.locate(place, None).map(|location| location.start.line);
        assert_eq!(line(), Some(2));
        // An index of another text shows that none is made anew.
        for text in ground.texts.borrow_mut().values_mut().flatten() {
            text.lines = Rc::new(LineIndex::new(b"\n\n\n\n\n"));
        }
        assert_eq!(line(), Some(6));
        assert_eq!(*asked.borrow(), 1);
    }
}
