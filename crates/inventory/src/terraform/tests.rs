//! Tests of the reader and of the evaluation.

use std::fmt::Write as _;

use palisade_model::Span;

use super::{Estate, File, text_functions};
use crate::Structure;

/// What the resources of files are worth, one line for each: address and body as JSON, `?` for what is unknown.
fn worth(files: &[(&str, &str)]) -> String {
    let parsed: Vec<File> = files
        .iter()
        .filter(|(path, _)| !path.ends_with(".txt"))
        .map(|(path, text)| File::parse((*path).into(), text))
        .collect();
    for file in &parsed {
        assert!(file.problems.is_empty(), "{}: {:?}", file.path, file.problems);
    }
    let borrowed: Vec<&File> = parsed.iter().collect();
    let read = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec());
    let estate = Estate::evaluate(&borrowed, &read, &|_| true);
    let mut lines = String::new();
    for element in estate.elements.iter().filter(|element| &*element.kind == "r") {
        let maybe = if element.maybe { " maybe" } else { "" };
        let json = text_functions::json(&element.value).replace('\u{fffc}', "?");
        let _ = writeln!(lines, "{}{maybe} {json}", element.name);
    }
    lines
}

fn expression(text: &str) -> String {
    let file = format!("resource \"r\" \"x\" {{\n  v = {text}\n}}\n");
    let line = worth(&[("main.tf", &file)]);
    line.trim().strip_prefix("x {\"v\":").and_then(|rest| rest.strip_suffix('}')).unwrap_or(&line).to_owned()
}

#[test]
fn expressions_are_worth_what_terraform_says() {
    for (text, wanted) in [
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("-(3) % 2 == -1", "true"),
        ("true ? \"a\" : \"b\"", "\"a\""),
        ("var.x ? \"a\" : \"a\"", "\"a\""),
        ("var.x ? \"a\" : \"b\"", "\"?\""),
        ("\"a${1 + 1}b$${c}\\n\\u0041\"", "\"a2b${c}\\nA\""),
        ("\"%{ if true }yes%{ else }no%{ endif }\"", "\"yes\""),
        ("\"%{ for i, a in [\"x\", \"y\"] }${i}${a} %{ endfor }\"", "\"0x 1y \""),
        ("<<-EOT\n    a\n      b ${2}\n  EOT", "\"a\\n  b 2\\n\""),
        ("[for a in [1, 2, 3] : a * 2 if a != 2]", "[2,6]"),
        ("{ for k, v in { a = 1, b = 2 } : k => v + 1 }", "{\"a\":2,\"b\":3}"),
        ("{ for v in [\"a\", \"b\", \"a\"] : v => 1... }", "{\"a\":[1,1],\"b\":[1]}"),
        ("[{ a = 1 }, { a = 2 }][*].a", "[1,2]"),
        ("[{ a = [5] }].0.a[0]", "5"),
        ("merge({ a = 1 }, { a = 2, \"b\" : 3 })", "{\"a\":2,\"b\":3}"),
        ("lookup({ a = 1 }, \"b\", 7)", "7"),
        ("coalesce(null, \"\", \"x\")", "\"x\""),
        ("try({}.a, [][0], \"c\")", "\"c\""),
        ("can({}.a)", "false"),
        ("jsondecode(jsonencode({ a = [1] })).a[0]", "1"),
        ("jsondecode(\"{\\\"a\\\": true}\").a", "true"),
        ("join(\"-\", split(\",\", \"a,b\"))", "\"a-b\""),
        ("format(\"%s:%d%%\", \"a\", 3)", "\"a:3%\""),
        ("length(toset([\"a\", \"a\"]))", "1"),
        ("contains(keys({ a = 1 }), \"a\")", "true"),
        ("flatten([[1, [2]], 3])", "[1,2,3]"),
        ("element([1, 2], 3)", "2"),
        ("upper(replace(\"a-b\", \"-\", \"_\"))", "\"A_B\""),
        ("yamldecode(\"a:\\n  - x: true\\n\").a[0].x", "true"),
        ("range(3)", "[0,1,2]"),
        ("concat([1], var.unknown)", "[1,\"?\"]"),
        ("var.unknown == null", "\"?\""),
        ("false && var.unknown", "false"),
        ("provider::x::f(1)", "\"?\""),
        ("(\n  1\n  + 2\n)", "3"),
        ("{ a = 1, b = 2\n c = 3 }", "{\"a\":1,\"b\":2,\"c\":3}"),
        ("max([1, 5, 3]...)", "5"),
    ] {
        assert_eq!(expression(text), wanted, "{text}");
    }
}

#[test]
fn loops_counts_and_dynamic_blocks_are_unrolled() {
    let text = r#"
locals { ports = { ssh = 22, web = 443 } }
variable "on" { default = false }
resource "r" "none" { count = var.on ? 1 : 0 }
resource "r" "two" {
  count = 2
  at    = count.index
}
resource "r" "each" {
  for_each = local.ports
  name     = each.key
  dynamic "rule" {
    for_each = [each.value]
    iterator = it
    content { port = it.value }
  }
  dynamic "never" {
    for_each = []
    content {}
  }
  dynamic "perhaps" {
    for_each = var.nothing
    content { a = 1 }
  }
}
resource "r" "perhaps" { count = var.nothing }
"#;
    let wanted = r#"two {"count":2,"at":0}
two {"count":2,"at":1}
each {"for_each":{"ssh":22,"web":443},"name":"ssh","rule":[{"port":22}],"perhaps":["?"]}
each {"for_each":{"ssh":22,"web":443},"name":"web","rule":[{"port":443}],"perhaps":["?"]}
perhaps maybe {"count":"?"}
"#;
    assert_eq!(worth(&[("main.tf", text)]), wanted);
}

