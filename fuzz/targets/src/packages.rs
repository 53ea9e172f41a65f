//! Readers of packages and advisories.

use palisade_advisory::osv::Advisory;
use palisade_advisory::vex::{Status, Vex};
use palisade_advisory::{Builder, Enrichment, Index, OpenError};
use palisade_inventory::imports::{self, Language};
use palisade_inventory::licence::{Expression, Fault, Term, guesses};
use palisade_inventory::package::{Bill, Manifest, Read};
use palisade_model::Purl;

/// Every reader of imports over the same text: names stand in it, in the order of its lines.
pub(crate) fn imports(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().count() + 1;
    for path in ["a.rs", "a.go", "a.py", "a.pyi", "a.ts", "a.vue", "a.astro"] {
        let Some(language) = Language::of(path) else { continue };
        let found = imports::read(language, path, &text, &|_| true);
        assert!(found.is_sorted_by_key(|one| one.line), "{path}: not in order");
        for one in found {
            assert!(one.line >= 1 && one.line as usize <= lines, "{path}: line {} of {lines}", one.line);
            let first = one.name.split('.').next().unwrap_or("");
            assert!(text.contains(first), "{path}: `{}` stands nowhere", one.name);
            let _ = imports::javascript_package_of(&one.name);
        }
    }
}

/// A file for each reader.
const NAMES: [&str; 37] = [
    "Cargo.lock",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "deno.lock",
    "package.json",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "requirements.txt",
    "pyproject.toml",
    "go.mod",
    "go.sum",
    "pom.xml",
    "gradle.lockfile",
    "gradle/libs.versions.toml",
    "packages.lock.json",
    "a.csproj",
    "composer.lock",
    "Gemfile.lock",
    "mix.lock",
    "rebar.lock",
    "pubspec.lock",
    "Package.resolved",
    "Podfile.lock",
    "conan.lock",
    "stack.yaml.lock",
    "cabal.project.freeze",
    "renv.lock",
    "Manifest.toml",
    ".terraform.lock.hcl",
    "Chart.lock",
    "lib/apk/db/installed",
    "var/lib/dpkg/status",
    "var/lib/rpmmanifest/container-manifest-2",
];

/// Every reader on the same text: places lie in it, and what needs what is there.
pub(crate) fn read(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for name in NAMES {
        let manifest = Manifest::read(name, &text);
        assert!(manifest.is_some(), "nothing reads {name}");
        let manifest = manifest.unwrap_or_default();
        hold(name, &manifest, &text);
        let bill = Bill::of(Read::of(name, bytes).into_iter().collect());
        let components = bill.components.len();
        assert!(bill.components.iter().flat_map(|one| &one.needs).all(|at| (*at as usize) < components), "{name}");
    }
}

/// A text as a bill of materials: it is one or it is not, and what is read of it holds together.
pub(crate) fn bill(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(manifest) = Manifest::read_bom(&text) else {
        assert!(!text.starts_with("SPDXVersion:"), "a bill is taken for none");
        return;
    };
    hold("bill", &manifest, &text);
    let bill = Bill::of(Read::of_named("bill", bytes).into_iter().collect());
    let components = bill.components.len();
    assert!(bill.components.iter().flat_map(|one| &one.needs).all(|at| (*at as usize) < components));
}

/// Places lie in the text, and what needs what is there.
fn hold(name: &str, manifest: &Manifest, text: &str) {
    let count = manifest.packages.len();
    for package in &manifest.packages {
        for span in std::iter::once(package.span).chain(package.version_span) {
            assert!(span.end as usize <= text.len() && span.start <= span.end, "{name}: {span:?}");
        }
        assert!(package.needs.iter().all(|at| (*at as usize) < count), "{name}: needs what is not there");
        let shown = package.purl.to_string();
        assert_eq!(Purl::parse(&shown).as_ref(), Ok(&package.purl), "{name}: {shown}");
    }
    assert!(manifest.roots.iter().flat_map(|root| &root.needs).all(|at| (*at as usize) < count), "{name}");
}

