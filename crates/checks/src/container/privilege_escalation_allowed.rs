//! Services without no-new-privileges.

use palisade_inventory::compose::{Compose, scalars};
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

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
        let option = "security_opt:\n  - no-new-privileges:true";
        let edits = lacking.iter().map(|service| {
            let free = service.body.get("security_opt").is_none() && service.get("extends").is_none();
            free.then(|| service.body.add_lines("image", option)).flatten()
        });
        let edits: Option<Vec<_>> = edits.collect();
        let fix = edits.map(|edits| Fix::new("let no program gain privileges", Safety::Unsafe, edits));
        report.finding(first.name.span(), message).maybe_fix(fix);
    }
}
