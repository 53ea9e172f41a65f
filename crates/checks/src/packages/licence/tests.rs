//! Policies as data: what each says of statements, and which are refused.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// A policy, and statements with what it says of each: `allow`, or the verdict and the parts that give it.
const POLICIES: &[(&str, &[(&str, &str)])] = &[
    (
        "allow = ['MIT', 'Apache-2.0']",
        &[
            ("MIT", "allow"),
            ("mit", "allow"),
            ("MIT License", "allow"),
            ("MIT OR GPL-3.0-only", "allow"),
            ("GPL-3.0-only OR LicenseRef-ours OR MIT", "allow"),
            ("MIT AND Apache-2.0", "allow"),
            ("MIT/Apache-2.0", "allow"),
            ("Apache-2.0 WITH LLVM-exception", "allow"),
            ("Apache-2.0+", "allow"),
            ("Apache-1.1+", "allow"),
            ("Apache-1.1", "review Apache-1.1"),
            ("GPL-3.0-only", "review GPL-3.0-only"),
            ("MIT AND GPL-3.0-only", "review GPL-3.0-only"),
            ("MIT AND (ISC OR Zlib)", "review ISC, Zlib"),
            ("LicenseRef-ours", "review LicenseRef-ours"),
            ("Apache-2.0 WITH AdditionRef-no-selling", "review Apache-2.0 WITH AdditionRef-no-selling"),
            ("Apache-2.0 WITH Commons-Clause", "review Apache-2.0 WITH Commons-Clause"),
            ("Apache 2.0", "review !"),
            ("Apache2", "review Apache2 ?"),
            ("MIT OR whatever", "allow"),
            ("MIT AND whatever", "review whatever ?"),
            ("SEE LICENSE IN LICENSE.md", "review !"),
            ("UNLICENSED", "review UNLICENSED ?"),
            ("", "allow !"),
        ],
    ),
    (
        "deny = ['AGPL-3.0', 'SSPL-1.0']",
        &[
            ("MIT", "allow"),
            ("GPL-3.0-only", "allow"),
            ("whatever", "allow"),
            ("AGPL-3.0", "deny AGPL-3.0-only"),
            ("agpl-3.0-only", "deny AGPL-3.0-only"),
            ("AGPL-3.0-or-later", "deny AGPL-3.0-or-later"),
            ("AGPL-3.0+", "deny AGPL-3.0-or-later"),
            ("(((AGPL-3.0-only)))", "deny AGPL-3.0-only"),
            ("AGPL-3.0-only WITH made-up", "deny AGPL-3.0-only WITH made-up"),
            ("AGPL-3.0-only WITH Classpath-exception-2.0", "deny AGPL-3.0-only WITH Classpath-exception-2.0"),
            ("AGPL-3.0-only OR SSPL-1.0", "deny AGPL-3.0-only, SSPL-1.0"),
            ("AGPL-3.0-only OR MIT", "allow"),
            ("AGPL-3.0-only AND MIT", "deny AGPL-3.0-only"),
            ("AGPL-1.0-or-later", "allow"),
            ("GNU Affero General Public License v3.0", "deny AGPL-3.0-only"),
            ("AGPLv3", "review AGPLv3 ?"),
            ("GNU AGPL v3 or later", "review !"),
            ("MIT AND AGPLv3", "review AGPLv3 ?"),
            ("MIT OR AGPLv3", "allow"),
            ("GPL-2.0-only OR AGPL-3.0-only, whatever", "review !"),
        ],
    ),
    ("deny = ['GPL-2.0-only']", &[("GPL-2.0", "deny GPL-2.0-only"), ("GPL-2.0+", "allow"), ("GPL-3.0-only", "allow")]),
    (
        "deny = ['GPL-2.0-or-later']",
        &[
            ("GPL-2.0-only", "deny GPL-2.0-only"),
            ("GPL-3.0-only", "deny GPL-3.0-only"),
            ("GPL-3.0-or-later", "deny GPL-3.0-or-later"),
            ("GPL-1.0-only", "allow"),
            ("GPL-1.0-or-later", "allow"),
        ],
    ),
    (
        "deny = ['GPL-2.0-only', 'GPL-3.0-only']",
        &[("GPL-2.0-or-later", "deny GPL-2.0-or-later"), ("GPL-3.0+", "deny GPL-3.0-or-later"), ("GPL-1.0+", "allow")],
    ),
    (
        "allow = ['GPL-3.0-only']\ndeny = ['GPL-2.0-only']",
        &[("GPL-2.0-or-later", "allow"), ("GPL-3.0-or-later", "allow"), ("GPL-2.0", "deny GPL-2.0-only")],
    ),
    (
        "allow = ['GPL-2.0-or-later']\nreview = ['GPL-2.0-only']",
        &[
            ("GPL-2.0-or-later", "allow"),
            ("GPL-2.0-only", "review GPL-2.0-only"),
            ("GPL-3.0-only", "review GPL-3.0-only"),
        ],
    ),
    (
        "allow = ['MIT']\nreview = ['MIT', 'ISC']\ndeny = ['ISC']",
        &[("MIT", "review MIT"), ("ISC", "deny ISC"), ("ISC OR MIT", "review MIT"), ("Zlib", "review Zlib")],
    ),
    (
        "allow = ['GPL-2.0-only WITH Classpath-exception-2.0']\ndeny = ['GPL-2.0-only']",
        &[
            ("GPL-2.0-only WITH Classpath-exception-2.0", "allow"),
            ("GPL-2.0-with-classpath-exception", "allow"),
            ("GPL-2.0-only", "deny GPL-2.0-only"),
            ("GPL-2.0-only WITH Bison-exception-2.2", "deny GPL-2.0-only WITH Bison-exception-2.2"),
        ],
    ),
    (
        "deny = ['GPL-2.0-only WITH Font-exception-2.0']",
        &[
            ("GPL-2.0-only", "allow"),
            ("GPL-2.0-only WITH Font-exception-2.0", "deny GPL-2.0-only WITH Font-exception-2.0"),
        ],
    ),
    (
        "review = ['LicenseRef-Ours']",
        &[("LicenseRef-ours", "review LicenseRef-ours"), ("LicenseRef-theirs", "allow"), ("MIT", "allow")],
    ),
    (
        "allow = ['MIT']\nunknown = 'allow'",
        &[("whatever", "allow"), ("Apache 2.0", "allow !"), ("", "allow !"), ("ISC", "review ISC")],
    ),
    ("deny = ['AGPL-3.0-only']\nunknown = 'allow'", &[("AGPL 3", "review !"), ("AGPL", "review AGPL ?")]),
    ("unknown = 'review'", &[("", "review !"), ("MIT", "allow"), ("whatever", "review whatever ?")]),
    (
        "unknown = 'deny'",
        &[("", "deny !"), ("MIT", "allow"), ("MIT OR whatever", "allow"), ("MIT AND whatever", "deny whatever ?")],
    ),
];

