//! Scans made by hand, for the tests of every format.

use std::sync::Arc;
use std::time::Duration;

use palisade_checks::{Check, Scan};
use palisade_model::{
    Confidence, Coverage, Date, Edit, ExceptionNote, Excerpt, Finding, Fingerprint, Fix, History, Location, Meta,
    Position, Related, Safety, Severity, Skipped, Span, content_hash,
};
use palisade_report::{ScanReport, Target};

const PAGE: &str = "# a/b\n\n## What it finds\n\nContainers with `privileged: true`.\n\n## Why it matters\n\nIt owns the node.\n\n## Fails\n\n```yaml pod.yaml\nprivileged: true ←\n```\n\n## Passes\n\n```yaml pod.yaml\nprivileged: false\n```\n\n## When to except\n\nNode agents.\n";

const fn meta(id: &'static str, title: &'static str, severity: Severity) -> Meta {
    Meta {
        id,
        title,
        page: PAGE,
        since: "0.1.0",
        severity,
        confidence: Confidence::High,
        controls: &["E5-T2"],
        maps: &["PSS:baseline", "CWE-250"],
    }
}

pub(crate) static PRIVILEGED: Check = Check::by_scanner(meta(
    "kubernetes/privileged-container",
    "container holds every privilege of its node",
    Severity::High,
));
pub(crate) static TOKEN: Check =
    Check::by_scanner(meta("secrets/forge-token", "token of a forge in the clear", Severity::Critical));
pub(crate) static LATEST: Check =
    Check::by_scanner(meta("container/latest-tag", "base image floats", Severity::Medium));
pub(crate) static STYLE: Check =
    Check::by_scanner(meta("container/shouting", "instruction in lower case", Severity::Info));
pub(crate) static CHECKS: [&Check; 4] = [&TOKEN, &PRIVILEGED, &LATEST, &STYLE];

/// Names that try to break out of every format.
pub(crate) const HOSTILE: &str = "a\"><script>alert(1)</script>\u{1b}[31m\n::error::x,y:z%0A\u{202e}@everyone `|` ]]> <!-- \u{0}&amp; #1 [x](javascript:x) ##[group]\r";

pub(crate) fn location(path: &str, line: u32, column: u32, lines: &[&str]) -> Location {
    let before = lines.first().is_some_and(|_| lines.len() > 1);
    let source = lines.get(usize::from(before)).copied().unwrap_or("");
    let end = u32::try_from(source.trim_end().chars().count()).unwrap_or(0) + 1;
    Location {
        path: path.into(),
        span: Span::new(100 * line as usize, 100 * line as usize + 4),
        start: Position { line, column },
        end: Position { line, column: end.max(column + 1) },
        structure: "Pod/web.spec".to_owned(),
        content: content_hash(source.as_bytes()),
        excerpt: Some(Excerpt {
            first_line: line - u32::from(before),
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        }),
        commit: None,
    }
}

pub(crate) fn finding(check: &'static Check, message: &str, location: Location) -> Finding {
    let fingerprint = Fingerprint::of_place(
        check.meta.id,
        &location.path,
        &location.structure,
        location.content,
        location.start.line,
    );
    Finding {
        check: &check.meta,
        severity: check.meta.severity,
        confidence: check.meta.confidence,
        message: message.to_owned(),
        fingerprint,
        location,
        also: Vec::new(),
        fix: None,
        exception: None,
        history: None,
        upgrade: None,
        fault: None,
        verification: None,
    }
}

