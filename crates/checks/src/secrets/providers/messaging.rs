//! Mail, text messages and phones: formats and sources are on the page `messaging.md`.

use super::super::detector::{Detector, Provider};

const MESSAGING: Provider = Provider {
    page: include_str!("messaging.md"),
    advice: "delete it in the API key settings of the provider named above",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    MESSAGING.keyed("secrets/twilio-auth-token", "Twilio auth token", &["twilio"], r"[0-9a-f]{32}").critical(),
    MESSAGING
        .keyed("secrets/twilio-api-key-secret", "Twilio API key secret", &["twilio"], r"[0-9A-Za-z]{32}")
        .entropy(3.9)
        .critical(),
    MESSAGING
        .keyed(
            "secrets/sendgrid-mail-key",
            "SendGrid API key named by its variable",
            &["sendgrid", "sg."],
            r"SG\.[0-9A-Za-z_-]{20,24}\.[0-9A-Za-z_-]{39,50}",
        )
        .critical(),
    MESSAGING
        .keyed(
            "secrets/mailgun-api-key",
            "Mailgun private API key",
            &["mailgun", "mg_"],
            r"key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}",
        )
        .critical(),
    MESSAGING
        .token("secrets/mailchimp-api-key", "Mailchimp API key", &["-us1", "-us2"], r"[0-9a-f]{32}-us[0-9]{1,2}")
        .before(32),
    MESSAGING
        .keyed(
            "secrets/mandrill-api-key",
            "Mailchimp Transactional (Mandrill) API key",
            &["mandrill"],
            r"(?:md-)?[0-9A-Za-z_-]{22}",
        )
        .entropy(3.6),
    MESSAGING.keyed(
        "secrets/postmark-server-token",
        "Postmark server token",
        &["postmark"],
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    MESSAGING
        .token("secrets/brevo-api-key", "Brevo API key", &["xkeysib-"], r"xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}")
        .critical(),
    MESSAGING
        .token("secrets/brevo-smtp-key", "Brevo SMTP key", &["xsmtpsib-"], r"xsmtpsib-[0-9a-f]{64}-[0-9A-Za-z]{16}")
        .critical(),
    MESSAGING
        .keyed(
            "secrets/resend-mail-key",
            "Resend API key named by its variable",
            &["resend"],
            r"re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}",
        )
        .critical(),
    MESSAGING.keyed("secrets/sparkpost-api-key", "SparkPost API key", &["sparkpost"], r"[0-9a-f]{40}"),
    MESSAGING
        .keyed("secrets/messagebird-api-key", "MessageBird access key", &["messagebird"], r"[0-9A-Za-z]{25}")
        .entropy(3.6),
    MESSAGING.keyed("secrets/klaviyo-api-key", "Klaviyo private API key", &["klaviyo"], r"pk_[0-9a-f]{34}"),
    MESSAGING.keyed("secrets/mailjet-secret", "Mailjet API or secret key", &["mailjet"], r"[0-9a-f]{32}"),
    MESSAGING.keyed("secrets/plivo-auth-token", "Plivo auth token", &["plivo"], r"[0-9A-Za-z]{40}").entropy(4.0),
];
