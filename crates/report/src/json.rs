//! `palisade.scan/1`: the contract for programs.
//!
//! The shape is published in `docs/schema/palisade.scan-1.json`. Keys keep their
//! order, lists are sorted by the scan, and only `duration_ms` differs between
//! two runs over the same bytes. Characters that a terminal would act on are
//! written as `\u` escapes.

use std::io;

use palisade_checks::imported::Imported;
use palisade_model::{
    Coverage, Edit, ExceptionNote, Finding, Fix, History, Location, Meta, Position, Reach, Related, Safety, Severity,
    Verification,
};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::ScanReport;
use crate::text::is_hostile;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    target: TargetOut<'a>,
    coverage: &'a Coverage,
    checks: Vec<CheckOut>,
    findings: Vec<FindingOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<BaselineOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    packages: Option<PackagesOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licences: Option<LicencesOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    imports: Vec<ImportOut<'a>>,
    duration_ms: u64,
}

#[derive(Serialize)]
struct TargetOut<'a> {
    kind: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a crate::ImageTarget>,
}

#[derive(Serialize)]
pub(crate) struct PackagesOut {
    files: usize,
    without_version: usize,
    advisories: Option<String>,
}

impl PackagesOut {
    /// What packages were compared with; none where there are none.
    pub(crate) fn of(report: &ScanReport<'_>) -> Option<Self> {
        let scan = report.scan;
        let advisories = scan.advisories.as_ref().map(|digest| format!("sha256:{digest}"));
        (scan.package_files > 0).then_some(Self {
            files: scan.package_files,
            without_version: scan.without_version,
            advisories,
        })
    }
}

#[derive(Serialize)]
struct LicencesOut {
    packages: usize,
    unstated: usize,
    unclear: usize,
}

#[derive(Serialize)]
struct ImportOut<'a> {
    path: &'a str,
    tool: &'a str,
    version: &'a str,
    created: Option<&'a str>,
    results: usize,
    findings: usize,
    same: usize,
    passed: usize,
    left_out: usize,
    unplaced: usize,
    notes: &'a [String],
}

fn import_out(import: &Imported) -> ImportOut<'_> {
    ImportOut {
        path: &import.path,
        tool: &import.tool,
        version: &import.version,
        created: import.created.as_deref(),
        results: import.results,
        findings: import.findings,
        same: import.same,
        passed: import.passed,
        left_out: import.left_out,
        unplaced: import.unplaced,
        notes: &import.notes,
    }
}

#[derive(Serialize)]
struct BaselineOut<'a> {
    name: &'a str,
    gone: usize,
}

#[derive(Serialize)]
pub(crate) struct CheckOut {
    id: &'static str,
    title: &'static str,
    severity: Severity,
    controls: &'static [&'static str],
    maps: &'static [&'static str],
}

impl CheckOut {
    pub(crate) fn new(meta: &Meta) -> Self {
        Self { id: meta.id, title: meta.title, severity: meta.severity, controls: meta.controls, maps: meta.maps }
    }
}

#[derive(Serialize)]
struct FindingOut<'a> {
    check: &'a str,
    severity: Severity,
    confidence: palisade_model::Confidence,
    message: &'a str,
    fingerprint: palisade_model::Fingerprint,
    location: LocationOut<'a>,
    also: Vec<RelatedOut<'a>>,
    fix: Option<FixOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upgrade: Option<UpgradeOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reach: Option<&'a Reach>,
    exception: Option<ExceptionOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<HistoryOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validity: Option<ValidityOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'static str>,
}

#[derive(Serialize)]
struct LocationOut<'a> {
    path: &'a str,
    start: Position,
    end: Position,
    commit: Option<&'a str>,
}

#[derive(Serialize)]
struct RelatedOut<'a> {
    message: &'a str,
    location: LocationOut<'a>,
}

#[derive(Serialize)]
struct FixOut<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<EditOut<'a>>,
}

#[derive(Serialize)]
struct UpgradeOut<'a> {
    package: String,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a [String]>,
}

#[derive(Serialize)]
struct EditOut<'a> {
    path: &'a str,
    start: u32,
    end: u32,
    replacement: &'a str,
}

#[derive(Serialize)]
struct ExceptionOut<'a> {
    id: &'a str,
    owner: &'a str,
    ticket: &'a str,
    reason: &'a str,
    expires: palisade_model::Date,
}

#[derive(Serialize)]
struct HistoryOut<'a> {
    first_commit: &'a str,
    last_commit: &'a str,
    author_date: palisade_model::Date,
    present: bool,
}

#[derive(Serialize)]
pub(crate) struct ValidityOut<'a> {
    state: palisade_model::Validity,
    checked_at: String,
    detail: &'a str,
}

