//! Reads hand-written files of each kind and shows what they give, a line a package.

use super::*;

/// What a file gives: `purl scope direct source hashed licence > needs`, roots and gaps, a line each.
fn shown(path: &str, text: &str) -> String {
    let Some(manifest) = Manifest::read(path, text) else { return "no manifest".to_owned() };
    let mut out = Vec::new();
    for package in &manifest.packages {
        let mut line = format!("{} {:?}", package.purl, package.scope);
        match package.direct {
            Some(true) => line += " direct",
            Some(false) | None => {}
        }
        if package.source != Source::Registry {
            line += &format!(" {:?}", package.source).replace('"', "");
        }
        if !package.hashes.is_empty() {
            line += " hashed";
        }
        if let Some(licence) = &package.licence {
            line += &format!(" licence {licence}");
        }
        for need in &package.needs {
            line += &format!(" > {}", manifest.packages[*need as usize].purl.name());
        }
        assert!(!package.span.of(text).is_empty(), "{path}: {} has no place", package.purl);
        out.push(line);
    }
    out.extend(manifest.roots.iter().filter_map(|root| Some(format!("root {}", root.purl.as_ref()?))));
    for gap in &manifest.gaps {
        let line = text.get(..gap.span.start as usize).unwrap_or(text).matches('\n').count() + 1;
        out.push(format!("gap {line} {}", gap.message));
    }
    out.join("\n")
}

#[track_caller]
pub(super) fn check(path: &str, text: &str, expected: &str) {
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n");
    assert_eq!(shown(path, text), lines(expected), "{path}");
}

#[test]
fn unfinished_merges_and_secrets() {
    let text = "\u{feff}require (\n<<<<<<< HEAD\n\ta v1.0.0\n=======\n";
    check("go.mod", text, "gap 2 an unfinished merge: conflict markers are left");
    let mut source = Source::Mirror("https://me:secret@host.example/simple?x=@y".to_owned());
    source.forget_secrets();
    assert_eq!(source, Source::Mirror("https://host.example/simple?x=@y".to_owned()));
}
