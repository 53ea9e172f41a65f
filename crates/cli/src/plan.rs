//! `palisade plan`: a scan, the owners and the plan before become a backlog.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use palisade_gate::plan::{Change, Evidence, Plan, Previous, Status};
use palisade_inventory::codeowners::{Owners, PLACES};
use palisade_source::directory::Directory;

use crate::arguments::{self, Global};
use crate::exit::{Exit, hinted};
use crate::{console, target, verify};

/// Where a target keeps the plan before.
const PLAN_FILE: &str = ".palisade/plan.json";

/// Files that were written by us are read up to here; each parser has a smaller bound of its own.
const FILE_BYTES_MAX: u64 = (256 << 20) + 1;

/// Runs the verb.
pub(crate) fn run(arguments: &arguments::Plan, global: &Global) -> anyhow::Result<Exit> {
    let root = &arguments.target;
    if !root.is_dir() {
        return Err(anyhow!("{} is not a directory", root.display()));
    }
    let previous = previous(arguments)?;
    let (evidence, seen) = evidence(arguments, global)?;
    let owners = owners(root)?;
    let plan = Plan::of(&root.display().to_string(), &evidence, owners.as_ref(), previous.as_ref())
        .context("the catalogue that is built in does not parse")?;
    if let Some(code) = &arguments.ticket {
        let ticket = plan.ticket(code).ok_or_else(|| {
            hinted(anyhow!("there is no ticket `{code}`"), "`palisade plan` lists them: E1-T1, E1-T2, …")
        })?;
        console::print(|out| palisade_report::write_ticket(ticket, out))?;
        return Ok(match ticket.status {
            Status::Open => Exit::Deny,
            Status::NotMeasured => Exit::Undecided,
            Status::Clean | Status::PartlyMeasured => Exit::Done,
        });
    }
    // The place for the plan may not be there in a repository that never asked a gate.
    if let Some(folder) = arguments.output.as_deref().and_then(Path::parent).filter(|folder| *folder != Path::new("")) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    console::write(arguments.output.as_deref(), global, true, |_, out| {
        palisade_report::write_plan(arguments.format, &plan, out)
    })?;
    tell(&plan, previous.is_some());
    Ok(if seen { Exit::Done } else { Exit::Nothing })
}

/// What the plan rests on, and whether there was anything to look at.
fn evidence(arguments: &arguments::Plan, global: &Global) -> anyhow::Result<(Evidence, bool)> {
    if let Some(path) = &arguments.from {
        let evidence = Evidence::parse(&bytes(path)?).map_err(|error| {
            let error = anyhow::Error::new(error).context(format!("{} is no scan", path.display()));
            hinted(error, "write one with `palisade scan --format json -o FILE`")
        })?;
        return Ok((evidence, true));
    }
    verify::allowed(&arguments.look, global)?;
    let looked = target::look(&arguments.target, &arguments.look)?;
    let ran = looked.scanner.checks().iter().map(|check| check.meta.id);
    Ok((Evidence::of(&looked.scan, ran), !looked.scan.coverage.is_nothing()))
}

fn previous(arguments: &arguments::Plan) -> anyhow::Result<Option<Previous>> {
    let kept = arguments.target.join(PLAN_FILE);
    let path = match &arguments.previous {
        Some(path) => path,
        None if kept.is_file() => &kept,
        None => return Ok(None),
    };
    let previous = Previous::parse(&bytes(path)?).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("{} is no plan", path.display()));
        hinted(error, "write one with `palisade plan --format json -o FILE`; without it, tickets are filed again")
    })?;
    Ok(Some(previous))
}

/// Who owns what in the target.
fn owners(root: &Path) -> anyhow::Result<Option<Owners>> {
    let files = Directory::new(root).with_context(|| format!("cannot open {}", root.display()))?;
    let text = PLACES.iter().find_map(|path| files.read(path).ok());
    Ok(text.map(|bytes| Owners::parse(&String::from_utf8_lossy(&bytes))))
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let failed = || format!("cannot read {}", path.display());
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes))
        .with_context(failed)?;
    Ok(bytes)
}

/// What a person has to do besides, on standard error.
fn tell(plan: &Plan, continues: bool) {
    if !continues {
        return;
    }
    for (change, words) in [
        (Change::New, "new"),
        (Change::Closed, "to close"),
        (Change::Reopened, "to open again"),
        (Change::Kept, "filed"),
    ] {
        let tickets = plan.tickets().filter(|ticket| ticket.change == Some(change));
        let codes: Vec<&str> = tickets.map(|ticket| ticket.code.as_str()).collect();
        if !codes.is_empty() {
            eprintln!("{words}: {}", codes.join(", "));
        }
    }
}
