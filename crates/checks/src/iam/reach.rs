//! Whose permissions somebody can come to hold: by assuming a role, or by starting something under one.
//!
//! A step is there only when both sides say so: the policy of who goes, and the trust of the role. Where a trust
//! policy names somebody, that is enough within an account.

use std::collections::VecDeque;

use palisade_inventory::terraform::{Origin, Statement, Value};
use palisade_inventory::wildcard;

use super::document::{account_of, covers, is_limited};
use super::escalation::{STARTING, Start};
use super::holding::{Access, Class, Holder};
use crate::iac::Resource;

/// Steps of one target.
const STEPS_MAX: usize = 20_000;
/// Steps of one path.
const PATH_MAX: usize = 6;
/// Holders that are visited in search of paths, over all searches.
const VISITS_MAX: usize = 2_000_000;

/// The steps from each holder, by number.
pub(super) struct Reach<'a> {
    steps: Vec<Vec<Step<'a>>>,
    visits: usize,
}

/// One way from a holder to a role.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    /// Number of the role.
    pub(super) to: usize,
    /// What is started under the role; nothing when it is assumed.
    pub(super) start: Option<&'static Start>,
    /// The value that allows it, and what it is in.
    pub(super) place: Origin,
    pub(super) resource: Resource<'a>,
}

impl Step<'_> {
    /// The step in words.
    pub(super) fn shown(&self) -> String {
        match self.start {
            None => "sts:AssumeRole".to_owned(),
            Some(start) => format!("iam:PassRole and {}", start.actions.join(" and ")),
        }
    }
}

impl<'a> Reach<'a> {
    pub(super) fn of(access: &Access<'a>) -> Self {
        let mut steps: Vec<Vec<Step<'a>>> = access.holders.iter().map(|_| Vec::new()).collect();
        let mut left = STEPS_MAX;
        let mut add = |from: usize, step: Step<'a>| {
            let Some(known) = steps.get_mut(from).filter(|_| from != step.to && left > 0) else { return };
            if !known.iter().any(|one| one.to == step.to) {
                left -= 1;
                known.push(step);
            }
        };
        for (at, holder) in access.holders.iter().enumerate() {
            assumed(access, holder, &mut |step| add(at, step));
            passed(access, holder, &mut |step| add(at, step));
        }
        for (to, role) in access.holders.iter().enumerate() {
            for (_, id) in trusting(role).flat_map(principals) {
                if let Some(from) = named_by(access, id, role.resource) {
                    add(from, Step { to, start: None, place: id.origin, resource: role.resource });
                }
            }
        }
        Self { steps, visits: VISITS_MAX }
    }

    /// The shortest path from a holder to one that is wanted, over holders that may be passed.
    pub(super) fn path(
        &mut self,
        from: usize,
        passable: &dyn Fn(usize) -> bool,
        wanted: &dyn Fn(usize) -> bool,
    ) -> Option<Vec<Step<'a>>> {
        let mut before: Vec<Option<(usize, Step<'a>)>> = vec![None; self.steps.len()];
        let mut open = VecDeque::from([(from, 0)]);
        while let Some((at, length)) = open.pop_front() {
            for step in self.steps.get(at).into_iter().flatten() {
                self.visits = self.visits.checked_sub(1)?;
                let slot = before.get_mut(step.to).filter(|slot| slot.is_none() && step.to != from);
                let Some(slot) = slot.filter(|_| passable(step.to)) else { continue };
                *slot = Some((at, *step));
                if wanted(step.to) {
                    return Some(walked(from, step.to, &before));
                }
                if length + 1 < PATH_MAX {
                    open.push_back((step.to, length + 1));
                }
            }
        }
        None
    }

    /// Whether any step leads on from a holder.
    pub(super) fn leads_on(&self, from: usize) -> bool {
        self.steps.get(from).is_some_and(|steps| !steps.is_empty())
    }
}

fn walked<'a>(from: usize, to: usize, before: &[Option<(usize, Step<'a>)>]) -> Vec<Step<'a>> {
    let mut path = Vec::new();
    let mut at = to;
    while let Some((previous, step)) = before.get(at).copied().flatten().filter(|_| path.len() < PATH_MAX) {
        path.push(step);
        if previous == from {
            break;
        }
        at = previous;
    }
    path.reverse();
    path
}

