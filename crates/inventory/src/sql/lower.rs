//! From the grammar's tree to what is judged.

use palisade_model::Span;
use squawk_parser::SyntaxKind as K;

use super::tree::Node;
use super::{Act, Action, ActionKind, Column, Constraint, ConstraintKind, Grant, Name, Statement, Table};

/// The statement of a child of the root; `None` for punctuation.
pub(super) fn statement(node: Node<'_>) -> Option<Statement> {
    if node.is_token() || node.kind() == K::ERROR && node.text().is_empty() {
        return None;
    }
    let is_conditional = node.has(K::IF_EXISTS) || node.has(K::IF_NOT_EXISTS) || node.has(K::OR_REPLACE);
    let end = node.children().filter(|child| child.kind() != K::SEMICOLON).last().map_or(0, |last| last.span().end);
    let span = Span { start: node.span().start, end: end.max(node.span().start) };
    Some(Statement { span, act: act(node), is_conditional })
}

fn act(node: Node<'_>) -> Act {
    match node.kind() {
        K::CREATE_TABLE | K::CREATE_TABLE_AS | K::SELECT_INTO => {
            node.find(K::TABLE_NAME).map_or(Act::Other, |name| Act::CreateTable(named(name)))
        }
        K::ALTER_TABLE => match node.find(K::TABLE_NAME_REF) {
            Some(table) => Act::AlterTable(named(table), node.children().filter_map(action).collect()),
            None => Act::Other,
        },
        K::CREATE_INDEX => match node.find(K::TABLE_NAME_REF).or_else(|| node.find(K::RELATION_NAME_REF)) {
            Some(table) => Act::CreateIndex {
                table: named(table),
                word: node.child(K::INDEX_KW).map_or(node.span(), Node::span),
                concurrently: word(node, K::CONCURRENTLY_KW),
            },
            None => Act::Other,
        },
        K::DROP_INDEX => Act::DropIndex {
            word: node.child(K::INDEX_KW).map_or(node.span(), Node::span),
            concurrently: word(node, K::CONCURRENTLY_KW),
        },
        K::REINDEX => Act::Reindex { concurrently: word(node, K::CONCURRENTLY_KW) },
        K::REFRESH => Act::Refresh { concurrently: word(node, K::CONCURRENTLY_KW) },
        K::DROP_TABLE => Act::DropTables(paths(node)),
        K::DROP_SCHEMA => Act::DropOther("schema"),
        K::DROP_DATABASE => Act::DropOther("database"),
        K::TRUNCATE => Act::Truncate(paths(node)),
        K::UPDATE | K::DELETE => changed(node),
        K::INSERT | K::COPY => Act::Insert,
        K::CREATE_TYPE => Act::CreateType(node.find(K::TYPE_NAME).map_or_else(Name::default, name_of)),
        K::ALTER_TYPE => match (node.child(K::ADD_VALUE), node.find(K::TYPE_NAME_REF)) {
            (Some(value), Some(name)) => {
                let literal = value.find(K::LITERAL).map_or("", Node::text);
                Act::AddEnumValue(name_of(name), literal.into())
            }
            _ => Act::Other,
        },
        K::SET => node.find(K::CONFIG_PARAMETER_REF).map_or(Act::Other, |name| Act::Set(name_of(name))),
        K::SELECT => set_config(node),
        K::GRANT | K::ALTER_DEFAULT_PRIVILEGES => grant(node),
        K::CREATE_ROLE | K::CREATE_USER | K::ALTER_ROLE | K::ALTER_USER => role(node),
        K::CREATE_FUNCTION | K::CREATE_PROCEDURE => function(node),
        K::BEGIN => Act::Begin,
        K::COMMIT_TRANSACTION | K::ROLLBACK_TRANSACTION => Act::Commit,
        K::VACUUM => Act::Vacuum(word(node, K::FULL_KW)),
        K::CLUSTER => Act::Cluster,
        K::LOCK => Act::Lock,
        K::CREATE_DATABASE | K::ALTER_SYSTEM | K::CREATE_TABLESPACE | K::DROP_TABLESPACE => Act::Outside,
        kind if format!("{kind:?}").starts_with("CREATE_") => Act::CreateOther,
        _ => Act::Other,
    }
}

/// A word anywhere in a statement.
fn word(node: Node<'_>, kind: K) -> Option<Span> {
    node.find(kind).map(Node::span)
}

fn paths(node: Node<'_>) -> Vec<Table> {
    let outermost = |node: &Node<'_>| matches!(node.kind(), K::TABLE_NAME_REF | K::RELATION_NAME_REF);
    node.all().filter(outermost).map(named).collect()
}

fn named(node: Node<'_>) -> Table {
    Table { name: name_of(node), span: node.span() }
}

