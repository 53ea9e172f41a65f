//! Lists of commands: operators, compound commands, redirections, here documents.

use palisade_model::Span;

use super::{
    Assignment, BYTES_MAX, COMMANDS_MAX, Command, DEPTH_MAX, Dialect, Direction, Joint, Nesting, Redirection, Script,
    Word,
};

pub(super) fn script(text: &str, dialect: Dialect, depth: u16, substituted: bool) -> Script {
    let end = (0..=text.len().min(BYTES_MAX)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let mut parser = Parser {
        text,
        at: 0,
        end,
        dialect,
        depth,
        commands: Vec::new(),
        here_documents: Vec::new(),
        complete: end == text.len(),
        substituted,
    };
    parser.list(None, None, Nesting::None, (0, 0));
    Script { commands: parser.commands, complete: parser.complete }
}

pub(super) fn exec(text: &str, words: Vec<Word>) -> Script {
    let span = match (words.first(), words.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => return Script { commands: Vec::new(), complete: true },
    };
    let mut parser = Parser {
        text,
        at: text.len(),
        end: text.len(),
        dialect: Dialect::Posix,
        depth: 0,
        commands: Vec::new(),
        here_documents: Vec::new(),
        complete: true,
        substituted: false,
    };
    parser.commands.push(Command {
        words,
        assignments: Vec::new(),
        redirections: Vec::new(),
        span,
        joint: Joint::Start,
        fed_by: (0, 0),
        nesting: Nesting::None,
        parent: None,
    });
    parser.inner_script(0);
    Script { commands: parser.commands, complete: parser.complete }
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) dialect: Dialect,
    pub(super) depth: u16,
    pub(super) here_documents: Vec<PendingDocument>,
    pub(super) complete: bool,
    pub(super) commands: Vec<Command>,
    /// Substitutions have been read in the script around this one: their commands are there.
    pub(super) substituted: bool,
}

/// Words that are no command where a command is expected.
static KEYWORDS: &[&str] = &[
    "if", "then", "else", "elif", "fi", "while", "until", "for", "select", "do", "done", "case", "esac", "function",
    "{", "}", "!", "[[",
];

/// A here document whose lines start after the end of this line.
pub(super) struct PendingDocument {
    command: usize,
    redirection: usize,
    strip_tabs: bool,
}

/// What is known while a list is read.
struct List {
    owner: Option<u32>,
    nesting: Nesting,
    /// The command being read.
    current: Option<usize>,
    joint: Joint,
    fed_by: (u32, u32),
    /// Where the element of the pipeline being read starts in `commands`.
    element: usize,
    /// The same for the compound commands that are open.
    open: Vec<usize>,
    /// `case` commands that are open.
    cases: usize,
}

