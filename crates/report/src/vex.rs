//! Exceptions from known faults of packages as VEX: OpenVEX 0.2, CycloneDX 1.6, CSAF 2.0.
//!
//! A risk that somebody accepted is `affected`, with what was decided; only an exception that says why the fault does not
//! concern the product becomes `not_affected`. The same rows at the same time give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use palisade_model::{Digest, ExceptionNote, Purl, Timestamp};
use serde_json::{Map, Value, json};

use crate::VERSION;

/// The standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VexFormat {
    /// OpenVEX 0.2.
    OpenVex,
    /// CycloneDX 1.6 with analyses.
    CycloneDx,
    /// CSAF 2.0, profile VEX.
    Csaf,
}

/// What is stated about a product.
#[derive(Clone, Debug)]
pub struct VexReport {
    /// The product.
    pub product: Purl,
    /// Who states it.
    pub author: String,
    /// The author's address on the web, for CSAF.
    pub namespace: String,
    /// When.
    pub time: Timestamp,
    /// The statements.
    pub rows: Vec<VexRow>,
}

/// A fault of a package under an exception.
#[derive(Clone, Debug)]
pub struct VexRow {
    /// The names of the fault; the one that people know first.
    pub names: Vec<String>,
    /// The package that has it.
    pub package: Purl,
    /// The exception.
    pub note: ExceptionNote,
}

impl VexRow {
    fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// What was decided, for whoever reads the statement elsewhere.
    fn decision(&self) -> String {
        let note = &self.note;
        match note.justification {
            Some(_) => format!("{} ({}, {})", note.reason, note.ticket, note.owner),
            None => format!("accepted until {}: {} ({}, {})", note.expires, note.reason, note.ticket, note.owner),
        }
    }
}

/// Writes statements in a standard's form.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_vex(out: &mut dyn io::Write, report: &VexReport, format: VexFormat) -> io::Result<()> {
    let document = match format {
        VexFormat::OpenVex => openvex(report),
        VexFormat::CycloneDx => cyclonedx(report),
        VexFormat::Csaf => csaf(report),
    };
    crate::json::write_pretty(&document, out)
}

impl VexReport {
    /// An identity that follows from what is stated.
    fn identity(&self, format: &str) -> String {
        let rows = self.rows.iter().map(|row| format!("{:?} {} {:?}", row.names, row.package, row.note));
        let head = [format.to_owned(), self.product.to_string(), self.author.clone(), self.time.rfc3339()];
        let parts: Vec<String> = head.into_iter().chain(rows).collect();
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        Digest::of_parts(&parts).to_string()
    }

    /// A UUID of version 8 (RFC 9562) from the identity.
    fn uuid(&self, format: &str) -> String {
        let hex = self.identity(format);
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or("");
        format!("{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
    }
}

fn openvex(report: &VexReport) -> Value {
    let time = report.time.rfc3339();
    let statements = report.rows.iter().map(|row| {
        let mut vulnerability = json!({ "name": row.name() });
        let aliases: Vec<&String> = row.names.iter().skip(1).collect();
        if let (false, Some(fields)) = (aliases.is_empty(), vulnerability.as_object_mut()) {
            fields.insert("aliases".to_owned(), json!(aliases));
        }
        let part = json!({ "@id": row.package, "identifiers": { "purl": row.package } });
        let mut one = json!({
            "vulnerability": vulnerability,
            "products": [{ "@id": report.product, "identifiers": { "purl": report.product }, "subcomponents": [part] }],
        });
        if let Some(fields) = one.as_object_mut() {
            match &row.note.justification {
                Some(justification) => {
                    fields.insert("status".to_owned(), json!("not_affected"));
                    fields.insert("justification".to_owned(), json!(justification));
                    fields.insert("impact_statement".to_owned(), json!(row.decision()));
                }
                None => {
                    fields.insert("status".to_owned(), json!("affected"));
                    fields.insert("action_statement".to_owned(), json!(row.decision()));
                }
            }
        }
        one
    });
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": format!("urn:uuid:{}", report.uuid("openvex")),
        "author": report.author, "timestamp": time, "version": 1, "tooling": format!("palisade {VERSION}"),
        "statements": statements.collect::<Vec<_>>(),
    })
}

fn cyclonedx(report: &VexReport) -> Value {
    let component = |purl: &Purl, kind: &str| {
        let mut one = json!({ "type": kind, "bom-ref": purl, "name": purl.name(), "purl": purl });
        if let (Some(version), Some(fields)) = (purl.version(), one.as_object_mut()) {
            fields.insert("version".to_owned(), json!(version));
        }
        one
    };
    let packages: BTreeMap<String, &Purl> =
        report.rows.iter().map(|row| (row.package.to_string(), &row.package)).collect();
    let vulnerabilities = report.rows.iter().map(|row| {
        let mut analysis = Map::new();
        let state = if row.note.justification.is_some() { "not_affected" } else { "exploitable" };
        analysis.insert("state".to_owned(), json!(state));
        let label = row.note.justification.as_deref().unwrap_or("");
        let word = match label {
            "component_not_present" | "vulnerable_code_not_present" => Some("code_not_present"),
            "vulnerable_code_not_in_execute_path" => Some("code_not_reachable"),
            "inline_mitigations_already_exist" => Some("protected_by_mitigating_control"),
            _ => None,
        };
        if let Some(word) = word {
            analysis.insert("justification".to_owned(), json!(word));
        }
        // What CycloneDX has no word for stays in the text.
        let detail = if label.is_empty() { row.decision() } else { format!("{label}: {}", row.decision()) };
        analysis.insert("detail".to_owned(), json!(detail));
        let references: Vec<Value> =
            row.names.iter().skip(1).map(|name| json!({ "id": name, "source": { "name": "OSV" } })).collect();
        let mut one = json!({ "id": row.name(), "analysis": analysis, "affects": [{ "ref": row.package }] });
        if let (false, Some(fields)) = (references.is_empty(), one.as_object_mut()) {
            fields.insert("references".to_owned(), json!(references));
        }
        one
    });
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": format!("urn:uuid:{}", report.uuid("cyclonedx")),
        "metadata": {
            "timestamp": report.time.rfc3339(), "authors": [{ "name": report.author }],
            "tools": { "components": [{ "type": "application", "name": "palisade", "version": VERSION }] },
            "component": component(&report.product, "application"),
        },
        "components": packages.values().map(|purl| component(purl, "library")).collect::<Vec<_>>(),
        "vulnerabilities": vulnerabilities.collect::<Vec<_>>(),
    })
}

