//! Kubernetes manifests: Pod Security Standards, RBAC, isolation, images.

pub mod allow_all_mesh_policy;
pub mod allow_all_network_policy;
pub mod anonymous_subject;
pub mod api_service_write;
pub mod apparmor_unconfined;
pub mod certificate_approval;
mod chart;
mod chart_mend;
pub mod cluster_admin_binding;
pub mod cluster_admin_in_reach;
pub mod committed_secret;
pub mod container_injection;
pub mod container_runtime_socket;
pub mod dangerous_capability;
pub mod default_namespace;
pub mod default_service_account;
pub mod default_service_account_binding;
pub mod event_deletion;
pub mod everyone_subject;
pub mod exposed_dashboard;
pub mod exposed_service;
pub mod external_ip_service;
pub mod external_name_service;
pub mod extra_capability;
pub mod host_ipc;
pub mod host_network;
pub mod host_path;
pub mod host_path_persistent_volume;
pub mod host_pid;
pub mod host_port;
pub mod hostless_ingress;
mod image;
pub mod impersonation;
pub mod ingress_snippet;
pub mod ingress_without_tls;
pub mod insecure_component_flag;
mod judge;
pub mod lasting_token;
pub mod latest_image;
mod literal;
pub mod literal_secret_in_env;
pub mod missing_cpu_limit;
pub mod missing_memory_limit;
pub mod missing_probes;
pub mod missing_requests;
pub mod missing_run_as_non_root;
pub mod missing_seccomp_profile;
pub mod mounted_service_account_token;
pub mod namespace_without_network_policy;
pub mod node_port_service;
pub mod node_proxy;
pub mod node_write;
pub mod open_kubelet;
mod path;
pub mod persistent_volume_creation;
pub mod plaintext_gateway;
pub mod plaintext_mesh;
pub mod plaintext_redirect_off;
pub mod pod_creation;
pub mod pod_exec;
pub mod portless_network_policy;
pub mod privilege_escalation;
pub mod privileged_container;
pub mod privileged_namespace;
pub mod probe_to_other_host;
pub mod removed_policy;
mod render;
mod resources;
pub mod restricted_volume;
pub mod role_binding_write;
pub mod role_escalation;
pub mod root_group;
pub mod root_user;
mod rule;
pub mod seccomp_unconfined;
pub mod secret_in_env;
pub mod secrets_access;
pub mod selinux_options;
pub mod sensitive_host_path;
pub mod shared_process_namespace;
pub mod skipped_webhook;
pub mod stale_image;
pub mod system_masters_subject;
pub mod system_namespace_role;
pub mod tiller;
pub mod token_creation;
pub mod tolerates_everything;
pub mod unapproved_registry;
pub mod unbounded_argo_project;
pub mod undigested_image;
pub mod undropped_capabilities;
pub mod unencrypted_etcd;
pub mod unenforced_policy;
pub mod unlabelled_namespace;
pub mod unmasked_proc;
pub mod unsafe_sysctl;
pub mod unverified_api_service;
pub mod webhook_write;
pub mod wildcard_rule;
pub mod windows_host_process;
pub mod world_network_policy;
pub mod writable_root_filesystem;

use crate::Check;

pub(crate) use judge::judge;
pub(crate) use literal::masks;
pub(crate) use render::render;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &allow_all_mesh_policy::CHECK,
    &allow_all_network_policy::CHECK,
    &anonymous_subject::CHECK,
    &api_service_write::CHECK,
    &apparmor_unconfined::CHECK,
    &certificate_approval::CHECK,
    &cluster_admin_binding::CHECK,
    &cluster_admin_in_reach::CHECK,
    &committed_secret::CHECK,
    &container_injection::CHECK,
    &container_runtime_socket::CHECK,
    &dangerous_capability::CHECK,
    &default_namespace::CHECK,
    &default_service_account::CHECK,
    &default_service_account_binding::CHECK,
    &event_deletion::CHECK,
    &everyone_subject::CHECK,
    &exposed_dashboard::CHECK,
    &exposed_service::CHECK,
    &external_ip_service::CHECK,
    &external_name_service::CHECK,
    &extra_capability::CHECK,
    &host_ipc::CHECK,
    &host_network::CHECK,
    &host_path::CHECK,
    &host_path_persistent_volume::CHECK,
    &host_pid::CHECK,
    &host_port::CHECK,
    &hostless_ingress::CHECK,
    &impersonation::CHECK,
    &ingress_snippet::CHECK,
    &ingress_without_tls::CHECK,
    &insecure_component_flag::CHECK,
    &lasting_token::CHECK,
    &latest_image::CHECK,
    &literal_secret_in_env::CHECK,
    &missing_cpu_limit::CHECK,
    &missing_memory_limit::CHECK,
    &missing_probes::CHECK,
    &missing_requests::CHECK,
    &missing_run_as_non_root::CHECK,
    &missing_seccomp_profile::CHECK,
    &mounted_service_account_token::CHECK,
    &namespace_without_network_policy::CHECK,
    &node_port_service::CHECK,
    &node_proxy::CHECK,
    &node_write::CHECK,
    &open_kubelet::CHECK,
    &persistent_volume_creation::CHECK,
    &plaintext_gateway::CHECK,
    &plaintext_mesh::CHECK,
    &plaintext_redirect_off::CHECK,
    &pod_creation::CHECK,
    &pod_exec::CHECK,
    &portless_network_policy::CHECK,
    &privilege_escalation::CHECK,
    &privileged_container::CHECK,
    &privileged_namespace::CHECK,
    &probe_to_other_host::CHECK,
    &removed_policy::CHECK,
    &restricted_volume::CHECK,
    &role_binding_write::CHECK,
    &role_escalation::CHECK,
    &root_group::CHECK,
    &root_user::CHECK,
    &seccomp_unconfined::CHECK,
    &secret_in_env::CHECK,
    &secrets_access::CHECK,
    &selinux_options::CHECK,
    &sensitive_host_path::CHECK,
    &shared_process_namespace::CHECK,
    &skipped_webhook::CHECK,
    &stale_image::CHECK,
    &system_masters_subject::CHECK,
    &system_namespace_role::CHECK,
    &tiller::CHECK,
    &token_creation::CHECK,
    &tolerates_everything::CHECK,
    &unapproved_registry::CHECK,
    &unbounded_argo_project::CHECK,
    &undigested_image::CHECK,
    &undropped_capabilities::CHECK,
    &unencrypted_etcd::CHECK,
    &unenforced_policy::CHECK,
    &unlabelled_namespace::CHECK,
    &unmasked_proc::CHECK,
    &unsafe_sysctl::CHECK,
    &unverified_api_service::CHECK,
    &webhook_write::CHECK,
    &wildcard_rule::CHECK,
    &windows_host_process::CHECK,
    &world_network_policy::CHECK,
    &writable_root_filesystem::CHECK,
];
