//! The languages that are read, and what the kinds of nodes in their grammars mean here.
//!
//! Grammars name the same thing differently; a table gives each kind a role, so that one reader serves all of them.

use std::sync::LazyLock;

use tree_sitter::{Language as Grammar, Node};

/// A programming language that is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// `.py`
    Python,
    /// `.js`, `.mjs`, `.cjs`, `.jsx`
    JavaScript,
    /// `.ts`, `.mts`, `.cts`
    TypeScript,
    /// `.tsx`
    Tsx,
    /// `.go`
    Go,
    /// `.java`
    Java,
    /// `.rs`
    Rust,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 7] =
        [Self::Python, Self::JavaScript, Self::TypeScript, Self::Tsx, Self::Go, Self::Java, Self::Rust];

    /// By the ending of a path.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension {
            "py" | "pyw" => Self::Python,
            "js" | "mjs" | "cjs" | "jsx" => Self::JavaScript,
            "ts" | "mts" | "cts" => Self::TypeScript,
            "tsx" => Self::Tsx,
            "go" => Self::Go,
            "java" => Self::Java,
            "rs" => Self::Rust,
            _ => return None,
        })
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::TypeScript | Self::Tsx => "TypeScript",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::Rust => "Rust",
        }
    }

    /// Whether it is JavaScript or its kin.
    #[must_use]
    pub fn is_script(self) -> bool {
        matches!(self, Self::JavaScript | Self::TypeScript | Self::Tsx)
    }

    /// The grammar, for those who match patterns on the tree.
    #[must_use]
    pub fn grammar(self) -> Grammar {
        match self {
            Self::Python => tree_sitter_python::LANGUAGE.into(),
            // The grammar of TSX reads JavaScript too, so that a fourth of the tables need not be built.
            Self::JavaScript | Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Self::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Self::Go => tree_sitter_go::LANGUAGE.into(),
            Self::Java => tree_sitter_java::LANGUAGE.into(),
            Self::Rust => tree_sitter_rust::LANGUAGE.into(),
        }
    }

    pub(super) fn table(self) -> &'static Table {
        static TABLES: [LazyLock<Table>; 6] = [
            LazyLock::new(|| Table::new(Language::Python)),
            LazyLock::new(|| Table::new(Language::Tsx)),
            LazyLock::new(|| Table::new(Language::TypeScript)),
            LazyLock::new(|| Table::new(Language::Go)),
            LazyLock::new(|| Table::new(Language::Java)),
            LazyLock::new(|| Table::new(Language::Rust)),
        ];
        let [python, tsx, typescript, go, java, rust] = &TABLES;
        match self {
            Self::Python => python,
            Self::JavaScript | Self::Tsx => tsx,
            Self::TypeScript => typescript,
            Self::Go => go,
            Self::Java => java,
            Self::Rust => rust,
        }
    }
}

/// What a node is to the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing special: its children are read in order.
    #[default]
    Other,
    /// Not read at all: types, comments.
    Skip,
    Call,
    New,
    Macro,
    Member,
    Index,
    Name,
    Text,
    RawText,
    Number,
    True,
    False,
    Null,
    List,
    Fields,
    Struct,
    Keyword,
    Binary,
    Compare,
    Choice,
    /// Stands for what it holds.
    Wrap,
    /// A cast: stands for the value it holds.
    Cast,
    Assign,
    Augmented,
    Declare,
    Bind,
    Function,
    Class,
    Decorated,
    If,
    Branch,
    Loop,
    Comprehension,
    Import,
    Markup,
}

/// Names of fields that play one part in some grammar, in the order in which they are tried.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    Callee,
    Arguments,
    Object,
    Left,
    Right,
    Name,
    Value,
    Body,
    Parameters,
    Condition,
    Type,
    Key,
    Alias,
}

const SLOTS: [&[&str]; 13] = [
    &["function", "constructor", "macro"],
    &["arguments"],
    &["object", "operand", "value", "path", "array", "scope", "package"],
    &["left", "pattern", "name"],
    &["right", "value"],
    &["name"],
    &["value"],
    &["body"],
    &["parameters", "parameter"],
    &["condition"],
    &["type"],
    &["key", "field"],
    &["alias"],
];

/// What the nodes of one grammar mean.
#[derive(Debug)]
pub(super) struct Table {
    roles: Vec<Role>,
    slots: Vec<Vec<u16>>,
}

