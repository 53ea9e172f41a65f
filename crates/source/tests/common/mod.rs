//! Repositories made by the `git` program, and a detector simple enough to be trusted.
#![expect(clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use palisade_source::git::ObjectId;
use palisade_source::git::sweep::{Detect, Extent};

/// Runs git in `folder`, isolated from the user's settings.
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    git_input(folder, arguments, b"")
}

/// As [`git`], with standard input.
pub fn git_input(folder: &Path, arguments: &[&str], input: &[u8]) -> String {
    let output = git_bytes(folder, arguments, input);
    String::from_utf8_lossy(&output).trim_end().to_owned()
}

/// As [`git_input`], with the output as it comes.
pub fn git_bytes(folder: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"])
        .args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_OBJECT_DIRECTORY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// An empty repository with a work tree.
pub fn new_repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"]);
    folder
}

/// The one `.idx` file of a repository that was just repacked.
pub fn only_pack(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder.join(".git/objects/pack")).unwrap();
    let mut paths = files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "idx"));
    let path = paths.next().unwrap();
    assert!(paths.next().is_none());
    path
}

/// Names and contents of all blobs, as git gives them.
pub fn all_blobs(folder: &Path) -> Vec<(ObjectId, Vec<u8>)> {
    let output = git_bytes(folder, &["cat-file", "--batch-all-objects", "--batch"], b"");
    let mut rest = output.as_slice();
    let mut blobs = Vec::new();
    while let Some(line_end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = std::str::from_utf8(&rest[..line_end]).unwrap();
        let [name, kind, size] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let size: usize = size.parse().unwrap();
        let bytes = rest[line_end + 1..line_end + 1 + size].to_vec();
        rest = &rest[line_end + 1 + size + 1..];
        if kind == "blob" {
            blobs.push((ObjectId::from_hex(name.as_bytes()).unwrap(), bytes));
        }
    }
    blobs
}

/// Numbers that look random and never change.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    pub fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| alphabet[self.below(alphabet.len())] as char).collect()
    }
}

/// A history for `git fast-import`: a few files edited again and again, tokens planted, cut, moved and removed.
pub fn busy_history(commits: usize, seed: u64) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz     \t";
    let mut dice = Dice(seed);
    let mut files: Vec<Vec<String>> = (0..6)
        .map(|_| {
            (0..300)
                .map(|_| {
                    let length = dice.below(70);
                    dice.text(LETTERS, length)
                })
                .collect()
        })
        .collect();
    let mut stream = String::new();
    for number in 0..commits {
        let touched = dice.below(files.len());
        for _ in 0..1 + dice.below(4) {
            let file = &mut files[touched];
            let at = dice.below(file.len());
            match dice.below(12) {
                0 => file[at] = format!("key = TOKEN_{}", dice.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 16)),
                1 => file.insert(at, format!("TOKEN_{}", dice.text(b"ABCDEF0123", 16))),
                2 => drop(file.remove(at)),
                3 => {
                    let end = (at + 1 + dice.below(40)).min(file.len());
                    let moved: Vec<String> = file.drain(at..end).collect();
                    let to = dice.below(file.len());
                    file.splice(to..to, moved);
                }
                4 => {
                    let lines = 1 + dice.below(30);
                    let body = (0..lines).map(|_| dice.text(b"ABCDEFabcdef", 60));
                    let block: Vec<String> = std::iter::once("BEGIN".to_owned())
                        .chain(body)
                        .chain(std::iter::once("END".to_owned()))
                        .collect();
                    file.splice(at..at, block);
                }
                5 => {
                    // Break or mend a block far from its beginning, or a token in its middle.
                    for line in file.iter_mut().filter(|line| *line == "END" || *line == "BAD") {
                        *line = if line == "END" { "BAD".to_owned() } else { "END".to_owned() };
                    }
                }
                6 => {
                    if let Some(line) = file.iter_mut().find(|line| line.contains("TOKEN_")) {
                        let length = line.len();
                        line.replace_range(length - 8..length - 7, ["-", "Q"][dice.below(2)]);
                    }
                }
                7 => file[at].push_str(" key "),
                _ => {
                    let length = dice.below(70);
                    file[at] = dice.text(LETTERS, length);
                }
            }
        }
        if dice.below(10) == 0 {
            files[touched].truncate(200 + dice.below(100));
        }
        let text = files[touched].join("\n");
        let _ = write!(
            stream,
            "commit refs/heads/main\ncommitter T <t@example.org> {} +0000\ndata 1\nx\n",
            1_000_000 + number
        );
        let _ = write!(stream, "M 100644 inline dir{}/file{touched}.txt\ndata {}\n{text}\n", touched % 3, text.len());
    }
    stream.push_str("done\n");
    stream
}

