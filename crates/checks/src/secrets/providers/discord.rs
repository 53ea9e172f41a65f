//! Discord: formats and sources are on the page `discord.md`.

use super::super::detector::{Detector, Provider};

const DISCORD: Provider = Provider {
    page: include_str!("discord.md"),
    advice: "reset it in the Discord developer portal, or delete the webhook",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    DISCORD
        .keyed(
            "secrets/discord-token",
            "Discord bot token",
            &["discord", "bot"],
            r"[MNO][0-9A-Za-z_-]{23,27}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,38}",
        )
        .critical(),
    DISCORD
        .keyed("secrets/discord-client-secret", "Discord client secret", &["discord"], r"[0-9A-Za-z_-]{32}")
        .entropy(3.9),
    DISCORD
        .token(
            "secrets/discord-webhook-url",
            "Discord webhook",
            &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
            r"discord(?:app)?\.com/api/webhooks/([0-9]{17,20}/[0-9A-Za-z_-]{60,72})",
        )
        .medium(),
];
