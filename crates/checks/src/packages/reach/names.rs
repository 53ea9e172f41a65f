//! By which names code imports a package.
//!
//! The names of an ecosystem are given where it has a rule (Go, JavaScript) or nearly one (Rust). In Python a package
//! may hold modules of any name: what is installed says which, else the table, else its own name.

use palisade_inventory::imports::Language;

/// Python and Rust: packages whose modules are called something else. From the packages' own documentation and the
/// files `top_level.txt` of their archives, looked up in November 2026.
const TABLE: &str = include_str!("names.txt");

/// The names by which a package is imported. The first is the likeliest.
pub(super) fn of(language: Language, package: &str) -> Vec<String> {
    match language {
        Language::Go | Language::JavaScript => vec![package.to_owned()],
        Language::Rust => {
            let mut names: Vec<String> = listed("rust", package).collect();
            names.push(package.replace('-', "_"));
            names
        }
        Language::Python => {
            let name = package.to_lowercase();
            let mut names: Vec<String> = listed("python", &name).collect();
            if names.is_empty() {
                names.push(name.replace(['-', '.'], "_"));
                // Namespaces are often written with hyphens: `zope-interface` is imported as `zope.interface`.
                names.push(name.replace(['-', '_'], "."));
                names.extend(name.strip_prefix("python-").map(|rest| rest.replace('-', "_")));
                names.extend(name.strip_suffix("-python").map(|rest| rest.replace('-', "_")));
                names.extend(name.strip_prefix("django-").map(|rest| rest.replace('-', "_")));
                let mut seen = std::collections::HashSet::new();
                names.retain(|name| seen.insert(name.clone()));
            }
            names
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
        let check = |language, package: &str, expected: &[&str]| assert_eq!(of(language, package), expected, "{package}");
        check(Language::Python, "PyYAML", &["yaml", "_yaml"]);
        check(Language::Python, "requests", &["requests"]);
        check(Language::Python, "zope-interface", &["zope_interface", "zope.interface"]);
        check(Language::Python, "python-gnupg", &["gnupg"]);
        check(Language::Python, "python-foo-bar", &["python_foo_bar", "python.foo.bar", "foo_bar"]);
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
