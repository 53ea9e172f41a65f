//! From lines to instructions: the reader that goes through the file.

use std::ops::Range;

use palisade_model::Span;

use crate::Problem;
use crate::shell::{Dialect, Word};

use super::arguments::Arguments;
use super::expand::{Announced, Variables, announced};
use super::json::{self, Array};
use super::lines::{Line, Lines, Logical, is_comment, without_continuation};
use super::words::{flags, trimmed};
use super::{
    BYTES_MAX, Base, Directive, Dockerfile, Flag, HereDocument, INSTRUCTIONS_MAX, Instruction, Kind, PROBLEMS_MAX,
    Value,
};

/// Arguments that the builder sets; their values are not in the file.
const PREDEFINED: [&str; 8] = [
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

pub(super) fn parse(text: &str) -> Dockerfile {
    let end = (0..=text.len().min(BYTES_MAX)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let within = text.get(..end).unwrap_or("");
    let mut globals = Variables::default();
    for name in PREDEFINED {
        globals.set(name, None);
    }
    let mut reader = Reader {
        text: within,
        lines: Lines::new(within),
        escape: '\\',
        dialect: Dialect::Posix,
        file: Dockerfile::default(),
        globals,
        variables: Variables::default(),
        stage_variables: Vec::new(),
    };
    reader.read();
    if end < text.len() {
        reader.problem(Span::new(end, text.len()), format!("only the first {} MiB were read", BYTES_MAX >> 20));
    }
    reader.file
}

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    lines: Lines<'t>,
    pub(super) escape: char,
    pub(super) dialect: Dialect,
    pub(super) file: Dockerfile,
    /// Arguments before the first `FROM`.
    pub(super) globals: Variables,
    /// Variables of the stage at hand.
    pub(super) variables: Variables,
    /// Environment and shell at the end of each finished stage, for stages built on it.
    stage_variables: Vec<(Variables, Dialect)>,
}

impl<'t> Reader<'t> {
    pub(super) fn problem(&mut self, span: Span, message: impl Into<String>) {
        if self.file.problems.len() < PROBLEMS_MAX {
            self.file.problems.push(Problem { span, message: message.into() });
        }
    }

    fn read(&mut self) {
        self.directives();
        while let Some((logical, span)) = self.logical_line() {
            if self.file.instructions.len() >= INSTRUCTIONS_MAX {
                self.problem(span, format!("only the first {INSTRUCTIONS_MAX} instructions were read"));
                break;
            }
            let all = 0..logical.text.len();
            self.instruction(&logical, all, span, false);
        }
        self.file.close_stages();
        if self.file.instructions.is_empty() && self.file.problems.is_empty() {
            self.problem(Span::new(0, self.text.len().min(1)), "the file has no instructions");
        }
    }

    fn directives(&mut self) {
        loop {
            let back = self.lines.position();
            let Some(line) = self.lines.next() else { break };
            let Some(directive) = self.directive(line) else {
                self.lines.rewind(back);
                break;
            };
            if self.file.directives.iter().any(|before| before.name == directive.name) {
                self.problem(directive.span, format!("the directive `{}` is given twice", directive.name));
            } else if directive.name == "escape" {
                match directive.value.as_str() {
                    "\\" => self.escape = '\\',
                    "`" => {
                        self.escape = '`';
                        self.dialect = Dialect::Cmd;
                    }
                    _ => self.problem(directive.span, "the escape character is `\\` or a backtick, nothing else"),
                }
            }
            self.file.directives.push(directive);
        }
    }

    fn directive(&self, line: Line) -> Option<Directive> {
        let text = self.text.get(line.start..line.end)?;
        let (name, value) = text.trim_start().strip_prefix('#')?.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let value = value.trim();
        let known = matches!(name.as_str(), "syntax" | "escape" | "check");
        (known && !value.is_empty()).then(|| Directive {
            name,
            value: value.to_owned(),
            span: Span::new(line.start, line.end),
        })
    }

    /// The next instruction's text, without its here documents.
    fn logical_line(&mut self) -> Option<(Logical, Span)> {
        loop {
            let first = self.lines.next()?;
            let text = self.text.get(first.start..first.end).unwrap_or("");
            if text.trim().is_empty() || is_comment(text) {
                continue;
            }
            let start = first.end - text.trim_start().len();
            let mut logical = Logical::default();
            let mut end = first.end;
            let mut part = self.text.get(start..first.end).unwrap_or("");
            let mut part_start = start;
            while let Some(rest) = without_continuation(part, self.escape) {
                logical.push(self.text, part_start, part_start + rest.len());
                part = "";
                // Comments and blank lines between continued lines are no end of them.
                while let Some(line) = self.lines.next() {
                    let text = self.text.get(line.start..line.end).unwrap_or("");
                    end = line.end;
                    if !is_comment(text) && !text.trim().is_empty() {
                        part = text;
                        part_start = line.start;
                        break;
                    }
                }
            }
            logical.push(self.text, part_start, part_start + part.len());
            if logical.text.trim().is_empty() {
                continue;
            }
            return Some((logical, Span::new(start, end)));
        }
    }

    fn instruction(&mut self, logical: &Logical, within: Range<usize>, mut span: Span, on_build: bool) {
        let line = trimmed(&logical.text, within);
        let text = logical.text.get(line.clone()).unwrap_or("");
        let length = text.find(['\t', '\u{b}', '\u{c}', '\r', ' ']).unwrap_or(text.len());
        let keyword_range = line.start..line.start + length;
        let keyword = text.get(..length).unwrap_or("").to_ascii_uppercase();
        let (raw_flags, rest) = flags(&logical.text, keyword_range.end..line.end, self.escape);
        let rest = trimmed(&logical.text, rest..line.end);
        let keyword_span = logical.span(keyword_range.start, keyword_range.end);
        if keyword == "ONBUILD" && !on_build && !rest.is_empty() {
            let inner = logical.text.get(rest.clone()).unwrap_or("").split_whitespace().next().unwrap_or("");
            if ["ONBUILD", "FROM", "MAINTAINER"].iter().any(|refused| inner.eq_ignore_ascii_case(refused)) {
                self.problem(keyword_span, format!("{} cannot follow ONBUILD", inner.to_ascii_uppercase()));
            }
            return self.instruction(logical, rest, span, true);
        }
        let flags: Vec<Flag> = raw_flags
            .into_iter()
            .map(|flag| {
                let (name, value) = match flag.text.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None => (flag.text.as_str(), None),
                };
                let name = name.strip_prefix("--").unwrap_or(name).to_owned();
                Flag { name, value, span: logical.span(flag.range.start, flag.range.end) }
            })
            .collect();
        let exec = matches!(keyword.as_str(), "RUN" | "COPY" | "ADD")
            && matches!(json::array(&logical.text, rest.clone()), Array::Strings(_));
        let mut here_documents = Vec::new();
        if matches!(keyword.as_str(), "RUN" | "COPY" | "ADD") && !exec && logical.text.contains("<<") {
            for document in announced(&logical.text) {
                match self.here_document(document) {
                    Ok((document, end)) => {
                        here_documents.push(document);
                        span = span.to(Span::new(end, end));
                    }
                    Err(message) => self.problem(keyword_span, message),
                }
            }
        }
        let mut arguments = Arguments { logical, rest, here_documents: &here_documents };
        let kind = self.kind(&keyword, keyword_span, &mut arguments);
        self.check_flags(&keyword, &flags);
        if let Kind::From { image, alias } = &kind {
            self.enter_stage(image, alias.as_ref());
        }
        let stage = self.file.stages.len().checked_sub(1);
        if stage.is_none() && !matches!(kind, Kind::Arg(_) | Kind::Unknown(_)) {
            self.problem(keyword_span, format!("{keyword} stands before the first FROM"));
        }
        self.remember(&kind, on_build);
        self.file.instructions.push(Instruction {
            keyword,
            keyword_span,
            span,
            flags,
            kind,
            here_documents,
            on_build,
            stage,
        });
    }

    /// Reads the lines of a here document, to the end of the file when it is not closed.
    fn here_document(&mut self, announced: Announced) -> Result<(HereDocument, usize), String> {
        let start = self.lines.position();
        while let Some(line) = self.lines.next() {
            let mut text = self.text.get(line.start..line.end).unwrap_or("");
            if announced.strips_tabs {
                text = text.trim_start_matches('\t');
            }
            if text == announced.name {
                let Announced { name, expands, strips_tabs } = announced;
                let body = Span::new(start, line.start);
                return Ok((HereDocument { name, expands, strips_tabs, body }, line.end));
            }
        }
        Err(format!("the here document does not end: no line is `{}`", announced.name))
    }

    fn enter_stage(&mut self, image: &Value, alias: Option<&Word>) {
        if !self.file.stages.is_empty() {
            self.stage_variables.push((std::mem::take(&mut self.variables), self.dialect));
        }
        self.file.open_stage(image, alias);
        let windows = ["windows/", "nanoserver", "windowsservercore", "servercore"];
        self.variables = Variables::default();
        self.dialect = match self.file.stages.last().map(|stage| stage.base) {
            Some(Base::Stage(index)) => match self.stage_variables.get(index) {
                Some((variables, dialect)) => {
                    self.variables = variables.clone();
                    *dialect
                }
                None => Dialect::Posix,
            },
            _ if self.escape == '`' || windows.iter().any(|part| image.resolved.contains(part)) => Dialect::Cmd,
            _ => Dialect::Posix,
        };
        let windows = self.dialect == Dialect::Cmd || self.dialect == Dialect::PowerShell;
        if let Some(stage) = self.file.stages.last_mut() {
            stage.windows = windows;
        }
        for name in PREDEFINED {
            self.variables.set(name, None);
        }
    }

    /// Keeps what later instructions depend on: variables and the shell.
    fn remember(&mut self, kind: &Kind, on_build: bool) {
        if on_build {
            return;
        }
        match kind {
            Kind::Env(pairs) => {
                for pair in pairs {
                    let value = pair.value.as_ref().filter(|value| value.known).map(|value| value.resolved.clone());
                    self.variables.set(&pair.name, value);
                }
            }
            Kind::Arg(pairs) if self.file.stages.is_empty() => {
                for pair in pairs {
                    if let Some(value) = &pair.value {
                        self.globals.set(&pair.name, value.known.then(|| value.resolved.clone()));
                    }
                }
            }
            Kind::Arg(pairs) => {
                for pair in pairs {
                    match &pair.value {
                        Some(value) => self.variables.set(&pair.name, value.known.then(|| value.resolved.clone())),
                        // Declared again without a default: the value from before the first FROM.
                        None => {
                            if let Some(global) = self.globals.get(&pair.name).cloned() {
                                self.variables.set(&pair.name, global);
                            }
                        }
                    }
                }
            }
            Kind::Shell(words) => {
                let name = words.first().map_or(String::new(), |word| word.text.to_ascii_lowercase());
                self.dialect = if name.contains("powershell") || name.contains("pwsh") {
                    Dialect::PowerShell
                } else if name == "cmd" || name.ends_with("cmd.exe") {
                    Dialect::Cmd
                } else {
                    Dialect::Posix
                };
            }
            _ => {}
        }
    }
}

/// A word of the file, fit for a message.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(40).collect()
}
