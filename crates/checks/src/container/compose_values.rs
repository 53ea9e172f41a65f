//! Values of Compose files as the engine sees them, and messages about several services.

use palisade_inventory::compose::Service;

/// A value with each `${NAME:-default}` and `${NAME-default}` replaced by its default; others stay as written.
pub(super) fn with_defaults(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((inside, next)) = after.split_once('}') else {
            out.push_str("${");
            out.push_str(after);
            return out;
        };
        match inside.split_once(":-").or_else(|| inside.split_once('-')) {
            Some((_, default)) if !default.contains('$') => out.push_str(default),
            _ => {
                out.push_str("${");
                out.push_str(inside);
                out.push('}');
            }
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

/// `web and 2 more services may …`
pub(super) fn many(services: &[&Service<'_>], what: &str) -> String {
    let first = services.first().and_then(|service| service.name.as_str()).unwrap_or("the service");
    match services.len() {
        0 | 1 => format!("{first} {what}"),
        2 => format!("{first} and another service {what}"),
        count => format!("{first} and {} more services {what}", count - 1),
    }
}
