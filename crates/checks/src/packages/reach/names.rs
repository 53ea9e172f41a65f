//! By which names code imports a package.
//!
//! The names of an ecosystem are given where it has a rule (Go, JavaScript) or nearly one (Rust). In Python a package
//! may hold modules of any name: what is installed says which, else the table, else its own name.

use palisade_inventory::imports::Language;

/// Python and Rust: packages whose modules are called something else, after their own documentation (November 2026).
/// Twenty of them were installed and compared.
const TABLE: &str = include_str!("names.txt");

/// The names by which a package is imported, the likeliest first, and whether they are known rather than guessed.
pub(super) fn of(language: Language, package: &str) -> (Vec<String>, bool) {
    match language {
        Language::Go | Language::JavaScript => (vec![package.to_owned()], true),
        Language::Rust => {
            let mut names: Vec<String> = listed("rust", package).collect();
            names.push(package.replace('-', "_"));
            (names, true)
        }
        Language::Python => {
            let name = package.to_lowercase();
            let mut names: Vec<String> = listed("python", &name).collect();
            let known = !names.is_empty();
            if !known {
                names.push(name.replace(['-', '.'], "_"));
                names.extend(name.strip_prefix("python-").map(|rest| rest.replace('-', "_")));
                names.extend(name.strip_suffix("-python").map(|rest| rest.replace('-', "_")));
            }
            (names, known)
        }
    }
}

fn listed(language: &str, package: &str) -> impl Iterator<Item = String> {
    let found = TABLE.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        (words.next() == Some(language) && words.next() == Some(package)).then_some(words)
    });
    found.into_iter().flatten().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        let check =
            |language, package: &str, expected: &[&str]| assert_eq!(of(language, package).0, expected, "{package}");
        check(Language::Python, "PyYAML", &["yaml", "_yaml"]);
        check(Language::Python, "requests", &["requests"]);
        check(Language::Python, "Pillow", &["PIL"]);
        check(Language::Python, "python-gnupg", &["gnupg"]);
        check(Language::Python, "python-foo-bar", &["python_foo_bar", "foo_bar"]);
        check(Language::Rust, "serde-json", &["serde_json"]);
        check(Language::Rust, "md-5", &["md5", "md_5"]);
        check(Language::Go, "example.org/a-b/v2", &["example.org/a-b/v2"]);
        check(Language::JavaScript, "@a/b-c", &["@a/b-c"]);
    }

    #[test]
    fn the_table_is_in_order() {
        let rows: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(rows.is_sorted() && rows.iter().all(|row| row.split(' ').count() >= 3), "{rows:?}");
        let mut names: Vec<&str> = rows.iter().filter_map(|row| row.split(' ').nth(1)).collect();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
