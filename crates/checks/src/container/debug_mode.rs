//! Variables that switch debugging on.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/debug-mode",
        title: "image runs in debug mode",
        page: include_str!("debug_mode.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        controls: &["E7-T1"],
        maps: &["CWE-489"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let Some(stage) = file.last_stage() else { return };
    for instruction in file.ancestry(stage).flat_map(|stage| file.of_stage(stage)) {
        let Kind::Env(pairs) = &instruction.kind else { continue };
        for pair in pairs {
            let value = pair.value.as_ref().map_or("", |value| value.resolved.as_str()).to_ascii_lowercase();
            let on = matches!(value.as_str(), "1" | "true" | "yes" | "on");
            let debug = match pair.name.as_str() {
                "FLASK_DEBUG" | "DJANGO_DEBUG" | "APP_DEBUG" | "WP_DEBUG" | "SYMFONY_DEBUG" | "DEBUG_MODE"
                | "WERKZEUG_DEBUG_PIN" => on,
                "FLASK_ENV" | "RAILS_ENV" | "RACK_ENV" | "ASPNETCORE_ENVIRONMENT" | "APP_ENV" | "MIX_ENV" => {
                    matches!(value.as_str(), "development" | "dev")
                }
                _ => false,
            };
            if debug {
                let message = format!("{} makes errors show source, variables or a console to visitors", pair.name);
                report.finding(pair.name_span, message);
            }
        }
    }
}
