//! Secret mounts whose content is copied into a layer.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_inventory::shell::Direction;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/build-secret-kept",
        title: "secret of the build is written into the image",
        page: include_str!("build_secret_kept.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CWE-538"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let mounts = step.instruction.flags.iter().filter(|flag| flag.name == "mount");
        for mount in mounts.filter_map(|flag| flag.value.as_deref()) {
            let field = |names: &[&str]| {
                mount
                    .split(',')
                    .filter_map(|part| part.split_once('='))
                    .find(|(key, _)| names.contains(key))
                    .map(|(_, value)| value)
            };
            if field(&["type"]) != Some("secret") {
                continue;
            }
            let default = format!("/run/secrets/{}", field(&["id"]).unwrap_or_default());
            let target = field(&["target", "dst", "destination"]).unwrap_or(&default);
            let reads = step.program.arguments.iter().any(|word| word.text == target);
            let copies = matches!(step.program.name, "cp" | "mv" | "install") && reads;
            let kept = step.command.redirections.iter().any(|it| {
                matches!(it.direction, Direction::Write | Direction::Append)
                    && !it.target.text.starts_with("/dev/")
                    && !it.target.text.bytes().all(|byte| byte.is_ascii_digit())
            });
            let deleted = step.around().any(|(_, program)| matches!(program.name, "rm" | "shred"));
            if !deleted && (copies || step.program.name == "cat" && reads && kept) {
                let message = "this keeps the mounted secret in a layer; let the program read the mount itself";
                report.finding(step.span(), message);
            }
        }
    }
}
