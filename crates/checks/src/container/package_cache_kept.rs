//! Caches and indexes left in a layer.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::packages::installed;
use super::steps::steps_of;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/package-cache-kept",
        title: "package manager's cache stays in the image",
        page: include_str!("package_cache_kept.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T1"],
        maps: &[],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for (instruction, invocation) in file.runs() {
        if !file.is_shipped(instruction) || instruction.flag("mount").is_some() {
            continue;
        }
        let Some(install) = steps_of(instruction, invocation).find(|step| !installed(step).is_empty()) else {
            continue;
        };
        let removes = |path: &str| {
            install.around().any(|(_, program)| {
                matches!(program.name, "rm" | "find") && program.arguments.iter().any(|word| word.text.contains(path))
            })
        };
        let cleans = || {
            install.around().any(|(_, program)| {
                program.arguments.iter().any(|word| matches!(word.text.as_str(), "clean" | "autoclean" | "cc"))
            })
        };
        // apk keeps an index only when it is told to fetch one apart from an install.
        let updates =
            || install.around().any(|(_, program)| program.arguments.first().is_some_and(|word| word.text == "update"));
        let (kept, cure) = match install.program.name {
            "apt-get" | "apt" | "aptitude" => (!removes("/var/lib/apt"), "rm -rf /var/lib/apt/lists/*"),
            "apk" => (updates() && !removes("/var/cache/apk"), "apk add --no-cache"),
            "yum" | "dnf" | "microdnf" | "tdnf" => (!cleans() && !removes("/var/cache"), "clean all"),
            "zypper" => (!cleans() && !removes("/var/cache"), "zypper clean"),
            _ => (false, ""),
        };
        if kept {
            let message = format!("the index stays in this layer; end the step with `{cure}`");
            report.finding(install.program.word.span, message);
        }
    }
}
