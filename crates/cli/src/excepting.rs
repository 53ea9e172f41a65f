//! Exceptions meet a scan: the file is read, findings are marked, faults become findings.

use std::path::Path;
use std::time::SystemTime;

use anyhow::Context as _;
use palisade_checks::{Scan, Scanner};
use palisade_gate::{EXCEPTIONS_FILE, Exceptions};
use palisade_model::Timestamp;
use palisade_source::directory::Directory;

use crate::arguments::Look;
use crate::config::Config;

/// What held and what was used.
#[derive(Debug, Default)]
pub(crate) struct Excepted {
    /// Ids of the exceptions that covered something.
    pub(crate) used: Vec<String>,
    /// The bytes of the file, for the digest of the policy.
    pub(crate) file: Vec<u8>,
}

/// Now, as the system tells it.
pub(crate) fn now() -> Timestamp {
    let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}

/// The exceptions file below a folder, if there is one.
pub(crate) fn file_of_folder(folder: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    if std::fs::symlink_metadata(folder.join(EXCEPTIONS_FILE)).is_err() {
        return Ok(None);
    }
    let files = Directory::new(folder).with_context(|| format!("cannot open {}", folder.display()))?;
    files.read(EXCEPTIONS_FILE).map(Some).with_context(|| format!("cannot read {EXCEPTIONS_FILE}"))
}

/// The entries of a file as of today.
pub(crate) fn read(bytes: &[u8], config: &Config, scanner: &Scanner) -> Exceptions {
    let masks = scanner.masks(EXCEPTIONS_FILE, bytes);
    Exceptions::read(EXCEPTIONS_FILE, bytes, &masks, &config.exceptions, now().date())
}

/// Marks what exceptions cover and adds their faults. `whole` says that the scan looked at every file.
pub(crate) fn apply(
    scan: &mut Scan,
    file: Option<Vec<u8>>,
    config: &Config,
    look: &Look,
    scanner: &Scanner,
    whole: bool,
) -> Excepted {
    let file = file.unwrap_or_default();
    let exceptions = read(&file, config, scanner);
    let mut faults = exceptions.faults.clone();
    let mut used = Vec::new();
    if !look.no_exceptions {
        let every_check = look.select.is_empty() && look.ignore.is_empty() && config.scan.select.is_empty();
        let applied = exceptions.apply(&mut scan.findings, &scan.marks, whole && every_check);
        faults.extend(applied.faults);
        used = applied.used;
    }
    faults.retain(|fault| scanner.checks().iter().any(|check| check.meta.id == fault.check.id));
    scan.findings.extend(faults);
    scan.sort();
    Excepted { used, file }
}
