//! The migrations of one folder, in their order.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::migration::{Direction, Migration, Tool};
use palisade_inventory::sql::Dialect;
use palisade_inventory::{Facts, Inventory};

use super::{DataSettings, Database};

/// The migrations that one tool runs from one folder.
pub struct Set<'m> {
    /// Which tool.
    pub tool: Tool,
    /// By version, then path.
    pub migrations: Vec<&'m Migration>,
    /// PostgreSQL, when names, words or the settings say so.
    pub dialect: Option<Dialect>,
    /// The newest versions.
    recent: BTreeSet<Vec<u128>>,
}

impl<'m> Set<'m> {
    /// The sets of a target.
    #[must_use]
    pub fn all(inventory: &'m Inventory, settings: &DataSettings) -> Vec<Self> {
        let mut by_folder: BTreeMap<(&str, Tool), Vec<&Migration>> = BTreeMap::new();
        for migration in inventory.files.iter().filter_map(|facts: &Facts| facts.migration.as_deref()) {
            by_folder.entry((&migration.named.folder, migration.named.tool)).or_default().push(migration);
        }
        by_folder.into_iter().map(|((_, tool), migrations)| Self::of(tool, migrations, settings)).collect()
    }

    fn of(tool: Tool, mut migrations: Vec<&'m Migration>, settings: &DataSettings) -> Self {
        migrations.sort_by(|left, right| {
            (left.named.numbers(), &left.named.version, &left.path).cmp(&(
                right.named.numbers(),
                &right.named.version,
                &right.path,
            ))
        });
        let versions: BTreeSet<Vec<u128>> = migrations.iter().map(|one| one.named.numbers()).collect();
        let keep = if settings.recent == 0 { versions.len() } else { settings.recent };
        let recent = versions.into_iter().rev().take(keep).collect();
        let dialect = dialect(&migrations, settings);
        Self { tool, migrations, dialect, recent }
    }

    /// Whether a migration is among the newest.
    #[must_use]
    pub fn is_recent(&self, migration: &Migration) -> bool {
        let numbers = migration.named.numbers();
        numbers.is_empty() || self.recent.contains(&numbers)
    }

    /// Whether a migration is for PostgreSQL.
    #[must_use]
    pub fn is_postgresql(&self, migration: &Migration) -> bool {
        let special = |other: &&Migration| {
            other.dialect_of_name() == Some(Dialect::Postgresql)
                && (&other.named.version, other.named.direction)
                    == (&migration.named.version, migration.named.direction)
        };
        match migration.dialect_of_name() {
            Some(dialect) => dialect == Dialect::Postgresql,
            // One that is for all databases gives way to one for PostgreSQL alone.
            None => {
                self.dialect == Some(Dialect::Postgresql) && !self.migrations.iter().copied().any(|one| special(&one))
            }
        }
    }

    /// What goes forwards.
    pub fn ups(&self) -> impl Iterator<Item = &'m Migration> {
        self.migrations.iter().copied().filter(|one| matches!(one.named.direction, Direction::Up | Direction::Both))
    }

    /// What goes back, from the same version.
    #[must_use]
    pub fn down_of(&self, up: &Migration) -> Option<&'m Migration> {
        if up.has_down() && up.named.direction == Direction::Both {
            return self.migrations.iter().copied().find(|one| std::ptr::eq(*one, up));
        }
        let same = |one: &&Migration| one.named.direction == Direction::Down && one.named.version == up.named.version;
        self.migrations.iter().copied().find(same)
    }
}

/// What the settings say, then folders' names, then words.
fn dialect(migrations: &[&Migration], settings: &DataSettings) -> Option<Dialect> {
    if let Some(database) = settings.database {
        return Some(match database {
            Database::Postgresql => Dialect::Postgresql,
            Database::Other => Dialect::Other,
        });
    }
    if let Some(dialect) = migrations.iter().find_map(|one| one.dialect_of_folder()) {
        return Some(dialect);
    }
    let speaks: Vec<&&Migration> = migrations.iter().filter(|one| one.dialect_of_name().is_none()).collect();
    let total = |of: fn(&Migration) -> u32| speaks.iter().map(|one| u64::from(of(one))).sum::<u64>();
    let (postgresql, other) = (total(|one| one.hints.postgresql), total(|one| one.hints.other));
    match (postgresql, other) {
        (0, 0) => None,
        (postgresql, other) if postgresql > other * 2 => Some(Dialect::Postgresql),
        _ => Some(Dialect::Other),
    }
}
