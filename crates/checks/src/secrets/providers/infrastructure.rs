//! Infrastructure, secrets and build services: formats and sources are on the page `infrastructure.md`.

use super::super::detector::{Detector, Provider};

const INFRASTRUCTURE: Provider = Provider {
    page: include_str!("infrastructure.md"),
    advice: "revoke it in the token settings of the service named above",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    INFRASTRUCTURE
        .token(
            "secrets/vault-service-token",
            "Vault or OpenBao service token",
            &["hvs."],
            r"hvs\.[0-9A-Za-z_-]{24,120}",
        )
        .critical(),
    INFRASTRUCTURE
        .token("secrets/vault-batch-token", "Vault batch token", &["hvb."], r"hvb\.[0-9A-Za-z_-]{100,300}")
        .medium(),
    INFRASTRUCTURE
        .token("secrets/vault-recovery-token", "Vault recovery token", &["hvr."], r"hvr\.[0-9A-Za-z_-]{24,120}")
        .critical(),
    INFRASTRUCTURE.keyed(
        "secrets/vault-legacy-token",
        "Vault or OpenBao token of the short format",
        &["vault", "bao_", "openbao"],
        r"s\.[0-9A-Za-z]{24}(?:\.[0-9A-Za-z]{5})?",
    ),
    INFRASTRUCTURE
        .token(
            "secrets/terraform-cloud-token",
            "HCP Terraform API token",
            &[".atlasv1."],
            r"[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{60,70}",
        )
        .before(14)
        .critical(),
    INFRASTRUCTURE
        .token(
            "secrets/doppler-service-token",
            "Doppler service token",
            &["dp.st."],
            r"dp\.st\.(?:[0-9a-z_-]{2,35}\.)?[0-9A-Za-z]{40,44}",
        )
        .critical(),
    INFRASTRUCTURE
        .token("secrets/doppler-personal-token", "Doppler personal token", &["dp.pt."], r"dp\.pt\.[0-9A-Za-z]{40,44}")
        .critical(),
    INFRASTRUCTURE
        .token("secrets/doppler-cli-token", "Doppler CLI token", &["dp.ct."], r"dp\.ct\.[0-9A-Za-z]{40,44}")
        .critical(),
    INFRASTRUCTURE.token(
        "secrets/doppler-scim-token",
        "Doppler SCIM token",
        &["dp.scim."],
        r"dp\.scim\.[0-9A-Za-z]{40,44}",
    ),
    INFRASTRUCTURE.token(
        "secrets/doppler-audit-token",
        "Doppler audit token",
        &["dp.audit."],
        r"dp\.audit\.[0-9A-Za-z]{40,44}",
    ),
    INFRASTRUCTURE
        .token(
            "secrets/doppler-service-account-token",
            "Doppler service account token",
            &["dp.sa."],
            r"dp\.sa\.[0-9A-Za-z]{40,44}",
        )
        .critical(),
    INFRASTRUCTURE.token("secrets/infracost-api-key", "Infracost API key", &["ico-"], r"ico-[0-9A-Za-z]{32}").medium(),
    INFRASTRUCTURE.keyed(
        "secrets/snyk-api-token",
        "Snyk API token",
        &["snyk"],
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    INFRASTRUCTURE.token(
        "secrets/sonar-project-token",
        "SonarQube project analysis token",
        &["sqp_"],
        r"sqp_[0-9a-f]{40}",
    ),
    INFRASTRUCTURE.token("secrets/sonar-user-token", "SonarQube user token", &["squ_"], r"squ_[0-9a-f]{40}"),
    INFRASTRUCTURE.token(
        "secrets/sonar-global-token",
        "SonarQube global analysis token",
        &["sqa_"],
        r"sqa_[0-9a-f]{40}",
    ),
    INFRASTRUCTURE.keyed(
        "secrets/sonar-legacy-token",
        "SonarQube or SonarCloud token without prefix",
        &["sonar"],
        r"[0-9a-f]{40}",
    ),
    INFRASTRUCTURE
        .token(
            "secrets/circleci-personal-token",
            "CircleCI personal API token",
            &["CCIPAT_"],
            r"CCIPAT_[0-9A-Za-z]{22}_[0-9a-f]{40}",
        )
        .critical(),
    INFRASTRUCTURE.token(
        "secrets/circleci-project-token",
        "CircleCI project API token",
        &["CCIPRJ_"],
        r"CCIPRJ_[0-9A-Za-z]{22}_[0-9a-f]{40}",
    ),
    INFRASTRUCTURE.keyed(
        "secrets/circleci-legacy-token",
        "CircleCI token without prefix",
        &["circle"],
        r"[0-9a-f]{40}",
    ),
    INFRASTRUCTURE
        .keyed("secrets/travis-api-token", "Travis CI API token", &["travis"], r"[0-9A-Za-z_-]{20,22}")
        .entropy(3.6),
    INFRASTRUCTURE.token(
        "secrets/buildkite-user-token",
        "Buildkite API access token",
        &["bkua_"],
        r"bkua_[0-9a-f]{40}",
    ),
    INFRASTRUCTURE
        .keyed(
            "secrets/confluent-api-secret",
            "Confluent Cloud API secret",
            &["confluent"],
            r"(?:cflt)?[0-9A-Za-z+/]{60,64}",
        )
        .entropy(4.2)
        .critical(),
    INFRASTRUCTURE
        .token(
            "secrets/mongodb-atlas-service-secret",
            "MongoDB Atlas service account secret",
            &["mdb_sa_sk_"],
            r"mdb_sa_sk_[0-9A-Za-z_-]{40}",
        )
        .critical(),
    INFRASTRUCTURE.keyed(
        "secrets/mongodb-atlas-private-key",
        "MongoDB Atlas API private key",
        &["atlas"],
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    INFRASTRUCTURE.token(
        "secrets/harness-pat",
        "Harness personal or service account token",
        &["pat.", "sat."],
        r"(?:pat|sat)\.[0-9A-Za-z_-]{22}\.[0-9a-f]{24}\.[0-9A-Za-z]{20}",
    ),
    INFRASTRUCTURE
        .token(
            "secrets/onepassword-service-token",
            "1Password service account token",
            &["ops_eyJ"],
            r"ops_eyJ[0-9A-Za-z+/_-]{250,1500}={0,3}",
        )
        .critical(),
    INFRASTRUCTURE
        .token(
            "secrets/tailscale-auth-key",
            "Tailscale auth key",
            &["tskey-auth-"],
            r"tskey-auth-[0-9A-Za-z]{10,20}-[0-9A-Za-z]{24,40}",
        )
        .critical(),
    INFRASTRUCTURE
        .token(
            "secrets/tailscale-api-key",
            "Tailscale API or client key",
            &["tskey-api-", "tskey-client-", "tskey-scim-"],
            r"tskey-(?:api|client|scim)-[0-9A-Za-z]{10,20}-[0-9A-Za-z]{24,40}",
        )
        .critical(),
    INFRASTRUCTURE.keyed(
        "secrets/ngrok-auth-token",
        "ngrok auth token",
        &["ngrok"],
        r"[12][0-9A-Za-z]{26}_[0-9A-Za-z]{20,22}",
    ),
    INFRASTRUCTURE
        .keyed(
            "secrets/codecov-upload-token",
            "Codecov upload token",
            &["codecov"],
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        )
        .low(),
    INFRASTRUCTURE
        .token("secrets/octopus-api-key", "Octopus Deploy API key", &["API-"], r"API-[0-9A-Z]{26,32}")
        .near(&["octopus", "x-octopus"]),
    INFRASTRUCTURE.token(
        "secrets/jetbrains-permanent-token",
        "JetBrains permanent token",
        &["perm:", "perm-"],
        r"perm[:-][0-9A-Za-z+/=]{4,40}\.[0-9A-Za-z+/=]{2,40}\.[0-9A-Za-z]{30,80}",
    ),
    INFRASTRUCTURE.token(
        "secrets/prefect-api-key",
        "Prefect Cloud API key",
        &["pnu_", "pnb_"],
        r"pn[ub]_[0-9A-Za-z]{36}",
    ),
    INFRASTRUCTURE.token("secrets/readme-api-key", "ReadMe API key", &["rdme_"], r"rdme_[0-9a-z]{70}"),
    INFRASTRUCTURE.token("secrets/scalingo-token", "Scalingo API token", &["tk-us-"], r"tk-us-[0-9A-Za-z_-]{48}"),
    INFRASTRUCTURE
        .token(
            "secrets/launchdarkly-access-token",
            "LaunchDarkly access token",
            &["api-"],
            r"api-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        )
        .near(&["launchdarkly", "ld_"]),
    INFRASTRUCTURE
        .token(
            "secrets/launchdarkly-sdk-key",
            "LaunchDarkly SDK key",
            &["sdk-"],
            r"sdk-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        )
        .medium(),
    INFRASTRUCTURE.token(
        "secrets/dbt-cloud-token",
        "dbt Cloud service token",
        &["dbtc_", "dbtu_"],
        r"dbt[cu]_[0-9A-Za-z_-]{42,60}",
    ),
    INFRASTRUCTURE.token("secrets/adafruit-io-key", "Adafruit IO key", &["aio_"], r"aio_[0-9A-Za-z]{28}").medium(),
];
