//! What the language means, and what hostile texts do.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::*;

fn flows(text: &str) -> Vec<String> {
    parse(text).unwrap().flows().into_iter().map(|reference| reference.path).collect()
}

#[test]
fn one_value_has_many_spellings() {
    for text in [
        "github.event.issue.title",
        "github['event']['issue']['title']",
        "GitHub.Event.Issue.Title",
        "github.event ['issue'] .title",
        "(github.event).issue.title",
        "((github))['Event'].issue['TITLE']",
    ] {
        assert_eq!(parse(text).unwrap().path().as_deref(), Some("github.event.issue.title"), "{text}");
    }
    assert_eq!(parse("github.event.commits[0].message").unwrap().path().unwrap(), "github.event.commits.*.message");
    assert_eq!(parse("secrets[format('{0}_KEY', matrix.env)]").unwrap().path().unwrap(), "secrets.*");
}

#[test]
fn flows_are_what_can_come_out() {
    assert_eq!(flows("github.event_name == 'push' && github.head_ref || inputs.x"), ["github.head_ref", "inputs.x"]);
    assert_eq!(flows("format('{0} {1}', github.actor, join(github.event.commits.*.message, ' '))").len(), 2);
    assert_eq!(flows("fromJSON(toJSON(github.event)).issue.title"), ["github.event"]);
    assert_eq!(flows("contains(github.event.issue.title, 'x')"), [""; 0]);
    assert_eq!(flows("!github.head_ref"), [""; 0]);
    assert_eq!(flows("case(github.head_ref == 'a', inputs.a, inputs.b)"), ["inputs.a", "inputs.b"]);
    let all: Vec<_> = parse("secrets[github.head_ref]").unwrap().references();
    assert_eq!(
        all.iter().map(|reference| reference.path.as_str()).collect::<Vec<_>>(),
        ["secrets.*", "github.head_ref"]
    );
}

#[test]
fn spans_point_at_the_access() {
    let text = " contains( github.ref , 'x' ) ";
    let reference = parse(text).unwrap().references().remove(0);
    assert_eq!(reference.span.of(text), "github.ref");
}

#[test]
fn constants_fold() {
    let constant = |text: &str| parse(text).unwrap().constant();
    assert_eq!(constant("format('{0}/{1}', 'a', 'b')"), Some(Value::Text("a/b".into())));
    assert_eq!(constant("format('{{{0}}}', 1)"), Some(Value::Text("{1}".into())));
    assert_eq!(constant("true && 'x' || 'y'"), Some(Value::Text("x".into())));
    assert_eq!(constant("!('a' == 'A')"), Some(Value::Bool(false)));
    assert_eq!(constant("format('{9}', 'a')"), None);
    assert_eq!(constant("format('{x', 'a')"), None);
    assert_eq!(constant("github.ref"), None);
    assert!(!Value::Number(f64::NAN).truth());
}

#[test]
fn fences_end_outside_quotes() {
    let text = "a ${{ format('}}', b) }} c ${{x}}${{ open";
    let inner: Vec<_> = fences(text).iter().map(|fence| fence.inner.of(text)).collect();
    assert_eq!(inner, [" format('}}', b) ", "x"]);
    assert_eq!(fences("${{ 'open }} ${{ b }}"), []);
}

#[test]
fn hostile_texts_are_refused_in_bounded_time() {
    let deep = |head: &str, tail: &str| format!("{}x{}", head.repeat(5_000), tail.repeat(5_000));
    for text in [
        deep("(", ")"),
        deep("!", ""),
        deep("f(", ")"),
        deep("a[", "]"),
        deep("a == ", ""),
        "a".repeat(LENGTH_MAX + 1),
        "(".repeat(20_000),
        "'".to_owned(),
        String::new(),
        "a b".to_owned(),
        "1x".to_owned(),
        "é".to_owned(),
        "a.é".to_owned(),
        "a[".to_owned(),
        "f(a,".to_owned(),
        "\u{a0}".to_owned(),
    ] {
        assert!(parse(&text).is_err(), "{}", text.chars().take(20).collect::<String>());
    }
    let long = format!("a{}", " || a".repeat(4_000));
    assert_eq!(parse(&long).unwrap().references().len(), 4_001);
    assert_eq!(fences(&"${{ ".repeat(200_000)).len(), 0);
    assert_eq!(fences(&"${{ ' ".repeat(50_000)).len(), 0);
}

#[test]
fn patterns_match_paths_of_the_same_length() {
    assert!(path_matches("github.event.commits.*.message", "github.event.commits.*.message"));
    assert!(path_matches("github.event.issue.title", "github.event.issue.*"));
    assert!(!path_matches("github.event", "github.event.issue"));
}
