//! Where in the target a path of another tool is.
//!
//! It never leads out of the target, and guesses little: an absolute path of another machine is a file of the target
//! only if two or more of its parts are there.

/// Parts of a path that are looked at; a deeper file is not placed.
const PARTS_MAX: usize = 64;

/// Folders into which the sources are mounted where tools run in containers.
const MOUNTS: [&str; 5] = ["/github/workspace/", "/src/", "/repo/", "/code/", "/data/"];

/// The paths within the target that a tool's path may stand for, likeliest first. `root` is the target's own place.
pub(super) fn candidates(told: &str, root: Option<&str>) -> Vec<String> {
    let (told, uri) = match told.strip_prefix("file:") {
        Some(rest) => {
            (rest.strip_prefix("//").map_or(rest, |rest| rest.strip_prefix("localhost").unwrap_or(rest)), true)
        }
        None => (told, false),
    };
    if told.is_empty() || told.contains("://") {
        return Vec::new();
    }
    let mut out = Vec::new();
    // Addresses have escapes; many tools write paths as they are instead.
    let unescaped = unescape(told);
    let spellings = if uri { vec![unescaped.as_str()] } else { vec![told, unescaped.as_str()] };
    for path in spellings {
        let path = path.replace('\\', "/");
        // `/C:/src/a` of an address is `C:/src/a`.
        let drive = path.trim_start_matches('/').as_bytes().get(1) == Some(&b':');
        if !path.starts_with('/') && !drive {
            out.extend(clean(&path));
            continue;
        }
        let inside = root.and_then(|root| path.strip_prefix(root.trim_end_matches('/'))?.strip_prefix('/'));
        if let Some(inside) = inside {
            out.extend(clean(inside));
            continue;
        }
        out.extend(MOUNTS.iter().filter_map(|mount| path.strip_prefix(mount)).filter_map(clean));
        let Some(path) = clean(path.trim_start_matches('/')) else { continue };
        let mut rest = path.as_str();
        while let Some((_, shorter)) = rest.split_once('/') {
            if shorter.contains('/') {
                out.push(shorter.to_owned());
            }
            rest = shorter;
        }
    }
    let mut seen = std::collections::HashSet::new();
    out.retain(|path| seen.insert(path.clone()));
    out
}

/// A path without `.` and `..`; none where it leads out, or is none.
fn clean(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part if part.contains('\0') || parts.len() >= PARTS_MAX => return None,
            part => parts.push(part),
        }
    }
    Some(parts.join("/")).filter(|path| !path.is_empty())
}

/// The text without percent signs before two digits.
fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or(&[]);
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_those_of_the_target_and_never_leave_it() {
        let check = |told: &str, expected: &[&str]| assert_eq!(candidates(told, Some("/w/shop")), expected, "{told}");
        check("src/a.py", &["src/a.py"]);
        check("./src//b/../a.py", &["src/a.py"]);
        check("../a.py", &[]);
        check("src/../../etc/passwd", &[]);
        check("/w/shop/src/a.py", &["src/a.py"]);
        check("file:///w/shop/src/a%20b.py", &["src/a b.py"]);
        check("/w/shop/../../etc/passwd", &[]);
        check("/w/shopping/src/a.py", &["shopping/src/a.py", "src/a.py"]);
        check("/github/workspace/a.py", &["a.py", "workspace/a.py"]);
        check("file:///C:/own/src/a.py", &["own/src/a.py", "src/a.py"]);
        check("C:\\own\\src\\a.py", &["own/src/a.py", "src/a.py"]);
        check("a%2e%2e/b", &["a%2e%2e/b", "a../b"]);
        check("%2e%2e/b", &["%2e%2e/b"]);
        check("https://example.com/a", &[]);
        check("", &[]);
    }
}
