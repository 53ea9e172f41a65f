//! The ways around the merge gate, each tried first: none of them may end in an allow.
#![expect(clippy::unwrap_used, reason = "tests")]

use palisade_checks::{Check, Scan, Scanner, Selection, Settings, catalogue, marks};
use palisade_gate::{
    Baseline, Decision, EXCEPTIONS_FILE, ExceptionSettings, Exceptions, GateSettings, MergeInput, MergePolicy, Rule,
    Verdict, merge,
};
use palisade_inventory::{Flat, Subject};
use palisade_model::{Coverage, Date, Finding, Severity, Skipped};

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  automountServiceAccountToken: false
  hostNetwork: true
  containers:
    - name: agent
      image: example.org/agent@sha256:0000000000000000000000000000000000000000000000000000000000000000
      securityContext:
        privileged: true
";

const ENTRY: &str = r#"
[[exception]]
id = "EX-1"
check = "kubernetes/privileged-container"
path = "deploy/agent.yaml"
owner = "platform"
ticket = "OPS-1"
reason = "the agent loads a kernel module"
expires = "2027-01-31"
"#;

fn today() -> Date {
    Date::parse("2027-01-15").unwrap()
}

/// The checks that decide here; the rest of the catalogue would only blur the cases.
fn scanner() -> Scanner {
    Scanner::new(Settings::default(), &Selection::default())
}

struct Case {
    findings: Vec<Finding>,
    coverage: Coverage,
    used: Vec<String>,
}

fn look(files: &[(&str, &str)]) -> Case {
    let files: Vec<(String, Vec<u8>)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let Scan { mut findings, coverage, .. } = scanner().scan_files(&files);
    // One finding under test: the privileged container. Others are of other severities and checks.
    let file = files.iter().find(|(path, _)| path == EXCEPTIONS_FILE);
    let exceptions = file.map_or_else(Exceptions::default, |(path, text)| {
        Exceptions::read(path, text, &[], &ExceptionSettings::default(), today())
    });
    let named: Vec<_> =
        files.iter().flat_map(|(path, text)| marks(&Subject::new(path.as_str().into(), text, &Flat, &[]))).collect();
    let applied = exceptions.apply(&mut findings, &named, true);
    findings.extend(exceptions.faults);
    findings.extend(applied.faults);
    Case { findings, coverage, used: applied.used }
}

fn judge(case: &Case, baseline: Option<&Baseline>, policy: &MergePolicy) -> Decision {
    let scanner = scanner();
    judge_with(case, baseline, policy, scanner.checks())
}

