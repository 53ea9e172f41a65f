//! SPDX's lists of licences and exceptions, found whatever the letter case.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use spdx::identifiers::{EXCEPTIONS, LICENSES};

/// Ids that were taken out of use because a newer id, or an id with an exception, says the same
/// (<https://spdx.org/licenses/>, the table of deprecated ids). The GNU family's plain ids follow from their suffixes.
const RENAMED: [(&str, &str, Option<&str>); 14] = [
    ("BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views", None),
    ("BSD-2-Clause-NetBSD", "BSD-2-Clause", None),
    ("bzip2-1.0.5", "bzip2-1.0.6", None),
    ("eCos-2.0", "GPL-2.0-or-later", Some("eCos-exception-2.0")),
    ("GPL-2.0-with-autoconf-exception", "GPL-2.0-only", Some("Autoconf-exception-2.0")),
    ("GPL-2.0-with-bison-exception", "GPL-2.0-only", Some("Bison-exception-2.2")),
    ("GPL-2.0-with-classpath-exception", "GPL-2.0-only", Some("Classpath-exception-2.0")),
    ("GPL-2.0-with-font-exception", "GPL-2.0-only", Some("Font-exception-2.0")),
    ("GPL-2.0-with-GCC-exception", "GPL-2.0-only", Some("GCC-exception-2.0")),
    ("GPL-3.0-with-autoconf-exception", "GPL-3.0-only", Some("Autoconf-exception-3.0")),
    ("GPL-3.0-with-GCC-exception", "GPL-3.0-only", Some("GCC-exception-3.1")),
    ("Nunit", "zlib-acknowledgement", None),
    ("StandardML-NJ", "SMLNJ", None),
    ("wxWindows", "LGPL-2.0-or-later", Some("WxWindows-exception-3.1")),
];

/// In the list of the library, and no licence: nobody said.
const NOT_SAID: &str = "NOASSERTION";

const ONLY: &str = "-only";
const LATER: &str = "-or-later";

/// A licence of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// Without `-only` and `-or-later`.
    pub(super) id: &'static str,
    /// Whether the id says that later versions may be chosen.
    pub(super) later: bool,
    /// Whether the id says that they may not.
    pub(super) narrowed: bool,
    /// The exception that the id says.
    pub(super) exception: Option<&'static str>,
}

struct Lists {
    licences: HashMap<String, Listed>,
    exceptions: HashMap<String, &'static str>,
    full_names: HashMap<String, &'static str>,
    /// Ids whose suffix says whether later versions may be chosen.
    suffixed: HashSet<&'static str>,
    /// Ids that end with their version, without suffixes, by their family.
    versions: HashMap<&'static str, Vec<Versioned>>,
    /// Ids in use by their family in small letters.
    families: HashMap<String, Vec<Versioned>>,
}

/// The numbers of a version, and the id that has it.
type Versioned = (Vec<u32>, &'static str);

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let names = || LICENSES.iter().map(|licence| licence.name).filter(|name| *name != NOT_SAID);
    let suffixed: HashSet<&'static str> = names().filter_map(|name| name.strip_suffix(ONLY)).collect();
    let plain = |name: &'static str| -> Listed {
        let later = name.strip_suffix(LATER).filter(|id| suffixed.contains(id));
        let only = name.strip_suffix(ONLY).filter(|id| suffixed.contains(id));
        let id = later.or(only).unwrap_or(name);
        Listed { id, later: later.is_some(), narrowed: only.is_some(), exception: None }
    };
    let mut licences: HashMap<String, Listed> = names()
        // A `+` is read by itself.
        .filter(|name| !name.ends_with('+'))
        .map(|name| (name.to_ascii_lowercase(), plain(name)))
        .collect();
    for (old, new, exception) in RENAMED {
        licences.insert(old.to_ascii_lowercase(), Listed { exception, narrowed: false, ..plain(new) });
    }
    let mut versions: HashMap<&'static str, Vec<Versioned>> = HashMap::new();
    let mut families: HashMap<String, Vec<Versioned>> = HashMap::new();
    for name in names() {
        if let Some((family, numbers)) = version(name) {
            versions.entry(family).or_default().push((numbers, name));
        }
        let listed = licences.get(&name.to_ascii_lowercase());
        let bare = listed.filter(|listed| is_in_use(name, listed, &suffixed)).map(|listed| listed.id);
        if let Some((family, numbers)) = bare.and_then(version) {
            families.entry(family.to_ascii_lowercase()).or_default().push((numbers, name));
        }
    }
    Lists {
        versions,
        families,
        licences,
        exceptions: EXCEPTIONS.iter().map(|one| (one.name.to_ascii_lowercase(), one.name)).collect(),
        full_names: LICENSES.iter().map(|licence| (folded(licence.full_name), licence.name)).collect(),
        suffixed,
    }
});

