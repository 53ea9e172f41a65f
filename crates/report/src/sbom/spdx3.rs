//! SPDX 3.0.1 as JSON-LD.

use palisade_inventory::package::{Component, Scope};
use palisade_model::Digest;
use serde_json::{Value, json};

use super::{Sbom, Spelling, digests, expression};
use crate::VERSION;

/// The standard's vocabulary.
const CONTEXT: &str = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";

/// Who and when, for every element.
const CREATION: &str = "_:creation";

pub(super) fn document(sbom: &Sbom<'_>) -> Value {
    let base = format!("urn:uuid:{}", sbom.uuid("SPDX-3.0"));
    let id = |name: &str| format!("{base}#{name}");
    let ids: Vec<String> = sbom.bill.components.iter().map(|component| id(&name(component))).collect();
    let (target, tool) = (id("target"), id("tool"));
    let mut graph = vec![
        json!({"type": "CreationInfo", "@id": CREATION, "specVersion": "3.0.1", "created": sbom.created(),
               "createdBy": [id("maker")], "createdUsing": [tool]}),
        json!({"type": "SoftwareAgent", "spdxId": id("maker"), "name": "palisade", "creationInfo": CREATION}),
        json!({"type": "Tool", "spdxId": tool, "name": format!("palisade-{VERSION}"), "creationInfo": CREATION}),
    ];
    let mut elements = vec![target.clone()];
    let mut main = json!({"type": "software_Package", "spdxId": target, "name": sbom.name,
                          "software_primaryPurpose": "application", "creationInfo": CREATION});
    if let (Some(version), Some(main)) = (&sbom.version, main.as_object_mut()) {
        main.insert("software_packageVersion".to_owned(), json!(version));
    }
    graph.push(main);
    for (component, id) in sbom.bill.components.iter().zip(&ids) {
        graph.push(package(component, id));
        elements.push(id.clone());
    }
    let mut relate = |name: String, kind: &str, from: &str, to: Vec<String>, scope: Option<&str>| {
        if to.is_empty() {
            return;
        }
        let mut one = json!({"type": if scope.is_some() { "LifecycleScopedRelationship" } else { "Relationship" },
                             "spdxId": id(&name), "creationInfo": CREATION, "relationshipType": kind,
                             "from": from, "to": to});
        if let (Some(scope), Some(one)) = (scope, one.as_object_mut()) {
            one.insert("scope".to_owned(), json!(scope));
        }
        elements.push(id(&name));
        graph.push(one);
    };
    for (scope, word) in
        [(Scope::Runtime, "runtime"), (Scope::Optional, "runtime"), (Scope::Development, "development")]
    {
        let kind = if scope == Scope::Optional { "hasOptionalDependency" } else { "dependsOn" };
        let direct = sbom.bill.direct.iter().map(|at| *at as usize);
        let of_scope = direct.filter(|at| sbom.bill.components.get(*at).is_some_and(|one| one.scope == scope));
        let to = of_scope.filter_map(|at| ids.get(at).cloned()).collect();
        relate(format!("target-{word}-{kind}"), kind, &target, to, Some(word));
    }
    for (component, from) in sbom.bill.components.iter().zip(&ids) {
        let to = component.needs.iter().filter_map(|at| ids.get(*at as usize).cloned()).collect();
        relate(format!("{}-needs", name(component)), "dependsOn", from, to, None);
    }
    let mut licences = std::collections::BTreeMap::<String, Vec<String>>::new();
    for (component, id) in sbom.bill.components.iter().zip(&ids) {
        if let Some(text) = expression(component) {
            licences.entry(text).or_default().push(id.clone());
        }
    }
    for (at, (text, packages)) in licences.into_iter().enumerate() {
        let licence = id(&format!("licence-{at}"));
        graph.push(json!({"type": "simplelicensing_LicenseExpression", "spdxId": licence, "creationInfo": CREATION,
                          "simplelicensing_licenseExpression": text}));
        elements.push(licence.clone());
        for (of, package) in packages.into_iter().enumerate() {
            let relation = id(&format!("licence-{at}-{of}"));
            graph.push(json!({"type": "Relationship", "spdxId": relation, "creationInfo": CREATION,
                              "relationshipType": "hasDeclaredLicense", "from": package, "to": [licence]}));
            elements.push(relation);
        }
    }
    graph.push(json!({"type": "software_Sbom", "spdxId": id("sbom"), "creationInfo": CREATION,
                      "software_sbomType": ["source"], "rootElement": [target], "element": elements}));
    graph.push(json!({"type": "SpdxDocument", "spdxId": id("document"), "creationInfo": CREATION, "name": sbom.name,
                      "profileConformance": ["core", "software", "simpleLicensing"],
                      "rootElement": [id("sbom")], "dataLicense": id("data-licence")}));
    graph.push(json!({"type": "simplelicensing_LicenseExpression", "spdxId": id("data-licence"),
                      "creationInfo": CREATION, "simplelicensing_licenseExpression": "CC0-1.0"}));
    json!({"@context": CONTEXT, "@graph": graph})
}

fn package(component: &Component, id: &str) -> Value {
    let hashes: Vec<Value> = digests(component, Spelling::Spdx3)
        .map(|(name, hash)| json!({"type": "Hash", "algorithm": name, "hashValue": hash.hex}))
        .collect();
    let places: Vec<String> =
        component.places.iter().map(|place| format!("{} line {}", place.path, place.line)).collect();
    let mut out = json!({
        "type": "software_Package", "spdxId": id, "creationInfo": CREATION, "name": component.purl.full_name(),
        "software_packageUrl": component.purl.to_string(),
        "software_primaryPurpose": super::kind_of(component),
        "software_sourceInfo": format!("named in {}", places.join(", ")),
    });
    if let Some(fields) = out.as_object_mut() {
        if let Some(version) = component.purl.version() {
            fields.insert("software_packageVersion".to_owned(), json!(version));
        }
        if !hashes.is_empty() {
            fields.insert("verifiedUsing".to_owned(), json!(hashes));
        }
    }
    out
}

fn name(component: &Component) -> String {
    let digest = Digest::of_parts(&[component.purl.to_string().as_bytes()]).to_string();
    format!("package-{}", digest.get(..16).unwrap_or(&digest))
}