fn csaf(report: &VexReport) -> Value {
    let time = report.time.rfc3339();
    let identity = report.identity("csaf");
    let product = report.product.to_string();
    let named = |purl: &Purl| json!({ "product_id": purl, "name": purl.to_string(), "product_identification_helper": { "purl": purl } });
    let packages: BTreeMap<String, &Purl> =
        report.rows.iter().map(|row| (row.package.to_string(), &row.package)).collect();
    let within = |package: &str| format!("{product}:{package}");
    let relationships: Vec<Value> = packages
        .keys()
        .map(|package| {
            json!({
                "category": "default_component_of", "product_reference": package, "relates_to_product_reference": product,
                "full_product_name": { "product_id": within(package), "name": format!("{package} in {product}") },
            })
        })
        .collect();
    let mut by_fault: BTreeMap<&[String], Vec<&VexRow>> = BTreeMap::new();
    for row in &report.rows {
        by_fault.entry(&row.names).or_default().push(row);
    }
    let vulnerabilities = by_fault.iter().map(|(names, rows)| vulnerability(names, rows, &within));
    let mut tree = Map::new();
    let products = std::iter::once(&report.product).chain(packages.values().copied()).map(named);
    tree.insert("full_product_names".to_owned(), json!(products.collect::<Vec<_>>()));
    if !relationships.is_empty() {
        tree.insert("relationships".to_owned(), json!(relationships));
    }
    json!({
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0", "title": format!("Known vulnerabilities in {product}"),
            "publisher": { "category": "vendor", "name": report.author, "namespace": report.namespace },
            "tracking": {
                "id": format!("palisade-{}", identity.get(..16).unwrap_or(&identity)), "status": "final", "version": "1",
                "initial_release_date": time, "current_release_date": time,
                "revision_history": [{ "date": time, "number": "1", "summary": "written from the exceptions in force" }],
                "generator": { "engine": { "name": "palisade", "version": VERSION } },
            },
        },
        "product_tree": tree,
        "vulnerabilities": vulnerabilities.collect::<Vec<_>>(),
    })
}

/// A vulnerability in CSAF, and how the product stands to it in each package.
fn vulnerability(names: &[String], rows: &[&VexRow], within: &dyn Fn(&str) -> String) -> Value {
    let ids = |rows: &[&VexRow]| -> Vec<String> {
        let set: BTreeSet<String> = rows.iter().map(|row| within(&row.package.to_string())).collect();
        set.into_iter().collect()
    };
    let (clear, accepted): (Vec<&VexRow>, Vec<&VexRow>) =
        rows.iter().copied().partition(|row| row.note.justification.is_some());
    let mut one = Map::new();
    let (cves, others): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| name.starts_with("CVE-"));
    if let Some(cve) = cves.first() {
        one.insert("cve".to_owned(), json!(cve));
    }
    let others: Vec<Value> = others.into_iter().map(|name| json!({ "system_name": "OSV", "text": name })).collect();
    if !others.is_empty() {
        one.insert("ids".to_owned(), json!(others));
    }
    let note = format!("Decided for each package by whoever answers for it; known as {}.", names.join(", "));
    one.insert("notes".to_owned(), json!([{ "category": "general", "text": note }]));
    let mut status = Map::new();
    if !accepted.is_empty() {
        status.insert("known_affected".to_owned(), json!(ids(&accepted)));
        let remediations: Vec<Value> = accepted
            .iter()
            .map(|row| {
                let ids = ids(&[row]);
                json!({ "category": "none_available", "details": row.decision(), "product_ids": ids })
            })
            .collect();
        one.insert("remediations".to_owned(), json!(remediations));
    }
    if !clear.is_empty() {
        status.insert("known_not_affected".to_owned(), json!(ids(&clear)));
        let flags: Vec<Value> =
            clear.iter().map(|row| json!({ "label": row.note.justification, "product_ids": ids(&[row]) })).collect();
        let threats: Vec<Value> = clear
            .iter()
            .map(|row| json!({ "category": "impact", "details": row.decision(), "product_ids": ids(&[row]) }))
            .collect();
        one.insert("flags".to_owned(), json!(flags));
        one.insert("threats".to_owned(), json!(threats));
    }
    one.insert("product_status".to_owned(), Value::Object(status));
    Value::Object(one)
}
