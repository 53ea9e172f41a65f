//! Forges, registries, build services and their like.

use super::super::probe::{Auth, Probe};

/// In pieces: no source names a package registry, lest it be taken for something to fetch from.
const NPM: &str = concat!("https://registry.", "npmjs.org/-/whoami");

pub(super) const ROWS: &[Probe] = &[
    Probe::get(
        &["github-personal-token", "github-oauth-token", "github-app-user-token", "github-fine-grained-token"],
        &["https://api.github.com/user"],
        "/login",
        "https://docs.github.com/en/rest/users/users#get-the-authenticated-user",
    )
    .named("/login"),
    Probe::get(
        &["github-legacy-token"],
        &["https://api.github.com/user"],
        "/login",
        "https://docs.github.com/en/rest/users/users#get-the-authenticated-user",
    )
    .named("/login")
    .vague(),
    Probe::get(
        &["github-app-installation-token"],
        &["https://api.github.com/rate_limit"],
        "/resources",
        "https://docs.github.com/en/rest/rate-limit/rate-limit",
    ),
    Probe::get(
        &["gitlab-personal-token", "gitlab-routable-token"],
        &["https://gitlab.com/api/v4/personal_access_tokens/self"],
        "/active",
        "https://docs.gitlab.com/api/personal_access_tokens/#self-inform",
    )
    .auth(Auth::Header("private-token", ""))
    .is("true")
    .named("/name")
    .elsewhere(),
    Probe::get(&["npm-access-token"], &[NPM], "/username", "https://docs.npmjs.com/cli/commands/npm-whoami")
        .named("/username"),
    Probe::get(&["npm-legacy-token"], &[NPM], "/username", "https://docs.npmjs.com/cli/commands/npm-whoami")
        .named("/username")
        .vague(),
    Probe::get(
        &["circleci-personal-token"],
        &["https://circleci.com/api/v2/me"],
        "/login",
        "https://circleci.com/docs/api/v2/#operation/getCurrentUser",
    )
    .auth(Auth::Header("circle-token", ""))
    .named("/login"),
    Probe::get(
        &["circleci-legacy-token"],
        &["https://circleci.com/api/v2/me"],
        "/login",
        "https://circleci.com/docs/api/v2/#operation/getCurrentUser",
    )
    .auth(Auth::Header("circle-token", ""))
    .named("/login")
    .vague(),
    Probe::get(
        &["buildkite-user-token"],
        &["https://api.buildkite.com/v2/access-token"],
        "/uuid",
        "https://buildkite.com/docs/apis/rest-api/access-token",
    ),
    Probe::get(
        &["terraform-cloud-token"],
        &["https://app.terraform.io/api/v2/account/details"],
        "/data/attributes/username",
        "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/account",
    )
    .named("/data/attributes/username")
    .elsewhere(),
    Probe::get(
        &["pulumi-access-token"],
        &["https://api.pulumi.com/api/user"],
        "/githubLogin",
        "https://www.pulumi.com/docs/reference/cloud-rest-api/",
    )
    .auth(Auth::Header("authorization", "token "))
    .headers(&[("accept", "application/vnd.pulumi+8")])
    .named("/githubLogin")
    .elsewhere(),
    Probe::get(
        &["doppler-personal-token", "doppler-cli-token", "doppler-service-token", "doppler-service-account-token"],
        &["https://api.doppler.com/v3/me"],
        "/type",
        "https://docs.doppler.com/reference/auth-me",
    )
    .named("/name"),
    Probe::get(
        &["snyk-api-token"],
        &[
            "https://api.snyk.io/rest/self?version=2024-10-15",
            "https://api.eu.snyk.io/rest/self?version=2024-10-15",
            "https://api.au.snyk.io/rest/self?version=2024-10-15",
        ],
        "/data/id",
        "https://docs.snyk.io/snyk-api/reference/users",
    )
    .auth(Auth::Header("authorization", "token "))
    .named("/data/attributes/username")
    .vague(),
    Probe::get(
        &["launchdarkly-access-token"],
        &["https://app.launchdarkly.com/api/v2/caller-identity"],
        "/accountId",
        "https://launchdarkly.com/docs/api/other/get-caller-identity",
    )
    .auth(Auth::Header("authorization", "")),
    Probe::get(
        &["sentry-user-token"],
        &["https://sentry.io/api/0/organizations/"],
        "",
        "https://docs.sentry.io/api/organizations/list-your-organizations/",
    )
    .elsewhere(),
    Probe::get(
        &["postman-api-key"],
        &["https://api.getpostman.com/me"],
        "/user/id",
        "https://learning.postman.com/docs/developer/postman-api/authentication/",
    )
    .auth(Auth::Header("x-api-key", ""))
    .named("/user/username"),
    Probe::get(
        &["linear-api-key"],
        &["https://api.linear.app/graphql"],
        "/data/viewer/id",
        "https://linear.app/developers/graphql",
    )
    .auth(Auth::Header("authorization", ""))
    .post(r#"{"query":"{ viewer { id name } }"}"#)
    .named("/data/viewer/name")
    .refused(&[(401, "AUTHENTICATION_ERROR"), (400, "AUTHENTICATION_ERROR")]),
    Probe::get(
        &["linear-oauth-token"],
        &["https://api.linear.app/graphql"],
        "/data/viewer/id",
        "https://linear.app/developers/graphql",
    )
    .post(r#"{"query":"{ viewer { id name } }"}"#)
    .named("/data/viewer/name")
    .refused(&[(401, "AUTHENTICATION_ERROR"), (400, "AUTHENTICATION_ERROR")]),
    Probe::get(
        &["figma-personal-token"],
        &["https://api.figma.com/v1/me"],
        "/id",
        "https://developers.figma.com/docs/rest-api/users-endpoints/",
    )
    .starting("figd_")
    .auth(Auth::Header("x-figma-token", ""))
    .named("/handle")
    .refused(&[(403, "Invalid token")]),
];