impl<'a> ValidityOut<'a> {
    pub(crate) fn new(verification: &'a Verification) -> Self {
        Self { state: verification.state, checked_at: verification.checked_at.rfc3339(), detail: &verification.detail }
    }
}

/// Writes the document, indented, with a newline at its end.
pub(crate) fn write(report: &ScanReport<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document {
        schema: "palisade.scan/1",
        target: TargetOut { kind: &report.target.kind, path: &report.target.path, image: report.target.image.as_ref() },
        coverage: &report.scan.coverage,
        checks: report.checks.iter().map(|check| CheckOut::new(&check.meta)).collect(),
        findings: report.scan.findings.iter().map(|finding| finding_out(report, finding)).collect(),
        baseline: report.baseline.as_ref().map(|baseline| BaselineOut { name: &baseline.name, gone: baseline.gone }),
        packages: PackagesOut::of(report),
        licences: report.scan.licences.map(|tally| LicencesOut {
            packages: tally.packages,
            unstated: tally.unstated,
            unclear: tally.unclear,
        }),
        imports: report.scan.imports.iter().map(import_out).collect(),
        duration_ms: u64::try_from(report.duration.as_millis()).unwrap_or(u64::MAX),
    };
    write_pretty(&document, out)
}

fn finding_out<'a>(report: &ScanReport<'_>, finding: &'a Finding) -> FindingOut<'a> {
    FindingOut {
        check: finding.check.id,
        severity: finding.severity,
        confidence: finding.confidence,
        message: &finding.message,
        fingerprint: finding.fingerprint,
        location: location_out(&finding.location),
        also: finding.also.iter().map(related_out).collect(),
        fix: finding.fix.as_ref().map(|fix| fix_out(fix, &finding.location.path)),
        upgrade: finding.upgrade.as_ref().map(|upgrade| UpgradeOut {
            package: upgrade.package.to_string(),
            to: &upgrade.to,
            command: upgrade.command.as_deref(),
        }),
        reach: finding.fault.as_ref().and_then(|fault| fault.reach.as_ref()),
        exception: finding.exception.as_ref().map(exception_out),
        history: finding.history.as_ref().map(history_out),
        validity: finding.verification.as_ref().map(ValidityOut::new),
        baseline: report.state(finding),
    }
}

fn location_out(location: &Location) -> LocationOut<'_> {
    LocationOut { path: &location.path, start: location.start, end: location.end, commit: location.commit.as_deref() }
}

fn related_out(related: &Related) -> RelatedOut<'_> {
    RelatedOut { message: &related.message, location: location_out(&related.location) }
}

fn fix_out<'a>(fix: &'a Fix, own_path: &'a str) -> FixOut<'a> {
    let edit_out = |edit: &'a Edit| EditOut {
        path: edit.path.as_deref().unwrap_or(own_path),
        start: edit.span.start,
        end: edit.span.end,
        replacement: &edit.replacement,
    };
    FixOut { title: &fix.title, safety: safety(fix.safety), edits: fix.edits.iter().map(edit_out).collect() }
}

/// The name of a safety in every format.
pub(crate) fn safety(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    }
}

fn exception_out(note: &ExceptionNote) -> ExceptionOut<'_> {
    ExceptionOut { id: &note.id, owner: &note.owner, ticket: &note.ticket, reason: &note.reason, expires: note.expires }
}

fn history_out(history: &History) -> HistoryOut<'_> {
    HistoryOut {
        first_commit: &history.first_commit,
        last_commit: &history.last_commit,
        author_date: history.author_date,
        present: history.present,
    }
}

/// Writes a value as JSON for people and programs: indented, hostile characters escaped.
pub(crate) fn write_pretty(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    write_with(value, Escaping(PrettyFormatter::new()), out)
}

/// Writes a value as JSON for programs: on one line, hostile characters escaped.
pub(crate) fn write_compact(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    write_with(value, Escaping(CompactFormatter), out)
}

fn write_with<F: Formatter>(value: &impl Serialize, formatter: Escaping<F>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))?;
    io::Write::write_all(&mut out, b"\n")?;
    io::Write::flush(&mut out)
}

/// A formatter that writes hostile characters as `\u` escapes; the layout is the inner one's.
struct Escaping<F>(F);

macro_rules! inner {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {
        $(fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        })*
    };
}

impl<F: Formatter> Formatter for Escaping<F> {
    inner! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut plain = 0;
        for (at, character) in fragment.char_indices().filter(|(_, character)| is_hostile(*character)) {
            writer.write_all(fragment.get(plain..at).unwrap_or("").as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + character.len_utf8();
        }
        writer.write_all(fragment.get(plain..).unwrap_or("").as_bytes())
    }
}
