//! Functions of templates: `Ref`, `Sub`, `If` and their like become values.

use std::collections::HashMap;
use std::rc::Rc;

use super::shared;
use crate::terraform::{Entry, HOLE, Key, Kind, Origin, Reference, Value};
use crate::yaml::Node;

/// Values made of one template: parameters are read again at each use, so this bounds blow-ups.
const STEPS_MAX: usize = 500_000;
/// Values inside each other.
const DEPTH_MAX: usize = 60;
/// Bytes of one text that is put together.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// Whole numbers longer than this are identifiers, such as those of accounts.
const DIGITS_MAX: usize = 9;

/// Properties that name a resource, and that its `Ref` gives.
const NAMES: [(&str, &str); 12] = [
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::User", "UserName"),
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::Serverless::Function", "FunctionName"),
    ("AWS::DynamoDB::Table", "TableName"),
    ("AWS::ECR::Repository", "RepositoryName"),
    ("AWS::ECS::Cluster", "ClusterName"),
    ("AWS::EKS::Cluster", "Name"),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
];

/// Evaluates one template.
pub(super) struct Evaluator<'y> {
    root: Node<'y>,
    source: u32,
    instance: u32,
    steps: usize,
    depth: usize,
    functions: bool,
    /// Conditions that are known; those being worked out have no truth.
    conditions: HashMap<&'y str, Option<bool>>,
}

impl<'y> Evaluator<'y> {
    pub(super) fn new(root: Node<'y>, source: u32, instance: u32) -> Self {
        let conditions = HashMap::new();
        Self { root, source, instance, steps: STEPS_MAX, depth: DEPTH_MAX, functions: true, conditions }
    }

    /// One that knows no functions.
    pub(super) fn plain(root: Node<'y>, source: u32) -> Self {
        Self { functions: false, ..Self::new(root, source, 0) }
    }

    fn origin(&self, node: Node<'_>) -> Origin {
        Origin { source: self.source, span: node.span() }
    }

    /// What a node says.
    pub(super) fn value(&mut self, node: Node<'y>) -> Value {
        let origin = self.origin(node);
        if self.steps == 0 || self.depth == 0 {
            return Value::unknown(origin);
        }
        self.steps -= 1;
        self.depth -= 1;
        let value = self.value_within(node, origin);
        self.depth += 1;
        value
    }

    fn value_within(&mut self, node: Node<'y>, origin: Origin) -> Value {
        if let Some(tag) = node.tag().filter(|_| self.functions) {
            return self.call(tag, node, origin);
        }
        if node.is_sequence() {
            let items: Vec<Value> = node.items().map(|item| self.value(item)).filter(|item| !item.is_null()).collect();
            return Value::list(items, origin);
        }
        if !node.is_mapping() {
            return scalar(node, origin);
        }
        let mut entries = node.entries();
        if let (Some(only), None, true) = (entries.next(), entries.next(), self.functions) {
            let key = only.key.as_str().unwrap_or("");
            let function = key.strip_prefix("Fn::").or((key == "Ref").then_some("Ref"));
            if let Some(function) = function {
                return self.call(function, only.value, origin);
            }
        }
        let entries = node.entries().map(|entry| {
            let key = shared(entry.key.as_str().unwrap_or(""));
            Entry { key, key_origin: self.origin(entry.key), value: self.value(entry.value) }
        });
        let entries = entries.collect();
        Value::object(entries, origin)
    }

    fn call(&mut self, function: &str, argument: Node<'y>, origin: Origin) -> Value {
        let unknown = Value::unknown(origin);
        let made = match function {
            "Ref" => argument.as_str().map(|name| self.reference(name, origin)),
            "GetAtt" => self.attribute(argument, origin),
            "Sub" => self.substitute(argument, origin),
            "Join" => self.join(argument, origin),
            "Select" => self.select(argument),
            "Split" => self.split(argument, origin),
            "FindInMap" => self.find_in_map(argument),
            "If" => self.choose(argument),
            // The text inside is what matters to a reader.
            "Base64" => Some(self.inner(argument)),
            "ToJsonString" => Some(Value::encoded(self.inner(argument), origin)),
            _ => None,
        };
        made.unwrap_or(unknown)
    }

