//! Who may come in: pools of users, and APIs that ask for a login.

use palisade_model::Severity;

use crate::iac::{Resource, Rule, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("login.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        likely(meta(
            "iac/aws-guests-get-credentials",
            "anybody gets credentials of the account",
            PAGE,
            Severity::Medium,
            &["E4-T3"],
            &["CWE-306"],
        )),
        &["aws_cognito_identity_pool"],
        Rule::new(
            "allow_unauthenticated_identities",
            Wanted::NotTrue,
            "everybody on the internet is given AWS credentials of the guests' role without a login",
        ),
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-users-without-second-factor",
            "users cannot have a second factor",
            PAGE,
            Severity::Low,
            &["E4-T4"],
            &["CWE-308"],
        )),
        &["aws_cognito_user_pool"],
        Rule::new(
            "mfa_configuration",
            Wanted::OneOf(&["ON", "OPTIONAL"]),
            "a password that leaked elsewhere is enough to be this user: set `mfa_configuration`",
        ),
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-graph-open-to-key-holders",
            "GraphQL API is opened by a key that all clients share",
            PAGE,
            Severity::Low,
            &["E4-T3"],
            &["CWE-306"],
        )),
        &["aws_appsync_graphql_api"],
        Rule::new(
            "authentication_type",
            Wanted::NoneOf(&["API_KEY"]),
            "the key stands in every client, and says nothing about who calls: ask for a login",
        ),
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-route-without-login",
            "route of an API asks for no login",
            PAGE,
            Severity::Low,
            &["E4-T3"],
            &["CWE-306"],
        )),
        &["aws_apigatewayv2_route"],
        without_login,
    ),
];

fn without_login(resource: &Resource<'_>, report: &mut Report<'_>) {
    let route = resource.text("route_key").unwrap_or("");
    // Of a WebSocket only the connection can ask; a browser asks for OPTIONS before it may send a login.
    let asks = route == "$connect" || route.contains(" /") && !route.starts_with("OPTIONS ");
    let setting = resource.setting("authorization_type");
    if asks && setting.value.and_then(|value| value.as_str()) == Some("NONE") {
        let message = "everybody may call this route; add an authorizer if it is not meant to be public";
        resource.fault(setting, message, report);
    }
}
