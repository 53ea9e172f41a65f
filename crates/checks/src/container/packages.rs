//! Package managers: what a command installs, and whether it says which version.

use palisade_inventory::shell::Word;

use super::steps::Step;

/// Options of package managers that take the next word as their value.
const VALUED: [&str; 22] = [
    "-t",
    "--target-release",
    "-o",
    "-c",
    "--option",
    "-X",
    "--repository",
    "-p",
    "--root",
    "--virtual",
    "-t=",
    "--keys-dir",
    "--repo",
    "--enablerepo",
    "--disablerepo",
    "--installroot",
    "--releasever",
    "--setopt",
    "-a",
    "--default-release",
    "--cache-dir",
    "--arch",
];

/// The packages of the operating system that a command installs.
pub(super) fn installed<'f>(step: &Step<'f>) -> Vec<&'f Word> {
    let verbs: &[&str] = match step.program.name {
        "apt-get" | "apt" | "aptitude" | "yum" | "dnf" | "dnf5" | "microdnf" | "tdnf" => {
            &["install", "reinstall", "localinstall", "groupinstall"]
        }
        "zypper" => &["install", "in"],
        "apk" => &["add"],
        _ => return Vec::new(),
    };
    let mut words = step.operands(&VALUED);
    // `apk add -t name` and `--virtual name`: the name is VALUED; `--virtual=name` is an option.
    let Some(verb) = words.iter().position(|word| verbs.contains(&word.text.as_str())) else { return Vec::new() };
    words.split_off(verb + 1)
}

/// A package's name without version and architecture.
pub(super) fn name(package: &str) -> &str {
    let end = package.find(['=', '<', '>', '~', '@', ':']).unwrap_or(package.len());
    package.get(..end).unwrap_or(package)
}

/// Whether a word names a package at all, rather than a file, a URL or a variable.
pub(super) fn is_name(word: &Word) -> bool {
    !word.expands && !word.text.contains(['/', '$', '*', '{']) && !word.text.starts_with('.') && !word.text.is_empty()
}

/// The names in a message, the first few.
pub(super) fn listed(words: &[&Word]) -> String {
    const SHOWN: usize = 3;
    let names: Vec<&str> = words.iter().take(SHOWN).map(|word| word.text.as_str()).collect();
    match words.len().saturating_sub(SHOWN) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
