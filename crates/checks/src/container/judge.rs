//! Runs the family's checks over one file.

use palisade_inventory::compose::Compose;
use palisade_inventory::dockerfile::Dockerfile;
use palisade_inventory::yaml::Node;
use palisade_inventory::{BuildFacts, Facts, Subject};
use palisade_model::{Finding, Span};

use super::{context_without_ignore, secrets};
use crate::check::Run;
use crate::{Check, Report, Settings};

/// Judges a Dockerfile; `known` are the secrets that other checks report in it.
pub(crate) fn judge_dockerfile(
    checks: &[&'static Check],
    settings: &Settings,
    file: &Dockerfile,
    subject: &Subject<'_>,
    known: &[Span],
    facts: &mut Facts,
) -> Vec<Finding> {
    let Some(first) = checks.first() else { return Vec::new() };
    let mut report = Report::new(settings, Some(subject), &first.meta);
    for check in checks {
        if let Run::Dockerfile(run) = check.run {
            report.switch(&check.meta);
            run(file, &mut report);
        }
    }
    if let Some(span) = context_without_ignore::context_copy(file) {
        facts.build.get_or_insert_default().context_copy = Some(report.locate(span));
    }
    without_known_secrets(report.finish(), known)
}

/// Judges one document of a Compose file.
pub(crate) fn judge_compose(checks: &[&'static Check], document: Node<'_>, report: &mut Report<'_>, facts: &mut Facts) {
    let compose = Compose::new(document);
    for check in checks {
        if let Run::Compose(run) = check.run {
            report.switch(&check.meta);
            run(&compose, report);
        }
    }
    let build = facts.build.get_or_insert_with(|| Box::new(BuildFacts::default()));
    for (node, path) in super::committed_env_file::references(&compose) {
        build.env_files.push((path.to_owned(), report.locate(node.span())));
    }
}

/// Whether a check speaks of a secret and of the place it is in.
pub(crate) fn tells_of_secrets(check: &str) -> bool {
    secrets::CHECKS.contains(&check)
}

/// Leaves out findings of a secret in its place where the secret itself is reported already.
pub(crate) fn without_known_secrets(mut findings: Vec<Finding>, known: &[Span]) -> Vec<Finding> {
    findings.retain(|finding| {
        let span = finding.location.span;
        !secrets::CHECKS.contains(&finding.check.id)
            || !known.iter().any(|secret| secret.start < span.end && span.start < secret.end)
    });
    findings
}
