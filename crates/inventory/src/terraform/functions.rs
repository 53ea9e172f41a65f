//! Functions on collections and conversions. What is not listed is unknown.

use std::rc::Rc;

use super::budget::ITEMS_MAX;
use super::estate::World;
use super::instance::Scope;
use super::value::{Entry, HOLE, Kind, Origin, Value};
use super::{Expression, policy, text_functions};

impl<'f> World<'f> {
    /// The value of a call.
    pub(super) fn call(
        &mut self,
        name: &str,
        arguments: &[Expression],
        spread: bool,
        origin: Origin,
        scope: &mut Scope,
    ) -> Value {
        let unknown = Value::unknown(origin);
        if name == "try" || name == "can" {
            return self.attempt(name, arguments, origin, scope);
        }
        let mut values: Vec<Value> =
            arguments.iter().take(ITEMS_MAX).map(|argument| self.value(argument, scope)).collect();
        if spread && let Some(last) = values.pop() {
            match last.as_list() {
                Some(items) => values.extend(items.iter().cloned()),
                None => return unknown,
            }
        }
        let size: usize = values.iter().map(size_of).sum();
        if !self.budget.spend(size) {
            return unknown;
        }
        let value = match name {
            "file" | "filebase64" | "templatefile" | "fileexists" => self.file(name, &values, origin, scope),
            "flatten" => values.first().and_then(|list| self.flatten(list, origin)),
            "contains" => self.contains(&values, origin),
            "distinct" | "toset" | "setunion" => self.distinct(&values, origin),
            _ => collection(name, &values, origin).or_else(|| text_functions::call(name, &values, origin)),
        };
        match value {
            Some(Value { kind: Kind::List(list), .. }) if size_of_list(&list) > ITEMS_MAX => unknown,
            Some(value) => value,
            None => unknown,
        }
    }

    /// `try` and `can`: the first argument that does not fail.
    fn attempt(&mut self, name: &str, arguments: &[Expression], origin: Origin, scope: &mut Scope) -> Value {
        let mut outcome = Value::new(Kind::Failed, origin);
        for argument in arguments {
            outcome = self.value(argument, scope);
            if !matches!(outcome.kind, Kind::Failed) {
                break;
            }
        }
        if name == "try" {
            return outcome;
        }
        let kind = match outcome.kind {
            Kind::Failed => Kind::Bool(false),
            Kind::Unknown => Kind::Unknown,
            _ => Kind::Bool(true),
        };
        Value::new(kind, origin)
    }

    fn flatten(&mut self, list: &Value, origin: Origin) -> Option<Value> {
        let mut items = Vec::new();
        let mut queue: Vec<Value> = list.as_list()?.iter().rev().cloned().collect();
        while let Some(value) = queue.pop() {
            if items.len() > ITEMS_MAX || !self.budget.spend(1) {
                return None;
            }
            match value.as_list() {
                Some(inner) => queue.extend(inner.iter().rev().cloned()),
                None => items.push(value),
            }
        }
        Some(Value::list(items, origin))
    }

    fn contains(&mut self, values: &[Value], origin: Origin) -> Option<Value> {
        let [list, wanted] = values else { return None };
        let mut sure = true;
        for item in list.as_list()? {
            match self.equal(item, wanted) {
                Some(true) => return Some(Value::new(Kind::Bool(true), origin)),
                Some(false) => {}
                None => sure = false,
            }
        }
        sure.then(|| Value::new(Kind::Bool(false), origin))
    }

    /// Without repetitions. Unknown items are kept.
    fn distinct(&mut self, values: &[Value], origin: Origin) -> Option<Value> {
        let mut kept: Vec<Value> = Vec::new();
        for list in values {
            for item in list.as_list()? {
                let mut known = false;
                for other in &kept {
                    known |= self.equal(other, item) == Some(true);
                }
                if !known {
                    kept.push(item.clone());
                }
            }
        }
        Some(Value::list(kept, origin))
    }
}

