//! The same version of an action pinned to different commits, or one commit called by different versions.

use palisade_inventory::Inventory;
use palisade_inventory::workflow::ActionUse;
use palisade_model::{Confidence, Meta, Severity};
use std::collections::BTreeMap;

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "ci/contradictory-pin",
        title: "pinned commit and its version comment contradict each other",
        page: include_str!("contradictory_pin.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E2-T2"],
        maps: &["CWE-1357", "CWE-451", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let mut by_version: BTreeMap<(&str, &str), Vec<&ActionUse>> = BTreeMap::new();
    let mut by_commit: BTreeMap<(&str, &str), Vec<&ActionUse>> = BTreeMap::new();
    let uses = inventory.files.iter().filter_map(|file| file.workflow.as_ref()).flat_map(|facts| &facts.uses);
    for used in uses {
        let Some(version) = &used.comment else { continue };
        let version = version.trim_start_matches(['v', 'V']);
        // `v4` is a tag that moves: two commits may both have been it. Only full versions stay.
        if version.split('.').count() >= 3 {
            by_version.entry((&used.slug, version)).or_default().push(used);
            by_commit.entry((&used.slug, &used.reference)).or_default().push(used);
        }
    }
    for ((slug, version), uses) in by_version {
        odd_ones(
            &uses,
            |used| used.reference.as_str(),
            |odd, usual| {
                let message = format!(
                    "called {version} of `{slug}`, but elsewhere {version} is another commit; one of the two is not what it says"
                );
                report.finding_at(odd.location.clone(), message).also(usual.location.clone(), "the other commit");
            },
        );
    }
    for ((slug, _), uses) in by_commit {
        let version = |used: &ActionUse| used.comment.clone().unwrap_or_default().trim_start_matches('v').to_owned();
        odd_ones(&uses, version, |odd, usual| {
            let message = format!(
                "this commit of `{slug}` is called another version elsewhere; one of the two comments is stale"
            );
            report
                .finding_at(odd.location.clone(), message)
                .severity(Severity::Low)
                .also(usual.location.clone(), "the other version");
        });
    }
}

/// Calls back for each use whose value is not the most frequent one.
fn odd_ones<'u, V: Ord>(
    uses: &[&'u ActionUse],
    value: impl Fn(&'u ActionUse) -> V,
    mut each: impl FnMut(&'u ActionUse, &'u ActionUse),
) {
    let mut counts: BTreeMap<V, Vec<&ActionUse>> = BTreeMap::new();
    for used in uses {
        counts.entry(value(used)).or_default().push(used);
    }
    let most = counts.values().map(Vec::len).max().unwrap_or(0);
    let Some(usual) = counts.values().find(|group| group.len() == most).and_then(|group| group.first().copied()) else {
        return;
    };
    let usual_value = value(usual);
    for odd in counts.into_iter().filter(|(value, _)| *value != usual_value).flat_map(|(_, group)| group) {
        each(odd, usual);
    }
}
