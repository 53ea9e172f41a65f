//! Small bills of each standard, shown a package a line.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::super::{GAPS_MAX, Manifest, Source};

/// What a bill gives: `purl scope direct own hashes licence @line > needs`, what it is about, and gaps, a line each.
fn shown(text: &str) -> String {
    let Some(manifest) = Manifest::read_bom(text) else { return "no bill".to_owned() };
    let line = |at: u32| text.get(..at as usize).unwrap_or(text).matches('\n').count() + 1;
    let mut out = Vec::new();
    if let Some(about) = &manifest.about {
        let version = about.version.as_deref().unwrap_or("-");
        let time = about.created.map(|time| time.rfc3339()).unwrap_or_default();
        out.push(format!("about {} {version} {time}", about.name).trim_end().to_owned());
    }
    for package in &manifest.packages {
        let mut line = format!("{} {:?} line {}", package.purl, package.scope, line(package.span.start));
        match package.direct {
            Some(true) => line += " direct",
            Some(false) => line += " not direct",
            None => {}
        }
        if package.source != Source::Registry {
            line += &format!(" {:?}", package.source).replace('"', "");
        }
        for hash in &package.hashes {
            line += &format!(" {}", hash.algorithm);
        }
        if let Some(licence) = &package.licence {
            line += &format!(" licence {licence}");
        }
        for need in &package.needs {
            line += &format!(" > {}", manifest.packages[*need as usize].purl.name());
        }
        out.push(line);
    }
    out.extend(manifest.gaps.iter().map(|gap| format!("gap {} {}", line(gap.span.start), gap.message)));
    out.join("\n")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n");
    assert_eq!(shown(text), lines(expected));
}

#[test]
fn cyclonedx_as_json() {
    let digest = "ab".repeat(32);
    let text = format!(
        r#"{{"components": [
        {{"type": "library", "bom-ref": "a", "name": "a", "version": "1.0.0", "purl": "pkg:npm/a@1.0.0",
          "hashes": [{{"alg": "SHA-256", "content": "{digest}"}}, {{"alg": "MD2", "content": "00"}}],
          "licenses": [{{"license": {{"id": "MIT"}}}}, {{"expression": "ISC", "acknowledgement": "concluded"}}],
          "components": [
            {{"type": "framework", "bom-ref": "b", "group": "org.example", "name": "b", "version": "2"}},
            {{"type": "file", "bom-ref": "f", "name": "/bin/f"}}]}},
        {{"type": "library", "bom-ref": "c", "name": "c", "purl": "pkg:npm/c", "scope": "excluded"}},
        {{"type": "library", "bom-ref": "a", "name": "d", "version": "1", "purl": "pkg:npm/d@1", "scope": "optional"}},
        {{"type": "library", "name": "e", "version": "1", "purl": "npm/e"}},
        {{"type": "library"}}],
      "services": [{{"bom-ref": "s", "name": "s", "services": [{{"bom-ref": "s2", "name": "s2"}}]}}],
      "dependencies": [
        {{"ref": "root", "dependsOn": ["a", "c", "s2"]}},
        {{"ref": "a", "dependsOn": ["b", "a", "f", "nowhere", "pkg:npm/d@1"]}},
        {{"ref": "b", "dependsOn": ["a"]}}],
      "metadata": {{"timestamp": "2026-01-02T03:04:05.678+01:00",
        "component": {{"type": "application", "bom-ref": "root", "name": "shop", "version": "3"}}}},
      "bomFormat": "CycloneDX", "specVersion": "1.6"}}"#
    );
    check(
        &text,
        "about shop 3 2026-01-02T02:04:05Z
         pkg:npm/a@1.0.0 Runtime line 2 direct sha256 licence MIT > b > d
         pkg:generic/org.example/b@2 Runtime line 6 not direct > a
         pkg:npm/c Development line 8 direct
         pkg:npm/d@1 Optional line 9 not direct
         pkg:generic/e@1 Runtime line 10 not direct
         gap 2 a digest by `MD2` is not kept: it is none, or too weak
         gap 6 `b` has no package URL: it is compared with nothing
         gap 8 `c` has no version
         gap 9 the reference `a` stands twice; the first counts
         gap 10 `npm/e` is no package URL: does not begin with `pkg:`
         gap 11 a component without a name and without a package URL is left out
         gap 15 `nowhere` is referred to and not listed",
    );
    let old = r#"{"bomFormat": "CycloneDX", "specVersion": "9.9", "components": [{"name": "x", "version": "1",
      "purl": "pkg:npm/x@1?vcs_url=git%2Bhttps://git.example/x"}]"#;
    check(
        old,
        "pkg:npm/x@1?vcs_url=git%2Bhttps:%2F%2Fgit.example%2Fx Runtime line 1 Repository(git+https://git.example/x)
         gap 2 expected `,` or `}`
         gap 1 CycloneDX 9.9 is not known: read as 1.7, as far as that goes",
    );
}

