//! Modules, and the instances that calls make of them.

use std::collections::HashMap;
use std::rc::Rc;

use super::value::Value;
use super::{Block, Expression, File};

/// The files of one directory.
#[derive(Debug, Default)]
pub(super) struct Module<'f> {
    pub(super) directory: String,
    /// Blocks in order, with the number of their file.
    pub(super) blocks: Vec<(u32, &'f Block)>,
    pub(super) locals: HashMap<&'f str, (u32, &'f Expression)>,
    pub(super) variables: HashMap<&'f str, (u32, &'f Block)>,
    pub(super) outputs: HashMap<&'f str, (u32, &'f Block)>,
    pub(super) calls: HashMap<&'f str, (u32, &'f Block)>,
    /// By address.
    pub(super) resources: HashMap<Rc<str>, (u32, &'f Block)>,
    /// Files that always give values: `terraform.tfvars`, `*.auto.tfvars`.
    pub(super) given: Vec<(u32, &'f File)>,
    /// Files that give values when they are named: `prod.tfvars`.
    pub(super) sets: Vec<(u32, &'f File)>,
}

/// How far a value is.
#[derive(Debug)]
pub(super) enum Slot {
    /// Being evaluated: to ask for it now is a cycle.
    Busy,
    /// Known once and for all.
    Done(Value),
}

/// A module as one call, or as a root.
#[derive(Debug)]
pub(super) struct State<'f> {
    pub(super) module: usize,
    /// The instance that calls, and the scope of the call's arguments.
    pub(super) caller: Option<(u32, &'f Block, Scope)>,
    /// Number of calls above.
    pub(super) depth: usize,
    /// The set of values that this root is looked at with.
    pub(super) set: Option<(u32, &'f File)>,
    pub(super) variables: HashMap<&'f str, Slot>,
    pub(super) locals: HashMap<&'f str, Slot>,
    /// Attributes of resources that others asked for.
    pub(super) attributes: HashMap<(Rc<str>, Rc<str>), Slot>,
    /// Outputs that others asked for.
    pub(super) outputs: HashMap<&'f str, Slot>,
    pub(super) children: HashMap<&'f str, Children>,
}

/// The instances of a call.
#[derive(Clone, Debug)]
pub(super) enum Children {
    /// Being worked out.
    Busy,
    /// The module is not in the target, or the call makes nothing.
    Outside,
    /// Instances with their keys; empty when the count is 0.
    Made(Rc<Vec<(Option<Value>, u32)>>),
}

/// What names mean where an expression stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub(super) instance: u32,
    /// Number of the file.
    pub(super) file: u32,
    /// Names of loops, the innermost last.
    pub(super) names: Vec<(Box<str>, Value)>,
    /// `each.key` and `each.value`.
    pub(super) each: Option<(Value, Value)>,
    /// `count.index`
    pub(super) index: Option<Value>,
}

impl Scope {
    pub(super) fn of(instance: u32, file: u32) -> Self {
        Self { instance, file, ..Self::default() }
    }
}

impl<'f> State<'f> {
    pub(super) fn new(module: usize) -> Self {
        Self {
            module,
            caller: None,
            depth: 0,
            set: None,
            variables: HashMap::new(),
            locals: HashMap::new(),
            attributes: HashMap::new(),
            outputs: HashMap::new(),
            children: HashMap::new(),
        }
    }
}

impl<'f> Module<'f> {
    pub(super) fn add(&mut self, number: u32, file: &'f File) {
        if file.is_variables() {
            let name = file.path.rsplit('/').next().unwrap_or("");
            let always = matches!(name, "terraform.tfvars" | "terraform.tfvars.json")
                || name.ends_with(".auto.tfvars")
                || name.ends_with(".auto.tfvars.json");
            if always {
                self.given.push((number, file))
            } else {
                self.sets.push((number, file))
            }
            return;
        }
        for block in &file.body.blocks {
            let at = (number, block);
            self.blocks.push(at);
            match (&*block.kind, &*block.labels) {
                ("locals", _) => {
                    let locals = block.body.attributes.iter();
                    self.locals.extend(locals.map(|local| (&*local.name, (number, &local.value))));
                }
                ("variable", [name, ..]) => drop(self.variables.insert(name, at)),
                ("output", [name, ..]) => drop(self.outputs.insert(name, at)),
                ("module", [name, ..]) => drop(self.calls.insert(name, at)),
                ("resource", [kind, name, ..]) => drop(self.resources.insert(format!("{kind}.{name}").into(), at)),
                ("data", [kind, name, ..]) => drop(self.resources.insert(format!("data.{kind}.{name}").into(), at)),
                _ => {}
            }
        }
    }
}
