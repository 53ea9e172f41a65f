//! Image references as checks ask for them.

/// An image reference in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Image<'a> {
    /// Registry and path: `ghcr.io/org/app`, `nginx`.
    pub(super) repository: &'a str,
    /// The tag, when there is one.
    pub(super) tag: Option<&'a str>,
    /// The digest, when there is one.
    pub(super) digest: Option<&'a str>,
}

/// Reads a reference; `None` for what is no reference yet, such as a template or a variable.
pub(super) fn parse(text: &str) -> Option<Image<'_>> {
    let text = text.trim();
    if text.is_empty() || text.contains(['$', '{', '}', '(', '<', ' ', '%']) {
        return None;
    }
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
    let name_at = rest.rfind('/').map_or(0, |at| at + 1);
    let name = rest.get(name_at..).unwrap_or("");
    let colon = name.find(':').map(|at| name_at + at);
    let repository = rest.get(..colon.unwrap_or(rest.len())).unwrap_or(rest);
    let tag = colon.and_then(|at| rest.get(at + 1..)).filter(|tag| !tag.is_empty());
    Some(Image { repository, tag, digest })
}

impl Image<'_> {
    /// The repository with its registry spelled out, as runtimes resolve it.
    pub(super) fn full(&self) -> String {
        match self.repository.split_once('/') {
            None => format!("docker.io/library/{}", self.repository),
            Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => self.repository.to_owned(),
            Some(_) => format!("docker.io/{}", self.repository),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart_as_runtimes_do() {
        let full = |text| parse(text).map(|image| (image.full(), image.tag, image.digest.is_some()));
        assert_eq!(full("nginx"), Some(("docker.io/library/nginx".into(), None, false)));
        assert_eq!(full("localhost:5000/a/b:1"), Some(("localhost:5000/a/b".into(), Some("1"), false)));
        assert_eq!(full("ghcr.io/a/b:1@sha256:0"), Some(("ghcr.io/a/b".into(), Some("1"), true)));
        assert_eq!(full("org/app:latest"), Some(("docker.io/org/app".into(), Some("latest"), false)));
        assert_eq!(full("${IMAGE}"), None);
    }
}