#[test]
fn cyclonedx_as_xml() {
    let text = r#"<?xml version="1.0"?>
      <x:bom xmlns:x="http://cyclonedx.org/schema/bom/1.4" version="1"><x:metadata>
        <x:component type="application" bom-ref="root"><x:name>R&amp;D</x:name><x:version>1</x:version></x:component>
      </x:metadata><x:components>
        <x:component type="library" bom-ref="a"><x:group>g</x:group><x:name>a</x:name><x:version>1</x:version>
          <x:scope>optional</x:scope>
          <x:hashes><x:hash alg="SHA-1">0000000000000000000000000000000000000000</x:hash></x:hashes>
          <x:licenses><x:license><x:name><![CDATA[A & B]]></x:name></x:license></x:licenses>
          <x:purl>pkg:maven/g/a@1?type=jar&amp;classifier=x</x:purl>
          <x:components><x:component type="library" bom-ref="b"><x:name>b</x:name><x:version>2</x:version>
            <x:purl>pkg:maven/g/b@2</x:purl></x:component></x:components></x:component></x:components>
      <x:dependencies><x:dependency ref="root"><x:dependency ref="b"/></x:dependency>
        <x:dependency ref="a"><x:dependency ref="b"/></x:dependency></x:dependencies></x:bom>"#;
    check(
        text,
        "about R&D 1
         pkg:maven/g/a@1?classifier=x&type=jar Optional line 5 not direct sha1 licence A & B > b
         pkg:maven/g/b@2 Runtime line 10 direct",
    );
    check(
        &text[..text.find("<x:dependencies>").unwrap() - 60],
        "about R&D 1
         pkg:maven/g/a@1?classifier=x&type=jar Optional line 5 sha1 licence A & B
         pkg:maven/g/b@2 Runtime line 10
         gap 11 XML that ends in the middle",
    );
}

