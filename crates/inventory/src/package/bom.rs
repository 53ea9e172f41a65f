//! Bills of materials that others wrote, read back into what a lock file gives: CycloneDX, SPDX 2 and SPDX 3.
//!
//! The contents decide, not the name. A component that has no package URL stays in the list under the type `generic`,
//! and a gap names it; references that lead nowhere, doubles and versions of a standard that are not known are gaps too.
//! It refuses to guess: no package URL is made of a CPE, and no address of a project is taken for the place a package
//! comes from.

mod cyclonedx;
mod cyclonedx_xml;
mod detect;
mod spdx2;
mod spdx3;
mod spdx_tag;

use std::collections::{BTreeMap, HashMap, HashSet};

use palisade_model::{Purl, Span, Timestamp};

use super::graph::Graph;
use super::public::is_public;
use super::{About, Hash, Manifest, Package, Root, Scope, Source};

pub use detect::is_bom;
pub(super) use detect::read;

/// The name under which our own bills say who made them: they say more than the standards ask for.
const MAKER: &str = "palisade";

/// What a document says, before its references are followed.
#[derive(Default)]
struct Draft {
    /// Whether it is one of our own.
    ours: bool,
    /// What it is about.
    about: Option<About>,
    /// The reference and the package URL of what it is about.
    subject: Option<(String, Option<Purl>)>,
    parts: Vec<Part>,
    needs: Vec<Need>,
    /// References to what is there and is no package: files, services, the document.
    others: HashSet<String>,
    gaps: BTreeMap<Span, Vec<String>>,
    /// Whether the standard gives each part a scope of its own; else scopes follow from what needs what.
    scoped: bool,
}

/// A component as written.
#[derive(Default)]
struct Part {
    reference: Option<String>,
    group: Option<String>,
    name: String,
    version: Option<String>,
    /// As written; the first that can be read counts.
    purls: Vec<String>,
    scope: Option<Scope>,
    direct: Option<bool>,
    own: bool,
    scripts: bool,
    hashes: Vec<Hash>,
    licences: Vec<String>,
    source: Option<Source>,
    span: Span,
    version_span: Option<Span>,
}

/// One component needs another.
struct Need {
    from: String,
    to: String,
    scope: Scope,
    span: Span,
}

impl Draft {
    fn gap(&mut self, span: Span, message: impl Into<String>) {
        self.gaps.entry(span).or_default().push(message.into());
    }

