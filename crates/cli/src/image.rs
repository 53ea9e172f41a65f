//! A container image as a target: its packages, the secrets in its layers and in its settings.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context as _, anyhow};
use palisade_checks::packages::is_compared;
use palisade_checks::{FileReport, Host, Scan, Scanner};
use palisade_inventory::package::{Bill, InLayer, Read, Systems, is_manifest, is_program, is_recipe};
use palisade_inventory::{Facts, Format};
use palisade_model::{Coverage, Skipped};
use palisade_report::ImageTarget;
use palisade_source::image::{Choice, Event, Image, Platform, Want, is_image, is_packed, is_packed_image};
use palisade_source::{Entry, archive, image};

use crate::exit::hinted;
use crate::registry;

/// Folders of systems, whose texts hold nothing of the image's owner.
const OF_OTHERS: [&str; 19] = [
    "bin/",
    "sbin/",
    "lib/",
    "lib64/",
    "usr/bin/",
    "usr/sbin/",
    "usr/lib/",
    "usr/lib64/",
    "usr/libexec/",
    "usr/share/",
    "usr/include/",
    "usr/src/linux",
    "usr/local/lib/python",
    "usr/local/go/",
    "usr/local/lib/node_modules/",
    "var/lib/dpkg/",
    "var/lib/apt/",
    "var/cache/",
    "var/log/",
];

/// Packages of all layers together; the largest images have some tens of thousands.
const PACKAGES_MAX: usize = 1_000_000;
/// Parts of one archive of Java that are told because they are not read.
const REFUSED_MAX: usize = 20;
/// Bytes that may come out of all archives of Java in an image: half a minute of work.
const ARCHIVES_BYTES_MAX: u64 = 16 << 30;

/// An image that was named.
pub(crate) struct Named {
    what: What,
    /// As the user says.
    pub(crate) shown: String,
}

enum What {
    /// A layout or an archive, and a name in it.
    Path(PathBuf, Option<String>),
    Registry(String),
}

/// The image that a target is, if it is one: a layout or an archive that is there, a name with `oci:`,
/// `docker-archive:` or `registry:` before it, or a name with a tag, a digest or a registry that is no path.
pub(crate) fn named(target: &Path) -> Option<Named> {
    let text = target.to_str()?;
    let shown = text.to_owned();
    for scheme in ["oci:", "oci-archive:", "docker-archive:"] {
        if let Some(rest) = text.strip_prefix(scheme) {
            let (path, name) = split(rest, &|path| Path::new(path).exists());
            return Some(Named { what: What::Path(path.into(), name.map(str::to_owned)), shown });
        }
    }
    if let Some(rest) = text.strip_prefix("registry:") {
        return Some(Named { what: What::Registry(rest.to_owned()), shown });
    }
    if target.exists() {
        return (is_image(target) || is_packed(target) && is_packed_image(target))
            .then(|| Named { what: What::Path(target.to_owned(), None), shown });
    }
    let is_path = text.starts_with(['.', '/', '-', '~']) || text.contains("//");
    (!is_path && registry::is_reference(text)).then(|| Named { what: What::Registry(text.to_owned()), shown })
}

/// A path and the name of an image in it: `shop.tar`, `shop.tar:team/web:1`, `layout@sha256:…`. The shortest path that is
/// there counts, since names may hold colons too.
pub(crate) fn split<'t>(text: &'t str, exists: &dyn Fn(&str) -> bool) -> (&'t str, Option<&'t str>) {
    if exists(text) {
        return (text, None);
    }
    let cuts = text.match_indices([':', '@']).map(|(at, _)| at);
    let parts = cuts.filter_map(|at| Some((text.get(..at)?, text.get(at + 1..)?)));
    let found = parts.into_iter().find(|(path, name)| !name.is_empty() && exists(path));
    found.map_or((text, None), |(path, name)| (path, Some(name)))
}

