//! What is said beside findings in projects of every language that is read.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use std::fmt::Write as _;
use std::sync::Arc;

use palisade_advisory::osv::Advisory;
use palisade_advisory::{Builder, Enrichment, Index};

use super::*;
use crate::{Scanner, Selection, Settings};

/// A scanner that knows a fault of every version of some packages: `ecosystem name`, and parts at fault after it.
fn scanner(faults: &[&str]) -> Scanner {
    let mut builder = Builder::default();
    for (number, fault) in faults.iter().enumerate() {
        let mut words = fault.split(' ');
        let (ecosystem, name) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let parts: Vec<serde_json::Value> = words.map(|path| serde_json::json!({ "path": path })).collect();
        let record = serde_json::json!({
            "id": format!("EX-{number}"),
            "affected": [{
                "package": { "ecosystem": ecosystem, "name": name },
                "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "0" }] }],
                "ecosystem_specific": { "imports": parts },
            }],
        });
        builder.add(Advisory::from_value(record).unwrap());
    }
    let bytes = builder.finish(&Enrichment::default(), 0).unwrap();
    let length = bytes.len() as u64;
    let read = move |at: u64, part: &mut [u8]| {
        let from = usize::try_from(at).unwrap();
        part.copy_from_slice(&bytes[from..from + part.len()]);
        Ok(())
    };
    let index = Index::open(Box::new(read), length).unwrap();
    let selection = Selection::new(vec!["packages".to_owned()], Vec::new()).unwrap();
    Scanner::new(Settings::default(), &selection).with_advisories(Arc::new(index))
}

fn scan(faults: &[&str], files: &[(&str, &str)], whole: bool) -> Vec<Finding> {
    let scanner = scanner(faults);
    let reports = files.iter().map(|(path, text)| scanner.look(path, text.as_bytes())).collect();
    let read = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec());
    scanner.finish(reports, Host { read: &read, renderer: None, whole }).findings
}

/// Scans a folder and writes `file package verdict: text` for each finding.
fn check(faults: &[&str], files: &[(&str, &str)], expected: &str) {
    let mut shown = String::new();
    for finding in scan(faults, files, true) {
        let fault = finding.fault.unwrap();
        let reach = fault.reach.unwrap();
        let verdict = serde_json::to_value(reach.verdict).unwrap();
        let (path, name) = (&finding.location.path, fault.package.name());
        writeln!(shown, "{path} {name} {}: {}", verdict.as_str().unwrap(), reach.text).unwrap();
    }
    assert_eq!(shown.trim_end(), expected);
}

const REGISTRY: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// An entry of `Cargo.lock`.
fn krate(name: &str, needs: &str, foreign: bool) -> String {
    let source = if foreign { REGISTRY } else { "" };
    format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{source}\ndependencies = [{needs}]\n")
}

#[test]
fn rust_by_members_and_what_brings_a_crate() {
    let lock = [
        krate("shop", "\"serde-json\", \"old\", \"web-kit\"", false),
        krate("tool", "\"time\"", false),
        krate("serde-json", "\"itoa\"", true),
        krate("web-kit", "\"hyper\"", true),
        krate("hyper", "\"itoa\", \"h2\"", true),
        krate("h2", "", true),
        krate("itoa", "", true),
        krate("old", "", true),
        krate("time", "", true),
        krate("lone", "", true),
    ]
    .concat();
    let files = [
        ("Cargo.lock", lock.as_str()),
        (
            "shop/Cargo.toml",
            "[package]\nname = \"shop\"\n[dependencies]\nnewer = { package = \"old\", version = \"1\" }\n",
        ),
        ("shop/src/lib.rs", "//! use web_kit::X;\nuse serde_json::Value;\nuse time::Date; // a module of ours\n"),
        ("shop/src/more.rs", "fn f() { newer::g() }"),
        ("shop/tests/it.rs", "use web_kit::App;"),
        ("tool/Cargo.toml", "[package]\nname = \"tool\"\n"),
        ("tool/src/main.rs", "mod time;\nfn main() { time::now() }\n#[cfg(test)]\nmod tests { use ::time::Date; }\n"),
    ];
    check(&["crates.io serde-json"], &files, "Cargo.lock serde-json imported: shop/src/lib.rs:2 imports it");
    check(&["crates.io old"], &files, "Cargo.lock old imported: shop/src/more.rs:1 imports it");
    check(
        &["crates.io itoa"],
        &files,
        "Cargo.lock itoa through: shop/src/lib.rs:2 imports `serde-json`, which brings it (shop → serde-json → itoa); 1 \
         more dependency brings it",
    );
    check(
        &["crates.io h2"],
        &files,
        "Cargo.lock h2 not-seen: no import of `web-kit`, which brings it, seen in 2 Rust files (shop → web-kit → hyper → \
         h2); tests or types of what brings it are imported (shop/tests/it.rs:1)",
    );
    check(
        &["crates.io time"],
        &files,
        "Cargo.lock time tests-only: only tests or examples import it, first at tool/src/main.rs:4",
    );
    check(&["crates.io lone"], &files, "Cargo.lock lone not-seen: nothing in Cargo.lock asks for it");
}

