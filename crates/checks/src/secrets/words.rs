//! Words in keys and values: what a key's name says, and whether letters read like language.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What a key says its value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noun {
    /// A password or passphrase: may be short, may be words.
    Password,
    /// A shared secret: long, or words.
    Secret,
    /// A token: long and random.
    Token,
    /// A key of some service: long and random.
    Key,
    /// Credentials of some kind: long and random.
    Auth,
}

/// Most words of a key that are looked at, from its end.
const WORDS_MAX: usize = 8;

/// Words after the noun that make the key name something else: `password_file`, `token_type`, `secretName`.
#[rustfmt::skip] // one word a line would be pages
const TURNS_AWAY: &[&str] = &[
    "file", "files", "path", "paths", "url", "urls", "uri", "name", "names", "id", "ids", "type", "types",
    "length", "len", "size", "count", "policy", "policies", "hash", "hashed", "hasher", "digest", "field",
    "fields", "label", "labels", "hint", "reset", "ref", "refs", "reference", "expiry", "expires", "expiration",
    "expire", "ttl", "endpoint", "header", "headers", "param", "params", "parameter", "parameters", "regex",
    "regexp", "pattern", "format", "min", "max", "strength", "error", "errors", "message", "msg", "title",
    "placeholder", "prefix", "suffix", "provider", "manager", "store", "storage", "version", "validator",
    "validation", "validators", "rule", "rules", "input", "form", "page", "view", "link", "email", "mail",
    "required", "enabled", "disabled", "change", "changed", "timeout", "duration", "algorithm", "alg", "class",
    "dir", "directory", "attempts", "column", "table", "property", "selector", "locator", "xpath", "button",
    "template", "scope", "scopes", "source", "request", "response", "service", "server", "host", "user",
    "username", "location", "arn", "usage", "limit", "bits", "encoder", "generator", "command", "cmd", "prompt",
    "option", "options", "flag", "kind", "checksum", "fingerprint", "owner", "issuer", "audience", "status",
    "state", "updated", "created", "at", "date", "time", "lifetime", "age", "set", "exists", "valid", "invalid",
    "is", "has", "handler", "callback", "func", "function", "fn", "engine", "mount", "backend", "role", "mode",
    "method", "key", "mask", "masked", "display", "description", "desc", "text", "help", "info", "tip",
    "tooltip", "char", "chars", "character", "alphabet", "charset", "index", "num", "number", "part", "parts",
    "list", "map", "array", "keys", "object", "config", "configuration", "settings", "setting", "auth", "grant",
    "flow", "exchange", "lookup", "renew", "create", "accessor", "accessors", "update", "delete", "less", "ed",
    "s", "word", "words", "ize", "izer", "izers", "rotation", "period", "interval", "expired", "missing", "not",
    "empty", "match", "matches", "protected", "protection", "env", "variable", "var", "vars", "ignored",
    "checker", "check", "stdin", "prompted", "cost", "iterations", "pub", "public", "cert", "certificate", "ca",
    "usages", "value_from", "alias", "entry", "dn", "attribute", "attr", "claim", "claims", "management",
    "issue", "login", "secret_name", "volume", "binding", "decode", "encode", "encoding", "encryption", "scheme", "within", "sha2", "sha1", "sha256", "sha512", "md5", "seeder", "complexity", "code",
    "codes", "history", "rotate", "minimum", "maximum", "screen", "box", "dialog", "element", "el", "id1", "annotations", "annotation", "metadata", "uid",
    "bucket",
];

/// Words before the noun that do the same: `wrong_password`, `next_token`, `public_key`.
#[rustfmt::skip] // one word a line would be pages
const SPOILS: &[&str] = &[
    "no", "without", "fake", "mock", "mocked", "dummy", "stub", "reset", "md5", "sha256", "sha1", "sha512", "sha2", "hash", "hashed", "invalid", "wrong", "bad", "incorrect", "forgot", "forgotten", "show", "hide", "toggle",
    "enter", "is", "has", "min", "max", "next", "page", "continuation", "csrf", "xsrf", "sync", "cancellation",
    "cancel", "bos", "eos", "pad", "unk", "mask", "sep", "cls", "special", "sort", "foreign", "partition",
    "range", "cache", "idempotency", "object", "bucket", "validate", "valid", "missing", "unauthorized",
    "lexer", "parser", "current", "end", "start", "first", "last", "prev", "previous", "pub", "public",
    "primary", "nonsecret", "error", "err", "empty", "require", "requires", "required", "disable", "enable",
    "use", "allow", "ask",
];

