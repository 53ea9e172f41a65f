//! apt-get install without --no-install-recommends.

use palisade_inventory::dockerfile::Dockerfile;
use palisade_inventory::shell::Word;
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity, Span};

use super::packages::{installed, name};
use super::steps::{Step, steps};
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/recommended-packages",
        title: "packages nobody asked for are installed",
        page: include_str!("recommended_packages.md"),
        since: "0.1.0",
        severity: Severity::Info,
        confidence: Confidence::High,
        controls: &["E1-T1"],
        maps: &["CIS-DOCKER:4.3"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let configured =
        steps(file).any(|step| step.command.words.iter().any(|word| word.text.contains("Install-Recommends")));
    for step in steps(file).filter(takes_more) {
        if file.is_shipped(step.instruction) && !configured {
            let message = "apt adds what packages recommend; add --no-install-recommends";
            // Of the installations of one instruction all are mended, or none.
            let mut others = steps(file).filter(|other| std::ptr::eq(other.instruction, step.instruction));
            let whole = others.all(|other| !takes_more(&other) || edit(&other, file).is_some());
            let edit = edit(&step, file).filter(|_| whole);
            let fix = edit.map(|edit| Fix::new("install only what is named", Safety::Unsafe, vec![edit]));
            report.finding(step.program.word.span, message).maybe_fix(fix);
        }
    }
}

/// Whether a step installs packages and whatever those recommend.
fn takes_more(step: &Step<'_>) -> bool {
    let told = |word: &Word| word.text == "--no-install-recommends" || word.text.contains("Install-Recommends");
    matches!(step.program.name, "apt-get" | "apt")
        && !step.program.arguments.iter().any(told)
        && !installed(step).is_empty()
}

/// Packages that hardly work without what they recommend, and what that is.
const NEEDS: [(&[&str], &[&str]); 3] = [
    (&["curl", "wget", "git", "git-core", "apt-transport-https"], &["ca-certificates"]),
    (&["gcc", "g++", "clang", "cpp"], &["libc6-dev", "build-essential", "libc-dev", "libstdc++-dev"]),
    (&["python3-pip", "python-pip", "npm", "software-properties-common"], &["\0"]),
];

fn edit(step: &Step<'_>, file: &Dockerfile) -> Option<Edit> {
    let all: Vec<&Word> = steps(file).flat_map(|step| installed(&step)).collect();
    let of_this = installed(step);
    let lost = |(packages, recommended): &(&[&str], &[&str])| {
        of_this.iter().any(|word| packages.contains(&name(&word.text)))
            && !all.iter().any(|word| recommended.contains(&name(&word.text)))
    };
    if NEEDS.iter().any(lost) || of_this.iter().any(|word| word.expands) || step.instruction.on_build {
        return None;
    }
    let words = step.program.arguments;
    let verb = words.iter().position(|word| word.text == "install")?;
    // Behind `-y` and the like, which take no value.
    let flags = words.iter().skip(verb + 1).take_while(|word| {
        matches!(
            word.text.as_str(),
            "-y" | "-q" | "-qq" | "-yq" | "-qy" | "-yqq" | "-qqy" | "--yes" | "--quiet" | "--assume-yes"
        )
    });
    let at = words.iter().skip(verb).take(1).chain(flags).last()?.span.end as usize;
    Some(Edit { path: None, span: Span::new(at, at), replacement: " --no-install-recommends".to_owned() })
}
