//! The part of JSON Schema that our own schemas use; any other keyword is a fault of the schema.

use serde_json::Value;

/// What in `value` breaks `schema`, as sentences.
#[must_use]
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    faults_of(schema, schema, value, "$")
}

fn faults_of(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    check(root, schema, value, at, &mut faults);
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
            | "additionalProperties"
            | "default"
            | "examples" => {}
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
            "minimum" if value.as_f64().is_some_and(|number| Some(number) < rule.as_f64()) => {
                fault(format!("is below {rule}"))
            }
            "required" if value.is_object() => {
                for name in rule.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if value.get(name).is_none() {
                        fault(format!("lacks {name}"));
                    }
                }
            }
            "maximum" if value.as_f64().is_some_and(|number| Some(number) > rule.as_f64()) => {
                fault(format!("is above {rule}"))
            }
            "pattern" => {
                let regex = rule.as_str().and_then(|rule| regex::Regex::new(rule).ok());
                match (regex, value.as_str()) {
                    (None, _) => fault(format!("the schema's {rule} is no pattern")),
                    (Some(regex), Some(text)) if !regex.is_match(text) => fault(format!("does not match {rule}")),
                    _ => {}
                }
            }
            "anyOf" => {
                let fits = |one: &Value| faults_of(root, one, value, at).is_empty();
                if !rule.as_array().is_some_and(|several| several.iter().any(fits)) {
                    fault(format!("fits none of {rule}"));
                }
            }
            "const" | "enum" | "minimum" | "maximum" | "required" => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_keyword_refuses_what_breaks_it() {
        for (schema, good, bad) in [
            (json!({ "type": ["string", "null"] }), json!(null), json!(1)),
            (json!({ "const": "a" }), json!("a"), json!("b")),
            (json!({ "enum": ["a", null] }), json!(null), json!("b")),
            (json!({ "minimum": 1, "maximum": 2 }), json!(2), json!(3)),
            (json!({ "required": ["a"] }), json!({ "a": 1 }), json!({})),
            (json!({ "pattern": "^[0-9a-f]{2}$" }), json!("0f"), json!("0g")),
            (json!({ "anyOf": [{ "required": ["a"] }, { "required": ["b"] }] }), json!({ "b": 1 }), json!({ "c": 1 })),
            (json!({ "items": { "type": "integer" } }), json!([1]), json!(["1"])),
            (json!({ "properties": { "a": {} }, "additionalProperties": false }), json!({ "a": 1 }), json!({ "b": 1 })),
        ] {
            assert_eq!(faults(&schema, &good), Vec::<String>::new(), "{schema}");
            assert_eq!(faults(&schema, &bad).len(), 1, "{schema}");
        }
        assert_eq!(faults(&json!({ "uniqueItems": true }), &json!([])).len(), 1, "an unknown keyword");
    }
}
