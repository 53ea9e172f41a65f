//! What a script does with git.

use palisade_inventory::shell::Program;

/// Options of git itself that take the next word.
const VALUED: [&str; 5] = ["-C", "-c", "--git-dir", "--work-tree", "--namespace"];

/// The subcommand: `push` of `git -C folder push`, and `stash` of `git stash push`.
pub(super) fn verb<'c>(program: &Program<'c>) -> Option<&'c str> {
    if program.name != "git" {
        return None;
    }
    let mut words = program.arguments.iter().map(|word| word.text.as_str());
    while let Some(word) = words.next() {
        if VALUED.contains(&word) {
            words.next();
        } else if !word.starts_with('-') {
            return Some(word);
        }
    }
    None
}
