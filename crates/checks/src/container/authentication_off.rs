//! Settings that switch authentication off.

use palisade_inventory::compose::{Compose, variables};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/authentication-off",
        title: "service asks nobody for a password",
        page: include_str!("authentication_off.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E6-T3"],
        maps: &["CWE-306"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (service, node) in compose.stating("environment") {
        for variable in variables(node) {
            let value = variable.value.unwrap_or("").to_ascii_lowercase();
            let on = matches!(value.as_str(), "1" | "yes" | "true" | "on");
            let off = matches!(value.as_str(), "0" | "no" | "false" | "off" | "none");
            let open = match variable.name {
                "ALLOW_EMPTY_PASSWORD"
                | "MYSQL_ALLOW_EMPTY_PASSWORD"
                | "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD"
                | "ALLOW_ANONYMOUS_LOGIN"
                | "ALLOW_PLAINTEXT_LISTENER"
                | "GF_AUTH_ANONYMOUS_ENABLED"
                | "DANGEROUSLY_DISABLE_AUTH"
                | "QDRANT_NO_AUTH" => on || !value.is_empty() && !off && variable.name.ends_with("PASSWORD"),
                "POSTGRES_HOST_AUTH_METHOD" => value == "trust",
                "NEO4J_AUTH" => value == "none",
                "xpack.security.enabled"
                | "AUTHENTICATION_APIKEY_ENABLED"
                | "AUTH_ENABLED"
                | "DOCKER_INFLUXDB_INIT_AUTH" => off,
                "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED" | "plugins.security.disabled" | "DISABLE_SECURITY_PLUGIN" => {
                    on
                }
                _ => false,
            };
            if open {
                let finding = report.finding(
                    variable.span,
                    format!("{} lets anybody in who reaches the port; set a password", variable.name),
                );
                let published = service.get("ports").is_some();
                if !published {
                    finding.severity(Severity::Medium);
                }
            }
        }
    }
}
