//! Bitbucket, Atlassian, Gitea and other forges: formats and sources are on the page `forges.md`.

use super::super::detector::{Detector, Provider};

const FORGES: Provider =
    Provider { page: include_str!("forges.md"), advice: "revoke it in the access token settings of the account" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    FORGES
        .token("secrets/bitbucket-app-password", "Bitbucket app password", &["ATBB"], r"ATBB[0-9A-Za-z]{32}")
        .critical(),
    FORGES
        .token(
            "secrets/bitbucket-repository-token",
            "Bitbucket repository, project or workspace access token",
            &["ATCTT3xFfG"],
            r"ATCTT3xFfG[0-9A-Za-z+/=_-]{150,220}=[0-9A-F]{8}",
        )
        .critical(),
    FORGES
        .token(
            "secrets/atlassian-api-token",
            "Atlassian API token",
            &["ATATT3xFfG"],
            r"ATATT3xFfG[0-9A-Za-z+/=_-]{150,220}=[0-9A-F]{8}",
        )
        .critical(),
    FORGES
        .keyed(
            "secrets/atlassian-legacy-api-token",
            "Atlassian API token of the short format",
            &["atlassian", "jira", "confluence"],
            r"[0-9A-Za-z]{24}",
        )
        .entropy(3.8),
    FORGES.keyed(
        "secrets/gitea-token",
        "Gitea or Forgejo access token",
        &["gitea", "forgejo", "codeberg"],
        r"[0-9a-f]{40}",
    ),
    FORGES.token(
        "secrets/sourcegraph-token",
        "Sourcegraph access token",
        &["sgp_"],
        r"sgp_(?:[0-9a-f]{16}|local)_[0-9a-f]{40}",
    ),
    FORGES.token(
        "secrets/sourcegraph-legacy-token",
        "Sourcegraph access token without instance",
        &["sgp_"],
        r"sgp_[0-9a-f]{40}",
    ),
    FORGES
        .token(
            "secrets/phabricator-api-token",
            "Phabricator Conduit API token",
            &["api-", "cli-"],
            r"(?:api|cli)-[0-9a-z]{28}",
        )
        .near(&["phab", "conduit", "arcrc"]),
];
