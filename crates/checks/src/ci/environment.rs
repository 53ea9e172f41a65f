//! The mend of text pasted into scripts: an environment variable, which the shell never reads as code.

use palisade_inventory::expression::{self, Expression, Kind};
use palisade_inventory::workflow::{Slot, Step};
use palisade_inventory::yaml::Node;
use palisade_model::{Edit, Fix, Safety, Span};

use super::place::{ExpressionAt, Place};

/// Variables that the runner sets anyway, by the expression with the same value.
const SET: [(&str, &str); 16] = [
    ("github.actor", "GITHUB_ACTOR"),
    ("github.base_ref", "GITHUB_BASE_REF"),
    ("github.event_name", "GITHUB_EVENT_NAME"),
    ("github.head_ref", "GITHUB_HEAD_REF"),
    ("github.job", "GITHUB_JOB"),
    ("github.ref", "GITHUB_REF"),
    ("github.ref_name", "GITHUB_REF_NAME"),
    ("github.ref_type", "GITHUB_REF_TYPE"),
    ("github.repository", "GITHUB_REPOSITORY"),
    ("github.repository_owner", "GITHUB_REPOSITORY_OWNER"),
    ("github.run_id", "GITHUB_RUN_ID"),
    ("github.run_number", "GITHUB_RUN_NUMBER"),
    ("github.server_url", "GITHUB_SERVER_URL"),
    ("github.sha", "GITHUB_SHA"),
    ("github.triggering_actor", "GITHUB_TRIGGERING_ACTOR"),
    ("github.workspace", "GITHUB_WORKSPACE"),
];

/// Where in a POSIX shell's script a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quoting {
    /// Outside of quotes.
    Bare,
    /// Within double quotes.
    Double,
    /// Where a variable would not be read, or it is not certain that it would.
    Other,
}

/// Hands the value over in the environment; only in scripts of POSIX shells, and only where quoting is plain.
pub(super) fn pass_through(at: &ExpressionAt<'_, '_>, step: &Step<'_>, expression: &Expression) -> Option<Fix> {
    if at.located.slot != Slot::Run || !at.located.fenced || !is_posix(step, &at.place) {
        return None;
    }
    let Kind::Access { .. } = expression.kind else { return None };
    let path = expression.path().filter(|path| !path.contains('*'))?;
    let script = at.located.node.as_str()?;
    let outer = Span::new(at.located.offset.checked_sub(3)?, at.located.offset + at.located.text.len() + 2);
    if !outer.of(script).starts_with("${{") || !outer.of(script).ends_with("}}") {
        return None;
    }
    // Variables of the environment keep their letters' case, which paths do not.
    let name = match at.located.text.trim().split_once('.') {
        Some((context, name)) if context.eq_ignore_ascii_case("env") => name.to_owned(),
        _ => variable(&path),
    };
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let set = path.starts_with("env.") || SET.iter().any(|(known, _)| *known == path);
    let mut edits = Vec::new();
    let own = step.env.iter().find(|entry| entry.key.as_str() == Some(name.as_str()));
    match own {
        None if !set => {
            let entry = format!("{name}: ${{{{ {} }}}}", at.located.text.trim());
            edits.push(step.node.add_under("env", "run", &entry)?);
        }
        // The name is taken, by another value perhaps.
        Some(entry) if !entry.value.as_str().is_some_and(|value| is_only(value, &path)) => return None,
        _ => {}
    }
    // In a scalar with quotes of its own, quotes in the script would have to be escaped.
    let text = step.node.yaml().text();
    let between = step.run.and_then(|run| text.get(run.key.span().end as usize..run.value.span().start as usize));
    let bare = at.located.node.is_plain() || between.is_some_and(|between| between.contains(['|', '>']));
    let mended = |outer: Span| {
        let head = script.get(..outer.start as usize)?;
        match quoting(head) {
            Quoting::Bare if !bare || is_command(head) || is_list(&at.place, &path, head) => None,
            Quoting::Bare => Some(format!("\"${{{name}}}\"")),
            Quoting::Double => Some(format!("${{{name}}}")),
            Quoting::Other => None,
        }
    };
    // A script that reads the same value in two ways is half mended: every place of it, or none.
    let same = |fence: &expression::Fence| {
        expression::parse(fence.inner.of(script)).ok().and_then(|parsed| parsed.path()).is_some_and(|read| read == path)
    };
    if expression::fences(script).iter().filter(|fence| same(fence)).any(|fence| mended(fence.outer).is_none()) {
        return None;
    }
    let replacement = mended(outer)?;
    let span = at.located.node.span_within(outer.start as usize, outer.end as usize);
    edits.push(Edit { path: None, span, replacement });
    Some(Fix::new(format!("pass `{path}` through the environment"), Safety::Unsafe, edits))
}

