//! Who may become a role.

use palisade_inventory::terraform::{Condition, Origin, Statement};
use palisade_model::Severity;

use super::document::account_of;
use super::{Document, Role, likely, meta};
use crate::iac::policy;
use crate::{Check, Report};

const PAGE: &str = include_str!("trust.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_policy(
        meta(
            "iam/role-for-anybody",
            "everybody may assume this role",
            PAGE,
            Severity::Critical,
            &["E4-T2", "E4-T3"],
            &["CWE-284"],
        ),
        for_anybody,
    ),
    Check::on_policy(
        meta(
            "iam/oidc-trust-without-subject",
            "role trusts everybody whom an identity provider knows",
            PAGE,
            Severity::Critical,
            &["E2-T3", "E4-T2"],
            &["CWE-284", "CWE-346"],
        ),
        without_subject,
    ),
    Check::on_policy(
        likely(meta(
            "iam/oidc-subject-wide",
            "role trusts more pipelines or pods than one",
            PAGE,
            Severity::Medium,
            &["E2-T3", "E4-T2"],
            &["CWE-284"],
        )),
        wide_subject,
    ),
    Check::on_policy(
        meta(
            "iam/oidc-trusts-pull-requests",
            "role trusts pipelines of pull requests",
            PAGE,
            Severity::High,
            &["E2-T3", "E4-T2"],
            &["CWE-284"],
        ),
        pull_requests,
    ),
    Check::on_policy(
        meta(
            "iam/vendor-without-external-id",
            "a vendor's account is trusted without an external id",
            PAGE,
            Severity::High,
            &["E4-T2"],
            &["CWE-441"],
        ),
        vendor,
    ),
    Check::on_policy(
        likely(meta(
            "iam/whole-account-trusted",
            "everybody in another account may assume this role",
            PAGE,
            Severity::Low,
            &["E4-T2"],
            &["CWE-284"],
        )),
        whole_account,
    ),
];

fn for_anybody(document: &Document<'_>, report: &mut Report<'_>) {
    for statement in document.allowing(Role::Trust) {
        let Some(principal) = policy::everybody(statement).filter(|_| !policy::is_narrowed(statement)) else {
            continue;
        };
        let message = "every AWS account in the world may assume this role; name the accounts or services";
        document.fault(principal.origin, message, report);
    }
}

/// Issuers whose tokens many can get, and what their subjects are.
const ISSUERS: [(&str, &str); 8] = [
    ("token.actions.githubusercontent.com", "every pipeline on GitHub Actions"),
    ("gitlab.com", "every pipeline on GitLab"),
    ("app.terraform.io", "every workspace on HCP Terraform"),
    ("oidc.circleci.com", "every pipeline on CircleCI"),
    ("agent.buildkite.com", "every pipeline on Buildkite"),
    ("api.bitbucket.org", "every pipeline on Bitbucket"),
    ("oidc.eks.", "every pod of the cluster"),
    ("cognito-identity.amazonaws.com", "every visitor of every identity pool"),
];

/// A federated principal, and who it stands for.
fn federated(statement: &Statement) -> Option<(Origin, &'static str)> {
    statement.principals.iter().filter(|(kind, _)| kind == "Federated").find_map(|(_, id)| {
        let text = id.as_partial().map(str::to_owned).or_else(|| Some(id.target()?.address.to_string()))?;
        let known = ISSUERS.iter().find(|(issuer, _)| text.contains(issuer)).map(|(_, who)| *who);
        let named = || {
            let words = [("github", ISSUERS[0].1), ("gitlab", ISSUERS[1].1), ("eks", ISSUERS[6].1)];
            words.iter().find(|(word, _)| id.target().is_some() && text.contains(word)).map(|(_, who)| *who)
        };
        known.or_else(named).map(|who| (id.origin, who))
    })
}

/// Whether a claim says whose token it is.
fn is_subject(key: &str) -> bool {
    let claims = [":sub", ":repository", ":repository_owner", ":job_workflow_ref", ":repository_id", ":project_path"];
    claims.iter().any(|claim| key.ends_with(claim)) || key == "cognito-identity.amazonaws.com:aud"
}