/// [`TURNS_AWAY`], to be asked often.
static TURNING_AWAY: LazyLock<HashSet<&str>> = LazyLock::new(|| TURNS_AWAY.iter().copied().collect());
/// [`SPOILS`], likewise.
static SPOILING: LazyLock<HashSet<&str>> = LazyLock::new(|| SPOILS.iter().copied().collect());

/// Words before `key` without which a key is only the name of an entry.
#[rustfmt::skip] // one word a line would be pages
const QUALIFIES_KEY: &[&str] = &[
    "api", "access", "auth", "private", "secret", "signing", "sign", "signature", "encryption", "encrypt",
    "encrypted", "decrypt", "decryption", "master", "account", "storage", "service", "license", "shared",
    "session", "app", "application", "admin", "webhook", "hmac", "aes", "des", "client", "consumer", "deploy",
    "subscription", "function", "ssh", "root", "crypt", "crypto", "cipher", "security", "integration", "write",
    "rest", "jwt", "server", "gcm", "fcm", "maps", "rsa", "symmetric", "sas", "cookie", "instrumentation",
    "routing", "ingest", "rpc", "apikey", "oauth", "unseal", "recovery", "merchant", "user", "push", "vapid",
    "stream", "registration", "join", "gateway", "tsig",
];

/// What the key's name says, or nothing when it names no secret.
pub(super) fn noun(key: &[u8]) -> Option<Noun> {
    let mut buffer = [0_u8; 96];
    let words = split(key, &mut buffer);
    let words: Vec<&str> =
        words.iter().filter_map(|(from, to)| std::str::from_utf8(buffer.get(*from..*to)?).ok()).collect();
    let words = words.get(words.len().saturating_sub(WORDS_MAX)..)?;
    for (at, word) in words.iter().enumerate().rev() {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).copied().unwrap_or("");
        let Some(noun) = word_noun(word, before) else {
            if TURNING_AWAY.contains(word) {
                return None;
            }
            continue;
        };
        let spoiled = words.get(..at).is_some_and(|head| head.iter().any(|word| SPOILING.contains(word)));
        return (!spoiled).then_some(noun);
    }
    None
}

fn word_noun(word: &str, before: &str) -> Option<Noun> {
    let ends = |tails: &[&str]| tails.iter().any(|tail| word.ends_with(tail));
    if ends(&["bypass", "compass", "surpass", "trespass", "lowpass", "highpass", "lastpass", "keepass"]) {
        return None;
    }
    let short = [
        "dbpass",
        "userpass",
        "rootpass",
        "adminpass",
        "mypass",
        "smtppass",
        "mailpass",
        "sqlpass",
        "ftppass",
        "rootpw",
        "bindpw",
    ];
    if ends(&["password", "passwd", "passwort", "passphrase", "passcode", "pswd", "pwrd", "pwd"])
        || matches!(
            word,
            "pass" | "pw" | "psw" | "password1" | "password2" | "requirepass" | "masterauth" | "identified"
        )
        || ends(&short)
    {
        return Some(Noun::Password);
    }
    if ends(&["secret"]) {
        return Some(Noun::Secret);
    }
    if ends(&["token"]) || word == "pat" && before == "github" {
        return Some(Noun::Token);
    }
    if ends(&[
        "apikey",
        "secretkey",
        "accesskey",
        "authkey",
        "privatekey",
        "appkey",
        "encryptionkey",
        "masterkey",
        "signingkey",
        "accountkey",
    ]) || word == "key" && (QUALIFIES_KEY.contains(&before) || before.ends_with("api"))
    {
        return Some(Noun::Key);
    }
    (matches!(word, "auth" | "authorization" | "credential" | "credentials" | "creds") && before != "basic")
        .then_some(Noun::Auth)
}

