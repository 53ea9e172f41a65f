//! Reads `{"id", "version", "pod"}` lines and adds `"found"`: the Kubernetes checks that fire on each pod.
//! `xtask/interop/psa` compares that with the verdicts of Kubernetes' own admission library.

use std::collections::BTreeSet;
use std::io::{BufRead, BufWriter, Write};

use palisade_checks::{Scanner, Selection, Settings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut output = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let mut line: serde_json::Value = serde_json::from_str(&line?)?;
        let version = line.get("version").and_then(serde_json::Value::as_u64).ok_or("a line has no version")?;
        let mut settings = Settings::default();
        settings.kubernetes.version = format!("1.{version}").parse()?;
        let text = serde_json::to_string_pretty(line.get("pod").ok_or("a line has no pod")?)?;
        let scan =
            Scanner::new(settings, &Selection::default()).scan_files(&[("pod.json".to_owned(), text.into_bytes())]);
        let found: BTreeSet<&str> = scan.findings.iter().map(|finding| finding.check.id).collect();
        line["found"] = serde_json::to_value(found)?;
        writeln!(output, "{line}")?;
    }
    Ok(())
}
