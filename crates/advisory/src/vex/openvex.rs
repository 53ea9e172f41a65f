//! OpenVEX 0.2 (<https://github.com/openvex/spec>), and what 0.1 wrote differently.

use palisade_model::Purl;
use serde_json::Value;

use super::{Justification, Product, Statement, Status, Vex, items, text, time};

pub(super) fn read(document: &Value) -> Vex {
    let mut vex = Vex { author: text(document, "author").unwrap_or("").to_owned(), ..Vex::default() };
    for node in items(document, "statements") {
        let Some(status) = text(node, "status").and_then(Status::of_label) else {
            vex.gap(format!("a status that OpenVEX does not have: `{}`", text(node, "status").unwrap_or("")));
            continue;
        };
        // Before 0.2 the parts stood beside the products.
        let beside: Vec<Purl> = items(node, "subcomponents").filter_map(purl).collect();
        let mut products = Vec::new();
        for product in items(node, "products") {
            let parts: Vec<Purl> = items(product, "subcomponents").filter_map(purl).collect();
            let asked = items(product, "subcomponents").count().max(items(node, "subcomponents").count());
            let parts = if parts.is_empty() { beside.clone() } else { parts };
            // A part that cannot be told makes no statement about the whole.
            match purl(product).filter(|_| parts.is_empty() == (asked == 0)) {
                Some(purl) => products.push(Product { purl: Some(purl), parts }),
                None => vex.gap(format!("a product or a part of it without a package URL: {}", shown(product))),
            }
        }
        let detail = text(node, "impact_statement").or_else(|| text(node, "action_statement"));
        vex.take(Statement {
            names: names(node.get("vulnerability")),
            status,
            products,
            justification: text(node, "justification").and_then(Justification::of_label),
            detail: detail.or_else(|| text(node, "status_notes")).unwrap_or("").to_owned(),
            time: time(text(node, "last_updated").or_else(|| text(node, "timestamp")))
                .or_else(|| time(text(document, "last_updated").or_else(|| text(document, "timestamp")))),
        });
    }
    vex
}

fn names(vulnerability: Option<&Value>) -> Vec<String> {
    let Some(node) = vulnerability else { return Vec::new() };
    let plain = node.as_str().or_else(|| text(node, "name"));
    let aliases = items(node, "aliases").filter_map(Value::as_str);
    plain.into_iter().chain(aliases).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The package URL of a product: its identity, or the identifier beside it.
fn purl(node: &Value) -> Option<Purl> {
    let identity = node.as_str().or_else(|| text(node, "@id"));
    let beside = node.pointer("/identifiers/purl").and_then(Value::as_str);
    beside.into_iter().chain(identity).find_map(|text| Purl::parse(text).ok())
}

fn shown(node: &Value) -> String {
    node.as_str().or_else(|| text(node, "@id")).unwrap_or("unnamed").chars().take(100).collect()
}
