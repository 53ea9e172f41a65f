//! `palisade fix`: show the edits that remove findings, write them when asked to.

mod asking;
mod commit;
mod raising;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, anyhow};
use palisade_checks::{FixedFile, Host, Mark, Selection, is_image, matches};
use palisade_inventory::Format;
use palisade_model::{Finding, Safety};
use palisade_report::{FixReport, write_fixes, write_fixes_json, write_patch};
use palisade_source::Entry;
use palisade_source::directory::Directory;
use palisade_source::walk::{WalkOptions, walk};

use crate::arguments::{Fix, Global, Look, PlainFormat};
use crate::exit::{Exit, hinted};
use crate::lookup::{self, LOCK_FILE};
use crate::renderer::Programs;
use crate::target::{self, Looked};
use crate::{console, excepting, files, registry};
use asking::Asking;

/// Runs the verb.
pub(crate) fn run(arguments: &Fix, global: &Global) -> anyhow::Result<Exit> {
    if let Err(error) = Selection::new(arguments.checks.clone(), Vec::new()) {
        return Err(hinted(error, "`palisade checks` lists every check"));
    }
    let mut looked = target::look(&arguments.target, &Look::default())?;
    if looked.scan.coverage.is_nothing() {
        eprintln!("there was nothing to look at in {}", arguments.target.display());
        return Ok(Exit::Nothing);
    }
    let (root, only) = root_of(&arguments.target)?;
    let mut unknown = Vec::new();
    if arguments.update {
        if global.offline {
            return Err(anyhow!(
                "--update asks the repositories of actions and the registries of images, and --offline forbids it"
            ));
        }
        if only.is_some() {
            return Err(hinted(
                anyhow!("--update keeps what it learns in {LOCK_FILE} of a directory"),
                "name the directory",
            ));
        }
        let mut lock = lookup::read(&root)?;
        unknown = registry::update(&mut lock, &images(arguments, &looked, &root)?)?;
        unknown.extend(lookup::update(&root, &mut lock, &references(arguments, &looked, &root)?)?);
        looked = target::look(&arguments.target, &Look::default())?;
    }
    let mut asking = arguments.interactive.then(Asking::default);
    let (mut planned, mut failed) = plan(arguments, &looked, &root, only.as_deref(), &mut asking)?;
    if raises(arguments) {
        for file in raising::raised(&looked, &root, &raisable(arguments, &looked))? {
            join(&mut planned, &mut failed, file);
        }
        planned.sort_by(|left, right| left.path.cmp(&right.path));
    }
    for file in &looked.scan.coverage.unreadable {
        if failed.iter().all(|(path, _)| *path != file.path) {
            failed.push((file.path.clone(), file.reason.clone()));
        }
    }
    let writing = arguments.write || arguments.commit || arguments.interactive;
    let mut written: Vec<&str> = Vec::new();
    let changed: Vec<&str> = planned.iter().filter(|file| file.before != file.after).map(|file| &*file.path).collect();
    let busy = if arguments.commit { commit::with_changes(&root, &changed)? } else { Vec::new() };
    if writing {
        for file in planned.iter().filter(|file| file.before != file.after) {
            if busy.iter().any(|path| **path == *file.path) {
                let reason =
                    "has changes that are not committed, and --commit would take them along: nothing was written";
                failed.push((file.path.to_string(), reason.to_owned()));
                continue;
            }
            match write(&root, file) {
                Ok(()) => written.push(&file.path),
                Err(error) => failed.push((file.path.to_string(), format!("{error:#}"))),
            }
        }
    }
    failed.extend(unknown);
    let tally = Tally::of(arguments, &looked);
    let report = FixReport {
        target: &looked.path,
        files: &planned,
        failed: &failed,
        written: writing,
        unfixable: tally.unfixable,
        withheld: tally.withheld,
        raisable: tally.raisable,
        declined: asking.as_ref().map_or(0, Asking::declined),
        hidden: &|path, bytes| looked.scanner.hidden(path, bytes),
    };
    if let Some(path) = &arguments.patch {
        let mut patch = Vec::new();
        write_patch(&report, &mut patch)?;
        if path == Path::new("-") {
            console::print(|out| out.write_all(&patch))?;
            return Ok(if failed.is_empty() { Exit::Done } else { Exit::Undecided });
        }
        std::fs::write(path, patch).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let style = console::style(global, false);
    console::print(|out| match arguments.format {
        PlainFormat::Human => write_fixes(&report, &style, out),
        PlainFormat::Json => write_fixes_json(&report, out),
    })?;
    if arguments.commit && !written.is_empty() {
        commit::commit(&root, &planned, &written)?;
    }
    Ok(if failed.is_empty() { Exit::Done } else { Exit::Undecided })
}

/// The findings that go when a lock file is written anew.
fn raisable<'l>(arguments: &Fix, looked: &'l Looked) -> Vec<&'l Finding> {
    let open = looked.scan.findings.iter().filter(|finding| finding.exception.is_none() && finding.fix.is_none());
    open.filter(|finding| finding.upgrade.is_some() && is_asked(arguments, finding)).collect()
}

