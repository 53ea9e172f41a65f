//! Files of pip: `requirements.txt` and its kin, and the notes that pip-compile and uv leave in them.
//!
//! Only `==` is a version; what other specifiers allow nobody knows before installing. Files that a line includes
//! are read by their own names. Markers are not evaluated: what only some platform needs counts as needed.

use super::graph::Graph;
use super::lines::{lines, place};
use super::public::is_public;
use super::python::{normal, requirement_name};
use super::{Hash, Manifest, Scope, Source};

/// Options that say nothing about packages.
const OPTIONS: [&str; 14] = [
    "--extra-index-url",
    "--find-links",
    "-f",
    "--no-index",
    "--no-binary",
    "--only-binary",
    "--prefer-binary",
    "--pre",
    "--trusted-host",
    "--require-hashes",
    "--use-feature",
    "--process-dependency-links",
    "--always-unzip",
    "--no-deps",
];

/// A requirement as PEP 508 writes it: `name[extra]==1.0; marker` or `name @ address`.
#[derive(Debug, Default)]
pub(super) struct Requirement<'t> {
    pub(super) name: &'t str,
    /// Only of `==` and `===` alone.
    pub(super) version: Option<&'t str>,
    pub(super) address: Option<&'t str>,
}

/// Reads a requirement.
pub(super) fn requirement(text: &str) -> Option<Requirement<'_>> {
    let text = text.trim();
    let name = requirement_name(text);
    let mut rest = text.get(name.len()..)?.trim_start();
    if name.is_empty() {
        return None;
    }
    if let Some(extras) = rest.strip_prefix('[') {
        rest = extras.split_once(']')?.1.trim_start();
    }
    if let Some(address) = rest.strip_prefix('@') {
        let address = address.split_ascii_whitespace().next().unwrap_or("");
        return Some(Requirement { name, version: None, address: Some(address.trim_end_matches(';')) });
    }
    if !rest.is_empty() && !rest.starts_with(['<', '>', '=', '!', '~', '(', ';', ' ', '-', '\\', ',']) {
        return None;
    }
    let specifier = rest.split(';').next().unwrap_or(rest).split(" -").next().unwrap_or(rest);
    let specifier = specifier.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '\\' | ','));
    let exact = specifier.strip_prefix("===").or_else(|| specifier.strip_prefix("=="));
    let version = exact.map(str::trim).filter(|version| !version.contains([',', '*', ' ', '\n', '$', '{']));
    Some(Requirement { name, version: version.filter(|version| !version.is_empty()), address: None })
}

/// Where the address of a requirement leads.
pub(super) fn address(url: &str) -> Source {
    let plain = url.split_once(':').map_or("", |(scheme, _)| scheme);
    match plain {
        _ if ["git+", "hg+", "svn+", "bzr+"].iter().any(|start| url.starts_with(start)) => {
            Source::Repository(url.to_owned())
        }
        "http" | "https" | "ftp" => Source::Address(url.to_owned()),
        _ => Source::Local,
    }
}

/// What the project needs.
pub(super) fn runtime(text: &str) -> Manifest {
    read(text, Scope::Runtime)
}

/// What is needed to work on the project, as the name of the file says.
pub(super) fn development(text: &str) -> Manifest {
    read(text, Scope::Development)
}

/// Versions for whatever is installed, which asks for nothing.
pub(super) fn constraints(text: &str) -> Manifest {
    let mut manifest = read(text, Scope::Runtime);
    manifest.locked = false;
    manifest.packages.iter_mut().for_each(|package| package.direct = None);
    manifest
}

fn read(text: &str, scope: Scope) -> Manifest {
    let mut graph = Graph::default();
    let mut index = None;
    // What pip-compile notes: `# via name`, over one line or several.
    let (mut last, mut noting, mut notes) = (None, false, Vec::new());
    for line in logical(text) {
        let (said, comment) = split_comment(line);
        if said.trim().is_empty() {
            let note = comment.trim();
            let begins = note.split_ascii_whitespace().next() == Some("via");
            noting = last.is_some() && (begins || noting && comment.starts_with("  "));
            if let Some(at) = last.filter(|_| noting) {
                notes.extend(note.trim_start_matches("via").split(',').map(|note| (at, note.trim())));
            }
            continue;
        }
        noting = false;
        let added = match said.trim_start().strip_prefix('-') {
            Some(_) => option(&mut graph, text, said.trim(), &mut index),
            None => one(&mut graph, text, said.trim()),
        };
        last = added;
        if let (Some(at), Some(note)) = (added, comment.trim().strip_prefix("via ")) {
            notes.extend(note.split(',').map(|note| (at, note.trim())));
        }
        if let Some(package) = added.and_then(|at| graph.package(at)) {
            package.scope = scope;
            let digests = said.split("--hash").skip(1).map(|digest| digest.trim_start_matches(['=', ' ']));
            let digests = digests.filter_map(|digest| Hash::labelled(digest.split([' ', '\\', '\n', '\r']).next()?));
            package.hashes = digests.collect();
        }
    }
    finish(graph, scope, index, &notes)
}