/// One finding of every kind.
pub(crate) fn everything() -> Scan {
    let mut privileged = finding(
        &PRIVILEGED,
        "an escape from this container is root on the node",
        location("deploy/web.yaml", 10, 21, &["      securityContext:", "        privileged: true", "---"]),
    );
    privileged.fix = Some(Fix {
        title: "drop the privilege".to_owned(),
        safety: Safety::Safe,
        edits: vec![
            Edit { path: None, span: privileged.location.span, replacement: "false".to_owned() },
            Edit { path: Some(Arc::from("deploy/base.yaml")), span: Span::new(7, 9), replacement: String::new() },
        ],
    });
    privileged.also.push(Related {
        location: location("deploy/web.yaml", 4, 9, &["  name: app"]),
        message: "in this container".to_owned(),
    });
    let mut token = finding(
        &TOKEN,
        "a token that was ever committed must be revoked: ghp_ab…(40 characters)",
        location("src/tür 1.py", 3, 9, &["import x", "token = '************'"]),
    );
    token.location.commit = Some("0123456789abcdef0123456789abcdef01234567".to_owned());
    token.history = Some(History {
        first_commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
        last_commit: "fedcba9876543210fedcba9876543210fedcba98".to_owned(),
        author_date: Date::parse("2024-02-29").unwrap_or_else(|_| Date::from_days(0)),
        present: false,
    });
    let mut excepted =
        finding(&LATEST, "`latest` is another image tomorrow", location("Dockerfile", 1, 6, &["FROM x:latest"]));
    excepted.exception = Some(ExceptionNote {
        id: "base-image".to_owned(),
        owner: "team-web".to_owned(),
        ticket: "OPS-12".to_owned(),
        reason: "the vendor publishes no digests".to_owned(),
        expires: Date::from_days(20_850),
        justification: None,
    });
    let mut spread = finding(
        &LATEST,
        "the base image floats over three lines",
        location("build/Dockerfile", 2, 1, &["# base", "FROM \\", "  x:latest \\", "  AS build"]),
    );
    spread.location.end = Position { line: 4, column: 11 };
    let style = finding(&STYLE, "instructions are written in capitals", location("Dockerfile", 2, 1, &["run x"]));
    let whole = finding(
        &LATEST,
        "no image of the target is pinned",
        Location { path: "".into(), excerpt: None, ..location("", 1, 1, &[""]) },
    );
    Scan {
        findings: vec![whole, excepted, style, spread, privileged, token],
        coverage: Coverage {
            seen: 9,
            parsed: 5,
            partial: vec![skipped("charts/x.yaml", "line 3: a tab where a space belongs")],
            skipped: vec![skipped("logo.png", "binary"), skipped("big.json", "larger than 64 MiB")],
            unreadable: vec![skipped("private.key", "permission denied")],
            ..Coverage::default()
        },
        ..Scan::default()
    }
}

/// The same finding with hostile text wherever text from outside can stand.
pub(crate) fn hostile() -> Scan {
    let lines = ["x", HOSTILE, "y"];
    let mut finding = finding(&PRIVILEGED, HOSTILE, location(HOSTILE, 10, 3, &lines));
    finding.location.structure = HOSTILE.to_owned();
    finding.also.push(Related { location: location(HOSTILE, 1, 1, &[HOSTILE]), message: HOSTILE.to_owned() });
    finding.fix = Some(Fix::unsafe_(HOSTILE, Span::new(1, 2), HOSTILE));
    let mut excepted = finding.clone();
    excepted.exception = Some(ExceptionNote {
        id: HOSTILE.to_owned(),
        owner: HOSTILE.to_owned(),
        ticket: HOSTILE.to_owned(),
        reason: HOSTILE.to_owned(),
        expires: Date::from_days(20_850),
        justification: None,
    });
    let file = vec![skipped(HOSTILE, HOSTILE)];
    Scan {
        findings: vec![finding, excepted],
        coverage: Coverage {
            seen: 4,
            parsed: 1,
            partial: file.clone(),
            skipped: file.clone(),
            unreadable: file,
            ..Coverage::default()
        },
        ..Scan::default()
    }
}

/// `number` findings of several checks in many files.
pub(crate) fn many(number: u32) -> Scan {
    let checks = [&PRIVILEGED, &LATEST, &TOKEN, &STYLE];
    let findings = (0..number).map(|at| {
        let check = checks.get(at as usize % checks.len()).copied().unwrap_or(&STYLE);
        let path = format!("dir/file-{:04}.yaml", at / 7);
        finding(check, "the same fault once more", location(&path, at % 400 + 2, 5, &["---", "    fault: true", ""]))
    });
    let coverage = Coverage { seen: 3, parsed: 3, ..Coverage::default() };
    Scan { findings: findings.collect(), coverage, ..Scan::default() }
}

pub(crate) fn skipped(path: &str, reason: &str) -> Skipped {
    Skipped { path: path.to_owned(), reason: reason.to_owned() }
}

pub(crate) fn report(scan: &Scan) -> ScanReport<'_> {
    ScanReport {
        target: Target { kind: "directory".to_owned(), path: ".".to_owned(), name: "shop".to_owned(), image: None },
        scan,
        checks: &CHECKS,
        duration: Duration::from_millis(1_234),
        baseline: None,
    }
}
