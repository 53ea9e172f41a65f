//! What tags and branches of actions stand for, asked of their repositories with `git ls-remote`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, anyhow};
use palisade_checks::{ActionPin, LOCK_BYTES_MAX, Lock};

use crate::exit::hinted;
use crate::files;

/// The file at a target's root.
pub(crate) const LOCK_FILE: &str = "palisade.lock";

/// Repositories asked at once.
const THREADS: usize = 8;
/// Repositories asked in one run.
const REPOSITORIES_MAX: usize = 500;

/// The lock file of a target, if it has one.
pub(crate) fn read(root: &Path) -> anyhow::Result<Lock> {
    let path = root.join(LOCK_FILE);
    let size = match std::fs::metadata(&path) {
        Ok(meta) => meta.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Lock::default()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {LOCK_FILE}")),
    };
    if size > LOCK_BYTES_MAX as u64 {
        return Err(anyhow!("{LOCK_FILE} is larger than {} MiB", LOCK_BYTES_MAX >> 20));
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {LOCK_FILE}"))?;
    let hint = "write it anew: remove it, then `palisade fix --update`";
    Lock::parse(&text).map_err(|error| hinted(anyhow!("{LOCK_FILE}: {error}"), hint))
}

/// Asks for every reference, keeps the answers, and gives those that could not be had, with the reason. What the lock
/// holds already is asked about too: a commit that none of its repository's tags stands for goes.
pub(crate) fn update(
    root: &Path,
    lock: &mut Lock,
    wanted: &BTreeSet<(String, String)>,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut by_repository: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (slug, reference) in wanted {
        by_repository.entry(slug).or_default().push(reference);
    }
    let kept: Vec<String> = lock.actions.keys().cloned().collect();
    for slug in kept.iter().filter_map(|name| name.split_once('@')).map(|(slug, _)| slug) {
        let is_asked = by_repository.keys().any(|asked| asked.eq_ignore_ascii_case(slug));
        if !is_asked {
            by_repository.insert(slug, Vec::new());
        }
    }
    let all: Vec<(&str, Vec<&str>)> = by_repository.into_iter().take(REPOSITORIES_MAX).collect();
    let mut failed = Vec::new();
    for some in all.chunks(THREADS) {
        let answers: Vec<anyhow::Result<Refs>> = std::thread::scope(|scope| {
            let asked: Vec<_> = some.iter().map(|(slug, _)| scope.spawn(|| ask(slug))).collect();
            asked.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(anyhow!("asking failed")))).collect()
        });
        for ((slug, references), answer) in some.iter().zip(answers) {
            if let Ok(refs) = &answer {
                failed.extend(drop_impostors(lock, slug, refs));
            }
            for reference in references {
                let pin =
                    answer.as_ref().map_err(|error| format!("{error:#}")).and_then(|refs| refs.resolve(reference));
                match pin.map(|pin| lock.keep(slug, reference, pin)) {
                    Ok(true) => {}
                    Ok(false) => {
                        failed.push((format!("{slug}@{reference}"), "its answer is no commit and version".to_owned()));
                    }
                    Err(reason) => failed.push((format!("{slug}@{reference}"), reason)),
                }
            }
        }
    }
    // A file that says nothing would only have to be deleted again.
    if !lock.actions.is_empty() || !lock.images.is_empty() || root.join(LOCK_FILE).exists() {
        files::replace(root, LOCK_FILE, lock.to_text().as_bytes())?;
    }
    Ok(failed)
}

/// Takes out of the lock what the repository never called by a tag: a commit of a fork can be reached there as well.
/// Branches move on, and their earlier commits are not listed.
fn drop_impostors(lock: &mut Lock, slug: &str, refs: &Refs) -> Vec<(String, String)> {
    let own = |name: &str| name.split_once('@').is_some_and(|(own, _)| own.eq_ignore_ascii_case(slug));
    let is_foreign = |pin: &ActionPin| !pin.branch && !refs.tags.values().any(|commit| *commit == pin.commit);
    let foreign = lock.actions.iter().filter(|(name, pin)| own(name) && is_foreign(pin));
    let names: Vec<String> = foreign.map(|(name, _)| name.clone()).collect();
    let said = |name: String, pin: ActionPin| {
        let commit = pin.commit;
        (name, format!("{LOCK_FILE} had commit {commit}, which no tag of the repository stands for; it was taken out"))
    };
    names.into_iter().filter_map(|name| lock.actions.remove(&name).map(|pin| said(name, pin))).collect()
}

