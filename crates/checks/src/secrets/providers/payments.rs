//! Payment providers: formats and sources are on the page `payments.md`.

use super::super::detector::{Detector, Provider};

const PAYMENTS: Provider = Provider {
    page: include_str!("payments.md"),
    advice: "roll it in the API key settings of the provider named above",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    PAYMENTS
        .token(
            "secrets/braintree-access-token",
            "Braintree access token",
            &["access_token$production$"],
            r"access_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}",
        )
        .critical(),
    PAYMENTS
        .token(
            "secrets/braintree-sandbox-token",
            "Braintree sandbox access token",
            &["access_token$sandbox$"],
            r"access_token\$sandbox\$[0-9a-z]{16}\$[0-9a-f]{32}",
        )
        .low(),
    PAYMENTS
        .keyed("secrets/paypal-client-secret", "PayPal client secret", &["paypal"], r"E[0-9A-Za-z_-]{79}")
        .critical(),
    PAYMENTS
        .keyed("secrets/adyen-checkout-key", "Adyen API key", &["adyen"], r"AQE[0-9A-Za-z+/=_.^*(){}<>-]{60,250}")
        .critical(),
    PAYMENTS.token("secrets/razorpay-live-key", "Razorpay live key id", &["rzp_live_"], r"rzp_live_[0-9A-Za-z]{14}"),
    PAYMENTS
        .token("secrets/razorpay-test-key", "Razorpay test key id", &["rzp_test_"], r"rzp_test_[0-9A-Za-z]{14}")
        .low(),
    PAYMENTS
        .keyed("secrets/razorpay-key-secret", "Razorpay key secret", &["razorpay", "rzp_"], r"[0-9A-Za-z]{24}")
        .entropy(3.6)
        .critical(),
    PAYMENTS.token(
        "secrets/plaid-access-token",
        "Plaid access token",
        &["access-production-", "access-development-", "access-sandbox-"],
        r"access-(?:production|development|sandbox)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    PAYMENTS.keyed("secrets/plaid-secret", "Plaid secret", &["plaid"], r"[0-9a-f]{30}").critical(),
    PAYMENTS
        .keyed("secrets/coinbase-api-secret", "Coinbase API key secret", &["coinbase"], r"[0-9A-Za-z+/]{86}==")
        .critical(),
    PAYMENTS
        .token(
            "secrets/flutterwave-secret-key",
            "Flutterwave live secret key",
            &["FLWSECK-"],
            r"FLWSECK-[0-9a-zA-Z]{32}-X",
        )
        .critical(),
    PAYMENTS
        .token(
            "secrets/flutterwave-test-key",
            "Flutterwave test secret key",
            &["FLWSECK_TEST-"],
            r"FLWSECK_TEST-[0-9a-zA-Z]{12,32}(?:-X)?",
        )
        .low(),
    PAYMENTS
        .token(
            "secrets/checkout-secret-key",
            "Checkout.com secret key",
            &["sk_sbox_"],
            r"sk_sbox_[0-9a-z]{22,30}[0-9a-z*#$=]",
        )
        .low(),
    PAYMENTS
        .token("secrets/gocardless-live-token", "GoCardless live access token", &["live_"], r"live_[0-9A-Za-z_=-]{40}")
        .near(&["gocardless"])
        .critical(),
    PAYMENTS
        .token("secrets/lob-live-key", "Lob live API key", &["live_"], r"live_[0-9a-f]{35}")
        .near(&["lob_", "lob.com", "lob-"]),
    PAYMENTS
        .token("secrets/mollie-live-key", "Mollie live API key", &["live_"], r"live_[0-9A-Za-z]{30}")
        .near(&["mollie"])
        .critical(),
    PAYMENTS
        .token(
            "secrets/duffel-live-token",
            "Duffel live access token",
            &["duffel_live_"],
            r"duffel_live_[0-9A-Za-z_=-]{43}",
        )
        .critical(),
    PAYMENTS
        .token(
            "secrets/duffel-test-token",
            "Duffel test access token",
            &["duffel_test_"],
            r"duffel_test_[0-9A-Za-z_=-]{43}",
        )
        .low(),
    PAYMENTS.token("secrets/easypost-live-key", "EasyPost API key", &["EZAK"], r"EZAK[0-9A-Za-z]{54}").critical(),
    PAYMENTS.token("secrets/easypost-test-key", "EasyPost test API key", &["EZTK"], r"EZTK[0-9A-Za-z]{54}").low(),
    PAYMENTS
        .token("secrets/shippo-live-token", "Shippo live token", &["shippo_live_"], r"shippo_live_[0-9a-f]{40}")
        .critical(),
    PAYMENTS
        .token("secrets/shippo-test-token", "Shippo test token", &["shippo_test_"], r"shippo_test_[0-9a-f]{40}")
        .low(),
    PAYMENTS
        .token("secrets/midtrans-server-key", "Midtrans server key", &["Mid-server-"], r"Mid-server-[0-9A-Za-z_-]{24}")
        .critical(),
    PAYMENTS
        .token(
            "secrets/paddle-live-key",
            "Paddle live API key",
            &["pdl_live_apikey_"],
            r"pdl_live_apikey_[0-9a-z]{26}_[0-9A-Za-z]{22}_[0-9A-Za-z]{3}",
        )
        .critical(),
    PAYMENTS
        .token(
            "secrets/paddle-sandbox-key",
            "Paddle sandbox API key",
            &["pdl_sdbx_apikey_"],
            r"pdl_sdbx_apikey_[0-9a-z]{26}_[0-9A-Za-z]{22}_[0-9A-Za-z]{3}",
        )
        .low(),
    PAYMENTS
        .token(
            "secrets/polar-token",
            "Polar access token",
            &["polar_oat_", "polar_pat_"],
            r"polar_(?:oat|pat)_[0-9A-Za-z]{43}",
        )
        .critical(),
    PAYMENTS
        .token(
            "secrets/xendit-secret-key",
            "Xendit secret key",
            &["xnd_production_"],
            r"xnd_production_[0-9A-Za-z]{40,80}",
        )
        .critical(),
    PAYMENTS
        .token(
            "secrets/xendit-test-key",
            "Xendit development key",
            &["xnd_development_"],
            r"xnd_development_[0-9A-Za-z]{40,80}",
        )
        .low(),
];
