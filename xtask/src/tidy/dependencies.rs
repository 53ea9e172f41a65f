//! Licences, bans and sources of everything we build on, by the rules of `deny.toml`.
//!
//! cargo-deny reads the same file and knows more (advisories, duplicates); this
//! rule needs nothing that is not on a machine with a Rust toolchain.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Tree;
use crate::project::{cargo, output};

/// Dependencies that `deny.toml` does not allow.
pub(super) fn faults(tree: &Tree) -> Result<Vec<String>> {
    let rules = tree.files.iter().find(|(path, _)| path == "deny.toml").context("deny.toml is missing")?;
    let rules: toml::Table = rules.1.parse().context("deny.toml")?;
    let metadata = output(&mut cargo(&["metadata", "--format-version", "1", "--locked", "--quiet"]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata")?;
    Ok(judge(&rules, &metadata))
}

fn judge(rules: &toml::Table, metadata: &Value) -> Vec<String> {
    let list = |section: &str, key: &str| {
        rules.get(section).and_then(|section| section.get(key)).and_then(toml::Value::as_array).cloned()
    };
    let allowed: Vec<String> =
        list("licenses", "allow").into_iter().flatten().filter_map(|name| Some(name.as_str()?.to_owned())).collect();
    let banned: Vec<(String, String)> = list("bans", "deny")
        .into_iter()
        .flatten()
        .filter_map(|row| {
            let text = |key: &str| row.get(key).and_then(toml::Value::as_str).map(str::to_owned);
            Some((text("crate")?, text("reason").unwrap_or_default()))
        })
        .collect();
    let mut faults = Vec::new();
    for package in metadata.get("packages").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| package.get(key).and_then(Value::as_str);
        let name = text("name").unwrap_or_default();
        let version = text("version").unwrap_or_default();
        let at = format!("Cargo.lock: {name} {version}");
        if let Some((_, reason)) = banned.iter().find(|(banned, _)| banned == name) {
            faults.push(format!("{at} is banned: {reason}"));
        }
        match text("source") {
            None => continue, // one of ours
            Some(source) if source.starts_with("registry+") => {}
            Some(source) => faults.push(format!("{at} comes from {source}, not from the registry")),
        }
        match text("license") {
            Some(licence) if is_allowed(licence, &allowed) => {}
            Some(licence) => faults.push(format!("{at} is licensed {licence}, which deny.toml does not allow")),
            None => faults.push(format!("{at} names no licence")),
        }
    }
    faults
}

/// Whether an SPDX expression can be met from the allowed ones. `/` is the old spelling of OR.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    // In every licence in use AND binds choices in parentheses: met when each part of the AND is.
    expression
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|licence| allowed.iter().any(|known| known == licence.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_by_allowed_licences_only() {
        let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
        assert!(is_allowed("MIT OR Apache-2.0", &allowed));
        assert!(is_allowed("MIT/Apache-2.0", &allowed));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed));
        assert!(!is_allowed("MIT AND GPL-3.0", &allowed));
        assert!(!is_allowed("GPL-3.0", &allowed));
    }

    #[test]
    fn a_banned_crate_a_strange_source_and_a_strange_licence_are_named() {
        let rules = "licenses.allow = ['MIT']\n[bans]\ndeny = [{ crate = 'bad', reason = 'r' }]\n".parse();
        let packages = serde_json::json!({ "packages": [
            { "name": "bad", "version": "1", "source": "registry+x", "license": "MIT" },
            { "name": "odd", "version": "1", "source": "git+x", "license": "MIT" },
            { "name": "gpl", "version": "1", "source": "registry+x", "license": "GPL-3.0" },
            { "name": "none", "version": "1", "source": "registry+x" },
            { "name": "good", "version": "1", "source": "registry+x", "license": "MIT" },
            { "name": "ours", "version": "1" },
        ] });
        let found = judge(&rules.unwrap_or_default(), &packages);
        assert_eq!(found.len(), 4, "{found:?}");
    }
}
