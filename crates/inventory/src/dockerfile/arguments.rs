//! The arguments of each instruction: divided, resolved, and judged for their form.

use std::ops::Range;

use palisade_model::Span;

use crate::shell::{self, Dialect, Script, Word};

use super::expand::{announced, expand};
use super::instruction::{Reader, shortened};
use super::json::{self, Array};
use super::lines::Logical;
use super::words::{plain_words, quoted_words, trimmed};
use super::{COMMANDS_MAX, Flag, Form, HereDocument, Invocation, Kind, Pair, Transfer, Value};

impl Reader<'_> {
    pub(super) fn kind(&mut self, keyword: &str, at: Span, arguments: &mut Arguments<'_>) -> Kind {
        let unknown = |keyword: &str| Kind::Unknown(keyword.to_owned());
        if arguments.rest.is_empty() && !matches!(keyword, "RUN" | "CMD" | "ENTRYPOINT") {
            let known = KEYWORDS.contains(&keyword);
            let message = if known {
                format!("{keyword} lacks its arguments")
            } else {
                format!("no such instruction: {keyword}")
            };
            self.problem(at, message);
            return unknown(keyword);
        }
        match keyword {
            "FROM" => self.from(at, arguments),
            "RUN" => Kind::Run(self.invocation(at, arguments)),
            "CMD" => Kind::Cmd(self.invocation(at, arguments)),
            "ENTRYPOINT" => Kind::Entrypoint(self.invocation(at, arguments)),
            "ADD" | "COPY" => {
                let mut values = self.list(at, arguments);
                let destination = values.pop().unwrap_or_default();
                if values.is_empty() {
                    self.problem(at, format!("{keyword} takes a source and a destination"));
                    return unknown(keyword);
                }
                values.retain(|value| !is_here_document(&value.raw));
                let transfer = Transfer { sources: values, destination };
                if keyword == "ADD" { Kind::Add(transfer) } else { Kind::Copy(transfer) }
            }
            "ENV" => Kind::Env(self.pairs(at, "ENV", arguments)),
            "LABEL" => Kind::Label(self.pairs(at, "LABEL", arguments)),
            "ARG" => Kind::Arg(self.arguments(at, arguments)),
            "EXPOSE" => Kind::Expose(self.values(plain_words(arguments.text(), arguments.rest.clone()), arguments)),
            "VOLUME" => Kind::Volume(self.list(at, arguments)),
            "USER" => Kind::User(self.value(arguments.rest.clone(), arguments)),
            "WORKDIR" => Kind::Workdir(self.value(arguments.rest.clone(), arguments)),
            "STOPSIGNAL" => Kind::StopSignal(self.value(arguments.rest.clone(), arguments)),
            "MAINTAINER" => Kind::Maintainer(arguments.plain(arguments.rest.clone())),
            "SHELL" => match json::array(arguments.text(), arguments.rest.clone()) {
                Array::Strings(strings) if !strings.is_empty() => Kind::Shell(arguments.exec_words(strings)),
                _ => {
                    self.problem(at, "SHELL takes a JSON array of strings");
                    unknown(keyword)
                }
            },
            "HEALTHCHECK" => self.healthcheck(at, arguments),
            _ => {
                self.problem(at, format!("no such instruction: {}", shortened(keyword)));
                unknown(keyword)
            }
        }
    }

    fn from(&mut self, at: Span, arguments: &Arguments<'_>) -> Kind {
        let words = plain_words(arguments.text(), arguments.rest.clone());
        let (image, alias) = match words.as_slice() {
            [image] => (image, None),
            [image, word, alias] if arguments.slice(word).eq_ignore_ascii_case("as") => (image, Some(alias)),
            [image, ..] => {
                self.problem(at, "FROM takes an image and optionally `AS name`");
                (image, None)
            }
            [] => return Kind::Unknown("FROM".to_owned()),
        };
        let raw = arguments.slice(image).to_owned();
        let span = arguments.span(image);
        let image = self.resolve(raw, span, true);
        let alias = alias.map(|alias| Word {
            text: arguments.slice(alias).to_owned(),
            span: arguments.span(alias),
            quoted: false,
            expands: false,
        });
        if let Some(alias) = &alias {
            let mut characters = alias.text.chars();
            let valid = characters.next().is_some_and(|first| first.is_ascii_alphabetic())
                && characters.all(|rest| rest.is_ascii_alphanumeric() || matches!(rest, '-' | '_' | '.'));
            if !valid {
                self.problem(alias.span, "a stage's name starts with a letter and has letters, digits and `-_.` only");
            }
        }
        Kind::From { image, alias }
    }

    fn healthcheck(&mut self, at: Span, arguments: &mut Arguments<'_>) -> Kind {
        let text = arguments.slice(&arguments.rest);
        let length = text.find(char::is_whitespace).unwrap_or(text.len());
        let kind = text.get(..length).unwrap_or("").to_ascii_uppercase();
        arguments.rest = trimmed(arguments.text(), arguments.rest.start + length..arguments.rest.end);
        match kind.as_str() {
            "NONE" if arguments.rest.is_empty() => Kind::Healthcheck(None),
            "CMD" if !arguments.rest.is_empty() => Kind::Healthcheck(Some(self.invocation(at, arguments))),
            _ => {
                self.problem(at, "HEALTHCHECK takes NONE alone, or CMD and a command");
                Kind::Unknown("HEALTHCHECK".to_owned())
            }
        }
    }

    fn invocation(&mut self, at: Span, arguments: &Arguments<'_>) -> Invocation {
        let span = arguments.span(&arguments.rest);
        let dialect = self.dialect;
        match json::array(arguments.text(), arguments.rest.clone()) {
            Array::Strings(strings) => {
                let words = arguments.local_words(strings);
                let mut script = shell::exec(arguments.text(), words.clone());
                let words = words.into_iter().map(|word| arguments.mapped(word)).collect();
                map_script(&mut script, &|span| arguments.logical.map(span));
                let text = String::new();
                return Invocation { form: Form::Exec, words, text, script, dialect: Dialect::Posix, span };
            }
            Array::Mixed => self.problem(at, "a command as a JSON array takes strings only"),
            Array::Not => {}
        }
        let line = arguments.slice(&arguments.rest);
        let (form, mut script) = match arguments.here_documents {
            [] => {
                let mut script = shell::parse(line, dialect);
                let start = arguments.rest.start;
                map_script(&mut script, &|span| {
                    arguments.logical.span(start + span.start as usize, start + span.end as usize)
                });
                (Form::Shell, script)
            }
            [only] if is_here_document(line) => {
                let body = only.body.of(self.text);
                let interpreter = body.lines().next().and_then(|first| first.strip_prefix("#!")).unwrap_or("");
                let mut script = if interpreter.is_empty() || interpreter.contains("sh") {
                    shell::parse(body, dialect)
                } else {
                    Script { commands: Vec::new(), complete: true }
                };
                map_script(&mut script, &|span| span.shifted(only.body.start as usize));
                (Form::HereDocument, script)
            }
            documents => {
                let mut whole = Logical::default();
                whole.push_from(arguments.logical, arguments.rest.clone());
                for document in documents {
                    whole.push_made("\n");
                    whole.push(self.text, document.body.start as usize, document.body.end as usize);
                    whole.push_made(&document.name);
                }
                let mut script = shell::parse(&whole.text, dialect);
                map_script(&mut script, &|span| whole.map(span));
                (Form::Shell, script)
            }
        };
        if script.commands.len() > COMMANDS_MAX {
            script.commands.truncate(COMMANDS_MAX);
            script.complete = false;
            self.problem(at, format!("only the first {COMMANDS_MAX} commands of this instruction were read"));
        }
        Invocation { form, words: Vec::new(), text: line.to_owned(), script, dialect, span }
    }

    /// A JSON array, or words divided by white space.
    fn list(&mut self, at: Span, arguments: &Arguments<'_>) -> Vec<Value> {
        match json::array(arguments.text(), arguments.rest.clone()) {
            Array::Strings(strings) => strings
                .into_iter()
                .map(|(text, range)| {
                    let span = arguments.span(&range);
                    self.resolve(text, span, false)
                })
                .collect(),
            Array::Mixed => {
                self.problem(at, "a list as a JSON array takes strings only");
                Vec::new()
            }
            Array::Not => self.values(plain_words(arguments.text(), arguments.rest.clone()), arguments),
        }
    }

    fn values(&mut self, ranges: Vec<Range<usize>>, arguments: &Arguments<'_>) -> Vec<Value> {
        ranges.into_iter().map(|range| self.value(range, arguments)).collect()
    }

    fn value(&mut self, range: Range<usize>, arguments: &Arguments<'_>) -> Value {
        let raw = arguments.slice(&range).to_owned();
        self.resolve(raw, arguments.span(&range), false)
    }

    fn resolve(&mut self, raw: String, span: Span, global: bool) -> Value {
        let variables = if global { &self.globals } else { &self.variables };
        match expand(&raw, variables, self.escape) {
            Some(expanded) => Value { raw, resolved: expanded.text, known: expanded.known, span },
            None => {
                self.problem(span, "a quote or a variable is not closed");
                Value { resolved: raw.clone(), raw, known: false, span }
            }
        }
    }

    /// `ENV` and `LABEL`: `name=value …`, or the old `name value`.
    fn pairs(&mut self, at: Span, keyword: &str, arguments: &Arguments<'_>) -> Vec<Pair> {
        let words = quoted_words(arguments.text(), arguments.rest.clone(), self.escape);
        let first_has_value = words.first().is_some_and(|word| arguments.slice(word).contains('='));
        if !first_has_value {
            let first = plain_words(arguments.text(), arguments.rest.clone()).into_iter().next();
            let name = first.unwrap_or(arguments.rest.clone());
            let value = trimmed(arguments.text(), name.end..arguments.rest.end);
            if value.is_empty() {
                self.problem(at, format!("{keyword} takes a name and a value"));
            }
            let value = self.value(value, arguments);
            return vec![Pair {
                name: arguments.slice(&name).to_owned(),
                name_span: arguments.span(&name),
                value: Some(value),
            }];
        }
        let mut pairs = Vec::with_capacity(words.len());
        for word in words {
            if !arguments.slice(&word).contains('=') {
                self.problem(arguments.span(&word), "this is no `name=value`; a value with spaces needs quotes");
                continue;
            }
            pairs.push(self.pair(word, arguments));
        }
        pairs
    }

    fn arguments(&mut self, _at: Span, arguments: &Arguments<'_>) -> Vec<Pair> {
        let words = quoted_words(arguments.text(), arguments.rest.clone(), self.escape);
        words.into_iter().map(|word| self.pair(word, arguments)).collect()
    }

    fn pair(&mut self, word: Range<usize>, arguments: &Arguments<'_>) -> Pair {
        let text = arguments.slice(&word);
        let (name, value) = match text.find('=') {
            Some(at) => (word.start..word.start + at, Some(word.start + at + 1..word.end)),
            None => (word.clone(), None),
        };
        let before_stages = self.file.stages.is_empty();
        let value = value.map(|value| {
            let raw = arguments.slice(&value).to_owned();
            self.resolve(raw, arguments.span(&value), before_stages)
        });
        if name.is_empty() {
            self.problem(arguments.span(&word), "the name before `=` is missing");
        }
        Pair {
            name: arguments.slice(&name).trim_matches(['"', '\'']).to_owned(),
            name_span: arguments.span(&name),
            value,
        }
    }

    pub(super) fn check_flags(&mut self, keyword: &str, flags: &[Flag]) {
        let allowed: &[&str] = match keyword {
            "FROM" => &["platform"],
            "RUN" => &["mount", "network", "security", "device"],
            "COPY" => &["chown", "from", "chmod", "link", "exclude", "parents"],
            "ADD" => &["chown", "chmod", "link", "keep-git-dir", "checksum", "unpack", "exclude"],
            "HEALTHCHECK" => &["interval", "timeout", "start-period", "start-interval", "retries"],
            _ if KEYWORDS.contains(&keyword) => &[],
            _ => return,
        };
        for flag in flags {
            if !allowed.contains(&flag.name.as_str()) {
                self.problem(flag.span, format!("{keyword} has no flag --{}", shortened(&flag.name)));
            } else if flag.value.is_none() && !["link", "keep-git-dir", "unpack", "parents"].contains(&&*flag.name) {
                self.problem(flag.span, format!("the flag --{} lacks its value", flag.name));
            }
        }
    }
}

