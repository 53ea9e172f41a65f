//! The distribution that a system is, from `os-release`, and what it means for the packages that are installed on it.

use palisade_model::Purl;

use super::{Manifest, lines::unquoted};

/// A distribution (<https://www.freedesktop.org/software/systemd/man/latest/os-release.html>).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// `debian`, `alpine`, `rhel`.
    pub id: String,
    /// `12`, `3.20.3`, `9.4`; empty for those that roll.
    pub version: String,
}

/// Files that name the distribution, the first that is there counts.
pub const SYSTEM_FILES: [&str; 2] = ["etc/os-release", "usr/lib/os-release"];

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
}
