//! Deno Deploy: formats and sources are on the page `deno.md`.

use super::super::detector::{Detector, Provider};

const DENO: Provider =
    Provider { page: include_str!("deno.md"), advice: "revoke it at https://dash.deno.com/account#access-tokens" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    DENO.token("secrets/deno-personal-token", "Deno Deploy personal token", &["ddp_"], r"ddp_[0-9A-Za-z]{36}")
        .critical(),
    DENO.token("secrets/deno-organization-token", "Deno Deploy organisation token", &["ddo_"], r"ddo_[0-9A-Za-z]{36}")
        .critical(),
];
