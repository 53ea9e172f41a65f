//! Scripts that download a program and run it unseen.

use palisade_inventory::shell::{Command, Joint, Nesting, Program, Script};
use palisade_model::Span;

/// A download that is run.
pub(crate) struct Piped {
    /// From the download to what runs it.
    pub span: Span,
    /// The address, as far as the script says.
    pub address: String,
}

/// Pipes longer than this between the download and the shell are not followed.
const PIPE_MAX: usize = 4;

/// Every download of a script that is run without a look at it.
pub(crate) fn piped(script: &Script) -> Vec<Piped> {
    let mut found: Vec<Piped> = Vec::new();
    for command in &script.commands {
        let Some(program) = command.program() else { continue };
        let download =
            if reads_code(&program) && command.joint == Joint::Pipe { feeding_download(command, script) } else { None };
        let download = download
            .or_else(|| nested_download(command, &program, script))
            .or_else(|| saved_download(command, &program, script));
        if let Some(download) = download {
            let address = address_of(download);
            let span = if command.joint == Joint::Pipe { download.span.to(command.span) } else { command.span };
            if !found.iter().any(|known| known.span.contains(span)) {
                found.push(Piped { span, address });
            }
        }
    }
    found
}

/// Whether a program runs what it reads from its input.
fn reads_code(program: &Program<'_>) -> bool {
    let first = program.arguments.first().map_or("", |word| word.text.as_str());
    if program.is_shell() {
        // `bash -s -- args`, `sh -x`, `bash -`; but not `bash file`.
        return program.script().is_none()
            && (program.operands().all(|word| word.text == "-")
                || program.operands().next().is_some_and(|word| word.text == "/dev/stdin")
                || program.arguments.iter().any(|word| word.text == "-s"));
    }
    let interpreter = matches!(
        program.name,
        "python" | "python3" | "python2" | "perl" | "ruby" | "node" | "php" | "pwsh" | "powershell"
    );
    interpreter && matches!(first, "" | "-") || matches!(program.name, "iex" | "Invoke-Expression" | "source")
}

fn is_download(program: &Program<'_>) -> bool {
    let names = ["curl", "wget", "fetch", "aria2c", "iwr", "irm", "Invoke-WebRequest", "Invoke-RestMethod"];
    names.iter().any(|name| name.eq_ignore_ascii_case(program.name))
}

fn feeding_download<'s>(command: &Command, script: &'s Script) -> Option<&'s Command> {
    let mut feeders = script.feeders(command);
    for _ in 0..PIPE_MAX {
        let download = feeders.iter().find(|feeder| feeder.program().is_some_and(|program| is_download(&program)));
        if download.is_some() {
            return download;
        }
        feeders = script.feeders(feeders.first()?);
    }
    None
}

/// `sh -c "$(curl …)"`, `bash <(curl …)`, `eval "$(curl …)"`.
fn nested_download<'s>(command: &Command, program: &Program<'_>, script: &'s Script) -> Option<&'s Command> {
    let obeys = |nesting: Nesting| match nesting {
        Nesting::Substitution => program.name == "eval" || program.script().is_some(),
        Nesting::ProcessSubstitution => program.is_shell() || matches!(program.name, "source" | "."),
        _ => false,
    };
    script.commands.iter().find(|inner| {
        obeys(inner.nesting)
            && script.parent(inner).is_some_and(|parent| std::ptr::eq(parent, command))
            && inner.program().is_some_and(|program| is_download(&program))
    })
}

/// `curl -o x.sh …` and later `bash x.sh`, when nothing verifies the file in between.
fn saved_download<'s>(command: &Command, program: &Program<'_>, script: &'s Script) -> Option<&'s Command> {
    let file = if program.is_shell() {
        program.script().is_none().then(|| program.operands().next()).flatten().map(|word| word.text.as_str())?
    } else {
        program.word.text.strip_prefix("./").filter(|name| name.ends_with(".sh"))?
    };
    let file = file.trim_start_matches("./");
    let verifies = ["sha256sum", "sha512sum", "shasum", "gpg", "cosign", "minisign", "openssl"];
    let verified = script.commands.iter().filter_map(Command::program).any(|other| verifies.contains(&other.name));
    if verified || file.is_empty() || file.contains('$') {
        return None;
    }
    script.commands.iter().filter(|other| other.span.start < command.span.start).find(|other| {
        other.program().is_some_and(|download| {
            let named = download.option_value(&["-o", "--output", "-O", "--output-document"]).map(|(_, name)| name);
            let redirected = other.redirections.iter().any(|to| to.target.text.trim_start_matches("./") == file);
            is_download(&download)
                && (redirected
                    || named.is_some_and(|name| name.trim_start_matches("./") == file)
                    || address_of(other).rsplit('/').next() == Some(file))
        })
    })
}

fn address_of(download: &Command) -> String {
    let address = download.program().and_then(|program| {
        program
            .operands()
            .find(|word| word.text.contains("://") || word.text.contains('.'))
            .map(|word| word.text.clone())
    });
    address.unwrap_or_default()
}
