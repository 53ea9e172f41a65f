//! What a service lacks: where a framework is used, and which words in any file show that it has what belongs to it.
//!
//! A word is enough to stay silent, wherever it stands: a finding needs a use that is certain, and a target in which
//! nothing at all speaks of the cure. Files are read again only when something is used.

use aho_corasick::AhoCorasick;
use palisade_inventory::code::Language;
use palisade_inventory::{Format, Inventory};
use palisade_model::Finding;

use crate::check::Run;
use crate::code::CodeRule;
use crate::{Check, Host, Report, Settings};

/// More bytes are not searched for cures; then nothing is said to be missing.
const BYTES_MAX: usize = 256 << 20;
/// Larger files are generated, or data.
const FILE_BYTES_MAX: usize = 1 << 20;
/// So many uses of one kind are told; the rest lack the same.
const USES_MAX: usize = 10;

/// Uses of something, and what has to go with it.
#[derive(Clone, Copy, Debug)]
pub struct ServiceRule {
    /// What uses it.
    pub(crate) uses: CodeRule,
    /// Any of these words, in small letters, in any file shows that the cure is there.
    pub(crate) cures: &'static [&'static str],
}

/// Endings of files beside sources that can hold a cure: of proxies, of manifests, of what Kubernetes is told.
const SETTINGS: [&str; 11] =
    [".conf", ".rb", ".yaml", ".yml", ".toml", ".properties", ".kt", ".xml", ".gradle", ".template", ".tf"];
/// Names of such files.
const NAMES: [&str; 6] = ["package.json", "go.mod", "requirements.txt", "Caddyfile", "Gemfile", "Pipfile"];

/// Findings of what is used and lacks what belongs to it.
pub(crate) fn judge(
    checks: &[&'static Check],
    settings: &Settings,
    inventory: &Inventory,
    host: Host<'_>,
) -> Vec<Finding> {
    let used = |check: &&&'static Check| {
        inventory.files.iter().any(|file| file.signs.iter().any(|sign| sign.name == check.meta.id))
    };
    let rules: Vec<(&'static Check, &'static ServiceRule)> = checks
        .iter()
        .filter(used)
        .filter_map(|check| if let Run::Service(rule) = &check.run { Some((*check, rule)) } else { None })
        .collect();
    let Some((first, _)) = rules.first().filter(|_| inventory.whole) else { return Vec::new() };
    let Some(cured) = cured(&rules, inventory, host) else { return Vec::new() };
    let mut report = Report::new(settings, None, &first.meta);
    for ((check, rule), _) in rules.iter().zip(&cured).filter(|(_, cured)| !**cured) {
        report.switch(&check.meta);
        let mut told = 0;
        for file in &inventory.files {
            // One place of a file stands for all of them.
            let sign = file.signs.iter().find(|sign| sign.name == check.meta.id);
            if let Some(sign) = sign.filter(|_| told < USES_MAX) {
                told += 1;
                report.finding_at(sign.place.clone(), rule.uses.message);
            }
        }
    }
    report.finish()
}

/// For each rule whether some file shows its cure; nothing when not all could be searched.
fn cured(rules: &[(&'static Check, &'static ServiceRule)], inventory: &Inventory, host: Host<'_>) -> Option<Vec<bool>> {
    let words: Vec<(&str, usize)> =
        rules.iter().enumerate().flat_map(|(at, (_, rule))| rule.cures.iter().map(move |word| (*word, at))).collect();
    let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(words.iter().map(|(word, _)| word)).ok()?;
    let mut cured = vec![false; rules.len()];
    let mut left = BYTES_MAX;
    for file in &inventory.files {
        if !can_cure(&file.path, file.format) {
            continue;
        }
        let Some(bytes) = (host.read)(&file.path).filter(|bytes| bytes.len() <= FILE_BYTES_MAX) else { continue };
        left = left.checked_sub(bytes.len())?;
        for found in finder.find_overlapping_iter(&bytes) {
            if let Some(slot) = words.get(found.pattern().as_usize()).and_then(|(_, at)| cured.get_mut(*at)) {
                *slot = true;
            }
        }
        if cured.iter().all(|cured| *cured) {
            break;
        }
    }
    Some(cured)
}

fn can_cure(path: &str, format: Format) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let known = Language::of(path).is_some()
        || NAMES.contains(&name)
        || SETTINGS.iter().any(|end| name.ends_with(end))
        || name.starts_with("nginx");
    known && format != Format::Lockfile && crate::code::is_product(path)
}
