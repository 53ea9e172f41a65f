//! Packages that a script installs by name alone.

use super::place::StepAt;
use palisade_inventory::shell::{Program, Word};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_step(
    Meta {
        id: "ci/adhoc-install",
        title: "tool is installed without a version",
        page: include_str!("adhoc_install.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::Medium,
        controls: &["E2-T2"],
        maps: &["CWE-1357", "CWE-494", "OWASP-CICD:CICD-SEC-3"],
    },
    run,
);

fn run(at: &StepAt<'_, '_>, report: &mut Report<'_>) {
    for command in &at.step.script().commands {
        let Some(program) = command.program() else { continue };
        let Some(package) = loose(&program) else { continue };
        let privileged = at
            .place
            .workflow
            .zip(at.place.job)
            .is_some_and(|(workflow, job)| super::facts::is_privileged(workflow, job));
        let message = format!(
            "whatever `{}` is in the registry today runs in this job; install from a lock file, or name a version",
            package.text.chars().take(60).collect::<String>()
        );
        let severity = if privileged { Severity::Low } else { Severity::Info };
        report.finding(at.step.span_of(package.span), message).severity(severity);
    }
}

/// The first package that is installed by name alone.
fn loose<'c>(program: &Program<'c>) -> Option<&'c Word> {
    let words = program.arguments;
    let after = |verbs: &[&str]| {
        let at = words.iter().position(|word| verbs.contains(&word.text.as_str()))?;
        // `pnpm exec playwright install chromium`: the verb is another program's.
        let other = words.iter().take(at).any(|word| matches!(word.text.as_str(), "exec" | "run" | "dlx" | "x"));
        words.get(at + 1..).filter(|_| !other)
    };
    match program.name {
        "npm" | "pnpm" => package(
            after(&["install", "i", "add"])?,
            &["--prefix", "-C", "--registry", "--filter", "-w", "--workspace", "--loglevel"],
            is_npm_loose,
        ),
        "yarn" => package(after(&["add"])?, &["--cwd", "--registry"], is_npm_loose),
        "npx" | "bunx" => {
            let first = words.iter().find(|word| !word.text.starts_with('-'))?;
            let yes = words.iter().any(|word| matches!(word.text.as_str(), "-y" | "--yes"));
            (yes && is_npm_loose(&first.text)).then_some(first)
        }
        "pip" | "pip3" | "pipx" | "uv" => {
            if words.iter().any(|word| word.text == "--require-hashes") {
                return None;
            }
            package(
                after(&["install"])?,
                &[
                    "-r",
                    "--requirement",
                    "-c",
                    "--constraint",
                    "-e",
                    "--editable",
                    "-i",
                    "--index-url",
                    "--extra-index-url",
                    "-t",
                    "--target",
                    "-f",
                    "--find-links",
                    "--python",
                    "--prefix",
                    "--root",
                ],
                is_pip_loose,
            )
        }
        "python" | "python3" => {
            let at = words.iter().position(|word| word.text == "-m")?;
            let pip = words.get(at + 1).is_some_and(|word| word.text == "pip")
                && words.get(at + 2).is_some_and(|word| word.text == "install");
            package(
                words.get(at + 3..).filter(|_| pip)?,
                &[
                    "-r",
                    "--requirement",
                    "-c",
                    "--constraint",
                    "-e",
                    "-i",
                    "--index-url",
                    "--extra-index-url",
                    "-t",
                    "--target",
                    "-f",
                    "--find-links",
                ],
                is_pip_loose,
            )
        }
        "gem" => {
            let rest = after(&["install"])?;
            if program.option_value(&["-v", "--version"]).is_some() {
                return None;
            }
            package(rest, &["--source", "-i"], |name| !name.contains(':') && !name.ends_with(".gem"))
        }
        "bundle" => package(after(&["add"])?, &["--version", "-v"], |_| true)
            .filter(|_| program.option_value(&["--version", "-v"]).is_none()),
        "cargo" => {
            let rest = after(&["install"])?;
            let fixed = ["--version", "--vers", "--path", "--git", "--rev", "--locked"];
            if rest.iter().any(|word| fixed.iter().any(|option| word.text.starts_with(option))) {
                return None;
            }
            package(rest, &["--root", "--features", "--target", "-F", "--profile"], |name| !name.contains('@'))
        }
        "go" => package(after(&["install"])?, &["-ldflags", "-tags"], |name| {
            name.ends_with("@latest") || name.ends_with("@main") || name.ends_with("@master")
        }),
        _ => None,
    }
}

fn package<'c>(words: &'c [Word], valued: &[&str], is_loose: fn(&str) -> bool) -> Option<&'c Word> {
    let mut skip = false;
    for word in words {
        if std::mem::take(&mut skip) {
            continue;
        }
        let text = word.text.as_str();
        if text.starts_with('-') {
            skip = valued.contains(&text);
        } else if is_name(text) && is_loose(text) {
            return Some(word);
        }
    }
    None
}

/// Whether it is a package's name and no path, URL, archive or variable.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(['.', '/', '~', '$', '*', '{'])
        && !text.contains("://")
        && !text.contains(['$', '*', '\\', '`'])
        && ![".whl", ".tgz", ".tar.gz", ".zip"].iter().any(|ending| text.ends_with(ending))
        && !text.starts_with("git+")
        && !text.starts_with("file:")
}

fn is_npm_loose(name: &str) -> bool {
    match name.get(1..).and_then(|rest| rest.find('@').map(|at| at + 1)) {
        None => true,
        Some(at) => matches!(name.get(at + 1..), Some("latest" | "next" | "beta" | "")),
    }
}

fn is_pip_loose(name: &str) -> bool {
    // Installing tools of the installation itself is as old as pip, and pinning them helps little.
    !name.contains(['=', '<', '>', '@', '~'])
        && !name.contains('/')
        && !matches!(name, "pip" | "setuptools" | "wheel" | "build")
}
