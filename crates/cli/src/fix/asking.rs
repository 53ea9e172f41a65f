//! Questions about each fix, at a terminal.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead as _, Write as _};

use palisade_model::{Edit, Finding, Safety};
use palisade_report::visible;

/// Questions about each fix.
#[derive(Default)]
pub(super) struct Asking {
    /// Answers for all findings of a check.
    by_check: BTreeMap<&'static str, bool>,
    /// No more questions: no to all that follow.
    quit: bool,
    /// Fixes that were not taken, by the identity of what they would mend; a round later the same is asked again.
    declined: HashSet<String>,
}

impl Asking {
    /// How many fixes were offered and not taken.
    pub(super) fn declined(&self) -> usize {
        self.declined.len()
    }

    /// Whether a fix is taken.
    pub(super) fn wants(&mut self, finding: &Finding, text: &[u8]) -> bool {
        let taken = self.ask(finding, text);
        if !taken {
            self.declined.insert(finding.fingerprint.to_string());
        }
        taken
    }

    fn ask(&mut self, finding: &Finding, text: &[u8]) -> bool {
        if self.quit {
            return false;
        }
        if let Some(answer) = self.by_check.get(finding.check.id) {
            return *answer;
        }
        let Some(fix) = &finding.fix else { return false };
        let caution = if fix.safety == Safety::Unsafe { " (may change behaviour)" } else { "" };
        eprintln!(
            "\n{}:{}  {} {}\n  {}",
            visible(&finding.location.path),
            finding.location.start.line,
            finding.severity,
            finding.check.id,
            visible(&finding.message)
        );
        fix.edits.iter().for_each(|edit| show(edit, text));
        loop {
            eprint!("{}{caution}? [y]es, [n]o, [a]ll of this check, [s]kip this check, [q]uit: ", visible(&fix.title));
            let _ = std::io::stderr().flush();
            let mut answer = String::new();
            if !matches!(std::io::stdin().lock().read_line(&mut answer), Ok(1..)) {
                eprintln!();
                self.quit = true;
                return false;
            }
            match answer.trim() {
                "y" | "yes" => return true,
                "n" | "no" | "" => return false,
                "a" | "all" => return *self.by_check.entry(finding.check.id).or_insert(true),
                "s" | "skip" => return *self.by_check.entry(finding.check.id).or_insert(false),
                "q" | "quit" => {
                    self.quit = true;
                    return false;
                }
                _ => {}
            }
        }
    }
}

/// Shows the lines that an edit changes, as they are and as they would be; what may not be shown is starred out in the text.
fn show(edit: &Edit, text: &[u8]) {
    if let Some(path) = &edit.path {
        edit.replacement.lines().for_each(|added| eprintln!("  {}: + {}", visible(path), visible(added)));
        return;
    }
    let (start, end) = (edit.span.start as usize, (edit.span.end as usize).min(text.len()));
    let before = text.get(..start).unwrap_or(text);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let first = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let rest = text.get(end..).unwrap_or_default();
    let last = rest.iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| end + at);
    let part = |from: usize, to: usize| String::from_utf8_lossy(text.get(from..to).unwrap_or_default()).into_owned();
    let old = part(first, last);
    let new = format!("{}{}{}", part(first, start), edit.replacement, part(end, last));
    // Lines that stay as they are tell nothing.
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let tail = old.iter().skip(same).rev().zip(new.iter().skip(same).rev()).take_while(|(old, new)| old == new).count();
    for removed in old.iter().skip(same).take(old.len().saturating_sub(same + tail)) {
        eprintln!("  {:>5} - {}", line + same, visible(removed.trim_end()));
    }
    for added in new.iter().skip(same).take(new.len().saturating_sub(same + tail)) {
        eprintln!("  {:>5} + {}", line + same, visible(added.trim_end()));
    }
}
