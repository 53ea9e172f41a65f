//! One statement of a policy, and what of it was needed.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::wildcard;
use serde_json::{Map, Value};

/// More names of resources than this for one action are put together to a pattern.
const NAMES_MAX: usize = 5;

pub(super) struct Statement {
    original: Value,
    allows: bool,
    actions: Vec<String>,
    not_actions: Option<Vec<String>>,
    resources: Vec<String>,
    not_resources: Option<Vec<String>>,
    /// Actions as they are called, with the resources that were named; nothing for all of the statement's.
    needed: BTreeMap<String, BTreeSet<Option<String>>>,
    /// Patterns that some needed action fits.
    used: BTreeSet<String>,
}

fn list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Whether a pattern covers an action; cases do not matter.
fn fits(pattern: &str, action: &str) -> bool {
    wildcard::covers(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

/// Whether a pattern covers a resource. What a policy variable stands for is not known, so it may be anything.
fn reaches(pattern: &str, resource: &str) -> bool {
    let mut plain = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        let (_, after) = after.split_once('}').unwrap_or(("", ""));
        plain.extend([before, "*"]);
        rest = after;
    }
    plain.push_str(rest);
    wildcard::covers(&plain, resource)
}

impl Statement {
    pub(super) fn of(value: &Value) -> Self {
        Self {
            allows: value.get("Effect").and_then(Value::as_str) == Some("Allow"),
            actions: list(value.get("Action")),
            not_actions: value.get("NotAction").map(|list_of| list(Some(list_of))),
            resources: list(value.get("Resource")),
            not_resources: value.get("NotResource").map(|list_of| list(Some(list_of))),
            original: value.clone(),
            needed: BTreeMap::new(),
            used: BTreeSet::new(),
        }
    }

    fn covers(&self, action: &str) -> bool {
        match &self.not_actions {
            Some(excluded) => !excluded.iter().any(|pattern| fits(pattern, action)),
            None => self.actions.iter().any(|pattern| fits(pattern, action)),
        }
    }

    /// Whether a pattern with a wildcard, or `NotAction`, allows an action that was not needed.
    pub(super) fn covers_by_pattern(&self, action: &str) -> bool {
        let named = self.actions.iter().any(|pattern| pattern.eq_ignore_ascii_case(action));
        self.allows && self.covers(action) && !named && !self.needed.contains_key(action)
    }

    /// Whether it allows an action on a resource; on some resource when none is named.
    pub(super) fn allows(&self, action: &str, resource: Option<&str>) -> bool {
        let reached = match (resource, &self.not_resources) {
            (None, _) => true,
            (Some(resource), Some(excluded)) => !excluded.iter().any(|pattern| reaches(pattern, resource)),
            (Some(resource), None) => self.resources.iter().any(|pattern| reaches(pattern, resource)),
        };
        self.allows && reached && self.covers(action)
    }

    pub(super) fn need(&mut self, action: &str, resource: Option<&str>) {
        self.used.extend(self.actions.iter().filter(|pattern| fits(pattern, action)).cloned());
        self.needed.entry(action.to_owned()).or_default().insert(resource.map(str::to_owned));
    }

    /// Patterns that nothing needed.
    pub(super) fn unused(&self) -> Vec<String> {
        if !self.allows {
            return Vec::new();
        }
        self.actions.iter().filter(|pattern| !self.used.contains(*pattern)).cloned().collect()
    }

    pub(super) fn needed(&self) -> impl Iterator<Item = &str> {
        self.needed.keys().map(String::as_str)
    }

    /// The statements that are left of it.
    pub(super) fn narrowed(&self) -> Vec<Value> {
        if !self.allows {
            return vec![self.original.clone()];
        }
        let mut groups: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        for (action, named) in &self.needed {
            let resources = self.resources_for(named);
            match groups.iter_mut().find(|(known, _)| *known == resources) {
                Some((_, actions)) => actions.push(action.clone()),
                None => groups.push((resources, vec![action.clone()])),
            }
        }
        let several = groups.len() > 1;
        let groups = groups.into_iter().enumerate();
        groups.map(|(at, (resources, actions))| self.written(actions, resources, several.then_some(at + 1))).collect()
    }

    fn resources_for(&self, named: &BTreeSet<Option<String>>) -> Vec<String> {
        // One call without a name may have been on any of them.
        if named.contains(&None) {
            return self.resources.clone();
        }
        let mut by_pattern: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut resources = BTreeSet::new();
        let (objects, others) = by_bucket(named.iter().flatten().map(String::as_str));
        for (_, names) in objects.iter().filter(|(_, names)| names.len() > 1) {
            let patterns: BTreeSet<&String> =
                names.iter().filter_map(|name| self.resources.iter().find(|pattern| reaches(pattern, name))).collect();
            // The next object has another name: what these have in common is the least that goes on working.
            let common = common_start(names);
            let literal = |pattern: &str| pattern.split(['*', '?', '$']).next().unwrap_or("").len();
            match patterns.iter().any(|pattern| literal(pattern) >= common.len()) {
                true => resources.extend(patterns.into_iter().cloned()),
                false => drop(resources.insert(format!("{common}*"))),
            }
        }
        let alone = objects.values().filter(|names| names.len() == 1).flatten().copied();
        for name in others.into_iter().chain(alone) {
            let pattern = self.resources.iter().find(|pattern| reaches(pattern, name));
            by_pattern.entry(pattern.map_or("*", String::as_str)).or_default().push(name);
        }
        for (pattern, names) in by_pattern {
            let literal = pattern.split(['*', '?', '$']).next().unwrap_or("");
            if names.len() <= NAMES_MAX {
                resources.extend(
                    names
                        .into_iter()
                        .map(|name| if literal.len() == pattern.len() { pattern } else { name }.to_owned()),
                );
                continue;
            }
            let common = common_start(&names);
            let wider = common.len() <= literal.len();
            resources.insert(if wider { pattern.to_owned() } else { format!("{common}*") });
        }
        resources.into_iter().collect()
    }

    fn written(&self, actions: Vec<String>, resources: Vec<String>, number: Option<usize>) -> Value {
        let mut made = Map::new();
        let texts = |mut list: Vec<String>, before: Option<&Value>| match (list.len(), before) {
            (1, Some(Value::String(_))) => Value::String(list.pop().unwrap_or_default()),
            _ => Value::Array(list.into_iter().map(Value::String).collect()),
        };
        for (key, value) in self.original.as_object().into_iter().flatten() {
            let (key, value) = match key.as_str() {
                "Action" | "NotAction" => ("Action", texts(actions.clone(), Some(value))),
                // What a NotResource leaves out stays left out.
                "Resource" => ("Resource", texts(resources.clone(), Some(value))),
                "Sid" => match (number, value.as_str()) {
                    (Some(number), Some(sid)) => ("Sid", Value::String(format!("{sid}{number}"))),
                    _ => ("Sid", value.clone()),
                },
                key => (key, value.clone()),
            };
            made.insert(key.to_owned(), value);
        }
        Value::Object(made)
    }
}

/// Names of objects by their bucket, and the other names.
fn by_bucket<'n>(names: impl Iterator<Item = &'n str>) -> (BTreeMap<&'n str, Vec<&'n str>>, Vec<&'n str>) {
    let (mut objects, mut others): (BTreeMap<&str, Vec<&str>>, _) = (BTreeMap::new(), Vec::new());
    for name in names {
        match name.strip_prefix("arn:aws:s3:::").and_then(|rest| rest.split_once('/')) {
            Some((bucket, _)) => objects.entry(bucket).or_default().push(name),
            None => others.push(name),
        }
    }
    (objects, others)
}

/// What all names begin with, up to a `/` or `:`.
fn common_start(names: &[&str]) -> String {
    let Some((first, rest)) = names.split_first() else { return String::new() };
    let mut length = first.len();
    for name in rest {
        let same = first.bytes().zip(name.bytes()).take_while(|(left, right)| left == right).count();
        length = length.min(same);
    }
    let start = first.get(..length).unwrap_or("");
    start.rfind(['/', ':']).and_then(|at| start.get(..=at)).unwrap_or("").to_owned()
}
