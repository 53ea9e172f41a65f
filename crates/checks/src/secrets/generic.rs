//! Judges values that no provider's format tells: passwords, secrets, keys and tokens of one's own.
//!
//! What counts: the key's name, the value's shape, how the language writes values, and what the file is for.
//! It refuses a value whose shape says that it is something else (a name, a path, a sentence, a reference).

use std::collections::HashSet;
use std::sync::LazyLock;

use palisade_model::{Confidence, Severity, Span};

use super::assignment::{Assignment, Join, Quote};
use super::context;
use super::entropy::{Classes, shannon};
use super::file_kind::{FileKind, Kinds, Purpose, Syntax};
use super::placeholder;
use super::words::{Noun, wordiness};

/// A value that the judge takes for a secret.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) id: &'static str,
    pub(super) span: Span,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
}

/// How far before a quoted argument the name of its function is looked for.
const HANDLER_BYTES_MAX: usize = 40;

/// How strong a value looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// Letters that read like a word or two.
    Word,
    /// A word with digits or signs, or letters that are no word.
    Mixed,
    /// Long and random.
    Random,
}

/// Judges an assignment whose key says what its value is.
pub(super) fn judge(bytes: &[u8], assignment: &Assignment<'_>, noun: Noun, kind: FileKind) -> Option<Verdict> {
    if matches!(kind.purpose, Purpose::Generated | Purpose::Locale) {
        return None;
    }
    let candidate = candidate(bytes, assignment, noun)?;
    candidate.holds(assignment, kind).then(|| candidate.verdict(kind))
}

/// Judges an assignment that reads the same in each of `syntaxes`: in which kinds of files it holds.
pub(super) fn judge_in_any(
    bytes: &[u8],
    assignment: &Assignment<'_>,
    noun: Noun,
    syntaxes: impl Iterator<Item = Syntax>,
) -> Option<(Verdict, Kinds)> {
    let candidate = candidate(bytes, assignment, noun)?;
    let mut kinds = Kinds::NONE;
    let mut verdict = None;
    for syntax in syntaxes {
        for purpose in [Purpose::Product, Purpose::Test, Purpose::Docs] {
            let kind = FileKind { syntax, purpose };
            if candidate.holds(assignment, kind) {
                kinds = kinds.and(Kinds::one(kind));
                verdict.get_or_insert_with(|| candidate.verdict(kind));
            }
        }
    }
    Some((verdict?, kinds))
}

/// A value whose shape allows it to be a secret.
struct Candidate<'a> {
    noun: Noun,
    span: Span,
    text: &'a [u8],
    strength: Strength,
    minified: bool,
}

fn candidate<'a>(bytes: &'a [u8], assignment: &Assignment<'_>, noun: Noun) -> Option<Candidate<'a>> {
    let (span, text) = credential(bytes, assignment.value)?;
    // Most are refused here, for less than the questions behind it cost.
    let strength = strength(text);
    if strength < noun.weakest() || !is_value(text, assignment) {
        return None;
    }
    if assignment.join == Join::Call && is_handled(bytes, assignment.key_span) {
        return None;
    }
    if context::is_route(bytes, assignment.key_span, text) || context::is_handed_out(bytes, assignment.key_span, text) {
        return None;
    }
    // An example beside a setting, or prose; what no word explains may be a setting that was switched off.
    let plain = strength == Strength::Word || is_identifier_with_digits(text);
    if plain && context::is_commented(bytes, assignment.key_span) {
        return None;
    }
    Some(Candidate { noun, span, text, strength, minified: is_minified(bytes, span) })
}

impl Noun {
    /// What is weaker is never a value of this kind.
    fn weakest(self) -> Strength {
        match self {
            Noun::Password => Strength::Word,
            Noun::Secret => Strength::Mixed,
            Noun::Token | Noun::Key | Noun::Auth => Strength::Random,
        }
    }
}

