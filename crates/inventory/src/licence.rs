//! What a package says of its licence, as an SPDX expression (<https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/>).
//!
//! Statements are hostile input: their length and depth are bounded. Spellings that mean the same become the same:
//! letter case, old ids (`GPL-2.0+`), full names from SPDX's list (`MIT License`), and the `/` of old manifests of Cargo.
//! What is only alike (`Apache 2`) is not taken for a licence: [`guesses`] says what may have been meant.

mod guess;
mod list;

use std::fmt;

pub use guess::guesses;
pub use list::ids;

/// Longer statements are not read: the longest expressions in the wild, of whole kernels and fonts, have some 4 KB.
pub const STATEMENT_BYTES_MAX: usize = 16 << 10;

/// Brackets within brackets beyond this are not read: people write two or three.
const DEPTH_MAX: u32 = 32;

/// Licences, and how they hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// One licence.
    Term(Term),
    /// A word where a licence should stand, and none that is known.
    Unknown(String),
    /// All hold together.
    All(Vec<Expression>),
    /// Whoever takes the package may choose one.
    Any(Vec<Expression>),
}

/// One licence, with what is added to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The id as SPDX's list spells it, without `-only` and `-or-later`; or a reference: `LicenseRef-…`.
    id: String,
    /// Whether later versions may be chosen.
    later: bool,
    /// What stands after `WITH`.
    addition: Option<Addition>,
}

/// What stands after `WITH`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Addition {
    name: String,
    /// Whether it is on SPDX's list of exceptions, all of which only permit more.
    listed: bool,
}

/// A statement that is no expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing stands there.
    #[error("it is empty")]
    Empty,
    /// See [`STATEMENT_BYTES_MAX`].
    #[error("it is longer than {} KiB", STATEMENT_BYTES_MAX >> 10)]
    TooLong,
    /// Too many brackets within brackets.
    #[error("its brackets are nested deeper than {DEPTH_MAX}")]
    TooDeep,
    /// A character that no expression has.
    #[error("no expression has a `{0}`")]
    Character(char),
    /// Something else had to stand there.
    #[error("{wanted} has to stand where `{found}` stands")]
    Unexpected {
        /// What had to stand there.
        wanted: &'static str,
        /// What stands there.
        found: String,
    },
    /// It ends too early.
    #[error("{0} is missing at the end")]
    Ended(&'static str),
}

impl Expression {
    /// Reads a statement.
    ///
    /// # Errors
    /// [`Fault`], when it is no expression. Words that are no licence are no fault: [`Expression::Unknown`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > STATEMENT_BYTES_MAX {
            return Err(Fault::TooLong);
        }
        let text = text.trim();
        if let Some(id) = list::of_full_name(text) {
            return Ok(Self::word(id));
        }
        let mut parser = Parser { rest: text, depth: 0 };
        if parser.peek()? == Token::End {
            return Err(Fault::Empty);
        }
        let expression = parser.any()?;
        match parser.next()? {
            Token::End => Ok(expression),
            found => Err(found.instead_of("`AND` or `OR`")),
        }
    }

    /// Several that hold together.
    #[must_use]
    pub fn all(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::All(inner) => inner,
            other => vec![other],
        });
        Self::All(flat.collect())
    }

    /// Several of which one may be chosen.
    #[must_use]
    pub fn any(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Any(inner) => inner,
            other => vec![other],
        });
        Self::Any(flat.collect())
    }

    /// Whether every word of it is known, so that SPDX's tools read it as well.
    #[must_use]
    pub fn is_spdx(&self) -> bool {
        match self {
            Self::Term(term) => term.addition.as_ref().is_none_or(Addition::is_spdx),
            Self::Unknown(_) => false,
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_spdx),
        }
    }

    /// One word, which may hold a `+` at its end.
    fn word(word: &str) -> Self {
        Term::of_word(word).map_or_else(|| Self::Unknown(word.to_owned()), Self::Term)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, joint) = match self {
            Self::Term(term) => return term.fmt(out),
            Self::Unknown(word) => return out.write_str(word),
            Self::All(parts) => (parts, " AND "),
            Self::Any(parts) => (parts, " OR "),
        };
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                out.write_str(joint)?;
            }
            match part {
                Self::Term(_) | Self::Unknown(_) => part.fmt(out)?,
                // Brackets where the standard needs none too, so that nobody has to know which word binds tighter.
                Self::All(_) | Self::Any(_) => write!(out, "({part})")?,
            }
        }
        Ok(())
    }
}

