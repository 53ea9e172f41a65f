//! The commands that a build runs, with what the checks ask of them.

use palisade_inventory::dockerfile::{Dockerfile, Instruction, Invocation, Kind};
use palisade_inventory::shell::{Command, Nesting, Program, Script, Word};
use palisade_model::Span;

/// One command of a `RUN`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'f> {
    pub(super) instruction: &'f Instruction,
    pub(super) invocation: &'f Invocation,
    pub(super) command: &'f Command,
    /// Its place among the commands of the instruction.
    pub(super) index: usize,
    pub(super) program: Program<'f>,
}

/// Commands before and after one that are looked at together with it; real steps have fewer in all.
const NEIGHBOURS_MAX: usize = 100;

/// Every command that a build runs.
pub(super) fn steps(file: &Dockerfile) -> impl Iterator<Item = Step<'_>> {
    file.runs().flat_map(|(instruction, invocation)| steps_of(instruction, invocation))
}

/// Every command of one instruction.
pub(super) fn steps_of<'f>(instruction: &'f Instruction, invocation: &'f Invocation) -> impl Iterator<Item = Step<'f>> {
    invocation.script.commands.iter().enumerate().filter_map(move |(index, command)| {
        Some(Step { instruction, invocation, command, index, program: command.program()? })
    })
}

/// Every command that the built image runs: `CMD`, `ENTRYPOINT`.
pub(super) fn started(file: &Dockerfile) -> impl Iterator<Item = Step<'_>> {
    file.instructions.iter().flat_map(|instruction| {
        let invocation = match &instruction.kind {
            Kind::Cmd(invocation) | Kind::Entrypoint(invocation) => Some(invocation),
            _ => None,
        };
        invocation.into_iter().flat_map(move |invocation| steps_of(instruction, invocation))
    })
}

impl<'f> Step<'f> {
    pub(super) fn script(&self) -> &'f Script {
        &self.invocation.script
    }

    /// The commands around this one, itself included, and their programs.
    pub(super) fn around(&self) -> impl Iterator<Item = (&'f Command, Program<'f>)> {
        let from = self.index.saturating_sub(NEIGHBOURS_MAX);
        self.commands(from).filter_map(|command| Some((command, command.program()?)))
    }

    /// This command and those after it.
    pub(super) fn onward(&self) -> impl Iterator<Item = &'f Command> {
        self.commands(self.index)
    }

    fn commands(&self, from: usize) -> impl Iterator<Item = &'f Command> {
        self.invocation.script.commands.iter().skip(from).take(self.index + NEIGHBOURS_MAX - from)
    }

    /// The arguments that are no options and no values of the options `valued`.
    pub(super) fn operands(&self, valued: &[&str]) -> Vec<&'f Word> {
        let mut operands = Vec::new();
        let mut words = self.program.arguments.iter();
        let mut only_operands = false;
        while let Some(word) = words.next() {
            if only_operands || !word.text.starts_with('-') || word.text == "-" {
                operands.push(word);
            } else if word.text == "--" {
                only_operands = true;
            } else if valued.contains(&word.text.as_str()) {
                words.next();
            }
        }
        operands
    }

    /// The subcommand (`install` of `pip install x`) and the operands behind it.
    pub(super) fn subcommand(&self, valued: &[&str]) -> Option<(&'f str, Vec<&'f Word>)> {
        let mut operands = self.operands(valued);
        if operands.is_empty() {
            return None;
        }
        let name = operands.remove(0);
        Some((name.text.as_str(), operands))
    }

    /// Whether a program of the same `RUN` compares checksums or signatures.
    pub(super) fn is_verified(&self) -> bool {
        self.around().any(|(command, program)| {
            let checksum = matches!(
                program.name,
                "sha256sum" | "sha512sum" | "sha384sum" | "sha224sum" | "sha1sum" | "md5sum" | "shasum" | "cksum"
            );
            match program.name {
                // Its output in a comparison: `[ "$(sha256sum x)" = … ]`.
                _ if checksum => program.has_option(&["-c", "--check"]) || command.nesting == Nesting::Substitution,
                "gpg" | "gpg2" => program.has_option(&["--verify"]),
                "gpgv" | "gpgv2" | "cosign" | "minisign" | "signify" | "slsa-verifier" | "Get-FileHash" => true,
                "openssl" => program.arguments.first().is_some_and(|word| word.text == "dgst"),
                "rpm" => program.has_option(&["-K", "--checksig"]),
                _ => false,
            }
        })
    }

    /// The word that is a URL with one of the schemes.
    pub(super) fn url(&self, schemes: &[&str]) -> Option<&'f Word> {
        self.program.arguments.iter().find(|word| has_scheme(&word.text, schemes))
    }

    pub(super) fn span(&self) -> Span {
        self.command.span
    }
}

/// Whether a text is a URL with one of the schemes.
pub(super) fn has_scheme(text: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && text.get(scheme.len()..).is_some_and(|rest| rest.starts_with("://"))
    })
}

/// Whether the host of a URL is this machine or a name that only a private network knows.
pub(super) fn is_local(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let name = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or("") };
    name == "localhost"
        || name.starts_with("127.")
        || name.starts_with("[::1]")
        || name == "host.docker.internal"
        || name.ends_with(".localhost")
        || !name.contains('.') && !name.contains('$')
}
