//! Previews, exports, checkpoints and programs give the same values.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::terraform::Policy;
use crate::yaml::Yaml;

/// An export of what checks look at, and of what they pass over.
const EXPORT: &str = r#"{"version":3,"deployment":{"manifest":{},"resources":[
  {"urn":"urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev","custom":false,"type":"pulumi:pulumi:Stack"},
  {"urn":"urn:pulumi:dev::shop::shop:a:Db$aws:rds/instance:Instance::db","custom":true,"id":"db-1","type":"aws:rds/instance:Instance",
   "inputs":{"__defaults":["skipFinalSnapshot"],"storageEncrypted":false,"tags":{"__defaults":[],"OwnName":"x"},
     "password":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"v1:kettle"}}},
  {"urn":"urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs","custom":true,"id":"logs-1a","type":"aws:s3/bucket:Bucket",
   "inputs":{"bucket":"logs-1a","versioning":{"enabled":true}}},
  {"urn":"urn:pulumi:dev::shop::aws:s3/bucketPolicy:BucketPolicy::logs","custom":true,"id":"logs-1a","type":"aws:s3/bucketPolicy:BucketPolicy",
   "inputs":{"bucket":"logs-1a","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\"}]}"},
   "propertyDependencies":{"bucket":["urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs"],
                           "policy":["urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs"]}},
  {"urn":"urn:pulumi:dev::shop::aws:ec2/vpc:Vpc::old","custom":true,"type":"aws:ec2/vpc:Vpc","inputs":{},"delete":true},
  {"urn":"urn:pulumi:dev::shop::aws:ec2/vpc:Vpc::read","custom":true,"type":"aws:ec2/vpc:Vpc","inputs":{},"external":true},
  {"urn":"urn:pulumi:dev::shop::azure-native:storage:Blob::b","custom":true,"type":"azure-native:storage:Blob","inputs":{}}
]}}"#;

#[test]
fn what_stands_is_read_and_secrets_are_unknown() {
    let yaml = Yaml::parse(EXPORT.to_owned());
    let root = yaml.root().unwrap();
    assert!(is_output(root) && !is_program(root));
    let elements = elements(root, 7, 0);
    let kinds: Vec<&str> = elements.iter().map(|element| &*element.kind).collect();
    assert_eq!(kinds, ["aws_db_instance", "aws_s3_bucket", "aws_s3_bucket_policy"]);
    let [db, bucket, policy] = elements.as_slice() else { unreachable!() };
    assert_eq!((&*db.name, &*db.key.address), ("db", "shop:a:Db$aws:rds/instance:Instance::db"));
    assert_eq!(db.value.get("storage_encrypted").unwrap().as_bool(), Some(false));
    assert!(db.value.get("password").unwrap().is_unknown());
    let tags = db.value.get("tags").unwrap().as_object().unwrap();
    assert_eq!(tags.iter().map(|tag| &*tag.key).collect::<Vec<_>>(), ["OwnName"]);
    assert_eq!(bucket.value.get("versioning").unwrap().get("enabled").unwrap().as_bool(), Some(true));
    assert_eq!(bucket.value.get("id").unwrap().as_str(), Some("logs-1a"));
    let named = policy.value.get("bucket").unwrap();
    assert_eq!((named.target(), named.as_str()), (None, Some("logs-1a")));
    assert_eq!(Policy::of(policy.value.get("policy").unwrap()).unwrap().statements.len(), 1);
    for element in &elements {
        let text = &EXPORT[element.whole.span.start as usize..element.whole.span.end as usize];
        assert!(text.starts_with("{\"urn\"") && element.whole.span.contains(element.head.span));
    }
    let hidden = secrets(root);
    assert_eq!(hidden.len(), 1);
    assert!(EXPORT[hidden[0].start as usize..hidden[0].end as usize].contains("kettle"));
    let reason = "1 of 4 resources are of packages that are not judged: azure-native";
    assert_eq!(unread(root).as_deref(), Some(reason));
}

