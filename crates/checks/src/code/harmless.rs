//! What stands around a hit in source code and makes it harmless, or less bad: a token that is only asked who issued
//! it, a digest that names an entry of a cache.
//!
//! It reads the lines of the function as text, and refuses to follow values out of it.

use palisade_model::Span;

/// Lines of a function that are read; longer ones are judged as if nothing were known.
const LINES_MAX: usize = 120;

/// Claims and fields of a header that say whose key to ask, and nothing of who somebody is.
const ISSUER: [&str; 6] = ["iss", "issuer", "owner", "kid", "alg", "typ"];
/// Words that make another claim of it.
const PERSON: [&str; 6] = ["id", "user", "sub", "subject", "email", "name"];

/// Where the function around a place begins and ends, told by how lines are indented.
fn function(source: &str, span: Span) -> Option<(usize, usize)> {
    let at = span.start as usize;
    let indent = |line: &str| line.len() - line.trim_start().len();
    let opens = |line: &str| {
        let line = line.trim_start();
        ["def ", "async def ", "func "].iter().any(|word| line.starts_with(word))
    };
    let own = source.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let mut depth = indent(source.get(own..)?.lines().next()?);
    let mut start = own;
    for _ in 0..LINES_MAX {
        let before = source.get(..start.checked_sub(1)?)?;
        start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.get(start..)?;
        if line.trim().is_empty() || indent(line) >= depth {
            continue;
        }
        depth = indent(line);
        if opens(line) {
            let mut end = start;
            for (count, inner) in source.get(start..)?.split_inclusive('\n').enumerate() {
                let over = count > 0 && !inner.trim().is_empty() && indent(inner) <= depth;
                if over || count > LINES_MAX {
                    return (count <= LINES_MAX).then_some((start, end));
                }
                end += inner.len();
            }
            return Some((start, source.len()));
        }
    }
    None
}

/// Whether a place of a line is within a text that is not put together of values.
fn is_in_text(head: &str) -> bool {
    let line = head.rsplit('\n').next().unwrap_or(head);
    let open = line.rfind('"').filter(|_| line.matches('"').count() % 2 == 1);
    open.is_some_and(|at| !line.get(..at).is_some_and(|before| before.ends_with(['f', 'F', 'r'])))
}

/// The places of a name as a whole word of the code.
fn places<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    text.match_indices(name).map(|(at, _)| at).filter(move |at| {
        let head = text.get(..*at).unwrap_or("");
        !is_in_text(head)
            && !part(head.chars().next_back())
            && !part(text.get(at + name.len()..).and_then(|tail| tail.chars().next()))
    })
}