fn size_of(value: &Value) -> usize {
    value.as_list().map_or(1, <[Value]>::len) + value.as_object().map_or(0, <[Entry]>::len)
}

fn size_of_list(list: &Rc<super::value::List>) -> usize {
    list.len()
}

fn collection(name: &str, values: &[Value], origin: Origin) -> Option<Value> {
    let first = values.first();
    let number = |number: usize| Some(Value::new(Kind::Number(number as f64), origin));
    match name {
        "sensitive" | "nonsensitive" | "tomap" | "tolist" | "tostring" | "tonumber" | "tobool" | "ephemeralasnull" => {
            first.cloned()
        }
        "length" => match &first?.settled().kind {
            Kind::List(_) => number(first?.as_list()?.len()),
            Kind::Object(_) => number(first?.as_object()?.len()),
            Kind::Text(text) => number(text.chars().count()),
            _ => None,
        },
        "concat" => {
            let mut items = Vec::new();
            for list in values {
                // Items that cannot be counted are one unknown item.
                match list.as_list() {
                    Some(more) => items.extend(more.iter().cloned()),
                    None => items.push(Value::unknown(list.origin)),
                }
            }
            Some(Value::list(items, origin))
        }
        "merge" => merge(values, origin),
        "lookup" => {
            let key = values.get(1)?.as_str()?;
            let map = first?.as_object()?;
            match first?.entry(key) {
                Some(entry) => Some(entry.value.clone()),
                None if map.iter().any(|entry| entry.key.contains(HOLE)) => None,
                None => values.get(2).cloned().or_else(|| Some(Value::new(Kind::Failed, origin))),
            }
        }
        "coalesce" => {
            for value in values {
                match &value.settled().kind {
                    Kind::Null | Kind::Failed => {}
                    Kind::Text(text) if text.is_empty() => {}
                    Kind::Unknown | Kind::Partial(_) => return None,
                    _ => return Some(value.clone()),
                }
            }
            Some(Value::new(Kind::Failed, origin))
        }
        "coalescelist" => {
            for value in values {
                if !value.as_list()?.is_empty() {
                    return Some(value.clone());
                }
            }
            Some(Value::new(Kind::Failed, origin))
        }
        "compact" => {
            let kept = first?.as_list()?.iter().filter(|item| !item.is_null() && item.as_str() != Some(""));
            Some(Value::list(kept.cloned().collect(), origin))
        }
        "one" => match first?.as_list()? {
            [] => Some(Value::new(Kind::Null, origin)),
            [only] => Some(only.clone()),
            _ => Some(Value::new(Kind::Failed, origin)),
        },
        "element" => {
            let (items, at) = (first?.as_list()?, values.get(1)?.as_number()?);
            let at = if at < 0.0 { return None } else { (at as usize).checked_rem(items.len()) };
            Some(at.and_then(|at| items.get(at).cloned()).unwrap_or(Value::new(Kind::Failed, origin)))
        }
        "keys" => {
            let keys = first?.as_object()?.iter();
            let mut keys: Vec<_> = keys.map(|entry| Value::text(&entry.key, entry.key_origin)).collect();
            keys.sort_by_key(Value::to_text);
            Some(Value::list(keys, origin))
        }
        "values" => {
            let mut entries: Vec<&Entry> = first?.as_object()?.iter().collect();
            entries.sort_by(|left, right| left.key.cmp(&right.key));
            Some(Value::list(entries.into_iter().map(|entry| entry.value.clone()).collect(), origin))
        }
        "zipmap" => {
            let (keys, items) = (first?.as_list()?, values.get(1)?.as_list()?);
            let pairs = keys.iter().zip(items);
            let entries = pairs.map(|(key, value)| Entry {
                key: key.to_text().into(),
                key_origin: key.origin,
                value: value.clone(),
            });
            Some(Value::object(entries.collect(), origin))
        }
        "range" => range(values, origin),
        "reverse" => Some(Value::list(first?.as_list()?.iter().rev().cloned().collect(), origin)),
        "slice" => {
            let (items, from, to) = (first?.as_list()?, values.get(1)?.as_number()?, values.get(2)?.as_number()?);
            let slice = items.get(from as usize..to as usize);
            Some(slice.map_or(Value::new(Kind::Failed, origin), |slice| Value::list(slice.to_vec(), origin)))
        }
        "sort" => {
            let items = first?.as_list()?;
            if items.iter().any(Value::is_unknown) {
                return None;
            }
            let mut items = items.to_vec();
            items.sort_by_key(Value::to_text);
            Some(Value::list(items, origin))
        }
        "setsubtract" | "setintersection" => {
            let (items, others) = (first?.as_list()?, values.get(1)?.as_list()?);
            if items.iter().chain(others).any(|item| item.as_str().is_none()) {
                return None;
            }
            let within = |item: &&Value| others.iter().any(|other| other.as_str() == item.as_str());
            let kept = items.iter().filter(|item| within(item) == (name == "setintersection")).cloned();
            Some(Value::list(kept.collect(), origin))
        }
        "alltrue" | "anytrue" => {
            let stop = name == "anytrue";
            let mut sure = true;
            for item in first?.as_list()? {
                match item.as_bool() {
                    Some(truth) if truth == stop => return Some(Value::new(Kind::Bool(stop), origin)),
                    Some(_) => {}
                    None => sure = false,
                }
            }
            sure.then(|| Value::new(Kind::Bool(!stop), origin))
        }
        "max" | "min" | "sum" => {
            let list = if name == "sum" { first?.as_list()? } else { values };
            let numbers: Vec<f64> = list.iter().map(Value::as_number).collect::<Option<_>>()?;
            let number = match name {
                "max" => numbers.into_iter().reduce(f64::max)?,
                "min" => numbers.into_iter().reduce(f64::min)?,
                _ => numbers.into_iter().sum(),
            };
            Some(Value::new(Kind::Number(number), origin))
        }
        "floor" | "ceil" | "abs" => {
            let given = first?.as_number()?;
            let number = match name {
                "floor" => given.floor(),
                "ceil" => given.ceil(),
                _ => given.abs(),
            };
            Some(Value::new(Kind::Number(number), origin))
        }
        "jsonencode" => first.map(|value| Value::encoded(value.clone(), origin)),
        "jsondecode" => match &first?.settled().kind {
            Kind::Encoded(inner) => Some((**inner).clone()),
            Kind::Text(text) | Kind::Partial(text) => policy::from_json(text, origin),
            _ => None,
        },
        _ => None,
    }
}

