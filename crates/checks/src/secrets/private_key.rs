//! Private keys, parsed and not only matched: the body must decode to what its label promises.
//!
//! A header alone, as in code that writes or tests for keys, is no finding.

use palisade_model::{Severity, Span};

use super::anchor::Hit;
use super::decode::base64;
use super::detector::Found;
use super::engine::MATCH_BYTES_MAX;

/// What the label of a block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    /// DER: `RSA`, `EC`, `DSA` or none (PKCS#8).
    Der,
    /// `ENCRYPTED PRIVATE KEY`: PKCS#8 under a passphrase.
    Sealed,
    /// `OPENSSH PRIVATE KEY`.
    OpenSsh,
    /// `PGP PRIVATE KEY BLOCK`.
    Pgp,
}

const ENCRYPTED: &str = "encrypted with a passphrase, which is now all that protects it";

/// A PEM block at its `-----BEGIN`.
pub(super) fn pem(bytes: &[u8], hit: Hit) -> Option<Found> {
    block(bytes, hit, |label| label != Label::Pgp)
}

/// An OpenPGP secret key block.
pub(super) fn pgp(bytes: &[u8], hit: Hit) -> Option<Found> {
    block(bytes, hit, |label| label == Label::Pgp)
}

fn block(bytes: &[u8], hit: Hit, wanted: impl Fn(Label) -> bool) -> Option<Found> {
    let window = bytes.get(hit.at..bytes.len().min(hit.at + MATCH_BYTES_MAX))?;
    let head_end = memchr::memmem::find(window.get(10..100.min(window.len()))?, b"-----")? + 10;
    let name = window.get(b"-----BEGIN ".len()..head_end)?;
    let label = match name {
        b"PRIVATE KEY" | b"RSA PRIVATE KEY" | b"EC PRIVATE KEY" | b"DSA PRIVATE KEY" => Label::Der,
        b"ENCRYPTED PRIVATE KEY" => Label::Sealed,
        b"OPENSSH PRIVATE KEY" => Label::OpenSsh,
        b"PGP PRIVATE KEY BLOCK" => Label::Pgp,
        _ => return None,
    };
    if !wanted(label) {
        return None;
    }
    let body_start = head_end + 5;
    let end_mark = [b"-----END ".as_slice(), name, b"-----"].concat();
    let body_length = memchr::memmem::find(window.get(body_start..)?, &end_mark)?;
    let body = window.get(body_start..body_start + body_length)?;
    let (text, has_headers) = plain_body(body);
    let end = hit.at + body_start + body_length + end_mark.len();
    let data = base64(text.get(..text.len().min(4096))?)?;
    let mut found = Found::at(hit.at, end);
    let sealed = match label {
        Label::Der if has_headers => memchr::memmem::find(body, b"ENCRYPTED").is_some(),
        Label::Der => {
            is_der_key(&data).then_some(())?;
            false
        }
        Label::Sealed => {
            is_der_sequence(&data).then_some(())?;
            true
        }
        Label::OpenSsh => {
            let rest = data.strip_prefix(b"openssh-key-v1\0")?;
            // The first string names the cipher.
            !rest.starts_with(b"\0\0\0\x04none")
        }
        Label::Pgp => {
            // Packet tag 5, a secret key, in the old or the new format.
            matches!(data.first(), Some(byte) if byte & 0x80 != 0 && (byte & 0x40 != 0 && byte & 0x3F == 5 || byte & 0x40 == 0 && (byte >> 2) & 0x0F == 5))
                .then_some(())?;
            false
        }
    };
    if super::placeholder::is_filler(text.get(text.len() / 2..)?.get(..32.min(text.len() / 2))?) {
        return None;
    }
    if sealed {
        found.severity = Some(Severity::Medium);
        found.note = Some(ENCRYPTED);
    }
    Some(found)
}

