//! What variables, locals and outputs are worth in one instance of a module.

use super::estate::World;
use super::instance::{Scope, Slot};
use super::value::{Entry, Kind, Origin, Value};
use super::{Expression, Node, Step};

impl<'f> World<'f> {
    pub(super) fn variable(&mut self, name: &str, instance: u32, origin: Origin) -> Value {
        let unknown = Value::unknown(origin);
        let Some(module) = self.module_of(instance) else { return unknown };
        let Some((&name, &(file, block))) = module.variables.get_key_value(name) else { return unknown };
        let Some(state) = self.states.get_mut(instance as usize) else { return unknown };
        match state.variables.get(name) {
            Some(Slot::Done(value)) => return value.clone(),
            Some(Slot::Busy) => return unknown,
            None => drop(state.variables.insert(name, Slot::Busy)),
        }
        let given = self.given(name, instance);
        let type_of = block.body.attribute("type").map(|attribute| &attribute.value);
        let nullable = block.body.attribute("nullable").is_none_or(|one| !matches!(one.value.node, Node::Bool(false)));
        let given = given.filter(|value| nullable || !value.is_null());
        let value = match (given, block.body.attribute("default")) {
            (Some(value), _) => value,
            (None, Some(default)) => self.value(&default.value, &mut Scope::of(instance, file)),
            (None, None) => unknown,
        };
        let value = match type_of {
            Some(wanted) => self.conform(value, wanted, &mut Scope::of(instance, file)),
            None => value,
        };
        if let Some(state) = self.states.get_mut(instance as usize) {
            state.variables.insert(name, Slot::Done(value.clone()));
        }
        value
    }

    /// What the call, or the files of values, give to a variable.
    fn given(&mut self, name: &str, instance: u32) -> Option<Value> {
        let state = self.states.get(instance as usize)?;
        if let Some((_, call, scope)) = &state.caller {
            let (call, mut scope) = (*call, scope.clone());
            let argument = call.body.attribute(name)?;
            return Some(self.value(&argument.value, &mut scope));
        }
        let given = self.modules.get(state.module)?.given.iter().chain(state.set.as_ref());
        let (file, attribute) = given.rev().find_map(|(file, one)| Some((*file, one.body.attribute(name)?)))?;
        Some(self.value(&attribute.value, &mut Scope::of(instance, file)))
    }

    /// Fills in what a type says about attributes that are left out.
    fn conform(&mut self, value: Value, wanted: &Expression, scope: &mut Scope) -> Value {
        let Node::Call(name, arguments, _) = &wanted.node else { return value };
        if self.budget.nesting == 0 || !self.budget.spend(1) {
            return value;
        }
        self.budget.nesting -= 1;
        let conformed = self.conform_to(value, name, arguments, scope);
        self.budget.nesting += 1;
        conformed
    }

    fn conform_to(&mut self, value: Value, name: &str, arguments: &[Expression], scope: &mut Scope) -> Value {
        let Some(first) = arguments.first() else { return value };
        match (name, &first.node) {
            ("object", Node::Object(wanted)) => {
                let Some(entries) = value.as_object() else { return value };
                let mut entries: Vec<Entry> = entries.to_vec();
                for (key, inner) in wanted {
                    let Node::Text(key) = &key.node else { continue };
                    let (inner, default) = match &inner.node {
                        Node::Call(name, arguments, _) if &**name == "optional" => match arguments.first() {
                            Some(inner) => (inner, arguments.get(1)),
                            None => continue,
                        },
                        _ => (inner, None),
                    };
                    let at = entries.iter().position(|entry| *entry.key == **key);
                    let known = at.map(|at| entries.swap_remove(at));
                    let left_out = known.as_ref().is_none_or(|entry| entry.value.is_null());
                    let (key_origin, filled) = match (known, default) {
                        (_, Some(default)) if left_out => {
                            let origin = Origin { source: scope.file, span: default.span };
                            (origin, self.value(default, scope))
                        }
                        (Some(entry), _) => (entry.key_origin, entry.value),
                        (None, _) => (value.origin, Value::new(Kind::Null, value.origin)),
                    };
                    let filled = self.conform(filled, inner, scope);
                    entries.push(Entry { key: (&**key).into(), key_origin, value: filled });
                }
                Value::object(entries, value.origin)
            }
            ("map", _) => {
                let Some(entries) = value.as_object() else { return value };
                let entries = entries.iter().map(|entry| {
                    let inner = self.conform(entry.value.clone(), first, scope);
                    Entry { value: inner, ..entry.clone() }
                });
                Value::object(entries.collect(), value.origin)
            }
            ("list" | "set", _) => {
                let Some(items) = value.as_list() else { return value };
                let items = items.iter().map(|item| self.conform(item.clone(), first, scope)).collect();
                Value::list(items, value.origin)
            }
            _ => value,
        }
    }

