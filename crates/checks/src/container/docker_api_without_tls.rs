//! The Docker API over plain TCP.

use palisade_inventory::compose::{Compose, scalars, variables};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/docker-api-without-tls",
        title: "container engine listens without TLS",
        page: include_str!("docker_api_without_tls.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["CWE-306"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    for (_, node) in compose.stating("command").chain(compose.stating("entrypoint")) {
        for (item, text) in scalars(node) {
            let open =
                text.contains("tcp://0.0.0.0:2375") || text.contains("tcp://:2375") || text.contains("--tls=false");
            if open {
                report
                    .finding(item.span(), "whoever reaches this port is root on the host; use TLS on 2376 or a socket");
            }
        }
    }
    for (_, node) in compose.stating("environment") {
        for variable in variables(node) {
            let off = variable.name == "DOCKER_TLS_CERTDIR" && variable.value.is_none_or(str::is_empty);
            if off && variable.value.is_some() {
                report
                    .finding(
                        variable.span,
                        "without certificates the engine listens on 2375 for everybody in its networks",
                    )
                    .severity(Severity::Medium);
            }
        }
    }
}
