//! GitLab CI pipelines as a view over YAML: includes, variables, jobs with what they inherit.
//!
//! `extends` is followed within the file, `default:` fills what a job leaves out, and
//! `!reference` is resolved; what other files bring in through `include` is unknown here.

use crate::workflow::one_or_many;
use crate::yaml::{Entry, Node};

/// `extends` chains longer than this are cut; cycles end here. GitLab allows 11.
const EXTENDS_MAX: usize = 12;
/// Scripts nested deeper than this are cut. GitLab allows 10.
const SCRIPT_DEPTH_MAX: usize = 10;
/// Lines of one job's script that are kept.
const LINES_MAX: usize = 20_000;

/// Keys at the top that are no jobs.
const RESERVED: [&str; 12] = [
    "image",
    "services",
    "stages",
    "types",
    "before_script",
    "after_script",
    "variables",
    "cache",
    "include",
    "default",
    "workflow",
    "spec",
];

/// A pipeline file.
#[derive(Debug)]
pub struct Pipeline<'y> {
    /// The root mapping.
    pub root: Node<'y>,
    /// What it includes.
    pub includes: Vec<Include<'y>>,
    /// Global variables.
    pub variables: Vec<Entry<'y>>,
    /// Jobs, hidden ones too, in file order.
    pub jobs: Vec<Job<'y>>,
}

/// One `include`.
#[derive(Clone, Copy, Debug)]
pub struct Include<'y> {
    /// Where it stands.
    pub node: Node<'y>,
    /// What is included.
    pub source: IncludeSource<'y>,
}

/// What is included.
#[derive(Clone, Copy, Debug)]
pub enum IncludeSource<'y> {
    /// A file of the same repository.
    Local(Node<'y>),
    /// A URL, with the `integrity` it must have.
    Remote {
        /// The URL.
        url: Node<'y>,
        /// Hash that the content must have.
        integrity: Option<Node<'y>>,
    },
    /// A file of another project.
    Project {
        /// The project's path.
        project: Node<'y>,
        /// Branch, tag or commit; the default branch without one.
        reference: Option<Node<'y>>,
    },
    /// A catalogue component: `host/project/name@version`.
    Component(Node<'y>),
    /// A template that ships with GitLab.
    Template(Node<'y>),
}

/// One job.
#[derive(Clone, Copy, Debug)]
pub struct Job<'y> {
    /// Its name; hidden ones start with a dot.
    pub name: &'y str,
    /// Where its name stands.
    pub key: Node<'y>,
    /// Its mapping.
    pub node: Node<'y>,
    root: Node<'y>,
}

impl<'y> Pipeline<'y> {
    /// Reads a pipeline from the root of its document.
    #[must_use]
    pub fn new(root: Node<'y>) -> Self {
        let mut jobs = Vec::new();
        for entry in root.entries() {
            let Some(name) = entry.key.as_str() else { continue };
            if RESERVED.contains(&name) || !entry.value.is_mapping() {
                continue;
            }
            jobs.push(Job { name, key: entry.key, node: entry.value, root });
        }
        let includes = one_or_many(root.get("include")).into_iter().filter_map(Include::new).collect();
        let variables = root.get("variables").into_iter().flat_map(Node::entries).collect();
        Self { root, includes, variables, jobs }
    }

    /// The jobs that run: not the hidden ones.
    pub fn running_jobs(&self) -> impl Iterator<Item = &Job<'y>> {
        self.jobs.iter().filter(|job| !job.name.starts_with('.') && job.looks_like_one())
    }
}

impl<'y> Include<'y> {
    fn new(node: Node<'y>) -> Option<Self> {
        let source = if let Some(text) = node.as_str() {
            if text.starts_with("https://") || text.starts_with("http://") {
                IncludeSource::Remote { url: node, integrity: None }
            } else {
                IncludeSource::Local(node)
            }
        } else if let Some(url) = node.get("remote") {
            IncludeSource::Remote { url, integrity: node.get("integrity") }
        } else if let Some(project) = node.get("project") {
            IncludeSource::Project { project, reference: node.get("ref").filter(|node| !node.is_null()) }
        } else if let Some(component) = node.get("component") {
            IncludeSource::Component(component)
        } else if let Some(template) = node.get("template") {
            IncludeSource::Template(template)
        } else {
            IncludeSource::Local(node.get("local")?)
        };
        Some(Self { node, source })
    }
}

impl<'y> Job<'y> {
    /// Whether the mapping is a job and not just data under a top-level key.
    fn looks_like_one(&self) -> bool {
        ["script", "trigger", "extends", "run", "stage", "before_script"].iter().any(|key| self.node.get(key).is_some())
    }

