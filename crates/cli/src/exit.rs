//! Exit codes, and how an error is shown: what is wrong, the chain of causes, a hint that helps.

use std::fmt;
use std::process::ExitCode;

/// How a command ends; the same numbers for every verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; for a gate: allow.
    Done,
    /// A gate denies.
    Deny,
    /// It could not be decided or done: bad input, bad settings, a failed write.
    Undecided,
    /// There was nothing to look at.
    Nothing,
}

impl Exit {
    /// The process's exit code.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Deny => 1,
            Self::Undecided => 2,
            Self::Nothing => 3,
        })
    }
}

/// An error that says what to do about it.
#[derive(Debug)]
pub(crate) struct Hinted {
    error: anyhow::Error,
    hint: String,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)
    }
}

impl std::error::Error for Hinted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// Attaches a hint to an error.
pub(crate) fn hinted(error: impl Into<anyhow::Error>, hint: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Hinted { error: error.into(), hint: hint.into() })
}

/// Prints an error to standard error.
pub(crate) fn print_error(error: &anyhow::Error, colour: bool) {
    let (red, reset) = if colour { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
    eprintln!("{red}error:{reset} {}", printable(&error.to_string()));
    for cause in error.chain().skip(1) {
        eprintln!("  because: {}", printable(&cause.to_string()));
    }
    if let Some(hinted) = error.downcast_ref::<Hinted>() {
        eprintln!("hint: {}", printable(&hinted.hint));
    }
}

/// Text without control characters, which a hostile file name could use to rewrite the screen.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let hostile = character.is_control() && character != '\n'
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if character == '\t' {
            shown.push_str("\\t");
        } else if hostile {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}
