//! Options that switch certificate checks off.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_model::{Confidence, Meta, Severity};

use super::steps::{is_local, steps};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/insecure-download",
        title: "download does not check the server's certificate",
        page: include_str!("insecure_download.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-295"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let message = "without the certificate check anybody on the way can answer for the server; install its CA instead";
    for step in steps(file) {
        let program = step.program;
        let arguments = program.arguments;
        let starts = |text: &str| arguments.iter().find(|word| word.text.to_ascii_lowercase().starts_with(text));
        let word = match program.name {
            "curl" => {
                program.option(&["-k", "--insecure", "--proxy-insecure"]).filter(|word| !word.text.starts_with("-o"))
            }
            "wget" => program.option(&["--no-check-certificate"]),
            "git" => {
                let config = starts("http.sslverify").filter(|word| {
                    let next = arguments.iter().skip_while(|it| it.span != word.span).nth(1);
                    word.text.to_ascii_lowercase().ends_with("=false")
                        || next.is_some_and(|next| matches!(next.text.as_str(), "false" | "0"))
                });
                config.or_else(|| starts("http.sslverify=0"))
            }
            "aria2c" => starts("--check-certificate=false"),
            "Invoke-WebRequest" | "iwr" => starts("-skipcertificatecheck"),
            "svn" => starts("--trust-server-cert"),
            _ => None,
        };
        let Some(word) = word else { continue };
        let local = step.url(&["https", "http"]).is_some_and(|url| is_local(&url.text));
        if !local && !step.is_verified() {
            report.finding(word.span, message);
        }
    }
}
