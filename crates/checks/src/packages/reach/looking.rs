//! One look through sources for what imports some names.
//!
//! A source in which none of the names stands is not read further, and when all names are found no more sources are
//! opened: most of the cost is the first search for bytes.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use palisade_inventory::Inventory;
use palisade_inventory::imports::{self, Kind, Language};
use palisade_model::Place;

use crate::Host;
use crate::scanner::text_of;

/// More bytes are not searched; what is left then counts as not looked at.
const BYTES_MAX: usize = 1 << 30;

/// Code that others keep, beside what no check judges: folders into which packages are installed.
const INSTALLED: [&str; 4] = [".venv", "venv", ".tox", "__pypackages__"];

/// Letters of a guessed name that stand together in every source that imports it.
const GUESSED_LETTERS: usize = 2;

/// What somebody wants to know about.
#[derive(Debug)]
pub(super) struct Sought {
    pub(super) language: Language,
    /// Folders whose sources count.
    pub(super) folders: Vec<String>,
    /// Names by which it is imported, as [`key`] and [`guess`] write them.
    pub(super) names: Vec<String>,
    /// Whether only the name itself counts, and not what begins with it.
    pub(super) exact: bool,
}

/// Where something is first imported, by how.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) code: Option<Place>,
    pub(super) types: Option<Place>,
    pub(super) tests: Option<Place>,
    pub(super) text: Option<Place>,
}

/// A folder whose sources count for somebody.
#[derive(Clone, Debug, Default)]
pub(super) struct Ground {
    /// Sources of the product.
    pub(super) files: usize,
    /// Sources that are tests, examples or documentation.
    pub(super) tests: usize,
    /// Sources that could not be looked at.
    pub(super) unread: usize,
    /// Where something is imported by a name that is put together when the program runs.
    pub(super) computed: Option<Place>,
}

/// The search.
#[derive(Debug, Default)]
pub(super) struct Looking {
    sought: Vec<Sought>,
    seen: Vec<Seen>,
    grounds: HashMap<(Language, String), Ground>,
    /// Folders that are projects of their own, so that their sources do not count for those around them.
    owners: HashMap<Language, HashSet<String>>,
    /// Names of packages that nobody asked for, which own what begins with them.
    others: HashSet<String>,
}

/// A source of the target.
struct Source<'i> {
    path: &'i Arc<str>,
    test: bool,
    /// Its folders that count, the innermost first.
    folders: Vec<&'i str>,
}

impl Looking {
    /// `owners` are the folders that are projects of their own.
    pub(super) fn new(owners: HashMap<Language, HashSet<String>>) -> Self {
        Self { owners, ..Self::default() }
    }

    pub(super) fn owners(&self, language: Language) -> Option<&HashSet<String>> {
        self.owners.get(&language)
    }

    /// Says that packages of these names exist: of Go, the longest module before a path is the one it is of.
    pub(super) fn know(&mut self, names: impl Iterator<Item = String>) {
        self.others.extend(names);
    }

    /// Looks for something; the number is to be given to [`Looking::seen`].
    pub(super) fn seek(&mut self, sought: Sought) -> usize {
        let number = self.sought.len();
        for folder in &sought.folders {
            self.grounds.entry((sought.language, folder.clone())).or_default();
        }
        self.sought.push(sought);
        self.seen.push(Seen::default());
        number
    }

    pub(super) fn seen(&self, number: usize) -> Seen {
        self.seen.get(number).cloned().unwrap_or_default()
    }

    pub(super) fn ground(&self, language: Language, folder: &str) -> Ground {
        self.grounds.get(&(language, folder.to_owned())).cloned().unwrap_or_default()
    }

    /// Looks through the target.
    pub(super) fn look(&mut self, inventory: &Inventory, host: Host<'_>) {
        let languages: BTreeSet<Language> = self.sought.iter().map(|one| one.language).collect();
        let mut left = BYTES_MAX;
        for language in languages {
            let sources = self.sources(language, inventory);
            for source in &sources {
                for folder in &source.folders {
                    let ground = self.grounds.get_mut(&(language, (*folder).to_owned()));
                    ground.into_iter().for_each(|ground| {
                        ground.files += usize::from(!source.test);
                        ground.tests += usize::from(source.test);
                    });
                }
            }
            self.look_for(language, &sources, host, &mut left);
        }
    }