/// Splits a key into words in lower case, at `_`, `-`, `.` and changes of case. Spans in `buffer`.
fn split(key: &[u8], buffer: &mut [u8; 96]) -> Vec<(usize, usize)> {
    let mut words = Vec::with_capacity(8);
    let mut at = 0;
    let mut start = 0;
    let mut before = 0_u8;
    for (index, byte) in key.iter().enumerate() {
        let next = key.get(index + 1).copied().unwrap_or(0);
        let humps = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || before.is_ascii_uppercase() && next.is_ascii_lowercase());
        if (humps || !byte.is_ascii_alphanumeric()) && at > start {
            words.push((start, at));
            start = at;
        }
        if byte.is_ascii_alphanumeric() {
            let Some(slot) = buffer.get_mut(at) else { break };
            *slot = byte.to_ascii_lowercase();
            at += 1;
        }
        before = *byte;
    }
    if at > start {
        words.push((start, at));
    }
    words
}

/// How much likelier than chance each letter follows another in words, one digit for one bit, 5 for chance.
/// Counted over the words of several public code bases.
const PAIRS: [&[u8; 26]; 26] = [
    b"25651340503756150667542141",
    b"74437110642732630554610040",
    b"71427106506521721547500030",
    b"64358332722434630561530230",
    b"52674441201557243775243530",
    b"61327730802622721545501050",
    b"61218356701536620753611221",
    b"82438011701333721535510041",
    b"54655450012558641466050304",
    b"72447023503020753062706042",
    b"53348332711444432364633032",
    b"62258221702622730155530060",
    b"75238121701453671053510140",
    b"62666572613324520277441021",
    b"44552340414668550755645220",
    b"72337234503622660756501030",
    b"22032003230700040433902000",
    b"73448340703354630465442050",
    b"51527206603433553268613040",
    b"61428216800421630665402250",
    b"56555340500657360667100300",
    b"73319222702212620031322010",
    b"70037126703416730664213300",
    b"52637411722344270047221751",
    b"55546143610466670476424123",
    b"70349034603002600040533245",
];

/// How much the letters of a value read like words, in bits per pair of letters: language is above 0.6,
/// random letters are about -1.5. Nothing for fewer than three pairs.
pub(super) fn wordiness(value: &[u8]) -> Option<f32> {
    let letter = |byte: &u8| byte.is_ascii_alphabetic().then(|| usize::from(byte.to_ascii_lowercase() - b'a'));
    let mut pairs = 0_u16;
    let mut sum = 0_i32;
    for pair in value.windows(2) {
        let (Some(left), Some(right)) = (pair.first().and_then(letter), pair.last().and_then(letter)) else { continue };
        let digit = PAIRS.get(left).and_then(|row| row.get(right)).copied().unwrap_or(b'5');
        sum += i32::from(digit) - i32::from(b'5');
        pairs += 1;
    }
    (pairs >= 3).then(|| sum as f32 / f32::from(pairs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_say_what_they_hold() {
        let check = |key: &str, expected: Option<Noun>| assert_eq!(noun(key.as_bytes()), expected, "{key}");
        for key in
            ["password", "DB_PASSWORD", "dbPassword", "spring.datasource.password", "rootPw", "MYSQL_PWD", "password2"]
        {
            check(key, Some(Noun::Password));
        }
        for key in ["clientSecret", "client_secret", "JWT_SECRET", "secret"] {
            check(key, Some(Noun::Secret));
        }
        for key in ["apiKey", "API_KEY", "apikey", "x-api-key", "secret_key", "AWSAccessKey"] {
            check(key, Some(Noun::Key));
        }
        check("authToken", Some(Noun::Token));
        for key in [
            "password_file",
            "tokenType",
            "secretName",
            "public_key",
            "key",
            "next_token",
            "passwordPolicy",
            "sort_key",
            "bypass",
            "wrong_password",
            "SecretRef",
            "keyboard",
            "password-hash",
        ] {
            check(key, None);
        }
    }

    #[test]
    fn words_read_like_words() {
        for text in ["administrator", "correcthorsebattery", "database", "ProductionPassword"] {
            assert!(
                wordiness(text.as_bytes()).is_some_and(|bits| bits > 0.3),
                "{text} {:?}",
                wordiness(text.as_bytes())
            );
        }
        for text in ["xkqzvwpfjg", "qhwtzxkvbn", "MCDBKwGdgPHvAuvgvzEQpqD"] {
            assert!(
                wordiness(text.as_bytes()).is_some_and(|bits| bits < 0.0),
                "{text} {:?}",
                wordiness(text.as_bytes())
            );
        }
        assert_eq!(wordiness(b"12-34"), None);
    }
}
