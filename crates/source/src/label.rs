//! File names as text: nothing lost, nothing guessed.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

/// A path as text with `/` between its parts.
///
/// Names that are not UTF-8 keep their readable parts; each other byte becomes
/// `\xNN`, and a backslash in such a name is doubled. Control characters stay as
/// they are: whoever prints escapes them.
pub fn label(path: &Path) -> Cow<'_, str> {
    match path.to_str() {
        Some(text) if !cfg!(windows) => Cow::Borrowed(text),
        Some(text) => Cow::Owned(text.replace('\\', "/")),
        None => label_bytes(path.as_os_str().as_encoded_bytes()),
    }
}

/// As [`label`], for names that come from git or an archive.
pub(crate) fn label_bytes(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character == '\\' {
                text.push('\\');
            }
            text.push(character);
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}"); // writing to a string cannot fail
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_text_and_escapes_the_rest() {
        assert_eq!(label_bytes(b"a/b c\n.yml"), "a/b c\n.yml");
        assert_eq!(label_bytes(b"a\\b"), "a\\b");
        assert_eq!(label_bytes(b"caf\xe9\\x.txt"), "caf\\xe9\\\\x.txt");
    }
}
