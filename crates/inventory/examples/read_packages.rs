//! Prints what lock files name: `cargo run -p palisade-inventory --example read_packages FILE…`.
use palisade_inventory::package::Manifest;

fn main() {
    for path in std::env::args().skip(1) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Some(m) = Manifest::read(&path, &text) else {
            println!("{path}: none");
            continue;
        };
        let mut scopes = std::collections::BTreeMap::new();
        for p in &m.packages {
            *scopes.entry(format!("{:?}/{:?}", p.scope, p.direct)).or_insert(0) += 1;
        }
        let edges: usize = m.packages.iter().map(|p| p.needs.len()).sum();
        println!(
            "{path}: {} packages, {} roots, {edges} edges, {} hashed, {} gaps {scopes:?}",
            m.packages.len(),
            m.roots.len(),
            m.packages.iter().filter(|p| !p.hashes.is_empty()).count(),
            m.gaps.len()
        );
        for g in m.gaps.iter().take(5) {
            println!("   gap {:?} {}", g.span, g.message);
        }
        if std::env::var("FULL").is_ok() {
            for p in &m.packages {
                println!("  {} {:?} {:?} {:?}", p.purl, p.source, p.licence, p.needs);
            }
        }
    }
}