impl Candidate<'_> {
    fn holds(&self, assignment: &Assignment<'_>, kind: FileKind) -> bool {
        if assignment.quote != Quote::None && matches!(assignment.after, b'+' | b'%') && kind.syntax == Syntax::Code {
            return false; // a piece of a longer expression
        }
        if self.minified && kind.syntax == Syntax::Code {
            return false;
        }
        let (noun, text, strength) = (self.noun, self.text, self.strength);
        match noun {
            Noun::Password => takes_password(text, strength, assignment, kind),
            Noun::Secret => takes_secret(text, strength, assignment, kind),
            Noun::Token | Noun::Key | Noun::Auth => is_token(text, noun, assignment, kind),
        }
    }

    fn verdict(&self, kind: FileKind) -> Verdict {
        let id = match self.noun {
            Noun::Password => "secrets/generic-password",
            Noun::Key => "secrets/generic-api-key",
            Noun::Secret | Noun::Token | Noun::Auth => "secrets/generic-secret",
        };
        let product = kind.purpose == Purpose::Product;
        let severity = match (product, self.strength) {
            (true, Strength::Random | Strength::Mixed) => Severity::High,
            (true, Strength::Word) => Severity::Medium,
            (false, _) => Severity::Low,
        };
        let confidence = match (product, self.strength) {
            (true, Strength::Random | Strength::Mixed) => Confidence::Medium,
            _ => Confidence::Low,
        };
        Verdict { id, span: self.span, severity, confidence }
    }
}

/// Whether code stands in a line that nobody writes by hand: a program that was made smaller.
fn is_minified(bytes: &[u8], span: Span) -> bool {
    let (start, end) = (span.start as usize, span.end as usize);
    let before = bytes.get(start.saturating_sub(LINE_BYTES_MAX)..start).unwrap_or(&[]);
    let after = bytes.get(end..bytes.len().min(end + LINE_BYTES_MAX)).unwrap_or(&[]);
    before.len() + after.len() > LINE_BYTES_MAX && !before.contains(&b'\n') && !after.contains(&b'\n')
}

/// Bytes on either side of a value without a line's end, from which on code is no longer written by hand. Within
/// `CONTEXT_BYTES` of the engine.
const LINE_BYTES_MAX: usize = 400;

/// The part of a value that is the credential: `Bearer x` without its scheme.
fn credential(bytes: &[u8], span: Span) -> Option<(Span, &[u8])> {
    let text = span.of_bytes(bytes);
    for scheme in [b"Bearer ".as_slice(), b"bearer ", b"Token ", b"token ", b"ApiKey ", b"Basic "] {
        if let Some(rest) = text.strip_prefix(scheme) {
            let span = Span::new(span.start as usize + scheme.len(), span.end as usize);
            return (!rest.is_empty()).then_some((span, rest));
        }
    }
    Some((span, text))
}

/// Values that say nothing: what people write where a secret will be, and words of the language.
#[rustfmt::skip] // one word a line would be pages
const STOPS: &[&str] = &[
    "null", "none", "nil", "true", "false", "undefined", "empty", "string", "str", "text", "bytes", "password",
    "passwd", "pass", "pwd", "secret", "token", "key", "apikey", "changeme", "change", "changeit", "user",
    "username", "admin", "value", "default", "test", "testing", "foo", "bar", "baz", "foobar", "example",
    "hidden", "required", "optional", "auto", "basic", "bearer", "yes", "no", "on", "off", "int", "bool",
    "boolean", "object", "any", "unknown", "invalid", "wrong", "unset", "todo", "tbd", "n/a", "na", "xxx",
    "mypassword", "mysecret", "mytoken", "yourpassword", "passphrase", "passcode", "credentials", "autofill",
    "new-password", "current-password", "one-time-code", "ask", "prompt", "keyring", "vault", "env", "file",
    "scram-sha-1", "scram-sha-256", "scram-sha-512", "caching_sha2_password", "mysql_native_password",
    "sha256_password", "plain", "plaintext", "md5", "sha256", "sha512", "bcrypt", "hash", "random", "generate", "generated",
    "disabled", "enabled", "redacted", "masked", "sensitive", "root", "guest", "anonymous", "private", "public",
    "self", "this", "client_secret_basic", "client_secret_post", "client_secret_jwt", "authorization_code",
    "refresh_token", "access_token", "id_token", "client_credentials",
];

/// [`STOPS`], to be asked often.
static STOPPING: LazyLock<HashSet<&[u8]>> = LazyLock::new(|| STOPS.iter().map(|word| word.as_bytes()).collect());

