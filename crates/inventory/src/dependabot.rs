//! `dependabot.yml` as a view over YAML.

use crate::yaml::Node;

/// A Dependabot configuration.
#[derive(Debug)]
pub struct Dependabot<'y> {
    /// The root mapping.
    pub root: Node<'y>,
    /// The entries of `updates:`.
    pub updates: Vec<Update<'y>>,
}

/// One entry of `updates:`.
#[derive(Clone, Copy, Debug)]
pub struct Update<'y> {
    /// Its mapping.
    pub node: Node<'y>,
    /// `package-ecosystem`
    pub ecosystem: Option<Node<'y>>,
    /// `cooldown`
    pub cooldown: Option<Node<'y>>,
    /// `insecure-external-code-execution`
    pub code_execution: Option<Node<'y>>,
}

impl<'y> Dependabot<'y> {
    /// Reads a configuration from the root of its document.
    #[must_use]
    pub fn new(root: Node<'y>) -> Self {
        let read = |node: Node<'y>| Update {
            node,
            ecosystem: node.get("package-ecosystem"),
            cooldown: node.get("cooldown").filter(|node| !node.is_null()),
            code_execution: node.get("insecure-external-code-execution"),
        };
        let updates = root.get("updates").into_iter().flat_map(Node::items);
        Self { root, updates: updates.filter(|node| node.is_mapping()).map(read).collect() }
    }
}

impl<'y> Update<'y> {
    /// A node to point at when something is missing.
    #[must_use]
    pub fn anchor(&self) -> Node<'y> {
        self.ecosystem.or(self.node.entries().next().map(|entry| entry.key)).unwrap_or(self.node)
    }
}
