//! AWS policy documents: as JSON text, as encoded objects and as `aws_iam_policy_document`.

use std::rc::Rc;

use super::budget::Budget;
use super::value::{Entry, Kind, Origin, Value};

/// Statements of one document beyond this are not read.
const STATEMENTS_MAX: usize = 500;
/// Values in the JSON form of one text beyond this make it unknown.
const JSON_STEPS: usize = 20_000;

/// A policy document.
#[derive(Debug, Default)]
pub struct Policy {
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// One statement. Lists hold what is known; `*_known` says whether nothing is missing.
#[derive(Debug)]
pub struct Statement {
    /// Whether it allows: `None` when that is not known.
    pub allows: Option<bool>,
    /// `Action`
    pub actions: Vec<Value>,
    /// `NotAction`
    pub not_actions: Vec<Value>,
    /// `Resource`
    pub resources: Vec<Value>,
    /// `NotResource`
    pub not_resources: Vec<Value>,
    /// `Principal`: type (`*`, `AWS`, `Service`, `Federated`) and identifier.
    pub principals: Vec<(String, Value)>,
    /// Whether there is a `NotPrincipal`.
    pub excludes_principals: bool,
    /// `Condition`
    pub conditions: Vec<Condition>,
    /// Whether conditions are there that could not be read.
    pub conditions_unknown: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// One condition.
#[derive(Debug)]
pub struct Condition {
    /// `StringEquals`
    pub operator: String,
    /// `aws:SourceArn`, in lower case.
    pub key: String,
    /// What the key is compared with.
    pub values: Vec<Value>,
    /// Where the key was written.
    pub origin: Origin,
    /// Where the operator was written; other keys may stand under the same one.
    pub operator_origin: Origin,
}

impl Policy {
    /// The document that a value is, or holds as text.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        let value = value.settled();
        let parsed;
        let document = match &value.kind {
            Kind::Encoded(inner) => inner.settled(),
            Kind::Object(_) => value,
            Kind::Text(text) | Kind::Partial(text) => {
                parsed = from_json(text, value.origin)?;
                &parsed
            }
            _ => return None,
        };
        let statements = document.get("Statement")?;
        Some(Self::of_statements(statements))
    }

    /// What the body of an `aws_iam_policy_document` says.
    #[must_use]
    pub fn of_data(body: &Value) -> Option<Self> {
        Some(Self::of_statements(of_document(body).get("Statement")?))
    }

