//! Variables named like secrets whose value is written out.

use palisade_inventory::gitlab::{Pipeline, variable_value};
use palisade_inventory::yaml::Entry;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-plaintext-secret",
        title: "secret stands in the pipeline file",
        page: include_str!("gitlab_plaintext_secret.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CWE-798", "CWE-312", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    judge(&pipeline.variables, report);
    for job in &pipeline.jobs {
        let own: Vec<_> = job.node.get("variables").into_iter().flat_map(|node| node.entries()).collect();
        judge(&own, report);
    }
}

fn judge(variables: &[Entry<'_>], report: &mut Report<'_>) {
    for entry in variables {
        let (Some(name), Some(value)) = (entry.key.as_str(), variable_value(entry)) else { continue };
        let name = name.to_ascii_uppercase();
        let Some(text) = value.as_str().filter(|_| is_secret_name(&name)) else { continue };
        if text.len() < 4
            || text.contains(['$', '/', ' '])
            || matches!(text, "true" | "false" | "none" | "null" | "changeme")
        {
            continue;
        }
        // Databases that start and end with the job: their password guards nothing.
        let scratch =
            ["POSTGRES", "MYSQL", "MARIADB", "MONGO", "RABBITMQ", "REDIS", "DB_", "DATABASE", "TEST", "PGPASS"];
        let severity = if scratch.iter().any(|word| name.contains(word)) { Severity::Info } else { Severity::Medium };
        let message =
            "everybody who can read the repository can read this; revoke it and use a masked, protected variable";
        report.finding(value.span(), message).severity(severity);
    }
}

fn is_secret_name(name: &str) -> bool {
    let endings = [
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "TOKEN",
        "API_KEY",
        "APIKEY",
        "PRIVATE_KEY",
        "ACCESS_KEY",
        "SECRET_KEY",
        "CREDENTIALS",
    ];
    endings.iter().any(|ending| name.ends_with(ending)) || name == "PGPASSWORD" || name.ends_with("_PASS")
}
