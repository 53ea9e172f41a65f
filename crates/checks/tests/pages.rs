//! Every check's page is its test: no check can skip it.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_advisory::osv::Advisory;
use palisade_advisory::{Builder, Enrichment, Index};
use palisade_checks::imported::{self, Report, Sources};
use palisade_checks::packages::Earlier;
use palisade_checks::{FixedFile, Host, Lock, Run, Scanner, Selection, Settings, catalogue};
use palisade_inventory::package::Manifest;
use palisade_model::Finding;

#[test]
fn every_page_holds() {
    let mut pages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for check in catalogue().filter(|check| !matches!(check.run, Run::Gate)) {
        pages.entry(check.meta.page).or_default().push(check.meta.id);
    }
    let mut faults = String::new();
    for (page, ids) in &pages {
        let title = page.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or("");
        let id = ids.iter().find(|id| **id == title).or(ids.first()).copied().unwrap_or("");
        if ids.len() == 1 && title != id {
            faults.push_str(&format!("{id}: its page is titled `{title}`\n"));
        }
        faults.push_str(&palisade_testkit::walk(id, ids, page, scan));
        faults.push_str(&palisade_testkit::walk_fixes(id, page, |files| fix(ids, files)));
        let never_shown =
            ids.iter().filter(|id| ids.len() > 1 && !page.contains(id.split('/').next_back().unwrap_or("")));
        faults.extend(never_shown.map(|id| format!("{id}: its page never mentions it\n")));
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn ids_are_unique_and_well_formed() {
    let mut seen = std::collections::BTreeSet::new();
    for check in catalogue() {
        let meta = &check.meta;
        let word = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let formed = meta.id.split_once('/').is_some_and(|(family, fault)| word(family) && word(fault));
        assert!(formed, "{} is not family/fault", meta.id);
        assert!(seen.insert(meta.id), "{} is declared twice", meta.id);
        assert!(!meta.controls.is_empty(), "{} serves no control", meta.id);
    }
}

fn scanner(files: &[(String, String)]) -> Result<Scanner, Box<dyn std::error::Error>> {
    let text = |name: &str| files.iter().find(|(path, _)| path == name).map(|(_, text)| text.as_str());
    let mut table: toml::Table = toml::from_str(text("palisade.toml").unwrap_or(""))?;
    table.remove("scan");
    let mut settings: Settings = table.try_into()?;
    settings.lock = text("palisade.lock").map_or(Ok(Lock::default()), Lock::parse)?;
    let scanner = Scanner::new(settings, &Selection::default());
    let advisories = files.iter().filter(|(path, _)| path.starts_with("advisories/"));
    let records: Vec<Advisory> =
        advisories.map(|(_, text)| Advisory::parse(text.as_bytes())).collect::<Result<_, _>>()?;
    let scanner = match earlier(files) {
        Some(earlier) => scanner.with_earlier(earlier),
        None => scanner,
    };
    Ok(if records.is_empty() { scanner } else { scanner.with_advisories(Arc::new(index(records)?)) })
}

/// The reports of other tools that a page's settings name.
fn imports(files: &[(String, Vec<u8>)]) -> Result<Vec<Report>, Box<dyn std::error::Error>> {
    let bytes = |name: &str| files.iter().find(|(path, _)| path == name).map(|(_, bytes)| bytes.as_slice());
    let settings: toml::Table = toml::from_str(std::str::from_utf8(bytes("palisade.toml").unwrap_or(b""))?)?;
    let named = settings.get("scan").and_then(|scan| scan.get("import")).and_then(toml::Value::as_array);
    let named = named.into_iter().flatten().filter_map(toml::Value::as_str);
    named
        .map(|path| {
            let runs = imported::read(bytes(path).ok_or_else(|| format!("no {path}"))?)?;
            Ok(Report { path: path.to_owned(), runs })
        })
        .collect()
}

/// What a page's files were before: those in the folder `earlier`.
fn earlier(files: &[(String, String)]) -> Option<Earlier> {
    let before: Vec<Manifest> =
        files.iter().filter_map(|(path, text)| Manifest::read(path.strip_prefix("earlier/")?, text)).collect();
    let packages = before.iter().flat_map(|manifest| &manifest.packages);
    let packages = packages.map(|package| package.purl.bare().to_string()).collect();
    (!before.is_empty()).then(|| Earlier { name: "main".to_owned(), packages })
}

/// An index of a page's own advisories.
fn index(records: Vec<Advisory>) -> Result<Index, Box<dyn std::error::Error>> {
    let mut builder = Builder::default();
    records.into_iter().for_each(|record| builder.add(record));
    let bytes = builder.finish(&Enrichment::default(), 0)?;
    let length = bytes.len() as u64;
    let read = move |at: u64, out: &mut [u8]| {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        out.copy_from_slice(bytes.get(at..at + out.len()).ok_or(std::io::ErrorKind::UnexpectedEof)?);
        Ok(())
    };
    Ok(Index::open(Box::new(read), length)?)
}

fn scan(files: &[(String, String)]) -> Vec<(String, String, usize)> {
    let scanner = match scanner(files) {
        Ok(scanner) => scanner,
        Err(error) => return vec![(format!("settings: {error}"), String::new(), 0)],
    };
    let now = files.iter().filter(|(path, _)| !path.starts_with("earlier/"));
    let files: Vec<_> = now.map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
    let reports = files.iter().map(|(path, bytes)| scanner.look(path, bytes)).collect();
    let read = |path: &str| files.iter().find(|(name, _)| name == path).map(|(_, bytes)| bytes.clone());
    // A page's files are a whole target.
    let mut found = scanner.finish(reports, Host { whole: true, ..Host::reading(&read) });
    match imports(&files) {
        Ok(reports) => scanner.import(&mut found, reports, &Sources { read: &read, root: None }),
        Err(error) => return vec![(format!("report: {error}"), String::new(), 0)],
    }
    found
        .findings
        .into_iter()
        .map(|finding| {
            (finding.check.id.to_owned(), finding.location.path.to_string(), finding.location.start.line as usize)
        })
        .collect()
}

/// The files with every fix of these checks; `None` when nothing changed. A fix that does not stand fails the test.
fn fix(ids: &[&str], files: &[(String, String)]) -> Option<Vec<(String, String)>> {
    let scanner = scanner(files).ok()?;
    let mut wanted = |finding: &Finding, _: &[u8]| ids.contains(&finding.check.id);
    let mut run = |files: &[(String, String)]| -> Vec<FixedFile> {
        let bytes = files.iter().map(|(path, text)| (Arc::from(path.as_str()), text.as_bytes().to_vec()));
        let across = catalogue().any(|check| ids.contains(&check.meta.id) && check.looks_across());
        if across || ids.iter().any(|id| id.starts_with("iac/") || id.starts_with("iam/")) {
            let files = bytes.map(|(path, bytes)| FixedFile::unchanged(path, bytes)).collect();
            return scanner.fix_together(files, Host::reading(&|_| None), &|_, _| {}, &mut wanted);
        }
        bytes.map(|(path, bytes)| scanner.fix(&path, &bytes, &|_, _| {}, &mut wanted)).collect()
    };
    let mut fixed = Vec::new();
    for file in run(files) {
        let refused: Vec<&str> = file.refused.iter().map(|refused| refused.reason.as_str()).collect();
        assert!(refused.is_empty(), "{ids:?} in {}: {refused:?}", file.path);
        fixed.push((file.path.to_string(), String::from_utf8(file.after).ok()?));
    }
    for again in run(&fixed) {
        assert!(
            again.fixed.is_empty() && again.before == again.after,
            "{ids:?} in {}: a second run changes it",
            again.path
        );
    }
    (fixed != files).then_some(fixed)
}
