//! `palisade hook`: keep secrets out of commits and pushes.
//!
//! The hooks run where git runs, so what a push brings is asked of the `git`
//! program itself: only it knows the quarantine of a receiving repository.

use std::io::{BufRead as _, BufReader, ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use anyhow::{Context as _, anyhow, bail};
use clap::ValueEnum as _;
use palisade_checks::{Host, Scan};
use palisade_gate::EXCEPTIONS_FILE;
use palisade_model::{Confidence, Finding, Skipped};
use palisade_report::{ScanReport, Target};
use palisade_source::walk::Excluded;
use palisade_source::{Entry, stream};

use crate::arguments::{Global, Hook, HookKind, Look};
use crate::exit::{Exit, hinted, printable};
use crate::{console, excepting, target};

/// Lines about files that could not be read, before the rest is only counted.
const UNREAD_SHOWN_MAX: usize = 10;
/// The line by which a hook file is known as ours.
const MARK: &str = "# Installed by `palisade hook install`.";

/// Runs the verb.
pub(crate) fn run(arguments: &Hook, global: &Global) -> anyhow::Result<Exit> {
    match arguments {
        Hook::Install { kinds } => install(kinds),
        Hook::Uninstall { kinds } => uninstall(kinds),
        Hook::Print { kind } => {
            console::print(|out| out.write_all(script(*kind).as_bytes()))?;
            Ok(Exit::Done)
        }
        Hook::Run { kind, remote, .. } => guard(*kind, remote.as_deref(), global),
    }
}

/// A hook that calls us, and that blocks when we are not there: a guard that is missing guards nothing.
fn script(kind: HookKind) -> String {
    let name = kind.name();
    format!(
        "#!/bin/sh\n{MARK}\n\
         if ! command -v palisade >/dev/null 2>&1; then\n\
         \techo '{name}: palisade is not on PATH, so nothing checked this for secrets' >&2\n\
         \techo 'hint: install palisade, or remove this hook' >&2\n\
         \texit 1\n\
         fi\n\
         exec palisade hook run {name} \"$@\"\n"
    )
}

fn install(kinds: &[HookKind]) -> anyhow::Result<Exit> {
    let folder = PathBuf::from(git(&["rev-parse", "--git-path", "hooks"])?);
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let kinds = if kinds.is_empty() { &[HookKind::PreCommit, HookKind::PrePush] } else { kinds };
    for kind in kinds {
        let path = folder.join(kind.name());
        if path.exists() && !std::fs::read_to_string(&path).is_ok_and(|text| text.contains(MARK)) {
            let line = format!("palisade hook run {} \"$@\"", kind.name());
            return Err(hinted(
                anyhow!("{} exists and is not ours; it stays as it is", path.display()),
                format!("add this line to it: {line}"),
            ));
        }
        std::fs::write(&path, script(*kind)).with_context(|| format!("cannot write {}", path.display()))?;
        make_executable(&path)?;
        println!("{} now keeps secrets out ({})", path.display(), kind.purpose());
    }
    Ok(Exit::Done)
}

/// Removes what `install` wrote. A file with a line of somebody else's in it stays: it would be lost with ours.
fn uninstall(kinds: &[HookKind]) -> anyhow::Result<Exit> {
    let folder = PathBuf::from(git(&["rev-parse", "--git-path", "hooks"])?);
    let kinds = if kinds.is_empty() { HookKind::value_variants() } else { kinds };
    let (mut removed, mut edited) = (false, Vec::new());
    for kind in kinds {
        let path = folder.join(kind.name());
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            // A hook that is no text is not ours.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => continue,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        if text == script(*kind) {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            println!("{} is gone; nothing keeps secrets out there now", path.display());
            removed = true;
        } else if text.contains(MARK) {
            edited.push(path.display().to_string());
        }
    }
    if !edited.is_empty() {
        let error = anyhow!("edited since it was installed, so it stays: {}", edited.join(", "));
        return Err(hinted(error, "keep your own lines and take out `exec palisade hook run`, or delete the file"));
    }
    if !removed {
        eprintln!("there is no hook here that `palisade hook install` wrote");
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Done)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
        .with_context(|| format!("cannot make {} executable", path.display()))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> anyhow::Result<()> {
    Ok(()) // Git for Windows runs hooks by their first line
}

/// Looks at what is about to be committed or pushed; denies when a secret is in it.
fn guard(kind: HookKind, remote: Option<&str>, global: &Global) -> anyhow::Result<Exit> {
    let started = std::time::Instant::now();
    let folder = Path::new(".");
    let look = Look { select: vec!["secrets".to_owned()], staged: kind == HookKind::PreCommit, ..Look::default() };
    let looked = match kind {
        HookKind::PreCommit => target::look(folder, &look)?,
        HookKind::PrePush | HookKind::PreReceive => {
            let (scanner, config) = target::prepare(folder, &look)?;
            let excluded = Excluded::new(&config.scan.exclude)?;
            let push = Push::read(kind, remote)?;
            let reports = Mutex::new(Vec::new());
            read_blobs(&push.objects, &|entry| {
                if !excluded.covers(entry.path())
                    && let Ok(mut reports) = reports.lock()
                {
                    reports.push(target::look_at(&scanner, &entry));
                }
            })?;
            let reports = reports.into_inner().unwrap_or_default();
            let mut scan = scanner.finish(reports, Host::reading(&|_| None));
            // On a server the exceptions would be those of whoever pushes.
            let file = if kind == HookKind::PrePush { push.exceptions() } else { None };
            let excepted = excepting::apply(&mut scan, file, &config, &look, &scanner, false);
            target::Looked {
                kind: "git-push",
                path: ".".to_owned(),
                image: None,
                scan,
                scanner,
                config,
                before: None,
                excepted,
            }
        }
    };
    let blocking = looked.scan.findings.iter().filter(|finding| blocks(finding)).count();
    let unread = &looked.scan.coverage.unreadable;
    if blocking > 0 {
        let scan = Scan {
            findings: looked.scan.findings.iter().filter(|finding| blocks(finding)).cloned().collect(),
            coverage: looked.scan.coverage.clone(),
            ..Scan::default()
        };
        let report = ScanReport {
            target: Target {
                kind: looked.kind.to_owned(),
                path: looked.path.clone(),
                name: looked.path.clone(),
                image: None,
            },
            scan: &scan,
            checks: looked.scanner.checks(),
            duration: started.elapsed(),
            baseline: None,
        };
        let style = console::style(global, true);
        eprint!("{}", palisade_report::render(palisade_report::Format::Human, &report, &style));
        eprintln!("\n{}", kind.verdict(blocking));
    }
    if !unread.is_empty() {
        eprintln!("{}", printable(&kind.unread(unread)));
    }
    Ok(if blocking > 0 || !unread.is_empty() { Exit::Deny } else { Exit::Done })
}

/// Only what is probably real stops a person at work; the rest shows in scans.
fn blocks(finding: &Finding) -> bool {
    finding.check.family() == "secrets" && finding.exception.is_none() && finding.confidence > Confidence::Low
}

/// What a push brings to the other side.
struct Push {
    /// The commits (or other objects) that references shall name.
    tips: Vec<String>,
    /// Objects, each with a path; those that git names without one go by their own name.
    objects: Vec<(String, String)>,
}

impl Push {
    fn read(kind: HookKind, remote: Option<&str>) -> anyhow::Result<Push> {
        let mut tips = Vec::new();
        for line in std::io::stdin().lock().lines() {
            let line = line.context("cannot read what git pushes")?;
            let words: Vec<&str> = line.split(' ').collect();
            let new = match (kind, words.as_slice()) {
                (HookKind::PrePush, [_, local, _, _]) => local,
                (HookKind::PreReceive, [_, new, _]) => new,
                _ => bail!("git gave a line that is no push: {}", printable(&line)),
            };
            if !matches!(new.len(), 40 | 64) || !new.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                bail!("git gave an object name that is none: {}", printable(new));
            }
            if new.bytes().any(|byte| byte != b'0') {
                tips.push((*new).to_owned());
            }
        }
        if tips.is_empty() {
            return Ok(Push { tips, objects: Vec::new() }); // only deletions
        }
        let known = match (kind, remote) {
            (HookKind::PreReceive, _) => "--all".to_owned(),
            (_, Some(remote)) if is_remote(remote) => format!("--remotes={remote}"),
            _ => "--remotes".to_owned(),
        };
        let mut arguments = vec!["rev-list", "--objects"];
        arguments.extend(tips.iter().map(String::as_str));
        arguments.extend(["--not", known.as_str()]);
        let listed = git(&arguments)?;
        let objects = listed.lines().filter_map(|line| line.split_once(' ')).map(|(id, path)| {
            let path = if path.is_empty() { format!("object {id}") } else { path.to_owned() };
            (id.to_owned(), path)
        });
        let objects = objects.collect();
        Ok(Push { tips, objects })
    }

    /// The exceptions in what is pushed; none when its tips do not agree.
    fn exceptions(&self) -> Option<Vec<u8>> {
        let mut blobs: Vec<String> = self
            .tips
            .iter()
            .map(|tip| quiet_git(&["rev-parse", "--verify", "--quiet", &format!("{tip}:{EXCEPTIONS_FILE}")]))
            .map(|named| String::from_utf8_lossy(&named.unwrap_or_default()).trim().to_owned())
            .collect();
        blobs.dedup();
        match blobs.as_slice() {
            [blob] if !blob.is_empty() => quiet_git(&["cat-file", "blob", blob]),
            _ => None,
        }
    }
}

