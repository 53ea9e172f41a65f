//! Ports of protocols that give control.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/admin-port-exposed",
        title: "image offers an administrative port",
        page: include_str!("admin_port_exposed.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E6-T1"],
        maps: &["CWE-668"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        let Kind::Expose(ports) = &instruction.kind else { continue };
        for port in ports {
            let number = port.resolved.split('/').next().unwrap_or("");
            let what = match number {
                "23" => "Telnet",
                "512" | "513" | "514" if !port.resolved.ends_with("/udp") => "the r-commands",
                "2375" => "Docker without TLS",
                "3389" => "a remote desktop",
                "5900" | "5901" => "VNC",
                "8001" if port.resolved.ends_with("/kubectl") => "kubectl proxy",
                "10250" => "the kubelet",
                _ => continue,
            };
            report
                .finding(port.span, format!("port {number} is that of {what}, which gives whoever reaches it control"));
        }
    }
}
