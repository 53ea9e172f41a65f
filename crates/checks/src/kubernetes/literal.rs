//! Values that are secrets although they stand in a manifest.

use palisade_inventory::kubernetes::{Object, Workload};
use palisade_inventory::yaml::{Node, Yaml};
use palisade_model::Span;

/// The values that no excerpt may show: data of Secrets, and environment variables that hold secrets.
pub(crate) fn masks(yaml: &Yaml) -> Vec<Span> {
    let mut spans = Vec::new();
    for generator in yaml.documents().filter_map(|root| root.get("secretGenerator")).flat_map(Node::items) {
        spans.extend(generator.get("literals").into_iter().flat_map(Node::items).map(Node::span));
    }
    for object in yaml.documents().flat_map(Object::all) {
        if object.is("", "Secret") {
            spans.extend(secret_values(&object).map(Node::span));
        }
        for workload in object.workloads() {
            spans.extend(secrets(&workload).into_iter().map(Node::span));
        }
    }
    spans
}

/// The values of a Secret, encoded or not.
pub(super) fn secret_values<'y>(object: &Object<'y>) -> impl Iterator<Item = Node<'y>> + use<'y> {
    let object = *object;
    let tables = ["data", "stringData"].into_iter().filter_map(move |key| object.at(&[key]));
    tables.flat_map(Node::entries).map(|entry| entry.value).filter(|value| value.is_scalar())
}

/// The values of environment variables that hold secrets.
pub(super) fn secrets<'y>(workload: &Workload<'y>) -> Vec<Node<'y>> {
    let mut found = Vec::new();
    for container in &workload.containers {
        for variable in container.setting(&["env"]).into_iter().flat_map(Node::items) {
            let (Some(name), Some(value)) = (variable.get_str("name"), variable.get("value")) else { continue };
            if names_a_secret(name) && value.as_str().is_some_and(is_a_value) {
                found.push(value);
            }
        }
    }
    found
}

/// Words that say that a name holds a secret, and words that say that it holds something about one.
const SECRET: [&str; 11] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "API_KEY",
    "PRIVATE_KEY",
    "ACCESS_KEY",
    "SECRET_KEY",
    "CREDENTIAL",
];
const ABOUT: [&str; 30] = [
    "FILE",
    "PATH",
    "DIR",
    "URL",
    "URI",
    "NAME",
    "ENDPOINT",
    "HOST",
    "TTL",
    "SECONDS",
    "EXPIRY",
    "EXPIRATION",
    "LENGTH",
    "TYPE",
    "ENABLED",
    "ENABLE",
    "DISABLE",
    "ALLOW",
    "REQUIRE",
    "HEADER",
    "ISSUER",
    "AUDIENCE",
    "NAMESPACE",
    "ID",
    "REF",
    "KEY_NAME",
    "PUBLIC",
    "TIMEOUT",
    "LIMIT",
    "TOKENS",
];

fn names_a_secret(name: &str) -> bool {
    let upper = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let about = |word: &str| upper.split('_').any(|part| part == word) || upper.ends_with(&format!("_{word}"));
    SECRET.iter().any(|word| upper.contains(word)) && !ABOUT.iter().any(|word| about(word))
}

/// Whether text may be a secret: no placeholder, reference, path, address, switch or number.
pub(super) fn is_a_value(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let made_up = [
        "changeme",
        "change-me",
        "change_me",
        "placeholder",
        "example",
        "your-",
        "your_",
        "dummy",
        "replace",
        "todo",
        "redacted",
        "xxxx",
        "****",
    ];
    !(text.len() < 4
        || text.contains(['$', '{', '}', '<', '>', ' '])
        || text.starts_with(['/', '.', '%'])
        || text.contains("://")
        || text.contains(".svc")
        || matches!(lower.as_str(), "true" | "false" | "none" | "null" | "enabled" | "disabled")
        || text.parse::<f64>().is_ok()
        || made_up.iter().any(|word| lower.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_weighed() {
        for name in ["DB_PASSWORD", "apiToken", "AWS_SECRET_ACCESS_KEY", "MINIO_SECRET_KEY"] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in ["PASSWORD_FILE", "TOKEN_URL", "SECRET_NAME", "AWS_ACCESS_KEY_ID", "MAX_TOKENS", "MODE"] {
            assert!(!names_a_secret(name), "{name}");
        }
        assert!(is_a_value("minio123"));
        for value in ["", "true", "3600", "${X}", "$(X)", "/etc/x", "https://x", "changeme"] {
            assert!(!is_a_value(value), "{value}");
        }
    }
}
