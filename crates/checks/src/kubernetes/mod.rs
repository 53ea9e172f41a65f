//! Kubernetes manifests: Pod Security Standards, RBAC, isolation, images.

pub mod anonymous_subject;
pub mod api_service_write;
pub mod apparmor_unconfined;
pub mod certificate_approval;
pub mod cluster_admin_binding;
pub mod container_injection;
pub mod container_runtime_socket;
pub mod dangerous_capability;
pub mod default_service_account_binding;
pub mod event_deletion;
pub mod everyone_subject;
pub mod extra_capability;
pub mod host_ipc;
pub mod host_network;
pub mod host_path;
pub mod host_pid;
pub mod host_port;
mod image;
pub mod impersonation;
mod judge;
pub mod missing_run_as_non_root;
pub mod missing_seccomp_profile;
pub mod node_proxy;
pub mod node_write;
mod path;
pub mod persistent_volume_creation;
pub mod pod_creation;
pub mod pod_exec;
pub mod privilege_escalation;
pub mod privileged_container;
pub mod probe_to_other_host;
pub mod restricted_volume;
pub mod role_binding_write;
pub mod role_escalation;
pub mod root_user;
mod rule;
pub mod seccomp_unconfined;
pub mod secrets_access;
pub mod selinux_options;
pub mod sensitive_host_path;
pub mod system_masters_subject;
pub mod system_namespace_role;
pub mod token_creation;
pub mod undropped_capabilities;
pub mod unmasked_proc;
pub mod unsafe_sysctl;
pub mod webhook_write;
pub mod wildcard_rule;
pub mod windows_host_process;

use crate::Check;

pub(crate) use judge::judge;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &anonymous_subject::CHECK,
    &api_service_write::CHECK,
    &apparmor_unconfined::CHECK,
    &certificate_approval::CHECK,
    &cluster_admin_binding::CHECK,
    &container_injection::CHECK,
    &container_runtime_socket::CHECK,
    &dangerous_capability::CHECK,
    &default_service_account_binding::CHECK,
    &event_deletion::CHECK,
    &everyone_subject::CHECK,
    &extra_capability::CHECK,
    &host_ipc::CHECK,
    &host_network::CHECK,
    &host_path::CHECK,
    &host_pid::CHECK,
    &host_port::CHECK,
    &impersonation::CHECK,
    &missing_run_as_non_root::CHECK,
    &missing_seccomp_profile::CHECK,
    &node_proxy::CHECK,
    &node_write::CHECK,
    &persistent_volume_creation::CHECK,
    &pod_creation::CHECK,
    &pod_exec::CHECK,
    &privilege_escalation::CHECK,
    &privileged_container::CHECK,
    &probe_to_other_host::CHECK,
    &restricted_volume::CHECK,
    &role_binding_write::CHECK,
    &role_escalation::CHECK,
    &root_user::CHECK,
    &seccomp_unconfined::CHECK,
    &secrets_access::CHECK,
    &selinux_options::CHECK,
    &sensitive_host_path::CHECK,
    &system_masters_subject::CHECK,
    &system_namespace_role::CHECK,
    &token_creation::CHECK,
    &undropped_capabilities::CHECK,
    &unmasked_proc::CHECK,
    &unsafe_sysctl::CHECK,
    &webhook_write::CHECK,
    &wildcard_rule::CHECK,
    &windows_host_process::CHECK,
];
