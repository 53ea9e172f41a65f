//! What is fuzzed: one function per parser, each fed arbitrary bytes.
//!
//! `cargo xtask fuzz` drives them for ten seconds each on a stable compiler;
//! the programs in `fuzz/fuzz_targets` drive the same functions under cargo-fuzz.
//! A target panics when the parser breaks a promise: a span outside of its text,
//! a result that differs the second time.

mod images;
mod packages;
mod rpm;
mod seeds;

use std::cmp::Ordering;
use std::fmt::Write as _;

use base64::Engine as _;
use palisade_advisory::Order;
use palisade_checks::code::OwnRules;
use palisade_checks::iam::narrow::{Trail, narrow, read_policy};
use palisade_checks::imported::{self, Report, Sources};
use palisade_checks::secrets::{Engine, UserRules};
use palisade_checks::{KubernetesVersion, Lock, Scanner, Selection, Settings};
use palisade_gate::{Baseline, EXCEPTIONS_FILE, ExceptionSettings, Exceptions, GateSettings, entry_places};
use palisade_inventory::dockerfile::ImageName;
use palisade_inventory::glob::Glob;
use palisade_inventory::yaml::Yaml;
use palisade_inventory::{
    cloudformation, dockerfile, expression, graphql, kustomize, migration, properties, quality, ruby, shell, sql,
    terraform,
};
use palisade_ledger::{Checkpoint, Entry, Note, Proof, Verifier};
use palisade_model::{Date, Fingerprint, Span, Timestamp};
use palisade_source::archive;
use palisade_source::git::delta::Delta;
use palisade_source::git::index::PackIndex;
use palisade_source::git::{ObjectId, entry, objects, tree};

/// One target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// `yaml`
    pub name: &'static str,
    /// Reads the bytes and checks what came out.
    pub run: fn(&[u8]),
    /// Which files of the checkout make good first inputs, by path.
    pub seeds: fn(&str) -> bool,
    /// First inputs that are no files of the checkout.
    pub made: fn() -> Vec<Vec<u8>>,
}

impl Target {
    /// A target whose first inputs are files of the checkout.
    const fn new(name: &'static str, run: fn(&[u8]), seeds: fn(&str) -> bool) -> Self {
        Self { name, run, seeds, made: Vec::new }
    }

    const fn with(self, made: fn() -> Vec<Vec<u8>>) -> Self {
        Self { made, ..self }
    }
}

