//! Rules with a star.

use palisade_inventory::kubernetes::Object;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use super::rule;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/wildcard-rule",
        title: "role allows more than it names",
        page: include_str!("wildcard_rule.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.3", "NSA-K8S:authorization", "CWE-250"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    for rule in rule::rules(object) {
        let star = |key: &str| {
            let items = rule.get(key).into_iter().flat_map(Node::items);
            items.filter(|item| item.as_str() == Some("*")).last()
        };
        match (star("resources"), star("verbs")) {
            (Some(resource), verb) => {
                let whole = verb.is_some() && star("apiGroups").is_some() && object.kind() == "ClusterRole";
                let message = if whole {
                    "this rule allows everything in the whole cluster"
                } else {
                    "this rule covers every resource of its API groups, secrets and future ones included"
                };
                report.finding(resource.span(), message).severity(if whole {
                    Severity::High
                } else {
                    Severity::Medium
                });
            }
            (None, Some(verb)) => {
                let message = "this rule allows every verb, future ones included; name the verbs";
                report.finding(verb.span(), message).severity(Severity::Low);
            }
            (None, None) => {}
        }
    }
}
