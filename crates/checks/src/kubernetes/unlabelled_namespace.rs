//! Namespaces that leave pod security to the cluster's default.

use palisade_inventory::Inventory;
use palisade_inventory::kubernetes::{Object, Workload};
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Finding, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_object(
    Meta {
        id: "kubernetes/unlabelled-namespace",
        title: "namespace enforces no pod security level",
        page: include_str!("unlabelled_namespace.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CIS-K8S:5.2.1", "CWE-1188"],
    },
    run,
);

fn run(object: &Object<'_>, report: &mut Report<'_>) {
    let asked = object.is("", "Namespace") && report.settings().kubernetes.version.is_at_least(23);
    if asked && object.label("pod-security.kubernetes.io/enforce").is_none() {
        let message = "this namespace enforces no pod security level; label it `baseline` or `restricted`";
        report.finding(object.place(), message).maybe_fix(label(object));
    }
}

/// The level that all but system pods keep to; not beside pods that need more, and not for system namespaces.
fn label(object: &Object<'_>) -> Option<Fix> {
    let text = object.root.yaml().text();
    let more = ["hostNetwork: true", "hostPID: true", "hostIPC: true", "privileged: true", "hostPath:", "hostPort:"];
    if more.iter().any(|setting| text.contains(setting)) || object.name().is_none_or(|name| name.ends_with("-system")) {
        return None;
    }
    let line = "pod-security.kubernetes.io/enforce: baseline";
    let edit = object.at(&["metadata"])?.add_under("labels", "name", line)?;
    Some(Fix::new("refuse pods that take over their node", Safety::Unsafe, vec![edit]))
}

/// Takes the label back where the target itself puts pods into the namespace that the level refuses.
pub(crate) fn settle(inventory: &Inventory, findings: &mut [Finding]) {
    let objects = || inventory.files.iter().flat_map(|file| &file.objects);
    for finding in findings.iter_mut().filter(|finding| finding.check.id == CHECK.meta.id && finding.fix.is_some()) {
        let place = &finding.location;
        let own = objects().find(|object| {
            object.kind == "Namespace" && object.location.path == place.path && object.location.span == place.span
        });
        let name = own.and_then(|object| object.name.as_deref());
        let folder = place.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // Where a pod does not say its namespace, whoever applies the folder does.
        let inside =
            |path: &str| path.strip_prefix(folder).is_some_and(|rest| folder.is_empty() || rest.starts_with('/'));
        let refused = objects().filter(|object| object.beyond_baseline).any(|object| match &object.namespace {
            Some(namespace) => Some(namespace.as_str()) == name,
            None => inside(&object.location.path),
        });
        if refused {
            finding.fix = None;
        }
    }
}

/// Capabilities that the level lets pods add.
const ADDABLE: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Whether the level `baseline` refuses pods for what most that it refuses ask for.
pub(super) fn is_refused(workload: &Workload<'_>) -> bool {
    let truth = |node: Option<Node<'_>>| node.and_then(Node::as_bool) == Some(true);
    let of_node = ["hostNetwork", "hostPID", "hostIPC"].iter().any(|key| truth(workload.setting(&[key])));
    let volumes = workload.setting(&["volumes"]).into_iter().flat_map(Node::items);
    let of_pod = of_node || volumes.into_iter().any(|volume| volume.get("hostPath").is_some());
    of_pod
        || workload.contexts(&["windowsOptions", "hostProcess"]).any(|node| truth(Some(node)))
        || workload.containers.iter().any(|container| {
            let ports = container.setting(&["ports"]).into_iter().flat_map(Node::items);
            let mut taken = ports.into_iter().filter_map(|port| port.get("hostPort"));
            let added = container.context(&["capabilities", "add"]).into_iter().flat_map(Node::items);
            let mut more = added.into_iter().filter(|item| item.as_str().is_none_or(|name| !ADDABLE.contains(&name)));
            container.is_privileged() || taken.any(|port| port.as_i64() != Some(0)) || more.next().is_some()
        })
}
