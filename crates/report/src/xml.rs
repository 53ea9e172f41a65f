//! Text inside XML and HTML.

use std::borrow::Cow;

use crate::text::visible;

/// `text` for element content and quoted attributes. Characters that XML 1.0 cannot carry, and those
/// that reorder or hide text, are spelled out before.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    let shown = visible(text);
    if !shown.contains(needs) {
        return shown;
    }
    let mut out = String::with_capacity(shown.len() + 16);
    for character in shown.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

fn needs(character: char) -> bool {
    matches!(character, '&' | '<' | '>' | '"' | '\'' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_attribute_or_is_illegal_in_xml() {
        assert_eq!(
            escape("<a b=\"c\" d='e'>&\u{0}\u{ffff}\n"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\\u{0}\u{fffd}\\n"
        );
    }
}
