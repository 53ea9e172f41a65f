//! Shopify: formats and sources are on the page `shopify.md`.

use super::super::detector::{Detector, Provider};

const SHOPIFY: Provider =
    Provider { page: include_str!("shopify.md"), advice: "rotate it in the Partner dashboard or uninstall the app" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    SHOPIFY
        .token("secrets/shopify-access-token", "Shopify Admin API access token", &["shpat_"], r"shpat_[0-9a-fA-F]{32}")
        .critical(),
    SHOPIFY
        .token("secrets/shopify-custom-app-token", "Shopify custom app token", &["shpca_"], r"shpca_[0-9a-fA-F]{32}")
        .critical(),
    SHOPIFY
        .token(
            "secrets/shopify-private-app-token",
            "Shopify private app password",
            &["shppa_"],
            r"shppa_[0-9a-fA-F]{32}",
        )
        .critical(),
    SHOPIFY
        .token("secrets/shopify-shared-secret", "Shopify app shared secret", &["shpss_"], r"shpss_[0-9a-fA-F]{32}")
        .critical(),
    SHOPIFY
        .token("secrets/shopify-partner-token", "Shopify Partner API token", &["prtapi_"], r"prtapi_[0-9a-f]{32}")
        .critical(),
];