/// The licence of an id, whatever its letter case.
pub(super) fn find(id: &str) -> Option<Listed> {
    LISTS.licences.get(&id.to_ascii_lowercase()).copied()
}

/// An exception as the list spells it.
pub(super) fn exception(id: &str) -> Option<&'static str> {
    LISTS.exceptions.get(&id.to_ascii_lowercase()).copied()
}

/// The id of the licence that the list gives this full name.
pub(super) fn of_full_name(text: &str) -> Option<&'static str> {
    // No full name is shorter than two words, and most statements are one.
    text.contains(' ').then(|| LISTS.full_names.get(&folded(text)).copied())?
}

/// Whether ids are made of this one by `-only` and `-or-later`.
pub(super) fn has_suffixes(id: &str) -> bool {
    LISTS.suffixed.contains(&id)
}

/// The ids of later versions of a licence.
pub(super) fn later_than(id: &str) -> impl Iterator<Item = &'static str> {
    let of = version(id).and_then(|(family, numbers)| Some((LISTS.versions.get(family)?, numbers)));
    of.into_iter().flat_map(|(all, numbers)| all.iter().filter(move |(other, _)| *other > numbers).map(|(_, id)| *id))
}

/// The ids in use whose licence belongs to a family, such as `GPL`, and has the version if one is given.
pub(super) fn of_family(family: &str, wanted: Option<&str>) -> Vec<&'static str> {
    let wanted = wanted.map(numbers);
    let fits = |numbers: &[u32]| wanted.as_ref().is_none_or(|wanted| numbers.starts_with(wanted));
    let all = LISTS.families.get(&family.to_ascii_lowercase()).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|(numbers, _)| fits(numbers)).map(|(_, id)| *id).collect()
}

/// Ids and exceptions of the lists, without those that other ids replace.
pub fn ids() -> impl Iterator<Item = &'static str> {
    let names = LICENSES.iter().map(|licence| licence.name);
    let licences = names.filter(|name| find(name).is_some_and(|listed| is_in_use(name, &listed, &LISTS.suffixed)));
    licences.chain(EXCEPTIONS.iter().map(|one| one.name))
}

/// Whether no other id says the same as this one.
fn is_in_use(name: &str, listed: &Listed, suffixed: &HashSet<&'static str>) -> bool {
    let has_own = listed.later || listed.narrowed || listed.id == name;
    has_own && listed.exception.is_none() && !name.ends_with('+') && !suffixed.contains(name)
}

/// An id that ends with a version: `CC-BY-4.0` is `CC-BY` and 4, 0. Numbers without a dot name something else, such as
/// the clauses of BSD.
fn version(id: &str) -> Option<(&str, Vec<u32>)> {
    let (family, text) = id.rsplit_once('-')?;
    let is_version = text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_version.then(|| (family, numbers(text)))
}

fn numbers(text: &str) -> Vec<u32> {
    text.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// A name in small letters, with single spaces and without `the` before it.
fn folded(text: &str) -> String {
    let text = text.to_lowercase();
    let words = text.split_whitespace();
    words.enumerate().filter(|(at, word)| *at > 0 || *word != "the").map(|(_, word)| word).collect::<Vec<_>>().join(" ")
}
