//! `action.yml`: composite, JavaScript and container actions as a view over YAML.

use crate::workflow::{Step, step};
use crate::yaml::{Entry, Node};

/// An action's definition.
#[derive(Debug)]
pub struct Action<'y> {
    /// The root mapping.
    pub root: Node<'y>,
    /// `runs.using`: `composite`, `node20`, `docker`.
    pub using: Option<Node<'y>>,
    /// `inputs:`
    pub inputs: Vec<Entry<'y>>,
    /// `runs.image` of a container action.
    pub image: Option<Node<'y>>,
    /// Steps of a composite action.
    pub steps: Vec<Step<'y>>,
}

impl<'y> Action<'y> {
    /// Reads an action from the root of its document.
    #[must_use]
    pub fn new(root: Node<'y>) -> Self {
        let runs = root.get("runs");
        Self {
            root,
            using: runs.and_then(|runs| runs.get("using")),
            inputs: root.get("inputs").into_iter().flat_map(Node::entries).collect(),
            image: runs.and_then(|runs| runs.get("image")),
            steps: runs.and_then(|runs| runs.get("steps")).map(step::steps).unwrap_or_default(),
        }
    }

    /// A node to point at when something is missing.
    #[must_use]
    pub fn anchor(&self) -> Node<'y> {
        let key = self.root.entry("runs").or(self.root.entries().next()).map(|entry| entry.key);
        self.root.get("name").or(key).unwrap_or(self.root)
    }
}
