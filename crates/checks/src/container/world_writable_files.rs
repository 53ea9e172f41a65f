//! Modes that let everybody write.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/world-writable-files",
        title: "files may be changed by every user",
        page: include_str!("world_writable_files.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-732"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let message = "every user may change this, so any foothold can plant code; give it to one user or group";
    for step in steps(file).filter(|step| step.program.name == "chmod") {
        let operands = step.operands(&[]);
        let [mode, paths @ ..] = operands.as_slice() else { continue };
        let shared =
            paths.iter().all(|path| matches!(path.text.trim_end_matches('/'), "/tmp" | "/var/tmp" | "/dev/shm"));
        if is_writable(&mode.text) && (paths.is_empty() || !shared) {
            let finding = report.finding(mode.span, message);
            if !file.is_shipped(step.instruction) {
                finding.severity(Severity::Low);
            }
        }
    }
    for instruction in &file.instructions {
        if let (Kind::Copy(_) | Kind::Add(_), Some(flag)) = (&instruction.kind, instruction.flag("chmod"))
            && flag.value.as_deref().is_some_and(is_writable)
        {
            report.finding(flag.span, message);
        }
    }
}

/// Whether others may write, without the sticky bit that keeps them to their own files.
fn is_writable(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| (b'0'..b'8').contains(&byte)) {
        let Ok(bits) = u32::from_str_radix(mode, 8) else { return false };
        return bits & 0o002 != 0 && bits & 0o1000 == 0;
    }
    mode.split(',').any(|part| {
        part.split_once(['+', '=']).is_some_and(|(who, what)| {
            what.contains('w') && !part.contains('-') && who.contains(['o', 'a']) && !what.contains('t')
        })
    })
}
