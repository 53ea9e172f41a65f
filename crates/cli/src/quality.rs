//! `palisade quality record`: the numbers of this run become a line that later runs are compared with.

use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context as _, anyhow};
use palisade_checks::quality::{TREND_FILE, facts, trend_line};
use palisade_inventory::quality::QualityFacts;
use palisade_inventory::{Flat, Format, Subject};
use palisade_source::Entry;
use palisade_source::directory::Directory;
use palisade_source::walk::{WalkOptions, walk};

use crate::arguments::quality::QualityVerb;
use crate::excepting::now;
use crate::exit::Exit;
use crate::target;

/// Runs the verb.
pub(crate) fn run(verb: &QualityVerb) -> anyhow::Result<Exit> {
    let QualityVerb::Record(arguments) = verb;
    let all = read(&arguments.target)?;
    let Some(line) = trend_line(&all, &now().rfc3339()) else {
        eprintln!("no report of tests under {}", arguments.target.display());
        return Ok(Exit::Nothing);
    };
    let path = arguments.target.join(TREND_FILE);
    let failed = || format!("cannot write {}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(failed)?;
    }
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(&path).with_context(failed)?;
    file.write_all(format!("{line}\n").as_bytes()).with_context(failed)?;
    eprintln!("added to {}: {line}", path.display());
    Ok(Exit::Done)
}

/// The numbers of every report that the walk sees or the settings name.
fn read(root: &Path) -> anyhow::Result<Vec<QualityFacts>> {
    let (_, config) = target::prepare(root, &crate::arguments::Look::default())?;
    let options = WalkOptions { exclude: config.scan.exclude.clone(), ..WalkOptions::default() };
    let held: Mutex<Vec<QualityFacts>> = Mutex::default();
    let take = |path: &str, bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let subject = Subject::new(path.into(), text.as_bytes(), &Flat, &[]);
        if let (Ok(facts), Ok(mut held)) = (facts(&subject, &text), held.lock()) {
            held.push(facts);
        }
    };
    walk(root, &options, &|entry| {
        if let Entry::File(file) = entry
            && file.is_whole()
            && Format::of(file.path, file.bytes) == Format::Quality
        {
            take(file.path, file.bytes);
        }
    })?;
    let files = Directory::new(root).with_context(|| format!("cannot open {}", root.display()))?;
    for path in &config.settings.quality.reports {
        let seen = held.lock().is_ok_and(|held| held.iter().any(|facts| *facts.path == **path));
        if !seen && let Ok(bytes) = files.read(path) {
            take(path, &bytes);
        }
    }
    held.into_inner().map_err(|_| anyhow!("a reading thread failed"))
}
