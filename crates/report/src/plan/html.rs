//! One self-contained page, without a script: no request leaves it.

use std::fmt::Write as _;

use palisade_gate::plan::{Epic, Plan, Status, Ticket};

use super::{PILOT, Ways, capital, description, gates, statuses};
use crate::VERSION;
use crate::html::{hash, prose};
use crate::text::count;
use crate::xml::escape;

const STYLE: &str = concat!(include_str!("../html/style.css"), include_str!("plan.css"));

fn code(raw: &str) -> String {
    format!("<code>{}</code>", escape(raw))
}

fn text(raw: &str) -> String {
    prose(raw)
}

const WAYS: Ways = Ways { code, text };

pub(super) fn render(plan: &Plan) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; base-uri 'none'; \
         form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>Hardening plan of {}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<a class=\"skip\" href=\"#tickets\">To the tickets</a>\n<header class=\"wrap\">\n\
         <h1>Hardening plan</h1>\n<p class=\"lead\">of <code>{}</code>, in {} epics</p>\n<ul class=\"tiles states\">\n",
        hash(STYLE),
        escape(&plan.target),
        escape(&plan.target),
        plan.epics.len(),
    );
    for ((number, word), tone) in statuses(plan).iter().zip(["high", "good", "medium", "info"]) {
        let _ = writeln!(out, "<li class=\"{tone}\"><b>{number}</b>{word}</li>");
    }
    out.push_str("</ul>\n</header>\n<main class=\"wrap\">\n");
    first(&mut out, plan);
    out.push_str("<div id=\"tickets\"></div>\n");
    plan.epics.iter().for_each(|epic| push_epic(&mut out, epic));
    let _ = write!(
        out,
        "</main>\n<footer class=\"wrap\">Palisade {VERSION}. A ticket is clean when the checks that decide it alone find \
         nothing; what no check measures is never called done.</footer>\n</body>\n</html>\n"
    );
    out
}

fn first(out: &mut String, plan: &Plan) {
    let _ = write!(out, "<h2>First two weeks</h2>\n<ol class=\"steps\">\n<li>{PILOT}</li>\n");
    for ticket in plan.sprint.iter().filter_map(|code| plan.ticket(code)) {
        let gap = ticket.gap.as_ref().map_or(0, |gap| gap.findings);
        let _ = writeln!(
            out,
            "<li><a href=\"#{}\">{}</a> {} <span class=\"count\">{}, effort {:?}</span></li>",
            escape(&ticket.code),
            escape(&ticket.code),
            text(&capital(&ticket.title)),
            count(gap, "finding", "findings"),
            ticket.effort
        );
    }
    out.push_str("</ol>\n<h2>Gates, in this order</h2>\n<ol class=\"steps\">\n");
    for gate in gates(plan) {
        let _ = writeln!(out, "<li>{}</li>", prose(&gate));
    }
    out.push_str("</ol>\n");
}

fn push_epic(out: &mut String, epic: &Epic) {
    let _ = write!(
        out,
        "<h2>{} {}</h2>\n<p class=\"lead\">{}</p>\n",
        escape(&epic.code),
        escape(&epic.title),
        text(&epic.outcome)
    );
    for ticket in &epic.tickets {
        push_ticket(out, ticket);
    }
}

fn push_ticket(out: &mut String, ticket: &Ticket) {
    let (tone, badge) = match (ticket.status, &ticket.gap) {
        (Status::Open, Some(gap)) => (gap.worst.name(), gap.worst.name()),
        (Status::Open, None) => ("info", "open"),
        (Status::Clean, _) => ("good", "clean"),
        (Status::PartlyMeasured, _) => ("info", "in part"),
        (Status::NotMeasured, _) => ("info", "unknown"),
    };
    let right = match &ticket.gap {
        Some(gap) => format!("{} · {:?}", count(gap.findings, "finding", "findings"), ticket.effort),
        None => String::new(),
    };
    let _ = write!(
        out,
        "<details class=\"check {tone}\" id=\"{code}\"{open}>\n<summary><span class=\"badge\">{badge}</span><span \
         class=\"name\"><b>{title}</b><span class=\"id\">{code}</span></span><span class=\"count\">{right}</span></summary>\n\
         <div class=\"body\"><dl class=\"ticket\">\n",
        code = escape(&ticket.code),
        title = text(&capital(&ticket.title)),
        open = if ticket.status == Status::Open { " open" } else { "" },
    );
    let mut inside = false;
    for (heading, line) in description(ticket, &WAYS) {
        if heading.is_empty() {
            let _ = writeln!(out, "<dd>{line}</dd>");
            continue;
        }
        if std::mem::replace(&mut inside, true) {
            out.push_str("</div>\n");
        }
        let _ = writeln!(out, "<div><dt>{heading}</dt><dd>{line}</dd>");
    }
    if inside {
        out.push_str("</div>\n");
    }
    out.push_str("</dl></div>\n</details>\n");
}
