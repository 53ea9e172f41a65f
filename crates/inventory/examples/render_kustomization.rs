//! Renders kustomizations as `kubectl kustomize` does, to compare: `render_kustomization ROOT PATH…` prints one line
//! of JSON for each path, `{"path", "objects" | "fault", "gaps"}`. Definitions of custom resources are left out.

use std::path::Path;

use palisade_inventory::kustomize::Kitchen;
use palisade_inventory::tree::{Tree, Value};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().ok_or("usage: render_kustomization ROOT PATH…")?;
    let read = |path: &str| std::fs::read(Path::new(&root).join(path)).ok();
    let mut kitchen = Kitchen::new(&read);
    for path in arguments {
        let line = match kitchen.render(&path) {
            Ok(rendering) => {
                let objects: Vec<_> = rendering.objects.iter().map(json).collect();
                serde_json::json!({"path": path, "objects": objects, "gaps": rendering.gaps.len()})
            }
            Err(fault) => serde_json::json!({"path": path, "fault": format!("{}: {fault}", fault.path)}),
        };
        println!("{line}");
    }
    Ok(())
}

fn json(tree: &Tree) -> serde_json::Value {
    match &tree.value {
        Value::Map(entries) => entries.iter().map(|(key, value)| (key.text.to_string(), json(value))).collect(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Scalar(..) if tree.is_null() => serde_json::Value::Null,
        Value::Scalar(text, true) => match &**text {
            "true" | "True" | "yes" | "on" => true.into(),
            "false" | "False" | "no" | "off" => false.into(),
            text => text
                .parse::<i64>()
                .map(Into::into)
                .or_else(|_| text.parse::<f64>().map(Into::into))
                .unwrap_or(text.into()),
        },
        Value::Scalar(text, false) => text.to_string().into(),
    }
}
