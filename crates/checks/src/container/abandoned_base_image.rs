//! Official images that their maintainers have given up.

use palisade_inventory::dockerfile::{Dockerfile, ImageName};
use palisade_model::{Confidence, Meta, Severity};

use super::images::pulled;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/abandoned-base-image",
        title: "base image is no longer maintained",
        page: include_str!("abandoned_base_image.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-1104"],
    },
    run,
);

/// Official images that get no updates, with what to use instead. Each has, or had before it was removed, a
/// deprecation notice in docker-library/docs (read at its commit of 2026-08-21).
static ABANDONED: &[(&str, &str)] = &[
    ("adoptopenjdk", "eclipse-temurin"),
    ("centos", "almalinux or rockylinux"),
    ("consul", "hashicorp/consul"),
    ("django", "python"),
    ("glassfish", "ghcr.io/eclipse-ee4j/glassfish"),
    ("iojs", "node"),
    ("java", "eclipse-temurin"),
    ("jenkins", "jenkins/jenkins"),
    ("mono", "mcr.microsoft.com/dotnet/sdk"),
    ("nats-streaming", "nats"),
    ("openjdk", "eclipse-temurin, or the vendor of your Java"),
    ("owncloud", "owncloud/server"),
    ("piwik", "matomo"),
    ("rails", "ruby"),
    ("rapidoid", "eclipse-temurin"),
    ("sentry", "getsentry/sentry"),
    ("vault", "hashicorp/vault"),
];

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for image in pulled(file) {
        let parts = ImageName::parse(&image.name);
        let Some(name) = parts.hub_name() else { continue };
        // An ended version of one of these is the end-of-life check's to report.
        if name == "centos" && parts.tag.is_some_and(|tag| tag.starts_with(['5', '6', '7', '8'])) {
            continue;
        }
        if let Some((_, instead)) = ABANDONED.iter().find(|(abandoned, _)| *abandoned == name) {
            report.finding(image.span, format!("the official image `{name}` is abandoned; use {instead}"));
        }
    }
}