impl Named {
    /// Opens the image; of a registry only its documents are fetched yet.
    pub(crate) fn open(&self, platform: Option<&Platform>, offline: bool) -> anyhow::Result<Image> {
        let choice = |name: Option<String>| Choice { name, platform: platform.cloned() };
        match &self.what {
            What::Path(path, name) => {
                let choice = choice(name.clone());
                let opened = match is_packed(path) {
                    true => Image::in_file(unpacked(path)?, &choice),
                    false => Image::open(path, &choice),
                };
                opened.with_context(|| format!("cannot read the image {}", self.shown))
            }
            What::Registry(_) if offline => {
                Err(anyhow!("{} would be fetched from a registry, and --offline forbids it", self.shown))
            }
            What::Registry(reference) => {
                let (remote, name) = registry::Images::of(reference)?;
                let opened = Image::remote(Box::new(remote), &name, &choice(None));
                opened.with_context(|| format!("cannot read the image {}", self.shown)).map_err(|error| {
                    hinted(
                        error,
                        "a path is written `./NAME`; `docker login` or `podman login` keeps passwords for registries",
                    )
                })
            }
        }
    }
}

/// What is in a compressed archive, in a file without a name, which goes when it is closed.
fn unpacked(path: &Path) -> anyhow::Result<File> {
    let failed = || format!("cannot unpack the image {}", path.display());
    let mut file = tempfile::tempfile().with_context(failed)?;
    image::unpack(path, &mut file).with_context(failed)?;
    Ok(file)
}

/// What the layers hold.
pub(crate) struct Contents {
    pub(crate) bill: Bill,
    reports: Vec<FileReport>,
}

/// Whether a text may hold secrets of the image's owner.
fn is_own(path: &str) -> bool {
    !OF_OTHERS.iter().any(|folder| path.starts_with(folder))
}

/// Reads all layers: lists of packages always, texts where a scanner wants to look for secrets.
pub(crate) fn read(image: &Image, scanner: Option<&Scanner>) -> anyhow::Result<Contents> {
    let secrets = scanner.filter(|scanner| scanner.checks().iter().any(|check| check.meta.family() == "secrets"));
    let packages = scanner.is_none_or(|scanner| scanner.checks().iter().any(|check| check.meta.family() == "packages"));
    let wanted = |path: &str| {
        if packages && (lists_packages(path) || Systems::has(path) || is_java(path)) {
            return Want::Yes;
        }
        let text = secrets.is_some() && is_own(path);
        match (packages && may_be_program(path), text) {
            (true, true) => Want::IfProgramOrText,
            (true, false) => Want::IfProgram,
            (false, true) => Want::IfText,
            (false, false) => Want::No,
        }
    };
    let mut files: Vec<InLayer> = Vec::new();
    let mut there: HashMap<String, std::ops::Range<usize>> = HashMap::new();
    let mut systems = Systems::default();
    let mut reports = Vec::new();
    // Bytes that came out of archives of Java.
    let mut unpacked = 0;
    // Packages that files named.
    let mut named = 0;
    // Texts in which nothing was found are counted: there may be millions.
    let mut clean = 0;
    // Reports by path, for files that later layers take away.
    let mut told: HashMap<String, usize> = HashMap::new();
    image.read(&wanted, &mut |layer, event| {
        let layer_number = u32::try_from(layer).unwrap_or(u32::MAX);
        match event {
            Event::File { path, bytes } => {
                if Systems::has(path) {
                    systems.add(path, &String::from_utf8_lossy(bytes));
                }
                let mut reads = if packages { packages_of(path, bytes, &mut unpacked) } else { Vec::new() };
                named += reads.iter().map(|read| read.manifest.packages.len()).sum::<usize>();
                if named > PACKAGES_MAX && !reads.is_empty() {
                    // Those that were named until now stay; this file is told.
                    let reason = format!("not taken in: the image names more than {PACKAGES_MAX} packages");
                    reads = vec![Read::refused(path, &reason)];
                }
                if !reads.is_empty() {
                    there.insert(path.to_owned(), files.len()..files.len() + reads.len());
                    files.extend(reads.into_iter().map(|read| InLayer { layer: layer_number, removed: None, read }));
                } else if let Some(scanner) = secrets.filter(|_| is_own(path) && !is_program(bytes)) {
                    let report = secrets_of(scanner, image, layer, path, bytes);
                    if report.findings.is_empty() {
                        clean += 1;
                        return false;
                    }
                    told.insert(path.to_owned(), reports.len());
                    reports.push(report);
                }
            }
            Event::Unread { path, reason } => reports.push(unread(path, reason)),
            Event::Gone { path } => {
                if let Some(report) = told.remove(path).and_then(|at| reports.get_mut(at)) {
                    still_there(report, image, layer);
                }
                systems.remove(path);
                let gone = there.remove(path).and_then(|range| files.get_mut(range));
                gone.into_iter().flatten().for_each(|file| file.removed = Some(layer_number));
            }
        }
        true
    })?;
    if let Some(scanner) = secrets {
        let settings = [("image config: environment", &image.environment), ("image config: history", &image.history)];
        for (name, lines) in settings {
            reports.push(report(name, scanner.secrets_in(name, lines.join("\n").as_bytes())));
        }
    }
    if clean > 0 {
        let coverage = Coverage { seen: clean, parsed: clean, ..Coverage::default() };
        reports.push(FileReport { coverage, ..report("", Vec::new()) });
    }
    let bill = Bill::of_layers(files.clone(), &systems);
    let reports = match scanner {
        Some(scanner) => finished(scanner, files, &systems, reports)?,
        None => reports,
    };
    Ok(Contents { bill, reports })
}

