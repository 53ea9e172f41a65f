//! The recursive descent behind [`super::parse`].

use palisade_model::Span;

use super::{Comparison, DEPTH_MAX, Expression, Fault, Key, Kind, LENGTH_MAX, Root, Value};

pub(super) struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

/// Operators, longer ones first.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    pub(super) fn whole(mut self) -> Result<Expression, Fault> {
        if self.text.len() > LENGTH_MAX {
            return Err(self.fault(&format!("longer than {LENGTH_MAX} bytes")));
        }
        let expression = self.any()?;
        self.blanks();
        if self.at < self.text.len() {
            return Err(self.fault("something follows the expression"));
        }
        Ok(expression)
    }

    fn fault(&self, message: &str) -> Fault {
        Fault { at: self.at, message: message.to_owned() }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        let after = self.rest().trim_start().strip_prefix(token);
        if let Some(after) = after {
            self.at = self.text.len() - after.len();
        }
        after.is_some()
    }

    fn deeper(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.fault(&format!("nested deeper than {DEPTH_MAX} levels")));
        }
        Ok(())
    }

    fn any(&mut self) -> Result<Expression, Fault> {
        self.deeper()?;
        let expression = self.joined("||", Self::all, Kind::Any);
        self.depth -= 1;
        expression
    }

    fn all(&mut self) -> Result<Expression, Fault> {
        self.joined("&&", Self::compared, Kind::All)
    }

    fn joined(
        &mut self,
        operator: &str,
        part: fn(&mut Self) -> Result<Expression, Fault>,
        join: fn(Vec<Expression>) -> Kind,
    ) -> Result<Expression, Fault> {
        let first = part(self)?;
        if !self.eat(operator) {
            return Ok(first);
        }
        let start = first.span;
        let mut parts = vec![first];
        loop {
            parts.push(part(self)?);
            if !self.eat(operator) {
                break;
            }
        }
        let end = parts.last().map_or(start, |last| last.span);
        Ok(Expression { kind: join(parts), span: start.to(end) })
    }

    fn compared(&mut self) -> Result<Expression, Fault> {
        let depth = self.depth;
        let mut left = self.unary()?;
        loop {
            self.blanks();
            let Some((token, comparison)) = COMPARISONS.iter().find(|(token, _)| self.rest().starts_with(token)) else {
                break;
            };
            self.deeper()?;
            self.at += token.len();
            let right = self.unary()?;
            let span = left.span.to(right.span);
            left = Expression { kind: Kind::Compare(*comparison, Box::new(left), Box::new(right)), span };
        }
        self.depth = depth;
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, Fault> {
        self.blanks();
        let start = self.at;
        if self.rest().starts_with('!') && !self.rest().starts_with("!=") {
            self.deeper()?;
            self.at += 1;
            let inner = self.unary()?;
            self.depth -= 1;
            let span = Span::new(start, inner.span.end as usize);
            return Ok(Expression { kind: Kind::Not(Box::new(inner)), span });
        }
        self.accessed()
    }

    fn accessed(&mut self) -> Result<Expression, Fault> {
        let start = self.at;
        let base = self.primary()?;
        let mut keys = Vec::new();
        loop {
            if self.eat(".") {
                self.blanks();
                if self.eat("*") {
                    keys.push(Key::Any);
                } else {
                    keys.push(Key::Name(self.name()?.to_ascii_lowercase()));
                }
            } else if self.eat("[") {
                if self.eat("*") {
                    keys.push(Key::Any);
                } else {
                    let index = self.any()?;
                    keys.push(match index.kind {
                        Kind::Literal(Value::Text(text)) => Key::Name(text.to_ascii_lowercase()),
                        Kind::Literal(Value::Number(_)) => Key::Any,
                        _ => Key::Computed(Box::new(index)),
                    });
                }
                if !self.eat("]") {
                    return Err(self.fault("`]` is missing"));
                }
            } else {
                break;
            }
        }
        if keys.is_empty() {
            return Ok(base);
        }
        let span = Span::new(start, self.at);
        let kind = match base.kind {
            Kind::Access { root, keys: mut inner } => {
                inner.append(&mut keys);
                Kind::Access { root, keys: inner }
            }
            _ => Kind::Access { root: Root::Value(Box::new(base)), keys },
        };
        Ok(Expression { kind, span })
    }

    fn primary(&mut self) -> Result<Expression, Fault> {
        self.blanks();
        let start = self.at;
        let Some(first) = self.rest().bytes().next() else { return Err(self.fault("an expression is missing")) };
        let kind = match first {
            b'(' => {
                self.at += 1;
                let inner = self.any()?;
                if !self.eat(")") {
                    return Err(self.fault("`)` is missing"));
                }
                return Ok(inner);
            }
            b'\'' => Kind::Literal(Value::Text(self.quoted()?)),
            b'0'..=b'9' | b'-' | b'+' | b'.' => Kind::Literal(Value::Number(self.number()?)),
            _ => {
                let name = self.name()?;
                if self.eat("(") {
                    self.call(name)?
                } else {
                    match name {
                        "true" => Kind::Literal(Value::Bool(true)),
                        "false" => Kind::Literal(Value::Bool(false)),
                        "null" => Kind::Literal(Value::Null),
                        "NaN" => Kind::Literal(Value::Number(f64::NAN)),
                        "Infinity" => Kind::Literal(Value::Number(f64::INFINITY)),
                        _ => {
                            // The name may be followed by blanks that `eat` skipped: the span ends with the name.
                            let span = Span::new(start, start + name.len());
                            let root = Root::Context(name.to_ascii_lowercase());
                            return Ok(Expression { kind: Kind::Access { root, keys: Vec::new() }, span });
                        }
                    }
                }
            }
        };
        Ok(Expression { kind, span: Span::new(start, self.at) })
    }

    fn call(&mut self, name: &str) -> Result<Kind, Fault> {
        let mut arguments = Vec::new();
        if !self.eat(")") {
            loop {
                arguments.push(self.any()?);
                if self.eat(")") {
                    break;
                }
                if !self.eat(",") {
                    return Err(self.fault("`,` or `)` is missing"));
                }
            }
        }
        Ok(Kind::Call { function: name.to_ascii_lowercase(), arguments })
    }

    fn name(&mut self) -> Result<&'t str, Fault> {
        let rest = self.rest();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let length = rest.bytes().position(|byte| !fits(byte)).unwrap_or(rest.len());
        let name = rest.get(..length).unwrap_or("");
        if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
            return Err(self.fault("a name is missing"));
        }
        self.at += length;
        Ok(name)
    }

    /// `'it''s'`
    fn quoted(&mut self) -> Result<String, Fault> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(end) = self.rest().find('\'') else { return Err(self.fault("a quote never ends")) };
            text.push_str(self.rest().get(..end).unwrap_or(""));
            self.at += end + 1;
            if !self.rest().starts_with('\'') {
                return Ok(text);
            }
            text.push('\'');
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<f64, Fault> {
        let rest = self.rest();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
        let length = rest.bytes().position(|byte| !fits(byte)).unwrap_or(rest.len());
        let token = rest.get(..length).unwrap_or("");
        let whole = |digits: &str, radix| i64::from_str_radix(digits, radix).ok().map(|number| number as f64);
        let number = match (token.strip_prefix("0x"), token.strip_prefix("0o")) {
            (Some(digits), _) => whole(digits, 16),
            (_, Some(digits)) => whole(digits, 8),
            _ => token.parse().ok(),
        };
        let number = number.ok_or_else(|| self.fault(&format!("`{}` is no number", token.escape_debug())))?;
        self.at += length;
        Ok(number)
    }
}
