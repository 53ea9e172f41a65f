//! What the names of values say of what is in them: secrets, people, whole requests.
//!
//! A name is read as people read it, by its words. It refuses to guess: a length, a flag, a hash, a masked value or
//! the name of a field is none of these things.

use palisade_inventory::code::{Value, What};
use palisade_model::Span;

/// Longer expressions are no names.
const EXPRESSION_BYTES_MAX: usize = 160;
/// Objects and lists inside of one another are looked through so deep.
const DEPTH_MAX: u32 = 3;

/// What a name can speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What opens something: passwords, tokens, keys.
    Secret,
    /// What is nobody else's business: cards, numbers of the state, accounts.
    Person,
    /// All of a request's headers or body, which hold either.
    Request,
}

impl Kind {
    /// Where a value stands that has such a name, when one is printed with this value.
    pub(crate) fn told(self, name: Option<&str>, value: &Value, source: &str) -> Option<Span> {
        // What a name was given elsewhere is shown where it is printed.
        let told = self.told_within(name, value, source, 0)?;
        Some(if value.span.contains(told) { told } else { value.span })
    }

    fn told_within(self, name: Option<&str>, value: &Value, source: &str, depth: u32) -> Option<Span> {
        if depth > DEPTH_MAX || matches!(value.what, What::Bool(_) | What::Number(_) | What::Null) {
            return None;
        }
        let part = value.parts().iter().find(|part| self.fits(part.of(source)));
        if let Some(part) = part {
            return Some(*part);
        }
        let text = value.span.of(source);
        if value.parts().is_empty() && !text.starts_with(['"', '\'', '`']) && self.fits(text) {
            return Some(value.span);
        }
        match &value.what {
            What::Fields(fields) => {
                fields.iter().find_map(|(key, value)| self.told_within(Some(key), value, source, depth + 1))
            }
            What::List(items) => items.iter().find_map(|item| self.told_within(None, item, source, depth + 1)),
            What::Unknown => {
                // `{ password: user.secretValue }`: the key says it, when what is given can be one.
                let given = name.filter(|name| self.says(None, name) && is_plain(text))?;
                (!is_safe(given) && !is_safe(text) && !value.is_constant()).then_some(value.span)
            }
            _ => None,
        }
    }

    /// Whether an expression, as it stands, has such a name.
    fn fits(self, text: &str) -> bool {
        let Some(parts) = path_of(text) else { return false };
        let Some((last, before)) = parts.split_last() else { return false };
        self.says(before.last().map(String::as_str), last)
    }

    fn says(self, holder: Option<&str>, name: &str) -> bool {
        let words = words(name);
        let Some(last) = words.last().map(String::as_str) else { return false };
        let joined = words.concat();
        match self {
            Self::Secret => !is_safe(name) && is_secret_name(holder, &words, &joined),
            Self::Person => {
                !is_safe(name)
                    && (matches!(
                        joined.as_str(),
                        "ssn" | "iban" | "cvv" | "cvc" | "cvv2" | "pan" | "cardnumber" | "creditcard"
                    ) || [
                        "socialsecuritynumber",
                        "creditcardnumber",
                        "cardnumber",
                        "passportnumber",
                        "taxid",
                        "nationalid",
                        "bankaccountnumber",
                        "dateofbirth",
                    ]
                    .iter()
                    .any(|end| joined.ends_with(end)))
                    && joined != "pan"
            }
            Self::Request => {
                matches!(holder, Some("req" | "request" | "ctx.request" | "r"))
                    && matches!(last, "headers" | "header" | "body" | "cookies" | "rawBody" | "meta")
                    && words.len() == 1
            }
        }
    }
}

/// Whether the name of a field or a parameter says that it holds a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    Kind::Secret.says(None, name)
}

