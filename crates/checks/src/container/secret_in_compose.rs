//! Literal secrets in the environment of services.

use palisade_inventory::compose::{Compose, variables};
use palisade_model::{Confidence, Meta, Severity};

use super::secrets::{Literal, is_secret_name, literal, url_credentials};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/secret-in-compose",
        title: "secret stands in the Compose file",
        page: include_str!("secret_in_compose.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CWE-798"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    let environments = compose.stating("environment").chain(build_arguments(compose));
    for (_, node) in environments {
        for variable in variables(node) {
            let Some(value) = variable.value else { continue };
            let secret = is_secret_name(variable.name) && literal(value) == Literal::Secret;
            if secret || url_credentials(value).is_some_and(|(start, end)| is_secret(value.get(start..end))) {
                let message =
                    format!("whoever reads the repository has {}; use `secrets:` or an untracked file", variable.name);
                report.finding(variable.span, message);
            }
        }
    }
}

fn build_arguments<'y>(
    compose: &Compose<'y>,
) -> impl Iterator<Item = (palisade_inventory::compose::Service<'y>, palisade_inventory::yaml::Node<'y>)> {
    compose.services.iter().filter_map(|service| Some((*service, service.at(&["build", "args"])?)))
}

/// Whether user and password of a URL hold more than a well-known default.
fn is_secret(credentials: Option<&str>) -> bool {
    let password = credentials.and_then(|credentials| credentials.split_once(':')).map_or("", |(_, password)| password);
    literal(password) == Literal::Secret
}