#[test]
fn policies_and_what_they_say() {
    for (policy, statements) in POLICIES {
        let policy: LicenceSettings = toml::from_str(policy).unwrap();
        assert!(policy.is_set());
        for (statement, expected) in *statements {
            let ruling = match (*statement, Expression::parse(statement)) {
                ("", _) => Ruling { verdict: policy.unstated(), parts: Vec::new() },
                (_, Ok(expression)) => policy.rule(&expression),
                (_, Err(_)) => Ruling { verdict: policy.unclear(statement), parts: Vec::new() },
            };
            let shown = |(part, why): &(String, Why)| match why {
                Why::NotKnown => format!("{part} ?"),
                Why::Listed | Why::Unlisted => part.clone(),
            };
            let parts: Vec<String> = ruling.parts.iter().map(shown).collect();
            let parts = if parts.is_empty() { "!".to_owned() } else { parts.join(", ") };
            let said = match ruling.verdict {
                Verdict::Allow if parts == "!" => "allow !".to_owned(),
                Verdict::Allow => "allow".to_owned(),
                Verdict::Review => format!("review {parts}"),
                Verdict::Deny => format!("deny {parts}"),
            };
            assert_eq!(said, *expected, "{statement} under {policy:?}");
        }
    }
}

#[test]
fn policies_are_read_or_refused() {
    let is_set = |text: &str| toml::from_str::<LicenceSettings>(text).unwrap().is_set();
    assert!(!is_set("") && !is_set("allow = []") && !is_set("unknown = 'allow'"));
    for (text, wanted) in [
        ("allow = ['MIT', 'Apache2']", "`Apache2` is no licence of SPDX's list; did you mean `Apache-2.0`?"),
        ("deny = ['AGPL-3']", "did you mean `AGPL-3.0-only`?"),
        ("deny = ['Zlb']", "did you mean `Zlib`?"),
        ("deny = ['MIT OR ISC']", "one licence an entry"),
        ("deny = ['GPL-2.0-only WITH Claspath-exception-2.0']", "is no licence of SPDX's list"),
        ("deny = ['']", "is no licence of SPDX's list"),
        ("unknown = 'maybe'", "unknown variant `maybe`"),
        ("denied = ['MIT']", "unknown field `denied`"),
    ] {
        let error = toml::from_str::<LicenceSettings>(text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error} for {text}");
    }
}
