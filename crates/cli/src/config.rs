//! `palisade.toml` at the target's root.

use anyhow::{Context as _, anyhow};
use palisade_checks::{Lock, Settings, distance};
use palisade_gate::{ExceptionSettings, GateSettings};
use serde::Deserialize;

use crate::exit::hinted;

/// The file's name.
pub(crate) const FILE: &str = "palisade.toml";

/// The tables that there are.
const TABLES: [&str; 12] = [
    "ci",
    "code",
    "container",
    "data",
    "exceptions",
    "gate",
    "iam",
    "kubernetes",
    "packages",
    "quality",
    "scan",
    "secrets",
];

/// Everything that `palisade.toml` may say.
#[derive(Debug)]
pub(crate) struct Config {
    /// `[scan]`
    pub(crate) scan: ScanConfig,
    /// `[secrets]`
    pub(crate) secrets: SecretsConfig,
    /// `[code]`
    pub(crate) code: CodeConfig,
    /// `[exceptions]`
    pub(crate) exceptions: ExceptionSettings,
    /// `[gate]`
    pub(crate) gate: GateSettings,
    /// The tables that checks read.
    pub(crate) settings: Settings,
    /// The text of the file, for the digest of the policy.
    pub(crate) text: String,
}

/// `[scan]` in `palisade.toml`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ScanConfig {
    /// Globs, as in `.gitignore`, of files that are not looked at.
    pub(crate) exclude: Vec<String>,
    /// Checks to run; all when empty.
    pub(crate) select: Vec<String>,
    /// Checks not to run.
    pub(crate) ignore: Vec<String>,
    /// Reports of other scanners, as globs from the target's root.
    pub(crate) import: Vec<String>,
    /// Names of folders with material for tests, from which nothing runs.
    pub(crate) fixtures: Vec<String>,
}

impl Default for ScanConfig {
    fn default() -> Self {
        let fixtures = ["testdata", "test-data", "test_data", "fixtures", "test-fixtures", "__fixtures__"];
        Self {
            exclude: Vec::new(),
            select: Vec::new(),
            ignore: Vec::new(),
            import: Vec::new(),
            fixtures: fixtures.map(str::to_owned).to_vec(),
        }
    }
}

/// `[secrets]` in `palisade.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SecretsConfig {
    /// A file of rules in gitleaks' TOML format, as a path from the target's root.
    pub(crate) rules: Option<String>,
}

/// `[code]` in `palisade.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CodeConfig {
    /// A file of rules in ast-grep's YAML, or a folder of them, as a path from the target's root.
    pub(crate) rules: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        let scan = ScanConfig::default();
        Self {
            settings: Settings { fixtures: scan.fixtures.clone(), ..Settings::default() },
            scan,
            secrets: SecretsConfig::default(),
            code: CodeConfig::default(),
            exceptions: ExceptionSettings::default(),
            gate: GateSettings::default(),
            text: String::new(),
        }
    }
}

impl Config {
    /// Reads the text of a `palisade.toml`.
    ///
    /// # Errors
    /// Syntax errors and unknown keys, with the nearest key that exists.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let mut table: toml::Table = toml::from_str(text).with_context(|| format!("{FILE} is not valid TOML"))?;
        let scan: ScanConfig = take(&mut table, "scan")?;
        let exceptions = take(&mut table, "exceptions")?;
        let gate = take(&mut table, "gate")?;
        let secrets = take(&mut table, "secrets")?;
        let code = take(&mut table, "code")?;
        let settings = Settings {
            fixtures: scan.fixtures.clone(),
            lock: Lock::default(),
            ci: take(&mut table, "ci")?,
            kubernetes: take(&mut table, "kubernetes")?,
            container: take(&mut table, "container")?,
            data: take(&mut table, "data")?,
            iam: take(&mut table, "iam")?,
            packages: take(&mut table, "packages")?,
            quality: take(&mut table, "quality")?,
        };
        if let Some(wrong) = table.keys().next() {
            return Err(unknown("", wrong, &TABLES));
        }
        Ok(Self { scan, secrets, code, exceptions, gate, settings, text: text.to_owned() })
    }
}

/// A table of the file, or what holds when it is not there.
fn take<T: Default + serde::de::DeserializeOwned>(table: &mut toml::Table, name: &str) -> anyhow::Result<T> {
    match table.remove(name) {
        Some(value) => value.try_into().map_err(|error| explained(&error, &format!("[{name}] "))),
        None => Ok(T::default()),
    }
}

/// An error about a key, with the nearest key that exists as the hint.
fn explained(error: &toml::de::Error, table: &str) -> anyhow::Error {
    let message = error.message();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first().filter(|_| message.starts_with("unknown field")) {
        Some((wrong, known)) => unknown(table, wrong, known),
        // What a setting says of a wrong value may end with what is meant.
        None => match message.split_once("; did you mean ") {
            Some((what, meant)) => hinted(anyhow!("{FILE}: {table}{what}"), format!("did you mean {meant}")),
            None => anyhow!("{FILE}: {table}{message}"),
        },
    }
}

