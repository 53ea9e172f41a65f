//! The least policy that recorded calls needed: a policy and records of CloudTrail become a smaller policy.
//!
//! What comes out never allows more than the policy did: each call is looked for
//! in its statements, and statements keep their conditions. What records cannot
//! show is said aloud. Nothing here asks AWS.

mod events;
mod statement;
mod trail;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::service;
use statement::Statement;

pub use trail::{NotRecords, TRAIL_CALLS_MAX, Trail};

/// Policies larger than this are not read; AWS takes 10 KB.
pub const POLICY_BYTES_MAX: usize = 1 << 20;

/// A smaller policy, and what is to be known about it.
#[derive(Debug, Serialize)]
pub struct Narrowing {
    /// The policy, in the order of the one before.
    pub policy: Value,
    /// What the records cover.
    pub seen: Seen,
    /// Actions that are allowed now.
    pub allowed: BTreeSet<String>,
    /// Patterns of actions that the policy allowed and no call needed.
    pub dropped: BTreeSet<String>,
    /// Actions that stay without a call, since the records could not hold one.
    pub kept: BTreeSet<String>,
    /// Actions that were dropped though the records could not hold a call of them.
    pub unknowable: BTreeSet<String>,
    /// Actions that stay on all resources of their statement, since no record names one.
    pub unnamed: BTreeSet<String>,
    /// Actions that are not recorded themselves and follow from what other calls were given.
    pub inferred: BTreeSet<String>,
    /// Calls that were denied, and how often.
    pub denied: BTreeMap<String, u64>,
    /// Calls that succeeded and that this policy never allowed: something else does.
    pub elsewhere: BTreeMap<String, u64>,
    /// Events for which no action is known.
    pub unknown_events: BTreeMap<String, u64>,
}

/// What records cover.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// Number of records.
    pub records: u64,
    /// The first call, as the records say it.
    pub from: Option<String>,
    /// The last call.
    pub to: Option<String>,
    /// Services, and how many calls.
    pub services: BTreeMap<String, u64>,
    /// Services with events of data, such as reads of objects.
    pub data_events: BTreeSet<String>,
    /// Who called.
    pub principals: BTreeMap<String, u64>,
    /// Whether there were more different calls than are kept.
    pub is_cut: bool,
}

/// Why a policy cannot be narrowed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotAPolicy {
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    Json(String),
    /// It is too large.
    #[error("it is larger than {} KiB", POLICY_BYTES_MAX >> 10)]
    Size,
    /// It has no statements.
    #[error("it has no `Statement`")]
    NoStatement,
    /// A statement has a principal.
    #[error("it says who may use a resource: only policies that say what their holder may do can be narrowed")]
    Principal,
}

/// Reads a policy.
///
/// # Errors
/// See [`NotAPolicy`].
pub fn read_policy(bytes: &[u8]) -> Result<Value, NotAPolicy> {
    if bytes.len() > POLICY_BYTES_MAX {
        return Err(NotAPolicy::Size);
    }
    let policy: Value = serde_json::from_slice(bytes).map_err(|error| NotAPolicy::Json(error.to_string()))?;
    statements(&policy)?;
    Ok(policy)
}

fn statements(policy: &Value) -> Result<Vec<Statement>, NotAPolicy> {
    let list = match policy.get("Statement") {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => return Err(NotAPolicy::NoStatement),
    };
    if list.iter().any(|one| one.get("Principal").is_some() || one.get("NotPrincipal").is_some()) {
        return Err(NotAPolicy::Principal);
    }
    Ok(list.into_iter().map(Statement::of).collect())
}

/// The least policy that the calls needed.
///
/// # Errors
/// See [`NotAPolicy`].
pub fn narrow(policy: &Value, trail: &Trail) -> Result<Narrowing, NotAPolicy> {
    let mut statements = statements(policy)?;
    let mut narrowing = Narrowing {
        policy: Value::Null,
        seen: trail.seen.clone(),
        allowed: BTreeSet::new(),
        dropped: BTreeSet::new(),
        kept: BTreeSet::new(),
        unknowable: BTreeSet::new(),
        unnamed: BTreeSet::new(),
        inferred: trail.inferred.clone(),
        denied: trail.denied.clone(),
        elsewhere: BTreeMap::new(),
        unknown_events: trail.unknown.clone(),
    };
    for (call, count) in &trail.calls {
        match statements.iter_mut().find(|statement| statement.allows(&call.action, call.resource.as_deref())) {
            Some(statement) => {
                if call.resource.is_none() && by_resource(&call.action) {
                    narrowing.unnamed.insert(call.action.clone());
                }
                statement.need(&call.action, call.resource.as_deref());
            }
            None => *narrowing.elsewhere.entry(call.action.clone()).or_default() += count,
        }
    }
    for statement in &mut statements {
        for pattern in statement.unused() {
            let prefix = pattern.split(':').next().unwrap_or("").to_ascii_lowercase();
            let recorded = trail.seen.data_events.contains(&prefix);
            let unseen = !recorded && events::is_data(&pattern);
            if unseen && !pattern.contains(['*', '?']) {
                narrowing.kept.insert(pattern.clone());
                statement.need(&pattern, None);
            } else {
                narrowing.dropped.insert(pattern);
            }
        }
        // A pattern may have covered what records do not hold.
        for action in events::data_actions() {
            let prefix = action.split(':').next().unwrap_or("");
            let known = trail.seen.data_events.contains(prefix) || !service(prefix).is_some_and(|one| one.is_listed);
            if !known && statement.covers_by_pattern(action) && !narrowing.kept.contains(action) {
                narrowing.unknowable.insert(action.to_owned());
            }
        }
    }
    let mut made = Vec::new();
    for statement in &statements {
        narrowing.allowed.extend(statement.needed().map(str::to_owned));
        made.extend(statement.narrowed());
    }
    let mut policy = policy.clone();
    if let Some(list) = policy.get_mut("Statement") {
        *list = Value::Array(made);
    }
    narrowing.policy = policy;
    Ok(narrowing)
}

/// A policy as it is shown and written: two spaces of indent, keys in their order.
#[must_use]
pub fn printed(policy: &Value) -> String {
    format!("{policy:#}\n")
}

/// Whether an action can be limited to resources; what is not known is said to be.
fn by_resource(action: &str) -> bool {
    let Some((prefix, name)) = action.split_once(':') else { return true };
    service(&prefix.to_ascii_lowercase()).and_then(|one| one.action(name)).is_none_or(|one| one.by_resource)
}

#[cfg(test)]
mod tests;
