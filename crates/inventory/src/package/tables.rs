//! Reading TOML with spans.

use palisade_model::Span;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// The place of a value.
pub(super) fn span(value: &Value<'_>) -> Span {
    Span::new(value.span().start, value.span().end)
}

/// Reads along keys of tables.
pub(super) trait Look<'t> {
    /// The value under a key.
    fn value(&self, key: &str) -> Option<&Value<'t>>;

    /// The text under a key.
    fn text<'s>(&'s self, key: &str) -> Option<&'s str>
    where
        't: 's,
    {
        self.value(key)?.get_ref().as_str()
    }

    /// The table under a key.
    fn table<'s>(&'s self, key: &str) -> Option<&'s DeTable<'t>>
    where
        't: 's,
    {
        self.value(key)?.get_ref().as_table()
    }

    /// The items of the array under a key.
    fn items<'s>(&'s self, key: &str) -> &'s [Value<'t>]
    where
        't: 's,
    {
        self.value(key).and_then(|value| value.get_ref().as_array()).map_or(&[], |array| array)
    }
}

impl<'t> Look<'t> for DeTable<'t> {
    fn value(&self, key: &str) -> Option<&Value<'t>> {
        self.get(key)
    }
}
