//! What a value must be for a row of a rule to hold.

use palisade_inventory::code::{CHECKED, HOLE, Origin, SPREAD, Value, What, last_of};

use super::rule::{Test, danger};

/// Tests a member of an object that is written in place; what may be spread into it is not known to be missing.
pub(super) fn within(object: &Value, name: &str, test: &Test) -> Option<Origin> {
    let (mut object, mut name) = (object, name);
    while let Some((outer, inner)) = name.split_once('.') {
        if let What::Fields(_) = object.what
            && object.field(outer).is_none()
        {
            name = outer;
            break;
        }
        (object, name) = (object.field(outer)?, inner);
    }
    let What::Fields(_) = object.what else { return None };
    let member = object.field(name);
    if member.is_none() && object.field(SPREAD).is_some() {
        return None;
    }
    holds(member, test)
}

pub(super) fn holds(value: Option<&Value>, test: &Test) -> Option<Origin> {
    let yes = |truth: bool| truth.then_some(Origin::Constant);
    let Some(value) = value else {
        return yes(matches!(
            test,
            Test::Missing | Test::Closed | Test::NotFrom(_) | Test::NotFalse | Test::NotTrue | Test::NoField(_)
        ));
    };
    let lower = || value.as_pieces().map(str::to_ascii_lowercase);
    let clean = |danger: u32| value.cleaned & (danger | CHECKED) != 0;
    match test {
        Test::Outside(danger) => match value.origin {
            Origin::Outside(_) if *danger == danger::URL && is_rooted(value) => None,
            // Members of archives have a rule of their own.
            Origin::Outside(_) if *danger == danger::PATH && is_archive_member(value) => None,
            Origin::Outside(_) if !clean(*danger) => Some(value.origin),
            _ => None,
        },
        Test::Given => match value.origin {
            Origin::Outside(_) | Origin::Parameter(_) if !clean(0) => Some(value.origin),
            _ => None,
        },
        Test::Injected(danger) => match value.origin {
            Origin::Outside(_) if !clean(*danger) => Some(value.origin),
            Origin::Parameter(_) if !clean(*danger) && is_pieced(value) => Some(value.origin),
            _ => None,
        },
        Test::Sql => match value.origin {
            Origin::Outside(_) | Origin::Parameter(_) if clean(danger::SQL) => None,
            Origin::Outside(_) if value.as_pieces().map_or_else(|| is_named_sql(value), is_sql) => Some(value.origin),
            Origin::Parameter(_) if value.as_pieces().is_some_and(is_sql) && is_pieced(value) => Some(value.origin),
            _ => None,
        },
        Test::SqlText => match holds(Some(value), &Test::Sql) {
            Some(origin) if value.as_pieces().is_some_and(is_sql) => Some(origin),
            _ => None,
        },
        Test::Is(truth) => yes(value.as_bool() == Some(*truth)),
        Test::Below(limit) => yes(value.as_number().is_some_and(|number| number < *limit)),
        Test::Text(texts) => yes(lower().is_some_and(|text| texts.contains(&text.as_str()))),
        Test::Has(words) => yes(lower().is_some_and(|text| words.iter().any(|word| text.contains(word)))),
        Test::From(paths) => yes(paths.iter().any(|path| fits(&value.path, path))),
        Test::NotFrom(paths) => {
            let known = value.items().iter().chain([value]);
            yes(!known.into_iter().any(|value| paths.iter().any(|path| fits(&value.path, path))))
        }
        Test::Missing => None,
        Test::Present => yes(true),
        Test::NotFalse => yes(value.as_bool() != Some(false)),
        // Two values of one request prove nothing to each other.
        Test::NotText if matches!(value.origin, Origin::Outside(_)) => None,
        Test::NotText => yes(value.as_text().is_none() && !matches!(value.what, What::Null | What::Bool(_))),
        Test::Literal => yes(value.as_text().is_some_and(|text| !text.is_empty())),
        Test::Unfixed => match value.origin {
            Origin::Constant => None,
            origin => Some(origin),
        },
        Test::Holds(texts) => {
            let has =
                |item: &Value| item.as_text().is_some_and(|text| texts.contains(&text.to_ascii_lowercase().as_str()));
            yes(value.items().iter().any(has))
        }
        Test::Hmac => yes(is_hmac(value)),
        Test::Credential => yes(is_sent_credential(value)),
        Test::Password => yes(is_password(value) || value.items().iter().any(is_password)),
        Test::BodyField => match &value.what {
            What::Fields(fields) => {
                fields.iter().find_map(|(name, value)| (&**name != "where" && is_body(value)).then_some(value.origin))
            }
            _ => None,
        },
        Test::WholeBody => match value.origin {
            Origin::Outside(_)
                if !clean(0) && matches!(&*value.path, "req.body" | "request.body" | "ctx.request.body") =>
            {
                Some(value.origin)
            }
            _ => None,
        },
        Test::NoField(name) => {
            let open = value.field(SPREAD).is_some();
            yes(matches!(value.what, What::Function | What::Fields(_)) && value.field(name).is_none() && !open)
        }
        Test::Null => yes(matches!(value.what, What::Null)),
        Test::Begins(heads) => yes(lower().is_some_and(|text| heads.iter().any(|head| text.starts_with(head)))),
        Test::Temporary => {
            let text = value.as_text().unwrap_or("");
            yes(text.starts_with("/tmp/") || text.starts_with("/var/tmp/"))
        }
        Test::Reachable => {
            yes(value.as_text().is_some_and(|text| !text.starts_with("127.") && !text.starts_with("localhost")))
        }
        Test::ShortRsa => yes(value.as_number().is_some_and(|size| [512.0, 768.0, 1024.0, 1536.0].contains(&size))),
        Test::Member => yes(is_archive_member(value) && !clean(danger::PATH)),
        Test::Without(texts) => {
            let known =
                matches!(value.what, What::List(_)) && value.items().iter().all(|item| item.as_text().is_some());
            yes(known && !value.items().iter().any(|item| item.as_text().is_some_and(|text| texts.contains(&text))))
        }
        Test::Written => {
            let items = value.items();
            yes(!items.is_empty() && items.iter().all(|item| item.as_text().is_some_and(|text| !text.is_empty())))
        }
        Test::Lacks(names) => {
            let known = matches!(&value.what, What::Fields(fields) if !fields.is_empty());
            yes(known && value.field(SPREAD).is_none() && !names.iter().any(|name| value.field(name).is_some()))
        }
        Test::Mebibytes(size) => {
            let named = value.as_text().and_then(mebibytes);
            yes(named.or_else(|| value.as_number().map(|bytes| bytes / MEBIBYTE)).is_some_and(|named| named >= *size))
        }
        Test::NotTrue => yes(value.as_bool() == Some(false)),
        Test::Leads(words) => {
            let first = value.items().first().and_then(Value::as_text).map(str::to_ascii_lowercase);
            yes(first.is_some_and(|first| words.iter().any(|word| first.contains(word))))
        }
        Test::Closed => yes(value.field(SPREAD).is_none()),
        Test::Empty => yes(matches!(&value.what, What::List(items) if items.is_empty())),
        // These need the source: see `Hits::hold` in `judge.rs`.
        Test::Tells(_) | Test::Shown(_) => None,
        Test::WorldWritable => yes(value.as_number().is_some_and(|mode| mode as u32 & 0o2 != 0 && mode < 4096.0)),
    }
}