/// A package URL that is read is written so that it is read as the same.
pub(crate) fn purl(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        if let Ok(purl) = Purl::parse(line) {
            let shown = purl.to_string();
            assert_eq!(Purl::parse(&shown), Ok(purl), "{line} became {shown}");
        }
    }
}

/// A licence that is read is written so that it is read as the same, and every guess is a licence.
pub(crate) fn licence(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        assert!(guesses(line).into_iter().all(|id| Term::parse(id).is_some()), "{line}");
        if let Ok(expression) = Expression::parse(line) {
            let shown = expression.to_string();
            match Expression::parse(&shown) {
                // What is written has brackets where none had to be.
                Err(Fault::TooDeep | Fault::TooLong) => {}
                again => assert_eq!(again, Ok(expression), "{line} became {shown}"),
            }
        }
    }
}

/// Two records as an index: it opens, and every package of theirs is found in it.
pub(crate) fn advisories(bytes: &[u8]) {
    let mut builder = Builder::default();
    builder.source("fuzz");
    let mut named = Vec::new();
    for record in bytes.split(|byte| *byte == b'\n').take(2).filter_map(|line| Advisory::parse(line).ok()) {
        let packages = record.affected.iter().filter_map(|affected| affected.package.clone());
        named.extend(packages.filter(|package| !package.name.is_empty() && record.withdrawn.is_none()));
        builder.add(record);
    }
    let Ok(index) = builder.finish(&Enrichment::default(), 0) else { return };
    let opened = open(index);
    assert!(opened.as_ref().is_ok_and(|index| index.verify().is_ok()), "what was built is damaged: {:?}", opened.err());
    let Ok(index) = opened else { return };
    let mut buffer = Vec::new();
    for package in named {
        let name = palisade_advisory::package_name(&package.ecosystem, &package.name);
        // A record of the same name may have taken the place of this one: then nothing is there.
        let found = index.lookup(&package.ecosystem, &name, &mut buffer);
        assert!(found.is_ok(), "{name} does not read");
        if let Ok(Some(block)) = found {
            drop(block.matches("1.0.0"));
        }
    }
}

/// Any bytes as an index: an error or an answer.
pub(crate) fn index(bytes: &[u8]) {
    let Ok(index) = open(bytes.to_vec()) else { return };
    let _ = index.about();
    let _ = index.verify();
    let mut buffer = Vec::new();
    for (ecosystem, name) in [("npm", "x"), ("PyPI", "snake-case"), ("", "")] {
        if let Ok(Some(block)) = index.lookup(ecosystem, name, &mut buffer) {
            drop(block.matches("1"));
        }
    }
}

fn open(bytes: Vec<u8>) -> Result<Index, OpenError> {
    let length = bytes.len() as u64;
    let read = move |at: u64, out: &mut [u8]| {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let part = at.checked_add(out.len()).and_then(|end| bytes.get(at..end));
        out.copy_from_slice(part.ok_or(std::io::ErrorKind::UnexpectedEof)?);
        Ok(())
    };
    Index::open(Box::new(read), length)
}

/// A text as VEX: what is stated is about something, and says why where it has to.
pub(crate) fn vex(bytes: &[u8]) {
    let Ok(vex) = Vex::read(bytes) else { return };
    for statement in &vex.statements {
        assert!(!statement.names.is_empty() && !statement.products.is_empty(), "{statement:?}");
        let reasoned = statement.justification.is_some() || !statement.detail.trim().is_empty();
        assert!(statement.status != Status::NotAffected || reasoned, "{statement:?}");
        let names: Vec<&str> = statement.names.iter().map(String::as_str).collect();
        for product in &statement.products {
            // A part is covered in its own product, and nowhere else.
            let target: Vec<&Purl> = product.purl.iter().collect();
            for part in &product.parts {
                assert!(statement.covers(&names, part, &target), "{part}");
            }
            assert!(!statement.covers(&["no such name"], target.first().unwrap_or(&&elsewhere()), &target));
        }
        assert!(vex.about(&names, &elsewhere(), &[]).is_none(), "{statement:?}");
    }
}

