//! Expressions of licences against a library that knows the same list: which are one, and how they are written.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use palisade_inventory::licence::{Expression, nearest_ids};

use super::Bench;
use crate::project;

/// Statements about brackets, words and ids, valid and not. Forms that only one side reads on purpose are not among
/// them: references and `+` after ids without `-or-later`, which the library does not know, and `/` and full names.
const STATEMENTS: [&str; 28] = [
    "MIT or Apache-2.0 and isc",
    "(MIT or Apache-2.0) and isc",
    "((MIT))",
    "MIT OR (ISC OR (Zlib AND (MIT OR ISC)))",
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

/// Every id of the list, and the statements above.
pub(super) fn expressions(bench: &Bench) -> Result<String> {
    let python = bench.python("license-expression")?;
    let mut statements: Vec<String> = STATEMENTS.map(str::to_owned).to_vec();
    for id in nearest_ids() {
        statements.push(id.to_owned());
        statements.push(format!("{} or MIT", id.to_lowercase()));
        statements.push(format!("MIT AND ({id} OR ISC)"));
        statements.push(format!("MIT WITH {}", id.to_uppercase()));
    }
    let input = bench.scratch.join("statements");
    std::fs::write(&input, statements.join("\n") + "\n")?;
    let judge = project::root().join("xtask/interop/licences.py");
    let output = Command::new(python).arg(judge).stdin(Stdio::from(std::fs::File::open(&input)?)).output()?;
    let theirs = String::from_utf8(output.stdout).context("the library's answers are no text")?;
    if theirs.lines().count() != statements.len() {
        bail!("{} answers to {} statements", theirs.lines().count(), statements.len());
    }
    let mut wrong = Vec::new();
    for (statement, their) in statements.iter().zip(theirs.lines()) {
        let ours = Expression::parse(statement).ok().filter(Expression::is_spdx);
        let ours = ours.map(|expression| expression.to_string()).unwrap_or_default();
        if ours != their {
            wrong.push(format!("`{statement}`: `{ours}` here, `{their}` there"));
        }
    }
    if !wrong.is_empty() {
        bail!("{} of {} statements differ:\n{}", wrong.len(), statements.len(), wrong.join("\n"));
    }
    Ok(format!("{} statements are one or none, and written alike", statements.len()))
}
