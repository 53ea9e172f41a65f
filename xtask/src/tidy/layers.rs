//! A crate depends only on crates above it in this list.

use super::Tree;

/// The flow of the design, top first. Names are folders of `crates/`.
const LAYERS: [&str; 18] = [
    "model",
    "source",
    "trust",
    "advisory",
    "store",
    "inventory",
    "policy",
    "checks",
    "network",
    "gate",
    "ledger",
    "report",
    "vault",
    "watch",
    "admission",
    "guard",
    "drill",
    "server",
];

/// Edges that go up, unknown crates, and crates that forget the workspace's lints.
pub(super) fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in tree.ending("/Cargo.toml") {
        let Some(name) = path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml")) else {
            continue;
        };
        let manifest: toml::Table = match text.parse() {
            Ok(manifest) => manifest,
            Err(error) => {
                faults.push(format!("{path}:1: {error}"));
                continue;
            }
        };
        let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
        if inherits != Some(true) {
            faults.push(format!("{path}:1: says no `[lints] workspace = true`"));
        }
        let Some(rank) = rank(name) else {
            faults.push(format!("{path}:1: the crate `{name}` has no place in the order of xtask/src/tidy/layers.rs"));
            continue;
        };
        for section in ["dependencies", "build-dependencies"] {
            let names = manifest.get(section).and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
            for dependency in names.filter_map(|name| name.strip_prefix("palisade-")) {
                match self::rank(dependency) {
                    None => faults.push(format!("{path}:1: `palisade-{dependency}` is for tests only")),
                    Some(above) if above >= rank => {
                        faults.push(format!("{path}:1: `{name}` must not know `{dependency}`, which lies below it"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    faults
}

fn rank(name: &str) -> Option<usize> {
    if name == "cli" {
        return Some(LAYERS.len());
    }
    LAYERS.iter().position(|layer| *layer == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(path: &str, text: &str) -> Vec<String> {
        faults(&Tree { files: vec![(path.to_owned(), text.to_owned())], paths: vec![path.to_owned()] })
    }

    #[test]
    fn an_edge_upwards_is_a_fault_and_one_downwards_is_not() {
        let manifest = "lints.workspace = true\n[dependencies]\npalisade-checks.workspace = true\n";
        assert_eq!(faults_of("crates/gate/Cargo.toml", manifest), Vec::<String>::new());
        assert_eq!(faults_of("crates/inventory/Cargo.toml", manifest).len(), 1);
        assert_eq!(faults_of("crates/checks/Cargo.toml", manifest).len(), 1, "not even itself");
        assert_eq!(faults_of("crates/surprise/Cargo.toml", manifest).len(), 1);
    }

    #[test]
    fn test_helpers_stay_in_tests() {
        let text = "lints.workspace = true\n[dependencies]\npalisade-testkit.workspace = true\n";
        assert_eq!(faults_of("crates/cli/Cargo.toml", text).len(), 1);
        assert_eq!(faults_of("crates/cli/Cargo.toml", &text.replace("[dep", "[dev-dep")), Vec::<String>::new());
        assert_eq!(faults_of("crates/cli/Cargo.toml", "[dependencies]\n").len(), 1, "lints are inherited");
    }
}
