//! SQL as PostgreSQL reads it: statements with the parts that decide what they lock, rewrite, lose or grant.
//!
//! The grammar is `squawk-parser`'s; this module splits a file into statements, bounds what it hands over, and keeps
//! of each tree only what is judged. It does not look into the bodies of functions, and knows no other dialect: what
//! the grammar refuses is a [`Problem`], and the next statement is read all the same.

mod lower;
mod split;
mod tree;
mod words;

use palisade_model::Span;

use crate::Problem;

pub use words::{Dialect, Hints, hints};

/// Statements beyond this are not read.
pub const STATEMENTS_MAX: usize = 20_000;

/// A name as PostgreSQL folds it: lower case unless quoted, without the schema `public`.
pub type Name = Box<str>;

/// The statements of a text.
#[derive(Debug, Default)]
pub struct Script {
    /// In the order of the text.
    pub statements: Vec<Statement>,
    /// What the grammar refused, and what is too large to be handed to it.
    pub problems: Vec<Problem>,
}

/// One statement.
#[derive(Debug)]
pub struct Statement {
    /// From its first word to its last.
    pub span: Span,
    /// What it does.
    pub act: Act,
    /// Whether it says `IF EXISTS`, `IF NOT EXISTS` or `OR REPLACE`.
    pub is_conditional: bool,
}

/// What a statement does.
#[derive(Debug)]
pub enum Act {
    /// `CREATE TABLE`, also from a query.
    CreateTable(Table),
    /// `ALTER TABLE`, with each of its actions.
    AlterTable(Table, Vec<Action>),
    /// `CREATE INDEX` on a table.
    CreateIndex {
        /// The table.
        table: Table,
        /// The word `INDEX`.
        word: Span,
        /// `CONCURRENTLY`.
        concurrently: Option<Span>,
    },
    /// `DROP INDEX`.
    DropIndex {
        /// The word `INDEX`.
        word: Span,
        /// `CONCURRENTLY`.
        concurrently: Option<Span>,
    },
    /// `REINDEX`.
    Reindex {
        /// `CONCURRENTLY`.
        concurrently: Option<Span>,
    },
    /// `REFRESH MATERIALIZED VIEW`.
    Refresh {
        /// `CONCURRENTLY`.
        concurrently: Option<Span>,
    },
    /// `DROP TABLE`.
    DropTables(Vec<Table>),
    /// `DROP` of something else that may hold data: `SCHEMA`, `DATABASE`, `MATERIALIZED VIEW`, `TYPE`, `SEQUENCE`.
    DropOther(&'static str),
    /// `TRUNCATE`.
    Truncate(Vec<Table>),
    /// `UPDATE`, and whether anything narrows it down.
    Update(Table, bool),
    /// `DELETE`, and whether anything narrows it down.
    Delete(Table, bool),
    /// `INSERT` and `COPY … FROM`.
    Insert,
    /// `CREATE TYPE … AS ENUM`, or another type.
    CreateType(Name),
    /// `ALTER TYPE … ADD VALUE`: the type and the value as written.
    AddEnumValue(Name, Box<str>),
    /// `SET name = …`, `SET LOCAL` and `set_config`: the name.
    Set(Name),
    /// `GRANT` of rights on objects, or of membership.
    Grant(Grant),
    /// `CREATE` or `ALTER` of a role: its options that give power, and a password that stands there.
    Role {
        /// `SUPERUSER`, `BYPASSRLS`, …
        powers: Vec<(Box<str>, Span)>,
        /// The literal after `PASSWORD`.
        password: Option<Span>,
    },
    /// `CREATE FUNCTION` or `PROCEDURE`.
    Function {
        /// `SECURITY DEFINER`.
        definer: Option<Span>,
        /// Whether it sets its own `search_path`.
        sets_search_path: bool,
    },
    /// `BEGIN`.
    Begin,
    /// `COMMIT`.
    Commit,
    /// `VACUUM`; the word `FULL`.
    Vacuum(Option<Span>),
    /// `CLUSTER`.
    Cluster,
    /// `LOCK TABLE`.
    Lock,
    /// `CREATE DATABASE`, `ALTER SYSTEM` and others that no transaction may hold.
    Outside,
    /// `CREATE` of something else: its kind as written, and whether a second run is fine.
    CreateOther,
    /// Anything else.
    Other,
}

/// A table that is named.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// Where.
    pub span: Span,
}

/// Part of an `ALTER TABLE`.
#[derive(Debug)]
pub struct Action {
    /// All of it.
    pub span: Span,
    /// What it does.
    pub kind: ActionKind,
}

