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
    assert!(place.expect(&["plan", "--ticket", "e5-t1"], 1).starts_with("E5-T1 "), "in small letters too");
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

#[test]
fn what_is_critical_is_never_left_out() {
    let place = place();
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
        "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}]}"#;
    place.write("infra/trust.json", trust);
    for folder in 0..12 {
        let place_of = |name: &str| format!("services/s{folder}/{name}");
        place.write(&place_of("pod.yaml"), POD);
        place.write(&place_of("Dockerfile"), "FROM debian:latest\nRUN curl http://example.com/x | sh\n");
    }
    let plan = place.json(&["plan"], 0);
    let tickets = plan["epics"].as_array().unwrap().iter().flat_map(|epic| epic["tickets"].as_array().unwrap());
    let critical: Vec<&Value> = tickets.filter(|ticket| ticket["gap"]["worst"] == "critical").collect();
    assert!(critical.iter().any(|ticket| ticket["code"] == "E2-T3"), "{critical:#?}");
    let sprint = plan["sprint"].as_array().unwrap();
    assert!(critical.iter().all(|ticket| sprint.contains(&ticket["code"])), "{sprint:?}");
    assert!(sprint.iter().take(critical.len()).all(|code| critical.iter().any(|ticket| ticket["code"] == *code)));
}

#[test]
fn owners_are_plain_and_commands_list_what_they_say() {
    let place = place();
    let plan = place.json(&["plan"], 0);
    let tickets = plan["epics"].as_array().unwrap().iter().flat_map(|epic| epic["tickets"].as_array().unwrap());
    for ticket in tickets.filter(|ticket| ticket["status"] == "open") {
        let text = place.expect(&["plan", "--ticket", ticket["code"].as_str().unwrap()], 1);
        let select = text.split_once("--select ").unwrap().1.split('`').next().unwrap();
        let scan = place.json(&["scan", "--all", "--select", select], 0);
        let found = scan["findings"].as_array().unwrap().len() as u64;
        assert_eq!(Some(found), ticket["gap"]["findings"].as_u64(), "{text}");
    }
    for format in ["markdown", "html", "json", "jira-csv", "linear-csv", "github-json"] {
        let text = place.expect(&["plan", "--format", format], 0);
        assert!(text.contains("@shop/platform") && !text.contains("&#8203;shop"), "{format}: {text}");
    }
}