/// Whether a token whose signature was not checked is asked for nothing but who issued it.
pub(super) fn is_peeked(source: &str, span: Span) -> bool {
    let Some((_, end)) = function(source, span) else { return false };
    let line_start = source.get(..span.start as usize).and_then(|head| head.rfind('\n')).map_or(0, |end| end + 1);
    let Some(line) = source.get(line_start..).and_then(|rest| rest.lines().next()) else { return false };
    let assigned = line.trim_start();
    let assigned = assigned.strip_prefix("if ").unwrap_or(assigned);
    let Some((names, call)) = assigned.split_once('=') else { return false };
    let name = names.trim_end_matches(':').split(',').next().unwrap_or("").trim();
    let is_name = |name: &str| {
        !name.is_empty() && name != "_" && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    // Claims that the caller keeps are read under another name.
    let kept = call.contains("ParseUnverified") && !call.contains("{}");
    let Some(rest) = source.get(line_start + line.len()..end) else { return false };
    if !is_name(name) || kept {
        return false;
    }
    let mut uses = places(rest, name).peekable();
    uses.peek().is_some() && uses.all(|at| rest.get(at + name.len()..).is_some_and(asks_issuer))
}

/// Whether what follows the name of a token asks for its issuer, its key or its algorithm.
fn asks_issuer(after: &str) -> bool {
    if let Some(field) = after.strip_prefix('.') {
        let go = ["Header", "Method", "Claims.GetIssuer()"].iter().any(|known| {
            field.strip_prefix(known).is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
        });
        if go {
            return true;
        }
    }
    let Some(argument) = after.strip_prefix(".get(").or_else(|| after.strip_prefix('[')) else { return false };
    let argument = argument.split([',', ')', ']']).next().unwrap_or("").to_ascii_lowercase();
    let mut words = argument.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let known = words.clone().any(|word| ISSUER.contains(&word));
    known && !words.any(|word| PERSON.contains(&word))
}

/// Whether a digest names an entry of a cache or a version of a text: nobody gains by two that are the same.
pub(super) fn is_label(source: &str, span: Span) -> bool {
    const WORDS: [&str; 6] = ["cache", "etag", "fingerprint", "query_hash", "dedup", "cachekey"];
    let start = source.get(..span.start as usize).and_then(|head| head.rfind('\n')).map_or(0, |end| end + 1);
    let line = source.get(start..span.start as usize).unwrap_or("").to_ascii_lowercase();
    let assigned = line.split('=').next().filter(|_| line.contains('='));
    let returned = line.trim_start().starts_with("return").then(|| function(source, span)).flatten();
    let head = returned.and_then(|(start, end)| source.get(start..end)?.split('(').next());
    let named = head.map(str::to_ascii_lowercase);
    let name = assigned.map(str::to_owned).or(named).unwrap_or_default();
    WORDS.iter().any(|word| name.contains(word))
}

/// Whether the first letters of a password's digest are sent to the service that knows which passwords leaked, which
/// asks for this function.
pub(super) fn is_asked_for_by_service(source: &str, span: Span) -> bool {
    span.of(source).to_ascii_lowercase().contains("sha1") && source.contains("pwnedpasswords.com/range")
}

/// Whether the only value in a statement is a table's name, which can be no parameter of it.
pub(super) fn names_table(source: &str, span: Span) -> bool {
    let call = source.get(span.start as usize..).and_then(|rest| rest.lines().next()).unwrap_or("");
    // `if _, err = db.Exec(…); err != nil {`
    let call = call.split_once("; ").map_or(call, |(call, _)| call);
    let Some((before, after)) = call.split_once("%s") else { return false };
    let before = before.to_ascii_uppercase();
    let place = ["TABLE ", "FROM ", "INTO ", "UPDATE "].iter().any(|word| before.ends_with(word));
    let given = after.rsplit(',').next().unwrap_or("").trim_end_matches([')', ';']).trim();
    place && !after.contains('%') && ["table", "tableName"].contains(&given)
}

/// Whether the element that is given text was made here as a style sheet, in which no element can stand.
pub(super) fn is_style_sheet(source: &str, span: Span) -> bool {
    let start = source.get(..span.start as usize).and_then(|head| head.rfind('\n')).map_or(0, |end| end + 1);
    let line = source.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let Some((name, _)) = line.trim_start().split_once(".innerHTML") else { return false };
    let made = |quote: char| source.contains(&format!("{name} = document.createElement({quote}style{quote})"));
    !name.is_empty() && (made('"') || made('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(source: &str, word: &str) -> Span {
        let start = source.find(word).unwrap_or(0);
        Span::new(start, start + word.len())
    }

    #[test]
    fn a_token_that_is_asked_for_its_issuer_alone_is_peeked_at() {
        let python = |reads: &str| {
            format!("def f(token):\n    claims = jwt.decode(token)\n    {reads}\n\ndef g():\n    return claims\n")
        };
        let peeked = |source: &str| is_peeked(source, at(source, "jwt.decode"));
        assert!(peeked(&python("return claims.get(\"iss\") == OWN")));
        assert!(peeked(&python("return claims[JWT_OWNER_FIELD]")));
        assert!(!peeked(&python("return claims[\"iss\"], f\"{claims['sub']}\"")));
        for reads in [
            "return claims[\"sub\"]",
            "return claims",
            "log(claims[\"iss\"]); use(claims)",
            "claims.get(OWNER_ID)",
            "pass",
        ] {
            assert!(!peeked(&python(reads)), "{reads}");
        }
        let go = |reads: &str| {
            format!(
                "func f() bool {{\n\tif token, _, err = p.ParseUnverified(value, &jwt.RegisteredClaims{{}}); err != nil {{\n\t\treturn false\n\t}}\n\t{reads}\n}}\n"
            )
        };
        let peeked = |source: &str| is_peeked(source, at(source, "p.ParseUnverified"));
        assert!(peeked(&go("iss, err = token.Claims.GetIssuer()\n\tuse(token.Header)\n\tfmt.Println(\"no token\")")));
        assert!(!peeked(&go("sub, err = token.Claims.GetSubject()")));
        assert!(!peeked(&go("use(token)")));
    }

    #[test]
    fn digests_that_name_entries_of_a_cache_are_told_from_others() {
        let label = |source: &str| is_label(source, at(source, "md5("));
        assert!(label("cache_key = md5(x)\n"));
        assert!(label("def cache_key_of(x):\n    return md5(x)\n"));
        assert!(!label("signature = md5(cache)\n"));
        assert!(!label("def sign(cache):\n    return md5(cache)\n"));
    }

    #[test]
    fn only_a_style_sheet_that_was_made_here_takes_any_text() {
        let sheet = |source: &str| is_style_sheet(source, at(source, "s.innerHTML"));
        assert!(sheet("const s = document.createElement(\"style\");\ns.innerHTML = css;\n"));
        assert!(!sheet("const s = document.createElement(\"div\");\ns.innerHTML = css;\n"));
    }

    #[test]
    fn a_statement_whose_only_value_names_a_table_is_told_from_others() {
        let table = |source: &str| names_table(source, at(source, "db.Exec"));
        assert!(table("if err = db.Exec(ctx, fmt.Sprintf(\"DELETE FROM %s;\", table)); err != nil {"));
        assert!(!table("db.Exec(ctx, fmt.Sprintf(\"DELETE FROM %s WHERE id = %s\", table, id))"));
        assert!(!table("db.Exec(ctx, fmt.Sprintf(\"DELETE FROM a WHERE id = %s\", table))"));
        assert!(!table("db.Exec(ctx, fmt.Sprintf(\"DELETE FROM %s\", input))"));
    }
}
