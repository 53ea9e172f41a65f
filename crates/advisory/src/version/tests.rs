//! Tables from each specification, hostile texts, and the laws of an order.

#![expect(clippy::expect_used, reason = "tests")]

use std::cmp::Ordering;

use super::Order::{Apk, Cran, Dpkg, Gem, Hackage, Maven, Nuget, Packagist, Pep440, Rpm, Semver, SemverBuild};
use super::{Order, VERSION_BYTES_MAX};

/// Every version is below each that follows; `=` joins spellings of one.
fn ascending(order: Order, rows: &[&str]) {
    let classes: Vec<Vec<&str>> = rows.iter().map(|row| row.split('=').collect()).collect();
    for (i, left) in classes.iter().enumerate() {
        for (j, right) in classes.iter().enumerate() {
            for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (*a, *b))) {
                assert_eq!(order.compare(a, b), Some(i.cmp(&j)), "{order:?}: {a} beside {b}");
            }
        }
    }
}

fn refuses(order: Order, texts: &[&str]) {
    for text in texts {
        assert_eq!(order.compare(text, text), None, "{order:?} takes {text:?}");
        assert_eq!(order.compare("1", text), None, "{order:?} takes {text:?}");
    }
}

#[test]
fn semver_follows_section_11() {
    ascending(
        Semver,
        &[
            "0.0.0-20190301182410-1c5f21f3b8d7",
            "0=v0.0.0",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11=1.0-beta.11+x",
            "1.0.0-rc.1=1.0.0-rc.1+b",
            "1.0.0rc2=1.0rc2",
            "1=1.0=1.0.0+a=1.0.0+b=V1=01.0.0",
            "1.0.0.1",
            "1.0.1-0.20200101000000-abcdefabcdef",
            "2.0.0+incompatible=2.0.0",
            "18446744073709551616.0.0",
            "18446744073709551617.0.0",
        ],
    );
    refuses(
        Semver,
        &["x", "v", "1.", "1..2", ".1", "1.x", "1_2", "1.0-", "1.0-a..b", "1.0-a_b", "1.0+", "latest", "-1"],
    );
}

#[test]
fn build_metadata_counts_for_pub_and_julia() {
    ascending(SemverBuild, &["1.0.0-a", "1.0.0-a+1", "1.0.0", "1.0.0+2", "1.0.0+10", "1.0.0+10.1", "1.0.0+a", "1.0.1"]);
}

#[test]
fn python_follows_pep_440_and_what_came_before() {
    ascending(
        Pep440,
        &[
            "foo",
            "1.x",
            "0.9",
            "1.dev0=1.0.DEV",
            "1.0.dev456",
            "1.0a1=1.0-alpha_1=1ALPHA.1=1.0a-1",
            "1.0a2.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345=1.0b2-345",
            "1.0rc1.dev456",
            "1.0rc1=1.0c1=1.0pre1=1.0-preview-1",
            "1.0=1=v1.0.0=01=0!1",
            "1.0+abc.5=1.0+ABC-5",
            "1.0+abc.7",
            "1.0+5",
            "1.0+5.1",
            "1.0.post456.dev34",
            "1.0.post456=1.0-456=1.0r456=1.0-rev456",
            "1.1.dev1",
            "1.1",
            "2013b",
            "99999999999999999999999999",
            "1!0.1",
        ],
    );
}

#[test]
fn maven_lists_within_lists() {
    ascending(
        Maven,
        &[
            "1-alpha=1.alpha=1.0-alpha=1.0.0.ALPHA",
            "1-alpha-1=1a1=1.0-a1=1alpha1",
            "1-beta-2=1b2",
            "1-m3=1-milestone-3",
            "1-rc=1-cr=1.RC",
            "1-rc-2",
            "1-SNAPSHOT=1.0-snapshot",
            "1=1.0=1.0.0=1-0=1.ga=1-final=1.0.RELEASE=1.0-ga=1-=1.",
            "1-sp",
            "1-sp-1=1sp1",
            "1-abc",
            "1-jre",
            "1-xyz",
            "1-1",
            "1-2",
            "1.1=1.1.0",
            "1.10",
            "99999999999999999999",
        ],
    );
}

