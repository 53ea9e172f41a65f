//! The two kinds of patches: strategic merge, and JSON patch (RFC 6902).

use crate::tree::{Tree, Value};

/// Lists whose items are merged by a key, in objects of the built-in kinds.
const KEYED: [(&str, &[&str]); 13] = [
    ("containers", &["name"]),
    ("initContainers", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("volumes", &["name"]),
    ("env", &["name"]),
    ("imagePullSecrets", &["name"]),
    ("secrets", &["name"]),
    ("webhooks", &["name"]),
    ("ports", &["containerPort", "port"]),
    ("volumeMounts", &["mountPath"]),
    ("volumeDevices", &["devicePath"]),
    ("hostAliases", &["ip"]),
    ("topologySpreadConstraints", &["topologyKey"]),
];

/// Merges `patch` into `target`; false when the patch deletes the target. `keyed` says whether lists of the
/// object's kind are merged by key.
pub(super) fn strategic(target: &mut Tree, patch: &Tree, keyed: bool) -> bool {
    match directive(patch) {
        Some("delete") => return false,
        Some("replace") => {
            *target = cleaned(patch);
            return true;
        }
        _ => {}
    }
    for (key, value) in patch.entries() {
        let name = &*key.text;
        if name.starts_with("$patch") || name.starts_with("$setElementOrder/") || name == "$retainKeys" {
            continue;
        }
        if let Some(list) = name.strip_prefix("$deleteFromPrimitiveList/") {
            if let Some(items) = target.get_mut(list).and_then(Tree::items_mut) {
                items.retain(|item| !value.items().iter().any(|gone| gone.as_str() == item.as_str()));
            }
            continue;
        }
        if value.is_null() {
            target.remove(name);
            continue;
        }
        let Some(old) = target.get_mut(name).filter(|old| !old.is_null()) else {
            if directive(value) != Some("delete") {
                target.set(name, key.origin, cleaned(value));
            }
            continue;
        };
        match (&mut old.value, &value.value) {
            (Value::Map(_), Value::Map(_)) => {
                if !strategic(old, value, keyed) {
                    target.remove(name);
                }
            }
            (Value::List(items), Value::List(patches)) => {
                let keys =
                    KEYED.iter().find(|(list, _)| *list == name).filter(|_| keyed).map_or(&[][..], |(_, keys)| keys);
                let by = keys.iter().find(|key| patches.iter().any(|item| item.get(key).is_some()));
                match by {
                    Some(by) => merge_items(items, patches, by, keyed),
                    None => *items = patches.iter().filter(|item| directive(item).is_none()).map(cleaned).collect(),
                }
            }
            _ => *old = cleaned(value),
        }
    }
    true
}

fn merge_items(items: &mut Vec<Tree>, patches: &[Tree], by: &str, keyed: bool) {
    if patches.iter().any(|patch| patch.get(by).is_none() && directive(patch) == Some("replace")) {
        *items = patches.iter().filter(|patch| patch.get(by).is_some()).map(cleaned).collect();
        return;
    }
    let id = |tree: &Tree| tree.get(by).and_then(Tree::as_str).map(str::to_owned);
    // Patched and new items come first, in the order of the patch, as kustomize does.
    let mut merged = Vec::new();
    for patch in patches {
        let at = items.iter().position(|item| id(item).is_some() && id(item) == id(patch));
        match at {
            Some(at) => {
                let mut item = items.remove(at);
                if strategic(&mut item, patch, keyed) {
                    merged.push(item);
                }
            }
            None if directive(patch) != Some("delete") => merged.push(cleaned(patch)),
            None => {}
        }
    }
    merged.append(items);
    *items = merged;
}

fn directive(tree: &Tree) -> Option<&str> {
    tree.get("$patch").and_then(Tree::as_str)
}

/// A patch as a value: without nulls and directives.
fn cleaned(tree: &Tree) -> Tree {
    let value = match &tree.value {
        Value::Map(entries) => {
            let kept = entries.iter().filter(|(key, value)| !value.is_null() && !key.text.starts_with('$'));
            Value::Map(kept.map(|(key, value)| (key.clone(), cleaned(value))).collect())
        }
        Value::List(items) => Value::List(items.iter().map(cleaned).collect()),
        scalar => scalar.clone(),
    };
    Tree { value, origin: tree.origin }
}

/// Applies the operations of a JSON patch.
pub(super) fn json_patch(target: &mut Tree, operations: &[Tree]) -> Result<(), String> {
    for operation in operations {
        let field = |key: &str| operation.get(key).and_then(Tree::as_str);
        let (Some(op), Some(path)) = (field("op"), field("path")) else {
            return Err("an operation of a JSON patch needs `op` and `path`".to_owned());
        };
        let value = || operation.get("value").cloned().ok_or_else(|| format!("`{op} {path}` has no value"));
        match op {
            "add" => put(target, path, value()?, true)?,
            "replace" => put(target, path, value()?, false)?,
            "remove" => drop(take(target, path)?),
            "move" | "copy" => {
                let from = field("from").ok_or_else(|| format!("`{op} {path}` has no `from`"))?;
                let moved = find(target, from).cloned().ok_or_else(|| format!("nothing is at {from}"))?;
                if op == "move" {
                    take(target, from)?;
                }
                put(target, path, moved, true)?;
            }
            "test" => {
                find(target, path).ok_or_else(|| format!("nothing is at {path}"))?;
            }
            other => return Err(format!("`{other}` is no operation of a JSON patch")),
        }
    }
    Ok(())
}

fn steps(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

fn child<'t>(tree: &'t mut Tree, step: &str) -> Option<&'t mut Tree> {
    if tree.items().is_empty() { tree.get_mut(step) } else { tree.items_mut()?.get_mut(step.parse::<usize>().ok()?) }
}

fn find<'t>(tree: &'t mut Tree, path: &str) -> Option<&'t mut Tree> {
    steps(path).iter().try_fold(tree, |tree, step| child(tree, step))
}

fn parent<'t>(tree: &'t mut Tree, path: &str) -> Result<(&'t mut Tree, String), String> {
    let mut steps = steps(path);
    let last = steps.pop().ok_or_else(|| "a JSON patch cannot replace the whole object".to_owned())?;
    let holder = steps.iter().try_fold(tree, |tree, step| child(tree, step));
    Ok((holder.ok_or_else(|| format!("nothing is above {path}"))?, last))
}

fn put(tree: &mut Tree, path: &str, value: Tree, insert: bool) -> Result<(), String> {
    let origin = value.origin;
    let (holder, last) = parent(tree, path)?;
    if let Value::List(items) = &mut holder.value {
        if last == "-" {
            items.push(value);
            return Ok(());
        }
        let at = last.parse::<usize>().ok().filter(|at| *at < items.len() + usize::from(insert));
        let at = at.ok_or_else(|| format!("{path} is outside of its list"))?;
        if insert {
            items.insert(at, value);
        } else if let Some(item) = items.get_mut(at) {
            *item = value;
        }
        return Ok(());
    }
    if !insert && holder.get(&last).is_none() {
        return Err(format!("nothing is at {path}"));
    }
    holder.set(&last, origin, value);
    Ok(())
}

fn take(tree: &mut Tree, path: &str) -> Result<Tree, String> {
    let gone = find(tree, path).cloned().ok_or_else(|| format!("nothing is at {path}"))?;
    let (holder, last) = parent(tree, path)?;
    match &mut holder.value {
        Value::List(items) => {
            drop(last.parse::<usize>().ok().filter(|at| *at < items.len()).map(|at| items.remove(at)))
        }
        _ => holder.remove(&last),
    }
    Ok(gone)
}
