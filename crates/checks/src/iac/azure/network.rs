//! Security groups.

use palisade_inventory::terraform::Value;
use palisade_model::Severity;

use crate::iac::network::{self, Reach};
use crate::iac::{Resource, Setting, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("network.md");
const KINDS: &[&str] = &["azurerm_network_security_rule", "azurerm_network_security_group"];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/azure-open-admin-port",
            "a port of administration is open to the internet",
            PAGE,
            Severity::High,
            &["E4-T3", "US-024.3"],
            &["CIS-AZURE:6.1", "CIS-AZURE:6.2", "CWE-284"],
        ),
        KINDS,
        |resource, report| open(resource, report, &|reach| matches!(reach, Reach::Admin(..))),
    ),
    Check::on_resource(
        meta(
            "iac/azure-open-database-port",
            "a data store's port is open to the internet",
            PAGE,
            Severity::High,
            &["E4-T3", "E6-T3"],
            &["CWE-284"],
        ),
        KINDS,
        |resource, report| open(resource, report, &|reach| matches!(reach, Reach::Data(..))),
    ),
    Check::on_resource(
        meta(
            "iac/azure-open-all-ports",
            "nearly all ports are open to the internet",
            PAGE,
            Severity::High,
            &["E4-T3", "US-024.3"],
            &["CWE-284"],
        ),
        KINDS,
        |resource, report| open(resource, report, &|reach| reach == Reach::Everything),
    ),
];

fn open(resource: &Resource<'_>, report: &mut Report<'_>, asked: &dyn Fn(Reach) -> bool) {
    if resource.kind() == "azurerm_network_security_rule" {
        judge(resource, resource.body(), report, asked);
    } else {
        resource.blocks("security_rule").for_each(|rule| judge(resource, rule, report, asked));
    }
}

fn judge(resource: &Resource<'_>, rule: &Value, report: &mut Report<'_>, asked: &dyn Fn(Reach) -> bool) {
    let is = |name: &str, wanted: &str| {
        rule.get(name).and_then(Value::as_str).is_some_and(|text| text.eq_ignore_ascii_case(wanted))
    };
    if !is("access", "Allow") || !is("direction", "Inbound") || is("protocol", "Icmp") {
        return;
    }
    let sources = ["source_address_prefix", "source_address_prefixes"];
    let Some((name, source)) = sources.iter().find_map(|name| Some((name, network::world(rule.get(name))?))) else {
        return;
    };
    let ports = ["destination_port_range", "destination_port_ranges"].into_iter().filter_map(|name| rule.get(name));
    let reach = ports.flat_map(Value::each).filter_map(|port| {
        let (from, to) = network::range(&port.to_text())?;
        network::reach(from, to)
    });
    if let Some(reach) = reach.into_iter().find(|reach| asked(*reach)) {
        let place = rule.entry(name).map_or(rule.origin, |entry| entry.key_origin);
        resource.fault(Setting { value: Some(source), place }, &network::message(reach), report);
    }
}