    /// The argument of a function, without the tag that stands before it.
    fn inner(&mut self, argument: Node<'y>) -> Value {
        let origin = self.origin(argument);
        if argument.tag().is_some() && argument.is_scalar() {
            return scalar(argument, origin);
        }
        self.value(argument)
    }

    fn reference(&mut self, name: &str, origin: Origin) -> Value {
        match name {
            "AWS::NoValue" => return Value::new(Kind::Null, origin),
            "AWS::Partition" => return Value::text("aws", origin),
            "AWS::URLSuffix" => return Value::text("amazonaws.com", origin),
            _ => {}
        }
        if let Some(parameter) = self.root.at(&["Parameters", name]) {
            let kind = parameter.get_str("Type").unwrap_or("");
            let Some(default) = parameter.get("Default").filter(|_| !kind.starts_with("AWS::SSM::Parameter")) else {
                return Value::unknown(origin);
            };
            let place = self.origin(default);
            let list = kind == "CommaDelimitedList" || kind.starts_with("List<");
            return match default.as_str().filter(|_| list) {
                Some(text) => Value::list(text.split(',').map(|part| Value::text(part.trim(), place)).collect(), place),
                None => scalar(default, place),
            };
        }
        let Some(resource) = self.root.at(&["Resources", name]) else { return Value::unknown(origin) };
        let known = self.name_of(resource);
        self.to(name, "", known, origin)
    }

    fn to(&self, name: &str, attribute: &str, known: Option<Value>, origin: Origin) -> Value {
        let to = Key { instance: self.instance, address: shared(name) };
        Value::new(Kind::Reference(Rc::new(Reference { to, attribute: shared(attribute), known })), origin)
    }

    fn name_of(&mut self, resource: Node<'y>) -> Option<Value> {
        let kind = resource.get_str("Type")?;
        let (_, property) = NAMES.iter().find(|(known, _)| *known == kind)?;
        let named = resource.at(&["Properties", property])?;
        let value = self.value(named);
        value.as_partial().is_some().then_some(value)
    }

    fn attribute(&mut self, argument: Node<'y>, origin: Origin) -> Option<Value> {
        let (name, attribute) = match argument.as_str() {
            Some(text) => text.split_once('.')?,
            None => {
                let mut parts = argument.items();
                (parts.next()?.as_str()?, parts.next()?.as_str().unwrap_or(""))
            }
        };
        self.root.at(&["Resources", name])?;
        Some(self.to(name, attribute, None, origin))
    }

