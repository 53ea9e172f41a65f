//! Other clouds and hosting platforms: formats and sources are on the page `clouds.md`.

use super::super::detector::{Detector, Provider};

const CLOUDS: Provider = Provider {
    page: include_str!("clouds.md"),
    advice: "revoke it in the API token settings of the provider named above",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    CLOUDS
        .keyed("secrets/ibm-cloud-api-key", "IBM Cloud API key", &["ibm", "bluemix", "watson"], r"[0-9A-Za-z_-]{44}")
        .entropy(4.2)
        .critical(),
    CLOUDS.keyed("secrets/linode-token", "Linode personal access token", &["linode"], r"[0-9a-f]{64}").critical(),
    CLOUDS
        .keyed("secrets/hetzner-cloud-token", "Hetzner Cloud API token", &["hcloud", "hetzner"], r"[0-9A-Za-z]{64}")
        .critical(),
    CLOUDS
        .keyed(
            "secrets/scaleway-secret-key",
            "Scaleway secret key",
            &["scaleway", "scw_", "scw-"],
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        )
        .critical(),
    CLOUDS
        .keyed(
            "secrets/ovh-application-secret",
            "OVHcloud application secret or consumer key",
            &["ovh"],
            r"[0-9a-f]{32}|[0-9A-Za-z]{32}",
        )
        .critical(),
    CLOUDS.keyed("secrets/vultr-api-key", "Vultr API key", &["vultr"], r"[0-9A-Z]{36}").critical(),
    CLOUDS
        .token("secrets/heroku-api-key", "Heroku API token with prefix", &["HRKU-AA"], r"HRKU-AA[0-9A-Za-z_-]{58}")
        .critical(),
    CLOUDS
        .keyed(
            "secrets/heroku-legacy-api-key",
            "Heroku API key",
            &["heroku"],
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        )
        .critical(),
    CLOUDS
        .token(
            "secrets/flyio-macaroon-token",
            "Fly.io access token",
            &["fm1a_", "fm1r_", "fm2_"],
            r"fm(?:1a|1r|2)_[0-9A-Za-z+/]{100,2000}={0,3}",
        )
        .critical(),
    CLOUDS.token("secrets/flyio-oauth-token", "Fly.io personal token", &["fo1_"], r"fo1_[0-9A-Za-z_-]{43}").critical(),
    CLOUDS.token("secrets/netlify-token", "Netlify access token", &["nfp_"], r"nfp_[0-9A-Za-z]{36}").critical(),
    CLOUDS
        .keyed(
            "secrets/netlify-legacy-token",
            "Netlify access token without prefix",
            &["netlify"],
            r"[0-9A-Za-z_-]{40,46}",
        )
        .entropy(4.2),
    CLOUDS.token("secrets/render-api-key", "Render API key", &["rnd_"], r"rnd_[0-9A-Za-z]{28,40}").critical(),
    CLOUDS
        .keyed(
            "secrets/railway-token",
            "Railway token",
            &["railway"],
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        )
        .critical(),
    CLOUDS
        .token("secrets/supabase-access-token", "Supabase personal access token", &["sbp_"], r"sbp_[0-9a-f]{40}")
        .critical(),
    CLOUDS
        .token("secrets/supabase-secret-key", "Supabase secret key", &["sb_secret_"], r"sb_secret_[0-9A-Za-z_-]{31,40}")
        .critical(),
    CLOUDS
        .token(
            "secrets/planetscale-service-token",
            "PlanetScale service token",
            &["pscale_tkn_"],
            r"pscale_tkn_[0-9A-Za-z_.=-]{32,64}",
        )
        .critical(),
    CLOUDS
        .token(
            "secrets/planetscale-password",
            "PlanetScale database password",
            &["pscale_pw_"],
            r"pscale_pw_[0-9A-Za-z_.=-]{32,64}",
        )
        .critical(),
    CLOUDS
        .token(
            "secrets/planetscale-oauth-token",
            "PlanetScale OAuth token",
            &["pscale_oauth_"],
            r"pscale_oauth_[0-9A-Za-z_.=-]{32,64}",
        )
        .critical(),
    CLOUDS.token("secrets/neon-api-key", "Neon API key", &["napi_"], r"napi_[0-9a-z]{48,72}").critical(),
    CLOUDS
        .token(
            "secrets/cockroach-cloud-api-key",
            "CockroachDB Cloud API key",
            &["CCDB1_"],
            r"CCDB1_[0-9A-Za-z]{22}_[0-9A-Za-z]{40}",
        )
        .critical(),
    CLOUDS.keyed("secrets/vercel-token", "Vercel access token", &["vercel", "zeit"], r"[0-9A-Za-z]{24}").entropy(3.8),
    CLOUDS
        .token("secrets/yandex-cloud-api-key", "Yandex Cloud API key", &["AQVN"], r"AQVN[0-9A-Za-z_-]{35,38}")
        .critical(),
    CLOUDS
        .token(
            "secrets/yandex-iam-token",
            "Yandex Cloud IAM token",
            &["t1.9eu"],
            r"t1\.9eu[0-9A-Za-z_-]{10,400}\.[0-9A-Za-z_-]{86}",
        )
        .medium(),
    CLOUDS.token("secrets/yandex-oauth-token", "Yandex OAuth token", &["y0_A"], r"y0_A[0-9A-Za-z_-]{50,60}"),
    CLOUDS.token("secrets/pulumi-access-token", "Pulumi access token", &["pul-"], r"pul-[0-9a-f]{40}").critical(),
    CLOUDS
        .token("secrets/databricks-token", "Databricks personal access token", &["dapi"], r"dapi[0-9a-f]{32}(?:-\d)?")
        .critical(),
    CLOUDS.token("secrets/ionic-token", "Ionic Appflow token", &["ion_"], r"ion_[0-9A-Za-z]{42}"),
    CLOUDS
        .token(
            "secrets/alchemy-auth-token",
            "Alchemy API key in its endpoint",
            &["alchemy.com/v2/", "alchemyapi.io/v2/"],
            r"alchemy(?:api\.io|\.com)/v2/([0-9A-Za-z_-]{32})",
        )
        .medium(),
    CLOUDS
        .token(
            "secrets/infura-project-id",
            "Infura API key in its endpoint",
            &["infura.io/v3/"],
            r"infura\.io/v3/([0-9a-f]{32})",
        )
        .low(),
];