/// The base64 of a block without line ends (real ones, or escaped as in JSON and Go strings), quotes, `+`
/// of concatenation, comment marks, headers and the OpenPGP checksum; and whether there were headers.
fn plain_body(body: &[u8]) -> (Vec<u8>, bool) {
    let mut text = Vec::with_capacity(body.len());
    let mut headers = false;
    let unescaped = unescape(body);
    for line in unescaped.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii().trim_ascii_start();
        let line = line.strip_prefix(b"//").or_else(|| line.strip_prefix(b"# ")).unwrap_or(line);
        if line.contains(&b':') {
            headers = true;
            continue;
        }
        if line.first() == Some(&b'=') {
            continue;
        }
        let code = line.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        for byte in line {
            if byte.is_ascii_alphanumeric() || *byte == b'/' || *byte == b'+' && !code {
                text.push(*byte);
            } else if *byte == b'+' {
                // Within quotes it is part of the key, outside it joins strings.
                text.push(*byte);
            } else if matches!(byte, b'=') {
                break;
            }
        }
        // A joining plus stands at an end of the line, after the quote.
        if code && line.ends_with(b"+") {
            text.pop();
        }
    }
    (text, headers)
}

fn unescape(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(byte) = body.get(at) {
        match (byte, body.get(at + 1)) {
            (b'\\', Some(b'n')) => {
                out.push(b'\n');
                at += 2;
            }
            (b'\\', Some(b'r' | b't')) => at += 2,
            (b'\\', Some(b'/')) => {
                out.push(b'/');
                at += 2;
            }
            (b'\\', Some(_)) => at += 1,
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

/// A DER sequence whose length fits, give or take what a cut at the window leaves.
fn is_der_sequence(data: &[u8]) -> bool {
    match data {
        [0x30, 0x82, high, low, rest @ ..] => {
            (usize::from(*high) << 8 | usize::from(*low)) <= rest.len() + 4 && rest.len() > 32
        }
        [0x30, 0x81, length, rest @ ..] => usize::from(*length) <= rest.len() + 4 && rest.len() > 32,
        [0x30, length, rest @ ..] if *length < 0x80 => usize::from(*length) <= rest.len() + 4 && rest.len() >= 32,
        _ => false,
    }
}

/// A sequence that begins with a version number, as every unencrypted private key does.
fn is_der_key(data: &[u8]) -> bool {
    let body = match data {
        [0x30, 0x82, _, _, rest @ ..] | [0x30, 0x81, _, rest @ ..] => rest,
        [0x30, length, rest @ ..] if *length < 0x80 => rest,
        _ => return false,
    };
    is_der_sequence(data) && matches!(body, [0x02, 0x01, 0x00 | 0x01, ..])
}

/// PuTTY's own format: `PuTTY-User-Key-File-2: ssh-rsa`.
pub(super) fn putty(bytes: &[u8], hit: Hit) -> Option<Found> {
    let window = bytes.get(hit.at..bytes.len().min(hit.at + MATCH_BYTES_MAX))?;
    let private = memchr::memmem::find_iter(window, b"Private-Lines: ").find(|at| {
        let before = at.checked_sub(1).and_then(|before| window.get(before));
        let after = window.get(at + "Private-Lines: ".len());
        matches!(before, Some(b'\n' | b'n')) && after.is_some_and(u8::is_ascii_digit) // `n`: an escaped line end
    })?;
    let mac =
        memchr::memmem::find(window, b"Private-MAC:").or_else(|| memchr::memmem::find(window, b"Private-Hash:"))?;
    let end = window.get(mac..)?.iter().position(|byte| *byte == b'\n').map_or(window.len(), |length| mac + length);
    (private < mac).then_some(())?;
    let mut found = Found { span: Span::new(hit.at, hit.at + end), severity: None, note: None };
    let head = window.get(..private)?;
    if memchr::memmem::find(head, b"Encryption: aes").is_some() {
        found.severity = Some(Severity::Medium);
        found.note = Some(ENCRYPTED);
    }
    Some(found)
}