impl Table {
    fn new(language: Language) -> Self {
        let grammar = language.grammar();
        let known = match language {
            Language::Python => PYTHON,
            Language::JavaScript | Language::TypeScript | Language::Tsx => SCRIPT,
            Language::Go => GO,
            Language::Java => JAVA,
            Language::Rust => RUST,
        };
        let roles = (0..grammar.node_kind_count())
            .map(|id| {
                let id = u16::try_from(id).unwrap_or(u16::MAX);
                let kind = grammar.node_kind_for_id(id).filter(|_| grammar.node_kind_is_named(id));
                let role = known.iter().find(|(_, kinds)| kind.is_some_and(|kind| kinds.contains(&kind)));
                role.map_or(Role::Other, |(role, _)| *role)
            })
            .collect();
        let slots = SLOTS
            .iter()
            .map(|names| {
                names.iter().filter_map(|name| grammar.field_id_for_name(name)).map(std::num::NonZero::get).collect()
            })
            .collect();
        Self { roles, slots }
    }

    pub(super) fn role(&self, node: Node<'_>) -> Role {
        self.roles.get(node.kind_id() as usize).copied().unwrap_or_default()
    }

    pub(super) fn get<'t>(&self, node: Node<'t>, slot: Slot) -> Option<Node<'t>> {
        self.slots.get(slot as usize)?.iter().find_map(|field| node.child_by_field_id(*field))
    }
}

const PYTHON: &[(Role, &[&str])] = &[
    (Role::Skip, &["comment", "type", "import_prefix"]),
    (Role::Call, &["call"]),
    (Role::Member, &["attribute"]),
    (Role::Index, &["subscript"]),
    (Role::Name, &["identifier"]),
    (Role::Text, &["string", "concatenated_string"]),
    (Role::Number, &["integer", "float"]),
    (Role::True, &["true"]),
    (Role::False, &["false"]),
    (Role::Null, &["none"]),
    (Role::List, &["list", "tuple", "set", "expression_list"]),
    (Role::Fields, &["dictionary"]),
    (Role::Keyword, &["keyword_argument"]),
    (Role::Binary, &["binary_operator", "boolean_operator"]),
    (Role::Compare, &["comparison_operator"]),
    (Role::Choice, &["conditional_expression"]),
    (Role::Wrap, &["parenthesized_expression", "await", "expression_statement"]),
    (Role::Assign, &["assignment", "named_expression"]),
    (Role::Augmented, &["augmented_assignment"]),
    (Role::Bind, &["as_pattern"]),
    (Role::Function, &["function_definition", "lambda"]),
    (Role::Class, &["class_definition"]),
    (Role::Decorated, &["decorated_definition"]),
    (Role::If, &["if_statement", "elif_clause"]),
    (Role::Branch, &["else_clause", "while_statement", "try_statement", "except_clause", "case_clause"]),
    (Role::Loop, &["for_statement"]),
    (
        Role::Comprehension,
        &["list_comprehension", "set_comprehension", "generator_expression", "dictionary_comprehension"],
    ),
    (Role::Import, &["import_statement", "import_from_statement"]),
];

const SCRIPT: &[(Role, &[&str])] = &[
    (
        Role::Skip,
        &[
            "comment",
            "type_annotation",
            "type_arguments",
            "type_parameters",
            "interface_declaration",
            "type_alias_declaration",
            "ambient_declaration",
        ],
    ),
    (Role::Call, &["call_expression"]),
    (Role::New, &["new_expression"]),
    (Role::Member, &["member_expression"]),
    (Role::Index, &["subscript_expression"]),
    (Role::Name, &["identifier", "shorthand_property_identifier", "this", "super", "property_identifier"]),
    (Role::Text, &["string", "template_string"]),
    (Role::Number, &["number"]),
    (Role::True, &["true"]),
    (Role::False, &["false"]),
    (Role::Null, &["null", "undefined"]),
    (Role::List, &["array"]),
    (Role::Fields, &["object"]),
    (Role::Binary, &["binary_expression"]),
    (Role::Choice, &["ternary_expression"]),
    (
        Role::Wrap,
        &[
            "parenthesized_expression",
            "await_expression",
            "expression_statement",
            "non_null_expression",
            "as_expression",
            "satisfies_expression",
            "spread_element",
            "sequence_expression",
            "jsx_expression",
        ],
    ),
    (Role::Assign, &["assignment_expression"]),
    (Role::Augmented, &["augmented_assignment_expression"]),
    (Role::Declare, &["variable_declarator", "public_field_definition"]),
    (
        Role::Function,
        &[
            "function_declaration",
            "function_expression",
            "arrow_function",
            "method_definition",
            "generator_function",
            "generator_function_declaration",
        ],
    ),
    (Role::Class, &["class_declaration", "class", "abstract_class_declaration"]),
    (Role::If, &["if_statement"]),
    (
        Role::Branch,
        &[
            "else_clause",
            "while_statement",
            "do_statement",
            "try_statement",
            "catch_clause",
            "switch_case",
            "for_statement",
        ],
    ),
    (Role::Loop, &["for_in_statement"]),
    (Role::Import, &["import_statement"]),
    (Role::Markup, &["jsx_attribute"]),
];

