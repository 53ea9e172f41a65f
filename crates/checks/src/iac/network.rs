//! Ports that nobody opens to the world on purpose.

use palisade_inventory::terraform::Value;

/// Ports of remote administration.
const ADMIN: [(u32, &str); 12] = [
    (22, "SSH"),
    (23, "Telnet"),
    (135, "RPC"),
    (139, "NetBIOS"),
    (445, "SMB"),
    (2375, "the Docker API"),
    (2376, "the Docker API"),
    (3389, "RDP"),
    (5900, "VNC"),
    (5985, "WinRM"),
    (5986, "WinRM"),
    (10250, "the kubelet"),
];

/// Ports of data stores.
const DATA: [(u32, &str); 18] = [
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2379, "etcd"),
    (3306, "MySQL"),
    (5432, "PostgreSQL"),
    (5439, "Redshift"),
    (5601, "Kibana"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (7000, "Cassandra"),
    (7474, "Neo4j"),
    (7687, "Neo4j"),
    (8086, "InfluxDB"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9200, "Elasticsearch"),
    (11211, "memcached"),
    (27017, "MongoDB"),
];

/// More ports than this are a range that nobody chose port by port.
const MANY_PORTS: u32 = 10_000;

/// What a rule lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All ports, or most.
    Everything,
    /// A port of administration, and what it is for.
    Admin(u32, &'static str),
    /// A port of a data store, and what it is for.
    Data(u32, &'static str),
}

/// What a range of ports reaches; the worst when it reaches several.
pub(super) fn reach(from: u32, to: u32) -> Option<Reach> {
    let within = |port: u32| from <= port && port <= to;
    if to.saturating_sub(from) >= MANY_PORTS {
        return Some(Reach::Everything);
    }
    let admin = ADMIN.iter().find(|(port, _)| within(*port)).map(|(port, name)| Reach::Admin(*port, name));
    admin.or_else(|| DATA.iter().find(|(port, _)| within(*port)).map(|(port, name)| Reach::Data(*port, name)))
}

/// Whether an address range is the whole internet, or half of it.
pub(super) fn is_world(range: &str) -> bool {
    let range = range.trim();
    if matches!(range, "*" | "Internet" | "internet" | "Any" | "any" | "0.0.0.0" | "::") {
        return true;
    }
    let Some((address, length)) = range.rsplit_once('/') else { return false };
    let public = address.contains(':') || address.contains('.');
    public && matches!(length, "0" | "1")
}

/// The first item of a list that is the whole internet.
pub(super) fn world(ranges: Option<&Value>) -> Option<&Value> {
    ranges?.each().find(|range| range.as_str().is_some_and(is_world))
}

/// `22`, `22-80` or `*` as a range.
pub(super) fn range(text: &str) -> Option<(u32, u32)> {
    if text.trim() == "*" {
        return Some((0, 65_535));
    }
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
}

/// What a finding says of a reach.
pub(super) fn message(reach: Reach) -> String {
    match reach {
        Reach::Everything => {
            "every host on the internet reaches nearly all ports of what stands behind this".to_owned()
        }
        Reach::Admin(port, name) => {
            format!(
                "every host on the internet may try to log in by {name} (port {port}); allow known addresses, or none"
            )
        }
        Reach::Data(port, name) => {
            format!("every host on the internet reaches {name} (port {port}); data stores belong in a private network")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_reach_the_worst_that_they_hold() {
        assert_eq!(reach(20, 25), Some(Reach::Admin(22, "SSH")));
        assert_eq!(reach(5432, 5432), Some(Reach::Data(5432, "PostgreSQL")));
        assert_eq!(reach(0, 65_535), Some(Reach::Everything));
        assert_eq!(reach(443, 443), None);
        assert!(is_world("::/0") && is_world("0.0.0.0/0") && is_world("128.0.0.0/1"));
        assert!(!is_world("10.0.0.0/8") && !is_world("pl-123"));
    }
}
