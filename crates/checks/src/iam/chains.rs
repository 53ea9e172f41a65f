//! What a holder comes to over its own rights and over the roles that it can become.

use palisade_inventory::terraform::{Origin, Statement, Value};
use palisade_model::Severity;

use super::document::{any_resource, covers, is_limited};
use super::environments::{self, Environment};
use super::holding::{Access, Class, Grant, Holder};
use super::reach::{Reach, Step};
use super::{likely, meta};
use crate::iac::Resource;
use crate::{Check, Report};

const PAGE: &str = include_str!("chains.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_access(
        meta(
            "iam/own-permissions-changeable",
            "a role may change its own permissions",
            PAGE,
            Severity::High,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        ),
        own_permissions,
    ),
    Check::on_access(
        likely(meta(
            "iam/administrator-in-reach",
            "a role can become administrator over other roles",
            PAGE,
            Severity::Medium,
            &["E4-T1", "E4-T2"],
            &["CWE-269"],
        )),
        administrator_in_reach,
    ),
    Check::on_access(
        likely(meta(
            "iam/production-over-roles",
            "another environment reaches production over other roles",
            PAGE,
            Severity::High,
            &["E4-T2"],
            &["CWE-653"],
        )),
        production_over_roles,
    ),
];

/// Actions that give permissions to somebody of a class.
const GIVING: [(Class, &str); 6] = [
    (Class::Role, "iam:AttachRolePolicy"),
    (Class::Role, "iam:PutRolePolicy"),
    (Class::User, "iam:AttachUserPolicy"),
    (Class::User, "iam:PutUserPolicy"),
    (Class::Group, "iam:AttachGroupPolicy"),
    (Class::Group, "iam:PutGroupPolicy"),
];
const REWRITING: &str = "iam:CreatePolicyVersion";

fn own_permissions(access: &Access<'_>, report: &mut Report<'_>) {
    for (at, holder) in access.holders.iter().enumerate() {
        if administers(holder).is_some() {
            continue;
        }
        for (grant, statement) in holder.allowing().filter(|(_, statement)| !is_limited(statement)) {
            let own = statement.resources.iter().find_map(|value| {
                let action = on_itself(access, (at, holder), (grant, statement), value)?;
                Some((value, action))
            });
            let Some((value, action)) = own else { continue };
            let name = holder.resource.name();
            let message = format!(
                "{name} → {action} → {name}: it can give itself every permission; leave it out of what it may change"
            );
            point(grant.resource, value.origin, &message, &[related(grant, "the policy is given to it here")], report);
        }
    }
}

/// The action with which a statement lets its holder change what it holds, when a resource names that.
fn on_itself(
    access: &Access<'_>,
    (at, holder): (usize, &Holder<'_>),
    (grant, statement): (&Grant<'_>, &Statement),
    value: &Value,
) -> Option<&'static str> {
    let text = value.as_partial();
    let named = |class: Class, word: &str| match value.target() {
        Some(_) => access.find(value, class, grant.resource) == Some(at),
        None => text.and_then(|text| text.split_once(word)).is_some_and(|(_, name)| holder.is_covered(name)),
    };
    let itself = match holder.class {
        Class::Role => named(Class::Role, ":role/"),
        Class::User => named(Class::User, ":user/"),
        Class::Group => named(Class::Group, ":group/"),
        Class::Policy => false,
    };
    let allowed = |action: &str| covers(statement, action).is_some() && holder.may(action);
    let giving = GIVING.iter().find(|(class, action)| itself && *class == holder.class && allowed(action));
    if let Some((_, action)) = giving {
        return Some(action);
    }
    // A policy of its own that it may rewrite.
    let held = |one: &Grant<'_>| match value.target() {
        Some(target) => target == one.resource.key() && one.attached.is_some(),
        None => text.and_then(|text| text.split_once(":policy/")).is_some_and(|(_, name)| one.is_covered(name)),
    };
    (allowed(REWRITING) && holder.grants.iter().any(held)).then_some(REWRITING)
}

/// Where a holder is given everything, or every change of rights.
fn administers(holder: &Holder<'_>) -> Option<Origin> {
    let mut allowing = holder.allowing().filter(|(_, statement)| !is_limited(statement));
    let action = allowing.find_map(|(_, statement)| {
        any_resource(statement)?;
        let all = |value: &&Value| value.as_str().is_some_and(|text| text == "*" || text.eq_ignore_ascii_case("iam:*"));
        statement.actions.iter().find(all)
    })?;
    holder.may("iam:AttachRolePolicy").then_some(action.origin)
}

