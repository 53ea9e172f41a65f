//! Business applications: formats and sources are on the page `saas.md`.

use super::super::detector::{Detector, Provider};

const SAAS: Provider = Provider {
    page: include_str!("saas.md"),
    advice: "revoke it in the developer settings of the service named above",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    SAAS.token(
        "secrets/notion-integration-token",
        "Notion integration token",
        &["ntn_"],
        r"ntn_[0-9]{11}[0-9A-Za-z]{35}",
    ),
    SAAS.token(
        "secrets/notion-legacy-token",
        "Notion integration token of the old format",
        &["secret_"],
        r"secret_[0-9A-Za-z]{43}",
    )
    .near(&["notion"]),
    SAAS.token("secrets/linear-api-key", "Linear API key", &["lin_api_"], r"lin_api_[0-9A-Za-z]{40}"),
    SAAS.token("secrets/linear-oauth-token", "Linear OAuth token", &["lin_oauth_"], r"lin_oauth_[0-9a-f]{64}"),
    SAAS.token("secrets/linear-webhook-secret", "Linear webhook secret", &["lin_wh_"], r"lin_wh_[0-9A-Za-z]{40,48}")
        .medium(),
    SAAS.keyed(
        "secrets/airtable-access-token",
        "Airtable personal access token",
        &["airtable", "pat"],
        r"pat[0-9A-Za-z]{14}\.[0-9a-f]{64}",
    ),
    SAAS.keyed("secrets/airtable-legacy-key", "Airtable API key", &["airtable"], r"key[0-9A-Za-z]{14}").entropy(3.4),
    SAAS.keyed(
        "secrets/asana-personal-token",
        "Asana personal access token",
        &["asana"],
        r"[12]/[0-9]{13,17}(?:/[0-9]{13,17})?:[0-9a-f]{32}",
    ),
    SAAS.token(
        "secrets/figma-personal-token",
        "Figma personal access token",
        &["figd_", "figu_", "figoh_"],
        r"fig(?:d|u|oh)_[0-9A-Za-z_-]{38,44}",
    ),
    SAAS.token(
        "secrets/hubspot-private-app-token",
        "HubSpot private app token",
        &["pat-na1-", "pat-eu1-", "pat-na2-", "pat-na3-", "pat-ap1-"],
        r"pat-(?:na|eu|ap)[123]-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    SAAS.keyed("secrets/okta-api-token", "Okta API token", &["okta", "ssws"], r"00[0-9A-Za-z_-]{40}").critical(),
    SAAS.keyed("secrets/auth0-client-secret", "Auth0 client secret", &["auth0"], r"[0-9A-Za-z_-]{64}")
        .entropy(4.4)
        .critical(),
    SAAS.token(
        "secrets/contentful-management-token",
        "Contentful personal access token",
        &["CFPAT-"],
        r"CFPAT-[0-9A-Za-z_-]{43}",
    ),
    SAAS.keyed("secrets/contentful-delivery-token", "Contentful delivery token", &["contentful"], r"[0-9A-Za-z_-]{43}")
        .entropy(4.2)
        .medium(),
    SAAS.keyed("secrets/algolia-admin-key", "Algolia API key", &["algolia"], r"[0-9a-f]{32}").medium(),
    SAAS.token("secrets/segment-public-api-token", "Segment Public API token", &["sgp_"], r"sgp_[0-9A-Za-z]{64}"),
    SAAS.token(
        "secrets/typeform-personal-token",
        "Typeform personal access token",
        &["tfp_"],
        r"tfp_[0-9A-Za-z_.=-]{40,59}",
    ),
    SAAS.keyed(
        "secrets/dropbox-access-token",
        "Dropbox access token",
        &["dropbox"],
        r"sl\.[0-9A-Za-z_=-]{130,1000}|[0-9A-Za-z]{11}AAAAAAAAAA[0-9A-Za-z_-]{43}",
    ),
    SAAS.token(
        "secrets/mapbox-secret-token",
        "Mapbox secret token",
        &["sk.eyJ"],
        r"sk\.eyJ[0-9A-Za-z_-]{60,120}\.[0-9A-Za-z_-]{22}",
    ),
    SAAS.keyed(
        "secrets/facebook-token",
        "Facebook access token",
        &["facebook", "fb_", "graph", "instagram", "whatsapp"],
        r"EAA[0-9A-Za-z]{90,400}",
    ),
    SAAS.keyed(
        "secrets/facebook-app-secret",
        "Facebook app secret",
        &["facebook", "fb_", "instagram"],
        r"[0-9a-f]{32}",
    ),
    SAAS.token(
        "secrets/x-bearer-token",
        "X (Twitter) bearer token",
        &["AAAAAAAAAAAAAAAAAAAAA"],
        r"A{21,22}[0-9A-Za-z%]{60,100}",
    )
    .near(&["twitter", "bearer"]),
    SAAS.keyed(
        "secrets/twitter-api-secret",
        "X (Twitter) API or access token secret",
        &["twitter", "x_api"],
        r"[0-9A-Za-z]{45}|[0-9A-Za-z]{50}",
    )
    .entropy(4.2),
    SAAS.keyed(
        "secrets/linkedin-client-secret",
        "LinkedIn client secret",
        &["linkedin"],
        r"WPL_AP1\.[0-9A-Za-z]{16}\.[0-9A-Za-z+/]{6}==|[0-9A-Za-z]{16}",
    )
    .entropy(3.5),
    SAAS.keyed(
        "secrets/salesforce-session-token",
        "Salesforce session or access token",
        &["salesforce", "sfdc", "sf_"],
        r"00D[0-9A-Za-z]{12,15}![0-9A-Za-z._]{80,120}",
    ),
    SAAS.token("secrets/postman-api-key", "Postman API key", &["PMAK-"], r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    SAAS.token("secrets/postman-collection-key", "Postman collection access key", &["PMAT-"], r"PMAT-[0-9A-Z]{26}")
        .medium(),
    SAAS.token("secrets/frameio-token", "Frame.io developer token", &["fio-u-"], r"fio-u-[0-9A-Za-z_=-]{64}"),
    SAAS.keyed("secrets/sanity-token", "Sanity API token", &["sanity"], r"sk[0-9A-Za-z]{80,200}"),
    SAAS.keyed("secrets/ably-key", "Ably API key", &["ably"], r"[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{6}:[0-9A-Za-z_-]{43}"),
    SAAS.keyed("secrets/pusher-app-secret", "Pusher app secret", &["pusher"], r"[0-9a-f]{20}"),
    SAAS.token(
        "secrets/cloudinary-url",
        "Cloudinary API secret in its URL",
        &["cloudinary://"],
        r"cloudinary://[0-9]{15}:([0-9A-Za-z_-]{27})@[0-9a-z-]{1,64}",
    ),
    SAAS.keyed("secrets/twitch-client-secret", "Twitch client secret or token", &["twitch"], r"[0-9a-z]{30}"),
    SAAS.keyed("secrets/spotify-client-secret", "Spotify client secret", &["spotify"], r"[0-9a-f]{32}"),
    SAAS.keyed("secrets/trello-token", "Trello API token", &["trello"], r"ATTA[0-9a-f]{72}|[0-9a-f]{64}"),
    SAAS.keyed("secrets/clickup-token", "ClickUp personal token", &["clickup"], r"pk_[0-9]{6,9}_[0-9A-Z]{32}"),
    SAAS.keyed("secrets/bitly-access-token", "Bitly access token", &["bitly", "bit.ly"], r"[0-9a-f]{40}").medium(),
    SAAS.keyed("secrets/weather-api-key", "OpenWeather API key", &["openweather", "owm_"], r"[0-9a-f]{32}").low(),
    SAAS.keyed("secrets/steam-web-api-key", "Steam Web API key", &["steam"], r"[0-9A-F]{32}").medium(),
    SAAS.keyed(
        "secrets/rapidapi-key",
        "RapidAPI key",
        &["rapidapi"],
        r"[0-9a-f]{10}msh[0-9a-f]{15}p1[0-9a-f]{5}jsn[0-9a-f]{12}",
    ),
    SAAS.keyed(
        "secrets/etherscan-api-key",
        "Etherscan API key",
        &["etherscan", "bscscan", "polygonscan"],
        r"[0-9A-Z]{34}",
    )
    .low(),
    SAAS.keyed(
        "secrets/maxmind-license-key",
        "MaxMind licence key",
        &["maxmind", "geoip"],
        r"[0-9A-Za-z]{6}_[0-9A-Za-z]{29}_mmk",
    )
    .medium(),
];
