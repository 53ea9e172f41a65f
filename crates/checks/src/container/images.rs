//! The images that builds and services start from.

use palisade_inventory::dockerfile::{Base, Dockerfile, ImageName, Kind, Value};
use palisade_model::Span;

/// An image that a Dockerfile takes files or layers from.
#[derive(Clone, Debug)]
pub(super) struct Image {
    pub(super) name: String,
    /// Whether all of the name is known.
    pub(super) known: bool,
    pub(super) span: Span,
    /// Whether its layers become part of the built image, rather than files copied out of it.
    pub(super) shipped: bool,
}

/// Every image that is pulled: bases, `COPY --from=image`, `--mount=from=image`.
pub(super) fn pulled(file: &Dockerfile) -> Vec<Image> {
    let mut images = Vec::new();
    for stage in &file.stages {
        if stage.base == Base::Image {
            images.push(Image { shipped: stage.shipped, ..image(&stage.image) });
        }
    }
    for instruction in &file.instructions {
        match &instruction.kind {
            Kind::Copy(_) if file.source_stage(instruction).is_none() => {
                let Some(flag) = instruction.flag("from") else { continue };
                let name = flag.value.clone().unwrap_or_default();
                // A number is a stage, a bare word a stage or a context that the builder is given.
                if name.contains(['/', ':', '.']) {
                    images.push(Image { known: !name.contains('$'), name, span: flag.span, shipped: false });
                }
            }
            _ => {}
        }
    }
    images
}

fn image(value: &Value) -> Image {
    Image { name: value.resolved.clone(), known: value.known, span: value.span, shipped: false }
}

/// How firmly a name says which image is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pinning {
    /// By digest.
    Digest,
    /// By a tag that means one version, or cannot be known from the file.
    Version,
    /// By a tag that moves with every release, or by no tag.
    Moving,
}

/// Tags that move with every release. `stable` and `main` do by their meaning.
const MOVING: [&str; 12] = [
    "latest", "stable", "edge", "nightly", "main", "master", "dev", "develop", "unstable", "rolling", "canary", "head",
];

pub(super) fn pinning(name: &str) -> Pinning {
    let parts = ImageName::parse(name);
    if parts.digest.is_some() {
        return Pinning::Digest;
    }
    match parts.tag {
        // A name in capitals is no image: something replaces it before the build.
        _ if parts.repository.bytes().any(|byte| byte.is_ascii_uppercase()) => Pinning::Version,
        Some(tag) => {
            let first = tag.split(['-', '_']).next().unwrap_or(tag);
            if MOVING.contains(&tag.to_ascii_lowercase().as_str()) || first == "latest" {
                Pinning::Moving
            } else {
                Pinning::Version
            }
        }
        // A variable at the end may hold the tag.
        None if name.ends_with('}') || name.rsplit(['/', ':']).next().is_some_and(|last| last.contains('$')) => {
            Pinning::Version
        }
        None => Pinning::Moving,
    }
}

/// Whether an image is built elsewhere in the same repository, so that no registry decides what it is:
/// no slash and no dot, and not an official image, cannot be told apart from Docker Hub; so only
/// names that say so count.
pub(super) fn is_local(name: &str) -> bool {
    name.starts_with("localhost/") || name.starts_with("local/") || name.ends_with(":local") || name.ends_with(":dev")
}
