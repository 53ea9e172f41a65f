//! Workloads that are a database and keep what it holds. Operators' own kinds are not among them.

use super::Object;
use crate::dockerfile::ImageName;
use crate::yaml::Node;

/// Last parts of names of images whose data nothing else can make again.
const DATABASES: [&str; 16] = [
    "cassandra",
    "clickhouse",
    "clickhouse-server",
    "cockroach",
    "couchdb",
    "influxdb",
    "mariadb",
    "mongo",
    "mongodb",
    "mysql",
    "mysql-server",
    "neo4j",
    "percona",
    "postgres",
    "postgresql",
    "timescaledb",
];

/// Whether an object runs a database over volumes that outlive its pods.
#[must_use]
pub fn keeps_database(object: Object<'_>) -> bool {
    let claims = object.at(&["spec", "volumeClaimTemplates"]).is_some_and(|claims| claims.items().next().is_some());
    object.workloads().iter().any(|workload| {
        let volumes = workload.pod.get("volumes").into_iter().flat_map(Node::items);
        let kept = claims || volumes.into_iter().any(|volume| volume.get("persistentVolumeClaim").is_some());
        let mut images = workload.containers.iter().filter_map(|container| container.image()?.as_str());
        kept && images.any(|image| {
            let repository = ImageName::parse(image).repository;
            DATABASES.contains(&repository.rsplit('/').next().unwrap_or(repository))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Yaml;

    #[test]
    fn a_database_needs_an_image_and_a_volume() {
        let of = |image: &str, volumes: &str| {
            let yaml = Yaml::parse(format!(
                "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: a}}\nspec: {{template: {{spec: {{containers: [{{name: a, image: '{image}'}}], volumes: [{volumes}]}}}}}}\n"
            ));
            yaml.documents().flat_map(Object::all).any(keeps_database)
        };
        let claim = "{name: data, persistentVolumeClaim: {claimName: data}}";
        assert!(of("docker.io/bitnami/postgresql:16@sha256:00", claim));
        assert!(of("mysql", claim));
        assert!(!of("mysql", "{name: data, emptyDir: {}}"));
        assert!(!of("mysql-exporter:1", claim));
    }
}