/// Whether package managers are asked: that uses the network, and what worked may not any more.
fn raises(arguments: &Fix) -> bool {
    arguments.update && arguments.with_unsafe
}

/// Adds a file that was written anew to what is planned. What two ways of mending change is written by neither.
fn join(planned: &mut Vec<FixedFile>, failed: &mut Vec<(String, String)>, file: FixedFile) {
    match planned.iter_mut().find(|known| known.path == file.path) {
        None => planned.push(file),
        Some(known) if known.before == known.after => {
            known.after = file.after;
            known.fixed.extend(file.fixed);
            known.refused.extend(file.refused);
        }
        Some(_) if file.before == file.after => {}
        Some(_) => failed.push((file.path.to_string(), "its versions are raised when you run this again".to_owned())),
    }
}

/// The folder that paths of findings start from, and the one file when only that was asked for.
fn root_of(target: &Path) -> anyhow::Result<(PathBuf, Option<String>)> {
    if target.is_dir() {
        return Ok((target.to_path_buf(), None));
    }
    let name = target.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| anyhow!("{} is neither a directory nor a file", target.display()))?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder.to_path_buf(), Some(name.to_owned())))
}

/// The actions that no commit pins: repository and reference, as written before and in the place of each finding.
fn references(arguments: &Fix, looked: &Looked, root: &Path) -> anyhow::Result<BTreeSet<(String, String)>> {
    let folder = Directory::new(root).with_context(|| format!("cannot open {}", root.display()))?;
    let mut texts: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    let open = looked.scan.findings.iter().filter(|finding| finding.exception.is_none());
    for finding in
        open.filter(|finding| finding.check.id.starts_with("ci/unpinned-action") && is_asked(arguments, finding))
    {
        let (path, span) = (&*finding.location.path, finding.location.span);
        let bytes = texts.entry(path).or_insert_with(|| folder.read(path).unwrap_or_default());
        let before = bytes.get(..span.start as usize).unwrap_or_default();
        let word =
            before.rsplit(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b',' | b'{')).next();
        let name = word.and_then(|word| std::str::from_utf8(word).ok()?.strip_suffix('@'));
        let reference = std::str::from_utf8(span.of_bytes(bytes)).unwrap_or("");
        let slug = name.map(|name| name.splitn(3, '/').take(2).collect::<Vec<_>>().join("/"));
        if let Some(slug) = slug.filter(|slug| slug.contains('/'))
            && !reference.is_empty()
        {
            found.insert((slug, reference.to_owned()));
        }
    }
    Ok(found)
}

