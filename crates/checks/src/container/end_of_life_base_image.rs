//! Base images of versions whose support has ended.

use palisade_inventory::dockerfile::{Dockerfile, ImageName};
use palisade_model::{Confidence, Meta, Severity};

use super::end_of_life::{CODENAMES, DOTNET, PRODUCTS, Product};
use super::images::pulled;
use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/end-of-life-base-image",
        title: "base image gets no more security fixes",
        page: include_str!("end_of_life_base_image.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::High,
        controls: &["E1-T4"],
        maps: &["CIS-DOCKER:4.4", "CWE-1104"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for image in pulled(file) {
        let Some((what, ended)) = ended(&image.name) else { continue };
        let finding =
            report.finding(image.span, format!("{what} got its last fixes on {ended}; take a supported version"));
        if !image.shipped {
            finding.severity(Severity::Low);
        }
    }
}

/// What has ended, and when.
pub(super) fn ended(image: &str) -> Option<(String, &'static str)> {
    let parts = ImageName::parse(image);
    let tag = parts.tag?;
    if parts.registry == Some("mcr.microsoft.com") && parts.repository.starts_with("dotnet/") {
        return version(&DOTNET, tag);
    }
    let name = parts.hub_name().filter(|name| !name.contains('/'))?;
    let product = PRODUCTS.iter().find(|product| product.image == name);
    if let Some(found) = product.and_then(|product| version(product, tag)) {
        return Some(found);
    }
    let words = || tag.split(['-', '_']);
    if let Some(codename) = CODENAMES.iter().find(|codename| words().any(|word| word == codename.word)) {
        return Some((codename.name.to_owned(), codename.ended));
    }
    let alpine = PRODUCTS.iter().find(|product| product.image == "alpine")?;
    words().skip(1).find_map(|word| version(alpine, word.strip_prefix("alpine")?))
}

/// The ended version that a tag names: `18` of `18.19.1-alpine`.
fn version(product: &Product, tag: &str) -> Option<(String, &'static str)> {
    let version = tag.split(['-', '_']).next()?;
    let version = version.strip_prefix('v').unwrap_or(version);
    let listed = product
        .ended
        .iter()
        .find(|(ended, _)| version.strip_prefix(ended).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')));
    let before_all = || {
        let oldest = product.ended.first()?;
        (number(version)? < number(oldest.0)?).then_some(oldest)
    };
    let (_, ended) = listed.or_else(before_all)?;
    Some((format!("{} {version}", product.name), ended))
}

/// The first two parts of a version.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    let first = parts.next()?.parse().ok()?;
    let second = parts.next().map_or(Ok(u32::MAX), str::parse).ok()?;
    Some((first, second))
}
