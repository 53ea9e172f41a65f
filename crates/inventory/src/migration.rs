//! Database migrations: which tool runs a file, as which version, forwards or back, and what it says.
//!
//! The tool follows from names and from the markers that tools put into files. What runs in a transaction follows
//! from the tool and its own way to say otherwise. Nothing here knows which migrations a database has seen.

mod name;
mod sections;

use std::sync::Arc;

use palisade_model::Span;

use crate::cypher::Cypher;
use crate::sql::{Dialect, Hints, Script};
use crate::{Problem, Structure};

pub use name::Named;
use sections::Sections;

/// A tool that runs migrations, as far as names and markers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tool {
    /// `V1__x.sql`, `U1__x.sql`, `R__x.sql`
    Flyway,
    /// `0001_x.up.sql` and `.down.sql`: golang-migrate, sqlx and others.
    UpDown,
    /// `0001_x/up.sql` and `down.sql`: Diesel, Hasura.
    Folder,
    /// `20240101000000_x/migration.sql`
    Prisma,
    /// `-- migrate:up`
    Dbmate,
    /// `-- +goose Up`
    Goose,
    /// `-- +migrate Up`
    SqlMigrate,
    /// `--> statement-breakpoint`
    Drizzle,
    /// `--liquibase formatted sql`
    Liquibase,
    /// A number and a name, in a folder of migrations.
    Numbered,
}

/// Which way a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Forwards.
    Up,
    /// Back.
    Down,
    /// Forwards, with a section that goes back.
    Both,
    /// Whenever it changed: views, functions.
    Repeatable,
}

/// A migration.
#[derive(Debug)]
pub struct Migration {
    /// Path of its file.
    pub path: Arc<str>,
    /// What it is by name and markers.
    pub named: Named,
    /// Its statements, when it is SQL.
    pub script: Script,
    /// Its statements, when it is Cypher.
    pub cypher: Option<Cypher>,
    /// What it says about its database.
    pub hints: Hints,
    /// Whether there is nothing in it but blanks and the comment that a tool puts there.
    pub is_blank: bool,
    sections: Sections,
    /// Names of statements, for places.
    marks: Vec<(Span, String)>,
}

impl Tool {
    /// Whether the tool knows files that go back.
    #[must_use]
    pub fn has_way_back(self) -> bool {
        !matches!(self, Self::Prisma | Self::Drizzle)
    }
}

/// Whether a file is a migration, by its path and the markers in it.
#[must_use]
pub fn is_migration(path: &str, bytes: &[u8]) -> bool {
    Named::of(path, bytes).is_some()
}

impl Migration {
    /// Reads a file; `None` when it is no migration.
    #[must_use]
    pub fn parse(path: Arc<str>, text: &str) -> Option<Self> {
        let named = Named::of(&path, text.as_bytes())?;
        let is_cypher = path.ends_with(".cypher") || path.ends_with(".cql");
        let script = if is_cypher { Script::default() } else { Script::parse(text) };
        let cypher = is_cypher.then(|| Cypher::parse(text));
        let sections = Sections::of(named.tool, text);
        let marks = script.statements.iter().map(|one| (one.span, label(text, one.span))).collect();
        let hints = if is_cypher { Hints::default() } else { crate::sql::hints(text) };
        let is_blank = is_blank(text);
        Some(Self { path, named, script, cypher, hints, is_blank, sections, marks })
    }

    /// Whether what stands here goes back.
    #[must_use]
    pub fn is_down(&self, span: Span) -> bool {
        self.named.direction == Direction::Down || self.sections.is_down(span.start)
    }

    /// Whether the tool puts this place into a transaction, by its own markers.
    #[must_use]
    pub fn is_in_transaction(&self, span: Span) -> bool {
        let alone =
            self.script.statements.iter().filter(|one| self.is_down(one.span) == self.is_down(span)).count() < 2;
        match self.named.tool {
            // These send a file as it is: a server makes one transaction of several statements.
            Tool::UpDown | Tool::Prisma => !alone && !self.sections.is_without_transaction(span.start),
            // Flyway goes without one for what it knows to need none, when it stands alone.
            Tool::Flyway => !alone,
            _ => !self.sections.is_without_transaction(span.start),
        }
    }

    /// Whether there is anything that goes back in this file.
    #[must_use]
    pub fn has_down(&self) -> bool {
        self.sections.has_rollback
            || self.script.statements.iter().any(|one| self.is_down(one.span))
            || self
                .cypher
                .as_ref()
                .is_some_and(|cypher| self.named.direction == Direction::Down && !cypher.statements.is_empty())
    }

    /// The database that the names of its folders speak of.
    #[must_use]
    pub fn dialect_of_folder(&self) -> Option<Dialect> {
        name::dialect(&self.named.folder)
    }

    /// The database that its own name speaks of, as in `0001_x.mysql.up.sql`.
    #[must_use]
    pub fn dialect_of_name(&self) -> Option<Dialect> {
        name::dialect_of_name(self.path.strip_prefix(&*self.named.folder).unwrap_or(&self.path))
    }

    /// What the grammar refused.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.script.problems
    }

    /// A place that stands for the whole file: its first statement.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let sql = self.script.statements.iter().find(|one| !self.is_down(one.span)).map(|one| one.span);
        let cypher = self.cypher.as_ref().and_then(|cypher| cypher.statements.first()).map(|one| one.span);
        sql.or(cypher).unwrap_or_default()
    }
}

impl Structure for Migration {
    fn path_of(&self, span: Span) -> String {
        let around = self.marks.iter().find(|(place, _)| place.start <= span.start && span.start < place.end.max(1));
        around.map_or_else(String::new, |(_, label)| label.clone())
    }
}

/// Whether a text holds nothing that somebody wrote: blanks, or the comment that Diesel and others begin with.
fn is_blank(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| {
        let made = ["-- This file should undo", "-- Add down migration", "-- Your SQL goes here", "-- Add migration"];
        line.is_empty() || matches!(line, "--" | ";") || made.iter().any(|made| line.starts_with(made))
    })
}

/// Words of a statement that name it.
const LABEL_WORDS: usize = 4;
/// Longer names are cut.
const LABEL_CHARACTERS: usize = 60;

/// The first words of a statement, without what may be a value.
fn label(text: &str, span: Span) -> String {
    let text = text.get(span.start as usize..span.end as usize).unwrap_or("");
    let plain = |word: &&str| !word.contains(['\'', '$', '(', '=']);
    let words: Vec<&str> = text.split_whitespace().take(LABEL_WORDS).take_while(plain).collect();
    words.join(" ").chars().take(LABEL_CHARACTERS).collect()
}

#[cfg(test)]
mod tests;