fn is_secret_name(holder: Option<&str>, words: &[String], joined: &str) -> bool {
    let Some(last) = words.last().map(String::as_str) else { return false };
    let before = words.len().checked_sub(2).and_then(|at| words.get(at)).map_or("", String::as_str);
    match last {
        "password" | "passwd" | "passphrase" | "pwd" => true,
        "secret" => {
            words.len() > 1 && matches!(before, "client" | "jwt" | "totp" | "session" | "app" | "api" | "shared")
        }
        "token" => match before {
            "access" | "refresh" | "auth" | "bearer" | "api" | "session" | "jwt" | "reset" | "secret" | "oauth"
            | "login" | "authentication" | "personal" | "recovery" | "activation" | "verification" => true,
            "" => holder.is_some_and(|holder| {
                matches!(
                    last_word(holder).as_str(),
                    "req"
                        | "request"
                        | "user"
                        | "session"
                        | "auth"
                        | "credentials"
                        | "params"
                        | "query"
                        | "body"
                        | "cookies"
                        | "headers"
                        | "account"
                        | "login"
                )
            }),
            _ => false,
        },
        "key" => matches!(before, "private" | "secret" | "api" | "signing" | "encryption"),
        "authorization" => holder.is_some_and(|holder| last_word(holder).starts_with("header")),
        _ => {
            matches!(joined, "apikey" | "privatekey" | "secretkey" | "secretaccesskey" | "jwt" | "otp" | "accesstoken")
        }
    }
}

/// Words at the beginning of a name that make it a flag, an action or a disguise.
const HARMLESS_STARTS: [&str; 62] = [
    "has",
    "is",
    "show",
    "hide",
    "use",
    "uses",
    "needs",
    "need",
    "require",
    "requires",
    "required",
    "allow",
    "no",
    "invalid",
    "wrong",
    "forgot",
    "reset",
    "change",
    "update",
    "min",
    "max",
    "with",
    "without",
    "enable",
    "disable",
    "can",
    "should",
    "missing",
    "empty",
    "valid",
    "bad",
    "count",
    "num",
    "set",
    "check",
    "verify",
    "validate",
    "hash",
    "hashed",
    "encrypt",
    "encrypted",
    "mask",
    "masked",
    "redact",
    "redacted",
    "obfuscated",
    "safe",
    "public",
    "fake",
    "dummy",
    "censored",
    "sanitized",
    "compare",
    "generate",
    "create",
    "hidden",
    "next",
    "page",
    "csrf",
    "xsrf",
    "err",
    "on",
];

/// Whether a name says that what is in it is only about a secret.
fn is_safe(name: &str) -> bool {
    let words = words(name);
    let first = words.first().map_or("", String::as_str);
    words.len() > 1 && HARMLESS_STARTS.contains(&first)
        || words.iter().any(|word| {
            matches!(
                word.as_str(),
                "masked" | "redacted" | "hashed" | "encrypted" | "digest" | "fingerprint" | "length"
            )
        })
}

/// A name as its words in small letters: `accessToken`, `ACCESS_TOKEN` and `access-token` are the same two.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut fresh = true;
    let mut small = false;
    for letter in name.chars() {
        if !letter.is_ascii_alphanumeric() {
            fresh = true;
            continue;
        }
        let large = letter.is_ascii_uppercase();
        if fresh || large && small {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter.to_ascii_lowercase());
        }
        (fresh, small) = (false, letter.is_ascii_lowercase() || letter.is_ascii_digit());
    }
    words
}

fn last_word(name: &str) -> String {
    words(name).pop().unwrap_or_default()
}

/// Whether an expression is a name, a member, or what a plain call gives.
fn is_plain(text: &str) -> bool {
    path_of(text).is_some()
}

/// Calls that give what they are given, in another guise.
const WRAPS: [&str; 8] = ["String(", "str(", "JSON.stringify(", "json.dumps(", "repr(", "string(", "dict(", "format("];
/// Methods that do the same.
const TAILS: [&str; 11] = [
    ".toString()",
    ".to_string()",
    ".clone()",
    ".unwrap()",
    ".trim()",
    ".strip()",
    ".decode()",
    ".encode()",
    ".as_str()",
    ".String()",
    ".unwrap_or_default()",
];

