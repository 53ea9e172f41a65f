//! What programs say of the packages that they were built from: Go writes it into each, `cargo auditable` into those of
//! Rust. Nothing is guessed from the code itself.

use std::io::Read;

use palisade_model::{Purl, Span};
use serde::Deserialize;

use super::graph::Graph;
use super::{Hash, Manifest, Package, Scope, Source};

mod sections;

/// How Go's part begins (`debug/buildinfo` of its library).
const GO: &[u8] = b"\xff Go buildinf:";
/// Places that look like it; a program that reads such parts holds some itself.
const GO_PLACES_MAX: usize = 16;
/// The longest text of Go's; the largest programs name some 2,000 modules.
const GO_TEXT_MAX: usize = 4 << 20;
/// The part of Rust's (<https://github.com/rust-secure-code/cargo-auditable>).
const RUST: &str = ".dep-v0";
/// What may come out of it.
const RUST_TEXT_MAX: u64 = 16 << 20;

/// Whether a file begins as programs and libraries do.
#[must_use]
pub fn is_program(head: &[u8]) -> bool {
    sections::is_program(head)
}

/// The packages in a program; none when it says nothing of them.
pub(super) fn read(bytes: &[u8]) -> Option<Manifest> {
    if !is_program(bytes) {
        return None;
    }
    let rust = sections::named(bytes, RUST).and_then(rust);
    rust.or_else(|| go(bytes))
}

fn go(bytes: &[u8]) -> Option<Manifest> {
    memchr::memmem::find_iter(bytes, GO).take(GO_PLACES_MAX).find_map(|at| go_at(bytes.get(at..)?))
}

/// A part of Go's, in the form that its versions since 1.18 write: two texts behind a head of 32 bytes.
fn go_at(part: &[u8]) -> Option<Manifest> {
    if part.get(15)? & 2 == 0 {
        return None;
    }
    let (version, rest) = go_text(part.get(32..)?)?;
    let (modules, _) = go_text(rest)?;
    let version = std::str::from_utf8(version).ok()?;
    // Sixteen bytes on both sides mark where the text is in memory.
    let modules = modules.get(16..modules.len().checked_sub(16)?).unwrap_or_default();
    let modules = String::from_utf8_lossy(modules);
    let mut graph = Graph::locked();
    let add = |graph: &mut Graph, name: &str, version: &str, sum: &str| {
        let purl = Purl::new("golang", name).ok()?;
        let mut package = Package::new(purl.at(version), Span::default());
        package.hashes = sum.strip_prefix("h1:").and_then(|sum| Hash::base64("h1", sum)).into_iter().collect();
        Some(graph.add(name, package))
    };
    let number = version.strip_prefix("go").and_then(|rest| rest.split([' ', '-']).next());
    if let Some(number) = number.filter(|number| number.starts_with(|c: char| c.is_ascii_digit())) {
        add(&mut graph, "stdlib", number, "");
    }
    let mut last = None;
    let mut own = None;
    for line in modules.lines() {
        let mut cells = line.split('\t');
        let (kind, name) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
        let (version, sum) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
        let released = if version == "(devel)" { "" } else { version };
        match kind {
            "mod" => own = Purl::new("golang", name).ok().map(|purl| purl.at(released)),
            "dep" => last = add(&mut graph, name, released, sum),
            // The module before was replaced by this one, or by a folder.
            "=>" => {
                if let Some(package) = last.take().and_then(|at| graph.package(at)) {
                    match Purl::new("golang", name) {
                        Ok(purl) if !version.is_empty() => package.purl = purl.at(version),
                        _ => package.source = Source::Local,
                    }
                    package.hashes =
                        sum.strip_prefix("h1:").and_then(|sum| Hash::base64("h1", sum)).into_iter().collect();
                }
            }
            _ => {}
        }
    }
    // A released program is a package of its own, with faults of its own.
    if let Some(purl) = own.clone().filter(|purl| purl.version().is_some()) {
        let name = purl.full_name();
        graph.add(&name, Package::new(purl, Span::default()));
    }
    (!graph.manifest.packages.is_empty()).then(|| graph.finish(vec![(own, Vec::new())]))
}

/// A length in groups of seven bits, and so many bytes.
fn go_text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0_usize;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            let rest = bytes.get(at + 1..)?;
            return (length <= GO_TEXT_MAX).then(|| rest.split_at_checked(length)).flatten();
        }
    }
    None
}

#[derive(Deserialize)]
struct Audited {
    packages: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    dependencies: Vec<usize>,
    #[serde(default)]
    root: bool,
}

