//! Schemas of GraphQL in its schema definition language: types, fields, what they take and which directives they carry.
//!
//! Own reader: one pass over tokens, no recursion but into bounded brackets, and it goes on at the next definition
//! after a fault. It reads schemas only: documents with queries are left alone, and nothing is resolved or validated.

mod token;

use palisade_model::{Location, Span};

use crate::{Problem, Structure};
use token::{Token, Tokens};

/// More definitions than this are not read.
const DEFINITIONS_MAX: usize = 50_000;
/// More members of one definition, or arguments of one field, are not kept.
const MEMBERS_MAX: usize = 10_000;
/// More faults are not listed.
const PROBLEMS_MAX: usize = 20;
/// Lists of lists are read so deep.
const NESTING_MAX: usize = 16;

/// A file with a schema, or a part of one.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// In the order of the file.
    pub definitions: Vec<Definition>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A type, or more of one.
#[derive(Clone, Debug)]
pub struct Definition {
    /// What is defined.
    pub kind: Kind,
    /// Its name; empty for `schema`.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// All of it.
    pub whole: Span,
    /// Names of the directives on it.
    pub directives: Vec<String>,
    /// Fields of types, root types of a `schema`.
    pub fields: Vec<Field>,
}

/// What a definition defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `type`
    Object,
    /// `interface`
    Interface,
    /// `input`
    Input,
    /// `schema`
    Schema,
    /// `enum`, `scalar`
    Leaf,
    /// `union`, `directive`
    Other,
}

/// A field or an argument.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// What it takes.
    pub arguments: Vec<Field>,
    /// Its type without lists and marks.
    pub type_name: String,
    /// Whether it gives a list.
    pub list: bool,
    /// Names of the directives on it.
    pub directives: Vec<String>,
}

/// What a schema says of who may call what, for the checks across files.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How many fields that change something a directive guards.
    pub guarded: usize,
    /// Fields that change something and that no directive guards.
    pub open: Vec<(String, Location)>,
}

/// Whether a document defines types: documents with queries do not.
#[must_use]
pub fn is_schema(path: &str, bytes: &[u8]) -> bool {
    let ends = [".graphql", ".graphqls", ".gql", ".gqls", ".sdl"];
    if !ends.iter().any(|end| path.ends_with(end)) {
        return false;
    }
    let text = String::from_utf8_lossy(bytes);
    text.lines().any(|line| {
        let line = line.trim_start_matches('\u{feff}');
        let line = line.strip_prefix("extend ").unwrap_or(line);
        ["type ", "interface ", "input ", "enum ", "scalar ", "union ", "schema ", "schema{", "directive "]
            .iter()
            .any(|start| line.starts_with(start))
    })
}

impl Schema {
    /// Reads a schema.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut reader = Reader { tokens: Tokens::new(text), schema: Self::default() };
        reader.document();
        reader.schema
    }

    /// The type of a root: what `schema` names, or the usual name.
    #[must_use]
    pub fn root(&self, operation: &str) -> String {
        let roots = self.definitions.iter().filter(|one| one.kind == Kind::Schema).flat_map(|one| &one.fields);
        let named = roots.into_iter().find(|field| field.name == operation).map(|field| field.type_name.clone());
        named.unwrap_or_else(|| {
            let mut letters = operation.chars();
            letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
        })
    }

    /// Whether a name is a scalar or an enum, as far as this file tells.
    #[must_use]
    pub fn is_leaf(&self, name: &str) -> bool {
        matches!(name, "Int" | "Float" | "String" | "Boolean" | "ID")
            || self.definitions.iter().any(|one| one.kind == Kind::Leaf && one.name == name)
    }
}

impl Structure for Schema {
    fn path_of(&self, span: Span) -> String {
        let Some(around) = self.definitions.iter().find(|one| one.whole.contains(span)) else {
            return String::new();
        };
        let field = around.fields.iter().rev().find(|field| field.span.start <= span.start);
        match field {
            Some(field) => format!("{}.{}", around.name, field.name),
            None => around.name.clone(),
        }
    }
}

struct Reader<'t> {
    tokens: Tokens<'t>,
    schema: Schema,
}

