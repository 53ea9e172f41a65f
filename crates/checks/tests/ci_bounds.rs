//! Wide and long workflows are judged completely.

use std::fmt::Write as _;

use palisade_checks::{Scanner, Selection, Settings};

#[test]
fn hundreds_of_jobs_and_steps_are_judged() -> Result<(), Box<dyn std::error::Error>> {
    let mut wide = String::from("on: [release, pull_request_target]\njobs:\n");
    for job in 0..300 {
        writeln!(
            wide,
            "  j{job}:\n    needs: [j0]\n    steps: [{{uses: a/b@v1}}, {{run: 'npm publish ${{{{ github.head_ref }}}}'}}]"
        )?;
    }
    let mut long = String::from("on: pull_request_target\njobs:\n  a:\n    steps:\n");
    for step in 0..300 {
        writeln!(
            long,
            "      - {{id: s{step}, uses: actions/checkout@v4, with: {{ref: '${{{{ steps.s1.outputs.x }}}}'}}}}"
        )?;
    }
    let selection = Selection::new(vec!["ci".to_owned()], Vec::new())?;
    let scanner = Scanner::new(Settings::default(), &selection);
    let files = [(".github/workflows/wide.yml", wide), (".github/workflows/long.yml", long)];
    let files: Vec<_> = files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect();
    let scan = scanner.scan_files(&files);
    let of = |id: &str| scan.findings.iter().filter(|finding| finding.check.id == id).count();
    assert_eq!((of("ci/unpinned-action-in-deploy"), of("ci/template-injection")), (300, 300));
    Ok(())
}
