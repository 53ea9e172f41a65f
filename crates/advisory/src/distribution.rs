//! Distributions: under which ecosystems of OSV advisories speak of their packages, and by which names
//! (<https://ossf.github.io/osv-schema/#affectedpackage-field>).
//!
//! It refuses to guess: a distribution that is like another is not that other, and a release that is not known has no
//! advisories. Whoever asks is told so, and has to say it.

use palisade_model::Purl;

use crate::name::{Question, Stream, Unasked};

/// Repositories of one release of Red Hat Enterprise Linux. A system takes packages from all of them together, and does
/// not keep which came from where; those that are paid for beyond a release's end are other streams, and not asked.
const RED_HAT: [&str; 3] = ["baseos", "appstream", "crb"];
/// The same of release 7.
const RED_HAT_7: [&str; 3] = ["server", "workstation", "client"];

/// Products of one service pack of SUSE Linux Enterprise: the packages of a system are spread over them, with one
/// version in all, and once a pack is out of general support, its advisories speak of `-LTSS` alone.
const SUSE: [&str; 16] = [
    "Linux Enterprise Server {}",
    "Linux Enterprise Server {}-LTSS",
    "Linux Enterprise Desktop {}",
    "Linux Enterprise Module for Basesystem {}",
    "Linux Enterprise Module for Containers {}",
    "Linux Enterprise Module for Desktop Applications {}",
    "Linux Enterprise Module for Development Tools {}",
    "Linux Enterprise Module for Legacy {}",
    "Linux Enterprise Module for Public Cloud {}",
    "Linux Enterprise Module for Python 3 {}",
    "Linux Enterprise Module for Server Applications {}",
    "Linux Enterprise Module for Systems Management {}",
    "Linux Enterprise Module for Web and Scripting {}",
    "Linux Enterprise Server for SAP Applications {}",
    "Linux Enterprise Workstation Extension {}",
    "Package Hub {}",
];

/// What stands in the release of every build for a module: `1.module+el8`, `1.module_el8`.
pub(crate) const MODULAR: &str = ".module";

/// A distribution and its release, as the qualifier `distro` of a package URL names them.
struct Distribution<'p> {
    id: &'p str,
    release: &'p str,
}

/// What is asked of an index about a package of a distribution.
pub(crate) fn questions(purl: &Purl, version: &str) -> Result<Vec<Question>, Unasked> {
    let distribution = Distribution::of(purl);
    let ecosystems = distribution.ecosystems();
    if ecosystems.is_empty() {
        return Err(distribution.unasked(purl));
    }
    let stream = stream(purl, version);
    let mut questions = Vec::new();
    for ecosystem in ecosystems {
        for (name, version) in names(purl, version, &ecosystem) {
            questions.push(Question {
                ecosystem: ecosystem.clone(),
                name,
                version,
                written: None,
                stream: stream.clone(),
            });
        }
    }
    Ok(questions)
}

/// The names under which an ecosystem's advisories may speak of a package, each with the version that they mean.
fn names(purl: &Purl, version: &str, ecosystem: &str) -> Vec<(String, String)> {
    let own = purl.name().to_owned();
    let upstream = purl.qualifier("upstream").unwrap_or("");
    if purl.kind() != "rpm" {
        let (source, of_source) =
            upstream.split_once('@').map_or((upstream, None), |(name, version)| (name, Some(version)));
        let name = if source.is_empty() { own } else { source.to_owned() };
        return vec![(name, of_source.filter(|_| !source.is_empty()).unwrap_or(version).to_owned())];
    }
    let epoch = purl.qualifier("epoch").filter(|epoch| *epoch != "0");
    let with_epoch = |version: &str| epoch.map_or_else(|| version.to_owned(), |epoch| format!("{epoch}:{version}"));
    let mut names = vec![(own.clone(), with_epoch(version))];
    // `name-version-release.src.rpm`: what the package was built from may have another version. That it has another
    // epoch, nothing says.
    let source = upstream.strip_suffix(".rpm").and_then(|rest| rest.rsplit_once('.')).map_or("", |(source, _)| source);
    let mut parts = source.rsplitn(3, '-');
    if let (Some(release), Some(version), Some(name)) = (parts.next(), parts.next(), parts.next())
        && name != own
        // AlmaLinux names every package that was built.
        && !ecosystem.starts_with("AlmaLinux")
    {
        names.push((name.to_owned(), with_epoch(&format!("{version}-{release}"))));
    }
    names
}

