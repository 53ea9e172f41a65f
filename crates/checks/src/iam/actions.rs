//! The actions that AWS documents, from `actions.txt`: services are read when somebody asks for them.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

const TABLE: &str = include_str!("actions.txt");

/// The day on which the table was taken.
#[must_use]
pub fn taken_on() -> &'static str {
    TABLE.split_once("Taken on ").and_then(|(_, rest)| rest.get(..10)).unwrap_or("")
}

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Lists what is there.
    List,
    /// Reads.
    Read,
    /// Changes.
    Write,
    /// Changes tags.
    Tagging,
    /// Changes who may do what.
    Permissions,
}

/// One action.
#[derive(Clone, Debug)]
pub struct Action {
    /// `GetObject`
    pub name: String,
    /// What it does.
    pub level: Level,
    /// Whether a policy can limit it to resources.
    pub by_resource: bool,
}

/// The actions of one service.
#[derive(Debug, Default)]
pub struct Service {
    /// Whether they are listed; of other services only the name is known.
    pub is_listed: bool,
    /// By name in lower case.
    actions: HashMap<String, Action>,
}

struct Row {
    line: Option<&'static str>,
    read: OnceLock<Service>,
}

static SERVICES: LazyLock<HashMap<&'static str, Row>> = LazyLock::new(|| {
    let mut services = HashMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        if name == "~" {
            services.extend(rest.split(' ').map(|name| (name, Row { line: None, read: OnceLock::new() })));
        } else {
            services.insert(name, Row { line: Some(rest), read: OnceLock::new() });
        }
    }
    services
});

/// The service of a prefix in lower case, when AWS has one.
#[must_use]
pub fn service(prefix: &str) -> Option<&'static Service> {
    let row = SERVICES.get(prefix)?;
    Some(row.read.get_or_init(|| row.line.map(Service::read).unwrap_or_default()))
}

impl Service {
    fn read(line: &str) -> Self {
        let mut actions = HashMap::new();
        for group in line.split(' ') {
            let Some((verb, rests)) = group.split_once('/') else { continue };
            let usual = match verb {
                "Get" | "Describe" | "Search" | "Query" => Level::Read,
                "List" => Level::List,
                "Tag" | "Untag" => Level::Tagging,
                _ => Level::Write,
            };
            for rest in rests.split(',') {
                let (rest, by_resource) = rest.strip_suffix('*').map_or((rest, true), |rest| (rest, false));
                let (rest, level) = match rest.split_once('.') {
                    Some((rest, "R")) => (rest, Level::Read),
                    Some((rest, "L")) => (rest, Level::List),
                    Some((rest, "W")) => (rest, Level::Write),
                    Some((rest, "T")) => (rest, Level::Tagging),
                    Some((rest, _)) => (rest, Level::Permissions),
                    None => (rest, usual),
                };
                let name = format!("{verb}{rest}");
                actions.insert(name.to_ascii_lowercase(), Action { name, level, by_resource });
            }
        }
        Self { is_listed: true, actions }
    }

    /// The action of a name; cases do not matter.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.get(&name.to_ascii_lowercase())
    }

    /// The actions that a pattern with `*` and `?` covers; cases do not matter.
    pub fn covered(&self, pattern: &str) -> impl Iterator<Item = &Action> {
        let pattern = pattern.to_ascii_lowercase();
        self.actions
            .iter()
            .filter(move |(name, _)| palisade_inventory::wildcard::covers(&pattern, name))
            .map(|(_, action)| action)
    }

    /// The action whose name is nearest to a misspelt one.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let lower = name.to_ascii_lowercase();
        let near = self.actions.iter().map(|(known, action)| (crate::distance(known, &lower), action.name.as_str()));
        near.filter(|(distance, _)| *distance <= 2 + lower.len() / 8).min().map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_table_says_what_actions_do() {
        assert_eq!(taken_on().len(), 10);
        let s3 = service("s3").unwrap();
        let of = |name: &str| s3.action(name).map(|action| (action.level, action.by_resource)).unwrap();
        assert_eq!(of("getobject"), (Level::Read, true));
        assert_eq!(of("PutBucketPolicy"), (Level::Permissions, true));
        assert_eq!(of("ListAllMyBuckets"), (Level::List, false));
        assert_eq!(s3.nearest("GetObjct"), Some("GetObject"));
        assert!(s3.covered("get*acl").count() >= 2);
        assert_eq!(service("iam").unwrap().action("PassRole").unwrap().name, "PassRole");
        assert!(!service("chime").unwrap().is_listed && service("s4").is_none());
    }
}
