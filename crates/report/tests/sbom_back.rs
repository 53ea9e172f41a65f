//! Each format of a bill of materials is read back as the bill that it was written from, as far as the format goes.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;

use palisade_inventory::package::{Bill, Component, Read, Scope, Source};
use palisade_model::Timestamp;
use palisade_report::{Sbom, SbomFormat, Style, write_sbom};

/// What a format cannot carry, so that it comes back as what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lacks {
    Nothing,
    /// SPDX 2: registries other than the public one, licences that are no expression, Go's digests, scopes of what
    /// nothing leads to, and whether a part of the target is asked for by another.
    Spdx2,
    /// SPDX 3: the same, and where a package comes from.
    Spdx3,
}

const FORMATS: [(&str, Lacks); 7] = [
    ("cyclonedx-1.6", Lacks::Nothing),
    ("cyclonedx-1.7", Lacks::Nothing),
    ("cyclonedx-1.6-xml", Lacks::Nothing),
    ("cyclonedx-1.7-xml", Lacks::Nothing),
    ("spdx-2.3", Lacks::Spdx2),
    ("spdx-tag", Lacks::Spdx2),
    ("spdx-3.0", Lacks::Spdx3),
];

/// The files of a project with everything that a bill tells apart.
fn project() -> Bill {
    let digest = "ab".repeat(32);
    let npm = r#"{"name": "web", "lockfileVersion": 3, "packages": {
      "": {"name": "web", "version": "1.0.0", "dependencies": {"@s/a": "^1"}, "devDependencies": {"d": "1"},
           "optionalDependencies": {"o": "1"}},
      "node_modules/@s/a": {"version": "1.0.0", "dependencies": {"b": "2"}, "license": "(MIT OR Apache-2.0)",
                         "integrity": "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA= sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="},
      "node_modules/b": {"version": "2.0.0", "license": "See <LICENSE> & \"NOTICE\"",
                         "resolved": "https://npm.example/b/-/b-2.0.0.tgz"},
      "node_modules/d": {"version": "1.0.0", "dev": true, "dependencies": {"b": "2"}, "license": "ISC"},
      "node_modules/o": {"version": "1.0.0", "resolved": "https://files.example/o.tgz?x=1&y=2"}}}"#;
    let cargo = format!(
        "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"g\", \"r\", \"lib\"]\n\
         [[package]]\nname = \"lib\"\nversion = \"0.2.0\"\ndependencies = [\"r\"]\n\
         [[package]]\nname = \"g\"\nversion = \"0.2.0\"\nsource = \"git+https://git.example/g#abc\"\n\
         [[package]]\nname = \"r\"\nversion = \"1.0.0+build.7\"\nsource = \
         \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{digest}\"\n"
    );
    let reads = [("web/package-lock.json", npm), ("Cargo.lock", cargo.as_str())];
    Bill::of(reads.iter().map(|(path, text)| Read::of(path, text.as_bytes()).unwrap()).collect())
}

fn written(bill: &Bill, format: &str) -> String {
    let sbom = Sbom {
        name: "shop <&> \"x\"".to_owned(),
        version: Some("1.2.3".to_owned()),
        layers: None,
        bill,
        time: Some(Timestamp(1_795_330_000)),
        now: Timestamp(0),
    };
    let mut out = Vec::new();
    write_sbom(&mut out, &sbom, format.parse::<SbomFormat>().unwrap(), Style::default()).unwrap();
    String::from_utf8(out).unwrap()
}

fn read_back(text: &str) -> Bill {
    Bill::of(vec![Read::of_named("sbom", text.as_bytes()).unwrap()])
}

/// Every fact of a component, but where it was named.
fn facts(bill: &Bill, lacks: Lacks) -> BTreeMap<String, String> {
    let direct = |at: usize| bill.direct.contains(&u32::try_from(at).unwrap());
    let sources = |component: &Component| {
        let kept = component.sources.iter().filter(|source| match lacks {
            Lacks::Nothing => true,
            Lacks::Spdx2 => !matches!(source, Source::Mirror(_)),
            Lacks::Spdx3 => false,
        });
        kept.map(|source| format!("{source:?}").replace("git+", "")).collect::<Vec<_>>()
    };
    let licences = |component: &Component| match lacks {
        Lacks::Nothing => component.licences.iter().map(|text| text.trim_matches(['(', ')']).to_owned()).collect(),
        _ => component
            .licences
            .iter()
            .filter(|text| !text.contains('<'))
            .map(|text| text.trim_matches(['(', ')']).to_owned())
            .collect::<Vec<_>>(),
    };
    let each = bill.components.iter().enumerate().map(|(at, component)| {
        let needs: Vec<String> =
            component.needs.iter().map(|at| bill.components[*at as usize].purl.to_string()).collect();
        let told = format!(
            "{:?} asked {} own {} {:?} {:?} {:?} > {needs:?}",
            component.scope,
            direct(at),
            component.own,
            sources(component),
            component.hashes,
            licences(component),
        );
        (component.purl.to_string(), told)
    });
    each.collect()
}

#[test]
fn every_format_comes_back() {
    let bill = project();
    assert_eq!(bill.components.len(), 8);
    assert!(
        [Scope::Runtime, Scope::Optional, Scope::Development]
            .iter()
            .all(|scope| bill.components.iter().any(|component| component.scope == *scope))
    );
    for (format, lacks) in FORMATS {
        let first = written(&bill, format);
        let back = read_back(&first);
        assert_eq!(back.files[0].gaps, [], "{format}");
        assert_eq!(facts(&back, lacks), facts(&bill, lacks), "{format}");
        let about = back.about.clone().unwrap();
        assert_eq!((about.name.as_str(), about.version.as_deref()), ("shop <&> \"x\"", Some("1.2.3")), "{format}");
        assert_eq!(about.created, Some(Timestamp(1_795_330_000)), "{format}");
        // What a format lost at first it does not lose more of, in whichever format it is written next.
        for (other, also_lacks) in FORMATS {
            let again = read_back(&written(&back, other));
            let lacks = if also_lacks == Lacks::Nothing { lacks } else { Lacks::Spdx3 };
            assert_eq!(facts(&again, lacks), facts(&back, lacks), "{format} as {other}");
        }
    }
}