/// What is said of the packages that are left, beside what was said of texts.
fn finished(
    scanner: &Scanner,
    files: Vec<InLayer>,
    systems: &Systems,
    mut reports: Vec<FileReport>,
) -> anyhow::Result<Vec<FileReport>> {
    for mut file in files.into_iter().filter(|file| file.removed.is_none()) {
        systems.name(&file.read.path, &mut file.read.manifest);
        let mut one = scanner.packages_in(&file.read.path, &file.read.manifest)?;
        if scanner.judges_licences() && (!is_manifest(&file.read.path) || is_compared(&file.read.path)) {
            one.facts.listed = Some(Box::new(file.read));
        }
        reports.push(one);
    }
    Ok(reports)
}

/// The packages that a file names: itself, its archive's members, or what it was built from. `unpacked` counts what came
/// out of archives.
fn packages_of(path: &str, bytes: &[u8], unpacked: &mut u64) -> Vec<Read> {
    if !is_java(path) {
        let list = Some(path).filter(|path| lists_packages(path)).and_then(|path| Read::of(path, bytes));
        return list.or_else(|| Read::of_program(path, bytes)).into_iter().collect();
    }
    if *unpacked > ARCHIVES_BYTES_MAX {
        let gib = ARCHIVES_BYTES_MAX >> 30;
        return vec![Read::refused(path, &format!("not opened: the archives of the image hold more than {gib} GiB"))];
    }
    let found: Mutex<(Vec<Read>, usize)> = Mutex::default();
    *unpacked += archive::unpack_bytes(bytes, path, &|entry| {
        let Ok(mut found) = found.lock() else { return };
        match &entry {
            Entry::File(file) if file.is_whole() => found.0.extend(Read::of(file.path, file.bytes)),
            Entry::Unreadable { path, reason } => {
                found.1 += 1;
                if found.1 <= REFUSED_MAX {
                    found.0.push(Read::refused(path, reason));
                }
            }
            _ => {}
        }
    });
    let (mut reads, refused) = found.into_inner().unwrap_or_default();
    if refused > REFUSED_MAX {
        reads.push(Read::refused(path, &format!("{} more of its parts are not read", refused - REFUSED_MAX)));
    }
    if reads.is_empty() {
        reads.push(Read::unnamed(path, "an archive of Java that does not say which artifact of Maven it is"));
    }
    reads
}

