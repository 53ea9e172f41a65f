//! A secret's value replaced by a reference to where it shall come from: the environment, the secrets of a workflow,
//! a variable of Terraform.
//!
//! This takes the value out of the next commit and ends no leak: the value stays valid until it is revoked, and stays
//! in the history. Where the language has no plain way to say it, or the value is a default for when the environment
//! has none, a person decides.

use palisade_inventory::Format;
use palisade_model::{Edit, Fix, Safety, Span};

use super::Match;

/// Longer lines are made by programs.
const LINE_BYTES_MAX: usize = 2_000;
/// Signs of a script for browsers.
const BROWSERS: [&str; 8] = ["@angular/", "'react", "\"react", "'vue", "\"vue", "window.", "document.", "svelte"];
/// Words that say nothing of whose secret it is.
const BARE: [&str; 10] =
    ["KEY", "VALUE", "TOKEN", "SECRET", "PASSWORD", "PASS", "PWD", "AUTH", "AUTHORIZATION", "DEFAULT"];

/// What stands around a value.
struct Place<'t> {
    text: &'t str,
    /// The value, without quotes.
    span: Span,
    /// The line before the value.
    before: &'t str,
    /// The line after it.
    after: &'t str,
    /// The quote around the whole value, if it has one.
    quote: Option<char>,
    /// What the reference is called.
    name: String,
}

/// The reference in all places of one value; `None` when one of them is uncertain.
pub(super) fn fix(path: &str, bytes: &[u8], matches: &[&Match]) -> Option<Fix> {
    let text = std::str::from_utf8(bytes).ok()?;
    if !super::is_product(path) || is_made_up(path) || matches.iter().any(|one| one.encoding.is_some()) {
        return None;
    }
    // Whoever is given the value under another key, or where nothing was found, would keep the old one.
    if matches.iter().any(|one| stays_elsewhere(bytes, one, matches)) {
        return None;
    }
    let mut edits: Vec<Edit> = Vec::new();
    let mut from = "";
    let mut named = String::new();
    for one in matches {
        let place = Place::of(text, one)?;
        let (source, made) = edits_of(path, bytes, &place)?;
        if !named.is_empty() && named != place.name {
            return None;
        }
        edits.extend(made.into_iter().filter(|edit| !edits.contains(edit)).collect::<Vec<_>>());
        (from, named) = (source, place.name);
    }
    let title = format!("take it from {from} as {named}; the leaked value must be revoked all the same");
    Some(Fix::new(title, Safety::Unsafe, edits))
}

/// Whether a file holds data that people made up for a first start or for tests.
fn is_made_up(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let mut words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| ["seed", "seeds", "seeder", "fixture", "fixtures", "mock", "mocks"].contains(&word))
}

/// Whether the value stands at a place of the file where nothing was found.
fn stays_elsewhere(bytes: &[u8], one: &Match, matches: &[&Match]) -> bool {
    let joined = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    memchr::memmem::find_iter(bytes, &one.value).any(|at| {
        let end = at + one.value.len();
        let found = |other: &&Match| other.span.start as usize <= at && end <= other.span.end as usize;
        let longer = joined(at.checked_sub(1).and_then(|before| bytes.get(before))) || joined(bytes.get(end));
        !longer && !matches.iter().any(found)
    })
}

