//! Rules on source code as data: what is called or set, with which arguments.

use palisade_inventory::code::Language;

use super::names::Kind;

/// What a check looks for, in which languages.
#[derive(Clone, Copy, Debug)]
pub struct CodeRule {
    /// Sources of these languages are looked at.
    pub(crate) languages: &'static [Language],
    /// Any of them is a finding.
    pub(crate) rows: &'static [Row],
    /// What is said of a finding.
    pub(crate) message: &'static str,
    /// A file without any of these words is not parsed for this rule, nor one without the names in the rows.
    pub(crate) words: &'static [&'static str],
    /// Nor is one without any of these; by default, for rows that ask for something from outside, what brings it.
    pub(crate) also: &'static [&'static str],
    /// A file with one of these words is not judged by this rule.
    pub(crate) unless: &'static [&'static str],
    /// Whether what happens in some environments only is judged too.
    pub(crate) everywhere: bool,
}

/// One way in which the fault is written.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub(crate) trigger: Trigger,
    /// Sources of these languages are looked at; of all that the rule has when there are none.
    pub(crate) languages: &'static [Language],
    /// All must hold.
    pub(crate) when: &'static [(At, Test)],
}

/// What a row looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trigger {
    /// Calls of these paths.
    Call(&'static [&'static str]),
    /// Values given to these paths.
    Set(&'static [&'static str]),
    /// Comparisons.
    Compare,
}

/// Which value of a call or a setting is tested.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    /// The argument of a place, or else of a name.
    Arg(usize, &'static str),
    /// The argument of a name alone.
    Named(&'static str),
    /// A member of the object that is the argument of a place; dots lead to members of members.
    Field(usize, &'static str),
    /// A member of the object that is given.
    Inner(&'static str),
    /// Some argument.
    Any,
    /// The value whose method is called, or that is compared.
    Receiver,
    /// The value that is given, or that it is compared with.
    Value,
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Test {
    /// It comes from outside, and nothing cleaned it against this danger.
    Outside(u32),
    /// The same, or a text into which a parameter of the function is put.
    Injected(u32),
    /// The same, and the text is seen to be SQL.
    SqlText,
    /// It comes from outside or is a parameter of the function.
    Given,
    /// Injected into a text of SQL.
    Sql,
    /// This truth.
    Is(bool),
    /// A number below.
    Below(f64),
    /// One of these texts, whatever the case.
    Text(&'static [&'static str]),
    /// A text that has one of these, whatever the case.
    Has(&'static [&'static str]),
    /// Given by one of these paths.
    From(&'static [&'static str]),
    /// Not given.
    Missing,
    /// Given, whatever it is.
    Present,
    /// Not given, or a path other than these.
    NotFrom(&'static [&'static str]),
    /// Not said to be false.
    NotFalse,
    /// Not a text that is written in the file, nor nothing.
    NotText,
    /// Written in the file as text.
    Literal,
    /// Not written in the file.
    Unfixed,
    /// A list with one of these texts.
    Holds(&'static [&'static str]),
    /// Made with a key: the code of a message.
    Hmac,
    /// A credential that somebody outside sent.
    Credential,
    /// A name that speaks of a password.
    Password,
    /// An object of which a member comes from a request's body or query as it is.
    BodyField,
    /// All of a request's body.
    WholeBody,
    /// Given, and an object without this member.
    NoField(&'static str),
    /// Named by a member of an archive.
    Member,
    /// `None`, `null`, `nil`
    Null,
    /// A text that begins with one of these, whatever the case.
    Begins(&'static [&'static str]),
    /// A file of a fixed name in the folder for temporary files.
    Temporary,
    /// An address that is not this machine alone.
    Reachable,
    /// A size that only keys of RSA have.
    ShortRsa,
    /// A mode of a file that lets everybody write.
    WorldWritable,
    /// A list written here without any of these texts.
    Without(&'static [&'static str]),
    /// A list of texts that are written here.
    Written,
    /// An object that is written here without any of these members.
    Lacks(&'static [&'static str]),
    /// A text that names a size of at least so many MiB, or no end at all.
    Mebibytes(f64),
    /// Said to be false, or not there.
    NotTrue,
    /// A list whose first text has one of these, whatever the case.
    Leads(&'static [&'static str]),
    /// Not an object into which something is spread that is not seen here.
    Closed,
    /// A list with nothing in it.
    Empty,
    /// Its source has one of these texts.
    Shown(&'static [&'static str]),
    /// It, or a part of it, has a name that speaks of such a thing.
    Tells(Kind),
}

/// Dangers that a value can be cleaned against.
pub(crate) mod danger {
    pub(crate) const SQL: u32 = 1;
    pub(crate) const SHELL: u32 = 1 << 1;
    pub(crate) const PATH: u32 = 1 << 2;
    pub(crate) const URL: u32 = 1 << 3;
    pub(crate) const HTML: u32 = 1 << 4;
    pub(crate) const CODE: u32 = 1 << 5;
    pub(crate) const QUERY: u32 = 1 << 6;
    pub(crate) const XML: u32 = 1 << 7;
}

/// A rule on these rows.
pub(crate) const fn rule(languages: &'static [Language], rows: &'static [Row], message: &'static str) -> CodeRule {
    CodeRule { languages, rows, message, words: &[], also: &[], unless: &[], everywhere: true }
}

impl CodeRule {
    /// Only files that have one of these words can have the fault.
    pub(crate) const fn words(mut self, words: &'static [&'static str]) -> Self {
        self.words = words;
        self
    }

    /// Nor can those without any of these.
    pub(crate) const fn also(mut self, words: &'static [&'static str]) -> Self {
        self.also = words;
        self
    }

    /// Files with one of these words do not have the fault.
    pub(crate) const fn unless(mut self, words: &'static [&'static str]) -> Self {
        self.unless = words;
        self
    }

    /// What stands under a condition on the environment does not have the fault.
    pub(crate) const fn in_production(mut self) -> Self {
        self.everywhere = false;
        self
    }
}

impl Row {
    /// Whether it asks for something from outside.
    pub(crate) fn needs_outside(&self) -> bool {
        let outside =
            |test: &Test| matches!(test, Test::Outside(_) | Test::BodyField | Test::WholeBody | Test::Credential);
        self.when.iter().any(|(_, test)| outside(test))
    }

    /// Only in sources of these languages.
    pub(crate) const fn of(mut self, languages: &'static [Language]) -> Self {
        self.languages = languages;
        self
    }

    /// Whether sources of a language are looked at, when the rule looks at them.
    pub(crate) fn reads(&self, language: Language) -> bool {
        self.languages.is_empty() || self.languages.contains(&language)
    }
}

/// Calls of these paths, when all of these hold.
pub(crate) const fn call(paths: &'static [&'static str], when: &'static [(At, Test)]) -> Row {
    Row { trigger: Trigger::Call(paths), languages: &[], when }
}

/// Values given to these paths, when all of these hold.
pub(crate) const fn set(paths: &'static [&'static str], when: &'static [(At, Test)]) -> Row {
    Row { trigger: Trigger::Set(paths), languages: &[], when }
}

/// Comparisons for which all of these hold.
pub(crate) const fn compare(when: &'static [(At, Test)]) -> Row {
    Row { trigger: Trigger::Compare, languages: &[], when }
}
