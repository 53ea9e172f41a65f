//! Slack: formats and sources are on the page `slack.md`.

use super::super::detector::{Detector, Provider};

const SLACK: Provider = Provider {
    page: include_str!("slack.md"),
    advice: "revoke it through auth.revoke or on the page of the app at https://api.slack.com/apps",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    SLACK.token("secrets/slack-bot-token", "Slack bot token", &["xoxb-"], r"xoxb-[0-9]{10,13}-[0-9]{10,13}-[0-9A-Za-z]{24}").critical(),
    SLACK.token("secrets/slack-user-token", "Slack user token", &["xoxp-"], r"xoxp-(?:[0-9]{10,13}-){3}[0-9a-f]{32}").critical(),
    SLACK.token("secrets/slack-legacy-bot-token", "Slack bot token of the old format", &["xoxb-"], r"xoxb-[0-9]{8,14}-[0-9A-Za-z]{18,26}"),
    SLACK.token("secrets/slack-legacy-workspace-token", "Slack workspace token", &["xoxa-", "xoxr-"], r"xox[ar]-(?:[0-9]-)?[0-9A-Za-z]{8,48}(?:-[0-9A-Za-z]{8,48}){0,3}"),
    SLACK.token("secrets/slack-app-token", "Slack app-level token", &["xapp-"], r"xapp-[0-9]-[0-9A-Z]{9,12}-[0-9]{10,13}-[0-9a-f]{64}"),
    SLACK.token("secrets/slack-config-token", "Slack configuration access token", &["xoxe.xoxp-", "xoxe.xoxb-"], r"xoxe\.xox[bp]-[0-9]-[0-9A-Za-z]{140,180}"),
    SLACK.token("secrets/slack-refresh-token", "Slack configuration refresh token", &["xoxe-"], r"xoxe-[0-9]-[0-9A-Za-z]{140,150}"),
    SLACK.token("secrets/slack-session-cookie", "Slack session token of a browser", &["xoxc-"], r"xoxc-(?:[0-9]{10,13}-){3}[0-9a-f]{64}").critical(),
    SLACK.token("secrets/slack-webhook-url", "Slack incoming webhook", &["hooks.slack.com/services/"], r"hooks\.slack\.com/services/(T[0-9A-Z]{8,12}/B[0-9A-Z]{8,12}/[0-9A-Za-z]{24})").medium(),
    SLACK.token("secrets/slack-workflow-webhook-url", "Slack workflow webhook", &["hooks.slack.com/workflows/", "hooks.slack.com/triggers/"], r"hooks\.slack\.com/(?:workflows|triggers)/([0-9A-Z]{8,12}/[0-9A-Za-z]{8,24}/[0-9]{12,24}/[0-9A-Za-z]{24,48})").medium(),
];
