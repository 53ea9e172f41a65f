//! A difference for programs: `palisade.sbom-diff/1`.

use std::io;

use palisade_checks::packages::Known;
use palisade_inventory::package::{Change, Component, Source};
use serde_json::{Map, Value, json};

use super::{DiffSide, KINDS, SbomDiff};

pub(super) fn write(out: &mut dyn io::Write, diff: &SbomDiff<'_>) -> io::Result<()> {
    let counts: Map<String, Value> = KINDS
        .iter()
        .map(|(kind, word)| {
            let count = diff.changes.iter().filter(|change| change.kind == *kind).count();
            (word.replace(' ', "-"), json!(count))
        })
        .collect();
    let faults = |new| diff.faults(new).map(|list| list.into_iter().map(fault).collect::<Vec<_>>());
    let document = json!({
        "schema": "palisade.sbom-diff/1",
        "before": side(&diff.before),
        "after": side(&diff.after),
        "counts": counts,
        "changes": diff.changes.iter().map(change).collect::<Vec<_>>(),
        "advisories": diff.index,
        "vulnerabilities": { "new": faults(true), "fixed": faults(false) },
    });
    crate::json::write_pretty(&document, out)
}

fn side(side: &DiffSide<'_>) -> Value {
    json!({ "name": side.name, "packages": side.packages(), "complete": side.lacking() == 0 })
}

fn change(change: &Change<'_>) -> Value {
    let kind = KINDS.iter().find(|(kind, _)| *kind == change.kind).map_or("", |(_, word)| word);
    let purl = |one: Option<&Component>| one.map(|one| one.purl.to_string());
    let component = change.component();
    let sources = |list: &[Source]| list.iter().map(address).collect::<Vec<_>>();
    json!({
        "change": kind.replace(' ', "-"),
        "before": purl(change.before),
        "after": purl(change.after),
        "new": change.new,
        "direct": component.is_some_and(|one| one.direct),
        "newly_direct": change.newly_direct,
        "scope": component.map(|one| one.scope.word()),
        "scripts": change.scripts,
        "licence": change.licence.as_ref().map(|(old, new)| json!({ "before": old, "after": new })),
        "source": change.source.as_ref().map(|(old, new)| json!({ "before": sources(old), "after": sources(new) })),
    })
}

fn address(source: &Source) -> Value {
    match source {
        Source::Registry => json!({ "kind": "registry" }),
        Source::Local => json!({ "kind": "local" }),
        Source::Mirror(url) => json!({ "kind": "mirror", "url": url }),
        Source::Repository(url) => json!({ "kind": "repository", "url": url }),
        Source::Address(url) => json!({ "kind": "address", "url": url }),
    }
}

fn fault(one: &Known) -> Value {
    json!({
        "name": one.name, "package": one.package.to_string(), "version": one.version,
        "severity": one.severity.name(), "summary": one.summary, "fixed": one.fixed,
    })
}