#[test]
fn modules_get_their_arguments_and_give_their_outputs() {
    let root = r#"
module "a" {
  source   = "./mod"
  for_each = toset(["x", "y"])
  size     = { n = 1 }
  name     = each.key
}
resource "r" "out" { v = module.a["y"].name }
resource "r" "all" { v = [for key in ["x"] : module.a[key].name] }
"#;
    let child = r#"
variable "name" {}
variable "size" {
  type = object({ n = number, m = optional(bool, true), o = optional(string) })
}
resource "r" "in" {
  size = var.size
  name = "${var.name}-${local.suffix}"
  text = file("${path.module}/note.txt")
}
locals { suffix = "z" }
output "name" { value = r.in.name }
"#;
    let found = worth(&[("main.tf", root), ("mod/main.tf", child), ("mod/note.txt", "hello")]);
    let wanted = r#"out {"v":"y-z"}
all {"v":["x-z"]}
in {"size":{"n":1,"m":true,"o":null},"name":"x-z","text":"hello"}
in {"size":{"n":1,"m":true,"o":null},"name":"y-z","text":"hello"}
"#;
    assert_eq!(found, wanted);
}

#[test]
fn files_of_values_fill_variables() {
    let main = "variable \"a\" { default = 1 }\nvariable \"b\" {}\nresource \"r\" \"x\" {\n a = var.a\n b = var.b\n}\n";
    let found = worth(&[
        ("d/main.tf", main),
        ("d/terraform.tfvars", "b = \"given\"\n"),
        ("d/prod.tfvars", "a = 3\nb = \"p\"\n"),
    ]);
    assert_eq!(found, "x {\"a\":1,\"b\":\"given\"}\nx {\"a\":3,\"b\":\"p\"}\n");
}

#[test]
fn what_has_no_end_is_unknown() {
    let text = r#"
locals {
  a    = local.b
  b    = local.a
  big  = range(1000000000)
  d0   = ["x", "x"]
  long = join("", [for i in range(4000) : join("", [for j in range(4000) : "xxxxxxxx"])])
}
resource "r" "x" {
  cycle = local.a
  big   = local.big
  self  = r.x.self
}
module "me" {
  source = "./"
}
module "sub" {
  source = "./sub"
}
"#;
    let sub = "module \"up\" {\n  source = \"../\"\n}\n";
    let found = worth(&[("main.tf", text), ("sub/main.tf", sub)]);
    assert!(found.starts_with("x {\"cycle\":\"?\",\"big\":\"?\",\"self\":\"?\"}\n"), "{found}");
    let doubling: String = (1..60).map(|at| format!("  d{at} = [local.d{}, local.d{}]\n", at - 1, at - 1)).collect();
    let text =
        format!("locals {{\n  d0 = [1, 1]\n{doubling}}}\nresource \"r\" \"x\" {{\n  v = flatten(local.d59)\n}}\n");
    assert_eq!(worth(&[("main.tf", &text)]), "x {\"v\":\"?\"}\n");
}

#[test]
fn a_broken_block_leaves_the_others() {
    let text = "resource \"r\" \"a\" {\n  x = 1\n  y = [1, \n}\n\nresource \"r\" \"b\" {\n  x = 2\n}\n";
    let file = File::parse("main.tf".into(), text);
    assert_eq!(file.problems.len(), 1);
    let names: Vec<&str> = file.body.blocks.iter().map(|block| block.label(1)).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(file.body.blocks.first().map(|block| block.body.attributes.len()), Some(2));
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [("[", "]"), ("{ a = ", "}"), ("(", ")"), ("!", ""), ("\"${", "}\""), ("f(", ")"), ("- ", "")]
    {
        let text = format!("a = {}1{}\n", open.repeat(100_000), close.repeat(100_000));
        let file = File::parse("main.tf".into(), &text);
        assert_eq!(file.problems.len(), 1, "{open}");
    }
    let text = format!("a = 1{}\nb = {}\n", " + 1".repeat(100_000), "a {\n".repeat(100_000));
    assert!(!File::parse("main.tf".into(), &text).problems.is_empty());
    let text = "a {\n".repeat(100_000);
    assert!(!File::parse("main.tf".into(), &text).problems.is_empty());
}

#[test]
fn the_json_form_reads_alike() {
    let text = r#"{"locals": {"n": "x"}, "resource": {"r": {"a": {"v": "${local.n}-1", "w": [true, null]}}}}"#;
    assert_eq!(worth(&[("main.tf.json", text)]), "a {\"v\":\"x-1\",\"w\":[true,null]}\n");
}

#[test]
fn places_have_names() {
    let text = "resource \"aws_s3_bucket\" \"b\" {\n  versioning {\n    enabled = false\n  }\n}\n";
    let file = File::parse("main.tf".into(), text);
    let at = text.find("false").unwrap_or(0);
    assert_eq!(file.path_of(Span::new(at, at + 5)), "aws_s3_bucket.b.versioning.enabled");
}
