//! What takes permissions away for certain: boundaries and denials that stand in the target.
//!
//! What cannot be read takes nothing away. Service control policies are left out: they do not hold in the account
//! that declares them, and nothing on disk says in which other account a role will be made.

use std::rc::Rc;

use palisade_inventory::terraform::{Policy, Statement, Value};
use palisade_inventory::wildcard;

use super::document::any_resource;

/// The permissions boundary of a user or role.
#[derive(Debug)]
pub(super) enum Boundary {
    /// There is none.
    Absent,
    /// It is a policy of the target.
    Policy(Rc<Policy>),
    /// It is a policy of AWS that allows no change of rights.
    WithoutRights,
    /// It is there, and what it says is not known.
    Unknown,
}

/// Policies of AWS that allow nothing that changes who may do what.
const WITHOUT_RIGHTS: [&str; 4] = ["PowerUserAccess", "ReadOnlyAccess", "ViewOnlyAccess", "SecurityAudit"];

impl Boundary {
    /// What a policy of AWS is as a boundary.
    pub(super) fn of_managed(arn: &str) -> Self {
        let name = arn.split_once(":iam::aws:policy/").and_then(|(_, path)| path.rsplit('/').next());
        match name {
            Some("AdministratorAccess") => Self::Absent,
            Some(name) if WITHOUT_RIGHTS.contains(&name) => Self::WithoutRights,
            _ => Self::Unknown,
        }
    }

    /// Whether nobody within the boundary can do this.
    pub(super) fn takes_away(&self, action: &str) -> bool {
        match self {
            Self::Absent | Self::Unknown => false,
            Self::WithoutRights => action.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("iam:")),
            Self::Policy(policy) => {
                let statements = &policy.statements;
                denies(policy, action) || !statements.iter().any(|statement| may_allow(statement, action))
            }
        }
    }
}

/// Whether a policy denies an action whatever it is done to, and whoever does it.
pub(super) fn denies(policy: &Policy, action: &str) -> bool {
    policy.statements.iter().any(|statement| {
        let always = statement.conditions.is_empty() && !statement.conditions_unknown;
        let excluded = &statement.not_actions;
        let all_but = !excluded.is_empty() && excluded.iter().all(|one| covers(one, action) == Some(false));
        let named = statement.actions.iter().any(|one| covers(one, action) == Some(true));
        statement.allows == Some(false) && always && any_resource(statement).is_some() && (named || all_but)
    })
}

/// Whether a statement allows an action on something, or cannot be read.
fn may_allow(statement: &Statement, action: &str) -> bool {
    let excluded = &statement.not_actions;
    let all_but = !excluded.is_empty() && !excluded.iter().any(|one| covers(one, action) == Some(true));
    let named = statement.actions.iter().any(|one| covers(one, action) != Some(false));
    statement.allows != Some(false) && (named || all_but)
}

/// Whether a pattern covers an action, when it is known.
fn covers(pattern: &Value, action: &str) -> Option<bool> {
    Some(wildcard::covers(&pattern.as_str()?.to_ascii_lowercase(), &action.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use palisade_inventory::terraform::{HOLE, Origin};

    use super::*;

    fn boundary(statements: &str) -> Boundary {
        let text = Value::text(&format!("{{\"Statement\": [{statements}]}}"), Origin::default());
        Boundary::Policy(Rc::new(Policy::of(&text).unwrap()))
    }

    #[test]
    fn a_boundary_takes_away_what_it_does_not_allow() {
        let of = |statements: &str| boundary(statements).takes_away("iam:PassRole");
        assert!(of(r#"{"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": "*"}"#));
        assert!(of(r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#));
        assert!(of(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"},
                      {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#));
        assert!(of(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"},
                      {"Effect": "Deny", "NotAction": ["s3:*"], "Resource": "*"}"#));
        assert!(Boundary::of_managed("arn:aws:iam::aws:policy/PowerUserAccess").takes_away("iam:PassRole"));
    }

    #[test]
    fn what_is_not_certain_takes_nothing_away() {
        let of = |statements: &str| boundary(statements).takes_away("iam:PassRole");
        assert!(!of(r#"{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "arn:aws:iam::1:role/app"}"#));
        assert!(!of(&format!(r#"{{"Effect": "Allow", "Action": "{HOLE}", "Resource": "*"}}"#)));
        assert!(!of(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"},
                       {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::1:role/admin"}"#));
        assert!(!of(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"},
                       {"Effect": "Deny", "Action": "iam:*", "Resource": "*",
                        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"#));
        assert!(!Boundary::of_managed("arn:aws:iam::aws:policy/AmazonSageMakerFullAccess").takes_away("iam:PassRole"));
        assert!(!Boundary::Unknown.takes_away("iam:PassRole"));
    }
}
