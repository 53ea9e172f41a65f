//! What deployments are made of: Terraform's `.terraform.lock.hcl`, Helm's `Chart.yaml` and `Chart.lock`.
//!
//! Neither has a registered type of package URL; these are the ones in use, `pkg:terraform/hashicorp/aws@5.0.0` and
//! `pkg:helm/name@1.0.0?repository_url=…`.

use palisade_model::Purl;

use super::graph::Graph;
use super::lines::{lines, place};
use super::{Hash, Manifest, Package, Scope, Source};
use crate::yaml::Node;

/// The registry that a provider is from when its address has none.
const REGISTRY: &str = "registry.terraform.io";

/// Reads `.terraform.lock.hcl`, which a tool writes: one thing a line.
pub(super) fn providers(text: &str) -> Manifest {
    let mut graph = Graph::locked();
    let mut current = None;
    for line in lines(text) {
        let words = line.trim();
        if let Some(address) = words.strip_prefix("provider \"").and_then(|rest| rest.split('"').next()) {
            let (host, path) = address.split_once('/').unwrap_or(("", address));
            let name = if host == REGISTRY { path } else { address };
            current = graph.add_named("terraform", name, None, place(text, address));
            if let Some(package) = current.and_then(|at| graph.package(at)).filter(|_| host != REGISTRY) {
                package.source = Source::Mirror(host.to_owned());
            }
            continue;
        }
        let package = current.and_then(|at| graph.package(at));
        if let Some(digest) = words.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
            // `zh:` is of an archive, `h1:` of the files in one.
            let hash = digest.strip_prefix("zh:").and_then(Hash::sha256);
            let hash = hash.or_else(|| Hash::base64("h1", digest.strip_prefix("h1:")?));
            package.into_iter().for_each(|package| package.hashes.extend(hash.clone()));
        } else if let Some((key, value)) = words.split_once('=') {
            let value = value.trim().trim_matches('"');
            if let Some(package) = package.filter(|_| key.trim() == "version") {
                package.purl = package.purl.clone().at(value);
                package.version_span = Some(place(text, value));
            }
        } else if !words.starts_with(['#', ']', '}', '/']) {
            graph.manifest.gap(place(text, words), "not a line of Terraform's lock file");
        }
    }
    graph.finish(Vec::new())
}

/// Reads `Chart.lock`.
pub(super) fn chart_lock(root: Node<'_>) -> Manifest {
    charts(root, Graph::locked())
}

/// Reads `Chart.yaml`: a chart and what it asks for, in ranges.
pub(super) fn chart(root: Node<'_>) -> Manifest {
    charts(root, Graph::default())
}

fn charts(root: Node<'_>, mut graph: Graph) -> Manifest {
    let mut asked = Vec::new();
    for node in root.get("dependencies").into_iter().flat_map(Node::items) {
        let named = node.get("name");
        let purl = named.and_then(|name| Purl::new("helm", name.as_str()?).ok());
        let Some((purl, named)) = purl.zip(named) else {
            graph.manifest.gap(node.span(), "a chart without a name");
            continue;
        };
        let version = node.get_str("version").unwrap_or("");
        let exact = graph.manifest.locked || (version.matches('.').count() >= 2 && single(version));
        let mut purl = purl.at(if exact { version } else { "" });
        let repository = node.get_str("repository").unwrap_or("");
        // Names of repositories that only this machine's user knows, and folders, are no addresses.
        let address = repository.contains("://") && !repository.starts_with("file:");
        if address {
            purl = purl.with("repository_url", repository);
        }
        let mut package = Package::new(purl, named.span());
        package.version_span = node.get("version").map(Node::span);
        package.source = match repository {
            "" => Source::Local,
            _ if repository.starts_with("file:") => Source::Local,
            _ if address => Source::Mirror(repository.to_owned()),
            _ => Source::Registry,
        };
        // A condition turns it off.
        let optional = node.get("condition").or_else(|| node.get("tags")).is_some();
        let scope = if optional { Scope::Optional } else { Scope::Runtime };
        asked.push((scope, graph.add(named.as_str().unwrap_or(""), package)));
    }
    let purl = root.get_str("name").and_then(|name| Purl::new("helm", name).ok());
    graph.finish(vec![(purl.map(|purl| purl.at(root.get_str("version").unwrap_or(""))), asked)])
}

/// Whether a range is one version.
fn single(range: &str) -> bool {
    range.starts_with(|c: char| c.is_ascii_digit() || c == 'v')
        && !range.contains(['*', ' ', '|', ',', '<', '>'])
        && !range.split('.').any(|part| part.eq_ignore_ascii_case("x"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn locked_providers() {
        let text = format!(
            "# made by a tool\n\nprovider \"registry.terraform.io/hashicorp/aws\" {{\n  version     = \"5.0.0\"\n  constraints = \
             \"~> 5.0\"\n  hashes = [\n    \"h1:{}=\",\n    \"zh:{}\",\n  ]\n}}\nprovider \"registry.example/o/p\" {{\n  version = \
             \"1.0\"\n}}\nnonsense\n",
            "A".repeat(43),
            "ab".repeat(32)
        );
        check(
            ".terraform.lock.hcl",
            &text,
            "pkg:terraform/hashicorp/aws@5.0.0 Runtime hashed\n\
             pkg:terraform/registry.example/o/p@1.0 Runtime Mirror(registry.example)\n\
             gap 14 not a line of Terraform's lock file",
        );
    }

    #[test]
    fn charts() {
        let text = "name: app\nversion: 1.0.0\ndependencies:\n- name: a\n  version: 1.2.3\n  repository: https://charts.example/x\n\
            - name: b\n  version: ^2.0.0\n  repository: oci://oci.example/y\n  condition: b.enabled\n- name: c\n  version: 1.x.x\n  \
            repository: file://../c\n- version: 1\n";
        check(
            "Chart.yaml",
            text,
            "pkg:helm/a@1.2.3?repository_url=https:%2F%2Fcharts.example%2Fx Runtime direct Mirror(https://charts.example/x)\n\
             pkg:helm/b?repository_url=oci:%2F%2Foci.example%2Fy Optional direct Mirror(oci://oci.example/y)\n\
             pkg:helm/c Runtime direct Local\n\
             root pkg:helm/app@1.0.0\n\
             gap 14 a chart without a name",
        );
        check(
            "Chart.lock",
            "dependencies:\n- name: a\n  version: 1.2.3\n  repository: '@x'\n",
            "pkg:helm/a@1.2.3 Runtime direct",
        );
    }
}
