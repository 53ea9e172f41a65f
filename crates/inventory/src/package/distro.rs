//! The distribution that a system is, from `os-release`, and what it means for the packages that are installed on it.

use palisade_model::Purl;

use super::beside::Beside;
use super::{Manifest, lines::unquoted};

/// A distribution (<https://www.freedesktop.org/software/systemd/man/latest/os-release.html>).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// `debian`, `alpine`, `rhel`.
    pub id: String,
    /// `12`, `3.20.3`, `9.4`; empty for those that roll.
    pub version: String,
}

/// Files that name the distribution, by their paths below its root; the first that is there counts.
const SYSTEM_FILES: [&str; 2] = ["etc/os-release", "usr/lib/os-release"];

/// Whether a file names the distribution of the target, or of a system in one of its folders.
#[must_use]
pub fn is_system_file(path: &str) -> bool {
    let root = |file: &str| path.strip_suffix(file).is_some_and(|root| root.is_empty() || root.ends_with('/'));
    SYSTEM_FILES.iter().any(|file| root(file))
}

/// Lists of what a package manager installed, by their paths below the root of a system.
const INSTALLED: [&str; 5] = [
    "lib/apk/db/installed",
    "usr/lib/apk/db/installed",
    "var/lib/dpkg/status",
    "var/lib/opkg/status",
    "usr/lib/opkg/status",
];

/// The folder of the system that a list of installed packages is of, with a slash at its end; empty for the target
/// itself, none for other files.
pub(super) fn root_of(path: &str) -> Option<&str> {
    let paragraphs = path.rfind("var/lib/dpkg/status.d/").and_then(|at| path.get(..at));
    // The longest that fits: `usr/lib/…` is no `lib/…` below a root `usr/`.
    let roots = INSTALLED.iter().filter_map(|list| path.strip_suffix(list)).chain(paragraphs);
    roots.filter(|root| root.is_empty() || root.ends_with('/')).min_by_key(|root| root.len())
}

/// Names the packages of a list after the system around it, where its root says which one it is.
pub(super) fn name_installed(manifest: &mut Manifest, beside: &Beside<'_>) {
    if root_of(beside.path).is_some()
        && let Some(system) = System::around(beside.path, &|file| beside.read(file))
    {
        system.name(manifest);
    }
}

impl System {
    /// Reads `os-release`; none when it names no distribution.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
            Some(unquoted(line.trim()).to_ascii_lowercase()).filter(|value| !value.is_empty())
        };
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        let id = value("ID").filter(|id| plain(id))?;
        let version = value("VERSION_ID").filter(|version| plain(version)).unwrap_or_default();
        Some(Self { id, version })
    }

    /// The system that a file of packages is of: that of the root around a list of what is installed, and that of the
    /// whole target for all other files. `read` gives the texts of files.
    #[must_use]
    pub fn around<T: std::ops::Deref<Target = str>>(path: &str, read: &dyn Fn(&str) -> Option<T>) -> Option<Self> {
        let root = root_of(path).unwrap_or("");
        SYSTEM_FILES.iter().find_map(|file| Self::read(&read(&format!("{root}{file}"))?))
    }

    /// Names the packages that a package manager of this system installed after it.
    pub fn name(&self, manifest: &mut Manifest) {
        let distro = if self.version.is_empty() { self.id.clone() } else { format!("{}-{}", self.id, self.version) };
        for package in &mut manifest.packages {
            let purl = &package.purl;
            if !matches!(purl.kind(), "deb" | "apk" | "rpm") {
                continue;
            }
            let Ok(mut named) = Purl::in_namespace(purl.kind(), &self.id, purl.name()) else { continue };
            named = named.at(purl.version().unwrap_or(""));
            for (key, value) in purl.qualifiers() {
                named = named.with(key, value);
            }
            package.purl = named.with("distro", &distro);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn systems_are_read_and_name_their_packages() {
        let system = System::read("PRETTY_NAME=\"Debian\"\nVERSION_ID=\"12\"\nID=debian\n").unwrap();
        assert_eq!((system.id.as_str(), system.version.as_str()), ("debian", "12"));
        assert_eq!(System::read("ID=wolfi\n").unwrap().version, "");
        assert_eq!(System::read("ID=\"a b\"\n"), None);
        assert_eq!(System::read("NAME=x"), None);
        let mut manifest =
            Manifest::read("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n").unwrap();
        System { id: "ubuntu".to_owned(), version: "22.04".to_owned() }.name(&mut manifest);
        assert_eq!(manifest.packages.first().unwrap().purl.to_string(), "pkg:deb/ubuntu/a@1?distro=ubuntu-22.04");
    }

    #[test]
    fn each_root_is_a_system_of_its_own() {
        let files = [
            ("one/etc/os-release", "ID=debian\nVERSION_ID=12\n"),
            ("two/usr/lib/os-release", "ID=alpine\nVERSION_ID=3.20.1\n"),
        ];
        let read = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec());
        let others = crate::package::Others::new(files.iter().map(|(path, _)| *path), &read);
        let first = |path, text| Manifest::read_among(path, text, &others).unwrap().packages.remove(0).purl.to_string();
        let dpkg = "Package: a\nStatus: install ok installed\nVersion: 1\n";
        assert_eq!(first("one/var/lib/dpkg/status", dpkg), "pkg:deb/debian/a@1?distro=debian-12");
        assert_eq!(first("one/var/lib/dpkg/status.d/a", dpkg), "pkg:deb/debian/a@1?distro=debian-12");
        assert_eq!(first("two/usr/lib/apk/db/installed", "P:a\nV:1\n"), "pkg:apk/alpine/a@1?distro=alpine-3.20.1");
        assert_eq!(first("var/lib/dpkg/status", dpkg), "pkg:deb/debian/a@1");
    }
}
