//! The detectors as data, one file and one page per provider or family of providers.

mod ai;
mod alibaba;
mod anthropic;
mod aws;
mod azure;
mod chat;
mod cloudflare;
mod clouds;
mod credential_files;
mod deno;
mod digitalocean;
mod discord;
mod fastly;
mod forges;
mod gcp;
mod generic;
mod github;
mod gitlab;
mod grafana;
mod infrastructure;
mod messaging;
mod observability;
mod openai;
mod payments;
mod private_keys;
mod registries;
mod saas;
mod shopify;
mod slack;
mod square;
mod stripe;
mod tencent;
mod urls;
mod web_tokens;

use super::detector::Detector;

/// All rows, in the order in which equals are preferred.
static ALL: &[&[Detector]] = &[
    private_keys::DETECTORS,
    aws::DETECTORS,
    gcp::DETECTORS,
    azure::DETECTORS,
    digitalocean::DETECTORS,
    alibaba::DETECTORS,
    tencent::DETECTORS,
    clouds::DETECTORS,
    cloudflare::DETECTORS,
    fastly::DETECTORS,
    github::DETECTORS,
    gitlab::DETECTORS,
    forges::DETECTORS,
    registries::DETECTORS,
    stripe::DETECTORS,
    square::DETECTORS,
    payments::DETECTORS,
    shopify::DETECTORS,
    slack::DETECTORS,
    discord::DETECTORS,
    chat::DETECTORS,
    messaging::DETECTORS,
    openai::DETECTORS,
    anthropic::DETECTORS,
    ai::DETECTORS,
    grafana::DETECTORS,
    observability::DETECTORS,
    infrastructure::DETECTORS,
    saas::DETECTORS,
    deno::DETECTORS,
    urls::DETECTORS,
    web_tokens::DETECTORS,
    credential_files::DETECTORS,
    generic::DETECTORS,
];

/// Every built-in detector.
pub(super) fn all() -> impl Iterator<Item = &'static Detector> {
    ALL.iter().copied().flatten()
}
