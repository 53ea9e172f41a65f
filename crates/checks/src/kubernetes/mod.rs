//! Kubernetes manifests: Pod Security Standards, RBAC, isolation, images.

pub mod apparmor_unconfined;
pub mod container_runtime_socket;
pub mod dangerous_capability;
pub mod extra_capability;
pub mod host_ipc;
pub mod host_network;
pub mod host_path;
pub mod host_pid;
pub mod host_port;
mod judge;
pub mod missing_run_as_non_root;
pub mod missing_seccomp_profile;
mod path;
pub mod privilege_escalation;
pub mod privileged_container;
pub mod probe_to_other_host;
pub mod restricted_volume;
pub mod root_user;
pub mod seccomp_unconfined;
pub mod selinux_options;
pub mod sensitive_host_path;
pub mod undropped_capabilities;
pub mod unmasked_proc;
pub mod unsafe_sysctl;
pub mod windows_host_process;

use crate::Check;

pub(crate) use judge::judge;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &apparmor_unconfined::CHECK,
    &container_runtime_socket::CHECK,
    &dangerous_capability::CHECK,
    &extra_capability::CHECK,
    &host_ipc::CHECK,
    &host_network::CHECK,
    &host_path::CHECK,
    &host_pid::CHECK,
    &host_port::CHECK,
    &missing_run_as_non_root::CHECK,
    &missing_seccomp_profile::CHECK,
    &privilege_escalation::CHECK,
    &privileged_container::CHECK,
    &probe_to_other_host::CHECK,
    &restricted_volume::CHECK,
    &root_user::CHECK,
    &seccomp_unconfined::CHECK,
    &selinux_options::CHECK,
    &sensitive_host_path::CHECK,
    &undropped_capabilities::CHECK,
    &unmasked_proc::CHECK,
    &unsafe_sysctl::CHECK,
    &windows_host_process::CHECK,
];