    /// Follows the references.
    fn finish(self) -> Manifest {
        let mut graph = Graph::locked();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut by_purl: HashMap<String, u32> = HashMap::new();
        let mut gaps = self.gaps;
        let mut gap = |span: Span, message: String| gaps.entry(span).or_default().push(message);
        let mut own = Vec::new();
        for part in self.parts {
            let Some((purl, written)) = part.purl(&mut gap) else { continue };
            let mut package = Package::new(purl.clone(), part.span);
            package.scope = part.scope.unwrap_or(Scope::Runtime);
            package.direct = part.direct;
            package.scripts = part.scripts;
            package.licence = joined(&part.licences);
            package.source = if part.own { Source::Local } else { part.source.unwrap_or_else(|| source(&purl)) };
            package.hashes = part.hashes;
            package.version_span = part.version_span;
            if part.own {
                own.push(purl.clone());
            }
            let at = graph.add(&purl.full_name(), package);
            by_purl.entry(purl.to_string()).or_insert(at);
            by_purl.entry(written).or_insert(at);
            if let Some(reference) = part.reference
                && let Some(before) = numbers.insert(reference.clone(), at)
            {
                gap(part.span, format!("the reference `{reference}` stands twice; the first counts"));
                numbers.insert(reference, before);
            }
        }
        let subject = self.subject.as_ref().map(|(reference, _)| reference.as_str());
        let find = |reference: &str| numbers.get(reference).or_else(|| by_purl.get(reference)).copied();
        let mut asked: Vec<(Scope, u32)> = Vec::new();
        let mut scopes: HashMap<(u32, u32), Scope> = HashMap::new();
        let mut lost: HashSet<String> = HashSet::new();
        for need in self.needs {
            let is_subject = |reference: &str| subject == Some(reference) && find(reference).is_none();
            let mut end = |reference: &str| {
                let found = find(reference);
                let known = found.is_some() || is_subject(reference) || self.others.contains(reference);
                if !known && lost.insert(reference.to_owned()) {
                    gap(need.span, format!("`{reference}` is referred to and not listed"));
                }
                found
            };
            let (from, to) = (end(&need.from), end(&need.to));
            match (from, to) {
                (Some(from), Some(to)) => {
                    graph.edge(from, to);
                    let scope = scopes.entry((from, to)).or_insert(need.scope);
                    *scope = need.scope.min(*scope);
                }
                (None, Some(to)) if is_subject(&need.from) => asked.push((need.scope, to)),
                _ => {}
            }
        }
        let mut manifest = graph.manifest;
        if !self.scoped {
            follow(&mut manifest.packages, &asked, &scopes);
        }
        if !asked.is_empty() {
            let direct: HashSet<u32> = asked.iter().map(|(_, at)| *at).collect();
            for (package, at) in manifest.packages.iter_mut().zip(0..) {
                let is_own = package.source == Source::Local && own.contains(&package.purl);
                package.direct = package.direct.or(Some(direct.contains(&at) && !is_own));
            }
        }
        let mut needs: Vec<u32> = asked.into_iter().map(|(_, at)| at).collect();
        needs.sort_unstable();
        needs.dedup();
        let purl = self.subject.and_then(|(_, purl)| purl);
        manifest.roots.push(Root { purl, needs });
        manifest.roots.extend(own.into_iter().map(|purl| Root { purl: Some(purl), needs: Vec::new() }));
        // The other standards have no place for it.
        let sources = self.ours && self.scoped;
        manifest.about = self.about.map(|about| About { sources, ..about });
        for (span, messages) in gaps {
            messages.into_iter().for_each(|message| manifest.gap(span, message));
        }
        manifest
    }
}

impl Part {
    /// Its package URL and how it was written; one of the type `generic` where it has none, which is a gap.
    fn purl(&self, gap: &mut impl FnMut(Span, String)) -> Option<(Purl, String)> {
        let mut found = None;
        for text in &self.purls {
            match Purl::parse(text) {
                Ok(purl) => {
                    found = Some((purl, text.clone()));
                    break;
                }
                Err(error) => gap(self.span, format!("`{text}` is no package URL: {error}")),
            }
        }
        let (name, version) = (self.name.trim(), self.version.as_deref().map(str::trim).unwrap_or(""));
        let (purl, written) = match found {
            Some(found) => found,
            None if name.is_empty() => {
                gap(self.span, "a component without a name and without a package URL is left out".to_owned());
                return None;
            }
            None => {
                if self.purls.is_empty() {
                    gap(self.span, format!("`{name}` has no package URL: it is compared with nothing"));
                }
                let group = self.group.as_deref().map(str::trim).filter(|group| !group.is_empty());
                match Purl::build("generic", group, name, None, Vec::new(), None) {
                    Ok(purl) => (purl, String::new()),
                    Err(error) => {
                        gap(self.span, format!("`{name}` is no name of a package: {error}"));
                        return None;
                    }
                }
            }
        };
        let purl = if purl.version().is_none() { purl.at(version) } else { purl };
        if purl.version().is_none() && !self.own {
            gap(self.span, format!("`{}` has no version", purl.full_name()));
        }
        Some((purl, written))
    }
}

