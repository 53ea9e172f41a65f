//! Paths of the node that pods mount.

use palisade_inventory::kubernetes::Workload;
use palisade_inventory::yaml::Node;
use palisade_model::Span;

/// A volume that is a path of the node.
pub(super) struct HostPath<'y> {
    /// The path; empty when it is not stated.
    pub(super) path: &'y str,
    /// Where the path stands.
    pub(super) place: Span,
}

/// What a path of the node gives away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Danger {
    /// The socket of a container runtime.
    Runtime,
    /// The node itself.
    Node,
    /// What lies there.
    Plain,
}

/// The `hostPath` volumes of a pod.
pub(super) fn host_paths<'y>(workload: &Workload<'y>) -> impl Iterator<Item = HostPath<'y>> + use<'y> {
    let volumes = workload.setting(&["volumes"]).into_iter().flat_map(Node::items);
    volumes.filter_map(|volume| volume.get("hostPath")).filter(|host| !host.is_null()).map(|host| {
        let path = host.get("path");
        HostPath { path: path.and_then(Node::as_str).unwrap_or(""), place: path.unwrap_or(host).span() }
    })
}

const SOCKETS: [&str; 6] =
    ["docker.sock", "containerd.sock", "crio.sock", "dockershim.sock", "cri-dockerd.sock", "podman.sock"];

/// Directories that are the node when mounted themselves; what lies below may be harmless.
const THEMSELVES: [&str; 21] = [
    "",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/opt",
    "/proc",
    "/run",
    "/run/containerd",
    "/sbin",
    "/sys",
    "/usr",
    "/var",
    "/var/lib",
    "/var/lib/kubelet",
    "/var/log",
    "/var/run",
    "/var/run/containerd",
];

/// Directories that are the node, with all that lies below.
const TREES: [&str; 8] = [
    "/etc/kubernetes",
    "/etc/cron.d",
    "/etc/ssh",
    "/root",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/etcd",
    "/var/lib/kubelet/pki",
];

/// Rates a path of the node.
pub(super) fn danger(path: &str) -> Danger {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if parts.last().is_some_and(|last| SOCKETS.contains(last)) {
        return Danger::Runtime;
    }
    let clean: String = parts.iter().flat_map(|part| ["/", part]).collect();
    let below = |tree: &str| clean.strip_prefix(tree).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let whole = THEMSELVES.contains(&clean.as_str()) && path.starts_with('/');
    if whole || TREES.iter().any(|tree| below(tree)) { Danger::Node } else { Danger::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_path_are_one() {
        for path in ["/", "//", "/etc/", "/etc/../", "/var/./log", "/root/.kube", "/var/lib/docker/volumes"] {
            assert_eq!(danger(path), Danger::Node, "{path}");
        }
        for path in ["/etc/localtime", "/data", "", "/var/lib/kubelet/plugins", "/dev/fuse", "/rooted"] {
            assert_eq!(danger(path), Danger::Plain, "{path}");
        }
        assert_eq!(danger("/run/k3s/containerd/containerd.sock"), Danger::Runtime);
    }
}
