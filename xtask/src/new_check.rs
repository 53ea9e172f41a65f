//! `cargo xtask new-check FAMILY/NAME`: a check that compiles and passes its own page, ready to be changed.

mod secrets;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Writes the check's source and page, and lists it in its family.
pub(crate) fn create(root: &Path, id: &str) -> Result<()> {
    let (family, name) = id.split_once('/').context("a check is called FAMILY/NAME, such as kubernetes/host-path")?;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        bail!("`{name}` is no name for a check: lower-case words joined by hyphens, naming the fault");
    }
    if family == "secrets" {
        return detector(root, name);
    }
    let folder = root.join("crates/checks/src").join(family);
    let list = folder.join("mod.rs");
    let known = std::fs::read_to_string(&list).with_context(|| format!("there is no family `{family}`"))?;
    let template = Template::of(family)
        .with_context(|| format!("`{family}` has no template: its checks are rows of data or part of the scanner"))?;
    let module = name.replace('-', "_");
    let source = folder.join(format!("{module}.rs"));
    let page = folder.join(format!("{module}.md"));
    if source.exists() || page.exists() {
        bail!("`{id}` exists already");
    }
    let declaration = format!("pub mod {module};");
    let listed = listed(&known, &declaration, &format!("    &{module}::CHECK,"), None)?;
    put(root, [(source, template.source(id, &module)), (page, template.page(id)), (list, listed)])?;
    eprintln!("next: change the page's examples, then the check, until `cargo test -p palisade-checks` passes");
    Ok(())
}

/// A detector for secrets: a row of data and a page for its provider.
fn detector(root: &Path, name: &str) -> Result<()> {
    let provider = name.split('-').next().unwrap_or(name);
    if provider == name {
        bail!("a detector is called PROVIDER-WHAT, such as secrets/acme-api-key");
    }
    let folder = root.join("crates/checks/src/secrets/providers");
    let (source, page) = (folder.join(format!("{provider}.rs")), folder.join(format!("{provider}.md")));
    if source.exists() || page.exists() {
        bail!(
            "{provider} has a page already: add a row to providers/{provider}.rs and examples to providers/{provider}.md"
        );
    }
    let list = folder.join("mod.rs");
    let known = std::fs::read_to_string(&list).context("there is no list of providers")?;
    // Before whatever matches by context alone: of two matches at one place the first counts.
    let entry = format!("    {provider}::DETECTORS,");
    let listed = listed(&known, &format!("mod {provider};"), &entry, Some("    urls::DETECTORS,"))?;
    let (code, text) = (secrets::source(provider, name), secrets::page(provider, name));
    put(root, [(source, code), (page, text), (list, listed)])?;
    eprintln!(
        "next: write the provider's documented format and source, and made-up values with a `·` inside, until \
         `cargo test -p palisade-checks` passes"
    );
    Ok(())
}

/// Writes the files of a check.
fn put(root: &Path, files: [(PathBuf, String); 3]) -> Result<()> {
    for (path, text) in &files {
        std::fs::write(path, text)?;
    }
    let sources = files
        .iter()
        .map(|(path, _)| path)
        .filter(|path| !path.ends_with("mod.rs") && path.extension().is_some_and(|end| end == "rs"));
    // Only a convenience: the templates are formatted, but a long name may break a line.
    let _ = Command::new("rustfmt").args(["--edition", "2024"]).args(sources).current_dir(root).status();
    for (path, _) in &files {
        eprintln!("wrote {}", path.strip_prefix(root).unwrap_or(path).display());
    }
    Ok(())
}

