//! Small documents of each standard, shown a statement a line.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// A statement a line: names, status, why, products with their parts.
fn shown(text: &str) -> String {
    let vex = Vex::read(text.as_bytes()).unwrap();
    let product = |product: &Product| {
        let parts: Vec<String> = product.parts.iter().map(Purl::to_string).collect();
        let purl = product.purl.as_ref().map(Purl::to_string).unwrap_or_default();
        if parts.is_empty() { purl } else { format!("{purl}[{}]", parts.join(" ")) }
    };
    let line = |one: &Statement| {
        let why = one.justification.map_or("", Justification::label);
        let products: Vec<String> = one.products.iter().map(product).collect();
        format!("{} {} {why} \"{}\" {}", one.names.join("="), one.status.label(), one.detail, products.join(" "))
    };
    let gaps = vex.gaps.iter().map(|gap| format!("gap {gap}"));
    std::iter::once(vex.author.clone())
        .chain(vex.statements.iter().map(line))
        .chain(gaps)
        .collect::<Vec<_>>()
        .join("\n")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n");
    assert_eq!(shown(text), lines(expected));
}

#[test]
fn openvex() {
    check(
        r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "Us", "timestamp": "2026-01-01T00:00:00Z",
      "version": 1, "statements": [
      {"vulnerability": {"name": "CVE-1", "aliases": ["GHSA-1"]}, "status": "not_affected",
       "justification": "vulnerable_code_not_in_execute_path",
       "products": [{"@id": "pkg:npm/shop@1", "subcomponents": [{"@id": "pkg:npm/a@1"}]}]},
      {"vulnerability": {"name": "CVE-2"}, "status": "affected", "action_statement": "raise it",
       "products": [{"@id": "x", "identifiers": {"purl": "pkg:npm/shop@1"}}]},
      {"vulnerability": "CVE-3", "status": "fixed", "products": ["pkg:npm/old@1"], "subcomponents": ["pkg:npm/b"]},
      {"vulnerability": {"name": "CVE-4"}, "status": "not_affected", "products": [{"@id": "pkg:npm/shop@1"}]},
      {"vulnerability": {"name": "CVE-5"}, "status": "fixed",
       "products": [{"@id": "pkg:npm/shop@1", "subcomponents": [{"@id": "who knows"}]}]},
      {"vulnerability": {"name": "CVE-6"}, "status": "maybe", "products": [{"@id": "pkg:npm/shop@1"}]},
      {"status": "fixed", "products": [{"@id": "pkg:npm/shop@1"}]}]}"#,
        "Us
         CVE-1=GHSA-1 not_affected vulnerable_code_not_in_execute_path \"\" pkg:npm/shop@1[pkg:npm/a@1]
         CVE-2 affected  \"raise it\" pkg:npm/shop@1
         CVE-3 fixed  \"\" pkg:npm/old@1[pkg:npm/b]
         gap the statement on CVE-4 says `not_affected` and not why
         gap a product or a part of it without a package URL: pkg:npm/shop@1
         gap the statement on CVE-5 names no product with a package URL
         gap a status that OpenVEX does not have: `maybe`
         gap a statement that names no vulnerability",
    );
}

#[test]
fn cyclonedx() {
    check(
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"supplier": {"name": "Us"},
        "component": {"bom-ref": "shop", "name": "shop", "purl": "pkg:npm/shop@1"}},
      "components": [{"bom-ref": "a", "name": "a", "purl": "pkg:npm/a@1", "components": [{"bom-ref": "n", "name": "n"}]}],
      "vulnerabilities": [
      {"id": "CVE-1", "references": [{"id": "GHSA-1"}], "affects": [{"ref": "a"}, {"ref": "n"}],
       "analysis": {"state": "not_affected", "justification": "code_not_reachable", "response": ["will_not_fix"]}},
      {"id": "CVE-2", "affects": [{"ref": "shop"}], "analysis": {"state": "resolved", "detail": "mended"}},
      {"id": "CVE-3", "affects": [{"ref": "urn:cdx:1/1#a"}], "analysis": {"state": "exploitable"}},
      {"id": "CVE-4", "affects": [{"ref": "a"}]},
      {"id": "CVE-5", "affects": [{"ref": "a"}], "analysis": {"state": "in_triage"}}]}"#,
        "Us
         CVE-1=GHSA-1 not_affected vulnerable_code_not_in_execute_path \"will_not_fix\" pkg:npm/shop@1[pkg:npm/a@1]
         CVE-2 fixed  \"mended\" pkg:npm/shop@1
         CVE-5 under_investigation  \"\" pkg:npm/shop@1[pkg:npm/a@1]
         gap `n` has no package URL
         gap `urn:cdx:1/1#a` leads into another bill, which is not at hand
         gap the statement on CVE-3 names no product with a package URL",
    );
}

