//! A plan as text: for people, for trackers, for programs.
//!
//! What goes to a tracker holds each ticket once: only what is new is created, and a plan that continues another
//! says what to close.

mod csv;
mod github;
mod html;
mod markdown;

use std::io;
use std::str::FromStr;

use palisade_gate::plan::{Blast, Change, Gap, Plan, Status, Ticket};
use palisade_gate::shell_word;
use palisade_model::Severity;

use crate::text::count;

/// The formats of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanFormat {
    /// For people.
    Markdown,
    /// One self-contained page.
    Html,
    /// The contract: `palisade.plan/1`.
    Json,
    /// Jira's import of CSV.
    JiraCsv,
    /// Linear's import of CSV.
    LinearCsv,
    /// What to do with each issue at GitHub.
    GithubJson,
}

/// A word that is no format of a plan.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a format; one of markdown, html, json, jira-csv, linear-csv, github-json is")]
pub struct UnknownPlanFormat(String);

impl PlanFormat {
    /// Every format, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::Markdown, Self::Html, Self::Json, Self::JiraCsv, Self::LinearCsv, Self::GithubJson];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
            Self::JiraCsv => "jira-csv",
            Self::LinearCsv => "linear-csv",
            Self::GithubJson => "github-json",
        }
    }
}

impl FromStr for PlanFormat {
    type Err = UnknownPlanFormat;

    fn from_str(text: &str) -> Result<Self, UnknownPlanFormat> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| UnknownPlanFormat(text.to_owned()))
    }
}

/// Writes a plan.
///
/// # Errors
/// What the writer says.
pub fn write_plan(format: PlanFormat, plan: &Plan, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        PlanFormat::Markdown => out.write_all(markdown::render(plan).as_bytes()),
        PlanFormat::Html => out.write_all(html::render(plan).as_bytes()),
        PlanFormat::Json => crate::json::write_pretty(plan, out),
        PlanFormat::JiraCsv => out.write_all(csv::jira(plan).as_bytes()),
        PlanFormat::LinearCsv => out.write_all(csv::linear(plan).as_bytes()),
        PlanFormat::GithubJson => crate::json::write_pretty(&github::Issues::of(plan), out),
    }
}

/// Writes one ticket for a person.
///
/// # Errors
/// What the writer says.
pub fn write_ticket(ticket: &Ticket, out: &mut dyn io::Write) -> io::Result<()> {
    let state = match ticket.status {
        Status::Open => "open",
        Status::Clean => "clean",
        Status::PartlyMeasured => "clean as far as it is measured",
        Status::NotMeasured => "not measured",
    };
    let (title, body) = (capital(&ticket.title), markdown::body(ticket));
    writeln!(out, "{} {title}: {state}\n\n{}", ticket.code, body.trim_end())
}

/// What to do first, before any ticket.
const PILOT: &str = "Choose the pilot: one service, one repository, and a name for each owner. Everything below is done \
                     there first.";

/// The first gates, in order.
fn gates(plan: &Plan) -> [String; 5] {
    let denied = match plan.denied {
        0 => "It would deny nothing today".to_owned(),
        denied => format!("Over everything it would deny {} today", count(denied, "finding", "findings")),
    };
    [
        "Advice: `palisade gate merge --since origin/main --dry-run` on each pull request of the pilot, for a week."
            .to_owned(),
        "Secrets first, and actions of deploys that no commit pins: old or new, they deny. Revoke and remove the secrets; \
         for what may stay, such as keys made up for tests, `palisade exception add --check ID --path PATH` with a last \
         day. `palisade gate merge --since HEAD --dry-run` prints the commands."
            .to_owned(),
        "Block what is new: the same without `--dry-run`, as a required check. Other old faults stay where they are."
            .to_owned(),
        format!("Block everything: add `--all` once the open tickets that a gate watches are closed. {denied}."),
        "A gate of deploys (digest, signature, provenance) is not part of this version: E1-T4 stays a ticket."
            .to_owned(),
    ]
}

/// Text in the ways of one format.
struct Ways {
    code: fn(&str) -> String,
    text: fn(&str) -> String,
}