/// Words behind which a command begins.
const BEFORE_COMMANDS: [&str; 12] =
    ["{", "then", "do", "else", "elif", "if", "while", "until", "!", "exec", "eval", "time"];

/// The word that is being written at the end of a script, and what stands before it in the same command, of which a
/// line may go on in the next.
fn last_word(head: &str) -> (&str, &str) {
    let from = head.rmatch_indices('\n').find(|(at, _)| !head.get(..*at).is_some_and(|line| line.ends_with('\\')));
    let command = from.and_then(|(at, _)| head.get(at + 1..)).unwrap_or(head);
    let command = command.rsplit([';', '&', '|', '(', '`']).next().unwrap_or(command);
    let word = command.rsplit(char::is_whitespace).next().unwrap_or(command);
    (word, command.strip_suffix(word).unwrap_or("").trim())
}

/// Whether what stands behind `head` is a command, or may be one: quoted, it would be one word.
fn is_command(head: &str) -> bool {
    let (word, before) = last_word(head);
    let mut words = before.split_whitespace().filter(|word| *word != "\\");
    // `${RUNNER} …`: what a variable runs is not known.
    let last = words.next_back().unwrap_or("");
    let tests = before.split_whitespace().any(|word| matches!(word, "[" | "[[" | "test"));
    let before = if last.is_empty() { "" } else { before };
    word.is_empty()
        && !(tests && last == "!")
        && (before.is_empty() || BEFORE_COMMANDS.contains(&last) || last.trim_start_matches('"').starts_with('$'))
}

/// Whether an input or an output may be no word or several, each of which the script means to see.
fn is_list(place: &Place<'_, '_>, path: &str, head: &str) -> bool {
    if path.starts_with("steps.") && path.contains("files") {
        return true;
    }
    let Some(name) = path.strip_prefix("inputs.").or_else(|| path.strip_prefix("github.event.inputs.")) else {
        return false;
    };
    let (word, before) = last_word(head);
    let shown = before.split_whitespace().next() == Some("echo");
    if shown || before.is_empty() && word.ends_with('=') {
        return false;
    }
    let events = ["workflow_call", "workflow_dispatch"];
    let of_workflow = events.iter().filter_map(|event| place.workflow?.trigger(event)?.config?.at(&["inputs", name]));
    let of_action = place.action.and_then(|action| {
        action.inputs.iter().find(|entry| entry.key.as_str() == Some(name)).map(|entry| entry.value)
    });
    of_workflow.chain(of_action).any(|input| {
        let one_word = matches!(input.get_str("type"), Some("boolean" | "number" | "choice" | "environment"));
        let default = input.get_str("default").unwrap_or("").trim();
        let required = input.get("required").and_then(Node::as_bool) == Some(true);
        let may_be_empty = default.is_empty() && !required;
        !one_word && (default.contains(char::is_whitespace) || may_be_empty && word.is_empty())
    })
}

/// Whether a value is one expression that reads this path.
fn is_only(value: &str, path: &str) -> bool {
    let fences = expression::fences(value);
    let [fence] = fences.as_slice() else { return false };
    fence.outer.of(value) == value.trim()
        && expression::parse(fence.inner.of(value)).ok().and_then(|parsed| parsed.path()).as_deref() == Some(path)
}

