//! The forms that workflows come in.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::*;
use crate::yaml::Yaml;

const TEXT: &str = r#"
"on": {push: {branches: [main]}, pull_request_target: }
permissions: {contents: read, id-token: write}
env: {A: "${{ github.head_ref }}"}
jobs:
  build:
    runs-on: {group: big, labels: [self-hosted, x]}
    needs: lint
    if: ${{ github.ref == 'x' }}
    container: alpine:3
    services: {db: {image: "postgres:16", credentials: {password: x}}}
    steps:
      - uses: Actions/Checkout/sub@v4 # c
        with: {Persist-Credentials: false}
      - id: two
        if: github.actor == 'me'
        run: |
          echo "ü" ${{ env.A }}
          curl x | sh
  call:
    uses: ./.github/workflows/x.yml
    permissions: write-all
"#;

#[test]
fn a_workflow_is_read_with_places() {
    let yaml = Yaml::parse(TEXT);
    let workflow = Workflow::new(yaml.root().unwrap());
    assert!(workflow.starts_on(&["pull_request_target"]));
    assert_eq!(workflow.trigger("push").unwrap().config.unwrap().get("branches").unwrap().items().count(), 1);
    assert!(workflow.permissions.writes("id-token").is_some() && workflow.permissions.writes("contents").is_none());
    assert!(matches!(workflow.expressions[0].slot, Slot::Env("A")));
    let build = workflow.job("build").unwrap();
    assert_eq!(build.runner_labels().len(), 2);
    assert_eq!(build.needs().collect::<Vec<_>>(), ["lint"]);
    let images: Vec<_> =
        build.containers().iter().map(|container| container.image.unwrap().as_str().unwrap()).collect();
    assert_eq!(images, ["alpine:3", "postgres:16"]);
    let uses = build.steps[0].uses.unwrap();
    assert!(uses.is("actions/checkout/sub") && !uses.is("actions/checkout") && !uses.is_pinned());
    assert_eq!((uses.slug(), uses.major_version()), (Some("Actions/Checkout"), Some(4)));
    assert_eq!(uses.reference_span().of(TEXT), "v4");
    assert_eq!(build.steps[0].input_str("persist-credentials"), Some("false"));
    let run = &build.steps[1];
    assert_eq!(run.expressions.len(), 2);
    assert_eq!(run.expressions[1].span().of(TEXT), "env.A");
    let curl =
        run.script().commands.iter().find(|command| command.program().is_some_and(|p| p.name == "curl")).unwrap();
    assert_eq!(run.span_of(curl.span).of(TEXT), "curl x");
    assert!(matches!(workflow.job("call").unwrap().permissions.grant, Grant::WriteAll(_)));
}

#[test]
fn triggers_have_three_forms() {
    for text in ["on: push", "on: [push]", "on:\n  push:", "true: push", "'on': push"] {
        let yaml = Yaml::parse(text);
        let workflow = Workflow::new(yaml.root().unwrap());
        assert!(workflow.starts_only_on(&["push"]), "{text}");
    }
}

#[test]
fn odd_shapes_are_left_out() {
    for text in ["[]", "jobs: []", "jobs: {a: }", "jobs: {a: {steps: [1, [], {uses: }, {uses: x}]}}", "on: {1: 2}", "x"]
    {
        let yaml = Yaml::parse(text);
        let workflow = Workflow::new(yaml.root().unwrap());
        assert!(workflow.jobs.iter().all(|job| job.steps.iter().all(|step| step.uses.is_none())), "{text}");
    }
}

#[test]
fn ten_thousand_jobs_and_alias_bombs_are_read_in_time() {
    let mut text = String::from("on: push\njobs:\n");
    for at in 0..10_000 {
        text.push_str(&format!("  j{at}:\n    steps: [{{run: 'echo ${{{{ github.ref }}}}'}}]\n"));
    }
    let yaml = Yaml::parse(text);
    assert_eq!(Workflow::new(yaml.root().unwrap()).jobs.len(), 10_000);
    let mut bomb = String::from("x-a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (before, name) in ('a'..'y').zip('b'..'z') {
        bomb.push_str(&format!("x-{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(", ")));
    }
    bomb.push_str("jobs: {j: {x: *y, steps: [{with: *y, run: *y, env: *x}]}}");
    let yaml = Yaml::parse(bomb);
    assert_eq!(Workflow::new(yaml.root().unwrap()).expressions.len(), 0);
}
