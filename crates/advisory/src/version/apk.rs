//! apk-tools 3: `number{.number}[letter]{_suffix[number]}[~hash][-rnumber]`, and nothing that is not so.
//!
//! Numbers after the first compare as texts when one begins with a zero, as Gentoo has it.

use std::cmp::Ordering;

use super::bytes::{digits, numbers, span};

/// What may follow `_`, lowest first.
const SUFFIXES: [&[u8]; 10] = [b"alpha", b"beta", b"pre", b"rc", b"", b"cvs", b"svn", b"git", b"hg", b"p"];
/// The place of a version without a suffix among them.
const NO_SUFFIX: usize = 4;

/// Nothing unless both are valid to the end.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let (mut a, mut b) = (Tokens::new(a), Tokens::new(b));
    loop {
        let (left, right) = (a.next()?, b.next()?);
        let order = order(left, right);
        if order.is_ne() {
            // What follows must still be valid.
            a.finish(left)?;
            b.finish(right)?;
            return Some(order);
        }
        if let Token::End = left {
            return Some(Ordering::Equal);
        }
    }
}

#[derive(Clone, Copy)]
enum Token<'t> {
    First(&'t [u8]),
    Number(&'t [u8]),
    Letter(u8),
    Suffix(usize),
    SuffixNumber(&'t [u8]),
    Hash(&'t [u8]),
    Revision(&'t [u8]),
    End,
}

/// Tokens of one kind by their values, others by kind: the later a kind may stand, the lower it is, but the suffixes of
/// prereleases are below the end.
fn order(a: Token<'_>, b: Token<'_>) -> Ordering {
    match (a, b) {
        (Token::Number(a), Token::Number(b)) if a.first() == Some(&b'0') || b.first() == Some(&b'0') => a.cmp(b),
        (Token::First(a), Token::First(b))
        | (Token::Number(a), Token::Number(b))
        | (Token::SuffixNumber(a), Token::SuffixNumber(b))
        | (Token::Revision(a), Token::Revision(b)) => numbers(a, b),
        (Token::Letter(a), Token::Letter(b)) => a.cmp(&b),
        (Token::Suffix(a), Token::Suffix(b)) => a.cmp(&b),
        (Token::Hash(a), Token::Hash(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn rank(token: Token<'_>) -> u8 {
    match token {
        Token::Suffix(suffix) if suffix < NO_SUFFIX => 0,
        Token::End => 1,
        Token::Revision(_) => 2,
        Token::Hash(_) => 3,
        Token::SuffixNumber(_) => 4,
        Token::Suffix(_) => 5,
        Token::Letter(_) => 6,
        Token::Number(_) => 7,
        Token::First(_) => 8,
    }
}

struct Tokens<'t> {
    rest: &'t [u8],
    last: Option<Token<'t>>,
}

impl<'t> Tokens<'t> {
    fn new(rest: &'t [u8]) -> Self {
        Self { rest, last: None }
    }

    /// The next token, or nothing when what stands here is no token or may not follow the last one.
    fn next(&mut self) -> Option<Token<'t>> {
        let rest = self.rest;
        let token = match (self.last, rest.split_first()) {
            (None, _) => Token::First(self.number(rest)?),
            (_, None) => Token::End,
            (Some(Token::First(_) | Token::Number(_)), Some((b'.', rest))) => Token::Number(self.number(rest)?),
            (Some(Token::First(_) | Token::Number(_)), Some((letter @ b'a'..=b'z', rest))) => {
                self.rest = rest;
                Token::Letter(*letter)
            }
            (Some(Token::Suffix(_)), Some((b'0'..=b'9', _))) => Token::SuffixNumber(self.number(rest)?),
            (Some(Token::Hash(_) | Token::Revision(_)), Some((b'_', _))) => return None,
            (_, Some((b'_', rest))) => {
                let (word, rest) = span(rest, |byte| byte.is_ascii_lowercase());
                self.rest = rest;
                Token::Suffix(SUFFIXES.iter().position(|suffix| !word.is_empty() && *suffix == word)?)
            }
            (Some(Token::Hash(_) | Token::Revision(_)), Some((b'~', _))) => return None,
            (_, Some((b'~', rest))) => {
                let (hash, rest) = span(rest, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                self.rest = rest;
                (!hash.is_empty()).then_some(Token::Hash(hash))?
            }
            (Some(Token::Revision(_)), Some(_)) => return None,
            _ => Token::Revision(self.number(rest.strip_prefix(b"-r")?)?),
        };
        self.last = Some(token);
        Some(token)
    }

    /// Reads on after a token to the end.
    fn finish(&mut self, mut token: Token<'t>) -> Option<()> {
        while !matches!(token, Token::End) {
            token = self.next()?;
        }
        Some(())
    }

    fn number(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let (number, rest) = digits(text);
        self.rest = rest;
        (!number.is_empty()).then_some(number)
    }
}
