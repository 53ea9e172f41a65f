//! Security options that switch protections off.

use palisade_inventory::compose::{Compose, scalars};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/unconfined-service",
        title: "service runs without the engine's confinement",
        page: include_str!("unconfined_service.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-693"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("security_opt") {
        for (item, text) in scalars(node) {
            let option = text.replace('=', ":").to_ascii_lowercase();
            let (severity, message) = match option.as_str() {
                "seccomp:unconfined" => (
                    Severity::High,
                    "every system call of the kernel is open to it; write a profile with those it needs",
                ),
                "apparmor:unconfined" => {
                    (Severity::Medium, "AppArmor no longer keeps it from the host's files; write a profile")
                }
                "label:disable" | "label:type:spc_t" => {
                    (Severity::Medium, "SELinux no longer keeps it from the host's files")
                }
                "no-new-privileges:false" => (Severity::Low, "setuid programs in it may become root"),
                "systempaths:unconfined" => (Severity::High, "it may write to /proc and /sys of the kernel"),
                _ => continue,
            };
            report.finding(item.span(), message).severity(severity);
        }
    }
}
