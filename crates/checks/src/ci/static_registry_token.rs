//! Publishing with a stored token where the registry trusts the workflow's own identity.

use super::place::StepAt;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/static-registry-token",
        title: "package is published with a long-lived token",
        page: include_str!("static_registry_token.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E2-T3", "E3-T4"],
        maps: &["CWE-522", "CWE-798", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    let step = at.step;
    let holds_secret =
        |node: Node<'_>| node.as_str().is_some_and(|text| text.to_ascii_lowercase().contains("secrets."));
    let input = |name: &str| step.input(name).filter(|node| holds_secret(*node));
    if let Some(uses) = step.uses {
        let (registry, token) = if uses.is("pypa/gh-action-pypi-publish") {
            // Other indexes than PyPI and its test twin know no trusted publishing.
            let url = step.input_str("repository-url").or(step.input_str("repository_url"));
            if url.is_some_and(|url| !url.contains(concat!("pypi", ".org"))) {
                return;
            }
            ("PyPI", input("password"))
        } else if uses.is("rubygems/release-gem") || uses.is("rubygems/configure-rubygems-credentials") {
            ("RubyGems", input("api-token"))
        } else if uses.is("katyo/publish-crates") {
            ("the Rust registry", input("registry-token"))
        } else if uses.is("js-devtools/npm-publish") {
            ("npm", input("token"))
        } else {
            return;
        };
        if let Some(token) = token {
            report.finding(token.span(), message(registry));
        }
        return;
    }
    for command in &step.script().commands {
        let Some(program) = command.program() else { continue };
        let first = program.arguments.first().map_or("", |word| word.text.as_str());
        let (registry, names): (_, &[&str]) = match (program.name, first) {
            ("npm" | "pnpm", "publish") => ("npm", &["NODE_AUTH_TOKEN", "NPM_TOKEN", "NPM_CONFIG_TOKEN"]),
            ("twine", "upload") | ("uv" | "poetry" | "flit" | "hatch" | "pdm", "publish") => (
                "PyPI",
                &[
                    "TWINE_PASSWORD",
                    "UV_PUBLISH_TOKEN",
                    "POETRY_PYPI_TOKEN_PYPI",
                    "PYPI_TOKEN",
                    "FLIT_PASSWORD",
                    "HATCH_INDEX_AUTH",
                ],
            ),
            ("cargo", "publish") => ("the Rust registry", &["CARGO_REGISTRY_TOKEN"]),
            ("gem", "push") => ("RubyGems", &["GEM_HOST_API_KEY"]),
            ("dotnet", "nuget") => ("NuGet", &["NUGET_API_KEY", "NUGET_AUTH_TOKEN"]),
            _ => continue,
        };
        let elsewhere = program.option_value(&["--repository-url", "--registry", "--index-url"]).is_some();
        let token =
            names.iter().find_map(|name| at.place.variable(Some(step), name)).filter(|node| holds_secret(*node));
        if let Some(token) = token.filter(|_| !elsewhere) {
            report.finding(token.span(), message(registry));
            return;
        }
    }
}

fn message(registry: &str) -> String {
    format!("{registry} can trust this workflow itself (trusted publishing); then there is no token that can leak")
}
