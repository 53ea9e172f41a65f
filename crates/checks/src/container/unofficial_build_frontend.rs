//! A `# syntax=` line that hands the build to somebody else's program.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unofficial-build-frontend",
        title: "Dockerfile is interpreted by a frontend of unknown origin",
        page: include_str!("unofficial_build_frontend.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-829"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for directive in file.directives.iter().filter(|directive| directive.name == "syntax") {
        let image = directive.value.split_whitespace().next().unwrap_or("");
        let name = image.strip_prefix("docker.io/").unwrap_or(image);
        let known = ["docker/dockerfile:", "docker/dockerfile-upstream:", "docker/dockerfile@"];
        let official = name == "docker/dockerfile"
            || name == "docker/dockerfile-upstream"
            || known.iter().any(|prefix| name.starts_with(prefix));
        if !official && !name.contains("@sha256:") {
            report.finding(directive.span, "this image runs as the build's interpreter; pin it by digest");
        }
    }
}
