//! Downloads over HTTP that nothing verifies.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use super::steps::{has_scheme, is_local, steps};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/plain-http-download",
        title: "download can be changed on its way",
        page: include_str!("plain_http_download.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-319", "CWE-494"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let message = "anybody between here and the server can change what arrives; use https or check a checksum";
    for step in steps(file) {
        let program = step.program;
        let relevant = match program.name {
            "curl" | "wget" | "aria2c" | "Invoke-WebRequest" | "iwr" => true,
            "git" => program
                .arguments
                .first()
                .is_some_and(|word| matches!(word.text.as_str(), "clone" | "submodule" | "fetch")),
            "pip" | "pip3" | "gem" | "npm" | "yarn" => true,
            "rpm" | "yum" | "dnf" | "apk" => true,
            _ => false,
        };
        let Some(word) = step.url(&["http", "ftp"]).filter(|_| relevant) else { continue };
        // apk and rpm check signatures of what they fetch, unless told otherwise, which is another check's.
        let signed = matches!(program.name, "apk" | "yum" | "dnf");
        if !is_local(&word.text) && !step.is_verified() && !signed {
            report.finding(word.span, message);
        }
    }
    for instruction in &file.instructions {
        let Kind::Add(transfer) = &instruction.kind else { continue };
        for source in transfer.sources.iter().filter(|source| has_scheme(&source.resolved, &["http", "ftp"])) {
            if instruction.flag("checksum").is_none() && !is_local(&source.resolved) {
                report.finding(source.span, message);
            }
        }
    }
}
