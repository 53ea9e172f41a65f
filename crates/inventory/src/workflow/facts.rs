//! What is kept of a workflow for checks across files.

use palisade_model::{Edit, Location};

/// One workflow.
#[derive(Clone, Debug, Default)]
pub struct WorkflowFacts {
    /// Its `name`, by which other workflows follow it.
    pub name: Option<String>,
    /// Names of the workflows after which it runs.
    pub follows: Vec<String>,
    /// Events that start it.
    pub triggers: Vec<String>,
    /// Every action it uses.
    pub uses: Vec<ActionUse>,
    /// Every cache it restores or saves.
    pub caches: Vec<CacheUse>,
    /// Kinds of security scans it runs: `secrets`, `code`, `dependencies`.
    pub scans: Vec<&'static str>,
    /// A place that stands for the whole workflow.
    pub location: Option<Location>,
}

/// One use of an action of another repository.
#[derive(Clone, Debug)]
pub struct ActionUse {
    /// Lower-case `owner/repository`.
    pub slug: String,
    /// Branch, tag or commit.
    pub reference: String,
    /// Version in the comment beside it.
    pub comment: Option<String>,
    /// Where.
    pub location: Location,
}

/// One cache.
#[derive(Clone, Debug)]
pub struct CacheUse {
    /// What its key starts with before the first expression; empty for the caches of set-up actions.
    pub key: String,
    /// Whether it is read.
    pub restores: bool,
    /// Whether it is written.
    pub saves: bool,
    /// Whether the job holds secrets, a cloud identity or write permissions.
    pub privileged: bool,
    /// Whether code of outsiders runs in the job, in the scope of the default branch.
    pub untrusted: bool,
    /// The job.
    pub job: String,
    /// Where.
    pub location: Location,
    /// An edit that switches it off.
    pub off: Option<Edit>,
}