/// Beginnings of values that are kept elsewhere or sealed.
#[rustfmt::skip] // one word a line would be pages
const KEPT_ELSEWHERE: &[&str] = &[
    "ENC[", "ENC(", "!vault", "$ANSIBLE_VAULT", "vault:", "op://", "secretref:", "arn:", "projects/", "ref+",
    "file:", "env:", "env.", "secrets.", "vars.", "var.", "local.", "data.", "module.", "ssm:", "keyvault",
    "@Microsoft.KeyVault", "$2a$", "$2b$", "$2y$", "{CRYPT}", "$1$", "$5$", "$6$", "$apr1$", "$argon2", "$pbkdf2",
    "pbkdf2", "{SSHA", "{SHA", "{bcrypt}", "{noop}{", "{{", "process.", "os.", "self.", "this.", "config.",
    "ssh-rsa ", "ssh-ed25519 ", "ssh-rsa", "sha256:", "sha256-", "sha512-", "sha384-", "sha1-", "SCRAM-",
    "AQICAH", "credentials(", "http://", "https://", "-----BEGIN", "urn:", "data:", "crypt:", "gcp:", "aws:",
    "${", "%env", "%(", ".Values.", "$.Values.", ".Release.",
];

/// Whether a value is a word that says nothing.
pub(super) fn is_stop(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let bare = bare(text);
    bare.len() < 3 || STOPPING.contains(lower.as_slice()) || STOPPING.contains(bare.as_slice())
}

/// The letters and digits, in lower case.
fn bare(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}

/// Whether the value may be a secret at all, by shape.
fn is_value(text: &[u8], assignment: &Assignment<'_>) -> bool {
    if text.len() < 4 || placeholder::is_reference(text) || is_option(text) {
        return false;
    }
    if is_call(text) || is_dotted(text) || is_constant(text) || is_sentence(text) {
        return false;
    }
    if is_stop(text) || is_hash_format(text) || text.contains(&b'}') && !text.contains(&b'{') {
        return false;
    }
    if KEPT_ELSEWHERE.iter().any(|head| text.starts_with(head.as_bytes())) || placeholder::is_placeholder(text) {
        return false;
    }
    let (key, bare) = (bare(assignment.key), bare(text));
    if bare == key || key.ends_with(&bare) && bare.len() >= 4 && bare.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let odd = text.iter().filter(|byte| !byte.is_ascii_graphic() && **byte != b' ').count();
    if odd * 4 > text.len() || text.iter().any(|byte| *byte < b' ' || *byte == 0x7F) {
        return false;
    }
    !(is_path(text) || is_markup(text))
}

/// `$6$rounds=…$salt$hash` and its kin: a hash of a password, not the password.
fn is_hash_format(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| *byte == b'$');
    parts.next().is_some_and(<[u8]>::is_empty)
        && parts.next().is_some_and(|id| !id.is_empty() && id.len() <= 12 && id.iter().all(u8::is_ascii_alphanumeric))
        && parts.count() >= 2
}

/// A function that compares or hashes what it is given: its arguments are no settings.
fn is_handled(bytes: &[u8], key: Span) -> bool {
    let head = bytes.get((key.start as usize).saturating_sub(HANDLER_BYTES_MAX)..key.start as usize).unwrap_or(&[]);
    let line = head.rsplit(|byte| *byte == b'\n').next().unwrap_or(head).to_ascii_lowercase();
    ["hash", "check", "verif", "compare", "crypt", "valid", "match", "assert", "expect"]
        .iter()
        .any(|word| memchr::memmem::find(&line, word.as_bytes()).is_some())
}

/// More than one word: labels, messages.
fn is_sentence(text: &[u8]) -> bool {
    let spaces = text.iter().filter(|byte| **byte == b' ').count();
    spaces >= 2
        || spaces == 1 && !text.iter().any(u8::is_ascii_digit)
        || text.ends_with(b"?") && spaces > 0
        || text.ends_with(b":")
        || text.ends_with(b"...")
        || text.starts_with(b" ")
}

