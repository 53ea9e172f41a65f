//! The ecosystems of other tools' packages, as types of package URLs.

use palisade_model::Purl;

/// A package by its type (with a namespace after a slash, for distributions) and the tool's name of it.
pub(super) fn purl(kind: &str, name: &str) -> Option<Purl> {
    if let Some((kind, namespace)) = kind.split_once('/') {
        return Purl::in_namespace(kind, namespace, name).ok();
    }
    match kind {
        "maven" => {
            let (group, artifact) = name.split_once(':').or_else(|| name.rsplit_once('/'))?;
            Purl::in_namespace("maven", group, artifact).ok()
        }
        "" => None,
        _ => Purl::new(kind, name).ok(),
    }
}

/// The type of what Trivy calls the type of a result; none where it is no package.
pub(super) fn of_trivy(kind: &str) -> &'static str {
    match kind {
        "npm" | "yarn" | "pnpm" | "bun" | "node-pkg" | "javascript" => "npm",
        "pip" | "pipenv" | "poetry" | "uv" | "pylock" | "python-pkg" => "pypi",
        "cargo" | "rustbinary" | "rust-binary" => "cargo",
        "gomod" | "gobinary" => "golang",
        "bundler" | "gemspec" => "gem",
        "composer" | "composer-vendor" => "composer",
        "nuget" | "dotnet-core" | "packages-props" => "nuget",
        "jar" | "pom" | "gradle" | "sbt" => "maven",
        "pub" => "pub",
        "hex" => "hex",
        "cocoapods" => "cocoapods",
        "swift" => "swift",
        "conan" => "conan",
        "julia" => "julia",
        "conda-pkg" | "conda-environment" => "conda",
        "bitnami" => "bitnami",
        "alpine" => "apk/alpine",
        "wolfi" => "apk/wolfi",
        "chainguard" => "apk/chainguard",
        "debian" => "deb/debian",
        "ubuntu" => "deb/ubuntu",
        "redhat" => "rpm/redhat",
        "centos" => "rpm/centos",
        "rocky" => "rpm/rocky",
        "alma" => "rpm/alma",
        "amazon" => "rpm/amazon",
        "oracle" => "rpm/oracle",
        "fedora" => "rpm/fedora",
        "azurelinux" | "cbl-mariner" => "rpm/azurelinux",
        "photon" => "rpm/photon",
        "opensuse" | "opensuse-leap" | "opensuse-tumbleweed" | "suse linux enterprise server" | "sles" => {
            "rpm/opensuse"
        }
        _ => "",
    }
}

/// The type of what Grype calls the type of an artifact, for those without a package URL.
pub(super) fn of_grype(kind: &str) -> &'static str {
    match kind {
        "npm" => "npm",
        "python" => "pypi",
        "rust-crate" => "cargo",
        "go-module" => "golang",
        "gem" => "gem",
        "php-composer" => "composer",
        "dotnet" | "nuget" => "nuget",
        "java-archive" => "maven",
        "apk" => "apk/alpine",
        "deb" => "deb/debian",
        "rpm" => "rpm/redhat",
        _ => "",
    }
}
