//! How much one visitor may ask for, and send.

use palisade_inventory::code::Language;
use palisade_model::Severity::{Low, Medium};

use super::{RUST, SCRIPT, cost, meta, rule};
use crate::Check;
use crate::check::likely;
use crate::code::rule::{At, Test, call};

const PAGE: &str = include_str!("limits.md");

const PARSERS: &[&str] = &[
    "express.json",
    "express.urlencoded",
    "express.text",
    "express.raw",
    "body-parser.json",
    "body-parser.urlencoded",
    "body-parser.text",
    "body-parser.raw",
];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_service(
        likely(cost(meta(
            "app/unlimited-rate",
            "one visitor may ask as often as it likes",
            PAGE,
            Low,
            &["CWE-770", "OWASP-API:API4"],
        ))),
        rule(
            SCRIPT,
            &[call(&["express", "fastify", "@nestjs/core.NestFactory.create"], &[])],
            "nothing in this repository limits requests, neither here nor before it; \
             use `express-rate-limit`, `@fastify/rate-limit`, `@nestjs/throttler` or the proxy's limits",
        )
        .words(&["express", "fastify", "NestFactory"]),
        &[
            "ratelimit",
            "rate-limit",
            "rate_limit",
            "throttl",
            "slow-down",
            "slowdown",
            "limit_req",
            "limit-rps",
            "limit-rpm",
            "limit-connections",
            "local_ratelimit",
            "rate_based_statement",
            "cloudflare_rate",
            "under-pressure",
        ],
    ),
    Check::on_code(
        likely(meta("app/large-body", "one request may fill the memory", PAGE, Low, &["CWE-770", "CWE-400"])),
        rule(
            &[Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Rust],
            &[
                call(PARSERS, &[(At::Field(0, "limit"), Test::Mebibytes(50.0))]).of(SCRIPT),
                call(&["fastify"], &[(At::Field(0, "bodyLimit"), Test::Mebibytes(50.0))]).of(SCRIPT),
                call(&["DefaultBodyLimit.disable"], &[]).of(RUST),
            ],
            "a few such requests at once take all memory, before anybody is asked who they are; \
             raise the limit for the one route that needs it",
        )
        .words(&["limit", "bodyLimit", "DefaultBodyLimit"]),
    ),
    Check::on_code(
        meta("app/unlimited-upload", "uploads may be of any size", PAGE, Medium, &["CWE-770", "CWE-400"]),
        rule(
            SCRIPT,
            &[
                call(&["multer"], &[(At::Arg(0, ""), Test::Missing)]),
                call(&["multer"], &[(At::Arg(0, ""), Test::Lacks(&["limits"]))]),
                call(&["express-fileupload"], &[(At::Arg(0, ""), Test::Missing)]),
                call(&["express-fileupload"], &[(At::Arg(0, ""), Test::Lacks(&["limits"]))]),
            ],
            "the default is no limit at all: one upload fills the disk or the memory; set `limits: { fileSize: … }`",
        )
        .words(&["multer", "express-fileupload"]),
    ),
];