fn unknown(table: &str, wrong: &str, known: &[&str]) -> anyhow::Error {
    let nearest = known.iter().min_by_key(|key| distance(key, wrong)).unwrap_or(&"nothing");
    let all: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
    let hint = format!("did you mean `{nearest}`? There are {}", all.join(", "));
    hinted(anyhow!("{FILE}: {table}there is no key `{wrong}`"), hint)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn unknown_keys_name_the_nearest() {
        for (text, hint) in [
            ("[scan]\nexlude = []\n", "exclude"),
            ("[scna]\n", "scan"),
            ("[gate.merge]\nseverty = \"high\"\n", "severity"),
            ("[exceptions]\nmax-day = 3\n", "max-days"),
            ("[kubernetes]\nversoin = \"1.30\"\n", "version"),
        ] {
            let error = Config::parse(text).err();
            let hinted = error.as_ref().and_then(|error| error.downcast_ref::<crate::exit::Hinted>());
            let shown = hinted.map(|hinted| format!("{hinted:?}")).unwrap_or_default();
            assert!(shown.contains(&format!("did you mean `{hint}`?")), "{shown} for {text}");
        }
        assert!(Config::parse("[scan]\nexclude = [\"vendor/\"]\n").is_ok());
        assert!(Config::parse("[scan\n").is_err());
    }

    /// The schema that editors use, whose keys, defaults and examples are those of the code.
    const SCHEMA: &str = include_str!("../../../docs/schema/palisade.toml.json");

    /// The keys that a table has, as the hint for a wrong one lists them.
    fn keys(header: &str) -> BTreeSet<String> {
        let error = Config::parse(&format!("{header}\nno-such-key = 1\n")).err();
        let hint = error.as_ref().and_then(|error| error.downcast_ref::<crate::exit::Hinted>());
        let hint = hint.map(|hint| format!("{hint:?}")).unwrap_or_default();
        let (_, list) = hint.split_once("There are ").unwrap_or_default();
        list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    fn tables<'s>(schema: &'s Value, name: &str, found: &mut Vec<(String, &'s serde_json::Map<String, Value>)>) {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        for (key, inner) in properties {
            tables(inner, &format!("{name}.{key}"), found);
        }
        found.push((name.trim_start_matches('.').to_owned(), properties));
    }

    #[test]
    fn the_published_schema_says_what_the_settings_are() -> anyhow::Result<()> {
        let schema: Value = serde_json::from_str(SCHEMA)?;
        let mut found = Vec::new();
        tables(&schema, "", &mut found);
        let default = format!("{:?}", Config::parse("")?);
        let mut count = 0;
        for (table, properties) in &found {
            let header = if table.is_empty() { String::new() } else { format!("[{table}]") };
            assert_eq!(properties.keys().cloned().collect::<BTreeSet<_>>(), keys(&header), "the keys of `{header}`");
            for (key, rule) in properties.iter().filter(|(_, rule)| rule.get("properties").is_none()) {
                count += 1;
                let set = |value: &Value| -> anyhow::Result<Config> {
                    Config::parse(&format!("[{table}]\n{key} = {}\n", toml::Value::try_from(value)?))
                };
                if let Some(value) = rule.get("default") {
                    let config = set(value)?;
                    let same = Config { text: String::new(), ..config };
                    assert_eq!(format!("{same:?}"), default, "the default of {table}.{key}");
                }
                let list = |name: &str| rule.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
                for value in list("examples").iter().chain(&list("enum")) {
                    set(value).with_context(|| format!("{table}.{key} = {value}"))?;
                    assert_eq!(palisade_testkit::schema::faults(rule, value), Vec::<String>::new());
                }
                let wrong = if rule.get("type") == Some(&Value::from("boolean")) { "\"x\"" } else { "true" };
                assert!(Config::parse(&format!("[{table}]\n{key} = {wrong}\n")).is_err(), "{table}.{key} = {wrong}");
                let described = rule.get("description").and_then(Value::as_str).is_some_and(|text| text.ends_with('.'));
                assert!(described, "{table}.{key} has no description");
            }
        }
        assert!(count > 15, "only {count} keys");
        Ok(())
    }

    #[test]
    fn the_book_shows_settings_that_load() -> anyhow::Result<()> {
        let pages = [include_str!("../../../docs/src/configuration.md"), include_str!("../../../docs/src/gate.md")];
        let mut count = 0;
        for fence in pages.iter().flat_map(|page| page.split("```toml\n").skip(1)) {
            let (text, _) = fence.split_once("```").context("a fence without end")?;
            Config::parse(text).with_context(|| text.to_owned())?;
            count += 1;
        }
        assert!(count >= 5, "only {count} examples");
        Ok(())
    }
}
