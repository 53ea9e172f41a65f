//! Which program a command runs in the end, behind the wrappers in front of it.

use super::{Command, Word};

/// A program and its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Program<'c> {
    /// Its name without the directory: `curl`.
    pub name: &'c str,
    /// The word that names it.
    pub word: &'c Word,
    /// What follows.
    pub arguments: &'c [Word],
    /// Whether `sudo` or `doas` stands in front.
    pub elevated: bool,
}

/// A command that runs another one.
struct Wrapper {
    name: &'static str,
    /// Options that take the next word as their value.
    valued: &'static [&'static str],
    /// Words of its own before the command.
    positional: usize,
}

const fn wrapper(name: &'static str, valued: &'static [&'static str], positional: usize) -> Wrapper {
    Wrapper { name, valued, positional }
}

static WRAPPERS: &[Wrapper] = &[
    wrapper("sudo", &["-u", "-g", "-h", "-p", "-C", "-T", "-r", "-t", "-D", "-R", "--user", "--group"], 0),
    wrapper("doas", &["-u", "-C"], 0),
    wrapper("env", &["-u", "--unset", "-C", "--chdir", "-S"], 0),
    wrapper("exec", &["-a"], 0),
    wrapper("command", &[], 0),
    wrapper("builtin", &[], 0),
    wrapper("nohup", &[], 0),
    wrapper("time", &["-f", "-o"], 0),
    wrapper("nice", &["-n"], 0),
    wrapper("ionice", &["-c", "-n"], 0),
    wrapper("timeout", &["-s", "-k", "--signal", "--kill-after"], 1),
    wrapper("xargs", &["-n", "-I", "-P", "-L", "-d", "-s", "-a", "-E"], 0),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0),
    wrapper("eatmydata", &[], 0),
    wrapper("setpriv", &[], 0),
    wrapper("chroot", &[], 1),
    wrapper("gosu", &[], 1),
    wrapper("su-exec", &[], 1),
    wrapper("busybox", &[], 0),
    wrapper("setarch", &[], 1),
    wrapper("faketime", &[], 1),
];

/// Letters in one cluster of options (`-fsSLk`); a longer word has a value in it (`-okernel.img`).
const CLUSTER_MAX: usize = 6;

/// Wrappers in front of one command; more is no real script.
const WRAPPERS_MAX: usize = 8;

impl<'c> Program<'c> {
    pub(super) fn of(command: &'c Command) -> Option<Self> {
        let mut words: &[Word] = &command.words;
        let mut elevated = false;
        for _ in 0..WRAPPERS_MAX {
            let (word, rest) = words.split_first()?;
            let name = base_name(&word.text);
            let Some(wrapper) = WRAPPERS.iter().find(|wrapper| wrapper.name == name) else {
                return Some(Self { name, word, arguments: rest, elevated });
            };
            let inner = wrapper.skip_own(rest);
            if inner.is_empty() {
                return Some(Self { name, word, arguments: rest, elevated });
            }
            elevated |= matches!(name, "sudo" | "doas");
            words = inner;
        }
        None
    }

    /// Whether it is a POSIX shell.
    #[must_use]
    pub fn is_shell(&self) -> bool {
        matches!(self.name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "mksh")
    }

    /// The script it is given as an argument: `sh -c '…'`, `su -c '…'`, `eval '…'`.
    #[must_use]
    pub fn script(&self) -> Option<&'c Word> {
        if self.name == "eval" {
            return self.arguments.first();
        }
        if !self.is_shell() && self.name != "su" && self.name != "runuser" {
            return None;
        }
        let position = self.arguments.iter().position(|word| {
            let flags = word.text.strip_prefix('-').unwrap_or("");
            flags.ends_with('c') && flags.bytes().all(|byte| byte.is_ascii_alphabetic()) || flags == "-command"
        })?;
        // Options may stand between `-c` and the script: `bash -c -e '…'`.
        self.arguments.iter().skip(position + 1).find(|word| !word.text.starts_with('-'))
    }

    /// Whether one of the options is given, alone (`-k`), in a cluster of letters (`-fsSLk`) or as `--name[=…]`.
    #[must_use]
    pub fn has_option(&self, names: &[&str]) -> bool {
        self.option(names).is_some()
    }

    /// The word that gives one of the options.
    #[must_use]
    pub fn option(&self, names: &[&str]) -> Option<&'c Word> {
        self.arguments.iter().take_while(|word| word.text != "--").find(|word| {
            names.iter().any(|name| {
                let text = word.text.as_str();
                if name.starts_with("--") || name.len() != 2 {
                    return text == *name || text.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
                }
                let letter = name.get(1..).unwrap_or("");
                let cluster = text.strip_prefix('-').unwrap_or("");
                !cluster.starts_with('-')
                    && cluster.len() <= CLUSTER_MAX
                    && cluster.bytes().all(|byte| byte.is_ascii_alphanumeric())
                    && cluster.contains(letter)
            })
        })
    }

    /// The value of an option, joined (`--name=value`, `-nvalue`) or as the next word.
    #[must_use]
    pub fn option_value(&self, names: &[&str]) -> Option<(&'c Word, &'c str)> {
        for (index, word) in self.arguments.iter().enumerate() {
            for name in names {
                if word.text == *name {
                    return self.arguments.get(index + 1).map(|next| (next, next.text.as_str()));
                }
                let Some(rest) = word.text.strip_prefix(name) else { continue };
                if name.starts_with("--") {
                    if let Some(value) = rest.strip_prefix('=') {
                        return Some((word, value));
                    }
                } else {
                    return Some((word, rest));
                }
            }
        }
        None
    }

    /// Arguments that are no options. Values of options are among them.
    pub fn operands(&self) -> impl Iterator<Item = &'c Word> {
        self.arguments.iter().filter(|word| !word.text.starts_with('-') || word.text == "-")
    }
}

impl Wrapper {
    /// What follows the wrapper's own options and words.
    fn skip_own<'c>(&self, mut words: &'c [Word]) -> &'c [Word] {
        let mut positional = self.positional;
        while let Some((word, rest)) = words.split_first() {
            let text = word.text.as_str();
            if text == "--" {
                words = rest;
            } else if text.starts_with('-') && text.len() > 1 {
                words = if self.valued.contains(&text) { rest.get(1..).unwrap_or(&[]) } else { rest };
            } else if matches!(self.name, "env" | "sudo" | "doas") && is_assignment(text) {
                words = rest;
            } else if positional > 0 {
                positional -= 1;
                words = rest;
            } else {
                return words;
            }
        }
        &[]
    }
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

fn base_name(text: &str) -> &str {
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
    name.strip_suffix(".exe").unwrap_or(name)
}
