//! Language package managers with certificate checks off.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/insecure-package-index",
        title: "package manager does not check whom it talks to",
        page: include_str!("insecure_package_index.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-295", "CWE-347"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let arguments = step.program.arguments;
        let pair = |key: &str, values: &[&str]| {
            arguments.iter().enumerate().find_map(|(at, word)| {
                let joined = word
                    .text
                    .split_once('=')
                    .is_some_and(|(name, value)| name.ends_with(key) && values.contains(&value));
                let next = arguments.get(at + 1).is_some_and(|next| values.contains(&next.text.as_str()));
                (joined || word.text.ends_with(key) && next).then_some(word)
            })
        };
        let off = ["false", "0", "no"];
        let word = match step.program.name {
            "pip" | "pip3" | "pipx" => arguments
                .iter()
                .find(|word| word.text.starts_with("--trusted-host") || word.text.ends_with("trusted-host")),
            "python" | "python3" | "uv" | "poetry" => arguments
                .iter()
                .find(|word| word.text.starts_with("--trusted-host") || word.text.starts_with("--allow-insecure-host")),
            "npm" | "yarn" | "pnpm" => pair("strict-ssl", &off).or_else(|| pair("enableStrictSsl", &off)),
            "composer" => pair("disable-tls", &["true", "1"]).or_else(|| pair("secure-http", &off)),
            "gem" | "bundle" => pair("ssl_verify_mode", &["0"]).or_else(|| pair("BUNDLE_SSL_VERIFY_MODE", &["0"])),
            "conda" | "mamba" | "micromamba" => pair("ssl_verify", &["false", "False", "no"])
                .or_else(|| arguments.iter().find(|word| word.text == "--insecure" || word.text == "-k")),
            "go" => pair("GOINSECURE", &["*"])
                .or_else(|| pair("GONOSUMDB", &["*"]))
                .or_else(|| pair("GOFLAGS", &["-insecure"])),
            "cargo" => pair("http.check-revoke", &off),
            _ => None,
        };
        if let Some(word) = word {
            report.finding(word.span, "packages from here can be replaced on the way; install the index's CA instead");
        }
    }
}
