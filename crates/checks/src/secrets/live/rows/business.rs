//! Chat, mail, payments and applications.

use super::super::kept::Seek;
use super::super::probe::{Auth, Probe};

pub(super) const ROWS: &[Probe] = &[
    // `invalid_auth` may also mean an address that may not ask, so it is no no.
    Probe::get(
        &[
            "slack-bot-token",
            "slack-user-token",
            "slack-legacy-bot-token",
            "slack-legacy-workspace-token",
            "slack-app-token",
        ],
        &["https://slack.com/api/auth.test"],
        "/ok",
        "https://docs.slack.dev/reference/methods/auth.test",
    )
    .post("")
    .is("true")
    .named("/team")
    .refused(&[(200, "account_inactive"), (200, "token_revoked"), (200, "token_expired")]),
    Probe::get(
        &["discord-token"],
        &["https://discord.com/api/v10/users/@me"],
        "/username",
        "https://discord.com/developers/docs/resources/user#get-current-user",
    )
    .auth(Auth::Header("authorization", "Bot "))
    .named("/username"),
    Probe::get(
        &["discord-webhook-url"],
        &["https://discord.com/api/v10/webhooks/{}"],
        "/id",
        "https://discord.com/developers/docs/resources/webhook#get-webhook-with-token",
    )
    .auth(Auth::Address)
    .named("/name")
    .refused(&[(404, "10015"), (401, "50027")]),
    Probe::get(
        &["telegram-token", "telegram-bot-url"],
        &["https://api.telegram.org/bot{}/getMe"],
        "/ok",
        "https://core.telegram.org/bots/api#getme",
    )
    .auth(Auth::Address)
    .is("true")
    .named("/result/username")
    .refused(&[(401, "Unauthorized")]),
    Probe::get(
        &["stripe-live-secret-key", "stripe-live-restricted-key", "stripe-test-secret-key"],
        &["https://api.stripe.com/v1/balance"],
        "/object",
        "https://docs.stripe.com/api/balance/balance_retrieve",
    )
    .is("balance")
    .refused(&[(401, "Invalid API Key"), (401, "Expired API Key")])
    .fewer(&[(403, "permission")]),
    Probe::get(
        &["square-access-token", "square-legacy-access-token"],
        &["https://connect.squareup.com/v2/merchants/me", "https://connect.squareupsandbox.com/v2/merchants/me"],
        "/merchant/id",
        "https://developer.squareup.com/reference/square/merchants-api/retrieve-merchant",
    )
    .named("/merchant/business_name")
    .fewer(&[(403, "INSUFFICIENT_SCOPES")]),
    Probe::get(
        &["sendgrid-mail-key"],
        &["https://api.sendgrid.com/v3/scopes", "https://api.eu.sendgrid.com/v3/scopes"],
        "/scopes",
        "https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions",
    ),
    Probe::get(
        &["mailgun-api-key"],
        &["https://api.mailgun.net/v3/domains?limit=1", "https://api.eu.mailgun.net/v3/domains?limit=1"],
        "/items",
        "https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/domains",
    )
    .auth(Auth::Password("api"))
    .doubt("a key that may only send mail would be refused as well"),
    Probe::get(
        &["mailchimp-api-key"],
        &["https://{tail}.api.mailchimp.com/3.0/ping"],
        "/health_status",
        "https://mailchimp.com/developer/marketing/api/ping/ping/",
    )
    .auth(Auth::Password("palisade")),
    Probe::get(
        &["brevo-api-key"],
        &["https://api.brevo.com/v3/account"],
        "/email",
        "https://developers.brevo.com/reference/getaccount",
    )
    .auth(Auth::Header("api-key", ""))
    .named("/companyName")
    .refused(&[(401, "Key not found")]),
    Probe::get(
        &["postmark-server-token"],
        &["https://api.postmarkapp.com/server"],
        "/ID",
        "https://postmarkapp.com/developer/api/server-api",
    )
    .auth(Auth::Header("x-postmark-server-token", ""))
    .named("/Name")
    .vague(),
    Probe::get(
        &["klaviyo-api-key"],
        &["https://a.klaviyo.com/api/accounts"],
        "/data",
        "https://developers.klaviyo.com/en/reference/get_accounts",
    )
    .auth(Auth::Header("authorization", "Klaviyo-API-Key "))
    .headers(&[("revision", "2024-10-15")])
    .fewer(&[(403, "permission")]),
    Probe::get(
        &["twilio-auth-token"],
        &["https://api.twilio.com/2010-04-01/Accounts/{partner}.json"],
        "/sid",
        "https://www.twilio.com/docs/iam/api/account",
    )
    .auth(Auth::PartnersPassword)
    .with(Seek::Shape(r"\bAC[0-9a-f]{32}\b"))
    .named("/friendly_name")
    .doubt("the account beside it may not be the one it belongs to"),
    Probe::get(
        &["notion-integration-token", "notion-legacy-token"],
        &["https://api.notion.com/v1/users/me"],
        "/id",
        "https://developers.notion.com/reference/get-self",
    )
    .headers(&[("notion-version", "2022-06-28")])
    .named("/name")
    .refused(&[(401, "unauthorized")])
    .fewer(&[(403, "restricted_resource")]),
    Probe::get(
        &["airtable-access-token"],
        &["https://api.airtable.com/v0/meta/whoami"],
        "/id",
        "https://airtable.com/developers/web/api/get-user-id-scopes",
    ),
    Probe::get(
        &["asana-personal-token"],
        &["https://app.asana.com/api/1.0/users/me?opt_fields=name"],
        "/data/gid",
        "https://developers.asana.com/reference/getuser",
    )
    .named("/data/name"),
    Probe::get(
        &["hubspot-private-app-token"],
        &["https://api.hubapi.com/account-info/v3/details"],
        "/portalId",
        "https://developers.hubspot.com/docs/api-reference/account-account-info-v3/guide",
    )
    .named("/portalId")
    .fewer(&[(403, "MISSING_SCOPES")]),
    Probe::get(
        &["intercom-access-token"],
        &["https://api.intercom.io/me", "https://api.eu.intercom.io/me", "https://api.au.intercom.io/me"],
        "/id",
        "https://developers.intercom.com/docs/references/rest-api/api.intercom.io/admins/identifyadmin",
    )
    .named("/name"),
    Probe::get(
        &["contentful-management-token"],
        &["https://api.contentful.com/users/me", "https://api.eu.contentful.com/users/me"],
        "/sys/id",
        "https://www.contentful.com/developers/docs/references/user-management-api/",
    ),
    Probe::get(
        &["typeform-personal-token"],
        &["https://api.typeform.com/me", "https://api.eu.typeform.com/me"],
        "/user_id",
        "https://www.typeform.com/developers/create/reference/retrieve-your-own-account/",
    )
    .named("/alias")
    .refused(&[(401, ""), (403, "AUTHENTICATION_FAILED")]),
    Probe::get(
        &["clickup-token"],
        &["https://api.clickup.com/api/v2/user"],
        "/user/id",
        "https://developer.clickup.com/reference/getauthorizeduser",
    )
    .auth(Auth::Header("authorization", ""))
    .named("/user/username"),
    Probe::get(
        &["mapbox-secret-token"],
        &["https://api.mapbox.com/tokens/v2?access_token={}"],
        "/code",
        "https://docs.mapbox.com/api/accounts/tokens/#retrieve-a-token",
    )
    .auth(Auth::Address)
    .is("TokenValid")
    .named("/token/user")
    .refused(&[(200, "TokenRevoked"), (200, "TokenExpired"), (200, "TokenInvalid")]),
];
