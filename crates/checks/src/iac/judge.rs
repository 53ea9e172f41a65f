//! Evaluates the Terraform files of a target and runs the checks over what comes out.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use palisade_inventory::terraform::{Body, Estate, Expression, File, Node, Origin};
use palisade_inventory::{Inventory, Subject};
use palisade_model::{Finding, Location, Span};

use super::{COMPANIONS, Resource};
use crate::check::Run;
use crate::scanner::text_of;
use crate::{Check, Host, Report, Settings};

/// Finds the secrets of a file.
type Masks<'a> = &'a dyn Fn(&str, &[u8]) -> Vec<Span>;

/// What checks of one target share.
pub(crate) struct Ground<'g> {
    pub(super) estate: Estate,
    pub(super) files: Vec<&'g File>,
    host: Host<'g>,
    masks: Masks<'g>,
    /// Texts of files in which something was found, with what no excerpt may show.
    texts: RefCell<HashMap<u32, Option<(String, Vec<Span>)>>>,
    /// Checks and places at which something was found.
    pub(super) seen: RefCell<HashSet<(&'static str, Origin)>>,
}

/// What the checks find in the Terraform files of a target.
pub(crate) fn judge(
    checks: &[&'static Check],
    settings: &Settings,
    inventory: &Inventory,
    host: Host<'_>,
    masks: Masks<'_>,
) -> Vec<Finding> {
    let Some(first) = checks.iter().find(|check| check.meta.family() == "iac") else { return Vec::new() };
    let files: Vec<&File> = inventory.files.iter().filter_map(|facts| facts.terraform.as_deref()).collect();
    if files.is_empty() {
        return Vec::new();
    }
    let mut by_kind: HashMap<&str, Vec<&'static Check>> = HashMap::new();
    for check in checks {
        if let Run::Resource(kinds, _) | Run::Setting(kinds, _) = check.run {
            kinds.iter().for_each(|kind| by_kind.entry(kind).or_default().push(check));
        }
    }
    let wanted = |kind: &str| by_kind.contains_key(kind) || COMPANIONS.contains(&kind);
    let estate = Estate::evaluate(&files, host.read, &wanted);
    let texts = RefCell::new(HashMap::new());
    let ground = Ground { estate, files, host, masks, texts, seen: RefCell::default() };
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
    report.finish()
}

impl Ground<'_> {
    /// The location of a place in a file.
    pub(super) fn locate(&self, origin: Origin) -> Option<Location> {
        let file = self.files.get(origin.source as usize)?;
        let mut texts = self.texts.borrow_mut();
        let text = texts.entry(origin.source).or_insert_with(|| {
            let bytes = (self.host.read)(&file.path)?;
            let shown = [(self.masks)(&file.path, &bytes), masks(file)].concat();
            Some((text_of(&bytes), shown))
        });
        let (text, masks) = text.as_ref()?;
        Some(Subject::new(file.path.clone(), text.as_bytes(), *file, masks).locate(origin.span))
    }
}

/// Texts that no excerpt may show: literal values under names that speak of secrets.
pub(crate) fn masks(file: &File) -> Vec<Span> {
    let mut masks = Vec::new();
    of_body(&file.body, &mut masks);
    masks
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

fn of_entry(name: &str, value: &Expression, masks: &mut Vec<Span>) {
    match &value.node {
        Node::Text(text) if !text.is_empty() && super::is_secret_name(name) => masks.push(value.span),
        Node::Object(entries) => {
            for (key, value) in entries {
                let key = if let Node::Text(key) = &key.node { key } else { "" };
                of_entry(key, value, masks);
            }
        }
        Node::List(items) | Node::Call(_, items, _) => items.iter().for_each(|item| of_entry(name, item, masks)),
        _ => {}
    }
}
