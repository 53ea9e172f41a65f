//! CI pipelines: GitHub Actions, Dependabot and GitLab CI.
//!
//! One walk over a file serves all checks: [`judge`] hands each of them the workflow,
//! step, expression or pipeline it asked for. Nothing here asks the network, so what
//! only a registry or GitHub itself can tell (whether a pinned commit belongs to the
//! repository it names, advisories of the day) is left out.
//!
//! For the gate: actions that are not pinned by commit are `ci/unpinned-action-in-deploy`
//! in workflows that deploy or release, and `ci/unpinned-action` in all others. "Actions
//! in deploy workflows are pinned" therefore is: no finding of the former.

pub mod place;

use palisade_inventory::action::Action;
use palisade_inventory::dependabot::Dependabot;
use palisade_inventory::gitlab::Pipeline;
use palisade_inventory::workflow::{Located, Step, Workflow};
use palisade_inventory::yaml::Node;
use palisade_inventory::{Facts, Format};

use crate::{Check, Report, Run};
use place::{ExpressionAt, Place, StepAt};

/// The family's checks.
pub static CHECKS: &[&Check] = &[];

/// Runs every check that concerns this kind of file over one document.
pub(crate) fn judge(
    checks: &[&'static Check],
    format: Format,
    root: Node<'_>,
    report: &mut Report<'_>,
    _facts: &mut Facts,
) {
    match format {
        Format::Workflow => {
            let workflow = Workflow::new(root);
            let place = Place { workflow: Some(&workflow), ..Place::default() };
            for check in checks {
                report.switch(&check.meta);
                match check.run {
                    Run::Workflow(run) => run(&workflow, report),
                    Run::Step(run) => {
                        for job in &workflow.jobs {
                            each_step(&job.steps, Place { job: Some(job), ..place }, run, report);
                        }
                    }
                    Run::Expression(run) => {
                        each_expression(&workflow.expressions, None, place, run, report);
                        for job in &workflow.jobs {
                            let place = Place { job: Some(job), ..place };
                            each_expression(&job.expressions, None, place, run, report);
                            each_step_expression(&job.steps, place, run, report);
                        }
                    }
                    _ => {}
                }
            }
        }
        Format::Action => {
            let action = Action::new(root);
            let place = Place { action: Some(&action), ..Place::default() };
            for check in checks {
                report.switch(&check.meta);
                match check.run {
                    Run::Action(run) => run(&action, report),
                    Run::Step(run) => each_step(&action.steps, place, run, report),
                    Run::Expression(run) => each_step_expression(&action.steps, place, run, report),
                    _ => {}
                }
            }
        }
        Format::Dependabot => {
            let dependabot = Dependabot::new(root);
            for check in checks {
                if let Run::Dependabot(run) = check.run {
                    report.switch(&check.meta);
                    run(&dependabot, report);
                }
            }
        }
        Format::Gitlab => {
            let pipeline = Pipeline::new(root);
            for check in checks {
                if let Run::Gitlab(run) = check.run {
                    report.switch(&check.meta);
                    run(&pipeline, report);
                }
            }
        }
        _ => {}
    }
}

type OnStep = fn(&StepAt<'_, '_>, &mut Report<'_>);
type OnExpression = fn(&ExpressionAt<'_, '_>, &mut Report<'_>);

fn each_step<'a, 'y>(steps: &'a [Step<'y>], place: Place<'a, 'y>, run: OnStep, report: &mut Report<'_>) {
    for step in steps {
        run(&StepAt { step, place }, report);
    }
}

fn each_step_expression<'a, 'y>(
    steps: &'a [Step<'y>],
    place: Place<'a, 'y>,
    run: OnExpression,
    report: &mut Report<'_>,
) {
    for step in steps {
        each_expression(&step.expressions, Some(step), place, run, report);
    }
}

fn each_expression<'a, 'y>(
    expressions: &'a [Located<'y>],
    step: Option<&'a Step<'y>>,
    place: Place<'a, 'y>,
    run: OnExpression,
    report: &mut Report<'_>,
) {
    for located in expressions {
        run(&ExpressionAt { located, step, place }, report);
    }
}
