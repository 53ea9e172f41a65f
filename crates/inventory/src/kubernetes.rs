//! Kubernetes objects, workloads and containers as views over YAML.

use palisade_model::Location;

use crate::yaml::Node;

/// One object: anything with `apiVersion` and `kind`.
#[derive(Clone, Copy, Debug)]
pub struct Object<'y> {
    /// The object's mapping.
    pub root: Node<'y>,
}

/// What is kept of an object for checks across files.
#[derive(Clone, Debug)]
pub struct ObjectFacts {
    /// `Deployment`.
    pub kind: String,
    /// Name, when it has one.
    pub name: Option<String>,
    /// Namespace, when stated.
    pub namespace: Option<String>,
    /// Where the object stands.
    pub location: Location,
}
