//! Devices with which the host can be taken over.

use palisade_inventory::compose::{Compose, scalars};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/host-device-passed",
        title: "service gets a device of the host",
        page: include_str!("host_device_passed.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("devices") {
        for (item, text) in scalars(node) {
            let device = text.split(':').next().unwrap_or("");
            let disk = ["/dev/sd", "/dev/nvme", "/dev/vd", "/dev/xvd", "/dev/dm-", "/dev/mapper", "/dev/disk"]
                .iter()
                .any(|it| device.starts_with(it));
            let memory = matches!(device, "/dev/mem" | "/dev/kmem" | "/dev/port" | "/dev/kmsg");
            if device == "/dev" || memory {
                report
                    .finding(
                        item.span(),
                        "with this device it reads and changes the host's memory or all of its hardware",
                    )
                    .severity(Severity::High);
            } else if disk {
                report.finding(item.span(), "with a disk of the host it reads and changes every file on it");
            }
        }
    }
}
