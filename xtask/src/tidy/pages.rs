//! Every check has a page of its own name beside it, and no page lies about without a check.

use super::Tree;

const FOLDER: &str = "crates/checks/src/";

/// Checks whose page cannot be found, and pages that no source file includes.
pub(super) fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    let mut titles = Vec::new();
    let mut sources = String::new();
    for (path, text) in &tree.files {
        if !path.starts_with(FOLDER) {
            continue;
        }
        if path.ends_with(".rs") {
            sources.push_str(text);
        } else if path.ends_with(".md") {
            titles.push((path, text));
        }
    }
    for (path, text) in titles {
        let name = path.rsplit('/').next().unwrap_or(path);
        if !sources.contains(name) {
            faults.push(format!("{path}:1: no source file includes this page"));
        }
        if !text.starts_with("# ") {
            faults.push(format!("{path}:1: a page starts with `# ` and the check's id"));
        }
    }
    for check in palisade_checks::catalogue() {
        if check.meta.page.trim().is_empty() {
            faults.push(format!("{FOLDER}{}: has no page", check.meta.id));
        }
    }
    faults
}
