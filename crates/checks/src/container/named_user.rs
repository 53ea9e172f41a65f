//! A last user given by name, which an orchestrator cannot check.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/named-user",
        title: "image names its user instead of numbering it",
        page: include_str!("named_user.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-250"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let Some(stage) = file.last_stage().filter(|stage| !stage.windows) else { return };
    let user = file.of_stage(stage).iter().rev().find_map(|it| match &it.kind {
        Kind::User(user) if !it.on_build => Some(user),
        _ => None,
    });
    let Some(user) = user else { return };
    let name = user.resolved.split(':').next().unwrap_or("");
    let named = name.bytes().any(|byte| byte.is_ascii_alphabetic());
    if user.known && named && name != "root" {
        report.finding(user.span, "Kubernetes cannot tell that this name is not root; give the number of the user");
    }
}
