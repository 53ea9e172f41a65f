//! `cargo xtask ci`: what decides whether a change is good, beside the tests.

use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::project::{self, cargo, output, run};

const CLIPPY: [&str; 4] = ["clippy", "--workspace", "--locked", "--quiet"];

/// Tests make files, start git and give up at once; what ships was judged in the step before.
const ALLOWED_IN_TESTS: [&str; 6] = [
    "clippy::disallowed_methods",
    "clippy::expect_used",
    "clippy::indexing_slicing",
    "clippy::panic",
    "clippy::string_slice",
    "clippy::unwrap_used",
];

type Step = (&'static str, fn() -> Result<()>);

/// Runs every step, also after one failed, and says at the end which did.
pub(crate) fn run_all() -> Result<()> {
    let steps: [Step; 8] = [
        ("format", || run(&mut cargo(&["fmt", "--all", "--check"]))),
        ("clippy", || run(cargo(&CLIPPY).args(["--lib", "--bins", "--", "-D", "warnings"]))),
        ("clippy of tests", || {
            let mut clippy = cargo(&CLIPPY);
            clippy.args(["--all-targets", "--", "-D", "warnings"]);
            run(clippy.args(ALLOWED_IN_TESTS.iter().flat_map(|lint| ["-A", lint])))
        }),
        ("tidy", crate::tidy::run),
        ("generated files", || crate::generate::run(true)),
        ("scan of ourselves", scan_ourselves),
        ("gate on ourselves", judge_ourselves),
        ("fuzz", || crate::fuzz::run(None, crate::FUZZ_SECONDS)),
    ];
    let mut failed = Vec::new();
    for (name, step) in steps {
        let start = Instant::now();
        eprintln!("-- {name}");
        let result = step();
        let seconds = start.elapsed().as_secs_f32();
        match result {
            Ok(()) => eprintln!("   {name}: good ({seconds:.1}s)"),
            Err(error) => {
                eprintln!("   {name}: {error:#} ({seconds:.1}s)");
                failed.push(name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("{} failed", failed.join(", "));
    }
    Ok(())
}

/// The merge gate allows this checkout as it would any user's, and its ledger verifies.
fn judge_ourselves() -> Result<()> {
    let folder = project::target_dir().join("ci-gate");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let (ledger, key) = (folder.join("ledger"), folder.join("home/ledger.key"));
    let (ledger, key) = (ledger.to_string_lossy(), key.to_string_lossy());
    let palisade = |words: &[&str]| {
        let mut command = cargo(&["run", "--quiet", "--locked", "--package", "palisade", "--"]);
        run(command.args(words).args(["--ledger", &ledger, "--key", &key]))
    };
    palisade(&["gate", "merge"])?;
    palisade(&["ledger", "verify"])
}

/// Our own repository holds nothing above `info`, the mended example included.
fn scan_ourselves() -> Result<()> {
    let scan = output(&mut cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--package",
        "palisade",
        "--",
        "scan",
        ".",
        "--format",
        "json",
    ]))?;
    let document: Value = serde_json::from_str(&scan)?;
    let findings = document.get("findings").and_then(Value::as_array).context("the scan has no findings")?;
    let text = |finding: &Value, path: &str| finding.pointer(path).and_then(Value::as_str).unwrap_or("").to_owned();
    let mut faults = 0;
    for finding in findings.iter().filter(|finding| text(finding, "/severity") != "info") {
        let line = finding.pointer("/location/start/line").and_then(Value::as_u64).unwrap_or(0);
        let (path, check) = (text(finding, "/location/path"), text(finding, "/check"));
        if check == "scan/not-rendered" && text(finding, "/message").ends_with("helm is not installed") {
            eprintln!("   NOT CHECKED: {path}, because helm is not installed");
            continue;
        }
        eprintln!("{path}:{line}: {check}: {}", text(finding, "/message"));
        faults += 1;
    }
    if faults > 0 {
        bail!("{faults} findings in our own repository");
    }
    Ok(())
}
