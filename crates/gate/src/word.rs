//! Words for a shell, so that a command that is proposed means what it says.

/// A word for a shell, quoted when it must be.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "/._-+@".contains(sign);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
