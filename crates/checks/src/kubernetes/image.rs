//! Image references as checks ask for them.

use palisade_inventory::dockerfile::ImageName;
use palisade_inventory::kubernetes::Container;
use palisade_inventory::yaml::Node;

/// Reads a reference; `None` for what is no reference yet, such as a template or a variable.
pub(super) fn parse(text: &str) -> Option<ImageName<'_>> {
    let text = text.trim();
    if text.is_empty() || text.contains(['$', '{', '}', '(', '<', ' ', '%']) {
        return None;
    }
    let name = ImageName::parse(text);
    Some(ImageName { tag: name.tag.filter(|tag| !tag.is_empty()), ..name })
}

/// Whether it runs one of Docker's official images. All but a few start as root, change owners, and write beside
/// their data, so that less than that stops them.
pub(super) fn starts_as_root(container: &Container<'_>) -> bool {
    let name = container.image().and_then(Node::as_str).and_then(parse).map(|image| image.full());
    name.is_some_and(|name| name.starts_with("docker.io/library/"))
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
