//! Who holds which policies: inline, attached, known by name, or through a group.
//!
//! Only what is certain is joined: a name that several could have, or an attachment that may not be there, joins
//! nothing.

use std::collections::HashMap;
use std::rc::Rc;

use palisade_inventory::Inventory;
use palisade_inventory::terraform::{HOLE, Key, Origin, Policy, Statement, Value};
use palisade_inventory::wildcard;

use super::boundary::{self, Boundary};
use super::document::{account_of, covers};
use super::{Document, Role, document, managed, pods};
use crate::iac::{Ground, Resource};

/// Holders of one target beyond this are not joined with their policies.
const HOLDERS_MAX: usize = 2_000;
/// Policies that one holder is joined with.
const GRANTS_MAX: usize = 64;

/// Every policy of AWS in a target, and who holds it.
pub struct Access<'a> {
    /// The policies.
    pub documents: Vec<Document<'a>>,
    /// Roles, users and groups.
    pub(super) holders: Vec<Holder<'a>>,
    /// Service accounts of clusters that are somebody in a cloud.
    pub(super) accounts: Vec<pods::Account<'a>>,
    /// What lets somebody of a cluster act as somebody of a cloud.
    pub(super) links: Vec<Resource<'a>>,
    names: Names,
}

/// A role, user or group with what it may do.
pub(super) struct Holder<'a> {
    pub(super) resource: Resource<'a>,
    pub(super) class: Class,
    name: Option<&'a str>,
    pub(super) grants: Vec<Grant<'a>>,
    /// Who may become it.
    pub(super) trust: Vec<Rc<Policy>>,
    boundary: Boundary,
}

/// A policy that somebody holds.
#[derive(Clone)]
pub(super) struct Grant<'a> {
    /// What brings the policy: itself, its holder or its attachment.
    pub(super) resource: Resource<'a>,
    pub(super) name: String,
    pub(super) policy: Rc<Policy>,
    /// Where it is given to its holder, when that is elsewhere.
    pub(super) attached: Option<Origin>,
}

/// What a name may be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Class {
    Role,
    User,
    Group,
    Policy,
}

/// Kinds of elements, what they are and the setting of their name.
const KINDS: [(&str, Class, &str); 10] = [
    ("aws_iam_role", Class::Role, "name"),
    ("aws_iam_user", Class::User, "name"),
    ("aws_iam_group", Class::Group, "name"),
    ("aws_iam_policy", Class::Policy, "name"),
    ("AWS::IAM::Role", Class::Role, "RoleName"),
    ("AWS::IAM::User", Class::User, "UserName"),
    ("AWS::IAM::Group", Class::Group, "GroupName"),
    ("AWS::IAM::ManagedPolicy", Class::Policy, "ManagedPolicyName"),
    // The role of a function of SAM has no name of its own.
    ("AWS::Serverless::Function", Class::Role, "-"),
    ("data.aws_iam_policy", Class::Policy, "-"),
];

/// Kinds that give a policy to somebody: the setting that names whom, and the one that names the policy; without
/// one the policy is their own.
const GIVING: [(&str, &str, Class, Option<&str>); 18] = [
    ("aws_iam_role_policy", "role", Class::Role, None),
    ("aws_iam_user_policy", "user", Class::User, None),
    ("aws_iam_group_policy", "group", Class::Group, None),
    ("aws_iam_role_policy_attachment", "role", Class::Role, Some("policy_arn")),
    ("aws_iam_user_policy_attachment", "user", Class::User, Some("policy_arn")),
    ("aws_iam_group_policy_attachment", "group", Class::Group, Some("policy_arn")),
    ("aws_iam_policy_attachment", "roles", Class::Role, Some("policy_arn")),
    ("aws_iam_policy_attachment", "users", Class::User, Some("policy_arn")),
    ("aws_iam_policy_attachment", "groups", Class::Group, Some("policy_arn")),
    ("AWS::IAM::Policy", "Roles", Class::Role, None),
    ("AWS::IAM::Policy", "Users", Class::User, None),
    ("AWS::IAM::Policy", "Groups", Class::Group, None),
    ("AWS::IAM::ManagedPolicy", "Roles", Class::Role, None),
    ("AWS::IAM::ManagedPolicy", "Users", Class::User, None),
    ("AWS::IAM::ManagedPolicy", "Groups", Class::Group, None),
    ("AWS::IAM::RolePolicy", "RoleName", Class::Role, None),
    ("AWS::IAM::UserPolicy", "UserName", Class::User, None),
    ("AWS::IAM::GroupPolicy", "GroupName", Class::Group, None),
];

