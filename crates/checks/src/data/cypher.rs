//! Migrations of Neo4j.

use palisade_inventory::cypher::CypherAct;
use palisade_inventory::migration::Direction;
use palisade_model::Severity;

use super::{Notes, Set, likely, meta};
use crate::Check;

const PAGE: &str = include_str!("cypher.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_migrations(
        meta(
            "data/cypher-fails-twice",
            "Cypher migration fails on its second run",
            PAGE,
            Severity::Medium,
            &["AP-6"],
            &["CWE-755"],
        ),
        fails_twice,
    ),
    Check::on_migrations(
        likely(meta(
            "data/cypher-doubles-data",
            "second run makes everything twice",
            PAGE,
            Severity::Low,
            &["AP-6"],
            &["CWE-694"],
        )),
        doubles,
    ),
    Check::on_migrations(
        meta(
            "data/cypher-deletes-all",
            "every node is deleted",
            PAGE,
            Severity::High,
            &["AP-6", "AP-9"],
            &["NIST-800-53:CP-9"],
        ),
        deletes,
    ),
];

fn fails_twice(set: &Set<'_>, notes: &mut Notes<'_>) {
    for migration in &set.migrations {
        for one in migration.cypher.iter().flat_map(|cypher| &cypher.statements) {
            let message = match &one.act {
                CypherAct::CreateSchema(kind, false) => {
                    format!(
                        "when this ran half and is run again, it fails because the {kind} exists; add IF NOT EXISTS"
                    )
                }
                CypherAct::DropSchema(kind, false) => {
                    format!("when this ran half and is run again, it fails because the {kind} is gone; add IF EXISTS")
                }
                _ => continue,
            };
            notes.add(migration, one.span, message);
        }
    }
}

fn doubles(set: &Set<'_>, notes: &mut Notes<'_>) {
    for migration in set.migrations.iter().filter(|one| set.is_recent(one)) {
        for one in migration.cypher.iter().flat_map(|cypher| &cypher.statements) {
            if one.act == CypherAct::CreateData {
                notes.add(
                    migration,
                    one.span,
                    "run again after a half run, this makes its nodes a second time; MERGE finds them",
                );
            }
        }
    }
}

fn deletes(set: &Set<'_>, notes: &mut Notes<'_>) {
    for migration in set.migrations.iter().filter(|one| one.named.direction != Direction::Down) {
        for one in migration.cypher.iter().flat_map(|cypher| &cypher.statements) {
            if one.act == CypherAct::DeleteAll {
                notes.add(migration, one.span, "no label and no condition narrows this down, so everything in the database goes; name what is meant");
            }
        }
    }
}