fn without_subject(document: &Document<'_>, report: &mut Report<'_>) {
    for statement in document.allowing(Role::Trust).filter(|statement| !statement.conditions_unknown) {
        let Some((place, who)) = federated(statement) else { continue };
        // A key with unknown parts may be any.
        if statement.conditions.iter().any(|one| one.key.ends_with(palisade_inventory::terraform::HOLE)) {
            continue;
        }
        let subjects = || statement.conditions.iter().filter(|one| is_subject(&one.key));
        let holds = |one: &&Condition| {
            let operator = one.operator.to_ascii_lowercase();
            !operator.contains("not") && !operator.ends_with("ifexists") && !operator.starts_with("forallvalues")
        };
        let Some(subject) = subjects().find(holds) else {
            let message = match subjects().next() {
                Some(idle) => format!(
                    "{who} may assume this role: `{}` lets through tokens that it does not fit; use StringEquals",
                    idle.operator
                ),
                None => format!("{who} may assume this role, whosoever it is: compare the `sub` claim"),
            };
            document.fault(place, &message, report);
            continue;
        };
        let wide = subject.values.iter().find(|value| {
            let text = value.as_str().unwrap_or("-");
            let like = subject.operator.to_ascii_lowercase().contains("like");
            like && matches!(
                text,
                "*" | "repo:*"
                    | "repo:*/*"
                    | "repo:*/*:*"
                    | "repo:*:*"
                    | "project_path:*"
                    | "system:*"
                    | "system:serviceaccount:*"
                    | "system:serviceaccount:*:*"
            )
        });
        if let Some(wide) = wide {
            let message = format!("{who} matches this subject; name whom you mean");
            document.fault(wide.origin, &message, report);
        }
    }
}

fn wide_subject(document: &Document<'_>, report: &mut Report<'_>) {
    for statement in document.allowing(Role::Trust) {
        let subjects = statement.conditions.iter().filter(|one| one.key.ends_with(":sub"));
        for value in
            subjects.filter(|one| one.operator.to_ascii_lowercase().contains("like")).flat_map(|one| &one.values)
        {
            let Some(text) = value.as_partial() else { continue };
            let parts: Vec<&str> = text.split(':').collect();
            let found = match parts.as_slice() {
                ["repo", repository, ..] => repository.split_once('/').and_then(|(owner, name)| {
                    let all = name.contains('*') && !owner.contains('*') && !owner.is_empty();
                    all.then(|| format!("every repository of {owner} may assume this role, whoever may write to it"))
                }),
                ["project_path", path, ..] if path.ends_with("/*") => {
                    Some("every project of this group may assume this role, whoever may write to it".to_owned())
                }
                ["system", "serviceaccount", namespace, account] if !namespace.contains('*') && *account == "*" => {
                    Some("every service account of this namespace may assume this role; name the account".to_owned())
                }
                ["system", "serviceaccount", "*", account] if !account.contains('*') => Some(
                    "whoever makes a service account of this name in any namespace may assume this role".to_owned(),
                ),
                _ => None,
            };
            if let Some(message) = found {
                document.fault(value.origin, &message, report);
            }
        }
    }
}

fn pull_requests(document: &Document<'_>, report: &mut Report<'_>) {
    for statement in document.allowing(Role::Trust) {
        for value in statement.conditions.iter().filter(|one| one.key.ends_with(":sub")).flat_map(|one| &one.values) {
            if value.as_partial().is_some_and(|text| text.starts_with("repo:") && text.ends_with(":pull_request")) {
                let message = "code of a pull request runs with this role before anybody has read it: \
                               name a branch or an environment";
                document.fault(value.origin, message, report);
            }
        }
    }
}

/// Accounts from which vendors assume roles of their customers, as their own documentation gives them.
const VENDORS: [(&str, &str); 5] = [
    ("464622532012", "Datadog"),
    ("754728514883", "New Relic"),
    ("414351767826", "Databricks"),
    ("434813966438", "Lacework"),
    ("454464851268", "CloudHealth"),
];

/// Principals of accounts in a trust policy that nothing narrows.
fn accounts(statement: &Statement) -> impl Iterator<Item = (&str, &str, Origin)> {
    let open = !policy::is_narrowed(statement) && statement.conditions.is_empty();
    statement.principals.iter().filter(move |(kind, _)| open && kind == "AWS").filter_map(|(_, id)| {
        let text = id.as_str()?;
        Some((account_of(text)?, text, id.origin))
    })
}

fn vendor(document: &Document<'_>, report: &mut Report<'_>) {
    for statement in document.allowing(Role::Trust) {
        for (account, _, place) in accounts(statement) {
            let Some((_, vendor)) = VENDORS.iter().find(|(known, _)| *known == account) else { continue };
            let message = format!(
                "any other customer of {vendor} who knows the name of this role can have {vendor} use it: \
                 compare `sts:ExternalId`"
            );
            document.fault(place, &message, report);
        }
    }
}

fn whole_account(document: &Document<'_>, report: &mut Report<'_>) {
    for statement in document.allowing(Role::Trust) {
        for (account, text, place) in accounts(statement) {
            let whole = text == account || text.ends_with(":root");
            if !whole || VENDORS.iter().any(|(known, _)| *known == account) {
                continue;
            }
            let message = format!(
                "whoever may assume roles in account {account} may assume this one: name the role that is meant, \
                 or add `sts:ExternalId` when the account is somebody else's"
            );
            document.fault(place, &message, report);
        }
    }
}
