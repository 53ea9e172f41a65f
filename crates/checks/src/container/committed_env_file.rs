//! env_file that is checked in.

use palisade_inventory::Inventory;
use palisade_inventory::compose::{Compose, scalars};
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "container/committed-env-file",
        title: "file of variables is part of the repository",
        page: include_str!("committed_env_file.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CWE-538"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let mut seen = std::collections::BTreeSet::new();
    for file in &inventory.files {
        let Some(build) = &file.build else { continue };
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (path, place) in &build.env_files {
            let Some(target) = join(folder, path) else { continue };
            let name = target.rsplit('/').next().unwrap_or(&target);
            let meant = ["example", "sample", "template", "default", "defaults", "dist", "test"]
                .iter()
                .any(|it| name.contains(it));
            // What a link leads to is checked in, or is not, under its own name.
            let committed = inventory.file(&target).is_some_and(|file| !file.link);
            if !meant && committed && seen.insert(target.clone()) {
                let message = format!(
                    "{name} is in the repository, so every secret that is ever put in it will be too; ignore it and commit an example"
                );
                report.finding_at(place.clone(), message);
            }
        }
    }
}

/// The files of variables that services name.
pub(super) fn references<'y>(compose: &Compose<'y>) -> Vec<(Node<'y>, &'y str)> {
    let mut found = Vec::new();
    for (_, node) in compose.stating("env_file") {
        found.extend(scalars(node));
        let paths = node.items().chain(Some(node)).filter_map(|item| item.get("path"));
        found.extend(paths.filter_map(|path| Some((path, path.as_str()?))));
    }
    found
}

/// A path relative to a folder; `None` when it leaves the target or holds a variable.
fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('$') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use crate::{Host, Scanner, Selection, Settings};

    #[test]
    fn a_link_is_not_what_it_leads_to() {
        let scanner = Scanner::new(Settings::default(), &Selection::default());
        let found = |link: bool| {
            let compose = scanner.look("compose.yaml", b"services:\n  a:\n    image: a:1\n    env_file: web/.env\n");
            let mut env = scanner.look("web/.env", b"A=1\n");
            env.facts.link = link;
            let scan = scanner.finish(vec![compose, env], Host::reading(&|_| None));
            scan.findings.iter().any(|finding| finding.check.id == super::CHECK.meta.id)
        };
        assert!(found(false));
        assert!(!found(true));
    }
}