#[test]
fn spdx_two_in_three_syntaxes() {
    let expected = |lines: [usize; 3], gap: usize| {
        format!(
            "about shop 1 2026-01-02T03:04:05Z
             pkg:npm/a@1.0.0 Runtime line {} direct sha1 licence MIT > c
             pkg:npm/b@2 Development line {} direct licence Our own words > c
             pkg:npm/c@3 Runtime line {} not direct
             gap {gap} `SPDXRef-none` is referred to and not listed",
            lines[0], lines[1], lines[2]
        )
    };
    let purl = |name: &str| {
        format!(
            r#"[{{"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/{name}"}}]"#
        )
    };
    let json = format!(
        r#"{{"SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.2", "name": "doc",
      "creationInfo": {{"created": "2026-01-02T03:04:05Z", "creators": ["Tool: x"]}},
      "documentDescribes": ["SPDXRef-app"],
      "hasExtractedLicensingInfos": [{{"licenseId": "LicenseRef-1", "name": "Our own words"}}],
      "files": [{{"SPDXID": "SPDXRef-file", "fileName": "x"}}],
      "packages": [{{"SPDXID": "SPDXRef-app", "name": "shop", "versionInfo": "1"}},
        {{"SPDXID": "SPDXRef-a", "name": "a", "versionInfo": "1.0.0", "licenseDeclared": "NOASSERTION",
         "licenseConcluded": "MIT", "checksums": [{{"algorithm": "SHA1", "checksumValue": "{}"}}], "externalRefs": {}}},
        {{"SPDXID": "SPDXRef-b", "name": "b", "versionInfo": "2", "licenseDeclared": "LicenseRef-1", "externalRefs": {}}},
        {{"SPDXID": "SPDXRef-c", "name": "c", "versionInfo": "3", "externalRefs": {}}}],
      "relationships": [
        {{"spdxElementId": "SPDXRef-app", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-a"}},
        {{"spdxElementId": "SPDXRef-b", "relationshipType": "DEV_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-app"}},
        {{"spdxElementId": "SPDXRef-c", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-a"}},
        {{"spdxElementId": "SPDXRef-b", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-c"}},
        {{"spdxElementId": "SPDXRef-b", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "NOASSERTION"}},
        {{"spdxElementId": "SPDXRef-c", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-file"}},
        {{"spdxElementId": "SPDXRef-c", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-none"}}]}}"#,
        "0".repeat(40),
        purl("a@1.0.0"),
        purl("b@2"),
        purl("c@3"),
    );
    check(&json, &expected([7, 9, 10], 18));
    let tags = format!(
        "# by hand\nSPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: doc\nCreated: 2026-01-02T03:04:05Z\n\
         PackageName: shop\nSPDXID: SPDXRef-app\nPackageVersion: 1\nPackageComment: <text>two\nPackageName: not this\n</text>\n\
         PackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1.0.0\nPackageLicenseDeclared: NOASSERTION\n\
         PackageLicenseConcluded: MIT\nPackageChecksum: SHA1: {}\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1.0.0\n\
         PackageName: b\nSPDXID: SPDXRef-b\nPackageVersion: 2\nPackageLicenseDeclared: LicenseRef-1\n\
         ExternalRef: PACKAGE-MANAGER purl pkg:npm/b@2\nPackageName: c\nSPDXID: SPDXRef-c\nPackageVersion: 3\n\
         ExternalRef: PACKAGE-MANAGER purl pkg:npm/c@3\nFileName: x\nSPDXID: SPDXRef-file\nLicenseID: LicenseRef-1\n\
         LicenseName: Our own words\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-app\n\
         Relationship: SPDXRef-app DEPENDS_ON SPDXRef-a\nRelationship: SPDXRef-b DEV_DEPENDENCY_OF SPDXRef-app\n\
         Relationship: SPDXRef-c DEPENDENCY_OF SPDXRef-a\nRelationship: SPDXRef-b DEPENDS_ON SPDXRef-c\n\
         Relationship: SPDXRef-c CONTAINS SPDXRef-file\nRelationship: SPDXRef-c DEPENDS_ON SPDXRef-none\n",
        "0".repeat(40)
    );
    check(&tags, &expected([12, 19, 24], 38));
    // What describes the document decides nothing about its syntax: YAML holds the same keys.
    let yaml = "SPDXID: SPDXRef-DOCUMENT\nspdxVersion: SPDX-2.3\nname: doc\npackages:\n- SPDXID: SPDXRef-a\n  name: a\n  \
        versionInfo: '1'\n  externalRefs:\n  - referenceType: purl\n    referenceLocator: pkg:npm/a@1\n";
    check(yaml, "about doc -\npkg:npm/a@1 Runtime line 6");
    check(
        "SPDXVersion: SPDX-2.3\nPackageName: <text>a",
        "about  -\ngap 2 a text without an end: nothing after it is read",
    );
}

#[test]
fn spdx_three() {
    let text = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
      {"type": "CreationInfo", "@id": "_:i", "specVersion": "3.0.1", "created": "2026-01-02T03:04:05Z"},
      {"type": "SpdxDocument", "spdxId": "d", "creationInfo": "_:i", "name": "doc", "rootElement": ["s"]},
      {"type": "software_Sbom", "spdxId": "s", "creationInfo": "_:i", "rootElement": ["app"]},
      {"type": "software_Package", "spdxId": "app", "name": "shop", "software_packageVersion": "1"},
      {"type": "software_Package", "spdxId": "a", "name": "a", "software_packageVersion": "1.0.0",
       "externalIdentifier": [{"externalIdentifierType": "packageUrl", "identifier": "pkg:npm/a@1.0.0"}],
       "verifiedUsing": [{"type": "Hash", "algorithm": "sha3_256", "hashValue": "DIGEST"}]},
      {"type": "software_Package", "spdxId": "b", "name": "b", "software_packageUrl": "pkg:npm/b@2"},
      {"type": "ai_AIPackage", "spdxId": "m", "name": "model"},
      {"type": "software_File", "spdxId": "f", "name": "x"},
      {"type": "simplelicensing_LicenseExpression", "spdxId": "l", "simplelicensing_licenseExpression": "MIT OR ISC"},
      {"type": "LifecycleScopedRelationship", "spdxId": "1", "relationshipType": "dependsOn", "scope": "test",
       "from": "app", "to": ["a"]},
      {"type": "Relationship", "spdxId": "2", "relationshipType": "hasOptionalDependency", "from": "a", "to": ["b", "f"]},
      {"type": "Relationship", "spdxId": "3", "relationshipType": "hasConcludedLicense", "from": "a", "to": ["l"]},
      {"type": "Relationship", "spdxId": "4", "relationshipType": "hasDeclaredLicense", "from": "b",
       "to": ["https://spdx.org/licenses/Zlib"]},
      {"type": "Relationship", "spdxId": "5", "relationshipType": "hasDeclaredLicense", "from": "m", "to": ["set"]},
      {"type": "Relationship", "spdxId": "6", "relationshipType": "dependsOn", "from": "m", "to": ["gone"]}]}"#;
    check(
        &text.replace("DIGEST", &"0".repeat(64)),
        "about shop 1 2026-01-02T03:04:05Z
         pkg:npm/a@1.0.0 Development line 6 direct sha3-256 licence MIT OR ISC > b
         pkg:npm/b@2 Development line 9 not direct licence Zlib
         pkg:generic/model Runtime line 10 not direct
         gap 10 `model` has no package URL: it is compared with nothing
         gap 10 `model` has no version
         gap 19 the licence `set` is in a form that is not read
         gap 20 `gone` is referred to and not listed",
    );
}

#[test]
fn what_is_no_bill_and_what_is_not_read() {
    for text in ["", "{}", "[]", "{\"bomFormat\": \"other\", \"x\": \"CycloneDX\"}", "<bom/>", "name: x\n"] {
        assert!(Manifest::read_bom(text).is_none(), "{text}");
    }
    let rdf = "<rdf:RDF xmlns:spdx=\"http://spdx.org/rdf/terms#\"/>";
    check(rdf, "gap 1 SPDX as RDF is not read: write the bill as JSON, or as tags and values");
}

/// Texts that would take long if anything here were quadratic or recursed as deeply as they are nested.
#[test]
fn hostile_bills_end() {
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<Vec<_>>().join(",");
    let head = "\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\"";
    let deep = "{\"name\": \"a\", \"components\": [".repeat(50_000);
    let cycle = many(2_000, &|n| {
        let all = many(50, &|m| format!("\"{}\"", (n + m) % 2_000));
        format!("{{\"ref\": \"{n}\", \"dependsOn\": [{all}]}}")
    });
    let parts = many(2_000, &|n| {
        format!("{{\"bom-ref\": \"{n}\", \"name\": \"a\", \"version\": \"{n}\", \"purl\": \"pkg:npm/a@{n}\"}}")
    });
    let described = many(20_000, &|n| format!("\"SPDXRef-{n}\""));
    let packages = many(20_000, &|n| format!("{{\"SPDXID\": \"SPDXRef-{n}\", \"name\": \"a\"}}"));
    for text in [
        format!("{{{head}, \"components\": [{deep}"),
        format!("{{{head}, \"components\": [{parts}], \"dependencies\": [{cycle}]}}"),
        format!("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>{}", "<components><component>".repeat(50_000)),
        format!(
            "{{\"spdxVersion\": \"SPDX-2.3\", \"SPDXID\": \"d\", \"documentDescribes\": [{described}], \"packages\": [{packages}]}}"
        ),
        format!("SPDXVersion: SPDX-2.3\n{}", "PackageName: <text>a\n".repeat(50_000)),
        format!("SPDXVersion: SPDX-2.3\n{}", "Relationship: a b\n".repeat(50_000)),
    ] {
        let manifest = Manifest::read_bom(&text).unwrap();
        assert!(manifest.gaps.len() <= GAPS_MAX);
    }
}
