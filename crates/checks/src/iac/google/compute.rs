//! Machines and firewalls.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::network::{self, Reach};
use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("compute.md");
const MACHINES: &[&str] =
    &["google_compute_instance", "google_compute_instance_template", "google_compute_region_instance_template"];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/google-open-admin-port",
            "a port of administration is open to the internet",
            PAGE,
            Severity::High,
            &["E4-T3", "US-024.3"],
            &["CIS-GCP:3.6", "CIS-GCP:3.7", "CWE-284"],
        ),
        &["google_compute_firewall"],
        |resource, report| open(resource, report, &|reach| matches!(reach, Reach::Admin(..))),
    ),
    Check::on_resource(
        meta(
            "iac/google-open-database-port",
            "a data store's port is open to the internet",
            PAGE,
            Severity::High,
            &["E4-T3", "E6-T3"],
            &["CWE-284"],
        ),
        &["google_compute_firewall"],
        |resource, report| open(resource, report, &|reach| matches!(reach, Reach::Data(..))),
    ),
    Check::on_resource(
        meta(
            "iac/google-open-all-ports",
            "nearly all ports are open to the internet",
            PAGE,
            Severity::High,
            &["E4-T3", "US-024.3"],
            &["CWE-284"],
        ),
        &["google_compute_firewall"],
        |resource, report| open(resource, report, &|reach| reach == Reach::Everything),
    ),
    Check::on_resource(
        likely(meta(
            "iac/google-default-service-account",
            "machine holds the project's default account with full scope",
            PAGE,
            Severity::Medium,
            &["E4-T1"],
            &["CIS-GCP:4.1", "CIS-GCP:4.2", "CWE-250"],
        )),
        MACHINES,
        default_account,
    ),
    Check::on_setting(
        meta(
            "iac/google-serial-console",
            "serial console of a machine is open",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CIS-GCP:4.5", "CWE-284"],
        ),
        MACHINES,
        Rule::new(
            "metadata.serial-port-enable",
            Wanted::NotTrue,
            "the console is reached from any address and knows no firewall",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/google-os-login-off",
            "logins to machines are not tied to accounts",
            PAGE,
            Severity::Low,
            &["E4-T4"],
            &["CIS-GCP:4.4"],
        ),
        &["google_compute_project_metadata", "google_compute_instance"],
        Rule::new(
            "metadata.enable-oslogin",
            Wanted::NotFalse,
            "whoever has a key in the metadata can log in after leaving the company",
        ),
    ),
    Check::on_setting(
        likely(meta(
            "iac/google-network-without-flow-log",
            "network keeps no record of its traffic although it could",
            PAGE,
            Severity::Info,
            &["US-024.5"],
            &["CIS-GCP:3.8", "CWE-778"],
        )),
        &["google_compute_subnetwork"],
        Rule::new(
            "log_config.aggregation_interval",
            Wanted::Set,
            "after an incident nobody can say who talked to whom in this network",
        )
        .unless(&["purpose"]),
    ),
    Check::on_setting(
        meta(
            "iac/google-old-tls",
            "load balancer accepts old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CIS-GCP:3.9", "CWE-326"],
        ),
        &["google_compute_ssl_policy"],
        Rule::new(
            "min_tls_version",
            Wanted::OneOf(&["TLS_1_2", "TLS_1_3"]),
            "TLS 1.0 and 1.1, which have known breaks, are accepted; set TLS_1_2",
        )
        .mended("\"TLS_1_2\"", Safety::Unsafe),
    ),
];

fn open(resource: &Resource<'_>, report: &mut Report<'_>, asked: &dyn Fn(Reach) -> bool) {
    if resource.text("direction") == Some("EGRESS") || resource.truth("disabled") == Some(true) {
        return;
    }
    let ranges = resource.setting("source_ranges");
    // Without ranges, tags and accounts a rule lets everybody in.
    let unsourced =
        ["source_ranges", "source_tags", "source_service_accounts"].iter().all(|name| resource.get(name).is_none());
    let world = network::world(ranges.value);
    if !unsourced && world.is_none() {
        return;
    }
    for allow in resource.blocks("allow") {
        let protocol = allow.get("protocol").map(Value::to_text).unwrap_or_default().to_ascii_lowercase();
        let worst = match allow.get("ports") {
            _ if protocol == "all" => Some(Reach::Everything),
            _ if !matches!(protocol.as_str(), "tcp" | "udp" | "6" | "17") => None,
            None => Some(Reach::Everything),
            Some(ports) => ports
                .each()
                .filter_map(|port| {
                    let (from, to) = network::range(&port.settled().to_text())?;
                    network::reach(from, to)
                })
                .find(|reach| asked(*reach)),
        };
        if let Some(reach) = worst.filter(|reach| asked(*reach)) {
            let setting = if unsourced {
                Setting { value: None, place: resource.head() }
            } else {
                Setting { value: world, place: ranges.place }
            };
            resource.fault(setting, &network::message(reach), report);
            return;
        }
    }
}

fn default_account(resource: &Resource<'_>, report: &mut Report<'_>) {
    for account in resource.blocks("service_account") {
        let email = account.get("email");
        let default = match email.map(|email| (email.as_str(), email.as_partial())) {
            None => true,
            Some((Some(text), _)) | Some((None, Some(text))) => {
                text.ends_with("-compute@developer.gserviceaccount.com") || text == "default"
            }
            Some((None, None)) => false,
        };
        let full = account.get("scopes").into_iter().flat_map(Value::each).find(|scope| {
            matches!(scope.as_str(), Some("cloud-platform" | "https://www.googleapis.com/auth/cloud-platform"))
        });
        if let Some(scope) = full.filter(|_| default && !account.is_unknown()) {
            let message = "whoever breaks into this machine may change nearly everything in the project: \
                           give it an account of its own with the roles it needs";
            resource.fault_at(scope.origin, message, report);
        }
    }
}