/// A file's path or name, a URL, an address.
fn is_path(text: &[u8]) -> bool {
    let starts = [b"/".as_slice(), b"./", b"../", b"~/", b"\\\\", b"@/"].iter().any(|head| text.starts_with(head));
    let slashes = text.iter().filter(|byte| **byte == b'/').count();
    let base64 = text.len() >= 32 && text.iter().any(u8::is_ascii_digit) && text.iter().any(u8::is_ascii_uppercase);
    let dot = text.iter().rposition(|byte| *byte == b'.');
    let extension = dot.and_then(|at| text.get(at + 1..)).unwrap_or(&[]);
    const EXTENSIONS: &[&[u8]] = &[
        b"pem",
        b"key",
        b"crt",
        b"cer",
        b"json",
        b"txt",
        b"yml",
        b"yaml",
        b"env",
        b"conf",
        b"js",
        b"ts",
        b"py",
        b"go",
        b"rb",
        b"html",
        b"xml",
        b"properties",
        b"p12",
        b"jks",
        b"pfx",
        b"pub",
        b"sh",
        b"md",
        b"php",
        b"com",
        b"org",
        b"net",
        b"io",
        b"java",
        b"gpg",
        b"asc",
        b"toml",
    ];
    starts && !(base64 && slashes <= 3)
        || slashes >= 2 && !base64
        || EXTENSIONS.contains(&extension)
        || memchr::memmem::find(text, b"://").is_some()
        || text.get(1..3) == Some(b":\\")
}

/// A call or subscript in a language that writes values without quotes.
fn is_call(text: &[u8]) -> bool {
    let open = text.iter().position(|byte| matches!(byte, b'(' | b'['));
    open.is_some_and(|at| {
        let head = text.get(..at).unwrap_or(&[]);
        let named = head.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'))
            && head.first().is_some_and(u8::is_ascii_alphabetic);
        named && text.iter().skip(at).any(|byte| matches!(byte, b')' | b']'))
    })
}

/// `--gecos`, `--no-cache`: the next option of a command, not the value of the one before.
fn is_option(text: &[u8]) -> bool {
    text.strip_prefix(b"--").is_some_and(|name| {
        name.first().is_some_and(u8::is_ascii_lowercase)
            && name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
    })
}

/// `user.password.label`, `config.secret`: names joined by dots.
fn is_dotted(text: &[u8]) -> bool {
    let mut parts = 0;
    let names = text.split(|byte| *byte == b'.').all(|part| {
        parts += 1;
        part.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
            && part.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            && wordiness(part).is_none_or(|bits| bits > 0.0)
    });
    names && parts >= 2
}

/// `DB_PASSWORD`: the name of a constant or an environment variable.
fn is_constant(text: &[u8]) -> bool {
    text.contains(&b'_')
        && text.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        && wordiness(text).is_some_and(|bits| bits > -0.3)
}

fn is_markup(text: &[u8]) -> bool {
    let holds = |part: &[u8]| memchr::memmem::find(text, part).is_some();
    text.first() == Some(&b'<')
        || holds(b"</")
        || holds(b"&nbsp")
        || holds(b"=>")
        || holds(b"->")
        || holds(b" = ")
        || holds(b"==") && !text.ends_with(b"==")
        || holds(b"&&")
        || holds(b"||")
}

/// Names made of words: `my-app-token`, `refreshToken`, `some_secret_name`.
fn is_name(text: &[u8]) -> bool {
    let plain =
        text.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.' | b' ' | b':' | b'/'));
    plain && wordiness(text).is_none_or(|bits| bits > 0.1)
}

fn strength(text: &[u8]) -> Strength {
    let classes = Classes::of(text);
    let words = wordiness(text);
    let random = is_random(text, classes, words);
    if random {
        return Strength::Random;
    }
    let letters_only = classes.digit == 0 && classes.other == 0;
    if letters_only && words.is_none_or(|bits| bits > -0.5) || is_name(text) {
        return Strength::Word;
    }
    Strength::Mixed
}

