//! Clouds, hosting, models and monitoring.

use super::super::kept::Seek;
use super::super::probe::{Auth, Probe};

const STS: &[&str] = &[
    "https://sts.amazonaws.com/",
    "https://sts.cn-north-1.amazonaws.com.cn/",
    "https://sts.us-gov-west-1.amazonaws.com/",
];
const STS_SOURCE: &str = "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html";

pub(super) const ROWS: &[Probe] = &[
    Probe::get(&["aws-access-key-id"], STS, "", STS_SOURCE)
        .auth(Auth::Signed)
        .with(Seek::Checks(&["aws-secret-access-key"])),
    Probe::get(&["aws-secret-access-key"], STS, "", STS_SOURCE).auth(Auth::Signed).with(Seek::Checks(&[
        "aws-access-key-id",
        "aws-temporary-access-key-id",
        "aws-session-token",
    ])),
    Probe::get(&["aws-temporary-access-key-id"], STS, "", STS_SOURCE)
        .auth(Auth::Signed)
        .with(Seek::Checks(&["aws-secret-access-key", "aws-session-token"])),
    Probe::get(
        &["digitalocean-personal-token", "digitalocean-oauth-token"],
        &["https://api.digitalocean.com/v2/account"],
        "/account/uuid",
        "https://docs.digitalocean.com/reference/api/digitalocean/#operation/account_get",
    )
    .fewer(&[(403, "not authorized")]),
    Probe::get(
        &["cloudflare-api-token"],
        &["https://api.cloudflare.com/client/v4/user/tokens/verify"],
        "/result/status",
        "https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/",
    )
    .is("active")
    .refused(&[(200, "\"disabled\""), (200, "\"expired\"")]),
    Probe::get(
        &["heroku-api-key"],
        &["https://api.heroku.com/account"],
        "/id",
        "https://devcenter.heroku.com/articles/platform-api-reference#account",
    )
    .headers(&[("accept", "application/vnd.heroku+json; version=3")])
    .fewer(&[(403, "forbidden")]),
    Probe::get(
        &["heroku-legacy-api-key"],
        &["https://api.heroku.com/account"],
        "/id",
        "https://devcenter.heroku.com/articles/platform-api-reference#account",
    )
    .headers(&[("accept", "application/vnd.heroku+json; version=3")])
    .fewer(&[(403, "forbidden")])
    .vague(),
    Probe::get(
        &["linode-token"],
        &["https://api.linode.com/v4/profile"],
        "/username",
        "https://techdocs.akamai.com/linode-api/reference/get-profile",
    )
    .named("/username")
    .vague(),
    Probe::get(
        &["fastly-api-token"],
        &["https://api.fastly.com/tokens/self"],
        "/id",
        "https://www.fastly.com/documentation/reference/api/auth-tokens/user/",
    )
    .auth(Auth::Header("fastly-key", ""))
    .named("/name")
    .vague(),
    Probe::get(
        &["hetzner-cloud-token"],
        &["https://api.hetzner.cloud/v1/locations"],
        "/locations",
        "https://docs.hetzner.cloud/reference/cloud#locations",
    )
    .vague(),
    Probe::get(
        &["vultr-api-key"],
        &["https://api.vultr.com/v2/account"],
        "/account/name",
        "https://www.vultr.com/api/#tag/account",
    )
    .named("/account/name")
    .vague(),
    Probe::get(
        &["netlify-token"],
        &["https://api.netlify.com/api/v1/user"],
        "/id",
        "https://open-api.netlify.com/#tag/user/operation/getCurrentUser",
    )
    .named("/full_name"),
    Probe::get(
        &["netlify-legacy-token"],
        &["https://api.netlify.com/api/v1/user"],
        "/id",
        "https://open-api.netlify.com/#tag/user/operation/getCurrentUser",
    )
    .named("/full_name")
    .vague(),
    Probe::get(
        &["vercel-token"],
        &["https://api.vercel.com/v2/user"],
        "/user/username",
        "https://vercel.com/docs/rest-api/reference/endpoints/user/get-the-user",
    )
    .named("/user/username")
    .refused(&[(401, ""), (403, "invalidToken")])
    .vague(),
    Probe::get(
        &["render-api-key"],
        &["https://api.render.com/v1/owners?limit=1"],
        "",
        "https://api-docs.render.com/reference/list-owners",
    ),
    Probe::get(
        &["supabase-access-token"],
        &["https://api.supabase.com/v1/organizations"],
        "",
        "https://supabase.com/docs/reference/api/v1-list-all-organizations",
    ),
    Probe::get(
        &["openai-api-key", "openai-project-key"],
        &["https://api.openai.com/v1/models"],
        "/data",
        "https://platform.openai.com/docs/api-reference/models/list",
    )
    .starting("sk-admin-")
    .refused(&[]),
    Probe::get(
        &["openai-api-key", "openai-project-key"],
        &["https://api.openai.com/v1/models"],
        "/data",
        "https://platform.openai.com/docs/api-reference/models/list",
    )
    .refused(&[(401, "invalid_api_key")])
    .fewer(&[(403, "Missing scopes")]),
    Probe::get(
        &["anthropic-api-key"],
        &["https://api.anthropic.com/v1/models?limit=1"],
        "/data",
        "https://docs.anthropic.com/en/api/models-list",
    )
    .auth(Auth::Header("x-api-key", ""))
    .headers(&[("anthropic-version", "2023-06-01")])
    .refused(&[(401, "authentication_error")]),
    Probe::get(
        &["anthropic-admin-key"],
        &["https://api.anthropic.com/v1/organizations/me"],
        "/id",
        "https://docs.anthropic.com/en/api/admin-api/organization/get-me",
    )
    .auth(Auth::Header("x-api-key", ""))
    .headers(&[("anthropic-version", "2023-06-01")])
    .named("/name")
    .refused(&[(401, "authentication_error")]),
    Probe::get(
        &["huggingface-token", "huggingface-organization-token"],
        &["https://huggingface.co/api/whoami-v2"],
        "/name",
        "https://huggingface.co/docs/hub/api",
    )
    .named("/name"),
    Probe::get(
        &["cohere-api-key"],
        &["https://api.cohere.com/v1/models?page_size=1"],
        "/models",
        "https://docs.cohere.com/reference/list-models",
    )
    .vague(),
    Probe::get(
        &["replicate-api-token"],
        &["https://api.replicate.com/v1/account"],
        "/username",
        "https://replicate.com/docs/reference/http#account.get",
    )
    .named("/username"),
    Probe::get(
        &["groq-api-key"],
        &["https://api.groq.com/openai/v1/models"],
        "/data",
        "https://console.groq.com/docs/api-reference#models-list",
    )
    .refused(&[(401, "invalid_api_key")]),
    Probe::get(
        &["xai-api-key"],
        &["https://api.x.ai/v1/api-key"],
        "/api_key_disabled",
        "https://docs.x.ai/docs/api-reference#get-api-key-information",
    )
    .is("false")
    .named("/name"),
    Probe::get(
        &["deepseek-api-key"],
        &["https://api.deepseek.com/user/balance"],
        "/is_available",
        "https://api-docs.deepseek.com/api/get-user-balance",
    ),
    Probe::get(
        &["mistral-api-key"],
        &["https://api.mistral.ai/v1/models"],
        "/data",
        "https://docs.mistral.ai/api/#tag/models",
    )
    .vague(),
    Probe::get(
        &["openrouter-api-key"],
        &["https://openrouter.ai/api/v1/key"],
        "/data",
        "https://openrouter.ai/docs/api-reference/limits",
    ),
    Probe::get(
        &["elevenlabs-api-key"],
        &["https://api.elevenlabs.io/v1/user"],
        "/subscription",
        "https://elevenlabs.io/docs/api-reference/user/get",
    )
    .auth(Auth::Header("xi-api-key", ""))
    .refused(&[(401, "invalid_api_key")])
    .fewer(&[(401, "missing_permission")])
    .vague(),
    Probe::get(
        &["deepgram-api-key"],
        &["https://api.deepgram.com/v1/projects"],
        "/projects",
        "https://developers.deepgram.com/reference/manage/projects/list",
    )
    .auth(Auth::Header("authorization", "Token "))
    .vague(),
    Probe::get(
        &["pinecone-api-key"],
        &["https://api.pinecone.io/indexes"],
        "/indexes",
        "https://docs.pinecone.io/reference/api/latest/control-plane/list_indexes",
    )
    .auth(Auth::Header("api-key", "")),
    Probe::get(
        &["datadog-api-key"],
        &[
            "https://api.datadoghq.com/api/v1/validate",
            "https://api.datadoghq.eu/api/v1/validate",
            "https://api.us3.datadoghq.com/api/v1/validate",
            "https://api.us5.datadoghq.com/api/v1/validate",
            "https://api.ap1.datadoghq.com/api/v1/validate",
            "https://api.ap2.datadoghq.com/api/v1/validate",
        ],
        "/valid",
        "https://docs.datadoghq.com/api/latest/authentication/",
    )
    .auth(Auth::Header("dd-api-key", ""))
    .is("true")
    .refused(&[(403, "")])
    .vague(),
    Probe::get(
        &["newrelic-user-key"],
        &["https://api.newrelic.com/graphql", "https://api.eu.newrelic.com/graphql"],
        "/data/actor/user/name",
        "https://docs.newrelic.com/docs/apis/nerdgraph/get-started/introduction-new-relic-nerdgraph/",
    )
    .auth(Auth::Header("api-key", ""))
    .post(r#"{"query":"{ actor { user { name } } }"}"#)
    .named("/data/actor/user/name"),
    Probe::get(
        &["honeycomb-api-key"],
        &["https://api.honeycomb.io/1/auth", "https://api.eu1.honeycomb.io/1/auth"],
        "/team/slug",
        "https://api-docs.honeycomb.io/api/auth",
    )
    .auth(Auth::Header("x-honeycomb-team", ""))
    .named("/team/slug")
    .vague(),
    Probe::get(
        &["pagerduty-api-key"],
        &["https://api.pagerduty.com/abilities", "https://api.eu.pagerduty.com/abilities"],
        "/abilities",
        "https://developer.pagerduty.com/api-reference/04bda6b5aa21b-list-abilities",
    )
    .auth(Auth::Header("authorization", "Token token="))
    .vague(),
];
