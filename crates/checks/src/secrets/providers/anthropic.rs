//! Anthropic: formats and sources are on the page `anthropic.md`.

use super::super::detector::{Detector, Provider};

const ANTHROPIC: Provider =
    Provider { page: include_str!("anthropic.md"), advice: "delete it at https://console.anthropic.com/settings/keys" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    ANTHROPIC
        .token(
            "secrets/anthropic-api-key",
            "Anthropic API key",
            &["sk-ant-api03-"],
            r"sk-ant-api03-[0-9A-Za-z_-]{93}AA",
        )
        .critical(),
    ANTHROPIC
        .token(
            "secrets/anthropic-admin-key",
            "Anthropic admin key",
            &["sk-ant-admin01-"],
            r"sk-ant-admin01-[0-9A-Za-z_-]{93}AA",
        )
        .critical(),
    ANTHROPIC.token(
        "secrets/anthropic-oauth-token",
        "Anthropic OAuth token",
        &["sk-ant-oat01-", "sk-ant-ort01-"],
        r"sk-ant-o[ar]t01-[0-9A-Za-z_-]{80,120}",
    ),
];
