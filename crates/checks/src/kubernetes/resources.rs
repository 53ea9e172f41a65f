//! What containers say about memory and processor time.

use palisade_inventory::kubernetes::{Container, Role, Workload};

/// Containers that run as long as their pod and set none of these resources, such as `["limits", "cpu"]`. Nothing of
/// a workload that is only part of one.
pub(super) fn without<'w, 'y>(
    workload: &'w Workload<'y>,
    resources: &'static [[&'static str; 2]],
) -> impl Iterator<Item = &'w Container<'y>> {
    let containers = if workload.is_complete() { workload.containers.as_slice() } else { &[] };
    containers.iter().filter(|container| matches!(container.role, Role::Normal | Role::Sidecar)).filter(|container| {
        resources.iter().all(|[kind, name]| container.setting(&["resources", kind, name]).is_none())
    })
}
