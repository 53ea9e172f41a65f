//! Variables that switch certificate checks off for everything that runs.

use palisade_inventory::dockerfile::{Dockerfile, Kind, Pair};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/tls-checks-off",
        title: "programs of the image do not check certificates",
        page: include_str!("tls_checks_off.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-295"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        let (Kind::Env(pairs) | Kind::Arg(pairs)) = &instruction.kind else { continue };
        for pair in pairs.iter().filter(|pair| switches_off(&pair.name, value(pair))) {
            let message = format!(
                "{} makes every program of the image accept any certificate; install the CA instead",
                pair.name
            );
            report.finding(pair.name_span, message);
        }
    }
    for (_, invocation) in file.runs() {
        for assignment in invocation.script.commands.iter().flat_map(|command| &command.assignments) {
            if switches_off(&assignment.name, &assignment.value.text) {
                let message =
                    format!("{} makes this step accept any certificate; install the CA instead", assignment.name);
                report.finding(assignment.span, message);
            }
        }
    }
}

fn value(pair: &Pair) -> &str {
    pair.value.as_ref().map_or("", |value| value.resolved.as_str())
}

pub(super) fn switches_off(name: &str, value: &str) -> bool {
    let off = matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off");
    let on = matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on");
    match name {
        "NODE_TLS_REJECT_UNAUTHORIZED"
        | "PYTHONHTTPSVERIFY"
        | "NPM_CONFIG_STRICT_SSL"
        | "npm_config_strict_ssl"
        | "YARN_STRICT_SSL"
        | "YARN_ENABLE_STRICT_SSL"
        | "CONDA_SSL_VERIFY"
        | "HEX_HTTP_SSL_VERIFY" => off,
        "GIT_SSL_NO_VERIFY" | "HEX_UNSAFE_HTTPS" | "CARGO_HTTP_CHECK_REVOKE_DANGER" | "CURL_INSECURE" => {
            !value.is_empty() && !off
        }
        "PIP_TRUSTED_HOST" | "UV_INSECURE_HOST" => !value.is_empty(),
        "GOINSECURE" | "GONOSUMDB" | "GONOSUMCHECK" => value == "*" || on,
        "GOFLAGS" => value.contains("-insecure"),
        "GOSUMDB" => value == "off",
        _ => false,
    }
}
