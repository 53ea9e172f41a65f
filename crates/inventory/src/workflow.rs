//! GitHub Actions workflows as a view over YAML: triggers, permissions, jobs, steps, expressions.
//!
//! Reads what is there and leaves out what it does not understand; it never fails.
//! Jobs and steps are collected once, expressions are parsed once, and everything
//! keeps the node it came from, so that a check can point at it.

mod facts;
pub(crate) mod step;
mod uses;

use crate::yaml::{Entry, Node};

pub use facts::{ActionUse, CacheUse, WorkflowFacts};
pub use step::{Located, Slot, Step};
pub use uses::{Source, Uses, version_like};

/// A workflow file.
#[derive(Debug)]
pub struct Workflow<'y> {
    /// The root mapping.
    pub root: Node<'y>,
    /// What starts it.
    pub triggers: Vec<Trigger<'y>>,
    /// `permissions:` of the workflow.
    pub permissions: Permissions<'y>,
    /// `env:` of the workflow.
    pub env: Vec<Entry<'y>>,
    /// In file order.
    pub jobs: Vec<Job<'y>>,
    /// Expressions outside of jobs.
    pub expressions: Vec<Located<'y>>,
}

/// One event that starts a workflow.
#[derive(Clone, Copy, Debug)]
pub struct Trigger<'y> {
    /// `pull_request_target`
    pub name: &'y str,
    /// Where its name stands.
    pub node: Node<'y>,
    /// Its filters and inputs.
    pub config: Option<Node<'y>>,
}

/// A `permissions:` block, or its absence.
#[derive(Debug)]
pub struct Permissions<'y> {
    /// The key `permissions`.
    pub key: Option<Node<'y>>,
    /// What it grants.
    pub grant: Grant<'y>,
}

/// What a `permissions:` block grants.
#[derive(Debug)]
pub enum Grant<'y> {
    /// No block: what the level above grants, in the end the repository's default.
    Unset,
    /// `read-all`
    ReadAll(Node<'y>),
    /// `write-all`
    WriteAll(Node<'y>),
    /// The scopes that are named; all others are withheld.
    Scopes(Vec<Scope<'y>>),
    /// Something else.
    Unknown,
}

/// One scope of a `permissions:` block.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'y> {
    /// `contents`
    pub name: &'y str,
    /// `read`, `write` or `none`.
    pub level: &'y str,
    /// The key.
    pub key: Node<'y>,
    /// The value.
    pub value: Node<'y>,
}

/// One job.
#[derive(Debug)]
pub struct Job<'y> {
    /// Its id.
    pub id: &'y str,
    /// Where its id stands.
    pub key: Node<'y>,
    /// Its mapping.
    pub node: Node<'y>,
    /// `permissions:` of the job.
    pub permissions: Permissions<'y>,
    /// `env:` of the job.
    pub env: Vec<Entry<'y>>,
    /// The reusable workflow it calls.
    pub uses: Option<Uses<'y>>,
    /// In file order.
    pub steps: Vec<Step<'y>>,
    /// Expressions of the job outside its steps.
    pub expressions: Vec<Located<'y>>,
}

/// A container that a job runs in or beside.
#[derive(Clone, Copy, Debug)]
pub struct Container<'y> {
    /// Its name for a service, `container` else.
    pub key: Node<'y>,
    /// The image.
    pub image: Option<Node<'y>>,
    /// `credentials:`
    pub credentials: Option<Node<'y>>,
}

impl<'y> Workflow<'y> {
    /// Reads a workflow from the root of its document.
    #[must_use]
    pub fn new(root: Node<'y>) -> Self {
        let mut expressions = Vec::new();
        let mut jobs = Vec::new();
        for entry in root.entries() {
            match entry.key.as_str() {
                Some("jobs") => jobs.extend(entry.value.entries().filter_map(Job::new)),
                Some("on") => {}
                Some("env") => step::collect_named(entry.value, Slot::Env, &mut expressions),
                _ => step::collect(entry.value, Slot::Other, &mut expressions),
            }
        }
        Self {
            root,
            triggers: triggers(root),
            permissions: Permissions::of(root),
            env: entries_of(root, "env"),
            jobs,
            expressions,
        }
    }

    /// The trigger with a name.
    #[must_use]
    pub fn trigger(&self, name: &str) -> Option<&Trigger<'y>> {
        self.triggers.iter().find(|trigger| trigger.name == name)
    }

    /// Whether one of these events starts it.
    #[must_use]
    pub fn starts_on(&self, names: &[&str]) -> bool {
        self.triggers.iter().any(|trigger| names.contains(&trigger.name))
    }

    /// Whether only these events start it.
    #[must_use]
    pub fn starts_only_on(&self, names: &[&str]) -> bool {
        !self.triggers.is_empty() && self.triggers.iter().all(|trigger| names.contains(&trigger.name))
    }

    /// A node to point at when something is missing: its `name`, else `on`, else its first key.
    #[must_use]
    pub fn anchor(&self) -> Node<'y> {
        let named = self.root.entry("name").map(|entry| entry.value);
        let keyed = ["on", "jobs"].iter().find_map(|key| self.root.entry(key)).map(|entry| entry.key);
        named.or(keyed).or(self.root.entries().next().map(|entry| entry.key)).unwrap_or(self.root)
    }

    /// The job with an id.
    #[must_use]
    pub fn job(&self, id: &str) -> Option<&Job<'y>> {
        self.jobs.iter().find(|job| job.id == id)
    }
}

