//! Credentials of the web at large: JSON web tokens, basic authentication, Docker's stored logins.

use super::super::detector::{Detector, Provider};
use super::super::special::{basic_header, docker_auth, jwt};

const WEB: Provider = Provider {
    page: include_str!("web_tokens.md"),
    advice: "revoke it where it was issued, or change the password that it carries",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    WEB.special(
        "secrets/json-web-token",
        "JSON web token",
        &["eyJh", "eyJ0", "eyJr", "eyJj", "eyJl", "eyJ6", "eyJp", "eyJi", "eyJ4", "eyJK"],
        jwt,
    )
    .medium(),
    WEB.special(
        "secrets/basic-authorization",
        "user and password in a basic authorization header",
        &["Basic ", "basic ", "BASIC "],
        basic_header,
    ),
    WEB.special(
        "secrets/docker-config-auth",
        "registry login in Docker's config.json",
        &["\"auth\"", "\"_auth\""],
        docker_auth,
    ),
];
