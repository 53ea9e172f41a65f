//! How a package gets to a version without known faults: an edit where a file pins it and nothing else has to follow,
//! the command of its package manager where a lock file holds digests and what other packages ask for.
//!
//! It never writes a lock file itself: which versions fit together, only the resolver knows.

use palisade_inventory::package::Package;
use palisade_model::{Edit, Fix, Safety, Upgrade};

/// Files in which a version stands alone: no digest beside it, nothing that was resolved from it.
const PINS: [&str; 7] =
    ["pom.xml", ".csproj", ".fsproj", ".vbproj", "Directory.Packages.props", "packages.config", ".versions.toml"];

/// The edit that raises a pin.
pub(super) fn pin(path: &str, text: &str, package: &Package, to: &str) -> Option<Fix> {
    let span = package.version_span?;
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_requirements = name.ends_with(".txt") || name.ends_with(".in");
    let is_pin = is_requirements || PINS.iter().any(|end| name.ends_with(end));
    // A version that is put together from others does not stand here as it is.
    let stands = package.purl.version() == Some(span.of(text)) && package.hashes.is_empty();
    let edit = Edit { path: None, span, replacement: to.to_owned() };
    let title = format!("raise `{}` to {to}", package.purl.full_name());
    (is_pin && stands && is_plain(to)).then(|| Fix::new(title, Safety::Unsafe, vec![edit]))
}

/// The upgrade of a package that the file at `path` names, with the command that writes this file anew.
pub(super) fn upgrade(path: &str, package: &Package, to: &str) -> Option<Upgrade> {
    let from = package.purl.version()?;
    Some(Upgrade { package: package.purl.clone(), to: to.to_owned(), command: command(path, package, from, to) })
}

/// A program and its arguments. Names and versions come from files that anybody may have written: what could be taken
/// for an option or by a shell for more than a word has no command.
fn command(path: &str, package: &Package, from: &str, to: &str) -> Option<Vec<String>> {
    let name = package.purl.full_name();
    if ![&name, from, to].iter().all(|text| is_plain(text)) {
        return None;
    }
    let words = match path.rsplit('/').next().unwrap_or(path) {
        "Cargo.lock" => format!("cargo update --package {name}@{from} --precise {to}"),
        "package-lock.json" | "npm-shrinkwrap.json" if package.direct == Some(true) => {
            format!("npm install --package-lock-only --ignore-scripts --no-audit --no-fund {name}@{to}")
        }
        "package-lock.json" | "npm-shrinkwrap.json" => {
            format!("npm update --package-lock-only --ignore-scripts --no-audit --no-fund {name}")
        }
        "pnpm-lock.yaml" if package.direct == Some(true) => {
            format!("pnpm update --lockfile-only --ignore-scripts --ignore-pnpmfile {name}@{to}")
        }
        "pnpm-lock.yaml" => {
            format!("pnpm update --lockfile-only --ignore-scripts --ignore-pnpmfile --depth Infinity {name}")
        }
        "go.mod" => format!("go get {name}@v{}", to.trim_start_matches('v')),
        "uv.lock" => format!("uv lock --no-build --upgrade-package {name}=={to}"),
        "composer.lock" => {
            format!("composer update --no-install --no-scripts --no-plugins --with {name}:{to} {name}")
        }
        _ => return None,
    };
    Some(words.split(' ').map(str::to_owned).collect())
}

/// Whether a name or version is one plain word.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@/._+-".contains(&byte);
    !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain)
}