impl Reader<'_> {
    fn document(&mut self) {
        while let Some((token, span)) = self.tokens.peek() {
            if self.schema.definitions.len() >= DEFINITIONS_MAX {
                self.fault(span, "more definitions than are read");
                return;
            }
            if token == Token::Text {
                self.tokens.next();
                continue;
            }
            let before = self.tokens.offset();
            if !self.definition() {
                self.fault(span, "this is no definition of a type");
                self.skip_to_definition();
            }
            if self.tokens.offset() == before {
                self.tokens.next();
            }
        }
    }

    fn definition(&mut self) -> bool {
        let Some((_, start)) = self.tokens.peek() else { return false };
        let mut word = self.name().map(|(word, _)| word);
        if word.as_deref() == Some("extend") {
            word = self.name().map(|(word, _)| word);
        }
        let kind = match word.as_deref() {
            Some("type") => Kind::Object,
            Some("interface") => Kind::Interface,
            Some("input") => Kind::Input,
            Some("schema") => Kind::Schema,
            Some("enum" | "scalar") => Kind::Leaf,
            Some("union" | "directive") => Kind::Other,
            // Operations may stand beside types.
            Some("query" | "mutation" | "subscription" | "fragment") => {
                self.skip_to_definition();
                return true;
            }
            _ => return false,
        };
        if word.as_deref() == Some("directive") {
            self.tokens.take('@');
        }
        let (name, span) = match kind {
            Kind::Schema => (String::new(), start),
            _ => match self.name() {
                Some(name) => name,
                None => return false,
            },
        };
        if word.as_deref() == Some("directive") {
            self.skip_to_definition();
            return true;
        }
        if word.as_deref() == Some("union") {
            let directives = self.directives();
            self.skip_to_definition();
            self.push(Definition { kind, name, span, whole: span, directives, fields: Vec::new() });
            return true;
        }
        // `implements A & B`
        while let Some((Token::Name | Token::Sign('&' | ','), _)) = self.tokens.peek() {
            if word.as_deref() == Some("scalar") {
                break;
            }
            self.tokens.next();
        }
        let directives = self.directives();
        let mut fields = Vec::new();
        if word.as_deref() != Some("scalar") && self.tokens.take('{') {
            fields = self.fields('}', kind != Kind::Leaf);
        }
        let whole = Span::new(start.start as usize, self.tokens.offset());
        self.push(Definition { kind, name, span, whole, directives, fields });
        true
    }

    fn push(&mut self, definition: Definition) {
        self.schema.definitions.push(definition);
    }

    /// Fields up to a closing bracket, which is taken.
    fn fields(&mut self, close: char, typed: bool) -> Vec<Field> {
        let mut fields = Vec::new();
        loop {
            match self.tokens.peek() {
                None => return fields,
                Some((Token::Sign(sign), _)) if sign == close => {
                    self.tokens.next();
                    return fields;
                }
                Some((Token::Name, _)) => {
                    let Some(field) = self.field(typed) else { continue };
                    if fields.len() < MEMBERS_MAX {
                        fields.push(field);
                    }
                }
                Some((Token::Text | Token::Sign(','), _)) => {
                    self.tokens.next();
                }
                Some((Token::Sign(_), span)) => {
                    self.fault(span, "this is no field");
                    self.tokens.next();
                }
            }
        }
    }

    fn field(&mut self, typed: bool) -> Option<Field> {
        let (name, span) = self.name()?;
        let mut field =
            Field { name, span, arguments: Vec::new(), type_name: String::new(), list: false, directives: Vec::new() };
        if typed && self.tokens.take('(') {
            field.arguments = self.arguments();
        }
        if typed && self.tokens.take(':') {
            let mut depth = 0;
            while depth < NESTING_MAX && self.tokens.take('[') {
                depth += 1;
            }
            field.list = depth > 0;
            field.type_name = self.name().map(|(name, _)| name).unwrap_or_default();
            while self.tokens.take('!') || self.tokens.take(']') {}
            if self.tokens.take('=') {
                self.value();
            }
        }
        field.directives = self.directives();
        Some(field)
    }

    /// Arguments: fields that take nothing themselves.
    fn arguments(&mut self) -> Vec<Field> {
        let mut arguments = Vec::new();
        loop {
            match self.tokens.peek() {
                None | Some((Token::Sign('}' | '{'), _)) => return arguments,
                Some((Token::Sign(')'), _)) => {
                    self.tokens.next();
                    return arguments;
                }
                Some((Token::Name, _)) => {
                    let Some((name, span)) = self.name() else { continue };
                    let (mut type_name, mut list) = (String::new(), false);
                    if self.tokens.take(':') {
                        let mut depth = 0;
                        while depth < NESTING_MAX && self.tokens.take('[') {
                            depth += 1;
                        }
                        list = depth > 0;
                        type_name = self.name().map(|(name, _)| name).unwrap_or_default();
                        while self.tokens.take('!') || self.tokens.take(']') {}
                        if self.tokens.take('=') {
                            self.value();
                        }
                    }
                    let directives = self.directives();
                    if arguments.len() < MEMBERS_MAX {
                        arguments.push(Field { name, span, arguments: Vec::new(), type_name, list, directives });
                    }
                }
                Some(_) => {
                    self.tokens.next();
                }
            }
        }
    }

    /// The names of directives; what they are given is stepped over.
    fn directives(&mut self) -> Vec<String> {
        let mut directives = Vec::new();
        while self.tokens.take('@') {
            let Some((name, _)) = self.name() else { break };
            if self.tokens.take('(') {
                self.skip_brackets(')');
            }
            if directives.len() < MEMBERS_MAX {
                directives.push(name);
            }
        }
        directives
    }

    /// Steps over a default value.
    fn value(&mut self) {
        match self.tokens.next() {
            Some((Token::Sign('['), _)) => self.skip_brackets(']'),
            Some((Token::Sign('{'), _)) => self.skip_brackets('}'),
            Some((Token::Sign('$' | '-'), _)) => {
                self.tokens.next();
            }
            _ => {}
        }
    }

    /// Steps behind a closing bracket, over pairs of brackets inside.
    fn skip_brackets(&mut self, close: char) {
        let mut depth = 1_usize;
        while let Some((token, _)) = self.tokens.next() {
            match token {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign(sign @ (')' | ']' | '}')) => {
                    depth -= 1;
                    if depth == 0 || (sign == '}' && close != '}' && depth <= 1) {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// Steps to the next word at the beginning of a line that begins a definition; brackets are not trusted.
    fn skip_to_definition(&mut self) {
        while let Some((token, span)) = self.tokens.peek() {
            let words = [
                "type",
                "interface",
                "input",
                "schema",
                "enum",
                "scalar",
                "union",
                "directive",
                "extend",
                "query",
                "mutation",
                "subscription",
                "fragment",
            ];
            if token == Token::Name && self.tokens.begins_line(span) && words.contains(&self.tokens.word(span)) {
                return;
            }
            self.tokens.next();
        }
    }

    fn name(&mut self) -> Option<(String, Span)> {
        let (token, span) = self.tokens.peek()?;
        if token != Token::Name {
            return None;
        }
        self.tokens.next();
        Some((self.tokens.word(span).to_owned(), span))
    }

    fn fault(&mut self, span: Span, message: &str) {
        if self.schema.problems.len() < PROBLEMS_MAX {
            self.schema.problems.push(Problem { span, message: message.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_fields_arguments_and_directives_are_read() {
        let text = "\"\"\"\nWhat is sold { }\n\"\"\"\ntype Product implements Node & Sold @key(fields: \"id { x }\") {\n  \
            id: ID! # a comment }\n  reviews(first: Int = 10, by: [Order!] = [{a: 1}]): [[Review!]!]! @auth(role: [ADMIN])\n}\n\
            schema @x { query: Root mutation: Change }\nscalar Date @specifiedBy(url: \"x\")\nenum Size { SMALL LARGE @old }\n\
            extend type Change { \"why\" buy(id: ID!): Product }\ndirective @auth(role: String) repeatable on FIELD_DEFINITION | OBJECT\n\
            union Found = | Product | Date\ninput Order { by: String! }";
        let schema = Schema::parse(text);
        assert_eq!(schema.problems, []);
        let names: Vec<_> = schema.definitions.iter().map(|one| (one.kind, one.name.as_str())).collect();
        assert_eq!(
            names,
            [
                (Kind::Object, "Product"),
                (Kind::Schema, ""),
                (Kind::Leaf, "Date"),
                (Kind::Leaf, "Size"),
                (Kind::Object, "Change"),
                (Kind::Other, "Found"),
                (Kind::Input, "Order"),
            ]
        );
        let product = &schema.definitions[0];
        assert_eq!(product.directives, ["key"]);
        let reviews = &product.fields[1];
        assert!(reviews.list && reviews.type_name == "Review" && reviews.directives == ["auth"]);
        let arguments: Vec<_> = reviews.arguments.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(arguments, ["first", "by"]);
        assert_eq!((schema.root("query"), schema.root("mutation")), ("Root".into(), "Change".into()));
        assert!(schema.is_leaf("Size") && schema.is_leaf("ID") && !schema.is_leaf("Product"));
        assert_eq!(schema.path_of(reviews.span), "Product.reviews");
    }

    #[test]
    fn reading_goes_on_behind_faults() {
        let schema =
            Schema::parse("type { a: }\n)) (\ntype User {\n  name: String\n  ? age: Int\n}\ntype Open {\n  a: [[[");
        let names: Vec<_> = schema.definitions.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["User", "Open"]);
        assert!(!schema.problems.is_empty());
        assert_eq!(schema.definitions[0].fields.len(), 2);
    }

    #[test]
    fn only_documents_with_types_are_schemas() {
        assert!(is_schema("a/schema.graphql", b"# x\nextend type Query {"));
        assert!(!is_schema("a/query.graphql", b"query Me { me { type name } }\n"));
        assert!(!is_schema("a/schema.json", b"type Query {"));
    }
}
