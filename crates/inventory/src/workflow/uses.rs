//! What a `uses:` refers to.

use palisade_model::Span;

use crate::yaml::Node;

/// The value of a `uses:`.
#[derive(Clone, Copy, Debug)]
pub struct Uses<'y> {
    /// The scalar.
    pub node: Node<'y>,
    /// Its text.
    pub text: &'y str,
    /// What it refers to.
    pub source: Source<'y>,
}

/// What a `uses:` refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'y> {
    /// `owner/repository/path@reference`
    Repository {
        /// Account.
        owner: &'y str,
        /// Repository.
        repository: &'y str,
        /// Folder or workflow file within it; empty for the root.
        path: &'y str,
        /// Branch, tag or commit; empty when missing.
        reference: &'y str,
    },
    /// `docker://image`
    Docker(&'y str),
    /// `./path`, read from the workspace as it is at that moment.
    Workspace(&'y str),
    /// `$/path`, read from the workflow's own repository and commit.
    Own(&'y str),
}

impl<'y> Uses<'y> {
    /// Reads a scalar; nothing when it is empty or no reference.
    #[must_use]
    pub fn new(node: Node<'y>) -> Option<Self> {
        let text = node.as_str()?.trim();
        let source = if let Some(image) = text.strip_prefix("docker://") {
            Source::Docker(image)
        } else if let Some(path) = text.strip_prefix("$/") {
            Source::Own(path)
        } else if text.starts_with("./") || text.starts_with("../") || text == "." {
            Source::Workspace(text)
        } else {
            let (slug, reference) = text.split_once('@').unwrap_or((text, ""));
            let (owner, rest) = slug.split_once('/')?;
            let (repository, path) = rest.split_once('/').unwrap_or((rest, ""));
            Source::Repository { owner, repository, path, reference }
        };
        Some(Self { node, text, source })
    }

    /// The branch, tag or commit of a repository reference.
    #[must_use]
    pub fn reference(&self) -> Option<&'y str> {
        match self.source {
            Source::Repository { reference, .. } => Some(reference),
            _ => None,
        }
    }

    /// `owner/repository` of a repository reference.
    #[must_use]
    pub fn slug(&self) -> Option<&'y str> {
        match self.source {
            Source::Repository { owner, repository, .. } => self.text.get(..owner.len() + 1 + repository.len()),
            _ => None,
        }
    }

    /// Whether it is this action, in any case: `owner/repository` or `owner/repository/path`.
    #[must_use]
    pub fn is(&self, action: &str) -> bool {
        matches!(self.source, Source::Repository { .. })
            && self.text.split('@').next().is_some_and(|name| name.eq_ignore_ascii_case(action))
    }

    /// Whether it is one of these actions.
    #[must_use]
    pub fn is_any(&self, actions: &[&str]) -> bool {
        actions.iter().any(|action| self.is(action))
    }

    /// Whether the reference is a full commit id.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.reference().is_some_and(is_commit)
    }

    /// Where the reference stands, or the whole value when there is none.
    #[must_use]
    pub fn reference_span(&self) -> Span {
        match self.text.find('@') {
            Some(at) if self.reference().is_some_and(|reference| !reference.is_empty()) => {
                let lead = self.node.as_str().map_or(0, |raw| raw.len() - raw.trim_start().len());
                self.node.span_within(lead + at + 1, lead + self.text.len())
            }
            _ => self.node.span(),
        }
    }

    /// The version that the comment beside it names.
    #[must_use]
    pub fn version_comment(&self) -> Option<&'y str> {
        let comment = self.node.yaml().comment_on_line(self.node.span())?;
        let words = comment.split([' ', '\t', '=', ',', '(', ')', '@', ':']);
        words.map(|word| word.trim_matches(['"', '\''])).find(|word| version_like(word))
    }

    /// The major version of a tag such as `v4` or `4.1.0`, of the reference or of the comment beside a commit id.
    #[must_use]
    pub fn major_version(&self) -> Option<u32> {
        let reference = self.reference()?;
        let tag = if is_commit(reference) { self.version_comment()? } else { reference };
        let digits = tag.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }
}

/// Whether a word looks like a version: `v4`, `4.1.0`, `release/v1`.
#[must_use]
pub fn version_like(word: &str) -> bool {
    let tail = word.rsplit('/').next().unwrap_or(word);
    let tail = tail.strip_prefix(['v', 'V']).unwrap_or(tail);
    tail.starts_with(|first: char| first.is_ascii_digit())
        && tail.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'_'))
}

fn is_commit(reference: &str) -> bool {
    matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}