/// The module that a package is from: its label is `NAME:STREAM:VERSION:CONTEXT`, and every build for one says so in its
/// release.
fn stream(purl: &Purl, version: &str) -> Stream {
    let mut label = purl.qualifier("rpmmod").unwrap_or("").split(':');
    match (purl.kind(), label.next(), label.next()) {
        ("rpm", Some(module), Some(stream)) => Stream::Of(format!("{module}:{stream}")),
        ("rpm", ..) if version.contains(MODULAR) => Stream::Unnamed,
        ("rpm", ..) => Stream::Outside,
        _ => Stream::Any,
    }
}

impl<'p> Distribution<'p> {
    fn of(purl: &'p Purl) -> Self {
        let distro = purl.qualifier("distro").unwrap_or("");
        let is_release = |at: &usize| distro.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
        let namespace = purl.namespace().unwrap_or("");
        // `opensuse-leap-15.6`, `openeuler-24.03-lts-sp1`.
        if let Some(at) = distro.match_indices('-').map(|(at, _)| at).find(is_release) {
            return Self { id: distro.get(..at).unwrap_or(""), release: distro.get(at + 1..).unwrap_or("") };
        }
        let codename = distro.rsplit('-').next().unwrap_or("");
        let release = match codename {
            "trixie" => "13",
            "bookworm" => "12",
            "bullseye" => "11",
            "buster" => "10",
            "stream" => codename,
            _ => return Self { id: if distro.is_empty() { namespace } else { distro }, release: "" },
        };
        let id = distro.strip_suffix(codename).and_then(|id| id.strip_suffix('-')).unwrap_or(namespace);
        Self { id, release }
    }

    /// The first parts of the release.
    fn part(&self, count: usize) -> String {
        self.release.split('.').take(count).collect::<Vec<_>>().join(".")
    }

    /// The ecosystems that have its packages; none where there are none, or the release is missing.
    fn ecosystems(&self) -> Vec<String> {
        let (major, minor) = (self.part(1), self.part(2));
        // Without a release in their names.
        match self.id {
            "wolfi" => return vec!["Wolfi".to_owned()],
            "chainguard" => return vec!["Chainguard".to_owned()],
            "minimos" => return vec!["MinimOS".to_owned()],
            "cleanstart" | "clnstrt" => return vec!["CleanStart".to_owned()],
            "echo" => return vec!["Echo".to_owned()],
            "opensuse-tumbleweed" | "opensuse.tumbleweed" => return vec!["openSUSE:Tumbleweed".to_owned()],
            _ if self.release.is_empty() => return Vec::new(),
            _ => {}
        }
        let of_one = match self.id {
            "debian" => format!("Debian:{major}"),
            "ubuntu" => format!("Ubuntu:{}{}", self.release, if self.is_long_supported() { ":LTS" } else { "" }),
            "alpine" => format!("Alpine:v{minor}"),
            "alpaquita" => format!("Alpaquita:{major}"),
            "bellsoft-hardened-containers" => format!("BellSoft Hardened Containers:{major}"),
            "almalinux" | "alma" => format!("AlmaLinux:{major}"),
            "rocky" | "rocky-linux" => format!("Rocky Linux:{major}"),
            "opensuse-leap" | "opensuse.leap" => format!("openSUSE:Leap {minor}"),
            "opensuse-leap-micro" => format!("openSUSE:Leap Micro {minor}"),
            "mageia" => format!("Mageia:{major}"),
            "openeuler" => format!("openEuler:{}", self.release.to_ascii_uppercase()),
            "photon" => format!("Photon OS:{minor}"),
            "azurelinux" | "mariner" => format!("Azure Linux:{major}"),
            "sle-micro" | "suse-microos" => format!("SUSE:Linux Enterprise Micro {minor}"),
            "sl-micro" => format!("SUSE:Linux Micro {minor}"),
            "sles" | "sled" | "sles_sap" | "sle_hpc" => return self.of_suse(&major),
            "rhel" | "redhat" => return self.of_red_hat(&major),
            _ => return Vec::new(),
        };
        vec![of_one]
    }

