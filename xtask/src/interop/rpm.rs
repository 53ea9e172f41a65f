//! rpm's databases as rpm itself reads them: those that it writes here, and real ones of the corpus.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use palisade_model::Purl;
use serde_json::Value;

use super::tools::Missing;
use super::{Bench, observed};

/// Packages that are built, each of its own version.
const PACKAGES: usize = 60;
/// Every so many are taken away again, so that databases have room that is free.
const ERASED_STEP: usize = 7;
/// Backends that rpm writes, and the files of each.
const WRITTEN: [(&str, &str); 2] = [("sqlite", "rpmdb.sqlite"), ("ndb", "Packages.db")];
/// What is asked of rpm for each package.
const QUERY: &str = "%{NAME}|%{EPOCH}|%{VERSION}-%{RELEASE}|%{ARCH}|%{SOURCERPM}|%{MODULARITYLABEL}\n";
/// Where the corpus keeps databases: a folder for each system, with one file in it.
const CORPUS: &str = "rpm";

/// Every package of every database, on both sides.
pub(super) fn databases(bench: &Bench) -> Result<String> {
    let rpm = bench.debian("rpm", "rpm")?;
    let rpmbuild = bench.debian("rpmbuild", "rpm")?;
    let built = build(bench, &rpmbuild)?;
    let (mut said, mut absent) = (Vec::new(), Vec::new());
    for (backend, file) in WRITTEN {
        if !has(bench, &rpm, backend)? {
            absent.push(backend.to_owned());
            continue;
        }
        let folder = root_of(bench, backend)?;
        let run = |words: &[&str]| -> Result<()> {
            let (code, out, errors) = observed(ask(&rpm, &folder, backend).args(words))?;
            if code == 0 { Ok(()) } else { bail!("rpm {} with {backend}: {out}{errors}", words.first().unwrap_or(&"")) }
        };
        run(&["--initdb"])?;
        let mut install = vec!["--install", "--justdb", "--nodeps", "--nosignature"];
        let paths: Vec<&str> = built.iter().filter_map(|path| path.to_str()).collect();
        install.extend(&paths);
        run(&install)?;
        let names: Vec<String> = (0..PACKAGES).step_by(ERASED_STEP).map(name).collect();
        let mut erase = vec!["--erase", "--justdb", "--nodeps"];
        erase.extend(names.iter().map(String::as_str));
        run(&erase)?;
        let count = compare(bench, &rpm, &folder, backend)?;
        if count != PACKAGES - names.len() {
            bail!("{backend}: {count} packages, and {} were left", PACKAGES - names.len());
        }
        said.push(format!("{count} of {backend}"));
        cut(bench, &folder.join(file))?;
    }
    let mut real = 0;
    for (name, file) in real_ones(bench)? {
        let folder = root_of(bench, &name)?;
        let base = file.file_name().context("a file without a name")?;
        std::fs::copy(&file, folder.join(base))?;
        let backend = match base.to_str() {
            Some("rpmdb.sqlite") => "sqlite",
            Some("Packages.db") => "ndb",
            _ => "bdb_ro",
        };
        if !has(bench, &rpm, backend)? {
            absent.push(name);
            continue;
        }
        let count = compare(bench, &rpm, &folder, backend).with_context(|| name.clone())?;
        said.push(format!("{count} of {name}"));
        real += 1;
    }
    let none = if real == 0 { "; no real databases: a folder `rpm` in --corpus holds them" } else { "" };
    let absent = if absent.is_empty() {
        String::new()
    } else {
        format!("; this rpm does not read the form of {}", absent.join(", "))
    };
    Ok(format!("packages are those that rpm lists: {}{none}{absent}", said.join(", ")))
}

/// Whether this rpm was built with a backend: Debian's has no ndb.
fn has(bench: &Bench, rpm: &Path, backend: &str) -> Result<bool> {
    // In a folder of its own: where another's database lies, that one is used.
    let folder = root_of(bench, &format!("without-{backend}"))?;
    let (_, _, errors) = observed(ask(rpm, &folder, backend).args(["--query", "no-such-package"]))?;
    Ok(!errors.contains("using dummy database"))
}

fn name(number: usize) -> String {
    format!("interop-{number:03}")
}

