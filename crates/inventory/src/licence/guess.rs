//! What may be meant by a statement that is no expression: `Apache 2`, `GNU GPL v3 or later`, `BSD`.
//!
//! A guess is a hint to a person. It permits nothing; it may only be a reason to look.

use super::list::of_family;

/// Words of a statement that are looked at: statements of people have ten, pasted texts thousands.
const WORDS_MAX: usize = 64;

/// Words by which people name a licence, and the family of ids. All words of a row have to be there; the first row that
/// fits counts.
const FAMILIES: &[(&[&str], &str)] = &[
    (&["agpl"], "AGPL"),
    (&["affero"], "AGPL"),
    (&["lgpl"], "LGPL"),
    (&["lesser", "general", "public"], "LGPL"),
    (&["library", "general", "public"], "LGPL"),
    (&["gpl"], "GPL"),
    (&["general", "public"], "GPL"),
    (&["mpl"], "MPL"),
    (&["mozilla"], "MPL"),
    (&["epl"], "EPL"),
    (&["eclipse"], "EPL"),
    (&["eupl"], "EUPL"),
    (&["cddl"], "CDDL"),
    (&["sspl"], "SSPL"),
    (&["apache"], "Apache"),
    (&["asl"], "Apache"),
    (&["artistic"], "Artistic"),
];

/// The same for licences without versions; `BSD` by its clauses.
const ALONE: &[(&[&str], &[&str])] = &[
    (&["bsd", "2"], &["BSD-2-Clause"]),
    (&["simplified", "bsd"], &["BSD-2-Clause"]),
    (&["bsd", "3"], &["BSD-3-Clause"]),
    (&["new", "bsd"], &["BSD-3-Clause"]),
    (&["modified", "bsd"], &["BSD-3-Clause"]),
    (&["bsd", "4"], &["BSD-4-Clause"]),
    (&["bsd"], &["BSD-2-Clause", "BSD-3-Clause"]),
    (&["mit"], &["MIT"]),
    (&["expat"], &["MIT"]),
    (&["isc"], &["ISC"]),
    (&["zlib"], &["Zlib"]),
    (&["unlicense"], &["Unlicense"]),
    (&["cc0"], &["CC0-1.0"]),
    (&["psf"], &["PSF-2.0"]),
    (&["python", "software"], &["PSF-2.0"]),
    (&["wtfpl"], &["WTFPL"]),
];

/// Ids of SPDX's list that may be meant; empty when nothing is alike.
#[must_use]
pub fn guesses(statement: &str) -> Vec<&'static str> {
    let text = statement.to_lowercase();
    let is_word = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '+');
    let pieces = text.split(|one| !is_word(one)).filter(|piece| !piece.is_empty()).take(WORDS_MAX);
    // `gplv3+` is `gpl`, `3` and `+`.
    let mut words: Vec<&str> = Vec::new();
    for piece in pieces {
        let later = piece.ends_with('+');
        let piece = piece.trim_matches(['.', '+']);
        let name = piece.trim_end_matches(|one: char| one.is_ascii_digit() || one == '.');
        let number = piece.get(name.len()..).unwrap_or("");
        let name = if number.is_empty() || name == "v" { name } else { name.strip_suffix('v').unwrap_or(name) };
        // `cc0` keeps its number: it is a name.
        words.extend([name, number, piece, if later { "+" } else { "" }].iter().filter(|word| !word.is_empty()));
    }
    let holds = |wanted: &[&str]| wanted.iter().all(|word| words.contains(word));
    let version = words.iter().find(|word| word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')).copied();
    let later = words.contains(&"+") || holds(&["or", "later"]) || holds(&["or", "newer"]);
    let mut found: Vec<&'static str> = Vec::new();
    let family = FAMILIES.iter().find(|(wanted, _)| holds(wanted)).map(|(_, family)| *family);
    if let Some(family) = family {
        let mut ids = of_family(family, version);
        if ids.is_empty() {
            ids = of_family(family, None);
        }
        if version.is_some() {
            ids.retain(|id| if later { !id.ends_with("-only") } else { !id.ends_with("-or-later") });
        }
        found.extend(ids);
    }
    let alone = ALONE.iter().find(|(wanted, _)| holds(wanted)).map(|(_, ids)| *ids).unwrap_or_default();
    found.extend(alone);
    found
}
