//! Argo CD projects without bounds.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/unbounded-argo-project",
        title: "Argo CD project may deploy anything anywhere",
        page: include_str!("unbounded_argo_project.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CWE-732"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if !object.is("argoproj.io", "AppProject") {
        return;
    }
    for repository in object.at(&["spec", "sourceRepos"]).into_iter().flat_map(Node::items) {
        if repository.as_str() == Some("*") {
            report.finding(repository.span(), "applications of this project may come from any repository");
        }
    }
    for destination in object.at(&["spec", "destinations"]).into_iter().flat_map(Node::items) {
        let star = |key: &str| destination.get(key).filter(|node| node.as_str() == Some("*"));
        if let (Some(namespace), true) = (star("namespace"), star("server").is_some() || star("name").is_some()) {
            report.finding(namespace.span(), "applications of this project may go to any namespace of any cluster");
        }
    }
}
