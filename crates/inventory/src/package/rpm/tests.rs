#![expect(clippy::unwrap_used, reason = "tests")]
use super::*;

#[test]
fn temp() {
    let path = std::env::var("RPMDB").unwrap();
    let bytes = std::fs::read(path).unwrap();
    let manifest = database(&bytes);
    for package in &manifest.packages { println!("{}", package.purl); }
    println!("{} packages {:?}", manifest.packages.len(), manifest.gaps);
}