    /// A field of the job itself or of what it extends, without defaults.
    #[must_use]
    pub fn own(&self, key: &str) -> Option<Node<'y>> {
        self.own_entry(key, EXTENDS_MAX).map(|entry| entry.value)
    }

    /// Like [`Job::own`], with the key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<Entry<'y>> {
        self.own_entry(key, EXTENDS_MAX)
    }

    fn own_entry(&self, key: &str, hops: usize) -> Option<Entry<'y>> {
        if let Some(entry) = self.node.entry(key) {
            return Some(entry);
        }
        if hops == 0 {
            return None;
        }
        // Of several parents the last one wins.
        self.parents().iter().rev().take(EXTENDS_MAX).find_map(|parent| parent.own_entry(key, hops / 2))
    }

    fn parents(&self) -> Vec<Job<'y>> {
        let parent = |node: Node<'y>| {
            let entry = self.root.entry(node.as_str()?)?;
            Some(Job { name: entry.key.as_str()?, key: entry.key, node: entry.value, root: self.root })
        };
        one_or_many(self.node.get("extends")).into_iter().filter_map(parent).collect()
    }

    /// Whether it extends something that is not in this file: then absence proves nothing.
    #[must_use]
    pub fn extends_unknown(&self) -> bool {
        self.extends_unknown_within(EXTENDS_MAX)
    }

    fn extends_unknown_within(&self, hops: usize) -> bool {
        let parents = self.parents();
        one_or_many(self.node.get("extends")).len() != parents.len()
            || hops > 0 && parents.iter().take(EXTENDS_MAX).any(|parent| parent.extends_unknown_within(hops / 2))
    }

    /// A field, with the defaults of the pipeline.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Node<'y>> {
        self.own(key).or_else(|| self.root.at(&["default", key])).or_else(|| {
            let global = ["image", "services", "cache", "before_script", "after_script"].contains(&key);
            if global { self.root.get(key) } else { None }
        })
    }

    /// Variables of the job and what it extends.
    pub fn variables(&self) -> impl Iterator<Item = Entry<'y>> {
        self.own("variables").into_iter().flat_map(Node::entries)
    }

    /// The lines of its own `before_script`, `script` and `after_script`.
    #[must_use]
    pub fn lines(&self) -> Vec<Node<'y>> {
        let mut lines = Vec::new();
        for key in ["before_script", "script", "after_script"] {
            if let Some(node) = self.node.get(key) {
                self.collect(node, SCRIPT_DEPTH_MAX, &mut lines);
            }
        }
        lines
    }

    fn collect(&self, node: Node<'y>, depth: usize, lines: &mut Vec<Node<'y>>) {
        if depth == 0 || lines.len() >= LINES_MAX || node.resolve() != node || is_reference(node) {
            // Aliases and references are read where they are written.
            return;
        }
        if node.is_sequence() {
            node.items().for_each(|item| self.collect(item, depth - 1, lines));
        } else if node.as_str().is_some() {
            lines.push(node);
        }
    }
}

/// Whether a node is `!reference [job, key]`.
#[must_use]
pub fn is_reference(node: Node<'_>) -> bool {
    // The tag is no node of its own: depending on the form it stands before the span or opens it.
    let text = node.yaml().text();
    let start = node.span().start as usize;
    let before = text.get(..start).unwrap_or("").trim_end_matches([' ', '[']);
    node.is_sequence()
        && (before.ends_with("!reference") || text.get(start..).is_some_and(|here| here.starts_with("!reference")))
}

/// The value of a variable: plain, or under `value`.
#[must_use]
pub fn variable_value<'y>(entry: &Entry<'y>) -> Option<Node<'y>> {
    if entry.value.is_mapping() { entry.value.get("value") } else { Some(entry.value) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::yaml::Yaml;

    #[test]
    fn jobs_inherit_and_includes_have_many_forms() {
        let text = r#"
include:
  - local: a.yml
  - https://x.test/a.yml
  - {project: g/p, file: a.yml}
  - {component: h/p/n@1}
  - {remote: "https://x.test/b.yml", integrity: sha256-x}
default: {image: alpine:3}
variables: {A: 1, B: {value: two, description: d}}
.base: {tags: [x], script: [echo base], environment: prod}
.loop: {extends: .loop}
deploy:
  extends: .base
  script:
    - echo one
    - !reference [.base, script]
    - [echo two, [echo three]]
far: {extends: [.elsewhere], script: echo}
round: {extends: .loop, script: echo}
"#;
        let yaml = Yaml::parse(text);
        let pipeline = Pipeline::new(yaml.root().unwrap());
        assert_eq!(pipeline.includes.len(), 5);
        assert!(matches!(pipeline.includes[2].source, IncludeSource::Project { reference: None, .. }));
        assert!(matches!(pipeline.includes[4].source, IncludeSource::Remote { integrity: Some(_), .. }));
        let values: Vec<_> =
            pipeline.variables.iter().map(|entry| variable_value(entry).unwrap().as_str().unwrap()).collect();
        assert_eq!(values, ["1", "two"]);
        let jobs: Vec<_> = pipeline.running_jobs().collect();
        assert_eq!(jobs.iter().map(|job| job.name).collect::<Vec<_>>(), ["deploy", "far", "round"]);
        assert_eq!(jobs[0].own("environment").unwrap().as_str(), Some("prod"));
        assert_eq!(jobs[0].get("image").unwrap().as_str(), Some("alpine:3"));
        let lines: Vec<_> = jobs[0].lines().iter().map(|line| line.as_str().unwrap()).collect();
        assert_eq!(lines, ["echo one", "echo two", "echo three"]);
        assert!(jobs[1].extends_unknown() && !jobs[0].extends_unknown());
        assert!(jobs[2].own("image").is_none());
    }
}