/// Whether a file says which packages lie around it. A recipe beside what was built by it tells of elsewhere.
fn lists_packages(path: &str) -> bool {
    is_manifest(path) && !is_recipe(path)
}

fn is_java(path: &str) -> bool {
    [".jar", ".war", ".ear", ".jpi", ".hpi"].iter().any(|ending| path.ends_with(ending))
}

/// Whether a file may be a program by its name: those without an ending, libraries, and those whose ending is a version.
fn may_be_program(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((_, ending)) = name.rsplit_once('.') else { return true };
    matches!(ending, "exe" | "dll" | "so" | "dylib" | "node" | "bin")
        || name.contains(".so.")
        || ending.bytes().any(|byte| !byte.is_ascii_lowercase())
}

fn secrets_of(scanner: &Scanner, image: &Image, layer: usize, path: &str, bytes: &[u8]) -> FileReport {
    let mut findings = scanner.secrets_in(path, bytes);
    // A system's settings speak of passwords everywhere; keys of providers are keys there too.
    findings.retain(|finding| !path.starts_with("etc/") || !finding.check.id.starts_with("secrets/generic"));
    let id = image.layers.get(layer).map_or("", |layer| layer.id());
    for finding in &mut findings {
        finding.fix = None;
        finding.message.push_str(&format!("; in layer {} of {} ({})", layer + 1, image.layers.len(), short(id)));
    }
    report(path, findings)
}

/// Says of what was found in a file that a later layer takes the file away, which helps nobody.
fn still_there(report: &mut FileReport, image: &Image, layer: usize) {
    let id = image.layers.get(layer).map_or("", |layer| layer.id());
    for finding in &mut report.findings {
        finding.message.push_str(&format!(
            "; layer {} ({}) takes the file away or replaces it, but whoever has the image still has the layer below",
            layer + 1,
            short(id)
        ));
    }
}

fn report(path: &str, findings: Vec<palisade_model::Finding>) -> FileReport {
    let coverage = Coverage { seen: 1, parsed: 1, ..Coverage::default() };
    FileReport { findings, facts: Facts::new(path.into(), Format::Other), coverage, marks: Vec::new() }
}

fn unread(path: &str, reason: &str) -> FileReport {
    let skipped = Skipped { path: path.to_owned(), reason: reason.to_owned() };
    let coverage = Coverage { seen: 1, unreadable: vec![skipped], ..Coverage::default() };
    FileReport { findings: Vec::new(), facts: Facts::new(path.into(), Format::Other), coverage, marks: Vec::new() }
}

/// The first digits of a digest.
fn short(digest: &str) -> &str {
    let digits = digest.split_once(':').map_or(digest, |(_, digits)| digits);
    digits.get(..12).unwrap_or(digits)
}

/// Scans an image.
pub(crate) fn scan(scanner: &Scanner, image: &Image) -> anyhow::Result<Scan> {
    let contents = read(image, Some(scanner))?;
    let mut scan = scanner.finish(contents.reports, Host::reading(&|_| None));
    let layers: HashMap<String, u32> = contents
        .bill
        .components
        .iter()
        .filter_map(|component| Some((component.purl.bare().to_string(), component.layers?.brought)))
        .collect();
    for finding in scan.findings.iter_mut().filter(|finding| finding.check.family() == "packages") {
        let number = layers.get(&finding.location.structure).copied();
        if let Some((number, layer)) = number.and_then(|number| Some((number, image.layers.get(number as usize)?))) {
            let (number, all, id) = (number + 1, image.layers.len(), short(layer.id()));
            finding.message.push_str(&format!("; from layer {number} of {all} ({id})"));
        }
    }
    Ok(scan)
}

/// What reports say of the image itself.
pub(crate) fn described(image: &Image) -> ImageTarget {
    ImageTarget {
        digest: image.digest.clone(),
        platform: image.platform.to_string(),
        layers: image.layers.iter().map(|layer| layer.id().to_owned()).collect(),
    }
}
