//! Reading real shapes of YAML, and broken ones.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::*;

#[test]
fn spans_are_bytes_over_documents_quotes_blocks_and_wide_characters() {
    let text = "# ü\na: 'ö x' # c\nb:\n  - {k: v}\n  - |\n    line ä\n    two\n---\r\nc: \"d\"\r\n";
    let yaml = Yaml::parse(text);
    assert_eq!(yaml.problems(), []);
    let roots: Vec<_> = yaml.documents().collect();
    assert_eq!(roots.len(), 2);
    let a = roots[0].get("a").unwrap();
    assert_eq!((a.as_str(), a.span().of(text)), (Some("ö x"), "'ö x'"));
    assert_eq!(yaml.comment_on_line(a.span()), Some("c"));
    let b: Vec<_> = roots[0].get("b").unwrap().items().collect();
    assert_eq!(b[0].span().of(text), "{k: v}");
    assert_eq!(b[0].get_str("k"), Some("v"));
    assert_eq!(b[1].as_str(), Some("line ä\ntwo\n"));
    let at = b[1].as_str().unwrap().find("two").unwrap();
    assert!(text[b[1].offset_of(at)..].starts_with("two"));
    assert_eq!(roots[1].get("c").unwrap().span().of(text), "\"d\"");
    assert_eq!(roots[0].span().of(text).trim_end(), text[5..text.find("\n---").unwrap()].trim_end());
}

#[test]
fn aliases_and_merges_resolve_and_cycles_end() {
    let yaml = Yaml::parse("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nloop: &l\n  <<: *l\n  me: *l\n");
    let root = yaml.root().unwrap();
    let used = root.get("use").unwrap();
    assert_eq!((used.get_str("x"), used.get_str("y")), (Some("1"), Some("3")));
    let cycle = root.get("loop").unwrap();
    assert!(cycle.get("none").is_none());
    assert!(cycle.at(&["me", "me", "me"]).is_some());
}

#[test]
fn a_broken_document_keeps_its_head_and_the_rest_of_the_stream() {
    let yaml = Yaml::parse("a: 1\nb: [\n---\nc: 2\n");
    assert_eq!(yaml.problems().len(), 1);
    let found: Vec<_> = yaml.documents().filter_map(|root| root.get_str("c").or(root.get_str("a"))).collect();
    assert_eq!(found, ["1", "2"]);
}

#[test]
fn unwanted_documents_are_not_read() {
    let text = "a: 1\n---\nskip: [\n---\nb: 2\n---\nc: 3\n";
    let yaml = Yaml::parse_where(text, |document| !document.contains("skip"));
    assert_eq!(yaml.problems(), []);
    let spans: Vec<_> = yaml.documents().map(|root| root.span().of(text).trim()).collect();
    assert_eq!(spans, ["a: 1", "b: 2", "c: 3"]);
}

#[test]
fn bombs_and_depth_are_bounded() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (before, name) in ('a'..'y').zip('b'..'z') {
        bomb.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(", ")));
    }
    assert_eq!(Yaml::parse(bomb).problems(), []);
    for deep in ["[".repeat(10_000), "- ".repeat(10_000), "{a: ".repeat(10_000)] {
        let yaml = Yaml::parse(deep);
        assert_eq!(yaml.problems().len(), 1, "{:?}", yaml.problems());
    }
}

#[test]
fn places_are_named_without_lines() {
    let text = "kind: Deployment\nmetadata: {name: web}\nspec:\n  containers:\n    - image: a:1\n      name: app\n";
    let yaml = Yaml::parse(text);
    let image = yaml.root().unwrap().at(&["spec", "containers"]).unwrap().items().next().unwrap().get("image").unwrap();
    assert_eq!(yaml.path_of(image.span()), "Deployment/web.spec.containers[name=app].image");
}
