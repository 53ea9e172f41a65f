//! Statements as data: how each is read, what may be meant, and that hostile ones end.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn shown(text: &str) -> String {
    match Expression::parse(text) {
        Ok(expression) => {
            let canonical = expression.to_string();
            // What is written is read back as the same.
            assert_eq!(Expression::parse(&canonical).as_ref(), Ok(&expression), "{text}");
            format!("{canonical}{}", if expression.is_spdx() { "" } else { " ?" })
        }
        Err(fault) => format!("fault: {fault}"),
    }
}

#[test]
fn statements_and_what_they_say() {
    let cases = [
        ("MIT", "MIT"),
        (" mit\n", "MIT"),
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("(MIT OR Apache-2.0)", "MIT OR Apache-2.0"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("MIT / apache-2.0", "MIT OR Apache-2.0"),
        ("MIT or Apache-2.0 and isc", "MIT OR (Apache-2.0 AND ISC)"),
        ("(MIT OR Apache-2.0) AND ISC", "(MIT OR Apache-2.0) AND ISC"),
        ("MIT AND (ISC AND Zlib)", "MIT AND ISC AND Zlib"),
        ("((((MIT))))", "MIT"),
        ("GPL-2.0", "GPL-2.0-only"),
        ("gpl-2.0+", "GPL-2.0-or-later"),
        ("GPL-2.0-OR-LATER", "GPL-2.0-or-later"),
        ("GPL-2.0-or-later+", "GPL-2.0-or-later"),
        ("GPL-2.0-only+", "GPL-2.0-only+ ?"),
        ("AGPL-3.0", "AGPL-3.0-only"),
        ("Apache-2.0+", "Apache-2.0+"),
        ("Apache-2.0 +", "fault: `AND` or `OR` has to stand where `+` stands"),
        ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("GPL-2.0-with-classpath-exception+", "GPL-2.0-or-later WITH Classpath-exception-2.0"),
        ("GPL-2.0+ with bison-exception-2.2", "GPL-2.0-or-later WITH Bison-exception-2.2"),
        ("eCos-2.0", "GPL-2.0-or-later WITH eCos-exception-2.0"),
        ("eCos-2.0 WITH Bison-exception-2.2", "eCos-2.0 WITH Bison-exception-2.2 ?"),
        ("Apache-2.0 WITH LLVM-exception OR MIT", "Apache-2.0 WITH LLVM-exception OR MIT"),
        ("Apache-2.0 WITH AdditionRef-clause", "Apache-2.0 WITH AdditionRef-clause"),
        ("Apache-2.0 WITH Commons-Clause", "Apache-2.0 WITH Commons-Clause ?"),
        ("LicenseRef-Ours.1", "LicenseRef-Ours.1"),
        ("DocumentRef-a:LicenseRef-b", "DocumentRef-a:LicenseRef-b"),
        ("LicenseRef-", "LicenseRef- ?"),
        ("LicenseRef-a_b", "LicenseRef-a_b ?"),
        ("MIT License", "MIT"),
        ("the  mit license", "MIT"),
        ("Apache License 2.0", "Apache-2.0"),
        ("GNU General Public License v2.0 or later", "GPL-2.0-or-later"),
        ("BSD 3-Clause \"New\" or \"Revised\" License", "BSD-3-Clause"),
        ("UNLICENSED", "UNLICENSED ?"),
        ("Unlicense", "Unlicense"),
        ("NOASSERTION", "NOASSERTION ?"),
        ("NONE", "NONE ?"),
        ("Nunit", "zlib-acknowledgement"),
        ("MIT AND custom", "MIT AND custom ?"),
        ("Apache2", "Apache2 ?"),
        ("Apache 2.0", "fault: `AND` or `OR` has to stand where `2.0` stands"),
        ("MIT, ISC", "fault: no expression has a `,`"),
        ("MIT OR", "fault: a licence is missing at the end"),
        ("OR MIT", "fault: a licence has to stand where `OR` stands"),
        ("(MIT", "fault: `)` is missing at the end"),
        ("MIT)", "fault: `AND` or `OR` has to stand where `)` stands"),
        ("()", "fault: a licence has to stand where `)` stands"),
        ("MIT WITH", "fault: an exception is missing at the end"),
        ("(MIT) WITH LLVM-exception", "fault: `AND` or `OR` has to stand where `WITH` stands"),
        ("MIT WITH LLVM-exception WITH LLVM-exception", "fault: `AND` or `OR` has to stand where `WITH` stands"),
        ("", "fault: it is empty"),
        ("  ", "fault: it is empty"),
        ("МIT", "fault: no expression has a `М`"),
        ("MIT\0", "fault: no expression has a `\0`"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn hostile_statements_end() {
    let deep = |levels: usize| format!("{}MIT{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(shown(&deep(32)), "MIT");
    assert_eq!(Expression::parse(&deep(33)), Err(Fault::TooDeep));
    assert_eq!(Expression::parse(&deep(8_000)), Err(Fault::TooDeep));
    assert_eq!(Expression::parse(&"(".repeat(STATEMENT_BYTES_MAX)), Err(Fault::TooDeep));
    assert_eq!(Expression::parse(&"a".repeat(STATEMENT_BYTES_MAX + 1)), Err(Fault::TooLong));
    let wide = vec!["MIT"; 1_000].join(" OR ");
    assert!(matches!(Expression::parse(&wide), Ok(Expression::Any(parts)) if parts.len() == 1_000));
    // Depth by turns of AND and OR.
    let turns = (0..30).fold("MIT".to_owned(), |inner, at| format!("({inner} {} ISC)", ["AND", "OR"][at % 2]));
    assert!(Expression::parse(&turns).is_ok());
    assert_eq!(Term::parse(&"é".repeat(STATEMENT_BYTES_MAX)), None);
    assert_eq!(guesses(&"gpl ".repeat(100_000)).first(), Some(&"GPL-1.0-only"));
}

#[test]
fn terms_alone() {
    for (text, expected) in [
        ("MIT", Some("MIT")),
        ("gpl-3.0 WITH gcc-exception-3.1", Some("GPL-3.0-only WITH GCC-exception-3.1")),
        ("LicenseRef-x", Some("LicenseRef-x")),
        ("MIT OR ISC", None),
        ("MIT License", None),
        ("MIT WITH nothing", None),
        ("nothing", None),
        ("", None),
        ("MIT ISC", None),
    ] {
        assert_eq!(Term::parse(text).map(|term| term.to_string()).as_deref(), expected, "{text}");
    }
    assert!(Term::parse("LicenseRef-X").unwrap().is(&Term::parse("licenseref-x").unwrap()));
    assert!(!Term::parse("GPL-2.0").unwrap().is(&Term::parse("GPL-2.0+").unwrap()));
}

#[test]
fn later_versions_of_a_family() {
    let check = |text: &str, expected: &str| {
        let versions: Vec<String> = Term::parse(text).unwrap().versions().iter().map(Term::to_string).collect();
        assert_eq!(versions.join(" "), expected, "{text}");
    };
    check("GPL-2.0-only", "GPL-2.0-only");
    check("GPL-2.0-or-later", "GPL-2.0-only GPL-3.0-only");
    check("AGPL-3.0-or-later", "AGPL-3.0-only");
    check("Apache-1.1+", "Apache-1.1 Apache-2.0");
    check("BSD-3-Clause+", "BSD-3-Clause");
    check("MIT+", "MIT");
    check(
        "GPL-2.0+ WITH Bison-exception-2.2",
        "GPL-2.0-only WITH Bison-exception-2.2 GPL-3.0-only WITH Bison-exception-2.2",
    );
}

#[test]
fn what_may_be_meant() {
    let check = |text: &str, expected: &str| assert_eq!(guesses(text).join(" "), expected, "{text}");
    check("Apache 2.0", "Apache-2.0");
    check("Apache Software License 2", "Apache-2.0");
    check("ASL2.0", "Apache-2.0");
    check("AGPLv3", "AGPL-3.0-only");
    check("GNU AGPL v3+", "AGPL-3.0-or-later");
    check("GNU Affero General Public License", "AGPL-1.0-only AGPL-1.0-or-later AGPL-3.0-only AGPL-3.0-or-later");
    check("LGPL-3", "LGPL-3.0-only");
    check("GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later LGPL-2.1-or-later");
    check("GPL (>= 2)", "GPL-2.0-only");
    check("BSD", "BSD-2-Clause BSD-3-Clause");
    check("BSD 3-Clause", "BSD-3-Clause");
    check("3-Clause BSD License", "BSD-3-Clause");
    check("The MIT License (MIT)", "MIT");
    check("MIT/X and GPLv2", "GPL-2.0-only MIT");
    check("MPL 2.0", "MPL-2.0");
    check("CC0", "CC0-1.0");
    check("UNLICENSED", "");
    check("Proprietary", "");
    check("SEE LICENSE IN LICENSE.md", "");
    check("", "");
}
