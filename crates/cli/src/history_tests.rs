//! The sweep with the real engine, against every blob looked at whole.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use palisade_checks::{Selection, Settings};

use super::*;

pub(super) fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"])
        .args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "git {arguments:?}");
    output.stdout
}

/// Numbers that look random and never change.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(super) fn text(&mut self, length: usize) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| char::from(ALPHABET[self.below(ALPHABET.len())])).collect()
    }

    fn words(&mut self) -> String {
        const WORDS: [&str; 12] =
            ["return", "value", "client", "=", "the", "config", "token", "(name,", "nil)", "//", "secret", "err"];
        (0..self.below(10)).map(|_| WORDS[self.below(WORDS.len())].to_owned() + " ").collect()
    }

    /// A line that is a secret, or was one before it was cut.
    fn secret(&mut self) -> String {
        let value = match self.below(9) {
            0 => format!("password = \"{}\"", self.text(20)),
            1 => format!("aws_access_key_id = AKIA{}", self.text(16).to_uppercase()),
            2 => format!("url: postgres://app:{}@db.corp.io:5432/app", self.text(14)),
            3 => format!(
                "data: {}",
                base64(&format!("password: {}\nurl: postgres://u:{}@h.corp.io/x\n", self.text(18), self.text(12)))
            ),
            4 => format!("glpat-{}", self.text(20)),
            5 => format!(
                "https://hooks.slack.com/services/T{}/B{}/{}",
                self.text(8).to_uppercase(),
                self.text(10).to_uppercase(),
                self.text(24)
            ),
            6 => format!("auth0 client_secret: '{}'", self.text(64)),
            7 => {
                let mut der = vec![0x30, 0x82, 0x02, 0x00, 0x02, 0x01, 0x00];
                der.extend((0..0x1FD).map(|_| u8::try_from(self.below(256)).unwrap()));
                let body: Vec<String> = base64_bytes(&der)
                    .as_bytes()
                    .chunks(64)
                    .map(|line| String::from_utf8_lossy(line).into_owned())
                    .collect();
                format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", body.join("\n"))
            }
            _ => format!("SECRET_KEY={}", self.text(40)),
        };
        match self.below(6) {
            0 => value[..value.len() / 2].to_owned(),
            _ => value,
        }
    }
}

fn base64(text: &str) -> String {
    base64_bytes(text.as_bytes())
}

fn base64_bytes(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        (0..=group.len()).for_each(|place| text.push(char::from(DIGITS[bits >> (18 - 6 * place) & 63])));
    }
    text
}

/// Files edited again and again; secrets come, are cut, moved, mended and go.
fn busy_history(commits: usize, seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut files: Vec<Vec<String>> = (0..4).map(|_| (0..250).map(|_| dice.words()).collect()).collect();
    let mut stream = String::new();
    for number in 0..commits {
        let touched = dice.below(files.len());
        let file = &mut files[touched];
        for _ in 0..1 + dice.below(4) {
            let at = dice.below(file.len());
            match dice.below(8) {
                0 => file.insert(at, dice.secret()),
                1 => file[at] = dice.secret(),
                2 => drop(file.remove(at)),
                3 => {
                    let moved: Vec<String> = file.drain(at..(at + 20).min(file.len())).collect();
                    let to = dice.below(file.len());
                    file.splice(to..to, moved);
                }
                4 => {
                    // A character in the middle of a secret or a key.
                    let long: Vec<usize> = (0..file.len()).filter(|line| file[*line].len() > 40).collect();
                    if let Some(line) = long.get(dice.below(long.len().max(1))) {
                        let middle = dice.below(file[*line].len());
                        let with = dice.text(1);
                        file[*line].replace_range(middle..=middle, &with);
                    }
                }
                _ => file[at] = dice.words(),
            }
        }
        let text = file.join("\n");
        write!(stream, "commit refs/heads/main\ncommitter T <t@example.org> {} +0000\ndata 1\nx\n", 1_000_000 + number)
            .unwrap();
        write!(stream, "M 100644 inline dir{}/file{touched}.txt\ndata {}\n{text}\n", touched % 2, text.len()).unwrap();
    }
    stream + "done\n"
}

fn all_blobs(folder: &Path) -> Vec<(ObjectId, Vec<u8>)> {
    let output = git(folder, &["cat-file", "--batch-all-objects", "--batch"], b"");
    let mut rest = output.as_slice();
    let mut blobs = Vec::new();
    while let Some(line_end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = std::str::from_utf8(&rest[..line_end]).unwrap();
        let [name, kind, size] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let end = line_end + 1 + size.parse::<usize>().unwrap();
        if kind == "blob" {
            blobs.push((ObjectId::from_hex(name.as_bytes()).unwrap(), rest[line_end + 1..end].to_vec()));
        }
        rest = &rest[end + 1..];
    }
    blobs
}

