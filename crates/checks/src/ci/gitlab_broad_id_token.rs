//! `id_tokens` whose audience is not one service.

use palisade_inventory::gitlab::Pipeline;
use palisade_inventory::workflow::one_or_many;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_gitlab(
    Meta {
        id: "ci/gitlab-broad-id-token",
        title: "identity token is good for more than one place",
        page: include_str!("gitlab_broad_id_token.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T3"],
        maps: &["CWE-272", "CWE-1270", "OWASP-CICD:CICD-SEC-5"],
    },
    run,
);

fn run(pipeline: &Pipeline<'_>, report: &mut Report<'_>) {
    let default = pipeline.root.at(&["default", "id_tokens"]);
    let own = pipeline.jobs.iter().filter_map(|job| job.node.get("id_tokens"));
    for tokens in own.chain(default) {
        for entry in tokens.entries() {
            let Some(audience) = entry.value.get("aud") else { continue };
            let audiences = one_or_many(Some(audience));
            let generic = audiences.iter().find(|node| {
                node.as_str().is_some_and(|text| {
                    matches!(
                        text.trim_end_matches('/'),
                        "https://gitlab.com" | "$CI_SERVER_URL" | "*" | "sts.amazonaws.com,*"
                    )
                })
            });
            if audiences.len() > 1 {
                report.finding(
                    audience.span(),
                    "each of these services can use the token at the others; give each a token of its own",
                );
            } else if let Some(node) = generic {
                let message = "GitLab's own address is the audience that many services accept; name the one service that this is for";
                report.finding(node.span(), message).severity(Severity::Low);
            }
        }
    }
    if let Some(entry) = pipeline.root.get("default").and_then(|default| default.entry("id_tokens")) {
        let message = "every job of the pipeline gets this identity; give it to the job that logs in";
        report.finding(entry.key.span(), message);
    }
}
