//! Services that are another name for a host.

use palisade_inventory::kubernetes::Object;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/external-name-service",
        title: "Service leads to the node's own or another namespace's services",
        page: include_str!("external_name_service.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E6-T1"],
        maps: &["CWE-441", "CWE-918"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let Some(spec) = object.at(&["spec"]).filter(|_| object.is("", "Service")) else { return };
    if spec.get("type").and_then(|kind| kind.as_str()) != Some("ExternalName") {
        return;
    }
    let Some(node) = spec.get("externalName") else { return };
    let Some(name) = node.as_str() else { return };
    if let Some(what) = inner(name, object.namespace().unwrap_or("default")) {
        let message = format!("whoever reaches this Service through an Ingress or a proxy reaches {what}");
        report.finding(node.span(), message);
    }
}

/// What a name inside of the cluster stands for; nothing for hosts elsewhere and for the Service's own namespace.
fn inner(name: &str, namespace: &str) -> Option<String> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") || name == "::1" || name.starts_with("127.") {
        return Some("what listens on the proxy's own loopback address".to_owned());
    }
    if name.starts_with("169.254.") || name == "metadata.google.internal" {
        return Some("the cloud's metadata service, which hands out the node's credentials".to_owned());
    }
    let host = ["", ".cluster.local"].iter().find_map(|end| name.strip_suffix(&format!(".svc{end}")))?;
    let (service, other) = host.rsplit_once('.')?;
    (other != namespace).then(|| format!("{service} in namespace {other}, past what guards that namespace"))
}
