//! The words of Palisade as types: severities, spans, checks, findings, fixes, dates.
//!
//! Everything above this crate speaks in these types. It refuses all I/O: no
//! file, no clock, no environment, no network.

mod check;
mod coverage;
mod date;
mod finding;
mod fingerprint;
mod fix;
mod purl;
mod reach;
mod severity;
mod span;

pub use check::Meta;
pub use coverage::{BINARY, Coverage, Skipped, Uncompared};
pub use date::{Clock, Date, DateError, FixedClock, Timestamp};
pub use finding::{
    ExceptionNote, Excerpt, Finding, History, Location, PackageFault, Related, StatementNote, Upgrade, Validity,
    Verification,
};
pub use fingerprint::{Digest, Fingerprint, content_hash};
pub use fix::{Edit, Fix, Safety};
pub use purl::{PURL_BYTES_MAX, Purl, PurlError};
pub use reach::{Place, Reach, Route, Use};
pub use severity::{Confidence, Severity, UnknownName};
pub use span::{LineIndex, Position, Span};