#[test]
fn a_checkpoint_is_read_as_an_export() {
    let resources = EXPORT.split_once("\"resources\":").unwrap().1.strip_suffix("}}").unwrap();
    let text = format!(r#"{{"version":3,"checkpoint":{{"stack":"dev","latest":{{"resources":{resources}}}}}}}"#);
    let yaml = Yaml::parse(text);
    assert_eq!(elements(yaml.root().unwrap(), 0, 0).len(), 3);
}

#[test]
fn what_a_preview_does_not_know_is_unknown() {
    let text = r#"{"config":{},"steps":[
      {"op":"create","urn":"urn:pulumi:dev::s::aws:kms/key:Key::k","newState":{"urn":"urn:pulumi:dev::s::aws:kms/key:Key::k",
        "custom":true,"type":"aws:kms/key:Key","inputs":{"enableKeyRotation":false}}},
      {"op":"create-replacement","urn":"urn:pulumi:dev::s::aws:ebs/volume:Volume::v","newState":{"custom":true,
        "type":"aws:ebs/volume:Volume","inputs":{"encrypted":false,"kmsKeyId":"04da6b54-80e4-46f7-96ec-b56ff0331ba9","a":"[secret]",
        "b":"04da6b54-80e4-46f7-96ec-b56ff0331ba9"},
        "propertyDependencies":{"encrypted":null,"kmsKeyId":["urn:pulumi:dev::s::aws:kms/key:Key::k"],
          "b":["urn:pulumi:dev::s::random:index/randomId:RandomId::k"]}}},
      {"op":"replace","urn":"urn:pulumi:dev::s::aws:ebs/volume:Volume::v","newState":{"custom":true,
        "type":"aws:ebs/volume:Volume","inputs":{}}},
      {"op":"delete","urn":"urn:pulumi:dev::s::aws:ec2/vpc:Vpc::x","oldState":{"type":"aws:ec2/vpc:Vpc","inputs":{}}}]}"#;
    let yaml = Yaml::parse(text.to_owned());
    let root = yaml.root().unwrap();
    assert!(is_output(root));
    let elements = elements(root, 0, 0);
    let [key, volume] = elements.as_slice() else { unreachable!() };
    assert_eq!(volume.value.get("kms_key_id").unwrap().target(), Some(&key.key));
    assert!(volume.value.get("kms_key_id").unwrap().is_unknown() && volume.value.get("a").unwrap().is_unknown());
    assert!(volume.value.get("b").unwrap().is_unknown() && volume.value.get("b").unwrap().target().is_none());
    assert_eq!(volume.value.get("encrypted").unwrap().as_bool(), Some(false));
    assert_eq!(unread(root), None);
}

#[test]
fn programs_are_evaluated_as_far_as_they_go() {
    let text = "name: shop\nruntime: yaml\nconfig:\n  open: {type: boolean, default: true}\n  pass: {type: string, secret: true}\n\
                variables:\n  port: 22\nresources:\n  sg:\n    type: aws:ec2:SecurityGroup\n    properties:\n      ingress:\n        \
                - {fromPort: \"${port}\", toPort: 22, cidrBlocks: [0.0.0.0/0]}\n  db:\n    type: aws:rds/instance:Instance\n    \
                properties:\n      publiclyAccessible: ${open}\n      password: ${pass}\n      identifier: a-${sg.id}-$${b}\n  \
                p:\n    type: aws:iam:Policy\n    properties:\n      policy:\n        fn::toJSON:\n          Statement:\n            \
                - {Effect: Allow, Action: \"*\"}\n  old:\n    type: aws:ec2:Vpc\n    get: {id: x}\n  loop:\n    type: aws:ec2:Vpc\n    \
                properties: ${again}\n";
    let text = text.replace("port: 22\n", "port: 22\n  again: ${again}\n");
    let yaml = Yaml::parse(text);
    let root = yaml.root().unwrap();
    assert!(is_program(root) && !is_output(root));
    let made = program(root, 0, 0);
    let kinds: Vec<&str> = made.iter().map(|element| &*element.kind).collect();
    assert_eq!(kinds, ["aws_security_group", "aws_db_instance", "aws_iam_policy", "aws_vpc"]);
    let ingress = made[0].value.get("ingress").unwrap().each().next().unwrap();
    assert_eq!(ingress.get("from_port").unwrap().as_number(), Some(22.0));
    assert_eq!(made[1].value.get("publicly_accessible").unwrap().as_bool(), Some(true));
    assert!(made[1].value.get("password").unwrap().is_unknown());
    assert!(made[1].value.get("identifier").unwrap().as_partial().unwrap().ends_with("-${b}"));
    assert_eq!(Policy::of(made[2].value.get("policy").unwrap()).unwrap().statements.len(), 1);
    assert!(made[3].value.is_unknown());
}

#[test]
fn more_than_is_read_is_said() {
    let one = r#"{"urn":"urn:pulumi:d::p::aws:ec2/vpc:Vpc::x","type":"aws:ec2/vpc:Vpc","inputs":{}}"#;
    let text = format!(r#"{{"deployment":{{"resources":[{}]}}}}"#, vec![one; RESOURCES_MAX + 1].join(","));
    let yaml = Yaml::parse(text);
    let root = yaml.root().unwrap();
    assert_eq!(elements(root, 0, 0).len(), 1);
    assert_eq!(unread(root).as_deref(), Some("20001 resources, of which the first 20000 are judged"));
}
