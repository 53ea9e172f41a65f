//! Bytes become facts with byte spans.
//!
//! Each module reads one format and is tolerant: it returns what it could read
//! and the list of what it could not. Nothing here judges, and nothing here
//! touches the file system, the network or another program.

pub mod action;
pub mod cloudformation;
pub mod code;
pub mod codeowners;
pub mod compose;
pub mod cypher;
pub mod dependabot;
pub mod dockerfile;
pub mod expression;
pub mod format;
pub mod gitlab;
pub mod glob;
pub mod graphql;
pub mod imports;
pub mod kubernetes;
pub mod kustomize;
pub mod licence;
pub mod migration;
pub mod package;
pub mod properties;
pub mod pulumi;
pub mod quality;
pub mod ruby;
pub mod shell;
pub mod sql;
pub mod subject;
pub mod terraform;
pub mod tree;
pub mod wildcard;
pub mod workflow;
mod xml;
pub mod yaml;

pub use format::Format;
pub use subject::{Origins, Subject};

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_model::Span;

/// A part of a file that could not be read as its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where reading stopped or went astray.
    pub span: Span,
    /// What is wrong, for a person.
    pub message: String,
}

/// The structure of a file, to name a place in it without line numbers.
pub trait Structure {
    /// The path to the innermost named thing around `span`: `Deployment/web.spec.replicas`.
    fn path_of(&self, span: Span) -> String;
}

/// A file without structure: every place has the empty path.
#[derive(Clone, Copy, Debug)]
pub struct Flat;

impl Structure for Flat {
    fn path_of(&self, _span: Span) -> String {
        String::new()
    }
}

/// What one file adds to the knowledge about the whole target; small, kept until the end of a scan.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Path within the target.
    pub path: Arc<str>,
    /// What kind of file it is.
    pub format: Format,
    /// Kubernetes objects that stand in it.
    pub objects: Vec<kubernetes::ObjectFacts>,
    /// Where another Kubernetes object can stand in it.
    pub room: Option<Box<kubernetes::Room>>,
    /// What a GitHub Actions workflow uses.
    pub workflow: Option<Box<workflow::WorkflowFacts>>,
    /// What a kustomization includes.
    pub kustomization: Option<Box<kustomize::Facts>>,
    /// What a Dockerfile or Compose file takes from the files around it.
    pub build: Option<Box<BuildFacts>>,
    /// Who owns which paths, as a CODEOWNERS file says.
    pub owners: Option<Box<codeowners::OwnersFacts>>,
    /// Whether a pipeline here deploys.
    pub deploys: bool,
    /// What a Terraform file says.
    pub terraform: Option<Arc<terraform::File>>,
    /// A CloudFormation template, or an AWS policy that is a file of its own.
    pub document: Option<Arc<yaml::Yaml>>,
    /// What a database migration says.
    pub migration: Option<Arc<migration::Migration>>,
    /// The numbers of a report of tests.
    pub quality: Option<Box<quality::QualityFacts>>,
    /// What is used here that has to go together with something else, here or in another file.
    pub signs: Vec<Sign>,
    /// What a schema of GraphQL says of who may call what.
    pub graphql: Option<Box<graphql::Facts>>,
    /// Whether it is a link, which is named and not followed.
    pub link: bool,
    /// Which of its packages are new, where that is asked.
    pub packages: Option<Box<package::PackageFacts>>,
    /// Its packages, where their licences are judged.
    pub listed: Option<Box<package::Read>>,
    /// Whether it says what is wished for, and no lock file of the target says what became of that: its exact versions
    /// are what is used.
    pub unlocked: bool,
    /// Its actions that were not compared with advisories, because nothing says which version they have.
    pub without_version: BTreeSet<String>,
    /// Whether it is a bill of materials that was named, so that its packages were read.
    pub bom: bool,
    /// Which system is around it, or what that system's package manager installed.
    pub system: Option<Box<package::SystemFile>>,
}

/// Something that is used at a place, by the name of who asked for it.
#[derive(Clone, Debug)]
pub struct Sign {
    /// Who asked.
    pub name: &'static str,
    /// Where it is used.
    pub place: palisade_model::Location,
}

/// What a Dockerfile or Compose file takes from the files around it.
#[derive(Clone, Debug, Default)]
pub struct BuildFacts {
    /// The first instruction that copies the whole build context into a shipped stage.
    pub context_copy: Option<palisade_model::Location>,
    /// Files of variables that services read: path as written, and where.
    pub env_files: Vec<(String, palisade_model::Location)>,
}

impl Facts {
    /// A file of which nothing more is known yet.
    #[must_use]
    pub fn new(path: Arc<str>, format: Format) -> Self {
        Self {
            path,
            format,
            objects: Vec::new(),
            room: None,
            kustomization: None,
            workflow: None,
            build: None,
            owners: None,
            deploys: false,
            terraform: None,
            document: None,
            migration: None,
            quality: None,
            signs: Vec::new(),
            graphql: None,
            link: false,
            packages: None,
            listed: None,
            unlocked: false,
            without_version: BTreeSet::new(),
            bom: false,
            system: None,
        }
    }
}

/// Everything known about a target, for checks that look across files.
#[derive(Debug, Default)]
pub struct Inventory {
    /// By path, sorted.
    pub files: Vec<Facts>,
    /// Whether these are all files of the target; false for a file alone, a change, or standard input, where
    /// nothing can be said to be missing.
    pub whole: bool,
}

impl Inventory {
    /// The facts of a path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&Facts> {
        self.files.binary_search_by(|facts| (*facts.path).cmp(path)).ok().and_then(|at| self.files.get(at))
    }
}
