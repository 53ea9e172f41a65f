//! Rules about the text of files: headers, length, leftovers, and what must never be committed.

use std::path::Path;

use super::Tree;

/// Longer files hold more than one idea.
const LINES_MAX: usize = 600;

/// Hosts of package registries: what is fetched comes through the ecosystem's own client, by its settings. The name of
/// Rust's is that of its ecosystem too, so that only its hosts count.
const REGISTRIES: [&str; 10] = [
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("pypi", ".org"),
    concat!("files.python", "hosted.org"),
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("proxy.", "golang.org"),
    concat!("sum.", "golang.org"),
    concat!("ruby", "gems.org"),
    concat!("repo1.", "maven.org"),
];

/// Names every host that a scan may ask when its user wants that, registries among them; nothing is fetched there.
const NAMES_HOSTS: &str = "docs/src/verify-live-requests.md";

/// Faults of every text file.
pub(super) fn faults(tree: &Tree, root: &Path) -> Vec<String> {
    let machine = machine_paths(root);
    let mut faults = Vec::new();
    for (path, text) in &tree.files {
        if path.ends_with("Cargo.lock") || path == "LICENSE" {
            continue;
        }
        if path.ends_with(".rs") {
            faults.extend(source_faults(path, text));
        }
        for (number, line) in text.lines().enumerate() {
            let mut fault = |what: String| faults.push(format!("{path}:{}: {what}", number + 1));
            let named = || REGISTRIES.iter().find(|host| line.contains(*host));
            if let Some(host) = named().filter(|_| path != NAMES_HOSTS) {
                fault(format!("names the registry host {host}"));
            }
            if machine.iter().any(|known| line.contains(known)) {
                fault("names a path of this machine".to_owned());
            }
            let marker = line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ");
            if marker && !path.ends_with(".md") {
                fault("a merge left its marker".to_owned());
            }
            if path.ends_with(".rs") && unfinished(line) {
                fault("says that it is unfinished; finish it, or open an issue and link it".to_owned());
            }
        }
        if !text.is_empty() && !text.ends_with('\n') && !path.starts_with("examples/") {
            faults.push(format!("{path}:{}: the last line does not end", text.lines().count()));
        }
    }
    faults
}

fn source_faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.starts_with("//!") {
        faults.push(format!("{path}:1: opens without `//!`: what is it, and what does it refuse to do?"));
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        faults.push(format!("{path}:{lines}: longer than {LINES_MAX} lines; split it by idea"));
    }
    faults
}

/// Words of unfinished work, in a comment.
fn unfinished(line: &str) -> bool {
    let Some((_, comment)) = line.split_once("//") else { return false };
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")]
        .iter()
        .any(|word| comment.trim_start_matches(['/', '!']).trim_start().starts_with(word))
}

/// The folder above the checkout and the home's tool folders, when they are specific enough to mean this machine.
fn machine_paths(root: &Path) -> Vec<String> {
    let mut paths = Vec::new();
    if let Some(parent) = root.parent().and_then(Path::to_str)
        && !["/", "/tmp", "/root", "/home", "/src", "/build", "/app"].contains(&parent)
    {
        paths.push(format!("{parent}/"));
    }
    if let Some(home) = std::env::var_os("HOME").and_then(|home| home.into_string().ok())
        && home.len() > 1
    {
        paths.push(format!("{home}/.cargo"));
        paths.push(format!("{home}/.cache"));
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(path: &str, text: &str) -> Vec<String> {
        let tree = Tree { files: vec![(path.to_owned(), text.to_owned())], paths: vec![path.to_owned()] };
        faults(&tree, Path::new("/somewhere/deep/palisade"))
    }

    #[test]
    fn a_source_file_needs_a_header_and_a_bound() {
        assert_eq!(faults_of("a.rs", "//! Fine.\n"), Vec::<String>::new());
        assert_eq!(faults_of("a.rs", "fn main() {}\n").len(), 1);
        assert_eq!(faults_of("a.rs", &format!("//! Long.\n{}", "\n".repeat(LINES_MAX))).len(), 1);
    }

    #[test]
    fn leftovers_and_machine_paths_are_found() {
        assert_eq!(faults_of("a.rs", concat!("//! A.\n// TO", "DO: more\n")).len(), 1);
        assert_eq!(faults_of("a.md", "look in /somewhere/deep/other\n").len(), 1);
        assert_eq!(faults_of("a.toml", concat!("url = 'https://index.crates", ".io'\n")).len(), 1);
        assert_eq!(faults_of("Cargo.lock", concat!("crates", ".io\n")), Vec::<String>::new());
        assert_eq!(faults_of("a.md", "no end").len(), 1);
    }
}
