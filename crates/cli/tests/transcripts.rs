//! Every transcript in the README and in the book is what happens.
//!
//! A fence behind a comment `<!-- run: PLACE -->` is run line by line in a place that is prepared here; the places
//! of one page keep their state from fence to fence. Output is compared apart from dates, hashes, keys and times; a
//! line `…` stands for any number of lines. `PALISADE_BLESS=1 cargo test -p palisade --test transcripts` rewrites
//! what differs.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use tempfile::TempDir;

/// All that a transcript may call, so that no program of this machine changes what is printed.
const PROGRAMS: [&str; 12] = ["sh", "cat", "cp", "git", "grep", "head", "ls", "mkdir", "mv", "rm", "sed", "wc"];

/// A privileged pod: what a change brings.
const AGENT: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: agent
  namespace: shop
spec:
  automountServiceAccountToken: false
  containers:
    - name: agent
      image: registry.shop.example/shop/agent@sha256:8d9a8ac1d5d9d2b6f4a4c6b9f5a2f34c8e7d6b5a493827160f5e4d3c2b1a0f9e
      securityContext:
        privileged: true
";

/// A lock file with one direct dependency, one that it brings, and one for tests.
const LOCK: &str = r#"{
  "name": "shop-web",
  "version": "1.4.0",
  "lockfileVersion": 3,
  "packages": {
    "": {
      "name": "shop-web",
      "version": "1.4.0",
      "dependencies": {"price-tags": "^2.0.0"},
      "devDependencies": {"checkmate": "^1.0.0"}
    },
    "node_modules/checkmate": {"version": "1.0.3", "dev": true, "license": "MIT"},
    "node_modules/price-tags": {"version": "2.1.0", "license": "ISC", "dependencies": {"round-half": "~0.3.0"}},
    "node_modules/round-half": {"version": "0.3.1", "license": "MIT"}
  }
}
"#;

/// An advisory about what is brought.
const ADVISORY: &str = r#"{
  "id": "EX-2026-1",
  "modified": "2026-11-01T00:00:00Z",
  "aliases": ["CVE-2026-99999"],
  "summary": "Runs code that a price holds",
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  "affected": [{
    "package": {"ecosystem": "npm", "name": "round-half"},
    "ranges": [{"type": "SEMVER", "events": [{"introduced": "0.2.0"}, {"fixed": "0.3.2"}]}]
  }]
}
"#;

/// A folder in which transcripts run, with a home around it.
struct Place {
    home: TempDir,
}

impl Place {
    fn new(name: &str) -> Self {
        let place = Self { home: TempDir::new().unwrap() };
        let bin = place.home.path().join("bin");
        fs::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_palisade"), bin.join("palisade")).unwrap();
        for program in PROGRAMS {
            let path = std::env::var_os("PATH").unwrap();
            let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file());
            let found = found.unwrap_or_else(|| panic!("{program} is missing"));
            std::os::unix::fs::symlink(found, bin.join(program)).unwrap();
        }
        let root = place.root();
        let commit = "git init --quiet --initial-branch=main && git add . && git commit --quiet --message=Start";
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        match name {
            // This checkout, as far as transcripts look at it.
            "checkout" => copy(&examples.join("shop"), &root.join("examples/shop")),
            // The shop with its faults.
            "faulty" => copy(&examples.join("shop"), &root),
            // The mended shop, in git.
            "shop" | "change" => {
                copy(&examples.join("shop-mended"), &root);
                place.must(commit);
                if name == "change" {
                    place.must("git switch --quiet --create agent");
                    place.write("deploy/agent.yaml", AGENT);
                    place.must("git add . && git commit --quiet --message='Add the agent'");
                }
            }
            // A new repository, in which somebody has staged a password.
            "leak" => {
                place.write("app.py", "print('hello')\n");
                place.must(commit);
                let password = ["Rk7v", "Tq2m", "Zx9w"].concat();
                place.write("settings.py", &format!("DATABASE_PASSWORD = \"{password}\"\n"));
                place.must("git add . && git init --quiet --bare ../origin.git");
                place.must("git remote add origin ../origin.git");
            }
            // A shop with a lock file, and a database of advisories beside it.
            "packages" => {
                place.write("web/package-lock.json", LOCK);
                place.write(
                    "web/cart.ts",
                    "import { tag } from \"price-tags\";\n\nexport const price = (cents: number) => tag(cents);\n",
                );
                place.write("../advisories/npm/EX-2026-1.json", ADVISORY);
                place.must(commit);
            }
            "empty" => fs::create_dir_all(&root).unwrap(),
            other => panic!("there is no place `{other}`"),
        }
        place
    }

    fn root(&self) -> PathBuf {
        self.home.path().join("shop")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn must(&self, command: &str) {
        let (code, out) = self.run(0, command);
        assert_eq!(code, 0, "{command}: {out}");
    }

    /// Runs a line as a shell would after one that ended with `last`.
    fn run(&self, last: i32, command: &str) -> (i32, String) {
        let home = self.home.path();
        fs::create_dir_all(self.root()).unwrap();
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("exec 2>&1; (exit {last}); {command}")]).current_dir(self.root()).env_clear();
        shell.env("PATH", home.join("bin")).env("HOME", home).env("LC_ALL", "C.UTF-8");
        shell.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for (key, value) in [("NAME", "You"), ("EMAIL", "you@example.com"), ("DATE", "1800000000 +0000")] {
            shell.env(format!("GIT_AUTHOR_{key}"), value).env(format!("GIT_COMMITTER_{key}"), value);
        }
        let output = shell.output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap().replace(home.to_str().unwrap(), "/home/you");
        (output.status.code().unwrap(), out)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What may differ from run to run.
