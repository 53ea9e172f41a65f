//! CSAF 2.0 and 2.1 (<https://docs.oasis-open.org/csaf/csaf/v2.0/>): its profile for VEX, and advisories that say as much.

use std::collections::{BTreeMap, HashMap};

use palisade_model::Purl;
use serde_json::Value;

use super::{Justification, Product, Statement, Status, Vex, items, text, time};

/// Branches of the tree of products beyond this are not followed; vendors nest some six.
const DEPTH_MAX: usize = 64;

/// Lists of products and how those stand to a vulnerability.
const LISTS: [(&str, Status); 6] = [
    ("known_not_affected", Status::NotAffected),
    ("known_affected", Status::Affected),
    ("last_affected", Status::Affected),
    ("first_affected", Status::Affected),
    ("fixed", Status::Fixed),
    ("under_investigation", Status::UnderInvestigation),
];

pub(super) fn read(document: &Value) -> Vex {
    let head = document.get("document").unwrap_or(&Value::Null);
    let author = head.pointer("/publisher/name").and_then(Value::as_str).unwrap_or("").to_owned();
    let mut vex = Vex { author, ..Vex::default() };
    let released = time(head.pointer("/tracking/current_release_date").and_then(Value::as_str));
    let products = products(document.get("product_tree").unwrap_or(&Value::Null));
    for node in items(document, "vulnerabilities") {
        let ids = items(node, "ids").filter_map(|one| text(one, "text"));
        let names: Vec<String> = text(node, "cve").into_iter().chain(ids).map(str::to_owned).collect();
        for (list, status) in LISTS {
            let stated: Vec<&str> = node
                .pointer(&format!("/product_status/{list}"))
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            // Reasons and remedies are given product by product: those with the same make one statement.
            let reasons = Reasons::of(node, status);
            let mut groups: BTreeMap<(Option<Justification>, String), Vec<Product>> = BTreeMap::new();
            for id in stated {
                match products.get(id) {
                    Some(Some(product)) => groups.entry(reasons.about(id)).or_default().push(product.clone()),
                    Some(None) => vex.gap(format!("the product `{}` has no package URL", short(id))),
                    None => vex.gap(format!("the product `{}` is not in the tree", short(id))),
                }
            }
            for ((justification, detail), products) in groups {
                let (names, time) = (names.clone(), released);
                vex.take(Statement { names, status, products, justification, detail, time });
            }
        }
    }
    vex
}

fn short(id: &str) -> String {
    id.chars().take(100).collect()
}

/// Why products stand as they do to a vulnerability, by product.
struct Reasons<'v> {
    justifications: HashMap<&'v str, Justification>,
    details: HashMap<&'v str, &'v str>,
}

impl<'v> Reasons<'v> {
    fn of(node: &'v Value, status: Status) -> Self {
        let ids = |one: &'v Value| items(one, "product_ids").filter_map(Value::as_str);
        let mut reasons = Self { justifications: HashMap::new(), details: HashMap::new() };
        for flag in items(node, "flags").filter(|_| status == Status::NotAffected) {
            if let Some(label) = text(flag, "label").and_then(Justification::of_label) {
                reasons.justifications.extend(ids(flag).map(|id| (id, label)));
            }
        }
        let (list, kind) = match status {
            Status::NotAffected => ("threats", Some("impact")),
            _ => ("remediations", None),
        };
        for one in items(node, list).filter(|one| kind.is_none() || text(one, "category") == kind) {
            if let Some(detail) = text(one, "details") {
                ids(one).for_each(|id| {
                    reasons.details.entry(id).or_insert(detail);
                });
            }
        }
        reasons
    }

    fn about(&self, id: &str) -> (Option<Justification>, String) {
        (self.justifications.get(id).copied(), self.details.get(id).copied().unwrap_or("").to_owned())
    }
}

/// Products by their identity; nothing stands for those that no package URL names.
fn products(tree: &Value) -> HashMap<&str, Option<Product>> {
    let mut plain: HashMap<&str, Option<Purl>> = HashMap::new();
    items(tree, "full_product_names").for_each(|product| learn(product, &mut plain));
    branches(tree, &mut plain, 0);
    let mut products: HashMap<&str, Option<Product>> = plain
        .iter()
        .map(|(id, purl)| (*id, purl.clone().map(|purl| Product { purl: Some(purl), parts: Vec::new() })))
        .collect();
    for relation in items(tree, "relationships") {
        let Some(id) = relation.pointer("/full_product_name/product_id").and_then(Value::as_str) else { continue };
        let purl = |key| text(relation, key).and_then(|id| plain.get(id).cloned().flatten());
        // A part that is installed on, or is a component of, something else.
        let whole = purl("relates_to_product_reference");
        let joined = whole.zip(purl("product_reference"));
        products.insert(id, joined.map(|(whole, part)| Product { purl: Some(whole), parts: vec![part] }));
    }
    products
}

fn branches<'v>(node: &'v Value, known: &mut HashMap<&'v str, Option<Purl>>, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    for branch in items(node, "branches") {
        if let Some(product) = branch.get("product") {
            learn(product, known);
        }
        branches(branch, known, depth + 1);
    }
}

fn learn<'v>(product: &'v Value, known: &mut HashMap<&'v str, Option<Purl>>) {
    if let Some(id) = text(product, "product_id") {
        // CSAF 2.1 has a list of them.
        let one = product.pointer("/product_identification_helper/purl");
        let purl = one.or(product.pointer("/product_identification_helper/purls/0")).and_then(Value::as_str);
        known.entry(id).or_insert(purl.and_then(|text| Purl::parse(text).ok()));
    }
}