#[test]
fn csaf() {
    let helper = |purl: &str| format!(r#""product_identification_helper": {{"purl": "{purl}"}}"#);
    let text = format!(
        r#"{{"document": {{"csaf_version": "2.0", "category": "csaf_vex", "publisher": {{"name": "Us"}},
        "tracking": {{"current_release_date": "2026-01-01T00:00:00Z"}}}},
      "product_tree": {{
        "branches": [{{"category": "vendor", "name": "Us", "branches": [
          {{"category": "product_version", "name": "1", "product": {{"product_id": "P", "name": "shop", {}}}}}]}}],
        "full_product_names": [{{"product_id": "A", "name": "a", {}}}, {{"product_id": "N", "name": "n"}}],
        "relationships": [{{"category": "default_component_of", "product_reference": "A",
          "relates_to_product_reference": "P", "full_product_name": {{"product_id": "P:A", "name": "a in shop"}}}}]}},
      "vulnerabilities": [{{"cve": "CVE-1", "ids": [{{"system_name": "x", "text": "X-1"}}],
        "product_status": {{"known_not_affected": ["P:A"], "fixed": ["A"], "known_affected": ["N", "gone"]}},
        "flags": [{{"label": "component_not_present", "product_ids": ["P:A"]}}],
        "threats": [{{"category": "impact", "details": "not built in", "product_ids": ["P:A"]}}],
        "remediations": [{{"category": "vendor_fix", "details": "raise it", "product_ids": ["A"]}}]}}]}}"#,
        helper("pkg:npm/shop@1"),
        helper("pkg:npm/a@1"),
    );
    check(
        &text,
        "Us
         CVE-1=X-1 not_affected component_not_present \"not built in\" pkg:npm/shop@1[pkg:npm/a@1]
         CVE-1=X-1 fixed  \"raise it\" pkg:npm/a@1
         gap the product `N` has no package URL
         gap the product `gone` is not in the tree",
    );
}

#[test]
fn a_statement_covers_what_it_is_about_and_nothing_else() {
    let purl = |text: &str| Purl::parse(text).unwrap();
    let (shop, other, part) = (purl("pkg:npm/shop@1"), purl("pkg:npm/other@1"), purl("pkg:npm/a@1?x=1"));
    let statement = |product: Product| Statement {
        names: vec!["CVE-1".to_owned()],
        status: Status::NotAffected,
        products: vec![product],
        justification: None,
        detail: "why".to_owned(),
        time: None,
    };
    let check = |product: &str, parts: &[&str], package: &Purl, target: &[&Purl], covers: bool| {
        let product = Product { purl: Some(purl(product)), parts: parts.iter().map(|part| purl(part)).collect() };
        assert_eq!(statement(product).covers(&["GHSA-1", "cve-1"], package, target), covers);
    };
    check("pkg:npm/shop@1", &["pkg:npm/a@1"], &part, &[&shop], true);
    check("pkg:npm/shop@1", &["pkg:npm/a@1"], &part, &[&other], false);
    check("pkg:npm/shop@1", &["pkg:npm/a@1"], &part, &[], false);
    check("pkg:npm/shop", &["pkg:npm/a"], &part, &[&shop], true);
    check("pkg:npm/shop@2", &["pkg:npm/a"], &part, &[&shop], false);
    check("pkg:npm/shop@1", &["pkg:npm/a@1?x=2"], &part, &[&shop], false);
    check("pkg:npm/shop@1", &[], &part, &[&shop], true);
    check("pkg:npm/a@1", &[], &part, &[], true);
    check("pkg:npm/a@2", &[], &part, &[], false);
    let none = Product { purl: None, parts: vec![purl("pkg:npm/a@1")] };
    assert!(!statement(none).covers(&["CVE-1"], &part, &[&shop]));
}

#[test]
fn what_is_no_document_and_what_is_hostile() {
    for text in ["", "[]", "{}", "{\"bomFormat\": \"CycloneDX\"}", "{\"@context\": 1}", "<xml/>"] {
        assert!(Vex::read(text.as_bytes()).is_err(), "{text}");
    }
    let deep = format!("{}{}", "{\"branches\": [".repeat(100_000), "]}".repeat(100_000));
    assert!(matches!(Vex::read(deep.as_bytes()), Err(VexError::Json(_))));
}
