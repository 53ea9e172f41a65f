//! Dockerfiles and Containerfiles: instructions, stages and the commands of builds, with byte spans.
//!
//! It follows BuildKit's parser to the letter where that decides what a build
//! does (line continuations, comments within them, flags, JSON forms, here
//! documents), and differs in one thing: it does not stop at the first error.
//! It reads everything it can and lists the rest in [`Dockerfile::problems`].
//! It builds nothing and looks up nothing.

mod arguments;
mod expand;
mod image;
mod instruction;
mod json;
mod lines;
mod stages;
mod words;

use std::ops::Range;

use palisade_model::Span;

use crate::shell::{Dialect, Script, Word};
use crate::{Problem, Structure};

pub use image::ImageName;
pub use stages::{Base, Stage};

/// Bytes of one file that are read.
pub const BYTES_MAX: usize = 4 << 20;

/// Instructions of one file that are read; the longest real files have a few hundred.
pub const INSTRUCTIONS_MAX: usize = 20_000;

/// Commands of one instruction that are kept; the longest real ones have a few hundred.
pub const COMMANDS_MAX: usize = 1_000;

/// Problems listed; a file with more is no Dockerfile.
pub const PROBLEMS_MAX: usize = 100;

/// A Dockerfile.
#[derive(Clone, Debug, Default)]
pub struct Dockerfile {
    /// `# syntax=`, `# escape=`, `# check=` at the top.
    pub directives: Vec<Directive>,
    /// Every instruction in order; those behind `ONBUILD` stand for themselves.
    pub instructions: Vec<Instruction>,
    /// The build stages in order; the last one is the image unless the builder is told otherwise.
    pub stages: Vec<Stage>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A parser directive: `# name=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// In lower case.
    pub name: String,
    /// As written.
    pub value: String,
    /// The line without its ending.
    pub span: Span,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// The keyword in upper case: `RUN`.
    pub keyword: String,
    /// Where the keyword stands.
    pub keyword_span: Span,
    /// From the keyword to the last byte, here documents included.
    pub span: Span,
    /// `--name=value` behind the keyword.
    pub flags: Vec<Flag>,
    /// What it says.
    pub kind: Kind,
    /// Here documents in order.
    pub here_documents: Vec<HereDocument>,
    /// Whether it stands behind `ONBUILD`, and so runs in builds based on this image.
    pub on_build: bool,
    /// Index of its stage; `None` before the first `FROM`.
    pub stage: Option<usize>,
}

/// `--name=value` or `--name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Without the dashes: `mount`.
    pub name: String,
    /// Without quotes; `None` when there is no `=`.
    pub value: Option<String>,
    /// The whole flag.
    pub span: Span,
}

/// A text in which variables may stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// As written, joined over line continuations.
    pub raw: String,
    /// Without quotes, with every variable replaced whose value is known; unknown ones stay as written.
    pub resolved: String,
    /// Whether nothing unknown is left in `resolved`.
    pub known: bool,
    /// The bytes in the file.
    pub span: Span,
}

/// `NAME=value`, `NAME value`, or for `ARG` a name alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name, quotes removed.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// What it is set to.
    pub value: Option<Value>,
}

/// Lines given within the Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HereDocument {
    /// The delimiter without quotes.
    pub name: String,
    /// Whether variables in it are replaced: the delimiter is not quoted.
    pub expands: bool,
    /// Whether leading tabs are removed: `<<-`.
    pub strips_tabs: bool,
    /// The lines, without the delimiter's.
    pub body: Span,
}

/// How a command is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JSON array: no shell.
    Exec,
    /// Text that a shell runs.
    Shell,
    /// A here document alone: a shell, or what its `#!` line names, runs it.
    HereDocument,
}

/// The command of `RUN`, `CMD`, `ENTRYPOINT` or `HEALTHCHECK`.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// How it is written.
    pub form: Form,
    /// The words of the exec form; empty otherwise.
    pub words: Vec<Word>,
    /// The line of the shell form, joined over continuations; empty otherwise.
    pub text: String,
    /// The simple commands with spans in the file.
    pub script: Script,
    /// The quoting rules of the shell in force.
    pub dialect: Dialect,
    /// What stands behind keyword and flags.
    pub span: Span,
}

