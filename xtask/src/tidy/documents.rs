//! Every path that a document names exists.

use super::Tree;

/// Folders of the checkout that documents speak of; other paths in documents are examples of users' files.
const OURS: [&str; 11] = [
    "crates/",
    "xtask/",
    "testkit/",
    "docs/",
    "examples/",
    "fuzz/",
    "catalogue/",
    "charts/",
    ".ci/",
    ".devcontainer/",
    ".cargo/",
];

/// Paths in backticks and targets of links that are not there.
pub(super) fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in tree.ending(".md").filter(|(path, _)| is_document(path)) {
        let mut fenced = false;
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            }
            if fenced {
                continue;
            }
            let named = quoted(line).filter(|word| OURS.iter().any(|folder| word.starts_with(folder)));
            for word in named {
                if !tree.has(word) {
                    faults.push(format!("{path}:{}: `{word}` does not exist", number + 1));
                }
            }
            for target in links(line) {
                if !tree.has(&resolve(path, target)) {
                    faults.push(format!("{path}:{}: the link to `{target}` leads nowhere", number + 1));
                }
            }
        }
    }
    faults
}

/// Pages of checks show users' files; examples are users' files.
fn is_document(path: &str) -> bool {
    !(path.starts_with("crates/checks/") || path.starts_with("examples/shop"))
}

fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|word| {
        !word.is_empty() && !word.contains(['*', '<', '>', '{', '}', '…', ' ', '$']) && !word.contains("FAMILY")
    })
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).filter_map(|(target, _)| {
        let target = target.split('#').next().unwrap_or(target);
        (!target.is_empty() && !target.contains(':')).then_some(target)
    })
}

fn resolve(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_has_gone_is_named_with_its_line() {
        let text = "see `crates/model/src/lib.rs` and\n[it](../README.md) and `src/main.rs`\n`crates/gone.rs` [x](gone.md) [y](https://a.b)\n";
        let tree = Tree {
            files: vec![("docs/a.md".to_owned(), text.to_owned())],
            paths: ["README.md", "crates/model/src/lib.rs", "docs/a.md"].map(str::to_owned).to_vec(),
        };
        let found = faults(&tree);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|fault| fault.starts_with("docs/a.md:3:")), "{found:?}");
    }
}
