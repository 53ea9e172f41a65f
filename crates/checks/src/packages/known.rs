//! What advisories say of a whole bill of materials, and how its versions are ordered: for comparing two of them.

use std::cmp::{Ordering, Reverse};

use palisade_advisory::{Index, OpenError, Order, asked};
use palisade_inventory::package::{Bill, Source};
use palisade_model::{Purl, Severity};

use super::{name_of, severity};

/// A fault that advisories know of a package of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The name by which people know it: a CVE where it has one.
    pub name: String,
    /// The package without version.
    pub package: Purl,
    /// The version that has it.
    pub version: String,
    /// How bad.
    pub severity: Severity,
    /// In one line; empty when nothing is known.
    pub summary: String,
    /// The nearest version without it, if one is known.
    pub fixed: Option<String>,
}

/// What an index knows of the packages of a bill, the worst first.
///
/// # Errors
/// When the index cannot be read on: the bill was not compared to its end.
pub fn known(index: &Index, bill: &Bill) -> Result<Vec<Known>, OpenError> {
    let mut found = Vec::new();
    let mut buffer = Vec::new();
    for component in bill.components.iter().filter(|one| !one.own && !one.sources.contains(&Source::Local)) {
        for question in asked(&component.purl).unwrap_or_default() {
            let Some(block) = index.lookup(&question.ecosystem, &question.name, &mut buffer)? else { continue };
            let block = block.within(&question.stream);
            found.extend(block.matches(&question.version).into_iter().map(|one| Known {
                name: name_of(one.fault).to_owned(),
                package: component.purl.bare(),
                version: question.written.clone().unwrap_or_else(|| question.version.clone()),
                severity: severity(one.fault),
                summary: one.fault.summary.to_owned(),
                fixed: one.fixed.map(str::to_owned),
            }));
        }
    }
    found.sort_by(|left, right| {
        let key = |one: &Known| (Reverse(one.severity), one.name.clone(), one.package.to_string(), one.version.clone());
        key(left).cmp(&key(right))
    });
    found.dedup();
    Ok(found)
}

/// How two versions of a package stand, by the rules of its ecosystem; nothing where it has none.
#[must_use]
pub fn compare_versions(package: &Purl, left: &str, right: &str) -> Option<Ordering> {
    let order = match package.kind() {
        "deb" => Some(Order::Dpkg),
        "rpm" => Some(Order::Rpm),
        "apk" => Some(Order::Apk),
        // Charts and providers number themselves so by rule.
        "helm" | "terraform" => Some(Order::Semver),
        _ => {
            let questions = asked(&package.clone().at("0")).unwrap_or_default();
            questions.first().and_then(|question| Order::of_ecosystem(&question.ecosystem))
        }
    };
    order?.compare(left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ecosystem_has_its_order() {
        let check = |purl: &str, left, right| compare_versions(&Purl::parse(purl).ok()?, left, right);
        assert_eq!(check("pkg:npm/a", "1.10.0", "1.9.0"), Some(Ordering::Greater));
        assert_eq!(check("pkg:pypi/a", "1.0rc1", "1.0"), Some(Ordering::Less));
        assert_eq!(check("pkg:deb/debian/a", "1.0~rc1", "1.0"), Some(Ordering::Less));
        assert_eq!(check("pkg:generic/a", "1", "2"), None);
        assert_eq!(check("pkg:npm/a", "main", "1.0.0"), None);
    }
}
