//! Caches and indexes left in a layer.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::packages::installed;
use super::steps::steps;
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
        let stage = instruction.stage.and_then(|index| file.stages.get(index));
        if !stage.is_some_and(|stage| file.is_shipped(stage)) || instruction.flag("mount").is_some() {
            continue;
        }
        let Some(install) =
            steps(file).find(|step| std::ptr::eq(step.instruction, instruction) && !installed(step).is_empty())
        else {
            continue;
        };
        let commands = || invocation.script.commands.iter().filter_map(|command| command.program());
        let removes = |path: &str| {
            commands().any(|program| {
                matches!(program.name, "rm" | "find") && program.arguments.iter().any(|word| word.text.contains(path))
            })
        };
        let cleans = || {
            commands().any(|program| {
                program.arguments.iter().any(|word| matches!(word.text.as_str(), "clean" | "autoclean" | "cc"))
            })
        };
        let (kept, cure) = match install.program.name {
            "apt-get" | "apt" | "aptitude" => (!removes("/var/lib/apt"), "rm -rf /var/lib/apt/lists/*"),
            "apk" => (
                !install.program.has_option(&["--no-cache"])
                    && !removes("/var/cache/apk")
                    && !removes("/etc/apk/cache"),
                "apk add --no-cache",
            ),
            "yum" | "dnf" | "microdnf" | "tdnf" => (!cleans() && !removes("/var/cache"), "clean all"),
            "zypper" => (!cleans() && !removes("/var/cache"), "zypper clean"),
            _ => (false, ""),
        };
        // apk keeps no cache of packages unless it is set up to; only its index stays.
        if kept && install.program.name != "apk"
            || kept
                && commands()
                    .any(|program| program.name == "apk" && program.arguments.iter().any(|word| word.text == "update"))
        {
            report.finding(
                install.program.word.span,
                format!("the index stays in this layer; end the step with `{cure}`"),
            );
        }
    }
}
