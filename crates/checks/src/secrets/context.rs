//! What stands around an assignment and tells that its value is no secret.
//!
//! It looks at the line alone, and refuses to judge by it what looks random.

use palisade_model::Span;

/// How far left of a key its line is looked at. Within `CONTEXT_BYTES` of the engine.
const LINE_BYTES_MAX: usize = 200;
/// How far before a key a service is named that hands out keys for everybody.
const SERVICE_BYTES_MAX: usize = 160;

/// The bytes before the key in its line; `None` when the line begins too far away to tell.
fn line_before(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let from = at.saturating_sub(LINE_BYTES_MAX);
    let head = bytes.get(from..at)?;
    match memchr::memrchr(b'\n', head) {
        Some(end) => head.get(end + 1..),
        None => (from == 0).then_some(head),
    }
}

/// Whether the line is a comment: an example for whoever fills in the settings, or prose.
pub(super) fn is_commented(bytes: &[u8], key: Span) -> bool {
    let Some(line) = line_before(bytes, key.start as usize) else { return false };
    let line = line.trim_ascii_start();
    let directive = [b"#define".as_slice(), b"#pragma", b"#set", b"#if"].iter().any(|word| line.starts_with(word));
    !directive && [b"#".as_slice(), b"//", b"/*", b"* ", b"<!--", b";"].iter().any(|sign| line.starts_with(sign))
}

/// Whether key and value are a route and what answers to it: `"/login/reset_password" => "login#reset_password"`.
pub(super) fn is_route(bytes: &[u8], key: Span, value: &[u8]) -> bool {
    let Some((controller, action)) =
        value.iter().position(|byte| *byte == b'#').and_then(|at| value.split_at_checked(at))
    else {
        return false;
    };
    let name = |text: &[u8]| {
        !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'/' | b':'))
    };
    let action = action.get(1..).unwrap_or(&[]);
    if !name(controller) || !name(action) {
        return false;
    }
    is_in_quoted_path(bytes, key) || key.of_bytes(bytes) == action
}

/// Whether the key is the last part of a path in quotes: `"/login/reset_password"`.
fn is_in_quoted_path(bytes: &[u8], key: Span) -> bool {
    let quoted = bytes.get(key.end as usize).is_some_and(|byte| matches!(byte, b'"' | b'\''));
    let line = line_before(bytes, key.start as usize).unwrap_or(&[]);
    let open = line.iter().rposition(|byte| matches!(byte, b'"' | b'\''));
    quoted && line.ends_with(b"/") && open.is_some_and(|at| !line.iter().skip(at).any(|byte| *byte == b' '))
}

/// Whether a page hands the key to everybody's browser by design: a search box that may only search.
pub(super) fn is_handed_out(bytes: &[u8], key: Span, value: &[u8]) -> bool {
    let from = (key.start as usize).saturating_sub(SERVICE_BYTES_MAX);
    let before = bytes.get(from..key.start as usize).unwrap_or(&[]).to_ascii_lowercase();
    let project_key = value.starts_with(b"phc_"); // PostHog's, which can only send events
    project_key || memchr::memmem::find(&before, b"docsearch(").is_some()
}