/// Says what follows from the file as a whole.
fn finish(mut graph: Graph, scope: Scope, index: Option<&str>, notes: &[(u32, &str)]) -> Manifest {
    let mut asked = Vec::new();
    for &(at, note) in notes.iter().filter(|(_, note)| !note.is_empty()) {
        // A file that asks, or another package of this one.
        if note.starts_with('-') || note.contains(['(', '/']) {
            asked.extend((!note.starts_with("-c") && !note.starts_with("--c")).then_some((scope, at)));
            continue;
        }
        let found: Vec<u32> = graph.find(&normal(requirement_name(note)), None).collect();
        found.into_iter().for_each(|from| graph.edge(from, at));
    }
    let packages = &mut graph.manifest.packages;
    let pinned = packages.iter().all(|package| package.purl.version().is_some() || package.source != Source::Registry);
    let hashed = packages.iter().any(|package| !package.hashes.is_empty());
    graph.manifest.locked = !packages.is_empty() && pinned && (hashed || !notes.is_empty());
    for package in packages.iter_mut() {
        // Who writes ranges writes what the project asks for; versions alone may be all that is installed.
        package.direct = (!pinned).then_some(true);
        if let Some(url) = index.filter(|url| package.source == Source::Registry && !is_public("pypi", url)) {
            package.source = Source::Mirror(url.to_owned());
        }
    }
    graph.finish(if asked.is_empty() { Vec::new() } else { vec![(None, asked)] })
}

/// Lines with those that continue them, as one slice of the text.
fn logical(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            end += line.len();
            if !line.trim_end().ends_with('\\') || line.trim_start().starts_with('#') {
                break;
            }
        }
        let (line, after) = rest.split_at_checked(end).filter(|(line, _)| !line.is_empty())?;
        rest = after;
        Some(line.trim_end())
    })
    .filter(|line| !line.is_empty())
}

/// A line without its comment, and the comment. A `#` within a word belongs to it, as in addresses.
fn split_comment(line: &str) -> (&str, &str) {
    let begins = |at: &usize| line.get(..*at).is_none_or(|before| before.is_empty() || before.ends_with([' ', '\t']));
    match line.match_indices('#').map(|(at, _)| at).find(begins) {
        Some(at) => (line.get(..at).unwrap_or(""), line.get(at + 1..).unwrap_or("")),
        None => (line, ""),
    }
}

/// A line that is an option.
fn option<'t>(graph: &mut Graph, text: &str, line: &'t str, index: &mut Option<&'t str>) -> Option<u32> {
    let end = line.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(line.len());
    let (name, value) = line.split_at(end);
    let value = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\''));
    match name {
        "-e" | "--editable" => return one(graph, text, value),
        "-i" | "--index-url" => *index = Some(value),
        "-r" | "--requirement" | "-c" | "--constraint" => {
            if value.is_empty() || value.contains("://") || value.contains('$') {
                graph.manifest.elsewhere(place(text, line), "includes a file that cannot be found from here");
            }
        }
        _ if OPTIONS.contains(&name) => {}
        // `-rother.txt`
        _ if name.starts_with("-r") || name.starts_with("-c") => {}
        _ => graph.manifest.gap(place(text, line), format!("`{name}` is no option of pip")),
    }
    None
}

/// A line that is a requirement, an address or a path.
fn one(graph: &mut Graph, text: &str, line: &str) -> Option<u32> {
    let path = line.split(';').next().unwrap_or(line).trim();
    let word = path.split_ascii_whitespace().next().unwrap_or(path);
    let archive = [".whl", ".tar.gz", ".zip"].iter().any(|end| word.ends_with(end));
    let by_path = word.contains("://") || word.starts_with(['.', '/']);
    if by_path || !line.contains('@') && (archive || word.starts_with("file:")) {
        return located(graph, text, word);
    }
    let Some(read) = requirement(line) else {
        graph.manifest.gap(place(text, line), "not a requirement");
        return None;
    };
    let at = graph.add_named("pypi", &normal(read.name), read.version, place(text, read.name))?;
    let package = graph.package(at)?;
    package.version_span = read.version.map(|version| place(text, version));
    if let Some(url) = read.address {
        package.source = address(url);
    }
    Some(at)
}

