//! Flags that switch off guards of cluster components.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/insecure-component-flag",
        title: "component of the cluster runs with its guard down",
        page: include_str!("insecure_component_flag.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CIS-K8S:1.2", "CIS-K8S:4.2", "CWE-1188"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    for container in &workload.containers {
        let words = ["command", "args"].into_iter().filter_map(|key| container.setting(&[key])).flat_map(Node::items);
        let program = container.image().and_then(Node::as_str).unwrap_or("");
        let first = container.setting(&["command"]).and_then(|command| command.items().next()).and_then(Node::as_str);
        let is_part = |part: &str| program.contains(part) || first.is_some_and(|first| first.ends_with(part));
        if !COMPONENTS.iter().any(|part| is_part(part)) {
            continue;
        }
        for word in words {
            let text = word.as_str().unwrap_or("");
            if let Some((_, why)) = FLAGS.iter().find(|(flag, _)| text.trim_start_matches('-') == *flag) {
                report.finding(word.span(), *why);
            }
        }
    }
}

const COMPONENTS: [&str; 8] = [
    "kube-apiserver",
    "kubelet",
    "etcd",
    "kube-controller-manager",
    "kube-scheduler",
    "hyperkube",
    "kubernetes-dashboard",
    "kubernetesui/dashboard",
];

const FLAGS: [(&str, &str); 12] = [
    ("anonymous-auth=true", "requests without any credentials are accepted"),
    ("anonymous-auth", "requests without any credentials are accepted"),
    ("authorization-mode=AlwaysAllow", "every request is allowed"),
    ("insecure-bind-address=0.0.0.0", "the unguarded port is open to the network"),
    ("enable-skip-login", "the dashboard can be used without logging in"),
    ("enable-insecure-login", "the dashboard takes credentials over plain HTTP"),
    ("disable-settings-authorizer", "the dashboard does not ask what a user may see"),
    ("client-cert-auth=false", "etcd answers clients without a certificate"),
    ("peer-client-cert-auth=false", "etcd takes any peer without a certificate"),
    ("auto-tls=true", "etcd trusts certificates that it made itself"),
    ("read-only-port=10255", "the kubelet tells everybody about its pods"),
    ("kubelet-https=false", "the API server talks to kubelets over plain HTTP"),
];
