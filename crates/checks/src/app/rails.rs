//! Rails: what its settings leave open. Ruby is read line by line, so only settings on lines of their own are told.

use palisade_inventory::ruby::{File, Source};
use palisade_inventory::{Sign, Subject};
use palisade_model::Severity::{High, Low, Medium};
use palisade_model::Span;

use super::document::Teller;
use super::{cost, meta};
use crate::Check;
use crate::check::likely;
use crate::code::rule::rule;

const PAGE: &str = include_str!("rails.md");

static PLAIN_HTTP: Check = Check::by_scanner(likely(meta(
    "app/rails-plain-http",
    "production answers over plain HTTP",
    PAGE,
    Medium,
    &["CWE-319", "OWASP-2021:A02"],
)));

static ERRORS: Check = Check::by_scanner(meta(
    "app/rails-errors-shown",
    "stack of errors is sent to visitors",
    PAGE,
    Medium,
    &["CWE-209", "OWASP-2021:A05"],
));

static FORGERY: Check = Check::by_scanner(meta(
    "app/rails-forgery-unprotected",
    "other sites may post for a signed-in visitor",
    PAGE,
    Medium,
    &["CWE-352", "OWASP-2021:A01"],
));

static CORS_COOKIES: Check = Check::by_scanner(meta(
    "app/rails-any-site-with-cookies",
    "every site may act with the visitor's cookies",
    PAGE,
    High,
    &["CWE-942", "OWASP-2021:A05"],
));

static COOKIE: Check = Check::by_scanner(meta(
    "app/rails-open-cookie",
    "session's cookie is open to scripts or plain HTTP",
    PAGE,
    Medium,
    &["CWE-614", "CWE-1004", "OWASP-2021:A05"],
));

static HOSTS: Check = Check::by_scanner(meta(
    "app/rails-any-host",
    "server answers to any name",
    PAGE,
    Low,
    &["CWE-644", "OWASP-2021:A05"],
));

static UNFILTERED: Check = Check::on_service(
    likely(palisade_model::Meta {
        controls: &["E8-T4"],
        ..meta(
            "app/rails-unfiltered-log",
            "passwords of forms are logged",
            PAGE,
            Medium,
            &["CWE-532", "OWASP-2021:A09"],
        )
    }),
    rule(
        &[],
        &[],
        "Rails logs every parameter, and nothing here filters passwords and tokens; set `config.filter_parameters`",
    ),
    &["filter_parameters"],
);

static GRAPHQL: Check = Check::on_service(
    likely(cost(meta(
        "app/rails-graphql-unlimited",
        "queries may nest without end",
        PAGE,
        Medium,
        &["CWE-674", "CWE-770", "OWASP-API:API4"],
    ))),
    rule(
        &[],
        &[],
        "one small query can nest lists in lists and keep this server busy; set `max_depth` and `max_complexity`",
    ),
    &["max_depth", "max_complexity", "operationstore"],
);

/// See the page.
pub(super) static CHECKS: &[&Check] =
    &[&PLAIN_HTTP, &ERRORS, &FORGERY, &CORS_COOKIES, &COOKIE, &HOSTS, &UNFILTERED, &GRAPHQL];

/// Judges one file.
pub(super) fn judge(file: File, source: &Source<'_>, teller: &mut Teller<'_, '_>) {
    for (at, (line, span)) in source.lines.iter().enumerate() {
        match file {
            File::Production => production(line, *span, teller),
            File::BaseController => controller(line, *span, teller),
            File::Application | File::Initializer => {
                session(line, *span, teller);
                origins(source, at, teller);
            }
            File::GraphqlSchema => {}
        }
    }
}

/// `config.name = value`
fn setting<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    line.strip_prefix("config.")?.strip_prefix(name)?.trim_start().strip_prefix('=').map(str::trim)
}

fn production(line: &str, span: Span, teller: &mut Teller<'_, '_>) {
    if setting(line, "force_ssl") == Some("false") {
        teller.tell(
            &PLAIN_HTTP,
            span,
            "sessions can be read on the way, and no browser is told to come by HTTPS; set it to true",
        );
    }
    if setting(line, "consider_all_requests_local") == Some("true") {
        teller.tell(&ERRORS, span, "visitors see the source around each error; set it to false in production");
    }
    if line == "config.hosts.clear" || setting(line, "hosts") == Some("nil") {
        teller.tell(
            &HOSTS,
            span,
            "links in mails to reset a password take their host from the request; name the hosts",
        );
    }
    if setting(line, "action_controller.allow_forgery_protection") == Some("false") {
        teller.tell(&FORGERY, span, FORGERY_MESSAGE);
    }
}

const FORGERY_MESSAGE: &str = "a form on any page is sent with the visitor's cookies, for every controller; \
                               switch the check off only in the controllers that take tokens";

fn controller(line: &str, span: Span, teller: &mut Teller<'_, '_>) {
    let off = line.starts_with("skip_before_action :verify_authenticity_token")
        || line.starts_with("skip_forgery_protection")
        || line.starts_with("skip_before_filter :verify_authenticity_token");
    let narrowed = ["only", "except", " if", "unless", "if:"].iter().any(|word| line.contains(word));
    if off && !narrowed {
        teller.tell(&FORGERY, span, FORGERY_MESSAGE);
    }
}

fn session(line: &str, span: Span, teller: &mut Teller<'_, '_>) {
    if !line.contains("session_store") {
        return;
    }
    let squeezed: String = line.chars().filter(|letter| !letter.is_whitespace()).collect();
    let open = ["secure:false", ":secure=>false", "httponly:false", ":httponly=>false"];
    if open.iter().any(|text| squeezed.contains(text)) {
        teller.tell(
            &COOKIE,
            span,
            "whoever reads this cookie on the way, or by a script, is the visitor; leave both on",
        );
    }
}

/// How many lines behind `origins` its resources stand.
const BLOCK_LINES_MAX: usize = 20;

/// rack-cors: `origins '*'` and, in the same block, `credentials: true`.
fn origins(source: &Source<'_>, at: usize, teller: &mut Teller<'_, '_>) {
    let Some((line, span)) = source.lines.get(at) else { return };
    let Some(given) = line.strip_prefix("origins").map(|rest| rest.trim().trim_matches(['(', ')', '[', ']'])) else {
        return;
    };
    let any = matches!(given, "'*'" | "\"*\"" | "/.*/" | "%r{.*}");
    let block =
        source.lines.iter().skip(at + 1).take(BLOCK_LINES_MAX).take_while(|(line, _)| !line.starts_with("allow do"));
    let credentials = block
        .map(|(line, _)| line)
        .any(|line| line.contains("credentials: true") || line.contains(":credentials => true"));
    if any && credentials {
        teller.tell(
            &CORS_COOKIES,
            *span,
            "any page that a signed-in visitor opens can read and send as that visitor; list the origins that may",
        );
    }
}

/// What is used here that the target must go with.
pub(super) fn signs(file: File, source: &Source<'_>, subject: &Subject<'_>) -> Vec<Sign> {
    let (check, begins, ends) = match file {
        File::Application => (&UNFILTERED, "class Application", "Rails::Application"),
        File::GraphqlSchema => (&GRAPHQL, "class ", "GraphQL::Schema"),
        _ => return Vec::new(),
    };
    let line = source.lines.iter().find(|(line, _)| line.starts_with(begins) && line.ends_with(ends));
    line.map(|(_, span)| Sign { name: check.meta.id, place: subject.locate(*span) }).into_iter().collect()
}
