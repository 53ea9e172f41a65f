//! The languages of the built-in reader as ast-grep wants to be told of them.

use std::borrow::Cow;

use ast_grep_core::Language as _;
use ast_grep_core::matcher::{Pattern, PatternBuilder, PatternError};
use ast_grep_core::tree_sitter::{LanguageExt, StrDoc, TSLanguage};
use palisade_inventory::code::Language;

/// A language in which patterns are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tongue(pub(super) Language);

impl Tongue {
    /// By the name that a rule gives it.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(Self(match name.to_ascii_lowercase().as_str() {
            "python" | "py" => Language::Python,
            "javascript" | "js" | "jsx" => Language::JavaScript,
            "typescript" | "ts" => Language::TypeScript,
            "tsx" => Language::Tsx,
            "go" | "golang" => Language::Go,
            "java" => Language::Java,
            "rust" | "rs" => Language::Rust,
            _ => return None,
        }))
    }

    pub(super) fn knows_kind(self, kind: &str) -> bool {
        self.kind_to_id(kind) != 0
    }
}

impl ast_grep_core::Language for Tongue {
    fn pre_process_pattern<'q>(&self, query: &'q str) -> Cow<'q, str> {
        match self.expando_char() {
            '$' => Cow::Borrowed(query),
            sign => Cow::Owned(respelt(query, sign)),
        }
    }

    /// A letter that no program uses, where `$` does not begin a name.
    fn expando_char(&self) -> char {
        match self.0 {
            Language::Python | Language::Go | Language::Rust => 'µ',
            Language::JavaScript | Language::TypeScript | Language::Tsx | Language::Java => '$',
        }
    }

    fn kind_to_id(&self, kind: &str) -> u16 {
        self.0.grammar().id_for_node_kind(kind, true)
    }

    fn field_to_id(&self, field: &str) -> Option<u16> {
        self.0.grammar().field_id_for_name(field).map(Into::into)
    }

    fn build_pattern(&self, builder: &PatternBuilder<'_>) -> Result<Pattern, PatternError> {
        builder.build(|source| StrDoc::try_new(source, *self))
    }
}

impl LanguageExt for Tongue {
    fn get_ts_language(&self) -> TSLanguage {
        self.0.grammar()
    }
}

/// Puts `sign` for the `$` of each variable: `$NAME`, `$$NAME`, `$$$NAME`, `$_` and a bare `$$$`.
fn respelt(query: &str, sign: char) -> String {
    let mut out = String::with_capacity(query.len() + 8);
    let mut rest = query;
    while let Some(at) = rest.find('$') {
        let (head, tail) = rest.split_at(at);
        let behind = tail.trim_start_matches('$');
        let dollars = tail.len() - behind.len();
        let variable = dollars == 3 || behind.starts_with(|next: char| next.is_ascii_uppercase() || next == '_');
        out.push_str(head);
        out.extend(std::iter::repeat_n(if variable { sign } else { '$' }, dollars));
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_respelt_and_other_dollars_stay() {
        let check = |query, expected: &str| assert_eq!(respelt(query, 'µ'), expected);
        check("f($A, $$$ARGS)", "f(µA, µµµARGS)");
        check("f($$$)", "f(µµµ)");
        check("'$1' + $_B", "'$1' + µ_B");
        check("plain", "plain");
    }
}
