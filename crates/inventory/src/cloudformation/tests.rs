//! Templates in both spellings give the same values.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::terraform::{HOLE, Policy};
use crate::yaml::Yaml;

const YAML: &str = r#"
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: {Type: String, Default: prod}
  Names: {Type: CommaDelimitedList, Default: "a, b"}
  Open: {Type: String}
Mappings:
  Sizes: {prod: {size: 3}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  Maybe: !Or [!Equals [!Ref Open, x], !Condition IsDev]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    Properties:
      BucketName: !Sub "logs-${Stage}-${AWS::Region}"
      Size: !FindInMap [Sizes, !Ref Stage, size]
      Last: !Select [1, !Ref Names]
      Nothing: !Ref AWS::NoValue
      Policy: !If
        - IsProd
        - !Join ['-', [x, !Ref Open]]
        - y
  Dev: {Type: "AWS::SNS::Topic", Condition: IsDev}
  Perhaps: {Type: "AWS::SNS::Topic", Condition: Maybe}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          Effect: Allow
          Principal: {AWS: 123456789012}
          Action: sts:AssumeRole
          Resource:
            - !GetAtt Bucket.Arn
            - !Sub "${Bucket.Arn}/*"
            - {"Fn::Sub": ["${X}${!Y}", {X: 1}]}
"#;

#[test]
fn functions_are_evaluated() {
    let yaml = Yaml::parse(YAML);
    assert!(yaml.problems().is_empty(), "{:?}", yaml.problems());
    let elements = elements(yaml.root().unwrap(), 7, 3);
    let names: Vec<(&str, bool)> = elements.iter().map(|one| (&*one.name, one.maybe)).collect();
    assert_eq!(names, [("Bucket", false), ("Perhaps", true), ("Role", false)]);
    let bucket = &elements[0].value;
    let text = |name: &str| bucket.get(name).map(Value::to_text).unwrap_or_default();
    assert_eq!(text("BucketName"), format!("logs-prod-{HOLE}"));
    assert_eq!((text("Size"), text("Last"), text("Policy")), ("3".into(), "b".into(), format!("x-{HOLE}")));
    assert_eq!(text("DeletionPolicy"), "Retain");
    assert!(bucket.get("Nothing").is_none());
    let policy = Policy::of(elements[2].value.get("AssumeRolePolicyDocument").unwrap()).unwrap();
    let statement = &policy.statements[0];
    assert_eq!(statement.principals[0].1.as_str(), Some("123456789012"));
    assert_eq!(statement.resources[0].target().map(|key| &*key.address), Some("Bucket"));
    assert_eq!(statement.resources[1].as_partial(), Some(&*format!("{HOLE}/*")));
    assert_eq!(statement.resources[2].as_str(), Some("1${Y}"));
}

#[test]
fn loops_and_nonsense_end() {
    for text in [
        "Resources: {A: {Type: 'A::B', Condition: X}}\nConditions: {X: !Not [!Condition X]}",
        "Resources: {A: {Type: 'A::B', Properties: !Ref A}}",
        "Resources: {A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref A}}}",
        "Resources: {A: {Type: 'A::B', Properties: {X: !Sub '${', Y: !Select [9, []], Z: !If [], W: !Join}}}",
    ] {
        let yaml = Yaml::parse(text);
        assert_eq!(elements(yaml.root().unwrap(), 0, 0).len(), 1, "{text}");
    }
}

#[test]
fn passwords_are_named() {
    let text = "Parameters: {P: {NoEcho: true, Default: one}}\nResources: {A: {Type: 'A::B', Properties: {Password: two, PasswordX: !Ref P}}}";
    let yaml = Yaml::parse(text);
    let spans = secrets(yaml.root().unwrap(), &|name| name.starts_with("Password"));
    let texts: Vec<&str> = spans.iter().map(|span| span.of(text)).collect();
    assert_eq!(texts, ["one", "two"]);
}
