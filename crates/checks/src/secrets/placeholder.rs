//! Values that stand for a secret and are none: examples, masks, sequences, template variables, values
//! that a vendor publishes for everybody.

use sha2::{Digest as _, Sha256};

/// Marks of an example, in lower case. Each is long enough that a random token practically never holds it.
#[rustfmt::skip] // one word a line would be pages
const MARKS: [&[u8]; 30] = [
    b"example", b"placeholder", b"changeme", b"change_me", b"change-me", b"replace", b"redacted", b"sample",
    b"dummy", b"insert", b"your_", b"your-", b"yourt", b"yourk", b"youra", b"yours", b"yourp", b"xxxx", b"****",
    b"....", b"fake", b"todo", b"secrettoken", b"testtest", b"notareal", b"not-a-real",
    b"mock-", b"mock_", b"this_is_a", b"this-is-a",
];

/// Equal neighbours from which a value counts as filler.
const REPEAT_MAX: usize = 6;
/// Steps of one (`abcdef`, `123456`, `fedcba`) from which a value counts as typed by hand.
const SEQUENCE_MAX: usize = 7;

/// First eight bytes of the SHA-256 of values that vendors and specifications publish for everybody to
/// use. Hashes, so that none stands in this file.
const PUBLISHED: &[[u8; 8]] = &[
    [0x13, 0xd3, 0x1e, 0x96, 0x1a, 0x1a, 0xd8, 0xec], // the signature of RFC 7515's first token
    [0x05, 0x1d, 0x09, 0x3c, 0x4b, 0xde, 0xdb, 0xf2], // the signature of jwt.io's token
    [0x00, 0x11, 0xcc, 0x25, 0xeb, 0x43, 0x20, 0x71], // the Azurite account key
    [0xaa, 0x65, 0x47, 0x43, 0x95, 0x83, 0xc3, 0xa2], // the Cosmos DB emulator's key
    [0x2c, 0xaf, 0xc0, 0x97, 0x01, 0x49, 0xa8, 0x4f], // Stripe's documented test key
    [0xf2, 0xd6, 0xca, 0x16, 0x51, 0x50, 0x33, 0xe5], // Stripe's older test key
];

/// Whether the random part of a token gives it away as an example.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    MARKS.iter().any(|mark| memchr::memmem::find(&lower, mark).is_some()) || is_filler(value) || is_published(value)
}

/// Whether the value is repetition or a typed sequence.
pub(super) fn is_filler(value: &[u8]) -> bool {
    let mut repeat = 1;
    let mut up = 1;
    let mut down = 1;
    let mut seen = [false; 256];
    let mut distinct = 0_usize;
    let mut before: Option<u8> = None;
    for byte in value.iter().map(u8::to_ascii_lowercase) {
        if let Some(slot) = seen.get_mut(usize::from(byte)) {
            distinct += usize::from(!*slot);
            *slot = true;
        }
        if let Some(before) = before {
            let (same, next, previous) =
                (byte == before, before.checked_add(1) == Some(byte), before.checked_sub(1) == Some(byte));
            repeat = if same { repeat + 1 } else { 1 };
            up = if next { up + 1 } else { 1 };
            down = if previous { down + 1 } else { 1 };
            if repeat >= REPEAT_MAX || up >= SEQUENCE_MAX || down >= SEQUENCE_MAX {
                return true;
            }
        }
        before = Some(byte);
    }
    let long_and_poor =
        distinct == 1 && value.len() >= 3 || value.len() >= 12 && distinct <= 4 || value.len() >= 20 && distinct <= 6;
    long_and_poor || is_periodic(value)
}

/// The same short piece over and over: `abcdabcdabcd`.
fn is_periodic(value: &[u8]) -> bool {
    value.len() >= 12
        && (1..=value.len() / 3)
            .any(|period| value.iter().zip(value.iter().skip(period)).all(|(left, right)| left == right))
}

/// Whether somebody published the value for everybody.
pub(super) fn is_published(value: &[u8]) -> bool {
    let digest = Sha256::digest(value);
    PUBLISHED.iter().any(|known| digest.starts_with(known))
}

/// Whether the text is a reference to a value kept elsewhere (`${VAR}`, `{{ var }}`, `<token>`, `%s`, `$(cmd)`), or a
/// pattern that values must match (`^.{8,32}$`).
pub(super) fn is_reference(value: &[u8]) -> bool {
    let quoted = |byte: &&u8| matches!(byte, b'"' | b'\'' | b'\\' | b'`');
    let (left, right) = (value.iter().take_while(quoted).count(), value.iter().rev().take_while(quoted).count());
    let value = value.get(left..value.len().saturating_sub(right)).unwrap_or(value);
    let first = value.first().copied().unwrap_or(0);
    let last = value.last().copied().unwrap_or(0);
    let holds = |part: &[u8]| memchr::memmem::find(value, part).is_some();
    matches!((first, last), (b'<', b'>') | (b'{', b'}') | (b'[', b']') | (b'%', b'%') | (b'(', b')'))
        || (first, last) == (b'^', b'$')
        // Compose and make write `$$NAME` for the shell's `$NAME`.
        || value.strip_prefix(b"$$").is_some_and(|name| {
            name.len() >= 3
                && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        })
        || first == b'$'
            && value.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'{' | b'(' | b'_'))
            && !holds(b"$$")
        || holds(b"${")
        || holds(b"{{")
        || holds(b"}}")
        || holds(b"$(")
        || holds(b"#{")
        || holds(b"<%")
        || holds(b"@{")
        || holds(b"%s")
        || holds(b"%v")
        || holds(b"%d")
        || holds(b"{}")
        || holds(b"{0}")
        || first == b'<' && holds(b">")
        || holds(b"\\(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_masks_and_sequences_are_placeholders() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "ghp_xxxxxxxxxxxx",
            "your_token_here",
            "abcdefghijkl",
            "0000000000",
            "a1b2a1b2a1b2a1b2",
            "1234567890",
            "REDACTED",
        ] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        for text in ["QYLPMN5HHHFPZAM2", "9f8a7c6e5d4b3a2918", "Tr0ub4dor&3"] {
            assert!(!is_placeholder(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn references_are_told_from_values() {
        for text in [
            "${DB_PASS}",
            "$DB_PASS",
            "{{ token }}",
            "<your token>",
            "%PASSWORD%",
            "$(cat f)",
            "[token]",
            "#{token}",
            "^.{8,32}$",
            "user:%s",
            "$$REDIS_PASSWORD",
        ] {
            assert!(is_reference(text.as_bytes()), "{text}");
        }
        for text in ["Pa$$w0rd", "a<b", "50%off", "$1$salt"] {
            assert!(!is_reference(text.as_bytes()), "{text}");
        }
    }
}
