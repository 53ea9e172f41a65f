//! Helpers for tests only: the walker that turns a check's page into test cases, and a validator of JSON Schemas.

mod pages;
pub mod schema;

pub use pages::{Case, Expected, Files, Found, Page, PageError, walk, walk_fixes};
