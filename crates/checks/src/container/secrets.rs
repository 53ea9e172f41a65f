//! Names that hold secrets and values that are some.

use palisade_inventory::compose::{Compose, variables};
use palisade_inventory::dockerfile::{Dockerfile, Kind, Value};
use palisade_model::Span;

/// Checks that report a secret where it stands; silent where the secrets family reports it.
pub(super) const CHECKS: [&str; 6] = [
    "container/secret-in-environment",
    "container/secret-in-build-argument",
    "container/secret-in-compose",
    "container/default-password",
    "container/credentials-in-url",
    "container/fixed-password",
];

/// What a value under a secret's name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    /// Nothing secret: empty, a variable, a placeholder, a path, a switch.
    Harmless,
    /// A password that everybody tries first.
    WellKnown,
    /// A secret.
    Secret,
}

/// Whether a variable's name says that it holds a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let words = words_of(name);
    let has = |word: &str| words.iter().any(|it| it == word);
    let last = words.last().map_or("", String::as_str);
    // What follows the secret's name says that it is only about one.
    let about = [
        "file",
        "path",
        "dir",
        "url",
        "uri",
        "host",
        "name",
        "id",
        "length",
        "len",
        "size",
        "ttl",
        "expiry",
        "expires",
        "expiration",
        "header",
        "type",
        "algorithm",
        "alg",
        "policy",
        "enabled",
        "enable",
        "required",
        "min",
        "max",
        "count",
        "limit",
        "limits",
        "timeout",
        "lifetime",
        "version",
        "service",
        "endpoint",
        "issuer",
        "prefix",
        "field",
        "store",
        "location",
        "provider",
        "mode",
        "format",
        "rotation",
        "days",
        "age",
        "interval",
        "method",
        "audience",
        "param",
        "cmd",
        "command",
        "engine",
        "cache",
        "bytes",
        "budget",
        "window",
        "per",
    ];
    if about.contains(&last) || has("public") || has("tokenizer") || has("tokenizers") || has("disable") || has("no") {
        return false;
    }
    let pair =
        |first: &str, second: &str| words.windows(2).any(|pair| matches!(pair, [a, b] if a == first && b == second));
    [
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "secret",
        "secrets",
        "token",
        "apikey",
        "credential",
        "credentials",
        "pass",
        "rootpw",
    ]
    .iter()
    .any(|word| has(word) && !(*word == "pwd" && words.len() == 1) && !(*word == "pass" && words.len() == 1))
        || pair("api", "key")
        || pair("access", "key")
        || pair("private", "key")
        || pair("secret", "key")
        || pair("encryption", "key")
        || pair("signing", "key")
        || pair("account", "key")
        || pair("auth", "key")
        || pair("license", "key")
}

/// The words of `MY_apiKey-2` in lower case: `my`, `api`, `key`, `2`.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = '_';
    for character in name.chars() {
        let starts = previous.is_lowercase() && character.is_uppercase();
        if !character.is_alphanumeric() {
            previous = character;
            continue;
        }
        if starts || !previous.is_alphanumeric() || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
        previous = character;
    }
    words
}

/// What a value is, given that its name is a secret's.
pub(super) fn literal(value: &str) -> Literal {
    let value = value.trim().trim_matches(['"', '\'']);
    let lower = value.to_ascii_lowercase();
    let letters = value.chars().filter(|character| character.is_alphanumeric()).count();
    let dynamic =
        value.contains(['$', '{', '<', '%', '(']) || value.starts_with("op://") || value.starts_with("vault:");
    let switch = matches!(
        lower.as_str(),
        "true"
            | "false"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "none"
            | "null"
            | "nil"
            | "undefined"
            | "required"
            | "optional"
            | "disabled"
            | "enabled"
            | "auto"
            | "unset"
            | "empty"
            | "file"
            | "random"
            | "generated"
    );
    let path = value.starts_with(['/', '.', '~']) || value.starts_with("file:") || value.starts_with("arn:");
    if letters == 0 || dynamic || switch || path || value.contains(' ') || value.contains("://") {
        return Literal::Harmless;
    }
    if value.len() <= 3 && value.chars().all(|character| character.is_ascii_digit()) {
        return Literal::Harmless;
    }
    let placeholders = [
        "changeme",
        "change-me",
        "change_me",
        "replace",
        "your",
        "placeholder",
        "dummy",
        "todo",
        "fixme",
        "insert",
        "redacted",
        "xxxx",
        "****",
        "example",
        "notused",
        "not-used",
        "unused",
        "invalid",
        "fake",
        "sample",
        "foobar",
        "ignored",
        "build-only",
        "buildtime",
        "build-time",
        "not-a-",
        "not_a_",
        "override",
        "tobe",
        "to-be",
        "to_be",
    ];
    let well_known = [
        "password",
        "passw0rd",
        "p@ssw0rd",
        "pass",
        "secret",
        "admin",
        "root",
        "postgres",
        "mysql",
        "mariadb",
        "mongo",
        "redis",
        "rabbitmq",
        "guest",
        "user",
        "test",
        "toor",
        "qwerty",
        "letmein",
        "welcome",
        "minio",
        "minioadmin",
        "123456",
        "12345678",
        "1234",
        "12345",
        "123456789",
        "elastic",
        "grafana",
        "wordpress",
        "neo4j",
        "default",
        "oracle",
        "sa",
        "docker",
        "vagrant",
        "changeit",
        "changeme",
        "change-me",
        "change_me",
        "abc123",
        "admin123",
        "password1",
        "password123",
        "pass123",
        "root123",
        "secret123",
        "dev",
        "local",
        "demo",
        "app",
        "master",
        "super",
    ];
    let sequence = ["123456", "0123456789", "abcdef0123", "qwerty", "default", "mysecret", "vulnerable"];
    if well_known.contains(&lower.as_str()) || lower == "example" || sequence.iter().any(|it| lower.contains(it)) {
        return Literal::WellKnown;
    }
    if placeholders.iter().any(|word| lower.contains(word)) || is_one_character(&lower) {
        return Literal::Harmless;
    }
    // Words, with a digit or two behind them, are defaults or can be guessed.
    let is_word = |character: char| character.is_ascii_lowercase() || matches!(character, '-' | '_' | '.');
    let words = value.trim_end_matches(|character: char| character.is_ascii_digit() || character == '!');
    if value.len() < 8 || words.chars().all(is_word) && value.len() - words.len() <= 4 {
        return Literal::WellKnown;
    }
    Literal::Secret
}

fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|character| Some(character) == first)
}

/// User and password in a URL: the span of `user:password` within the text, when the password is literal.
pub(super) fn url_credentials(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("://") {
        let start = from + at + 3;
        let rest = text.get(start..)?;
        let end = rest.find(['/', '?', '#', ' ', '"', '\'', '\n', '\t', '|', ';', ')']).unwrap_or(rest.len());
        let authority = rest.get(..end)?;
        if let Some((userinfo, _)) = authority.rsplit_once('@') {
            let secret = userinfo.split_once(':').map_or("", |(_, password)| password);
            let token = ["ghp_", "gho_", "ghs_", "github_pat_", "glpat-"].iter().any(|it| userinfo.starts_with(it));
            if token || !secret.is_empty() && literal(secret) != Literal::Harmless {
                return Some((start, start + userinfo.len()));
            }
        }
        from = start + end;
    }
    None
}

/// The pairs of `ENV` with a secret's name and a literal value.
pub(super) fn environment(file: &Dockerfile) -> Vec<(&str, &Value, Literal)> {
    pairs(file, false)
}

/// The same of `ARG`.
pub(super) fn arguments(file: &Dockerfile) -> Vec<(&str, &Value, Literal)> {
    pairs(file, true)
}

fn pairs(file: &Dockerfile, arguments: bool) -> Vec<(&str, &Value, Literal)> {
    let mut found = Vec::new();
    for instruction in &file.instructions {
        let pairs = match &instruction.kind {
            Kind::Env(pairs) if !arguments => pairs,
            Kind::Arg(pairs) if arguments => pairs,
            _ => continue,
        };
        for pair in pairs.iter().filter(|pair| is_secret_name(&pair.name)) {
            let Some(value) = &pair.value else { continue };
            // A variable's value is judged where the variable is set.
            let kind = if value.raw.contains('$') { Literal::Harmless } else { literal(&value.resolved) };
            if kind != Literal::Harmless {
                found.push((pair.name.as_str(), value, kind));
            }
        }
    }
    found
}

/// The spans of a Dockerfile that no excerpt may show.
pub(crate) fn dockerfile_masks(file: &Dockerfile, text: &str) -> Vec<Span> {
    let values = environment(file).into_iter().chain(arguments(file)).map(|(_, value, _)| value.span);
    let urls = file.instructions.iter().flat_map(|instruction| urls_within(instruction.span, text));
    let passwords = super::fixed_password::passwords(file);
    values.chain(urls).chain(passwords).collect()
}

/// The spans of a Compose document that no excerpt may show.
pub(crate) fn compose_masks(document: palisade_inventory::yaml::Node<'_>) -> Vec<Span> {
    let compose = Compose::new(document);
    let mut spans = Vec::new();
    let environments = compose.services.iter().filter_map(|service| service.get("environment"));
    let arguments = compose.services.iter().filter_map(|service| service.at(&["build", "args"]));
    for node in environments.chain(arguments) {
        for variable in variables(node) {
            let Some(value) = variable.value else { continue };
            if is_secret_name(variable.name) && literal(value) != Literal::Harmless || url_credentials(value).is_some()
            {
                spans.push(variable.span);
            }
        }
    }
    spans
}

/// The credentials in the URLs of a part of a file.
pub(super) fn urls_within(part: Span, text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut from = part.start as usize;
    let end = part.end as usize;
    while let Some((start, stop)) = text.get(from..end).and_then(url_credentials) {
        spans.push(Span::new(from + start, from + stop));
        from += stop;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_told_apart() {
        for name in
            ["DB_PASSWORD", "apiKey", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "client-secret", "MYSQL_ROOT_PWD"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "PASSWORD_FILE",
            "TOKEN_TTL",
            "PUBLIC_KEY",
            "TOKENIZERS_PARALLELISM",
            "PWD",
            "KEY",
            "SECRET_NAME",
            "COMPASS",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
        for value in
            ["", "$X", "${X:-y}", "/run/secrets/x", "true", "changeme-now", "<token>", "your_token", "xxxxxxxx"]
        {
            assert_eq!(literal(value), Literal::Harmless, "{value}");
        }
        for value in ["postgres", "Password123", "minioadmin", "my_secret_key-is-here2", "admin123456"] {
            assert_eq!(literal(value), Literal::WellKnown, "{value}");
        }
        assert_eq!(literal("Xk29s-kQ0p!aa"), Literal::Secret);
        assert_eq!(url_credentials(concat!("git clone https://bob:hunter2", "hunter2@x.org/a")), Some((18, 36)));
        assert_eq!(url_credentials("git clone https://bob:$PASS@x.org/a https://x/y@z"), None);
    }
}