type Tokens = BTreeSet<(ObjectId, &'static str, Vec<u8>)>;

fn swept(engine: &Engine, folder: &Path) -> (Tokens, Coverage) {
    let objects = Repository::discover(folder).unwrap().objects();
    let (held, coverage) = sweep(engine, &objects, 2);
    let mut tokens = Tokens::new();
    for (blob, sightings) in &held.blobs {
        for number in held.values_at(engine, sightings, "", Kinds::of("")) {
            let value = &held.values[number as usize];
            tokens.insert((*blob, value.detector.id(), value.value.to_vec()));
        }
    }
    (tokens, coverage)
}

fn looked_at_whole(engine: &Engine, blobs: &[(ObjectId, Vec<u8>)]) -> Tokens {
    let mut tokens = Tokens::new();
    for (blob, bytes) in blobs {
        if bytes.iter().take(8192).any(|byte| *byte == 0) {
            continue;
        }
        tokens.extend(engine.scan("", bytes).into_iter().map(|one| (*blob, one.detector.id(), one.value.into_vec())));
    }
    tokens
}

#[test]
fn the_sweep_finds_exactly_the_tokens_of_whole_blobs() {
    let engine = Engine::default();
    for seed in 1..=3 {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q"], b"");
        git(folder.path(), &["fast-import", "--quiet", "--done"], busy_history(250, seed).as_bytes());
        git(folder.path(), &["repack", "-q", "-adf", "--depth=50", "--window=50"], b"");
        let (found, coverage) = swept(&engine, folder.path());
        assert_eq!(coverage.unreadable, []);
        let expected = looked_at_whole(&engine, &all_blobs(folder.path()));
        let kinds: BTreeSet<&str> = expected.iter().map(|one| one.1).collect();
        assert!(expected.len() > 2_000 && kinds.len() >= 6, "{} of {kinds:?}", expected.len());
        let show =
            |one: &(ObjectId, &'static str, Vec<u8>)| (one.0, one.1, String::from_utf8_lossy(&one.2).into_owned());
        let extra: Vec<_> = found.difference(&expected).map(show).take(3).collect();
        let missed: Vec<_> = expected.difference(&found).map(show).take(3).collect();
        assert_eq!((extra, missed), (vec![], vec![]), "seed {seed}");
    }
}

#[test]
fn a_secret_that_was_removed_is_found_with_its_commits() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let run = |arguments: &[&str]| String::from_utf8(git(root, arguments, b"")).unwrap().trim().to_owned();
    run(&["init", "-q"]);
    let token = "glpat-".to_owned() + &Dice(7).text(20);
    let mut commits = Vec::new();
    for text in
        ["nothing".to_owned(), format!("token: {token}\n"), format!("more\ntoken: {token}\n"), "gone".to_owned()]
    {
        std::fs::write(root.join("deploy.yml"), text).unwrap();
        run(&["add", "-A"]);
        run(&["commit", "-qm", "x", "--date", "2024-03-01T12:00:00Z"]);
        commits.push(run(&["rev-parse", "HEAD"]));
    }
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    for packed in [false, true] {
        if packed {
            run(&["repack", "-qad"]);
        }
        let scan = scan(&scanner, root, &Config::default()).unwrap();
        let [finding] = &scan.findings[..] else { panic!("{:?}", scan.findings) };
        assert_eq!(finding.location.path.as_ref(), "deploy.yml");
        assert_eq!(finding.location.start.line, 1);
        assert_eq!(finding.location.commit.as_ref(), Some(&commits[1]));
        let history = finding.history.as_ref().unwrap();
        assert_eq!((&history.first_commit, &history.last_commit), (&commits[1], &commits[2]));
        assert_eq!((history.author_date.to_string().as_str(), history.present), ("2024-03-01", false));
        assert!(!format!("{finding:?}").contains(&token), "the value must not be shown");
    }
    assert!(scan(&scanner, root, &Config::default()).unwrap().coverage.seen >= 4);
}

#[test]
fn the_path_decides_what_a_value_is_as_in_files_scanned_whole() {
    let engine = Engine::default();
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(11);
    git(folder.path(), &["init", "-q"], b"");
    // Each text at paths of every kind; which of them hold a secret differs from kind to kind.
    let texts = [
        format!("password: {} {}\n", dice.text(9), dice.text(9)),
        format!("machine h login u password {}\n", dice.text(14)),
        format!("let password =\n    \"{}\";\n", dice.text(18)),
        format!("password = \"Tester{}\" + suffix\n", dice.text(12)),
        format!("password = \"Test{}\"\n", 1234),
        format!("ENV DB_PASSWORD {}\n", dice.text(14)),
        format!("url: postgres://app:{}@db.corp.io/x\n", "abcdefghi"),
        format!("- name: DB_PASSWORD\n  value: {}\n", dice.text(16)),
        format!("SECRET_KEY={}\n", dice.text(40)),
    ];
    let paths = [
        "a.go",
        "b.yml",
        "c.json",
        "d.md",
        "e",
        ".env",
        "tests/a.go",
        "tests/b.yml",
        "docs/x.env",
        "locales/de.yml",
        "yarn.lock",
        "a_test.py",
        "Dockerfile",
        "x.xml",
    ];
    for (number, text) in texts.iter().enumerate() {
        for path in paths {
            let file = folder.path().join(format!("{number}")).join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
    }
    git(folder.path(), &["add", "-A"], b"");
    git(folder.path(), &["commit", "-qm", "x"], b"");
    let objects = Repository::discover(folder.path()).unwrap().objects();
    let (held, _) = sweep(&engine, &objects, 1);
    let texts_of: HashMap<ObjectId, Vec<u8>> = all_blobs(folder.path()).into_iter().collect();
    let mut kinds_of_verdicts = BTreeSet::new();
    for (number, text) in texts.iter().enumerate() {
        let mut verdicts = Vec::new();
        for path in paths {
            let path = format!("{number}/{path}");
            let expected: BTreeSet<_> = engine.scan(&path, text.as_bytes()).iter().map(key_of).collect();
            let found: BTreeSet<_> = held
                .blobs
                .iter()
                .filter(|(blob, _)| texts_of[blob] == text.as_bytes())
                .flat_map(|(_, sightings)| held.values_at(&engine, sightings, &path, Kinds::of(&path)))
                .map(|value| key_of(&held.values[value as usize]))
                .collect();
            assert_eq!(found, expected, "{path}: {text}");
            verdicts.push(expected.len());
        }
        kinds_of_verdicts.insert(verdicts);
    }
    assert!(kinds_of_verdicts.len() >= 6, "the paths must matter: {kinds_of_verdicts:?}");
}
