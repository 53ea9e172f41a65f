//! Rules as people write them: what they find, what they refuse.
#![expect(clippy::panic, reason = "tests")]

use super::*;

/// What the rules of a YAML text find in a source: message, code, and what the fix puts there.
fn found(rules: &str, path: &str, source: &str) -> Vec<(String, String, Option<String>)> {
    let mut own = OwnRules::default();
    own.add("rules.yml", rules).unwrap_or_else(|error| panic!("{error}"));
    let judged = own.judge(path, source.as_bytes(), &[], &Settings::default()).unwrap_or_default();
    let shown = judged.findings.into_iter().map(|finding| {
        let fix = finding.fix.and_then(|fix| fix.edits.first().map(|edit| edit.replacement.clone()));
        (finding.message, finding.location.span.of(source).to_owned(), fix)
    });
    shown.collect()
}

fn codes(rule: &str, language: &str, path: &str, source: &str) -> Vec<String> {
    let rules = format!("id: t\nlanguage: {language}\nrule:\n{rule}");
    found(&rules, path, source).into_iter().map(|(_, code, _)| code).collect()
}

fn error(text: &str) -> String {
    OwnRules::default().add("rules.yml", text).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn a_pattern_matches_the_shape_of_code_in_every_language() {
    for (language, path, pattern, source, expected) in [
        ("Python", "a.py", "eval($X)", "eval ( a + b )\nevaluate(a)\n# eval(x)\n", "eval ( a + b )"),
        ("JavaScript", "a.js", "eval($X)", "x = eval(\n  y)\n", "eval(\n  y)"),
        ("TypeScript", "a.ts", "$A as any", "let x = y as any;", "y as any"),
        ("Tsx", "a.tsx", "<a href={$X} />", "const a = <a href={b} />;", "<a href={b} />"),
        ("Go", "a.go", "$X := recover()", "package a\nfunc f() { x := recover() }\n", "x := recover()"),
        ("Java", "A.java", "System.exit($N)", "class A { void f() { System.exit(1); } }", "System.exit(1)"),
        ("Rust", "a.rs", "$X.unwrap()", "fn f() { g(1).unwrap(); }", "g(1).unwrap()"),
    ] {
        assert_eq!(codes(&format!("  pattern: '{pattern}'"), language, path, source), [expected], "{language}");
    }
}

#[test]
fn what_reads_otherwise_alone_is_given_its_surroundings() {
    let rule = "  pattern:\n    context: 'func f() { errors.New($X) }'\n    selector: call_expression";
    let source = "package a\nvar e = errors.New(\"x\")\n";
    assert_eq!(codes(rule, "Go", "a.go", source), ["errors.New(\"x\")"]);
}

#[test]
fn variables_bind_once_and_spread() {
    let source = "f(a, a)\nf(a, b)\nf(a, a, c)\n";
    assert_eq!(codes("  pattern: f($A, $A)", "py", "a.py", source), ["f(a, a)"]);
    assert_eq!(codes("  pattern: f($A, $$$)", "py", "a.py", source), ["f(a, a)", "f(a, b)", "f(a, a, c)"]);
}

#[test]
fn conditions_look_around() {
    let source =
        "def f():\n    for x in y:\n        db.query(x)\n    db.query(1)\n\n\ndef g():\n    db.query(2)\n    h()\n";
    let check = |rule: &str, expected: &[&str]| assert_eq!(codes(rule, "Python", "a.py", source), expected, "{rule}");
    let query = "  pattern: db.query($X)\n";
    check(&format!("{query}  inside:\n    kind: for_statement\n    stopBy: end"), &["db.query(x)"]);
    check(&format!("{query}  inside:\n    kind: for_statement"), &[]);
    check(&format!("{query}  inside:\n    pattern: 'def g(): $$$'\n    stopBy: end"), &["db.query(2)"]);
    check(
        &format!("{query}  inside:\n    kind: function_definition\n    stopBy:\n      kind: for_statement"),
        &["db.query(1)", "db.query(2)"],
    );
    check(&format!("{query}  not:\n    has:\n      kind: integer\n      stopBy: end"), &["db.query(x)"]);
    check("  kind: expression_statement\n  precedes:\n    has:\n      pattern: h()", &["db.query(2)"]);
    check("  kind: expression_statement\n  follows:\n    has:\n      pattern: db.query(2)", &["h()"]);
    check("  any:\n    - pattern: h()\n    - pattern: db.query(1)", &["db.query(1)", "h()"]);
    check("  all:\n    - kind: call\n    - regex: '2'", &["db.query(2)"]);
    check("  kind: call\n  has:\n    field: function\n    regex: ^h$", &["h()"]);
    check("  kind: integer\n  nthChild: 1", &["1", "2"]);
    check("  kind: expression_statement\n  nthChild: 2", &["db.query(1)", "h()"]);
    check("  kind: expression_statement\n  nthChild: 2n+1", &["db.query(x)", "db.query(2)"]);
    check(
        "  kind: expression_statement\n  nthChild: {position: 1, reverse: true}",
        &["db.query(x)", "db.query(1)", "h()"],
    );
    check(
        "  kind: expression_statement\n  nthChild:\n    position: odd\n    ofRule: {has: {pattern: db.query($X)}}",
        &["db.query(x)", "db.query(1)", "db.query(2)"],
    );
    check("  kind: identifier\n  inside:\n    field: right\n    kind: for_statement", &["y"]);
}

#[test]
fn utils_constraints_messages_and_fixes() {
    let rules = "id: Old Hash\nlanguage: Python\nseverity: error\nmessage: $ALG is weak\nutils:\n  weak:\n    regex: ^(md5|sha1)$\n\
                 rule:\n  pattern: hashlib.$ALG($$$A)\nconstraints:\n  ALG:\n    matches: weak\nfix: hashlib.sha256($$$A)\n";
    let expected = ("md5 is weak".to_owned(), "hashlib.md5(a, b)".to_owned(), Some("hashlib.sha256(a, b)".to_owned()));
    assert_eq!(found(rules, "a.py", "hashlib.md5(a, b)\nhashlib.sha512(a)\n"), [expected]);
}

#[test]
fn a_secret_is_not_quoted_in_a_message() {
    let mut own = OwnRules::default();
    let rules = "id: x\nlanguage: py\nmessage: login with $P\nrule:\n  pattern: login($P)\n";
    assert!(own.add("rules.yml", rules).is_ok());
    let source = "login('hunter22')\n";
    let judged = own.judge("a.py", source.as_bytes(), &[Span::new(7, 15)], &Settings::default());
    let messages: Vec<String> = judged.unwrap_or_default().findings.into_iter().map(|one| one.message).collect();
    assert_eq!(messages, ["login with …"]);
}

#[test]
fn files_and_ignores_and_several_documents() {
    let rules = "id: a\nlanguage: py\nfiles: ['src/**']\nignores: ['src/old/**']\nrule: {pattern: f()}\n---\n\
                 id: b\nlanguage: py\nrule: {pattern: g()}\n---\nid: c\nlanguage: py\nseverity: 'off'\nrule: {pattern: f()}\n";
    let names = |path: &str| found(rules, path, "f()\ng()\n").into_iter().map(|(said, ..)| said).collect::<Vec<_>>();
    assert_eq!(names("src/a.py"), ["a", "b"]);
    assert_eq!(names("src/old/a.py"), ["b"]);
    assert_eq!(names("b.py"), ["b"]);
    assert_eq!(names("b.go"), [""; 0]);
}

#[test]
fn errors_name_the_line_and_what_is_wrong() {
    let rule = |rule: &str| error(&format!("id: a\nlanguage: py\nrule:\n{rule}\n"));
    assert_eq!(error("language: py\nrule: {pattern: f()}\n"), "rules.yml, line 1: this rule has no `id`");
    assert!(error("id: a\nlanguage: cobol\nrule: {pattern: f()}\n").contains("`cobol` is not read"));
    assert!(error("id: a\nlanguage: py\n").contains("no `rule`"));
    assert!(error("id: a\nlanguage: py\ntransform: {}\nrule: {pattern: f()}\n").contains("line 3: `transform`"));
    assert!(rule("  patern: f()").contains("line 4: `patern` is no condition"));
    assert!(rule("  kind: no_such").contains("`no_such` is no kind"));
    assert!(rule("  nthChild: x").contains("`x` is no place"));
    assert!(rule("  range: {}").contains("not supported"));
    assert!(error("id: a\nlanguage: py\nrule: {pattern: f()}\ncategory: ours\n").is_empty());
    assert!(rule("  pattern: 'f(('").contains("no pattern in Python"));
    assert!(rule("  regex: '('").contains("does not compile"));
    assert!(rule("  matches: gone").contains("no `gone` under `utils`"));
    assert!(rule("  pattern: f()\n  has: {stopBy: end}").contains("needs a condition"));
    assert!(rule("  pattern: f()\n  has: {kind: call, field: nose}").contains("no field"));
    assert!(rule("  []").contains("a rule is a mapping"));
    let cycle = "id: a\nlanguage: py\nutils: {x: {matches: y}, y: {matches: x}}\nrule: {matches: x}\n";
    assert!(error(cycle).contains("leads back to itself"));
    assert!(
        error("id: a\nlanguage: py\nrule: {pattern: f()}\n---\nid: A\nlanguage: go\nrule: {pattern: f()}\n")
            .contains("another rule `code/a`")
    );
    assert!(error("id: python-eval\nlanguage: py\nrule: {pattern: f()}\n").contains("another rule"));
    assert!(
        rule(&format!("{}pattern: f(){}", "  not: {".to_owned() + &"not: {".repeat(40), "}".repeat(41)))
            .contains("deep")
    );
    assert!(error("id: [\n").starts_with("rules.yml, line"));
}

#[test]
fn a_rule_that_looks_through_everything_ends() {
    let rules = "id: a\nlanguage: py\nrule:\n  kind: identifier\n  inside:\n    stopBy: end\n    kind: module\n    has:\n      \
                 stopBy: end\n      all:\n        - kind: identifier\n        - regex: ^never$\n";
    let mut own = OwnRules::default();
    assert!(own.add("rules.yml", rules).is_ok());
    let source = "a(b, c, d, nevermore)\n".repeat(200);
    let mut budget = Budget(100_000);
    let judged =
        own.judge_within(&mut budget, "a.py", source.as_bytes(), &[], &Settings::default()).unwrap_or_default();
    assert!(judged.findings.is_empty());
    assert_eq!(judged.problems.len(), 1, "it says that it gave up");
}

#[test]
fn what_a_rule_needs_stands_wherever_it_holds() {
    let needs = |rule: &str| -> Vec<Vec<String>> {
        let mut own = OwnRules::default();
        assert!(own.add("rules.yml", &format!("id: t\nlanguage: py\nrule:\n{rule}")).is_ok(), "{rule}");
        own.rules.first().map(|own| own.rule.needs().to_vec()).unwrap_or_default()
    };
    let check = |rule: &str, expected: &[&[&str]]| {
        let expected: Vec<Vec<String>> =
            expected.iter().map(|texts| texts.iter().map(|text| (*text).to_owned()).collect()).collect();
        assert_eq!(needs(rule), expected, "{rule}");
    };
    check("  pattern: evaluate($X)", &[&["evaluate"]]);
    check("  regex: ^(md5|sha1)$", &[&["md5", "sha1"]]);
    check("  regex: '[a-z]+'", &[]);
    check("  regex: '(x|)'", &[]);
    check("  kind: call", &[]);
    check("  not: {regex: md5}", &[]);
    check("  kind: call\n  has: {stopBy: end, regex: ^md5$}", &[&["md5"]]);
    check("  any: [{regex: md5}, {regex: sha1}]", &[&["md5", "sha1"]]);
    check("  any: [{regex: md5}, {kind: call}]", &[]);
    check("  all: [{regex: md5}, {has: {regex: sha1}}]", &[&["md5"], &["sha1"]]);
    check("  pattern: {context: f($X), strictness: signature}", &[]);
    check("  regex: what\\?", &[]);
}

#[test]
fn utils_that_name_each_other_many_times_are_read_at_once() {
    let mut rules = "id: a\nlanguage: py\nutils:\n  u0: {regex: md5}\n".to_owned();
    for at in 1..14 {
        rules += &format!("  u{at}:\n    all: [{{matches: u{0}}}, {{matches: u{0}}}]\n", at - 1);
    }
    assert_eq!(found(&format!("{rules}rule: {{matches: u5}}\n"), "a.py", "md5\n").len(), 3);
    assert_eq!(error(&format!("{rules}rule: {{matches: u13}}\n")), "");
}