    fn sources<'i>(&self, language: Language, inventory: &'i Inventory) -> Vec<Source<'i>> {
        let owners = self.owners.get(&language);
        let mut sources = Vec::new();
        for file in &inventory.files {
            if Language::of(&file.path) != Some(language) || file.link || !is_own(&file.path) {
                continue;
            }
            let mut folders = Vec::new();
            for folder in folders_of(&file.path) {
                if self.grounds.contains_key(&(language, folder.to_owned())) {
                    folders.push(folder);
                }
                if owners.is_some_and(|owners| owners.contains(folder)) {
                    break;
                }
            }
            if !folders.is_empty() {
                sources.push(Source { path: &file.path, test: is_test(&file.path), folders });
            }
        }
        sources
    }

    fn look_for(&mut self, language: Language, sources: &[Source<'_>], host: Host<'_>, left: &mut usize) {
        let mut names: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, sought) in self.sought.iter().enumerate().filter(|(_, sought)| sought.language == language) {
            for name in &sought.names {
                names.entry(name.clone()).or_default().push(number);
            }
        }
        let patterns = patterns(language, names.keys());
        let built = AhoCorasick::builder().ascii_case_insensitive(language == Language::Python).build(&patterns);
        let mut open: HashSet<usize> = names.values().flatten().copied().collect();
        for source in sources {
            if open.is_empty() {
                return;
            }
            let bytes = (host.read)(source.path).filter(|bytes| bytes.len() <= imports::SOURCE_BYTES_MAX);
            let spent = bytes.as_ref().and_then(|bytes| left.checked_sub(bytes.len()));
            let (Some(bytes), Some(rest), Ok(finder)) = (bytes, spent, &built) else {
                self.each_ground(language, source, |ground| ground.unread += usize::from(!source.test));
                continue;
            };
            *left = rest;
            if !finder.is_match(&bytes) {
                continue;
            }
            let text = text_of(&bytes);
            let wanted = |name: &str| keys(language, name).any(|(key, _)| names.contains_key(&*key));
            for import in imports::read(language, source.path, &text, &wanted) {
                let place = Place { path: Arc::clone(source.path), line: import.line };
                if import.kind == Kind::Computed {
                    if !source.test {
                        self.each_ground(language, source, |ground| {
                            ground.computed.get_or_insert_with(|| place.clone());
                        });
                    }
                    continue;
                }
                self.found(language, source, &names, (&import.name, import.kind, &place), &mut open);
            }
        }
    }

    fn each_ground(&mut self, language: Language, source: &Source<'_>, mut change: impl FnMut(&mut Ground)) {
        for folder in &source.folders {
            self.grounds.get_mut(&(language, (*folder).to_owned())).into_iter().for_each(&mut change);
        }
    }

    fn found(
        &mut self,
        language: Language,
        source: &Source<'_>,
        names: &HashMap<String, Vec<usize>>,
        (name, kind, place): (&str, Kind, &Place),
        open: &mut HashSet<usize>,
    ) {
        for (key, whole) in keys(language, name) {
            for number in names.get(&*key).into_iter().flatten() {
                let counts = self.sought.get(*number).is_some_and(|sought| {
                    let here = sought.folders.iter().any(|folder| source.folders.contains(&folder.as_str()));
                    here && (whole || !sought.exact)
                });
                let Some(seen) = self.seen.get_mut(*number).filter(|_| counts) else { continue };
                let slot = match (kind, source.test) {
                    (Kind::Text, false) => &mut seen.text,
                    (Kind::Text, true) => continue,
                    (_, true) | (Kind::Test, _) => &mut seen.tests,
                    (Kind::Types, _) => &mut seen.types,
                    _ => {
                        open.remove(number);
                        &mut seen.code
                    }
                };
                slot.get_or_insert_with(|| place.clone());
            }
            // A path of Go is of the longest module before it.
            if language == Language::Go && self.others.contains(&*key) {
                break;
            }
        }
    }
}