fn edits_of(path: &str, bytes: &[u8], place: &Place<'_>) -> Option<(&'static str, Vec<Edit>)> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let name = &place.name;
    match Format::of(path, bytes) {
        Format::Workflow => {
            // A called workflow is given the secrets that it declares; a script would be handed the text of one.
            if place.text.contains("workflow_call") || !place.is_scalar() {
                return None;
            }
            // Secrets of GitHub may not begin with its own prefix.
            let name = name.strip_prefix("GITHUB_").map_or(name.clone(), |rest| format!("GH_{rest}"));
            return Some(("the repository's secrets", vec![place.value(format!("${{{{ secrets.{name} }}}}"))]));
        }
        Format::Compose => {
            return Some(("the environment", vec![place.value(format!("${{{name}:?}}"))]));
        }
        Format::Terraform => return Some(("a variable", terraform(place)?)),
        Format::Other => {}
        _ => return None,
    }
    let edits = match extension {
        "py" => vec![place.literal(format!("os.environ[\"{name}\"]"))?, import_os(place.text)?],
        // A browser has no environment.
        "js" | "mjs" | "cjs" | "ts" if BROWSERS.iter().any(|sign| place.text.contains(sign)) => return None,
        "js" | "mjs" | "cjs" => vec![place.literal(format!("process.env.{name}"))?],
        // Without the mark it may be undefined, which a strict compiler refuses.
        "ts" => vec![place.literal(format!("process.env.{name}!"))?],
        "rb" => vec![place.literal(format!("ENV.fetch(\"{name}\")"))?],
        "php" => vec![place.literal(format!("getenv('{name}')"))?],
        "java" | "kt" if place.is_assigned(&["const "]) => vec![place.literal(format!("System.getenv(\"{name}\")"))?],
        "go" if place.before.contains(":=") && place.text.contains("\"os\"") => {
            vec![place.literal(format!("os.Getenv(\"{name}\")"))?]
        }
        "sh" | "bash" if !place.before.contains('\'') => {
            let bare = place.before.matches('"').count().is_multiple_of(2) && !place.is_shell_assignment();
            let quote = if bare { "\"" } else { "" };
            vec![place.value(format!("{quote}${{{name}:?}}{quote}"))]
        }
        "properties" if file.starts_with("application") || file.starts_with("bootstrap") => {
            vec![place.value(format!("${{{name}}}"))]
        }
        "yml" | "yaml" if file.starts_with("application") => vec![place.value(format!("${{{name}}}"))],
        _ => return None,
    };
    let edits: Vec<Edit> =
        edits.into_iter().filter(|edit| !edit.span.is_empty() || !edit.replacement.is_empty()).collect();
    Some(("the environment", edits))
}

/// A variable beside the attribute, which keeps its value out of the output of plans.
fn terraform(place: &Place<'_>) -> Option<Vec<Edit>> {
    let name = place.name.to_ascii_lowercase();
    let (key, assigned) = place.before.split_once('=')?;
    let is_attribute = key.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    // The default of a variable, and what a backend is told, can be no variable.
    let fixed = ["default", "value"].contains(&key.trim()) || place.text.contains("backend \"");
    if !is_attribute || assigned.trim() != "\"" || fixed || place.text.contains(&format!("\"{name}\" {{")) {
        return None;
    }
    let newline = if place.text.contains("\r\n") { "\r\n" } else { "\n" };
    let end = place.text.len();
    let first = if place.text.ends_with('\n') { "" } else { newline };
    let block = ["", &format!("variable \"{name}\" {{"), "  type      = string", "  sensitive = true", "}", ""];
    let declared =
        Edit { path: None, span: Span::new(end, end), replacement: format!("{first}{}", block.join(newline)) };
    Some(vec![place.literal(format!("var.{name}"))?, declared])
}

/// The import that the reference needs, above the others; nothing when it is there.
fn import_os(text: &str) -> Option<Edit> {
    let mut at = 0;
    let mut first = None;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare == "import os" {
            return Some(Edit { path: None, span: Span::new(0, 0), replacement: String::new() });
        }
        let imports = bare.starts_with("import ") || bare.starts_with("from ") && !bare.starts_with("from __future__");
        if imports && first.is_none() {
            first = Some(at);
        }
        at += line.len();
    }
    let at = first?;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    Some(Edit { path: None, span: Span::new(at, at), replacement: format!("import os{newline}") })
}

impl<'t> Place<'t> {
    fn of(text: &'t str, one: &Match) -> Option<Self> {
        let (start, end) = (one.span.start as usize, one.span.end as usize);
        let (head, value, tail) = (text.get(..start)?, text.get(start..end)?, text.get(end..)?);
        let before = head.rsplit('\n').next()?;
        let after = tail.split('\n').next()?.trim_end_matches('\r');
        let comment = ["#", "//", "--", "/*", "*"].iter().any(|sign| before.trim_start().starts_with(sign));
        if comment || value.contains('\n') || before.len() + value.len() + after.len() > LINE_BYTES_MAX {
            return None;
        }
        // What falls back on a value when the environment has none stays without one.
        let lower = before.to_ascii_lowercase();
        if ["getenv", "environ", "process.env", "env(", ":-", "env.fetch"].iter().any(|word| lower.contains(word)) {
            return None;
        }
        let quote = before.chars().next_back().filter(|quote| matches!(quote, '"' | '\'') && after.starts_with(*quote));
        let name = name(before, one)?;
        Some(Self { text, span: one.span, before, after, quote, name })
    }