/// An address or a path by itself: its name stands after `#egg=`, or begins the name of the file.
fn located(graph: &mut Graph, text: &str, word: &str) -> Option<u32> {
    let (address_part, fragment) = word.split_once('#').unwrap_or((word, ""));
    let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg=")).map(requirement_name);
    let file = address_part.rsplit('/').next().unwrap_or("");
    let mut parts = file.strip_suffix(".whl").into_iter().flat_map(|stem| stem.split('-'));
    let (wheel, version) = (parts.next(), parts.next());
    let source = address(word);
    let Some(name) = egg.filter(|name| !name.is_empty()).or(wheel) else {
        // A folder has a manifest of its own.
        if source != Source::Local {
            graph.manifest.gap(place(text, word), "an address that does not name its package");
        }
        return None;
    };
    let at = graph.add_named("pypi", &normal(name), version, place(text, name))?;
    graph.package(at)?.source = source;
    Some(at)
}

/// Reads `setup.cfg`: the lists of setuptools.
pub(super) fn setup(text: &str) -> Manifest {
    let mut graph = Graph::default();
    let (mut section, mut key, mut root, mut asked) = ("", "", None, Vec::new());
    for line in lines(text).filter(|line| !line.trim_start().starts_with(['#', ';'])) {
        if let Some(name) = line.strip_prefix('[') {
            (section, key) = (name.trim_end_matches(']'), "");
            continue;
        }
        let value = match line.split_once('=').filter(|_| !line.starts_with(char::is_whitespace)) {
            Some((name, value)) => {
                key = name.trim();
                value
            }
            None => line,
        };
        let scope = match (section, key) {
            ("metadata", "name") => {
                root = palisade_model::Purl::new("pypi", &normal(value.trim())).ok();
                continue;
            }
            ("options", "install_requires") => Scope::Runtime,
            ("options", "setup_requires" | "tests_require") => Scope::Development,
            ("options.extras_require", _) => Scope::Optional,
            _ => continue,
        };
        for item in value.split(';').take(1).map(str::trim).filter(|item| !item.is_empty() && !item.contains(':')) {
            asked.extend(one(&mut graph, text, item).map(|at| (scope, at)));
        }
    }
    graph.finish(vec![(root, asked)])
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn lines_of_pip() {
        let digest = "ab".repeat(32);
        let text = format!(
            "# what we need\n--index-url https://me:pw@pypi.example/simple\n-r other.txt\n-r ${{X}}.txt\nFoo_Bar[x,y] == \
             1.0 ; python_version < '3' # why\nbaz>=1,<2\nqux==1.*\nhashed==2.0 \\\n    --hash=sha256:{digest} \\\n    \
             --hash=sha256:{digest}\n-e git+https://git.example/x.git@v1#egg=some.thing\n./local\n\
             direct @ https://files.example/d.tar.gz ; x\nhttps://files.example/Wheel_Name-3.1-py3-none-any.whl\n\
             https://files.example/unnamed.zip\nThe system shall respond.\n--unknown\n"
        );
        check(
            "a/requirements.txt",
            &text,
            "pkg:pypi/foo-bar@1.0 Runtime direct Mirror(https://pypi.example/simple)\n\
             pkg:pypi/baz Runtime direct Mirror(https://pypi.example/simple)\n\
             pkg:pypi/qux Runtime direct Mirror(https://pypi.example/simple)\n\
             pkg:pypi/hashed@2.0 Runtime direct Mirror(https://pypi.example/simple) hashed\n\
             pkg:pypi/some-thing Runtime direct Repository(git+https://git.example/x.git@v1#egg=some.thing)\n\
             pkg:pypi/direct Runtime direct Address(https://files.example/d.tar.gz)\n\
             pkg:pypi/wheel-name@3.1 Runtime direct Address(https://files.example/Wheel_Name-3.1-py3-none-any.whl)\n\
             gap 4 includes a file that cannot be found from here\n\
             gap 15 an address that does not name its package\n\
             gap 16 not a requirement\n\
             gap 17 `--unknown` is no option of pip",
        );
    }

    #[test]
    fn notes_of_compilers() {
        let text = "a==1.0\n    # via -r requirements.in\nb==2.0\n    # via\n    #   a\n    #   c[x]\nc==3.0  # via -r x.in, \
                    a\n# an ordinary line\nd==1\n    # via app (pyproject.toml)\n";
        check(
            "requirements/dev.txt",
            text,
            "pkg:pypi/a@1.0 Development direct > b > c\n\
             pkg:pypi/b@2.0 Development\n\
             pkg:pypi/c@3.0 Development direct > b\n\
             pkg:pypi/d@1 Development direct",
        );
    }

    #[test]
    fn lists_of_setuptools() {
        let text = "[metadata]\nname = My_App\n[options]\ninstall_requires =\n    a==1.0\n    b; python_version<'3'\n\
                    [options.extras_require]\nx =\n    c>1\n[flake8]\nignore = d\n";
        check(
            "setup.cfg",
            text,
            "pkg:pypi/a@1.0 Runtime direct\npkg:pypi/b Runtime direct\npkg:pypi/c Optional direct\nroot pkg:pypi/my-app",
        );
    }
}