/// The names along an expression, last the one that it is called by; `None` for what is no name.
fn path_of(text: &str) -> Option<Vec<String>> {
    if text.len() > EXPRESSION_BYTES_MAX {
        return None;
    }
    let mut text = text.trim().trim_start_matches(['&', '*', '%', '?', '!', '$']).trim();
    // `!!token` is a truth.
    for _ in 0..4 {
        let before = text;
        for wrap in WRAPS {
            if let Some(inner) = text.strip_prefix(wrap).and_then(|rest| rest.strip_suffix(')')) {
                text = inner.split(", ").next().unwrap_or(inner).trim();
            }
        }
        for tail in TAILS {
            text = text.strip_suffix(tail).unwrap_or(text);
        }
        text = text.trim_end_matches(['!', '?']);
        if text == before {
            break;
        }
    }
    let mut parts: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '$');
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        if !name.is_empty() {
            parts.push(name.to_owned());
        }
        rest = if let Some(after) = after.strip_prefix("?.").or_else(|| after.strip_prefix("::")) {
            after
        } else if let Some(after) = after.strip_prefix('.').or_else(|| after.strip_prefix("->")) {
            after
        } else if let Some(after) = after.strip_prefix('[') {
            // `headers["authorization"]`
            let (key, after) = after.split_once(']')?;
            let key = key.trim();
            let key = key.strip_prefix(['"', '\'', '`'])?.strip_suffix(['"', '\'', '`'])?;
            parts.push(key.to_owned());
            after
        } else if let Some(after) = after.strip_prefix('(') {
            // `request.getPassword()`, `headers.get("authorization")`, `c.GetHeader("Authorization")`
            let (given, after) = after.split_once(')')?;
            let called = parts.pop()?;
            let getter = words(&called).first().is_some_and(|word| word == "get") || called == "header";
            let given = given.trim();
            if given.is_empty() {
                let word = words(&called);
                let plain = word.first().is_some_and(|word| word == "get");
                parts.push(if plain {
                    called.get(3..)?.trim_start_matches('_').to_owned()
                } else {
                    format!("{called}()")
                });
                if !plain && !after.is_empty() {
                    return None;
                }
            } else {
                let key = given.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?;
                let key = (getter && !key.contains(['"', '\''])).then_some(key)?;
                if called.to_ascii_lowercase().contains("header") {
                    parts.push("headers".to_owned());
                }
                parts.push(key.to_owned());
            }
            after
        } else if after.is_empty() {
            ""
        } else {
            return None;
        };
    }
    // What a function that is not a getter gives is not known by its name.
    (!parts.is_empty() && !parts.last()?.ends_with("()")).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_in_them() {
        for text in [
            "password",
            "user.password",
            "req.body.password",
            "req.headers.authorization",
            "request.headers[\"Authorization\"]",
            "request.headers.get('authorization')",
            "c.GetHeader(\"Authorization\")",
            "accessToken",
            "ACCESS_TOKEN",
            "process.env.DB_PASSWORD",
            "account.getPassword()",
            "String(refreshToken)",
            "JSON.stringify(apiKey)",
            "session?.token",
            "client_secret",
            "password.clone()",
        ] {
            assert!(Kind::Secret.fits(text), "{text}");
        }
        for text in [
            "token",
            "tokens",
            "token.value",
            "password.length",
            "len(password)",
            "hasPassword",
            "isPasswordValid",
            "passwordField",
            "mask(password)",
            "redactedPassword",
            "password_hash",
            "secretName",
            "secret",
            "resetPassword()",
            "csrfToken",
            "token[:8]",
            "password == other",
            "nextToken",
            "!!password ? 'a' : 'b'",
            "headers",
            "author",
        ] {
            assert!(!Kind::Secret.fits(text), "{text}");
        }
        assert!(Kind::Request.fits("req.headers") && Kind::Request.fits("request.body"));
        assert!(!Kind::Request.fits("response.body") && !Kind::Request.fits("req.headers.host"));
        assert!(Kind::Person.fits("customer.ssn") && Kind::Person.fits("card_number") && Kind::Person.fits("iban"));
        assert!(!Kind::Person.fits("pan") && !Kind::Person.fits("hasSsn") && !Kind::Person.fits("cardNumberLength"));
    }
}
