//! npm install without versions.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::packages::listed;
use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unpinned-node-package",
        title: "Node packages are installed in whatever version is newest",
        page: include_str!("unpinned_node_package.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-1357", "CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let Some((verb, words)) =
            step.subcommand(&["--prefix", "-C", "--registry", "--cache", "--loglevel", "--cwd", "--dir"])
        else {
            continue;
        };
        let installs = match step.program.name {
            "npm" => matches!(verb, "install" | "i" | "add"),
            "pnpm" | "bun" => matches!(verb, "add" | "install" | "i"),
            "yarn" => matches!(verb, "add") || verb == "global" && words.first().is_some_and(|word| word.text == "add"),
            _ => false,
        };
        if !installs {
            continue;
        }
        let loose: Vec<_> =
            words.into_iter().filter(|word| is_loose(&word.text) && !word.expands && word.text != "add").collect();
        if let [first, ..] = loose.as_slice() {
            report.finding(
                first.span,
                format!("no version for {}; the newest upload runs in your build", listed(&loose)),
            );
        }
    }
}

/// A package of the registry without a version, or with a tag that moves. npm and its kin are left alone.
fn is_loose(package: &str) -> bool {
    let scoped = package.strip_prefix('@');
    let local = package.starts_with(['.', '/']) || package.contains("://") || package.contains(['$', ':', '*']);
    let local = local || scoped.is_none() && package.contains('/') || package.ends_with(".tgz");
    let (name, version) = match scoped.unwrap_or(package).split_once('@') {
        Some((name, version)) => (name, version),
        None => (scoped.unwrap_or(package), ""),
    };
    let moving = matches!(version, "" | "latest" | "next" | "canary" | "beta");
    !local && moving && !matches!(name, "npm" | "yarn" | "pnpm" | "corepack")
}
