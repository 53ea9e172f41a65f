//! GitHub Actions workflows as a view over YAML.

use crate::yaml::Node;

/// A workflow file.
#[derive(Clone, Copy, Debug)]
pub struct Workflow<'y> {
    /// The root mapping.
    pub root: Node<'y>,
}
