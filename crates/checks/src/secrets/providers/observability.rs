//! Monitoring and incident services: formats and sources are on the page `observability.md`.

use super::super::detector::{Detector, Provider};

const OBSERVABILITY: Provider = Provider {
    page: include_str!("observability.md"),
    advice: "revoke it in the API key settings of the provider named above",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    OBSERVABILITY.keyed(
        "secrets/datadog-api-key",
        "Datadog API key",
        &["datadog", "dd_", "dd-api", "ddog"],
        r"[0-9a-f]{32}",
    ),
    OBSERVABILITY.keyed(
        "secrets/datadog-application-key",
        "Datadog application key",
        &["datadog", "dd_", "dd-app"],
        r"[0-9a-f]{40}",
    ),
    OBSERVABILITY.token("secrets/newrelic-user-key", "New Relic user key", &["NRAK-"], r"NRAK-[0-9A-Z]{27}"),
    OBSERVABILITY
        .token(
            "secrets/newrelic-license-key",
            "New Relic licence key",
            &["FFFFNRAL", "NRAL"],
            r"[0-9a-f]{36}NRAL|[0-9a-f]{32}FFFFNRAL",
        )
        .before(36),
    OBSERVABILITY
        .token("secrets/newrelic-insert-key", "New Relic insights insert key", &["NRII-"], r"NRII-[0-9A-Za-z_-]{32}")
        .medium(),
    OBSERVABILITY.token(
        "secrets/newrelic-query-key",
        "New Relic insights query key",
        &["NRIQ-"],
        r"NRIQ-[0-9A-Za-z_-]{32}",
    ),
    OBSERVABILITY.token("secrets/newrelic-admin-key", "New Relic admin key", &["NRAA-"], r"NRAA-[0-9a-f]{27}"),
    OBSERVABILITY
        .token("secrets/newrelic-mobile-key", "New Relic mobile app token", &["-NRMA"], r"AA[0-9a-f]{40}-NRMA")
        .before(42)
        .medium(),
    OBSERVABILITY.token("secrets/sentry-user-token", "Sentry user auth token", &["sntryu_"], r"sntryu_[0-9a-f]{64}"),
    OBSERVABILITY.token(
        "secrets/sentry-organization-token",
        "Sentry organisation auth token",
        &["sntrys_eyJ"],
        r"sntrys_eyJ[0-9A-Za-z+/=]{60,400}_[0-9A-Za-z+/]{43}",
    ),
    OBSERVABILITY.keyed(
        "secrets/sentry-legacy-token",
        "Sentry auth token without prefix",
        &["sentry"],
        r"[0-9a-f]{64}",
    ),
    OBSERVABILITY
        .keyed(
            "secrets/honeycomb-api-key",
            "Honeycomb API key",
            &["honeycomb", "x-honeycomb-team"],
            r"[0-9A-Za-z]{22}|hc[abc]ik_[0-9a-z]{58}|[0-9a-f]{32}",
        )
        .entropy(3.4),
    OBSERVABILITY
        .keyed(
            "secrets/pagerduty-api-key",
            "PagerDuty REST API key",
            &["pagerduty", "pd_"],
            r"[uy]\+?[0-9A-Za-z_-]{18,19}|[0-9A-Za-z_+-]{20}",
        )
        .entropy(3.4),
    OBSERVABILITY
        .keyed(
            "secrets/pagerduty-routing-key",
            "PagerDuty integration key",
            &["pagerduty"],
            r"[0-9a-f]{32}|R[0-9A-Z]{31}",
        )
        .medium(),
    OBSERVABILITY
        .keyed(
            "secrets/splunk-hec-token",
            "Splunk HTTP Event Collector token",
            &["splunk"],
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        )
        .medium(),
    OBSERVABILITY.token(
        "secrets/dynatrace-token",
        "Dynatrace access token",
        &["dt0c01.", "dt0s01.", "dt0s02.", "dt0s16."],
        r"dt0[cs](?:01|02|16)\.[0-9A-Z]{24}\.[0-9A-Z]{64}",
    ),
    OBSERVABILITY.keyed(
        "secrets/opsgenie-api-key",
        "Opsgenie API key",
        &["opsgenie"],
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    OBSERVABILITY.keyed("secrets/rollbar-access-token", "Rollbar access token", &["rollbar"], r"[0-9a-f]{32}").medium(),
    OBSERVABILITY.keyed("secrets/bugsnag-auth-token", "Bugsnag API key", &["bugsnag"], r"[0-9a-f]{32}").low(),
    OBSERVABILITY.keyed("secrets/sumologic-access-key", "Sumo Logic access key", &["sumo"], r"[0-9A-Za-z]{64}"),
    OBSERVABILITY.token(
        "secrets/posthog-personal-key",
        "PostHog personal API key",
        &["phx_"],
        r"phx_[0-9A-Za-z]{43,48}",
    ),
    OBSERVABILITY.token(
        "secrets/axiom-token",
        "Axiom API token",
        &["xaat-", "xapt-"],
        r"xa[ap]t-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    OBSERVABILITY
        .keyed(
            "secrets/elastic-api-key",
            "Elastic API key",
            &["elastic", "kibana", "es_api"],
            r"[0-9A-Za-z]{40,80}={0,2}|essu_[0-9A-Za-z+/=]{60,100}",
        )
        .entropy(4.0),
    OBSERVABILITY
        .keyed("secrets/logz-io-token", "Logz.io shipping token", &["logzio", "logz.io", "logz_io"], r"[A-Za-z]{32}")
        .entropy(3.8),
];