/// A ticket's description: pairs of a heading and its text, the gap's places as lines of their own.
fn description(ticket: &Ticket, ways: &Ways) -> Vec<(&'static str, String)> {
    let (code, text) = (ways.code, ways.text);
    let mut lines = vec![("Outcome", text(&ticket.outcome))];
    if let Some(gap) = &ticket.gap {
        lines.push(("Gap", text(&extent(gap))));
        for place in &gap.places {
            let at = if place.path.is_empty() {
                text("the whole target")
            } else {
                code(&format!("{}:{}", place.path, place.line))
            };
            lines.push(("", format!("{} {} {} {at}", place.severity, code(&place.check), text("at"))));
        }
        let shown: Vec<String> =
            gap.checks.iter().take(CHECKS).map(|one| format!("{} {}", one.findings, code(&one.check))).collect();
        let more = gap.checks.len().saturating_sub(CHECKS);
        let more =
            if more > 0 { text(&format!(", and {}", count(more, "more check", "more checks"))) } else { String::new() };
        lines.push((
            "By check",
            format!("{}{more}; {} {}", shown.join(", "), text("all of them:"), code(&every_place(gap))),
        ));
    }
    if ticket.excepted > 0 {
        lines.push(("Under exception", count(ticket.excepted, "finding", "findings")));
    }
    lines.push(("Done when", done(ticket, ways)));
    if let Some(gap) = &ticket.gap {
        let first = gap.places.first();
        let check = first.map_or("CHECK", |place| place.check.as_str());
        let path = first.map_or("PATH", |place| if place.path.is_empty() { "PATH" } else { place.path.as_str() });
        lines.push((
            "If not now",
            format!(
                "{} {} {}",
                text("an exception with an owner, a ticket and a last day, for each finding:"),
                code(&format!(
                    "palisade exception add --check {check} --path {} --owner OWNER --ticket TICKET --reason WHY --days 30",
                    shell_word(path)
                )),
                text("(it ends by itself, and the gate says so two weeks before)")
            ),
        ));
    }
    lines.push(("Owner", owners(ticket, ways)));
    lines.push((
        "Effort and reach",
        format!("{:?} {}; {}", ticket.effort, text(hours(ticket)), text(reach(ticket.blast))),
    ));
    if !ticket.also.is_empty() {
        lines.push(("Meets as well", text(&ticket.also.join(", "))));
    }
    lines
}

/// Checks that a ticket names.
const CHECKS: usize = 6;

fn extent(gap: &Gap) -> String {
    let mut said = format!(
        "{} in {}, the worst {}",
        count(gap.findings, "finding", "findings"),
        count(gap.files, "place or file", "files"),
        gap.worst
    );
    if gap.files == 1 {
        said = said.replace("1 place or file", "one file");
    }
    if gap.fixable > 0 {
        said.push_str(&format!("; `palisade fix` has an edit for {}", gap.fixable));
    }
    said
}

fn done(ticket: &Ticket, ways: &Ways) -> String {
    let Some(command) = &ticket.done else {
        return (ways.text)("a person has seen the outcome: this version does not measure it");
    };
    let rest = match ticket.status {
        Status::PartlyMeasured => "ends with 0, as it does today, and a person has seen the rest of the outcome",
        Status::NotMeasured => "ends with 0; its checks did not run in this scan",
        Status::Open | Status::Clean if ticket.decided => "ends with 0",
        Status::Open | Status::Clean => "ends with 0, and a person has seen the rest of the outcome",
    };
    format!("{} {}", (ways.code)(command), (ways.text)(rest))
}

/// The command that lists every place of a gap: by its checks, since others of their families belong to other tickets.
fn every_place(gap: &Gap) -> String {
    let names: Vec<&str> = gap.checks.iter().map(|one| one.check.as_str()).collect();
    format!("palisade scan --all --select {}", names.join(","))
}

/// The owners, as code: a name with `@` is for people to copy, not for a forge to notify.
fn owners(ticket: &Ticket, ways: &Ways) -> String {
    if ticket.owners.is_empty() {
        return (ways.text)("nobody: CODEOWNERS names none for these files");
    }
    ticket.owners.iter().map(|owner| (ways.code)(owner)).collect::<Vec<_>>().join(", ")
}

fn hours(ticket: &Ticket) -> &'static str {
    match ticket.effort.hours() {
        1 => "(up to an hour)",
        4 => "(up to half a day)",
        8 => "(a day)",
        20 => "(up to three days)",
        _ => "(a week)",
    }
}

fn reach(blast: Blast) -> &'static str {
    match blast {
        Blast::Low => "a mistake breaks a pipeline or a document",
        Blast::Medium => "a mistake breaks a build or a deploy",
        Blast::High => "a mistake reaches what users depend on: stage first",
    }
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

/// The words of a tracker for how urgent it is.
fn priority(ticket: &Ticket, words: [&'static str; 5]) -> &'static str {
    let worst = ticket.gap.as_ref().map_or(Severity::Info, |gap| gap.worst);
    let [urgent, high, medium, low, lowest] = words;
    match worst {
        Severity::Critical => urgent,
        Severity::High => high,
        Severity::Medium => medium,
        Severity::Low => low,
        Severity::Info => lowest,
    }
}

/// The tickets that a tracker does not have yet.
fn new(plan: &Plan) -> impl Iterator<Item = &Ticket> {
    plan.tickets().filter(|ticket| ticket.change == Some(Change::New))
}

fn statuses(plan: &Plan) -> [(usize, &'static str); 4] {
    let of = |status| plan.tickets().filter(|ticket| ticket.status == status).count();
    [
        (of(Status::Open), "open"),
        (of(Status::Clean), "clean"),
        (of(Status::PartlyMeasured), "measured in part"),
        (of(Status::NotMeasured), "not measured"),
    ]
}