/// Settings of holders that name policies.
const OWN: [&str; 4] = ["managed_policy_arns", "ManagedPolicyArns", "Policies", "policy_arns"];

/// Kinds that put users into groups, with the settings that name both.
const MEMBERSHIPS: [(&str, &str, &str); 3] = [
    ("aws_iam_user_group_membership", "user", "groups"),
    ("aws_iam_group_membership", "users", "group"),
    ("AWS::IAM::UserToGroupAddition", "Users", "GroupName"),
];

/// Whether elements of a kind say who holds what.
pub(super) fn wants(kind: &str) -> bool {
    KINDS.iter().any(|(known, ..)| *known == kind)
        || GIVING.iter().any(|(known, ..)| *known == kind)
        || MEMBERSHIPS.iter().any(|(known, ..)| *known == kind)
}

impl<'a> Access<'a> {
    pub(super) fn of(ground: &'a Ground<'a>, inventory: &'a Inventory) -> Self {
        let documents = document::all(ground);
        let resources: Vec<Resource<'a>> =
            ground.estate.elements.iter().map(|element| Resource::new(ground, element)).collect();
        let mut names = Names::default();
        let mut holders: Vec<Holder<'a>> = Vec::new();
        let mut policies: Vec<Resource<'a>> = Vec::new();
        for resource in resources.iter().filter(|resource| !resource.is_maybe()) {
            let Some((_, class, setting)) = KINDS.iter().find(|(kind, ..)| *kind == resource.kind()) else { continue };
            let at = if *class == Class::Policy { policies.len() } else { holders.len() };
            if at >= HOLDERS_MAX {
                continue;
            }
            names.add(*resource, *class, at, resource.text(setting));
            match class {
                Class::Policy => policies.push(*resource),
                _ => holders.push(Holder {
                    resource: *resource,
                    class: *class,
                    name: resource.text(setting),
                    grants: Vec::new(),
                    trust: Vec::new(),
                    boundary: Boundary::Absent,
                }),
            }
        }
        let mut own: HashMap<&Key, Vec<&Document<'a>>> = HashMap::new();
        for one in &documents {
            own.entry(one.resource.key()).or_default().push(one);
        }
        let of_resource = |resource: &Resource<'a>, role: Role| {
            let here = own.get(resource.key()).into_iter().flatten();
            here.filter(move |one| one.role == role && one.resource.is(resource)).collect::<Vec<_>>()
        };
        let grant = |one: &Document<'a>, attached| Grant {
            resource: one.resource,
            name: one.resource.name().to_owned(),
            policy: Rc::clone(&one.policy),
            attached,
        };
        // The policies that a value such as `policy_arn` names.
        let named = |value: &Value, by: Resource<'a>| -> Vec<Grant<'a>> {
            if let Some(policy) = names.find(value, Class::Policy, by).and_then(|at| policies.get(at)) {
                let arn = policy.text("arn").or_else(|| policy.text("name")).unwrap_or("");
                if policy.kind() == "data.aws_iam_policy" {
                    return managed_grant(arn, value.origin, by).into_iter().collect();
                }
                return of_resource(policy, Role::Permissions)
                    .into_iter()
                    .map(|one| grant(one, Some(value.origin)))
                    .collect();
            }
            managed_grant(value.as_partial().unwrap_or(""), value.origin, by).into_iter().collect()
        };
        for holder in &mut holders {
            let resource = holder.resource;
            holder.trust = of_resource(&resource, Role::Trust).iter().map(|one| Rc::clone(&one.policy)).collect();
            holder.grants.extend(of_resource(&resource, Role::Permissions).into_iter().map(|one| grant(one, None)));
            let arns = OWN.iter().flat_map(|setting| resource.blocks(setting));
            holder.grants.extend(arns.flat_map(|arn| named(arn, resource)));
            let boundary = resource.get("permissions_boundary").or_else(|| resource.get("PermissionsBoundary"));
            if let Some(value) = boundary {
                let policy = names.find(value, Class::Policy, resource).and_then(|at| policies.get(at));
                let document = policy.and_then(|policy| own.get(policy.key())?.first());
                holder.boundary = match document {
                    Some(document) => Boundary::Policy(Rc::clone(&document.policy)),
                    None => Boundary::of_managed(value.as_partial().unwrap_or("")),
                };
            }
        }
        for giver in resources.iter().filter(|resource| !resource.is_maybe()) {
            for (_, whom, class, which) in GIVING.iter().filter(|(kind, ..)| *kind == giver.kind()) {
                for value in giver.blocks(whom) {
                    let Some(at) = names.find(value, *class, *giver) else { continue };
                    let Some(holder) = holders.get_mut(at) else { continue };
                    match which {
                        Some(which) => holder.grants.extend(giver.blocks(which).flat_map(|arn| named(arn, *giver))),
                        None => {
                            let own = of_resource(giver, Role::Permissions);
                            holder.grants.extend(own.into_iter().map(|one| grant(one, Some(value.origin))));
                        }
                    }
                }
            }
        }
        let mut inherited: Vec<(usize, Vec<Grant<'a>>)> = Vec::new();
        for giver in resources.iter().filter(|resource| !resource.is_maybe()) {
            for (_, users, groups) in MEMBERSHIPS.iter().filter(|(kind, ..)| *kind == giver.kind()) {
                let groups: Vec<Grant<'a>> = giver
                    .blocks(groups)
                    .filter_map(|group| holders.get(names.find(group, Class::Group, *giver)?))
                    .flat_map(|group| group.grants.iter().cloned())
                    .take(GRANTS_MAX)
                    .collect();
                let users = giver.blocks(users).filter_map(|user| names.find(user, Class::User, *giver));
                inherited.extend(users.map(|user| (user, groups.clone())));
            }
        }
        for (user, grants) in inherited {
            holders.get_mut(user).into_iter().for_each(|user| user.grants.extend(grants.iter().cloned()));
        }
        holders.iter_mut().for_each(|holder| holder.grants.truncate(GRANTS_MAX));
        let (accounts, links) = (pods::accounts(inventory), pods::links(&resources));
        Self { documents, holders, accounts, links, names }
    }

    /// Those who hold a policy.
    pub(super) fn holders_of(&self, document: &Document<'a>) -> impl Iterator<Item = &Holder<'a>> {
        let policy = Rc::clone(&document.policy);
        self.holders.iter().filter(move |holder| holder.grants.iter().any(|grant| Rc::ptr_eq(&grant.policy, &policy)))
    }

    /// Whether everybody who holds a policy is kept from an action by something else.
    pub(super) fn is_taken_away(&self, document: &Document<'a>, action: &str) -> bool {
        let mut holders = self.holders_of(document).peekable();
        holders.peek().is_some() && holders.all(|holder| !holder.may(action))
    }

    /// The number of the role, user or group that a value names.
    pub(super) fn find(&self, value: &Value, class: Class, by: Resource<'_>) -> Option<usize> {
        self.names.find(value, class, by)
    }
}

