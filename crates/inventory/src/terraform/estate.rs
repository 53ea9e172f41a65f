//! The modules of a target put together: which are roots, what they call, and the resources that come out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use super::budget::{Budget, CALLS_DEEP_MAX, COPIES_MAX, ELEMENTS_MAX, INSTANCES_MAX};
use super::evaluate::pairs_of;
use super::instance::{Children, Module, Scope, Slot, State};
use super::value::{Entry, Key, Kind, Origin, Value};
use super::{Block, Body, Expression, File, Node};
use crate::kustomize::join;

/// Sets of values that one root is looked at with, beside its defaults.
const SETS_MAX: usize = 8;

/// Everything that a target's modules declare.
#[derive(Debug, Default)]
pub struct Estate {
    /// In order of roots, modules and files.
    pub elements: Vec<Element>,
    /// The instances of modules, by the numbers that keys carry.
    pub instances: Vec<Instance>,
    /// Whether a bound ended the evaluation: there is more than was looked at.
    pub is_cut: bool,
    by_kind: HashMap<Rc<str>, Vec<usize>>,
    /// Directories and the kinds of resources that their files declare, even where none is made.
    declared: HashSet<(String, String)>,
}

/// One copy of a resource, or another block of the top level.
#[derive(Clone, Debug)]
pub struct Element {
    /// `aws_s3_bucket`, `data.aws_ami`, or for other blocks `provider`, `terraform`, `module`, `backend`.
    pub kind: Rc<str>,
    /// `logs`
    pub name: Rc<str>,
    /// Which resource it is; the same for all copies.
    pub key: Key,
    /// What its body says: an object, with the blocks of a kind as a list.
    pub value: Value,
    /// Its kind and labels.
    pub head: Origin,
    /// All of it.
    pub whole: Origin,
    /// Whether it may not be there: its count is not known.
    pub maybe: bool,
}

/// One use of a module.
#[derive(Debug)]
pub struct Instance {
    /// Directory of its files within the target; empty for the top.
    pub directory: String,
    /// The calling instance, and where it calls.
    pub caller: Option<(u32, Origin)>,
    /// Directory of the root it belongs to.
    pub root: String,
}

impl Estate {
    /// Evaluates the files of a target. `read` gives other files by path; elements of kinds that are not `wanted`
    /// are left out.
    #[must_use]
    pub fn evaluate(files: &[&File], read: &dyn Fn(&str) -> Option<Vec<u8>>, wanted: &dyn Fn(&str) -> bool) -> Self {
        let mut world = World::new(files, read);
        let mut estate = Self::default();
        let called = world.called();
        let directories: Vec<usize> = (0..world.modules.len()).collect();
        let mut reached: HashSet<usize> = HashSet::new();
        for late in [false, true] {
            for &module in &directories {
                let is_called = world.modules.get(module).is_some_and(|module| called.contains(&module.directory));
                let skipped = if late { !is_called || reached.contains(&module) } else { is_called };
                let empty = world.modules.get(module).is_none_or(|module| module.blocks.is_empty());
                if skipped || empty {
                    continue;
                }
                let sets = world.modules.get(module).map(|module| module.sets.clone()).unwrap_or_default();
                let sets = sets.into_iter().take(SETS_MAX).map(Some);
                for set in std::iter::once(None).chain(sets) {
                    world.root(module, set, &mut estate, wanted, &mut reached);
                }
            }
        }
        estate.is_cut =
            world.budget.steps == 0 || world.states.len() >= INSTANCES_MAX || estate.elements.len() >= ELEMENTS_MAX;
        for module in &world.modules {
            let kinds = module.blocks.iter().filter(|(_, block)| &*block.kind == "resource");
            estate.declared.extend(kinds.map(|(_, block)| (module.directory.clone(), block.label(0).to_owned())));
        }
        estate.instances = (0..world.states.len()).map(|at| world.instance(at)).collect();
        for (at, element) in estate.elements.iter().enumerate() {
            estate.by_kind.entry(Rc::clone(&element.kind)).or_default().push(at);
        }
        estate
    }

    /// Adds what another language declares, as one instance of its own; `make` gets the instance's number.
    pub fn add(&mut self, instance: Instance, make: impl FnOnce(u32) -> Vec<Element>) {
        let number = u32::try_from(self.instances.len()).unwrap_or(u32::MAX);
        self.instances.push(instance);
        for element in make(number) {
            if self.elements.len() >= ELEMENTS_MAX {
                self.is_cut = true;
                return;
            }
            self.by_kind.entry(Rc::clone(&element.kind)).or_default().push(self.elements.len());
            self.elements.push(element);
        }
    }

