//! The distribution that a system is, from `os-release`, and what it means for the packages that are installed on it.

use std::collections::BTreeMap;

use palisade_model::Purl;

use super::{Manifest, lines::unquoted};

/// A distribution (<https://www.freedesktop.org/software/systemd/man/latest/os-release.html>).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct System {
    /// `debian`, `alpine`, `rhel`.
    id: String,
    /// `12`, `3.20.3`, `9.4`, `24.03-lts-sp1`, `trixie`; empty for those that roll.
    version: String,
}

/// Files that name the distribution, below the root of its system; the first that is there counts.
const RELEASE_FILES: [&str; 2] = ["etc/os-release", "usr/lib/os-release"];

/// Folders in which package managers keep what they installed, below the root of a system.
const LISTS: [&str; 9] = [
    "usr/lib/apk/db/",
    "lib/apk/db/",
    "var/lib/dpkg/",
    "var/lib/opkg/",
    "usr/lib/opkg/",
    "usr/lib/sysimage/rpm/",
    "usr/share/rpm/",
    "var/lib/rpm/",
    "var/lib/rpmmanifest/",
];

/// A file of a system: one that says which it is, or one that lists what its package manager installed.
#[derive(Clone, Debug)]
pub enum SystemFile {
    /// The text of `os-release`.
    Release(String),
    /// Its packages, and its text where it is one.
    List(Manifest, String),
}

/// The systems of a target, each by the folder that is its root.
#[derive(Clone, Debug, Default)]
pub struct Systems {
    by_path: BTreeMap<String, System>,
}

impl Systems {
    /// Whether the file at `path` may say which system is around it.
    #[must_use]
    pub fn has(path: &str) -> bool {
        root_of_release(path).is_some()
    }

    /// The root of the system that the file at `path` lists packages of, with a slash at its end where it is not the
    /// target's own; none for other files.
    #[must_use]
    pub fn root(path: &str) -> Option<&str> {
        if !super::is_manifest(path) {
            return None;
        }
        // Of two folders that fit, the one further up says more: `usr/lib/apk/db` is no `lib/apk/db` of a system `usr`.
        LISTS.iter().filter_map(|folder| prefix(path, folder)).min_by_key(|root| root.len())
    }

    /// Adds or replaces what the file at `path` says.
    pub fn add(&mut self, path: &str, text: &str) {
        match System::read(text).filter(|_| Self::has(path)) {
            Some(system) => drop(self.by_path.insert(path.to_owned(), system)),
            None => self.remove(path),
        }
    }

    /// Forgets what the file at `path` said.
    pub fn remove(&mut self, path: &str) {
        self.by_path.remove(path);
    }

    /// Names the packages of the list at `path` after the system around it: that of its own root, or else of the
    /// nearest root above.
    pub fn name(&self, path: &str, manifest: &mut Manifest) {
        let Some(mut root) = Self::root(path) else { return };
        loop {
            let mut here = RELEASE_FILES.iter().filter_map(|file| self.by_path.get(&format!("{root}{file}")));
            if let Some(system) = here.next() {
                return system.name(manifest);
            }
            let Some(above) = root.strip_suffix('/') else { return };
            root = above.rfind('/').and_then(|slash| root.get(..=slash)).unwrap_or("");
        }
    }
}

/// What stands before a folder or file in a path, if it is there as a whole.
fn prefix<'p>(path: &'p str, part: &str) -> Option<&'p str> {
    let at = path.rfind(part)?;
    path.get(..at).filter(|before| before.is_empty() || before.ends_with(['/', '!']))
}

fn root_of_release(path: &str) -> Option<&str> {
    RELEASE_FILES.iter().find_map(|file| prefix(path, file).filter(|root| root.len() + file.len() == path.len()))
}