impl<'y> Job<'y> {
    fn new(entry: Entry<'y>) -> Option<Self> {
        let node = entry.value;
        let mut expressions = Vec::new();
        for part in node.entries() {
            match part.key.as_str() {
                Some("steps") => {}
                Some("if") => step::collect_condition(part.value, &mut expressions),
                Some("env") => step::collect_named(part.value, Slot::Env, &mut expressions),
                Some("with") => step::collect_named(part.value, Slot::With, &mut expressions),
                _ => step::collect(part.value, Slot::Other, &mut expressions),
            }
        }
        Some(Self {
            id: entry.key.as_str()?,
            key: entry.key,
            node,
            permissions: Permissions::of(node),
            env: entries_of(node, "env"),
            uses: node.get("uses").and_then(Uses::new),
            steps: node.get("steps").map(step::steps).unwrap_or_default(),
            expressions,
        })
    }

    /// The value of `if:`.
    #[must_use]
    pub fn condition(&self) -> Option<Node<'y>> {
        self.node.get("if")
    }

    /// Ids of the jobs it waits for.
    pub fn needs(&self) -> impl Iterator<Item = &'y str> {
        one_or_many(self.node.get("needs")).into_iter().filter_map(|node| node.as_str())
    }

    /// Labels of the runner it wants, in every form of `runs-on`.
    #[must_use]
    pub fn runner_labels(&self) -> Vec<Node<'y>> {
        let Some(runner) = self.node.get("runs-on") else { return Vec::new() };
        let labels = if runner.is_mapping() { runner.get("labels") } else { Some(runner) };
        one_or_many(labels)
    }

    /// `environment:` when it is given.
    #[must_use]
    pub fn environment(&self) -> Option<Node<'y>> {
        self.node.get("environment").filter(|node| !node.is_null())
    }

    /// The containers of `container:` and `services:`.
    #[must_use]
    pub fn containers(&self) -> Vec<Container<'y>> {
        let services = self.node.get("services").into_iter().flat_map(Node::entries);
        let mut all: Vec<Entry<'y>> = self.node.entry("container").into_iter().collect();
        all.extend(services);
        let read = |entry: Entry<'y>| {
            let image = if entry.value.is_scalar() { Some(entry.value) } else { entry.value.get("image") };
            Container {
                key: entry.key,
                image: image.filter(|image| !image.is_null()),
                credentials: entry.value.get("credentials"),
            }
        };
        all.into_iter().map(read).collect()
    }

    /// `strategy.matrix`
    #[must_use]
    pub fn matrix(&self) -> Option<Node<'y>> {
        self.node.at(&["strategy", "matrix"])
    }
}

impl<'y> Permissions<'y> {
    fn of(node: Node<'y>) -> Self {
        let Some(entry) = node.entry("permissions") else { return Self { key: None, grant: Grant::Unset } };
        let value = entry.value;
        let grant = match value.as_str() {
            Some("read-all") => Grant::ReadAll(value),
            Some("write-all") => Grant::WriteAll(value),
            Some(_) => Grant::Unknown,
            None if value.is_mapping() || value.is_null() => {
                Grant::Scopes(value.entries().filter_map(Scope::new).collect())
            }
            None => Grant::Unknown,
        };
        Self { key: Some(entry.key), grant }
    }

    /// Whether there is a block.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !matches!(self.grant, Grant::Unset)
    }

    /// The scopes that are named.
    #[must_use]
    pub fn scopes(&self) -> &[Scope<'y>] {
        match &self.grant {
            Grant::Scopes(scopes) => scopes,
            _ => &[],
        }
    }

    /// The scope with a name when it grants writing.
    #[must_use]
    pub fn writes(&self, name: &str) -> Option<&Scope<'y>> {
        self.scopes().iter().find(|scope| scope.name == name && scope.level == "write")
    }

    /// Whether anything may be written.
    #[must_use]
    pub fn writes_anything(&self) -> bool {
        matches!(self.grant, Grant::WriteAll(_)) || self.scopes().iter().any(|scope| scope.level == "write")
    }
}

impl<'y> Scope<'y> {
    fn new(entry: Entry<'y>) -> Option<Self> {
        Some(Self { name: entry.key.as_str()?, level: entry.value.as_str()?, key: entry.key, value: entry.value })
    }
}

/// `on:` in its three forms. Old YAML readers turn the bare key into `true`, and some writers keep that.
fn triggers<'y>(root: Node<'y>) -> Vec<Trigger<'y>> {
    let Some(on) = root.get("on").or_else(|| root.get("true")) else { return Vec::new() };
    if on.is_mapping() {
        let read = |entry: Entry<'y>| {
            Some(Trigger {
                name: entry.key.as_str()?,
                node: entry.key,
                config: Some(entry.value).filter(|node| !node.is_null()),
            })
        };
        return on.entries().filter_map(read).collect();
    }
    let read = |node: Node<'y>| Some(Trigger { name: node.as_str()?, node, config: None });
    one_or_many(Some(on)).into_iter().filter_map(read).collect()
}

/// The items of a sequence, or the node itself; nothing for null.
pub fn one_or_many(node: Option<Node<'_>>) -> Vec<Node<'_>> {
    match node {
        Some(node) if node.is_sequence() => node.items().collect(),
        Some(node) if !node.is_null() => vec![node],
        _ => Vec::new(),
    }
}

fn entries_of<'y>(node: Node<'y>, key: &str) -> Vec<Entry<'y>> {
    node.get(key).into_iter().flat_map(Node::entries).collect()
}

#[cfg(test)]
mod tests;
