//! What is fuzzed: one function per parser, each fed arbitrary bytes.
//!
//! `cargo xtask fuzz` drives them for ten seconds each on a stable compiler;
//! the programs in `fuzz/fuzz_targets` drive the same functions under cargo-fuzz.
//! A target panics when the parser breaks a promise: a span outside of its text,
//! a result that differs the second time.

use palisade_checks::{Scanner, Selection, Settings};
use palisade_inventory::yaml::Yaml;
use palisade_inventory::{dockerfile, expression, shell};
use palisade_model::Span;

/// One target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// `yaml`
    pub name: &'static str,
    /// Reads the bytes and checks what came out.
    pub run: fn(&[u8]),
    /// Which files of the checkout make good first inputs, by path.
    pub seeds: fn(&str) -> bool,
}

/// All targets, by name.
pub const TARGETS: &[Target] = &[
    Target { name: "compose", run: |bytes| scan("compose.yaml", bytes), seeds: |path| path.contains("compose") },
    Target { name: "dependabot", run: |bytes| scan(".github/dependabot.yml", bytes), seeds: is_dependabot },
    Target { name: "dockerfile", run: read_dockerfile, seeds: is_dockerfile },
    Target { name: "expression", run: read_expression, seeds: |path| path.contains(".github/workflows/") },
    Target { name: "gitlab", run: |bytes| scan(".gitlab-ci.yml", bytes), seeds: |path| path.contains("gitlab") },
    Target { name: "kubernetes", run: |bytes| scan("pod.yaml", bytes), seeds: is_manifest },
    Target { name: "scan-dockerfile", run: |bytes| scan("Dockerfile", bytes), seeds: is_dockerfile },
    Target { name: "secrets", run: |bytes| scan("settings.py", bytes), seeds: is_any },
    Target { name: "settings", run: read_settings, seeds: |path| path.ends_with(".toml") },
    Target { name: "shell", run: read_shell, seeds: |path| path.ends_with(".sh") || is_dockerfile(path) },
    Target { name: "workflow", run: |bytes| scan(".github/workflows/ci.yml", bytes), seeds: is_workflow },
    Target { name: "yaml", run: read_yaml, seeds: is_manifest },
];

/// The target of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Runs the target of a name; for the programs in `fuzz/fuzz_targets`.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some(target) = find(name) {
        (target.run)(bytes);
    }
}

fn is_any(_: &str) -> bool {
    true
}

fn is_dependabot(path: &str) -> bool {
    path.ends_with("dependabot.yml")
}

fn is_dockerfile(path: &str) -> bool {
    path.ends_with("Dockerfile") || path.ends_with("Containerfile")
}

fn is_manifest(path: &str) -> bool {
    path.ends_with(".yaml")
}

fn is_workflow(path: &str) -> bool {
    path.contains(".github/workflows/")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn must_fit(span: Span, text: &str) {
    assert!(span.end as usize <= text.len(), "{span:?} lies outside of {} bytes", text.len());
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} cuts a character");
}

fn read_yaml(bytes: &[u8]) {
    let yaml = Yaml::parse(text(bytes));
    for node in yaml.nodes() {
        must_fit(node.span(), yaml.text());
    }
    for problem in yaml.problems() {
        must_fit(problem.span, yaml.text());
    }
}

fn read_shell(bytes: &[u8]) {
    let text = text(bytes);
    for command in shell::commands(&text) {
        must_fit(command.span, &text);
        for word in &command.words {
            must_fit(word.span, &text);
        }
    }
}

fn read_dockerfile(bytes: &[u8]) {
    let text = text(bytes);
    let file = dockerfile::parse(&text);
    for instruction in &file.instructions {
        must_fit(instruction.span, &text);
    }
}

fn read_expression(bytes: &[u8]) {
    let text = text(bytes);
    for fence in expression::fences(&text) {
        must_fit(fence.outer, &text);
        must_fit(fence.inner, &text);
    }
    let _ = expression::parse(&text);
}

fn read_settings(bytes: &[u8]) {
    let _ = toml::from_str::<Settings>(&text(bytes));
}

/// The whole way of one file through the scanner.
fn scan(path: &str, bytes: &[u8]) {
    thread_local! {
        static SCANNER: Scanner = Scanner::new(Settings::default(), &Selection::default());
    }
    SCANNER.with(|scanner| {
        let files = [(path.to_owned(), bytes.to_vec())];
        let first = scanner.scan_files(&files);
        for finding in &first.findings {
            let place = &finding.location;
            assert!(place.start <= place.end, "{} starts after it ends", finding.check.id);
            assert!(!finding.message.is_empty(), "{} says nothing", finding.check.id);
        }
        let again = scanner.scan_files(&files);
        let prints = |scan: &palisade_checks::Scan| -> Vec<_> { scan.findings.iter().map(|f| f.fingerprint).collect() };
        assert!(prints(&first) == prints(&again), "a second scan differs");
    });
}