/// Bytes of a MiB.
const MEBIBYTE: f64 = 1_048_576.0;

/// `50mb`, `2gb`, `Infinity`
fn mebibytes(text: &str) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    if lower == "infinity" {
        return Some(f64::INFINITY);
    }
    let end = lower.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let number: f64 = lower.get(..end)?.parse().ok()?;
    match lower.get(end..)?.trim() {
        "mb" | "m" | "mib" => Some(number),
        "gb" | "g" | "gib" => Some(number * 1_024.0),
        _ => None,
    }
}

/// A path against one name or `*.name`.
fn fits(path: &str, pattern: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(end) => path.strip_suffix(end).is_some_and(|head| head.is_empty() || head.ends_with('.')),
        None => path == pattern,
    }
}

/// Whether something is put into a text that is written here.
fn is_pieced(value: &Value) -> bool {
    value
        .as_pieces()
        .is_some_and(|text| text.contains(HOLE) && text.chars().any(|letter| letter.is_ascii_alphanumeric()))
}

/// Whether a value of which nothing is known has the name of a statement.
fn is_named_sql(value: &Value) -> bool {
    let name = name_of(value);
    ["sql", "query", "statement"].iter().any(|word| name.ends_with(word))
}

/// Whether a text reads like a statement of SQL.
fn is_sql(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(40).collect::<String>().to_ascii_lowercase();
    let mut words = head.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let (first, lower) = (words.next().unwrap_or(""), text.to_ascii_lowercase());
    match first {
        "select" | "delete" => lower.contains("from"),
        "insert" => lower.contains("into"),
        "update" => lower.contains("set"),
        "with" => lower.contains("select") || lower.contains("update"),
        "drop" | "alter" | "create" | "truncate" | "grant" | "revoke" | "merge" | "replace" | "call" | "exec" => true,
        _ => lower.contains(" where ") && lower.contains('='),
    }
}