#[test]
fn maven_itself_has_a_cycle() {
    for (low, high) in [("1.0.alpha.1", "1"), ("1", "1-1"), ("1-1", "1.0.alpha.1")] {
        assert_eq!(Maven.compare(low, high), Some(Ordering::Less), "{low} below {high}");
    }
}

#[test]
fn gems_have_words_below_numbers() {
    ascending(
        Gem,
        &[
            "0.9",
            "1.0.a.2",
            "1.0.a10=1.a.10",
            "1.0.b1=1.b1=1.0.0.b.1.0",
            "1.0-1=1.pre.1",
            "1.0.rc2",
            "1=1.0=1.0.0",
            "1.0.1",
            "1.10",
            "123456789012345678901234567890",
        ],
    );
    refuses(Gem, &["1a", "v1", "1.", "1..2", "a", "1.0_1", "-1", "1-", "1.0-a..b", "1+2"]);
}

#[test]
fn packagist_normalises_before_it_compares() {
    ascending(
        Packagist,
        &[
            "1.0-dev=1.0.0.0-dev=1.0.0_dev",
            "1.0.0-alpha-dev",
            "1.0.0-alpha=1.0a",
            "1.0.0-alpha1=v1.0-ALPHA.1=1.0.0a1",
            "1.0.0-beta2=1.0b2=1.0.0.beta.2",
            "1.0.0-RC3-dev",
            "1.0.0-RC3=1.0rc3",
            "1=1.0=v1.0.0.0=1.0.0+build=1.0@dev=1.0-stable=1.0.",
            "1.0-p1=1.0pl1=1.0.0-patch1",
            "1.0.1",
            "1.2.x-dev=1.2.*-dev",
            "1.x-dev",
            "2.0",
            "2010.01.02=2010.1.2",
            "20100101",
            "20100102-203040",
        ],
    );
    refuses(Packagist, &["dev-main", "master", "main", "1.0.0.0.0", "1.0-foo", "1.y-dev", "x-dev", "v", "1,2"]);
}

#[test]
fn nuget_has_four_numbers_and_caseless_labels() {
    ascending(
        Nuget,
        &[
            "1.0.0--5",
            "1.0.0-5",
            "1.0.0-10",
            "1.0.0-3000000000",
            "1.0.0-ALPHA=1.0-alpha",
            "1.0.0-alpha.1=1.0.0-Alpha.01",
            "1.0.0-alpha.beta",
            "1.0.0-rc.1+meta=1.0.0-RC.1",
            "1=1.0=1.0.0=1.0.0.0=1.0.0+x",
            "1.0.0.1",
            "1.0.1",
            "10.0",
        ],
    );
    refuses(Nuget, &["1.0.0.0.0", "a", "1.", "1-", "1-a..b", "1.0-a_b"]);
}

#[test]
fn lists_of_numbers_are_longer_when_they_go_on() {
    ascending(Hackage, &["0.1.2.3", "1=01", "1.0", "1.0.0", "1.2", "1.10", "100000000000000000000"]);
    refuses(Hackage, &["1-0", "1.", "a", "1.0a", "v1"]);
    ascending(Cran, &["0.1-2", "1", "1.0=1-0", "1.0-0", "1.0-1=1-0.1", "1.10"]);
    refuses(Cran, &["1.", "1--0", "1.0a"]);
}

#[test]
fn debian_sorts_tildes_before_the_end() {
    ascending(
        Dpkg,
        &[
            "1.0~~",
            "1.0~~a",
            "1.0~",
            "1.0~rc1-1",
            "1.0=1.0-0=0:1.0=1.0-00",
            "1.0-1~bpo12+1",
            "1.0-1=1.00-01",
            "1.0-1+b1",
            "1.0-1.1",
            "1.0a-1",
            "1.0+dfsg-1",
            "1.0.1-1",
            "1.2-1",
            "1.10-1",
            "100000000000000000000000",
            "1:0.1",
        ],
    );
    refuses(Dpkg, &["1.0-", ":1", "a:1", "1:", "1.0-1:2", "-1", "~1", "---"]);
}

