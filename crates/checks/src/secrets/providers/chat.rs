//! Chat and messengers: formats and sources are on the page `chat.md`.

use super::super::detector::{Detector, Provider};

const CHAT: Provider =
    Provider { page: include_str!("chat.md"), advice: "revoke it in the settings of the bot or webhook" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    CHAT.keyed("secrets/telegram-token", "Telegram bot token", &["telegram", "tg_", "tgram", "bot"], r"[0-9]{8,10}:A[0-9A-Za-z_-]{34}"),
    CHAT.token("secrets/telegram-bot-url", "Telegram bot token in an API address", &["api.telegram.org/bot"], r"api\.telegram\.org/bot([0-9]{8,10}:A[0-9A-Za-z_-]{34})"),
    CHAT.token("secrets/teams-webhook-url", "Microsoft Teams incoming webhook", &["webhook.office.com/webhookb2/"], r"webhook\.office\.com/webhookb2/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}@[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/IncomingWebhook/[0-9A-Za-z]{32}/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})").medium(),
    CHAT.token("secrets/google-chat-webhook-url", "Google Chat webhook", &["chat.googleapis.com/v1/spaces/"], r"chat\.googleapis\.com/v1/spaces/[0-9A-Za-z_-]{8,16}/messages\?key=([0-9A-Za-z_-]{39}(?:&|%26)token(?:=|%3D)[0-9A-Za-z_%-]{43,60})").medium(),
    CHAT.keyed("secrets/mattermost-token", "Mattermost access token", &["mattermost"], r"[0-9a-z]{26}").entropy(3.6),
    CHAT.keyed("secrets/webex-bot-token", "Webex access token", &["webex", "ciscospark"], r"[0-9A-Za-z]{64}_[0-9A-Za-z]{4}_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    CHAT.keyed("secrets/line-channel-token", "LINE channel access token", &["line"], r"[0-9A-Za-z+/]{160,180}=?"),
    CHAT.keyed("secrets/intercom-access-token", "Intercom access token", &["intercom"], r"dG9r[0-9A-Za-z+/_-]{54,60}={0,2}"),
    CHAT.keyed("secrets/zendesk-api-token", "Zendesk API token", &["zendesk"], r"[0-9A-Za-z]{40}").entropy(4.0),
];
