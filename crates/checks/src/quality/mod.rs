//! Numbers that tests leave behind, held against budgets and against the runs before.
//!
//! Reports are read where they lie, also where git ignores them when `[quality] reports` names them. Nothing is run.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_inventory::quality::{Metric, QualityFacts, measures};
use palisade_inventory::{Flat, Inventory, Subject};
use palisade_model::{Confidence, Finding, Location, Meta, Severity, Span};
use serde::Deserialize;
use serde_json::Value;

use crate::scanner::text_of;
use crate::{Check, Host, Report, Settings};

const PAGE: &str = include_str!("budgets.md");

/// Where the numbers of earlier runs are kept, one JSON object a line.
pub const TREND_FILE: &str = ".palisade/trend.jsonl";
/// So many of the last runs are compared with.
const RUNS: usize = 5;
/// A trend of fewer runs is none.
const RUNS_MIN: usize = 2;
/// Larger trends are read from their end.
const TREND_LINES_MAX: usize = 10_000;

const fn meta(
    id: &'static str,
    title: &'static str,
    severity: Severity,
    controls: &'static [&'static str],
    maps: &'static [&'static str],
) -> Meta {
    Meta { id, title, page: PAGE, since: "0.1.0", severity, confidence: Confidence::High, controls, maps }
}

const TESTS: &[&str] = &["EH-6"];
const SPEED: &[&str] = &["AP-2"];
const SSDF: &[&str] = &["NIST-SSDF:PW.8.2"];

/// The family's checks.
pub static CHECKS: [Check; 9] = [
    Check::by_scanner(meta("quality/low-coverage", "tests reach too little", Severity::Medium, TESTS, SSDF)),
    Check::by_scanner(meta("quality/low-branch-coverage", "tests take too few branches", Severity::Low, TESTS, SSDF)),
    Check::by_scanner(meta("quality/surviving-mutants", "tests notice too few faults", Severity::Medium, TESTS, SSDF)),
    Check::by_scanner(meta("quality/failed-tests", "tests failed", Severity::High, TESTS, SSDF)),
    Check::by_scanner(meta(
        "quality/slow-answers",
        "answers are slower than the budget",
        Severity::Medium,
        SPEED,
        &["CWE-400"],
    )),
    Check::by_scanner(meta(
        "quality/failed-requests",
        "load test saw failing requests",
        Severity::Medium,
        SPEED,
        &["CWE-400"],
    )),
    Check::by_scanner(meta(
        "quality/crossed-threshold",
        "load test crossed its own limit",
        Severity::Medium,
        SPEED,
        &["CWE-400"],
    )),
    Check::by_scanner(meta(
        "quality/regression",
        "worse than the runs before",
        Severity::Medium,
        &["EH-6", "AP-2"],
        SSDF,
    )),
    Check::by_scanner(meta(
        "quality/missing-report",
        "report that a budget rests on is missing",
        Severity::High,
        &["EH-6", "AP-2"],
        SSDF,
    )),
];

/// `[quality]` in `palisade.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct QualitySettings {
    /// Reports that must be there, as paths from the root; they are read also where git ignores them.
    pub reports: Vec<String>,
    /// Least lines that tests reach, in percent.
    pub coverage: f64,
    /// Least branches that tests take, in percent.
    pub branches: Option<f64>,
    /// Least mutants that tests notice, in percent.
    pub mutants: f64,
    /// Most milliseconds for 95 % of requests.
    pub p95_ms: Option<f64>,
    /// Most milliseconds until 95 % of answers begin.
    pub ttfb_ms: Option<f64>,
    /// Most requests that may fail, in percent.
    pub failed_requests: Option<f64>,
    /// How much worse than the median of the last runs a number may be: points for what is a percentage, percent for
    /// what is a time.
    pub tolerance: f64,
}

impl Default for QualitySettings {
    fn default() -> Self {
        Self {
            reports: Vec::new(),
            coverage: 80.0,
            branches: None,
            mutants: 60.0,
            p95_ms: None,
            ttfb_ms: None,
            failed_requests: None,
            tolerance: 1.0,
        }
    }
}

/// Times vary by themselves; they get so many times the tolerance.
const TIME_TOLERANCE: f64 = 10.0;

/// The facts of a report.
///
/// # Errors
/// A problem for a file that is named like a report and holds no number.
pub fn facts(subject: &Subject<'_>, text: &str) -> Result<QualityFacts, palisade_inventory::Problem> {
    let path = Arc::clone(subject.path());
    let measures = measures(&path, text)?;
    let measures = measures.into_iter().map(|one| (one.metric, one.value, subject.locate(one.span))).collect();
    Ok(QualityFacts { path, measures })
}

/// What the reports of a target say, held against budgets and the trend.
pub(crate) fn judge(
    checks: &[&'static Check],
    settings: &Settings,
    inventory: &Inventory,
    host: Host<'_>,
) -> Vec<Finding> {
    let Some(first) = checks.iter().find(|check| check.meta.family() == "quality") else { return Vec::new() };
    let mut report = Report::new(settings, None, &first.meta);
    let mut judge = Judge { checks, report: &mut report };
    let named = judge.named(&settings.quality, inventory, host);
    let found = inventory.files.iter().filter_map(|file| file.quality.as_deref()).cloned();
    let all: Vec<QualityFacts> = found.chain(named).collect();
    for (metric, value, place) in all.iter().flat_map(|facts| &facts.measures) {
        judge.budget(&settings.quality, *metric, *value, place);
    }
    if let Some(trend) = (host.read)(TREND_FILE).filter(|_| !all.is_empty()) {
        judge.trend(&settings.quality, &all, &text_of(&trend));
    }
    report.finish()
}

struct Judge<'j, 'r> {
    checks: &'j [&'static Check],
    report: &'j mut Report<'r>,
}