#[test]
fn rpm_has_tildes_and_carets() {
    ascending(
        Rpm,
        &[
            "1.0~~",
            "1.0~rc1",
            "1.0=1_0=0:1.0=01.0=1.0.",
            "1.0-0.el9",
            "1.0-1.el9",
            "1.0^git1-1",
            "1.0a",
            "1.0.a1",
            "1.0.b",
            "1.0.1",
            "1.10",
            "2~a",
            "2",
            "2^",
            "1:0.1",
        ],
    );
    refuses(Rpm, &["~", "...", "^-^"]);
}

#[test]
fn apk_takes_nothing_that_apk_does_not() {
    ascending(
        Apk,
        &[
            "0.9",
            "1.0_alpha",
            "1.0_alpha2-r1",
            "1.0_beta1",
            "1.0_pre3",
            "1.0_rc1",
            "1.0",
            "1.0-r0",
            "1.0-r1",
            "1.0-r10",
            "1.0~abc",
            "1.0_cvs1",
            "1.0_svn",
            "1.0_git20200101-r1",
            "1.0_hg",
            "1.0_p1",
            "1.0a",
            "1.0b_rc1",
            "1.0b",
            "1.0.1=01.0.1",
            "1.02",
            "1.1",
            "1.9",
            "1.10",
            "10000000000000000000000",
        ],
    );
    let wrong =
        ["a", "1.", "1..2", "1_foo", "1_", "1-1", "1-r", "1ab", "1a1", "1-r1_p1", "1~", "1~xyz", "1.0-r1-r2", "v1"];
    refuses(Apk, &wrong);
    for wrong in wrong {
        assert_eq!(Apk.compare("9", wrong), None, "{wrong} is read to its end");
    }
}

#[test]
fn hostile_texts_are_no_versions_anywhere() {
    let long = "1".repeat(VERSION_BYTES_MAX + 1);
    for order in Order::ALL {
        refuses(order, &["", " ", "\0", "1\0", "1.0\n2", "１.０", "1.0é", "1 .0", "\u{202e}1", &long]);
    }
}

#[test]
fn long_texts_are_compared_in_full() {
    let nines = "9".repeat(VERSION_BYTES_MAX);
    let eights = format!("{}8", "9".repeat(VERSION_BYTES_MAX - 1));
    let dots = format!("1{}", ".0".repeat((VERSION_BYTES_MAX - 1) / 2));
    for order in Order::ALL {
        if order != Packagist {
            assert_eq!(order.compare(&eights, &nines), Some(Ordering::Less), "{order:?}");
            assert_eq!(order.compare(&nines, "1"), Some(Ordering::Greater), "{order:?}");
        }
        assert_eq!(order.compare(&dots, &dots), order.compare("1", &dots).map(|_| Ordering::Equal), "{order:?}");
    }
}

#[test]
fn white_space_around_does_not_count() {
    for order in Order::ALL {
        assert_eq!(order.compare(" 1.0", "1.0\n"), Some(Ordering::Equal), "{order:?}");
    }
}

/// Whatever parses: equal to itself, mirrored when swapped, and below what is above what it is below.
#[test]
fn every_order_but_mavens_is_a_strict_weak_order() {
    let pool = odd_texts();
    for order in Order::ALL {
        let known: Vec<&str> =
            pool.iter().map(String::as_str).filter(|text| order.compare(text, text).is_some()).collect();
        assert!(known.len() > 10, "{order:?} takes {}", known.len());
        let rows: Vec<Vec<Ordering>> =
            known.iter().map(|a| known.iter().map(|b| order.compare(a, b).expect("both parse")).collect()).collect();
        for (a, row) in rows.iter().enumerate() {
            assert_eq!(row[a], Ordering::Equal, "{order:?}: {}", known[a]);
            for (b, forth) in row.iter().enumerate() {
                assert_eq!(*forth, rows[b][a].reverse(), "{order:?}: {} and {}", known[a], known[b]);
                if order == Maven || *forth == Ordering::Greater {
                    continue;
                }
                for (c, on) in rows[b].iter().enumerate() {
                    let expected = forth.then(*on);
                    let holds = *on == Ordering::Greater || row[c] == expected;
                    assert!(holds, "{order:?}: {} {forth:?} {} {on:?} {}", known[a], known[b], known[c]);
                }
            }
        }
    }
}