impl Grant<'_> {
    /// Whether what follows `:policy/` in an ARN may be it: a policy of its own that the target declares.
    pub(super) fn is_covered(&self, pattern: &str) -> bool {
        let kind = KINDS.iter().find(|(kind, class, _)| *kind == self.resource.kind() && *class == Class::Policy);
        let name = kind.filter(|_| self.attached.is_some()).and_then(|(.., setting)| self.resource.text(setting));
        name.and_then(|name| with_path(&self.resource, name)).is_some_and(|name| wildcard::covers(pattern, &name))
    }
}

/// A name with its path, as ARNs have it; nothing when the path is not known.
fn with_path(resource: &Resource<'_>, name: &str) -> Option<String> {
    let path = resource.get("path").or_else(|| resource.get("Path"));
    let path = path.map_or(Some("/"), Value::as_str)?;
    Some(format!("{path}{name}").trim_start_matches('/').to_owned())
}

impl<'a> Holder<'a> {
    /// Whether neither a boundary nor a denial certainly keeps it from an action.
    pub(super) fn may(&self, action: &str) -> bool {
        !self.boundary.takes_away(action) && !self.grants.iter().any(|grant| boundary::denies(&grant.policy, action))
    }

    /// Whether what follows `:role/` or its like in an ARN may be it.
    pub(super) fn is_covered(&self, pattern: &str) -> bool {
        self.name.and_then(|name| with_path(&self.resource, name)).is_some_and(|name| wildcard::covers(pattern, &name))
    }