    fn of_statements(statements: &Value) -> Self {
        Self { statements: statements.each().take(STATEMENTS_MAX).filter_map(Statement::of).collect() }
    }
}

impl Statement {
    fn of(value: &Value) -> Option<Self> {
        value.as_object()?;
        let list = |name: &str| value.get(name).map(|list| list.each().cloned().collect()).unwrap_or_default();
        let mut principals = Vec::new();
        if let Some(principal) = value.get("Principal") {
            match principal.as_object() {
                Some(entries) => principals.extend(
                    entries.iter().flat_map(|entry| entry.value.each().map(|id| (entry.key.to_string(), id.clone()))),
                ),
                None => principals.push((principal.to_text(), principal.clone())),
            }
        }
        let mut conditions = Vec::new();
        let condition = value.get("Condition");
        for operator in condition.and_then(Value::as_object).unwrap_or(&[]) {
            for key in operator.value.as_object().unwrap_or(&[]) {
                conditions.push(Condition {
                    operator: operator.key.to_string(),
                    key: key.key.to_ascii_lowercase(),
                    values: key.value.each().cloned().collect(),
                    origin: key.key_origin,
                    operator_origin: operator.key_origin,
                });
            }
        }
        Some(Self {
            allows: value.get("Effect").map_or(Some(false), |effect| effect.as_str().map(|text| text == "Allow")),
            actions: list("Action"),
            not_actions: list("NotAction"),
            resources: list("Resource"),
            not_resources: list("NotResource"),
            principals,
            excludes_principals: value.get("NotPrincipal").is_some(),
            conditions_unknown: condition.is_some_and(Value::is_unknown),
            conditions,
            origin: value.origin,
        })
    }
}

/// The body of `data "aws_iam_policy_document"` as a document.
pub(super) fn of_document(body: &Value) -> Value {
    let mut statements: Vec<Value> = Vec::new();
    for name in ["source_policy_documents", "override_policy_documents", "source_json", "override_json"] {
        for document in body.get(name).into_iter().flat_map(Value::each) {
            let inner = match &document.settled().kind {
                Kind::Encoded(inner) => Some((**inner).clone()),
                Kind::Text(text) | Kind::Partial(text) => from_json(text, document.origin),
                _ => None,
            };
            if let Some(list) = inner.as_ref().and_then(|inner| inner.get("Statement")) {
                statements.extend(list.each().take(STATEMENTS_MAX).cloned());
            }
        }
    }
    let own = body.get("statement").into_iter().flat_map(Value::each);
    statements.extend(own.take(STATEMENTS_MAX).map(of_statement));
    let list = Value::list(statements, body.origin);
    Value::object(vec![Entry { key: "Statement".into(), key_origin: body.origin, value: list }], body.origin)
}

fn of_statement(block: &Value) -> Value {
    if block.as_object().is_none() {
        return block.clone();
    }
    let origin = block.origin;
    let mut entries = Vec::new();
    let mut put = |key: &str, key_origin: Origin, value: Value| {
        entries.push(Entry { key: key.into(), key_origin, value });
    };
    for (from, to) in [
        ("sid", "Sid"),
        ("effect", "Effect"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        if let Some(entry) = block.entry(from).filter(|entry| !entry.value.is_null()) {
            put(to, entry.key_origin, entry.value.clone());
        } else if from == "effect" {
            put(to, origin, Value::text("Allow", origin));
        }
    }
    for (from, to) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        let Some(blocks) = block.get(from) else { continue };
        let mut kinds: Vec<Entry> = Vec::new();
        for one in blocks.each() {
            let kind: Rc<str> = one.get("type").map_or_else(|| "?".into(), |kind| kind.to_text().into());
            let ids = one.get("identifiers").cloned().unwrap_or_else(|| Value::unknown(one.origin));
            match kinds.iter_mut().find(|entry| entry.key == kind) {
                Some(entry) => {
                    let both = entry.value.each().chain(ids.each()).cloned().collect();
                    entry.value = Value::list(both, one.origin);
                }
                None => kinds.push(Entry { key: kind, key_origin: one.origin, value: ids }),
            }
        }
        put(to, blocks.origin, Value::object(kinds, blocks.origin));
    }
    if let Some(blocks) = block.get("condition") {
        let known = blocks.each().all(|one| one.get("test").is_some_and(|test| test.as_str().is_some()));
        let conditions = blocks.each().map(|one| {
            let text = |name: &str| one.get(name).map(Value::to_text).unwrap_or_default();
            let values = one.get("values").cloned().unwrap_or_else(|| Value::unknown(one.origin));
            let key = Entry { key: text("variable").into(), key_origin: one.origin, value: values };
            let value = Value::object(vec![key], one.origin);
            let written = one.get("test").map_or(one.origin, |test| test.origin);
            Entry { key: text("test").into(), key_origin: written, value }
        });
        let value = if known { Value::object(conditions.collect(), origin) } else { Value::unknown(origin) };
        put("Condition", origin, value);
    }
    Value::object(entries, origin)
}

/// The value of a JSON text; every part is said to stand at `origin`.
pub(super) fn from_json(text: &str, origin: Origin) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str::<serde_json::Value>(text).ok().map(|json| of_json(&json, origin))
}

pub(super) fn of_json(json: &serde_json::Value, origin: Origin) -> Value {
    match json {
        serde_json::Value::Null => Value::new(Kind::Null, origin),
        serde_json::Value::Bool(truth) => Value::new(Kind::Bool(*truth), origin),
        serde_json::Value::Number(number) => Value::new(Kind::Number(number.as_f64().unwrap_or(0.0)), origin),
        serde_json::Value::String(text) => Value::text(text, origin),
        serde_json::Value::Array(items) => {
            Value::list(items.iter().map(|item| of_json(item, origin)).collect(), origin)
        }
        serde_json::Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| {
                let value = of_json(value, origin);
                Entry { key: key.as_str().into(), key_origin: origin, value }
            });
            Value::object(entries.collect(), origin)
        }
    }
}

/// The JSON form of a value, with holes; nothing when it is too large.
pub(super) fn to_json(value: &Value, budget: &mut Budget) -> Option<serde_json::Value> {
    let mut left = JSON_STEPS;
    json_of(value, &mut left, budget)
}

fn json_of(value: &Value, left: &mut usize, budget: &mut Budget) -> Option<serde_json::Value> {
    *left = left.checked_sub(1)?;
    if !budget.spend(1) {
        return None;
    }
    let value = value.settled();
    Some(match &value.kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(truth) => (*truth).into(),
        Kind::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => (*number as i64).into(),
        Kind::Number(number) => (*number).into(),
        Kind::List(_) => {
            let items = value.as_list().unwrap_or(&[]).iter().map(|item| json_of(item, left, budget));
            serde_json::Value::Array(items.collect::<Option<_>>()?)
        }
        Kind::Object(_) => {
            let mut map = serde_json::Map::new();
            for entry in value.as_object().unwrap_or(&[]) {
                map.insert(entry.key.to_string(), json_of(&entry.value, left, budget)?);
            }
            serde_json::Value::Object(map)
        }
        Kind::Encoded(inner) => json_of(inner, left, budget)?.to_string().into(),
        _ => value.to_text().into(),
    })
}