/// The name without blanks, folded as PostgreSQL folds it.
fn name_of(node: Node<'_>) -> Name {
    let mut name = String::new();
    for token in node.all().filter(|token| token.is_token()) {
        let text = token.text();
        match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(quoted) => name.push_str(quoted),
            None => name.push_str(&text.to_lowercase()),
        }
    }
    name.strip_prefix("public.").unwrap_or(&name).into()
}

fn changed(node: Node<'_>) -> Act {
    let narrowed = node.children().any(|child| {
        let kind = child.kind();
        matches!(kind, K::WHERE_CLAUSE | K::FROM_CLAUSE | K::USING_CLAUSE | K::WHERE_CURRENT_OF)
            || kind == K::WITH_CLAUSE
    });
    let Some(table) = node
        .children()
        .find(|child| child.kind() == K::RELATION_NAME)
        .and_then(|relation| relation.find(K::RELATION_NAME_REF))
    else {
        return Act::Other;
    };
    if node.kind() == K::UPDATE { Act::Update(named(table), narrowed) } else { Act::Delete(named(table), narrowed) }
}

/// `SELECT set_config('lock_timeout', …)`, and `pg_catalog.set_config`.
fn set_config(node: Node<'_>) -> Act {
    let calls = node.all().filter(|node| node.kind() == K::CALL_EXPR);
    for call in calls {
        if call.text().to_ascii_lowercase().contains("set_config")
            && let Some(literal) = call.find(K::LITERAL)
        {
            return Act::Set(literal.text().trim_matches('\'').to_lowercase().into());
        }
    }
    Act::Other
}

fn grant(node: Node<'_>) -> Act {
    let public = node.all().find(|node| node.kind() == K::ROLE_REF && node.text().eq_ignore_ascii_case("public"));
    let option = node.find(K::GRANT_OPTION).map(Node::span);
    let commands: Vec<&str> = node.all().filter(|node| node.kind() == K::REVOKE_COMMAND).map(Node::text).collect();
    let mild = |command: &&str| ["usage", "connect", "execute"].iter().any(|mild| command.eq_ignore_ascii_case(mild));
    let all = node.find(K::ALL_PRIVILEGES).map(Node::span);
    if node.kind() == K::ALTER_DEFAULT_PRIVILEGES && node.find(K::GRANT_DEFAULT_PRIVILEGES).is_none() {
        return Act::Other;
    }
    Act::Grant(Grant {
        is_mild: all.is_none() && !commands.is_empty() && commands.iter().all(mild),
        all,
        public: public.map(Node::span),
        grant_option: option,
    })
}

fn role(node: Node<'_>) -> Act {
    let mut powers = Vec::new();
    let mut password = None;
    for option in node.find(K::ROLE_OPTION_LIST).into_iter().flat_map(Node::children) {
        let text = option.text().to_ascii_lowercase();
        if matches!(text.as_str(), "superuser" | "bypassrls" | "replication") {
            powers.push((text.into(), option.span()));
        } else if text.starts_with("password") || text.starts_with("encrypted") {
            password = option.find(K::LITERAL).filter(|literal| literal.text().len() > 2).map(Node::span);
        }
    }
    Act::Role { powers, password }
}

fn function(node: Node<'_>) -> Act {
    let sets = |option: Node<'_>| {
        option.kind() == K::SET_FUNC_OPTION && option.text().to_ascii_lowercase().contains("search_path")
    };
    Act::Function {
        definer: node.find(K::SECURITY_DEFINER_FUNC_OPTION).map(Node::span),
        sets_search_path: node.all().any(sets),
    }
}

fn action(node: Node<'_>) -> Option<Action> {
    let kind = match node.kind() {
        _ if node.is_token() => return None,
        K::TABLE_RELATION_NAME | K::IF_EXISTS => return None,
        K::ADD_COLUMN => ActionKind::AddColumn(column(node)),
        K::DROP_COLUMN => ActionKind::DropColumn,
        K::ALTER_COLUMN => {
            let name = node.find(K::COLUMN_NAME_REF).map_or_else(Name::default, name_of);
            match node.child(K::SET_TYPE) {
                Some(set) => ActionKind::SetType(name, type_of(set)),
                None if node.has(K::SET_NOT_NULL) => ActionKind::SetNotNull(name),
                None => ActionKind::Other,
            }
        }
        K::ADD_CONSTRAINT => constraint(node).map_or(ActionKind::Other, ActionKind::AddConstraint),
        K::VALIDATE_CONSTRAINT => ActionKind::Validate,
        K::RENAME_COLUMN => ActionKind::RenameColumn,
        K::TABLE_RENAME_TO => ActionKind::RenameTable,
        K::SET_SCHEMA => ActionKind::SetSchema,
        K::DISABLE_RLS | K::NO_FORCE_RLS => ActionKind::DropRowSecurity,
        K::SET_LOGGED | K::SET_UNLOGGED | K::SET_ACCESS_METHOD => ActionKind::Rewrite,
        K::DETACH_PARTITION => ActionKind::Detach(node.has(K::DETACH_CONCURRENTLY)),
        _ => ActionKind::Other,
    };
    let end = node.children().filter(|child| child.kind() != K::COMMA).last().map_or(0, |last| last.span().end);
    let span = node.span();
    Some(Action { span: Span { start: span.start, end: end.max(span.start) }, kind })
}