/// One specification of many packages: versions of every form, epochs, modules, and headers that no page holds.
fn build(bench: &Bench, rpmbuild: &Path) -> Result<Vec<PathBuf>> {
    let mut text = String::from(
        "Name: interop\nVersion: 1\nRelease: 1\nSummary: s\nLicense: MIT\nBuildArch: noarch\n%description\nd\n",
    );
    let versions = ["1.0", "2.0~rc1", "1.0^20240101git", "0", "9.16.23", "2024a"];
    for number in 0..PACKAGES {
        let version = versions.get(number % versions.len()).copied().unwrap_or("1");
        let _ = write!(
            text,
            "%package -n {}\nSummary: s\nVersion: {version}.{number}\nRelease: {number}.el9_4\n",
            name(number)
        );
        if number % 3 == 0 {
            let _ = writeln!(text, "Epoch: {}", number / 3);
        }
        if number % 5 == 0 {
            let _ = writeln!(text, "ModularityLabel: module:{number}:8060020220523160029:ad008a3a");
        }
        let _ = writeln!(text, "Requires: {}", name((number + 1) % PACKAGES));
        let long = "long text of a description\n".repeat(number * 20);
        let _ = writeln!(text, "%description -n {0}\n{long}\n%files -n {0}", name(number));
    }
    let specification = bench.scratch.join("interop.spec");
    std::fs::write(&specification, text)?;
    let top = bench.scratch.join("build");
    let mut command = Command::new(rpmbuild);
    command.arg("-bb").arg("--define").arg(format!("_topdir {}", top.display())).arg(&specification);
    let (code, out, errors) = observed(command.env("HOME", &bench.scratch))?;
    if code != 0 {
        return Err(Missing(format!("rpmbuild builds nothing here: {out}{errors}")).into());
    }
    let mut built = Vec::new();
    for entry in std::fs::read_dir(top.join("RPMS/noarch"))? {
        built.push(entry?.path());
    }
    built.sort();
    Ok(built)
}

/// The folder of the database below a new root of a system.
fn root_of(bench: &Bench, name: &str) -> Result<PathBuf> {
    let folder = bench.scratch.join(name).join("var/lib/rpm");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn ask(rpm: &Path, folder: &Path, backend: &str) -> Command {
    let mut command = Command::new(rpm);
    command.arg("--dbpath").arg(folder).arg("--define").arg(format!("_db_backend {backend}"));
    command
}

/// Compares the packages of a database; how many there are.
fn compare(bench: &Bench, rpm: &Path, folder: &Path, backend: &str) -> Result<usize> {
    // First, since rpm may write beside a database that it reads.
    let (ours, gaps) = ours(bench, folder)?;
    let (_, theirs, errors) = observed(ask(rpm, folder, backend).args(["--query", "--all", "--queryformat", QUERY]))?;
    // An epoch of zero is none.
    let theirs = theirs.lines().filter(|line| !line.starts_with("gpg-pubkey|"));
    let theirs: BTreeSet<String> = theirs.map(|line| line.replacen("|0|", "|(none)|", 1)).collect();
    if theirs.is_empty() {
        bail!("rpm lists nothing with {backend}: {errors}");
    }
    if let Some(gap) = gaps {
        bail!("{backend}: {gap}");
    }
    let differ: Vec<&String> = ours.symmetric_difference(&theirs).take(3).collect();
    if !differ.is_empty() {
        bail!("{backend}: {} and {} packages, such as {differ:?}", ours.len(), theirs.len());
    }
    Ok(ours.len())
}

/// Palisade's packages in the words of [`QUERY`], and whether it says that it lacks some.
fn ours(bench: &Bench, folder: &Path) -> Result<(BTreeSet<String>, Option<String>)> {
    let root = folder.ancestors().nth(3).context("a folder without a root")?;
    let (code, out, errors) = observed(&mut bench.palisade(root, &["sbom", "--format", "cyclonedx", "."]))?;
    if code != 0 {
        bail!("sbom ended with {code}: {errors}");
    }
    let document: Value = serde_json::from_str(&out)?;
    let components = document.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut lines = BTreeSet::new();
    for component in components {
        let purl = Purl::parse(component.get("purl").and_then(Value::as_str).unwrap_or(""))?;
        let of = |key: &str| purl.qualifier(key).unwrap_or("(none)").to_owned();
        let (version, module) = (purl.version().unwrap_or(""), of("rpmmod"));
        let epoch = of("epoch");
        lines.insert(format!("{}|{epoch}|{version}|{}|{}|{module}", purl.name(), of("arch"), of("upstream")));
    }
    Ok((lines, errors.lines().find(|line| line.contains("not understood")).map(str::to_owned)))
}

/// A database that is cut off lists less, and says so.
fn cut(bench: &Bench, file: &Path) -> Result<()> {
    let whole = std::fs::read(file)?;
    for part in [1, 3, 7] {
        std::fs::write(file, whole.get(..whole.len() * part / 8).unwrap_or_default())?;
        let (_, gap) = ours(bench, file.parent().context("a file without a folder")?)?;
        if gap.is_none() {
            bail!("{} cut to {part}/8 is taken for whole", file.display());
        }
    }
    Ok(std::fs::write(file, whole)?)
}

/// Databases below `rpm` in the corpus, by the names of their folders.
fn real_ones(bench: &Bench) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let Some(folder) = bench.corpus.as_ref().map(|corpus| corpus.join(CORPUS)).filter(|folder| folder.is_dir()) else {
        return Ok(found);
    };
    for entry in std::fs::read_dir(folder)? {
        let system = entry?.path();
        let files = ["Packages", "Packages.db", "rpmdb.sqlite"].map(|name| system.join(name));
        let name = system.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.extend(files.into_iter().filter(|file| file.is_file()).map(|file| (format!("real-{name}"), file)));
    }
    found.sort();
    Ok(found)
}
