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

    /// Registry and repository, spelled out as runtimes resolve them: `docker.io/library/nginx`.
    #[must_use]
    pub fn full(&self) -> String {
        match self.registry {
            Some(registry) => format!("{registry}/{}", self.repository),
            None if self.repository.contains('/') => format!("docker.io/{}", self.repository),
            None => format!("docker.io/library/{}", self.repository),
        }
    }

    /// The name on Docker Hub without `library/`, when the image comes from there or from one of its
    /// mirrors: `node`, `bitnami/redis`. Official images for one architecture (`amd64/node`) count.
    #[must_use]
    pub fn hub_name(&self) -> Option<&'t str> {
        let path = match self.registry {
            None | Some("docker.io" | "index.docker.io" | "registry-1.docker.io" | "mirror.gcr.io") => self.repository,
            Some("public.ecr.aws") => self.repository.strip_prefix("docker/")?,
            Some(_) => return None,
        };
        let official = path.split_once('/').filter(|(first, _)| {
            matches!(
                *first,
                "library"
                    | "amd64"
                    | "arm32v5"
                    | "arm32v6"
                    | "arm32v7"
                    | "arm64v8"
                    | "i386"
                    | "mips64le"
                    | "ppc64le"
                    | "riscv64"
                    | "s390x"
            )
        });
        Some(official.map_or(path, |(_, name)| name))
    }
}