/// Types as the grammar has them; each has a node of its own.
fn type_of(node: Node<'_>) -> Box<str> {
    let of_type = |child: &Node<'_>| format!("{:?}", child.kind()).ends_with("_TYPE");
    let text = node.children().find(of_type).map_or("", Node::text).to_ascii_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ").into()
}

fn column(node: Node<'_>) -> Column {
    let span = |kind: K| node.child(kind).map(Node::span);
    let primary = span(K::PRIMARY_KEY_CONSTRAINT);
    let generated = node.child(K::GENERATED_CONSTRAINT);
    Column {
        name: node.child(K::COLUMN_NAME).map_or_else(|| Table { name: Name::default(), span: node.span() }, named),
        type_name: type_of(node),
        not_null: span(K::NOT_NULL_CONSTRAINT).or(primary),
        default: node.child(K::DEFAULT_CONSTRAINT).map(|default| (default.span(), is_volatile(default))),
        stored: generated.and_then(|generated| generated.find(K::STORED_KW)).map(Node::span),
        identity: generated.and_then(|generated| generated.find(K::IDENTITY_KW)).map(Node::span),
        unique: span(K::UNIQUE_CONSTRAINT).or(primary),
        references: node.child(K::REFERENCES_CONSTRAINT).and_then(|references| {
            let table = references.find(K::TABLE_NAME_REF).or_else(|| references.find(K::RELATION_NAME_REF))?;
            Some(named(table))
        }),
        check: span(K::CHECK_CONSTRAINT),
    }
}

/// Functions that give the same for every row of one statement; PostgreSQL calls them stable or immutable.
const STEADY: [&str; 26] = [
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_setting",
    "current_database",
    "current_schema",
    "timezone",
    "date_trunc",
    "date_part",
    "to_timestamp",
    "to_date",
    "make_interval",
    "make_date",
    "make_timestamp",
    "array_fill",
    "coalesce",
    "lower",
    "upper",
    "concat",
    "md5",
    "length",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_build_object",
    "json_build_array",
    "uuid_nil",
];

/// Whether a default calls something that may give each row a value of its own.
fn is_volatile(default: Node<'_>) -> bool {
    default.all().filter(|node| node.kind() == K::CALL_EXPR).any(|call| {
        let name = call.text().split('(').next().unwrap_or("").trim().to_ascii_lowercase();
        let bare = name.rsplit('.').next().unwrap_or("").trim();
        !STEADY.contains(&bare)
    })
}

fn constraint(node: Node<'_>) -> Option<Constraint> {
    let (inner, kind) = node.children().find_map(|child| {
        let kind = match child.kind() {
            K::FOREIGN_KEY_CONSTRAINT => ConstraintKind::ForeignKey,
            K::CHECK_CONSTRAINT => ConstraintKind::Check,
            K::UNIQUE_CONSTRAINT => ConstraintKind::Unique,
            K::PRIMARY_KEY_CONSTRAINT => ConstraintKind::PrimaryKey,
            K::EXCLUDE_CONSTRAINT => ConstraintKind::Exclude,
            K::NOT_NULL_CONSTRAINT => ConstraintKind::NotNull,
            _ => return None,
        };
        Some((child, kind))
    })?;
    let references = inner.find(K::TABLE_NAME_REF).or_else(|| inner.find(K::RELATION_NAME_REF)).map(named);
    Some(Constraint {
        kind,
        references: references.filter(|_| kind == ConstraintKind::ForeignKey),
        is_not_valid: node.find(K::NOT_VALID).is_some(),
        uses_index: inner.find(K::USING_INDEX_NAME).is_some(),
        not_null_column: (kind == ConstraintKind::Check).then(|| not_null_column(inner)).flatten(),
    })
}

/// `CHECK (column IS NOT NULL)`
fn not_null_column(check: Node<'_>) -> Option<Name> {
    let text = check.text();
    let inner = text.get(text.find('(')? + 1..text.rfind(')')?)?.trim();
    let lower = inner.to_ascii_lowercase();
    let column = lower.strip_suffix("not null")?.trim_end().strip_suffix("is")?.trim();
    let plain = column.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'"');
    plain.then(|| column.trim_matches('"').into())
}