    /// The elements of a kind.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Element> {
        let at = self.by_kind.get(kind).map_or(&[][..], |at| at);
        at.iter().filter_map(|at| self.elements.get(*at))
    }

    /// Whether the files of a directory declare a resource of a kind, even where its count makes none.
    #[must_use]
    pub fn declares(&self, directory: &str, kind: &str) -> bool {
        self.declared.contains(&(directory.to_owned(), kind.to_owned()))
    }

    /// The instance of a number.
    #[must_use]
    pub fn instance(&self, number: u32) -> Option<&Instance> {
        self.instances.get(number as usize)
    }
}

/// Whether a directory shows how a module is used, or tests it: nothing is deployed from there.
#[must_use]
pub fn is_example(directory: &str) -> bool {
    directory.split('/').any(|part| matches!(part, "examples" | "example" | "tests"))
}

/// What an evaluation works on.
pub(super) struct World<'f> {
    pub(super) modules: Vec<Module<'f>>,
    by_directory: BTreeMap<String, usize>,
    pub(super) states: Vec<State<'f>>,
    pub(super) read: &'f dyn Fn(&str) -> Option<Vec<u8>>,
    pub(super) budget: Budget,
}

impl<'f> World<'f> {
    fn new(files: &[&'f File], read: &'f dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        let mut by_directory = BTreeMap::new();
        let mut modules: Vec<Module<'f>> = Vec::new();
        for (number, file) in files.iter().enumerate() {
            let directory = file.path.rsplit_once('/').map_or("", |(directory, _)| directory);
            let at = *by_directory.entry(directory.to_owned()).or_insert_with(|| {
                modules.push(Module { directory: directory.to_owned(), ..Module::default() });
                modules.len() - 1
            });
            if let Some(module) = modules.get_mut(at) {
                module.add(u32::try_from(number).unwrap_or(u32::MAX), file);
            }
        }
        Self { modules, by_directory, states: Vec::new(), read, budget: Budget::new() }
    }

    /// Directories that modules of other directories call, examples and tests aside.
    fn called(&self) -> HashSet<String> {
        let calls = self.modules.iter().filter(|module| !is_example(&module.directory)).flat_map(|module| {
            module.calls.values().filter_map(|(_, call)| {
                let target = source_of(call, &module.directory)?;
                (target != module.directory).then_some(target)
            })
        });
        calls.filter(|target| self.by_directory.contains_key(target)).collect()
    }

    fn root(
        &mut self,
        module: usize,
        set: Option<(u32, &'f File)>,
        estate: &mut Estate,
        wanted: &dyn Fn(&str) -> bool,
        reached: &mut HashSet<usize>,
    ) {
        let first = self.states.len();
        let mut state = State::new(module);
        state.set = set;
        self.states.push(state);
        let root_directory = self.directory(u32::try_from(first).unwrap_or(u32::MAX)).to_owned();
        let example = is_example(&root_directory);
        let mut at = first;
        while at < self.states.len() {
            let number = u32::try_from(at).unwrap_or(u32::MAX);
            let within = self.directory(number).starts_with(&root_directory);
            if !example {
                reached.extend(self.states.get(at).map(|state| state.module));
            }
            if !example || within {
                self.elements(number, estate, wanted);
            }
            at += 1;
        }
    }

    fn elements(&mut self, instance: u32, estate: &mut Estate, wanted: &dyn Fn(&str) -> bool) {
        let Some(blocks) = self.module_of(instance).map(|module| module.blocks.clone()) else { return };
        for (file, block) in blocks {
            if &*block.kind == "module" {
                self.children(block.label(0), instance);
            }
            let (kind, name) = match &*block.kind {
                "resource" => (block.label(0).to_owned(), block.label(1)),
                "data" => (format!("data.{}", block.label(0)), block.label(1)),
                "locals" | "output" => continue,
                kind => (kind.to_owned(), block.label(0)),
            };
            if &*block.kind == "terraform" && wanted("backend") {
                for backend in block.body.blocks("backend") {
                    let value = self.body(&backend.body, file, backend, &mut Scope::of(instance, file));
                    self.add(estate, "backend", backend.label(0), backend, (instance, file), value, false);
                }
            }
            if !wanted(&kind) {
                continue;
            }
            let expands = matches!(&*block.kind, "resource" | "data");
            for (mut scope, maybe) in self.copies(block, Scope::of(instance, file), expands) {
                if estate.elements.len() >= ELEMENTS_MAX {
                    return;
                }
                let value = self.body(&block.body, file, block, &mut scope);
                self.add(estate, &kind, name, block, (instance, file), value, maybe);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one element")]
    fn add(
        &self,
        estate: &mut Estate,
        kind: &str,
        name: &str,
        block: &Block,
        (instance, file): (u32, u32),
        value: Value,
        maybe: bool,
    ) {
        let key = Key { instance, address: format!("{kind}.{name}").into() };
        let (head, whole) = (Origin { source: file, span: block.head }, Origin { source: file, span: block.span });
        estate.elements.push(Element { kind: kind.into(), name: name.into(), key, value, head, whole, maybe });
    }

    /// The scope of each copy of a block, and whether it may not be there.
    fn copies(&mut self, block: &Block, scope: Scope, expands: bool) -> Vec<(Scope, bool)> {
        let count = block.body.attribute("count").filter(|_| expands);
        let each = block.body.attribute("for_each").filter(|_| expands);
        if let Some(count) = count {
            let value = self.value(&count.value, &mut scope.clone());
            let Some(count) = value.as_number() else {
                return vec![(scope, true)];
            };
            let copies = (0..COPIES_MAX).take_while(|at| (*at as f64) < count);
            return copies
                .map(|at| {
                    let index = Value::new(Kind::Number(at as f64), value.origin);
                    (Scope { index: Some(index), ..scope.clone() }, false)
                })
                .collect();
        }
        let Some(each) = each else { return vec![(scope, false)] };
        let over = self.value(&each.value, &mut scope.clone());
        let Some(pairs) = pairs_of(&over) else { return vec![(scope, true)] };
        let is_list = over.as_list().is_some();
        let copies = pairs.into_iter().take(COPIES_MAX).map(|(key, value)| {
            let key = if is_list { value.clone() } else { key };
            (Scope { each: Some((key, value)), ..scope.clone() }, false)
        });
        copies.collect()
    }

    /// The inside of a block as an object; blocks of one kind become a list.
    fn body(&mut self, body: &Body, file: u32, block: &Block, scope: &mut Scope) -> Value {
        let origin = Origin { source: file, span: block.head };
        if self.budget.nesting == 0 || !self.budget.spend(1) {
            return Value::unknown(origin);
        }
        self.budget.nesting -= 1;
        let mut entries: Vec<Entry> = Vec::with_capacity(body.attributes.len() + body.blocks.len());
        for attribute in &body.attributes {
            let value = self.value(&attribute.value, scope);
            let key_origin = Origin { source: file, span: attribute.name_span };
            entries.push(Entry { key: (&*attribute.name).into(), key_origin, value });
        }
        let mut groups: Vec<(&str, Origin, Vec<Value>)> = Vec::new();
        for inner in &body.blocks {
            let dynamic = (&*inner.kind == "dynamic").then(|| inner.label(0)).filter(|label| !label.is_empty());
            let kind = dynamic.unwrap_or(&inner.kind);
            let values = if dynamic.is_some() {
                self.dynamic(inner, file, scope)
            } else {
                vec![self.body(&inner.body, file, inner, scope)]
            };
            match groups.iter_mut().find(|(known, ..)| *known == kind) {
                Some(group) => group.2.extend(values),
                None => groups.push((kind, Origin { source: file, span: inner.head }, values)),
            }
        }
        for (kind, key_origin, values) in groups {
            // A `dynamic` block over nothing is no block at all.
            if !values.is_empty() {
                entries.push(Entry { key: kind.into(), key_origin, value: Value::list(values, key_origin) });
            }
        }
        self.budget.nesting += 1;
        Value::object(entries, origin)
    }

    fn dynamic(&mut self, block: &Block, file: u32, scope: &mut Scope) -> Vec<Value> {
        let Some(content) = block.body.blocks("content").next() else { return Vec::new() };
        let Some(each) = block.body.attribute("for_each") else { return Vec::new() };
        let name = match block.body.attribute("iterator").map(|attribute| &attribute.value.node) {
            Some(Node::Traversal(name, steps)) if steps.is_empty() => name.clone(),
            _ => block.label(0).into(),
        };
        let over = self.value(&each.value, scope);
        let Some(pairs) = pairs_of(&over) else {
            return vec![Value::unknown(Origin { source: file, span: block.head })];
        };
        let is_list = over.as_list().is_some();
        let mut values = Vec::new();
        for (key, value) in pairs.into_iter().take(COPIES_MAX * 4) {
            let key = if is_list { value.clone() } else { key };
            let entry = |name: &str, value: Value| Entry { key: name.into(), key_origin: value.origin, value };
            let iterator = Value::object(vec![entry("key", key), entry("value", value)], over.origin);
            scope.names.push((name.clone(), iterator));
            values.push(self.body(&content.body, file, content, scope));
            scope.names.pop();
        }
        values
    }

    /// The instances that a call makes.
    pub(super) fn children(&mut self, call: &str, instance: u32) -> Children {
        let Some(module) = self.module_of(instance) else { return Children::Outside };
        let directory = module.directory.clone();
        let Some((&name, &(file, block))) = module.calls.get_key_value(call) else { return Children::Outside };
        let Some(state) = self.states.get_mut(instance as usize) else { return Children::Outside };
        let depth = state.depth + 1;
        if let Some(known) = state.children.get(name) {
            return known.clone();
        }
        state.children.insert(name, Children::Busy);
        let target = source_of(block, &directory).and_then(|target| self.by_directory.get(&target).copied());
        let children = match target {
            Some(target) if depth <= CALLS_DEEP_MAX => {
                let mut made = Vec::new();
                for (scope, _) in self.copies(block, Scope::of(instance, file), true) {
                    if self.states.len() >= INSTANCES_MAX {
                        break;
                    }
                    let key = scope.each.as_ref().map(|(key, _)| key.clone()).or_else(|| scope.index.clone());
                    let mut state = State::new(target);
                    (state.caller, state.depth) = (Some((instance, block, scope)), depth);
                    made.push((key, u32::try_from(self.states.len()).unwrap_or(u32::MAX)));
                    self.states.push(state);
                }
                Children::Made(Rc::new(made))
            }
            _ => Children::Outside,
        };
        if let Some(state) = self.states.get_mut(instance as usize) {
            state.children.insert(name, children.clone());
        }
        children
    }

    /// How many copies of a declared resource there are, when that is known; nothing when it is not declared.
    pub(super) fn copies_of(&mut self, address: &str, instance: u32) -> Option<Option<usize>> {
        let (file, block) = *self.module_of(instance)?.resources.get(address)?;
        let count: Option<&Expression> = block.body.attribute("count").map(|attribute| &attribute.value);
        let Some(count) = count else { return Some(None) };
        let value = self.value(count, &mut Scope::of(instance, file));
        Some(value.as_number().map(|count| count as usize))
    }

    /// What the configuration of a resource says about one of its attributes.
    pub(super) fn attribute_of(&mut self, key: &Key, attribute: &str) -> Option<Value> {
        let (file, block) = *self.module_of(key.instance)?.resources.get(&key.address)?;
        let is_policy = &*block.kind == "data" && block.label(0) == "aws_iam_policy_document";
        let is_document = is_policy && matches!(attribute, "json" | "minified_json");
        let plain = if &*block.kind == "data" { None } else { block.body.attribute(attribute) };
        if plain.is_none() && !is_document {
            return None;
        }
        let slot = (Rc::clone(&key.address), Rc::from(attribute));
        let state = self.states.get_mut(key.instance as usize)?;
        match state.attributes.get(&slot) {
            Some(Slot::Done(value)) => return Some(value.clone()),
            Some(Slot::Busy) => return None,
            None => drop(state.attributes.insert(slot.clone(), Slot::Busy)),
        }
        let mut scope = Scope::of(key.instance, file);
        let value = match plain {
            Some(plain) => self.value(&plain.value, &mut scope),
            None => {
                let body = self.body(&block.body, file, block, &mut scope);
                Value::encoded(super::policy::of_document(&body), body.origin)
            }
        };
        self.states.get_mut(key.instance as usize)?.attributes.insert(slot, Slot::Done(value.clone()));
        Some(value)
    }

    pub(super) fn module_of(&self, instance: u32) -> Option<&Module<'f>> {
        self.modules.get(self.states.get(instance as usize)?.module)
    }

    pub(super) fn directory(&self, instance: u32) -> &str {
        self.module_of(instance).map_or("", |module| &module.directory)
    }

    pub(super) fn root_directory(&self, instance: u32) -> &str {
        let mut at = instance;
        for _ in 0..=CALLS_DEEP_MAX {
            match self.states.get(at as usize).and_then(|state| state.caller.as_ref()) {
                Some((caller, ..)) => at = *caller,
                None => break,
            }
        }
        self.directory(at)
    }

    fn instance(&self, at: usize) -> Instance {
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        let caller = self.states.get(at).and_then(|state| state.caller.as_ref());
        Instance {
            directory: self.directory(number).to_owned(),
            caller: caller.map(|(caller, block, scope)| (*caller, Origin { source: scope.file, span: block.head })),
            root: self.root_directory(number).to_owned(),
        }
    }
}

/// The directory that a call takes its module from, when that is a path.
fn source_of(call: &Block, directory: &str) -> Option<String> {
    let Node::Text(source) = &call.body.attribute("source")?.value.node else { return None };
    if source.starts_with("./") || source.starts_with("../") || matches!(&**source, "." | "..") {
        join(directory, source)
    } else {
        None
    }
}
