//! Records of CloudTrail: which calls there were, on what, and how they ended.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Seen, events};

/// Different calls beyond this are not kept.
pub const TRAIL_CALLS_MAX: usize = 200_000;
/// Names of principals, events and services beyond this are not kept.
const NAMES_MAX: usize = 1_000;

/// A call that was allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    /// `s3:GetObject`
    pub(super) action: String,
    /// The ARN, `*` where the action cannot be limited, nothing where it could and the record names none.
    pub(super) resource: Option<String>,
}

/// What records told, file after file.
#[derive(Debug, Default)]
pub struct Trail {
    pub(super) calls: BTreeMap<Call, u64>,
    pub(super) denied: BTreeMap<String, u64>,
    pub(super) unknown: BTreeMap<String, u64>,
    pub(super) inferred: BTreeSet<String>,
    pub(super) seen: Seen,
    /// Parts of files that were no JSON.
    damaged: u64,
    principal: Option<String>,
}

/// Why a file gave no records, or not all.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotRecords {
    /// It is something else.
    #[error("it holds no records of CloudTrail")]
    None,
    /// It has records, or should have, and some cannot be read: what they would need must not be taken away.
    #[error("it is cut off or damaged: a part of it is no JSON")]
    Damaged,
}

impl Trail {
    /// A trail of everybody's calls, or only of principals whose ARN or name holds `principal`.
    #[must_use]
    pub fn new(principal: Option<String>) -> Self {
        Self { principal, ..Self::default() }
    }

    /// Adds the records of a file: as CloudTrail delivers them, as `lookup-events` prints them, or one on a line.
    ///
    /// # Errors
    /// [`NotRecords`]; what could be read is added all the same.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), NotRecords> {
        let (before, damaged_before) = (self.seen.records, self.damaged);
        let mut any = false;
        match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => any = self.records(&value, true),
            Err(_) => {
                for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
                    match serde_json::from_slice::<Value>(line) {
                        Ok(value) => any |= self.records(&value, true),
                        Err(_) => self.damaged += 1,
                    }
                }
            }
        }
        let any = any || self.seen.records > before;
        // Text that neither looks like JSON nor holds a record is something else, a README perhaps.
        let is_json = bytes.trim_ascii_start().starts_with(b"{") || bytes.trim_ascii_start().starts_with(b"[");
        match (self.damaged > damaged_before, any) {
            (true, true) => Err(NotRecords::Damaged),
            (true, false) if is_json => Err(NotRecords::Damaged),
            (false, true) => Ok(()),
            (_, false) => Err(NotRecords::None),
        }
    }

    /// What is known of the records so far.
    #[must_use]
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Whether there were records in a value; one that is empty counts.
    fn records(&mut self, value: &Value, nested: bool) -> bool {
        if let Some(list) = value.as_array().or_else(|| value.get("Records")?.as_array()) {
            let mut any = value.get("Records").is_some();
            for one in list {
                any |= self.records(one, false);
            }
            return any;
        }
        if let Some(list) = value.get("Events").and_then(Value::as_array).filter(|_| nested) {
            for one in list {
                let text = one.get("CloudTrailEvent").and_then(Value::as_str).unwrap_or("");
                match serde_json::from_str::<Value>(text) {
                    Ok(record) => drop(self.records(&record, false)),
                    Err(_) => self.damaged += 1,
                }
            }
            return true;
        }
        self.record(value).is_some()
    }

    fn record(&mut self, record: &Value) -> Option<()> {
        let text = |key: &str| record.get(key).and_then(Value::as_str);
        let (name, source) = (text("eventName")?, text("eventSource")?);
        let identity = record.get("userIdentity");
        let who = principal(identity);
        if self.principal.as_ref().is_some_and(|wanted| !who.contains(wanted.as_str())) {
            return Some(());
        }
        // What services do among themselves, and logins, need no permission of the holder's.
        let kind = identity.and_then(|identity| identity.get("type")).and_then(Value::as_str);
        let event = text("eventType").unwrap_or("AwsApiCall");
        if kind == Some("AWSService") || matches!(event, "AwsServiceEvent" | "AwsConsoleSignIn") {
            return Some(());
        }
        self.seen.records += 1;
        if let Some(time) = text("eventTime").filter(|time| time.len() <= 32) {
            let earlier = self.seen.from.as_deref().is_none_or(|from| time < from);
            let later = self.seen.to.as_deref().is_none_or(|to| time > to);
            if earlier {
                self.seen.from = Some(time.to_owned());
            }
            if later {
                self.seen.to = Some(time.to_owned());
            }
        }
        count(&mut self.seen.principals, &who);
        let service = events::service_of(source);
        count(&mut self.seen.services, service);
        if text("eventCategory") == Some("Data") || record.get("managementEvent") == Some(&Value::Bool(false)) {
            self.seen.data_events.insert(service.to_owned());
        }
        let actions = events::actions(service, name, record);
        if actions.is_empty() {
            if !events::needs_nothing(service, name) {
                count(&mut self.unknown, &format!("{service}:{name}"));
            }
            return Some(());
        }
        let error = text("errorCode").unwrap_or("").to_ascii_lowercase();
        let denied = ["accessdenied", "unauthorizedoperation", "notauthorized"].iter().any(|word| error.contains(word));
        for action in actions {
            if denied {
                count(&mut self.denied, &action);
                continue;
            }
            let resources = events::resources(&action, record);
            let named: Vec<Option<String>> = match resources.is_empty() {
                true => vec![None],
                false => resources.into_iter().map(Some).collect(),
            };
            for resource in named {
                self.call(Call { action: action.clone(), resource });
            }
        }
        if !denied {
            for role in events::passed_roles(service, name, record) {
                self.inferred.insert("iam:PassRole".to_owned());
                self.call(Call { action: "iam:PassRole".to_owned(), resource: Some(role) });
            }
        }
        Some(())
    }

    fn call(&mut self, call: Call) {
        if self.calls.len() >= TRAIL_CALLS_MAX && !self.calls.contains_key(&call) {
            self.seen.is_cut = true;
            return;
        }
        *self.calls.entry(call).or_default() += 1;
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    if counts.len() < NAMES_MAX || counts.contains_key(name) {
        *counts.entry(name.to_owned()).or_default() += 1;
    }
}

/// Who called: the role behind a session, else the user.
fn principal(identity: Option<&Value>) -> String {
    let at = |path: &str| identity.and_then(|identity| identity.pointer(path)).and_then(Value::as_str);
    let known = at("/sessionContext/sessionIssuer/arn").or(at("/arn")).or(at("/userName")).or(at("/invokedBy"));
    known.or(at("/principalId")).or(at("/type")).unwrap_or("unknown").to_owned()
}
