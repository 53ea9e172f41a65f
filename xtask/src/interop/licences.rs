//! Expressions of licences against a library that knows the same list: which are one, and how they are written.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use palisade_inventory::licence::{Expression, Term, ids};

use super::Bench;
use crate::project;

/// Statements about brackets, words and ids, valid and not. Forms that only one side reads on purpose are not among
/// them: references and `+` after ids without `-or-later`, which the library does not know, and `/` and full names.
const STATEMENTS: [&str; 28] = [
    "MIT or Apache-2.0 and isc",
    "(MIT or Apache-2.0) and isc",
    "((MIT))",
    "MIT OR (Zlib AND (MIT OR ISC))",
    "MIT Or ISC",
    "GPL-2.0",
    "gpl-2.0+",
    "LGPL-2.1+ OR AGPL-3.0",
    "GPL-2.0-only+",
    "GPL-2.0+ WITH Bison-exception-2.2",
    "GPL-2.0-only with gcc-exception-2.0 and MIT",
    "BSD-2-Clause-FreeBSD",
    "MIT WITH LLVM-exception WITH LLVM-exception",
    "(MIT) WITH LLVM-exception",
    "MIT WITH MIT",
    "MIT WITH",
    "WITH LLVM-exception",
    "MIT AND custom",
    "Apache2",
    "Apache 2.0",
    "MIT,ISC",
    "MIT; ISC",
    "MIT OR",
    "OR MIT",
    "(MIT",
    "MIT)",
    "()",
    "MIT AND OR ISC",
];

/// The library's list may be older than ours by this part of the ids, in percent.
const UNKNOWN_PERCENT_MAX: usize = 10;

/// An exception that SPDX gave up for `Qt-LGPL-exception-1.1`, by which the library calls it.
const RENAMED: &str = "Nokia-Qt-exception-1.1";

/// Every id of the list, and the statements above.
pub(super) fn expressions(bench: &Bench) -> Result<String> {
    let python = bench.python("license-expression")?;
    let mut groups: Vec<Vec<String>> = STATEMENTS.iter().map(|text| vec![(*text).to_owned()]).collect();
    let written = groups.len();
    groups.extend(ids().filter(|id| *id != RENAMED).map(|id| match Term::parse(id) {
        Some(_) => vec![id.to_owned(), format!("{} or MIT", id.to_lowercase()), format!("MIT AND ({id} OR ISC)")],
        None => vec![format!("MIT WITH {id}"), format!("MIT WITH {}", id.to_uppercase()), format!("MIT OR {id}")],
    }));
    let input = bench.scratch.join("statements");
    std::fs::write(&input, groups.concat().join("\n") + "\n")?;
    let judge = project::root().join("xtask/interop/licences.py");
    let output = Command::new(python).arg(judge).stdin(Stdio::from(std::fs::File::open(&input)?)).output()?;
    let answers = String::from_utf8(output.stdout).context("the library's answers are no text")?;
    let mut answers = answers.lines();
    let (mut wrong, mut compared, mut unknown) = (Vec::new(), 0, 0);
    for (at, group) in groups.iter().enumerate() {
        let theirs: Vec<&str> = answers.by_ref().take(group.len()).collect();
        if theirs.len() < group.len() {
            bail!("the library has no answer to `{}`", group.join("`, `"));
        }
        // Not on its list, or under a name of its own.
        if at >= written && theirs.first().is_none_or(|answer| answer.is_empty() || answer.contains("scancode")) {
            unknown += 1;
            continue;
        }
        compared += group.len();
        for (statement, their) in group.iter().zip(theirs) {
            let ours = Expression::parse(statement).ok().filter(Expression::is_spdx);
            let ours = ours.map(|expression| expression.to_string()).unwrap_or_default();
            if ours != their {
                wrong.push(format!("`{statement}`: `{ours}` here, `{their}` there"));
            }
        }
    }
    if !wrong.is_empty() {
        bail!("{} of {compared} statements differ:\n{}", wrong.len(), wrong.join("\n"));
    }
    if unknown * 100 > groups.len() * UNKNOWN_PERCENT_MAX {
        bail!("the library does not know {unknown} of {} ids", groups.len() - written);
    }
    Ok(format!(
        "{compared} statements are an expression or none, and are written alike; {unknown} ids are not on its list"
    ))
}
