//! What holds across the family: nothing leaks, nothing is said twice, nothing breaks it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use palisade_model::Finding;

use crate::{Scanner, Selection, Settings};

fn found(path: &str, text: &str) -> Vec<Finding> {
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    let findings = scanner.scan_files(&[(path.to_owned(), text.as_bytes().to_vec())]).findings;
    findings.into_iter().filter(|finding| finding.check.family() == "container").collect()
}

/// Everything a report could print of a finding.
fn printed(finding: &Finding) -> String {
    let places = std::iter::once(&finding.location).chain(finding.also.iter().map(|also| &also.location));
    let lines: Vec<String> =
        places.filter_map(|place| place.excerpt.as_ref()).flat_map(|it| it.lines.clone()).collect();
    format!("{}\n{}", finding.message, lines.join("\n"))
}

#[test]
fn no_finding_shows_a_secret() {
    let secret = ["Xk29s", "kQ0pLaa7"].concat();
    let dockerfile = format!(
        "FROM node\nENV DB_PASSWORD={secret}\nARG API_KEY=\"{secret}\"\nRUN git clone https://bob:{secret}@git.example.org/x \\\n  && echo 'root:{secret}' | chpasswd && useradd -p {secret} x\nADD http://bob:{secret}@files.example.org/x /x\nENV URL=postgres://a:{secret}@db/x OLD\nENV TOKEN {secret}\n"
    );
    let compose = format!(
        "services:\n  web:\n    image: web\n    environment:\n      DB_PASSWORD: {secret}\n      URL: postgres://a:{secret}@db/x\n  b:\n    image: b\n    environment:\n      - API_TOKEN={secret}\n    build:\n      args:\n        API_KEY: {secret}\n"
    );
    for (path, text, at_least) in [("Dockerfile", &dockerfile, 8), ("compose.yaml", &compose, 6)] {
        let findings = found(path, text);
        assert!(findings.len() >= at_least, "{path}: {}", findings.len());
        for finding in findings {
            assert!(!printed(&finding).contains(&secret), "{}: {}", finding.check.id, printed(&finding));
        }
    }
}

#[test]
fn no_place_is_reported_twice_for_the_same_fault() {
    // Different faults may share a place: these do.
    let apart = [
        ["container/add-from-url", "container/credentials-in-url"],
        ["container/credentials-in-url", "container/plain-http-download"],
        ["container/package-cache-kept", "container/recommended-packages"],
        ["container/ssh-server", "container/unpinned-system-package"],
        ["container/end-of-life-base-image", "container/unpinned-base-image"],
        ["container/root-user", "container/unpinned-base-image"],
        ["container/moving-base-image", "container/root-user"],
    ];
    let mut cases: BTreeMap<String, usize> = BTreeMap::new();
    for check in super::CHECKS {
        for fence in check.meta.page.split("```dockerfile Dockerfile\n").skip(1) {
            let text = fence.split("```").next().unwrap().replace(" ←2", "").replace(" ←", "").replace('·', "");
            let mut places: BTreeMap<(u32, u32), Vec<&str>> = BTreeMap::new();
            for finding in found("Dockerfile", &text) {
                let span = finding.location.span;
                let ids = places.entry((span.start, span.end)).or_default();
                assert!(!ids.contains(&finding.check.id), "{} twice at one place of\n{text}", finding.check.id);
                ids.push(finding.check.id);
            }
            for ids in places.values() {
                for (at, first) in ids.iter().enumerate() {
                    for second in ids.iter().skip(at + 1) {
                        let mut pair = [*first, *second];
                        pair.sort_unstable();
                        if !apart.contains(&pair) && !pair.iter().any(|id| is_base_image(id)) {
                            *cases.entry(format!("{pair:?}")).or_default() += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(cases.is_empty(), "{cases:#?}");
}

/// Checks that point at the image a stage starts from, each with a fault of its own.
fn is_base_image(id: &str) -> bool {
    ["base-image", "root-user", "no-healthcheck"].iter().any(|part| id.contains(part))
}

#[test]
fn broken_and_huge_files_end_in_findings_or_silence() {
    let long = format!("FROM a\nRUN {}", "curl x | sh && ".repeat(50_000));
    let deep = format!("FROM a\nRUN {}", "sh -c \"$(curl ".repeat(5_000));
    let words = format!("FROM a\nRUN apt-get install {}", "x ".repeat(100_000));
    let anchors = format!(
        "services:\n  a: &a {{privileged: true}}\n{}",
        (0..2_000).map(|n| format!("  s{n}: *a\n")).collect::<String>()
    );
    let cycle = "services:\n  a: {extends: b}\n  b: {extends: a}\n".to_owned();
    for (path, text) in [
        ("Dockerfile", &long),
        ("Dockerfile", &deep),
        ("Dockerfile", &words),
        ("compose.yaml", &anchors),
        ("compose.yaml", &cycle),
        ("compose.yaml", &"services: [".repeat(10_000)),
        ("compose.yaml", &"services: 1".to_owned()),
    ] {
        let findings = found(path, text);
        assert!(findings.len() < 3_000, "{path}: {}", findings.len());
    }
    assert_eq!(
        found("compose.yaml", &anchors).iter().filter(|it| it.check.id == "container/privileged-service").count(),
        1
    );
}
