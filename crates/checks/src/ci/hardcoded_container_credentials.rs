//! Registry passwords of containers and services that stand in the file.

use palisade_inventory::workflow::Workflow;
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Meta, Severity, Span};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workflow(
    Meta {
        id: "ci/hardcoded-container-credentials",
        title: "registry password in the workflow",
        page: include_str!("hardcoded_container_credentials.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::High,
        controls: &["E3-T4"],
        maps: &["CWE-798", "CWE-259", "OWASP-CICD:CICD-SEC-6"],
    },
    run,
);

fn run(workflow: &Workflow<'_>, report: &mut Report<'_>) {
    for container in workflow.jobs.iter().flat_map(|job| job.containers()) {
        if let Some(password) = container.credentials.and_then(in_the_clear) {
            let message =
                "this registry password is in the history of the repository for good; revoke it and use a secret";
            report.finding(password, message);
        }
    }
}

fn in_the_clear(credentials: Node<'_>) -> Option<Span> {
    let password = credentials.get("password")?;
    password.as_str().is_some_and(|text| !text.contains("${{") && !text.is_empty()).then(|| password.span())
}

/// Where the passwords stand, which no excerpt of the file may show. Walks the tree alone: it runs
/// before any check does.
pub(crate) fn masks(root: Node<'_>) -> Vec<Span> {
    let jobs = root.get("jobs").into_iter().flat_map(Node::entries).map(|job| job.value);
    jobs.flat_map(|job| {
        let services = job.get("services").into_iter().flat_map(Node::entries).map(|service| service.value);
        job.get("container")
            .into_iter()
            .chain(services)
            .filter_map(|container| in_the_clear(container.get("credentials")?))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::{Scanner, Selection, Settings};

    #[test]
    fn no_excerpt_of_the_file_shows_the_password() {
        let text = "on: push\njobs:\n  a:\n    runs-on: x\n    container:\n      image: x:latest\n      credentials:\n        \
                    password: kettle-orchid\n    services:\n      b: {image: y, credentials: {password: wobble-stone}}\n";
        let scanner = Scanner::new(Settings::default(), &Selection::default());
        let scan = scanner.scan_files(&[(".github/workflows/a.yml".to_owned(), text.as_bytes().to_vec())]);
        let shown = format!("{:?}", scan.findings);
        let found = scan.findings.iter().filter(|finding| finding.check.id == super::CHECK.meta.id).count();
        assert_eq!(found, 2, "{shown}");
        assert!(shown.contains("password: *************"), "{shown}");
        assert!(!shown.contains("kettle") && !shown.contains("wobble"), "{shown}");
    }
}
