//! Programs that run as their owner, whoever starts them.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/setuid-program",
        title: "a program gets the setuid or setgid bit",
        page: include_str!("setuid_program.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CIS-DOCKER:4.8", "CWE-250"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file).filter(|step| step.program.name == "chmod") {
        if let Some(mode) = step.program.operands().next().filter(|word| is_setuid(&word.text)) {
            report.finding(mode.span, "with this bit the program runs as its owner, whoever starts it");
        }
    }
    for instruction in &file.instructions {
        if let (Kind::Copy(_) | Kind::Add(_), Some(flag)) = (&instruction.kind, instruction.flag("chmod"))
            && flag.value.as_deref().is_some_and(is_setuid)
        {
            report.finding(flag.span, "with this bit the program runs as its owner, whoever starts it");
        }
    }
}

/// `u+s`, `g+s`, `4755`, `02755`; the sticky bit and the bit on directories' groups (`2775` on its own) count too.
fn is_setuid(mode: &str) -> bool {
    let octal = mode.trim_start_matches('0');
    if octal.len() == 4 && octal.bytes().all(|byte| (b'0'..b'8').contains(&byte)) {
        return octal.starts_with(['4', '6']);
    }
    mode.split(',').any(|part| {
        part.split_once(['+', '=']).is_some_and(|(who, what)| {
            what.contains('s')
                && !part.contains('-')
                && (who.is_empty() || who.contains(['u', 'a']))
                && !who.contains('o')
        })
    })
}