/// All targets, by name.
pub const TARGETS: &[Target] = &[
    Target::new("action", |bytes| scan("action.yml", bytes), is_action),
    Target::new("advisory", packages::advisories, is_none).with(packages::records),
    Target::new("advisory-index", packages::index, is_none).with(packages::indexes),
    Target::new("archive", read_archive, is_none).with(seeds::archives),
    Target::new("baseline", read_baseline, is_none).with(seeds::baselines),
    Target::new("bill", packages::bill, is_none).with(seeds::bills),
    Target::new("cloudformation", read_template, is_template).with(seeds::templates),
    Target::new("cloudtrail", read_trail, is_none).with(seeds::trails),
    Target::new("compose", |bytes| scan("compose.yaml", bytes), is_compose),
    Target::new("compressed", read_archive, is_none).with(seeds::compressed),
    Target::new("cypher", read_cypher, is_sql).with(seeds::cypher),
    Target::new("delta", read_delta, is_none).with(seeds::deltas),
    Target::new("dependabot", |bytes| scan(".github/dependabot.yml", bytes), is_dependabot),
    Target::new("dockerfile", read_dockerfile, is_dockerfile),
    Target::new("encoded", read_encoded, is_any).with(seeds::lines),
    Target::new("exceptions", read_exceptions, is_toml),
    Target::new("expression", read_expression, is_workflow),
    Target::new("git-object", read_object, is_none).with(seeds::objects),
    Target::new("git-tree", read_tree, is_none).with(seeds::trees),
    Target::new("gitlab", |bytes| scan(".gitlab-ci.yml", bytes), is_gitlab),
    Target::new("graphql", read_graphql, is_none).with(seeds::graphql),
    Target::new("image", images::read, is_none).with(images::archives),
    Target::new("imports", read_import, is_none).with(seeds::imports),
    Target::new("kubernetes", |bytes| scan("pod.yaml", bytes), is_manifest),
    Target::new("kustomization", |bytes| scan("kustomization.yaml", bytes), is_manifest),
    Target::new("ledger", read_ledger, is_none).with(seeds::notes),
    Target::new("licence", packages::licence, is_none).with(packages::licences),
    Target::new("lock", read_lock, is_none).with(seeds::locks),
    Target::new("openapi", |bytes| scan("openapi.yaml", bytes), is_none).with(seeds::openapi),
    Target::new("own-code-rules", read_own_rules, is_none).with(seeds::own_rules),
    Target::new("pack-index", read_index, is_none).with(seeds::indexes),
    Target::new("packages", packages::read, is_any).with(seeds::lockfiles),
    Target::new("policy", read_aws_policy, is_template).with(seeds::policies),
    Target::new("properties", read_properties, is_none).with(seeds::properties),
    Target::new("purl", packages::purl, is_none).with(packages::purls),
    Target::new("quality", read_quality, is_none).with(seeds::quality),
    Target::new("rpm-bdb", rpm::read_bdb, is_none).with(rpm::bdbs),
    Target::new("rpm-header", rpm::read_header, is_none).with(rpm::headers),
    Target::new("rpm-ndb", rpm::read_ndb, is_none).with(rpm::ndbs),
    Target::new("rpm-sqlite", rpm::read_sqlite, is_none).with(rpm::sqlites),
    Target::new("ruby", read_ruby, is_none).with(seeds::ruby),
    Target::new("rules", read_rules, is_toml).with(seeds::rules),
    Target::new("scan-dockerfile", |bytes| scan("Dockerfile", bytes), is_dockerfile),
    Target::new("secrets", |bytes| scan("settings.py", bytes), is_any),
    Target::new("settings", read_settings, is_toml),
    Target::new("shell", read_shell, is_script),
    Target::new("source-code", read_source, is_source).with(seeds::sources),
    Target::new("source-imports", packages::imports, is_source_of_imports).with(seeds::sources),
    Target::new("sql", read_sql, is_sql).with(seeds::sql),
    Target::new("terraform", read_terraform, is_terraform).with(seeds::terraform),
    Target::new("versions", read_versions, is_none).with(seeds::versions),
    Target::new("vex", packages::vex, is_none).with(packages::statements),
    Target::new("words", read_words, is_none).with(seeds::lines),
    Target::new("workflow", |bytes| scan(".github/workflows/ci.yml", bytes), is_workflow),
    Target::new("yaml", read_yaml, is_manifest),
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

fn is_none(_: &str) -> bool {
    false
}

fn is_action(path: &str) -> bool {
    path.ends_with("action.yml")
}

fn is_compose(path: &str) -> bool {
    path.contains("compose")
}

fn is_gitlab(path: &str) -> bool {
    path.contains("gitlab")
}

fn is_script(path: &str) -> bool {
    path.ends_with(".sh") || is_dockerfile(path)
}

fn is_source(path: &str) -> bool {
    [".py", ".js", ".ts", ".tsx", ".go", ".java"].iter().any(|end| path.ends_with(end))
}

fn is_source_of_imports(path: &str) -> bool {
    palisade_inventory::imports::Language::of(path).is_some()
}

fn is_terraform(path: &str) -> bool {
    path.ends_with(".tf") || path.ends_with(".tfvars")
}

fn is_sql(path: &str) -> bool {
    path.ends_with(".sql")
}

fn is_template(path: &str) -> bool {
    path.contains("infra/") && (path.ends_with(".yaml") || path.ends_with(".json"))
}

fn is_toml(path: &str) -> bool {
    path.ends_with(".toml")
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

/// Three lines, three versions.
fn read_versions(bytes: &[u8]) {
    let text = text(bytes);
    let mut lines = text.lines();
    let [a, b, c] = std::array::from_fn(|_| lines.next().unwrap_or_default());
    for order in Order::ALL {
        let forth = order.compare(a, b);
        assert_eq!(forth, order.compare(b, a).map(Ordering::reverse), "{order:?} depends on the side");
        assert!(order.compare(a, a).is_none_or(Ordering::is_eq), "{order:?} tells a version from itself");
        let (Some(forth), Some(on), Some(whole)) = (forth, order.compare(b, c), order.compare(a, c)) else { continue };
        // Maven's own order has cycles.
        if order != Order::Maven && (forth == on || forth.is_eq() || on.is_eq()) {
            assert_eq!(whole, forth.then(on), "{order:?} goes round in a circle");
        }
    }
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

fn read_template(bytes: &[u8]) {
    let text = text(bytes);
    let yaml = Yaml::parse(text.as_str());
    for root in yaml.documents() {
        for element in cloudformation::elements(root, 0, 0) {
            must_fit(element.head.span, &text);
            must_fit(element.whole.span, &text);
            must_fit(element.value.origin.span, &text);
        }
    }
    scan("template.yaml", text.as_bytes());
}

fn read_aws_policy(bytes: &[u8]) {
    scan("policy.json", bytes);
    let Ok(policy) = read_policy(bytes) else { return };
    // What was narrowed to nothing needs nothing more taken away.
    let Ok(once) = narrow(&policy, &Trail::default()) else { return };
    assert!(read_policy(once.policy.to_string().as_bytes()).is_ok(), "what was narrowed is no policy");
}

fn read_trail(bytes: &[u8]) {
    let mut trail = Trail::default();
    if trail.add(bytes).is_err() {
        return;
    }
    let Ok(policy) = read_policy(br#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#) else {
        return;
    };
    if let Ok(narrowing) = narrow(&policy, &trail) {
        assert!(narrowing.allowed.iter().all(|action| action.starts_with("s3:")), "it allows more than before");
    }
}

fn read_source(bytes: &[u8]) {
    for path in ["app.py", "app.js", "app.ts", "app.tsx", "app.go", "App.java", "app.rs"] {
        scan(path, bytes);
    }
}

fn read_terraform(bytes: &[u8]) {
    let text = text(bytes);
    for path in ["main.tf", "main.tf.json"] {
        let file = terraform::File::parse(path.into(), &text);
        let mut bodies = vec![&file.body];
        while let Some(body) = bodies.pop() {
            for attribute in &body.attributes {
                must_fit(attribute.name_span, &text);
                must_fit(attribute.value.span, &text);
            }
            for block in &body.blocks {
                must_fit(block.head, &text);
                must_fit(block.span, &text);
                bodies.push(&block.body);
            }
        }
        file.problems.iter().for_each(|problem| must_fit(problem.span, &text));
        scan(path, text.as_bytes());
    }
}

fn read_sql(bytes: &[u8]) {
    let text = text(bytes);
    let script = sql::Script::parse(&text);
    script.statements.iter().for_each(|one| must_fit(one.span, &text));
    script.problems.iter().for_each(|problem| must_fit(problem.span, &text));
    for path in ["postgres/migrations/0001_a.up.sql", "postgres/migrations/0001_a.sql", "postgres/V1__a.sql"] {
        scan(path, text.as_bytes());
    }
}

/// Reports of other tools: each result is told once, in the target or at the report.
fn read_import(bytes: &[u8]) {
    let Ok(runs) = imported::read(bytes) else { return };
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    let lock = "parser==1.4.2\n";
    let files = [("requirements.txt".to_owned(), lock.into()), ("src/app.py".to_owned(), b"a = 1\nb = 2".to_vec())];
    let read = |path: &str| files.iter().find(|(name, _)| name == path).map(|(_, bytes)| bytes.clone());
    let mut scan = scanner.scan_files(&files);
    let before = scan.findings.len();
    let report = Report { path: "report.json".to_owned(), runs };
    scanner.import(&mut scan, vec![report], &Sources { read: &read, root: Some("/w") });
    let told: usize = scan.imports.iter().map(|import| import.findings).sum();
    assert_eq!(scan.findings.len(), before + told, "findings came or went");
    for import in &scan.imports {
        let all = import.findings + import.same + import.passed + import.left_out;
        assert_eq!(import.results, all, "a result was lost");
    }
    for finding in &scan.findings {
        let path = &*finding.location.path;
        assert!(path == "report.json" || files.iter().any(|(name, _)| name == path), "{path} is not here");
    }
}

fn read_quality(bytes: &[u8]) {
    let text = text(bytes);
    let paths =
        ["lcov.info", "coverage.xml", "jacoco.xml", "junit.xml", "coverage-summary.json", "mutation.json", "k6.json"];
    for path in paths {
        match quality::measures(path, &text) {
            Ok(measures) => measures.iter().for_each(|one| must_fit(one.span, &text)),
            Err(problem) => must_fit(problem.span, &text),
        }
        scan(path, text.as_bytes());
    }
}

fn read_graphql(bytes: &[u8]) {
    let text = text(bytes);
    let schema = graphql::Schema::parse(&text);
    schema.problems.iter().for_each(|problem| must_fit(problem.span, &text));
    for definition in &schema.definitions {
        must_fit(definition.whole, &text);
        must_fit(definition.span, &text);
        definition.fields.iter().for_each(|field| must_fit(field.span, &text));
    }
    scan("schema.graphql", text.as_bytes());
}

fn read_properties(bytes: &[u8]) {
    let text = text(bytes);
    let settings = properties::Settings::parse_properties(&text).settings;
    settings.iter().for_each(|setting| must_fit(setting.span, &text));
    scan("application.properties", text.as_bytes());
    scan("application.yml", text.as_bytes());
}

fn read_ruby(bytes: &[u8]) {
    let text = text(bytes);
    ruby::Source::parse(&text).lines.iter().for_each(|(_, span)| must_fit(*span, &text));
    for path in ["config/application.rb", "config/environments/production.rb", "config/initializers/cors.rb"] {
        scan(path, text.as_bytes());
    }
}

fn read_cypher(bytes: &[u8]) {
    let text = text(bytes);
    if let Some(migration) = migration::Migration::parse("migrations/V1__a.cypher".into(), &text) {
        must_fit(migration.anchor(), &text);
        let statements = migration.cypher.iter().flat_map(|cypher| &cypher.statements);
        statements.for_each(|one| must_fit(one.span, &text));
    }
    scan("migrations/V1__a.cypher", text.as_bytes());
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
    let text = text(bytes);
    let _ = toml::from_str::<Settings>(&text);
    let _ = toml::from_str::<GateSettings>(&text);
    let _ = toml::from_str::<ExceptionSettings>(&text);
}

/// What names stand for: whatever is read is written back as it was.
fn read_lock(bytes: &[u8]) {
    let Ok(lock) = Lock::parse(&text(bytes)) else { return };
    assert!(Lock::parse(&lock.to_text()).is_ok_and(|again| again == lock), "a lock file is not read back");
}

/// Rules of the user's own: whatever they say, no match lies outside of the file.
fn read_rules(bytes: &[u8]) {
    let Ok(rules) = UserRules::parse(&text(bytes)) else { return };
    let file = "acme-a1b2c3d4e5f6 key = \"Zq8Lr2Vx7Kp4\"\n";
    for found in Engine::new(|_| false, rules.rules).scan("a.txt", file.as_bytes()) {
        must_fit(found.span, file);
    }
}

/// A rule that is taken runs over a source without a panic, and what it finds has a place.
fn read_own_rules(bytes: &[u8]) {
    let mut rules = OwnRules::default();
    if rules.add("rules.yml", &text(bytes)).is_err() {
        return;
    }
    let scanner = Scanner::new(Settings::default(), &Selection::default()).with_code(rules);
    let source = "def f(a):\n    for x in a:\n        print(x, 1)\n    return eval(a)\n";
    for finding in scanner.scan_files(&[("a.py".to_owned(), source.into())]).findings {
        must_fit(finding.location.span, source);
    }
}

/// More bytes only make the four spellings slower to search.
const ENCODED_BYTES_MAX: usize = 4 << 10;

/// Text behind each encoding that is undone: what is found lies within the file that holds it.
fn read_encoded(bytes: &[u8]) {
    thread_local! {
        static ENGINE: Engine = Engine::default();
    }
    let plain = bytes.get(..bytes.len().min(ENCODED_BYTES_MAX)).unwrap_or(bytes);
    let base64 = base64::engine::general_purpose::STANDARD.encode(plain);
    let mut hex = String::new();
    let mut url = String::new();
    for byte in plain {
        let _ = write!(hex, "{byte:02x}");
        let _ = write!(url, "%{byte:02X}");
    }
    let twice = base64::engine::general_purpose::STANDARD.encode(&base64);
    for value in [base64, hex, url, twice] {
        let file = format!("value = \"{value}\"\n");
        ENGINE.with(|engine| {
            for found in engine.scan("settings.py", file.as_bytes()) {
                must_fit(found.span, &file);
            }
        });
    }
}

fn read_baseline(bytes: &[u8]) {
    if let Ok(baseline) = Baseline::parse(bytes) {
        assert!(baseline.before().len() <= bytes.len() / 32, "more findings than the file has room for");
    }
}

/// Small words of settings, command lines and manifests: what reads back is what was written.
fn read_words(bytes: &[u8]) {
    let text = text(bytes);
    for word in text.split_whitespace() {
        if let Ok(date) = Date::parse(word) {
            assert!(date.to_string() == word, "{word} is another spelling of {date}");
        }
        if let Some(print) = Fingerprint::parse(word) {
            assert!(print.to_string() == word, "{word} is another spelling of {print}");
        }
        let image = ImageName::parse(word);
        assert!(image.repository.len() <= word.len(), "a repository longer than its image");
        let _ = word.parse::<KubernetesVersion>();
        let _ = Verifier::parse(word);
        let _ = kustomize::is_remote(word);
        if let Some(joined) = kustomize::join("base/app", word) {
            assert!(!joined.split('/').any(|part| part == ".."), "{joined} leads out of its folder");
        }
        if let Ok(glob) = Glob::parse(word) {
            let _ = glob.covers("deploy/kubernetes/base/web.yaml");
            let _ = glob.covers(word);
        }
    }
}

fn read_exceptions(bytes: &[u8]) {
    let settings = ExceptionSettings::default();
    let today = Date::from_days(20_000);
    let read = Exceptions::read(EXCEPTIONS_FILE, bytes, &[], &settings, today);
    for entry in &read.entries {
        assert!(entry.note.expires >= today, "{} has ended and is in force", entry.note.id);
    }
    for place in entry_places(bytes) {
        assert!(place.span.end as usize <= bytes.len(), "an entry outside of its file");
    }
}

fn read_ledger(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert!(note.to_string().as_bytes() == bytes, "a note reads other spellings of itself");
    }
    if let Ok(proof) = Proof::parse(bytes) {
        assert!(proof.to_string().as_bytes() == bytes, "a proof reads other spellings of itself");
    }
    if let Ok(entry) = Entry::parse(bytes) {
        assert!(entry.to_bytes().is_ok_and(|again| again == bytes), "an entry reads other spellings of itself");
    }
    if let Ok(entry) = Entry::from_line(bytes, Timestamp(1_800_000_000)) {
        let _ = entry.to_bytes();
    }
    let _ = Checkpoint::parse_unverified_danger(bytes);
    let _ = palisade_ledger::parse_hashes(bytes, 3);
    let (items, whole) = palisade_ledger::parse_bundle(bytes);
    if whole {
        let items: Vec<Vec<u8>> = items.into_iter().map(<[u8]>::to_vec).collect();
        assert!(palisade_ledger::print_bundle(&items) == bytes, "a bundle reads other spellings of itself");
    }
}

fn read_archive(bytes: &[u8]) {
    archive::unpack_bytes(bytes, "a.tar", &|entry| assert!(!entry.path().is_empty(), "an entry without a path"));
}

fn read_delta(bytes: &[u8]) {
    let Some(delta) = Delta::parse(bytes) else { return };
    let mut result = Vec::new();
    let _ = delta.apply(b"the base of the delta, twice: the base of the delta", &mut result, |_, _| {});
}

/// Headers of pack entries and loose objects, and commits.
fn read_object(bytes: &[u8]) {
    if let Some(header) = entry::parse(bytes) {
        assert!(header.length <= bytes.len().min(entry::HEADER_BYTES_MAX), "a header longer than it can be");
    }
    if let Some((_, _, at)) = objects::parse_loose_header(bytes) {
        assert!(at <= bytes.len(), "a header longer than its object");
    }
    let _ = tree::Commit::parse(ObjectId([7; 20]), bytes);
}

fn read_tree(bytes: &[u8]) {
    for entry in tree::entries(bytes) {
        assert!(entry.name.len() <= bytes.len(), "a name longer than its tree");
    }
}

fn read_index(bytes: &[u8]) {
    if let Some(index) = PackIndex::parse(bytes) {
        assert!(index.names().len() == index.len() && index.offsets().len() == index.len(), "names and offsets differ");
    }
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
        if first.findings.iter().any(|finding| finding.fix.is_some()) {
            let fixed = scanner.fix(path, bytes, &|_, _| {}, &mut |_, _| true);
            let again = scanner.fix(path, &fixed.after, &|_, _| {}, &mut |_, _| true);
            assert!(again.after == fixed.after, "a second fix changes the file again");
        }
    });
}