fn merge(values: &[Value], origin: Origin) -> Option<Value> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut known: std::collections::HashMap<Rc<str>, usize> = std::collections::HashMap::new();
    for value in values.iter().filter(|value| !value.is_null()) {
        for entry in value.as_object()? {
            match known.get(&entry.key).and_then(|at| entries.get_mut(*at)) {
                Some(slot) => *slot = entry.clone(),
                None => {
                    known.insert(Rc::clone(&entry.key), entries.len());
                    entries.push(entry.clone());
                }
            }
        }
    }
    if entries.len() > ITEMS_MAX { None } else { Some(Value::object(entries, origin)) }
}

fn range(values: &[Value], origin: Origin) -> Option<Value> {
    let numbers: Vec<f64> = values.iter().map(Value::as_number).collect::<Option<_>>()?;
    let (from, to, step) = match numbers.as_slice() {
        [to] => (0.0, *to, 1.0),
        [from, to] => (*from, *to, 1.0),
        [from, to, step] => (*from, *to, *step),
        _ => return None,
    };
    let steps = ((to - from) / step).ceil();
    if !steps.is_finite() || steps > ITEMS_MAX as f64 {
        return None;
    }
    let items = (0..steps.max(0.0) as usize).map(|at| Value::new(Kind::Number(from + step * at as f64), origin));
    Some(Value::list(items.collect(), origin))
}