    /// The value alone, within whatever stands around it.
    fn value(&self, replacement: String) -> Edit {
        Edit { path: None, span: self.span, replacement }
    }

    /// The string literal that is the value and nothing else, as an expression.
    fn literal(&self, replacement: String) -> Option<Edit> {
        let quote = self.quote?;
        let before = self.before.strip_suffix(quote)?;
        // A prefix of the literal, another quote, or another part of a longer string.
        let plain = before.is_empty() || before.ends_with(['=', ' ', '(', ',', '[', ':', '{', '>']);
        let odd = before.matches(['"', '\'', '`']).count() % 2 == 1;
        let rest = self.after.strip_prefix(quote)?.trim_start();
        let whole = rest.is_empty() || rest.starts_with([',', ')', ';', ']', '}', '#']) || rest.starts_with("//");
        let span = Span::new(self.span.start as usize - 1, self.span.end as usize + 1);
        (plain && whole && !odd).then_some(Edit { path: None, span, replacement })
    }

    /// Whether the value is the whole of an entry in YAML, and no line of a script.
    fn is_scalar(&self) -> bool {
        let own = self.before.strip_suffix(self.quote.unwrap_or(' ')).unwrap_or(self.before).trim_end();
        let is_key = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        let key = own.trim_start().strip_suffix(':').is_some_and(is_key);
        let rest = self.after.strip_prefix(self.quote.unwrap_or(' ')).unwrap_or(self.after).trim_start();
        let head = self.text.get(..self.span.start as usize).unwrap_or("");
        key && (rest.is_empty() || rest.starts_with('#')) && !is_in_block(head)
    }

    /// `NAME=`, `export NAME=`: where a shell splits no words.
    fn is_shell_assignment(&self) -> bool {
        let own = self.before.trim_start();
        let own = ["export ", "readonly ", "local "].iter().find_map(|word| own.strip_prefix(word)).unwrap_or(own);
        let name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        own.strip_suffix('=').is_some_and(name)
    }

    fn is_assigned(&self, without: &[&str]) -> bool {
        self.before.contains('=')
            && !without.iter().any(|word| self.before.contains(word))
            && !self.before.contains('@')
    }
}

/// Whether the last line of `head` stands within a block of text, which `|` or `>` opened.
fn is_in_block(head: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = head.rsplit('\n');
    let mut depth = lines.next().map_or(0, indent);
    for line in lines.filter(|line| !line.trim().is_empty()) {
        if indent(line) >= depth {
            continue;
        }
        depth = indent(line);
        if line.trim_end().trim_end_matches(['-', '+']).ends_with(['|', '>']) {
            return true;
        }
        if depth == 0 {
            break;
        }
    }
    false
}

/// What the value is called: the key that it is assigned to, else its kind.
fn name(before: &str, one: &Match) -> Option<String> {
    let key = before.trim_end_matches(['"', '\'', ' ']);
    let key = key.strip_suffix("=>").or_else(|| key.strip_suffix(":=")).or_else(|| key.strip_suffix(['=', ':']));
    let key = key.map(|key| key.trim_end_matches(['"', '\'', ' ', ']'])).unwrap_or("");
    let start =
        key.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))).map_or(0, |at| at + 1);
    let key = upper(key.get(start..)?.trim_start_matches('-'));
    let kind = upper(one.detector.id().strip_prefix("secrets/").filter(|id| !id.starts_with("generic-")).unwrap_or(""));
    let name = match (key.as_str(), kind.as_str()) {
        ("", kind) => kind.to_owned(),
        (key, kind) if BARE.contains(&key) && !kind.is_empty() => kind.to_owned(),
        (key, _) => key.to_owned(),
    };
    let formed = name.starts_with(|first: char| first.is_ascii_uppercase()) && !name.ends_with('_');
    formed.then_some(name)
}

