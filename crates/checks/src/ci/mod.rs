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

pub mod adhoc_install;
pub mod anonymous_definition;
pub mod archived_action;
pub mod broad_app_token;
pub mod broad_oidc;
pub mod cache_shared_with_untrusted;
mod caches;
pub mod cloud_login_without_oidc;
pub mod compromised_action;
pub mod contradictory_pin;
pub mod dangerous_trigger;
pub mod dependabot_code_execution;
pub mod dependabot_without_cooldown;
pub mod deploy_without_concurrency;
pub mod deploy_without_environment;
pub mod deploy_without_freeze;
pub mod discouraged_feature;
mod environment;
pub mod environment_file_write;
mod evidence;
pub mod excessive_permissions;
mod facts;
pub mod forbidden_action;
mod git;
pub mod gitlab_broad_id_token;
pub mod gitlab_debug_trace;
mod gitlab_deploy;
pub mod gitlab_deploy_from_any_branch;
pub mod gitlab_deploy_without_environment;
pub mod gitlab_deploy_without_resource_group;
pub mod gitlab_docker_without_tls;
pub mod gitlab_exposed_artifact;
pub mod gitlab_ignored_scan;
pub mod gitlab_plaintext_secret;
pub mod gitlab_script_injection;
pub mod gitlab_script_piped_to_shell;
pub mod gitlab_shared_cache;
pub mod gitlab_static_cloud_key;
pub mod gitlab_unpinned_image;
pub mod gitlab_unpinned_include;
pub mod hardcoded_container_credentials;
pub mod inherited_secrets;
pub mod insecure_commands;
pub mod missing_permissions;
pub mod missing_scan;
mod needs;
pub mod obfuscated_expression;
mod oidc;
mod oidc_env;
pub mod overprovisioned_secrets;
pub mod persisted_credentials;
pub mod place;
pub mod release_from_cache;
pub mod script_piped_to_shell;
pub mod secret_in_pull_request_target;
pub mod secret_outside_environment;
pub mod self_hosted_runner;
pub mod settings;
pub mod spoofable_actor;
pub mod static_cloud_key;
pub mod static_registry_token;
pub mod superfluous_action;
mod tables;
mod taint;
pub mod template_injection;
pub mod traced_secret;
pub mod typosquatted_action;
pub mod undocumented_permission;
pub mod unexplained_pin;
pub mod unlimited_concurrency;
pub mod unpinned_action;
pub mod unpinned_action_in_deploy;
pub mod unpinned_image;
pub mod unpinned_tool;
pub mod unreadable_expression;
pub mod unredacted_secret;
pub mod unsound_condition;
pub mod unsound_contains;
pub mod unsound_ternary;
pub mod untrusted_artifact;
pub mod untrusted_checkout;
pub mod workspace_relative_action;

use palisade_inventory::action::Action;
use palisade_inventory::dependabot::Dependabot;
use palisade_inventory::gitlab::Pipeline;
use palisade_inventory::workflow::{Located, Step, Workflow};
use palisade_inventory::yaml::Node;
use palisade_inventory::{Facts, Format};

