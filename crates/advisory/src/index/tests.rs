//! The index against itself: what is told of versions, and what of damaged bytes.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::osv::Advisory;

fn advisory(json: &str) -> Advisory {
    Advisory::parse(json.as_bytes()).unwrap()
}

/// Two names of one fault with different ranges, one fault without an upper bound, one taken back.
fn built() -> Vec<u8> {
    let mut builder = Builder::default();
    builder.source("tests");
    for json in [
        r#"{"id": "GHSA-aaaa", "modified": "2026-01-02T00:00:00Z", "aliases": ["CVE-2026-1"], "summary": "Reads beyond the end",
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
            "references": [{"type": "WEB", "url": "https://example.org/a"}],
            "affected": [{"package": {"ecosystem": "PyPI", "name": "Snake_Case"},
              "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "1.10"}, {"introduced": "2.0"}, {"fixed": "2.3"}, {"introduced": "0"}]}]}]}"#,
        r#"{"id": "PYSEC-2026-7", "aliases": ["CVE-2026-1"], "details": "\n# Beyond the end\nLong.",
            "affected": [{"package": {"ecosystem": "PyPI", "name": "snake-case"},
              "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]},
                         {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.11"}]}], "versions": ["3.0"]}]}"#,
        r#"{"id": "RUSTSEC-2026-0001", "affected": [{"package": {"ecosystem": "crates.io", "name": "left"},
              "database_specific": {"informational": "unmaintained"},
              "ecosystem_specific": {"affects": {"functions": ["left::pad"]}},
              "ranges": [{"type": "SEMVER", "events": [{"introduced": "0.0.0-0"}]}]}]}"#,
        r#"{"id": "GHSA-gone", "withdrawn": "2026-02-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "x"}}]}"#,
    ] {
        builder.add(advisory(json));
    }
    let mut enrichment = Enrichment::default();
    enrichment.kev.insert("CVE-2026-1".to_owned(), ("2026-03-01".to_owned(), "2026-03-22".to_owned(), true));
    enrichment.epss.insert("CVE-2026-1".to_owned(), (0.5, 0.98));
    builder.finish(&enrichment, 1_700_000_000).unwrap()
}

fn open(bytes: &[u8]) -> Result<Index, OpenError> {
    let (bytes, length) = (bytes.to_vec(), bytes.len() as u64);
    let read = move |at: u64, out: &mut [u8]| {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let end = at.checked_add(out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes.get(at..end).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    };
    Index::open(Box::new(read), length)
}

fn told(bytes: &[u8], ecosystem: &str, name: &str, version: &str) -> Vec<String> {
    let index = open(bytes).unwrap();
    let mut buffer = Vec::new();
    let block = index.lookup(ecosystem, name, &mut buffer).unwrap();
    let matches = block.as_ref().map(|block| block.matches(version)).unwrap_or_default();
    matches.iter().map(|one| format!("{} {:?} {}", one.fault.id, one.fixed, one.certain)).collect()
}

#[test]
fn a_fault_is_told_once_under_all_its_names() {
    let bytes = built();
    let index = open(&bytes).unwrap();
    index.verify().unwrap();
    let mut buffer = Vec::new();
    let block = index.lookup("PyPI", "snake-case", &mut buffer).unwrap().unwrap();
    let [fault] = block.faults.as_slice() else { panic!("{block:?}") };
    assert_eq!(fault.names, ["CVE-2026-1", "GHSA-aaaa", "PYSEC-2026-7"]);
    assert_eq!((fault.id, fault.summary, fault.score), ("GHSA-aaaa", "Reads beyond the end", Some(9.8)));
    assert_eq!(fault.kev.map(|kev| (kev.added, kev.ransomware)), Some(("2026-03-01", true)));
    assert_eq!(fault.epss, Some((0.5, 0.98)));
    let about = index.about().unwrap();
    assert_eq!((about.advisories, about.withdrawn, about.packages), (3, 1, 2));
    assert_eq!(about.newest, "2026-01-02T00:00:00Z");
}

#[test]
fn versions_are_inside_or_outside_as_the_schema_says() {
    let bytes = built();
    let of = |version| told(&bytes, "PyPI", "snake-case", version);
    assert_eq!(of("1.9"), ["GHSA-aaaa Some(\"1.11\") true"], "the mend that both advisories take");
    assert_eq!(of("1.10"), ["GHSA-aaaa Some(\"1.11\") true"], "one of them still says so");
    assert_eq!(of("1.11"), Vec::<String>::new());
    assert_eq!(of("2.0.0"), ["GHSA-aaaa Some(\"2.3\") true"], "it came back");
    assert_eq!(of("2.3rc1"), ["GHSA-aaaa Some(\"2.3\") true"]);
    assert_eq!(of("2.3"), Vec::<String>::new());
    assert_eq!(of("3.0.0"), ["GHSA-aaaa None true"], "named one by one, in another spelling");
    let of = |version| told(&bytes, "crates.io", "left", version);
    assert_eq!(of("999.0.0"), ["RUSTSEC-2026-0001 None true"], "no upper bound is no bound");
    assert_eq!(of("not a version"), ["RUSTSEC-2026-0001 None false"], "nothing is dropped because it is odd");
    assert_eq!(told(&bytes, "npm", "x", "1.0.0"), Vec::<String>::new(), "withdrawn");
    assert_eq!(told(&bytes, "PyPI", "left", "1"), Vec::<String>::new(), "of another ecosystem");
}

#[test]
fn a_days_changes_go_on_top_of_an_index() {
    let bytes = built();
    let mut builder = Builder::default();
    builder.keep(&open(&bytes).unwrap()).unwrap();
    builder.source("today");
    builder.add(advisory(
        r#"{"id": "PYSEC-2026-7", "modified": "2026-04-01T00:00:00Z", "aliases": ["CVE-2026-1"],
        "affected": [{"package": {"ecosystem": "PyPI", "name": "snake-case"},
          "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.12"}]}]}]}"#,
    ));
    builder.add(advisory(
        r#"{"id": "RUSTSEC-2026-0001", "modified": "2026-04-02T00:00:00Z", "withdrawn": "2026-04-02T00:00:00Z"}"#,
    ));
    let after = builder.finish(&Enrichment::default(), 1_700_086_400).unwrap();
    let index = open(&after).unwrap();
    index.verify().unwrap();
    assert_eq!(told(&after, "PyPI", "snake-case", "1.9"), ["GHSA-aaaa Some(\"1.12\") true"]);
    assert_eq!(told(&after, "PyPI", "snake-case", "3.0.0"), Vec::<String>::new(), "its newer text does not name it");
    assert_eq!(told(&after, "crates.io", "left", "1.0.0"), Vec::<String>::new(), "withdrawn today");
    let mut buffer = Vec::new();
    let block = index.lookup("PyPI", "snake-case", &mut buffer).unwrap().unwrap();
    let fault = block.faults.first().unwrap();
    assert_eq!((fault.score, fault.summary, fault.url), (Some(9.8), "Reads beyond the end", "https://example.org/a"));
    assert_eq!((fault.kev.map(|kev| kev.added), fault.epss), (Some("2026-03-01"), Some((0.5, 0.98))));
    let about = index.about().unwrap();
    assert_eq!((about.advisories, about.withdrawn, about.newest.as_str()), (2, 2, "2026-04-01T00:00:00Z"));
    assert_eq!(about.sources.iter().map(|source| source.name.as_str()).collect::<Vec<_>>(), ["tests", "today"]);

    // What it has of a source, as far as the present: a record of a day to come hides nothing.
    let mut builder = Builder::default();
    builder.keep(&index).unwrap();
    assert_eq!((builder.newest_of("today"), builder.newest_of("tomorrow")), (Some("2023-11-15T22:13:20Z"), None));
    builder.source("today");
    builder
        .add(advisory(r#"{"id": "X-1", "modified": "2026-05-01T00:00:00.5Z", "withdrawn": "2026-05-01T00:00:00Z"}"#));
    let later = builder.finish(&Enrichment::default(), 1_800_000_000).unwrap();
    let sources = open(&later).unwrap().about().unwrap().sources;
    let told: Vec<_> = sources.iter().map(|one| (one.name.as_str(), one.taken, one.newest.as_str())).collect();
    assert_eq!(told.get(1), Some(&("today", 3, "2026-05-01T00:00:00.5Z")), "{told:?}");

    // Nothing on top: the same packages with the same faults.
    let mut builder = Builder::default();
    builder.keep(&open(&bytes).unwrap()).unwrap();
    let again = builder.finish(&Enrichment::default(), 1_700_000_000).unwrap();
    for (ecosystem, name) in [("PyPI", "snake-case"), ("crates.io", "left")] {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        let (before, after) = (open(&bytes).unwrap(), open(&again).unwrap());
        assert_eq!(before.lookup(ecosystem, name, &mut one).unwrap(), after.lookup(ecosystem, name, &mut two).unwrap());
    }
    let mut changed = bytes.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(Builder::default().keep(&open(&changed).unwrap()).is_err(), "nothing is built on what is damaged");
}

#[test]
fn the_shortest_way_up_leaves_the_fewest_faults() {
    let fault = |id: &str, events: &str| {
        let affected =
            r#"{"package": {"ecosystem": "npm", "name": "x"}, "ranges": [{"type": "SEMVER", "events": EVENTS}]}"#;
        advisory(&format!(r#"{{"id": "{id}", "affected": [{}]}}"#, affected.replace("EVENTS", events)))
    };
    let mut builder = Builder::default();
    builder.source("tests");
    builder
        .add(fault("A", r#"[{"introduced": "0"}, {"fixed": "1.2.3"}, {"introduced": "2.0.0"}, {"fixed": "2.0.4"}]"#));
    builder.add(fault("B", r#"[{"introduced": "1.0.0"}, {"fixed": "1.2.5"}]"#));
    builder.add(fault("C", r#"[{"introduced": "1.2.5"}, {"fixed": "1.2.7"}]"#));
    let bytes = builder.finish(&Enrichment::default(), 0).unwrap();
    let index = open(&bytes).unwrap();
    let mut buffer = Vec::new();
    let block = index.lookup("npm", "x", &mut buffer).unwrap().unwrap();
    let to = |version: &str| block.upgrade(version).map(|upgrade| (upgrade.to, upgrade.left));
    assert_eq!(to("1.0.0"), Some(("1.2.7", 0)), "1.2.3 and 1.2.5 have other faults, 2.0.4 is further");
    assert_eq!(to("0.9.0"), Some(("1.2.7", 0)));
    assert_eq!(to("2.0.0"), Some(("2.0.4", 0)));
    assert_eq!(to("1.2.7"), None, "nothing to leave");
    assert_eq!(to("one"), None, "not comparable");
}

#[test]
fn a_byte_that_changed_and_an_end_that_is_missing_are_errors() {
    let bytes = built();
    for at in 0..bytes.len() {
        assert!(open(bytes.get(..at).unwrap()).is_err(), "cut at {at}");
        let mut changed = bytes.clone();
        *changed.get_mut(at).unwrap() ^= 0x41;
        let Ok(index) = open(&changed) else { continue };
        assert!(index.verify().is_err(), "changed at {at}");
        // Whatever a changed block says, it is not told.
        let mut buffer = Vec::new();
        if let Ok(Some(block)) = index.lookup("PyPI", "snake-case", &mut buffer) {
            let mut sound = Vec::new();
            let index = open(&bytes).unwrap();
            assert_eq!(Some(block), index.lookup("PyPI", "snake-case", &mut sound).unwrap(), "changed at {at}");
        }
    }
}

#[test]
fn the_same_advisories_in_any_order_are_the_same_index() {
    let one = r#"{"id": "A", "aliases": ["C"], "affected": [{"package": {"ecosystem": "npm", "name": "x"}, "versions": ["1"]}]}"#;
    let two = r#"{"id": "B", "aliases": ["C"], "affected": [{"package": {"ecosystem": "npm", "name": "x"}, "versions": ["2"]}]}"#;
    let build = |order: [&str; 2]| {
        let mut builder = Builder::default();
        builder.source("tests");
        order.into_iter().for_each(|json| builder.add(advisory(json)));
        builder.finish(&Enrichment::default(), 0).unwrap()
    };
    assert_eq!(build([one, two]), build([two, one]));
    assert_eq!(told(&build([one, two]), "npm", "x", "2"), ["A None true"]);
}
