//! How text meets a terminal: colour, width, and how much is shown.

use std::fmt::Display;

use anstyle::{AnsiColor, Effects, Style as Ansi};
use palisade_model::Severity;

/// What the terminal can show and what the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Escape sequences for colour; the caller has asked the terminal, `NO_COLOR` and `--color`.
    pub color: bool,
    /// Columns to fill.
    pub width: usize,
    /// Show every finding instead of what a person reads in one sitting.
    pub all: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80, all: false }
    }
}

/// Roles that text plays, each with one look.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    Severity(Severity),
    Strong,
    Faint,
    Code,
    Good,
}

impl Style {
    /// Columns, kept to what lines can be laid out in.
    pub(crate) fn columns(&self) -> usize {
        self.width.clamp(40, 160)
    }

    /// `text` in its role. It must have been escaped before.
    pub(crate) fn paint(&self, role: Role, text: impl Display) -> String {
        if !self.color {
            return text.to_string();
        }
        let color = |color: AnsiColor| Ansi::new().fg_color(Some(color.into()));
        let look = match role {
            Role::Severity(Severity::Critical) => color(AnsiColor::BrightRed) | Effects::BOLD | Effects::UNDERLINE,
            Role::Severity(Severity::High) => color(AnsiColor::BrightRed) | Effects::BOLD,
            Role::Severity(Severity::Medium) => color(AnsiColor::Yellow) | Effects::BOLD,
            Role::Severity(Severity::Low) => color(AnsiColor::Cyan) | Effects::BOLD,
            Role::Severity(Severity::Info) | Role::Faint => Ansi::new() | Effects::DIMMED,
            Role::Strong => Ansi::new() | Effects::BOLD,
            Role::Code => color(AnsiColor::Cyan),
            Role::Good => color(AnsiColor::Green) | Effects::BOLD,
        };
        format!("{look}{text}{look:#}")
    }
}