#[test]
fn python_by_names_that_differ_and_by_what_weakens_it() {
    let lock = "[[package]]\nname = \"app\"\nversion = \"1\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \
        \"pyyaml\" }, { name = \"django-cors-headers\" }, { name = \"requests\" }, { name = \"unused\" }]\n\
        [[package]]\nname = \"pyyaml\"\nversion = \"6.0\"\n[[package]]\nname = \"django-cors-headers\"\nversion = \
        \"4.0\"\n[[package]]\nname = \"unused\"\nversion = \"4.0\"\n[[package]]\nname = \"requests\"\nversion = \
        \"2.0\"\ndependencies = [{ name = \"urllib3\" }]\n[[package]]\nname = \"urllib3\"\nversion = \"1.0\"\n";
    let files = [
        ("api/uv.lock", lock),
        ("api/a.py", "# import requests\ndef f():\n    from yaml import load\n"),
        ("api/settings.py", "APPS = ['corsheaders.middleware.Cors']\n"),
        ("api/test_a.py", "import requests\n"),
        ("api/vendor/b.py", "import unused\n"),
        ("web/c.py", "import unused\n"),
    ];
    check(&["PyPI pyyaml"], &files, "api/uv.lock pyyaml imported: api/a.py:3 imports it");
    check(
        &["PyPI django-cors-headers"],
        &files,
        "api/uv.lock django-cors-headers not-seen: no import of `corsheaders` seen in 2 Python files; api/settings.py:1 \
         names it in a text",
    );
    check(
        &["PyPI requests"],
        &files,
        "api/uv.lock requests tests-only: only tests or examples import it, first at api/test_a.py:1",
    );
    check(&["PyPI unused"], &files, "api/uv.lock unused not-seen: no import of `unused` seen in 2 Python files");
    check(
        &["PyPI urllib3"],
        &files,
        "api/uv.lock urllib3 not-seen: no import of `urllib3` seen in 2 Python files, nor of `requests`, which brings it; \
         tests or types of what brings it are imported (api/test_a.py:1)",
    );
    let mut more = files.to_vec();
    more.push(("api/z.py", "importlib.import_module(name)\n"));
    check(
        &["PyPI unused"],
        &more,
        "api/uv.lock unused not-seen: no import of `unused` seen in 3 Python files; api/z.py:1 imports by a name that is \
         known at run time only",
    );
}