/// Where files come from and go to: `COPY` and `ADD`.
#[derive(Clone, Debug, Default)]
pub struct Transfer {
    /// Sources; here documents are not among them.
    pub sources: Vec<Value>,
    /// The last argument.
    pub destination: Value,
}

/// What an instruction says.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the Dockerfile reference documents the instructions")]
pub enum Kind {
    Add(Transfer),
    Arg(Vec<Pair>),
    Cmd(Invocation),
    Copy(Transfer),
    Entrypoint(Invocation),
    Env(Vec<Pair>),
    Expose(Vec<Value>),
    From {
        image: Value,
        alias: Option<Word>,
    },
    /// `None` for `HEALTHCHECK NONE`.
    Healthcheck(Option<Invocation>),
    Label(Vec<Pair>),
    Maintainer(Value),
    Run(Invocation),
    Shell(Vec<Word>),
    StopSignal(Value),
    User(Value),
    Volume(Vec<Value>),
    Workdir(Value),
    /// Not an instruction, or one that could not be read.
    Unknown(String),
}

/// Reads a Dockerfile. Never fails: what could not be read is in `problems`.
#[must_use]
pub fn parse(text: &str) -> Dockerfile {
    instruction::parse(text)
}

impl Dockerfile {
    /// The stage that becomes the image.
    #[must_use]
    pub fn last_stage(&self) -> Option<&Stage> {
        self.stages.last()
    }

    /// The instructions of a stage, its `FROM` first.
    #[must_use]
    pub fn of_stage(&self, stage: &Stage) -> &[Instruction] {
        let Range { start, end } = stage.instructions.clone();
        self.instructions.get(start..end).unwrap_or(&[])
    }

    /// The stage and those it is built `FROM`, itself first.
    pub fn ancestry<'d>(&'d self, stage: &'d Stage) -> impl Iterator<Item = &'d Stage> {
        std::iter::successors(Some(stage), |stage| match stage.base {
            // Only earlier stages can be a base, so this ends.
            Base::Stage(index) if index < stage.index => self.stages.get(index),
            _ => None,
        })
    }

    /// Whether an instruction stands in a stage whose layers end up in the image.
    #[must_use]
    pub fn is_shipped(&self, instruction: &Instruction) -> bool {
        instruction.stage.and_then(|index| self.stages.get(index)).is_some_and(|stage| stage.shipped)
    }

    /// Every `RUN` with its instruction.
    pub fn runs(&self) -> impl Iterator<Item = (&Instruction, &Invocation)> {
        self.instructions.iter().filter_map(|instruction| match &instruction.kind {
            Kind::Run(invocation) => Some((instruction, invocation)),
            _ => None,
        })
    }

    /// Whether the text reads like a Dockerfile at all: it has a stage, and most of it was understood.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        !self.stages.is_empty() && self.problems.len() <= self.instructions.len() / 4 + 1
    }
}

impl Instruction {
    /// The flag with a name.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// The value of the flag with a name.
    #[must_use]
    pub fn flag_value(&self, name: &str) -> Option<&str> {
        self.flag(name)?.value.as_deref()
    }
}

impl Structure for Dockerfile {
    /// `stage/KEYWORD`, the stage by name or else by number.
    fn path_of(&self, span: Span) -> String {
        let after = self.instructions.partition_point(|instruction| instruction.span.start <= span.start);
        let Some(instruction) = after.checked_sub(1).and_then(|at| self.instructions.get(at)) else {
            return String::new();
        };
        let stage = instruction.stage.and_then(|index| self.stages.get(index));
        match stage {
            None => instruction.keyword.clone(),
            Some(stage) => match &stage.name {
                Some(name) => format!("{}/{}", name.text.to_lowercase(), instruction.keyword),
                None => format!("{}/{}", stage.index, instruction.keyword),
            },
        }
    }
}

#[cfg(test)]
mod tests;