impl System {
    /// Reads `os-release`; none when it names no distribution.
    fn read(text: &str) -> Option<Self> {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
            Some(unquoted(line.trim()).to_ascii_lowercase()).filter(|value| !value.is_empty())
        };
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        let id = value("ID").filter(|id| plain(id))?;
        let version = value("VERSION_ID").or(value("VERSION_CODENAME")).filter(|version| plain(version));
        let mut version = version.unwrap_or_default();
        // Its service packs have advisories of their own, and only the long form of the version names them:
        // `24.03 (LTS-SP1)`.
        if id == "openeuler"
            && let Some((_, rest)) = value("VERSION").as_deref().and_then(|long| long.split_once('('))
            && let Some(pack) = rest.strip_suffix(')').filter(|pack| plain(pack))
        {
            version = format!("{version}-{pack}");
        }
        Some(Self { id, version })
    }

    /// The namespace of its packages: its vendor, as the specification of package URLs has it, where that is called
    /// otherwise than the system.
    fn namespace(&self) -> &str {
        match self.id.as_str() {
            "rhel" => "redhat",
            "sles" | "sled" | "sles_sap" | "sle_hpc" | "sle-micro" | "sl-micro" | "suse-microos" => "suse",
            id if id == "opensuse" || id.starts_with("opensuse-") => "opensuse",
            id => id,
        }
    }

    /// Names the packages that a package manager of this system installed after it.
    fn name(&self, manifest: &mut Manifest) {
        let distro = if self.version.is_empty() { self.id.clone() } else { format!("{}-{}", self.id, self.version) };
        for package in &mut manifest.packages {
            let purl = &package.purl;
            if !matches!(purl.kind(), "deb" | "apk" | "rpm") {
                continue;
            }
            let Ok(mut named) = Purl::in_namespace(purl.kind(), self.namespace(), purl.name()) else { continue };
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
        let named = |root: &str, list: &str| {
            let text = "Package: a\nStatus: install ok installed\nVersion: 1\n";
            let mut systems = Systems::default();
            systems.add("etc/os-release", "ID=debian\nVERSION_ID=12\n");
            systems.add(&format!("{root}usr/lib/os-release"), "ID=ubuntu\nVERSION_ID=22.04\n");
            systems.add("xetc/os-release", "ID=wrong\n");
            let mut manifest = Manifest::read(list, text).unwrap();
            systems.name(list, &mut manifest);
            manifest.packages.first().unwrap().purl.to_string()
        };
        let (debian, ubuntu) = ("pkg:deb/debian/a@1?distro=debian-12", "pkg:deb/ubuntu/a@1?distro=ubuntu-22.04");
        assert_eq!(named("srv/root/", "srv/root/var/lib/dpkg/status"), ubuntu);
        assert_eq!(named("srv/root/", "srv/root/old/var/lib/dpkg/status.d/base"), ubuntu);
        assert_eq!(named("srv/root/", "srv/var/lib/dpkg/status"), debian);
        assert_eq!(named("srv/root/", "var/lib/dpkg/status"), debian);
        assert_eq!(Systems::root("usr/lib/apk/db/installed"), Some(""));
        assert_eq!(Systems::root("a.tar!var/lib/rpm/Packages"), Some("a.tar!"));
        assert_eq!(Systems::root("var/lib/dpkg/status-old"), None);
    }

    #[test]
    fn vendors_and_service_packs() {
        let named = |release: &str| {
            let mut manifest = Manifest { packages: Vec::new(), ..Manifest::default() };
            let purl = Purl::in_namespace("rpm", "unknown", "a").unwrap().at("1-1");
            manifest.packages.push(super::super::Package::new(purl, palisade_model::Span::default()));
            System::read(release).unwrap().name(&mut manifest);
            manifest.packages.first().unwrap().purl.to_string()
        };
        for (release, expected) in [
            ("ID=\"rhel\"\nVERSION_ID=\"9.4\"\n", "pkg:rpm/redhat/a@1-1?distro=rhel-9.4"),
            ("ID=\"sles\"\nVERSION_ID=\"15.5\"\n", "pkg:rpm/suse/a@1-1?distro=sles-15.5"),
            ("ID=opensuse-leap\nVERSION_ID=15.6\n", "pkg:rpm/opensuse/a@1-1?distro=opensuse-leap-15.6"),
            (
                "ID=\"openEuler\"\nVERSION_ID=\"24.03\"\nVERSION=\"24.03 (LTS-SP1)\"\n",
                "pkg:rpm/openeuler/a@1-1?distro=openeuler-24.03-lts-sp1",
            ),
            (
                "ID=almalinux\nVERSION_ID=9.4\nVERSION=\"9.4 (Seafoam)\"\n",
                "pkg:rpm/almalinux/a@1-1?distro=almalinux-9.4",
            ),
        ] {
            assert_eq!(named(release), expected);
        }
    }
}