/// A package that no document names.
fn elsewhere() -> Purl {
    Purl::parse("pkg:generic/nobody-names-this@0.0.0-none").unwrap_or_else(|_| unreachable!())
}

/// Statements to begin with.
pub(crate) fn statements() -> Vec<Vec<u8>> {
    [
        r#"{"@context": "https://openvex.dev/ns/v0.2.0", "author": "a", "timestamp": "2026-01-01T00:00:00Z", "statements": [{"vulnerability": {"name": "CVE-1", "aliases": ["G-1"]}, "status": "not_affected", "justification": "component_not_present", "products": [{"@id": "pkg:npm/p@1", "subcomponents": [{"@id": "pkg:npm/a@1"}]}]}]}"#,
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"bom-ref": "p", "name": "p", "purl": "pkg:npm/p@1"}}, "components": [{"bom-ref": "a", "name": "a", "purl": "pkg:npm/a@1"}], "vulnerabilities": [{"id": "CVE-1", "affects": [{"ref": "a"}, {"ref": "p"}], "analysis": {"state": "resolved", "detail": "x"}}]}"#,
        r#"{"document": {"csaf_version": "2.0", "publisher": {"name": "a"}}, "product_tree": {"branches": [{"product": {"product_id": "P", "product_identification_helper": {"purl": "pkg:npm/p@1"}}}], "full_product_names": [{"product_id": "A", "product_identification_helper": {"purl": "pkg:npm/a@1"}}], "relationships": [{"product_reference": "A", "relates_to_product_reference": "P", "full_product_name": {"product_id": "PA"}}]}, "vulnerabilities": [{"cve": "CVE-1", "product_status": {"known_not_affected": ["PA"], "fixed": ["A"]}, "flags": [{"label": "component_not_present", "product_ids": ["PA"]}]}]}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Records to begin with.
pub(crate) fn records() -> Vec<Vec<u8>> {
    let one = br#"{"id": "A-1", "aliases": ["CVE-1"], "summary": "s", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}], "affected": [{"package": {"ecosystem": "npm", "name": "x"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}]}], "versions": ["1.0.0"]}]}"#;
    let two = br#"{"id": "B-2", "aliases": ["CVE-1"], "affected": [{"package": {"ecosystem": "PyPI", "name": "Snake_Case"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": "2"}]}]}]}"#;
    vec![one.to_vec(), [one.as_slice(), two].join(&b'\n')]
}

/// An index to begin with.
pub(crate) fn indexes() -> Vec<Vec<u8>> {
    let mut builder = Builder::default();
    for records in records() {
        records
            .split(|byte| *byte == b'\n')
            .filter_map(|line| Advisory::parse(line).ok())
            .for_each(|one| builder.add(one));
    }
    builder.finish(&Enrichment::default(), 0).into_iter().collect()
}

/// Licences to begin with.
pub(crate) fn licences() -> Vec<Vec<u8>> {
    vec![
        b"MIT/Apache-2.0\n(GPL-2.0+ WITH Bison-exception-2.2 or MIT) AND LicenseRef-a\nGNU GPL v3 or later".to_vec(),
        b"DocumentRef-a:LicenseRef-b WITH AdditionRef-c OR eCos-2.0\nthe mit license\nAGPLv3+, BSD 3".to_vec(),
    ]
}

/// Package URLs to begin with.
pub(crate) fn purls() -> Vec<Vec<u8>> {
    vec![
        b"pkg:npm/%40a/b@1.0.0?x=y&z=%20#p/q\npkg:git/codeberg.org/a/b@1\npkg:maven/o/n@1?type=pom".to_vec(),
        b"pkg:julia/A@1?uuid=b\npkg:deb/debian/curl@1:2-3?arch=i386".to_vec(),
    ]
}