/// What a part of an `ALTER TABLE` does.
#[derive(Debug)]
pub enum ActionKind {
    /// `ADD COLUMN`
    AddColumn(Column),
    /// `DROP COLUMN`
    DropColumn,
    /// `ALTER COLUMN … TYPE`: the column and the new type as written.
    SetType(Name, Box<str>),
    /// `ALTER COLUMN … SET NOT NULL`
    SetNotNull(Name),
    /// `ADD CONSTRAINT`
    AddConstraint(Constraint),
    /// `VALIDATE CONSTRAINT`
    Validate,
    /// `RENAME COLUMN`
    RenameColumn,
    /// `RENAME TO`
    RenameTable,
    /// `SET SCHEMA`
    SetSchema,
    /// `DISABLE ROW LEVEL SECURITY` or `NO FORCE ROW LEVEL SECURITY`
    DropRowSecurity,
    /// `SET LOGGED` or `SET UNLOGGED`, `SET ACCESS METHOD`
    Rewrite,
    /// `DETACH PARTITION`, and whether `CONCURRENTLY`
    Detach(bool),
    /// Anything else.
    Other,
}

/// A column that is added.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: Table,
    /// Its type in lower case, as written.
    pub type_name: Box<str>,
    /// `NOT NULL`, or `PRIMARY KEY` which means it.
    pub not_null: Option<Span>,
    /// The default: where, and whether each row gets a value of its own.
    pub default: Option<(Span, bool)>,
    /// `GENERATED … STORED`
    pub stored: Option<Span>,
    /// `GENERATED … AS IDENTITY`
    pub identity: Option<Span>,
    /// `UNIQUE` or `PRIMARY KEY`
    pub unique: Option<Span>,
    /// `REFERENCES`
    pub references: Option<Table>,
    /// `CHECK`
    pub check: Option<Span>,
}

/// A constraint that is added to a table.
#[derive(Debug)]
pub struct Constraint {
    /// Which kind.
    pub kind: ConstraintKind,
    /// The table that a foreign key points to.
    pub references: Option<Table>,
    /// `NOT VALID`
    pub is_not_valid: bool,
    /// `USING INDEX`
    pub uses_index: bool,
    /// The columns that a check wants to be `NOT NULL`, when that is all it wants.
    pub not_null_column: Option<Name>,
}

/// Kinds of constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// `FOREIGN KEY`
    ForeignKey,
    /// `CHECK`
    Check,
    /// `UNIQUE`
    Unique,
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `EXCLUDE`
    Exclude,
    /// `NOT NULL`
    NotNull,
}

/// Rights that are given.
#[derive(Debug)]
pub struct Grant {
    /// `ALL`
    pub all: Option<Span>,
    /// `PUBLIC` among those who get them.
    pub public: Option<Span>,
    /// `WITH GRANT OPTION`
    pub grant_option: Option<Span>,
    /// Whether all that is given is `USAGE`, `CONNECT` or `EXECUTE`.
    pub is_mild: bool,
}

impl Script {
    /// Reads a text. Placeholders such as `${name}` stand for names.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let clean = split::clean(text);
        let mut script = Self::default();
        for piece in split::statements(&clean) {
            if script.statements.len() >= STATEMENTS_MAX {
                let message = format!("more than {STATEMENTS_MAX} statements; the rest was not read");
                script.problems.push(Problem { span: piece.span, message });
                break;
            }
            match piece.fault {
                Some(message) => {
                    script.problems.push(Problem { span: piece.span, message });
                    let act = Act::Other;
                    script.statements.push(Statement { span: piece.span, act, is_conditional: false });
                }
                None if piece.is_bulk => {
                    script.statements.push(Statement { span: piece.span, act: Act::Insert, is_conditional: false });
                }
                None => script.read(&clean, piece.span),
            }
        }
        script
    }

    fn read(&mut self, text: &str, span: Span) {
        let part = text.get(span.start as usize..span.end as usize).unwrap_or("");
        let Some(tree) = tree::Tree::parse(part, span.start) else {
            self.problems.push(Problem { span, message: "the PostgreSQL grammar gave up on this statement".into() });
            return;
        };
        if let Some((at, message)) = tree.error() {
            let at = Span { start: at.min(span.end.saturating_sub(1)), end: span.end };
            self.problems.push(Problem { span: at, message: format!("not PostgreSQL: {message}") });
        }
        let before = self.statements.len();
        self.statements.extend(tree.root().children().filter_map(lower::statement));
        if self.statements.len() == before {
            self.statements.push(Statement { span, act: Act::Other, is_conditional: false });
        }
    }
}

#[cfg(test)]
mod tests;
