//! Reports that other tools leave behind: coverage, mutants, load tests, test runs. Numbers are taken, nothing is
//! judged, and no source that a report names is looked at.

mod xml;

use std::sync::Arc;

use palisade_model::{Location, Span};
use serde_json::Value;

use crate::Problem;

/// What a number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    /// Lines that tests reach, in percent.
    Lines,
    /// Branches that tests take, in percent.
    Branches,
    /// Mutants that tests notice, in percent of those that could be noticed.
    Mutants,
    /// Milliseconds within which 95 % of requests are answered.
    P95,
    /// Milliseconds within which 95 % of answers begin.
    Ttfb,
    /// Requests that failed, in percent.
    FailedRequests,
    /// Limits of a load test that it crossed itself.
    CrossedThresholds,
    /// Tests that failed.
    FailedTests,
}

/// One number of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// What it says.
    pub metric: Metric,
    /// The number.
    pub value: f64,
    /// Where it stands.
    pub span: Span,
}

/// The numbers of a report, with their places.
#[derive(Clone, Debug)]
pub struct QualityFacts {
    /// Path of the report.
    pub path: Arc<str>,
    /// The numbers.
    pub measures: Vec<(Metric, f64, Location)>,
}

impl Metric {
    /// Its key in a trend.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Branches => "branches",
            Self::Mutants => "mutants",
            Self::P95 => "p95-ms",
            Self::Ttfb => "ttfb-ms",
            Self::FailedRequests => "failed-requests",
            Self::CrossedThresholds => "crossed-thresholds",
            Self::FailedTests => "failed-tests",
        }
    }

    /// Whether more is better.
    #[must_use]
    pub fn is_gain(self) -> bool {
        matches!(self, Self::Lines | Self::Branches | Self::Mutants)
    }
}

/// Kinds of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Lcov,
    Xml,
    CoverageSummary,
    CargoMutants,
    Stryker,
    Mutmut,
    K6,
}

/// How far into a file its kind is looked for.
const HEAD_BYTES: usize = 2048;

fn kind(path: &str, bytes: &[u8]) -> Option<Kind> {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let has = |word: &str| memchr::memmem::find(head, word.as_bytes()).is_some();
    let xml = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start)) && name.ends_with(".xml");
    match name {
        "coverage-summary.json" => Some(Kind::CoverageSummary),
        "mutmut-cicd-stats.json" => Some(Kind::Mutmut),
        "outcomes.json" if has("\"outcomes\"") || lower.contains("mutants") => Some(Kind::CargoMutants),
        "mutation.json" | "mutation-report.json" => Some(Kind::Stryker),
        _ if name == "lcov.info" || name.ends_with(".lcov") => Some(Kind::Lcov),
        _ if xml(&["cobertura", "coverage"]) && has("<coverage") => Some(Kind::Xml),
        _ if xml(&["jacoco"]) && has("<report") => Some(Kind::Xml),
        _ if xml(&["junit", "test-", "tests", "results"]) && has("<testsuite") => Some(Kind::Xml),
        _ if name.ends_with(".json") && (name.contains("k6") || name == "summary.json") && has("\"metrics\"") => {
            Some(Kind::K6)
        }
        _ => None,
    }
}

/// Whether a file is such a report.
#[must_use]
pub fn is_report(path: &str, bytes: &[u8]) -> bool {
    kind(path, bytes).is_some()
}

/// The numbers of a report.
///
/// # Errors
/// [`Problem`] for a file that is named like a report and holds none.
pub fn measures(path: &str, text: &str) -> Result<Vec<Measure>, Problem> {
    let whole = Span::new(0, text.chars().next().map_or(0, char::len_utf8));
    let fault = |message: &str| Problem { span: whole, message: message.to_owned() };
    let Some(kind) = kind(path, text.as_bytes()) else { return Err(fault("no report that is known")) };
    let measures = match kind {
        Kind::Lcov => lcov(text),
        Kind::Xml => xml::measures(text).map_err(|(at, message)| Problem {
            span: Span::new(at.min(text.len()), text.len().min(at + 1)),
            message: message.to_owned(),
        })?,
        _ => {
            let value: Value = serde_json::from_str(text).map_err(|error| fault(&format!("not JSON: {error}")))?;
            json(kind, &value, text)
        }
    };
    if measures.is_empty() {
        return Err(fault("named like a report of tests, and holds no number that is known"));
    }
    Ok(measures.into_iter().filter(|one| one.value.is_finite()).collect())
}