#[test]
fn python_of_lists_that_tell_nothing_else() {
    let check = |files: &[(&str, &str)], expected| check(&["PyPI odd-name"], files, expected);
    let code = ("src/a.py", "import oddity\n");
    check(
        &[("requirements.txt", "odd-name==1.0\n"), code],
        "requirements.txt odd-name not-seen: no import of `odd_name` seen in 1 Python file",
    );
    check(
        &[
            ("requirements.txt", "odd-name==1.0\n"),
            code,
            ("env/site-packages/odd_name-1.0.dist-info/top_level.txt", "oddity\n"),
        ],
        "requirements.txt odd-name imported: src/a.py:1 imports it",
    );
    check(
        &[
            ("requirements.txt", "odd-name==1.0\n"),
            code,
            (
                "env/site-packages/Odd_Name-1.0.dist-info/RECORD",
                "oddity/__init__.py,sha256=x,1\noddity/more/__init__.py,,\nOdd_Name-1.0.dist-info/RECORD,,\n../bin/x,,\n",
            ),
        ],
        "requirements.txt odd-name imported: src/a.py:1 imports it",
    );
    check(
        &[("requirements/base.txt", "odd-name==1.0\n"), ("src/a.py", "import odd.name.x\n")],
        "requirements/base.txt odd-name imported: src/a.py:1 imports it",
    );
    check(
        &[("deploy/requirements.txt", "odd-name==1.0\n"), code],
        "deploy/requirements.txt odd-name not-looked-at: not looked at: no Python file lies beside or below \
         deploy/requirements.txt",
    );
}

#[test]
fn go_by_the_longest_module_and_the_parts_at_fault() {
    let module = "module example.org/app\ngo 1.22\ntoolchain go1.22.0\nrequire (\n\texample.org/net v0.1.0\n\texample.org/net/sub \
        v0.1.0\n\texample.org/far v1.0.0 // indirect\n\texample.org/old v1.0.0\n)\nreplace example.org/old => \
        example.org/new v1.1.0\n";
    let files = [
        ("go.mod", module),
        ("main.go", "package main\nimport (\n\t\"example.org/net/sub/x\"\n\t\"net/http\"\n)\n"),
        ("b/b.go", "package b\n\nimport \"example.org/old/y\"\n// import \"example.org/net/html\"\n"),
        ("b/b_test.go", "package b\nimport \"example.org/net\"\n"),
        ("vendor/example.org/net/n.go", "package net\nimport \"example.org/net/html\"\n"),
        ("other/go.mod", "module example.org/other\ngo 1.22\n"),
        ("other/o.go", "package other\nimport \"example.org/net/html\"\n"),
    ];
    let dependencies = "; whether dependencies use it, go.mod does not tell";
    check(
        &["Go example.org/net example.org/net/html"],
        &files,
        &format!("go.mod net tests-only: only tests or examples import it, first at b/b_test.go:2{dependencies}"),
    );
    check(
        &["Go example.org/net/sub example.org/net/sub/x example.org/net/sub/z"],
        &files,
        "go.mod sub imported: main.go:3 imports a part that the advisory names",
    );
    check(
        &["Go example.org/net/sub example.org/net/sub example.org/net/sub/z"],
        &files,
        "go.mod sub other-parts: main.go:3 imports it, but no file imports `example.org/net/sub` or \
         `example.org/net/sub/z`, which the advisory names; whether dependencies use it, go.mod does not tell",
    );
    let mut vendored = files.to_vec();
    vendored.push(("vendor/modules.txt", "# example.org/net v0.1.0\n## explicit\nexample.org/net/http2\n"));
    check(
        &["Go example.org/far"],
        &vendored,
        "go.mod far not-seen: no import of `example.org/far` seen in 2 Go files; vendor/modules.txt does not list it, so \
         that no dependency uses it",
    );
    let telling = |listed: &str| {
        format!(
            "go.mod net tests-only: only tests or examples import it, first at b/b_test.go:2; vendor/modules.txt {listed}\n\
             vendor/modules.txt net tests-only: only tests or examples import it, first at b/b_test.go:2; \
             vendor/modules.txt {listed}"
        )
    };
    let unlisted = telling("does not list it, so that no dependency uses it");
    check(&["Go example.org/net example.org/net/html"], &vendored, &unlisted);
    let listed = telling("lists `example.org/net/http2`: a dependency or a test uses it");
    check(&["Go example.org/net"], &vendored, &listed);
    check(&["Go example.org/new"], &files, "go.mod new imported: b/b.go:3 imports it");
    check(
        &["Go example.org/far"],
        &files,
        &format!("go.mod far not-seen: no import of `example.org/far` seen in 2 Go files{dependencies}"),
    );
    check(&["Go stdlib net/http"], &files, "go.mod stdlib imported: main.go:4 imports it");
    check(
        &["Go stdlib archive/zip"],
        &files,
        &format!("go.mod stdlib not-seen: no import of `archive/zip` seen in 2 Go files{dependencies}"),
    );
    check(
        &["Go stdlib"],
        &files,
        "go.mod stdlib not-looked-at: not looked at: the advisory does not name what of the standard library is at fault",
    );
}

