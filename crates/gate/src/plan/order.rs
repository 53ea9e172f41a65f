//! Effort, blast radius and order, by rules that are written down.
//!
//! Effort starts at what the kind of work costs once (repository XS, people S, pipeline and runtime S, platform M)
//! and grows a step at more than 5, 25 and 100 places; four places that `palisade fix` mends count as one. Risk is
//! the sum of the findings' weights. The first sprint takes every ticket with a critical finding, then the most risk for
//! each hour that fits into it.

use palisade_model::Severity;

use super::backlog::Kind;
use super::evidence::Found;
use super::{Blast, Effort, Plan, Status, Ticket};

/// Hours of the first two weeks that go into tickets: one person, half of whose time is taken by the pilot.
const SPRINT_HOURS: u64 = 40;
/// Tickets of the first two weeks: more are not finished.
const SPRINT_TICKETS: usize = 6;
/// Files beyond which a mistake reaches further.
const WIDE_FILES: usize = 50;

/// What a finding weighs.
pub(super) fn weight(severity: Severity) -> u64 {
    match severity {
        Severity::Critical => 40,
        Severity::High => 12,
        Severity::Medium => 4,
        Severity::Low => 1,
        Severity::Info => 0,
    }
}

impl Effort {
    /// Hours that it stands for.
    #[must_use]
    pub fn hours(self) -> u64 {
        match self {
            Self::XS => 1,
            Self::S => 4,
            Self::M => 8,
            Self::L => 20,
            Self::XL => 40,
        }
    }

    fn more(self, steps: usize) -> Self {
        const ALL: [Effort; 5] = [Effort::XS, Effort::S, Effort::M, Effort::L, Effort::XL];
        ALL.get(self as usize + steps).copied().unwrap_or(Self::XL)
    }
}

pub(super) fn effort(kind: Kind, open: &[&Found]) -> Effort {
    let base = match kind {
        Kind::Repository => Effort::XS,
        Kind::Pipeline | Kind::Runtime | Kind::People => Effort::S,
        Kind::Platform => Effort::M,
    };
    let fixable = open.iter().filter(|found| found.fixable).count();
    let places = (open.len() - fixable) + fixable.div_ceil(4);
    base.more([5, 25, 100].iter().filter(|limit| places > **limit).count())
}

pub(super) fn blast(kind: Kind, open: &[&Found]) -> Blast {
    let of_kind = match kind {
        Kind::Repository | Kind::People => Blast::Low,
        Kind::Pipeline => Blast::Medium,
        Kind::Runtime | Kind::Platform => Blast::High,
    };
    let of_check = |check: &str| match check.split('/').next().unwrap_or("") {
        // A secret is revoked where it is used; a manifest is what runs; a migration changes what is kept.
        "secrets" | "kubernetes" | "data" => Blast::High,
        "container" => Blast::Medium,
        _ => Blast::Low,
    };
    // What is found says more than the kind.
    let mut blast = open.iter().map(|found| of_check(&found.check)).max().unwrap_or(of_kind);
    let files: std::collections::BTreeSet<&str> = open.iter().map(|found| found.path.as_str()).collect();
    if files.len() > WIDE_FILES && blast == Blast::Low {
        blast = Blast::Medium;
    }
    blast
}

/// Open ones first, most risk for each hour first; the rest as the catalogue has them.
pub(super) fn within_epic(tickets: &mut [Ticket]) {
    tickets.sort_by(|left, right| {
        let open = |ticket: &Ticket| ticket.status == Status::Open;
        open(right).cmp(&open(left)).then_with(|| worth(right, left))
    });
}

/// Compares risk for each hour, without division.
fn worth(left: &Ticket, right: &Ticket) -> std::cmp::Ordering {
    (left.risk * right.effort.hours()).cmp(&(right.risk * left.effort.hours()))
}

/// The tickets of the first two weeks.
pub(super) fn sprint(plan: &Plan) -> Vec<String> {
    let mut open: Vec<&Ticket> = plan.tickets().filter(|ticket| ticket.risk > 0).collect();
    let is_critical = |ticket: &Ticket| ticket.gap.as_ref().is_some_and(|gap| gap.worst == Severity::Critical);
    open.sort_by(|left, right| {
        let by_worth = || worth(right, left).then_with(|| left.code.cmp(&right.code));
        is_critical(right).cmp(&is_critical(left)).then_with(by_worth)
    });
    let mut left = SPRINT_HOURS;
    let mut chosen = Vec::new();
    for ticket in open {
        if is_critical(ticket) || chosen.len() < SPRINT_TICKETS && ticket.effort.hours() <= left {
            left = left.saturating_sub(ticket.effort.hours());
            chosen.push(ticket.code.clone());
        }
    }
    chosen
}