fn judge_with(case: &Case, baseline: Option<&Baseline>, policy: &MergePolicy, ran: &[&'static Check]) -> Decision {
    let input = MergeInput {
        findings: &case.findings,
        coverage: &case.coverage,
        ran,
        baseline,
        policy,
        used: &case.used,
        fixtures: &Settings::default().fixtures,
    };
    merge(&input)
}

/// Whether the privileged container is among the reasons that deny.
fn denies_privileged(decision: &Decision) -> bool {
    decision.verdict == Verdict::Deny
        && decision.reasons.iter().any(|reason| {
            reason.effect == Verdict::Deny
                && reason.finding.is_some_and(|(check, _)| check == "kubernetes/privileged-container")
        })
}

fn with_entry(entry: &str) -> Case {
    look(&[("deploy/agent.yaml", POD), (EXCEPTIONS_FILE, entry)])
}

fn denied_with(entry: &str) -> bool {
    denies_privileged(&judge(&with_entry(entry), None, &MergePolicy::default()))
}

#[test]
fn the_finding_denies_and_a_good_exception_lifts_it() {
    assert!(denies_privileged(&judge(&look(&[("deploy/agent.yaml", POD)]), None, &MergePolicy::default())));
    let case = with_entry(ENTRY);
    assert!(!denied_with(ENTRY));
    assert_eq!(case.used, ["EX-1"]);
    let excepted = case.findings.iter().find(|finding| finding.check.id == "kubernetes/privileged-container").unwrap();
    assert_eq!(excepted.exception.as_ref().unwrap().ticket, "OPS-1");
    for date in ["2027-01-15", "2027-04-15"] {
        assert!(!denied_with(&ENTRY.replace("2027-01-31", date)), "{date}");
    }
    assert!(!denied_with(&ENTRY.replace("\"2027-01-31\"", "2027-01-31")), "a TOML date");
    assert!(!denied_with(&ENTRY.replace("deploy/agent.yaml", "deploy/*.yaml")));
}

#[test]
fn no_exception_with_a_fault_holds() {
    let cases = [
        ("expired yesterday", "2027-01-31", "2027-01-14"),
        ("a day too far ahead", "2027-01-31", "2027-04-16"),
        ("for ever", "2027-01-31", "9999-12-31"),
        ("no such day", "2027-01-31", "2027-02-30"),
        ("another spelling", "2027-01-31", "31 January 2027"),
        ("spaces", "2027-01-31", " 2027-01-31"),
        ("a time", "\"2027-01-31\"", "2027-01-31T00:00:00Z"),
        ("a number", "\"2027-01-31\"", "20270131"),
        ("an empty date", "2027-01-31", ""),
        ("no date", "expires = \"2027-01-31\"", ""),
        ("no owner", "owner = \"platform\"", ""),
        ("a blank owner", "platform\"", " \""),
        ("a blank ticket", "OPS-1", "\\t"),
        ("no reason", "reason = \"the agent loads a kernel module\"", ""),
        ("an owner that is no text", "\"platform\"", "[\"platform\"]"),
        ("an unknown key", "ticket", "tiket"),
        ("a key of another's", "owner", "expire = \"2027-01-31\"\nowner"),
        ("no id", "id = \"EX-1\"\n", ""),
        ("an id with spaces", "EX-1", "EX 1"),
        ("another check", "privileged-container", "host-path"),
        ("no such check", "privileged-container", "privileged-containers"),
        ("another path", "deploy/agent.yaml", "deploy/agent.yml"),
        ("a path that starts elsewhere", "deploy/agent.yaml", "agent.yaml"),
        ("an absolute path", "deploy/agent.yaml", "/deploy/agent.yaml"),
        ("a path through ..", "deploy/agent.yaml", "x/../deploy/agent.yaml"),
        ("one star for two folders", "deploy/agent.yaml", "*"),
        ("everything", "check = \"kubernetes/privileged-container\"\npath = \"deploy/agent.yaml\"", "check = \"*\""),
        ("every path", "check = \"kubernetes/privileged-container\"\npath = \"deploy/agent.yaml\"", "path = \"**\""),
        (
            "every check at every path",
            "check = \"kubernetes/privileged-container\"\npath = \"deploy/agent.yaml\"",
            "check = \"*\"\npath = \"**/*\"",
        ),
        ("no scope", "check = \"kubernetes/privileged-container\"\npath = \"deploy/agent.yaml\"", ""),
        (
            "another finding's fingerprint",
            "path = \"deploy/agent.yaml\"",
            "fingerprint = \"00000000000000000000000000000000\"",
        ),
        ("a fingerprint in capitals", "path =", "fingerprint = \"ABCDEF00000000000000000000000000\"\npath ="),
        ("inline without a comment", "owner", "inline = true\nowner"),
        ("a table that is no array", "[[exception]]", "[exception]"),
        ("another table", "[[exception]]", "[[exceptions]]"),
        ("broken TOML elsewhere in the file", "[[exception]]", "x = \n[[exception]]"),
    ];
    for (name, from, to) in cases {
        let entry = ENTRY.replace(from, to);
        assert_ne!(entry, ENTRY, "{name}");
        assert!(denied_with(&entry), "{name}: {entry}");
        let faults =
            with_entry(&entry).findings.iter().filter(|finding| finding.check.family() == "exceptions").count();
        assert!(faults > 0, "{name} is no finding");
    }
}

#[test]
fn two_entries_of_one_id_both_fall() {
    let twice = format!("{ENTRY}{}", ENTRY.replace("privileged-container", "host-network"));
    assert!(denied_with(&twice));
    // A fault in one entry leaves the others alone.
    let other = format!("{ENTRY}{}", ENTRY.replace("EX-1", "EX-2").replace("2027-01-31", "never"));
    assert!(!denied_with(&other));
}

/// Spelled in two, or it would be a comment of our own.
const WORD: &str = concat!("palisade:", "except");

#[test]
fn a_comment_permits_nothing_by_itself_and_narrows_an_entry() {
    let commented = POD.replace("        privileged", &format!("        # {WORD} EX-1\n        privileged"));
    let alone = look(&[("deploy/agent.yaml", &commented)]);
    assert!(denies_privileged(&judge(&alone, None, &MergePolicy::default())));
    assert!(alone.findings.iter().any(|finding| finding.check.id == "exceptions/dangling-comment"));
    let inline = ENTRY.replace("owner", "inline = true\nowner");
    let both = look(&[("deploy/agent.yaml", &commented), (EXCEPTIONS_FILE, &inline)]);
    assert!(!denies_privileged(&judge(&both, None, &MergePolicy::default())));
    // The comment stands in another file, or too far away.
    let elsewhere = format!("# {WORD} EX-1\n{POD}");
    for files in [
        [("deploy/agent.yaml", elsewhere.as_str()), (EXCEPTIONS_FILE, &inline)],
        [("deploy/agent.yaml", POD), (EXCEPTIONS_FILE, &inline)],
    ] {
        assert!(denies_privileged(&judge(&look(&files), None, &MergePolicy::default())));
    }
    // An expired entry makes the comment dangle.
    let expired = inline.replace("2027-01-31", "2027-01-01");
    let case = look(&[("deploy/agent.yaml", &commented), (EXCEPTIONS_FILE, &expired)]);
    assert!(denies_privileged(&judge(&case, None, &MergePolicy::default())));
    assert!(case.findings.iter().any(|finding| finding.check.id == "exceptions/dangling-comment"));
}

fn document(findings: &[Finding], change: impl Fn(&mut serde_json::Value)) -> Vec<u8> {
    let rows: Vec<_> = findings
        .iter()
        .map(|finding| {
            serde_json::json!({
                "check": finding.check.id, "fingerprint": finding.fingerprint.to_string(),
                "exception": finding.exception.as_ref().map(|note| serde_json::json!({ "id": note.id })),
            })
        })
        .collect();
    let mut document = serde_json::json!({ "schema": "palisade.scan/1", "findings": rows });
    change(&mut document);
    document.to_string().into_bytes()
}

#[test]
fn a_baseline_excuses_what_was_there_and_nothing_else() {
    let case = look(&[("deploy/agent.yaml", POD)]);
    let policy = MergePolicy::default();
    let baseline = Baseline::parse(&document(&case.findings, |_| {})).unwrap();
    assert_eq!(baseline, Baseline::of(&case.findings, &[], &Exceptions::default()));
    let decision = judge(&case, Some(&baseline), &policy);
    assert_eq!(decision.verdict, Verdict::Allow, "{:?}", decision.reasons);
    assert_eq!((decision.counts.new, decision.counts.gone), (0, 0));
    let all = MergePolicy { all: true, ..policy.clone() };
    assert!(denies_privileged(&judge(&case, Some(&baseline), &all)));
    // The same finding in another file, or a second one beside it, is new.
    let moved = look(&[("deploy/other.yaml", POD)]);
    assert!(denies_privileged(&judge(&moved, Some(&baseline), &policy)));
    let gone = judge(&moved, Some(&baseline), &policy).counts.gone;
    assert_eq!(gone, baseline.before().len());
    let doubled = POD.to_owned() + POD.split_once("containers:\n").unwrap().1.replace("agent", "twin").as_str();
    assert!(denies_privileged(&judge(&look(&[("deploy/agent.yaml", &doubled)]), Some(&baseline), &policy)));
    // Lines added above change nothing.
    let shifted = format!("# a comment\n\n{POD}");
    let decision = judge(&look(&[("deploy/agent.yaml", &shifted)]), Some(&baseline), &policy);
    assert_eq!(decision.verdict, Verdict::Allow, "{:?}", decision.reasons);
    // An empty one excuses nothing.
    let empty = Baseline::parse(br#"{"schema":"palisade.scan/1","findings":[]}"#).unwrap();
    assert!(denies_privileged(&judge(&case, Some(&empty), &policy)));
}

#[test]
fn a_baseline_does_not_keep_an_expired_exception_alive() {
    let excepted = with_entry(ENTRY);
    let baseline = Baseline::parse(&document(&excepted.findings, |_| {})).unwrap();
    assert_eq!(baseline, Baseline::of(&excepted.findings, &[], &Exceptions::default()));
    let expired = with_entry(&ENTRY.replace("2027-01-31", "2027-01-14"));
    assert!(denies_privileged(&judge(&expired, Some(&baseline), &MergePolicy::default())));
    // Nor does the revision before, whose exception has run out by now, whatever became of the entry.
    for date in ["2027-01-14", "2027-01-31"] {
        let entry = ENTRY.replace("2027-01-31", date);
        let then = Exceptions::read(EXCEPTIONS_FILE, entry.as_bytes(), &[], &ExceptionSettings::default(), today());
        let open = look(&[("deploy/agent.yaml", POD)]);
        let baseline = Baseline::of(&open.findings, &[], &then);
        assert!(denies_privileged(&judge(&open, Some(&baseline), &MergePolicy::default())), "{date}");
    }
}

#[test]
fn a_baseline_excuses_no_secret() {
    let print = "0123456789abcdef0123456789abcdef";
    let crafted = format!(
        r#"{{"schema":"palisade.scan/1","findings":[{{"check":"secrets/any","fingerprint":"{print}","exception":null}},
            {{"check":"exceptions/malformed","fingerprint":"{print}"}}]}}"#
    );
    assert_eq!(Baseline::parse(crafted.as_bytes()).unwrap().before().len(), 1);
    // Naming another check in the document does not help either: the family is read off the finding.
    let mut case = look(&[("deploy/agent.yaml", POD)]);
    let mut secret = case.findings.first().unwrap().clone();
    secret.check = Box::leak(Box::new(palisade_model::Meta { id: "secrets/made-up", ..meta(secret.check) }));
    secret.severity = Severity::Low;
    case.findings = vec![secret.clone()];
    let crafted = format!(
        r#"{{"schema":"palisade.scan/1","findings":[{{"check":"ci/x","fingerprint":"{}"}}]}}"#,
        secret.fingerprint
    );
    let baseline = Baseline::parse(crafted.as_bytes()).unwrap();
    assert!(!baseline.excuses(&secret));
    let decision = judge(&case, Some(&baseline), &MergePolicy::default());
    assert_eq!(decision.verdict, Verdict::Deny);
    assert_eq!(decision.reasons.first().unwrap().rule, Rule::Secrets);
    assert_eq!((decision.counts.new, decision.counts.unchanged), (0, 1), "it is told as what it is: old, and denied");
}

