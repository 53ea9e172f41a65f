//! `cargo xtask new-check FAMILY/NAME`: a check that compiles and passes its own page, ready to be changed.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Writes the check's source and page, and lists it in its family.
pub(crate) fn create(root: &Path, id: &str) -> Result<()> {
    let (family, name) = id.split_once('/').context("a check is called FAMILY/NAME, such as kubernetes/host-path")?;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        bail!("`{name}` is no name for a check: lower-case words joined by hyphens, naming the fault");
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
    let listed = listed(&known, &module)?;
    std::fs::write(&source, template.source(id, &module))?;
    std::fs::write(&page, template.page(id))?;
    std::fs::write(&list, listed)?;
    // Only a convenience: the templates are formatted, but a long name may break a line.
    let _ = Command::new("rustfmt").args(["--edition", "2024"]).arg(&source).current_dir(root).status();
    for path in [&source, &page, &list] {
        eprintln!("wrote {}", path.strip_prefix(root).unwrap_or(path).display());
    }
    eprintln!("next: change the page's examples, then the check, until `cargo test -p palisade-checks` passes");
    Ok(())
}

/// The family's `mod.rs` with the module declared and its check listed, both in order.
fn listed(text: &str, module: &str) -> Result<String> {
    let declaration = format!("pub mod {module};");
    let entry = format!("    &{module}::CHECK,");
    let mut lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|line| is_module(line)).or_else(|| lines.iter().position(|line| line.is_empty()));
    let first = first.context("mod.rs has no place for a module")?;
    let at = lines
        .iter()
        .enumerate()
        .skip(first)
        .find(|(_, line)| !is_module(line) || module_name(line) > module)
        .map_or(lines.len(), |(at, _)| at);
    lines.insert(at, &declaration);
    let open = lines.iter().position(|line| line.starts_with("pub static CHECKS")).context("mod.rs has no CHECKS")?;
    if lines.get(open).is_some_and(|line| line.ends_with("];")) {
        bail!("write CHECKS in mod.rs with one check on each line");
    }
    let at = lines
        .iter()
        .enumerate()
        .skip(open + 1)
        .find(|(_, line)| **line == "];" || (line.trim_start().starts_with('&') && **line > entry.as_str()))
        .map(|(at, _)| at)
        .context("CHECKS in mod.rs does not end")?;
    lines.insert(at, &entry);
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
        for (family, id) in [("kubernetes", "kubernetes/host-people"), ("ci", "ci/aardvark")] {
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
            let names: Vec<_> = list.lines().filter(|line| is_module(line)).map(module_name).collect();
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
}