/// Short texts of the bytes that mean something, from a fixed seed.
fn odd_texts() -> Vec<String> {
    const PIECES: [&str; 34] = [
        "0", "1", "2", "10", "01", "9", ".", ".", ".", "-", "-", "~", "^", "+", "_", ":", "a", "b", "rc", "alpha",
        "beta", "_alpha", "_p", "-r1", "dev", "post", "final", "sp", "x", "p", "1.0", "!", "RC", "pre",
    ];
    let mut state = 0x9e37_79b9_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let mut texts: Vec<String> = ["1", "1.0", "1-0", "1.0.0", "2.1"].map(str::to_owned).to_vec();
    for place in 0..260 {
        let mut text = if place % 3 == 0 { String::new() } else { PIECES[next(6)].to_owned() };
        for _ in 0..=next(5) {
            text.push_str(PIECES[next(PIECES.len())]);
        }
        texts.push(text);
    }
    texts.sort();
    texts.dedup();
    texts
}

#[test]
fn ecosystems_are_found_by_their_names_in_osv() {
    let rows = [
        (super::ecosystem::CRATES, Some(Semver)),
        ("npm", Some(Semver)),
        ("Go", Some(Semver)),
        ("Hex", Some(Semver)),
        ("SwiftURL", Some(Semver)),
        ("Bitnami", Some(Semver)),
        ("GitHub Actions", Some(Semver)),
        ("Linux", Some(Semver)),
        ("VSCode:https://open-vsx.org", Some(Semver)),
        ("Pub", Some(SemverBuild)),
        ("Julia", Some(SemverBuild)),
        ("PyPI", Some(Pep440)),
        ("Maven:https://maven.google.com", Some(Maven)),
        ("RubyGems", Some(Gem)),
        ("Packagist:https://packages.drupal.org/8", Some(Packagist)),
        ("NuGet", Some(Nuget)),
        ("Hackage", Some(Hackage)),
        ("GHC", Some(Semver)),
        ("CRAN", Some(Cran)),
        ("Bioconductor", Some(Cran)),
        ("Debian:12", Some(Dpkg)),
        ("Ubuntu:Pro:18.04:LTS", Some(Dpkg)),
        ("opam", Some(Dpkg)),
        ("Rocky Linux:9", Some(Rpm)),
        ("Red Hat:rhel_aus:8.4::appstream", Some(Rpm)),
        ("openSUSE:Leap 15.6", Some(Rpm)),
        ("openEuler:24.03-LTS", Some(Rpm)),
        ("Alpine:v3.19", Some(Apk)),
        ("Wolfi", Some(Apk)),
        ("Chainguard", Some(Apk)),
        ("MinimOS", Some(Apk)),
        ("Echo", Some(Dpkg)),
        ("Echo:PyPI", Some(Pep440)),
        ("Echo:npm", Some(SemverBuild)),
        ("Root:Alpine:3.18", Some(Apk)),
        ("Root", None),
        ("TuxCare:Maven", Some(Maven)),
        ("TuxCare:CRAN", Some(Cran)),
        ("TuxCare:TuxCare:Maven", None),
        ("Docker Hardened Images:Debian:trixie", Some(Dpkg)),
        ("Android", None),
        ("ConanCenter", None),
        ("GIT", None),
        ("OSS-Fuzz", None),
        ("debian", None),
        ("", None),
    ];
    for (name, order) in rows {
        assert_eq!(Order::of_ecosystem(name), order, "{name}");
    }
}
