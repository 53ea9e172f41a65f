//! Rules on source code as data: what is called or set, with which arguments.

use palisade_inventory::code::Language;

/// What a check looks for, in which languages.
#[derive(Clone, Copy, Debug)]
pub struct CodeRule {
    /// Sources of these languages are looked at.
    pub(super) languages: &'static [Language],
    /// Any of them is a finding.
    pub(super) rows: &'static [Row],
    /// What is said of a finding.
    pub(super) message: &'static str,
    /// A file without any of these words is not parsed for this rule, nor one without the names in the rows.
    pub(super) words: &'static [&'static str],
    /// Nor is one without any of these; by default, for rows that ask for something from outside, what brings it.
    pub(super) also: &'static [&'static str],
    /// A file with one of these words is not judged by this rule.
    pub(super) unless: &'static [&'static str],
}

/// One way in which the fault is written.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub(super) trigger: Trigger,
    /// All must hold.
    pub(super) when: &'static [(At, Test)],
}

/// What a row looks at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trigger {
    /// Calls of these paths.
    Call(&'static [&'static str]),
    /// Values given to these paths.
    Set(&'static [&'static str]),
    /// Comparisons.
    Compare,
}

/// Which value of a call or a setting is tested.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    /// The argument of a place, or else of a name.
    Arg(usize, &'static str),
    /// The argument of a name alone.
    Named(&'static str),
    /// A member of the object that is the argument of a place.
    Field(usize, &'static str),
    /// Some argument.
    Any,
    /// The value whose method is called, or that is compared.
    Receiver,
    /// The value that is given, or that it is compared with.
    Value,
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Test {
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
}

/// Dangers that a value can be cleaned against.
pub(super) mod danger {
    pub(in crate::code) const SQL: u32 = 1;
    pub(in crate::code) const SHELL: u32 = 1 << 1;
    pub(in crate::code) const PATH: u32 = 1 << 2;
    pub(in crate::code) const URL: u32 = 1 << 3;
    pub(in crate::code) const HTML: u32 = 1 << 4;
    pub(in crate::code) const CODE: u32 = 1 << 5;
    pub(in crate::code) const QUERY: u32 = 1 << 6;
    pub(in crate::code) const XML: u32 = 1 << 7;
}

/// A rule on these rows.
pub(super) const fn rule(languages: &'static [Language], rows: &'static [Row], message: &'static str) -> CodeRule {
    CodeRule { languages, rows, message, words: &[], also: &[], unless: &[] }
}

impl CodeRule {
    /// Only files that have one of these words can have the fault.
    pub(super) const fn words(mut self, words: &'static [&'static str]) -> Self {
        self.words = words;
        self
    }

    /// Nor can those without any of these.
    pub(super) const fn also(mut self, words: &'static [&'static str]) -> Self {
        self.also = words;
        self
    }

    /// Files with one of these words do not have the fault.
    pub(super) const fn unless(mut self, words: &'static [&'static str]) -> Self {
        self.unless = words;
        self
    }
}

impl Row {
    /// Whether it asks for something from outside.
    pub(super) fn needs_outside(&self) -> bool {
        let outside =
            |test: &Test| matches!(test, Test::Outside(_) | Test::BodyField | Test::WholeBody | Test::Credential);
        self.when.iter().any(|(_, test)| outside(test))
    }
}

/// Calls of these paths, when all of these hold.
pub(super) const fn call(paths: &'static [&'static str], when: &'static [(At, Test)]) -> Row {
    Row { trigger: Trigger::Call(paths), when }
}

/// Values given to these paths, when all of these hold.
pub(super) const fn set(paths: &'static [&'static str], when: &'static [(At, Test)]) -> Row {
    Row { trigger: Trigger::Set(paths), when }
}

/// Comparisons for which all of these hold.
pub(super) const fn compare(when: &'static [(At, Test)]) -> Row {
    Row { trigger: Trigger::Compare, when }
}
