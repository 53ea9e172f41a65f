//! What a path says about the text in it: how right-hand sides are written, and how likely a value is real.

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Source code: strings are quoted, anything unquoted is an expression.
    Code,
    /// `key=value` to the end of the line or to white space: env files, properties, INI, shell, Dockerfiles.
    Plain,
    /// `key: value`: YAML.
    Yaml,
    /// JSON and its kin: strings are quoted.
    Json,
    /// Prose with code in it: Markdown, HTML, text.
    Prose,
    /// Not told by the path.
    Unknown,
}

/// What the file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The product.
    Product,
    /// Tests, fixtures, mocks, examples, samples.
    Test,
    /// Documentation.
    Docs,
    /// Translations: values are sentences.
    Locale,
    /// Lock files, minified and generated code: hashes everywhere.
    Generated,
}

/// What a path tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileKind {
    /// How values are written.
    pub(super) syntax: Syntax,
    /// What the file is for.
    pub(super) purpose: Purpose,
}

impl Syntax {
    /// Every syntax.
    pub(super) const ALL: [Self; 6] = [Self::Code, Self::Plain, Self::Yaml, Self::Json, Self::Prose, Self::Unknown];
}

impl Purpose {
    /// Every purpose.
    pub(super) const ALL: [Self; 5] = [Self::Product, Self::Test, Self::Docs, Self::Locale, Self::Generated];
}

/// A set of kinds of files: those in which a match holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kinds(u32);

impl Kinds {
    /// Every kind.
    pub const ALL: Self = Self(u32::MAX);
    /// No kind.
    pub(super) const NONE: Self = Self(0);

    /// The one kind that a path tells.
    #[must_use]
    pub fn of(path: &str) -> Self {
        Self::one(FileKind::of(path))
    }

    pub(super) fn one(kind: FileKind) -> Self {
        Self(1 << (kind.syntax as u32 * 5 + kind.purpose as u32))
    }