/// The last name of what gave a value, in small letters without signs.
fn name_of(value: &Value) -> String {
    let name = last_of(value.path.trim_end_matches(['(', ')', '[', ']']));
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Each name that [`is_hmac`] knows has one of these.
pub(super) const HMAC_WORDS: &[&str] = &["hmac", "Hmac", "HMAC", "xpected", "XPECTED", "omputed", "OMPUTED"];

/// Whether a value is the code of a message under a key.
fn is_hmac(value: &Value) -> bool {
    let name = name_of(value);
    ["hmac.new()", "createHmac()", "hmac.New()"].iter().any(|maker| value.path.contains(maker))
        || matches!(name.as_str(), "hmac" | "expectedsignature" | "computedsignature" | "expectedhmac" | "computedhmac")
}

/// Whether somebody outside sent a credential.
fn is_sent_credential(value: &Value) -> bool {
    let name = name_of(value);
    let words = ["token", "apikey", "password", "secret", "signature", "hmac"];
    matches!(value.origin, Origin::Outside(_)) && words.iter().any(|word| name.ends_with(word))
}

/// Whether a value is what a request's body or query holds, which may be an object.
fn is_body(value: &Value) -> bool {
    let from = ["req.body.", "req.query.", "request.body.", "request.query.", "ctx.request.body.", "ctx.query."];
    matches!(value.origin, Origin::Outside(_))
        && value.cleaned & CHECKED == 0
        && from.iter().any(|from| value.path.starts_with(from))
        && !value.path.contains('(')
}

/// Whether a path is made of the name that an archive gives a member.
fn is_archive_member(value: &Value) -> bool {
    let names = [
        "entry.path",
        "entry.fileName",
        "entry.entryName",
        "header.name",
        "entry.name",
        "zipEntry.entryName",
        "file.path",
    ];
    let made =
        ["archive/tar", "archive/zip"].iter().any(|maker| value.path.contains(maker)) && value.path.ends_with(".Name");
    let java = ["ZipEntry.getName()", "ArchiveEntry.getName()", "TarArchiveEntry.getName()", "JarEntry.getName()"];
    let rust = value.path.ends_with(".by_index().name()");
    made || rust || names.iter().chain(&java).any(|name| &*value.path == *name)
}

/// Whether a name speaks of a password.
fn is_password(value: &Value) -> bool {
    let name = name_of(value);
    let words = ["password", "passwd", "pwd", "passphrase", "passwort", "userpass"];
    words.iter().any(|word| name.ends_with(word)) && !value.is_constant()
}

/// Whether a URL or a path has its host and its first folder written here.
fn is_rooted(value: &Value) -> bool {
    let Some(text) = value.as_pieces() else { return false };
    let fixed = text.split(HOLE).next().unwrap_or("");
    match fixed.split_once("://") {
        Some((_, rest)) => rest.contains('/'),
        None => fixed.starts_with('/') && fixed.len() > 1 && !fixed.starts_with("//"),
    }
}
