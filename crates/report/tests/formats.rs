//! Each format against its expected file, its schema, and text that tries to break out of it.
//!
//! `PALISADE_BLESS=1 cargo test -p palisade-report` rewrites the expected files.
#![expect(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests read expected files")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use palisade_checks::Scan;
use palisade_report::{Baseline, DecisionReport, Format, Recorded, SCAN_SCHEMA, Style, render, write_decision};
use palisade_testkit::schema;
use serde_json::Value;
use support::{CHECKS, HOSTILE, PRIVILEGED, everything, finding, hostile, location, many, report};

fn expect(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected").join(name);
    if std::env::var_os("PALISADE_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if expected != text {
        panic!("{name} differs; PALISADE_BLESS=1 rewrites it. Now:\n{text}");
    }
}

fn plain(format: Format) -> String {
    render(format, &report(&everything()), &Style::default())
}

/// Characters that no text format may carry as themselves, apart from its own line breaks.
fn controls(text: &str) -> Vec<char> {
    text.chars().filter(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}')).collect()
}

#[test]
fn every_format_reads_as_expected() {
    for format in Format::ALL {
        let mut text = plain(format);
        if format == Format::Html {
            // Not the style sheet and the script, which have files of their own.
            let from = text.find("<body>").unwrap();
            text = text[from..text.find("<script>").unwrap()].to_owned();
        }
        expect(&format!("everything.{}", format.name()), &text);
        assert_eq!(format.name().parse::<Format>().unwrap(), format);
    }
    assert!("yaml".parse::<Format>().unwrap_err().to_string().contains("human, json"));
}

#[test]
fn what_packages_were_compared_with_stands_in_every_report() {
    let digest = "0123456789abcdef".repeat(4);
    let compared = Scan { package_files: 2, advisories: Some(digest), ..everything() };
    let blind = Scan { package_files: 2, ..everything() };
    for format in [Format::Human, Format::Json, Format::Sarif, Format::Markdown, Format::Html] {
        let text = |scan: &Scan| render(format, &report(scan), &Style::default());
        assert!(text(&compared).contains("0123456789ab"), "{}", format.name());
        // That nothing was compared is never silence.
        let words =
            if matches!(format, Format::Json | Format::Sarif) { "advisories" } else { "not compared with known" };
        assert!(text(&blind).contains(words), "{}", format.name());
    }
}

#[test]
fn hostile_text_stays_text_in_every_format() {
    for format in Format::ALL {
        let scan = hostile();
        for all in [false, true] {
            let text = render(format, &report(&scan), &Style { all, ..Style::default() });
            assert_eq!(controls(&text), [], "{}", format.name());
            assert!(!text.is_empty());
        }
    }
}

#[test]
fn json_keeps_to_its_published_schema() {
    let schema: Value = serde_json::from_str(SCAN_SCHEMA).unwrap();
    for scan in [everything(), hostile(), many(50)] {
        let text = render(Format::Json, &report(&scan), &Style::default());
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(schema::faults(&schema, &value), Vec::<String>::new());
        let findings = value.get("findings").and_then(Value::as_array).unwrap();
        assert_eq!(findings.len(), scan.findings.len());
    }
    let mut broken: Value = serde_json::from_str(&plain(Format::Json)).unwrap();
    *broken.pointer_mut("/findings/0/severity").unwrap() = "awful".into();
    *broken.pointer_mut("/coverage/seen").unwrap() = (-1).into();
    assert_eq!(schema::faults(&schema, &broken).len(), 2);
}

#[test]
fn json_carries_hostile_names_unchanged() {
    let scan = hostile();
    let value: Value = serde_json::from_str(&render(Format::Json, &report(&scan), &Style::default())).unwrap();
    assert_eq!(value.pointer("/findings/0/location/path"), Some(&Value::from(HOSTILE)));
    assert_eq!(value.pointer("/findings/0/fix/edits/0/replacement"), Some(&Value::from(HOSTILE)));
}

#[test]
fn human_output_colours_without_changing_words() {
    let scan = everything();
    let style = Style { color: true, all: true, ..Style::default() };
    let coloured = render(Format::Human, &report(&scan), &style);
    let mut words = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        words.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    assert_eq!(words, render(Format::Human, &report(&scan), &Style { color: false, ..style }));
    expect("all.human", &words);
}

#[test]
fn human_output_of_a_large_scan_stays_readable_and_counts_everything() {
    let scan = many(4_000);
    for width in [80, 120] {
        let text = render(Format::Human, &report(&scan), &Style { width, ..Style::default() });
        assert!(text.lines().count() < 200, "{} lines", text.lines().count());
        assert!(text.contains("4,000 findings: 1,000 critical, 1,000 high, 1,000 medium, 1,000 info"), "{text}");
        assert!(text.contains("palisade scan --all"), "{text}");
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{line}");
        }
    }
    let all = render(Format::Human, &report(&scan), &Style { all: true, ..Style::default() });
    assert_eq!(all.matches("-->").count(), 4_000);
}

