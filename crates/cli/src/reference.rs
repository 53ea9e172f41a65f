//! `checks`, `explain`, `completions`: what Palisade says about itself.

use anyhow::anyhow;
use clap::CommandFactory as _;
use palisade_checks::{catalogue, distance};

use crate::arguments::{Arguments, Checks, Completions, Explain};
use crate::exit::{Exit, hinted};

/// Lists every check.
pub(crate) fn checks(arguments: &Checks) -> anyhow::Result<Exit> {
    let family = arguments.family.as_deref();
    let chosen: Vec<_> = catalogue()
        .map(|check| &check.meta)
        .filter(|meta| family.is_none_or(|family| meta.family() == family))
        .collect();
    if chosen.is_empty() {
        let families: std::collections::BTreeSet<_> = catalogue().map(|check| check.meta.family()).collect();
        let families = families.into_iter().collect::<Vec<_>>().join(", ");
        return Err(hinted(anyhow!("there is no family `{}`", family.unwrap_or("")), format!("one of {families}")));
    }
    if arguments.json {
        let rows: Vec<_> = chosen
            .iter()
            .map(|meta| {
                serde_json::json!({
                    "id": meta.id, "title": meta.title, "severity": meta.severity, "confidence": meta.confidence,
                    "since": meta.since, "controls": meta.controls, "maps": meta.maps,
                })
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        let width = chosen.iter().map(|meta| meta.id.len()).max().unwrap_or(0);
        for meta in chosen {
            println!("{:width$}  {:8}  {}", meta.id, meta.severity, meta.title);
        }
    }
    Ok(Exit::Done)
}

/// Prints a check's page.
pub(crate) fn explain(arguments: &Explain) -> anyhow::Result<Exit> {
    let Some(check) = palisade_checks::find(&arguments.id) else {
        let nearest = catalogue().map(|check| check.meta.id).min_by_key(|id| distance(id, &arguments.id)).unwrap_or("");
        return Err(hinted(anyhow!("no check is called `{}`", arguments.id), format!("did you mean `{nearest}`?")));
    };
    let meta = &check.meta;
    println!("{}", meta.page.trim_end());
    println!("\nSeverity {}, confidence {}, since {}.", meta.severity, meta.confidence, meta.since);
    println!("Controls: {}. Maps: {}.", meta.controls.join(", "), meta.maps.join(", "));
    Ok(Exit::Done)
}

/// Prints a completion script.
pub(crate) fn completions(arguments: &Completions) -> anyhow::Result<Exit> {
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "palisade", &mut std::io::stdout());
    Ok(Exit::Done)
}
