//! Services that mount the engine's socket.

use palisade_inventory::compose::{Compose, mounts};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/docker-socket-mounted",
        title: "service controls the container engine",
        page: include_str!("docker_socket_mounted.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("volumes") {
        for mount in mounts(node) {
            let source = mount.source.unwrap_or("");
            let socket = ["docker.sock", "containerd.sock", "crio.sock", "podman.sock", "docker_engine"]
                .iter()
                .any(|it| source.ends_with(it));
            let folder = matches!(
                source.trim_end_matches('/'),
                "/var/run" | "/run" | "/run/containerd" | "/run/podman" | "/run/docker"
            );
            if socket || folder {
                report.finding(mount.span, "whoever breaks into it starts containers with any right, which is root on the host; read-only changes nothing");
            }
        }
    }
}
