//! Clusters of GKE.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta, network};
use crate::{Check, Report};

const PAGE: &str = include_str!("cluster.md");
const CLUSTER: &[&str] = &["google_container_cluster"];
const NODES: &[&str] = &["google_container_cluster", "google_container_node_pool"];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        meta(
            "iac/google-cluster-legacy-rights",
            "cluster grants rights the old way",
            PAGE,
            Severity::High,
            &["E4-T1"],
            &["CIS-GKE:5.8.4", "CWE-284"],
        ),
        CLUSTER,
        Rule::new(
            "enable_legacy_abac",
            Wanted::NotTrue,
            "every service account and every user of the project may do everything in this cluster",
        )
        .mended("false", Safety::Unsafe),
    ),
    Check::on_resource(
        meta(
            "iac/google-cluster-open-to-world",
            "API server of a cluster is open to the internet",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CIS-GKE:5.6.3", "CWE-284"],
        ),
        CLUSTER,
        open_cluster,
    ),
    Check::on_resource(
        likely(meta(
            "iac/google-cluster-public-nodes",
            "nodes of a cluster have public addresses",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CIS-GKE:5.6.5", "CWE-284"],
        )),
        CLUSTER,
        public_nodes,
    ),
    Check::on_setting(
        meta(
            "iac/google-cluster-client-certificate",
            "cluster gives out a certificate that cannot be revoked",
            PAGE,
            Severity::Medium,
            &["E3-T3"],
            &["CIS-GKE:5.8.2", "CWE-295"],
        ),
        CLUSTER,
        Rule::new(
            "master_auth.client_certificate_config.issue_client_certificate",
            Wanted::NotTrue,
            "this certificate works until the cluster is gone, whoever gets hold of it",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/google-node-metadata-exposed",
            "pods can read their node's credentials",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CIS-GKE:5.4.2", "CWE-668"],
        ),
        NODES,
        Rule::new(
            "node_config.workload_metadata_config.mode",
            Wanted::NoneOf(&["GCE_METADATA", "MODE_UNSPECIFIED", "EXPOSE"]),
            "every pod can fetch the node's token and act as the node: use GKE_METADATA",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/google-node-insecure-kubelet",
            "nodes answer strangers",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CIS-GKE:5.6", "CWE-306"],
        ),
        NODES,
        Rule::new(
            "node_config.kubelet_config.insecure_kubelet_readonly_port_enabled",
            Wanted::NotTrue,
            "every pod may ask the kubelets what runs on their nodes",
        )
        .mended("false", Safety::Unsafe),
    ),
];

fn open_cluster(resource: &Resource<'_>, report: &mut Report<'_>) {
    let private = resource.setting("private_cluster_config.enable_private_endpoint");
    let dns_only = resource.setting("control_plane_endpoints_config.ip_endpoints_config.enabled");
    if private.is_unknown()
        || private.value.and_then(Value::as_bool) == Some(true)
        || dns_only.value.is_some_and(|on| on.as_bool() != Some(true))
    {
        return;
    }
    let message = "every host on the internet may talk to this cluster's API server: \
                   list the addresses in `master_authorized_networks_config`";
    let Some(config) = resource.get("master_authorized_networks_config") else {
        resource.fault(Setting { value: None, place: resource.head() }, message, report);
        return;
    };
    for block in config.each().flat_map(|config| config.get("cidr_blocks").into_iter().flat_map(Value::each)) {
        if let Some(range) = network::world(block.get("cidr_block")) {
            resource.fault_at(range.origin, message, report);
        }
    }
}

fn public_nodes(resource: &Resource<'_>, report: &mut Report<'_>) {
    let setting = resource.setting("private_cluster_config.enable_private_nodes");
    let autopilot = resource.get("enable_autopilot").is_some_and(Value::is_unknown);
    let missed = setting.value.is_none_or(|value| value.as_bool() == Some(false));
    if missed && !setting.is_unknown() && !autopilot {
        resource.fault(setting, "each node is reached from the internet; nodes need no public addresses", report);
    }
}
