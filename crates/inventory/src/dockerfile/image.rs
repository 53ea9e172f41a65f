//! The parts of an image's name: `registry/repository:tag@digest`.

/// The parts of an image's name, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageName<'t> {
    /// Host and port, when the name has one.
    pub registry: Option<&'t str>,
    /// The path without host, tag and digest: `library/node`, `node`.
    pub repository: &'t str,
    /// Behind the colon.
    pub tag: Option<&'t str>,
    /// Behind the at sign, with its algorithm: `sha256:…`.
    pub digest: Option<&'t str>,
}

impl<'t> ImageName<'t> {
    /// Divides a name. Whether the parts are well formed is not judged.
    #[must_use]
    pub fn parse(text: &'t str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        // A colon before the last slash belongs to the port.
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        let (registry, repository) = match name.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), path),
            _ => (None, name),
        };
        Self { registry, repository, tag, digest }
    }

    /// The name on Docker Hub without `library/`, when the image comes from there: `node`, `bitnami/redis`.
    #[must_use]
    pub fn hub_name(&self) -> Option<&'t str> {
        match self.registry {
            None | Some("docker.io" | "index.docker.io" | "registry-1.docker.io") => {}
            Some(_) => return None,
        }
        Some(self.repository.strip_prefix("library/").unwrap_or(self.repository))
    }
}
