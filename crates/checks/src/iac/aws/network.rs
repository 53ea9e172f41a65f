//! Security groups and networks.

use palisade_inventory::terraform::Value;
use palisade_model::Severity;

use crate::iac::network::{self, Reach};
use crate::iac::{Resource, Setting, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("network.md");
const GROUPS: &[&str] = &[
    "aws_security_group",
    "aws_default_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        meta(
            "iac/aws-open-admin-port",
            "a port of administration is open to the internet",
            PAGE,
            Severity::High,
            &["E4-T3", "US-024.3"],
            &["CIS-AWS:5.2", "CIS-AWS:5.3", "CWE-284"],
        ),
        GROUPS,
        |resource, report| open(resource, report, &|reach| matches!(reach, Reach::Admin(..))),
    ),
    Check::on_resource(
        meta(
            "iac/aws-open-database-port",
            "a data store's port is open to the internet",
            PAGE,
            Severity::High,
            &["E4-T3", "E6-T3"],
            &["CWE-284"],
        ),
        GROUPS,
        |resource, report| open(resource, report, &|reach| matches!(reach, Reach::Data(..))),
    ),
    Check::on_resource(
        meta(
            "iac/aws-open-all-ports",
            "nearly all ports are open to the internet",
            PAGE,
            Severity::High,
            &["E4-T3", "US-024.3"],
            &["CIS-AWS:5.2", "CWE-284"],
        ),
        GROUPS,
        |resource, report| open(resource, report, &|reach| reach == Reach::Everything),
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-network-without-flow-log",
            "network keeps no record of its traffic",
            PAGE,
            Severity::Low,
            &["US-024.5"],
            &["CIS-AWS:3.7", "CWE-778"],
        )),
        &["aws_vpc"],
        without_flow_log,
    ),
];

fn open(resource: &Resource<'_>, report: &mut Report<'_>, asked: &dyn Fn(Reach) -> bool) {
    match resource.kind() {
        "aws_security_group_rule" if resource.text("type") != Some("ingress") => {}
        "aws_security_group_rule" | "aws_vpc_security_group_ingress_rule" => {
            judge(resource, resource.body(), report, asked);
        }
        _ => resource.blocks("ingress").for_each(|rule| judge(resource, rule, report, asked)),
    }
}

fn judge(resource: &Resource<'_>, rule: &Value, report: &mut Report<'_>, asked: &dyn Fn(Reach) -> bool) {
    let ranges = ["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"];
    let Some((name, range)) = ranges.iter().find_map(|name| Some((name, network::world(rule.get(name))?))) else {
        return;
    };
    let protocol = rule.get("protocol").or_else(|| rule.get("ip_protocol")).map(Value::to_text).unwrap_or_default();
    let port = |name: &str| rule.get(name).and_then(Value::as_number).map(|port| port.max(0.0) as u32);
    let reach = match protocol.as_str() {
        "-1" | "all" => Some(Reach::Everything),
        "icmp" | "icmpv6" | "1" | "58" => None,
        _ => port("from_port").zip(port("to_port")).and_then(|(from, to)| network::reach(from, to)),
    };
    if let Some(reach) = reach.filter(|reach| asked(*reach)) {
        let place = rule.entry(name).map_or(rule.origin, |entry| entry.key_origin);
        let place = if range.origin.source == place.source { place } else { resource.head() };
        resource.fault(Setting { value: Some(range), place }, &network::message(reach), report);
    }
}

fn without_flow_log(resource: &Resource<'_>, report: &mut Report<'_>) {
    let logs = resource.companions("aws_flow_log", "vpc_id");
    if logs.found.is_empty() && !logs.unsure {
        let message = "after an incident nobody can say who talked to whom in this network";
        resource.fault(Setting { value: None, place: resource.head() }, message, report);
    }
}
