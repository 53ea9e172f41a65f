//! What Pulumi and CDK leave: secrets stay hidden, resources are joined, what is passed over is said.

#![expect(clippy::unwrap_used, reason = "tests")]

use palisade_checks::{Host, Scan, Scanner, Selection, Settings};

fn scan(files: &[(&str, &str)]) -> Scan {
    let selection = Selection::new(vec!["iac".to_owned(), "iam".to_owned(), "scan".to_owned()], Vec::new()).unwrap();
    let scanner = Scanner::new(Settings::default(), &selection);
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    scanner.scan_files(&files)
}

fn ids(scan: &Scan) -> Vec<&'static str> {
    let mut ids: Vec<_> = scan.findings.iter().map(|finding| finding.check.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// An export on one line, as a backend keeps it, with resources at its end.
fn export(resources: &str) -> String {
    format!(r#"{{"version":3,"deployment":{{"manifest":{{}},"resources":[{resources}]}}}}"#)
}

/// A resource with its inputs.
fn resource(kind: &str, name: &str, inputs: &str) -> String {
    let urn = format!("urn:pulumi:dev::shop::{kind}::{name}");
    format!(r#"{{"urn":"{urn}","custom":true,"type":"{kind}","inputs":{inputs}}}"#)
}

#[test]
fn a_secret_is_neither_judged_nor_shown() {
    // Beside the secret stands a fault, so that the line is shown.
    let secret =
        r#"{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","plaintext":"\"wobble-Kettle\""}"#;
    let inputs = format!(r#"{{"publiclyAccessible":true,"password":{secret},"acl":{secret}}}"#);
    let scan = scan(&[("stack.json", &export(&resource("aws:rds/instance:Instance", "db", &inputs)))]);
    assert!(ids(&scan).contains(&"iac/aws-database-public"), "{:?}", ids(&scan));
    assert!(!ids(&scan).iter().any(|id| id.contains("credential") || id.contains("password")), "{:?}", ids(&scan));
    assert!(!format!("{:?}", scan.findings).contains("Kettle"));
}

#[test]
fn findings_name_the_resource_and_point_at_the_property() {
    let text = export(&resource("aws:rds/instance:Instance", "db", r#"{"publiclyAccessible":true}"#));
    let scan = scan(&[("stack.json", &text)]);
    let finding = scan.findings.iter().find(|finding| finding.check.id == "iac/aws-database-public").unwrap();
    assert!(finding.message.starts_with("`aws:rds/instance:Instance::db`: "), "{}", finding.message);
    let span = finding.location.span;
    assert_eq!(&text[span.start as usize..span.end as usize], "true");
}

#[test]
fn a_block_of_public_access_is_joined_with_its_bucket() {
    let bucket = resource("aws:s3/bucket:Bucket", "logs", r#"{"bucket":"logs-1a","acl":"private"}"#);
    let block = r#"{"bucket":"logs-1a","blockPublicAcls":true,"blockPublicPolicy":true,"ignorePublicAcls":true,
        "restrictPublicBuckets":true}"#;
    let block = resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "logs", block);
    let open = |text: &str| ids(&scan(&[("stack.json", text)])).iter().any(|id| id.contains("public-access"));
    assert!(!open(&export(&format!("{bucket},{block}"))));
}

#[test]
fn what_is_passed_over_is_counted() {
    let known = resource("aws:ec2/vpc:Vpc", "main", "{}");
    let native = resource("azure-native:storage:StorageAccount", "a", "{}");
    let number = resource("random:index/randomId:RandomId", "a", "{}");
    let scan = scan(&[("stack.json", &export(&format!("{known},{native},{number}")))]);
    let partial = scan.coverage.partial.iter().map(|skipped| skipped.reason.as_str()).collect::<Vec<_>>();
    assert_eq!(partial, ["1 of 3 resources are of packages that are not judged: azure-native"]);
    assert_eq!(scan.coverage.parsed, 0);
}

#[test]
fn odd_input_is_no_panic() {
    for text in [
        r#"{"deployment":{"resources":[null,1,{"urn":"urn:pulumi:","type":"aws:s3/bucket:Bucket","inputs":[]}]}}"#,
        r#"{"deployment":{"resources":{"a":"urn:pulumi:"}}}"#,
        r#"{"deployment":{"resources":[{"urn":["urn:pulumi:a"],"type":"aws:s3/bucket:Bucket"}]}}"#,
        r#"{"steps":[{"urn":"urn:pulumi:a","newState":7},{"newState":{"type":"aws:s3/bucket:Bucket","inputs":null}}]}"#,
        r#"{"checkpoint":{"latest":{"resources":[{"urn":"urn:pulumi:a::b::é","type":"aws:ec2/vpc:Vpc","inputs":{"é":1},
            "propertyDependencies":{"é":["urn:pulumi:x"]}}]}}}"#,
        r#"{"deployment":{"resources":[{"urn":"urn:pulumi:"#,
    ] {
        scan(&[("stack.json", text)]);
    }
}