const GO: &[(Role, &[&str])] = &[
    (Role::Skip, &["comment", "type_declaration", "type_arguments", "package_clause"]),
    (Role::Call, &["call_expression"]),
    (Role::Member, &["selector_expression", "qualified_type"]),
    (Role::Index, &["index_expression"]),
    (Role::Name, &["identifier", "field_identifier", "package_identifier", "type_identifier"]),
    (Role::Text, &["interpreted_string_literal"]),
    (Role::RawText, &["raw_string_literal"]),
    (Role::Number, &["int_literal", "float_literal"]),
    (Role::True, &["true"]),
    (Role::False, &["false"]),
    (Role::Null, &["nil"]),
    (Role::Struct, &["composite_literal"]),
    (Role::Binary, &["binary_expression"]),
    (
        Role::Wrap,
        &[
            "parenthesized_expression",
            "expression_statement",
            "unary_expression",
            "literal_element",
            "slice_expression",
            "variadic_argument",
        ],
    ),
    (Role::Cast, &["type_assertion_expression", "type_conversion_expression"]),
    (Role::Assign, &["short_var_declaration", "assignment_statement"]),
    (Role::Declare, &["var_spec", "const_spec"]),
    (Role::Function, &["function_declaration", "method_declaration", "func_literal"]),
    (Role::If, &["if_statement"]),
    (Role::Branch, &["expression_case", "default_case", "type_case", "communication_case"]),
    (Role::Loop, &["for_statement"]),
    (Role::Import, &["import_declaration"]),
];

const JAVA: &[(Role, &[&str])] = &[
    (Role::Skip, &["line_comment", "block_comment", "package_declaration", "type_parameters", "modifiers"]),
    (Role::Call, &["method_invocation"]),
    (Role::New, &["object_creation_expression"]),
    (Role::Member, &["field_access"]),
    (Role::Index, &["array_access"]),
    (Role::Name, &["identifier", "this", "super", "type_identifier"]),
    (Role::Text, &["string_literal"]),
    (Role::Number, &["decimal_integer_literal", "hex_integer_literal", "decimal_floating_point_literal"]),
    (Role::True, &["true"]),
    (Role::False, &["false"]),
    (Role::Null, &["null_literal"]),
    (Role::List, &["array_initializer", "array_creation_expression"]),
    (Role::Binary, &["binary_expression"]),
    (Role::Choice, &["ternary_expression"]),
    (Role::Wrap, &["parenthesized_expression", "expression_statement"]),
    (Role::Cast, &["cast_expression"]),
    (Role::Assign, &["assignment_expression"]),
    (Role::Declare, &["local_variable_declaration", "field_declaration", "constant_declaration", "resource"]),
    (Role::Function, &["method_declaration", "constructor_declaration", "lambda_expression"]),
    (Role::Class, &["class_declaration", "enum_declaration", "record_declaration", "interface_declaration"]),
    (Role::If, &["if_statement"]),
    (
        Role::Branch,
        &[
            "while_statement",
            "do_statement",
            "catch_clause",
            "switch_block_statement_group",
            "switch_rule",
            "for_statement",
        ],
    ),
    (Role::Loop, &["enhanced_for_statement"]),
];

const RUST: &[(Role, &[&str])] = &[
    (
        Role::Skip,
        &[
            "line_comment",
            "block_comment",
            "attribute_item",
            "inner_attribute_item",
            "struct_item",
            "type_item",
            "type_arguments",
            "macro_definition",
        ],
    ),
    (Role::Call, &["call_expression"]),
    (Role::Macro, &["macro_invocation"]),
    (Role::Member, &["field_expression", "scoped_identifier"]),
    (Role::Index, &["index_expression"]),
    (Role::Name, &["identifier", "self", "field_identifier", "type_identifier"]),
    (Role::Text, &["string_literal"]),
    (Role::RawText, &["raw_string_literal"]),
    (Role::Number, &["integer_literal", "float_literal"]),
    (Role::List, &["array_expression", "tuple_expression"]),
    (Role::Struct, &["struct_expression"]),
    (Role::Binary, &["binary_expression"]),
    (
        Role::Wrap,
        &[
            "parenthesized_expression",
            "expression_statement",
            "reference_expression",
            "try_expression",
            "await_expression",
            "generic_function",
            "unary_expression",
        ],
    ),
    (Role::Cast, &["type_cast_expression"]),
    (Role::Assign, &["assignment_expression"]),
    (Role::Augmented, &["compound_assignment_expr"]),
    (Role::Declare, &["let_declaration", "const_item", "static_item", "let_condition"]),
    (Role::Function, &["function_item", "closure_expression"]),
    (Role::Class, &["impl_item", "mod_item", "trait_item"]),
    (Role::If, &["if_expression"]),
    (Role::Branch, &["else_clause", "while_expression", "loop_expression", "match_arm"]),
    (Role::Loop, &["for_expression"]),
    (Role::Import, &["use_declaration"]),
];
