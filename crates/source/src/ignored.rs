//! Whether git leaves a path out of commits, and which line says so. It asks no git and changes nothing.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};

use crate::git::repository::Repository;
use crate::label;

/// A path that git leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The file with the pattern: from the root of the work tree when it lies in there.
    pub file: String,
    /// Its line, from 1.
    pub line: Option<usize>,
    /// The pattern as it stands there.
    pub pattern: String,
    /// A line that takes it back, for the same `.gitignore` or one nearer to the path.
    pub remedy: String,
}

/// Why git would leave out `path` below `root`. Nothing when it would not, when it tracks the file already, and when
/// `root` is in no work tree.
#[must_use]
pub fn ignored(root: &Path, path: &str) -> Option<Ignored> {
    let real = std::fs::canonicalize(root).ok()?;
    let tree = real.ancestors().find(|folder| folder.join(".git").exists())?;
    let full = real.join(path);
    let inside = full.strip_prefix(tree).ok()?;
    let repository = Repository::discover(tree).ok();
    if repository.as_ref().and_then(|found| found.tracked().ok()).is_some_and(|paths| paths.iter().any(|p| p == inside))
    {
        return None;
    }
    let common = repository.as_ref().and_then(|found| found.objects_folder().parent().map(Path::to_owned));
    let own = common.unwrap_or_else(|| tree.join(".git")).join("info/exclude");
    // The nearest file decides; what a folder keeps out, nothing inside of it can take back.
    let everywhere = [gitconfig_excludes_path(), Some(own)];
    let mut rules: Vec<Gitignore> = everywhere.into_iter().flatten().filter_map(|file| rules_of(tree, &file)).collect();
    let mut place: PathBuf = tree.to_owned();
    let parts: Vec<_> = inside.components().collect();
    for (at, part) in parts.iter().enumerate() {
        rules.extend(rules_of(&place, &place.join(".gitignore")));
        place.push(part);
        let is_folder = at + 1 < parts.len();
        let decided = rules.iter().rev().map(|rules| rules.matched(&place, is_folder)).find(|found| !found.is_none());
        if let Some(Match::Ignore(glob)) = decided {
            let file = glob.from().unwrap_or(tree);
            let name = part.as_os_str().to_string_lossy();
            return Some(Ignored {
                file: label(file.strip_prefix(tree).unwrap_or(file)).into_owned(),
                line: line_of(file, glob.original()),
                pattern: glob.original().to_owned(),
                remedy: format!("!{name}{}", if is_folder { "/" } else { "" }),
            });
        }
    }
    None
}

fn rules_of(folder: &Path, file: &Path) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new(folder);
    // A line that is no pattern is none to git either: the others count.
    let missing = builder.add(file).is_some_and(|error| error.io_error().is_some());
    if missing { None } else { builder.build().ok() }
}

/// The last line that holds a pattern, which is the one that counts.
fn line_of(file: &Path, pattern: &str) -> Option<usize> {
    let text = std::fs::read_to_string(file).ok()?;
    let found = text.lines().enumerate().filter(|(_, line)| line.trim_end() == pattern.trim_end()).last();
    found.map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fs;

    use super::*;

    #[test]
    fn the_line_that_ignores_is_named() {
        let folder = tempfile::TempDir::new().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join(".git/info")).unwrap();
        fs::create_dir_all(root.join("docs/open")).unwrap();
        fs::write(root.join(".gitignore"), "# ours\n.*\n!.github/\n*.key\ndocs/*\n!docs/open/\n").unwrap();
        fs::write(root.join("docs/open/.gitignore"), "!a.key\n").unwrap();
        fs::write(root.join(".git/info/exclude"), "private.md\n").unwrap();
        for (path, expected) in [
            (".palisade/identity.key", Some((".gitignore", 2, ".*", "!.palisade/"))),
            (".github/workflows/a.yml", None),
            (".github/b.key", Some((".gitignore", 4, "*.key", "!b.key"))),
            ("docs/a.md", Some((".gitignore", 5, "docs/*", "!a.md"))),
            ("docs/open/a.md", None),
            ("docs/open/a.key", None),
            ("private.md", Some((".git/info/exclude", 1, "private.md", "!private.md"))),
            ("palisade.toml", None),
        ] {
            let found = ignored(root, path);
            let told = found.as_ref().map(|found| {
                (found.file.as_str(), found.line.unwrap_or(0), found.pattern.as_str(), found.remedy.as_str())
            });
            assert_eq!(told, expected, "{path}");
        }
        // A root below the work tree asks the files above it too.
        assert!(ignored(&root.join("docs"), "b.md").is_some());
        fs::remove_dir_all(root.join(".git")).unwrap();
        assert_eq!(ignored(root, "docs/a.md"), None);
    }
}
