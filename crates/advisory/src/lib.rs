//! Advisories: which versions of which packages are known to be at fault.
//!
//! It refuses all I/O: advisories and versions are arguments, whoever fetched them.

mod version;

pub use version::{Order, VERSION_BYTES_MAX};