use crate::{Check, Report, Run};
use place::{Definition, ExpressionAt, Place, StepAt, UsesAt};

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &adhoc_install::CHECK,
    &anonymous_definition::CHECK,
    &archived_action::CHECK,
    &broad_app_token::CHECK,
    &broad_oidc::CHECK,
    &cache_shared_with_untrusted::CHECK,
    &cloud_login_without_oidc::CHECK,
    &compromised_action::CHECK,
    &contradictory_pin::CHECK,
    &dangerous_trigger::CHECK,
    &dependabot_code_execution::CHECK,
    &dependabot_without_cooldown::CHECK,
    &deploy_without_concurrency::CHECK,
    &deploy_without_environment::CHECK,
    &deploy_without_freeze::CHECK,
    &discouraged_feature::CHECK,
    &environment_file_write::CHECK,
    &excessive_permissions::CHECK,
    &forbidden_action::CHECK,
    &gitlab_broad_id_token::CHECK,
    &gitlab_debug_trace::CHECK,
    &gitlab_deploy_from_any_branch::CHECK,
    &gitlab_deploy_without_environment::CHECK,
    &gitlab_deploy_without_resource_group::CHECK,
    &gitlab_docker_without_tls::CHECK,
    &gitlab_exposed_artifact::CHECK,
    &gitlab_ignored_scan::CHECK,
    &gitlab_plaintext_secret::CHECK,
    &gitlab_script_injection::CHECK,
    &gitlab_script_piped_to_shell::CHECK,
    &gitlab_shared_cache::CHECK,
    &gitlab_static_cloud_key::CHECK,
    &gitlab_unpinned_image::CHECK,
    &gitlab_unpinned_include::CHECK,
    &hardcoded_container_credentials::CHECK,
    &inherited_secrets::CHECK,
    &insecure_commands::CHECK,
    &missing_permissions::CHECK,
    &missing_scan::CHECK,
    &obfuscated_expression::CHECK,
    &overprovisioned_secrets::CHECK,
    &persisted_credentials::CHECK,
    &release_from_cache::CHECK,
    &script_piped_to_shell::CHECK,
    &secret_in_pull_request_target::CHECK,
    &secret_outside_environment::CHECK,
    &self_hosted_runner::CHECK,
    &spoofable_actor::CHECK,
    &static_cloud_key::CHECK,
    &static_registry_token::CHECK,
    &superfluous_action::CHECK,
    &template_injection::CHECK,
    &traced_secret::CHECK,
    &typosquatted_action::CHECK,
    &undocumented_permission::CHECK,
    &unexplained_pin::CHECK,
    &unlimited_concurrency::CHECK,
    &unpinned_action::CHECK,
    &unpinned_action_in_deploy::CHECK,
    &unpinned_image::CHECK,
    &unpinned_tool::CHECK,
    &unreadable_expression::CHECK,
    &unredacted_secret::CHECK,
    &unsound_condition::CHECK,
    &unsound_contains::CHECK,
    &unsound_ternary::CHECK,
    &untrusted_artifact::CHECK,
    &untrusted_checkout::CHECK,
    &workspace_relative_action::CHECK,
];

/// Runs every check that concerns this kind of file over one document.
pub(crate) fn judge(
    checks: &[&'static Check],
    format: Format,
    root: Node<'_>,
    report: &mut Report<'_>,
    facts: &mut Facts,
) {
    match format {
        Format::Workflow => {
            let workflow = Workflow::new(root);
            facts.workflow = Some(Box::new(facts::of(&workflow, report)));
            facts.deploys |= workflow
                .jobs
                .iter()
                .any(|job| evidence::of_job(job).is_some_and(|found| found.effect == evidence::Effect::Deploy));
            let deploys = evidence::deploys_or_releases(&workflow, report.path());
            let place = Place { workflow: Some(&workflow), deploys, ..Place::default() };
            for check in checks {
                report.switch(&check.meta);
                match check.run {
                    Run::Workflow(run) => run(&workflow, report),
                    Run::Definition(run) => run(&Definition::Workflow(&workflow), report),
                    Run::Uses(run) => {
                        for job in &workflow.jobs {
                            let place = Place { job: Some(job), ..place };
                            if let Some(uses) = &job.uses {
                                run(&UsesAt { uses, step: None, place }, report);
                            }
                            each_uses(&job.steps, place, run, report);
                        }
                    }
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
                    Run::Definition(run) => run(&Definition::Action(&action), report),
                    Run::Uses(run) => each_uses(&action.steps, place, run, report),
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
            facts.deploys |= gitlab_deploy::deployments(&pipeline).next().is_some();
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
type OnUses = fn(&UsesAt<'_, '_>, &mut Report<'_>);
type OnExpression = fn(&ExpressionAt<'_, '_>, &mut Report<'_>);

fn each_step<'a, 'y>(steps: &'a [Step<'y>], place: Place<'a, 'y>, run: OnStep, report: &mut Report<'_>) {
    for step in steps {
        run(&StepAt { step, place }, report);
    }
}

fn each_uses<'a, 'y>(steps: &'a [Step<'y>], place: Place<'a, 'y>, run: OnUses, report: &mut Report<'_>) {
    for step in steps {
        if let Some(uses) = &step.uses {
            run(&UsesAt { uses, step: Some(step), place }, report);
        }
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

/// Whether a pattern (`owner/repository`, `owner/*`, `*`) covers an action's `owner/repository`, in any case.
fn covers(pattern: &str, slug: &str) -> bool {
    let (pattern, slug) = (pattern.to_ascii_lowercase(), slug.to_ascii_lowercase());
    match pattern.strip_suffix('*') {
        Some(head) => slug.starts_with(head),
        None => slug == pattern,
    }
}