/// Whether git's first argument names a remote (and is no address, nor anything that a glob could stretch).
fn is_remote(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Reads the blobs among `objects` through one `git cat-file`, large ones in windows.
fn read_blobs(objects: &[(String, String)], visit: &palisade_source::Visit<'_>) -> anyhow::Result<()> {
    let mut child = git_command(&["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start git")?;
    let mut wanted = child.stdin.take().context("git has no input")?;
    let mut out = BufReader::new(child.stdout.take().context("git has no output")?);
    let mut buffer = Vec::new();
    std::thread::scope(|scope| {
        let writer = scope
            .spawn(move || -> std::io::Result<()> { objects.iter().try_for_each(|(id, _)| writeln!(wanted, "{id}")) });
        for (id, path) in objects {
            let mut header = String::new();
            out.read_line(&mut header).context("cannot read from git")?;
            let words: Vec<&str> = header.trim_end().split(' ').collect();
            let (kind, size) = match words.as_slice() {
                [_, kind, size] => (*kind, size.parse::<u64>().context("git gave no size")?),
                [] | [""] => return Err(broken(path, id)),
                _ => {
                    visit(Entry::Unreadable { path, reason: "git does not have the object" });
                    continue;
                }
            };
            let mut body = (&mut out).take(size);
            if kind == "blob" {
                stream::deliver(&mut body, path, Some(size), &mut buffer, visit).context("cannot read from git")?;
            }
            std::io::copy(&mut body, &mut std::io::sink()).context("cannot read from git")?;
            if body.limit() > 0 || out.read_exact(&mut [0]).is_err() {
                return Err(broken(path, id));
            }
        }
        writer.join().map_err(|_| anyhow!("writing to git failed"))?.context("cannot write to git")
    })?;
    let status = child.wait().context("git did not end")?;
    if status.success() { Ok(()) } else { Err(anyhow!("git cat-file failed: {status}")) }
}

/// Git gave up in the middle: nothing that it had still to give was looked at.
fn broken(path: &str, id: &str) -> anyhow::Error {
    hinted(
        anyhow!("git cannot read {} (object {id}), so nothing checked this for secrets", printable(path)),
        "`git fsck --full` tells what is broken; fetch or clone again to mend it",
    )
}

/// Git as it stores things: neither replacements nor grafts hide what is really sent.
fn git_command(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(["--no-replace-objects", "-c", "advice.graftFileDeprecated=false"]).args(arguments);
    command.env("GIT_GRAFT_FILE", "/dev/null");
    command
}

/// Runs git and gives what it printed.
fn git(arguments: &[&str]) -> anyhow::Result<String> {
    let output = git_command(arguments).stderr(Stdio::inherit()).output().context("cannot start git")?;
    if !output.status.success() {
        bail!("`git {}` failed: {}", arguments.first().unwrap_or(&""), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches(['\n', '\r']).to_owned())
}

/// What git printed, if it could.
fn quiet_git(arguments: &[&str]) -> Option<Vec<u8>> {
    let output = git_command(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then_some(output.stdout)
}

impl HookKind {
    /// Git's name for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }

    fn purpose(self) -> &'static str {
        match self {
            Self::PreCommit => "looks at what each commit would record",
            Self::PrePush => "looks at every commit that a push would send",
            Self::PreReceive => "looks at every commit that a push brings",
        }
    }

    /// What is said when something could not be read: a guard does not let through what it has not seen.
    fn unread(self, unread: &[Skipped]) -> String {
        let stopped = match self {
            Self::PreCommit => "commit stopped",
            Self::PrePush => "push stopped",
            Self::PreReceive => "push refused",
        };
        let what = if unread.len() == 1 { "one file".to_owned() } else { format!("{} files", unread.len()) };
        let mut text = format!("{stopped}: {what} in it could not be looked at\n");
        for one in unread.iter().take(UNREAD_SHOWN_MAX) {
            text.push_str(&format!("  {}: {}\n", one.path.replace('\n', " "), one.reason));
        }
        if unread.len() > UNREAD_SHOWN_MAX {
            text.push_str(&format!("  and {} more\n", unread.len() - UNREAD_SHOWN_MAX));
        }
        text + "Next: `git fsck --full` tells what is broken; fetch what is missing, or stage the file again. `--no-verify` goes past the hook on a machine of yours."
    }

    fn verdict(self, blocking: usize) -> String {
        let what = if blocking == 1 { "a secret".to_owned() } else { format!("{blocking} secrets") };
        let (stopped, next) = match self {
            Self::PreCommit => ("commit stopped", "take it out and stage the file again"),
            Self::PrePush => (
                "push stopped",
                "rewrite the commit that brought it (`git rebase -i`); removing it in a later commit does not take it out of the history",
            ),
            Self::PreReceive => (
                "push refused",
                "rewrite the commit that brought it and push again; if it was a real secret, revoke it: it has left the machine it was written on",
            ),
        };
        format!(
            "{stopped}: {what} in it. Next: {next}, or write an exception with owner, ticket and expiry\n(`palisade exception add --help`)."
        )
    }
}