#[test]
fn human_output_lays_out_wide_tabbed_and_long_lines() {
    let long = format!("{}key: value", "x".repeat(150));
    let mut scan = palisade_checks::Scan::default();
    let lines = ["\t日本: \u{1b}[2Jprivileged", long.as_str(), "short"];
    for (line, (source, column)) in lines.iter().zip([6, 156, 400]).enumerate() {
        let mut place = support::location("a\tb.yaml", u32::try_from(line + 1).unwrap(), column, &[source]);
        place.end.column = column + 5;
        scan.findings.push(support::finding(&support::PRIVILEGED, "points at five characters", place));
    }
    expect("layout.human", &render(Format::Human, &report(&scan), &Style::default()));
}

#[test]
fn comments_fit_and_say_what_was_left_out() {
    let scan = many(5_000);
    let text = render(Format::Markdown, &report(&scan), &Style::default());
    assert!((50_000..=65_536).contains(&text.chars().count()), "{}", text.chars().count());
    let told = text.matches("\n- ").count();
    assert!(text.contains(&format!("and {},{:03} more", (3_750 - told) / 1_000, (3_750 - told) % 1_000)), "{told}");
    for outside in ["\n::", "<script", "x](javascript", "@everyone"] {
        let text = render(Format::Markdown, &report(&hostile()), &Style::default());
        let bare = without_code(&text);
        assert!(!bare.contains(outside), "{outside} in {bare}");
    }
}

/// Markdown without its code spans and fences, which begin and end with as many backticks.
fn without_code(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let (before, after) = (&rest[..at], &rest[at + run..]);
        bare.push_str(before);
        if before.ends_with('\\') {
            rest = &rest[at + 1..];
            continue;
        }
        let mut from = 0;
        let end = loop {
            let start = from + after[from..].find('`').unwrap();
            let length = after[start..].len() - after[start..].trim_start_matches('`').len();
            from = start + length;
            if length == run {
                break from;
            }
        };
        rest = &after[end..];
    }
    bare + rest
}

#[test]
fn annotations_keep_to_what_github_shows() {
    let text = render(Format::Github, &report(&many(400)), &Style::default());
    for kind in ["::error ", "::warning ", "::notice "] {
        assert_eq!(text.matches(kind).count(), 10, "{kind}");
    }
    assert!(text.starts_with("::error file=dir/file-0000.yaml,line="), "{text}");
    assert!(text.contains("370 more than GitHub annotates"), "{text}");
    let hostile = render(Format::Github, &report(&hostile()), &Style::default());
    assert_eq!(hostile.lines().count(), 2, "{hostile}");
    assert!(!hostile.contains("##["));
}

#[test]
fn sarif_refers_to_its_own_rules_and_bounds_its_results() {
    let value: Value = serde_json::from_str(&plain(Format::Sarif)).unwrap();
    let rules = value.pointer("/runs/0/tool/driver/rules").and_then(Value::as_array).unwrap();
    let results = value.pointer("/runs/0/results").and_then(Value::as_array).unwrap();
    assert_eq!((rules.len(), results.len()), (4, 6));
    for result in results {
        let index = usize::try_from(result.get("ruleIndex").and_then(Value::as_u64).unwrap()).unwrap();
        assert_eq!(rules.get(index).and_then(|rule| rule.get("id")), result.get("ruleId"));
    }
    let text = render(Format::Sarif, &report(&many(25_010)), &Style::default());
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value.pointer("/runs/0/results").and_then(Value::as_array).unwrap().len(), 25_000);
    assert!(text.contains("10 less severe results were left out"));
}

#[test]
fn a_page_names_its_target_and_says_when_filters_leave_nothing() {
    let html = render(Format::Html, &report(&everything()), &Style::default());
    assert!(html.contains("looked at directory <code>shop</code>") && html.contains(" in shop</title>"));
    assert!(html.contains("id=\"none\" hidden>Nothing matches."));
    assert!(html.contains("getElementById(\"none\")") && html.contains("none.hidden = visible > 0"));
    let long =
        Scan { findings: vec![finding(&PRIVILEGED, "x", location("a/b_c/d.yaml", 3, 1, &["x"]))], ..Scan::default() };
    let html = render(Format::Html, &report(&long), &Style::default());
    assert!(html.contains("<code>a/<wbr>b_<wbr>c/<wbr>d.<wbr>yaml:3:1</code>"), "{html}");
}

#[test]
fn pages_and_test_reports_hold_hostile_text_as_text() {
    let scan = hostile();
    let html = render(Format::Html, &report(&scan), &Style::default());
    assert_eq!(html.matches("<script").count(), 1);
    assert!(!html.contains("<!-- "), "a comment was opened");
    assert!(html.contains("default-src 'none'; style-src 'sha256-"));
    for outside in ["http:", "https:", "src=", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    let xml = render(Format::Junit, &report(&scan), &Style::default());
    assert!(!xml.contains("<script") && !xml.contains("]]>"));
    for part in xml.split('&').skip(1) {
        let name = part.split(';').next().unwrap();
        assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "&{name}");
    }
}