#[test]
fn javascript_with_types_aliases_and_projects_within_projects() {
    let lock = r#"{"lockfileVersion": 3, "packages": {
        "": {"name": "web", "dependencies": {"a": "1", "@s/b": "1", "t": "1", "alias": "npm:real@1"}},
        "node_modules/a": {"version": "1.0.0", "dependencies": {"deep": "1"}},
        "node_modules/deep": {"version": "1.0.0"}, "node_modules/@s/b": {"version": "1.0.0"},
        "node_modules/t": {"version": "1.0.0"}, "node_modules/alias": {"name": "real", "version": "1.0.0"}}}"#;
    let files = [
        ("web/package-lock.json", lock),
        ("web/package.json", r#"{"dependencies": {"alias": "npm:real@1"}}"#),
        ("web/src/a.tsx", "// import 'a'\nimport type {T} from 't'\nexport {x} from '@s/b/sub'\n"),
        ("web/src/z.vue", "<p>'a'</p><script>\nimport q from 'alias'\n</script>"),
        ("web/node_modules/a/index.js", "require('deep')"),
        ("web/dist/app.min.js", "require('a')"),
        ("web/inner/package-lock.json", r#"{"lockfileVersion": 3, "packages": {"": {}}}"#),
        ("web/inner/i.js", "require('a')"),
        ("api/a.js", "require('a')"),
    ];
    check(&["npm @s/b"], &files, "web/package-lock.json b imported: web/src/a.tsx:3 imports it");
    check(&["npm real"], &files, "web/package-lock.json real imported: web/src/z.vue:2 imports it");
    check(
        &["npm t"],
        &files,
        "web/package-lock.json t types-only: only its types are imported, first at web/src/a.tsx:2",
    );
    check(
        &["npm a"],
        &files,
        "web/package-lock.json a not-seen: no import of `a` seen in 2 JavaScript or TypeScript files",
    );
    check(
        &["npm deep"],
        &files,
        "web/package-lock.json deep not-seen: no import of `deep` seen in 2 JavaScript or TypeScript files, nor of `a`, \
         which brings it",
    );
}

#[test]
fn nothing_is_said_to_be_missing_from_a_part_and_nothing_else_changes() {
    let files = [("requirements.txt", "pyyaml==5.0\n"), ("a.py", "import yaml\n")];
    let (part, whole) = (scan(&["PyPI pyyaml"], &files, false), scan(&["PyPI pyyaml"], &files, true));
    let reach = part[0].fault.as_ref().unwrap().reach.as_ref().unwrap();
    assert_eq!(reach.text, "not looked at: not all of the project was scanned");
    assert_eq!((part[0].fingerprint, part[0].severity), (whole[0].fingerprint, whole[0].severity));
    assert_eq!(part[0].message, whole[0].message);
    check(
        &["Maven a:b"],
        &[(
            "pom.xml",
            "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId>\
            <version>1</version></dependency></dependencies></project>",
        )],
        "pom.xml b not-looked-at: not looked at: imports are read of Rust, Go, Python, JavaScript and TypeScript only",
    );
}

#[test]
fn what_cannot_be_read_is_told() {
    let large = format!("import yaml\n{}", " ".repeat(palisade_inventory::imports::SOURCE_BYTES_MAX));
    check(
        &["PyPI pyyaml"],
        &[("requirements.txt", "pyyaml==5.0\n"), ("a.py", &large), ("b.py", "\u{0}\u{1}x = 1\n")],
        "requirements.txt pyyaml not-seen: no import of `yaml` or `_yaml` seen in 2 Python files; 1 file was too large or \
         not readable",
    );
}
