//! Policies of AWS against the tables of others.

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Bench, findings, observed, text};

/// Writes a policy for each service with all actions that parliament knows, and one with a misspelt action.
const SCRIPT: &str = r#"
import json, os, parliament
folder = os.path.dirname(parliament.__file__)
total = 0
for service in json.load(open(os.path.join(folder, "iam_definition.json"))):
    actions = [service["prefix"] + ":" + one["privilege"] for one in service["privileges"]]
    if not actions:
        continue
    total += len(actions)
    for kind, some in (("known", actions), ("wrong", [actions[0] + "Zq"])):
        os.makedirs(kind, exist_ok=True)
        document = {"Statement": [{"Effect": "Deny", "Action": some, "Resource": "*"}]}
        name = f"{kind}/{service['prefix']}-{total}.json"
        with open(name, "w") as file:
            json.dump(document, file, indent=1)
print(total)
"#;

/// Of parliament's actions, so many may have ended since its table was made.
const ENDED_PERCENT_MAX: usize = 2;

/// Actions that parliament knows are known here, and misspelt ones are not.
pub(super) fn parliament(bench: &Bench) -> Result<String> {
    let python = bench.python("parliament")?;
    let mut command = Command::new(python);
    let (code, out, errors) = observed(command.args(["-c", SCRIPT]).current_dir(&bench.scratch))?;
    if code != 0 {
        bail!("parliament's table is not read: {errors}");
    }
    let total: usize = out.trim().parse().context("the script prints a number")?;
    let of = |kind: &str| -> Result<Vec<String>> {
        let scan = bench.scan(&bench.scratch.join(kind), &[".", "--select", "iam/unknown-action"])?;
        Ok(findings(&scan)?.iter().map(|one| text(one, "/location/path").to_owned()).collect())
    };
    let unknown = of("known")?.len();
    if unknown * 100 > total * ENDED_PERCENT_MAX {
        bail!("of {total} actions that parliament knows, {unknown} are unknown here");
    }
    let services = std::fs::read_dir(bench.scratch.join("wrong"))?.count();
    let told = of("wrong")?.len();
    // Of some services only the name is known here.
    if told * 2 < services {
        bail!("of {services} misspelt actions only {told} are told");
    }
    Ok(format!("{} of {total} actions are known to both; {told} of {services} misspelt ones are told", total - unknown))
}
