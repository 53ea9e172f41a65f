//! Helpers for tests only: the walker that turns a check's page into test cases, a validator of JSON Schemas, and a
//! writer of tar archives.

mod archive;
mod pages;
pub mod schema;

pub use archive::tar;
pub use pages::{Case, Expected, Files, Found, Page, PageError, walk, walk_fixes};