fn administrator_in_reach(access: &Access<'_>, report: &mut Report<'_>) {
    let mut reach = Reach::of(access);
    let administrators: Vec<Option<Origin>> = access.holders.iter().map(administers).collect();
    let is_one = |at: usize| administrators.get(at).is_some_and(Option::is_some);
    for (at, holder) in access.holders.iter().enumerate() {
        if is_one(at) || !reach.leads_on(at) {
            continue;
        }
        let Some(path) = reach.path(at, &|_| true, &is_one) else { continue };
        let Some((first, last)) = path.first().zip(path.last()) else { continue };
        let shown = walk(access, holder.resource.name(), &path);
        let message = format!("{shown} → everything: whoever gets hold of {} owns the account", holder.resource.name());
        let mut also = places(access, &path);
        let given = administrators.get(last.to).copied().flatten();
        also.extend(given.map(|place| (first.resource, place, "this makes it administrator".to_owned())));
        point(first.resource, first.place, &message, &also, report);
    }
}

fn production_over_roles(access: &Access<'_>, report: &mut Report<'_>) {
    let settings = &report.settings().iam;
    let mut reach = Reach::of(access);
    let environments: Vec<Option<Environment>> =
        access.holders.iter().map(|holder| environments::of_resource(&holder.resource, settings)).collect();
    let of = |at: usize| environments.get(at).and_then(Option::as_ref);
    // A role of the same kind of environment is told by itself.
    let passable = |at: usize| !matches!(of(at), Some(Environment::Other(_)));
    let in_production = |at: usize| {
        let holder = access.holders.get(at)?;
        let mut found = holder.allowing().flat_map(|(grant, statement)| {
            environments::production_of(statement, settings).map(move |(value, name, word)| {
                (grant.resource, value.origin, environments::actions_of(statement), name, word)
            })
        });
        found.next()
    };
    for (at, holder) in access.holders.iter().enumerate() {
        let Some(Environment::Other(own)) = of(at).filter(|_| reach.leads_on(at)) else { continue };
        // One step into a role that is named after production is told where that role is named.
        let direct = |to: usize| matches!(of(to), Some(Environment::Production(_)));
        let wanted = |to: usize| direct(to) || in_production(to).is_some();
        let Some(path) = reach.path(at, &passable, &wanted) else { continue };
        let Some((first, last)) = path.first().zip(path.last()) else { continue };
        let shown = format!("{} ({own}){}", holder.resource.name(), walk(access, "", &path));
        let mut also = places(access, &path);
        let (shown, other) = match of(last.to) {
            Some(Environment::Production(_)) if path.len() == 1 => continue,
            Some(Environment::Production(word)) => (format!("{shown} ({word})"), word.clone()),
            _ => {
                let Some((resource, place, actions, name, word)) = in_production(last.to) else { continue };
                also.push((resource, place, "this reaches production".to_owned()));
                (format!("{shown} → {actions} → {name} ({word})"), word)
            }
        };
        let message = format!("{shown}: who breaks into {own} is in {other}");
        point(first.resource, first.place, &message, &also, report);
    }
}

/// A path in words, from a name on.
fn walk(access: &Access<'_>, from: &str, path: &[Step<'_>]) -> String {
    path.iter().fold(from.to_owned(), |shown, step| {
        let name = access.holders.get(step.to).map_or("", |holder| holder.resource.name());
        format!("{shown} → {} → {name}", step.shown())
    })
}

/// A place that explains a finding, in the view of some resource.
type Place<'a> = (Resource<'a>, Origin, String);

/// The places of a path beyond its first.
fn places<'a>(access: &Access<'a>, path: &[Step<'a>]) -> Vec<Place<'a>> {
    let mut places = Vec::new();
    for (number, step) in path.iter().enumerate() {
        let Some(role) = access.holders.get(step.to) else { continue };
        if number > 0 {
            places.push((step.resource, step.place, "the path goes on here".to_owned()));
        }
        places.push((role.resource, role.resource.head(), format!("{} is this role", role.resource.name())));
    }
    places
}

fn related<'a>(grant: &Grant<'a>, says: &str) -> Place<'a> {
    (grant.resource, grant.attached.unwrap_or(grant.resource.head()), says.to_owned())
}

fn point(resource: Resource<'_>, place: Origin, message: &str, also: &[Place<'_>], report: &mut Report<'_>) {
    let Some(draft) = resource.fault_at(place, message, report) else { return };
    for (resource, place, says) in also {
        if let Some(place) = resource.locate(*place) {
            draft.also(place, says);
        }
    }
}