fn is_random(text: &[u8], classes: Classes, words: Option<f32>) -> bool {
    if text.len() < 16 {
        return false;
    }
    let entropy = shannon(text);
    let hex = text.iter().all(u8::is_ascii_hexdigit);
    if hex {
        return entropy >= 2.8 && classes.digit > 0 && classes.digit < text.len();
    }
    if is_uuid(text) {
        return true;
    }
    let wordy = words.is_some_and(|bits| bits > 0.35);
    let letters = classes.lower + classes.upper;
    // Base 36 and up: digits among letters, or case that changes all the time.
    let mixed =
        classes.digit * 12 >= text.len() && letters > 0 || classes.changes * 3 >= text.len() && classes.upper > 0;
    entropy >= 3.2 && mixed && !wordy && classes.other * 3 <= text.len()
        || entropy >= 3.6 && words.is_some_and(|bits| bits < -0.8) && letters * 4 >= text.len() * 3
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn takes_password(text: &[u8], strength: Strength, assignment: &Assignment<'_>, kind: FileKind) -> bool {
    if text.len() > 80 && strength != Strength::Random {
        return false;
    }
    let quoted = assignment.quote != Quote::None;
    let settings =
        matches!(kind.syntax, Syntax::Plain | Syntax::Yaml | Syntax::Json) || assignment.join == Join::Element;
    match kind.purpose {
        Purpose::Product => match strength {
            Strength::Random | Strength::Mixed => {
                (quoted
                    || settings
                    || assignment.join == Join::Parameter
                    || strength == Strength::Random
                    || !text.ends_with(b"."))
                    && !(matches!(kind.syntax, Syntax::Code) && is_identifier_with_digits(text))
            }
            Strength::Word => {
                let says_itself = ["pass", "secret", "token", "pwd", "credential"]
                    .iter()
                    .any(|word| memchr::memmem::find(&text.to_ascii_lowercase(), word.as_bytes()).is_some());
                let plain_name =
                    is_name(text) && text.iter().any(|byte| matches!(byte, b'_' | b'-' | b'.' | b' ' | b':' | b'/'));
                if kind.syntax == Syntax::Code {
                    let lower = text.iter().all(u8::is_ascii_lowercase);
                    return quoted && lower && text.len() >= 10 && !says_itself && assignment.join == Join::Assign;
                }
                settings
                    && !(says_itself && kind.syntax == Syntax::Json)
                    && !(plain_name && (kind.syntax != Syntax::Plain || says_itself))
                    && assignment.join != Join::Call
            }
        },
        Purpose::Docs => {
            (quoted || assignment.join == Join::Assign && settings)
                && strength >= Strength::Mixed
                && text.len() >= 8
                && Classes::of(text).kinds() >= 3
        }
        Purpose::Test => {
            strength == Strength::Random
                || strength == Strength::Mixed && text.len() >= 8 && Classes::of(text).kinds() >= 3
        }
        Purpose::Generated | Purpose::Locale => false,
    }
}

/// `password1`, `user2`: names of variables and fields.
fn is_identifier_with_digits(text: &[u8]) -> bool {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_').count();
    let digits = text.len() - letters;
    let lower = text.to_ascii_lowercase();
    digits <= 4
        && text.iter().skip(letters).all(u8::is_ascii_digit)
        && ["pass", "pwd", "user", "field", "input", "secret", "test"]
            .iter()
            .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

fn takes_secret(text: &[u8], strength: Strength, assignment: &Assignment<'_>, kind: FileKind) -> bool {
    if text.len() < 8 || is_name(text) && kind.syntax == Syntax::Code {
        return false;
    }
    match strength {
        Strength::Random => is_token(text, Noun::Secret, assignment, kind),
        Strength::Mixed => kind.purpose == Purpose::Product && Classes::of(text).kinds() >= 3 && text.len() >= 10,
        Strength::Word => false, // weaker than `weakest`
    }
}

/// Long random values that are something public: hashes by name, versions, dates, resource names.
fn is_token(text: &[u8], noun: Noun, assignment: &Assignment<'_>, kind: FileKind) -> bool {
    let key = assignment.key.to_ascii_lowercase();
    let says = |word: &str| memchr::memmem::find(&key, word.as_bytes()).is_some();
    if [
        "hash",
        "sha",
        "md5",
        "checksum",
        "digest",
        "commit",
        "revision",
        "etag",
        "public",
        "fingerprint",
        "integrity",
        "uuid",
        "guid",
        "accessor",
    ]
    .iter()
    .any(|word| says(word))
    {
        return false;
    }
    if text.contains(&b' ')
        || text.iter().any(|byte| matches!(byte, b'<' | b'>' | b'(' | b')' | b'{' | b'}' | b'"' | b','))
    {
        return false;
    }
    // An option within a string of a program's is one of its help texts.
    let helps = assignment.join == Join::Space && kind.syntax == Syntax::Code;
    if is_uuid(text) && (kind.purpose != Purpose::Product || noun == Noun::Auth || helps) {
        return false;
    }
    let ends_alone = assignment.join != Join::Compare;
    ends_alone || kind.purpose == Purpose::Product
}
