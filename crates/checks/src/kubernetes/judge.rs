//! Runs the checks over the objects of one document.

use palisade_inventory::Subject;
use palisade_inventory::kubernetes::{AccessFacts, Isolation, Object, ObjectFacts, keeps_database};
use palisade_inventory::yaml::Node;

use crate::check::Run;
use crate::{Check, RELEASE_NAMESPACE, Report};

/// Judges every object and every pod template of a document; gives what is kept of them.
pub(crate) fn judge(
    checks: &[&'static Check],
    document: Node<'_>,
    subject: &Subject<'_>,
    report: &mut Report<'_>,
) -> Vec<ObjectFacts> {
    let mut facts = Vec::new();
    for object in Object::all(document) {
        let workloads = object.workloads();
        for check in checks {
            report.switch(&check.meta);
            match check.run {
                Run::Object(run) => run(&object, report),
                Run::Workload(run) => workloads.iter().for_each(|workload| run(workload, report)),
                _ => {}
            }
        }
        facts.push(ObjectFacts {
            kind: object.kind().to_owned(),
            name: object.name().map(str::to_owned),
            namespace: object.namespace().filter(|name| *name != RELEASE_NAMESPACE).map(str::to_owned),
            location: subject.locate(object.place()),
            workload: !workloads.is_empty() && !describes(object.kind()),
            beyond_baseline: workloads.iter().any(super::unlabelled_namespace::is_refused),
            isolates: Isolation::of(object),
            replicas: object.at(&["spec", "replicas"]).and_then(|node| node.as_str()?.parse().ok()),
            database: keeps_database(object),
            access: AccessFacts::of(object, &|span| subject.locate(span)).map(Box::new),
        });
    }
    facts
}

/// Whether a kind only holds settings for pods that other objects bring.
fn describes(kind: &str) -> bool {
    ["Config", "Runtime", "Template"].iter().any(|ending| kind.ends_with(ending))
}