impl Term {
    /// One licence with what is added to it: `MIT`, `GPL-2.0-or-later WITH Bison-exception-2.2`, `LicenseRef-ours`.
    /// None for everything else, full names and expressions too.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text.get(..STATEMENT_BYTES_MAX.min(text.len()))?, depth: 0 };
        match (parser.part().ok()?, parser.next().ok()?) {
            (Expression::Term(term), Token::End) => {
                term.addition.as_ref().is_none_or(Addition::is_spdx).then_some(term)
            }
            _ => None,
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        let (plain, plus) = word.strip_suffix('+').map_or((word, false), |plain| (plain, true));
        if is_reference(plain, "LicenseRef-") {
            return (!plus).then(|| Self { id: plain.to_owned(), later: false, addition: None });
        }
        let listed = list::find(plain)?;
        // `GPL-2.0-only+` says two things at once.
        if plus && listed.narrowed {
            return None;
        }
        let addition = listed.exception.map(|name| Addition { name: name.to_owned(), listed: true });
        Some(Self { id: listed.id.to_owned(), later: plus || listed.later, addition })
    }

    /// Whether later versions may be chosen instead.
    #[must_use]
    pub fn is_or_later(&self) -> bool {
        self.later
    }

    /// The same with or without the choice of later versions.
    #[must_use]
    pub fn or_later(&self, later: bool) -> Self {
        Self { later, ..self.clone() }
    }

    /// The same without what is added to it, where something is.
    #[must_use]
    pub fn without_addition(&self) -> Option<Self> {
        self.addition.as_ref().map(|_| Self { addition: None, ..self.clone() })
    }

    /// Whether what is added to it is known to permit more, never less: an exception of SPDX's list.
    #[must_use]
    pub fn permits_more(&self) -> bool {
        self.addition.as_ref().is_some_and(|addition| addition.listed)
    }

    /// The versions that it may be taken under, each for itself: one, or those of SPDX's list from this one on.
    #[must_use]
    pub fn versions(&self) -> Vec<Self> {
        let one = |id: &str| Self { id: id.to_owned(), later: false, addition: self.addition.clone() };
        let mut all = vec![one(&self.id)];
        if self.later {
            all.extend(list::later_than(&self.id).map(one));
        }
        all
    }

    /// Whether it is the same licence, whatever the letter case of references.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let added = match (&self.addition, &other.addition) {
            (Some(one), Some(other)) => one.name.eq_ignore_ascii_case(&other.name),
            (None, None) => true,
            _ => false,
        };
        added && self.later == other.later && self.id.eq_ignore_ascii_case(&other.id)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.id)?;
        out.write_str(match (list::has_suffixes(&self.id), self.later) {
            (true, true) => "-or-later",
            (true, false) => "-only",
            (false, true) => "+",
            (false, false) => "",
        })?;
        match &self.addition {
            Some(addition) => write!(out, " WITH {}", addition.name),
            None => Ok(()),
        }
    }
}

impl Addition {
    fn of(word: &str) -> Self {
        let found = list::exception(word);
        Self { name: found.unwrap_or(word).to_owned(), listed: found.is_some() }
    }

    fn is_spdx(&self) -> bool {
        self.listed || is_reference(&self.name, "AdditionRef-")
    }
}

