//! Imports: what local names stand for.

use std::rc::Rc;

use tree_sitter::Node;

use super::grammar::{Language, Slot};
use super::read::{Reading, Setting};
use super::value::{Value, What};

impl<'t> Reading<'t, '_> {
    pub(super) fn import(&mut self, node: Node<'t>) {
        match self.language {
            Language::Python => self.import_python(node),
            Language::Go => self.import_go(node),
            Language::Rust => {
                if let Some(tree) = node.child_by_field_name("argument") {
                    self.import_rust(tree, 0);
                }
            }
            Language::Java => {}
            _ => self.import_script(node),
        }
    }

    fn import_python(&mut self, node: Node<'t>) {
        let module = node.child_by_field_name("module_name").map(|name| self.text(name));
        let mut cursor = node.walk();
        let names: Vec<_> = node.children_by_field_name("name", &mut cursor).collect();
        for name in names {
            let aliased = name.kind() == "aliased_import";
            let real = if aliased { self.get(name, Slot::Name).unwrap_or(name) } else { name };
            let alias = self.get(name, Slot::Alias).filter(|_| aliased).map(|alias| self.text(alias));
            let text = self.text(real);
            let (local, path) = match (module, alias) {
                (Some(module), alias) => {
                    (alias.unwrap_or(text), Rc::from(format!("{}.{text}", module.trim_start_matches('.'))))
                }
                (None, Some(alias)) => (alias, Rc::from(text)),
                // `import os.path` gives the name `os`.
                (None, None) => {
                    let first = text.split('.').next().unwrap_or(text);
                    (first, Rc::from(first))
                }
            };
            let value = Value::constant(Self::span(real), What::Unknown);
            let told = module.map_or_else(|| text.to_owned(), |module| format!("{module}.{text}"));
            self.listener.set(&Setting { path: &format!("import {told}"), span: Self::span(real), value: &value });
            self.imports.insert(local, path);
        }
    }

    fn import_go(&mut self, node: Node<'t>) {
        let mut left = self.children(node);
        while let Some(spec) = left.pop() {
            if spec.kind() != "import_spec" {
                left.extend(self.children(spec));
                continue;
            }
            let Some(path) = spec.child_by_field_name("path") else { continue };
            let path = self.text(path).trim_matches(['"', '`']);
            // The last part is the package's name, but for versions: `math/rand/v2`.
            let mut parts = path.rsplit('/');
            let mut name = parts.next().unwrap_or(path);
            if name.len() > 1 && name.starts_with('v') && name[1..].bytes().all(|byte| byte.is_ascii_digit()) {
                name = parts.next().unwrap_or(name);
            }
            let name = name.strip_prefix("go-").unwrap_or(name);
            let name = name.split('.').next().unwrap_or(name);
            let local = spec.child_by_field_name("name").map_or(name, |alias| self.text(alias));
            // A path has dots of its own in its host.
            let known = Rc::from(path.replace('.', "_"));
            self.imports.insert(local, known);
        }
    }

    fn import_script(&mut self, node: Node<'t>) {
        let Some(source) = node.child_by_field_name("source") else { return };
        let module = module_path(self.text(source).trim_matches(['"', '\'', '`']));
        for clause in self.children(node) {
            if clause.kind() != "import_clause" {
                continue;
            }
            for part in self.children(clause) {
                match part.kind() {
                    "identifier" => {
                        self.imports.insert(self.text(part), Rc::from(module.as_str()));
                    }
                    "namespace_import" => {
                        if let Some(name) = self.first(part) {
                            self.imports.insert(self.text(name), Rc::from(module.as_str()));
                        }
                    }
                    _ => {
                        for one in self.children(part) {
                            let Some(name) = one.child_by_field_name("name") else { continue };
                            let name = self.text(name);
                            let local = one.child_by_field_name("alias").map_or(name, |alias| self.text(alias));
                            self.imports.insert(local, Rc::from(format!("{module}.{name}")));
                        }
                    }
                }
            }
        }
    }

    fn import_rust(&mut self, node: Node<'t>, depth: u32) {
        if depth > 16 {
            return;
        }
        match node.kind() {
            "use_as_clause" => {
                if let (Some(path), Some(alias)) = (node.child_by_field_name("path"), node.child_by_field_name("alias"))
                {
                    let real = self.text(path).rsplit("::").next().unwrap_or("");
                    self.imports.insert(self.text(alias), Rc::from(real));
                }
            }
            "scoped_use_list" | "use_list" => {
                for child in self.children(node) {
                    self.import_rust(child, depth + 1);
                }
            }
            _ => {}
        }
    }
}

/// A module of JavaScript as a path: `node:fs/promises` is `fs.promises`.
pub(super) fn module_path(module: &str) -> String {
    let module = module.strip_prefix("node:").unwrap_or(module);
    match module {
        "fs/promises" => "fs.promises".to_owned(),
        _ => module.replace('.', "_"),
    }
}