/// `github.event.issue.title` as `ISSUE_TITLE`.
fn variable(path: &str) -> String {
    if let Some((_, name)) = SET.iter().find(|(known, _)| *known == path) {
        return (*name).to_owned();
    }
    let path = path.strip_prefix("github.event.").unwrap_or(path);
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
    path.chars().map(letter).collect()
}

/// Whether a POSIX shell reads the script: said by `shell:`, else by a runner that is known not to be Windows.
fn is_posix(step: &Step<'_>, place: &Place<'_, '_>) -> bool {
    let default = ["defaults", "run", "shell"];
    let of_job = || place.job.and_then(|job| job.node.at(&default));
    let of_workflow = || place.workflow.and_then(|workflow| workflow.root.at(&default));
    if let Some(shell) = step.shell().or_else(of_job).or_else(of_workflow) {
        return shell
            .as_str()
            .is_some_and(|shell| shell.split_whitespace().next().is_some_and(|word| word == "bash" || word == "sh"));
    }
    let Some(runner) = place.job.and_then(|job| job.node.get("runs-on")) else { return false };
    let labels: Vec<&str> = runner.as_str().into_iter().chain(runner.items().filter_map(Node::as_str)).collect();
    !labels.is_empty()
        && labels.iter().all(|label| !label.contains("${{") && !label.to_ascii_lowercase().contains("windows"))
}

/// How the place after `head` is quoted. A script with a here-document is let be: what stands in one is text.
fn quoting(head: &str) -> Quoting {
    if head.contains("<<") {
        return Quoting::Other;
    }
    let mut state = Quoting::Bare;
    let mut letters = head.chars().peekable();
    let mut before = '\n';
    while let Some(letter) = letters.next() {
        match (state, letter) {
            (Quoting::Bare | Quoting::Double, '\\') => {
                letters.next();
            }
            (Quoting::Bare, '"') => state = Quoting::Double,
            (Quoting::Double, '"') => state = Quoting::Bare,
            (Quoting::Bare, '\'') => state = Quoting::Other,
            (Quoting::Other, '\'') => state = Quoting::Bare,
            (Quoting::Bare, '#') if before.is_whitespace() || before == ';' => {
                while letters.peek().is_some_and(|next| *next != '\n') {
                    letters.next();
                }
            }
            // In `"$(…)"` quotes begin anew; in `$((…))` and `${…}` other rules hold.
            (Quoting::Double, '`' | '$') if letter == '`' || matches!(letters.peek(), Some('(')) => {
                return Quoting::Other;
            }
            _ => {}
        }
        before = letter;
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_followed_to_the_place() {
        for (head, expected) in [
            ("echo ", Quoting::Bare),
            ("echo \"", Quoting::Double),
            ("echo \"a\" ", Quoting::Bare),
            ("echo 'a' \"b ", Quoting::Double),
            ("echo '", Quoting::Other),
            ("# don't\necho ", Quoting::Bare),
            ("echo \\' ", Quoting::Bare),
            ("echo \"$(cat ", Quoting::Other),
            ("cat <<EOF\n", Quoting::Other),
        ] {
            assert_eq!(quoting(head), expected, "{head:?}");
        }
    }

    #[test]
    fn what_is_run_is_not_quoted() {
        for head in [
            "",
            "set -e\n",
            "a\n  ",
            "if ! ",
            "\\\n  ",
            "a && ",
            "if ",
            "if x; then ",
            "$(",
            "${RUN} ",
            "cd x; \"$RUN\" ",
            "{ ",
        ] {
            assert!(is_command(head), "{head:?}");
        }
        for head in ["echo ", "a --x=", "X=", "cd ", "$RUN --x ", "if [ ! ", "sign \\\n  --all \\\n  "] {
            assert!(!is_command(head), "{head:?}");
        }
    }

    #[test]
    fn names_say_what_they_hold() {
        assert_eq!(variable("github.event.pull_request.head.ref"), "PULL_REQUEST_HEAD_REF");
        assert_eq!(variable("inputs.dry-run"), "INPUTS_DRY_RUN");
        assert_eq!(variable("github.ref_name"), "GITHUB_REF_NAME");
    }
}