/// Steps that a holder's permission to assume roles allows.
fn assumed<'a>(access: &Access<'a>, holder: &Holder<'a>, add: &mut dyn FnMut(Step<'a>)) {
    if !holder.may("sts:AssumeRole") {
        return;
    }
    for (grant, statement) in holder.allowing().filter(|(_, statement)| !is_limited(statement)) {
        if covers(statement, "sts:AssumeRole").is_none() {
            continue;
        }
        for value in &statement.resources {
            for to in roles(access, value, grant.resource) {
                let admits = |id: &Value| {
                    let whole =
                        id.as_partial().is_some_and(|text| text.ends_with(":root") || account_of(text) == Some(text));
                    whole || named_by(access, id, grant.resource).is_some_and(|at| is_number(access, at, holder))
                };
                let role = access.holders.get(to);
                if role.is_some_and(|role| trusting(role).flat_map(principals).any(|(_, id)| admits(id))) {
                    add(Step { to, start: None, place: value.origin, resource: grant.resource });
                }
            }
        }
    }
}

/// Steps that a holder's permission to pass roles allows, where it can start something under them.
fn passed<'a>(access: &Access<'a>, holder: &Holder<'a>, add: &mut dyn FnMut(Step<'a>)) {
    if !holder.may("iam:PassRole") {
        return;
    }
    let starts = STARTING.iter().filter(|start| start.actions.iter().all(|action| holder.allows(action).is_some()));
    let starts: Vec<&'static Start> = starts.collect();
    for (grant, statement) in holder.allowing().filter(|_| !starts.is_empty()) {
        if covers(statement, "iam:PassRole").is_none() || statement.conditions_unknown {
            continue;
        }
        let fits = |start: &&&'static Start| {
            statement.conditions.iter().all(|one| {
                let names = |value: &Value| value.as_str().is_some_and(|text| wildcard::covers(text, start.service));
                one.key == "iam:passedtoservice" && one.values.iter().any(names)
            })
        };
        for value in &statement.resources {
            for to in roles(access, value, grant.resource) {
                let Some(role) = access.holders.get(to) else { continue };
                let admits = |start: &&&'static Start| {
                    let services = role.trust.iter().flat_map(|policy| &policy.statements);
                    let mut services = services.filter(|one| one.allows == Some(true)).flat_map(|one| &one.principals);
                    services.any(|(kind, id)| kind == "Service" && id.as_str() == Some(start.service))
                };
                if let Some(start) = starts.iter().filter(fits).find(admits) {
                    add(Step { to, start: Some(start), place: value.origin, resource: grant.resource });
                }
            }
        }
    }
}

fn is_number(access: &Access<'_>, at: usize, holder: &Holder<'_>) -> bool {
    access.holders.get(at).is_some_and(|one| one.resource.is(&holder.resource))
}

/// Statements that let somebody become a role without a condition.
fn trusting<'h>(role: &'h Holder<'_>) -> impl Iterator<Item = &'h Statement> {
    role.trust.iter().flat_map(|policy| &policy.statements).filter(|statement| {
        let open = statement.conditions.is_empty() && !statement.conditions_unknown && !statement.excludes_principals;
        open && statement.allows == Some(true) && covers(statement, "sts:AssumeRole").is_some()
    })
}

fn principals(statement: &Statement) -> impl Iterator<Item = &(String, Value)> {
    statement.principals.iter().filter(|(kind, _)| kind == "AWS")
}

/// The role or user of the target that a principal is.
fn named_by(access: &Access<'_>, id: &Value, by: Resource<'_>) -> Option<usize> {
    let is_user = id.as_partial().is_some_and(|text| text.contains(":user/"));
    let is_role = id.as_partial().is_none_or(|text| text.contains(":role/"));
    let class = |class| access.find(id, class, by);
    match id.target() {
        Some(_) => class(Class::Role).or_else(|| class(Class::User)),
        None if is_user => class(Class::User),
        None if is_role => class(Class::Role),
        None => None,
    }
}

/// The roles of the target that a resource of a statement names; all of them is left to other checks.
fn roles<'a>(access: &Access<'a>, value: &Value, by: Resource<'a>) -> Vec<usize> {
    if value.target().is_some() {
        return access.find(value, Class::Role, by).into_iter().collect();
    }
    let Some((_, pattern)) = value.as_partial().and_then(|text| text.split_once(":role/")) else { return Vec::new() };
    if !pattern.contains('*') {
        return access.find(value, Class::Role, by).into_iter().collect();
    }
    let covered =
        access.holders.iter().enumerate().filter(|(_, role)| {
            role.class == Class::Role && role.resource.root() == by.root() && role.is_covered(pattern)
        });
    covered.filter(|_| pattern != "*").map(|(at, _)| at).take(STEPS_MAX).collect()
}
