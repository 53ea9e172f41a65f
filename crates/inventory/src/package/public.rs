//! The public registries by their hosts, as files of packages write them; what comes from elsewhere is a mirror.
//!
//! Nothing here is ever asked. The names are in two pieces, so that `cargo xtask tidy` can refuse them everywhere else.

/// Types of package URLs and hosts.
const HOSTS: [(&str, &str); 7] = [
    ("cargo", concat!("index.crates", ".io")),
    ("gem", concat!("ruby", "gems.org")),
    ("gem", concat!("index.ruby", "gems.org")),
    ("npm", concat!("registry.", "npmjs.org")),
    ("npm", concat!("registry.", "yarnpkg.com")),
    ("pypi", concat!("pypi", ".org")),
    ("pypi", concat!("pypi.python", ".org")),
];

/// The repository that Cargo's index was before it was a host.
const CARGO_INDEX: &str = "github.com/rust-lang/crates.io-index";

/// Whether an address leads to the public registry of a type of packages.
pub(super) fn is_public(kind: &str, address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else { return false };
    let host = rest.split('/').next().unwrap_or(rest);
    HOSTS.contains(&(kind, host)) || kind == "cargo" && rest.trim_end_matches('/') == CARGO_INDEX
}

/// An address at the public registry, for tests.
#[cfg(test)]
pub(super) fn address(kind: &str, path: &str) -> String {
    let host = HOSTS.iter().find(|(known, _)| *known == kind).map_or("", |(_, host)| host);
    format!("https://{host}/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_only_looks_like_one_is_a_mirror() {
        for kind in ["cargo", "gem", "npm", "pypi"] {
            assert!(is_public(kind, &address(kind, "simple")) && !is_public("maven", &address(kind, "")));
            let host = address(kind, "").trim_end_matches('/').to_owned();
            assert!(!is_public(kind, &format!("{host}.example/simple")), "{host}");
            assert!(!is_public(kind, &host.replace("://", "://evil.example/")), "{host}");
        }
        assert!(is_public("cargo", "registry+https://github.com/rust-lang/crates.io-index"));
        assert!(!is_public("cargo", "registry+https://github.com/somebody/crates.io-index"));
    }
}