/// A `mod.rs` with a module declared and its entry listed, both in order; the entry stands before `before`, if given.
fn listed(text: &str, declaration: &str, entry: &str, before: Option<&str>) -> Result<String> {
    let module = module_name(declaration);
    let mut lines: Vec<&str> = text.lines().collect();
    // Helpers of a family may stand in a block of their own, above its checks.
    let word = declaration.split("mod ").next().unwrap_or_default();
    let same = |line: &&&str| is_module(line) && line.strip_prefix(word).is_some_and(|rest| rest.starts_with("mod "));
    let first = lines.iter().position(|line| same(&line)).context("mod.rs has no place for a module")?;
    let at = lines
        .iter()
        .enumerate()
        .skip(first)
        .find(|(_, line)| !is_module(line) || module_name(line) > module)
        .map_or(lines.len(), |(at, _)| at);
    lines.insert(at, declaration);
    let is_list = |line: &&str| line.contains("static CHECKS:") || line.contains("static ALL:");
    let open = lines.iter().position(is_list).context("mod.rs has no list of checks")?;
    if lines.get(open).is_some_and(|line| line.ends_with("];")) {
        bail!("write the list in mod.rs with one entry on each line");
    }
    let ends = |line: &str| match before {
        Some(before) => line == before,
        None => line.trim_start().starts_with('&') && line > entry,
    };
    let at = lines
        .iter()
        .enumerate()
        .skip(open + 1)
        .find(|(_, line)| **line == "];" || ends(line))
        .map(|(at, _)| at)
        .context("the list in mod.rs does not end")?;
    lines.insert(at, entry);
    Ok(lines.join("\n") + "\n")
}

fn is_module(line: &str) -> bool {
    line.ends_with(';')
        && (line.starts_with("pub mod ") || line.starts_with("mod ") || line.starts_with("pub(crate) mod "))
}

fn module_name(line: &str) -> &str {
    line.trim_end_matches(';').rsplit(' ').next().unwrap_or(line)
}

/// What differs between families.
struct Template {
    import: &'static str,
    constructor: &'static str,
    argument: &'static str,
    body: &'static str,
    control: &'static str,
    language: &'static str,
    file: &'static str,
    fails: &'static str,
    passes: &'static str,
}

impl Template {
    fn of(family: &str) -> Option<Self> {
        match family {
            "kubernetes" => Some(Self {
                import: "palisade_inventory::kubernetes::Object",
                constructor: "on_object",
                argument: "object: &Object<'_>",
                body: "    let Some(fault) = object.annotation(\"example.com/fault\") else { return };\n    \
                       report.finding(fault.value.span(), \"say what is wrong and why it matters\");\n",
                control: "E5-T1",
                language: "yaml",
                file: "pod.yaml",
                fails: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    example.com/fault: here ←\n",
                passes: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n",
            }),
            "ci" => Some(Self {
                import: "palisade_inventory::workflow::Workflow",
                constructor: "on_workflow",
                argument: "workflow: &Workflow<'_>",
                body: "    let Some(name) = workflow.root.get(\"name\") else { return };\n    \
                       if name.as_str() == Some(\"fault\") {\n        \
                       report.finding(name.span(), \"say what is wrong and why it matters\");\n    }\n",
                control: "E2-T1",
                language: "yaml",
                file: ".github/workflows/ci.yml",
                fails: "name: fault ←\non: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make test\n",
                passes: "name: test\non: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make test\n",
            }),
            "container" => Some(Self {
                import: "palisade_inventory::dockerfile::{Dockerfile, Kind}",
                constructor: "on_dockerfile",
                argument: "file: &Dockerfile",
                body: "    for instruction in &file.instructions {\n        \
                       let Kind::StopSignal(signal) = &instruction.kind else { continue };\n        \
                       report.finding(signal.span, \"say what is wrong and why it matters\");\n    }\n",
                control: "E5-T1",
                language: "dockerfile",
                file: "Dockerfile",
                fails: "FROM scratch\nSTOPSIGNAL SIGKILL ←\n",
                passes: "FROM scratch\nUSER 1000\n",
            }),
            _ => None,
        }
    }