    /// `${Name}`, `${Name.Attribute}` and `${!literal}`.
    fn substitute(&mut self, argument: Node<'y>, origin: Origin) -> Option<Value> {
        let mut parts = argument.items();
        let (text, given) = match argument.as_str() {
            Some(text) => (text, None),
            None => (parts.next()?.as_str()?, parts.next()),
        };
        let mut made = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            made.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                made.extend(["${", literal, "}"]);
                continue;
            }
            let name = name.trim();
            let value = match (given.and_then(|given| given.get(name)), name.split_once('.')) {
                (Some(node), _) => self.value(node),
                (None, Some((resource, attribute))) => self.to(resource, attribute, None, origin),
                (None, None) => self.reference(name, origin),
            };
            // One name alone keeps what it stands for.
            if before.is_empty() && made.is_empty() && after.is_empty() {
                return Some(Value { origin, ..value });
            }
            made.push_str(&value.to_text());
            if made.len() > TEXT_BYTES_MAX || self.steps == 0 {
                return None;
            }
            self.steps -= 1;
        }
        made.push_str(rest);
        Some(Value::text(&made, origin))
    }

    fn join(&mut self, argument: Node<'y>, origin: Origin) -> Option<Value> {
        let mut parts = argument.items();
        let separator = parts.next()?.as_str().unwrap_or("").to_owned();
        let list = self.value(parts.next()?);
        let mut made = String::new();
        for (at, item) in list.as_list()?.iter().enumerate() {
            if at > 0 {
                made.push_str(&separator);
            }
            made.push_str(&item.to_text());
            if made.len() > TEXT_BYTES_MAX {
                return None;
            }
        }
        Some(Value::text(&made, origin))
    }

    fn select(&mut self, argument: Node<'y>) -> Option<Value> {
        let mut parts = argument.items();
        let at: usize = parts.next()?.as_str()?.parse().ok()?;
        self.value(parts.next()?).as_list()?.get(at).cloned()
    }

    fn split(&mut self, argument: Node<'y>, origin: Origin) -> Option<Value> {
        let mut parts = argument.items();
        let separator = parts.next()?.as_str().filter(|text| !text.is_empty())?;
        let text = self.value(parts.next()?);
        let text = text.as_partial()?;
        // An unknown part may hold separators of its own.
        if text.contains(HOLE) {
            return None;
        }
        Some(Value::list(text.split(separator).map(|part| Value::text(part, origin)).collect(), origin))
    }

    fn find_in_map(&mut self, argument: Node<'y>) -> Option<Value> {
        let mut names = Vec::new();
        for part in argument.items().take(3) {
            names.push(self.value(part).as_str()?.to_owned());
        }
        let [map, top, second] = names.as_slice() else { return None };
        let found = self.root.at(&["Mappings", map, top, second])?;
        Some(self.value(found))
    }

    fn choose(&mut self, argument: Node<'y>) -> Option<Value> {
        let mut parts = argument.items();
        let truth = self.condition(parts.next()?.as_str()?)?;
        let (yes, no) = (parts.next()?, parts.next()?);
        Some(self.value(if truth { yes } else { no }))
    }

    /// What follows for a condition from the defaults of parameters.
    pub(super) fn condition(&mut self, name: &'y str) -> Option<bool> {
        if let Some(known) = self.conditions.get(name) {
            return *known;
        }
        self.conditions.insert(name, None);
        let node = self.root.at(&["Conditions", name])?;
        let truth = self.truth(node);
        self.conditions.insert(name, truth);
        truth
    }

    fn truth(&mut self, node: Node<'y>) -> Option<bool> {
        if self.depth == 0 || self.steps == 0 {
            return None;
        }
        self.depth -= 1;
        let truth = self.truth_within(node);
        self.depth += 1;
        truth
    }

    fn truth_within(&mut self, node: Node<'y>) -> Option<bool> {
        let (function, argument) = match node.tag() {
            Some(tag) => (tag, node),
            None => {
                let only = node.entries().next()?;
                let key = only.key.as_str()?;
                (key.strip_prefix("Fn::").unwrap_or(key), only.value)
            }
        };
        let mut truths = || argument.items().map(|item| self.truth(item)).collect::<Vec<_>>();
        match function {
            "Condition" => self.condition(argument.as_str()?),
            "Equals" => {
                let mut sides = argument.items();
                let (left, right) = (self.value(sides.next()?), self.value(sides.next()?));
                let known = |value: &Value| (!value.is_unknown()).then(|| value.to_text());
                let (left, right) = (known(&left)?, known(&right)?);
                (!left.contains(HOLE) && !right.contains(HOLE)).then_some(left == right)
            }
            "Not" => truths().first().copied().flatten().map(|truth| !truth),
            "And" => match truths() {
                truths if truths.contains(&Some(false)) => Some(false),
                truths => truths.iter().all(|truth| *truth == Some(true)).then_some(true),
            },
            "Or" => match truths() {
                truths if truths.contains(&Some(true)) => Some(true),
                truths => truths.iter().all(|truth| *truth == Some(false)).then_some(false),
            },
            _ => None,
        }
    }
}

fn scalar(node: Node<'_>, origin: Origin) -> Value {
    if node.is_null() {
        return Value::new(Kind::Null, origin);
    }
    let text = node.as_str().unwrap_or("");
    if node.is_plain() {
        if matches!(text, "true" | "false") {
            return Value::new(Kind::Bool(text == "true"), origin);
        }
        let short = text.len() <= DIGITS_MAX && (text == "0" || !text.starts_with('0'));
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(number) = text.parse().ok().filter(|_| short && digits) {
            return Value::new(Kind::Number(number), origin);
        }
    }
    Value::text(text, origin)
}