/// The images that no digest pins, by name and tag as written in the place of each finding.
fn images(arguments: &Fix, looked: &Looked, root: &Path) -> anyhow::Result<BTreeSet<String>> {
    const CHECKS: [&str; 4] = [
        "ci/unpinned-image",
        "container/unpinned-base-image",
        "container/unpinned-service-image",
        "kubernetes/undigested-image",
    ];
    let folder = Directory::new(root).with_context(|| format!("cannot open {}", root.display()))?;
    let mut texts: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    let open = looked.scan.findings.iter().filter(|finding| finding.exception.is_none());
    for finding in open.filter(|finding| CHECKS.contains(&finding.check.id) && is_asked(arguments, finding)) {
        let path = &*finding.location.path;
        let bytes = texts.entry(path).or_insert_with(|| folder.read(path).unwrap_or_default());
        let text = std::str::from_utf8(finding.location.span.of_bytes(bytes)).unwrap_or("");
        let name = text.trim_matches(['"', '\'']);
        let name = name.strip_prefix("docker://").or_else(|| name.strip_prefix("--from=")).unwrap_or(name);
        if is_image(name) && !name.ends_with(":latest") {
            found.insert(name.to_owned());
        }
    }
    Ok(found)
}

fn is_asked(arguments: &Fix, finding: &Finding) -> bool {
    arguments.checks.is_empty() || arguments.checks.iter().any(|pattern| matches(pattern, finding.check.id))
}

fn is_taken(arguments: &Fix, finding: &Finding) -> bool {
    let unsafe_too = arguments.with_unsafe || arguments.interactive;
    is_asked(arguments, finding) && finding.fix.as_ref().is_some_and(|fix| unsafe_too || fix.safety == Safety::Safe)
}