    fn source(&self, id: &str, module: &str) -> String {
        let Self { import, constructor, argument, body, control, .. } = self;
        let title = id.split('/').next_back().unwrap_or(id).replace('-', " ");
        format!(
            "//! Say in one sentence what this check finds.\n\n\
             use {import};\n\
             use palisade_model::{{Confidence, Meta, Severity}};\n\n\
             use crate::{{Check, Report}};\n\n\
             /// See the page.\n\
             pub static CHECK: Check = Check::{constructor}(\n    Meta {{\n        \
             id: \"{id}\",\n        \
             title: \"{title}\",\n        \
             page: include_str!(\"{module}.md\"),\n        \
             since: \"{}\",\n        \
             severity: Severity::Medium,\n        \
             confidence: Confidence::High,\n        \
             controls: &[\"{control}\"],\n        \
             maps: &[],\n    \
             }},\n    run,\n);\n\n\
             fn run({argument}, report: &mut Report<'_>) {{\n{body}}}\n",
            env!("CARGO_PKG_VERSION"),
        )
    }

    fn page(&self, id: &str) -> String {
        let Self { language, file, fails, passes, .. } = self;
        format!(
            "# {id}\n\n## What it finds\n\nSay it in a sentence.\n\n## Why it matters\n\nSay who can do what because of it.\n\n\
             ## Fails\n\n```{language} {file}\n{fails}```\n\n## Passes\n\n```{language} {file}\n{passes}```\n\n\
             ## When to except\n\nSay when it may stay, or that it never may.\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_check_is_listed_in_order_and_its_page_reads() -> Result<()> {
        for (family, id) in
            [("kubernetes", "kubernetes/host-people"), ("ci", "ci/aardvark"), ("container", "container/zealous-stop")]
        {
            let root = tempfile::tempdir()?;
            let folder = root.path().join("crates/checks/src").join(family);
            std::fs::create_dir_all(&folder)?;
            let original = crate::project::root().join("crates/checks/src").join(family).join("mod.rs");
            std::fs::copy(&original, folder.join("mod.rs"))?;
            create(root.path(), id)?;
            let module = id.split('/').next_back().unwrap_or(id).replace('-', "_");
            let list = std::fs::read_to_string(folder.join("mod.rs"))?;
            assert_eq!(list.matches(&format!("pub mod {module};\n")).count(), 1);
            assert_eq!(list.matches(&format!("    &{module}::CHECK,\n")).count(), 1);
            let names: Vec<_> = list.lines().filter(|line| line.starts_with("pub mod ")).map(module_name).collect();
            assert!(names.is_sorted(), "{names:?}");
            let page = std::fs::read_to_string(folder.join(format!("{module}.md")))?;
            let page = palisade_testkit::Page::parse(id, &page)?;
            assert_eq!((page.fails.len(), page.passes.len()), (1, 1));
            assert_eq!(page.fails.iter().map(|case| case.expected.len()).sum::<usize>(), 1);
            assert!(create(root.path(), id).is_err(), "it exists already");
            assert!(create(root.path(), &format!("{family}/No_Name")).is_err());
        }
        assert!(create(&crate::project::root(), "nowhere/fault").is_err());
        Ok(())
    }

    #[test]
    fn a_new_detector_is_a_row_and_a_page_of_its_provider() -> Result<()> {
        let root = tempfile::tempdir()?;
        let folder = root.path().join("crates/checks/src/secrets/providers");
        std::fs::create_dir_all(&folder)?;
        let original = crate::project::root().join("crates/checks/src/secrets/providers/mod.rs");
        std::fs::copy(&original, folder.join("mod.rs"))?;
        create(root.path(), "secrets/acme-api-key")?;
        let list = std::fs::read_to_string(folder.join("mod.rs"))?;
        assert!(list.contains("\nmod acme;\nmod ai;\n") && list.contains("    acme::DETECTORS,\n    urls::"), "{list}");
        let page =
            palisade_testkit::Page::parse("secrets/acme-api-key", &std::fs::read_to_string(folder.join("acme.md"))?)?;
        assert_eq!(page.fails.iter().map(|case| case.expected.len()).sum::<usize>(), 1);
        assert!(create(root.path(), "secrets/acme-token").is_err(), "the provider has a page");
        assert!(create(root.path(), "secrets/token").is_err(), "no provider is named");
        Ok(())
    }
}
