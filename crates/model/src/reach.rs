//! Whether code of a project uses a package, as far as its imports tell.

use std::sync::Arc;

use serde::{Serialize, Serializer};

/// What imports tell of the use of a package. Evidence for whoever judges a finding: it changes neither the severity
/// of a finding nor whether it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// In one word.
    pub verdict: Use,
    /// The names by which code would import the package.
    pub names: Vec<String>,
    /// Where code of the project first imports it, or only its types or only tests do.
    pub at: Option<Place>,
    /// What brings the package, where the project does not ask for it itself: ways from a dependency of the project
    /// to the package, those that are imported first.
    pub routes: Vec<Route>,
    /// Ways that are not listed.
    pub more_routes: usize,
    /// Parts of the package at fault, as the advisory names them.
    pub parts: Vec<String>,
    /// Where code first imports one of these parts, in languages that import parts by such names.
    pub parts_at: Option<Place>,
    /// Files of the project that were looked at.
    pub files: usize,
    /// All of it for a person.
    pub text: String,
}

/// Whether a package is used, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// Code of the project imports it.
    Imported,
    /// Code of the project imports it, but none of the parts that the advisory names.
    OtherParts,
    /// Only its types are imported.
    TypesOnly,
    /// Only tests, examples or documentation import it.
    TestsOnly,
    /// It is not imported itself; a dependency that brings it is.
    Through,
    /// No import of it was seen, nor of what brings it.
    NotSeen,
    /// Nobody looked.
    NotLookedAt,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Path within the target.
    #[serde(serialize_with = "text")]
    pub path: Arc<str>,
    /// From 1.
    pub line: u32,
}

fn text<S: Serializer>(path: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(path)
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// A way from the project to a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The member of the project that asks for the first package, where it has a name.
    pub root: Option<String>,
    /// Names of packages, each needed by the one before; the last is the package in question.
    pub packages: Vec<String>,
    /// Where code of the project first imports the first of them.
    pub at: Option<Place>,
}

impl Reach {
    /// Nobody looked, for a reason.
    #[must_use]
    pub fn not_looked_at(reason: &str) -> Self {
        Self {
            verdict: Use::NotLookedAt,
            names: Vec::new(),
            at: None,
            routes: Vec::new(),
            more_routes: 0,
            parts: Vec::new(),
            parts_at: None,
            files: 0,
            text: format!("not looked at: {reason}"),
        }
    }
}