/// The files with what the wanted fixes make of them, and those that could not be read.
fn plan(
    arguments: &Fix,
    looked: &Looked,
    root: &Path,
    only: Option<&str>,
    asking: &mut Option<Asking>,
) -> anyhow::Result<(Vec<FixedFile>, Vec<(String, String)>)> {
    let open = looked.scan.findings.iter().filter(|finding| finding.exception.is_none());
    let paths: BTreeSet<&str> = open
        .filter(|finding| is_taken(arguments, finding))
        .flat_map(|finding| {
            let others = finding.also.iter().filter(|_| finding.check.family() == "secrets");
            std::iter::once(&finding.location).chain(others.map(|also| &also.location))
        })
        .map(|location| &*location.path)
        .collect();
    let folder = Directory::new(root).with_context(|| format!("cannot open {}", root.display()))?;
    let exceptions = excepting::read(&looked.excepted.file, &looked.config, &looked.scanner);
    // What an overlay mends is found in its base alone, and is let be.
    let key = |finding: &Finding| (finding.check.id, finding.location.path.clone(), finding.location.structure.clone());
    let found: HashSet<_> = looked.scan.findings.iter().map(key).collect();
    // A secret that stands in several files goes out of all of them or of none.
    let mendable: HashSet<_> = looked
        .scan
        .findings
        .iter()
        .filter(|finding| finding.check.family() == "secrets" && finding.fix.is_some())
        .map(|finding| finding.fingerprint.to_string())
        .collect();
    let stands = |finding: &Finding| match finding.check.family() {
        "kubernetes" => found.contains(&key(finding)),
        "secrets" => mendable.contains(&finding.fingerprint.to_string()),
        _ => true,
    };
    let except = |findings: &mut [Finding], marks: &[Mark]| {
        exceptions.apply(findings, marks, false);
    };
    let mut wanted = |finding: &Finding, text: &[u8]| {
        is_taken(arguments, finding)
            && stands(finding)
            && asking.as_mut().is_none_or(|asking| {
                let hidden = looked.scanner.hidden(&finding.location.path, text);
                asking.wants(finding, &palisade_report::without(&hidden, text))
            })
    };
    let (mut planned, mut failed) = (Vec::new(), Vec::new());
    // An account of a workload's own may stand in another file already.
    let mut across: BTreeSet<&str> =
        palisade_checks::catalogue().filter(|check| check.looks_across()).map(|check| check.meta.id).collect();
    across.insert(palisade_checks::kubernetes::default_service_account::CHECK.meta.id);
    // Modules call each other: what is said of one file rests on others.
    let infrastructure =
        |finding: &Finding| ["iac", "iam"].contains(&finding.check.family()) && is_taken(arguments, finding);
    let together = if looked.scan.findings.iter().any(infrastructure) {
        files_of(root, looked, only, &INFRASTRUCTURE)?
    } else {
        Vec::new()
    };
    let charts = charts(root, looked, only)?;
    let in_chart = |path: &str| charts.keys().any(|folder| is_template(path, folder));
    let alone: Vec<&str> = paths
        .into_iter()
        .filter(|path| together.iter().all(|other| *other.path != **path) && !in_chart(path))
        .collect();
    let read = |path: &str| folder.read(path).ok().filter(|_| only.is_none());
    let mut changed = looked.scanner.fix_together(together, Host::reading(&read), &except, &mut wanted);
    changed.retain(|file| !file.fixed.is_empty() || !file.refused.is_empty());
    planned.extend(changed);
    for path in alone {
        let bytes = match folder.read(only.unwrap_or(path)) {
            Ok(bytes) => bytes,
            Err(error) => {
                failed.push((path.to_owned(), error.to_string()));
                continue;
            }
        };
        let mut wanted = |finding: &Finding, text: &[u8]| !across.contains(finding.check.id) && wanted(finding, text);
        let mut file = looked.scanner.fix(path, &bytes, &except, &mut wanted);
        if let Some(only) = only {
            file.path = only.into();
        }
        planned.push(file);
    }
    let programs = Programs::new(root);
    for (folder, files) in charts {
        let of_chart =
            |finding: &&Finding| is_template(&finding.location.path, &folder) && is_taken(arguments, finding);
        if looked.scan.findings.iter().any(|finding| of_chart(&finding)) {
            let host = Host { read: &read, renderer: Some(&programs), whole: false };
            let mut wanted = |finding: &Finding, text: &[u8]| of_chart(&finding) && wanted(finding, text);
            let mut changed = looked.scanner.fix_together(files, host, &except, &mut wanted);
            changed.retain(|file| !file.fixed.is_empty() || !file.refused.is_empty());
            planned.extend(changed);
        }
    }
    // What no file shows by itself comes last, on top of what was fixed in each.
    let is_across = |finding: &Finding| across.contains(finding.check.id) && is_taken(arguments, finding);
    if looked.scan.findings.iter().any(is_across) {
        let mut files = files_of(root, looked, only, &ACROSS)?;
        for file in &mut files {
            if let Some(at) = planned.iter().position(|done| done.path == file.path) {
                *file = planned.swap_remove(at);
            }
        }
        let mut wanted = |finding: &Finding, text: &[u8]| is_across(finding) && wanted(finding, text);
        let mut changed = looked.scanner.fix_together(files, Host::reading(&read), &except, &mut wanted);
        changed.retain(|file| !file.fixed.is_empty() || !file.refused.is_empty());
        planned.extend(changed);
    }
    planned.sort_by(|left, right| left.path.cmp(&right.path));
    Ok((planned, failed))
}

/// What Terraform and templates of clouds are written in; they are judged together, since they call each other.
const INFRASTRUCTURE: [Format; 5] =
    [Format::Terraform, Format::CloudFormation, Format::TerraformPlan, Format::Pulumi, Format::Policy];

/// What checks across files rest on whose findings have fixes.
const ACROSS: [Format; 5] =
    [Format::Kubernetes, Format::Kustomization, Format::Workflow, Format::Action, Format::Migration];

/// The files of a target in some formats.
fn files_of(root: &Path, looked: &Looked, only: Option<&str>, formats: &[Format]) -> anyhow::Result<Vec<FixedFile>> {
    if let Some(name) = only {
        return Ok(vec![FixedFile::unchanged(name.into(), Directory::new(root)?.read(name)?)]);
    }
    files_where(root, looked, &|path, bytes| formats.contains(&Format::of(path, bytes)))
}

