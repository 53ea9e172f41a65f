//! Pods that share the default service account.

use palisade_inventory::Inventory;
use palisade_inventory::kubernetes::{Object, Workload};
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Edit, Finding, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/default-service-account",
        title: "pod uses the default service account",
        page: include_str!("default_service_account.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T3"],
        maps: &["CIS-K8S:5.1.5", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    if !workload.is_complete()
        || workload.setting(&["automountServiceAccountToken"]).and_then(Node::as_bool) == Some(false)
    {
        return;
    }
    let account = workload.setting(&["serviceAccountName"]).or_else(|| workload.setting(&["serviceAccount"]));
    match account {
        Some(account) if account.as_str() == Some("default") => {
            let message = "every pod of the namespace shares this account; give the workload one of its own";
            report.finding(account.span(), message).maybe_fix(fix(workload));
        }
        None => {
            let message = "no service account is named, so this pod carries the token of the shared default one";
            report.finding(workload.place, message).maybe_fix(fix(workload));
        }
        Some(_) => {}
    }
}

/// An account of the workload's own, which carries no token; where no object can be added, the token is left out.
fn fix(workload: &Workload<'_>) -> Option<Fix> {
    let unsafe_ = |title, edits| Some(Fix::new(title, Safety::Unsafe, edits));
    if let Some(edits) = own_account(workload) {
        return unsafe_("give the workload an account of its own, without a token", edits);
    }
    let edit = workload.add_setting("serviceAccountName", TOKEN)?;
    unsafe_("leave the token out", vec![edit])
}

fn own_account(workload: &Workload<'_>) -> Option<Vec<Edit>> {
    let object = workload.object;
    // The object must be a document of its own, as the account will be.
    let name = object.name().filter(|_| object.root.parent().is_none())?;
    let yaml = object.root.yaml();
    let account = workload.pod.get("serviceAccountName");
    if workload.pod.get("serviceAccount").is_some() || !is_plain_name(name) {
        return None;
    }
    let mut edits = match account {
        Some(account) => vec![account.replace_with(name)?, workload.add_setting("serviceAccountName", TOKEN)?],
        None => vec![workload.add_lines_to_pod(&format!("serviceAccountName: {name}\n{TOKEN}"))?],
    };
    let is_there = |other: Object<'_>| other.is("", "ServiceAccount") && other.name() == Some(name);
    if !yaml.documents().flat_map(Object::all).any(is_there) {
        let namespace = match object.namespace() {
            Some(namespace) if is_plain_name(namespace) && namespace != "default" => {
                format!("  namespace: {namespace}\n")
            }
            Some(_) => return None,
            None => String::new(),
        };
        let lines = format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n{namespace}{TOKEN}");
        edits.push(yaml.tail()?.append(&lines));
    }
    Some(edits)
}

/// Takes back the fixes that would make an account which another file of the target has.
pub(crate) fn settle(inventory: &Inventory, findings: &mut [Finding]) {
    let made = |edit: &Edit| {
        let (_, after) = edit.replacement.split_once("kind: ServiceAccount")?;
        Some(after.split_once("name: ")?.1.lines().next()?.trim().to_owned())
    };
    for finding in findings.iter_mut().filter(|finding| finding.check.id == CHECK.meta.id) {
        let Some(name) = finding.fix.iter().flat_map(|fix| &fix.edits).find_map(made) else { continue };
        let others = inventory.files.iter().filter(|file| file.path != finding.location.path);
        let mut objects = others.flat_map(|file| &file.objects);
        if objects.any(|other| other.kind == "ServiceAccount" && other.name.as_deref() == Some(&*name)) {
            finding.fix = None;
        }
    }
}

const TOKEN: &str = "automountServiceAccountToken: false";

/// Whether a name can be one of a service account, and needs no quotes.
fn is_plain_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
