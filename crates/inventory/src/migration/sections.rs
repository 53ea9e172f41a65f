//! Parts of one file that go back, and parts that run outside of a transaction, as tools mark them in comments.

use super::Tool;

#[derive(Debug, Default)]
pub(super) struct Sections {
    /// Where a part starts, whether it goes back, and whether it runs without a transaction.
    parts: Vec<(u32, bool, bool)>,
    /// Liquibase's rollbacks are comments.
    pub(super) has_rollback: bool,
}

impl Sections {
    pub(super) fn of(tool: Tool, text: &str) -> Self {
        let mut sections = Self::default();
        let mut at = 0;
        let (mut down, mut without) = (false, false);
        for line in text.split_inclusive('\n') {
            let start = u32::try_from(at).unwrap_or(u32::MAX);
            at += line.len();
            let Some(comment) = line.trim_start().strip_prefix("--") else { continue };
            let lower = comment.trim().to_ascii_lowercase();
            let before = (down, without);
            let off = |name: &str| lower.replace(' ', "").contains(&format!("{name}:false"));
            match tool {
                Tool::Dbmate if lower.starts_with("migrate:up") => (down, without) = (false, off("transaction")),
                Tool::Dbmate if lower.starts_with("migrate:down") => (down, without) = (true, off("transaction")),
                Tool::Goose if lower.starts_with("+goose no transaction") => without = true,
                Tool::Goose if lower.starts_with("+goose up") => down = false,
                Tool::Goose if lower.starts_with("+goose down") => down = true,
                Tool::SqlMigrate if lower.starts_with("+migrate") => {
                    down = lower.starts_with("+migrate down");
                    without = lower.contains("notransaction");
                }
                Tool::Liquibase if lower.starts_with("changeset") => {
                    (down, without) = (false, off("runintransaction"));
                }
                Tool::Liquibase if lower.starts_with("rollback") => sections.has_rollback = true,
                _ if lower.starts_with("no-transaction") || lower.starts_with("disable-transaction") => without = true,
                _ => {}
            }
            if before != (down, without) {
                sections.parts.push((start, down, without));
            }
        }
        // A file that goes without a transaction says so anywhere.
        if matches!(tool, Tool::Goose) && without {
            for part in &mut sections.parts {
                part.2 = true;
            }
        }
        sections
    }

    fn part(&self, at: u32) -> (bool, bool) {
        let part = self.parts.iter().rev().find(|(start, ..)| *start <= at);
        part.map_or((false, false), |(_, down, without)| (*down, *without))
    }

    pub(super) fn is_down(&self, at: u32) -> bool {
        self.part(at).0
    }

    pub(super) fn is_without_transaction(&self, at: u32) -> bool {
        self.part(at).1
    }
}
