//! Dockerfiles and Compose files: users, images, downloads, secrets, privileges.

mod compose_values;
mod end_of_life;
mod images;
mod judge;
mod packages;
mod secrets;
mod steps;

pub mod abandoned_base_image;
pub mod add_from_url;
pub mod add_instead_of_copy;
pub mod admin_port_exposed;
pub mod authentication_off;
pub mod broken_exec_form;
pub mod build_secret_kept;
pub mod committed_env_file;
pub mod context_without_ignore;
pub mod credentials_in_url;
pub mod dangerous_capability;
pub mod debug_mode;
pub mod debugger_exposed;
pub mod default_password;
pub mod deprecated_apt_key;
pub mod deprecated_maintainer;
pub mod distribution_upgrade;
pub mod docker_api_without_tls;
pub mod docker_socket_mounted;
pub mod download_piped_to_shell;
pub mod end_of_life_base_image;
pub mod end_of_life_service_image;
pub mod fixed_password;
pub mod git_history_copied;
pub mod host_device_passed;
pub mod host_namespace_shared;
pub mod host_network_build_step;
pub mod host_network_service;
pub mod host_path_mounted;
pub mod insecure_download;
pub mod insecure_package_index;
pub mod install_without_lockfile;
pub mod moving_base_image;
pub mod moving_service_image;
pub mod named_user;
pub mod no_healthcheck;
pub mod package_cache_kept;
pub mod passwordless_sudo;
pub mod pipe_without_pipefail;
pub mod plain_http_download;
pub mod privilege_escalation_allowed;
pub mod privileged_build_step;
pub mod privileged_service;
pub mod published_database_port;
pub mod recommended_packages;
pub mod relative_workdir;
pub mod repeated_command;
pub mod root_user;
pub mod secret_file_copied;
pub mod secret_in_build_argument;
pub mod secret_in_compose;
pub mod secret_in_environment;
pub mod service_as_root;
pub mod service_checks_off;
pub mod service_debugger_exposed;
pub mod setuid_program;
pub mod shell_form_command;
pub mod short_key_id;
pub mod ssh_root_login;
pub mod ssh_server;
pub mod stale_package_index;
pub mod sudo_in_image;
pub mod tls_checks_off;
pub mod unapproved_registry;
pub mod unapproved_service_registry;
pub mod unconfined_service;
pub mod unknown_ssh_host;
pub mod unknown_stage;
pub mod unlimited_service;
pub mod unofficial_build_frontend;
pub mod unpinned_base_image;
pub mod unpinned_cargo_install;
pub mod unpinned_gem;
pub mod unpinned_go_tool;
pub mod unpinned_node_package;
pub mod unpinned_python_package;
pub mod unpinned_service_image;
pub mod unpinned_system_package;
pub mod unsigned_packages;
pub mod unverified_program;
pub mod whole_filesystem_copied;
pub mod world_writable_files;
pub mod writable_path_entry;
pub mod writable_root_filesystem;

use crate::Check;

pub(crate) use judge::{judge_compose, judge_dockerfile, tells_of_secrets, without_known_secrets};
pub(crate) use secrets::{compose_masks, dockerfile_masks};

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &abandoned_base_image::CHECK,
    &add_from_url::CHECK,
    &add_instead_of_copy::CHECK,
    &admin_port_exposed::CHECK,
    &authentication_off::CHECK,
    &broken_exec_form::CHECK,
    &build_secret_kept::CHECK,
    &committed_env_file::CHECK,
    &context_without_ignore::CHECK,
    &credentials_in_url::CHECK,
    &dangerous_capability::CHECK,
    &debug_mode::CHECK,
    &debugger_exposed::CHECK,
    &default_password::CHECK,
    &deprecated_apt_key::CHECK,
    &deprecated_maintainer::CHECK,
    &distribution_upgrade::CHECK,
    &docker_api_without_tls::CHECK,
    &docker_socket_mounted::CHECK,
    &download_piped_to_shell::CHECK,
    &end_of_life_base_image::CHECK,
    &end_of_life_service_image::CHECK,
    &fixed_password::CHECK,
    &git_history_copied::CHECK,
    &host_device_passed::CHECK,
    &host_namespace_shared::CHECK,
    &host_network_build_step::CHECK,
    &host_network_service::CHECK,
    &host_path_mounted::CHECK,
    &insecure_download::CHECK,
    &insecure_package_index::CHECK,
    &install_without_lockfile::CHECK,
    &moving_base_image::CHECK,
    &moving_service_image::CHECK,
    &named_user::CHECK,
    &no_healthcheck::CHECK,
    &package_cache_kept::CHECK,
    &passwordless_sudo::CHECK,
    &pipe_without_pipefail::CHECK,
    &plain_http_download::CHECK,
    &privilege_escalation_allowed::CHECK,
    &privileged_build_step::CHECK,
    &privileged_service::CHECK,
    &published_database_port::CHECK,
    &recommended_packages::CHECK,
    &relative_workdir::CHECK,
    &repeated_command::CHECK,
    &root_user::CHECK,
    &secret_file_copied::CHECK,
    &secret_in_build_argument::CHECK,
    &secret_in_compose::CHECK,
    &secret_in_environment::CHECK,
    &service_as_root::CHECK,
    &service_checks_off::CHECK,
    &service_debugger_exposed::CHECK,
    &setuid_program::CHECK,
    &shell_form_command::CHECK,
    &short_key_id::CHECK,
    &ssh_root_login::CHECK,
    &ssh_server::CHECK,
    &stale_package_index::CHECK,
    &sudo_in_image::CHECK,
    &tls_checks_off::CHECK,
    &unapproved_registry::CHECK,
    &unapproved_service_registry::CHECK,
    &unconfined_service::CHECK,
    &unknown_ssh_host::CHECK,
    &unknown_stage::CHECK,
    &unlimited_service::CHECK,
    &unofficial_build_frontend::CHECK,
    &unpinned_base_image::CHECK,
    &unpinned_cargo_install::CHECK,
    &unpinned_gem::CHECK,
    &unpinned_go_tool::CHECK,
    &unpinned_node_package::CHECK,
    &unpinned_python_package::CHECK,
    &unpinned_service_image::CHECK,
    &unpinned_system_package::CHECK,
    &unsigned_packages::CHECK,
    &unverified_program::CHECK,
    &whole_filesystem_copied::CHECK,
    &world_writable_files::CHECK,
    &writable_path_entry::CHECK,
    &writable_root_filesystem::CHECK,
];

#[cfg(test)]
mod tests;