/// A name that is known, as it is compared.
pub(super) fn key(language: Language, name: &str) -> String {
    if language == Language::Python { name.to_lowercase() } else { name.to_owned() }
}

/// A name of Python that is guessed from that of its package: which of its hyphens are dots, underscores or nothing,
/// nobody knows. `llama-index-llms-openai-like` is imported as `llama_index.llms.openai_like`.
pub(super) fn guess(name: &str) -> String {
    let letters = name.chars().filter(|character| !matches!(character, '.' | '_' | '-'));
    GUESS.chars().chain(letters.flat_map(char::to_lowercase)).collect()
}

/// What begins a guessed name, so that it is never taken for a known one.
const GUESS: &str = "~";

/// The names to which an import may belong, the longest first, and whether they are all of it.
fn keys(language: Language, name: &str) -> impl Iterator<Item = (Cow<'_, str>, bool)> {
    let (name, separator): (Cow<'_, str>, Option<char>) = match language {
        Language::Rust => (name.into(), None),
        Language::JavaScript => (imports::javascript_package_of(name).unwrap_or("").into(), None),
        Language::Python => (name.to_lowercase().into(), Some('.')),
        Language::Go => (name.into(), Some('/')),
    };
    let (mut next, mut whole) = (Some(name), true);
    let known = std::iter::from_fn(move || {
        let name = next.take()?;
        let shorter = separator.and_then(|separator| name.rfind(separator)).and_then(|at| name.get(..at));
        next = shorter.map(|shorter| Cow::Owned(shorter.to_owned()));
        Some((name, std::mem::replace(&mut whole, false)))
    });
    known.flat_map(move |(name, whole)| {
        let guessed = (language == Language::Python).then(|| (Cow::Owned(guess(&name)), whole));
        std::iter::once((name, whole)).chain(guessed)
    })
}

/// Bytes of which some stand in every source that imports one of the names, and in every one that imports by a name
/// that it puts together.
fn patterns<'n>(language: Language, names: impl Iterator<Item = &'n String>) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    for name in names {
        match language {
            Language::Rust => patterns.push(name.clone()),
            Language::Go => patterns.extend(["\"", "`"].map(|quote| format!("{quote}{name}"))),
            // A guessed name may have a dot or an underscore after any letter: its start has to do.
            Language::Python => patterns.push(match name.strip_prefix(GUESS) {
                Some(guessed) => guessed.chars().take(GUESSED_LETTERS).collect(),
                None => name.split('.').next().unwrap_or(name).to_owned(),
            }),
            Language::JavaScript => {
                patterns
                    .extend(["\"", "'", "`", "npm:", "jsr:", "npm:/", "jsr:/"].map(|before| format!("{before}{name}")));
            }
        }
    }
    let computed: &[&str] = match language {
        Language::Rust | Language::Go => &[],
        Language::Python => &["import_module", "__import__"],
        Language::JavaScript => &["require(", "import("],
    };
    patterns.extend(computed.iter().map(|word| (*word).to_owned()));
    patterns.sort();
    patterns.dedup();
    patterns
}

/// The folders of a path, the innermost first, down to the root, which is empty.
pub(super) fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder_of(path)), |folder| (!folder.is_empty()).then(|| folder_of(folder)))
}

pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a source is the project's own: neither somebody else's code nor packed for browsers, nor in an archive.
fn is_own(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let packed = name.contains(".min.") || name.contains("bundle.js");
    let foreign = |part: &str| crate::code::FOREIGN.contains(&part) || INSTALLED.contains(&part);
    !packed && !path.contains('!') && !path.split('/').any(foreign)
}

/// Whether a source is a test, an example or documentation. What a program wrote into the project is built with it.
fn is_test(path: &str) -> bool {
    let written = path.strip_suffix(".pb.go").map(|path| format!("{path}.go"));
    path.split('/').any(|part| part == "benches") || !crate::secrets::is_product(written.as_deref().unwrap_or(path))
}