#[test]
fn templates_that_cdk_wrote_are_judged() {
    let template = r#"{"Resources":{"Db":{"Type":"AWS::RDS::DBInstance","Properties":{"PubliclyAccessible":true},
        "Metadata":{"aws:cdk:path":"App/Db/Resource"}}}}"#;
    let scan = scan(&[("cdk.out/App.template.json", template), ("cdk.out/manifest.json", r#"{"version":"36.0.0"}"#)]);
    assert!(ids(&scan).contains(&"iac/aws-database-public"), "{:?}", ids(&scan));
}

#[test]
fn one_document_alone_is_judged() {
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    let preview = r#"{"steps":[{"op":"create","urn":"urn:pulumi:dev::shop::aws:rds/instance:Instance::db",
        "newState":{"custom":true,"type":"aws:rds/instance:Instance","inputs":{"publiclyAccessible":true}}}]}"#;
    let template = r#"{"Resources":{"Db":{"Type":"AWS::RDS::DBInstance","Properties":{"PubliclyAccessible":true}}}}"#;
    for (path, text) in [("preview.json", preview), ("App.template.json", template)] {
        // Nothing can be read again: of standard input, of one file, of what is staged.
        let scan = scanner.finish(vec![scanner.look(path, text.as_bytes())], Host::reading(&|_| None));
        assert!(ids(&scan).contains(&"iac/aws-database-public"), "{path}: {:?}", ids(&scan));
    }
}

#[test]
fn every_cloud_is_judged() {
    for (kind, inputs, check) in [
        (
            "gcp:compute/firewall:Firewall",
            r#"{"allows":[{"protocol":"tcp","ports":["22"]}],"sourceRanges":["0.0.0.0/0"]}"#,
            "iac/google-open-admin-port",
        ),
        (
            "gcp:projects/iAMMember:IAMMember",
            r#"{"member":"allUsers","role":"roles/viewer"}"#,
            "iac/google-public-member",
        ),
        (
            "azure:network/networkSecurityGroup:NetworkSecurityGroup",
            r#"{"securityRules":[{"access":"Allow","direction":"Inbound","protocol":"Tcp","sourceAddressPrefix":"*",
                "destinationPortRange":"22"}]}"#,
            "iac/azure-open-admin-port",
        ),
        (
            "cloudflare:index/zoneSetting:ZoneSetting",
            r#"{"settingId":"ssl","value":"flexible"}"#,
            "iac/cloudflare-origin-plaintext",
        ),
        (
            "aws:cloudfront/distribution:Distribution",
            r#"{"origins":[{"domainName":"shop.example.org","customOriginConfig":{"originProtocolPolicy":"http-only"}}]}"#,
            "iac/aws-origin-plaintext",
        ),
        (
            "aws:iam/role:Role",
            r#"{"assumeRolePolicy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":\"*\"}]}"}"#,
            "iam/role-for-anybody",
        ),
    ] {
        let scan = scan(&[("stack.json", &export(&resource(kind, "a", inputs)))]);
        assert!(ids(&scan).contains(&check), "{kind}: {:?}", ids(&scan));
    }
}
