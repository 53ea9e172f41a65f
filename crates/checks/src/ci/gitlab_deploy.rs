//! Which jobs of a GitLab pipeline deploy.

use palisade_inventory::gitlab::{Job, Pipeline};
use palisade_inventory::shell;

use super::evidence::{self, Effect};

/// The jobs whose own script deploys, each with what it deploys with. Jobs that GitLab knows to tear
/// something down, or that make their own cluster for a test, are left out.
pub(super) fn deployments<'a, 'y>(pipeline: &'a Pipeline<'y>) -> impl Iterator<Item = (&'a Job<'y>, String)> {
    pipeline.running_jobs().filter_map(|job| {
        if evidence::is_test(job.name) {
            return None;
        }
        let scripts: Vec<_> =
            job.lines().iter().map(|line| shell::parse(line.as_str().unwrap_or(""), shell::Dialect::Posix)).collect();
        if scripts.iter().any(evidence::script_makes_scratch_cluster) {
            return None;
        }
        let (_, by, _) =
            scripts.iter().find_map(|script| evidence::of_script(script).filter(|found| found.0 == Effect::Deploy))?;
        Some((job, by))
    })
}
