//! A plan counts what a scan found, continues the one before, and is safe to import.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::fs;

use common::{POD, Place};
use serde_json::Value;

fn ticket<'p>(plan: &'p Value, code: &str) -> &'p Value {
    let tickets = plan["epics"].as_array().unwrap().iter().flat_map(|epic| epic["tickets"].as_array().unwrap());
    tickets.into_iter().find(|ticket| ticket["code"] == code).unwrap()
}

fn place() -> Place {
    Place::new(&[
        ("deploy/=agent.yaml", POD),
        (".github/CODEOWNERS", "* @shop/all\n/deploy/ @shop/platform\n"),
        (
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n",
        ),
    ])
}

#[test]
fn each_finding_is_in_one_ticket_and_none_is_lost() {
    let place = place();
    let plan = place.json(&["plan"], 0);
    let scan = place.json(&["scan"], 0);
    let tickets = plan["epics"].as_array().unwrap().iter().flat_map(|epic| epic["tickets"].as_array().unwrap());
    let counted: u64 = tickets.filter_map(|ticket| ticket["gap"]["findings"].as_u64()).sum();
    assert_eq!(counted, scan["findings"].as_array().unwrap().len() as u64);
    place.expect(&["scan", "--format", "json", "--output", "../scan.json"], 0);
    assert_eq!(place.json(&["plan", "--from", "../scan.json"], 0), plan);
    let pods = ticket(&plan, "E5-T1");
    assert_eq!(
        (&pods["status"], &pods["owners"][0]),
        (&Value::from("open"), &Value::from("@shop/platform")),
        "{pods:#}"
    );
    assert_eq!(ticket(&plan, "E1-T3")["status"], "not-measured");
    assert_eq!(ticket(&plan, "E2-T2")["status"], "clean");
}

#[test]
fn a_plan_made_again_closes_and_never_files_twice() {
    let place = place();
    let first = place.json(&["plan"], 0);
    assert_eq!(ticket(&first, "E5-T1")["change"], "new");
    place.expect(&["plan", "--format", "json", "--output", ".palisade/plan.json"], 0);
    let again = place.json(&["plan"], 0);
    assert_eq!(ticket(&again, "E5-T1")["change"], "kept");
    // What is filed already is not imported again.
    assert_eq!(place.expect(&["plan", "--format", "linear-csv"], 0).lines().count(), 1);
    assert_eq!(place.expect(&["plan", "--format", "jira-csv"], 0).lines().count(), 1);
    // A scan that did not look closes nothing.
    assert_eq!(ticket(&place.json(&["plan", "--select", "secrets"], 0), "E5-T1")["change"], "kept");
    fs::remove_file(place.root.join("deploy/=agent.yaml")).unwrap();
    place.write("SECURITY.md", "Write to us.\n");
    place.write("app.py", "print('hello')\n");
    place.expect(&["plan", "--format", "json", "--output", ".palisade/plan.json"], 0);
    let saved: Value = serde_json::from_slice(&fs::read(place.root.join(".palisade/plan.json")).unwrap()).unwrap();
    assert_eq!(ticket(&saved, "E5-T1")["change"], "closed");
    // Of what is measured in part, a person closes the rest.
    assert_eq!(ticket(&first, "T-024.6")["status"], "open");
    assert_eq!(
        (&ticket(&saved, "T-024.6")["status"], &ticket(&saved, "T-024.6")["change"]),
        (&"partly-measured".into(), &"kept".into())
    );
    place.write("deploy/agent.yaml", POD);
    assert_eq!(ticket(&place.json(&["plan"], 0), "E5-T1")["change"], "reopened");
}

#[test]
fn a_ticket_alone_tells_by_its_exit_code() {
    let place = place();
    assert!(place.expect(&["plan", "--ticket", "E5-T1"], 1).starts_with("E5-T1 "));
    place.expect(&["plan", "--ticket", "E2-T2"], 0);
    place.expect(&["plan", "--ticket", "E1-T3"], 2);
    place.expect(&["plan", "--ticket", "E10-T1"], 2);
    place.write("bad.json", "{\"schema\": \"palisade.scan/1\"}");
    place.expect(&["plan", "--previous", "bad.json"], 2);
    place.expect(&["plan", "--from", "bad.json"], 2);
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "deploy/<img src=x>`|@me.yaml";
    let place = Place::new(&[(hostile, POD)]);
    for format in ["html", "markdown", "github-json"] {
        let text = place.expect(&["plan", "--format", format], 0);
        assert!(text.contains("src=x"), "{format}");
        let raw = if format == "html" { "<img" } else { "\n<img" };
        assert!(!text.contains(raw), "{format}");
    }
    let html = place.expect(&["plan", "--format", "html"], 0);
    assert!(html.contains("default-src 'none'") && !html.contains("<script"), "the page runs something");
}
