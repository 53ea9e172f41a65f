//! GitLab: formats and sources are on the page `gitlab.md`.

use super::super::detector::{Detector, Provider};

const GITLAB: Provider = Provider {
    page: include_str!("gitlab.md"),
    advice: "revoke it under Access tokens in the settings of its user, group or project",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    GITLAB
        .token(
            "secrets/gitlab-personal-token",
            "GitLab personal, project or group access token",
            &["glpat-"],
            r"glpat-[0-9A-Za-z_-]{20,22}",
        )
        .critical(),
    GITLAB
        .token(
            "secrets/gitlab-routable-token",
            "GitLab access token with routing",
            &["glpat-"],
            r"glpat-[0-9A-Za-z_-]{27,300}\.[0-9a-z]{2}\.?[0-9a-z]{7,9}",
        )
        .critical(),
    GITLAB.token(
        "secrets/gitlab-oauth-application-secret",
        "GitLab OAuth application secret",
        &["gloas-"],
        r"gloas-[0-9a-f]{64}",
    ),
    GITLAB.token("secrets/gitlab-deploy-token", "GitLab deploy token", &["gldt-"], r"gldt-[0-9A-Za-z_-]{20}"),
    GITLAB.token(
        "secrets/gitlab-runner-token",
        "GitLab runner authentication token",
        &["glrt-"],
        r"glrt-[0-9A-Za-z_-]{20,60}",
    ),
    GITLAB.token(
        "secrets/gitlab-runner-registration-token",
        "GitLab runner registration token",
        &["GR1348941"],
        r"GR1348941[0-9A-Za-z_-]{20}",
    ),
    GITLAB
        .token(
            "secrets/gitlab-job-token",
            "GitLab CI/CD job token",
            &["glcbt-"],
            r"glcbt-[0-9a-z]{1,5}_[0-9A-Za-z_-]{20}",
        )
        .medium(),
    GITLAB.token("secrets/gitlab-trigger-token", "GitLab pipeline trigger token", &["glptt-"], r"glptt-[0-9a-f]{40}"),
    GITLAB.token("secrets/gitlab-feed-token", "GitLab feed token", &["glft-"], r"glft-[0-9A-Za-z_-]{20}").medium(),
    GITLAB
        .token("secrets/gitlab-incoming-mail-token", "GitLab incoming mail token", &["glimt-"], r"glimt-[0-9a-z_-]{25}")
        .medium(),
    GITLAB.token(
        "secrets/gitlab-agent-token",
        "GitLab agent for Kubernetes token",
        &["glagent-"],
        r"glagent-[0-9A-Za-z_-]{50,1024}",
    ),
    GITLAB.token("secrets/gitlab-scim-token", "GitLab SCIM token", &["glsoat-"], r"glsoat-[0-9A-Za-z_-]{20}"),
    GITLAB
        .token(
            "secrets/gitlab-feature-flags-token",
            "GitLab feature flags client token",
            &["glffct-"],
            r"glffct-[0-9A-Za-z_-]{20}",
        )
        .medium(),
];
