//! Facts become findings: the checks, their pages, and the scanner that runs them in one pass.
//!
//! A check is one `.rs` file that declares and decides, and one `.md` page that
//! explains and tests it. Nothing here opens files, asks the clock or starts
//! programs: what a check needs from outside comes through [`Host`].

mod check;
mod fixing;
mod host;
mod lock;
mod mark;
mod piped;
mod report;
mod scanner;
mod settings;

pub mod app;
pub mod ci;
pub mod code;
pub mod container;
pub mod data;
pub mod exceptions;
pub mod iac;
pub mod iam;
pub mod imported;
pub mod kubernetes;
pub mod packages;
pub mod quality;
pub mod repo;
pub mod scan;
pub mod secrets;

pub use check::{Check, Run};
pub use fixing::{Except, Fixed, FixedFile, Refused, Wanted};
pub use host::{Host, RELEASE_NAMESPACE, Renderer};
pub use lock::{ActionPin, ImagePin, LOCK_BYTES_MAX, Lock, LockError, is_image};
pub use mark::{Mark, is_id_byte, marks};
pub use report::{Draft, Report};
pub use scanner::{FileReport, LicenceTally, PARSE_BYTES_MAX, Scan, Scanner};
pub use settings::{
    CiSettings, ContainerSettings, DataSettings, IamSettings, KubernetesSettings, KubernetesVersion, NewDependencies,
    PackagesSettings, QualitySettings, Selection, Settings, UnknownCheck, UnknownVersion, distance, matches,
};

/// Every check, by family.
pub fn catalogue() -> impl Iterator<Item = &'static Check> {
    [
        ci::CHECKS,
        container::CHECKS,
        exceptions::CHECKS,
        imported::CHECKS,
        kubernetes::CHECKS,
        packages::CHECKS,
        repo::CHECKS,
        scan::CHECKS,
    ]
    .into_iter()
    .flatten()
    .copied()
    .chain(app::checks())
    .chain(code::checks())
    .chain(data::checks())
    .chain(&quality::CHECKS)
    .chain(iac::checks())
    .chain(iam::CHECKS.iter().copied().flatten())
    .chain(secrets::detectors().map(|detector| &detector.check))
}

/// The check with an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Check> {
    catalogue().find(|check| check.meta.id == id)
}
