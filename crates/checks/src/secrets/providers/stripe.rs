//! Stripe: formats and sources are on the page `stripe.md`.

use super::super::detector::{Detector, Provider};

const STRIPE: Provider =
    Provider { page: include_str!("stripe.md"), advice: "roll it at https://dashboard.stripe.com/apikeys" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    STRIPE
        .token(
            "secrets/stripe-live-secret-key",
            "Stripe live secret key",
            &["sk_live_"],
            r"sk_live_[0-9A-Za-z]{24,247}",
        )
        .critical(),
    STRIPE
        .token(
            "secrets/stripe-live-restricted-key",
            "Stripe live restricted key",
            &["rk_live_"],
            r"rk_live_[0-9A-Za-z]{24,247}",
        )
        .critical(),
    STRIPE
        .token(
            "secrets/stripe-test-secret-key",
            "Stripe test secret key",
            &["sk_test_", "rk_test_"],
            r"[sr]k_test_[0-9A-Za-z]{24,247}",
        )
        .low(),
    STRIPE
        .token(
            "secrets/stripe-webhook-secret",
            "Stripe webhook signing secret",
            &["whsec_"],
            r"whsec_[0-9A-Za-z+/]{32,64}={0,2}",
        )
        .medium(),
];
