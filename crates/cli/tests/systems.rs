//! Folders that hold the files of a system: what its package manager installed, which system it is, and what of it no
//! advisories speak of.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod common;
#[path = "../../inventory/src/package/rpm/made.rs"]
mod made;

use std::fs;

use common::{POD, Place};
use made::{MADE, Made, bdb, header, ndb, sqlite};
use serde_json::Value;

/// `libc` is mended by 2.40; of `server` one stream is, and packages that are outside of modules are by another build.
const RECORDS: [&str; 2] = [
    r#"{"id": "ALSA-2026:1", "modified": "2026-01-01T00:00:00Z", "summary": "Important: libc security update",
        "affected": [{"package": {"ecosystem": "AlmaLinux:9", "name": "libc"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "0:2.40-1.el9"}]}]},
        {"package": {"ecosystem": "AlmaLinux:9", "name": "server"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99:1-1.el9"}]}]}]}"#,
    r#"{"id": "ALSA-2026:2", "modified": "2026-01-01T00:00:00Z", "summary": "Low: server:2 security update",
        "affected": [{"package": {"ecosystem": "AlmaLinux:9", "name": "server"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99:2-1.module_el9"}]}]}]}"#,
];
/// The same of the stream that is installed, and a notice of no fault.
const MORE: [&str; 2] = [
    r#"{"id": "ALSA-2026:3", "modified": "2026-01-01T00:00:00Z", "summary": "Low: server:1 security update",
        "affected": [{"package": {"ecosystem": "AlmaLinux:9", "name": "server"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "32:1.0-1.module_el9"}]}]}]}"#,
    r#"{"id": "ALBA-2026:4", "modified": "2026-01-01T00:00:00Z", "summary": "libc bug fix",
        "affected": [{"package": {"ecosystem": "AlmaLinux:9", "name": "libc"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9-1.el9"}]}]}]}"#,
];

fn blobs() -> Vec<Vec<u8>> {
    MADE.iter().map(|made: &Made| header(made)).collect()
}

fn system(place: &Place, root: &str, release: &str, file: &str, database: &[u8]) {
    place.write(&format!("{root}/usr/lib/os-release"), release);
    let path = place.root.join(root).join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, database).unwrap();
}

fn bill(place: &Place, arguments: &[&str]) -> Value {
    serde_json::from_str(&place.expect(&[arguments, &["--format", "cyclonedx"]].concat(), 0)).unwrap()
}

fn purls(bill: &Value) -> Vec<&str> {
    bill["components"].as_array().unwrap().iter().map(|one| one["purl"].as_str().unwrap()).collect()
}

#[test]
fn every_database_of_rpm_is_listed_and_compared() {
    let files = RECORDS.iter().chain(&MORE).enumerate();
    let place = Place::new(&[]);
    files.for_each(|(at, record)| place.write(&format!("../db/{at}.json"), record));
    place.expect(&["db", "update", "--from", "../db"], 0);
    let alma = "ID=\"almalinux\"\nVERSION_ID=\"9.4\"\n";
    let kinds = [
        ("sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite", sqlite(&blobs())),
        ("ndb", "usr/lib/sysimage/rpm/Packages.db", ndb(&blobs())),
        ("bdb", "var/lib/rpm/Packages", bdb(&blobs(), u32::to_le_bytes, u16::to_le_bytes)),
    ];
    for (root, file, database) in kinds {
        system(&place, root, alma, file, &database);
        let listed = bill(&place, &["sbom", root]);
        let expected = [
            "pkg:rpm/almalinux/libc@2.39-1.el10?arch=x86_64&distro=almalinux-9.4&upstream=libc-2.39-1.el10.src.rpm",
            "pkg:rpm/almalinux/server@1.0~rc1-2.module_el9?arch=x86_64&distro=almalinux-9.4&epoch=32&\
             rpmmod=server:1:9020020230327152102:rhel9&upstream=server-1.0~rc1-2.module_el9.src.rpm",
        ];
        assert_eq!(purls(&listed), expected, "{root}");

        let scan = place.json(&["scan", "--select", "packages", root], 0);
        let told: Vec<&str> =
            scan["findings"].as_array().unwrap().iter().map(|one| one["message"].as_str().unwrap()).collect();
        assert_eq!(told.len(), 2, "{root}: {told:?}");
        assert!(told[0].contains("libc` 2.39-1.el10 has ALSA-2026:1") && told[0].contains("0:2.40-1.el9"), "{told:?}");
        assert!(told[1].contains("server` 32:1.0~rc1-2.module_el9 has ALSA-2026:3"), "{told:?}");
        assert_eq!(scan["findings"][0]["location"]["path"], file, "{root}");
        assert_eq!(scan["coverage"]["uncompared"], Value::Null);

        // What is cut off is no clean result.
        fs::write(place.root.join(root).join(file), &database[..database.len() / 2]).unwrap();
        let scan = place.json(&["scan", "--select", "packages,scan", root], 0);
        assert!(scan["coverage"]["partial"][0]["path"] == file, "{scan}");
        assert!(scan["findings"].to_string().contains("scan/unreadable-lockfile"), "{scan}");
        let output = place.run(&["sbom", root, "--format", "cyclonedx"]);
        assert!(String::from_utf8_lossy(&output.stderr).contains("the list may lack packages"), "{root}");
    }
    place.write("sqlite/usr/lib/sysimage/rpm/rpmdb.sqlite-wal", "7");
    let told = place.expect(&["sbom", "sqlite"], 0);
    assert!(told.contains("changes that are not in the database yet"), "{told}");
}

#[test]
fn what_nobody_speaks_of_is_never_clean() {
    let place = Place::new(&[("../db/1.json", RECORDS[0])]);
    place.expect(&["db", "update", "--from", "../db"], 0);
    let file = "var/lib/rpm/rpmdb.sqlite";
    for (root, release, expected) in [
        ("fedora", "ID=fedora\nVERSION_ID=40\n", "2 packages of fedora-40 not compared with known vulnerabilities: no"),
        ("centos", "ID=centos\nID_LIKE=\"rhel almalinux\"\nVERSION_ID=9\n", "2 packages of centos-9 not compared"),
        (
            "rocky",
            "ID=rocky\nVERSION_ID=9.3\n",
            "2 packages of rocky-9.3 not compared with known vulnerabilities: the index has no",
        ),
        ("alma8", "ID=almalinux\nVERSION_ID=8.4\n", "names none of them under AlmaLinux:8"),
        ("none", "", "2 packages of an unknown system not compared"),
    ] {
        system(&place, root, release, file, &sqlite(&blobs()));
        let told = place.expect(&["scan", "--select", "packages", root], 0);
        assert!(told.contains(expected), "{root}: {told}");
        let scan = place.json(&["scan", "--select", "packages", root], 0);
        assert_eq!(scan["coverage"]["uncompared"][0]["packages"], 2, "{root}: {scan}");
        for format in ["markdown", "html", "sarif"] {
            let told = place.expect(&["scan", "--select", "packages", root, "--format", format], 0);
            assert!(told.contains("not compared with known vulnerabilities"), "{root} as {format}");
        }
    }
    // A whole system in an archive, and one list that is scanned by itself.
    let archive = place.root.join("archives");
    fs::create_dir_all(&archive).unwrap();
    let status = std::process::Command::new("tar")
        .args(["--create", "--file", "archives/root.tar", "--directory", "fedora", "usr", "var"])
        .current_dir(&place.root)
        .status();
    assert!(status.unwrap().success());
    let told = place.expect(&["scan", "--select", "packages", "archives"], 0);
    assert!(told.contains("2 packages of fedora-40 not compared"), "{told}");
    let told = place.expect(&["scan", "--select", "packages", &format!("rocky/{file}")], 0);
    assert!(told.contains("2 packages of an unknown system not compared"), "{told}");
    let told = place.expect(&["sbom", &format!("rocky/{file}")], 0);
    assert!(told.contains("2 packages"), "{told}");
}

#[test]
fn lists_are_named_after_the_system_around_them() {
    let paragraph = "Package: bash\nStatus: install reinstreq half-installed\nVersion: 5.2-1\n\n";
    let place = Place::new(&[
        ("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
        ("var/lib/dpkg/status", paragraph),
        ("srv/pod.yaml", POD),
        ("srv/guest/etc/os-release", "ID=ubuntu\nVERSION_ID=24.04\n"),
        ("srv/guest/var/lib/dpkg/status", paragraph),
        (
            "../db/1.json",
            r#"{"id": "EX-1", "modified": "2026-01-01T00:00:00Z", "summary": "s",
            "affected": [{"package": {"ecosystem": "Ubuntu:24.04:LTS", "name": "bash"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "6"}]}]}]}"#,
        ),
    ]);
    place.expect(&["db", "update", "--from", "../db"], 0);
    let listed = bill(&place, &["sbom"]);
    let expected = ["pkg:deb/debian/bash@5.2-1?distro=debian-12", "pkg:deb/ubuntu/bash@5.2-1?distro=ubuntu-24.04"];
    assert_eq!(purls(&listed), expected);
    let scan = place.json(&["scan", "--select", "packages"], 0);
    let findings = scan["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{scan}");
    assert_eq!(findings[0]["location"]["path"], "srv/guest/var/lib/dpkg/status");
    assert_eq!(findings[0]["location"]["start"]["line"], 3);
    assert_eq!(scan["coverage"]["uncompared"][0]["system"], "debian-12", "{scan}");
}
