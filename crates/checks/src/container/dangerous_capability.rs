//! Capabilities with which the host can be taken over.

use palisade_inventory::compose::{Compose, scalars};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/dangerous-capability",
        title: "service holds a capability that amounts to root",
        page: include_str!("dangerous_capability.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T1", "E5-T2"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("cap_add") {
        for (item, name) in scalars(node) {
            let upper = name.to_ascii_uppercase();
            let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
            let Some((_, why)) = DANGEROUS.iter().find(|(capability, _)| *capability == name) else { continue };
            let finding = report.finding(item.span(), format!("{name} {why}"));
            if matches!(name, "NET_ADMIN" | "SYS_PTRACE" | "SYSLOG" | "PERFMON") {
                finding.severity(Severity::Medium);
            }
        }
    }
}

/// Capabilities and what they allow.
static DANGEROUS: &[(&str, &str)] = &[
    ("ALL", "is every capability there is: root on the host is one step away"),
    ("SYS_ADMIN", "allows mounts and much else: root on the host is one step away"),
    ("SYS_MODULE", "loads kernel modules, which run on the host"),
    ("SYS_RAWIO", "reads and writes memory and disks of the host directly"),
    ("SYS_PTRACE", "reads and changes other processes it can see"),
    ("SYS_BOOT", "restarts the host and loads another kernel"),
    ("DAC_READ_SEARCH", "reads any file that can be reached, past its permissions"),
    ("BPF", "loads programs into the host's kernel"),
    ("PERFMON", "observes the host's kernel and every process"),
    ("SYSLOG", "reads the kernel's log and its addresses"),
    ("NET_ADMIN", "changes interfaces, routes and firewall rules of its network"),
    ("MAC_ADMIN", "changes the rules of the security module"),
    ("MAC_OVERRIDE", "ignores the rules of the security module"),
];