/// Whether a word is a reference to a text that is not on SPDX's list, of this document or of another.
fn is_reference(word: &str, start: &str) -> bool {
    let name = |text: &str, start: &str| {
        let head = text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
        let rest = text.get(start.len()..).unwrap_or("");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        head && !rest.is_empty() && rest.bytes().all(plain)
    };
    match word.split_once(':') {
        Some((document, rest)) => name(document, "DocumentRef-") && name(rest, start),
        None => name(word, start),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Open,
    Close,
    Slash,
    And,
    Or,
    With,
    End,
}

impl Token<'_> {
    fn instead_of(self, wanted: &'static str) -> Fault {
        let found = match self {
            Self::Word(word) => word,
            Self::Open => "(",
            Self::Close => ")",
            Self::Slash => "/",
            Self::And => "AND",
            Self::Or => "OR",
            Self::With => "WITH",
            Self::End => return Fault::Ended(wanted),
        };
        Fault::Unexpected { wanted, found: found.to_owned() }
    }
}

struct Parser<'t> {
    rest: &'t str,
    depth: u32,
}

impl<'t> Parser<'t> {
    /// The next token and what follows it.
    fn token(&self) -> Result<(Token<'t>, &'t str), Fault> {
        let rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let Some(first) = rest.chars().next() else { return Ok((Token::End, rest)) };
        let single = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '/' => Some(Token::Slash),
            _ => None,
        };
        if let Some(token) = single {
            return Ok((token, rest.get(1..).unwrap_or("")));
        }
        let is_word = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '.' | ':' | '+' | '_');
        let (word, after) = rest.split_at(rest.find(|one| !is_word(one)).unwrap_or(rest.len()));
        let token = match word {
            "" => return Err(Fault::Character(first)),
            _ if word.eq_ignore_ascii_case("AND") => Token::And,
            _ if word.eq_ignore_ascii_case("OR") => Token::Or,
            _ if word.eq_ignore_ascii_case("WITH") => Token::With,
            _ => Token::Word(word),
        };
        Ok((token, after))
    }

    fn peek(&self) -> Result<Token<'t>, Fault> {
        self.token().map(|(token, _)| token)
    }

    fn next(&mut self) -> Result<Token<'t>, Fault> {
        let (token, rest) = self.token()?;
        self.rest = rest;
        Ok(token)
    }

    fn any(&mut self) -> Result<Expression, Fault> {
        self.joined(Self::all, |token| matches!(token, Token::Or | Token::Slash), Expression::any)
    }

    fn all(&mut self) -> Result<Expression, Fault> {
        self.joined(Self::part, |token| token == Token::And, Expression::all)
    }

    /// Parts with the same word between them.
    fn joined(
        &mut self,
        part: fn(&mut Self) -> Result<Expression, Fault>,
        is_joint: fn(Token<'_>) -> bool,
        join: fn(Vec<Expression>) -> Expression,
    ) -> Result<Expression, Fault> {
        let first = part(self)?;
        if !is_joint(self.peek()?) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while is_joint(self.peek()?) {
            self.next()?;
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    fn part(&mut self) -> Result<Expression, Fault> {
        match self.next()? {
            Token::Open => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    return Err(Fault::TooDeep);
                }
                let inner = self.any()?;
                self.depth -= 1;
                match self.next()? {
                    Token::Close => Ok(inner),
                    found => Err(found.instead_of("`)`")),
                }
            }
            Token::Word(word) => {
                let licence = Expression::word(word);
                if self.peek()? != Token::With {
                    return Ok(licence);
                }
                self.next()?;
                let added = match self.next()? {
                    Token::Word(added) => added,
                    found => return Err(found.instead_of("an exception")),
                };
                Ok(match licence {
                    Expression::Term(Term { id, later, addition: None }) => {
                        Expression::Term(Term { id, later, addition: Some(Addition::of(added)) })
                    }
                    // An old id that holds an exception already, or no licence at all.
                    _ => Expression::Unknown(format!("{word} WITH {added}")),
                })
            }
            found => Err(found.instead_of("a licence")),
        }
    }
}

#[cfg(test)]
mod tests;