impl Judge<'_, '_> {
    fn tell(&mut self, id: &str, place: Location, message: String) {
        if let Some(check) = self.checks.iter().find(|check| check.meta.id == id) {
            self.report.switch(&check.meta);
            self.report.finding_at(place, message);
        }
    }

    /// Reports that the settings name and that the walk did not see.
    fn named(&mut self, quality: &QualitySettings, inventory: &Inventory, host: Host<'_>) -> Vec<QualityFacts> {
        let mut all = Vec::new();
        for path in &quality.reports {
            if inventory.file(path).is_some_and(|file| file.quality.is_some()) {
                continue;
            }
            let bytes = (host.read)(path);
            let text = bytes.as_deref().map(text_of).unwrap_or_default();
            let subject = Subject::new(path.as_str().into(), text.as_bytes(), &Flat, &[]);
            match bytes.is_some().then(|| facts(&subject, &text)) {
                Some(Ok(facts)) => all.push(facts),
                Some(Err(problem)) => {
                    let message =
                        format!("palisade.toml rests a budget on this, and it says nothing: {}", problem.message);
                    self.tell("quality/missing-report", subject.locate(Span::default()), message);
                }
                None if inventory.whole => {
                    let message =
                        format!("palisade.toml names `{path}`, and it is not there: run the tests that write it first");
                    self.tell("quality/missing-report", subject.locate(Span::default()), message);
                }
                None => {}
            }
        }
        all
    }

    fn budget(&mut self, quality: &QualitySettings, metric: Metric, value: f64, place: &Location) {
        let (id, budget) = match metric {
            Metric::Lines => ("quality/low-coverage", Some(quality.coverage)),
            Metric::Branches => ("quality/low-branch-coverage", quality.branches),
            Metric::Mutants => ("quality/surviving-mutants", Some(quality.mutants)),
            Metric::P95 => ("quality/slow-answers", quality.p95_ms),
            Metric::Ttfb => ("quality/slow-answers", quality.ttfb_ms),
            Metric::FailedRequests => ("quality/failed-requests", quality.failed_requests),
            Metric::CrossedThresholds => ("quality/crossed-threshold", Some(0.0)),
            Metric::FailedTests => ("quality/failed-tests", Some(0.0)),
        };
        let Some(budget) = budget else { return };
        if metric.is_gain() && value >= budget || !metric.is_gain() && value <= budget {
            return;
        }
        let message = match metric {
            Metric::Lines => format!("tests reach {value:.1} % of the lines, and the budget is {budget} %"),
            Metric::Branches => format!("tests take {value:.1} % of the branches, and the budget is {budget} %"),
            Metric::Mutants => {
                format!("tests notice {value:.1} % of the faults planted in the code, and the budget is {budget} %")
            }
            Metric::P95 => format!("95 % of the requests take up to {value:.0} ms, and the budget is {budget} ms"),
            Metric::Ttfb => format!("95 % of the answers begin within {value:.0} ms, and the budget is {budget} ms"),
            Metric::FailedRequests => format!("{value:.2} % of the requests failed, and the budget is {budget} %"),
            Metric::CrossedThresholds => format!("{value} of the limits in the load test's own script were crossed"),
            Metric::FailedTests => format!("{value} tests failed"),
        };
        self.tell(id, place.clone(), message);
    }

    fn trend(&mut self, quality: &QualitySettings, all: &[QualityFacts], trend: &str) {
        for (metric, value, place) in worst(all) {
            let lines = trend.lines().rev().take(TREND_LINES_MAX);
            let number = |line: &str| serde_json::from_str::<Value>(line).ok()?.get(metric.key())?.as_f64();
            let mut last: Vec<f64> = lines.filter_map(number).take(RUNS).collect();
            last.sort_by(f64::total_cmp);
            let Some(median) = last.get(last.len() / 2).copied().filter(|_| last.len() >= RUNS_MIN) else { continue };
            let (worse, unit) = match metric {
                Metric::Lines | Metric::Branches | Metric::Mutants => (median - value > quality.tolerance, " %"),
                Metric::FailedRequests => (value - median > quality.tolerance, " %"),
                Metric::P95 | Metric::Ttfb => {
                    (value > median * (1.0 + quality.tolerance * TIME_TOLERANCE / 100.0), " ms")
                }
                Metric::CrossedThresholds | Metric::FailedTests => continue,
            };
            if worse {
                let message = format!(
                    "{} is {value:.1}{unit}; the median of the last {} runs is {median:.1}{unit}",
                    metric.key(),
                    last.len()
                );
                self.tell("quality/regression", place, message);
            }
        }
    }
}

/// The worst number of each kind.
fn worst(all: &[QualityFacts]) -> Vec<(Metric, f64, Location)> {
    let mut worst: BTreeMap<Metric, (f64, Location)> = BTreeMap::new();
    for (metric, value, place) in all.iter().flat_map(|facts| &facts.measures) {
        let is_worse =
            worst.get(metric).is_none_or(|(held, _)| if metric.is_gain() { value < held } else { value > held });
        if is_worse {
            worst.insert(*metric, (*value, place.clone()));
        }
    }
    worst.into_iter().map(|(metric, (value, place))| (metric, value, place)).collect()
}

/// A line for the trend: the worst number of each kind, at a time. `None` when no report was seen.
#[must_use]
pub fn trend_line(all: &[QualityFacts], time: &str) -> Option<String> {
    let mut line = serde_json::Map::new();
    line.insert("time".to_owned(), Value::from(time));
    for (metric, value, _) in worst(all) {
        line.insert(metric.key().to_owned(), Value::from((value * 100.0).round() / 100.0));
    }
    (line.len() > 1).then(|| Value::Object(line).to_string())
}
