//! Splits a shell script into its simple commands, each word with its byte span.
//!
//! It reads what container builds and CI steps contain: quotes, substitutions,
//! pipelines, subshells, compound commands, assignments, redirections and here
//! documents, and looks into `sh -c '…'` and `$(…)`. It is no shell: it expands
//! nothing, runs nothing, and never fails. What it cannot read (an unterminated
//! quote, nesting past [`DEPTH_MAX`]) it takes to the end and says so in
//! [`Script::complete`].

mod lexer;
mod parser;
mod program;

use palisade_model::Span;

pub use program::Program;

/// Nested substitutions, subshells and `sh -c` scripts; people stop at four.
pub const DEPTH_MAX: u16 = 32;

/// Bytes of one script that are read; the rest is left out and the script counted incomplete.
pub const BYTES_MAX: usize = 4 << 20;

/// Commands kept of one script.
pub const COMMANDS_MAX: usize = 100_000;

/// The quoting rules to read by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `sh`, `bash` and their kin: the backslash escapes.
    #[default]
    Posix,
    /// PowerShell: the backtick escapes, single quotes double to escape themselves.
    PowerShell,
    /// `cmd.exe`: the caret escapes, only double quotes quote.
    Cmd,
}

/// One word after quote removal. Expansions stay as they are written: `$HOME/x`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// The text without its quotes and escapes.
    pub text: String,
    /// The bytes in the script, quotes included.
    pub span: Span,
    /// Whether any part is quoted or escaped.
    pub quoted: bool,
    /// Whether any part is expanded by the shell: a variable, a substitution.
    pub expands: bool,
}

/// `NAME=value` before a command, or alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// What it is set to; the span is that of the value alone.
    pub value: Word,
    /// Name and value together.
    pub span: Span,
}

/// What a redirection does with its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `<`: reads a file.
    Read,
    /// `>`, `>|`, `&>`, `>&`: writes a file, or copies a descriptor.
    Write,
    /// `>>`, `&>>`: appends to a file.
    Append,
    /// `<<`, `<<-`: a here document; the target is the delimiter.
    Here,
    /// `<<<`: a here string; the target is the text.
    HereString,
}

/// One redirection of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// What it does.
    pub direction: Direction,
    /// File, delimiter or text.
    pub target: Word,
    /// The lines of a here document, when they were found.
    pub body: Option<Word>,
}

/// How a command is joined to what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// First of its list.
    Start,
    /// After `;`, a newline or a keyword.
    Sequence,
    /// After `&&`.
    And,
    /// After `||`.
    Or,
    /// After `|`: its input is the output of the commands in [`Command::fed_by`].
    Pipe,
    /// After `&`.
    Background,
}

/// How a command is nested in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// Not nested, or only in a subshell or compound command.
    None,
    /// In `$(…)` or backticks: its output is part of a word of the parent.
    Substitution,
    /// In `<(…)`: its output is a file that the parent reads.
    ProcessSubstitution,
    /// In the script that the parent runs: `sh -c '…'`, `eval '…'`, `sh <<EOF`.
    Script,
}

/// One simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Name and arguments, without assignments and redirections; may be empty.
    pub words: Vec<Word>,
    /// Assignments in front.
    pub assignments: Vec<Assignment>,
    /// Redirections, wherever they stand.
    pub redirections: Vec<Redirection>,
    /// From its first to its last byte.
    pub span: Span,
    /// How it is joined to what stands before.
    pub joint: Joint,
    /// Indices (from, to) of the commands whose output it reads through a pipe; empty without one.
    pub fed_by: (u32, u32),
    /// How it is nested.
    pub nesting: Nesting,
    /// Index of the command it is nested in.
    pub parent: Option<u32>,
}

/// The commands of a script in the order in which they start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The commands.
    pub commands: Vec<Command>,
    /// False when a quote, bracket or here document did not end, or a bound was met.
    pub complete: bool,
}

/// The simple commands of a POSIX shell script.
#[must_use]
pub fn commands(text: &str) -> Vec<Command> {
    parse(text, Dialect::Posix).commands
}

/// Reads a script by the quoting rules of `dialect`.
#[must_use]
pub fn parse(text: &str, dialect: Dialect) -> Script {
    parser::script(text, dialect, 0, false)
}

/// The commands of a program that is started without a shell, given as its words: itself, and those
/// in the script it runs (`["sh", "-c", "…"]`). The spans of the words lie in `text`.
#[must_use]
pub fn exec(text: &str, words: Vec<Word>) -> Script {
    parser::exec(text, words)
}

impl Word {
    /// Whether the text is exactly `text`, written without quotes or expansions.
    fn is_bare(&self, text: &str) -> bool {
        !self.quoted && !self.expands && self.text == text
    }
}

impl Command {
    /// The program that runs in the end, behind `sudo`, `env`, `xargs` and the like.
    #[must_use]
    pub fn program(&self) -> Option<Program<'_>> {
        Program::of(self)
    }

    /// Changes every span, for a script that was cut out of a file.
    pub fn map_spans(&mut self, map: &dyn Fn(Span) -> Span) {
        self.span = map(self.span);
        for word in &mut self.words {
            word.span = map(word.span);
        }
        for assignment in &mut self.assignments {
            assignment.span = map(assignment.span);
            assignment.value.span = map(assignment.value.span);
        }
        for redirection in &mut self.redirections {
            redirection.target.span = map(redirection.target.span);
            if let Some(body) = &mut redirection.body {
                body.span = map(body.span);
            }
        }
    }
}

impl Script {
    /// The commands whose output `command` reads through a pipe.
    #[must_use]
    pub fn feeders(&self, command: &Command) -> &[Command] {
        self.commands.get(command.fed_by.0 as usize..command.fed_by.1 as usize).unwrap_or(&[])
    }

    /// The command in which `command` is nested.
    #[must_use]
    pub fn parent(&self, command: &Command) -> Option<&Command> {
        self.commands.get(command.parent? as usize)
    }
}

#[cfg(test)]
mod tests;
