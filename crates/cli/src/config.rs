//! `palisade.toml` at the target's root.

use anyhow::{Context as _, anyhow};
use palisade_checks::{Settings, distance};
use palisade_gate::{ExceptionSettings, GateSettings};
use serde::Deserialize;

use crate::exit::hinted;

/// The file's name.
pub(crate) const FILE: &str = "palisade.toml";

/// Everything that `palisade.toml` may say.
#[derive(Debug)]
pub(crate) struct Config {
    /// `[scan]`
    pub(crate) scan: ScanConfig,
    /// `[secrets]`
    pub(crate) secrets: SecretsConfig,
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

impl Default for Config {
    fn default() -> Self {
        let scan = ScanConfig::default();
        Self {
            settings: Settings { fixtures: scan.fixtures.clone(), ..Settings::default() },
            scan,
            secrets: SecretsConfig::default(),
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
        let own = ["scan", "secrets", "exceptions", "gate"];
        let mut settings: Settings =
            toml::Value::Table(table).try_into().map_err(|error| explained(&error, "", &own))?;
        settings.fixtures.clone_from(&scan.fixtures);
        Ok(Self { scan, secrets, exceptions, gate, settings, text: text.to_owned() })
    }
}

/// A table of the file, or what holds when it is not there.
fn take<T: Default + serde::de::DeserializeOwned>(table: &mut toml::Table, name: &str) -> anyhow::Result<T> {
    match table.remove(name) {
        Some(value) => value.try_into().map_err(|error| explained(&error, &format!("[{name}] "), &[])),
        None => Ok(T::default()),
    }
}

/// An error about a key, with the nearest key that exists as the hint.
fn explained(error: &toml::de::Error, table: &str, more: &[&str]) -> anyhow::Error {
    let message = error.message().to_owned();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let failed = anyhow!("{FILE}: {table}{message}");
    let Some((wrong, known)) = quoted.split_first().filter(|_| message.starts_with("unknown field")) else {
        return failed;
    };
    let nearest = known.iter().chain(more).min_by_key(|key| distance(key, wrong));
    match nearest {
        Some(nearest) => {
            hinted(anyhow!("{FILE}: {table}there is no key `{wrong}`"), format!("did you mean `{nearest}`?"))
        }
        None => failed,
    }
}

#[cfg(test)]
mod tests {
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
}