/// The instructions there are.
const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// What stands behind keyword and flags.
pub(super) struct Arguments<'a> {
    pub(super) logical: &'a Logical,
    pub(super) rest: Range<usize>,
    pub(super) here_documents: &'a [HereDocument],
}

impl Arguments<'_> {
    fn text(&self) -> &str {
        &self.logical.text
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        self.logical.text.get(range.clone()).unwrap_or("")
    }

    fn span(&self, range: &Range<usize>) -> Span {
        self.logical.span(range.start, range.end)
    }

    /// A text in which nothing is replaced.
    fn plain(&self, range: Range<usize>) -> Value {
        let raw = self.slice(&range).to_owned();
        Value { resolved: raw.clone(), raw, known: true, span: self.span(&range) }
    }

    /// Words with spans in the logical line.
    fn local_words(&self, strings: Vec<(String, Range<usize>)>) -> Vec<Word> {
        let word = |(text, range): (String, Range<usize>)| Word {
            text,
            span: Span::new(range.start, range.end),
            quoted: true,
            expands: false,
        };
        strings.into_iter().map(word).collect()
    }

    /// Words with spans in the file.
    fn exec_words(&self, strings: Vec<(String, Range<usize>)>) -> Vec<Word> {
        self.local_words(strings).into_iter().map(|word| self.mapped(word)).collect()
    }

    fn mapped(&self, word: Word) -> Word {
        Word { span: self.logical.map(word.span), ..word }
    }
}

/// Whether an argument is the announcement of a here document and nothing else.
fn is_here_document(argument: &str) -> bool {
    argument.contains("<<")
        && announced(argument).len() == 1
        && argument.trim_start_matches(|character: char| character.is_ascii_digit()).starts_with("<<")
        && !argument
            .trim_start_matches(|character: char| character.is_ascii_digit() || character == '<' || character == '-')
            .trim_matches(['"', '\'', ' '])
            .contains(char::is_whitespace)
}

fn map_script(script: &mut Script, map: &dyn Fn(Span) -> Span) {
    for command in &mut script.commands {
        command.map_spans(map);
    }
}