#[test]
fn gitlab_fingerprints_are_never_repeated() {
    let mut scan = everything();
    scan.findings.extend(everything().findings);
    let value: Value = serde_json::from_str(&render(Format::Gitlab, &report(&scan), &Style::default())).unwrap();
    let list = value.as_array().unwrap();
    let distinct: BTreeSet<_> = list.iter().map(|issue| issue.get("fingerprint").unwrap().to_string()).collect();
    assert_eq!((list.len(), distinct.len()), (10, 10));
}

#[test]
fn against_a_baseline_only_what_is_new_is_told() {
    let scan = everything();
    let before: BTreeSet<_> = scan.findings.iter().take(5).map(|finding| finding.fingerprint).collect();
    let mut report = report(&scan);
    report.baseline = Some(Baseline { name: "main".to_owned(), before: &before, gone: 3 });
    expect("baseline.human", &render(Format::Human, &report, &Style::default()));
    let json = render(Format::Json, &report, &Style::default());
    let value: Value = serde_json::from_str(&json).unwrap();
    let schema: Value = serde_json::from_str(SCAN_SCHEMA).unwrap();
    assert_eq!(schema::faults(&schema, &value), Vec::<String>::new());
    assert_eq!(json.matches("\"baseline\": \"unchanged\"").count(), 5);
    assert_eq!(json.matches("\"baseline\": \"new\"").count(), 1);
}

#[test]
fn an_empty_scan_and_a_clean_one_are_told_apart() {
    let empty = palisade_checks::Scan::default();
    assert!(render(Format::Human, &report(&empty), &Style::default()).starts_with("There was nothing to look at"));
    let mut clean = palisade_checks::Scan::default();
    clean.coverage.seen = 1;
    clean.coverage.parsed = 1;
    expect("clean.human", &render(Format::Human, &report(&clean), &Style::default()));
}

#[test]
fn the_catalogue_and_its_pages_are_set_for_a_terminal() {
    let metas: Vec<_> = CHECKS.iter().map(|check| &check.meta).collect();
    let mut out = Vec::new();
    palisade_report::write_checks(&metas, &Style::default(), &mut out).unwrap();
    out.extend_from_slice(b"----\n");
    palisade_report::write_explanation(&support::PRIVILEGED.meta, &Style::default(), &mut out).unwrap();
    expect("catalogue.human", &String::from_utf8(out).unwrap());
    let mut out = Vec::new();
    palisade_report::write_explanation_json(&support::PRIVILEGED.meta, &mut out).unwrap();
    let value: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(value.get("since"), Some(&Value::from("0.1.0")));
    assert!(value.get("page").and_then(Value::as_str).unwrap().starts_with("# a/b"));
}

fn decided(scan: &palisade_checks::Scan, format: Format, dry_run: bool) -> String {
    let policy = palisade_gate::MergePolicy { all: true, ..Default::default() };
    let input = palisade_gate::MergeInput {
        findings: &scan.findings,
        coverage: &scan.coverage,
        ran: &CHECKS,
        baseline: None,
        policy: &policy,
        used: &["base-image".to_owned()],
        fixtures: &[],
    };
    let decision = palisade_gate::merge(&input);
    let hash = "ab".repeat(32);
    let recorded =
        Recorded { ledger: ".palisade/ledger".to_owned(), index: 7, leaf: hash.clone(), size: 8, root: hash.clone() };
    let decided = DecisionReport {
        decision: &decision,
        scan: report(scan),
        time: "2027-01-01T12:00:00Z".to_owned(),
        commit: Some("01".repeat(20)),
        policy: hash,
        dry_run,
        recorded: Some(recorded).filter(|_| !dry_run),
    };
    let mut out = Vec::new();
    write_decision(format, &decided, &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_decision_names_every_reason_and_what_to_do() {
    for format in [Format::Human, Format::Markdown, Format::Json] {
        expect(&format!("decision.{}", format.name()), &decided(&everything(), format, false));
    }
    let schema: Value = serde_json::from_str(include_str!("../../../docs/schema/palisade.decision-1.json")).unwrap();
    for (scan, dry_run) in [(everything(), false), (everything(), true), (hostile(), false), (many(50), true)] {
        let value = serde_json::from_str(&decided(&scan, Format::Json, dry_run)).unwrap();
        assert_eq!(schema::faults(&schema, &value), Vec::<String>::new());
    }
    assert!(decided(&everything(), Format::Human, true).contains("a dry run: nothing was recorded"));
    let empty = palisade_checks::Scan::default();
    assert!(decided(&empty, Format::Github, false).contains("nothing to judge"));
}

#[test]
fn decisions_hold_hostile_text_and_large_scans() {
    for format in Format::ALL {
        assert_eq!(controls(&decided(&hostile(), format, false)), [], "{}", format.name());
    }
    let human = decided(&many(4_000), Format::Human, false);
    assert!(human.lines().count() < 200, "{} lines", human.lines().count());
    let comment = decided(&many(4_000), Format::Markdown, false);
    assert!(comment.chars().count() <= 65_536);
    assert!(!without_code(&decided(&hostile(), Format::Markdown, false)).contains("<script"));
}
