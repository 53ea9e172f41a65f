//! The pages of the checks that the gate decides are its tests.

use palisade_checks::{Run, Scanner, Selection, Settings, catalogue, marks};
use palisade_gate::{EXCEPTIONS_FILE, ExceptionSettings, Exceptions};
use palisade_inventory::{Flat, Subject};
use palisade_model::{Date, DateError};

#[test]
fn every_page_holds() -> Result<(), DateError> {
    let today = Date::parse("2027-01-15")?;
    let mut faults = String::new();
    let mut pages = 0;
    for check in catalogue().filter(|check| matches!(check.run, Run::Gate)) {
        pages += 1;
        let id = check.meta.id;
        faults.push_str(&palisade_testkit::walk(id, &[id], check.meta.page, |files| scan(files, today)));
    }
    assert!(faults.is_empty(), "\n{faults}");
    assert!(pages >= 10, "only {pages} pages were walked");
    Ok(())
}

fn scan(files: &[(String, String)], today: Date) -> Vec<(String, String, usize)> {
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    let bytes: Vec<_> = files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
    let mut findings = scanner.scan_files(&bytes).findings;
    let mut named = Vec::new();
    for (path, text) in &bytes {
        named.extend(marks(&Subject::new(path.as_str().into(), text, &Flat, &[])));
    }
    let file = bytes.iter().find(|(path, _)| path == EXCEPTIONS_FILE);
    let exceptions = file.map_or_else(Exceptions::default, |(path, text)| {
        Exceptions::read(path, text, &[], &ExceptionSettings::default(), today)
    });
    let applied = exceptions.apply(&mut findings, &named, true);
    let faults = exceptions.faults.iter().chain(&applied.faults);
    faults
        .map(|fault| (fault.check.id.to_owned(), fault.location.path.to_string(), fault.location.start.line as usize))
        .collect()
}
