//! Containers that may run as root.

use palisade_inventory::kubernetes::{Container, Nature, Workload};
use palisade_inventory::yaml::Node;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use super::image;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_workload(
    Meta {
        id: "kubernetes/missing-run-as-non-root",
        title: "nothing keeps the container from running as root",
        page: include_str!("missing_run_as_non_root.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1", "T-024.5"],
        maps: &["PSS:restricted", "CIS-K8S:5.2.7", "NSA-K8S:pod-security", "CWE-250"],
    },
    run,
);

fn run(workload: &Workload<'_>, report: &mut Report<'_>) {
    if report.settings().kubernetes.version.is_at_least(35) && workload.has_user_namespace() {
        return;
    }
    for denied in workload.contexts(&["runAsNonRoot"]).filter(|node| node.as_bool() != Some(true)) {
        report.finding(denied.span(), "this allows root inside the container");
    }
    if workload.context(&["runAsNonRoot"]).is_some() || workload.nature == Nature::Partial {
        return;
    }
    let lacking: Vec<_> = workload.containers.iter().filter(|one| one.context(&["runAsNonRoot"]).is_none()).collect();
    let user = |one: &&Container<'_>| workload.effective(one, &["runAsUser"]).and_then(Node::as_i64);
    let named = lacking.iter().all(|one| user(one).is_some_and(|user| user != 0));
    for (place, container) in workload.places(&lacking) {
        let concerned = container.map_or_else(|| lacking.clone(), |one| vec![one]);
        let fix = fix(workload, container, &concerned).filter(|_| !workload.runs_on_windows());
        if named {
            let message = "runAsUser names an ordinary user, but runAsNonRoot does not hold others to it";
            report.finding(place, message).severity(Severity::Low).maybe_fix(fix);
        } else {
            let message = "the image decides whether this runs as root; set runAsNonRoot: true and runAsUser";
            report.finding(place, message).maybe_fix(fix);
        }
    }
}

/// The setting, where nothing says that a container needs root.
fn fix<'y>(workload: &Workload<'y>, container: Option<&Container<'y>>, concerned: &[&Container<'y>]) -> Option<Fix> {
    let user = |one: &Container<'_>| workload.effective(one, &["runAsUser"]).and_then(Node::as_i64);
    let shared = ["hostPID", "hostIPC", "hostNetwork"];
    let of_node = shared.iter().any(|key| workload.setting(&[key]).and_then(Node::as_bool) == Some(true));
    if of_node || concerned.iter().any(|one| one.is_privileged() || user(one) == Some(0) || image::starts_as_root(one))
    {
        return None;
    }
    let named = concerned.iter().all(|one| user(one).is_some());
    let group = workload.object.group();
    let edit = match (container, workload.security) {
        (Some(container), _) => container.add_context(&[], SETTING),
        // A context of one's own takes the place of what the operator sets, so it is written out.
        (None, None) if group == "minio.min.io" => {
            workload.add_context(&format!("{SETTING}\nrunAsUser: 1000\nrunAsGroup: 1000\nfsGroup: 1000"))
        }
        (None, None) if group == "mongodbcommunity.mongodb.com" => {
            workload.add_context(&format!("{SETTING}\nrunAsUser: 2000\nfsGroup: 2000"))
        }
        (None, _) => workload.add_context(SETTING),
    };
    let safety = if named { Safety::Safe } else { Safety::Unsafe };
    edit.map(|edit| Fix::new("refuse to run as root", safety, vec![edit]))
}

const SETTING: &str = "runAsNonRoot: true";