/// Tags and branches of a repository, by the commit that they stand for.
#[derive(Debug, Default)]
struct Refs {
    tags: BTreeMap<String, String>,
    branches: BTreeMap<String, String>,
}

fn ask(slug: &str) -> anyhow::Result<Refs> {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['-', '.'])
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    if !slug.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name)) {
        return Err(anyhow!("`{slug}` is no repository"));
    }
    let output = Command::new("git")
        .args(["-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=20", "-c", "protocol.version=2"])
        .args(["ls-remote", "--heads", "--tags", "--", &format!("https://github.com/{slug}")])
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .output()
        .context("cannot start git")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(anyhow!("{}", said.lines().last().unwrap_or("git failed").trim()));
    }
    Ok(Refs::parse(&String::from_utf8_lossy(&output.stdout)))
}

impl Refs {
    fn parse(listing: &str) -> Self {
        let mut refs = Self::default();
        let mut peeled = BTreeMap::new();
        for line in listing.lines() {
            let Some((commit, name)) = line.split_once('\t') else { continue };
            if let Some(branch) = name.strip_prefix("refs/heads/") {
                refs.branches.insert(branch.to_owned(), commit.to_owned());
            } else if let Some(tag) = name.strip_prefix("refs/tags/") {
                match tag.strip_suffix("^{}") {
                    Some(tag) => peeled.insert(tag.to_owned(), commit.to_owned()),
                    None => refs.tags.insert(tag.to_owned(), commit.to_owned()),
                };
            }
        }
        // An annotated tag is an object of its own; what it points at follows it.
        refs.tags.extend(peeled);
        refs
    }

    fn resolve(&self, reference: &str) -> Result<ActionPin, String> {
        match (self.tags.get(reference), self.branches.get(reference)) {
            (Some(tag), Some(branch)) if tag != branch => {
                Err("a tag and a branch of that name stand for different commits; choose one by hand".to_owned())
            }
            (Some(commit), _) => {
                let version = self.version(commit).unwrap_or_else(|| reference.to_owned());
                Ok(ActionPin { commit: commit.clone(), version, branch: false })
            }
            (None, Some(commit)) => {
                Ok(ActionPin { commit: commit.clone(), version: reference.to_owned(), branch: true })
            }
            (None, None) => Err("its repository has no such tag or branch".to_owned()),
        }
    }

    /// The most exact version on a commit: `v4.2.2` rather than `v4`.
    fn version(&self, commit: &str) -> Option<String> {
        let numbers = |tag: &str| {
            let digits = tag.trim_start_matches(|letter: char| !letter.is_ascii_digit());
            digits.split('.').filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty()).count()
        };
        let tags = self.tags.iter().filter(|(_, known)| *known == commit).map(|(tag, _)| tag);
        let best =
            tags.filter(|tag| numbers(tag) > 0).max_by_key(|tag| (numbers(tag).min(3), std::cmp::Reverse(tag.len())));
        best.cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_peeled_and_the_most_exact_version_is_named() {
        let (a, b, c) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
        let listing = format!(
            "{a}\trefs/heads/main\n{b}\trefs/tags/v4\n{c}\trefs/tags/v4^{{}}\n{c}\trefs/tags/v4.2.2\n{c}\trefs/tags/v4.2\n{a}\trefs/tags/both\n{b}\trefs/heads/both\n"
        );
        let refs = Refs::parse(&listing);
        assert_eq!(refs.resolve("v4"), Ok(ActionPin { commit: c, version: "v4.2.2".into(), branch: false }));
        assert_eq!(refs.resolve("main"), Ok(ActionPin { commit: a, version: "main".into(), branch: true }));
        assert!(refs.resolve("both").is_err());
        assert!(refs.resolve("v9").is_err());
    }

    #[test]
    fn what_is_no_repository_is_not_asked() {
        for slug in ["a", "a/b/c", "-o/x", "a/../b", "a/b c", "a/"] {
            assert!(ask(slug).is_err_and(|error| error.to_string().contains("is no repository")), "{slug}");
        }
    }
}
