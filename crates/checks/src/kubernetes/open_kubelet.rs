//! Kubelet configurations that open the kubelet.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/open-kubelet",
        title: "kubelet answers everybody",
        page: include_str!("open_kubelet.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CIS-K8S:4.2.1", "CIS-K8S:4.2.2", "CIS-K8S:4.2.4", "CWE-306"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    if object.kind() != "KubeletConfiguration" {
        return;
    }
    let anonymous = object.at(&["authentication", "anonymous", "enabled"]).filter(|node| node.as_bool() == Some(true));
    let all = object.at(&["authorization", "mode"]).filter(|node| node.as_str() == Some("AlwaysAllow"));
    let port = object.at(&["readOnlyPort"]).filter(|node| node.as_i64() != Some(0));
    for (setting, message) in [
        (anonymous, "the kubelet takes requests without any credentials"),
        (all, "the kubelet allows whatever it is asked"),
        (port, "the kubelet tells everybody about its pods on this port"),
    ] {
        if let Some(setting) = setting {
            report.finding(setting.span(), message);
        }
    }
}