    /// Every kind but those of some purposes.
    pub(super) fn without(purposes: &[Purpose]) -> Self {
        let pairs = Syntax::ALL.into_iter().flat_map(|syntax| purposes.iter().map(move |purpose| (syntax, *purpose)));
        Self(pairs.fold(u32::MAX, |bits, (syntax, purpose)| bits & !Self::one(FileKind { syntax, purpose }).0))
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a file of one of `kinds` is in the set.
    #[must_use]
    pub fn meets(self, kinds: Self) -> bool {
        self.0 & kinds.0 != 0
    }
}

impl FileKind {
    /// Reads a path; an empty one tells nothing.
    pub(super) fn of(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit(['/', '!']).next().unwrap_or("");
        // Settings often hide behind a last word that says what they are for: `config.yml.dist`.
        let mut words = name.rsplit('.').filter(|word| !is_suffix(word));
        let extension = words.next().filter(|word| word.len() < name.len()).unwrap_or("");
        Self { syntax: syntax(name, extension), purpose: purpose(path, &lower, name, extension) }
    }
}

fn is_suffix(word: &str) -> bool {
    matches!(
        word,
        "example"
            | "sample"
            | "dist"
            | "template"
            | "tmpl"
            | "tpl"
            | "bak"
            | "backup"
            | "old"
            | "orig"
            | "local"
            | "default"
            | "defaults"
            | "erb"
            | "j2"
            | "in"
            | "gotmpl"
            | "swp"
            | "save"
    )
}

fn syntax(name: &str, extension: &str) -> Syntax {
    match extension {
        "yml" | "yaml" => Syntax::Yaml,
        "json" | "json5" | "jsonc" | "tfstate" | "ipynb" | "har" | "webmanifest" | "map" => Syntax::Json,
        "env" | "properties" | "ini" | "cfg" | "conf" | "cnf" | "config" | "toml" | "sh" | "bash" | "zsh" | "fish"
        | "dockerfile" | "ps1" | "bat" | "cmd" | "desktop" | "service" | "netrc" | "npmrc" | "pypirc"
        | "credentials" | "tfvars" | "editorconfig" | "reg" | "ovpn" | "sql" | "dump" | "profile" | "bashrc" | "mk" => {
            Syntax::Plain
        }
        "md" | "mdx" | "markdown" | "rst" | "txt" | "adoc" | "asciidoc" | "html" | "htm" | "xhtml" | "org" | "tex"
        | "log" | "csv" | "tsv" | "po" | "pot" | "svg" | "ejs" | "hbs" | "pug" | "vue" | "svelte" => Syntax::Prose,
        "xml" | "xaml" | "plist" | "csproj" | "props" | "targets" | "wsdl" | "xsd" => Syntax::Prose,
        "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "cs" | "go" | "java" | "kt" | "kts" | "scala" | "rs" | "swift"
        | "m" | "mm" | "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "py" | "rb" | "php" | "pl" | "pm" | "lua"
        | "r" | "dart" | "ex" | "exs" | "erl" | "hs" | "clj" | "fs" | "vb" | "groovy" | "gradle" | "hcl" | "tf"
        | "nix" | "proto" | "graphql" | "rego" | "jl" | "sol" | "zig" | "elm" | "coffee" | "scss" | "css" | "less"
        | "sass" | "jsonnet" | "libsonnet" | "cue" | "pyi" | "rake" | "gemspec" | "ml" | "cls" | "asp" | "aspx"
        | "jsp" | "cr" | "bzl" | "bazel" | "star" | "feature" | "peg" | "pegjs" | "y" | "asm" | "s" => Syntax::Code,
        _ => match name {
            "dockerfile" | "containerfile" | "makefile" | "procfile" | ".env" | "credentials" | "config" | ".netrc"
            | "_netrc" | ".npmrc" | ".pypirc" | ".htpasswd" | ".bashrc" | ".bash_profile" | ".zshrc" | ".profile"
            | ".pgpass" | ".my.cnf" | ".s3cfg" | ".git-credentials" | ".bash_history" | ".dockercfg" => Syntax::Plain,
            "jenkinsfile" | "vagrantfile" | "gemfile" | "rakefile" | "fastfile" | "podfile" | "build" | "workspace" => {
                Syntax::Code
            }
            _ if name.starts_with(".env") || name.starts_with("dockerfile") || name.starts_with("env.") => {
                Syntax::Plain
            }
            _ => Syntax::Unknown,
        },
    }
}

fn purpose(original: &str, path: &str, name: &str, extension: &str) -> Purpose {
    let part = |known: &[&str]| path.split('/').rev().skip(1).any(|part| known.contains(&part));
    if name.contains(".min.")
        || name.contains("-lock.")
        || matches!(extension, "lock" | "sum" | "map" | "svg" | "snap")
        || matches!(name, "npm-shrinkwrap.json" | "go.sum" | "packages.config" | "pnpm-lock.yaml")
        || name.ends_with(".pb.go")
        || name.contains("bundle.js")
    {
        return Purpose::Generated;
    }
    if part(&["locale", "locales", "i18n", "l10n", "lang", "langs", "translations", "translation", "languages"])
        || matches!(extension, "po" | "pot" | "xlf" | "strings" | "resx" | "arb")
        || name.starts_with("messages_")
        || name.starts_with("messages.") && extension == "properties"
    {
        return Purpose::Locale;
    }
    let test_words = ["test", "spec", "mock", "fixture", "stub", "fake", "dummy", "testing", "testutil", "smoketest"];
    let stem = name.split('.').next().unwrap_or("");
    let named = |word: &str| {
        stem.split(['_', '-']).any(|piece| piece == word || piece.strip_suffix('s') == Some(word))
            || name.split('.').skip(1).any(|piece| piece == word || piece.strip_suffix('s') == Some(word))
    };
    // `EventParserTest.java`: in the original case, so that `contest.js` is no test.
    let title = original.rsplit(['/', '!']).next().unwrap_or("").split('.').next().unwrap_or("");
    let camel = ["Test", "Tests", "Spec", "Mock", "Fixture", "IT"].iter().any(|word| title.ends_with(word));
    let tests = [
        "test",
        "tests",
        "testing",
        "testdata",
        "test-data",
        "test_data",
        "__tests__",
        "__mocks__",
        "spec",
        "specs",
        "fixtures",
        "fixture",
        "mock",
        "mocks",
        "e2e",
        "testutil",
        "testutils",
        "testhelpers",
        "test-fixtures",
        "cypress",
        "integration-tests",
        "unittests",
        "examples",
        "example",
        "samples",
        "sample",
        "demo",
        "demos",
        "testsuite",
        "suites",
        "acceptance",
        "benchmark",
        "benchmarks",
        "_examples",
        "testserver",
        "androidtest",
        "tutorial",
        "tutorials",
        "fuzz",
        "mirage",
        "integtest",
        "integtests",
    ];
    if part(&tests)
        || path.split('/').rev().skip(1).any(|part| {
            ["_test", "-test", ".test", "_tests", "-tests", ".tests", "integrationtest", "-example", "-examples"]
                .iter()
                .any(|tail| part.ends_with(tail))
                || part.starts_with("test-")
                || part.starts_with("test_")
        })
        || camel
        || test_words.iter().any(|word| named(word))
    {
        return Purpose::Test;
    }
    let docs = matches!(extension, "md" | "mdx" | "markdown" | "rst" | "adoc" | "asciidoc" | "tex" | "org");
    if docs
        || part(&["doc", "docs", "documentation", "website", "man", "wiki"])
        || name.starts_with("readme")
        || name.starts_with("changelog")
    {
        return Purpose::Docs;
    }
    Purpose::Product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_syntax_and_purpose() {
        let kind = |path| {
            let kind = FileKind::of(path);
            (kind.syntax, kind.purpose)
        };
        assert_eq!(kind("src/main.go"), (Syntax::Code, Purpose::Product));
        assert_eq!(kind("src/main_test.go"), (Syntax::Code, Purpose::Test));
        assert_eq!(kind("a/tests/x.py"), (Syntax::Code, Purpose::Test));
        assert_eq!(kind("config/app.yml.dist"), (Syntax::Yaml, Purpose::Product));
        assert_eq!(kind(".env.production"), (Syntax::Plain, Purpose::Product));
        assert_eq!(kind("docs/a.md"), (Syntax::Prose, Purpose::Docs));
        assert_eq!(kind("config/locales/de.yml"), (Syntax::Yaml, Purpose::Locale));
        assert_eq!(kind("package-lock.json"), (Syntax::Json, Purpose::Generated));
        assert_eq!(kind("web/latest/contest.js"), (Syntax::Code, Purpose::Product));
        assert_eq!(kind(""), (Syntax::Unknown, Purpose::Product));
    }
}