/// `apiKey`, `api-key` and `smtp.api.key` in the spelling of the environment.
fn upper(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    let mut small = false;
    for letter in key.chars() {
        if letter.is_ascii_uppercase() && small {
            out.push('_');
        }
        small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        out.push(if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::Engine;
    use super::*;

    const TOKEN: &str = concat!("sk_live", "_OWsWZACAvBEGAg7u8D2QXcLP");

    /// The text with every secret replaced.
    fn replaced(path: &str, text: &str) -> Option<String> {
        let text = text.replace("TOKEN_HERE", TOKEN);
        let found = Engine::default().scan(path, text.as_bytes());
        let mut edits = fix(path, text.as_bytes(), &found.iter().collect::<Vec<_>>())?.edits;
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        let mut out = text.clone();
        for edit in edits {
            out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
        }
        (!found.is_empty()).then_some(out)
    }

    #[test]
    fn each_language_refers_in_its_own_way() {
        for (path, text, want) in [
            (
                "a.py",
                "import re\nstripeKey = \"TOKEN_HERE\"\n",
                "import os\nimport re\nstripeKey = os.environ[\"STRIPE_KEY\"]\n",
            ),
            (
                "a.py",
                "import os\nSTRIPE_KEY = 'TOKEN_HERE'  # pay\n",
                "import os\nSTRIPE_KEY = os.environ[\"STRIPE_KEY\"]  # pay\n",
            ),
            ("a.js", "pay({ apiKey: 'TOKEN_HERE' });\n", "pay({ apiKey: process.env.API_KEY });\n"),
            ("a.rb", "Stripe.api_key = \"TOKEN_HERE\"\n", "Stripe.api_key = ENV.fetch(\"STRIPE_API_KEY\")\n"),
            ("a.sh", "export KEY=\"TOKEN_HERE\"\n", "export KEY=\"${STRIPE_LIVE_SECRET_KEY:?}\"\n"),
            ("a.sh", "PAY_KEY=TOKEN_HERE\n", "PAY_KEY=${PAY_KEY:?}\n"),
            ("a.sh", "pay --pay-key=TOKEN_HERE x\n", "pay --pay-key=\"${PAY_KEY:?}\" x\n"),
            (
                ".github/workflows/a.yml",
                "on: push\njobs:\n  a:\n    env:\n      PAY_KEY: TOKEN_HERE\n",
                "on: push\njobs:\n  a:\n    env:\n      PAY_KEY: ${{ secrets.PAY_KEY }}\n",
            ),
            (
                "compose.yaml",
                "services:\n  a:\n    environment:\n      - PAY_KEY=TOKEN_HERE\n",
                "services:\n  a:\n    environment:\n      - PAY_KEY=${PAY_KEY:?}\n",
            ),
            (
                "main.tf",
                "provider \"stripe\" {\n  api_key = \"TOKEN_HERE\"\n}\n",
                "provider \"stripe\" {\n  api_key = var.api_key\n}\n\nvariable \"api_key\" {\n  type      = string\n  sensitive = true\n}\n",
            ),
        ] {
            assert_eq!(replaced(path, text).as_deref(), Some(want), "{path}");
        }
    }

    #[test]
    fn what_is_no_whole_literal_or_a_fallback_is_let_be() {
        for (path, text) in [
            ("a.py", "import os\nkey = os.getenv(\"KEY\", \"TOKEN_HERE\")\n"),
            ("a.py", "import os\nkey = f\"TOKEN_HERE\"\n"),
            ("a.py", "key = \"TOKEN_HERE\"\n"),
            ("a.js", "const key = 'Bearer ' + \"TOKEN_HERE\" + x;\n"),
            ("a.sh", "curl -H 'key: TOKEN_HERE'\n"),
            ("a.sh", "export KEY=TOKEN_HERE\nuse 'TOKEN_HERE'\n"),
            ("a.js", "const first = 'TOKEN_HERE';\nconst second = 'TOKEN_HERE';\n"),
            ("db/seeds/a.js", "const key = 'TOKEN_HERE';\n"),
            (
                ".github/workflows/a.yml",
                "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          pay --key=TOKEN_HERE\n",
            ),
            (
                ".github/workflows/a.yml",
                "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          cat <<E\n            key: TOKEN_HERE\n          E\n",
            ),
            (".github/workflows/a.yml", "on: workflow_call\njobs:\n  a:\n    env:\n      PAY_KEY: TOKEN_HERE\n"),
            ("tests/a.js", "const key = 'TOKEN_HERE';\n"),
            ("main.tf", "variable \"k\" {\n  default = \"TOKEN_HERE\"\n}\n"),
            (".env", "KEY=TOKEN_HERE\n"),
            ("a.rb", "# key = \"TOKEN_HERE\"\n"),
        ] {
            assert_eq!(replaced(path, text), None, "{path}: {text}");
        }
    }
}