struct Varying(Vec<(Regex, &'static str)>);

impl Varying {
    fn new() -> Self {
        let rules = [
            (r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", "DATE"),
            (r"\d+ checks\b", "CHECKS"),
            (r"\d+ days (ago|ahead)", "DAYS"),
            (r"[0-9a-f]{7,}", "HASH"),
            (r"[A-Za-z0-9+/]{43,}=?", "KEY"),
            (r"\d+(\.\d+)? m?s\b", "TIME"),
        ];
        Self(rules.into_iter().map(|(rule, word)| (Regex::new(rule).unwrap(), word)).collect())
    }

    fn without(&self, line: &str) -> String {
        self.0.iter().fold(line.to_owned(), |line, (rule, word)| rule.replace_all(&line, *word).into_owned())
    }

    /// Whether lines are as written, where `…` stands for any.
    fn agree(&self, written: &[String], real: &[String]) -> bool {
        match written.split_first() {
            None => real.is_empty(),
            Some((first, rest)) if first.trim() == "…" => (0..=real.len()).any(|at| self.agree(rest, &real[at..])),
            Some((first, rest)) => match real.split_first() {
                Some((line, more)) => self.without(first) == self.without(line) && self.agree(rest, more),
                None => false,
            },
        }
    }
}

/// The lines that a page should have instead, cut where the page cuts.
fn blessed(written: &[String], real: &[String]) -> Vec<String> {
    let cut = |line: Option<&String>| line.is_some_and(|line| line.trim() == "…");
    let dots = "…".to_owned();
    if cut(written.first()) {
        let kept = real.len().saturating_sub(written.len() - 1);
        return [dots].into_iter().chain(real[kept..].iter().cloned()).collect();
    }
    if cut(written.last()) {
        return real.iter().take(written.len() - 1).cloned().chain([dots]).collect();
    }
    real.to_vec()
}

/// Runs a page; the page as it should be, with `anew` also where only hashes and the like differ.
fn page(path: &str, text: &str, varying: &Varying, anew: bool) -> (String, usize) {
    let mut places: BTreeMap<String, (Place, i32)> = BTreeMap::new();
    let mut lines = text.lines().map(str::to_owned).peekable();
    let (mut out, mut count) = (Vec::new(), 0);
    while let Some(line) = lines.next() {
        let name = line.strip_prefix("<!-- run: ").and_then(|rest| rest.strip_suffix(" -->")).map(str::to_owned);
        out.push(line);
        let Some(name) = name else { continue };
        let fence = lines.next().unwrap_or_default();
        assert!(fence.starts_with("```"), "{path}: no fence follows `{name}`");
        out.push(fence);
        let (place, last) = places.entry(name.clone()).or_insert_with(|| (Place::new(&name), 0));
        while let Some(line) = lines.next().filter(|line| line != "```") {
            let Some(first) = line.strip_prefix("$ ") else { panic!("{path}: `{line}` stands before any command") };
            let mut command = first.to_owned();
            out.push(line.clone());
            // Until a line without a backslash, or the end of a here document.
            let here = command.ends_with("<<'END'");
            while if here { !command.ends_with("\nEND") } else { command.ends_with('\\') } {
                let more = lines.next().unwrap_or_default();
                command.push('\n');
                command.push_str(&more);
                out.push(more);
            }
            let mut written = Vec::new();
            while let Some(line) = lines.next_if(|line| line != "```" && !line.starts_with("$ ")) {
                written.push(line);
            }
            let (code, real) = place.run(*last, &command);
            *last = code;
            count += 1;
            let mut real: Vec<String> = real.lines().map(|line| line.trim_end().to_owned()).collect();
            // An empty line between two commands is for the eye.
            let spaced =
                written.last().is_some_and(String::is_empty) && real.last().is_some_and(|line| !line.is_empty());
            if spaced {
                real.push(String::new());
            }
            out.extend(if !anew && varying.agree(&written, &real) { written } else { blessed(&written, &real) });
        }
        out.push("```".to_owned());
    }
    (out.join("\n") + "\n", count)
}

#[test]
fn transcripts_are_what_happens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let varying = Varying::new();
    let mut paths = vec![root.join("README.md")];
    paths.extend(fs::read_dir(root.join("docs/src")).unwrap().map(|entry| entry.unwrap().path()));
    let mut wrong = Vec::new();
    let mut commands = 0;
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "md")) {
        let text = fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (real, count) = page(&name, &text, &varying, false);
        commands += count;
        if real == text {
            continue;
        }
        if std::env::var_os("PALISADE_BLESS").is_some() {
            fs::write(path, page(&name, &text, &varying, true).0).unwrap();
            continue;
        }
        let first = text.lines().zip(real.lines()).enumerate().find(|(_, (old, new))| old != new);
        let (line, (old, new)) = first.unwrap_or((0, ("", "a different number of lines")));
        wrong.push(format!("{name}:{}\n  written: {old}\n  happens: {new}", line + 1));
    }
    assert!(wrong.is_empty(), "PALISADE_BLESS=1 rewrites them:\n{}", wrong.join("\n"));
    assert!(commands > 30, "only {commands} commands were run");
}
