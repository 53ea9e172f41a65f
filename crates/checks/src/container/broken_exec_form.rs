//! JSON arrays that are none.

use palisade_inventory::dockerfile::{Dockerfile, Form, Kind};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/broken-exec-form",
        title: "command looks like a list but runs in a shell",
        page: include_str!("broken_exec_form.md"),
        since: "0.1.0",
        severity: Severity::Low,
        confidence: Confidence::High,
        controls: &["E5-T1"],
        maps: &["CWE-1188"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        let (Kind::Cmd(invocation) | Kind::Entrypoint(invocation) | Kind::Run(invocation)) = &instruction.kind else {
            continue;
        };
        let text = invocation.text.trim();
        let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).map(str::trim);
        // `[ -f x ]` is a test; a list has quotes or commas.
        let looks_like_a_list = inner.is_some_and(|inner| {
            inner.starts_with(['"', '\'', '\u{201c}'])
                && inner.contains(',')
                && !inner.contains("] ")
                && !inner.contains(" = ")
                && !inner.contains(" == ")
        });
        if invocation.form == Form::Shell && looks_like_a_list {
            report.finding(
                invocation.span,
                "this is no JSON (double quotes, no trailing comma), so a shell gets it as text and fails",
            );
        }
    }
}
