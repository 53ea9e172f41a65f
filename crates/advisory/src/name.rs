//! Names of packages and ecosystems, as OSV and package URLs write them.

use palisade_model::Purl;

/// The name under which an index keeps a package: what its ecosystem takes for the same is the same here.
#[must_use]
pub fn package_name(ecosystem: &str, name: &str) -> String {
    match ecosystem.split(':').next().unwrap_or("") {
        "PyPI" => {
            let mut out = String::with_capacity(name.len());
            for character in name.chars() {
                match character {
                    '-' | '_' | '.' if out.ends_with('-') => {}
                    '-' | '_' | '.' => out.push('-'),
                    _ => out.extend(character.to_lowercase()),
                }
            }
            out
        }
        "NuGet" | "Packagist" | "Hex" | "Pub" | "GitHub Actions" => name.to_lowercase(),
        "SwiftURL" => {
            let name = name.trim_start_matches("https://").trim_end_matches(".git");
            name.to_lowercase()
        }
        _ => name.to_owned(),
    }
}

/// The ecosystem of OSV and the name in it of a package; none for packages that OSV does not know.
#[must_use]
pub fn ecosystem(purl: &Purl) -> Option<(String, String)> {
    let full = purl.full_name();
    let (ecosystem, name) = match purl.kind() {
        "cargo" => ("crates.io", full),
        "npm" => ("npm", full),
        "pypi" => ("PyPI", full),
        "golang" => ("Go", full),
        "maven" => ("Maven", full),
        "gem" => ("RubyGems", full),
        "composer" => ("Packagist", full),
        "nuget" => ("NuGet", full),
        "hex" => ("Hex", full),
        "pub" => ("Pub", full),
        "cran" => ("CRAN", full),
        "hackage" => ("Hackage", full),
        "swift" => ("SwiftURL", full),
        "julia" => ("Julia", full),
        "githubactions" => ("GitHub Actions", full),
        _ => return None,
    };
    Some((ecosystem.to_owned(), package_name(ecosystem, &name)))
}
