//! Ports of data stores open to the network.

use palisade_inventory::compose::{Compose, Port, ports};
use palisade_model::{Confidence, Fix, Meta, Severity, Span};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/published-database-port",
        title: "database is published on every interface",
        page: include_str!("published_database_port.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E6-T3"],
        maps: &["CWE-668"],
    },
    run,
);

/// Ports that data stores and their consoles listen on.
static STORES: &[(&str, &str)] = &[
    ("1433", "SQL Server"),
    ("1521", "Oracle"),
    ("2181", "ZooKeeper"),
    ("2379", "etcd"),
    ("3306", "MySQL"),
    ("5432", "PostgreSQL"),
    ("5601", "Kibana"),
    ("5672", "RabbitMQ"),
    ("5984", "CouchDB"),
    ("6379", "Redis"),
    ("7474", "Neo4j"),
    ("7687", "Neo4j"),
    ("8086", "InfluxDB"),
    ("9042", "Cassandra"),
    ("9092", "Kafka"),
    ("9200", "Elasticsearch"),
    ("9300", "Elasticsearch"),
    ("11211", "memcached"),
    ("27017", "MongoDB"),
    ("33060", "MySQL"),
    ("2375", "the Docker API"),
    ("8500", "Consul"),
    ("15672", "RabbitMQ's console"),
];

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (service, node) in compose.stating("ports") {
        let host_network = service.get("network_mode").and_then(|mode| mode.as_str()) == Some("host");
        for port in ports(node).into_iter().filter(|port| is_open(port) && !host_network) {
            if let Some((_, what)) = STORES.iter().find(|(number, _)| *number == port.target) {
                let message = format!(
                    "port {} is usually {what}, and answers to everybody who reaches the host; publish it on 127.0.0.1",
                    port.target
                );
                let text = node.yaml().text();
                let fix = fix(&port, text).filter(|_| !is_reached_from_outside(report.path(), text));
                report.finding(port.span, message).maybe_fix(fix);
            }
        }
    }
}

/// Published on every address; engines do so past the host's firewall.
fn is_open(port: &Port<'_>) -> bool {
    match port.address {
        None => true,
        Some(address) => matches!(address, "0.0.0.0" | "::" | "*"),
    }
}

/// Words of names of files and folders in which services are started for tests, which may run on another host.
const TESTS: [&str; 6] = ["ci", "e2e", "integration", "test", "testing", "tests"];

/// The host as containers see it: what is published to the host's own address alone does not answer there.
const HOST: [&str; 3] = ["host.docker.internal", "host-gateway", "172.17.0.1"];

/// Whether somebody seems to reach published ports by another address than the host's own.
fn is_reached_from_outside(path: &str, text: &str) -> bool {
    let mut words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| TESTS.iter().any(|test| test.eq_ignore_ascii_case(word)))
        || HOST.iter().any(|host| text.contains(host))
}

/// The host's own address before the ports. A published port without a number of its own is let be.
fn fix(port: &Port<'_>, text: &str) -> Option<Fix> {
    const TITLE: &str = "publish it to the host alone";
    let raw = port.span.of(text);
    port.published.filter(|published| raw.contains(&format!("{published}:")))?;
    let start = port.span.start as usize + raw.find(|letter| letter != '"' && letter != '\'')?;
    let inner = raw.trim_matches(['"', '\'']);
    match port.address {
        None if inner.starts_with(|first: char| first.is_ascii_digit() || first == '$') => {
            Some(Fix::unsafe_(TITLE, Span::new(start, start), "127.0.0.1:"))
        }
        Some(address) if inner.starts_with(&format!("{address}:")) => {
            Some(Fix::unsafe_(TITLE, Span::new(start, start + address.len()), "127.0.0.1"))
        }
        _ => None,
    }
}