fn meta(of: &palisade_model::Meta) -> palisade_model::Meta {
    palisade_model::Meta {
        id: of.id,
        title: of.title,
        page: of.page,
        since: of.since,
        severity: of.severity,
        confidence: of.confidence,
        controls: of.controls,
        maps: of.maps,
    }
}

#[test]
fn broken_baselines_are_refused() {
    let good = document(&look(&[("deploy/agent.yaml", POD)]).findings, |_| {});
    assert!(Baseline::parse(&good).is_ok());
    for cut in [0, 1, good.len() / 2, good.len() - 1] {
        assert!(Baseline::parse(good.get(..cut).unwrap()).is_err(), "{cut}");
    }
    for bad in [
        r#"{"findings":[]}"#,
        r#"{"schema":"palisade.scan/2","findings":[]}"#,
        r#"{"schema":"palisade.scan/1"}"#,
        r#"{"schema":"palisade.scan/1","findings":{}}"#,
        r#"{"schema":"palisade.scan/1","findings":[{"check":"a/b"}]}"#,
        r#"{"schema":"palisade.scan/1","findings":[{"check":"a/b","fingerprint":"*"}]}"#,
        r#"{"version":"2.1.0","runs":[]}"#,
        r#"{"schema":"palisade.scan/1","findings":[]} trailing"#,
        "[]",
    ] {
        assert!(Baseline::parse(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn what_was_not_looked_at_is_not_allowed() {
    let policy = MergePolicy::default();
    assert_eq!(judge(&look(&[]), None, &policy).verdict, Verdict::Nothing);
    let mut case = look(&[("README.md", "hello")]);
    assert_eq!(judge(&case, None, &policy).verdict, Verdict::Allow);
    case.coverage.unreadable.push(Skipped { path: "a".into(), reason: "permission denied".into() });
    assert_eq!(judge(&case, None, &policy).verdict, Verdict::Undecided);
    // A check that the gate rests on was switched off.
    let case = look(&[("README.md", "hello")]);
    for id in ["ci/unpinned-action-in-deploy", "scan/unreadable-lockfile", "scan/unreadable-file"] {
        let ran: Vec<_> = catalogue().filter(|check| check.meta.id != id).collect();
        assert_eq!(judge_with(&case, None, &policy, &ran).verdict, Verdict::Undecided, "{id}");
    }
    let ran: Vec<_> = catalogue().filter(|check| check.meta.family() != "secrets").collect();
    if ran.len() < catalogue().count() {
        assert_eq!(judge_with(&case, None, &policy, &ran).verdict, Verdict::Undecided);
    }
}

#[test]
fn unreadable_files_and_loose_pins_deny_even_when_old() {
    let policy = MergePolicy::default();
    let lock = look(&[("Cargo.lock", "[[package]\n")]);
    let old = Baseline::of(&lock.findings, &[], &Exceptions::default());
    assert_eq!(judge(&lock, Some(&old), &policy).verdict, Verdict::Deny);
    let warn = MergePolicy { unreadable_lockfiles: palisade_gate::Effect::Warn, ..policy.clone() };
    assert_eq!(judge(&lock, None, &warn).verdict, Verdict::Warn);
    let deploy = "\
on: {push: {branches: [main]}}
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-24.04
    environment: production
    concurrency: production
    steps:
      - uses: example/deploy@v3
";
    let deploy = look(&[(".github/workflows/deploy.yml", deploy)]);
    let old = Baseline::of(&deploy.findings, &[], &Exceptions::default());
    let decision = judge(&deploy, Some(&old), &policy);
    assert_eq!(decision.verdict, Verdict::Deny);
    assert!(decision.reasons.iter().any(|reason| reason.rule == Rule::UnpinnedDeployActions), "{decision:?}");
    let broken = look(&[("deploy/a.yaml", "apiVersion: v1\nkind: Pod\nx: \"never closed\n")]);
    assert_eq!(judge(&broken, None, &policy).verdict, Verdict::Deny);
}

#[test]
fn thresholds_come_from_the_policy_and_wrong_ones_are_errors() {
    let settings: GateSettings = toml::from_str("[merge]\nseverity = \"critical\"\nwarn = \"high\"\n").unwrap();
    let decision = judge(&look(&[("deploy/agent.yaml", POD)]), None, &settings.merge);
    assert!(!denies_privileged(&decision) || decision.reasons.iter().all(|r| r.severity >= Some(Severity::Critical)));
    for bad in ["[merge]\nseverity = \"hihg\"", "[merge]\nsecrets = \"warn\"", "[merg]", "[merge]\nall = 1"] {
        assert!(toml::from_str::<GateSettings>(bad).is_err(), "{bad}");
    }
    for bad in ["max-days = 0", "max-days = 367", "max-days = -1", "max-dayz = 5"] {
        assert!(toml::from_str::<ExceptionSettings>(bad).is_err(), "{bad}");
    }
    assert_eq!(toml::from_str::<ExceptionSettings>("max-days = 366").unwrap().max_days.get(), 366);
}

#[test]
fn every_reason_says_where_and_what_to_do() {
    let case = look(&[("deploy/agent.yaml", POD), ("Cargo.lock", "["), (EXCEPTIONS_FILE, "x")]);
    let decision = judge(&case, None, &MergePolicy::default());
    assert!(decision.reasons.len() > 3);
    for reason in &decision.reasons {
        assert!(!reason.what.is_empty() && !reason.next.is_empty() && reason.place.is_some(), "{reason:?}");
    }
    let effects: Vec<Verdict> = decision.reasons.iter().map(|reason| reason.effect).collect();
    assert!(effects.is_sorted_by(|left, right| left >= right), "{effects:?}");
}
