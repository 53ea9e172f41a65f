//! Caches that one workflow fills beside an outsider's code and another one trusts.

use palisade_inventory::Inventory;
use palisade_inventory::workflow::CacheUse;
use palisade_model::{Confidence, Fix, Meta, Safety, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_inventory(
    Meta {
        id: "ci/cache-shared-with-untrusted",
        title: "privileged job restores a cache that outsiders' code can write",
        page: include_str!("cache_shared_with_untrusted.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E2-T4"],
        maps: &["CWE-349", "CWE-668", "OWASP-CICD:CICD-SEC-9"],
    },
    run,
);

fn run(inventory: &Inventory, report: &mut Report<'_>) {
    let caches = || inventory.files.iter().filter_map(|file| file.workflow.as_ref()).flat_map(|facts| &facts.caches);
    let poisoned: Vec<&CacheUse> = caches().filter(|cache| cache.untrusted && cache.saves).collect();
    for restored in caches().filter(|cache| cache.privileged && cache.restores) {
        let Some(source) = poisoned.iter().find(|source| same_entry(source, restored)) else { continue };
        let message = format!(
            "job `{}` runs an outsider's code and writes this cache; this job trusts it with secrets in hand",
            source.job
        );
        // Code that runs beside a cache can write under any key, so another key would help nobody.
        let fix = |edit| Fix::new("build without the cache", Safety::Unsafe, vec![edit]);
        let fix = restored.off.clone().map(fix);
        report
            .finding_at(restored.location.clone(), message)
            .also(source.location.clone(), "written here")
            .maybe_fix(fix);
    }
}

/// Whether one's key can begin the other's. Keys that actions make from lock files are the same everywhere.
fn same_entry(source: &CacheUse, restored: &CacheUse) -> bool {
    source.key.starts_with(&restored.key) || restored.key.starts_with(&source.key)
}