    fn of_suse(&self, major: &str) -> Vec<String> {
        let pack = self.release.split('.').nth(1).unwrap_or("0");
        // Since 16 there are minor releases in place of service packs.
        let release = match (major, pack) {
            ("11" | "12" | "15", "0") => major.to_owned(),
            ("11" | "12" | "15", pack) => format!("{major} SP{pack}"),
            _ => format!("{major}.{pack}"),
        };
        SUSE.iter().map(|product| format!("SUSE:{}", product.replace("{}", &release))).collect()
    }

    fn of_red_hat(&self, major: &str) -> Vec<String> {
        // Since 10 the minor release counts.
        let release = if major.len() > 1 { self.part(2) } else { major.to_owned() };
        let repositories = if major == "7" { RED_HAT_7 } else { RED_HAT };
        repositories.iter().map(|repository| format!("Red Hat:enterprise_linux:{release}::{repository}")).collect()
    }

    /// Every second year's release of April is supported for long, and is called so.
    fn is_long_supported(&self) -> bool {
        let parts = self.release.split_once('.');
        parts.is_some_and(|(year, month)| month == "04" && year.parse::<u32>().is_ok_and(|year| year % 2 == 0))
    }

    /// Why nothing is asked.
    fn unasked(&self, purl: &Purl) -> Unasked {
        match purl.qualifier("distro") {
            Some(distro) => Unasked::Distribution(distro.to_owned()),
            None => Unasked::NoDistribution,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::asked;

    fn shown(purl: &str) -> String {
        let questions = match asked(&Purl::parse(purl).unwrap()) {
            Ok(questions) => questions,
            Err(reason) => return format!("{reason:?}"),
        };
        for question in &questions {
            assert!(crate::Order::of_ecosystem(&question.ecosystem).is_some(), "{purl}");
        }
        let lines: Vec<String> =
            questions.iter().map(|one| format!("{} {} {}", one.ecosystem, one.name, one.version)).collect();
        lines.join(", ")
    }

    #[test]
    fn packages_of_distributions_are_asked_for_by_what_advisories_call_them() {
        for (purl, expected) in [
            ("pkg:deb/debian/libc6@2.36-9%2Bb1?distro=debian-12&upstream=glibc@2.36-9", "Debian:12 glibc 2.36-9"),
            ("pkg:deb/debian/bash@5.2?distro=bookworm", "Debian:12 bash 5.2"),
            ("pkg:deb/debian/bash@5.2?distro=debian-trixie", "Debian:13 bash 5.2"),
            ("pkg:deb/ubuntu/a@1?distro=ubuntu-22.04&upstream=b", "Ubuntu:22.04:LTS b 1"),
            ("pkg:deb/ubuntu/a@1?distro=ubuntu-23.10", "Ubuntu:23.10 a 1"),
            ("pkg:deb/echo/a@1?distro=echo-1", "Echo a 1"),
            ("pkg:apk/alpine/libssl3@3.1.4-r5?distro=alpine-3.19.1&upstream=openssl", "Alpine:v3.19 openssl 3.1.4-r5"),
            ("pkg:apk/wolfi/a@1-r0?distro=wolfi-20230201", "Wolfi a 1-r0"),
            ("pkg:apk/alpaquita/a@1-r0?distro=alpaquita-stream", "Alpaquita:stream a 1-r0"),
            ("pkg:apk/minimos/a@1-r0?distro=minimos", "MinimOS a 1-r0"),
            (
                "pkg:rpm/almalinux/bind-libs@9.16.23-1.el9?distro=almalinux-9.4&epoch=32&upstream=bind-9.16.23-1.el9.src.rpm",
                "AlmaLinux:9 bind-libs 32:9.16.23-1.el9",
            ),
            (
                "pkg:rpm/rocky/libgcc@8.5.0-1?distro=rocky-8.9&upstream=gcc-8.5.0-2.src.rpm",
                "Rocky Linux:8 libgcc 8.5.0-1, Rocky Linux:8 gcc 8.5.0-2",
            ),
            ("pkg:rpm/opensuse/a@1-1?distro=opensuse-leap-15.6", "openSUSE:Leap 15.6 a 1-1"),
            ("pkg:rpm/opensuse/a@1-1?distro=opensuse-tumbleweed-20240801", "openSUSE:Tumbleweed a 1-1"),
            ("pkg:rpm/suse/a@1-1?distro=sl-micro-6.0", "SUSE:Linux Micro 6.0 a 1-1"),
            ("pkg:rpm/openeuler/a@1-1?distro=openeuler-24.03-lts-sp1", "openEuler:24.03-LTS-SP1 a 1-1"),
            ("pkg:rpm/azurelinux/a@1-1?distro=azurelinux-3.0", "Azure Linux:3 a 1-1"),
            ("pkg:rpm/mariner/a@1-1?distro=mariner-2.0&upstream=a-1-1.src.rpm", "Azure Linux:2 a 1-1"),
            ("pkg:rpm/photon/a@1-1?distro=photon-4.0", "Photon OS:4.0 a 1-1"),
            ("pkg:rpm/mageia/a@1-1?distro=mageia-9", "Mageia:9 a 1-1"),
            (
                "pkg:rpm/redhat/a@1-1?distro=rhel-9.4",
                "Red Hat:enterprise_linux:9::baseos a 1-1, Red Hat:enterprise_linux:9::appstream a 1-1, \
                 Red Hat:enterprise_linux:9::crb a 1-1",
            ),
        ] {
            assert_eq!(shown(purl), expected, "{purl}");
        }
        let suse = shown("pkg:rpm/suse/a@1-1?distro=sles-15.5");
        assert!(suse.contains("SUSE:Linux Enterprise Module for Basesystem 15 SP5 a 1-1"), "{suse}");
        assert!(suse.contains("SUSE:Linux Enterprise Server 15 SP5-LTSS a 1-1"), "{suse}");
        assert!(shown("pkg:rpm/suse/a@1-1?distro=sles-16.0").starts_with("SUSE:Linux Enterprise Server 16.0 a 1-1"));
    }

    #[test]
    fn modules_have_streams() {
        let stream = |purl: &str| {
            let questions = asked(&Purl::parse(purl).unwrap()).unwrap();
            questions.first().unwrap().stream.clone()
        };
        let of =
            |version: &str, rest: &str| stream(&format!("pkg:rpm/almalinux/a@{version}?distro=almalinux-8.9{rest}"));
        let label = "&rpmmod=nodejs:16:8060020220523160029:ad008a3a";
        assert_eq!(of("1-1.module_el8.6.0%2B1", label), Stream::Of("nodejs:16".to_owned()));
        assert_eq!(of("1-1.module%2Bel8.6.0%2B1", ""), Stream::Unnamed);
        assert_eq!(of("1-1.el8", ""), Stream::Outside);
        assert_eq!(stream("pkg:deb/debian/a@1?distro=debian-12"), Stream::Any);
    }

    #[test]
    fn what_nobody_speaks_of_says_so() {
        for (purl, expected) in [
            ("pkg:rpm/fedora/a@1-1?distro=fedora-40", "Distribution(\"fedora-40\")"),
            ("pkg:rpm/centos/a@1-1?distro=centos-7", "Distribution(\"centos-7\")"),
            ("pkg:rpm/ol/a@1-1?distro=ol-9.4", "Distribution(\"ol-9.4\")"),
            ("pkg:rpm/amzn/a@1-1?distro=amzn-2023", "Distribution(\"amzn-2023\")"),
            ("pkg:deb/kali/a@1?distro=kali-2024.1", "Distribution(\"kali-2024.1\")"),
            ("pkg:deb/linuxmint/a@1?distro=linuxmint-21", "Distribution(\"linuxmint-21\")"),
            ("pkg:deb/debian/a@1?distro=debian-sid", "Distribution(\"debian-sid\")"),
            ("pkg:deb/debian/a@1", "NoDistribution"),
            ("pkg:rpm/unknown/a@1-1", "NoDistribution"),
        ] {
            assert_eq!(shown(purl), expected, "{purl}");
        }
    }
}