/// Scopes by what is reached from where: what only a development dependency needs is for development too.
fn follow(packages: &mut [Package], asked: &[(Scope, u32)], scopes: &HashMap<(u32, u32), Scope>) {
    let mut reached: Vec<Option<Scope>> = vec![None; packages.len()];
    for scope in [Scope::Runtime, Scope::Optional, Scope::Development] {
        let mut open: Vec<u32> = asked.iter().filter(|(of, _)| *of == scope).map(|(_, at)| *at).collect();
        // What was reached before may need something at this scope only.
        for (from, of) in reached.iter().enumerate().filter_map(|(at, of)| Some((u32::try_from(at).ok()?, (*of)?))) {
            let needs = packages.get(from as usize).map(|package| package.needs.as_slice()).unwrap_or_default();
            let here = |to: &&u32| scopes.get(&(from, **to)).is_some_and(|edge| of.max(*edge) == scope);
            open.extend(needs.iter().filter(here));
        }
        while let Some(at) = open.pop() {
            let Some(slot @ None) = reached.get_mut(at as usize) else { continue };
            *slot = Some(scope);
            let needs = packages.get(at as usize).map(|package| package.needs.as_slice()).unwrap_or_default();
            open.extend(needs.iter().filter(|to| scopes.get(&(at, **to)).is_some_and(|edge| *edge <= scope)));
        }
    }
    // What nothing leads to has the scope of its closest need, or runs.
    let mut loose: HashMap<u32, Scope> = HashMap::new();
    for ((_, to), scope) in scopes {
        let slot = loose.entry(*to).or_insert(*scope);
        *slot = (*slot).min(*scope);
    }
    for ((package, reached), at) in packages.iter_mut().zip(reached).zip(0..) {
        package.scope = reached.or_else(|| loose.get(&at).copied()).unwrap_or(Scope::Runtime);
    }
}

/// Licences that stand side by side hold together.
fn joined(licences: &[String]) -> Option<String> {
    let mut seen = HashSet::new();
    let kept: Vec<&str> =
        licences.iter().map(|text| text.trim()).filter(|text| !text.is_empty() && seen.insert(*text)).collect();
    match kept.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        several => {
            let each = several.iter().map(|one| if one.contains(' ') { format!("({one})") } else { (*one).to_owned() });
            Some(each.collect::<Vec<_>>().join(" AND "))
        }
    }
}

/// Where a package comes from, as its URL says.
fn source(purl: &Purl) -> Source {
    let address = |key| purl.qualifier(key).map(str::to_owned);
    if let Some(url) = address("vcs_url") {
        return Source::Repository(url);
    }
    match (address("download_url"), address("repository_url")) {
        (Some(url), _) if !is_public(purl.kind(), &url) => Source::Address(url),
        (None, Some(url)) if !is_public(purl.kind(), &url) => Source::Mirror(url),
        _ => Source::Registry,
    }
}

/// The licences that are one: nobody said, or there is none.
fn is_licence(text: &str) -> bool {
    !matches!(text.trim(), "" | "NOASSERTION" | "NONE")
}

/// The digest of an algorithm as any of the standards spells it: `SHA-256`, `SHA256`, `sha256`.
fn hash(algorithm: &str, hex: &str) -> Option<Hash> {
    let plain: String = algorithm.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let known = Hash::ALGORITHMS.iter().find(|(name, _)| name.replace('-', "") == plain)?;
    Hash::new(known.0, hex.trim())
}

/// Digests, and how many could not be kept.
fn hashes<'t>(written: impl Iterator<Item = (&'t str, &'t str)>, span: Span, draft: &mut Draft) -> Vec<Hash> {
    let mut found = Vec::new();
    for (algorithm, hex) in written {
        match hash(algorithm, hex) {
            Some(hash) => found.push(hash),
            None => draft.gap(span, format!("a digest by `{algorithm}` is not kept: it is none, or too weak")),
        }
    }
    found
}

/// A time as RFC 3339 writes it.
fn time(text: Option<&str>) -> Option<Timestamp> {
    Timestamp::parse(text?)
}

#[cfg(test)]
mod tests;
