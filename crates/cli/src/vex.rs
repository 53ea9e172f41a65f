//! VEX in and out: documents that a scan shows beside known faults, and `palisade vex export`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use palisade_advisory::vex::{VEX_BYTES_MAX, Vex};
use palisade_model::Purl;
use palisade_report::{VexFormat, VexReport, VexRow, visible, write_vex};

use crate::arguments::packages::{VexExport, VexForm, VexVerb};
use crate::arguments::{Global, Look};
use crate::config::Config;
use crate::excepting::now;
use crate::exit::{Exit, hinted};
use crate::{console, sbom, target};

/// Documents of one run; each may be as large as [`VEX_BYTES_MAX`].
const DOCUMENTS_MAX: usize = 100;

/// Runs the verb.
pub(crate) fn run(verb: &VexVerb, global: &Global) -> anyhow::Result<Exit> {
    match verb {
        VexVerb::Export(arguments) => export(arguments, global),
    }
}

/// The documents that the settings and the command line name, with those names.
pub(crate) fn load(look: &Look, config: &Config, root: Option<&Path>) -> anyhow::Result<Vec<(String, Vex)>> {
    let of_settings = root.into_iter().flat_map(|root| {
        let named = config.settings.packages.vex.iter();
        named.map(|name| (name.clone(), root.join(name))).collect::<Vec<_>>()
    });
    let given = look.vex.iter().map(|path| (path.display().to_string(), path.clone()));
    let named: Vec<(String, PathBuf)> = of_settings.chain(given).collect();
    if named.len() > DOCUMENTS_MAX {
        bail!("{} VEX documents are named, and at most {DOCUMENTS_MAX} are read", named.len());
    }
    named.into_iter().map(|(name, path)| Ok((name.clone(), read(&name, &path)?))).collect()
}

fn read(name: &str, path: &Path) -> anyhow::Result<Vex> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(VEX_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read the VEX document {name}"))?;
    let vex = Vex::read(&bytes).with_context(|| format!("{name} is no VEX document"))?;
    if let Some(gap) = vex.gaps.first() {
        let more = match vex.gaps.len() {
            1 => String::new(),
            count => format!(", and {} more parts are", count - 1),
        };
        eprintln!("warning: {}: left out: {}{more}", visible(name), visible(gap));
    }
    Ok(vex)
}

fn export(arguments: &VexExport, global: &Global) -> anyhow::Result<Exit> {
    let looked = target::look(&arguments.target, &Look::default())?;
    if looked.scanner.advisories().is_none() {
        let error = anyhow::anyhow!("there is no index of advisories, so no known fault and no statement about one");
        return Err(hinted(error, "`palisade db update --from DIRECTORY` builds one"));
    }
    let product = match &arguments.product {
        Some(text) => Purl::parse(text).with_context(|| format!("`{text}` is no package URL"))?,
        None => {
            let name = crate::bill::name_of(&arguments.target);
            Purl::new("generic", &name).with_context(|| format!("`{name}` is no name of a product"))?
        }
    };
    // The same fault of the same package in several files is one statement.
    let mut rows: BTreeMap<(String, String, String), VexRow> = BTreeMap::new();
    for finding in &looked.scan.findings {
        let (Some(fault), Some(note)) = (&finding.fault, &finding.exception) else { continue };
        let name = fault.names.first().cloned().unwrap_or_default();
        let key = (name, fault.package.to_string(), note.id.clone());
        rows.entry(key).or_insert_with(|| VexRow {
            names: fault.names.clone(),
            package: fault.package.clone(),
            note: note.clone(),
        });
    }
    if rows.is_empty() {
        eprintln!("warning: no exception covers a known fault of a package: the document has no statements");
    }
    let report = VexReport {
        product,
        author: arguments.author.clone(),
        namespace: arguments.namespace.clone().unwrap_or_default(),
        time: sbom::time_given()?.unwrap_or_else(now),
        rows: rows.into_values().collect(),
    };
    let format = match arguments.format {
        VexForm::Openvex => VexFormat::OpenVex,
        VexForm::Cyclonedx => VexFormat::CycloneDx,
        VexForm::Csaf => VexFormat::Csaf,
    };
    console::write(arguments.output.as_deref(), global, false, |_, out| write_vex(out, &report, format))?;
    Ok(Exit::Done)
}
