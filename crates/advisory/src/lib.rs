//! Advisories: which versions of which packages are known to be at fault.
//!
//! It refuses all I/O: advisories and versions are arguments, whoever fetched them, and an index is read through a
//! function that its opener gives.

mod index;
mod name;
pub mod osv;
mod severity;
mod version;
pub mod vex;

pub use index::{
    About, Block, BuildError, Builder, Enrichment, Event, EventKind, Fault, Index, Kev, MAGIC, Match, OpenError,
    ReadAt, Record, SourceCount, Upgrade,
};
pub use name::{Asked, asked, package_name};
pub use version::{Order, VERSION_BYTES_MAX};
