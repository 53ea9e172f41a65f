//! `checks`, `explain`, `completions`: what Palisade says about itself.

use anyhow::anyhow;
use clap::CommandFactory as _;
use palisade_checks::{catalogue, distance};
use palisade_model::Meta;

use crate::arguments::{Arguments, Checks, Completions, Explain, Global, PlainFormat};
use crate::console;
use crate::exit::{Exit, hinted};

/// Lists every check.
pub(crate) fn checks(arguments: &Checks, global: &Global) -> anyhow::Result<Exit> {
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
    list(&chosen, arguments.format, global)
}

fn list(chosen: &[&'static Meta], format: PlainFormat, global: &Global) -> anyhow::Result<Exit> {
    console::print(|out| match format {
        PlainFormat::Human => palisade_report::write_checks(chosen, &console::style(global, false), out),
        PlainFormat::Json => palisade_report::write_checks_json(chosen, out),
    })?;
    Ok(Exit::Done)
}

/// Prints a check's page, or lists the checks of a family.
pub(crate) fn explain(arguments: &Explain, global: &Global) -> anyhow::Result<Exit> {
    let Some(check) = palisade_checks::find(&arguments.id) else {
        let metas = catalogue().map(|check| &check.meta);
        let family: Vec<_> = metas.filter(|meta| meta.family() == arguments.id).collect();
        if !family.is_empty() {
            return list(&family, arguments.format, global);
        }
        let nearest = catalogue().map(|check| check.meta.id).min_by_key(|id| distance(id, &arguments.id)).unwrap_or("");
        return Err(hinted(anyhow!("no check is called `{}`", arguments.id), format!("did you mean `{nearest}`?")));
    };
    console::print(|out| match arguments.format {
        PlainFormat::Human => palisade_report::write_explanation(&check.meta, &console::style(global, false), out),
        PlainFormat::Json => palisade_report::write_explanation_json(&check.meta, out),
    })?;
    Ok(Exit::Done)
}

/// Prints a completion script.
pub(crate) fn completions(arguments: &Completions) -> anyhow::Result<Exit> {
    // It panics when it cannot write, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "palisade", &mut script);
    console::print(|out| out.write_all(&script))?;
    Ok(Exit::Done)
}
