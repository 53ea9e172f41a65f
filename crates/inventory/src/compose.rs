//! Compose files: services and what they are granted, as views over YAML.
//!
//! Anchors, merge keys and `extends` within the file are followed, cycles
//! bounded; other files named by `extends` or `include` are not opened here,
//! and a service that needs one says so in [`Service::is_complete`].

use std::collections::HashSet;

use palisade_model::Span;

use crate::yaml::{Entry, Node};

/// Steps along `extends` before a chain is taken for a cycle.
const EXTENDS_MAX: usize = 16;

/// A Compose file.
#[derive(Debug)]
pub struct Compose<'y> {
    /// The document.
    pub root: Node<'y>,
    /// Its services in file order.
    pub services: Vec<Service<'y>>,
}

/// One service.
#[derive(Clone, Copy, Debug)]
pub struct Service<'y> {
    /// Its name.
    pub name: Node<'y>,
    /// Its mapping.
    pub body: Node<'y>,
}

/// One line of `ports`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port<'y> {
    /// Address of the host on which it is published; all of them without one.
    pub address: Option<&'y str>,
    /// Port of the host; chosen by the engine without one.
    pub published: Option<&'y str>,
    /// Port of the container, without the protocol.
    pub target: &'y str,
    /// The line.
    pub span: Span,
}

/// One line of `volumes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mount<'y> {
    /// A path of the host, a volume's name, or nothing.
    pub source: Option<&'y str>,
    /// Where it appears in the container.
    pub target: &'y str,
    /// Whether the container cannot write to it.
    pub read_only: bool,
    /// The line.
    pub span: Span,
}

/// One variable of `environment` or `build.args`.
#[derive(Clone, Copy, Debug)]
pub struct Variable<'y> {
    /// Its name.
    pub name: &'y str,
    /// What it is set to; `None` when it is passed on from the host.
    pub value: Option<&'y str>,
    /// The bytes of the value, or of the name without one.
    pub span: Span,
}

impl<'y> Compose<'y> {
    /// Reads a document; one without services gives a view without services.
    #[must_use]
    pub fn new(root: Node<'y>) -> Self {
        let entries: Vec<Entry<'y>> = match root.get("services") {
            Some(services) => services.entries().collect(),
            // The first format had the services at the top.
            None => root
                .entries()
                .filter(|entry| entry.value.get("image").is_some() || entry.value.get("build").is_some())
                .collect(),
        };
        let services = entries
            .into_iter()
            .filter(|entry| entry.value.is_mapping())
            .map(|entry| Service { name: entry.key, body: entry.value.resolve() })
            .collect();
        Self { root, services }
    }

    /// A setting of every service that states it. A node shared through an anchor is given once.
    pub fn stating(&self, key: &str) -> impl Iterator<Item = (Service<'y>, Node<'y>)> {
        let mut seen = HashSet::new();
        self.services
            .iter()
            .filter_map(|service| Some((*service, service.get(key)?)))
            .filter(move |(_, node)| seen.insert(node.resolve().span()))
    }

    /// The service with a name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<Service<'y>> {
        self.services.iter().find(|service| service.name.as_str() == Some(name)).copied()
    }

    /// A setting of a service or of those it extends in this file.
    #[must_use]
    pub fn inherited(&self, service: Service<'y>, key: &str) -> Option<Node<'y>> {
        let mut service = service;
        for _ in 0..EXTENDS_MAX {
            if let Some(node) = service.get(key) {
                return Some(node);
            }
            service = self.service(service.extended()?.1?)?;
        }
        None
    }

    /// Whether everything the service states stands in this file, so that what is absent is absent.
    #[must_use]
    pub fn is_complete(&self, service: Service<'y>) -> bool {
        let mut service = service;
        for _ in 0..EXTENDS_MAX {
            let Some((file, name)) = service.extended() else { return true };
            let (None, Some(next)) = (file, name.and_then(|name| self.service(name))) else { return false };
            service = next;
        }
        false
    }
}

impl<'y> Service<'y> {
    /// The value of a setting, merge keys included; null counts as absent.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'y>> {
        self.body.get(key).filter(|node| !node.is_null())
    }

    /// The value at the end of a chain of keys.
    #[must_use]
    pub fn at(self, keys: &[&str]) -> Option<Node<'y>> {
        self.body.at(keys).filter(|node| !node.is_null())
    }

    /// What `extends` names: file and service.
    fn extended(self) -> Option<(Option<&'y str>, Option<&'y str>)> {
        let extends = self.get("extends")?;
        match extends.as_str() {
            Some(name) => Some((None, Some(name))),
            None => Some((extends.get_str("file"), extends.get_str("service"))),
        }
    }
}

/// The scalars of a list, or a single scalar.
pub fn scalars<'y>(node: Node<'y>) -> impl Iterator<Item = (Node<'y>, &'y str)> {
    let single = node.is_scalar().then_some(node);
    single.into_iter().chain(node.items()).filter_map(|item| Some((item, item.as_str()?)))
}

/// The ports that `ports` publishes.
#[must_use]
pub fn ports(node: Node<'_>) -> Vec<Port<'_>> {
    node.items().filter_map(port).collect()
}

fn port(item: Node<'_>) -> Option<Port<'_>> {
    if item.is_mapping() {
        return Some(Port {
            address: item.get_str("host_ip"),
            published: item.get_str("published"),
            target: item.get_str("target")?,
            span: item.get("published").or(item.get("target"))?.span(),
        });
    }
    let text = item.as_str()?;
    let text = text.split_once('/').map_or(text, |(text, _)| text);
    let (rest, target) = split_last(text);
    let (address, published) = match rest {
        None => (None, None),
        Some(rest) => match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, port)) => (Some(address), port.strip_prefix(':')),
            None => {
                let (address, port) = split_last(rest);
                (address, Some(port))
            }
        },
    };
    let published = published.filter(|port| !port.is_empty());
    Some(Port { address, published, target, span: item.span() })
}

