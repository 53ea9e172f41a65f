//! Checks that are data: one setting, and what it must be.

use palisade_model::Safety;

use super::{Resource, resource::Setting};
use crate::Report;

/// What one setting of a resource must be. What is not known is no fault.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Names of blocks and attributes: `versioning.enabled`; other names that the setting had follow after `|`.
    pub path: &'static str,
    /// What is wanted.
    pub wanted: Wanted,
    /// Other settings that make the fault moot when they are set.
    pub unless: &'static [&'static str],
    /// What is wrong and why it matters.
    pub message: &'static str,
    /// What to write instead, as Terraform has it, where a provider changes that in place.
    pub mend: Option<(&'static str, Safety)>,
}

/// What is wanted of a setting.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// True; when it is not set it counts as false.
    True,
    /// Anything but false; when it is not set it counts as true.
    NotFalse,
    /// Anything but true; when it is not set it counts as false.
    NotTrue,
    /// False; when it is not set it counts as true.
    False,
    /// Set to something.
    Set,
    /// When it is set, none of these; cases do not matter.
    NoneOf(&'static [&'static str]),
    /// Set to one of these; cases do not matter.
    OneOf(&'static [&'static str]),
    /// Set to at least this number.
    AtLeast(f64),
    /// When it is set, at least this number.
    AtLeastIfSet(f64),
}

impl Rule {
    /// A rule without exceptions.
    #[must_use]
    pub const fn new(path: &'static str, wanted: Wanted, message: &'static str) -> Self {
        Self { path, wanted, unless: &[], message, mend: None }
    }

    /// The same, but for resources that set one of these.
    #[must_use]
    pub const fn unless(self, unless: &'static [&'static str]) -> Self {
        Self { unless, ..self }
    }

    /// The same, with a literal that mends it. Not for what a provider only changes by making the resource anew.
    #[must_use]
    pub const fn mended(self, literal: &'static str, safety: Safety) -> Self {
        Self { mend: Some((literal, safety)), ..self }
    }

    pub(super) fn judge(&self, resource: &Resource<'_>, report: &mut Report<'_>) {
        if self.unless.iter().any(|name| resource.get(name).is_some()) {
            return;
        }
        let paths = || self.path.split('|');
        let known = paths().find(|path| resource.settings(path).iter().any(|setting| setting.value.is_some()));
        // Which of several names is right depends on the provider's version.
        let sure = known.is_some() || paths().nth(1).is_none();
        let path = known.or_else(|| paths().next()).unwrap_or("");
        for setting in resource.settings(path) {
            if setting.is_unknown() || !self.wanted.is_missed(setting) {
                continue;
            }
            let mend = self.mend.filter(|_| sure);
            let fix = mend.and_then(|(literal, safety)| resource.mend(setting, path, literal, safety));
            if let Some(draft) = resource.fault(setting, self.message, report) {
                draft.maybe_fix(fix);
            }
        }
    }
}

impl Wanted {
    fn is_missed(self, setting: Setting<'_>) -> bool {
        let Some(value) = setting.value else {
            return matches!(self, Self::True | Self::False | Self::Set | Self::OneOf(_) | Self::AtLeast(_));
        };
        let among = |list: &[&str]| value.as_str().map(|text| list.iter().any(|one| one.eq_ignore_ascii_case(text)));
        match self {
            Self::True | Self::NotFalse => value.as_bool() == Some(false),
            Self::NotTrue | Self::False => value.as_bool() == Some(true),
            Self::Set => value.as_str() == Some("") || value.as_list().is_some_and(<[_]>::is_empty),
            Self::NoneOf(list) => among(list) == Some(true),
            Self::OneOf(list) => among(list) == Some(false),
            Self::AtLeast(least) | Self::AtLeastIfSet(least) => value.as_number().is_some_and(|number| number < least),
        }
    }
}