/// The files of a target that are wanted, by path.
fn files_where(
    root: &Path,
    looked: &Looked,
    wanted: &(dyn Fn(&str, &[u8]) -> bool + Sync),
) -> anyhow::Result<Vec<FixedFile>> {
    let files = Mutex::new(Vec::new());
    let options = WalkOptions { exclude: looked.config.scan.exclude.clone(), ..WalkOptions::default() };
    walk(root, &options, &|entry| {
        let Entry::File(file) = entry else { return };
        if file.is_whole()
            && !file.path.contains("!/")
            && wanted(file.path, file.bytes)
            && let Ok(mut files) = files.lock()
        {
            files.push(FixedFile::unchanged(Arc::from(file.path), file.bytes.to_vec()));
        }
    })?;
    let mut files = files.into_inner().map_err(|_| anyhow!("a reading thread failed"))?;
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

/// The charts that were rendered and have something to fix: their folders, and the files that decide what they render.
fn charts(root: &Path, looked: &Looked, only: Option<&str>) -> anyhow::Result<BTreeMap<String, Vec<FixedFile>>> {
    let fixed = looked.scan.findings.iter().filter(|finding| finding.fix.is_some());
    let paths: Vec<&str> =
        fixed.map(|finding| &*finding.location.path).filter(|path| path.contains("templates/")).collect();
    if paths.is_empty() || only.is_some() {
        return Ok(BTreeMap::new());
    }
    let is_rendered = |chart: &str| {
        let mut findings = looked.scan.findings.iter();
        !findings.any(|finding| finding.check.id == "scan/not-rendered" && &*finding.location.path == chart)
    };
    let folder_of = |chart: &str| chart.strip_suffix("Chart.yaml").unwrap_or_default().to_owned();
    let found = files_where(root, looked, &|path, bytes| Format::of(path, bytes) == Format::HelmChart)?;
    let rendered = found.iter().filter(|chart| is_rendered(&chart.path)).map(|chart| folder_of(&chart.path));
    let mut folders: Vec<String> =
        rendered.filter(|folder| paths.iter().any(|path| is_template(path, folder))).collect();
    folders.sort();
    // A chart inside of another is rendered with it.
    let inner: Vec<String> = folders
        .iter()
        .filter(|folder| folders.iter().any(|other| folder.starts_with(&format!("{other}charts/"))))
        .cloned()
        .collect();
    folders.retain(|folder| !inner.contains(folder));
    let mut charts: BTreeMap<String, Vec<FixedFile>> = folders.into_iter().map(|folder| (folder, Vec::new())).collect();
    let is_part = |path: &str| [".yaml", ".yml", ".tpl"].iter().any(|ending| path.ends_with(ending));
    for file in files_where(root, looked, &|path, _| is_part(path))? {
        let chart = charts.iter_mut().find(|(folder, _)| file.path.starts_with(folder.as_str()));
        if let Some((_, files)) = chart {
            files.push(file);
        }
    }
    Ok(charts)
}

/// Whether a path is a template of the chart in a folder, which ends in `/` or is empty.
fn is_template(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|inner| inner.starts_with("templates/"))
}

/// Open findings that were asked for and stay.
#[derive(Default)]
struct Tally {
    unfixable: usize,
    withheld: usize,
    /// Gone when their package manager writes the lock file anew.
    raisable: usize,
}

impl Tally {
    fn of(arguments: &Fix, looked: &Looked) -> Self {
        let mut tally = Self::default();
        let open = looked.scan.findings.iter().filter(|finding| finding.exception.is_none());
        for finding in open.filter(|finding| is_asked(arguments, finding)) {
            match &finding.fix {
                None if finding.upgrade.as_ref().is_some_and(|upgrade| upgrade.command.is_some()) => {
                    tally.raisable += usize::from(!raises(arguments));
                }
                None => tally.unfixable += 1,
                Some(_) if !is_taken(arguments, finding) => tally.withheld += 1,
                Some(_) => {}
            }
        }
        tally
    }
}

/// Writes a file, unless it changed since it was looked at.
fn write(root: &Path, file: &FixedFile) -> anyhow::Result<()> {
    let now = Directory::new(root)?.read(&file.path)?;
    if now != file.before {
        return Err(anyhow!("changed while it was looked at; nothing was written, run again"));
    }
    files::replace(root, &file.path, &file.after)
}