    /// Whether it is a role of this name.
    pub(super) fn is_role_named(&self, name: &str) -> bool {
        self.class == Class::Role && self.name == Some(name)
    }

    /// What its policies allow.
    pub(super) fn allowing(&self) -> impl Iterator<Item = (&Grant<'a>, &Statement)> {
        self.grants.iter().flat_map(|grant| {
            let allowing = grant.policy.statements.iter().filter(|statement| statement.allows == Some(true));
            allowing.map(move |statement| (grant, statement))
        })
    }

    /// Where its policies allow an action on something.
    pub(super) fn allows(&self, action: &str) -> Option<(&Grant<'a>, &Value)> {
        if !self.may(action) {
            return None;
        }
        self.allowing().find_map(|(grant, statement)| Some((grant, covers(statement, action)?)))
    }
}

fn managed_grant<'a>(arn: &str, place: Origin, by: Resource<'a>) -> Option<Grant<'a>> {
    let (name, policy) = managed::policy(arn, place)?;
    Some(Grant { resource: by, name: name.to_owned(), policy: Rc::new(policy), attached: None })
}

/// Finds holders and policies by what names them.
#[derive(Debug, Default)]
struct Names {
    by_key: HashMap<(Key, Class), Vec<usize>>,
    /// With the root and module instance of each.
    by_name: HashMap<(String, Class), Vec<(usize, String, u32)>>,
}

impl Names {
    fn add(&mut self, resource: Resource<'_>, class: Class, at: usize, name: Option<&str>) {
        let key = resource.key().clone();
        let place = (at, resource.root().to_owned(), key.instance);
        self.by_key.entry((key, class)).or_default().push(at);
        if let Some(name) = name {
            self.by_name.entry((name.to_owned(), class)).or_default().push(place);
        }
    }

    /// What a reference, a name or an ARN means; nothing when it may be several.
    fn find(&self, value: &Value, class: Class, by: Resource<'_>) -> Option<usize> {
        if let Some(target) = value.target() {
            let all = self.by_key.get(&(target.clone(), class))?;
            return if let [only] = all.as_slice() { Some(*only) } else { None };
        }
        let text = value.as_partial().filter(|text| !text.contains(":iam::aws:"))?;
        let name = if text.starts_with("arn:") { text.rsplit('/').next()? } else { text };
        let all = self.by_name.get(&(name.to_owned(), class)).filter(|_| !name.contains(HOLE))?;
        let only = |fits: &dyn Fn(&str, u32) -> bool| {
            let mut fitting = all.iter().filter(|(_, root, instance)| fits(root, *instance));
            fitting.next().filter(|_| fitting.next().is_none()).map(|(at, ..)| *at)
        };
        // Another account may have the same name.
        if account_of(text).is_some() {
            return only(&|_, _| true);
        }
        let (root, instance) = (by.root(), by.key().instance);
        only(&|_, other| other == instance).or_else(|| only(&|other, _| other == root)).or_else(|| only(&|_, _| true))
    }
}