/// Finds `TOKEN_` and sixteen capitals or digits with `key` at most thirty bytes before, and blocks from a
/// line `BEGIN` to a line `END` without a line `BAD` between them, at most 4 KiB long.
pub struct Toy;

impl Toy {
    pub const REACH: usize = 64;
    const BLOCK_MAX: usize = 4 << 10;

    fn token(bytes: &[u8], at: usize) -> Option<Extent> {
        let value = bytes.get(at..at + 22)?;
        let good = value[6..].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let before = &bytes[at.saturating_sub(30)..at];
        let keyed = before.windows(3).any(|word| word == b"key") || at == 0;
        let apart = !bytes.get(at + 22).is_some_and(u8::is_ascii_alphanumeric);
        (good && keyed && apart)
            .then(|| extent(at, at.saturating_sub(31), (at + 23).min(bytes.len()), at, at + 22, Some(1)))
    }

    fn block(bytes: &[u8], at: usize) -> Extent {
        let to = (at + Self::BLOCK_MAX).min(bytes.len());
        let window = &bytes[at..to];
        let find = |needle: &[u8]| window.windows(needle.len()).position(|found| found == needle);
        match (find(b"\nEND"), find(b"\nBAD")) {
            (Some(end), bad) if bad.is_none_or(|bad| bad > end) => {
                extent(at, at, (at + end + 4).min(to), at, at + end + 4, Some(2))
            }
            _ => extent(at, at, to, at, at, None),
        }
    }
}

fn extent(at: usize, from: usize, to: usize, start: usize, end: usize, mark: Option<u32>) -> Extent {
    let [at, from, to, start, end] = [at, from, to, start, end].map(|position| u32::try_from(position).unwrap());
    Extent { at, from, to, start, end, mark }
}

impl Detect for Toy {
    fn reaching(&self, _bytes: &[u8], join: usize) -> usize {
        join.saturating_sub(Self::REACH)
    }

    fn touched(&self, _bytes: &[u8], join: usize) -> usize {
        join + Self::REACH
    }

    fn detect(&self, bytes: &[u8], asked: Range<usize>, found: &mut Vec<Extent>) {
        for at in memchr::memchr2_iter(b'T', b'B', &bytes[asked.clone()]) {
            let at = at + asked.start;
            if bytes[at..].starts_with(b"TOKEN_") {
                found.extend(Self::token(bytes, at));
            } else if bytes[at..].starts_with(b"BEGIN\n") {
                found.push(Self::block(bytes, at));
            }
        }
    }
}

/// What looking at whole blobs finds: blob, start, end, mark.
pub fn look_whole(folder: &Path) -> BTreeSet<(ObjectId, u64, u64, u32)> {
    let mut all = BTreeSet::new();
    for (id, bytes) in all_blobs(folder) {
        if bytes.iter().take(8192).any(|byte| *byte == 0) {
            continue;
        }
        let mut found = Vec::new();
        Toy.detect(&bytes, 0..bytes.len(), &mut found);
        let marked = found.iter().filter_map(|one| Some((id, u64::from(one.start), u64::from(one.end), one.mark?)));
        all.extend(marked);
    }
    all
}
