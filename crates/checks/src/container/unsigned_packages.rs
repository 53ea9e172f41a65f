//! System packages whose signatures are not checked.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/unsigned-packages",
        title: "packages are installed without checking signatures",
        page: include_str!("unsigned_packages.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CIS-DOCKER:4.11", "CWE-347"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file) {
        let program = step.program;
        let arguments = program.arguments;
        let any = |options: &[&str]| {
            arguments.iter().find(|word| {
                options.iter().any(|option| {
                    word.text == *option || word.text.strip_prefix(option).is_some_and(|rest| rest.starts_with('='))
                })
            })
        };
        let contains = |part: &str| arguments.iter().find(|word| word.text.contains(part));
        let word = match program.name {
            "apt-get" | "apt" | "aptitude" => {
                any(&["--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"])
                    .or_else(|| contains("APT::Get::AllowUnauthenticated=true"))
                    .or_else(|| contains("AllowInsecureRepositories=true"))
            }
            "apk" => any(&["--allow-untrusted"]),
            "yum" | "dnf" | "dnf5" | "microdnf" | "tdnf" => {
                any(&["--nogpgcheck", "--no-gpgchecks", "--nogpg"]).or_else(|| contains("gpgcheck=0"))
            }
            "zypper" => any(&["--no-gpg-checks", "--allow-unsigned-rpm"]),
            "rpm" => any(&["--nosignature", "--nodigest"]),
            "dpkg" => any(&["--force-bad-verify"]),
            "pacman" => contains("SigLevel=Never"),
            "echo" | "printf" | "tee" | "sed" | "cat" => {
                contains("trusted=yes").or_else(|| contains("SigLevel = Never"))
            }
            "add-apt-repository" => contains("trusted=yes"),
            _ => None,
        };
        // A package that stands in the build context is reviewed with it.
        let local_file = program.name == "apk"
            && arguments.iter().any(|word| word.text.ends_with(".apk"))
            && !arguments.iter().any(|word| word.text.contains("://"));
        let fetched = || step.around().any(|(_, program)| matches!(program.name, "curl" | "wget"));
        if let Some(word) = word.filter(|_| !step.is_verified() && (!local_file || fetched())) {
            let message = "without signatures anybody who can answer for the mirror can replace the packages";
            report.finding(word.span, message);
        }
    }
}
