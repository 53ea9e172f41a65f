//! Helpers for tests only: the walker that turns a check's page into test cases.

mod pages;

pub use pages::{Case, Expected, Found, Page, PageError, walk};
