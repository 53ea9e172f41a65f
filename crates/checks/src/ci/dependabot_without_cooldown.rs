//! Dependabot updates without a waiting time.

use palisade_inventory::dependabot::Dependabot;
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dependabot(
    Meta {
        id: "ci/dependabot-without-cooldown",
        title: "Dependabot proposes releases as soon as they appear",
        page: include_str!("dependabot_without_cooldown.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E2-T2"],
        maps: &["CWE-1357", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(dependabot: &Dependabot<'_>, report: &mut Report<'_>) {
    let wanted = i64::from(report.settings().ci.cooldown_days);
    for update in &dependabot.updates {
        // Submodules have no releases to wait for.
        if update.ecosystem.and_then(|node| node.as_str()) == Some("gitsubmodule") {
            continue;
        }
        match update.cooldown.map(|cooldown| (cooldown, cooldown.get("default-days"))) {
            None => {
                let message = format!(
                    "a stolen package is usually found within days; `cooldown: {{default-days: {wanted}}}` waits that long"
                );
                let edit = update.node.add_under("cooldown", "schedule", &format!("default-days: {wanted}"));
                report.finding(update.anchor().span(), message).maybe_fix(edit.map(wait));
            }
            Some((cooldown, None)) => {
                let named =
                    cooldown.entries().any(|entry| entry.key.as_str().is_some_and(|key| key.starts_with("semver-")));
                let message = format!("the cooldown has no `default-days`; set it to {wanted}");
                let edit = cooldown.add_lines("", &format!("default-days: {wanted}"));
                let severity = if named { Severity::Info } else { Severity::Low };
                report.finding(cooldown.span(), message).severity(severity).maybe_fix(edit.map(wait));
            }
            Some((_, Some(days))) => {
                if days.as_i64().is_some_and(|days| days < wanted) {
                    let message = format!("a stolen package is usually found within days; wait at least {wanted}");
                    let edit = days.replace_with(&wanted.to_string());
                    // Somebody chose the number.
                    let fix = edit.map(|edit| Fix { safety: Safety::Unsafe, ..wait(edit) });
                    report.finding(days.span(), message).maybe_fix(fix);
                }
            }
        }
    }
}

/// Builds stay as they are, and security updates do not wait.
fn wait(edit: Edit) -> Fix {
    Fix::new("wait before new releases are proposed", Safety::Safe, vec![edit])
}
