//! `Cargo.lock`, in all its versions, and the `Cargo.toml` of the workspace, which say what each package is for.

mod members;

use palisade_model::Purl;
use toml::de::DeTable;

use super::beside::Beside;
use super::graph::Graph;
use super::public::is_public;
use super::tables::{Look, span};
use super::{Hash, Manifest, Scope, Source};
use members::Members;

/// Reads a lock file. It does not say what is there for tests or builds only: of the workspace's own packages their
/// `Cargo.toml` do, where they lie beside it. Of all others everything that they need counts as shipped.
pub(super) fn lock(table: &DeTable<'_>, beside: &Beside<'_>) -> Manifest {
    let mut graph = Graph::locked();
    let mut entries = Vec::new();
    let metadata = table.table("metadata");
    for value in table.items("package") {
        let entry = value.get_ref().as_table();
        let Some((entry, name)) = entry.and_then(|entry| Some((entry, entry.text("name")?))) else {
            graph.manifest.gap(span(value), "a package without a name");
            continue;
        };
        let place = entry.value("name").map_or_else(|| span(value), span);
        let version = entry.text("version");
        let Some(at) = graph.add_named("cargo", name, version, place) else { continue };
        let source = entry.text("source");
        // Versions 1 and 2 keep digests by themselves, under the package's full name.
        let apart = || format!("checksum {name} {} ({})", version.unwrap_or(""), source.unwrap_or(""));
        let digest = entry.text("checksum").or_else(|| metadata?.text(&apart()));
        if let Some(package) = graph.package(at) {
            package.version_span = entry.value("version").map(span);
            package.hashes = digest.into_iter().filter_map(Hash::sha256).collect();
            package.source = match source {
                None => Source::Local,
                Some(source) if is_public("cargo", source) => Source::Registry,
                Some(source) => source.strip_prefix("git+").map_or_else(
                    || Source::Mirror(source.split_once('+').map_or(source, |(_, url)| url).to_owned()),
                    |url| Source::Repository(url.to_owned()),
                ),
            };
        }
        entries.push((at, entry));
    }
    // Packages of the workspace itself come from no registry.
    let own = entries.iter().filter(|(_, entry)| entry.text("source").is_none());
    let members = Members::of(own.filter_map(|(_, entry)| Some((entry.text("name")?, entry.text("version")))), beside);
    let mut asked: Vec<(Option<Purl>, Vec<(Scope, u32)>)> = Vec::new();
    for (at, entry) in entries {
        let mut needs = Vec::new();
        for item in entry.items("dependencies") {
            // `name`, `name version` or `name version (source)`, as much as tells it from its namesakes.
            let mut words = item.get_ref().as_str().unwrap_or("").split(' ');
            let (name, version) = (words.next().unwrap_or(""), words.next());
            let found = graph.find(name, version).next();
            match found {
                Some(to) => needs.push((members.scope(entry.text("name").unwrap_or(""), name, version), to)),
                None => graph.manifest.unlisted(span(item), name),
            }
        }
        for &(_, to) in &needs {
            graph.edge(at, to);
        }
        if let Some(package) = graph.package(at).filter(|package| package.source == Source::Local) {
            asked.push((Some(package.purl.clone()), needs));
        }
    }
    graph.finish(asked)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_among;

    #[test]
    fn what_is_for_tests_and_builds_is_told_by_the_workspace() {
        let package = |name: &str, needs: &str| {
            let source = match name {
                "app" | "lib" | "far" => "",
                _ => "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n",
            };
            let (name, version) = name.split_once(' ').unwrap_or((name, "1.0.0"));
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}dependencies = [{needs}]\n")
        };
        let lock = format!(
            "version = 4\n{}{}{}{}{}{}{}{}{}{}{}{}{}",
            package("app", "\"lib\", \"normal\", \"test\", \"twice 1.0.0\", \"twice 2.3.0\", \"windows\""),
            package("lib", "\"build\", \"chosen\", \"extra\", \"inner\", \"test\""),
            package("far", "\"unknown\""),
            package("normal", "\"below\""),
            package("below", ""),
            package("test", "\"below\", \"of-test\""),
            package("of-test", ""),
            package("build", ""),
            package("chosen", ""),
            package("extra", ""),
            package("inner", ""),
            package("unknown", ""),
            package("windows", ""),
        ) + &package("twice 1.0.0", "")
            + &package("twice 2.3.0", "");
        let root = "[workspace]\nmembers = [\"a\", \"b\"]\n[workspace.dependencies]\nlib = { path = \"b\", features = [\"full\"]                     }\nrenamed = { package = \"test\", version = \"1\" }\n";
        let app = "[package]\nname = \"app\"\nversion.workspace = true\n[dependencies]\nlib.workspace = true\nnormal = \"1\"\ntwice =                    \"2.0\"\n[dev-dependencies]\nrenamed.workspace = true\nold = { package = \"twice\", version = \"1\"                    }\n[target.'cfg(windows)'.dependencies]\nwindows = \"1\"\n";
        let lib = "[package]\nname = \"lib\"\nversion = \"1.0.0\"\n[features]\ndefault = [\"a\"]\na = [\"b\"]\nb = [\"dep:chosen\",                    \"a\"]\nfull = [\"inner/x\"]\n[dependencies]\nchosen = { version = \"1\", optional = true }\nextra = { version =                    \"1\", optional = true }\ninner = { version = \"1\", optional = true }\n[dev-dependencies]\ntest =                    \"1\"\n[build-dependencies]\nbuild = \"1\"\n";
        let other = "[package]\nname = \"lib\"\nversion = \"9.0.0\"\n[dependencies]\ntest = \"1\"\n";
        let files =
            [("w/Cargo.toml", root), ("w/a/Cargo.toml", app), ("w/b/Cargo.toml", lib), ("w/old/Cargo.toml", other)];
        check_among(
            "w/Cargo.lock",
            &lock,
            &files,
            "pkg:cargo/app@1.0.0 Runtime Local > lib > normal > test > twice > twice > windows\n\
             pkg:cargo/lib@1.0.0 Runtime direct Local > build > chosen > extra > inner > test\n\
             pkg:cargo/far@1.0.0 Runtime Local > unknown\n\
             pkg:cargo/normal@1.0.0 Runtime direct > below\n\
             pkg:cargo/below@1.0.0 Runtime\n\
             pkg:cargo/test@1.0.0 Development direct > below > of-test\n\
             pkg:cargo/of-test@1.0.0 Development\n\
             pkg:cargo/build@1.0.0 Development direct\n\
             pkg:cargo/chosen@1.0.0 Runtime direct\n\
             pkg:cargo/extra@1.0.0 Optional direct\n\
             pkg:cargo/inner@1.0.0 Runtime direct\n\
             pkg:cargo/unknown@1.0.0 Runtime direct\n\
             pkg:cargo/windows@1.0.0 Runtime direct\n\
             pkg:cargo/twice@1.0.0 Development direct\n\
             pkg:cargo/twice@2.3.0 Runtime direct\n\
             root pkg:cargo/app@1.0.0\n\
             root pkg:cargo/lib@1.0.0\n\
             root pkg:cargo/far@1.0.0",
        );
    }
}