fn percent(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole * 100.0)
}

fn lcov(text: &str) -> Vec<Measure> {
    let mut sums = [0.0_f64; 4];
    for line in text.lines() {
        let Some((key, number)) = line.split_once(':') else { continue };
        let at = match key {
            "LF" => 0,
            "LH" => 1,
            "BRF" => 2,
            "BRH" => 3,
            _ => continue,
        };
        if let (Some(sum), Ok(number)) = (sums.get_mut(at), number.trim().parse::<u32>()) {
            *sum += f64::from(number);
        }
    }
    let [lines, hit, branches, taken] = sums;
    let first = Span::new(0, text.lines().next().unwrap_or("").len());
    let measure = |metric, value: Option<f64>| value.map(|value| Measure { metric, value, span: first });
    [measure(Metric::Lines, percent(hit, lines)), measure(Metric::Branches, percent(taken, branches))]
        .into_iter()
        .flatten()
        .collect()
}

/// Where a key stands first.
fn key_span(text: &str, key: &str) -> Span {
    let quoted = format!("\"{key}\"");
    text.find(&quoted).map_or_else(Span::default, |at| Span::new(at, at + quoted.len()))
}

fn json(kind: Kind, value: &Value, text: &str) -> Vec<Measure> {
    let number = |path: &[&str]| path.iter().try_fold(value, |value, key| value.get(key)).and_then(Value::as_f64);
    let measure =
        |metric, value: Option<f64>, key: &str| value.map(|value| Measure { metric, value, span: key_span(text, key) });
    let found = match kind {
        Kind::CoverageSummary => vec![
            measure(Metric::Lines, number(&["total", "lines", "pct"]), "lines"),
            measure(Metric::Branches, number(&["total", "branches", "pct"]), "branches"),
        ],
        Kind::CargoMutants => {
            let of = |key| number(&[key]).unwrap_or(0.0);
            let noticed = of("caught") + of("timeout");
            vec![measure(Metric::Mutants, percent(noticed, noticed + of("missed")), "missed")]
        }
        Kind::Mutmut => {
            let of = |key| number(&[key]).unwrap_or(0.0);
            let noticed = of("killed") + of("timeout");
            let lived = of("survived") + of("no_tests") + of("suspicious");
            vec![measure(Metric::Mutants, percent(noticed, noticed + lived), "survived")]
        }
        Kind::Stryker => vec![measure(Metric::Mutants, stryker(value), "files")],
        Kind::K6 => k6(value).into_iter().map(|(metric, number, key)| measure(metric, number, key)).collect(),
        Kind::Lcov | Kind::Xml => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

fn stryker(report: &Value) -> Option<f64> {
    let files = report.get("files")?.as_object()?;
    let mutants = files.values().filter_map(|file| file.get("mutants")?.as_array()).flatten();
    let (mut noticed, mut lived) = (0.0_f64, 0.0_f64);
    for status in mutants.filter_map(|mutant| mutant.get("status")?.as_str()) {
        match status {
            "Killed" | "Timeout" => noticed += 1.0,
            "Survived" | "NoCoverage" => lived += 1.0,
            _ => {}
        }
    }
    percent(noticed, noticed + lived)
}

/// A summary as `--summary-export` and `handleSummary` write it.
fn k6(report: &Value) -> Vec<(Metric, Option<f64>, &'static str)> {
    let Some(metrics) = report.get("metrics").and_then(Value::as_object) else { return Vec::new() };
    let of = |name: &str, keys: &[&str]| {
        let metric = metrics.get(name)?;
        let values = metric.get("values").unwrap_or(metric);
        keys.iter().find_map(|key| values.get(*key)?.as_f64())
    };
    let crossed = metrics.values().filter_map(|metric| metric.get("thresholds")?.as_object()).flatten().filter(
        // One writes whether a limit holds, the other whether it was crossed.
        |(_, state)| state.get("ok").and_then(Value::as_bool) == Some(false) || state.as_bool() == Some(true),
    );
    let crossed = u32::try_from(crossed.count()).map(f64::from).ok().filter(|count| *count > 0.0);
    vec![
        (Metric::P95, of("http_req_duration", &["p(95)"]), "http_req_duration"),
        (Metric::Ttfb, of("http_req_waiting", &["p(95)"]), "http_req_waiting"),
        (Metric::FailedRequests, of("http_req_failed", &["rate", "value"]).map(|rate| rate * 100.0), "http_req_failed"),
        (Metric::CrossedThresholds, crossed, "thresholds"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Vec<(Metric, String)> {
        let measures = measures(path, text).unwrap_or_default();
        measures.into_iter().map(|one| (one.metric, format!("{:.1}", one.value))).collect()
    }

    #[test]
    fn numbers_are_taken_from_each_kind() {
        let is = |path: &str, text: &str, expected: &[(Metric, &str)]| {
            let expected: Vec<_> = expected.iter().map(|(metric, text)| (*metric, (*text).to_owned())).collect();
            assert_eq!(read(path, text), expected, "{path}");
        };
        let lcov = "TN:\nSF:a.js\nLF:10\nLH:7\nBRF:4\nBRH:1\nend_of_record\nSF:b.js\nLF:10\nLH:10\nend_of_record\n";
        is("coverage/lcov.info", lcov, &[(Metric::Lines, "85.0"), (Metric::Branches, "25.0")]);
        is(
            "coverage.xml",
            "<?xml version=\"1.0\"?>\n<!DOCTYPE coverage SYSTEM 'x'>\n<coverage line-rate=\"0.755\" branch-rate='0.5'>",
            &[(Metric::Lines, "75.5"), (Metric::Branches, "50.0")],
        );
        let jacoco = "<report name='a'><package name='p'><counter type='LINE' missed='9' covered='1'/></package><counter type=\"LINE\" missed=\"1\" covered=\"3\"/></report>";
        is("jacoco.xml", jacoco, &[(Metric::Lines, "75.0")]);
        is(
            "junit.xml",
            "<testsuites><testsuite tests='3' failures='1' errors='1'><testcase/></testsuite></testsuites>",
            &[(Metric::FailedTests, "2.0")],
        );
        is(
            "coverage/coverage-summary.json",
            r#"{"total":{"lines":{"pct":81.5},"branches":{"pct":"Unknown"}}}"#,
            &[(Metric::Lines, "81.5")],
        );
        is(
            "mutants.out/outcomes.json",
            r#"{"outcomes":[],"caught":5,"timeout":1,"missed":4,"unviable":7}"#,
            &[(Metric::Mutants, "60.0")],
        );
        is(
            "reports/mutation.json",
            r#"{"files":{"a":{"mutants":[{"status":"Killed"},{"status":"NoCoverage"},{"status":"Ignored"}]}}}"#,
            &[(Metric::Mutants, "50.0")],
        );
        is("mutants/mutmut-cicd-stats.json", r#"{"killed":3,"survived":1,"no_tests":0}"#, &[(Metric::Mutants, "75.0")]);
        let k6 = r#"{"metrics":{"http_req_duration":{"p(95)":512.5,"thresholds":{"p(95)<500":true}},"http_req_failed":{"value":0.02}}}"#;
        is(
            "k6-summary.json",
            k6,
            &[(Metric::P95, "512.5"), (Metric::FailedRequests, "2.0"), (Metric::CrossedThresholds, "1.0")],
        );
        let handled =
            r#"{"metrics":{"http_req_waiting":{"values":{"p(95)":80},"thresholds":{"p(95)<100":{"ok":true}}}}}"#;
        is("k6.json", handled, &[(Metric::Ttfb, "80.0")]);
    }

    #[test]
    fn what_holds_no_number_is_a_problem() {
        for (path, text) in [
            ("lcov.info", ""),
            ("coverage-summary.json", "{"),
            ("coverage.xml", "<coverage "),
            ("coverage.xml", "<coverage line-rate='x'/>"),
        ] {
            assert!(measures(path, text).is_err(), "{path}");
        }
        assert!(!is_report("src/results.xml", b"<a/>"));
    }
}
