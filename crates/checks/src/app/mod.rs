//! What an application answers to: GraphQL, origins, sessions, headers, limits, its own description, and its logs.
//!
//! Rules on source code are rows on the facts that `code` uses too. What is missing is judged over the whole target:
//! the use of a framework is a sign, kept until every file was seen, and any file can hold what belongs to it.

mod cookies;
mod document;
mod graphql;
mod limits;
mod logs;
mod openapi;
mod origins;
mod protections;
mod rails;
mod schema;
mod service;
mod spring;
mod tokens;

use palisade_inventory::code::Language;
use palisade_model::{Meta, Severity};

use crate::Check;
use crate::code::rule::{CodeRule, Row};

pub(crate) use document::judge as judge_document;
pub use service::ServiceRule;
pub(crate) use service::judge;

/// The family's checks.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    let rows = [
        cookies::CHECKS,
        graphql::CHECKS,
        limits::CHECKS,
        logs::CHECKS,
        origins::CHECKS,
        protections::CHECKS,
        spring::CHECKS,
        tokens::CHECKS,
    ];
    let documents = [openapi::CHECKS, rails::CHECKS, schema::CHECKS, spring::SETTINGS];
    rows.into_iter().flatten().chain(documents.into_iter().flatten().copied())
}

const PYTHON: &[Language] = &[Language::Python];
const SCRIPT: &[Language] = &[Language::JavaScript, Language::TypeScript, Language::Tsx];
const GO: &[Language] = &[Language::Go];
const JAVA: &[Language] = &[Language::Java];
const RUST: &[Language] = &[Language::Rust];
const EVERY: &[Language] = &Language::ALL;

/// What a check of the family says of itself, with high confidence.
const fn meta(
    id: &'static str,
    title: &'static str,
    page: &'static str,
    severity: Severity,
    maps: &'static [&'static str],
) -> Meta {
    crate::check::meta(id, title, page, severity, &["EH-2", "US-024.1"], maps)
}

/// A rule on what a service answers in production; what stands under a condition on the environment is not judged.
const fn rule(languages: &'static [Language], rows: &'static [Row], message: &'static str) -> CodeRule {
    crate::code::rule::rule(languages, rows, message).in_production()
}

/// What [`meta`] gives, for what bounds queries of GraphQL.
const fn cost(meta: Meta) -> Meta {
    Meta { controls: &["E8-T2", "AP-3"], ..meta }
}

/// What [`meta`] gives, for what production must not answer.
const fn closed(meta: Meta) -> Meta {
    Meta { controls: &["E8-T3"], ..meta }
}
