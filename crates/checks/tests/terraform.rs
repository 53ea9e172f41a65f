//! What the pages cannot show of Terraform: no secret in any excerpt, severities in examples, calls and sets of values.

#![expect(clippy::unwrap_used, reason = "tests")]

use palisade_checks::{Scanner, Selection, Settings};
use palisade_model::{Finding, Severity};

fn scan(files: &[(&str, &str)]) -> Vec<Finding> {
    let selection = Selection::new(vec!["iac".to_owned(), "scan".to_owned()], Vec::new()).unwrap();
    let scanner = Scanner::new(Settings::default(), &selection);
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    scanner.scan_files(&files).findings
}

fn found(findings: &[Finding], check: &str) -> Vec<(String, u32, Severity)> {
    let of_check = findings.iter().filter(|finding| finding.check.id == check);
    of_check.map(|one| (one.location.path.to_string(), one.location.start.line, one.severity)).collect()
}

/// Secrets are written as `{{word-number}}` and made from that, so that none stands in this file.
const SECRETS: &str = r#"
locals {
  env = {
    DB_PASSWORD = "{{wobble-83}}"
  }
}

variable "pass" {
  default = "{{orchid-84}}"
}

resource "aws_db_instance" "a" {
  password            = var.pass
  publicly_accessible = true
}

resource "aws_lambda_function" "b" {
  environment {
    variables = local.env
  }
}

resource "aws_ecs_task_definition" "c" {
  container_definitions = jsonencode([{
    privileged  = true
    environment = [{ name = "API_TOKEN", value = "{{wobble-85}}" }]
  }])
}

resource "aws_ecs_task_definition" "d" {
  container_definitions = <<-EOT
    [{"environment": [{"name": "API_TOKEN", "value": "{{wobble-86}}"}]}]
  EOT
}

resource "aws_instance" "e" {
  user_data = <<-EOT
    export DB_PASSWORD={{wobble-87}}
  EOT
}

resource "azurerm_mssql_server" "f" {
  administrator_login_password = "{{wobble-88}}"
}

provider "aws" {
  secret_key = "{{wobble-89}}"
}

variable "api_token" {
  default = "{{wobble-90}}"
}
"#;

#[test]
fn no_excerpt_shows_a_secret() {
    let text = SECRETS.replace("{{wobble", "wobble-Kettle").replace("{{orchid", "orchid-Kettle").replace("}}", "");
    assert_eq!(text.matches("Kettle").count(), 8);
    let findings = scan(&[("main.tf", &text)]);
    for (check, count) in [
        ("iac/aws-database-password-in-code", 1),
        ("iac/aws-secret-in-environment", 3),
        ("iac/aws-secret-in-user-data", 1),
        ("iac/azure-database-password-in-code", 1),
        ("iac/tf-credentials-in-provider", 1),
        ("iac/tf-secret-as-default", 1),
    ] {
        assert_eq!(found(&findings, check).len(), count, "{check}");
    }
    for finding in &findings {
        let text = format!("{finding:?}");
        assert!(!text.contains("Kettle"), "{} shows a secret: {text}", finding.check.id);
    }
}

#[test]
fn examples_are_rated_low_and_say_nothing_of_the_module_they_show() {
    let module =
        "variable \"acl\" { default = \"private\" }\nresource \"aws_s3_bucket_acl\" \"a\" {\n  acl = var.acl\n}\n";
    let example = "module \"m\" {\n  source = \"../..\"\n  acl = \"public-read\"\n}\nresource \"aws_s3_bucket_acl\" \"b\" {\n  acl = \"public-read\"\n}\n";
    let findings = scan(&[("main.tf", module), ("examples/all/main.tf", example)]);
    let acls = found(&findings, "iac/aws-s3-public-acl");
    assert_eq!(acls, [("examples/all/main.tf".to_owned(), 6, Severity::Low)]);
}

#[test]
fn a_fault_of_many_calls_is_told_once_with_its_call() {
    let module = "variable \"acl\" {}\nresource \"aws_s3_bucket_acl\" \"a\" {\n  acl = var.acl\n}\n";
    let root = "module \"good\" {\n  source = \"./m\"\n  acl = \"private\"\n}\nmodule \"bad\" {\n  source = \"./m\"\n  acl = \"public-read\"\n}\nmodule \"worse\" {\n  source = \"./m\"\n  acl = \"public-read\"\n}\n";
    let findings = scan(&[("main.tf", root), ("m/main.tf", module)]);
    assert_eq!(found(&findings, "iac/aws-s3-public-acl"), [("m/main.tf".to_owned(), 3, Severity::High)]);
    let also: Vec<_> = findings.iter().flat_map(|finding| &finding.also).map(|one| one.location.start.line).collect();
    assert_eq!(also, [7, 5]);
}

#[test]
fn sets_of_values_are_each_looked_at() {
    let root = "variable \"public\" {\n  default = false\n}\nresource \"aws_db_instance\" \"a\" {\n  publicly_accessible = var.public\n}\n";
    let findings = scan(&[("main.tf", root), ("dev.tfvars", "public = true\n"), ("prod.tfvars", "public = false\n")]);
    assert_eq!(found(&findings, "iac/aws-database-public"), [("main.tf".to_owned(), 5, Severity::High)]);
    let also: Vec<_> = findings.iter().flat_map(|finding| &finding.also).map(|one| &*one.location.path).collect();
    assert_eq!(also, ["dev.tfvars"]);
}

#[test]
fn what_is_unknown_is_no_finding() {
    let text = "variable \"x\" {}\nresource \"aws_db_instance\" \"a\" {\n  publicly_accessible     = var.x\n  storage_encrypted       = var.x\n  deletion_protection     = var.x\n  backup_retention_period = var.x\n  password                = var.x\n}\nresource \"aws_security_group\" \"b\" {\n  dynamic \"ingress\" {\n    for_each = var.x\n    content {\n      from_port   = ingress.value\n      to_port     = 22\n      protocol    = \"tcp\"\n      cidr_blocks = [\"0.0.0.0/0\"]\n    }\n  }\n}\nresource \"aws_iam_role_policy\" \"c\" {\n  policy = var.x\n}\n";
    assert_eq!(scan(&[("main.tf", text)]).len(), 0);
}

#[test]
fn modules_without_end_are_told() {
    let calls: String = ["a", "b", "c"].map(|name| format!("module \"{name}\" {{\n  source = \"./\"\n}}\n")).concat();
    let findings = scan(&[("main.tf", &calls)]);
    assert_eq!(found(&findings, "scan/unreadable-file"), [("main.tf".to_owned(), 1, Severity::Medium)]);
    let findings = scan(&[("main.tf", "module \"a\" {\n  source = \"./\"\n}\n")]);
    assert_eq!(found(&findings, "scan/unreadable-file"), []);
}
