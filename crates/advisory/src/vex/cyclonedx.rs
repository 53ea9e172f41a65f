//! CycloneDX with vulnerabilities whose analysis says how the product stands to them.

use std::collections::HashMap;

use palisade_model::Purl;
use serde_json::Value;

use super::{Justification, Product, Statement, Status, Vex, items, text, time};

/// Components within components beyond this are not looked into; real ones are nested twice or three times.
const DEPTH_MAX: usize = 64;

pub(super) fn read(document: &Value) -> Vex {
    let metadata = document.get("metadata").unwrap_or(&Value::Null);
    let author = items(metadata, "authors").find_map(|one| text(one, "name"));
    let maker = ["supplier", "manufacturer", "manufacture"].iter().find_map(|key| text(metadata.get(*key)?, "name"));
    let mut vex = Vex { author: author.or(maker).unwrap_or("").to_owned(), ..Vex::default() };
    let mut known: HashMap<&str, Option<Purl>> = HashMap::new();
    let subject = metadata.get("component");
    if let Some(subject) = subject {
        learn(subject, &mut known, 0);
    }
    items(document, "components").for_each(|component| learn(component, &mut known, 0));
    let subject_reference = subject.and_then(|subject| text(subject, "bom-ref")).unwrap_or("");
    let subject_purl = subject.and_then(|subject| Purl::parse(text(subject, "purl")?).ok());
    for node in items(document, "vulnerabilities") {
        let references = items(node, "references").filter_map(|one| text(one, "id"));
        let names: Vec<String> = text(node, "id").into_iter().chain(references).map(str::to_owned).collect();
        // Without an analysis nobody has stated anything.
        let Some(analysis) = node.get("analysis") else { continue };
        let Some(status) = status(text(analysis, "state").unwrap_or("")) else {
            let name = names.first().map_or("a vulnerability", String::as_str);
            vex.gap(format!("the analysis of {name} has no state that is known"));
            continue;
        };
        let mut products = Vec::new();
        for reference in items(node, "affects").filter_map(|one| text(one, "ref")) {
            match product(reference, subject_reference, subject_purl.as_ref(), &known) {
                Ok(product) => products.push(product),
                Err(why) => vex.gap(format!("`{}` {why}", reference.chars().take(100).collect::<String>())),
            }
        }
        let written = text(analysis, "justification");
        let detail: Vec<&str> = [text(analysis, "detail"), written.filter(|word| justification(word).is_none())]
            .into_iter()
            .flatten()
            .chain(items(analysis, "response").filter_map(Value::as_str))
            .collect();
        vex.take(Statement {
            names,
            status,
            products,
            justification: written.and_then(justification),
            detail: detail.join("; "),
            time: time(text(analysis, "lastUpdated").or_else(|| text(analysis, "firstIssued")))
                .or_else(|| time(text(node, "updated")))
                .or_else(|| time(text(metadata, "timestamp"))),
        });
    }
    vex
}

fn learn<'v>(component: &'v Value, known: &mut HashMap<&'v str, Option<Purl>>, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    if let Some(reference) = text(component, "bom-ref") {
        let purl = text(component, "purl").and_then(|text| Purl::parse(text).ok());
        known.entry(reference).or_insert(purl);
    }
    items(component, "components").for_each(|inner| learn(inner, known, depth + 1));
}

/// What a reference leads to: the subject of the document, or a part of it.
fn product(
    reference: &str,
    subject_reference: &str,
    subject: Option<&Purl>,
    known: &HashMap<&str, Option<Purl>>,
) -> Result<Product, &'static str> {
    if reference.starts_with("urn:cdx:") {
        return Err("leads into another bill, which is not at hand");
    }
    if reference == subject_reference {
        let purl = subject.cloned().ok_or("has no package URL")?;
        return Ok(Product { purl: Some(purl), parts: Vec::new() });
    }
    let purl = match known.get(reference) {
        Some(Some(purl)) => purl.clone(),
        Some(None) => return Err("has no package URL"),
        None => Purl::parse(reference).map_err(|_| "is referred to and not listed")?,
    };
    Ok(match subject {
        Some(subject) => Product { purl: Some(subject.clone()), parts: vec![purl] },
        // A bill about nothing in particular speaks of the component wherever it is.
        None if subject_reference.is_empty() => Product { purl: Some(purl), parts: Vec::new() },
        None => return Err("is a part of something without a package URL"),
    })
}

fn status(state: &str) -> Option<Status> {
    Some(match state {
        "not_affected" | "false_positive" => Status::NotAffected,
        "exploitable" => Status::Affected,
        "resolved" | "resolved_with_pedigree" => Status::Fixed,
        "in_triage" => Status::UnderInvestigation,
        _ => return None,
    })
}

/// CycloneDX's word as OpenVEX's, where there is one; that a fault requires something has none, and is told as written.
fn justification(word: &str) -> Option<Justification> {
    Some(match word {
        "code_not_present" => Justification::VulnerableCodeNotPresent,
        "code_not_reachable" => Justification::VulnerableCodeNotInExecutePath,
        "protected_by_compiler"
        | "protected_at_runtime"
        | "protected_at_perimeter"
        | "protected_by_mitigating_control" => Justification::InlineMitigationsAlreadyExist,
        _ => return None,
    })
}
