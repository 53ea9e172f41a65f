//! Target → bytes, bounded: directory walks, streams, archives, git objects, and HTTPS where the user asks for it.
//!
//! This crate owns all walking of untrusted input. It knows nothing of checks,
//! never writes, never follows a symbolic link out of its target and never holds
//! a whole large file: every reader hands out [`Entry`] values, and what could
//! not be read is an entry too, with its reason.

#![expect(clippy::disallowed_methods, reason = "reading untrusted trees, bounded, is what this crate is for")]

pub mod archive;
mod at;
pub mod directory;
mod entry;
pub mod git;
pub mod http;
mod ignored;
pub mod image;
mod label;
pub mod stream;
pub mod walk;

pub use entry::{Entry, File, Visit};
pub use ignored::{Ignored, ignored};
pub use label::label;
