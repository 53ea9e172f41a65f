//! Expressions that are only literals in disguise, and odd paths in `uses:`.

use super::place::Definition;
use palisade_inventory::expression::{Expression, Kind, Root, Value};
use palisade_inventory::workflow::{Located, Source, Step, Uses};
use palisade_model::Span;
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_definition(
    Meta {
        id: "ci/obfuscated-expression",
        title: "expression or reference hides what it does",
        page: include_str!("obfuscated_expression.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E2-T2"],
        maps: &["CWE-506", "OWASP-CICD:CICD-SEC-4"],
    },
    run,
);

fn run(definition: &Definition<'_, '_>, report: &mut Report<'_>) {
    match definition {
        Definition::Workflow(workflow) => {
            judge(&workflow.expressions, report);
            for job in &workflow.jobs {
                job.uses.iter().for_each(|uses| of_path(uses, report));
                judge(&job.expressions, report);
                of_steps(&job.steps, report);
            }
        }
        Definition::Action(action) => of_steps(&action.steps, report),
    }
}

fn of_steps(steps: &[Step<'_>], report: &mut Report<'_>) {
    for step in steps {
        step.uses.iter().for_each(|uses| of_path(uses, report));
        judge(&step.expressions, report);
    }
}

fn of_path(uses: &Uses<'_>, report: &mut Report<'_>) {
    let path = match uses.source {
        Source::Repository { owner, repository, path, .. } => {
            if owner.is_empty() || repository.is_empty() || matches!(repository, "." | "..") {
                report.finding(
                    uses.node.span(),
                    "this path is not how the action is named; other tools will not see what it is",
                );
                return;
            }
            path
        }
        Source::Workspace(path) => path.trim_start_matches("./").trim_start_matches("../"),
        Source::Own(path) => path,
        Source::Docker(_) => return,
    };
    let path = path.trim_end_matches('/');
    if !path.is_empty() && path != "." && path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        report
            .finding(uses.node.span(), "this path is not how the action is named; other tools will not see what it is");
    }
}

fn judge(expressions: &[Located<'_>], report: &mut Report<'_>) {
    for located in expressions {
        let Ok(expression) = &located.parsed else { continue };
        let mut spans: Vec<(Span, String)> = Vec::new();
        if let Kind::Literal(Value::Text(text)) = &expression.kind {
            let message = format!("this is always `{text}`; write that");
            report.finding(located.span(), message).severity(Severity::Info);
            continue;
        }
        expression.each(&mut |inner| {
            if spans.iter().any(|(span, _)| span.contains(inner.span)) {
                return;
            }
            if let Some(plain) = disguised(inner) {
                spans.push((inner.span, plain));
            }
        });
        for (span, message) in spans {
            report.finding(located.span_of(span), message);
        }
    }
}

/// What a needlessly roundabout expression comes to.
fn disguised(expression: &Expression) -> Option<String> {
    match &expression.kind {
        Kind::Call { function, arguments } => {
            if matches!(function.as_str(), "format" | "contains" | "startswith" | "endswith")
                && !arguments.is_empty()
                && let Some(value) = expression.constant()
            {
                return Some(format!("this is always `{}`; write that", value.text()));
            }
            let inner = arguments.first()?;
            if let Kind::Call { function: second, .. } = &inner.kind
                && (function == "fromjson" && second == "tojson" || function == "tojson" && second == "fromjson")
            {
                return Some("these two calls undo each other; write the value itself".to_owned());
            }
            None
        }
        Kind::Any(_) | Kind::All(_) | Kind::Not(_) | Kind::Compare(..) => {
            let mut plain = true;
            expression.each(&mut |inner| {
                plain &= !matches!(inner.kind, Kind::Access { .. } | Kind::Call { .. });
            });
            let value = expression.constant().filter(|_| plain)?;
            Some(format!("this is always `{}`; write that", value.text()))
        }
        Kind::Access { root: Root::Value(value), .. } => match &value.kind {
            Kind::Call { function, arguments } if function == "fromjson" => {
                let inner = arguments.first()?;
                matches!(&inner.kind, Kind::Call { function, .. } if function == "tojson")
                    .then(|| "these two calls undo each other; write the value itself".to_owned())
            }
            _ => None,
        },
        _ => None,
    }
}
