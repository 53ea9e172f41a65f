//! Expressions, by precedence.

use palisade_model::Span;

use super::parser::{Parser, Read, is_name, is_name_start};
use super::{DEPTH_MAX, Expression, For, Node, Operator, Step};

/// Operators after each other without brackets beyond this are not read: each makes the tree one deeper.
const CHAIN_MAX: usize = 200;

/// Binary operators, the longer spelling first, with their rank.
const BINARY: [(&str, Operator, u8); 13] = [
    ("||", Operator::Or, 1),
    ("&&", Operator::And, 2),
    ("==", Operator::Equal, 3),
    ("!=", Operator::NotEqual, 3),
    ("<=", Operator::LessOrEqual, 4),
    (">=", Operator::GreaterOrEqual, 4),
    ("<", Operator::Less, 4),
    (">", Operator::Greater, 4),
    ("+", Operator::Add, 5),
    ("-", Operator::Subtract, 5),
    ("*", Operator::Multiply, 6),
    ("/", Operator::Divide, 6),
    ("%", Operator::Modulo, 6),
];

impl Parser<'_> {
    /// An expression, blanks before it skipped.
    pub(super) fn expression(&mut self) -> Read<Expression> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return self.astray("expressions stand too deep inside each other");
        }
        let condition = self.binary(1)?;
        self.blanks();
        let result = if self.peek() == Some('?') {
            self.at += 1;
            let yes = self.expression()?;
            self.blanks();
            if !self.take(":") {
                return self.astray("`:` is missing after `?`");
            }
            let no = self.expression()?;
            let span = condition.span.to(no.span);
            Expression { node: Node::Conditional(Box::new(condition), Box::new(yes), Box::new(no)), span }
        } else {
            condition
        };
        self.depth = self.depth.saturating_sub(1);
        Ok(result)
    }

    /// Blanks and comments, and line ends where they mean nothing.
    pub(super) fn blanks(&mut self) {
        self.skip(self.lines_open);
    }

    fn binary(&mut self, least: u8) -> Read<Expression> {
        let mut left = self.unary()?;
        for _ in 0..CHAIN_MAX {
            self.blanks();
            let rest = self.rest();
            let Some((word, operator, rank)) = BINARY.iter().find(|(word, _, rank)| {
                *rank >= least && rest.starts_with(word) && !(*word == "%" && rest.starts_with("%{"))
            }) else {
                return Ok(left);
            };
            self.at += word.len();
            let right = self.binary(rank + 1)?;
            self.count()?;
            let span = left.span.to(right.span);
            left = Expression { node: Node::Binary(*operator, Box::new(left), Box::new(right)), span };
        }
        self.astray("too many operators after each other")
    }

    fn unary(&mut self) -> Read<Expression> {
        self.blanks();
        let start = self.at;
        let operator = match self.peek() {
            Some('!') => Operator::Not,
            Some('-') => Operator::Subtract,
            _ => return self.postfix(),
        };
        self.at += 1;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return self.astray("expressions stand too deep inside each other");
        }
        let inner = self.unary()?;
        self.depth = self.depth.saturating_sub(1);
        let span = Span::new(start, inner.span.end as usize);
        Ok(Expression { node: Node::Unary(operator, Box::new(inner)), span })
    }

    fn postfix(&mut self) -> Read<Expression> {
        let base = self.primary()?;
        let start = base.span.start as usize;
        let mut steps = Vec::new();
        loop {
            self.count()?;
            let mark = self.at;
            self.blanks();
            let rest = self.rest();
            if rest.starts_with("...") {
                self.at = mark;
                break;
            } else if rest.starts_with(".*") {
                self.at += 2;
                steps.push(Step::Each);
            } else if rest.starts_with('.') {
                self.at += 1;
                self.blanks();
                if self.peek().is_some_and(|c| c.is_ascii_digit()) {
                    let from = self.at;
                    let digits = self.rest().find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest().len());
                    self.at += digits;
                    let number = self.text.get(from..self.at).and_then(|text| text.parse().ok()).unwrap_or(0.0);
                    let span = Span::new(from, self.at);
                    steps.push(Step::Index(Expression { node: Node::Number(number), span }));
                } else {
                    steps.push(Step::Name(self.name()?.0.into()));
                }
            } else if rest.starts_with('[') {
                self.at += 1;
                let step = self.bracketed(true, |parser| {
                    parser.blanks();
                    if parser.rest().starts_with('*') {
                        parser.at += 1;
                        return Ok(Step::Each);
                    }
                    parser.expression().map(Step::Index)
                })?;
                self.skip(true);
                if !self.take("]") {
                    return self.astray("`]` is missing");
                }
                steps.push(step);
            } else {
                self.at = mark;
                break;
            }
        }
        if steps.is_empty() {
            return Ok(base);
        }
        let span = Span::new(start, self.at);
        let node = match base.node {
            Node::Traversal(name, _) => Node::Traversal(name, steps),
            node => Node::Access(Box::new(Expression { node, span: base.span }), steps),
        };
        Ok(Expression { node, span })
    }

    /// Does `read` with line ends open or closed, and puts that back.
    pub(super) fn bracketed<T>(&mut self, open: bool, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let before = std::mem::replace(&mut self.lines_open, open);
        let result = read(self);
        self.lines_open = before;
        result
    }

    fn primary(&mut self) -> Read<Expression> {
        self.count()?;
        self.blanks();
        let start = self.at;
        let node = match self.peek() {
            Some('"') => return self.quoted(),
            Some('<') if self.rest().starts_with("<<") => return self.heredoc(),
            Some('(') => {
                self.at += 1;
                let inner = self.bracketed(true, Self::expression)?;
                self.skip(true);
                if !self.take(")") {
                    return self.astray("`)` is missing");
                }
                // Brackets keep traversals apart: `(a)[0]` is an access, and so is `(a).b`.
                let span = Span::new(start, self.at);
                return Ok(Expression { node: inner.node, span });
            }
            Some('[') => {
                self.at += 1;
                self.bracketed(true, |parser| parser.list())?
            }
            Some('{') => {
                self.at += 1;
                self.bracketed(false, |parser| parser.object())?
            }
            Some(c) if c.is_ascii_digit() => self.number(),
            Some(c) if is_name_start(c) => self.word()?,
            _ => return self.astray("a value is expected here"),
        };
        Ok(Expression { node, span: Span::new(start, self.at) })
    }

    fn number(&mut self) -> Node {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut length = 0;
        while digit(length) {
            length += 1;
        }
        if bytes.get(length) == Some(&b'.') && digit(length + 1) {
            length += 1;
            while digit(length) {
                length += 1;
            }
        }
        if matches!(bytes.get(length), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
            if digit(length + 1 + sign) {
                length += 1 + sign;
                while digit(length) {
                    length += 1;
                }
            }
        }
        self.at += length;
        Node::Number(rest.get(..length).and_then(|text| text.parse().ok()).unwrap_or(0.0))
    }

    fn word(&mut self) -> Read<Node> {
        let (name, _) = self.name()?;
        let mut name = name.to_owned();
        while self.rest().starts_with("::") {
            self.at += 2;
            name.push_str("::");
            name.push_str(self.name()?.0);
        }
        let mark = self.at;
        self.skip(false);
        if self.peek() == Some('(') {
            self.at += 1;
            return self.bracketed(true, |parser| parser.call(name));
        }
        self.at = mark;
        Ok(match name.as_str() {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            "null" => Node::Null,
            _ => Node::Traversal(name.into(), Vec::new()),
        })
    }

    fn call(&mut self, name: String) -> Read<Node> {
        let mut arguments = Vec::new();
        let mut spread = false;
        loop {
            self.skip(true);
            if self.take(")") {
                return Ok(Node::Call(name.into(), arguments, spread));
            }
            arguments.push(self.expression()?);
            self.skip(true);
            if self.take("...") {
                spread = true;
                self.skip(true);
            }
            if !self.take(",") && self.peek() != Some(')') {
                return self.astray("`,` or `)` is missing");
            }
        }
    }

    fn list(&mut self) -> Read<Node> {
        self.skip(true);
        if self.is_for() {
            return self.for_loop("]");
        }
        let mut items = Vec::new();
        loop {
            self.skip(true);
            if self.take("]") {
                return Ok(Node::List(items));
            }
            items.push(self.expression()?);
            self.skip(true);
            if !self.take(",") && self.peek() != Some(']') {
                return self.astray("`,` or `]` is missing");
            }
        }
    }

    fn is_for(&self) -> bool {
        self.rest()
            .strip_prefix("for")
            .is_some_and(|rest| rest.starts_with([' ', '\t', '\n', '\r']) && !rest.trim_start().starts_with(['=', ':']))
    }

    fn object(&mut self) -> Read<Node> {
        self.skip(true);
        if self.is_for() {
            return self.bracketed(true, |parser| parser.for_loop("}"));
        }
        let mut entries = Vec::new();
        loop {
            self.skip(true);
            if self.take("}") {
                return Ok(Node::Object(entries));
            }
            let key = self.key()?;
            self.skip(true);
            if !self.take("=") && !self.take(":") {
                return self.astray("`=` is missing after the key");
            }
            self.skip(true);
            entries.push((key, self.expression()?));
            self.skip(false);
            match self.peek() {
                Some(',') => self.at += 1,
                Some('\n' | '\r' | '}') => {}
                _ => return self.astray("`,` or a new line is missing after the value"),
            }
        }
    }

    /// A key of an object: a bare name is its own text.
    fn key(&mut self) -> Read<Expression> {
        let rest = self.rest();
        let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        let after = rest.get(length..).unwrap_or("").trim_start_matches([' ', '\t']);
        if rest.starts_with(is_name_start) && after.starts_with(['=', ':']) && !after.starts_with("==") {
            let (name, span) = self.name()?;
            return Ok(Expression { node: Node::Text(name.into()), span });
        }
        self.expression()
    }

    /// What follows `[` or `{` when it starts with `for`.
    fn for_loop(&mut self, end: &str) -> Read<Node> {
        self.at += "for".len();
        self.skip(true);
        let mut item = self.name()?.0;
        let mut key = None;
        self.skip(true);
        if self.take(",") {
            self.skip(true);
            key = Some(item.into());
            item = self.name()?.0;
            self.skip(true);
        }
        if !self.take("in") {
            return self.astray("`in` is missing after `for`");
        }
        let over = self.expression()?;
        self.skip(true);
        if !self.take(":") {
            return self.astray("`:` is missing after what is looped over");
        }
        let first = self.expression()?;
        self.skip(true);
        let (result_key, result) = if self.take("=>") { (Some(first), self.expression()?) } else { (None, first) };
        self.skip(true);
        let gathered = self.take("...");
        self.skip(true);
        let is_if = self.rest().strip_prefix("if").is_some_and(|rest| !rest.starts_with(is_name));
        let condition = if is_if {
            self.at += "if".len();
            Some(self.expression()?)
        } else {
            None
        };
        self.skip(true);
        if !self.take(end) {
            return self.astray("this loop is never closed");
        }
        let item = item.into();
        Ok(Node::For(Box::new(For { key, item, over, result_key, result, gathered, condition })))
    }
}
