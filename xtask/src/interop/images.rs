//! Images that umoci builds and skopeo copies, in every form, out of what dpkg installed here: `dpkg-query` is the oracle.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::registry::Registry;
use super::tools::Missing;
use super::{Bench, carry_out, observed, text};

/// What the second layer takes away again.
const GONE: &str =
    r#"{"lockfileVersion": 3, "packages": {"": {"name": "web"}, "node_modules/left": {"version": "1.0.0"}}}"#;

/// Programs of the case, each with Debian's package of it.
struct Programs {
    umoci: PathBuf,
    skopeo: PathBuf,
}

/// The same packages in the same layers, whatever form the image has and wherever it lies.
pub(super) fn forms(bench: &Bench) -> Result<String> {
    let query = bench.found("dpkg-query").ok_or_else(|| Missing("dpkg-query is not here: no Debian".to_owned()))?;
    let programs = Programs { umoci: bench.debian("umoci", "umoci")?, skopeo: bench.debian("skopeo", "skopeo")? };
    let (code, installed, errors) = observed(Command::new(query).args([
        "-W",
        "-f",
        "${db:Status-Status} ${Package} ${Version} ${Architecture}\n",
    ]))?;
    if code != 0 {
        bail!("dpkg-query: {errors}");
    }
    let wanted: BTreeSet<String> =
        installed.lines().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect();
    layout(bench, &programs)?;
    let registry = Registry::start(bench)?;
    let address = format!("{}/shop/web", registry.host);
    let copies: [(&str, String, &[&str]); 5] = [
        ("docker-archive:web.tar:shop/web:1", "web.tar".to_owned(), &[]),
        ("oci-archive:web-oci.tar:web", "web-oci.tar".to_owned(), &[]),
        ("oci:zstd:web", "oci:zstd:web".to_owned(), &["--dest-compress-format", "zstd"]),
        (&format!("docker://{address}:oci"), format!("{address}:oci"), &["--format", "oci"]),
        (&format!("docker://{address}:v2s2"), format!("{address}:v2s2"), &["--format", "v2s2"]),
    ];
    let mut targets = vec!["oci:layout:web".to_owned()];
    for (to, target, words) in copies {
        let mut command = Command::new(&programs.skopeo);
        command.args(["--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false"]).args(words);
        carry_out(command.args(["oci:layout:web", to]).current_dir(&bench.scratch))?;
        targets.push(target);
    }
    for target in &targets {
        let (code, out, errors) = observed(&mut bench.palisade(&bench.scratch, &["sbom", target, "--format", "json"]))?;
        if code != 0 {
            bail!("sbom {target} ended with {code}: {errors}");
        }
        let bill: Value = serde_json::from_str(&out)?;
        let components = bill["components"].as_array().context("components")?;
        let (gone, there): (Vec<&Value>, Vec<&Value>) =
            components.iter().partition(|one| text(one, "/scope") == "excluded");
        let seen: BTreeSet<String> = there.into_iter().map(of_dpkg).collect();
        if let Some(odd) = seen.symmetric_difference(&wanted).next() {
            bail!(
                "{target} and dpkg-query differ in {}: the first is {odd}",
                seen.symmetric_difference(&wanted).count()
            );
        }
        if gone.iter().map(|one| text(one, "/purl")).ne(["pkg:npm/left@1.0.0"]) {
            bail!("{target}: what the last layer took away is not told: {gone:?}");
        }
    }
    Ok(format!("{} packages of dpkg, the same in {} forms of an image", wanted.len(), targets.len()))
}

/// Name, version and architecture of a component, as `dpkg-query` prints them.
fn of_dpkg(component: &Value) -> String {
    let purl = text(component, "/purl");
    let architecture = purl.split(['?', '&']).find_map(|part| part.strip_prefix("arch=")).unwrap_or("");
    format!("{} {} {architecture}", text(component, "/name"), text(component, "/version"))
}

/// An image of three layers: the system and a lock file, a change of it, and what takes the lock file away.
fn layout(bench: &Bench, programs: &Programs) -> Result<()> {
    let root = bench.scratch.join("root");
    for (from, to) in [("/etc/os-release", "etc/os-release"), ("/var/lib/dpkg/status", "var/lib/dpkg/status")] {
        let path = root.join(to);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        std::fs::copy(from, path)?;
    }
    std::fs::create_dir_all(root.join("srv"))?;
    std::fs::write(root.join("srv/package-lock.json"), GONE)?;
    let steps: [&[&str]; 6] = [
        &["init", "--layout", "layout"],
        &["new", "--image", "layout:web"],
        &["insert", "--rootless", "--image", "layout:web", "root/etc", "/etc"],
        &["insert", "--rootless", "--image", "layout:web", "root/var", "/var"],
        &["insert", "--rootless", "--image", "layout:web", "root/srv", "/srv"],
        &["insert", "--rootless", "--image", "layout:web", "--whiteout", "/srv/package-lock.json"],
    ];
    for words in steps {
        carry_out(Command::new(&programs.umoci).args(words).current_dir(&bench.scratch))?;
    }
    Ok(())
}
