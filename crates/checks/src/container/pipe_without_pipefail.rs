//! Downloads piped on without `pipefail`.

use palisade_inventory::dockerfile::{Dockerfile, Kind};
use palisade_inventory::shell::{Dialect, Word};
use palisade_model::{Confidence, Meta, Severity};

use super::steps::steps;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/pipe-without-pipefail",
        title: "failure before a pipe goes unnoticed",
        page: include_str!("pipe_without_pipefail.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CWE-252"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for step in steps(file)
        .filter(|step| matches!(step.program.name, "curl" | "wget") && step.invocation.dialect == Dialect::Posix)
    {
        let Ok(at) = u32::try_from(step.index) else { continue };
        let fed = step.onward().find(|command| command.fed_by.0 <= at && at < command.fed_by.1);
        let Some(next) = fed else { continue };
        let shell = next.program().is_some_and(|program| program.is_shell());
        let set = |words: &[Word]| words.iter().any(|word| word.text == "pipefail");
        let set_here = step.around().any(|(command, _)| set(&command.words));
        let set_before = file.instructions.iter().any(
            |it| matches!(&it.kind, Kind::Shell(words) if it.span.start < step.instruction.span.start && set(words)),
        );
        if !shell && !set_here && !set_before {
            report.finding(
                step.program.word.span,
                "if the download fails the build goes on with half a file; set pipefail",
            );
        }
    }
}
