//! An edit that removes a finding: byte splices, so that everything else stays as it is.

use std::sync::Arc;

use crate::Span;

/// Whether a fix keeps behaviour for every working system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// Cannot break what worked.
    Safe,
    /// May change behaviour; a person decides.
    Unsafe,
}

/// One replacement of bytes in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// File within the target; `None` is the file of the finding.
    pub path: Option<Arc<str>>,
    /// The bytes that go.
    pub span: Span,
    /// The bytes that come.
    pub replacement: String,
}

/// The edits that remove one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// In the imperative: `drop the privilege`.
    pub title: String,
    /// Whether it may change behaviour.
    pub safety: Safety,
    /// Splices that do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix that cannot break what worked: replaces `span` of the finding's own file.
    #[must_use]
    pub fn safe(title: &str, span: Span, replacement: &str) -> Self {
        Self::new(title, Safety::Safe, vec![Edit { path: None, span, replacement: replacement.to_owned() }])
    }

    /// A fix that may change behaviour.
    #[must_use]
    pub fn unsafe_(title: &str, span: Span, replacement: &str) -> Self {
        Self::new(title, Safety::Unsafe, vec![Edit { path: None, span, replacement: replacement.to_owned() }])
    }

    /// A fix of several splices, which must not overlap.
    #[must_use]
    pub fn new(title: impl Into<String>, safety: Safety, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), safety, edits }
    }
}
