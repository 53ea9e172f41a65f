//! CMD and ENTRYPOINT in shell form.

use palisade_inventory::dockerfile::{Dockerfile, Form, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/shell-form-command",
        title: "program is started through a shell",
        page: include_str!("shell_form_command.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-1188"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let Some(stage) = file.last_stage().filter(|stage| !stage.windows) else { return };
    for instruction in file.of_stage(stage).iter().filter(|it| !it.on_build) {
        let (Kind::Cmd(invocation) | Kind::Entrypoint(invocation)) = &instruction.kind else { continue };
        let broken = invocation.text.starts_with('[');
        let exec =
            invocation.script.commands.first().and_then(|it| it.words.first()).is_some_and(|it| it.text == "exec");
        if invocation.form == Form::Shell && !broken && !exec && !invocation.text.is_empty() {
            report.finding(
                instruction.keyword_span,
                "the shell in front swallows signals, so stopping takes the full grace period",
            );
        }
    }
}
