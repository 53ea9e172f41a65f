//! Services without no-new-privileges.

use palisade_inventory::compose::{Compose, scalars};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_compose(
    Meta {
        id: "container/privilege-escalation-allowed",
        title: "service may gain privileges through setuid programs",
        page: include_str!("privilege_escalation_allowed.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(compose: &Compose<'_>, report: &mut Report<'_>) {
    let lacking: Vec<_> = compose
        .services
        .iter()
        .filter(|service| compose.is_complete(**service) && service.get("privileged").is_none())
        .filter(|service| {
            let options = compose.inherited(**service, "security_opt");
            !options.into_iter().flat_map(scalars).any(|(_, text)| text.starts_with("no-new-privileges"))
        })
        .collect();
    if let [first, ..] = lacking.as_slice() {
        let message = super::compose_values::many(
            &lacking,
            "may gain privileges through setuid programs; add no-new-privileges:true to security_opt",
        );
        report.finding(first.name.span(), message);
    }
}
