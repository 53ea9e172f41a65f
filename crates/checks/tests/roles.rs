//! What the pages cannot show of roles: severities, second places, paths in messages, and what is not joined.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use palisade_checks::{Scanner, Selection, Settings};
use palisade_model::{Finding, Severity};

fn scan(text: &str) -> Vec<Finding> {
    let selection = Selection::new(vec!["iam".to_owned()], Vec::new()).unwrap();
    let scanner = Scanner::new(Settings::default(), &selection);
    scanner.scan_files(&[("main.tf".to_owned(), text.as_bytes().to_vec())]).findings
}

fn of<'f>(findings: &'f [Finding], check: &str) -> Vec<&'f Finding> {
    findings.iter().filter(|finding| finding.check.id == check).collect()
}

const PASS: &str = r#"
resource "aws_iam_policy" "pass" {
  name   = "pass"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["iam:PassRole"], Resource = "*" }] })
}
"#;

#[test]
fn an_escalation_over_two_policies_shows_both() {
    let alone = scan(PASS);
    let alone = of(&alone, "iam/any-role-passed");
    assert_eq!(alone.iter().map(|one| one.severity).collect::<Vec<_>>(), [Severity::Medium]);

    let text = format!(
        r#"{PASS}
resource "aws_iam_role" "builder" {{
  name = "builder"
}}
resource "aws_iam_role_policy_attachment" "pass" {{
  role       = aws_iam_role.builder.name
  policy_arn = aws_iam_policy.pass.arn
}}
resource "aws_iam_role_policy_attachment" "machines" {{
  role       = "builder"
  policy_arn = "arn:aws:iam::aws:policy/AmazonEC2FullAccess"
}}
"#
    );
    let both = scan(&text);
    let [finding] = of(&both, "iam/any-role-passed")[..] else { panic!("one finding") };
    assert_eq!(finding.severity, Severity::High);
    assert!(finding.message.contains("ec2:RunInstances of AmazonEC2FullAccess"), "{}", finding.message);
    assert!(finding.message.contains("builder"), "{}", finding.message);
    let line = text.lines().position(|line| line.contains("AmazonEC2FullAccess")).unwrap() + 1;
    assert!(finding.also.iter().any(|one| one.location.start.line as usize == line), "{:?}", finding.also);
}

#[test]
fn a_user_holds_what_its_groups_hold() {
    let text = format!(
        r#"{PASS}
resource "aws_iam_user" "bob" {{
  name = "bob"
}}
resource "aws_iam_group" "crew" {{
  name = "crew"
}}
resource "aws_iam_user_group_membership" "bob" {{
  user   = aws_iam_user.bob.name
  groups = [aws_iam_group.crew.name]
}}
resource "aws_iam_user_policy_attachment" "pass" {{
  user       = aws_iam_user.bob.name
  policy_arn = aws_iam_policy.pass.arn
}}
resource "aws_iam_group_policy" "stacks" {{
  group  = aws_iam_group.crew.name
  policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "cloudformation:Create*", Resource = "*" }}] }})
}}
"#
    );
    let found = scan(&text);
    let [finding] = of(&found, "iam/any-role-passed")[..] else { panic!("one finding") };
    assert_eq!(finding.severity, Severity::High);
    assert!(finding.message.contains("cloudformation:CreateStack of stacks"), "{}", finding.message);
}

#[test]
fn policies_of_different_copies_are_not_joined() {
    let text = format!(
        r#"{PASS}
resource "aws_iam_role" "each" {{
  for_each = toset(["a", "b"])
  name     = each.key
}}
resource "aws_iam_role_policy_attachment" "pass" {{
  role       = aws_iam_role.each["a"].name
  policy_arn = aws_iam_policy.pass.arn
}}
resource "aws_iam_role_policy_attachment" "machines" {{
  role       = aws_iam_role.each["b"].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEC2FullAccess"
}}
"#
    );
    let found = scan(&text);
    assert_eq!(
        of(&found, "iam/any-role-passed").iter().map(|one| one.severity).collect::<Vec<_>>(),
        [Severity::Medium]
    );
}

fn role(name: &str, trusted: &str, resource: &str) -> String {
    format!(
        r#"
resource "aws_iam_role" "{name}" {{
  name = "{name}"
  assume_role_policy = jsonencode({{
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ AWS = aws_iam_role.{trusted}.arn }} }}]
  }})
}}
resource "aws_iam_role_policy" "{name}" {{
  role   = aws_iam_role.{name}.name
  policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "s3:GetObject", Resource = "{resource}" }}] }})
}}
"#
    )
}

#[test]
fn a_path_is_told_from_end_to_end_and_circles_end() {
    let near = "arn:aws:s3:::orders/*";
    let text = [
        role("stage", "exporter", near),
        role("courier", "stage", near),
        role("exporter", "courier", "arn:aws:s3:::orders-prod/*"),
    ]
    .concat();
    let found = scan(&text);
    let [finding] = of(&found, "iam/production-over-roles")[..] else { panic!("one finding: {found:?}") };
    assert_eq!(
        finding.message,
        "stage (stage) → sts:AssumeRole → courier → sts:AssumeRole → exporter → s3:GetObject → \
         arn:aws:s3:::orders-prod/* (prod): who breaks into stage is in prod"
    );
    assert!(finding.also.len() >= 4, "{:?}", finding.also);
}