fn rust(section: &[u8]) -> Option<Manifest> {
    let mut text = Vec::new();
    flate2::read::ZlibDecoder::new(section).take(RUST_TEXT_MAX).read_to_end(&mut text).ok()?;
    let audited: Audited = serde_json::from_slice(&text).ok()?;
    let mut graph = Graph::locked();
    let mut numbers = Vec::new();
    for one in &audited.packages {
        let Ok(purl) = Purl::new("cargo", &one.name) else {
            numbers.push(None);
            continue;
        };
        let mut package = Package::new(purl.at(&one.version), Span::default());
        package.source = match one.source.as_str() {
            "local" => Source::Local,
            "git" => Source::Repository("git".to_owned()),
            "registry" => Source::Mirror("another registry".to_owned()),
            _ => Source::Registry,
        };
        if one.kind == "build" {
            package.scope = Scope::Development;
        }
        numbers.push(Some(graph.add(&one.name, package)));
    }
    let number = |at: &usize| numbers.get(*at).copied().flatten();
    let mut asked = Vec::new();
    for (at, one) in audited.packages.iter().enumerate() {
        let Some(from) = number(&at) else { continue };
        for to in one.dependencies.iter().filter_map(number) {
            graph.edge(from, to);
        }
        if one.root {
            let purl = graph.package(from).map(|package| package.purl.clone());
            let scope = |to: &usize| match audited.packages.get(*to).map(|one| one.kind.as_str()) {
                Some("build") => Scope::Development,
                _ => Scope::Runtime,
            };
            let needs = one.dependencies.iter().filter_map(|to| Some((scope(to), number(to)?)));
            asked.push((purl, needs.collect()));
        }
    }
    Some(graph.finish(asked))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::Write as _;

    use super::*;

    fn shown(manifest: &Manifest) -> Vec<String> {
        let line = |package: &Package| {
            format!("{} {:?} {:?} {}", package.purl, package.scope, package.source, package.needs.len())
        };
        manifest.packages.iter().map(line).collect()
    }

    fn text(text: &[u8]) -> Vec<u8> {
        let (low, high) = (text.len() & 0x7F, text.len() >> 7);
        let mut out = vec![u8::try_from(low | 0x80).unwrap(), u8::try_from(high).unwrap()];
        out.extend_from_slice(text);
        out
    }

    #[test]
    fn what_go_writes() {
        let modules = "path\texample.org/app\nmod\texample.org/app\tv1.0.0\t\ndep\texample.org/a\tv0.1.0\th1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\
            dep\texample.org/b\tv0.2.0\t\n=>\texample.org/fork\tv0.3.0\t\ndep\texample.org/c\tv1.0.0\t\n=>\t../c\t\t\nbuild\tx=y\n";
        let marked = [[7_u8; 16].as_slice(), modules.as_bytes(), &[8; 16]].concat();
        let mut part = GO.to_vec();
        part.extend_from_slice(&[8, 2]);
        part.resize(32, 0);
        part.extend(text(b"go1.22.1 X:nocoverageredesign"));
        part.extend(text(&marked));
        let program = [b"\x7fELF".as_slice(), &[0; 100], GO, b" not this one", &part, &[0; 50]].concat();
        let manifest = read(&program).unwrap();
        assert_eq!(
            shown(&manifest),
            [
                "pkg:golang/stdlib@1.22.1 Runtime Registry 0",
                "pkg:golang/example.org/a@v0.1.0 Runtime Registry 0",
                "pkg:golang/example.org/fork@v0.3.0 Runtime Registry 0",
                "pkg:golang/example.org/c@v1.0.0 Runtime Local 0",
                "pkg:golang/example.org/app@v1.0.0 Runtime Registry 0",
            ]
        );
        assert!(manifest.packages[1].hashes.len() == 1 && manifest.locked);
        for length in 0..program.len() {
            let _ = read(&program[..length]);
        }
        assert!(read(&program[1..]).is_none(), "no program");
    }

    #[test]
    fn what_cargo_auditable_writes() {
        let json = r#"{"packages": [
            {"name": "app", "version": "1.0.0", "source": "local", "dependencies": [1, 2, 9], "root": true},
            {"name": "a", "version": "0.1.0", "source": "crates.io", "dependencies": [2]},
            {"name": "b", "version": "0.2.0", "source": "git", "kind": "build"}]}"#;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(json.as_bytes()).unwrap();
        let section = encoder.finish().unwrap();
        let manifest = read(&sections::tests::elf(RUST, &section)).unwrap();
        assert_eq!(
            shown(&manifest),
            [
                "pkg:cargo/app@1.0.0 Runtime Local 2",
                "pkg:cargo/a@0.1.0 Runtime Registry 1",
                "pkg:cargo/b@0.2.0 Runtime Repository(\"git\") 0",
            ]
        );
        assert!(rust(b"no zlib").is_none());
    }
}
