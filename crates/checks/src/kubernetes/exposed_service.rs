//! Load balancers for everybody.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/exposed-service",
        title: "Service is open to the internet",
        page: include_str!("exposed_service.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-668"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let Some(kind) = object.at(&["spec", "type"]).filter(|_| object.is("", "Service")) else { return };
    let narrow = object.at(&["spec", "loadBalancerSourceRanges"]).is_some_and(|ranges| ranges.items().next().is_some());
    let internal = object.annotations().any(|annotation| {
        let key = annotation.key.as_str().unwrap_or("").to_ascii_lowercase();
        let value = annotation.value.as_str().unwrap_or("").to_ascii_lowercase();
        (key.contains("internal") && value != "false") || value == "internal" || key.ends_with("source-ranges")
    });
    if kind.as_str() == Some("LoadBalancer") && !narrow && !internal {
        report.finding(
            kind.span(),
            "this balancer takes traffic from everybody; limit loadBalancerSourceRanges or make it internal",
        );
    }
}
