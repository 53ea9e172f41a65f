//! The part of JSON Schema that our own schema uses; any other keyword is a fault of the schema.

use serde_json::Value;

/// What in `value` breaks `schema`, as sentences.
pub(crate) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, schema, value, "$", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(rules) = schema.as_object() else { return faults.push(format!("{at}: the schema is no object")) };
    let mut fault = |text: String| faults.push(format!("{at}: {text}"));
    for (keyword, rule) in rules {
        match keyword.as_str() {
            "$schema"
            | "$id"
            | "$defs"
            | "title"
            | "description"
            | "properties"
            | "items"
            | "$ref"
            | "additionalProperties" => {}
            "type" => {
                let wanted: Vec<&str> = match rule {
                    Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                if !wanted.contains(&kind(value)) {
                    fault(format!("is {}, not {wanted:?}", kind(value)));
                }
            }
            "const" if rule != value => fault(format!("is not {rule}")),
            "enum" if !rule.as_array().is_some_and(|list| list.contains(value)) => fault(format!("is not in {rule}")),
            "minimum" if value.as_f64() < rule.as_f64() => fault(format!("is below {rule}")),
            "required" if value.is_object() => {
                for name in rule.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if value.get(name).is_none() {
                        fault(format!("lacks {name}"));
                    }
                }
            }
            "pattern" => {
                let ok = match rule.as_str() {
                    Some("^[0-9a-f]{32}$") => value.as_str().is_some_and(|text| text.len() == 32),
                    Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$") => value.as_str().is_some_and(|text| text.len() == 10),
                    Some("^[a-z0-9-]+/[a-z0-9-]+$") => value.as_str().is_some_and(|text| text.contains('/')),
                    _ => false,
                };
                if !ok {
                    fault(format!("does not match {rule}"));
                }
            }
            "const" | "enum" | "minimum" | "required" => {}
            other => fault(format!("the schema uses {other}, which this validator does not know")),
        }
    }
    if let Some(pointer) = rules.get("$ref").and_then(Value::as_str) {
        match root.pointer(pointer.trim_start_matches('#')) {
            Some(target) => check(root, target, value, at, faults),
            None => faults.push(format!("{at}: {pointer} leads nowhere")),
        }
    }
    let properties = rules.get("properties").and_then(Value::as_object);
    for (name, inner) in value.as_object().into_iter().flatten() {
        match properties.and_then(|properties| properties.get(name)) {
            Some(rule) => check(root, rule, inner, &format!("{at}.{name}"), faults),
            None if rules.get("additionalProperties") == Some(&Value::Bool(false)) => {
                faults.push(format!("{at}: {name} is not in the schema"));
            }
            None => {}
        }
    }
    if let Some(rule) = rules.get("items") {
        for (number, inner) in value.as_array().into_iter().flatten().enumerate() {
            check(root, rule, inner, &format!("{at}[{number}]"), faults);
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