impl Parser<'_> {
    /// Reads commands up to the byte `stop` (which is consumed) or the end.
    pub(super) fn list(&mut self, stop: Option<u8>, owner: Option<u32>, nesting: Nesting, fed_by: (u32, u32)) {
        let joint = if fed_by.0 < fed_by.1 { Joint::Pipe } else { Joint::Start };
        let element = self.commands.len();
        let mut list = List { owner, nesting, current: None, joint, fed_by, element, open: Vec::new(), cases: 0 };
        loop {
            self.skip_blanks();
            let Some(byte) = self.peek() else { break };
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.finish(&mut list, Joint::Sequence);
                    self.read_here_documents();
                }
                b'#' if self.dialect != Dialect::Cmd => self.skip_line(),
                b';' => {
                    let clause_ends = matches!(self.peek_at(1), Some(b';' | b'&'));
                    self.at += if clause_ends { 2 } else { 1 };
                    self.finish(&mut list, Joint::Sequence);
                    if clause_ends && list.cases > 0 {
                        self.case_pattern(&mut list);
                    }
                }
                b'&' if self.looking_at("&&") => {
                    self.at += 2;
                    self.finish(&mut list, Joint::And);
                }
                b'&' if self.peek_at(1) == Some(b'>') => self.redirection(&mut list),
                b'&' => {
                    self.at += 1;
                    self.finish(&mut list, Joint::Background);
                }
                b'|' if self.looking_at("||") => {
                    self.at += 2;
                    self.finish(&mut list, Joint::Or);
                }
                b'|' => {
                    self.at += if self.peek_at(1) == Some(b'&') { 2 } else { 1 };
                    self.finish(&mut list, Joint::Pipe);
                }
                b'(' => self.open_bracket(&mut list),
                b')' => {
                    self.at += 1;
                    if stop == Some(b')') {
                        self.finish(&mut list, Joint::Sequence);
                        return;
                    }
                }
                b'<' | b'>' if self.peek_at(1) != Some(b'(') => self.redirection(&mut list),
                b'0'..=b'9' if self.descriptor_ahead() => self.redirection(&mut list),
                _ => self.token(&mut list),
            }
        }
        self.finish(&mut list, Joint::Sequence);
        if stop.is_some() {
            self.complete = false;
        }
    }

    /// Ends the command being read; `joint` is how the next one will be joined.
    fn finish(&mut self, list: &mut List, joint: Joint) {
        if let Some(index) = list.current.take() {
            self.inner_script(index);
        }
        // An operator after a keyword or an empty line joins nothing.
        if joint == Joint::Pipe {
            list.fed_by = (small(list.element), small(self.commands.len()));
        } else {
            list.fed_by = (0, 0);
        }
        list.element = self.commands.len();
        list.joint = joint;
    }

    /// The index of the command being read, which starts at byte `start` when there is none yet.
    fn command(&mut self, list: &mut List, start: usize) -> Option<usize> {
        if let Some(index) = list.current {
            return Some(index);
        }
        if self.commands.len() >= COMMANDS_MAX {
            self.complete = false;
            self.at = self.end;
            return None;
        }
        let index = self.commands.len();
        self.commands.push(Command {
            words: Vec::new(),
            assignments: Vec::new(),
            redirections: Vec::new(),
            span: Span::new(start, start),
            joint: list.joint,
            fed_by: list.fed_by,
            nesting: list.nesting,
            parent: list.owner,
        });
        list.current = Some(index);
        Some(index)
    }

    fn open_bracket(&mut self, list: &mut List) {
        self.at += 1;
        if let Some(index) = list.current {
            // `name()` defines a function: the name is no command. Anything else is out of place.
            self.skip_blanks();
            if self.peek() == Some(b')') && self.commands.get(index).is_some_and(|command| command.words.len() == 1) {
                self.at += 1;
                if index + 1 == self.commands.len() {
                    self.commands.pop();
                    list.current = None;
                }
            }
            return;
        }
        if self.depth >= DEPTH_MAX {
            self.complete = false;
            self.at = self.end;
            return;
        }
        self.depth += 1;
        self.list(Some(b')'), list.owner, list.nesting, list.fed_by);
        self.depth -= 1;
        list.joint = Joint::Sequence;
    }

    /// A word: a keyword, an assignment, a name or an argument.
    fn token(&mut self, list: &mut List) {
        let start = self.at;
        let fresh = list.current.is_none();
        // The command must exist before what is nested in its words, so that it comes first.
        let Some(index) = self.command(list, start) else { return };
        let word = self.word(Some(small(index)));
        if fresh && self.keyword(list, index, &word) {
            return;
        }
        let assignment = assignment(&word, self.slice(start, self.at));
        let Some(command) = self.commands.get_mut(index) else { return };
        command.span = Span::new(command.span.start as usize, self.at);
        match assignment {
            Some(assignment) if command.words.is_empty() => command.assignments.push(assignment),
            _ => command.words.push(word),
        }
    }

    /// Takes a keyword out of the list again; false when the word is none.
    fn keyword(&mut self, list: &mut List, index: usize, word: &Word) -> bool {
        if word.quoted || word.expands || index + 1 != self.commands.len() {
            return false;
        }
        if !KEYWORDS.contains(&word.text.as_str()) {
            return false;
        }
        if word.text == "[[" {
            self.test(index, word);
            return true;
        }
        self.commands.truncate(index);
        list.current = None;
        match word.text.as_str() {
            "if" | "while" | "until" | "{" => list.open.push(list.element),
            "for" | "select" => {
                list.open.push(list.element);
                while self.peek().is_some_and(|byte| !matches!(byte, b';' | b'\n')) {
                    self.skip_or_word(list.owner);
                }
            }
            "case" => {
                list.open.push(list.element);
                list.cases += 1;
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b';') {
                    self.skip_blanks();
                    if self.peek().is_none_or(|byte| byte == b'\n' || byte == b';') || self.word(None).is_bare("in") {
                        break;
                    }
                }
                self.case_pattern(list);
                return true;
            }
            "function" => {
                self.skip_blanks();
                if self.peek().is_some_and(|byte| byte != b'\n') {
                    self.word(None);
                }
                self.skip_blanks();
                if self.looking_at("()") {
                    self.at += 2;
                }
            }
            "fi" | "done" | "}" | "esac" => {
                if word.text == "esac" {
                    list.cases = list.cases.saturating_sub(1);
                }
                list.element = list.open.pop().unwrap_or(list.element).min(self.commands.len());
                return true;
            }
            _ => {}
        }
        if !matches!(word.text.as_str(), "if" | "while" | "until" | "{" | "!") {
            list.joint = Joint::Sequence;
            list.fed_by = (0, 0);
        }
        true
    }

    fn skip_or_word(&mut self, owner: Option<u32>) {
        match self.peek() {
            Some(b'(' | b')' | b'&' | b'|' | b'<' | b'>' | b' ' | b'\t' | b'\r') => self.at += 1,
            _ => {
                self.word(owner);
            }
        }
    }

    /// `[[ … ]]`, whose operators are no operators of the list.
    fn test(&mut self, index: usize, name: &Word) {
        let mut words = vec![name.clone()];
        while self.peek().is_some() {
            self.skip_blanks();
            match self.peek() {
                None => break,
                Some(b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>') => self.at += 1,
                Some(_) => {
                    let word = self.word(Some(small(index)));
                    let closes = word.is_bare("]]");
                    words.push(word);
                    if closes {
                        break;
                    }
                }
            }
        }
        if let Some(command) = self.commands.get_mut(index) {
            command.words = words;
            command.span = Span::new(command.span.start as usize, self.at);
        }
    }

    /// Skips the pattern of a clause, up to its bracket; ends the command at `esac`.
    fn case_pattern(&mut self, list: &mut List) {
        loop {
            self.skip_blanks();
            match self.peek() {
                None => return,
                Some(b'\n' | b'|' | b'(' | b';' | b'&' | b'<' | b'>') => self.at += 1,
                Some(b'#') => self.skip_line(),
                Some(b')') => {
                    self.at += 1;
                    return;
                }
                Some(_) => {
                    if self.word(None).is_bare("esac") {
                        list.cases = list.cases.saturating_sub(1);
                        list.element = list.open.pop().unwrap_or(list.element).min(self.commands.len());
                        return;
                    }
                }
            }
        }
    }

    /// Whether digits ahead name the descriptor of a redirection.
    fn descriptor_ahead(&self) -> bool {
        let digits = (0..4).take_while(|ahead| self.peek_at(*ahead).is_some_and(|byte| byte.is_ascii_digit())).count();
        matches!(self.peek_at(digits), Some(b'<' | b'>')) && self.peek_at(digits + 1) != Some(b'(')
    }

    fn redirection(&mut self, list: &mut List) {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit() || byte == b'&') {
            self.at += 1;
        }
        let mut strip_tabs = false;
        let operators = [
            ("<<<", Direction::HereString),
            ("<<-", Direction::Here),
            ("<<", Direction::Here),
            ("<&", Direction::Read),
            ("<>", Direction::Read),
            ("<", Direction::Read),
            (">>", Direction::Append),
            (">&", Direction::Write),
            (">|", Direction::Write),
            (">", Direction::Write),
        ];
        let Some((operator, direction)) = operators.into_iter().find(|(operator, _)| self.looking_at(operator)) else {
            self.at = start + 1;
            return;
        };
        if operator == "<<-" {
            strip_tabs = true;
        }
        self.at += operator.len();
        let Some(index) = self.command(list, start) else { return };
        self.skip_blanks();
        let target = match self.peek() {
            None | Some(b'\n' | b';' | b'&' | b'|' | b')' | b'(') => {
                Word { span: Span::new(self.at, self.at), ..Word::default() }
            }
            Some(b'<' | b'>') if self.peek_at(1) != Some(b'(') => {
                Word { span: Span::new(self.at, self.at), ..Word::default() }
            }
            Some(_) => self.word(Some(small(index))),
        };
        let at = self.at;
        let Some(command) = self.commands.get_mut(index) else { return };
        command.span = Span::new(command.span.start as usize, at);
        if direction == Direction::Here {
            let redirection = command.redirections.len();
            self.here_documents.push(PendingDocument { command: index, redirection, strip_tabs });
        }
        command.redirections.push(Redirection { direction, target, body: None });
    }

    /// Reads the here documents announced on the line that has just ended.
    fn read_here_documents(&mut self) {
        for pending in std::mem::take(&mut self.here_documents) {
            let Some(delimiter) = self
                .commands
                .get(pending.command)
                .and_then(|command| command.redirections.get(pending.redirection))
                .map(|redirection| redirection.target.text.clone())
            else {
                continue;
            };
            let start = self.at;
            let mut text = String::new();
            let mut end = self.end;
            let mut found = false;
            while self.at < self.end {
                let line_start = self.at;
                self.skip_line();
                let mut line = self.slice(line_start, self.at);
                if pending.strip_tabs {
                    line = line.trim_start_matches('\t');
                }
                // A script indented as a whole (in YAML, say) keeps its delimiter indented; be generous.
                let closes = line.trim_end_matches('\r') == delimiter || line.trim() == delimiter;
                if !closes {
                    text.push_str(line);
                    text.push('\n');
                }
                self.at = (self.at + 1).min(self.end);
                if closes {
                    end = line_start;
                    found = true;
                    break;
                }
            }
            self.complete &= found;
            let body = Word { text, span: Span::new(start, end), quoted: false, expands: false };
            let command = self.commands.get_mut(pending.command);
            if let Some(redirection) = command.and_then(|command| command.redirections.get_mut(pending.redirection)) {
                redirection.body = Some(body);
            }
            self.fed_script(pending.command, pending.redirection);
        }
    }

    /// The script in an argument: `sh -c '…'`, `eval '…'`.
    fn inner_script(&mut self, index: usize) {
        let Some(word) = self.commands.get(index).and_then(|command| command.program()?.script().cloned()) else {
            return;
        };
        let contiguous = self.slice(word.span.start as usize + 1, (word.span.end as usize).saturating_sub(1));
        let offset = (contiguous == word.text).then_some(word.span.start as usize + 1);
        self.nested_script(index, &word, offset);
    }

    /// The script in a here document: `sh <<EOF`.
    fn fed_script(&mut self, command: usize, redirection: usize) {
        let Some(owner) = self.commands.get(command) else { return };
        let reads = owner.program().is_some_and(|program| program.is_shell() && program.script().is_none());
        let Some(body) = owner.redirections.get(redirection).and_then(|redirection| redirection.body.clone()) else {
            return;
        };
        if reads {
            let same = self.slice(body.span.start as usize, body.span.end as usize) == body.text;
            self.nested_script(command, &body, same.then_some(body.span.start as usize));
        }
    }

    fn nested_script(&mut self, owner: usize, word: &Word, offset: Option<usize>) {
        if self.depth >= DEPTH_MAX {
            self.complete = false;
            return;
        }
        let base = self.commands.len();
        let nested = self.commands.get(owner + 1..).unwrap_or(&[]);
        let substituted =
            nested.iter().any(|command| command.nesting == Nesting::Substitution && word.span.contains(command.span));
        let inner = script(&word.text, Dialect::Posix, self.depth + 8, substituted);
        if base + inner.commands.len() > COMMANDS_MAX {
            self.complete = false;
            return;
        }
        for mut command in inner.commands {
            command.map_spans(&|span| match offset {
                Some(offset) => span.shifted(offset),
                None => word.span,
            });
            if command.fed_by.0 < command.fed_by.1 {
                command.fed_by =
                    (command.fed_by.0.saturating_add(small(base)), command.fed_by.1.saturating_add(small(base)));
            }
            if let Some(parent) = command.parent {
                command.parent = Some(parent.saturating_add(small(base)));
            } else {
                command.parent = Some(small(owner));
                command.nesting = Nesting::Script;
            }
            self.commands.push(command);
        }
    }
}

/// Indices stay below [`COMMANDS_MAX`].
fn small(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn assignment(word: &Word, source: &str) -> Option<Assignment> {
    let length = source.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let name = source.get(..length)?;
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let operator = if source.get(length..)?.starts_with("+=") { 2 } else { 1 };
    if !source.get(length..)?.starts_with(['=', '+']) || !source.get(..length + operator)?.ends_with('=') {
        return None;
    }
    let start = word.span.start as usize + length + operator;
    let value = Word {
        text: word.text.get(length + operator..)?.to_owned(),
        span: Span::new(start, word.span.end as usize),
        quoted: word.quoted,
        expands: word.expands,
    };
    Some(Assignment { name: name.to_owned(), value, span: word.span })
}
