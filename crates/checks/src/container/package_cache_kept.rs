//! Caches and indexes left in a layer.

use palisade_inventory::dockerfile::{Dockerfile, Form, Instruction, Invocation};
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity, Span};

use super::packages::installed;
use super::steps::steps_of;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/package-cache-kept",
        title: "package manager's cache stays in the image",
        page: include_str!("package_cache_kept.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T1"],
        maps: &[],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for (instruction, invocation) in file.runs() {
        if !file.is_shipped(instruction) || instruction.flag("mount").is_some() {
            continue;
        }
        let Some(install) = steps_of(instruction, invocation).find(|step| !installed(step).is_empty()) else {
            continue;
        };
        let removes = |path: &str| {
            install.around().any(|(_, program)| {
                matches!(program.name, "rm" | "find") && program.arguments.iter().any(|word| word.text.contains(path))
            })
        };
        let cleans = || {
            install.around().any(|(_, program)| {
                program.arguments.iter().any(|word| matches!(word.text.as_str(), "clean" | "autoclean" | "cc"))
            })
        };
        // apk keeps an index only when it is told to fetch one apart from an install.
        let updates =
            || install.around().any(|(_, program)| program.arguments.first().is_some_and(|word| word.text == "update"));
        let (kept, cure) = match install.program.name {
            "apt-get" | "apt" | "aptitude" => (!removes("/var/lib/apt"), "rm -rf /var/lib/apt/lists/*"),
            "apk" => (updates() && !removes("/var/cache/apk"), "apk add --no-cache"),
            "yum" | "dnf" | "microdnf" | "tdnf" => (!cleans() && !removes("/var/cache"), "clean all"),
            "zypper" => (!cleans() && !removes("/var/cache"), "zypper clean"),
            _ => (false, ""),
        };
        if kept {
            let message = format!("the index stays in this layer; end the step with `{cure}`");
            let cure = match install.program.name {
                "apt-get" | "apt" => cure.to_owned(),
                name @ ("yum" | "dnf" | "microdnf" | "tdnf") => format!("{name} {cure}"),
                _ => String::new(),
            };
            let fix = Some(cure).filter(|cure| !cure.is_empty() && !is_used_later(file, instruction));
            let fix = fix.and_then(|cure| append(instruction, invocation, &cure, report.text()));
            report.finding(install.program.word.span, message).maybe_fix(fix);
        }
    }
}

/// Whether a later step of the file installs from the index that this one fetched.
fn is_used_later(file: &Dockerfile, instruction: &Instruction) -> bool {
    let later = file.runs().filter(|(other, _)| other.span.start > instruction.span.start);
    later.into_iter().any(|(other, invocation)| {
        let installs = steps_of(other, invocation).any(|step| !installed(&step).is_empty());
        installs
            && !steps_of(other, invocation).any(|step| step.program.arguments.iter().any(|word| word.text == "update"))
    })
}

/// The command at the end of the step, in the way that its lines are joined; only behind a plain chain of `&&`.
fn append(instruction: &Instruction, invocation: &Invocation, command: &str, text: &str) -> Option<Fix> {
    let raw = instruction.span.of(text);
    let chained = invocation.form == Form::Shell
        && invocation.script.complete
        && !invocation.text.contains([';', '#', '\n', '`'])
        && !invocation.text.contains("||")
        && !invocation.text.contains("sudo ")
        && !invocation.text.replace("&&", "").contains('&');
    if !chained || instruction.on_build || raw.ends_with('\\') || !instruction.here_documents.is_empty() {
        return None;
    }
    let newline = if raw.contains("\r\n") { "\r\n" } else { "\n" };
    let lines: Vec<&str> = raw.lines().skip(1).filter(|line| !line.trim_start().starts_with('#')).collect();
    let indentation = |line: &str| line.get(..line.len() - line.trim_start().len()).unwrap_or("").to_owned();
    let trailing = raw.lines().any(|line| line.trim_end().ends_with("&& \\"));
    let leading = lines.iter().find(|line| line.trim_start().starts_with("&&"));
    let replacement = match (leading, lines.last()) {
        (Some(line), _) => {
            let gap = line.trim_start().get(2..).map_or(1, |rest| rest.len() - rest.trim_start().len());
            format!(" \\{newline}{}&&{}{command}", indentation(line), " ".repeat(gap))
        }
        (None, Some(_)) if trailing => {
            let after = raw.lines().skip_while(|line| !line.trim_end().ends_with("&& \\")).nth(1)?;
            format!(" && \\{newline}{}{command}", indentation(after))
        }
        (None, Some(last)) => format!(" \\{newline}{}&& {command}", indentation(last)),
        (None, None) => format!(" && {command}"),
    };
    let at = instruction.span.start as usize + raw.trim_end().len();
    let edit = Edit { path: None, span: Span::new(at, at), replacement };
    // An image built on this one may install from what was left.
    Some(Fix::new("clean up in the same layer", Safety::Unsafe, vec![edit]))
}