    pub(super) fn local(&mut self, name: &str, instance: u32, origin: Origin) -> Value {
        let unknown = Value::unknown(origin);
        let Some(module) = self.module_of(instance) else { return unknown };
        let Some((&name, &(file, expression))) = module.locals.get_key_value(name) else { return unknown };
        let Some(state) = self.states.get_mut(instance as usize) else { return unknown };
        match state.locals.get(name) {
            Some(Slot::Done(value)) => return value.clone(),
            Some(Slot::Busy) => return unknown,
            None => drop(state.locals.insert(name, Slot::Busy)),
        }
        let value = self.value(expression, &mut Scope::of(instance, file));
        if let Some(state) = self.states.get_mut(instance as usize) {
            state.locals.insert(name, Slot::Done(value.clone()));
        }
        value
    }

    /// `module.name[index].output`
    pub(super) fn module_output(&mut self, call: &str, steps: &[Step], origin: Origin, scope: &mut Scope) -> Value {
        use super::instance::Children;
        let Children::Made(made) = self.children(call, scope.instance) else { return Value::unknown(origin) };
        let (chosen, rest): (Vec<u32>, &[Step]) = match steps.split_first() {
            Some((Step::Index(index), rest)) => {
                let index = self.value(index, scope);
                let wanted = (!index.is_unknown()).then(|| index.to_text());
                let fits = |key: &Option<Value>| match (&wanted, key) {
                    (Some(wanted), Some(key)) if !key.is_unknown() => key.to_text() == *wanted,
                    _ => true,
                };
                let Some((_, child)) = made.iter().find(|(key, _)| fits(key)) else {
                    return Value::new(Kind::Failed, origin);
                };
                (vec![*child], rest)
            }
            Some((Step::Each, rest)) => {
                let outputs = made.iter().map(|(_, child)| self.outputs_of(*child, rest, origin, scope)).collect();
                return Value::list(outputs, origin);
            }
            Some((Step::Name(_), _)) if made.iter().all(|(key, _)| key.is_none()) => {
                (made.iter().map(|(_, child)| *child).collect(), steps)
            }
            _ => return Value::unknown(origin),
        };
        match chosen.first() {
            Some(child) => self.outputs_of(*child, rest, origin, scope),
            None => Value::new(Kind::Failed, origin),
        }
    }

    fn outputs_of(&mut self, child: u32, steps: &[Step], origin: Origin, scope: &mut Scope) -> Value {
        let Some((Step::Name(name), rest)) = steps.split_first() else { return Value::unknown(origin) };
        let value = self.output(name, child, origin);
        self.follow(value, rest, origin, scope)
    }

    fn output(&mut self, name: &str, instance: u32, origin: Origin) -> Value {
        let unknown = Value::unknown(origin);
        let Some(module) = self.module_of(instance) else { return unknown };
        let Some((&name, &(file, block))) = module.outputs.get_key_value(name) else { return unknown };
        let Some(attribute) = block.body.attribute("value") else { return unknown };
        let Some(state) = self.states.get_mut(instance as usize) else { return unknown };
        match state.outputs.get(name) {
            Some(Slot::Done(value)) => return value.clone(),
            Some(Slot::Busy) => return unknown,
            None => drop(state.outputs.insert(name, Slot::Busy)),
        }
        let value = self.value(&attribute.value, &mut Scope::of(instance, file));
        if let Some(state) = self.states.get_mut(instance as usize) {
            state.outputs.insert(name, Slot::Done(value.clone()));
        }
        value
    }
}
