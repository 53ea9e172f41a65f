//! Settings of Spring Boot: `.properties` files and YAML, as dotted keys with their values.
//!
//! It reads what is written; profiles other than the one that a document names, placeholders and imports stay unknown.

use palisade_model::Span;

use crate::yaml::{Node, Yaml};
use crate::{Problem, Structure};

/// More settings of one file are not kept.
const SETTINGS_MAX: usize = 20_000;
/// Mappings inside of one another are read so deep.
const DEPTH_MAX: usize = 32;

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key, in small letters, without dashes: `server.servlet.session.cookie.httponly`.
    pub key: String,
    /// The value as it is written.
    pub value: String,
    /// Where the key stands.
    pub span: Span,
}

/// The settings of a file.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// In the order of the file.
    pub settings: Vec<Setting>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Structure for Settings {
    fn path_of(&self, span: Span) -> String {
        let found = self.settings.iter().find(|setting| setting.span.contains(span));
        found.map_or_else(String::new, |setting| setting.key.clone())
    }
}

/// Profiles whose settings never reach users.
const PRIVATE_PROFILES: [&str; 9] = ["dev", "development", "local", "test", "tests", "testing", "ci", "debug", "it"];

/// Whether a path holds settings of Spring Boot for what runs in production.
#[must_use]
pub fn is_settings(path: &str, bytes: &[u8]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    if !matches!(extension, "properties" | "yml" | "yaml") {
        return false;
    }
    let profile = stem.strip_prefix("application").or_else(|| stem.strip_prefix("bootstrap"));
    let public = match profile {
        Some("") => true,
        Some(profile) => profile.strip_prefix('-').is_some_and(|profile| !is_private(profile)),
        None => false,
    };
    let known = ["spring", "server", "management", "logging"];
    public && known.iter().any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
}

fn is_private(profile: &str) -> bool {
    profile.split(['-', ',', '|', ' ', '&']).any(|one| PRIVATE_PROFILES.contains(&one.trim()))
}

impl Settings {
    /// Reads a `.properties` file.
    #[must_use]
    pub fn parse_properties(text: &str) -> Self {
        let mut settings = Self::default();
        let mut offset = 0;
        let mut document: Vec<Setting> = Vec::new();
        let mut lines = text.split_inclusive('\n').peekable();
        while let Some(line) = lines.next() {
            let start = offset;
            offset += line.len();
            let trimmed = line.trim_start();
            if trimmed.trim_end() == "#---" || trimmed.trim_end() == "!---" {
                settings.keep(std::mem::take(&mut document));
                continue;
            }
            if trimmed.is_empty() || trimmed.starts_with(['#', '!']) {
                continue;
            }
            // A line that ends in a backslash goes on in the next; no setting that is judged needs it.
            if line.trim_end().ends_with('\\') {
                while let Some(next) = lines.next_if(|_| true) {
                    offset += next.len();
                    if !next.trim_end().ends_with('\\') {
                        break;
                    }
                }
                continue;
            }
            let at = start + (line.len() - trimmed.len());
            let Some(end) = trimmed.find(['=', ':']) else { continue };
            let (key, value) = trimmed.split_at(end);
            let value = value.trim_start_matches(['=', ':']).trim();
            if document.len() < SETTINGS_MAX {
                let key = key.trim_end();
                document.push(Setting {
                    key: relaxed(key),
                    value: value.to_owned(),
                    span: Span::new(at, at + key.len()),
                });
            }
        }
        settings.keep(document);
        settings
    }

    /// Takes the settings out of YAML.
    #[must_use]
    pub fn of_yaml(yaml: &Yaml) -> Self {
        let mut settings = Self { problems: yaml.problems().to_vec(), ..Self::default() };
        for root in yaml.documents() {
            let mut document = Vec::new();
            flatten(root, &mut String::new(), &mut document, 0);
            settings.keep(document);
        }
        settings
    }

    /// Keeps the settings of a document, unless it is for a profile that never reaches users.
    fn keep(&mut self, document: Vec<Setting>) {
        let profile = document
            .iter()
            .find(|one| matches!(one.key.as_str(), "spring.config.activate.onprofile" | "spring.profiles"));
        if profile.is_none_or(|profile| !is_private(&profile.value)) {
            let free = SETTINGS_MAX.saturating_sub(self.settings.len());
            self.settings.extend(document.into_iter().take(free));
        }
    }
}

fn flatten(node: Node<'_>, path: &mut String, settings: &mut Vec<Setting>, depth: usize) {
    if depth > DEPTH_MAX || settings.len() >= SETTINGS_MAX {
        return;
    }
    for entry in node.entries() {
        let Some(key) = entry.key.as_str() else { continue };
        let length = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
        if entry.value.is_mapping() {
            flatten(entry.value, path, settings, depth + 1);
        } else {
            let value = match entry.value.is_sequence() {
                true => entry.value.items().filter_map(Node::as_str).collect::<Vec<_>>().join(","),
                false => entry.value.as_str().unwrap_or("").to_owned(),
            };
            settings.push(Setting { key: relaxed(path), value, span: entry.key.span() });
        }
        path.truncate(length);
    }
}

/// Spring takes `http-only`, `httpOnly` and `http_only` for one.
fn relaxed(key: &str) -> String {
    key.chars().filter(|letter| !matches!(letter, '-' | '_')).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_give_the_same_settings() {
        let properties = "# x\nserver.port = 80\nserver.servlet.session.cookie.http-only=false\na=\\\n  b\n\
            #---\nspring.config.activate.on-profile=dev\nserver.port=1\n";
        let yaml = "server:\n  port: 80\n  servlet: {session: {cookie: {httpOnly: false}}}\n---\n\
            spring.config.activate.on-profile: dev\nserver.port: 1\n";
        let pairs =
            |settings: Settings| settings.settings.into_iter().map(|one| (one.key, one.value)).collect::<Vec<_>>();
        let expected = vec![
            ("server.port".to_owned(), "80".to_owned()),
            ("server.servlet.session.cookie.httponly".to_owned(), "false".to_owned()),
        ];
        assert_eq!(pairs(Settings::parse_properties(properties)), expected);
        assert_eq!(pairs(Settings::of_yaml(&Yaml::parse(yaml))), expected);
    }

    #[test]
    fn profiles_of_developers_are_left_alone() {
        for (path, judged) in [
            ("src/main/resources/application.yml", true),
            ("application-prod.properties", true),
            ("application-dev.properties", false),
            ("applications.yml", false),
            ("application.json", false),
        ] {
            assert_eq!(is_settings(path, b"spring: x"), judged, "{path}");
        }
    }
}