/// Divides at the last colon that is in no `${…}`.
fn split_last(text: &str) -> (Option<&str>, &str) {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b'}' => depth += 1,
            b'{' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => return (text.get(..at), text.get(at + 1..).unwrap_or("")),
            _ => {}
        }
    }
    (None, text)
}

/// Divides at the first colon that is in no `${…}` and no drive letter.
fn split_first(text: &str) -> (&str, Option<&str>) {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && !(at == 1 && text.get(2..3) == Some("\\")) => {
                return (text.get(..at).unwrap_or(""), text.get(at + 1..));
            }
            _ => {}
        }
    }
    (text, None)
}

/// The mounts of `volumes`.
#[must_use]
pub fn mounts(node: Node<'_>) -> Vec<Mount<'_>> {
    node.items().filter_map(mount).collect()
}

fn mount(item: Node<'_>) -> Option<Mount<'_>> {
    if item.is_mapping() {
        return Some(Mount {
            source: item.get_str("source").or(item.get_str("src")),
            target: item.get_str("target").or(item.get_str("destination"))?,
            read_only: item.get("read_only").and_then(Node::as_bool) == Some(true),
            span: item.get("source").or(item.get("src")).unwrap_or(item).span(),
        });
    }
    let text = item.as_str()?;
    let (first, rest) = split_first(text);
    let Some(rest) = rest else {
        return Some(Mount { source: None, target: first, read_only: false, span: item.span() });
    };
    let (target, options) = split_first(rest);
    let read_only = options.is_some_and(|options| options.split(',').any(|option| option == "ro"));
    Some(Mount { source: Some(first), target, read_only, span: item.span() })
}

/// The variables of a mapping or a list of `NAME=value`.
#[must_use]
pub fn variables(node: Node<'_>) -> Vec<Variable<'_>> {
    let entries = node.entries().filter_map(|entry| {
        let name = entry.key.as_str()?;
        let value = entry.value.as_str();
        Some(Variable { name, value, span: if value.is_some() { entry.value.span() } else { entry.key.span() } })
    });
    let items = node.items().filter_map(|item| {
        let text = item.as_str()?;
        Some(match text.split_once('=') {
            Some((name, value)) => {
                Variable { name, value: Some(value), span: item.span_within(name.len() + 1, text.len()) }
            }
            None => Variable { name: text, value: None, span: item.span() },
        })
    });
    entries.chain(items).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::yaml::Yaml;

    #[test]
    fn ports_and_mounts_are_divided() {
        let yaml = Yaml::parse(
            "ports: ['80', '8080:80', '127.0.0.1:5432:5432/tcp', '[::1]:1:2', '${P:-1}:2', {target: 1, published: '2'}]\nvolumes: ['/a:/b:ro', 'name:/c', '/d', 'C:\\x:/e', '${D:-./x}:/f', {type: bind, source: /g, target: /h, read_only: true}]\n",
        );
        let root = yaml.root();
        let shown: Vec<_> = root.and_then(|root| root.get("ports")).map(ports).unwrap_or_default();
        let shown: Vec<_> = shown.iter().map(|port| (port.address, port.published, port.target)).collect();
        assert_eq!(
            shown,
            [
                (None, None, "80"),
                (None, Some("8080"), "80"),
                (Some("127.0.0.1"), Some("5432"), "5432"),
                (Some("::1"), Some("1"), "2"),
                (None, Some("${P:-1}"), "2"),
                (None, Some("2"), "1"),
            ]
        );
        let shown: Vec<_> = root.and_then(|root| root.get("volumes")).map(mounts).unwrap_or_default();
        let shown: Vec<_> = shown.iter().map(|mount| (mount.source, mount.target, mount.read_only)).collect();
        assert_eq!(
            shown,
            [
                (Some("/a"), "/b", true),
                (Some("name"), "/c", false),
                (None, "/d", false),
                (Some("C:\\x"), "/e", false),
                (Some("${D:-./x}"), "/f", false),
                (Some("/g"), "/h", true),
            ]
        );
    }

    #[test]
    fn anchors_are_given_once_and_extends_ends() {
        let yaml = Yaml::parse(
            "x: &x\n  privileged: true\nservices:\n  a: {<<: *x}\n  b: {<<: *x, extends: c}\n  c: {extends: {service: b}, user: '1'}\n  d: {extends: {file: o.yml, service: z}}\n",
        );
        let compose = yaml.root().map(Compose::new).unwrap();
        assert_eq!(compose.services.len(), 4);
        assert_eq!(compose.stating("privileged").count(), 1);
        let b = compose.service("b").unwrap();
        assert_eq!(compose.inherited(b, "user").and_then(Node::as_str), Some("1"));
        assert!(compose.inherited(b, "image").is_none());
        assert!(!compose.is_complete(b));
        assert!(compose.service("a").is_some_and(|a| compose.is_complete(a)));
        assert!(compose.service("d").is_some_and(|d| !compose.is_complete(d)));
    }

    #[test]
    fn variables_are_read_in_both_forms() {
        let text = "a: [X=1, Y]\nb: {X: 1, Y: }\n";
        let yaml = Yaml::parse(text);
        for key in ["a", "b"] {
            let list = yaml.root().and_then(|root| root.get(key)).map(variables).unwrap_or_default();
            let shown: Vec<_> = list.iter().map(|it| (it.name, it.value, it.span.of(text))).collect();
            assert_eq!(shown, [("X", Some("1"), "1"), ("Y", None, "Y")], "{key}");
        }
    }
}
